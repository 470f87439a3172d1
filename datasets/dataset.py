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
from .cache import make_once
from .compact_frame import Progress, write_parquet
from .conversion import convert, is_usable_in_place
from .generators import build_name, find_generator
from .parquet_schema import read_schema
from .shares import write_share
from .source_files import SourceFiles, find_files

# The share of the time that drawing takes, the rest is writing; for the progress bar only.
DRAWING_SHARE = 0.35
SHARE_VERSION = 1  # grows with every change of which rows a share has


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset on the disk: one Parquet file, what is in it, and the key of its content.

    `tables` are the further ones that a query may join, in files of their own.
    """

    path: Path
    schema: Schema
    bytes: int
    name: str
    sha: str
    tables: tuple[tuple[str, Dataset], ...] = ()

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        return self.schema.rows

    def find_joins(self, query: Query | Tasks) -> tuple[Path, ...]:
        """Return the files that a query's program loads beside the dataset's own."""
        names = () if isinstance(query, Tasks) else query.tables
        return tuple(dict(self.tables)[name].path for name in names)

    @property
    def files(self) -> tuple[Path, ...]:
        """Return all files, the tables' too."""
        return (self.path, *(table.path for _, table in self.tables))


def make_dataset(
    dataset: Generated | Files, cache: Path, progress: Progress | None = None
) -> Dataset:
    """Return the dataset as Parquet, one file a table, made where the cache does not hold it yet.

    `progress` receives the share done, 0 to 1. Raises DataError.
    """
    report_progress = progress or _ignore
    match dataset:
        case Generated():
            data = _generate(dataset, cache, report_progress)
        case Files():
            tables = (
                (name, make_dataset(files, cache, report_progress))
                for name, files in dataset.tables
            )
            rows = _from_files(find_files(dataset), cache, report_progress)
            data = _add_tables(_take_share(rows, dataset, cache), tables)
        case _:
            assert_never(dataset)
    report_progress(1.0)
    return data


def make_placeholder(tasks: Sequence[Tasks], cache: Path) -> Dataset:
    """Return a placeholder for tasks, which read no dataset; its file is never made."""
    name = f"{sum(one.count for one in tasks):,} tasks"
    return Dataset(cache / "tasks", Schema((), 0), 0, name, "tasks")


def _generate(dataset: Generated, cache: Path, progress: Progress) -> Dataset:
    generator, name = find_generator(dataset), build_name(dataset)
    key = _hash(f"{dataset!r} version {generator.version}")
    own = cache / f"{name}-{key}.parquet"
    rest = {t: cache / f"{name}-{t}-{key}.parquet" for t in TABLES.get(dataset.generator, ())}
    if not all(path.exists() for path in rest.values()):
        own.unlink(missing_ok=True)

    def fill(path: Path) -> None:
        """Write all tables: the rows' own file last, so that it exists only if all do."""
        frames = generator.draw(dataset, cache, lambda share: progress(DRAWING_SHARE * share))
        write_parquet(
            next(frames), path, lambda share: progress(DRAWING_SHARE + (1 - DRAWING_SHARE) * share)
        )
        for frame, table in zip(frames, rest.values(), strict=True):
            make_once(table, partial(write_parquet, frame, progress=_ignore))

    data = _make_cached(cache, name, key, fill)
    return _add_tables(data, ((table, _describe(path, table, key)) for table, path in rest.items()))


def _from_files(source: SourceFiles, cache: Path, progress: Progress) -> Dataset:
    key = _hash(source.identify())
    if is_usable_in_place(source):
        return _describe_in_place(source.paths[0], source.name, key, cache)
    return _make_cached(cache, source.name, key, lambda path: convert(source, path, progress))


def _take_share(data: Dataset, files: Files, cache: Path) -> Dataset:
    """Return the requested share of the rows, in a file of its own."""
    if files.share == 1:
        return data
    key = _hash(f"{data.sha} share {files.share!r} {files.keys!r} {SHARE_VERSION}")
    fill = partial(write_share, data.path, share=files.share, keys=files.keys)
    return _make_cached(cache, f"{data.name}-{files.share * 100:g}%", key, fill)


def _make_cached(cache: Path, name: str, key: str, fill: Callable[[Path], None]) -> Dataset:
    return _describe(make_once(cache / f"{name}-{key}.parquet", fill), name, key)


def _describe(path: Path, name: str, key: str) -> Dataset:
    return Dataset(path, read_schema(path), path.stat().st_size, name, key)


def _add_tables(data: Dataset, tables: Iterable[tuple[str, Dataset]]) -> Dataset:
    """Return a dataset its further tables, which are part of its content."""
    beside = tuple(tables)
    if not beside:
        return data
    schema = replace(data.schema, tables=tuple((name, one.schema) for name, one in beside))
    sha = _hash(" ".join([data.sha, *(f"{name} {one.sha}" for name, one in beside)]))
    return replace(data, schema=schema, sha=sha, tables=beside)


def _describe_in_place(path: Path, name: str, key: str, cache: Path) -> Dataset:
    """Describe a user's own file where it lies; what it took to learn of it is kept."""

    def fill(unfinished: Path) -> None:
        found = read_schema(path)
        record = {
            "columns": [asdict(column) for column in found.columns],
            "rows": found.rows,
            "unread": found.unread,
            "row_groups": found.row_groups,
        }
        unfinished.write_text(json.dumps(record))

    record = json.loads(make_once(cache / f"{name}-{key}-schema.json", fill).read_text())
    columns = tuple(Column(**column) for column in record["columns"])
    unread = tuple((column, arrow) for column, arrow in record["unread"])
    groups = record.get("row_groups", 1)  # of which older versions kept nothing
    schema = Schema(columns, record["rows"], unread=unread, row_groups=groups)
    return Dataset(path, schema, path.stat().st_size, name, key)


def _hash(identity: str) -> str:
    return hashlib.sha256(identity.encode()).hexdigest()[:16]


def _ignore(_: float) -> None:
    """Ignore the progress."""
