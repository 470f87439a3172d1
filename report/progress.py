"""Progress on standard error: drawn between runs only, and silent while one is timed."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from time import monotonic
from typing import TextIO

from ..storage.records import Outcome, Run
from ..storage.sanitize import plain
from .units import seconds


@dataclass(slots=True)
class Progress:
    """Shows progress: one line redrawn on a terminal, a line per round in a log file."""

    total: int = 0
    file: TextIO = field(default_factory=lambda: sys.stderr)
    done: int = 0
    began: float = field(default_factory=monotonic)
    round: int = 0
    search: tuple[str, str] = ("", "")
    budget: float | None = None

    @property
    def live(self) -> bool:
        """Return whether a line can be drawn anew: on a terminal, and in a notebook."""
        return self.file.isatty() or type(self.file).__module__.startswith("ipykernel")

    def plan_runs(self, count: int, budget: float | None = None) -> None:
        """Add runs to those that are expected; a budget in seconds may end them earlier."""
        self.total += count
        self.budget = budget or self.budget

    def show_data(self, share: float) -> None:
        """Show how much of the data is made."""
        if self.live and share < 1:
            self._draw(f"generating data: {share:.0%}")
        elif self.live:
            self._draw("")

    def show_environment(self, words: str) -> None:
        """Show which environment is being made, which can take a minute."""
        if self.live:
            self._draw(words)
        elif words:
            self.file.write(f"{words}\n")
            self.file.flush()

    def start_run(self, engine: str, query: str, round_: int) -> None:
        """Show what runs now and about how long the rest takes; a log gets a line per round."""
        if self.live:
            self._draw(f"[{self.done + 1}/{self.total}] {engine} {query}{self._left()}")
        elif round_ > self.round:
            self.file.write(f"round {round_}: {self.done} of {self.total} runs done\n")
            self.file.flush()
        self.round = max(self.round, round_)

    def warn(self, sentence: str) -> None:
        """Write a warning that is known before the first run."""
        self._clear()
        self.file.write(f"! {sentence}\n")
        self.file.flush()

    def show_probe(self, subject: str, done: int, total: int) -> None:
        """Show which engine is probed now; a log file gets a line per engine."""
        if self.live:
            self._draw(f"[{done}/{total} probes] {subject}" if subject else "")
        elif subject and (subject, "") != self.search:
            self.file.write(f"{subject}: probing, {done} of {total} probes done\n")
            self.file.flush()
        self.search = subject, ""

    def start_trial(self, engine: str, query: str, limit: str) -> None:
        """Show which limit is tried now; a log file gets a line per search."""
        if self.live:
            self._draw(f"{engine} {query} under {limit}")
        elif (engine, query) != self.search:
            self.file.write(f"{engine} {query}: searching\n")
            self.file.flush()
        self.search = engine, query

    def finish_run(self, run: Run) -> None:
        """Count a run, and write at once why it failed."""
        self.done += 1
        if run.outcome is not Outcome.OK:
            self._clear()
            words = next(iter(plain(run.evidence).splitlines()), "")
            self.file.write(f"{run.engine} {run.query}: {run.outcome} - {words}\n")
            self.file.flush()
        elif self.done == self.total:
            self._clear()

    def _left(self) -> str:
        if not self.done:
            return ""
        spent = monotonic() - self.began
        left = spent / self.done * (self.total - self.done)
        if self.budget is not None:
            left = min(left, max(self.budget - spent, 0.0))
        return f", about {seconds(left)} left"

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
