"""What an engine cannot do yet, or never will: strict, so that the list stays true."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from typing import Literal


@dataclass(frozen=True, slots=True)
class KnownFailure:
    """Engine and case as patterns, and the reason.

    `unsupported` says that the adapter refuses in words; `wrong` that the library answers wrongly.
    """

    engine: str
    case: str
    outcome: Literal["unsupported", "wrong"]
    reason: str


# The joins that no program has, by the names of their cases.
OUTER = "right outer names_outer coded_outer asof asof_names"
UNWRITTEN = {
    "datatable": f"{OUTER} cross",
    "dask": "asof asof_names",
    "dask/distributed": "asof asof_names",
    "dask/partitions": "asof asof_names",
    "narwhals": "right asof asof_names",
    "ibis": "asof asof_names",
    "pyspark": "asof asof_names",
    "datafusion": "asof asof_names",
    "daft": "asof asof_names",
}

MARKS: tuple[KnownFailure, ...] = (
    *(
        KnownFailure("daft", f"{name}-*", "unsupported", "its ranges leave out rows of one time")
        for name in ("rolling_time", "rolling_time_all", "rolling_zone")
    ),
    *(
        KnownFailure(engine, "ewm-*", "unsupported", "it has no exponentially weighted mean")
        for engine in ("duckdb", "duckdb/enum", "ibis", "datafusion", "daft", "pyspark")
    ),
    *(
        KnownFailure("datatable", f"{name}-*", "unsupported", "its windows do not move with rows")
        for name in ("rolling*", "ewm")
    ),
    KnownFailure("narwhals", "rolling_ends-*", "unsupported", "it has few rolling aggregations"),
    KnownFailure("narwhals", "rolling_[tz]*-*", "unsupported", "it has no windows of time"),
    KnownFailure("narwhals", "steps_cut-*", "unsupported", "its sort changes the order of equals"),
    *(
        KnownFailure("chdb", f"rolling_{name}-*", "unsupported", "its ranges have 32 bits")
        for name in ("time_all", "zone")
    ),
    KnownFailure("chdb", "ewm-*", "unsupported", "its averages decay by time"),
    *(
        KnownFailure(engine, "round*", "unsupported", "it rounds halves away from zero")
        for engine in ("datafusion", "daft")
    ),
    *(
        KnownFailure(engine, "rounds_tens*", "unsupported", "it rounds to decimal places only")
        for engine in ("polars*", "narwhals")
    ),
    KnownFailure(
        "datafusion",
        "narrow_quantile-missing",
        "wrong",
        "its quantile interpolates with six digits only",
    ),
    KnownFailure(
        "pandas/object", "pivot_texts-*", "unsupported", "it has no minimum of text and NaN"
    ),
    KnownFailure("datafusion", "divide_zero-plain", "wrong", "its max of only -inf is finite"),
    *(
        KnownFailure(
            "fireducks", f"{name}-missing", "unsupported", "it distinguishes NaN from null"
        )
        for name in ("[!w]*", "where*", "windows*", "whole", "whole_[!cs]*", "whole_spread")
    ),
    *(
        KnownFailure("fireducks", f"{name}-one", "unsupported", "the only row has a missing value")
        for name in ("cumsum", "narrow_*", "exact_*", "zone_*", "truncate_zone_*")
    ),
    *(
        KnownFailure(
            "fireducks", f"join{kind}-{frame}", "unsupported", "the table has missing values"
        )
        for kind in (
            *("", "_left", "_repeated", "_left_repeated", "_two_keys", "_left_nobody"),
            *("_truths_inner", "_truths_left", "_coded", "_coded_outer", "_list", "_later"),
            *("_right", "_outer", "_semi", "_anti", "_names", "_names_outer"),
            *("_names_cased", "_names_cased_twice", "_in_order", "_asof", "_asof_names"),
            *("_keys_only", "_then", "_largest", "_sorted", "_derived", "_steps", "_transform"),
        )
        for frame in ("plain", "one")
    ),
    *(
        KnownFailure("fireducks", f"{name}*", "unsupported", "it runs functions in pandas")
        for name in ("row_function", "steps_apply-")
    ),
    KnownFailure(
        "fireducks",
        "zone_compared-plain",
        "wrong",
        "it cannot compare a time with a zone to a constant",
    ),
    KnownFailure("fireducks", "zone_extremes-plain", "wrong", "its n_unique of times is a time"),
    KnownFailure("fireducks", "*-empty", "unsupported", "it crashes on frames without rows"),
    *(
        KnownFailure("fireducks", f"{name}-one", "unsupported", "the only row has a missing value")
        for name in ("windows", "rolling", "rolling_zone", "order_by_all")
    ),
    *(
        KnownFailure("fireducks", f"{name}-[po]*", "wrong", reason)
        for names, reason in {
            "rolling_time rolling_time_all": "its windows take no times",
            "rolling_zone zone_times": "it cannot compare a time with a zone to a constant",
            "time_weeks fill_gaps fill_gaps_alone": "dates from Arrow are not datetimes in it",
            "time_between": "it casts no time span to a number",
            "text_made": "its split() splits at each space",
            "text_numbers casts": "it casts no integer beyond 2**53",
            "infinity_less_infinity": "its sum of inf - inf is missing",
        }.items()
        for name in names.split()
    ),
    KnownFailure("fireducks", "text_keys-plain", "wrong", "its split() splits at each space"),
    *(
        KnownFailure("polars@1.30", case, "wrong", "its windows take no missing times")
        for case in ("rolling_time-missing", "rolling_time_all-missing", "rolling_zone-[mo]*")
    ),
    *(
        KnownFailure("polars@1.30", f"{name}-missing", "wrong", "its over() ignores nulls_last")
        for name in ("largest_rows", "smallest_rows")
    ),
    KnownFailure("polars@1.30", "fill_gaps-*", "wrong", "its fill_null(0) fails on truths"),
    KnownFailure("polars@1.30", "text_made-[pmo]*", "wrong", "it pads texts by bytes"),
    KnownFailure("duckdb@1.4", "numbers-[pmo]*", "wrong", "its log of a negative number raises"),
    *(
        KnownFailure("fireducks", case, "wrong", "dates from Arrow are not datetimes in it")
        for case in ("truncate_date-*", "extreme_texts-plain")
    ),
    KnownFailure(
        "fireducks", "chosen_conditions-plain", "wrong", "its missing booleans count as false"
    ),
    KnownFailure(
        "fireducks", "divide_zero-*", "wrong", "its // and % by zero raise or return numbers"
    ),
    *(
        KnownFailure("cudf", f"{name}*", "unsupported", "row functions need NumPy's where")
        for name in ("derive_case", "text_or_nothing")
    ),
    *(
        KnownFailure("cudf", f"{name}*", "unsupported", "functions are not implemented for it")
        for name in ("row_function", "steps_apply")
    ),
    KnownFailure(
        "datatable", "*-empty", "unsupported", "from Arrow, it reads no columns without rows"
    ),
    KnownFailure(
        "datatable", "join*nobody-*", "unsupported", "from Arrow, it reads no columns without rows"
    ),
    *(
        KnownFailure(
            "datatable", f"join{kind}_repeated-*", "wrong", "it joins with unique keys only"
        )
        for kind in ("", "_left")
    ),
    *(
        KnownFailure(
            engine, f"join_{kind}-*", "unsupported", "these joins are not implemented for it"
        )
        for engine, kinds in UNWRITTEN.items()
        for kind in kinds.split()
    ),
    *(
        KnownFailure(engine, f"fill_gaps_{name}-empty", "wrong", "its days of no rows are objects")
        for engine in ("modin", "modin/dask", "modin/mpi")
        for name in ("alone", "steps")
    ),
    *(
        KnownFailure("pandas/object", case, "unsupported", "it compares None with text")
        for case in ("min_text-missing", "composed_texts-*")
    ),
    *(
        KnownFailure("pandas/object", f"{name}-missing", "wrong", "it negates objects, None too")
        for name in ("text_not", "text_tests")
    ),
    *(
        KnownFailure(engine, f"text_letters-{frame}", "wrong", "it writes two letters for a ß")
        for engine in (
            "pandas/object",
            "chdb",
            "polars",
            "polars/in-memory",
            "polars/streaming",
            "narwhals",
        )
        for frame in ("plain", "missing", "one")
    ),
    KnownFailure("pandas+numba", "join*", "unsupported", "Numba has no join; use pandas"),
    *(
        KnownFailure("pandas+numba", f"{name}-*", "unsupported", "Numba compiles no step of it")
        for name in (
            *("count*", "size", "n_unique*", "median*", "quantile", "narrow_quantile"),
            *("first", "first_int", "first_nan", "last*", "any_v*", "min_text", "small_counts"),
            *("where_[acimot]*", "where_na*", "where_not", "where_not_*", "where_b*", "any", "all"),
            *("date_[bcei]*", "time_[bcepsx]*", "times", "truncate_*"),
            *("casts", "trigonometry", "numbers", "filled", "mapped"),
            *("zone_*", "text_[hmnotc]*", "derive_case*", "modulo_constant", "floor_constant"),
            *("rounds", "rounds_places", "sum_of_*", "derived_*", "any_of", "largest_all"),
            *("share", "z_score", "transform_*", "rank*", "lags*", "cumsum*"),
            *("windows*", "order_by*", "rolling*", "ewm"),
            *("*_missing", "whole", "whole_[!p]*", "constants_[bmqrl]*"),
        )
    ),
    *(
        KnownFailure("pandas+numba", f"{name}-empty", "unsupported", "it needs rows to compile")
        for name in (
            *(
                "[abefimnopqtuwz]*",
                "da*",
                "de*",
                "div*",
                "having",
                "having_nan",
                "sort*",
                "std*",
                "sum*",
                "var*",
            ),
            *("same_function", "several_keys", "constants", "constants_first", "limit", "roots"),
            *("row_extremes", "rounds_tens"),
        )
    ),
    KnownFailure("pandas+numba", "exact_keys-[po]*", "unsupported", "Numba compiles no step of it"),
    KnownFailure(
        "pandas+numba",
        "row_function_called-missing",
        "unsupported",
        "its loops take no missing values",
    ),
    KnownFailure("datatable", "*quantile*", "unsupported", "it has no quantiles"),
    *(
        KnownFailure("datatable", f"{name}-*", "unsupported", "its times have no zone")
        for name in ("zone_keys", "zone_parts", "zone_compared", "zone_extremes", "truncate_zone_*")
    ),
    *(
        KnownFailure("datatable", f"{name}-{frame}", "unsupported", "it has no rank with ties")
        for name in (
            "rank",
            "ranks",
            "rank_text",
            "constants_ranked",
            "transform_nan",
            "transform_expression",
            "steps_sizes",
        )
        for frame in ("plain", "missing", "one")
    ),
    KnownFailure(
        "datatable", "transform_more-missing", "unsupported", "its first counts missing values"
    ),
    KnownFailure("datatable", "any_value-*", "unsupported", "its first counts missing values"),
    KnownFailure("cudf", "any_value-*", "unsupported", "row functions need NumPy's where"),
    *(
        KnownFailure(engine, "ewm-one", "wrong", "its ewm of groups fails on a single row")
        for engine in ("modin", "modin/dask", "modin/mpi")
    ),
    *(
        KnownFailure("narwhals", f"{name}-*", "unsupported", "it has no product of a column")
        for name in ("products", "whole_products")
    ),
    *(
        KnownFailure("cudf", f"{name}-*", "unsupported", "it has no NumPy on the device")
        for name in ("bins_numbered", "bins_of_groups", "quantile_bins")
    ),
    *(
        KnownFailure(engine, "fill_gaps*-*", "unsupported", "not implemented for it yet")
        for engine in ("narwhals",)
    ),
    KnownFailure("datatable", "fill_gaps*-*", "unsupported", "it makes no ranges of times"),
    *(
        KnownFailure(engine, "fill_gaps-empty", "wrong", "its keys of no rows are objects")
        for engine in ("modin", "modin/dask", "modin/mpi")
    ),
    KnownFailure("cudf", "fill_gaps*-*", "unsupported", "not implemented for it yet"),
    KnownFailure(
        "datatable", "unpivot_texts-*", "unsupported", "it cannot change the case of text"
    ),
    KnownFailure("fireducks", "unpivot-one", "unsupported", "the only row has a missing value"),
    *(
        KnownFailure("cudf", f"{name}-*", "unsupported", "it has no NumPy on the device")
        for name in ("composed_texts", "composed_beside")
    ),
    KnownFailure("datatable", "composed_texts-*", "unsupported", "it compares no texts"),
    KnownFailure("datatable", "texts-*", "unsupported", "it cannot change the case of text"),
    *(
        KnownFailure("datatable", f"{name}-*", "unsupported", "it has few functions of text")
        for name in (
            "text_made",
            "text_keys",
            "text_numbers",
            "text_case",
            "text_letters",
            "time_texts",
            "time_of_days",
        )
    ),
    KnownFailure("datatable", "time_weeks-*", "unsupported", "it has no weeks"),
    KnownFailure("datatable", "time_parsed-*", "unsupported", "it parses dates only in files"),
    *(
        KnownFailure("datatable", f"{name}-*", "unsupported", "its times have no zone")
        for name in ("zone_times", "zone_texts")
    ),
    *(
        KnownFailure("narwhals", f"{name}-*", "unsupported", "it has no week of a date")
        for name in ("time_weeks", "zone_times")
    ),
    *(
        KnownFailure("narwhals", f"{name}-*", "unsupported", "it has few functions of numbers")
        for name in ("trigonometry", "numbers")
    ),
    *(
        KnownFailure("narwhals", f"{name}-*", "unsupported", "it lacks split, extract, safe casts")
        for name in ("text_made", "text_keys", "text_numbers", "casts")
    ),
    *(
        KnownFailure(engine, "text_letters-[pmo]*", "wrong", "it writes two letters for a ß")
        for engine in ("datafusion", "daft", "pyspark")
    ),
    KnownFailure("datatable", "max_made_text-[pmo]*", "unsupported", "it compares no texts"),
    *(
        KnownFailure("cudf", f"{name}-*", "unsupported", "row functions need NumPy's where")
        for name in ("extreme_texts", "joined_choices", "chosen_conditions")
    ),
    *(
        KnownFailure(
            engine,
            f"exact_{what}-missing",
            "unsupported",
            "integers with missing values are floats in it",
        )
        for engine in (
            "pandas+numba",
            "dask",
            "dask/distributed",
            "dask/partitions",
            "modin",
            "modin/dask",
            "modin/mpi",
        )
        for what in ("sum", "keys", "extremes")
    ),
    *(
        KnownFailure(
            engine,
            "constants-empty",
            "wrong",
            "an output named f makes it fall back to pandas",
        )
        for engine in ("modin", "modin/dask", "modin/mpi")
    ),
    *(
        KnownFailure(
            "pandas/category", f"{name}-missing", "unsupported", "a missing category is lost"
        )
        for name in ("rolling", "rolling_ends", "rolling_time", "rolling_zone", "ewm")
    ),
    *(
        KnownFailure(engine, "rolling_[tz]*-*", "unsupported", "its windows take no times")
        for engine in ("modin", "modin/dask", "modin/mpi", "cudf")
    ),
    KnownFailure("datatable", "whole_spread-*", "unsupported", "it has no quantiles"),
    *(
        KnownFailure("datatable", f"{name}-*", "unsupported", "its min and max do not compare text")
        for name in ("min_text", "constants", "pivot_texts")
    ),
    *(
        KnownFailure(
            "datatable", f"{name}{kind}-missing", "unsupported", "its first counts missing values"
        )
        for name in ("first", "last")
        for kind in ("", "_int", "_nan")
    ),
)


# What an engine refuses by a rule of its own needs no mark for each case.
RULES = {
    "pandas+numba": "dfbench compiles no step of it with Numba",
    "pandas/object": "it reads no text",
    "pandas/category": "no key of it is text",
    "polars/categorical": "no key of it is text",
    "duckdb/enum": "no key of it is text",
}


def is_refused_by_rule(engine: str, reason: str) -> bool:
    """Return whether a refusal is the one that an engine's rule makes."""
    rule = RULES.get(engine.partition("@")[0], "")
    # A variant of keys has neither a join nor a second step.
    others = ("no join of its own", "in a single step")
    return bool(rule) and any(why in reason for why in (rule, *others))


def find_mark(engine: str, case: str) -> KnownFailure | None:
    """Return the mark of a case, if it has one; of a version's own before its engine's."""
    return next((known for known in _list_marks(engine) if fnmatch(case, known.case)), None)


@cache
def _list_marks(engine: str) -> tuple[KnownFailure, ...]:
    names = dict.fromkeys((engine, engine.partition("@")[0]))
    return tuple(known for name in names for known in MARKS if fnmatch(name, known.engine))
