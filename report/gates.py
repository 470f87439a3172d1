"""Conditions under which a comparison fails a build: `polars > 1.1 * baseline`.

    ENGINE > [NUMBER *] baseline     the whole interval of its ratio lies above the number
    memory(ENGINE) > SIZE            its peak memory is above the size

One question on which it holds is enough; `<` asks for the opposite side. What is
undecided, or did not run, never fails; beside other work, the interval must be far beyond.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from ..errors import DfbenchError
from .diff import Diff
from .model import Ratio, View
from .statistics import FAR, NOISY_SHARE
from .units import size

UNITS = {"": 1, "B": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
NUMBER = r"\d+(?:\.\d*)?(?:[eE]\d+)?"
NAME = r"[\w+./@-]+"
TIME = re.compile(rf"({NAME})\s*([<>])\s*(?:({NUMBER})\s*\*\s*)?baseline")
MEMORY = re.compile(rf"memory\(\s*({NAME})\s*\)\s*([<>])\s*({NUMBER})\s*(?:([KMGT]?)i?B?)")


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
    ratio: Ratio | None
    peak: int | None
    noisy: float


def read(text: str) -> Gate:
    """Read a condition; DfbenchError for one that cannot be read."""
    written = text.strip()
    if found := TIME.fullmatch(written):
        engine, side, factor = found.groups()
        return Gate(written, "time", engine, side == ">", float(factor or 1))
    if found := MEMORY.fullmatch(written):
        engine, side, number, unit = found.groups()
        return Gate(written, "memory", engine, side == ">", float(number) * UNITS[unit or ""])
    raise DfbenchError(
        f"--fail-if {text!r} cannot be read; write 'polars > 1.1 * baseline' or "
        "'memory(pandas) > 4GiB'"
    )


def failures(gate: Gate, measured: Iterable[Measurement]) -> tuple[str, ...]:
    """Return a sentence for each question on which the condition certainly holds.

    Raises DfbenchError for an engine that was not compared.
    """
    everything = tuple(measured)
    check(gate, [one.engine for one in everything])
    own = (one for one in everything if one.engine == gate.engine)
    return tuple(said for one in own if (said := _failure(gate, one)))


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
        Measurement(cell.engine, cell.query, cell.ratio, cell.peak, cell.noisy)
        for row in view.rows
        for cell in row.cells
    )


def of_diff(found: Diff) -> tuple[Measurement, ...]:
    """Return what gates look at in a difference: the baseline is the old comparison."""
    return tuple(
        Measurement(c.engine, c.query, c.ratio, c.after.peak, max(c.before.noisy, c.after.noisy))
        for c in found.changes
    )


def _failure(gate: Gate, one: Measurement) -> str | None:
    where = f"{gate.text}: {one.engine} on {one.query}"
    if gate.what == "memory":
        if one.peak is None or not _beyond(gate, one.peak, one.peak):
            return None
        return f"{where} used {size(one.peak)}"
    found = one.ratio
    if found is None or found.low is None or found.high is None:
        return None
    doubt = FAR if one.noisy > NOISY_SHARE else 1.0
    if not _beyond(gate, found.low / doubt, found.high * doubt):
        return None
    return f"{where} took {found.text} the baseline's time"


def _beyond(gate: Gate, low: float, high: float) -> bool:
    """Return whether all of an interval lies on the gate's side of its bound."""
    return low > gate.bound if gate.above else high < gate.bound
