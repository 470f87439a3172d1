"""Facts of the machine that measurements depend on: cores and memory usable by this process."""

from __future__ import annotations

import contextlib
import math
import os
import platform
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import LimitError
from ..spec.limits import Limits
from .limits.cgroup import find_own_group

# A bare worker of CPython 3.11 starts under 6 MiB (measured: 6 works, 5 does not); other versions
# and builds need more, and an engine's import ten times as much.
SMALLEST_START = 16 * 1024 * 1024

# Version 1 writes "no limit" as the largest multiple of a page.
UNLIMITED = 1 << 60
SHARE = 0.9  # of the machine's memory, if a workload's limit exceeds it


def describe() -> dict[str, Any]:
    """Return CPU, memory in bytes, system and load; a fact that cannot be read is None."""
    usable, held_by = find_usable_memory()
    return {
        "cpu": _read_cpu(),
        "cores": count_usable_cores(),
        "cores_total": os.cpu_count(),
        "memory": usable,
        "memory_total": _read_meminfo("MemTotal"),
        "memory_held_by": held_by,
        "swap": _read_meminfo("SwapTotal"),
        "kernel": platform.release(),
        "os": platform.freedesktop_os_release().get("PRETTY_NAME") if _has_release() else None,
        "architecture": platform.machine(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "governor": read_text("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        "virtual": _detect_virtualization(),
        "load": round(os.getloadavg()[0], 2),
    }


def lower_memory_limit(limits: Limits) -> tuple[Limits, tuple[str, ...]]:
    """Return limits whose memory fits the machine, and a note if it was lowered.

    A tenth of the memory is left to dfbench and the system.
    """
    usable, held_by = find_usable_memory()
    if usable is None or limits.memory is None or limits.memory <= usable:
        return limits, ()
    most = int(SHARE * usable) // 2**20 * 2**20
    said = (
        f"the workload's limit of {format_size(limits.memory)} is more than "
        f"{_name_holder(held_by)} ({format_size(usable)}): each gets {format_size(most)}"
    )
    return replace(limits, memory=most), (said,)


def check_limits(limits: Limits) -> tuple[str, ...]:
    """Return notes about limits that this machine enforces only in part.

    Raises LimitError if the memory limit is below what Python needs to start, or above the memory
    of the machine.
    """
    if limits.memory is not None:
        _check_memory(limits.memory)
    usable = count_usable_cores()
    if limits.threads is not None and limits.threads > usable:
        return (f"{limits.threads} threads are requested, but only {usable} cores are usable here",)
    return ()


def _check_memory(asked: int) -> None:
    if asked < SMALLEST_START:
        raise LimitError(
            f"a memory limit of {format_size(asked)} is below what Python needs to start "
            f"({format_size(SMALLEST_START)}); engines need 100 MiB and more"
        )
    usable, held_by = find_usable_memory()
    if usable is not None and asked > usable:
        raise LimitError(
            f"a memory limit of {format_size(asked)} is more than {_name_holder(held_by)} "
            f"({format_size(usable)}); lower it with --memory"
        )


def _name_holder(held_by: str) -> str:
    return "this machine has" if held_by == "machine" else f"the {held_by} allows"


def format_size(size: int) -> str:
    """Write bytes in the largest unit of which there is at least one.

    >>> format_size(1000), format_size(96 * 2**20), format_size(5 * 2**29), format_size(2**60)
    ('1000 bytes', '96 MiB', '2.5 GiB', '1,048,576 TiB')
    """
    for unit, name in ((2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if size >= unit:
            amount = size / unit
            return f"{amount:.4g} {name}" if amount < 2**10 else f"{amount:,.0f} {name}"
    return f"{size} bytes"


def find_usable_memory() -> tuple[int | None, str]:
    """Return the usable bytes, and whether the `machine` or a `container` bounds them."""
    total = _read_meminfo("MemTotal")
    held = min(_read_group_limits(), default=UNLIMITED)
    if total is None or held < total:
        return (held, "container") if held < UNLIMITED else (None, "machine")
    return total, "machine"


def count_usable_cores() -> int:
    """Return the number of usable cores: by affinity, cpuset and the container's CPU quota."""
    allowed = len(os.sched_getaffinity(0))
    return max(1, min(allowed, math.ceil(min(_read_quotas(), default=allowed))))


def _read_group_limits() -> Iterator[int]:
    for controller, name in ((None, "memory.max"), ("memory", "memory.limit_in_bytes")):
        for group in list_groups(controller):
            text = read_text(group / name)
            if text and text != "max" and int(text) < UNLIMITED:
                yield int(text)


def _read_quotas() -> Iterator[float]:
    for group in list_groups(None):
        quota, _, period = (read_text(group / "cpu.max") or "max").partition(" ")
        if quota != "max":
            yield int(quota) / int(period)
    for group in list_groups("cpu"):
        quota = read_text(group / "cpu.cfs_quota_us") or "-1"
        period = read_text(group / "cpu.cfs_period_us") or "1"
        if int(quota) > 0:
            yield int(quota) / int(period)


def list_groups(controller: str | None) -> list[Path]:
    """Return this process's control group and its visible ancestors."""
    table, memberships = read_text("/proc/self/mountinfo"), read_text("/proc/self/cgroup")
    group = find_own_group(table or "", memberships or "", controller)
    return [] if group is None else [group, *group.parents]


def _read_cpu() -> str | None:
    for line in (read_text("/proc/cpuinfo") or "").splitlines():
        name, _, value = line.partition(":")
        if name.strip() in {"model name", "Model", "cpu model"}:
            return value.strip()
    return platform.processor() or None


def _read_meminfo(name: str) -> int | None:
    for line in (read_text("/proc/meminfo") or "").splitlines():
        words = line.split()
        if words[0] == f"{name}:":
            return int(words[1]) * 1024
    return None


def _detect_virtualization() -> str | None:
    if Path("/.dockerenv").exists() or Path("/run/.containerenv").exists():
        return "container"
    if (read_text("/run/systemd/container") or "") != "":
        return "container"
    return "virtual machine" if " hypervisor" in (read_text("/proc/cpuinfo") or "") else None


def _has_release() -> bool:
    return Path("/etc/os-release").exists() or Path("/usr/lib/os-release").exists()


def read_text(file: str | Path) -> str | None:
    """Return a file's text, stripped; None where it cannot be read."""
    with contextlib.suppress(OSError):
        return Path(file).read_text(encoding="utf-8", errors="replace").strip()
    return None
