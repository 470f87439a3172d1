"""The limits of a run, which a supervisor reads without the rest of the language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What each engine's whole process tree may use: bytes, seconds, threads; None is no limit.

    `find` asks for the smallest memory under which each engine still finishes. `checking` bounds
    the bytes that dfbench itself uses to compare an answer.
    """

    memory: int | None = None
    time: float | None = 300.0
    threads: int | None = None
    find: bool = False
    checking: int | None = None
