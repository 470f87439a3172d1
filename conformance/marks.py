"""What an engine cannot do yet, or never will: strict, so that the list stays true."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatch
from typing import Literal


@dataclass(frozen=True, slots=True)
class Mark:
    """Engine and case as patterns, and the reason.

    `unsupported` says that the adapter refuses in words; `wrong` that the library answers wrongly.
    """

    engine: str
    case: str
    how: Literal["unsupported", "wrong"]
    reason: str


# Their frames have no order of rows that a first or a last could be told by.
UNORDERED = ("narwhals", "ibis", "datafusion", "daft", "pyspark")

MARKS: tuple[Mark, ...] = (
    *(
        Mark(engine, f"{name}{kind}-*", "unsupported", "its rows have no order of their own")
        for engine in UNORDERED
        for name in ("first", "last")
        for kind in ("", "_int", "_nan")
    ),
    *(
        Mark(engine, f"{name}*", "unsupported", "no window of rows is written for it")
        for engine in UNORDERED
        for name in ("rank", "lags", "cumsum", "transform_[emln]*")
    ),
    *(Mark(engine, "truncate*", "unsupported", "not written yet") for engine in UNORDERED),
    *(
        Mark(engine, f"{name}*", "unsupported", "not written yet, and rows have an order there")
        for engine in ("datafusion", "daft", "pyspark")
        for name in ("transform", "share", "z_score")
    ),
    *(
        Mark(engine, "round*", "unsupported", "it rounds halves away from zero")
        for engine in ("datafusion", "daft", "ibis")
    ),
    *(
        Mark(engine, "rounds_tens*", "unsupported", "it rounds behind the point alone")
        for engine in ("polars*", "narwhals")
    ),
    Mark("datafusion", "divide_zero-plain", "wrong", "its max of nothing but -inf is finite"),
    Mark("fireducks", "*-missing", "unsupported", "it tells NaN from null"),
    *(
        Mark("fireducks", f"{name}-one", "unsupported", "the only row has a missing value")
        for name in ("cumsum", "narrow_*", "exact_*")
    ),
    Mark("fireducks", "*-empty", "unsupported", "it dies of frames without rows"),
    Mark("fireducks", "truncate_date-*", "wrong", "its dates of Arrow are no datetimes"),
    Mark("fireducks", "divide_zero-*", "wrong", "its // and % by zero raise or give numbers"),
    Mark("fireducks", "narrow_sum-plain", "wrong", "its sum of 32 bits wraps"),
    Mark("datatable", "*-empty", "unsupported", "from Arrow, it reads no columns without rows"),
    Mark(
        "datatable", "join*nobody-*", "unsupported", "from Arrow, it reads no columns without rows"
    ),
    *(
        Mark("datatable", f"join{kind}_repeated-*", "wrong", "it joins with unique keys alone")
        for kind in ("", "_left")
    ),
    Mark("pandas+numba", "join*", "unsupported", "Numba has no join: pandas says it"),
    Mark("datatable", "*quantile*", "unsupported", "it has no quantiles"),
    *(
        Mark("datatable", f"{name}-*", "unsupported", "its times have no zone")
        for name in ("zone_parts", "zone_compared", "truncate_zone_*")
    ),
    *(
        Mark("datatable", f"{name}-{frame}", "unsupported", "it has no rank with ties")
        for name in ("rank", "rank_text", "transform_nan", "transform_expression")
        for frame in ("plain", "missing", "one")
    ),
    Mark("datatable", "transform_more-missing", "unsupported", "its first counts missing values"),
    Mark("datatable", "texts-*", "unsupported", "it has no lower case"),
    *(
        Mark(engine, f"exact_{what}-missing", "unsupported", "integers with gaps are floats to it")
        for engine in ("pandas+numba", "dask", "dask/distributed", "modin", "modin/dask")
        for what in ("sum", "keys", "extremes")
    ),
    Mark("datatable", "whole_spread-*", "unsupported", "it has no quantiles"),
    Mark("datatable", "min_text-*", "unsupported", "its min and max compare no text"),
    *(
        Mark("datatable", f"{name}{kind}-missing", "unsupported", "its first counts missing values")
        for name in ("first", "last")
        for kind in ("", "_int", "_nan")
    ),
)


def mark(engine: str, case: str) -> Mark | None:
    """Give the mark of a case, if it has one; of a version's own before its engine's."""
    names = dict.fromkeys((engine, engine.partition("@")[0]))
    found = (m for n in names for m in MARKS if fnmatch(n, m.engine) and fnmatch(case, m.case))
    return next(found, None)
