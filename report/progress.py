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
    """Tells a terminal in one line that is drawn anew, and a log file in a line per round."""

    total: int
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

    def making(self, share: float) -> None:
        """Return how much of the data is made; nothing when it was there already."""
        if self.live and share < 1:
            self._draw(f"generating data: {share:.0%}")
        elif self.live:
            self._draw("")

    def providing(self, words: str) -> None:
        """Tell of an environment that is being made, which can take a minute."""
        if self.live:
            self._draw(words)
        elif words:
            self.file.write(f"{words}\n")
            self.file.flush()

    def starting(self, engine: str, query: str, round_: int) -> None:
        """Return what runs now and about how long the rest takes."""
        if self.live:
            self._draw(f"[{self.done + 1}/{self.total}] {engine} {query}{self._left()}")
        elif round_ > self.round:
            self.file.write(f"round {round_}: {self.done} of {self.total} runs done\n")
            self.file.flush()
        self.round = max(self.round, round_)

    def noting(self, sentence: str) -> None:
        """Return what is known to be amiss before the first run."""
        self._clear()
        self.file.write(f"! {sentence}\n")
        self.file.flush()

    def probing(self, subject: str, done: int, total: int) -> None:
        """Return which road or library is probed now; a log file hears of each once."""
        if self.live:
            self._draw(f"[{done}/{total} probes] {subject}" if subject else "")
        elif subject and (subject, "") != self.search:
            self.file.write(f"{subject}: probing, {done} of {total} probes done\n")
            self.file.flush()
        self.search = subject, ""

    def trying(self, engine: str, query: str, under: str) -> None:
        """Return which limit is tried now; a log file hears of each search once."""
        if self.live:
            self._draw(f"{engine} {query} under {under}")
        elif (engine, query) != self.search:
            self.file.write(f"{engine} {query}: searching\n")
            self.file.flush()
        self.search = engine, query

    def finished(self, run: Run) -> None:
        """Count a run, and tell at once of one that failed."""
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
    """Tells nothing: for notebooks and tests."""

    def making(self, share: float) -> None:
        """Do nothing."""

    def providing(self, words: str) -> None:
        """Do nothing."""

    def starting(self, engine: str, query: str, round_: int) -> None:
        """Do nothing."""

    def noting(self, sentence: str) -> None:
        """Do nothing."""

    def probing(self, subject: str, done: int, total: int) -> None:
        """Do nothing."""

    def trying(self, engine: str, query: str, under: str) -> None:
        """Do nothing."""

    def finished(self, run: Run) -> None:
        """Do nothing."""
