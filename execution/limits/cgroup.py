"""Memory limits enforced by the kernel: control groups of version 1 and 2.

Both versions do the same under different names, so the difference is data (`CgroupVersion`).
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ...errors import LimitError
from .. import processes
from .base import Cause
from .thrash_guard import ThrashDetector

PAGE = os.sysconf("SC_PAGE_SIZE")

# The kernel charges in batches and huge pages: a charge this close to the limit has reached it.
REACHED_WITHIN = 4 * 1024 * 1024

# The child group for this process's own group's processes, which must then be empty.
LEAF = f"{processes.PREFIX}processes"

# More processes than any engine starts, and few enough for the machine to survive a fork bomb.
MAX_PROCESSES = 4096


@dataclass(frozen=True, slots=True)
class CgroupVersion:
    """The file and counter names of one version.

    `limits` and `wishes` are files and their values, in order; a file of `wishes` may be missing.
    """

    version: int
    limits: tuple[tuple[str, str], ...]
    wishes: tuple[tuple[str, str], ...]
    peak: str
    events: str
    used: tuple[bytes, ...]
    refaults: tuple[bytes, ...]


V1 = CgroupVersion(
    version=1,
    limits=(("memory.limit_in_bytes", "{limit}"),),
    # After the limit: the kernel refuses a sum of memory and swap that is below the memory.
    wishes=(("memory.memsw.limit_in_bytes", "{limit}"),),
    peak="memory.max_usage_in_bytes",
    events="memory.oom_control",
    used=(b"total_rss", b"total_shmem"),
    refaults=(b"total_workingset_refault_anon", b"total_workingset_refault_file"),
)
V2 = CgroupVersion(
    version=2,
    limits=(("memory.max", "{limit}"),),
    wishes=(("memory.swap.max", "0"), ("memory.oom.group", "1"), ("pids.max", f"{MAX_PROCESSES}")),
    peak="memory.peak",
    events="memory.events",
    used=(b"anon", b"shmem"),
    refaults=(b"workingset_refault_anon", b"workingset_refault_file"),
)
PROMISE = "the kernel enforces exact memory limits on each whole process tree (cgroup v{})"
V1_PROMISE, V2_PROMISE = PROMISE.format(1), PROMISE.format(2)


class CgroupLimit:
    """The control group of one run; `companion` is a group of version 2 that can kill.

    Beside version 1, a cgroup2 mount without the memory controller still has `cgroup.kill`, which
    ends a tree that forks faster than a loop can send signals.
    """

    measure = "anonymous + shared memory of the group, sampled every 20 ms"

    def __init__(
        self,
        folder: Path,
        layout: CgroupVersion,
        limit: int | None,
        companion: Path | None = None,
        make: Callable[[Path], None] = Path.mkdir,
    ) -> None:
        self._folder, self._layout, self._limit = folder, layout, limit
        self._companion = companion
        self.folders = (folder, companion) if companion else (folder,)
        self._guard = ThrashDetector(limit) if limit else None
        self._thrashes = False
        for place in self.folders:
            make(place)
        if limit:
            self._hold(limit)
        self._stat = os.open(folder / "memory.stat", os.O_RDONLY | os.O_CLOEXEC)
        self._events = os.open(folder / layout.events, os.O_RDONLY | os.O_CLOEXEC)

    def _hold(self, limit: int) -> None:
        for name, value in self._layout.limits:
            _write(self._folder / name, value.format(limit=limit))
        for name, value in self._layout.wishes:
            with contextlib.suppress(OSError):
                _write(self._folder / name, value.format(limit=limit))

    def enclose(self) -> None:
        """Move the calling process into the group and its companion."""
        for folder in self.folders:
            _write(folder / "cgroup.procs", "0")

    def sample(self) -> int:
        """Return anonymous and shared bytes, and check for thrashing."""
        text = b"\n" + os.pread(self._stat, 16384, 0)
        used = sum(parse_counter(text, name) for name in self._layout.used)
        if self._guard:
            refaulted = PAGE * sum(parse_counter(text, name) for name in self._layout.refaults)
            self._thrashes |= self._guard.feed(time.monotonic(), used, refaulted)
        return used

    def check(self) -> Cause | None:
        """Return KERNEL for a kill at the limit, HOST for one below it, else THRASHING or None."""
        text = b"\n" + os.pread(self._events, 4096, 0)
        if parse_counter(text, b"oom_kill") > 0:
            return Cause.KERNEL if self._is_at_limit(text) else Cause.HOST
        return Cause.THRASHING if self._thrashes else None

    def _is_at_limit(self, events: bytes) -> bool:
        if self._limit is None:
            return False
        if b"\noom " in events:
            return parse_counter(events, b"oom") > 0
        return (self.read_peak() or 0) >= self._limit - max(REACHED_WITHIN, self._limit // 50)

    def read_peak(self) -> int | None:
        """Read the group's highest charge; None on kernels before 5.19 for version 2."""
        try:
            return int((self._folder / self._layout.peak).read_text())
        except OSError:
            return None

    def list_members(self) -> set[int]:
        """Read the group's processes."""
        return read_members(self._folder)

    def kill(self) -> None:
        """Kill by the kernel's own switch where there is one, and by signals."""
        kill(self._companion or self._folder)
        processes.kill(self.list_members())

    def close(self) -> None:
        """Remove the group; the kernel refuses while a dead process's last page is being freed."""
        for descriptor in (self._stat, self._events):
            os.close(descriptor)
        for folder in reversed(self.folders):
            remove(folder)


@dataclass(frozen=True, slots=True)
class CgroupBackend:
    """A backend that creates control groups below this process's own.

    `killing` is a group of version 2 beside version 1; `launcher` is a command before the
    supervisor's that puts it into a group where it may make groups.
    """

    name: str
    promise: str
    layout: CgroupVersion
    parent: Path
    killing: Path | None = None
    launcher: tuple[str, ...] = ()

    def create(self, limit: int | None) -> CgroupLimit:
        """Create the group of this supervisor; raise LimitError if the machine refuses."""
        name = f"{processes.PREFIX}{processes.make_tag(os.getpid())}"
        companion = self.killing / name if self.killing else None
        try:
            return CgroupLimit(self.parent / name, self.layout, limit, companion)
        except OSError as error:
            remove(self.parent / name)
            if companion:
                remove(companion)
            raise LimitError(
                f"cannot make a control group in {self.parent}: {error.strerror}; "
                "--limit-backend watchdog does not need one"
            ) from error


def detect_v1(table: str, memberships: str, swaps: str) -> CgroupBackend | None:
    """Return a backend for version 1 if this process may create memory groups.

    `table` is /proc/self/mountinfo, `memberships` /proc/self/cgroup, `swaps` /proc/swaps.
    """
    parent = find_own_group(table, memberships, "memory")
    if parent is None or not _can_limit(parent, V1):
        return None
    killing = find_own_group(table, memberships, None)
    return CgroupBackend(
        name="cgroup1",
        promise=V1_PROMISE + _warn_about_swap(parent / "memory.memsw.limit_in_bytes", swaps),
        layout=V1,
        parent=parent,
        killing=killing if killing and _can_kill(killing) else None,
    )


def detect_v2(table: str, memberships: str) -> CgroupBackend | None:
    """Return a backend for version 2 if this process may create groups with a memory controller."""
    parent = find_own_group(table, memberships, None)
    # An earlier call of the same session has moved us down already.
    parent = parent.parent if parent and parent.name == LEAF else parent
    if parent is None or not delegate_memory(parent) or not _can_limit(parent, V2):
        return None
    return CgroupBackend(
        name="cgroup2",
        promise=V2_PROMISE,
        layout=V2,
        parent=parent,
    )


def _warn_about_swap(switch: Path, swaps: str) -> str:
    if len(swaps.splitlines()) < 2 or switch.exists():
        return ""
    return "; this kernel does not count swap, which a process tree can use in addition"


def find_own_group(table: str, memberships: str, controller: str | None) -> Path | None:
    """Find the folder of the own group of a version 1 controller, or of version 2 (None)."""
    inside = _find_membership(memberships, controller)
    if inside is None:
        return None
    for line in table.splitlines():
        left, _, right = line.partition(" - ")
        kind, _, options = right.split(" ", 2)
        wanted = kind == "cgroup2" if controller is None else kind == "cgroup"
        if not wanted or (controller and controller not in options.split(",")):
            continue
        root, mount = left.split(" ")[3:5]
        # A container may see only its own part of the hierarchy, mounted as if it were all of it.
        relative = inside.removeprefix(root.rstrip("/")) if root != "/" else inside
        return Path(mount.replace("\\040", " ")) / relative.lstrip("/")
    return None


def _find_membership(memberships: str, controller: str | None) -> str | None:
    for line in memberships.splitlines():
        number, controllers, path = line.split(":", 2)
        if controller is None and number == "0" and not controllers:
            return path
        if controller and controller in controllers.split(","):
            return path
    return None


def delegate_memory(group: Path) -> bool:
    """Enable the memory controller for the children of a version 2 group; return whether it is.

    The group must have no processes: they move to a leaf group first (cgroups(7)).
    """
    switch = group / "cgroup.subtree_control"
    try:
        if "memory" not in (group / "cgroup.controllers").read_text().split():
            return False
        if "memory" in switch.read_text().split():
            return True
        _enable(group, switch)
    except OSError:
        return False
    return "memory" in switch.read_text().split()


def _enable(group: Path, switch: Path) -> None:
    try:
        _write(switch, "+memory")
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
        leaf = group / LEAF
        leaf.mkdir(exist_ok=True)
        for pid in read_members(group):
            _write(leaf / "cgroup.procs", str(pid))
        _write(switch, "+memory")
    with contextlib.suppress(OSError):
        _write(switch, "+pids")


def _can_limit(parent: Path, layout: CgroupVersion) -> bool:
    trial = parent / f"{processes.PREFIX}{processes.make_tag(os.getpid())}-trial"
    try:
        trial.mkdir()
        for name, value in layout.limits:
            _write(trial / name, value.format(limit=1 << 30))
    except OSError:
        return False
    finally:
        remove(trial)
    return True


def _can_kill(parent: Path) -> bool:
    trial = parent / f"{processes.PREFIX}{processes.make_tag(os.getpid())}-trial"
    try:
        trial.mkdir()
        return (trial / "cgroup.kill").exists()
    except OSError:
        return False
    finally:
        remove(trial)


def read_members(folder: Path) -> set[int]:
    """Read the processes of a group; none where there is no such group."""
    try:
        return {int(pid) for pid in (folder / "cgroup.procs").read_text().split()}
    except OSError:
        return set()


def kill(folder: Path) -> None:
    """Use a group's kill switch; kernels before 5.14 and version 1 have none."""
    switch = folder / "cgroup.kill"
    if switch.exists():
        with contextlib.suppress(OSError):
            _write(switch, "1")


def remove(folder: Path, patience: float = 2.0) -> bool:
    """Remove an empty group, waiting a moment for the kernel to let go; False if it does not."""
    deadline = time.monotonic() + patience
    while True:
        try:
            folder.rmdir()
        except FileNotFoundError:
            return True
        except OSError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.002)
        else:
            return True


def parse_counter(text: bytes, name: bytes) -> int:
    r"""Find the number in the line `name number` of a group's file; 0 where there is no such line.

    The text begins with a line's end. Two of forty lines are wanted, fifty times a second.

    >>> parse_counter(b"\nrss 1\ntotal_rss 30\n", b"total_rss")
    30
    """
    _, found, rest = text.partition(b"\n" + name + b" ")
    return int(rest.partition(b"\n")[0]) if found else 0


def _write(file: Path, text: str) -> None:
    # One write and no O_CREAT: a control file that is not there must not appear in a plain folder.
    descriptor = os.open(file, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
