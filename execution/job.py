"""A job: one run of a program in a process tree of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from ..spec.limits import Limits


@dataclass(frozen=True, slots=True)
class OtherData:
    """Other rows for a program: its data, the tables that it joins, and the file for its answer.

    `rows` is the number of rows of the data, `most` of those that one of them may be answered with.
    """

    data: Path
    tables: tuple[Path, ...]
    answer: Path
    rows: int
    most: int = 1

    def to_dict(self) -> dict[str, Any]:
        """Return the paths as JSON's types, absolute."""
        return {
            "data": str(self.data.absolute()),
            "tables": [str(path.absolute()) for path in self.tables],
            "answer": str(self.answer.absolute()),
            "rows": self.rows,
            "most": self.most,
        }

    @classmethod
    def from_dict(cls, known: dict[str, Any]) -> OtherData:
        """Return the value that `to_dict` wrote."""
        tables = tuple(map(Path, known["tables"]))
        return cls(Path(known["data"]), tables, Path(known["answer"]), known["rows"], known["most"])


@dataclass(frozen=True, slots=True)
class FurtherProgram:
    """A program that is run once on its data after the job's own, for its answer alone."""

    program: Path
    data: Path
    tables: tuple[Path, ...]
    answer: Path

    def to_dict(self) -> dict[str, Any]:
        """Return the paths as JSON's types, absolute."""
        return {
            "program": str(self.program.absolute()),
            "data": str(self.data.absolute()),
            "tables": [str(path.absolute()) for path in self.tables],
            "answer": str(self.answer.absolute()),
        }

    @classmethod
    def from_dict(cls, known: dict[str, Any]) -> FurtherProgram:
        """Return the value that `to_dict` wrote."""
        program, data, answer = (Path(known[name]) for name in ("program", "data", "answer"))
        return cls(program, data, tuple(map(Path, known["tables"])), answer)


@dataclass(frozen=True, slots=True)
class Job:
    """An engine's program for a query in one round, with its data and limits.

    `data` is the argument of `load(path)` (None: `load()` takes none), `tables` are the further
    tables that it joins, `answer` is the file to write the answer to (None: not collected).
    `warmups` is the number of untimed executions after the cold one (None: until times are level),
    `runs` that of the timed ones. `environment` holds the engine's environment variables.
    `scheduler` names the library of an external cluster (`dask`, `ray`). The worker finds the
    folders of `hidden` empty where its mounts can be its own. `other` are other rows of the same
    schema, to be answered once more after the timing. With `every`, answers before the last are
    written too, beside `answer` (see `answer_files`). `copies` are what each execution gets of the
    loaded frames (see `engines.base.Program`). `further` programs are run once each at the end.
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
    hidden: tuple[Path, ...] = ()
    other: OtherData | None = None
    every: bool = False
    copies: str = ""
    further: tuple[FurtherProgram, ...] = ()

    def to_json(self) -> str:
        """Return the job as one line of JSON, with absolute paths: the worker has another cwd."""
        known = {field.name: getattr(self, field.name) for field in fields(self)}
        for name in ("program", "data", "answer"):
            known[name] = str(known[name].absolute()) if known[name] is not None else None
        for name in ("tables", "hidden"):
            known[name] = [str(path.absolute()) for path in getattr(self, name)]
        known["other"] = self.other and self.other.to_dict()
        known["further"] = [one.to_dict() for one in self.further]
        known["environment"] = dict(self.environment)
        known["limits"] = asdict(self.limits)
        return json.dumps(known)

    @classmethod
    def from_json(cls, line: str) -> Job:
        """Return the job that `to_json` wrote."""
        known = json.loads(line)
        for name in ("program", "data", "answer"):
            known[name] = Path(known[name]) if known[name] is not None else None
        for name in ("tables", "hidden"):
            known[name] = tuple(map(Path, known[name]))
        known["other"] = known["other"] and OtherData.from_dict(known["other"])
        known["further"] = tuple(map(FurtherProgram.from_dict, known["further"]))
        known["limits"] = Limits(**known["limits"])
        return cls(**known)
