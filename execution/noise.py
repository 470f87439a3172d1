"""Disturbances during a run: CPU time of others, steal, swapping and throttling."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .machine import list_groups

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class CpuTimes:
    """CPU seconds of all cores since boot: in total, busy, and stolen by the hypervisor."""

    total: float
    busy: float
    stolen: float


def read_cpu_times(file: Path = Path("/proc/stat")) -> CpuTimes | None:
    """Return the CPU times of /proc/stat; None if it cannot be read."""
    try:
        words = file.read_text().partition("\n")[0].split()[1:9]
    except OSError:
        return None
    user, nice, system, idle, waiting, interrupts, soft, stolen = (int(w) / TICKS for w in words)
    busy = user + nice + system + interrupts + soft
    return CpuTimes(busy + idle + waiting + stolen, busy, stolen)


def compute_shares(
    before: CpuTimes | None, after: CpuTimes | None, own: float
) -> tuple[float, float] | None:
    """Return the shares of CPU time that other processes used and that was stolen.

    `own` is the CPU seconds of the run itself, which are not foreign.
    """
    if before is None or after is None or after.total <= before.total:
        return None
    passed = after.total - before.total
    foreign = max(0.0, after.busy - before.busy - own) / passed
    return round(min(1.0, foreign), 4), round((after.stolen - before.stolen) / passed, 4)


@dataclass(frozen=True, slots=True)
class Pressure:
    """Bytes swapped and throttling events since boot; None if the kernel does not count them."""

    swapped: int | None
    throttled: int | None


def read_pressure(
    vmstat: Path = Path("/proc/vmstat"), processors: Path = Path("/sys/devices/system/cpu")
) -> Pressure:
    """Return bytes swapped, and throttling events by heat or a container's quota."""
    page = os.sysconf("SC_PAGE_SIZE")
    swapped = [page * n for n in _read_counts([vmstat], {"pswpin", "pswpout"})]
    heat = processors.glob("cpu[0-9]*/thermal_throttle/core_throttle_count")
    quotas = [group / "cpu.stat" for kind in (None, "cpu") for group in list_groups(kind)]
    slowed = [*(int(_read(file) or 0) for file in heat), *_read_counts(quotas, {"nr_throttled"})]
    return Pressure(sum(swapped) if swapped else None, sum(slowed) if slowed else None)


def subtract(before: Pressure, after: Pressure) -> Pressure:
    """Return the difference of two readings."""
    return Pressure(
        _subtract(before.swapped, after.swapped), _subtract(before.throttled, after.throttled)
    )


def _subtract(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None else max(0, after - before)


def _read_counts(files: Iterable[Path], names: set[str]) -> list[int]:
    lines = (line.split() for file in files for line in _read(file).splitlines())
    return [int(words[1]) for words in lines if len(words) == 2 and words[0] in names]


def _read(file: Path) -> str:
    try:
        return file.read_text().strip()
    except OSError:
        return ""
