"""The portable limit: sample the tree every 20 ms and kill it above the limit."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .. import processes
from .base import Cause

SHARED_FOLDER = Path("/dev/shm")

# An exact look (PSS) walks the page tables and slows its victim (30 ms for some GB): spend a
# hundredth of the time on it, and a twentieth while the tree seems to hold more than ever.
SHARE = 100
SHARE_WHILE_GROWING = 20


@dataclass(frozen=True, slots=True)
class HeldMemory:
    """Bytes of one process or of many: anonymous (swapped included) and shared."""

    anonymous: int = 0
    shared: int = 0


class WatchdogLimit:
    """The limit of one run by sampling; with None it only measures.

    A cheap sample counts shared pages in full for each process: an upper bound. An exact sample
    (PSS) corrects it now and then, and always before the tree is killed.
    """

    measure = "anonymous + shared memory of the processes (PSS where they share), sampled"

    folders = ()

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self._tree = processes.ProcessTree(os.getpid())
        self._files_before = read_shared_files()
        self._peak = 0
        self._over = False
        self._exact, self._bound = 0, 0
        self._looked, self._cost = 0.0, 0.0

    def enclose(self) -> None:
        """Do nothing: all descendants of the supervisor are sampled."""

    def sample(self) -> int:
        """Return the bytes held; between exact samples, the last one plus growth since then."""
        inside = self._tree.refresh()
        files = max(0, read_shared_files() - self._files_before)
        bound = sum_memory((read_counters(pid) for pid in inside), files)
        over = self._limit is not None and bound > self._limit
        estimate = min(bound, self._exact + max(0, bound - self._bound))
        if len(inside) < 2:
            estimate = bound
        elif over or self._may_look(estimate):
            estimate = self._look(inside, files, bound)
        else:
            # Growth of what many processes map may be one page seen by each: it is no peak yet.
            estimate, over = min(estimate, self._peak), False
        self._peak = max(self._peak, estimate)
        self._over |= over and self._limit is not None and estimate > self._limit
        return estimate

    def _may_look(self, estimate: int) -> bool:
        share = SHARE_WHILE_GROWING if estimate > self._peak else SHARE
        return time.monotonic() > self._looked + share * self._cost

    def _look(self, inside: set[int], files: int, bound: int) -> int:
        began = time.thread_time()
        self._exact, self._bound = sum_memory((read_pss(pid) for pid in inside), files), bound
        self._looked = time.monotonic()
        self._cost = time.thread_time() - began
        return self._exact

    def check(self) -> Cause | None:
        """Return WATCHDOG once an exact sample was above the limit."""
        return Cause.WATCHDOG if self._over else None

    def read_peak(self) -> int | None:
        """Return None: the kernel keeps no peak of a process tree."""
        return None

    def list_members(self) -> set[int]:
        """List the processes below the supervisor."""
        return processes.find_descendants(os.getpid())

    def kill(self) -> None:
        """Kill everything below the supervisor."""
        processes.kill(self.list_members())

    def close(self) -> None:
        """Do nothing: the watchdog creates nothing."""


@dataclass(frozen=True, slots=True)
class WatchdogBackend:
    """The backend for machines without control groups."""

    name: str = "watchdog"
    promise: str = (
        "every 20 ms a watchdog measures each process tree and kills it above the limit, so a "
        "tree can exceed the limit by what it allocates in that time"
    )
    launcher: tuple[str, ...] = ()

    def create(self, limit: int | None) -> WatchdogLimit:
        """Return a limit by sampling."""
        return WatchdogLimit(limit)


NO_PROC_PROMISE = "without /proc, memory is neither measured nor limited"


@dataclass(frozen=True, slots=True)
class UnlimitedBackend:
    """The backend that measures and enforces nothing."""

    name: str = "none"
    promise: str = "memory is measured but not limited"
    launcher: tuple[str, ...] = ()

    def create(self, limit: int | None) -> WatchdogLimit:  # noqa: ARG002 - that is what none means
        """Return a limit that only measures."""
        return WatchdogLimit(None)


def sum_memory(parts: Iterable[HeldMemory], files: int) -> int:
    """Sum processes, and count files in shared memory that no process has mapped as well."""
    anonymous = shared = 0
    for part in parts:
        anonymous += part.anonymous
        shared += part.shared
    return anonymous + max(shared, files)


def read_counters(pid: int) -> HeldMemory:
    """Read a process's counters: pages shared with others are counted in full."""
    found = _read_fields(f"/proc/{pid}/status")
    anonymous = found.get(b"RssAnon", 0) + found.get(b"VmSwap", 0)
    return HeldMemory(anonymous, found.get(b"RssShmem", 0))


def read_pss(pid: int) -> HeldMemory:
    """Read a process's part of each page it holds; the counters where that is not allowed."""
    found = _read_fields(f"/proc/{pid}/smaps_rollup")
    if b"Pss_Anon" not in found:
        return read_counters(pid)
    anonymous = found[b"Pss_Anon"] + found.get(b"SwapPss", 0)
    return HeldMemory(anonymous, found.get(b"Pss_Shmem", 0))


def _read_fields(file: str) -> dict[bytes, int]:
    try:
        with open(file, "rb", buffering=0) as stream:  # noqa: PTH123 - fifty times a second
            lines = stream.read(8192).splitlines()
    except OSError:
        return {}
    pairs = (line.split() for line in lines if line.endswith(b" kB"))
    return {words[0].rstrip(b":"): 1024 * int(words[1]) for words in pairs}


def read_shared_files() -> int:
    """Read the bytes that files in /dev/shm hold."""
    try:
        found = os.statvfs(SHARED_FOLDER)
    except OSError:
        return 0
    return (found.f_blocks - found.f_bfree) * found.f_frsize
