"""The portable limit: look at the tree every 20 ms, and end it when it holds too much."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .. import processes
from .base import Cause

SHARED_FOLDER = Path("/dev/shm")

# An exact look (PSS) walks the page tables and slows its victim: spend a twentieth of the time.
EXACT_SHARE = 20


@dataclass(frozen=True, slots=True)
class Held:
    """Bytes of one process or of many: anonymous (swapped included) and shared."""

    anonymous: int = 0
    shared: int = 0


class Watched:
    """The limit of one run, by looking. `limit` None only measures.

    Pages that several processes share are counted once each in the cheap look, which is an upper
    bound; what is over the limit, or would be a new peak, is confirmed by an exact look.
    """

    measure = "anonymous + shared memory of the processes (PSS where they share), sampled"

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self._tree = processes.Tree(os.getpid())
        self._files_before = files_held()
        self._peak = 0
        self._exact_after = 0.0
        self._over = False

    def enclose(self) -> None:
        """Do nothing: whoever is below the supervisor is watched."""

    def sample(self) -> int:
        """Read the bytes held: exactly where cheap, else the last confirmed peak at most."""
        inside = self._tree.refresh()
        files = max(0, files_held() - self._files_before)
        bound = total((cheap(pid) for pid in inside), files)
        if len(inside) < 2:
            return self._take(bound)
        over = self._limit is not None and bound > self._limit
        if not over and (bound <= self._peak or time.monotonic() < self._exact_after):
            return min(bound, self._peak)
        began = time.monotonic()
        held = total((exact(pid) for pid in inside), files)
        ended = time.monotonic()
        self._exact_after = ended + EXACT_SHARE * (ended - began)
        return self._take(held)

    def _take(self, held: int) -> int:
        self._peak = max(self._peak, held)
        self._over |= self._limit is not None and held > self._limit
        return held

    def verdict(self) -> Cause | None:
        """Say watchdog once a confirmed look was above the limit."""
        return Cause.WATCHDOG if self._over else None

    def charged(self) -> int | None:
        """Know nothing: no kernel counts for this limit."""
        return None

    def members(self) -> set[int]:
        """List the processes below the supervisor."""
        return processes.descendants(os.getpid())

    def kill(self) -> None:
        """Kill everything below the supervisor."""
        processes.kill(self.members())

    def close(self) -> None:
        """Leave nothing: there is nothing."""


@dataclass(frozen=True, slots=True)
class Watchdog:
    """Looks and kills: a backend for machines without control groups."""

    name: str = "watchdog"
    promise: str = (
        "memory is watched, not held: each whole process tree is looked at every 20 ms and ended "
        "when it is above the limit, so that it may exceed it by what it allocates in that time"
    )

    def create(self, limit: int | None) -> Watched:
        """Watch a limit."""
        return Watched(limit)


@dataclass(frozen=True, slots=True)
class Unlimited:
    """Holds nothing and measures all the same."""

    name: str = "none"
    promise: str = "memory is measured, and no limit is held"

    def create(self, limit: int | None) -> Watched:  # noqa: ARG002 - that is what none means
        """Measure, whatever the limit."""
        return Watched(None)


def total(parts: Iterable[Held], files: int) -> int:
    """Sum processes, and count files in shared memory that no process has mapped as well."""
    anonymous = shared = 0
    for part in parts:
        anonymous += part.anonymous
        shared += part.shared
    return anonymous + max(shared, files)


def cheap(pid: int) -> Held:
    """Read a process's counters: pages shared with others are counted in full."""
    found = _fields(f"/proc/{pid}/status")
    anonymous = found.get(b"RssAnon", 0) + found.get(b"VmSwap", 0)
    return Held(anonymous, found.get(b"RssShmem", 0))


def exact(pid: int) -> Held:
    """Read a process's part of each page it holds; the counters where that is not allowed."""
    found = _fields(f"/proc/{pid}/smaps_rollup")
    if b"Pss_Anon" not in found:
        return cheap(pid)
    anonymous = found[b"Pss_Anon"] + found.get(b"SwapPss", 0)
    return Held(anonymous, found.get(b"Pss_Shmem", 0))


def _fields(file: str) -> dict[bytes, int]:
    try:
        with open(file, "rb", buffering=0) as stream:  # noqa: PTH123 - fifty times a second
            lines = stream.read(8192).splitlines()
    except OSError:
        return {}
    pairs = (line.split() for line in lines if line.endswith(b" kB"))
    return {words[0].rstrip(b":"): 1024 * int(words[1]) for words in pairs}


def files_held() -> int:
    """Read the bytes that files in /dev/shm hold."""
    try:
        found = os.statvfs(SHARED_FOLDER)
    except OSError:
        return 0
    return (found.f_blocks - found.f_bfree) * found.f_frsize
