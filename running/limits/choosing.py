"""Choose the strongest limit that this machine has, or the one that is asked for."""

from __future__ import annotations

from pathlib import Path

from ...errors import LimitError
from .base import Backend
from .cgroup import usable_one, usable_two
from .watchdog import Unlimited, Watchdog

NAMES = ("cgroup2", "cgroup1", "watchdog", "none")


def choose(name: str | None = None) -> Backend:
    """Give the strongest usable backend, or the named one; LimitError when it is not there."""
    if name is not None and name not in NAMES:
        raise LimitError(f"{name!r} is no limit backend; there are {', '.join(NAMES)}")
    for candidate in (name,) if name else NAMES:
        if found := _find(candidate):
            return found
    raise LimitError(
        f"this machine cannot hold limits by {name}: {_REASONS[str(name)]}; "
        "--limit-backend watchdog accepts a soft limit instead"
    )


_REASONS = {
    "cgroup2": "its cgroup v2 group has no memory controller, or may not be written by this user",
    "cgroup1": "it has no cgroup v1 memory group that this user may write to",
    "watchdog": "there is no /proc to look at",
}


def _find(name: str) -> Backend | None:
    match name:
        case "cgroup2":
            return usable_two(*_own())
        case "cgroup1":
            return usable_one(*_own())
        case "watchdog":
            return Watchdog() if Path("/proc/self/status").exists() else None
        case _:
            return Unlimited()


def _own() -> tuple[str, str]:
    try:
        table = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
        return table, Path("/proc/self/cgroup").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "", ""
