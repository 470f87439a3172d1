"""How an engine is asked: the narrow interface every adapter meets, and the program it writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Protocol, runtime_checkable

from ..spec.schema import Schema
from ..spec.workload import Query, Tasks
from .info import EngineInfo


class Load(StrEnum):
    """When a program reads: all data beforehand, or within the query what that needs."""

    MEMORY = "memory"
    SCAN = "scan"


@dataclass(frozen=True, slots=True)
class Resources:
    """What a program may use: threads and bytes; None leaves the engine its own default.

    `versions` are those of the distributions that will run it; a missing one is that of dfbench's
    own environment.
    """

    threads: int | None = None
    memory: int | None = None
    versions: Mapping[str, str] = field(default_factory=dict, hash=False)

    def is_before(self, distribution: str, major: int) -> bool:
        """Return whether the distribution is known to be older than a major version."""
        version = self.versions.get(distribution, "")
        return bool(version) and int(version.split(".")[0]) < major

    def since(self, distribution: str, major: int) -> bool:
        """Return whether the distribution is known to be of a major version, or a newer one."""
        version = self.versions.get(distribution, "")
        return bool(version) and int(version.split(".")[0]) >= major


@dataclass(frozen=True, slots=True)
class Program:
    """A generated module: `load(path)`, `query(data)`, `rows(answer)`, and `start()` where needed.

    `sha` is the hash of its syntax tree: layout may change and meaning may not. With `copies`, the
    program may change what it has loaded, and gets a copy of its frames in each execution, untimed:
    a shallow one where it only adds columns. `places` names, for the lines that come from a
    person's own file, where they are there.
    """

    engine: str
    text: str
    sha: str
    copies: Literal["", "shallow", "deep"] = ""
    places: tuple[str, ...] = ()


class Engine(Protocol):
    """Writes the program an expert of one library would write; never imports that library."""

    @property
    def name(self) -> str:
        """Return the engine's name with its variant: `polars/in-memory`."""

    @property
    def distributions(self) -> tuple[str, ...]:
        """Return the distributions whose versions matter, the engine's own first."""

    def write(self, query: Query | Tasks, data: Schema, resources: Resources = ...) -> Program:
        """Write the program for a query or for tasks (their `load` takes no path).

        Raises `Unsupported` where the engine cannot express it.
        """

    def environment(self, resources: Resources) -> dict[str, str]:
        """Return the environment variables that set the engine's limits and switches."""


@runtime_checkable
class Described(Engine, Protocol):
    """An engine that has facts about itself, as dfbench's own have."""

    @property
    def info(self) -> EngineInfo:
        """Return what dfbench has to know about the engine."""


@runtime_checkable
class Clustering(Engine, Protocol):
    """An engine that can also run on an existing cluster."""

    @property
    def scheduler(self) -> str:
        """Return what reports on the cluster's workers: `dask`, `ray`, or empty without one."""

    def on(self, address: str) -> Engine:
        """Return the engine on the cluster at an address; EngineError where it supports none."""


@dataclass(frozen=True, slots=True)
class Wrapper:
    """An engine that changes another one's programs, and has its needs."""

    engine: Engine

    @property
    def distributions(self) -> tuple[str, ...]:
        """Return the distributions whose versions matter, the engine's own first."""
        return self.engine.distributions

    def environment(self, resources: Resources) -> dict[str, str]:
        """Return the environment variables that set the engine's limits and switches."""
        return self.engine.environment(resources)
