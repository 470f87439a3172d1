"""A workload's dataset as one Parquet file: generated, or made of the user's files, and kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import assert_never

from ..spec.generated_data import TABLES
from ..spec.schema import Column, Schema
from ..spec.workload import Files, Generated, Query, Tasks
from .cache import made_once
from .compact_frame import Progress, write
from .files import Source, converted, in_place, source_of
from .generators import generator_of, name_of
from .parquet_schema import schema_of

# The share of the time that drawing takes, the rest is writing; for the progress bar only.
DRAWING = 0.35


@dataclass(frozen=True, slots=True)
class Data:
    """A dataset on the disk: one Parquet file, what is in it, and the key of its content.

    `tables` are the further ones that a query may join, in files of their own.
    """

    path: Path
    schema: Schema
    bytes: int
    name: str
    sha: str
    tables: tuple[tuple[str, Data], ...] = ()

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        return self.schema.rows

    def joins(self, query: Query | Tasks) -> tuple[Path, ...]:
        """Return the files that a query's program loads beside the dataset's own."""
        if isinstance(query, Tasks) or query.join is None:
            return ()
        return (dict(self.tables)[query.join.table].path,)

    @property
    def files(self) -> tuple[Path, ...]:
        """Return all files, the tables' too."""
        return (self.path, *(table.path for _, table in self.tables))


def make(dataset: Generated | Files, cache: Path, progress: Progress | None = None) -> Data:
    """Return the dataset as Parquet, one file a table, made where the cache does not hold it yet.

    `progress` is told the share done, 0 to 1. Raises DataError.
    """
    told = progress or _silence
    match dataset:
        case Generated():
            data = _generated(dataset, cache, told)
        case Files():
            tables = ((name, make(files, cache, told)) for name, files in dataset.tables)
            data = _with(_from_files(source_of(dataset), cache, told), tables)
        case _:
            assert_never(dataset)
    told(1.0)
    return data


def without_rows(tasks: Sequence[Tasks], cache: Path) -> Data:
    """Return what stands for a dataset where tasks read none; its file is never made."""
    name = f"{sum(one.count for one in tasks):,} tasks"
    return Data(cache / "tasks", Schema((), 0), 0, name, "tasks")


def _generated(dataset: Generated, cache: Path, progress: Progress) -> Data:
    generator, name = generator_of(dataset), name_of(dataset)
    key = _key(f"{dataset!r} version {generator.version}")
    own = cache / f"{name}-{key}.parquet"
    rest = {t: cache / f"{name}-{t}-{key}.parquet" for t in TABLES.get(dataset.generator, ())}
    if not all(path.exists() for path in rest.values()):
        own.unlink(missing_ok=True)

    def fill(path: Path) -> None:
        """Write all tables: the rows' own file has its name last, so that it stands for all."""
        frames = generator.draw(dataset, cache, lambda share: progress(DRAWING * share))
        write(next(frames), path, lambda share: progress(DRAWING + (1 - DRAWING) * share))
        for frame, table in zip(frames, rest.values(), strict=True):
            made_once(table, partial(write, frame, progress=_silence))

    data = _kept(cache, name, key, fill)
    return _with(data, ((table, _described(path, table, key)) for table, path in rest.items()))


def _from_files(source: Source, cache: Path, progress: Progress) -> Data:
    key = _key(source.identity())
    if in_place(source):
        return _in_place(source.paths[0], source.name, key, cache)
    return _kept(cache, source.name, key, lambda path: converted(source, path, progress))


def _kept(cache: Path, name: str, key: str, fill: Callable[[Path], None]) -> Data:
    return _described(made_once(cache / f"{name}-{key}.parquet", fill), name, key)


def _described(path: Path, name: str, key: str) -> Data:
    return Data(path, schema_of(path), path.stat().st_size, name, key)


def _with(data: Data, tables: Iterable[tuple[str, Data]]) -> Data:
    """Return a dataset its further tables, which are part of its content."""
    beside = tuple(tables)
    if not beside:
        return data
    schema = replace(data.schema, tables=tuple((name, one.schema) for name, one in beside))
    sha = _key(" ".join([data.sha, *(f"{name} {one.sha}" for name, one in beside)]))
    return replace(data, schema=schema, sha=sha, tables=beside)


def _in_place(path: Path, name: str, key: str, cache: Path) -> Data:
    """Describe a user's own file where it lies; what it took to learn of it is kept."""

    def fill(unfinished: Path) -> None:
        unfinished.write_text(json.dumps(asdict(schema_of(path))))

    told = json.loads(made_once(cache / f"{name}-{key}.json", fill).read_text())
    schema = Schema(tuple(Column(**column) for column in told["columns"]), told["rows"])
    return Data(path, schema, path.stat().st_size, name, key)


def _key(identity: str) -> str:
    return hashlib.sha256(identity.encode()).hexdigest()[:16]


def _silence(_: float) -> None:
    """Tell nobody."""
