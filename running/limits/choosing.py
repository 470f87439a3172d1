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
    """Give the strongest usable backend, or the named one; LimitError when it is not there."""
    if name is not None and name not in NAMES:
        raise LimitError(f"{name!r} is no limit backend; there are {', '.join(NAMES)}")
    for candidate in (name,) if name else NAMES:
        if found := _find(candidate):
            return found
    raise LimitError(f"this machine cannot hold limits by {name}: {_REASONS[str(name)]}")


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
            return by_systemd() or usable_two(*own())
        case "cgroup1":
            return usable_one(*own(), _text("/proc/swaps"))
        case "watchdog":
            return Watchdog() if _sees() else None
        case _:
            return Unlimited() if _sees() else Unlimited(promise=BLIND)


def _sees() -> bool:
    return Path("/proc/self/status").exists()


def by_systemd() -> Groups | None:
    """Find out whether systemd gives a scope of its own, with the memory controller, to us.

    Rather that than the group we are in: it is shared with the shell and whoever else it started.
    """
    systemd = shutil.which("systemd-run")
    if systemd is None or not Path("/run/systemd/system").exists() or INSIDE in os.environ:
        return None
    user = () if os.geteuid() == 0 else ("--user",)
    scope = ("--scope", "--quiet", "--collect", "-p", "Delegate=yes", "env", f"{INSIDE}=1")
    launcher = (systemd, *user, *scope)
    trial = [*launcher, sys.executable, "-P", "-c", TRIAL]
    try:
        done = subprocess.run(trial, capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return (
        Groups("cgroup2", TWO_HOLDS, TWO, Path(), launcher=launcher)
        if done.returncode == 0
        else None
    )


# Set for the supervisor that systemd has started: there it is, and it makes groups where it is.
INSIDE = "DFBENCH_IN_SCOPE"
TRIAL = "from dfbench.running.limits.choosing import choose; choose('cgroup2')"


def own() -> tuple[str, str]:
    """Read where this process stands: the mounts, and its control groups."""
    return _text("/proc/self/mountinfo"), _text("/proc/self/cgroup")


def _text(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
