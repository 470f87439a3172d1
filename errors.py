"""Every error that dfbench raises on purpose.

DfbenchError            what is wrong, where, and what to do; exit status 2
├── WorkloadError       all the mistakes of a workload file
├── CodeError           code that cannot be opened, or has no part that was asked for
├── DataError           a data file that is missing, unreadable, or without a column
├── LimitError          a limit that this machine cannot enforce
├── ResultsError        a results folder that cannot be read or written
├── EngineError         an engine that is unknown or not installed
└── Unsupported         what an engine does not support; an outcome, never an exit
"""

from __future__ import annotations

from typing import NamedTuple


class DfbenchError(Exception):
    """What is wrong, where, and what to do, in one sentence."""


# A dataclass takes longer to make than any other class of the command line's start.
class Mistake(NamedTuple):
    """One mistake in a workload; lines and columns count from 1, line 0 is no place."""

    file: str
    line: int
    column: int
    message: str
    source: str = ""

    def __str__(self) -> str:
        if not self.line:
            return f"{self.file}: {self.message}"
        place = f"{self.file}:{self.line}:{self.column}: {self.message}"
        if not self.source:
            return place
        return f"{place}\n  {self.source}\n  {' ' * (self.column - 1)}^"


class WorkloadError(DfbenchError):
    """All the mistakes of one workload file."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(str(mistake) for mistake in mistakes))


class CodeError(DfbenchError):
    """Code that cannot be opened, or lacks the function or answer that was asked for."""


class DataError(DfbenchError):
    """A data file that is missing, unreadable, or lacks a requested column."""


class LimitError(DfbenchError):
    """A limit that this machine cannot enforce."""


class ResultsError(DfbenchError):
    """A results folder that cannot be read or written."""


class EngineError(DfbenchError):
    """An engine that is unknown or not installed."""


class Unsupported(DfbenchError):  # noqa: N818 - an outcome's name
    """Something that an engine does not support, and why."""

    def __init__(self, what: str, why: str) -> None:
        self.what = what
        self.why = why
        super().__init__(f"{what}: {why}")
