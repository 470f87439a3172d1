"""Random frames: few rows, and in them whatever engines treat differently."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import pyarrow as pa

from ...spec.schema import Kind

TABLE = "other"  # the name of the table that is joined
KEY = "_id"  # behind the name of a key that has another name in the table
MISSING_SHARE = 0.25
# How many rows, as often as each is written here.
LENGTHS = (0, 1, 1, 2, 3, 4, 5, 8, 8, 12, 12, 20, 20, 40)


@dataclass(frozen=True, slots=True)
class Domain:
    """A column: its Arrow type, what its values are drawn from, and what it may be used for.

    `exact` columns are too large for arithmetic: they are compared, counted, summed as they are.
    `nan` is the share of NaN, which is a value of its own to some engines.
    """

    name: str
    kind: Kind
    arrow: pa.DataType
    values: tuple[Any, ...]
    exact: bool = False
    nan: float = 0.0


def _draw_days(*texts: str) -> tuple[dt.date, ...]:
    return tuple(map(dt.date.fromisoformat, texts))


def _list_times(*texts: str) -> tuple[dt.datetime, ...]:
    return tuple(map(dt.datetime.fromisoformat, texts))


DOMAINS = (
    Domain("k", "string", pa.string(), ("a", "b", "c", "")),
    Domain("g", "int", pa.int64(), (0, 1, 2, -1)),
    Domain("h", "int", pa.int32(), (1, 2, 3)),
    Domain("b", "bool", pa.bool_(), (True, False)),
    Domain("i", "int", pa.int64(), (-7, -3, -2, -1, 0, 0, 1, 2, 3, 5, 9)),
    Domain("j", "int", pa.int64(), (1, 2, 3, 4, 10)),
    Domain("s", "int", pa.int32(), (2**31 - 1, -(2**31), -(2**31) + 1, 2**30, -5, 0, 7)),
    Domain("n", "int", pa.int8(), (127, -128, -127, 100, -1, 0, 1, 5)),
    Domain("u", "int", pa.uint8(), (0, 1, 2, 200, 255)),
    Domain("e", "int", pa.int64(), (2**53 + 1, 2**53, -(2**53) - 1, 2**57, 1, 0, 2), exact=True),
    Domain("x", "float", pa.float64(), (-2.5, -1.5, -0.5, 0.0, 0.5, 1.5, 2.5, 7.25, 100.125)),
    Domain("y", "float", pa.float64(), (-3.0, 0.0, 1.0, 4.5, 4.5, 8.0), nan=0.2),
    Domain("r", "float", pa.float32(), (-1.5, 0.0, 0.25, 3.0), exact=True),
    Domain(
        "w",
        "float",
        pa.float64(),
        (math.inf, -math.inf, -0.0, 0.0, 1e300, -1e300, 5e-324, 1.0),
        exact=True,
        nan=0.1,
    ),
    Domain(
        "t",
        "string",
        pa.string(),
        ("", "a", "A", "ab", "é", "É", "日本", "a b", "🦆", "x'\"", "12"),
    ),
    Domain("c", "string", pa.string(), ("29/02/2024", "01/01/1970", "31/12/1999")),
    Domain(
        "d", "date", pa.date32(), _draw_days("1969-12-31", "1970-01-01", "2024-02-29", "2024-03-01")
    ),
    Domain(
        "m",
        "timestamp",
        pa.timestamp("us"),
        _list_times(
            "1969-12-31T23:59:59",
            "2000-02-29T12:30:15",
            "2000-02-29T12:45:00",
            "2024-12-31T00:00:00",
        ),
    ),
    Domain(
        "z",
        "timestamp",
        pa.timestamp("us", "Europe/Berlin"),
        # The last two are the same hour of a clock that was put back between them.
        _list_times(
            "2023-12-31T23:30:00+00:00",
            "2024-03-31T00:59:59+00:00",
            "2024-10-27T00:30:00+00:00",
            "2024-10-27T01:30:00+00:00",
        ),
    ),
    Domain("q", "int", pa.uint16(), (0, 1, 7, 2**16 - 1)),
    Domain("v", "int", pa.uint32(), (0, 3, 2**32 - 1, 2**31)),
)
BY_NAME = {domain.name: domain for domain in DOMAINS}
# What a further table has beside the keys; x and t are names of the frame's columns, too.
BESIDE = (
    Domain("p", "int", pa.int64(), (-4, 0, 1, 2, 30)),
    Domain("f", "float", pa.float64(), (-1.5, 0.0, 0.25, 6.0), nan=0.2),
    Domain("x", "float", pa.float64(), (-3.5, 1.5, 10.0)),
    Domain("t", "string", pa.string(), ("", "b", "Ö", "c d")),
)
JOINED = tuple(d.name for d in DOMAINS if d.kind != "float")
INTEGERS = tuple(pa.type_for_alias(f"{s}int{bits}") for s in ("", "u") for bits in (8, 16, 32, 64))
TEXTS = (pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string()))


@dataclass(frozen=True, slots=True)
class Tables:
    """The data of a query: a frame, and the table that it joins."""

    frame: pa.Table
    other: pa.Table | None = None

    @property
    def beside(self) -> dict[str, pa.Table]:
        """Return the table that is joined, by its name."""
        return {} if self.other is None else {TABLE: self.other}

    def __iter__(self) -> Iterator[pa.Table]:
        yield self.frame
        if self.other is not None:
            yield self.other


def grow_frame(draw: Random, names: Sequence[str] | None = None) -> pa.Table:
    """Draw a frame of all the columns; each has missing values, or has none at all."""
    length = draw.choice(LENGTHS)
    chosen = DOMAINS if names is None else [BY_NAME[name] for name in names]
    return pa.table({domain.name: _draw_column(draw, domain, length) for domain in chosen})


def grow_other(draw: Random, on: Sequence[str]) -> pa.Table:
    """Draw a table to join on these keys: some match, some repeat, and types may be others."""
    length = draw.choice((0, 1, 2, 3, 5, 8))
    keys = [_as_key(draw, BY_NAME[name]) for name in on]
    beside = [domain for domain in BESIDE if domain.name not in on]
    chosen = draw.sample(beside, draw.choice((1, 2, 3)))
    table = pa.table(
        {domain.name: _draw_column(draw, domain, length) for domain in (*keys, *chosen)}
    )
    table = table if draw.random() < 0.4 else _draw_once(table, on)
    if draw.random() < 0.7:
        return table
    names = {name: f"{name}{KEY}" for name in on}
    return table.rename_columns([names.get(name, name) for name in table.column_names])


def _as_key(draw: Random, domain: Domain) -> Domain:
    """Return a key's column another type that holds its values."""
    if domain.kind == "string":
        return replace(domain, arrow=draw.choice(TEXTS))
    if domain.kind != "int" or draw.random() < 0.5:
        return domain
    return replace(domain, arrow=draw.choice([t for t in INTEGERS if _holds(t, domain.values)]))


def _holds(arrow: pa.DataType, values: Sequence[int]) -> bool:
    try:
        pa.array(values, arrow)
    except (pa.ArrowInvalid, OverflowError):
        return False
    return True


def _draw_once(table: pa.Table, on: Sequence[str]) -> pa.Table:
    """Keep one row of each key, as datatable must have it."""
    keys = [tuple(row.values()) for row in table.select(on).to_pylist()]
    return table.take(pa.array([keys.index(key) for key in dict.fromkeys(keys)], pa.int64()))


def _draw_column(draw: Random, domain: Domain, length: int) -> pa.Array:
    gaps = draw.choice((0.0, 0.0, MISSING_SHARE, MISSING_SHARE, 0.6))
    if domain.kind == "int" and domain.exact:
        gaps = 0.0  # pandas holds whole numbers with gaps as floats, of 53 bits
    # One frame in a few has a column of few values, so that groups and ties are large.
    values = draw.sample(domain.values, 2) if draw.random() < 0.2 else domain.values
    nan = domain.nan if gaps else 0.0
    return pa.array([_draw_cell(draw, values, gaps, nan) for _ in range(length)], domain.arrow)


def _draw_cell(draw: Random, values: Sequence[Any], gaps: float, nan: float) -> Any:  # noqa: ANN401 - a value of any kind
    if draw.random() < gaps:
        return None
    return math.nan if draw.random() < nan else draw.choice(values)
