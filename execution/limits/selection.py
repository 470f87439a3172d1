"""Selection of the strongest backend that this machine has, or of a named one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from ...errors import LimitError
from .base import Backend
from .cgroup import V2, V2_PROMISE, CgroupBackend, detect_v1, detect_v2
from .watchdog import NO_PROC_PROMISE, UnlimitedBackend, WatchdogBackend

NAMES = ("cgroup2", "cgroup1", "watchdog", "none")


def choose_backend(name: str | None = None) -> Backend:
    """Return the strongest usable backend or the named one; raise LimitError if unavailable."""
    for candidate in (name,) if name else NAMES:
        # A group of our own rather than the one we are in: that is shared with the shell and
        # whoever else it started.
        if found := (detect_systemd() if candidate == "cgroup2" else None) or _detect(candidate):
            return found
    raise _make_error(str(name))


def find_backend(name: str) -> Backend:
    """Return the named backend for the control group of this process.

    For supervisors: whether systemd launches them is decided already, and not decided twice.
    Raises LimitError.
    """
    if found := _detect(name):
        return found
    raise _make_error(name)


def _make_error(name: str) -> LimitError:
    return LimitError(f"this machine cannot enforce limits by {name}: {_REASONS[name]}")


_SOFTER = "; --limit-backend watchdog accepts a soft limit instead"
_REASONS = {
    "cgroup2": "its cgroup v2 group has no memory controller, or this user cannot write to it"
    + _SOFTER,
    "cgroup1": f"it has no cgroup v1 memory group that this user can write to{_SOFTER}",
    "watchdog": "/proc is not mounted; run: mount -t proc proc /proc",
}


def _detect(name: str) -> Backend | None:
    match name:
        case "cgroup2":
            return detect_v2(*read_memberships())
        case "cgroup1":
            return detect_v1(*read_memberships(), _read("/proc/swaps"))
        case "watchdog":
            return WatchdogBackend() if _has_proc() else None
        case "none":
            return UnlimitedBackend() if _has_proc() else UnlimitedBackend(promise=NO_PROC_PROMISE)
        case _:
            raise LimitError(f"unknown limit backend {name!r}; expected one of: {', '.join(NAMES)}")


def _has_proc() -> bool:
    return Path("/proc/self/status").exists()


def detect_systemd() -> CgroupBackend | None:
    """Return a backend if systemd grants a scope of our own with the memory controller."""
    systemd = shutil.which("systemd-run")
    if systemd is None or not Path("/run/systemd/system").exists():
        return None
    user = () if os.geteuid() == 0 else ("--user",)
    launcher = (systemd, *user, "--scope", "--quiet", "--collect", "-p", "Delegate=yes")
    trial = [*launcher, sys.executable, "-P", "-c", TRIAL]
    try:
        done = subprocess.run(trial, capture_output=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return (
        CgroupBackend("cgroup2", V2_PROMISE, V2, Path(), launcher=launcher)
        if done.returncode == 0
        else None
    )


PATIENCE = 30.0
TRIAL = "from dfbench.execution.limits import find_backend; find_backend('cgroup2')"


def read_memberships() -> tuple[str, str]:
    """Return the texts of this process's mounts and control groups."""
    return _read("/proc/self/mountinfo"), _read("/proc/self/cgroup")


def _read(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
