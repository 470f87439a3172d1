"""What dfbench has to know about an engine besides how it writes a program."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

NEWEST = "newest"
# What the tests run on, the newest first; pyproject.toml names them too.
TESTED_PYTHONS = ("3.13", "3.12", "3.11")
DISTRIBUTION = re.compile(r"[\w.-]+")


class Work(StrEnum):
    """The kinds of work that an engine may be asked for."""

    QUERY = "queries"
    JOIN = "joins"
    ROW_FUNCTION = "row functions"
    GROUP_FUNCTION = "group functions"
    TASK = "tasks"


class EnginePlace(StrEnum):
    """Where an engine's programs run."""

    HERE = "dfbench's own environment"
    ELSEWHERE = "an environment of its own"
    MPI = "an environment of its own, with MPI"
    GPU = "an environment of its own, on a GPU"


MIB = 2**20
# Ray takes 405 MiB in ten processes; below 1 GiB it only reads its own pages again.
RAY_MEMORY = 1024 * MIB
FUNCTIONS = frozenset({Work.ROW_FUNCTION, Work.GROUP_FUNCTION})
FRAMES = frozenset({Work.QUERY, Work.JOIN, *FUNCTIONS})


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """The facts about an engine, which the registry, the pins, the tests and the docs read.

    `requirements` are the distributions whose versions matter, the engine's own first, each with
    the extra or the bound that its environment needs (`dask[dataframe]`). `pins` are the versions
    whose environments ship with dfbench. `default_for` is the work that an engine is asked for
    where a workload names none, and `default_variant` a name for what it does by itself.
    `threads` are the environment variables that take the number of threads, `environment` those
    that are always set. The tests run one in `sample` of the conformance cases: more than 1 where
    a case costs much or a sibling writes the same program; `make conformance` runs them all.
    `startup_memory` is the peak in bytes at the end of start-up with two threads, before any data:
    imports, and a cluster where there is one (Python 3.11); 0 where nobody has measured it.
    `imports_program` says that its workers are processes that import the program by its name.
    `unique_keys` says that it joins only with keys that no two rows of a table have.
    `downgrades` is what pip replaces by an older version where it installs the engine, and
    `newest_python` (`3.12`) the newest Python with wheels of it, where it lags behind.
    """

    name: str
    requirements: tuple[str, ...]
    work: frozenset[Work] = FRAMES
    place: EnginePlace = EnginePlace.HERE
    pins: tuple[str, ...] = ()
    default_for: Work | None = None
    default_variant: str = ""
    threads: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict, hash=False)
    sample: int = 1
    imports_program: bool = False
    unique_keys: bool = False
    startup_memory: int = 0
    downgrades: str = ""
    newest_python: str = ""

    @property
    def distributions(self) -> tuple[str, ...]:
        """Return the names of the required distributions, without extras and bounds."""
        return tuple(DISTRIBUTION.findall(requirement)[0] for requirement in self.requirements)

    def has_wheels(self, python: str) -> bool:
        """Return whether it can be installed into a Python of this version (`3.13.0`)."""
        return not self.newest_python or _parse_minor(python) <= _parse_minor(self.newest_python)

    def make_variant(self, name: str, **changes: Any) -> EngineInfo:  # noqa: ANN401 - fields of any type
        """Return the facts about a variant: the engine's own, but for what changes."""
        own = {"pins": (), "default_for": None, "default_variant": "", **changes}
        return replace(self, name=f"{self.name}/{name}", **own)


def _parse_minor(python: str) -> tuple[int, ...]:
    return tuple(int(number) for number in python.split(".")[:2])
