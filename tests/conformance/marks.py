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


MARKS: tuple[Mark, ...] = (
    Mark("datatable", "*-empty", "unsupported", "from Arrow, it reads no columns without rows"),
    Mark("datatable", "quantile*", "unsupported", "it has no quantiles"),
    Mark("datatable", "whole_spread-*", "unsupported", "it has no quantiles"),
    Mark("datatable", "min_text-*", "unsupported", "its min and max compare no text"),
    *(
        Mark("datatable", f"{name}{kind}-missing", "unsupported", "its first counts missing values")
        for name in ("first", "last")
        for kind in ("", "_int", "_nan")
    ),
)


def mark(engine: str, case: str) -> Mark | None:
    """Give the mark of a case, if it has one."""
    found = (m for m in MARKS if fnmatch(engine, m.engine) and fnmatch(case, m.case))
    return next(found, None)
