"""Why a person's pandas code answers differently from a workload: what its words mean in pandas.

A reason is given only where the code has the word and the rows that differ are what it makes of
them; nothing is said otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..spec.expression import Agg, Expr, list_children
from ..spec.workload import Query
from .differences import Rows


@dataclass(frozen=True, slots=True)
class DifferingRow:
    """A row of a comparison that differs; a group that only one side has has no column."""

    keys: tuple[str, ...]
    column: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class Meaning:
    """A word of pandas, the functions of the workload beside which it differs, and how.

    `differs` tells whether the two values of a row are what the difference makes of them.
    """

    word: re.Pattern[str]
    functions: frozenset[str]
    differs: Callable[[str, str], bool]
    sentence: str


def explain_difference(query: Query, code: str, rows: Rows) -> str:
    """Return why pandas code differs from a query's answer in some rows; empty if unknown."""
    _, *below = rows or ((),)
    found = [DifferingRow(row[:-3], *row[-3:]) for row in below]
    reasons = (
        *_explain_groups(query, code, found),
        *_explain_values(query, code, found),
        *_explain_cut(query, code),
    )
    return "; ".join(dict.fromkeys(reasons))


def _explain_groups(query: Query, code: str, rows: list[DifferingRow]) -> Iterator[str]:
    absent = [row for row in rows if (row.expected, row.got) == ("there", "not there")]
    foreign = [row for row in rows if (row.expected, row.got) == ("not there", "there")]
    keeps = re.search(r"dropna\s*=\s*False", code)
    if absent and not keeps and all("missing" in row.keys for row in absent):
        keys = [k for k, name in enumerate(query.group_by) if _misses(absent, k) and name]
        names = " or ".join(query.group_by[k] for k in keys) or "key"
        yield (
            f"pandas drops the rows whose {names} is missing: add dropna=False to keep them, "
            "unless this is what you mean"
        )
    if foreign and re.search(r"category|Categorical|\bcut\(", code):
        yield (
            "pandas has a group for each category of a key, also without rows: add observed=True "
            "to leave those out, unless this is what you mean"
        )


def _misses(rows: list[DifferingRow], place: int) -> bool:
    return all(len(row.keys) > place and row.keys[place] == "missing" for row in rows)


def _explain_values(query: Query, code: str, rows: list[DifferingRow]) -> Iterator[str]:
    outputs = {o.name: o.expression for o in (*query.aggregate, *query.transform)}
    for name in dict.fromkeys(row.column for row in rows if row.column in outputs):
        asked = frozenset(_list_functions(outputs[name]))
        pairs = [(row.expected, row.got) for row in rows if row.column == name]
        for one in MEANINGS:
            fits = all(one.differs(expected, got) for expected, got in pairs)
            if one.functions & asked and one.word.search(code) and fits:
                yield f"{name}: {one.sentence}"
                break


def _explain_cut(query: Query, code: str) -> Iterator[str]:
    """Explain the first rows of a sort by one column, from which a later step computes."""
    stable = re.search(r"kind\s*=\s*[\"'](stable|mergesort)", code)
    cuts = [step.sort[0].name for step in query.earlier if step.limit and len(step.sort) == 1]
    if cuts and "sort_values(" in code and not stable:
        yield (
            f"among rows with equal {cuts[0]}, pandas keeps any and the workload keeps the first: "
            "sort by more columns, or with kind='stable'"
        )


def _list_functions(expression: Expr) -> Iterator[str]:
    if isinstance(expression, Agg):
        yield expression.function
    for child in list_children(expression):
        yield from _list_functions(child)


def _is_larger(expected: str, got: str) -> bool:
    one, other = _read(expected), _read(got)
    return one is not None and other is not None and other > one


def _is_biased(expected: str, got: str) -> bool:
    """Return whether a spread is divided by n: it is smaller, and that of one value is 0."""
    return _is_larger(got, expected) or (expected, _read(got)) == ("missing", 0.0)


def _is_lost(expected: str, got: str) -> bool:
    return got == "missing" != expected


def _is_half(expected: str, got: str) -> bool:
    number = _read(got)
    return number is not None and _is_larger(expected, got) and (2 * number).is_integer()


def _always(_: str, __: str) -> bool:
    return True


def _read(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


# The first that fits a column counts. Each is pandas' or NumPy's documented behaviour.
MEANINGS = (
    Meaning(
        re.compile(r"min_count"),
        frozenset({"sum"}),
        _is_lost,
        "sum(min_count=1) of no value is missing, and the workload's sum of none is 0",
    ),
    Meaning(
        re.compile(r"ddof\s*=\s*0|\bnp\.(nan)?(std|var)\b"),
        frozenset({"std", "var"}),
        _is_biased,
        "np.std and ddof=0 divide by n, and std and var of a sample by n - 1",
    ),
    Meaning(
        re.compile(r"\.unique\(|\bset\(|drop_duplicates|dropna\s*=\s*False"),
        frozenset({"n_unique"}),
        _is_larger,
        "a missing value counts as one more in unique() and sets, and not in nunique()",
    ),
    Meaning(
        re.compile(r"\bsize\b|\blen\(|value_counts|\.shape\b"),
        frozenset({"count"}),
        _is_larger,
        "size and len count all rows, and count only those whose value is not missing",
    ),
    Meaning(
        re.compile(r"\.iloc\[|\.nth\(|\.head\(|\.tail\(|drop_duplicates"),
        frozenset({"first", "last"}),
        _always,
        "iloc, nth, head and tail take a row even if its value is missing, and first and last skip "
        "missing values",
    ),
    Meaning(
        re.compile(r"\.rank\((?![^)]*method)"),
        frozenset({"rank"}),
        _is_half,
        "rank() gives equal values their average rank; method='min' gives them the lowest, as the "
        "workload does",
    ),
    Meaning(
        re.compile(r"\bnp\.|\bsum\(|skipna\s*=\s*False|\.values|to_numpy"),
        frozenset({"sum", "mean", "min", "max", "std", "var", "median", "quantile", "corr"}),
        _is_lost,
        "NumPy's functions and skipna=False do not skip missing values, and the workload's do",
    ),
)
