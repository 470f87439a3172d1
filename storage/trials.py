"""A search for floors on disk: a folder like a comparison's, with a line for each trial.

results/<workload>/<time>-<n>/
    floor.json                  the head: as a comparison's
    trials.jsonl                one line a trial, on the disk before the next begins
    programs/<engine>/<query>@<limit>.py
    floor.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import ResultsError
from . import files, folder
from .records import Head, Outcome, Run

HEAD = "floor.json"
TRIALS = "trials.jsonl"
REPORT = "floor.html"


@dataclass(frozen=True, slots=True)
class Trial:
    """A run under a limit of so many bytes; None is without any."""

    limit: int | None
    run: Run


@dataclass(frozen=True, slots=True)
class StoredSearch:
    """A search read back, finished or not; `warnings` say what could not be read."""

    path: Path
    head: Head
    trials: tuple[Trial, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TrialCounts:
    """How often each limit was tried, and how often the program finished under it."""

    ended: dict[int, tuple[bool, ...]] = field(default_factory=dict)

    @classmethod
    def gather(cls, trials: Iterable[Trial]) -> TrialCounts:
        """Gather an engine's trials on one query; those without a limit say nothing here."""
        limited = ((trial.limit, trial.run.outcome is Outcome.OK) for trial in trials)
        return cls.of((limit, finished) for limit, finished in limited if limit is not None)

    @classmethod
    def of(cls, tries: Iterable[tuple[int, bool]]) -> TrialCounts:
        """Gather tries: a limit, and whether the program finished under it."""
        ended: dict[int, tuple[bool, ...]] = {}
        for limit, finished in tries:
            ended[limit] = (*ended.get(limit, ()), finished)
        return cls(ended)

    @property
    def low(self) -> int | None:
        """Return the largest limit under which a try failed."""
        return max((limit for limit, ends in self.ended.items() if not all(ends)), default=None)

    @property
    def high(self) -> int | None:
        """Return the smallest limit above `low` under which every try finished."""
        low = self.low or 0
        return min((limit for limit, ends in self.ended.items() if limit > low), default=None)

    def count(self, limit: int) -> int:
        """Count the tries under a limit."""
        return len(self.ended.get(limit, ()))

    def count_finished(self, limit: int) -> int:
        """Count the tries under a limit that finished."""
        return sum(self.ended.get(limit, ()))


def append(path: Path, trial: Trial) -> None:
    """Add a trial; it is on the disk when this returns."""
    files.append_record(path / TRIALS, {"limit": trial.limit, **trial.run.to_dict()})


def read(path: Path) -> StoredSearch:
    """Read a search; ResultsError where there is none."""
    head, warnings = folder.read_head(path, HEAD)
    trials, skipped = files.read_lines(path / TRIALS, _read_trial)
    return StoredSearch(path, head, trials, (*warnings, *skipped))


def find_latest(results: Path, workload: str) -> Path:
    """Return the newest search of a workload; ResultsError where there is none."""
    heads = (results / folder.make_safe_name(workload)).glob(f"*/{HEAD}")
    found = sorted((head.parent for head in heads), key=lambda path: path.name)
    if not found:
        raise ResultsError(
            f"{results / folder.make_safe_name(workload)}: no search for the floor of {workload} "
            f"is stored here; `dfbench floor {workload}` makes one"
        )
    return found[-1]


def _read_trial(record: dict[str, Any]) -> Trial:
    limit = record["limit"]
    if limit is not None and (type(limit) is not int or limit <= 0):
        raise ValueError(f"limit is {limit!r}, not a number of bytes")
    return Trial(limit, folder.read_run(record))
