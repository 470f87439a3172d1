"""The worker's messages: JSON lines with phases, times, an error or the end."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..storage.records import Phase
from .observation import End, ProgramError

LONGEST_LINE = 1024 * 1024


@dataclass(slots=True)
class WorkerReport:
    """The messages of a worker so far; `entering` is called at the end of each phase.

    `spawned` is the start of the worker's process in seconds of the monotonic clock. Times are in
    seconds. A line that is no valid message sets `end` to GARBAGE.
    """

    spawned: float
    entering: Callable[[], None]
    end: End | None = None
    phase: Phase = Phase.STARTUP
    failure: ProgramError | None = None
    rows: int | None = None
    times: dict[str, float | None] = field(default_factory=dict)
    warmups: list[float] = field(default_factory=list)
    hot: list[float] = field(default_factory=list)
    workers: dict[str, int] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    rest: bytes = b""

    def receive(self, data: bytes) -> None:
        """Process bytes from the pipe, complete lines or not."""
        *lines, self.rest = (self.rest + data).split(b"\n")
        try:
            for line in lines:
                self._note(json.loads(line))
        except (ValueError, TypeError, KeyError, AttributeError):
            self.end = End.GARBAGE
        if len(self.rest) > LONGEST_LINE:
            self.end = End.GARBAGE

    def _note(self, message: dict[str, Any]) -> None:
        if "at" in message:
            self.times["interpreter"] = float(message["at"]) - self.spawned
        if "time" in message:
            self._note_time(message["time"], float(message["seconds"]))
        if "phase" in message:
            self._enter(Phase(message["phase"]))
        if "workers" in message:
            self.workers = {str(name): int(peak) for name, peak in message["workers"].items()}
        if "columns" in message:
            self.columns = {str(name): str(kind) for name, kind in message["columns"].items()}
        if "error" in message:
            self._note_failure(message["error"])
        if message.get("done") is True:
            self.rows, self.end = message["rows"], End.DONE
            self._enter(Phase.DONE)

    def _note_time(self, name: str, seconds: float) -> None:
        match name:
            case "warmups":
                self.warmups.append(seconds)
            case "hot":
                self.hot.append(seconds)
            case "startup" | "load" | "cold" | "collect":
                self.times[name] = seconds
            case _:
                raise ValueError(name)

    def _note_failure(self, error: dict[str, Any]) -> None:
        types = tuple(str(name) for name in error["types"])
        self.failure = ProgramError(types, str(error["message"]), str(error["traceback"]))
        self.end = End.ERROR

    def _enter(self, phase: Phase) -> None:
        self.entering()
        self.phase = phase
