"""What this machine can and cannot measure, each with the next step."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import limits, machine

GIB = 2**30
BUSY = 0.25  # of the cores: more than that is another program's work
SMALL_SHARE = 0.5  # of the memory; Ray and Dask put their objects there
ROOM = 5 * GIB


@dataclass(frozen=True, slots=True)
class Finding:
    """A thing looked at: well or not, what was found, and the next step where it is not well."""

    well: bool
    what: str
    mend: str = ""


def examine(cache: Path, results: Path, lacking: Mapping[str, str]) -> tuple[Finding, ...]:
    """Look at the machine; `lacking` gives each missing engine the command that adds it."""
    backend = limits.choose()
    facts = {
        **machine.describe(),
        "shm": _room(Path("/dev/shm"), total=True),
        "cache": _room(cache, total=False),
        "results": _room(results, total=False),
    }
    what = f"memory is held by {backend.name}: {backend.promise}"
    held = Finding(backend.name.startswith("cgroup"), what, HOLD)
    return (held, *findings(facts), *engines(lacking))


HOLD = (
    "run as root, in a systemd user session, or in a container with its own cgroup "
    "(docker run --cgroupns=private --privileged)"
)


def findings(facts: Mapping[str, Any]) -> Iterator[Finding]:
    """Judge the machine's facts, as `machine.describe` gives them."""
    yield _python(str(facts.get("python")), sys.version_info[:2])
    yield _cores(facts["cores"], facts.get("cores_total"))
    yield _memory(facts.get("memory"), str(facts.get("memory_held_by")))
    yield _load(float(facts.get("load") or 0), facts["cores"])
    yield _swap(facts.get("swap"))
    yield _governor(facts.get("governor"))
    yield _virtual(facts.get("virtual"))
    yield _shared(facts.get("shm"), facts.get("memory"))
    yield from (_disk(name, facts.get(name)) for name in ("cache", "results"))


def engines(lacking: Mapping[str, str]) -> Iterator[Finding]:
    """Return which engines are missing, and what adds each."""
    if not lacking:
        yield Finding(well=True, what="every engine is installed")
    for name, command in lacking.items():
        yield Finding(well=False, what=f"{name} is not installed", mend=command)


def render(found: Sequence[Finding]) -> str:
    """Return findings as text: ✓ or ✗, and under each ✗ the next step."""
    lines = []
    for one in found:
        lines.append(f"{'✓' if one.well else '✗'} {one.what}")
        if not one.well:
            lines.append(f"    → {one.mend}")
    return "\n".join(lines) + "\n"


def _python(name: str, version: tuple[int, ...]) -> Finding:
    well = version in {(3, 11), (3, 12)}
    return Finding(
        well, name, "datatable and modin need Python 3.11 or 3.12: python3.12 -m venv .venv"
    )


def _cores(usable: int, total: int | None) -> Finding:
    of = f" of {total}" if total and total != usable else ""
    mend = "one core runs nothing in parallel: give this container more (docker --cpus=4)"
    return Finding(usable > 1, f"{usable}{of} cores may be used", mend)


def _memory(usable: int | None, held_by: str) -> Finding:
    if usable is None:
        return Finding(well=False, what="the memory is not known", mend="give limits with --memory")
    mend = "take little data: --set dataset.rows=1e6"
    return Finding(usable >= 2 * GIB, f"{usable / GIB:.1f} GiB of memory, by the {held_by}", mend)


def _load(load: float, cores: int) -> Finding:
    mend = "stop what else runs (top shows it): a busy machine gives few verdicts"
    return Finding(load <= BUSY * cores, f"load {load:.2f} on {cores} cores", mend)


def _swap(swap: int | None) -> Finding:
    if not swap:
        return Finding(well=True, what="no swap: what does not fit ends at once")
    mend = "sudo swapoff --all, or nothing where memory is held by cgroup2"
    return Finding(well=False, what=f"{swap / GIB:.1f} GiB of swap blur memory limits", mend=mend)


def _governor(governor: str | None) -> Finding:
    if governor is None:
        return Finding(well=True, what="the cores' governor is not shown here (a virtual machine)")
    mend = "sudo cpupower frequency-set --governor performance"
    return Finding(governor == "performance", f"the cores' governor is {governor}", mend)


def _virtual(kind: str | None) -> Finding:
    if kind != "virtual machine":
        return Finding(well=True, what="a container" if kind else "no virtual machine")
    mend = "neighbours may steal time: `steal` is stored with every run, and noisy runs are told"
    return Finding(well=False, what="a virtual machine", mend=mend)


def _shared(shm: int | None, memory: int | None) -> Finding:
    if shm is None:
        return Finding(well=False, what="no /dev/shm", mend="sudo mount -t tmpfs tmpfs /dev/shm")
    mend = "sudo mount -o remount,size=100% /dev/shm, or docker run --shm-size=8g (Ray needs it)"
    well = memory is None or shm >= SMALL_SHARE * memory
    return Finding(well, f"/dev/shm holds {shm / GIB:.1f} GiB", mend)


def _disk(name: str, free: int | None) -> Finding:
    free = free or 0
    where = {"cache": "DFBENCH_CACHE=DIR", "results": "--results DIR"}[name]
    mend = f"free some, or put it elsewhere: {where}"
    return Finding(free >= ROOM, f"{free / GIB:.1f} GiB free for the {name}", mend)


def _room(path: Path, *, total: bool) -> int | None:
    """Return a file system's bytes, all or the free ones, by the nearest folder that exists."""
    path = path.absolute()
    while not path.exists() and path != path.parent:
        path = path.parent
    if not os.path.ismount(path) and total:
        return None
    usage = shutil.disk_usage(path)
    return usage.total if total else usage.free
