"""Conditions under which a comparison fails a build: `polars > 1.1 * baseline`.

    ENGINE > [NUMBER *] baseline     the whole interval of its ratio lies above the number
    memory(ENGINE) > SIZE            its peak memory is above the size

One question on which it holds is enough; `<` asks for the opposite side. A ratio whose interval
contains the number is undecided, and so is a question that failed or did not run; beside other
work, the interval must be far beyond. docs/gates.md has the grammar.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ..errors import DfbenchError
from ..spec.quantities import parse_size
from ..storage.records import Outcome
from .diff import Diff
from .model import Ratio, Verdict, View
from .statistics import FAR, NOISY_SHARE
from .units import format_size

NUMBER = r"\d+(?:\.\d*)?(?:[eE]\d+)?"
NAME = r"[\w+./@-]+"
TIME = re.compile(rf"({NAME})\s*([<>])\s*(?:({NUMBER})\s*\*\s*)?baseline")
MEMORY = re.compile(rf"memory\(\s*({NAME})\s*\)\s*([<>])\s*(.+)")


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition that fails; `bound` is a ratio of times, or bytes of peak memory."""

    text: str
    what: Literal["time", "memory"]
    engine: str
    above: bool
    bound: float


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a gate looks at: an engine on a question. `noisy` is the share of busy runs."""

    engine: str
    query: str
    outcome: Outcome | None
    ratio: Ratio | None
    peak: int | None
    noisy: float


@dataclass(frozen=True, slots=True)
class GateFindings:
    """A sentence for each question on which a condition holds, and on which it is undecided."""

    failures: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()


def read(text: str) -> Gate:
    """Read a condition; DfbenchError for one that cannot be read."""
    written = text.strip()
    if found := TIME.fullmatch(written):
        engine, side, factor = found.groups()
        return Gate(written, "time", engine, side == ">", float(factor or 1))
    if found := MEMORY.fullmatch(written):
        engine, side, size_text = found.groups()
        return Gate(written, "memory", engine, side == ">", _read_size(written, size_text))
    raise _make_error(written)


def _read_size(text: str, size_text: str) -> int:
    try:
        return parse_size(size_text)
    except ValueError as error:
        raise _make_error(text, f" ({error})") from None


def _make_error(text: str, reason: str = "") -> DfbenchError:
    return DfbenchError(
        f"--fail-if {text!r} cannot be read{reason}; write 'polars > 1.1 * baseline' or "
        "'memory(pandas) > 4GiB'"
    )


def evaluate(gates: Iterable[Gate], measured: Sequence[Measurement]) -> GateFindings:
    """Return on which questions conditions certainly hold, and on which that is undecided.

    Raises DfbenchError for an engine that was not compared.
    """
    judged = []
    for gate in gates:
        check(gate, [one.engine for one in measured])
        own = (one for one in measured if one.engine == gate.engine)
        judge = _judge_time if gate.what == "time" else _judge_memory
        judged += [(judge(gate, one), f"{gate.text}: {one.engine} on {one.query}") for one in own]
    return GateFindings(
        tuple(f"{where} {found.reason}" for found, where in judged if found.holds),
        tuple(f"{where} {found.reason}" for found, where in judged if found.holds is None),
    )


def check(gate: Gate, engines: Sequence[str]) -> None:
    """Raise DfbenchError where a condition's engine is none of those compared."""
    if gate.engine not in engines:
        there = ", ".join(dict.fromkeys(engines)) or "none"
        raise DfbenchError(
            f"--fail-if {gate.text!r}: {gate.engine} is not compared; expected one of: {there}"
        )


def of_view(view: View) -> tuple[Measurement, ...]:
    """Return what gates look at in one comparison: the baseline is its baseline engine."""
    return tuple(
        Measurement(cell.engine, cell.query, cell.outcome, cell.ratio, cell.peak, cell.noisy)
        for row in view.rows
        for cell in row.cells
    )


def of_diff(found: Diff) -> tuple[Measurement, ...]:
    """Return what gates look at in a difference: the baseline is the old comparison."""
    return tuple(
        Measurement(
            change.engine,
            change.query,
            change.after.outcome,
            change.ratio,
            change.after.peak,
            max(change.before.noisy, change.after.noisy),
        )
        for change in found.changes
    )


@dataclass(frozen=True, slots=True)
class _Judgement:
    """Whether a condition holds of a question, None where that is undecided, and why."""

    holds: bool | None
    reason: str = ""


def _judge_memory(gate: Gate, one: Measurement) -> _Judgement:
    if one.outcome is Outcome.UNSUPPORTED:
        return _Judgement(holds=False)
    if one.peak is None:
        return _Judgement(None, f"has no peak memory ({_describe_ending(one)})")
    holds, reason = _lies_beyond(gate, one.peak, one.peak), f"used {format_size(one.peak)}"
    if one.outcome is not Outcome.OK and not (holds and gate.above):  # it may have needed more
        return _Judgement(None, f"{reason}, and ended: {_describe_ending(one)}")
    return _Judgement(holds, reason)


def _judge_time(gate: Gate, one: Measurement) -> _Judgement:
    found = one.ratio
    if one.outcome is Outcome.UNSUPPORTED or (found and found.verdict is Verdict.BASELINE):
        return _Judgement(holds=False)
    if found is None:
        return _Judgement(None, f"has no ratio ({_describe_ending(one)})")
    if found.low is None or found.high is None:
        return _Judgement(None, f"took {found.text} the baseline's time, without an interval")
    doubt = FAR if one.noisy > NOISY_SHARE else 1.0
    low, high = found.low / doubt, found.high * doubt
    reason = f"took {found.text} the baseline's time"
    if _lies_beyond(gate, low, high):
        return _Judgement(True, reason)
    if _lies_beyond(replace(gate, above=not gate.above), low, high):
        return _Judgement(holds=False)
    return _Judgement(None, f"{reason}, on a busy machine" if doubt > 1 else reason)


def _describe_ending(one: Measurement) -> str:
    match one.outcome:
        case None:
            return "it did not run"
        case Outcome.OK:
            return "the baseline has no time"
        case outcome:
            return str(outcome)


def _lies_beyond(gate: Gate, low: float, high: float) -> bool:
    """Return whether all of an interval lies on the gate's side of its bound."""
    return low > gate.bound if gate.above else high < gate.bound
