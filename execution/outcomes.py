"""Decide the outcome of a run: out of memory, timeout, crashed, not installed or ok.

`decide_outcome` weighs the evidence in this order: a kill for memory that the kernel or the
watchdog reported, an error that the program raised, the supervisor's timer, the exit status of the
worker. An exit status alone never makes an out-of-memory: something else may have sent the signal.
"""

from __future__ import annotations

import re
import signal
from dataclasses import dataclass

from ..storage.records import Outcome, Phase
from .limits.base import Cause
from .observation import End, Observation, ProgramError


@dataclass(frozen=True, slots=True)
class Decision:
    """An outcome with its evidence; `retry` if something outside the run may have ended it."""

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
# Seconds that the supervisor may take to notice an execution's end, on a busy machine, and a share
# of the execution. All hot executions of a run are as late only if its clock is wrong.
UNTIMED, UNTIMED_SHARE = 0.02, 0.1
# Texts in the message of an error whose class says nothing about memory.
MEMORY_ERROR_TEXTS = ("std::bad_alloc", "bad allocation", "Out of Memory Error")

# How Numba says that its loop, which stores numbers, cannot store what a group function returns.
UNSTORED = re.compile(r">>> setitem\(array\(float64, 2d, C\), .+?\), (.+)\)$", re.MULTILINE)
TOO_MANY = re.compile(r"'wrong tuple length .*'expected (\d+), got (\d+)'")
NUMBA_TYPES = {
    "array": "an array",
    "list": "a list",
    "unicode_type": "text",
    "Literal": "text",
    "none": "None",
}

# What Python says of a name of pandas behind the NumPy array or value that a group function gets.
NO_NAME = re.compile(r"'numpy\.(ndarray|datetime64|timedelta64)' object has no attribute '(\w+)'")
OF_PANDAS = {"ndarray": "Series", "datetime64": "Timestamp", "timedelta64": "Timedelta"}
UNITS = {"days": "D", "total_seconds": "s", "seconds": "s", "microseconds": "us"}

# Dask's nanny logs this when it kills a worker; the program only sees a lost connection.
NANNY_TEXT = "% memory budget. Restarting"
# Dask's workers log this when they pause until memory is freed, which may never happen.
PAUSED_TEXT = "Pausing worker"
LOST_WORKER_ERRORS = frozenset({"CommClosedError", "CancelledError", "FutureCancelledError"})


def decide_outcome(
    observation: Observation, memory_limit: int | None, time_limit: float | None
) -> Decision:
    """Return the outcome of a run with its evidence.

    `memory_limit` is in bytes, `time_limit` in seconds; None means that there is no such limit.
    """
    where = _name_phase(observation.phase)
    where += f", at a peak of {_format_mib(observation.peak)}" if observation.peak else ""
    where += f" under a limit of {_format_mib(memory_limit)}" if memory_limit else ""
    match observation.cause:
        case Cause.HOST:
            text = "the machine itself ran out of memory, and its kernel killed a process"
            return Decision(
                Outcome.CRASHED, f"{text} {where}: this says nothing about the engine", True
            )
        case Cause.KERNEL:
            return _decide_out_of_memory(
                f"the kernel killed {observation.died or 'a process'} at the limit {where}"
            )
        case Cause.WATCHDOG:
            return _decide_out_of_memory(f"the watchdog ended the process tree {where}")
        case Cause.THRASHING:
            text = "for five seconds the process tree was at its limit and only reread its pages"
            return _decide_out_of_memory(f"thrashing: {text} {where}")
        case None:
            return _decide_without_kill(observation, where, memory_limit, time_limit)


def _decide_without_kill(
    observation: Observation, where: str, limit: int | None, seconds: float | None
) -> Decision:
    if observation.failure:
        return _decide_error(observation, observation.failure, where)
    match observation.end:
        case End.DONE:
            return _decide_done(observation)
        case End.TIMER:
            full = limit is not None and observation.held > 0.9 * limit
            pressed = full or PAUSED_TEXT in observation.log
            pressure = " under memory pressure" if pressed else ""
            ending = f"{_describe_answers(observation)} {seconds:g} s{pressure} {where}"
            return Decision(Outcome.TIMEOUT, ending)
        case End.UNSTARTED:
            return Decision(Outcome.NOT_INSTALLED, observation.died)
        case End.UNSUPERVISED:
            return Decision(Outcome.CRASHED, observation.died, retry=True)
        case End.CLOSED:
            return Decision(Outcome.CRASHED, f"the worker closed its result pipe {where}")
        case End.GARBAGE:
            text = "something other than the worker wrote to its result pipe"
            return Decision(Outcome.CRASHED, f"{text} {where}")
        case End.ESCAPED:
            text = f"{observation.died} left the run's control group, which limits its memory"
            return Decision(Outcome.CRASHED, f"ended: {text} {where}")
        case End.STOPPED:
            return Decision(Outcome.CRASHED, f"interrupted {where}")
        case _:
            return _decide_exit(observation, where)


def _describe_answers(observation: Observation) -> str:
    """Return how often the program had answered before the timer ended it."""
    cold = observation.times.get("cold")
    if cold is None:
        return "ended after"
    more = len(observation.warmups) + len(observation.hot)
    how_often = f"{1 + more} times, the first" if more else "once"
    return f"answered {how_often} in {cold:.3g} s, then timed out after"


def _decide_done(observation: Observation) -> Decision:
    if observation.faults:
        return Decision(Outcome.WRONG, "; ".join(observation.faults))
    pairs = tuple(zip(observation.observed, observation.hot, strict=False))
    if pairs and all(ours - its > UNTIMED + UNTIMED_SHARE * ours for ours, its in pairs):
        ours, its = min(pairs)
        text = f"the worker reported {its:.3g} s for an execution that took {ours:.3g} s"
        return Decision(Outcome.CRASHED, f"{text} by the supervisor's clock", retry=True)
    return Decision(Outcome.OK)


def _decide_error(observation: Observation, failure: ProgramError, where: str) -> Decision:
    text = _explain_returned(failure.message)
    text = text or f"{failure.types[0]}: {_take_first_line(failure.message)}"
    text += _suggest_name(failure.message)
    spoke = MEMORY_ERRORS & set(failure.types)
    if observation.scheduler and "KilledWorker" in spoke:
        # A worker of an external cluster may end for any reason; its kernel is not ours to read.
        return Decision(
            Outcome.CRASHED, f"the cluster lost a worker: {text} ({_name_phase(observation.phase)})"
        )
    if spoke or any(words in failure.message for words in MEMORY_ERROR_TEXTS):
        return _decide_out_of_memory(f"the engine raised {text} {where}")
    if _has_lost_dask_worker(failure) and NANNY_TEXT in observation.log:
        return _decide_out_of_memory(
            f"the engine's own monitor killed a worker for its memory: {text} {where}"
        )
    if "ModuleNotFoundError" in failure.types and observation.phase == Phase.STARTUP:
        return Decision(Outcome.NOT_INSTALLED, text)
    return Decision(Outcome.CRASHED, f"{text} ({_name_phase(observation.phase)})")


def _explain_returned(message: str) -> str:
    """Return what is wrong with a group function's value; empty if Numba's error is another."""
    one = "a group function must return one number for each name in 'as'"
    if found := UNSTORED.search(message):
        kind = re.split(r"[(\[]", found[1])[0]
        return (
            f"the function returns {NUMBA_TYPES.get(kind, kind)}; {one}, and Numba stores numbers"
        )
    if found := TOO_MANY.search(message):
        return f"the function returns {found[2]} values, but 'as' names {found[1]}"
    return ""


def _suggest_name(message: str) -> str:
    """Return how to say what a NumPy array or value has no name for; empty for other errors."""
    found = NO_NAME.search(message)
    if found is None:
        return ""
    kind, name = found.groups()
    if kind == "timedelta64" and name in UNITS:
        what = name.removeprefix("total_")
        return f"; for a number of {what}, write x / np.timedelta64(1, '{UNITS[name]}')"
    return f"; for a name of pandas, import pandas as pd and write pd.{OF_PANDAS[kind]}(x).{name}"


def _has_lost_dask_worker(failure: ProgramError) -> bool:
    """Return whether Dask lost a worker; its scheduler may miss a dead one's address."""
    missed = "KeyError" in failure.types and "://" in failure.message
    return missed or bool(LOST_WORKER_ERRORS & set(failure.types))


def _decide_exit(observation: Observation, where: str) -> Decision:
    status = observation.status if observation.status is not None else 0
    if status >= 0:
        text = f"the worker exited with status {status} without an answer"
        return Decision(Outcome.CRASHED, f"{text} {where}")
    name = _signal_name(-status)
    if -status == signal.SIGABRT and any(words in observation.log for words in MEMORY_LOG_TEXTS):
        return _decide_out_of_memory(f"the engine aborted ({name}) on an allocation {where}")
    if -status == signal.SIGKILL:
        text = f"something outside the run killed the worker ({name}), and not for memory"
        return Decision(Outcome.CRASHED, f"{text} {where}", retry=True)
    return Decision(Outcome.CRASHED, f"signal {-status} ({name}) ended the worker {where}")


def _decide_out_of_memory(evidence: str) -> Decision:
    return Decision(Outcome.OUT_OF_MEMORY, evidence)


def _name_phase(phase: Phase) -> str:
    return f"during {phase.value}" if phase != Phase.DONE else "after its answer"


def _take_first_line(message: str) -> str:
    line = message.strip().partition("\n")[0]
    return line if len(line) <= MAX_MESSAGE else f"{line[:MAX_MESSAGE]}..."


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unnamed"


def _format_mib(size: int | None) -> str:
    return f"{(size or 0) / 2**20:.0f} MiB"
