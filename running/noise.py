"""What else the machine's processors did meanwhile."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Ticks:
    """Seconds of all processors since boot: all, those that worked, those that a host took."""

    total: float
    busy: float
    stolen: float


def read(file: Path = Path("/proc/stat")) -> Ticks | None:
    """Read the machine's seconds; None where it does not say."""
    try:
        words = file.read_text().partition("\n")[0].split()[1:9]
    except OSError:
        return None
    user, nice, system, idle, waiting, interrupts, soft, stolen = (int(w) / TICKS for w in words)
    busy = user + nice + system + interrupts + soft
    return Ticks(busy + idle + waiting + stolen, busy, stolen)


def shares(before: Ticks | None, after: Ticks | None, own: float) -> tuple[float, float] | None:
    """Give the shares of foreign work and of steal, where a run used so many seconds itself."""
    if before is None or after is None or after.total <= before.total:
        return None
    passed = after.total - before.total
    foreign = max(0.0, after.busy - before.busy - own) / passed
    return round(min(1.0, foreign), 4), round((after.stolen - before.stolen) / passed, 4)
