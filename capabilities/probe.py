"""A probe: one small script, as a person would write it, and under what it is run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MEMORY = 4 * 2**30


@dataclass(frozen=True, slots=True)
class Probe:
    """A script that asks a subject a question (its name).

    `session`: it is typed into a session, in which `__main__` has no file. `times` is how
    many times as long as another it may take.
    """

    subject: str
    question: str
    text: str
    environment: Mapping[str, str] = field(default_factory=dict)
    session: bool = False
    memory: int = MEMORY
    times: int = 1


RAY = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_AUTH_MODE": "disabled",
    "RAY_raylet_start_wait_time_s": "120",
}
