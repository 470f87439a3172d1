"""Progress on standard error: written between runs only, never while one is timed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import TextIO

from ..storage.records import Outcome, Run
from ..storage.sanitize import sanitize
from .units import format_seconds

LOG_SECONDS = 60.0  # a log file gets a line at least this often, between runs


@dataclass(slots=True)
class Progress:
    """Shows progress: one line redrawn on a terminal; in a log file a line per round and minute.

    `done` counts the runs that `--resume` found, `found` has them alone, and `announced`
    says that they were written; `clock` is in seconds.
    """

    total: int = 0
    file: TextIO = field(default_factory=lambda: sys.stderr)
    clock: Callable[[], float] = monotonic
    done: int = 0
    found: int = 0
    announced: bool = False
    began: float = field(init=False)
    wrote: float = field(init=False)
    round: int = 0
    search: tuple[str, str] = ("", "")
    budget: float | None = None
    warned: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Start the clock."""
        self.began = self.wrote = self.clock()

    @property
    def live(self) -> bool:
        """Return whether a line can be redrawn: on a terminal, and in a notebook."""
        return self.file.isatty() or type(self.file).__module__.startswith("ipykernel")

    def plan_runs(self, count: int, budget: float | None = None) -> None:
        """Add runs to those that are expected; a budget in seconds may end them earlier."""
        self.total += count
        self.budget = budget or self.budget
        if not self.done:
            self.began = self.clock()  # what prepared the data says nothing about the runs

    def skip_runs(self, count: int) -> None:
        """Count runs that are stored already: they are done, and took no time of this session."""
        self.done += count
        self.found += count
        self.began = self.clock()
        if self.done == self.total:
            self._tell_found()

    def _tell_found(self) -> None:
        """Write once how many runs are stored already, of all points of a sweep together."""
        if self.found and not self.live and not self.announced:
            self._log(f"{self.found} of {self.total} runs are stored already")
            self.announced = True

    def show_data(self, share: float) -> None:
        """Show how much of the data is generated or read."""
        words = f"preparing data: {share:.0%}" if share < 1 else ""
        if self.live:
            self._draw(words)
        elif words and self._is_silent():
            self._log(words)

    def show_environment(self, words: str) -> None:
        """Show which environment is being made, which can take a minute."""
        if self.live:
            self._draw(words)
        elif words:
            self._log(words)

    def start_run(self, engine: str, query: str, round_: int) -> None:
        """Show what runs now and about how long the rest takes."""
        self._tell_found()
        if self.live:
            self._draw(
                f"[{self.done + 1}/{self.total}] {engine} {query}{self._describe_remaining()}"
            )
        elif round_ > self.round or self._is_silent():
            self._log(
                f"round {round_}: {self.done} of {self.total} runs done{self._describe_remaining()}"
            )
        self.round = max(self.round, round_)

    def warn(self, sentence: str) -> None:
        """Write a warning that is known before the first run; the points of a sweep share it."""
        if sentence in self.warned:
            return
        self.warned.add(sentence)
        self._clear()
        self._log(f"! {sentence}")

    def show_probe(self, subject: str, done: int, total: int) -> None:
        """Show which engine is probed now; a log file gets a line per engine."""
        if self.live:
            self._draw(f"[{done}/{total} probes] {subject}" if subject else "")
        elif subject and (subject, "") != self.search:
            self._log(f"{subject}: probing, {done} of {total} probes done")
        self.search = subject, ""

    def start_trial(self, engine: str, query: str, limit: str) -> None:
        """Show which limit is tried now; a log file gets a line per search."""
        if self.live:
            self._draw(f"{engine} {query} under {limit}")
        elif (engine, query) != self.search:
            self._log(f"{engine} {query}: searching")
        self.search = engine, query

    def finish_run(self, run: Run) -> None:
        """Count a run, and write at once why it failed."""
        self.done += 1
        if run.outcome is not Outcome.OK:
            self._clear()
            words = next(iter(sanitize(run.evidence).splitlines()), "")
            self._log(f"{run.engine} {run.query}: {run.outcome} - {words}")
        elif self.done == self.total:
            self._clear()

    def _describe_remaining(self) -> str:
        measured = self.done - self.found
        if not measured:
            return ""
        spent = self.clock() - self.began
        left = spent / measured * (self.total - self.done)
        if self.budget is not None:
            left = min(left, self.budget - spent)
        if left <= 0:
            return ", past the time budget"
        return f", about {format_seconds(left)} left" if left >= 1 else ", less than 1 s left"

    def _is_silent(self) -> bool:
        return self.clock() - self.wrote >= LOG_SECONDS

    def _log(self, line: str) -> None:
        self.file.write(f"{line}\n")
        self.file.flush()
        self.wrote = self.clock()

    def _draw(self, words: str) -> None:
        clear = "\x1b[2K" if self.file.isatty() else ""  # which a notebook shows as it is
        self.file.write(f"\r{clear}{words[:100]:<{0 if clear else 100}}")
        self.file.flush()

    def _clear(self) -> None:
        if self.live:
            self._draw("")


@dataclass(frozen=True, slots=True)
class Silence:
    """Shows nothing."""

    def plan_runs(self, count: int, budget: float | None = None) -> None:
        """Do nothing."""

    def skip_runs(self, count: int) -> None:
        """Do nothing."""

    def show_data(self, share: float) -> None:
        """Do nothing."""

    def show_environment(self, words: str) -> None:
        """Do nothing."""

    def start_run(self, engine: str, query: str, round_: int) -> None:
        """Do nothing."""

    def warn(self, sentence: str) -> None:
        """Do nothing."""

    def show_probe(self, subject: str, done: int, total: int) -> None:
        """Do nothing."""

    def start_trial(self, engine: str, query: str, limit: str) -> None:
        """Do nothing."""

    def finish_run(self, run: Run) -> None:
        """Do nothing."""
