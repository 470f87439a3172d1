"""Choose the strongest limit that this machine has, or the one that is asked for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from ...errors import LimitError
from .base import Backend
from .cgroup import TWO, TWO_HOLDS, Groups, usable_one, usable_two
from .watchdog import BLIND, Unlimited, Watchdog

NAMES = ("cgroup2", "cgroup1", "watchdog", "none")


def choose(name: str | None = None) -> Backend:
    """Return the strongest usable backend, or the named one; LimitError when it is not there."""
    for candidate in (name,) if name else NAMES:
        # A group of our own rather than the one we are in: that is shared with the shell and
        # whoever else it started.
        if found := (by_systemd() if candidate == "cgroup2" else None) or _find(candidate):
            return found
    raise _refusal(str(name))


def here(name: str) -> Backend:
    """Return the named backend for the group that this process is in, however it came there.

    A supervisor asks so: whether systemd was to start it has been decided, and it may say otherwise
    a second time.
    """
    if found := _find(name):
        return found
    raise _refusal(name)


def _refusal(name: str) -> LimitError:
    return LimitError(f"this machine cannot hold limits by {name}: {_REASONS[name]}")


_SOFTER = "; --limit-backend watchdog accepts a soft limit instead"
_REASONS = {
    "cgroup2": "its cgroup v2 group has no memory controller, or may not be written by this user"
    + _SOFTER,
    "cgroup1": f"it has no cgroup v1 memory group that this user may write to{_SOFTER}",
    "watchdog": "there is no /proc to look at; mount -t proc proc /proc",
}


def _find(name: str) -> Backend | None:
    match name:
        case "cgroup2":
            return usable_two(*own())
        case "cgroup1":
            return usable_one(*own(), _text("/proc/swaps"))
        case "watchdog":
            return Watchdog() if _sees() else None
        case "none":
            return Unlimited() if _sees() else Unlimited(promise=BLIND)
        case _:
            raise LimitError(f"{name!r} is no limit backend; there are {', '.join(NAMES)}")


def _sees() -> bool:
    return Path("/proc/self/status").exists()


def by_systemd() -> Groups | None:
    """Find out whether systemd gives us a scope of our own, with the memory controller."""
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
        Groups("cgroup2", TWO_HOLDS, TWO, Path(), launcher=launcher)
        if done.returncode == 0
        else None
    )


PATIENCE = 30.0
TRIAL = "from dfbench.execution.limits import here; here('cgroup2')"


def own() -> tuple[str, str]:
    """Read where this process stands: the mounts, and its control groups."""
    return _text("/proc/self/mountinfo"), _text("/proc/self/cgroup")


def _text(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
