"""The interface of memory limits and their backends."""

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
    """The memory limit of one run, in the supervisor; only `enclose` is called in the child."""

    measure: str

    @property
    def folders(self) -> tuple[Path, ...]:
        """Return the control groups that were created for the run."""
        ...

    def enclose(self) -> None:
        """Put the calling process, which is about to become the worker, under the limit."""
        ...

    def sample(self) -> int:
        """Return the bytes of anonymous and shared memory that the tree holds now."""
        ...

    def check(self) -> Cause | None:
        """Return why memory ends the run; None while it may continue."""
        ...

    def read_peak(self) -> int | None:
        """Return the kernel's exact peak in bytes, page cache included; None if not counted."""
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
    """A means to enforce memory limits; `promise` describes it in the report's head.

    `launcher` is a command prefix for the supervisor, mostly empty.
    """

    @property
    def name(self) -> str:
        """Return the word for --limit-backend."""
        ...

    @property
    def promise(self) -> str:
        """Return how memory is limited, as a sentence."""
        ...

    @property
    def launcher(self) -> tuple[str, ...]:
        """Return the words before the supervisor's command."""
        ...

    def create(self, limit: int | None) -> Limit:
        """Return a new limit in bytes; with None it only measures."""
        ...
