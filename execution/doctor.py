"""Check what this machine can measure; each failed check comes with a fix."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.version import Version

from ..engines.info import TESTED_PYTHONS
from . import limits, machine

GIB = 2**30
BUSY = 0.25  # of the cores; above it, other programs compete
SMALL_SHARE = 0.5  # of the memory; Ray and Dask put their objects there
REQUIRED_SPACE = 5 * GIB


@dataclass(frozen=True, slots=True)
class Check:
    """One check: whether it passed, what was found, and how to fix a failure."""

    passed: bool
    message: str
    fix: str = ""


def check_machine(cache: Path, results: Path, lacking: Mapping[str, str]) -> tuple[Check, ...]:
    """Check the machine; `lacking` maps each missing engine to the command that installs it."""
    backend = limits.choose_backend()
    facts = {
        **machine.describe(),
        "shm": _measure_space(Path("/dev/shm"), total=True),
        "cache": _measure_space(cache, total=False),
        "results": _measure_space(results, total=False),
    }
    what = f"memory limits are enforced by {backend.name}: {backend.promise}"
    installed = {one.name: one.version for one in metadata.distributions()}
    held = Check(backend.name.startswith("cgroup"), what, CGROUP_FIX)
    return (held, *check_facts(facts), *check_engines(lacking), *check_packages(installed))


CGROUP_FIX = (
    "run as root, in a systemd user session, or in a container with its own cgroup "
    "(docker run --cgroupns=private --privileged)"
)


def check_facts(facts: Mapping[str, Any]) -> Iterator[Check]:
    """Yield a check for each fact of `machine.describe`."""
    yield _check_python(str(facts.get("python")), sys.version_info[:2])
    yield _check_cores(facts["cores"], facts.get("cores_total"))
    yield _check_memory(facts.get("memory"), str(facts.get("memory_held_by")))
    yield _check_load(float(facts.get("load") or 0), facts["cores"])
    yield _check_swap(facts.get("swap"))
    yield _check_governor(facts.get("governor"))
    yield _check_virtualization(facts.get("virtual"))
    yield _check_shared_memory(facts.get("shm"), facts.get("memory"))
    yield from (_check_disk(name, facts.get(name)) for name in ("cache", "results"))


def check_engines(lacking: Mapping[str, str]) -> Iterator[Check]:
    """Yield a failed check for each missing engine, or one that passed."""
    if not lacking:
        yield Check(passed=True, message="every engine is installed")
    for name, command in lacking.items():
        yield Check(passed=False, message=f"{name} is not installed", fix=command)


def check_packages(versions: Mapping[str, str]) -> Iterator[Check]:
    """Yield a failed check where installed packages (name to version) make Ray slow to start.

    jsonschema imports rfc3987-syntax if it is installed, as beside Jupyter and `modin[all]`: 1.3 s
    in every process that imports Ray (jsonschema 4.26, rfc3987-syntax 1.1).
    """
    slow = {"ray", "jsonschema", "rfc3987-syntax"} <= versions.keys()
    if slow and Version(versions["jsonschema"]) >= Version("4.25"):
        message = f"jsonschema {versions['jsonschema']} makes Ray start seconds later"
        yield Check(passed=False, message=message, fix="pip install 'jsonschema<4.25'")


def render(found: Sequence[Check]) -> str:
    """Return checks as text: ✓ or ✗, and under each ✗ its fix."""
    lines = []
    for one in found:
        lines.append(f"{'✓' if one.passed else '✗'} {one.message}")
        if not one.passed:
            lines.append(f"    → {one.fix}")
    return "\n".join(lines) + "\n"


def _check_python(name: str, version: tuple[int, ...]) -> Check:
    passed = f"{version[0]}.{version[1]}" in TESTED_PYTHONS
    fix = f"dfbench is tested on Python {', '.join(TESTED_PYTHONS)}"
    return Check(passed, name, f"{fix}: python{TESTED_PYTHONS[0]} -m venv .venv")


def _check_cores(usable: int, total: int | None) -> Check:
    of = f" of {total}" if total and total != usable else ""
    fix = "nothing runs in parallel on one core: give this container more (docker --cpus=4)"
    return Check(usable > 1, f"{usable}{of} cores are usable", fix)


def _check_memory(usable: int | None, held_by: str) -> Check:
    if usable is None:
        return Check(
            passed=False,
            message="the memory of this machine is unknown",
            fix="set a limit with --memory",
        )
    fix = "use less data: --set dataset.rows=1e6"
    return Check(
        usable >= 2 * GIB, f"{usable / GIB:.1f} GiB of memory, limited by the {held_by}", fix
    )


def _check_load(load: float, cores: int) -> Check:
    fix = "stop other processes (see top): a busy machine leaves most verdicts undecided"
    return Check(load <= BUSY * cores, f"load {load:.2f} on {cores} cores", fix)


def _check_swap(swap: int | None) -> Check:
    if not swap:
        return Check(passed=True, message="no swap: memory limits are exact")
    fix = "sudo swapoff --all (not needed if cgroup2 enforces the limits)"
    return Check(
        passed=False, message=f"{swap / GIB:.1f} GiB of swap make memory limits inexact", fix=fix
    )


def _check_governor(governor: str | None) -> Check:
    if governor is None:
        return Check(
            passed=True, message="the CPU frequency governor is not visible (a virtual machine)"
        )
    fix = "sudo cpupower frequency-set --governor performance"
    return Check(governor == "performance", f"the CPU frequency governor is {governor}", fix)


def _check_virtualization(kind: str | None) -> Check:
    if kind != "virtual machine":
        return Check(passed=True, message="a container" if kind else "no virtual machine")
    fix = "other virtual machines may use the CPU: runs store it as `steal`, reports warn"
    return Check(passed=False, message="a virtual machine", fix=fix)


def _check_shared_memory(shm: int | None, memory: int | None) -> Check:
    if shm is None:
        return Check(passed=False, message="no /dev/shm", fix="sudo mount -t tmpfs tmpfs /dev/shm")
    fix = "sudo mount -o remount,size=100% /dev/shm, or docker run --shm-size=8g (Ray needs it)"
    passed = memory is None or shm >= SMALL_SHARE * memory
    return Check(passed, f"/dev/shm has {shm / GIB:.1f} GiB", fix)


def _check_disk(name: str, free: int | None) -> Check:
    free = free or 0
    where = {"cache": "DFBENCH_CACHE=DIR", "results": "--results DIR"}[name]
    fix = f"free some space, or choose another folder: {where}"
    return Check(free >= REQUIRED_SPACE, f"{free / GIB:.1f} GiB free for the {name}", fix)


def _measure_space(path: Path, *, total: bool) -> int | None:
    """Return the total or free bytes of a path's file system, by its nearest existing folder."""
    path = path.absolute()
    while not path.exists() and path != path.parent:
        path = path.parent
    if not os.path.ismount(path) and total:
        return None
    usage = shutil.disk_usage(path)
    return usage.total if total else usage.free
