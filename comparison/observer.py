"""What a comparison reports while it works; a progress line on a terminal is one observer."""

from __future__ import annotations

from typing import Protocol

from ..storage.records import Run


class Observer(Protocol):
    """Receives the events of a session; none arrives while a run is timed."""

    def plan_runs(self, count: int, budget: float | None = None) -> None:
        """Receive the number of runs that were added to the plan, and the budget in seconds."""

    def skip_runs(self, count: int) -> None:
        """Receive the number of planned runs that an interrupted comparison has stored."""

    def show_data(self, share: float) -> None:
        """Receive the share of the data that is generated or read, 0 to 1."""

    def show_environment(self, words: str) -> None:
        """Receive which environment is being made; nothing when it is ready."""

    def warn(self, sentence: str) -> None:
        """Receive a problem that is known before the first run."""

    def start_run(self, engine: str, query: str, round_: int) -> None:
        """Receive that a run is about to start."""

    def finish_run(self, run: Run) -> None:
        """Receive how a run ended."""

    def start_trial(self, engine: str, query: str, limit: str) -> None:
        """Receive that a run under a memory limit is about to start."""

    def show_probe(self, subject: str, done: int, total: int) -> None:
        """Receive which engine is probed next; no subject when all probes are done."""
