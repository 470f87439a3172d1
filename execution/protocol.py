"""The worker's messages: signed JSON lines with phases, times, an error or the end."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..storage.records import Phase
from .observation import End, ProgramError
from .worker import make_signer

LONGEST_LINE = 1024 * 1024
EXECUTIONS = ("cold", "warmups", "hot")


@dataclass(slots=True)
class WorkerReport:
    """The messages of a worker so far; `entering` is called at the end of each phase.

    `spawned` is the start of the worker's process in seconds of the monotonic clock. Times are in
    seconds; `observed` holds those of the hot executions by the supervisor's own clock. A line that
    is no valid message, not signed with `key`, or one execution too many sets `end` to GARBAGE.
    """

    spawned: float
    entering: Callable[[], None]
    runs: int
    key: bytes = b""
    end: End | None = None
    phase: Phase = Phase.STARTUP
    failure: ProgramError | None = None
    rows: int | None = None
    times: dict[str, float | None] = field(default_factory=dict)
    warmups: list[float] = field(default_factory=list)
    hot: list[float] = field(default_factory=list)
    workers: dict[str, int] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    observed: list[float] = field(default_factory=list)
    rest: bytes = b""
    now: float = 0.0
    _begins: tuple[str, float] | None = None
    _sign: Callable[[bytes], bytes] = field(init=False)

    def __post_init__(self) -> None:
        self._sign = make_signer(self.key)

    def receive(self, data: bytes, now: float) -> None:
        """Process bytes from the pipe, complete lines or not, that arrived at a time."""
        self.now = now
        *lines, self.rest = (self.rest + data).split(b"\n")
        try:
            for line in lines:
                self._note(self._verify(line))
        except (ValueError, TypeError, KeyError, AttributeError):
            self.end = End.GARBAGE
        if len(self.rest) > LONGEST_LINE:
            self.end = End.GARBAGE

    def _verify(self, line: bytes) -> dict[str, Any]:
        text = line.partition(b" ")[2]
        if self._sign(text) != line:
            raise ValueError(line)
        message: dict[str, Any] = json.loads(text)
        return message

    def _note(self, message: dict[str, Any]) -> None:
        if "at" in message:
            self.times["interpreter"] = float(message["at"]) - self.spawned
        if "begins" in message:
            self._begins = str(message["begins"]), self.now
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
            self.faults = tuple(map(str, message["faults"]))
            self._enter(Phase.DONE)

    def _note_time(self, name: str, seconds: float) -> None:
        if not 0 <= seconds < math.inf:
            raise ValueError(seconds)
        if name in EXECUTIONS:
            self._end_execution(name)
        match name:
            case "warmups":
                self.warmups.append(seconds)
            case "hot" if len(self.hot) < self.runs:
                self.hot.append(seconds)
            case "startup" | "load" | "cold" | "collect":
                self.times[name] = seconds
            case _:
                raise ValueError(name)

    def _end_execution(self, name: str) -> None:
        """Take the time of an execution by the supervisor's clock."""
        begins, self._begins = self._begins, None
        if begins is None or begins[0] != name:
            raise ValueError(name)
        if name == "hot":
            self.observed.append(self.now - begins[1])

    def _note_failure(self, error: dict[str, Any]) -> None:
        types = tuple(str(name) for name in error["types"])
        self.failure = ProgramError(types, str(error["message"]), str(error["traceback"]))
        self.end = End.ERROR

    def _enter(self, phase: Phase) -> None:
        self.entering()
        self.phase = phase
