"""What a supervisor observes of a run: the value that travels from it to dfbench as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum

from ..storage.records import Phase
from .limits.base import Cause


class End(StrEnum):
    """The event on which the supervisor ended a run."""

    DONE = "done"
    ERROR = "error"
    EXIT = "exit"
    TIMER = "timer"
    MEMORY = "memory"
    CLOSED = "closed"
    GARBAGE = "garbage"
    UNSTARTED = "unstarted"
    STOPPED = "stopped"
    ESCAPED = "escaped"
    UNSUPERVISED = "unsupervised"


# The supervisor's exit status if it cannot enforce a limit; the last line of its log says why.
LIMIT_ERROR_STATUS = 3


@dataclass(frozen=True, slots=True)
class ProgramError:
    """An error that the program raised; `types` are the names of its classes, as in its MRO."""

    types: tuple[str, ...]
    message: str
    traceback: str


@dataclass(frozen=True, slots=True)
class Observation:
    """Everything that a supervisor observed of one run.

    Times are in seconds, sizes in bytes. `status` is the worker's exit status, negative for a
    signal; `died` names the process that was killed or left its group, or says why no worker ran;
    `held` is the last sample of memory; `survivors` are the pids that did not end. `observed` are
    the hot executions by the supervisor's clock; `faults` are what is wrong with the program's
    answers; `cores` is how many it used where that is more than its limit allows.
    """

    end: End
    phase: Phase = Phase.STARTUP
    cause: Cause | None = None
    status: int | None = None
    failure: ProgramError | None = None
    log: str = ""
    died: str = ""
    times: dict[str, float | None] = field(default_factory=dict)
    warmups: tuple[float, ...] = ()
    hot: tuple[float, ...] = ()
    peaks: dict[str, int] = field(default_factory=dict)
    held: int = 0
    charged: int | None = None
    disk: int = 0
    measure: str = ""
    rows: int | None = None
    columns: dict[str, str] = field(default_factory=dict)
    scheduler: str = ""
    workers: dict[str, int] = field(default_factory=dict)
    foreign: float | None = None
    steal: float | None = None
    swapped: int | None = None
    throttled: int | None = None
    survivors: tuple[int, ...] = ()
    observed: tuple[float, ...] = ()
    faults: tuple[str, ...] = ()
    cores: int | None = None

    @property
    def peak(self) -> int:
        """Return the largest peak of all phases."""
        return max(self.peaks.values(), default=0)

    def to_json(self) -> str:
        """Return the observation as one line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> Observation:
        """Return the observation that `to_json` wrote."""
        known = json.loads(line)
        known["end"], known["phase"] = End(known["end"]), Phase(known["phase"])
        known["cause"] = Cause(known["cause"]) if known["cause"] else None
        if failure := known["failure"]:
            known["failure"] = ProgramError(**{**failure, "types": tuple(failure["types"])})
        for name in ("warmups", "hot", "survivors", "observed", "faults"):
            known[name] = tuple(known[name])
        return cls(**known)
