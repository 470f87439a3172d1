"""What every limit can do, whichever means holds it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Protocol


class Cause(StrEnum):
    """Why memory ended a run."""

    KERNEL = "kernel"
    HOST = "host"
    WATCHDOG = "watchdog"
    THRASHING = "thrashing"


class Limit(Protocol):
    """The limit of one run. Made in the supervisor; `enclose` alone is called in the child."""

    measure: str

    @property
    def folders(self) -> tuple[Path, ...]:
        """Return the control groups that were made for it."""
        ...

    def enclose(self) -> None:
        """Put the calling process, which is about to become the worker, under the limit."""
        ...

    def sample(self) -> int:
        """Read the bytes of anonymous and shared memory that the tree holds now."""
        ...

    def check(self) -> Cause | None:
        """Describe why the run has to end because of memory; None while it may go on."""
        ...

    def read_peak(self) -> int | None:
        """Read the kernel's own exact peak, page cache included; None where nobody counts it."""
        ...

    def list_members(self) -> set[int]:
        """List the processes under the limit."""
        ...

    def kill(self) -> None:
        """Send SIGKILL to every process under the limit."""
        ...

    def close(self) -> None:
        """Remove what the limit left in the system; its processes must have ended."""
        ...


class Backend(Protocol):
    """A way to hold limits; `promise` is its sentence for the report's head.

    `launcher` is a command that the supervisor has to be started with; mostly it is empty.
    """

    @property
    def name(self) -> str:
        """Return the word for --limit-backend."""
        ...

    @property
    def promise(self) -> str:
        """Describe how memory is held."""
        ...

    @property
    def launcher(self) -> tuple[str, ...]:
        """Return the words before the supervisor's command."""
        ...

    def create(self, limit: int | None) -> Limit:
        """Make a limit of so many bytes; None measures and holds nothing."""
        ...
