"""An engine in an environment of its own, or on an existing cluster.

`pandas@3.1`, `polars@newest`, `serial@python3.13t`, `dask@tcp://10.0.0.1:8786`, `modin@head:6379`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ..errors import EngineError
from ..spec.schema import Schema
from ..spec.workload import Query, Tasks
from .base import Clustering, Described, Engine, Program, Resources, Wrapper
from .info import NEWEST, EngineInfo
from .scan import Scanning

VERSION = re.compile(rf"\d+(\.\d+)*|{NEWEST}")
PYTHON = re.compile(r"python\d+(\.\d+)?t?|/.+")
# As dask and Ray write them; `auto` is the cluster that Ray finds on this machine.
ADDRESS = re.compile(r"\w+://.+|[\w.-]+:\d+|auto")


@dataclass(frozen=True, slots=True)
class Versioned(Wrapper):
    """The same adapter under another name; its programs run in an environment of its own.

    `version` is that of the engine's first distribution, `newest`, or empty; `python` is the name
    of an interpreter (`python3.13`) or its path, and empty for the one that runs dfbench.
    """

    name: str
    version: str = ""
    python: str = ""

    def write(
        self,
        query: Query | Tasks,
        data: Schema,
        resources: Resources = Resources(),  # noqa: B008
    ) -> Program:
        """Write the program for the versions in the resources."""
        program = self.engine.write(query, data, resources)
        titled = program.text.replace(f" - {self.engine.name}\n", f" - {self.name}\n", 1)
        titled = titled.replace(f' - {self.engine.name}"""', f' - {self.name}"""', 1)
        return replace(program, engine=self.name, text=titled)


def select_version(engine: Engine, asked: str) -> Engine:
    """Return an engine with what follows its @: a version, an interpreter, an address.

    Raises EngineError for anything else, and for the address of an engine without clusters.
    """
    own, version, python, address = engine.name, "", "", ""
    for part in asked.split("@"):
        if VERSION.fullmatch(part) and not version:
            version = part
        elif PYTHON.fullmatch(part) and not python:
            python = part
        elif ADDRESS.fullmatch(part) and not address:
            address = part
        elif VERSION.fullmatch(part.partition("/")[0]):
            number, _, variant = part.partition("/")
            raise EngineError(
                f"{own}@{asked}: a variant belongs before the @, as in {own}/{variant}@{number}"
            )
        else:
            message = (
                f"{own}@{asked}: after @, give a version, as in {own}@3.1 or {own}@{NEWEST}, "
                f"an interpreter, as in {own}@python3.13, or a cluster, as in dask@tcp://host:8786"
            )
            raise EngineError(message)
    if address:
        engine = connect_cluster(engine, address)
    return Versioned(engine, f"{own}@{asked}", version, python) if version or python else engine


def find_info(engine: Engine) -> EngineInfo:
    """Return what there is to know about an engine; of a third party's, its name and needs."""
    own = _unwrap(engine)
    return own.info if isinstance(own, Described) else EngineInfo(own.name, own.distributions)


def find_scheduler(engine: Engine) -> str:
    """Return the scheduler that reports on a cluster elsewhere: `dask`, `ray`, or empty."""
    own = _unwrap(engine)
    return own.scheduler if isinstance(own, Clustering) else ""


def _unwrap(engine: Engine) -> Engine:
    while isinstance(engine, Wrapper):
        engine = engine.engine
    return engine


def connect_cluster(engine: Engine, address: str) -> Engine:
    """Return an engine on an existing cluster; EngineError where it supports none."""
    if isinstance(engine, Scanning) and isinstance(engine.engine, Clustering):
        return replace(engine, engine=engine.engine.on(address))
    if not isinstance(engine, Clustering):
        message = (
            f"{engine.name}@{address}: {engine.name} runs on this machine only; dask, modin and "
            "modin/dask run on clusters"
        )
        raise EngineError(message)
    return engine.on(address)
