"""How a run ended, told from evidence and never from an exit code alone."""

from __future__ import annotations

import json
import signal
from dataclasses import asdict, dataclass, field
from enum import StrEnum

from ..storage.records import Outcome, Phase
from .limits.base import Cause


class End(StrEnum):
    """What made the supervisor end a run."""

    DONE = "done"
    ERROR = "error"
    EXIT = "exit"
    TIMER = "timer"
    MEMORY = "memory"
    CLOSED = "closed"
    GARBAGE = "garbage"
    UNSTARTED = "unstarted"
    STOPPED = "stopped"
    UNSUPERVISED = "unsupervised"


# The supervisor's exit code where a limit cannot be held; its last line says why.
LIMIT_ERROR_STATUS = 3


@dataclass(frozen=True, slots=True)
class ProgramError:
    """An error that the program raised: its classes from the nearest to the furthest."""

    types: tuple[str, ...]
    message: str
    traceback: str


@dataclass(frozen=True, slots=True)
class Observation:
    """All that a supervisor saw of a run. Seconds and bytes; `status` is negative for a signal."""

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

    @property
    def peak(self) -> int:
        """Return the largest peak of all phases."""
        return max(self.peaks.values(), default=0)

    def to_json(self) -> str:
        """Return what was seen as one line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> Observation:
        """Read what `to_json` wrote."""
        known = json.loads(line)
        known["end"], known["phase"] = End(known["end"]), Phase(known["phase"])
        known["cause"] = Cause(known["cause"]) if known["cause"] else None
        if failure := known["failure"]:
            known["failure"] = ProgramError(**{**failure, "types": tuple(failure["types"])})
        for name in ("warmups", "hot", "survivors"):
            known[name] = tuple(known[name])
        return cls(**known)


@dataclass(frozen=True, slots=True)
class Decision:
    """An outcome with its evidence; `again` where something else than the run may have ended it."""

    outcome: Outcome
    evidence: str = ""
    retry: bool = False


MEMORY_ERRORS = frozenset({"MemoryError", "ArrowMemoryError", "KilledWorker", "OutOfMemoryError"})
MEMORY_LOG_TEXTS = (
    "memory allocation of",
    "std::bad_alloc",
    "out of memory",
    "Cannot allocate memory",
)
MAX_MESSAGE = 200
# MemoryError has told it already; a message alone is believed only in these words.
MEMORY_ERROR_TEXTS = ("std::bad_alloc", "bad allocation", "Out of Memory Error")

# What Dask's nanny prints when it kills a worker; the program hears of something lost, and no more.
NANNY_TEXT = "% memory budget. Restarting"
# What Dask's workers print when they stop to work until memory is freed, which may be never.
PAUSED_TEXT = "Pausing worker"
LOST_WORKER_ERRORS = frozenset({"CommClosedError", "CancelledError", "FutureCancelledError"})


def decide_outcome(seen: Observation, limit: int | None, seconds: float | None) -> Decision:
    """Return the outcome: the kernel's word first, then the watchdog's, the program's, a signal's."""
    where = _name_phase(seen.phase)
    where += f", at a peak of {_format_mib(seen.peak)}" if seen.peak else ""
    where += f" under a limit of {_format_mib(limit)}" if limit else ""
    match seen.cause:
        case Cause.HOST:
            text = "the machine itself ran out of memory, and its kernel ended a process"
            return Decision(
                Outcome.CRASHED, f"{text} {where}: this says nothing of the engine", True
            )
        case Cause.KERNEL:
            return _out_of_memory(
                f"the kernel killed {seen.died or 'a process'} at the limit {where}"
            )
        case Cause.WATCHDOG:
            return _out_of_memory(f"the watchdog ended the process tree {where}")
        case Cause.THRASHING:
            text = "the process tree was full and only read its own pages again for five seconds"
            return _out_of_memory(f"thrashing: {text} {where}")
        case None:
            return _decide_without_kill(seen, where, limit, seconds)


def _decide_without_kill(
    seen: Observation, where: str, limit: int | None, seconds: float | None
) -> Decision:
    if seen.failure:
        return _decide_error(seen, seen.failure, where)
    match seen.end:
        case End.DONE:
            return Decision(Outcome.OK)
        case End.TIMER:
            full = limit is not None and seen.held > 0.9 * limit
            pressed = full or PAUSED_TEXT in seen.log
            pressure = " under memory pressure" if pressed else ""
            return Decision(Outcome.TIMEOUT, f"ended after {seconds:g} s{pressure} {where}")
        case End.UNSTARTED:
            return Decision(Outcome.NOT_INSTALLED, seen.died)
        case End.UNSUPERVISED:
            return Decision(Outcome.CRASHED, seen.died, retry=True)
        case End.CLOSED:
            return Decision(Outcome.CRASHED, f"it closed its answer pipe {where}")
        case End.GARBAGE:
            return Decision(Outcome.CRASHED, f"it wrote something else on its answer pipe {where}")
        case End.STOPPED:
            return Decision(Outcome.CRASHED, f"stopped from outside {where}")
        case _:
            return _decide_exit(seen, where)


def _decide_error(seen: Observation, failure: ProgramError, where: str) -> Decision:
    text = f"{failure.types[0]}: {_first_line(failure.message)}"
    spoke = MEMORY_ERRORS & set(failure.types)
    if seen.scheduler and "KilledWorker" in spoke:
        # On a cluster elsewhere a worker may die of anything, and nobody here has seen it.
        return Decision(
            Outcome.CRASHED, f"the cluster lost a worker: {text} ({_name_phase(seen.phase)})"
        )
    if spoke or any(words in failure.message for words in MEMORY_ERROR_TEXTS):
        return _out_of_memory(f"the engine said {text} {where}")
    if _lost_dask_worker(failure) and NANNY_TEXT in seen.log:
        return _out_of_memory(
            f"the engine's own monitor ended a worker over its memory: {text} {where}"
        )
    if "ModuleNotFoundError" in failure.types and seen.phase == Phase.STARTUP:
        return Decision(Outcome.NOT_INSTALLED, text)
    return Decision(Outcome.CRASHED, f"{text} ({_name_phase(seen.phase)})")


def _lost_dask_worker(failure: ProgramError) -> bool:
    """Return whether Dask missed a worker; its scheduler may look for the address of a dead one."""
    missed = "KeyError" in failure.types and "://" in failure.message
    return missed or bool(LOST_WORKER_ERRORS & set(failure.types))


def _decide_exit(seen: Observation, where: str) -> Decision:
    status = seen.status if seen.status is not None else 0
    if status >= 0:
        return Decision(Outcome.CRASHED, f"it ended with exit code {status} without answer {where}")
    name = _signal_name(-status)
    if -status == signal.SIGABRT and any(words in seen.log for words in MEMORY_LOG_TEXTS):
        return _out_of_memory(f"the engine aborted ({name}) on an allocation {where}")
    if -status == signal.SIGKILL:
        text = f"something outside killed it ({name}; no kill by the kernel was counted) {where}"
        return Decision(Outcome.CRASHED, text, retry=True)
    return Decision(Outcome.CRASHED, f"it died of signal {-status} ({name}) {where}")


def _out_of_memory(evidence: str) -> Decision:
    return Decision(Outcome.OUT_OF_MEMORY, evidence)


def _name_phase(phase: Phase) -> str:
    return f"during {phase.value}" if phase != Phase.DONE else "after its answer"


def _first_line(message: str) -> str:
    line = message.strip().partition("\n")[0]
    return line if len(line) <= MAX_MESSAGE else f"{line[:MAX_MESSAGE]}..."


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unnamed"


def _format_mib(size: int | None) -> str:
    return f"{(size or 0) / 2**20:.0f} MiB"
