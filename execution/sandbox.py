"""The private parts of a run: temporary folder, /dev/shm, environment variables, cores."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from . import kernel, processes
from .job import Job

SHARED_FOLDER = Path("/dev/shm")

# Ray's sockets lie some 70 characters below its folder, and a socket's path may have 107.
MAX_PATH = 36

# The file in a run's folder that names its control groups: a later start that cleans up may be in
# another group itself.
GROUPS_FILE = "groups"

FOLDER_VARIABLES = (
    "TMPDIR",
    "RAY_TMPDIR",
    "DASK_TEMPORARY_DIRECTORY",
    "JOBLIB_TEMP_FOLDER",
    "POLARS_TEMP_DIR",
    "POLARS_OOC_SPILL_DIR",
)
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "NUMEXPR_MAX_THREADS",
)
# Each changes what is measured: modules compile again, or start-up runs other code.
DROPPED_VARIABLES = ("PYTHONDONTWRITEBYTECODE", "PYTHONSTARTUP", "PYTHONPROFILEIMPORTTIME")


RecordSegments = Callable[[Callable[[], Iterable[int]]], None]


def list_roots() -> list[Path]:
    """Return the possible parents of a run's folder: the default one, and the shorter /tmp."""
    return list(dict.fromkeys((Path(tempfile.gettempdir()), Path("/tmp"))))


@contextlib.contextmanager
def make_folder() -> Iterator[Path]:
    """Create a folder named by this supervisor's tag; remove it with its content at the end."""
    name = f"{processes.PREFIX}{processes.make_tag(os.getpid())}"
    candidates = [root / name for root in list_roots()]
    path = next((c for c in candidates if len(str(c)) <= MAX_PATH), candidates[-1])
    path.mkdir(mode=0o700)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def measure_disk_use(place: Path) -> int:
    """Return the bytes that the files in a run's folder take on disk: what the run has spilled."""
    total, folders = 0, [place]
    while folders:
        # A file may be removed during the walk.
        with contextlib.suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    total += entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(Path(entry))
    return total


def link_program(program: Path, place: Path) -> tuple[str, Path]:
    """Link a program under a module name that shadows nothing; return the module and its file."""
    module = "dfbench_program_" + re.sub(r"\W", "_", program.stem, flags=re.ASCII)
    file = place / "program" / f"{module}.py"
    file.parent.mkdir()
    file.symlink_to(program)
    return module, file


@contextlib.contextmanager
def mount_shared_memory() -> Iterator[RecordSegments]:
    """Mount a private /dev/shm, which the kernel frees with its last process.

    If that is not allowed, remove at the end the files there that the run's processes had open.
    Yields a function to call during the run with one that lists its processes.
    """
    if can_mount():
        _mount()
        try:
            yield lambda _: None
        finally:
            with contextlib.suppress(OSError):
                kernel.unmount(SHARED_FOLDER)
        return
    before, held = list_segments(), set[Path]()
    try:
        yield lambda members: held.update(find_segments(members()))
    finally:
        remove_segments(held, before)


def measure_shared_memory() -> int | None:
    """Return the size of a run's /dev/shm in bytes; None if it is private, as large as memory."""
    if can_mount():
        return None
    try:
        return shutil.disk_usage(SHARED_FOLDER).total
    except OSError:
        return 0


def list_segments() -> set[Path]:
    """List the files in /dev/shm."""
    try:
        return set(SHARED_FOLDER.iterdir())
    except OSError:
        return set()


def find_segments(members: Iterable[int]) -> set[Path]:
    """Return the files in /dev/shm that processes have open or mapped."""
    found = set()
    for pid in members:
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{pid}/maps").read_text(errors="replace").splitlines()
            found |= {Path(line.split(maxsplit=5)[-1]) for line in lines}
        with contextlib.suppress(OSError):
            for link in Path(f"/proc/{pid}/fd").iterdir():
                with contextlib.suppress(OSError):
                    found.add(link.readlink())
    return {path for path in found if path.parent == SHARED_FOLDER}


def remove_segments(held: set[Path], before: set[Path]) -> None:
    """Remove the files in /dev/shm that a run held and that did not exist before it."""
    for path in held - before:
        with contextlib.suppress(OSError):
            path.unlink()


def _mount() -> None:
    kernel.unshare_mounts()
    kernel.mount_memory(SHARED_FOLDER)


def seal(hidden: Iterable[Path]) -> None:
    """Make control groups read-only and folders empty for this process, which becomes the worker.

    A limited process could otherwise leave its group, and read the answer that is expected of it.
    Call it where `can_mount` holds, after the process has entered its group.
    """
    kernel.unshare_mounts()
    for mount, options in list_cgroup_mounts(Path("/proc/self/mountinfo").read_text()):
        with contextlib.suppress(OSError):  # a mount below another one, or hidden by it
            kernel.make_read_only(mount, options)
    for folder in filter(Path.is_dir, hidden):
        kernel.hide_folder(folder)
    with contextlib.suppress(OSError):
        kernel.renounce_mounting()


def list_cgroup_mounts(table: str) -> list[tuple[Path, list[str]]]:
    """Return the mounts of control groups, with their options; `table` is /proc/self/mountinfo."""
    found = []
    for line in table.splitlines():
        left, _, right = line.partition(" - ")
        if right.startswith(("cgroup ", "cgroup2 ")):
            mount, options = left.split(" ")[4:6]
            found.append((Path(mount.replace("\\040", " ")), options.split(",")))
    return found


@cache
def can_mount() -> bool:
    """Return whether mounting works, tried in a child: half a mount costs a process its rights."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _mount()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def build_environment(
    job: Job, place: Path, modules: Path, inherited: Mapping[str, str]
) -> dict[str, str]:
    """Return the worker's environment variables; those of the job override the general ones."""
    kept = {k: v for k, v in inherited.items() if k not in DROPPED_VARIABLES}
    threads = job.limits.threads
    # For processes that an engine starts without this process's sys.path.
    path = os.pathsep.join(filter(None, (kept.get("PYTHONPATH"), str(modules))))
    return {
        **kept,
        **dict.fromkeys(FOLDER_VARIABLES, str(place)),
        **(dict.fromkeys(THREAD_VARIABLES, str(threads)) if threads else {}),
        # As in an activated environment: MPI starts its own programs from there.
        "PATH": os.pathsep.join((str(Path(job.python).parent), kept.get("PATH", os.defpath))),
        "PYTHONPATH": path,
        processes.TAG_VARIABLE: processes.make_tag(os.getpid()),
        **job.environment,
    }


def choose_cores(
    threads: int | None, allowed: set[int], twins: Mapping[int, tuple[int, ...]]
) -> set[int]:
    """Choose as many cores as threads: lowest numbers first, hyper-threads last."""
    if threads is None or threads >= len(allowed):
        return allowed
    firsts = {min(set(twins.get(core, (core,))) & allowed, default=core) for core in allowed}
    order = sorted(allowed, key=lambda core: (core not in firsts, core))
    return set(order[:threads])


def read_siblings() -> dict[int, tuple[int, ...]]:
    """Return the logical cores that share a physical core with each; empty if unknown."""
    found = {}
    pattern = "cpu[0-9]*/topology/thread_siblings_list"
    for file in Path("/sys/devices/system/cpu").glob(pattern):
        with contextlib.suppress(OSError, ValueError):
            core = int(file.parent.parent.name.removeprefix("cpu"))
            found[core] = tuple(parse_numbers(file.read_text()))
    return found


def parse_numbers(text: str) -> list[int]:
    """Parse the kernel's notation for lists of numbers.

    >>> parse_numbers("0-2,5")
    [0, 1, 2, 5]
    """
    ranges = (part.partition("-") for part in text.strip().split(",") if part)
    return [n for low, _, high in ranges for n in range(int(low), int(high or low) + 1)]
