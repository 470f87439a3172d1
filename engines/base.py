"""How an engine is asked: the narrow interface every adapter meets, and the program it writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable

from ..spec.schema import Schema
from ..spec.workload import Query, Tasks


class Load(StrEnum):
    """When a program reads: all of it beforehand, or what the query needs, within the query."""

    MEMORY = "memory"
    SCAN = "scan"


@dataclass(frozen=True, slots=True)
class Resources:
    """What a program may use: threads and bytes; None leaves the engine its own default.

    `versions` are those of the distributions that will run it; one that is not told is the one
    that dfbench's own environment has.
    """

    threads: int | None = None
    memory: int | None = None
    versions: Mapping[str, str] = field(default_factory=dict, hash=False)

    def before(self, distribution: str, major: int) -> bool:
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

    `sha` is the hash of its syntax tree: layout may change and meaning may not.
    """

    engine: str
    text: str
    sha: str


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

        Raises `Unsupported` where the engine cannot say it.
        """

    def environment(self, resources: Resources) -> dict[str, str]:
        """Return the environment variables by which the engine hears its limits."""


@runtime_checkable
class Clustering(Engine, Protocol):
    """An engine that can also run on a cluster that is there already."""

    @property
    def scheduler(self) -> str:
        """Return what is asked how the cluster's workers fare: `dask` or `ray`; empty without one."""

    def on(self, address: str) -> Engine:
        """Return the engine whose programs go to the cluster at an address; EngineError otherwise."""
