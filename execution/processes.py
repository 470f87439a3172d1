"""Processes as /proc tells them: names that outlive a pid's reuse, trees, memory, endings."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PREFIX = "dfbench-"
TAG_VARIABLE = "DFBENCH_RUN"
PF_EXITING = 4
_TAGGED = re.compile(rf"^{PREFIX}(\d+-\d+)(?:\D|$)")


@dataclass(frozen=True, slots=True)
class ProcessStat:
    """One process: its parent, its state's letter, its start in ticks since boot, its name."""

    parent: int
    state: str
    exiting: bool
    start: int
    name: str


def read_stat(pid: int) -> ProcessStat | None:
    """Read /proc/PID/stat; None when there is no such process any more."""
    try:
        text = Path(f"/proc/{pid}/stat").read_bytes().decode(errors="replace")
    except OSError:
        return None
    # The name stands in parentheses and may hold any character, these two included.
    name, _, rest = text.partition("(")[2].rpartition(")")
    words = rest.split()
    exiting = bool(int(words[6]) & PF_EXITING) or words[0] in "ZX"
    return ProcessStat(
        parent=int(words[1]), state=words[0], exiting=exiting, start=int(words[19]), name=name
    )


def make_tag(pid: int) -> str:
    """Name a living process so that a later one with the same pid has another name."""
    found = read_stat(pid)
    return f"{pid}-{found.start if found else 0}"


def is_alive(name: str) -> bool:
    """Return whether the process of a tag still runs, and will: a SIGKILL may be on its way."""
    pid, _, start = name.partition("-")
    found = read_stat(int(pid))
    # A supervisor without a /proc of its own could not read when it started.
    return found is not None and int(start) in {0, found.start} and not is_dying(int(pid))


def parse_tag(name: str) -> str | None:
    """Read the supervisor's tag from the name of a group or folder of ours."""
    found = _TAGGED.match(name)
    return found.group(1) if found else None


def is_dying(pid: int) -> bool:
    """Return whether a process is gone, is going, or has a SIGKILL before it."""
    found = read_stat(pid)
    if found is None or found.exiting:
        return True
    try:
        lines = Path(f"/proc/{pid}/status").read_text(errors="replace").splitlines()
    except OSError:
        return True
    pending = [int(line.split()[1], 16) for line in lines if line.startswith(("SigPnd", "ShdPnd"))]
    return any(mask >> (signal.SIGKILL - 1) & 1 for mask in pending)


def list_pids() -> list[int]:
    """List every process of the machine that is visible here; none where there is no /proc."""
    try:
        names = os.listdir("/proc")  # noqa: PTH208 - fifty times a second
    except OSError:
        return []
    return [int(name) for name in names if name.isdecimal()]


def find_descendants(root: int) -> set[int]:
    """Find every process below one, itself not included, zombies included."""
    parents = {pid: known.parent for pid in list_pids() if (known := read_stat(pid))}
    found, added = {root}, {root}
    while added:
        added = {pid for pid, parent in parents.items() if parent in added} - found
        found |= added
    return found - {root}


def read_cpu_time(tree: Iterable[int]) -> tuple[float, float]:
    """Return the seconds for which processes had a processor, and waited for one in its queue."""
    had = waited = 0
    for pid in tree:
        for file in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            # A thread may end meanwhile, and a kernel may not count.
            with contextlib.suppress(OSError, ValueError):
                running, queueing, _ = map(int, file.read_text().split())
                had, waited = had + running, waited + queueing
    return had / 1e9, waited / 1e9


def find_tagged() -> dict[int, str]:
    """Find the processes that carry a supervisor's tag in their environment."""
    marks = {}
    for pid in list_pids():
        with contextlib.suppress(OSError):
            environment = Path(f"/proc/{pid}/environ").read_bytes()
            for entry in environment.split(b"\0"):
                if entry.startswith(TAG_VARIABLE.encode() + b"="):
                    marks[pid] = entry.partition(b"=")[2].decode(errors="replace")
    return marks


def kill(victims: Iterable[int]) -> None:
    """Send SIGKILL to each; those that are gone already are no mistake."""
    for pid in victims:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


class ProcessTree:
    """The processes below a root, kept up to date at the price of a listing of /proc at most.

    Every process is asked for its parent once, when it is first seen. The root adopts orphans,
    so that a process of the tree stays below it whatever happens to its parent.
    """

    # A pid may come back as another process: forget what is known of strangers this often.
    FORGET_AFTER = 250
    # Where others start processes all the time, list them for a twentieth of the time, and yet
    # often enough: what a new process of the tree holds is unseen until then.
    SHARE = 20
    LONGEST_WAIT = 0.06

    def __init__(self, root: int) -> None:
        self._root = root
        self._inside: set[int] = set()
        self._strangers: set[int] = set()
        self._refreshes = 0
        self._newest = b""
        self._after = 0.0
        self._list()

    def refresh(self) -> set[int]:
        """Return the tree's processes of this moment, the root not included."""
        newest = read_newest_pid()
        if newest != self._newest and time.monotonic() >= self._after:
            began = time.thread_time()
            self._newest = newest
            self._list()
            cost = time.thread_time() - began
            self._after = time.monotonic() + min(self.LONGEST_WAIT, self.SHARE * cost)
        return self._inside

    def _list(self) -> None:
        self._refreshes += 1
        if self._refreshes % self.FORGET_AFTER == 0:
            self._strangers.clear()
        present = set(list_pids())
        self._inside &= present
        self._strangers &= present
        unknown = sorted(present - self._inside - self._strangers - {self._root})
        while unknown:
            later = [pid for pid in unknown if not self._place(pid)]
            if len(later) == len(unknown):
                self._strangers |= set(later)
                break
            unknown = later

    def _place(self, pid: int) -> bool:
        found = read_stat(pid)
        if found and (found.parent == self._root or found.parent in self._inside):
            self._inside.add(pid)
            return True
        return False


def read_newest_pid() -> bytes:
    """Read the pid that was given last: while it stays, nobody has started a process."""
    try:
        with open("/proc/loadavg", "rb", buffering=0) as stream:  # noqa: PTH123 - fast
            return stream.read(128).rpartition(b" ")[2]
    except OSError:
        return b""
