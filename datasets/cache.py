"""Files that are made once: one maker at a time, no half file ever under the final name."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import DataError

UNFINISHED = ".part"


def default_folder(environment: dict[str, str] | os._Environ[str]) -> Path:
    """Return the cache folder: $DFBENCH_CACHE, else dfbench under $XDG_CACHE_HOME or ~/.cache."""
    if chosen := environment.get("DFBENCH_CACHE"):
        return Path(chosen).expanduser()
    base = environment.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "dfbench"


def make_once(target: Path, make: Callable[[Path], None]) -> Path:
    """Return the target, made by `make(unfinished)` where it is not there yet.

    The unfinished file is locked for as long as its maker lives, so a second process waits for the
    first, and what a killed one left is known by its free lock. The finished file is flushed to
    the disk and then renamed. Raises DataError where the folder or the disk does not take it.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        remove_unfinished(target.parent)
        _make(target, make)
    except OSError as error:
        raise _write_error(target, error) from error
    return target


def remove_unfinished(folder: Path) -> None:
    """Remove the unfinished files whose makers are dead."""
    for path in folder.glob(f"*{UNFINISHED}"):
        with suppress(OSError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_same_file(path, file.fileno()):
                path.unlink()


def _make(target: Path, make: Callable[[Path], None]) -> None:
    unfinished = target.with_name(target.name + UNFINISHED)
    with _lock(unfinished) as file:
        if target.exists():
            unfinished.unlink()
            return
        try:
            make(unfinished)
            os.fsync(file)
            unfinished.rename(target)
        except BaseException:  # an interrupt leaves no half file either
            unfinished.unlink(missing_ok=True)
            raise
    _flush_folder(target.parent)


@contextmanager
def _lock(path: Path) -> Iterator[int]:
    """Lock the file at a path, and yield its descriptor.

    While one waits, who held it may rename or remove the file; then the lock is acquired again.
    """
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if _is_same_file(path, file):
                yield file
                return
        finally:
            os.close(file)


def _is_same_file(path: Path, file: int) -> bool:
    """Return whether a path still leads to an open file."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file))
    except FileNotFoundError:
        return False


def _flush_folder(folder: Path) -> None:
    """Make a rename outlive a power cut."""
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _write_error(target: Path, error: OSError) -> DataError:
    reason = os.strerror(error.errno) if error.errno else " ".join(str(error).split())
    return DataError(
        f"{target.parent}: the data cannot be written here ({reason}); "
        "free some space, or set DFBENCH_CACHE to another folder"
    )
