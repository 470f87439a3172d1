"""An engine in an environment of its own: `pandas@3.1`, `polars@newest`, `serial@python3.13t`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ..errors import EngineError
from ..spec.schema import Schema
from ..spec.workload import Query, Tasks
from .base import Engine, Program, Resources

NEWEST = "newest"
VERSION = re.compile(rf"\d+(\.\d+)*|{NEWEST}")
PYTHON = re.compile(r"python\d+(\.\d+)?t?|/.+")


@dataclass(frozen=True, slots=True)
class Versioned:
    """The same adapter under another name; its programs run in an environment of its own.

    `version` is that of the engine's first distribution, `newest`, or empty; `python` names an
    interpreter (`python3.13`) or is its path, and empty for the one that runs dfbench.
    """

    engine: Engine
    name: str
    version: str = ""
    python: str = ""

    @property
    def distributions(self) -> tuple[str, ...]:
        """Give the distributions whose versions matter."""
        return self.engine.distributions

    def environment(self, resources: Resources) -> dict[str, str]:
        """Give the engine's own switches."""
        return self.engine.environment(resources)

    def write(
        self,
        query: Query | Tasks,
        data: Schema,
        resources: Resources = Resources(),  # noqa: B008
    ) -> Program:
        """Write the program for the versions that the resources tell."""
        program = self.engine.write(query, data, resources)
        titled = program.text.replace(f" - {self.engine.name}\n", f" - {self.name}\n", 1)
        titled = titled.replace(f' - {self.engine.name}"""', f' - {self.name}"""', 1)
        return replace(program, engine=self.name, text=titled)


def versioned(engine: Engine, asked: str) -> Versioned:
    """Give an engine with what stands behind its @: a version, an interpreter, or both.

    Raises EngineError for anything else.
    """
    name, version, python = f"{engine.name}@{asked}", "", ""
    for part in asked.split("@"):
        if VERSION.fullmatch(part) and not version:
            version = part
        elif PYTHON.fullmatch(part) and not python:
            python = part
        else:
            own = engine.name
            message = (
                f"{name!r}: behind the @ stands a version, as in {own}@3.1 or {own}@{NEWEST}, "
                f"or an interpreter, as in {own}@python3.13"
            )
            raise EngineError(message)
    return Versioned(engine, name, version, python)
