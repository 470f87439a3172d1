"""Writes the tables of docs/ from the cases of the suite and their marks: `make semantics`."""

from __future__ import annotations

from collections import Counter
from fnmatch import fnmatch
from pathlib import Path

from dfbench.commands import words
from dfbench.engines import default_engines, list_own_infos
from dfbench.engines.info import EnginePlace, Work
from dfbench.testing.conformance.cases import CASES
from dfbench.testing.conformance.known_failures import KnownFailure, find_mark

DOCS = Path(__file__).parents[2] / "docs"
PAGE, ELSEWHERE_PAGE = DOCS / "semantics.md", DOCS / "environments.md"
BEGIN, END = "<!-- the table: make semantics -->", "<!-- the end of the table -->"
ENGINES = default_engines(Work.QUERY)
# Each in an environment of its own: what they refuse and get wrong differs, and stands beside it.
ELSEWHERE = tuple(
    one.name
    for one in list_own_infos()
    if one.pins
    and one.default_for is None
    and one.place in {EnginePlace.HERE, EnginePlace.ELSEWHERE}
)
# A matter of the language, and the cases that hold engines to it.
MATTERS: tuple[tuple[str, str], ...] = (
    ("a missing key is a group of its own", "sum-missing several_keys-missing bool_key-missing"),
    ("null and NaN are one thing", "*_nan-* where_nan-*"),
    ("`sum mean min max count size`", "sum-* mean-* min-* max-* count-* size-* *_int-plain"),
    ("`std var median` are exact, of a sample", "std*-* var*-* median*-*"),
    ("`quantile` is linear", "quantile-* quantile_and_sum-*"),
    ("`first` and `last` skip missing values", "first*-* last*-*"),
    ("`n_unique` leaves missing values out", "n_unique*-*"),
    ("`any` and `all`, and a sum of conditions", "any*-* all-* sum_of*-*"),
    ("`prod`, a mean of conditions, `count_if`", "condition_shares-* products-* whole_products-*"),
    ("`corr` is pairwise complete", "corr*-* having_corr-*"),
    ("`fill_gaps` adds the times that no row has", "fill_gaps*-*"),
    ("`any_value` of groups with one value", "any_value*-*"),
    ("`arg_max arg_min mode skew`, `first` and `last` in an order", "composed*-*"),
    ("sums of integers are exact, and none wraps", "exact_*-* narrow_*-*"),
    ("`/ // %` are Python's, also by zero", "divide*-* floor_*-* modulo*-*"),
    ("`-x ** 2` is `-(x ** 2)`", "minus_square-* power-* negative-*"),
    ("`round` takes halves to the even", "rounds*-*"),
    ("`min` and `max` of a row", "row_extremes-*"),
    ("a comparison with a missing value is missing", "compare_missing-* either_missing-* where*-*"),
    (
        "text: `lower len contains starts_with`",
        "texts-* text_holds-* text_not-* text_or*-* min_text-* where_text-*",
    ),
    ("`upper strip replace split extract zfill count_words`", "text_made-* text_keys-*"),
    ("slices, `+` of texts, `text ends_with matches is_numeric`", "text_cut-* text_tests-*"),
    ("`integer number`", "text_numbers-* casts-*"),
    ("trigonometry, `hypot atan2 radians degrees`", "trigonometry-*"),
    ("`sign clip log1p expm1 log2`", "numbers-*"),
    ("`coalesce fill`", "filled-*"),
    ("`map`", "mapped-*"),
    ("`bins` and `quantile_bins`", "bins*-* quantile_bins-*"),
    ("days and times", "date*-* times-* time_compared-* time_extremes-*"),
    ("parts of times, `date`, `days(x - y)`", "time_parts-* time_between-*"),
    ("`week day_of_year`, weeks and quarters", "time_weeks-*"),
    ("`15min`, `10s`, `x + hours(3)`", "time_steps-*"),
    ("`parse`", "time_parsed-*"),
    ("times with a zone, as a clock there shows them", "zone*-* truncate_zone*-*"),
    ("`truncate`", "truncate_[ymdh]*-* truncate_date-*"),
    ("a row function is not called where an input is missing", "row_function*-*"),
    ("`largest` and `smallest`", "largest*-* smallest-*"),
    ("`keep: row`: the whole rows", "largest_rows-* smallest_rows-*"),
    ("`pivot`", "pivot*-*"),
    ("`unpivot`", "unpivot*-*"),
    ("`having`, `sort`, `limit`", "having*-* sort*-* limit-*"),
    ("the whole frame as one group", "whole*-*"),
    ("a frame without rows", "[!j]*-empty"),
    ("`join`: every `how`, other names, lists, repeated keys, no rows", "join*-*"),
    ("a missing key matches nothing in a `join`", "join*-missing"),
    ("`transform` in the frame's order", "share-* z_score-* transform*-*"),
    ("`rank dense_rank percent_rank`", "rank*-*"),
    ("`steps`, each of the answer before", "steps_*-* join_steps-*"),
    ("rows that are the answer: `select`, `distinct`, `sort`, `limit`", "rows*-* distinct-*"),
    ("`lag lead cumsum`", "lags*-* cumsum*-*"),
    ("`row_number diff pct_change cummin cummax ffill bfill`", "windows*-*"),
    ("`order_by` of a transform", "order_by*-*"),
    ("`rolling_sum`, its siblings and `at_least`", "rolling-* rolling_[ea]*-*"),
    ("`rolling_sum(x, '7d')` and its siblings", "rolling_[tz]*-*"),
    ("`ewm_mean`", "ewm-*"),
)


def written() -> str:
    """Return the table and its notes."""
    notes: list[str] = []
    lines = [f"| matter | {' | '.join(ENGINES)} |", f"|---|{'---|' * len(ENGINES)}"]
    for matter, patterns in MATTERS:
        cells = (_cell(engine, patterns.split(), notes) for engine in ENGINES)
        lines.append(f"| {matter} | {' | '.join(cells)} |")
    told = [f"{number}. {note}" for number, note in enumerate(notes, 1)]
    return "\n".join([*lines, "", *told])


def elsewhere() -> str:
    """Return the table of the engines of other environments: how they meet all cases."""
    head = f"| engine | answers, of {len(CASES)} | refuses, and why | is wrong, and why |"
    return "\n".join([head, "|---|---|---|---|", *map(_row, ELSEWHERE)])


def _row(engine: str) -> str:
    known = [found for case in CASES if (found := find_mark(engine, case.name))]
    refused, wrong = (_reasons(known, how) for how in ("unsupported", "wrong"))
    return f"| {engine} | {len(CASES) - len(known)} | {refused} | {wrong} |"


def _reasons(known: list[KnownFailure], how: str) -> str:
    found = Counter(one.reason for one in known if one.outcome == how)
    return "; ".join(f"{number}: {reason}" for reason, number in found.most_common()) or "none"


def page(text: str, table: str) -> str:
    """Return a page with its table as it is now."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table}\n\n{END}{after}"


def _cell(engine: str, patterns: list[str], notes: list[str]) -> str:
    cases = [case.name for case in CASES if any(fnmatch(case.name, p) for p in patterns)]
    assert cases, f"no case is {patterns}"
    found = [known for name in cases if (known := find_mark(engine, name))]
    if not found:
        return "yes"
    numbers = sorted({_noted(known, notes) for known in found})
    word = "no" if len(found) == len(cases) else "in part"
    return f"{word} ({', '.join(map(str, numbers))})"


def _noted(known: KnownFailure, notes: list[str]) -> int:
    note = f"{known.outcome}: {known.reason}"
    if note not in notes:
        notes.append(note)
    return notes.index(note) + 1


WORDS_PAGE = DOCS / "words.md"
WORDS = """# Words

`x` and `y` are columns. [Semantics](semantics.md) describes what each word means where engines
differ; `dfbench words split` prints why an engine lacks one. Row functions work in every clause
and, as Python and NumPy write them, in a `def`; aggregations work over groups; windows only in
`transform`. pandas+numba has the words of pandas in a query with one that Numba compiles, such as
`mean(x)`. `make semantics` writes this page.

"""


def write_words() -> str:
    """Return the page of words."""
    return WORDS + words.write_page()


if __name__ == "__main__":
    WORDS_PAGE.write_text(write_words(), encoding="utf-8")
    for path, table in ((PAGE, written()), (ELSEWHERE_PAGE, elsewhere())):
        path.write_text(page(path.read_text(encoding="utf-8"), table), encoding="utf-8")
