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


MARKS: tuple[Mark, ...] = ()


def mark(engine: str, case: str) -> Mark | None:
    """Give the mark of a case, if it has one."""
    found = (m for m in MARKS if fnmatch(engine, m.engine) and fnmatch(case, m.case))
    return next(found, None)
