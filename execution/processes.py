"""Processes as /proc describes them: tags that survive reuse of a pid, trees, signals."""

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
    """One process: parent pid, state letter, start time in clock ticks since boot, name."""

    parent: int
    state: str
    exiting: bool
    start: int
    name: str


def read_stat(pid: int) -> ProcessStat | None:
    """Return the fields of /proc/PID/stat; None if there is no such process."""
    try:
        descriptor = os.open(f"/proc/{pid}/stat", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:  # Every process of the machine is read, several times a run.
        text = os.read(descriptor, 4096).decode(errors="replace")
    except OSError:
        return None
    finally:
        os.close(descriptor)
    # The name is in parentheses and may itself contain parentheses.
    name, _, rest = text.partition("(")[2].rpartition(")")
    words = rest.split()
    exiting = bool(int(words[6]) & PF_EXITING) or words[0] in "ZX"
    return ProcessStat(
        parent=int(words[1]), state=words[0], exiting=exiting, start=int(words[19]), name=name
    )


def make_tag(pid: int) -> str:
    """Return a tag of a process, pid and start time: a later process with its pid has another."""
    found = read_stat(pid)
    return f"{pid}-{found.start if found else 0}"


def is_alive(name: str) -> bool:
    """Return whether the process of a tag runs and has no SIGKILL pending."""
    pid, _, start = name.partition("-")
    found = read_stat(int(pid))
    # Without /proc, a supervisor could not read its start time: its tag holds 0.
    return found is not None and int(start) in {0, found.start} and not is_dying(int(pid))


def parse_tag(name: str) -> str | None:
    """Return the supervisor's tag in the name of a control group or folder; None if it has none."""
    found = _TAGGED.match(name)
    return found.group(1) if found else None


def is_dying(pid: int) -> bool:
    """Return whether a process has ended, is exiting, or has a SIGKILL pending."""
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
    """Return the pids that are visible here; none without /proc."""
    try:
        names = os.listdir("/proc")  # noqa: PTH208 - fifty times a second
    except OSError:
        return []
    return [int(name) for name in names if name.isdecimal()]


def list_threads(pid: int) -> list[int]:
    """Return the threads of a process; none if there is no such process."""
    try:
        return [int(name) for name in os.listdir(f"/proc/{pid}/task")]  # noqa: PTH208 - fast
    except OSError:
        return []


def find_descendants(root: int) -> set[int]:
    """Return the pids of all descendants of a process, zombies included."""
    parents = {pid: known.parent for pid in list_pids() if (known := read_stat(pid))}
    found, added = {root}, {root}
    while added:
        added = {pid for pid, parent in parents.items() if parent in added} - found
        found |= added
    return found - {root}


def read_cpu_time(tree: Iterable[int]) -> tuple[float, float]:
    """Return the seconds that processes ran on a CPU, and waited for one in a run queue."""
    had = waited = 0
    for pid in tree:
        for file in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            # A thread may end meanwhile, and a kernel may not count.
            with contextlib.suppress(OSError, ValueError):
                running, queueing, _ = map(int, file.read_text().split())
                had, waited = had + running, waited + queueing
    return had / 1e9, waited / 1e9


def find_tagged() -> dict[int, str]:
    """Return the tag of each process that has a supervisor's tag in its environment."""
    marks = {}
    for pid in list_pids():
        with contextlib.suppress(OSError):
            environment = Path(f"/proc/{pid}/environ").read_bytes()
            for entry in environment.split(b"\0"):
                if entry.startswith(TAG_VARIABLE.encode() + b"="):
                    marks[pid] = entry.partition(b"=")[2].decode(errors="replace")
    return marks


def kill(victims: Iterable[int]) -> None:
    """Send SIGKILL to each process; ignore those that have ended."""
    for pid in victims:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


class ProcessTree:
    """The descendants of a root, updated by at most one listing of /proc.

    The parent of a process is read once, when the process is first seen. The root is a subreaper,
    so a process stays in the tree when its parent ends.
    """

    # Listings after which pids outside the tree are read again: a pid may be reused.
    FORGET_AFTER = 250
    # If other programs start processes all the time, spend at most a twentieth of the time on
    # listings, but wait at most this long: memory of a new process is not counted until then.
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
        """Return the current pids of the tree, without the root."""
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
    """Return the newest pid of /proc/loadavg: while it is the same, no process was started."""
    try:
        with open("/proc/loadavg", "rb", buffering=0) as stream:  # noqa: PTH123 - fast
            return stream.read(128).rpartition(b" ")[2]
    except OSError:
        return b""
