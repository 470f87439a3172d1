"""Cases: random queries beside the random data that they are fair questions of, in files."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import pyarrow as pa

from ...datasets.parquet_schema import read_schema
from ...spec.schema import Schema
from ...spec.workload import Query
from . import expectations, frames, queries, reproducers
from .frames import Tables

FRAMES_EACH = 5  # queries asked of one frame
JOINS = 0.2  # the share of queries that join a table


@dataclass(frozen=True, slots=True)
class Data:
    """Tables in their files, described as the writers of programs see them."""

    tables: Tables
    paths: tuple[Path, ...]
    schema: Schema

    @classmethod
    def of(cls, tables: Tables, folder: Path) -> Data:
        """Write tables into a folder of their own."""
        paths = reproducers.write(folder, tables)
        schema, *others = map(read_schema, paths)
        named = tuple((frames.TABLE, other) for other in others)
        return cls(tables, paths, replace(schema, tables=named))


@dataclass(frozen=True, slots=True)
class FuzzCase:
    """A query and its data."""

    query: Query
    data: Data

    @property
    def is_fair(self) -> bool:
        """Return whether the language says what the answer is."""
        return expectations.is_fair(self.query, self.data.tables, self.data.schema)


def list_cases(seed: int, folder: Path) -> Iterator[FuzzCase]:
    """Yield fair cases without end; the same for the same seed."""
    draw = Random(seed)
    places = (folder / f"data_{number}" for number in itertools.count())
    while True:
        data = Data.of(Tables(frames.grow_frame(draw)), next(places))
        found = 0
        while found < FRAMES_EACH:
            if draw.random() < JOINS:
                case = _draw_join(draw, data.tables.frame, next(places))
            else:
                case = FuzzCase(queries.query(draw), data)
            if case.is_fair:
                found += 1
                yield replace(case, query=reproducers.read_back(case.query))


def _draw_join(draw: Random, frame: pa.Table, place: Path) -> FuzzCase:
    """Draw a join; of the frame the columns are kept that are read, or clash, and two more."""
    on = draw.sample(frames.JOINED, draw.choice((1, 1, 1, 2)))
    other = frames.grow_other(draw, on)
    query = queries.grow_join(draw, on, other.column_names)
    kept = {*on, *other.column_names, *query.steps[0].reads, *draw.sample(frame.column_names, 2)}
    narrow = frame.select([name for name in frame.column_names if name in kept])
    return FuzzCase(query, Data.of(Tables(narrow, other), place))
