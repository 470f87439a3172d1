"""One writer of a folder of results: a lock that names the process that holds it."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import ResultsError
from .files import report_errors
from .sanitize import sanitize

LOCK = ".lock"


@contextmanager
def lock_folder(path: Path) -> Iterator[None]:
    """Hold a folder of results alone; ResultsError, with the process, where another one holds it.

    The kernel frees the lock of a process that dies; the file that it leaves means nothing.
    """
    lock = path / LOCK
    handle = _open(lock)
    try:
        os.write(handle, f"{os.getpid()} on {socket.gethostname()}".encode())
        yield
    finally:
        lock.unlink(missing_ok=True)
        os.close(handle)


def _open(lock: Path) -> int:
    """Return the descriptor of a locked, empty file, which no symbolic link leads elsewhere."""
    while True:
        with report_errors(lock):
            handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Its last holder may have removed the file in between.
            if lock.exists() and os.path.samestat(lock.stat(), os.fstat(handle)):
                os.ftruncate(handle, 0)
                return handle
        except BlockingIOError:
            holder = sanitize(os.pread(handle, 100, 0).decode(errors="replace"))
            os.close(handle)
            raise ResultsError(
                f"{lock.parent}: process {holder} is still running this; wait until it ends, or "
                "start a new one without --resume"
            ) from None
        os.close(handle)
