"""One job: a program that is to run once, in a process tree of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from ..spec.workload import Limits


@dataclass(frozen=True, slots=True)
class Job:
    """An engine's program for a query in one round, and what it may use.

    `data` is the file for `load(path)` (None: `load()` takes none), `tables` those of what it
    joins, `answer` the file for the answer (None: it is not collected). `warmups` are executions
    after the cold one that do not count (None: until they are level), `runs` those that do.
    `environment` holds the engine's own switches. `scheduler` (`dask`, `ray`) says whose workers do
    the work of a cluster elsewhere.
    """

    engine: str
    query: str
    round: int
    python: str
    program: Path
    program_sha: str
    data: Path | None
    answer: Path | None
    warmups: int | None
    runs: int
    environment: Mapping[str, str]
    limits: Limits
    tables: tuple[Path, ...] = ()
    scheduler: str = ""

    def to_json(self) -> str:
        """Return the job as one line, with absolute paths: the worker has another current folder."""
        known = {field.name: getattr(self, field.name) for field in fields(self)}
        for name in ("program", "data", "answer"):
            known[name] = str(known[name].absolute()) if known[name] is not None else None
        known["tables"] = [str(path.absolute()) for path in self.tables]
        known["environment"] = dict(self.environment)
        known["limits"] = asdict(self.limits)
        return json.dumps(known)

    @classmethod
    def from_json(cls, line: str) -> Job:
        """Read what `to_json` wrote."""
        known = json.loads(line)
        for name in ("program", "data", "answer"):
            known[name] = Path(known[name]) if known[name] is not None else None
        known["tables"] = tuple(map(Path, known["tables"]))
        known["limits"] = Limits(**known["limits"])
        return cls(**known)
