"""Every error that dfbench raises on purpose.

DfbenchError            a sentence with what was wrong, where, and the mend; exit code 2
├── WorkloadError       the mistakes of a workload file, all told at once
├── DataError           a data file that is missing, unreadable, or without a column
├── LimitError          a limit that this machine cannot hold
├── ResultsError        a results folder that cannot be read or written
├── EngineError         an engine that is unknown or not installed
└── Unsupported         what an engine cannot say; becomes an outcome, never an exit
"""

from __future__ import annotations

from dataclasses import dataclass


class DfbenchError(Exception):
    """What was wrong, where, and what to do next, in one sentence."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in a workload; lines and columns count from 1, line 0 is no place in a file."""

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


class DataError(DfbenchError):
    """A data file that is missing, unreadable, or without a column that is asked for."""


class LimitError(DfbenchError):
    """A limit that this machine cannot hold."""


class ResultsError(DfbenchError):
    """A results folder that cannot be read or written."""


class EngineError(DfbenchError):
    """An engine that is unknown or not installed."""


class Unsupported(DfbenchError):  # noqa: N818 - an outcome's name
    """Something that an engine cannot say, and why."""

    def __init__(self, what: str, why: str) -> None:
        self.what = what
        self.why = why
        super().__init__(f"{what}: {why}")
