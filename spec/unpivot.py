"""Unpivots: a row for each of several columns' values, and how the clause is read."""

from __future__ import annotations

import math
from dataclasses import replace

from .fields import Section
from .kinds import ARROW, NUMBERS
from .schema import Column, Kind, Schema
from .vocabulary import suggest
from .workload import Query, Tasks, Unpivot

# The names of the new columns where the clause gives none, as in pandas and Polars.
NAMES, VALUES = "variable", "value"


def count_rows_of_one(query: Query | Tasks) -> int:
    """Return how many rows one row of the data may become: one for each column of an unpivot."""
    steps = query.steps if isinstance(query, Query) else ()
    return math.prod(len(step.unpivot.on) for step in steps if step.unpivot)


def unpivot_schema(unpivot: Unpivot, data: Schema) -> Schema:
    """Return the columns of the rows: the index, the columns' names, and their values."""
    index = (data[name] for name in unpivot.index)
    names = Column(unpivot.names, "string", "string", values=tuple(sorted(unpivot.on)))
    found = [data[name] for name in unpivot.on]
    return Schema((*index, names, _merge(unpivot.values, found)), data.rows)


def _merge(name: str, columns: list[Column]) -> Column:
    """Return the column that holds the values of several."""
    kind = max((c.kind for c in columns), key=_rank)
    alike = len({column.arrow for column in columns}) == 1
    lows, highs = [c.low for c in columns], [c.high for c in columns]
    return replace(
        columns[0],
        name=name,
        kind=kind,
        arrow=columns[0].arrow if alike else ARROW[kind],
        nulls=any(column.nulls for column in columns),
        nans=any(column.nans for column in columns),
        low=None if None in lows else min(low for low in lows if low is not None),
        high=None if None in highs else max(high for high in highs if high is not None),
        values=None,
    )


def _rank(kind: Kind) -> int:
    return NUMBERS.index(kind) if kind in NUMBERS else -1


def read_unpivot(given: Section, data: Schema | None) -> Unpivot | None:
    """Read the clause; None after a mistake. Without `data`, its columns are not known yet."""
    on, index = given.parse_names("on"), given.parse_names("index")
    unknown = [name for name in (*on, *index) if data and name.text not in data]
    for name in unknown:
        message = f"unknown column {name.text!r}{suggest(name.text, data.names if data else ())}"
        given.log.add(name.place, message)
    taken = {name.text for name in index}
    twice = [name for name in on if name.text in taken]
    for name in twice:
        given.log.add(name.place, f"{name.text!r} is in the index already; leave it out of on")
    names, values = given.parse_text("names", NAMES), given.parse_text("values", VALUES)
    taken |= {name.text for name in on} | set(data.names if data else ())
    for key, shown in (("names", names), ("values", values)):
        if shown in taken:
            given.log.add(given.at(key), f"{shown!r} is already a column; give another under {key}")
        taken.add(shown)
    found = Unpivot(
        tuple(name.text for name in on), tuple(name.text for name in index), names, values
    )
    if not on or unknown or twice:
        return None
    return found if _is_alike(given, data) else None


def _is_alike(given: Section, data: Schema | None) -> bool:
    """Report columns whose values no single column holds."""
    first, *others = given.parse_names("on")
    for name in others if data else ():
        assert data is not None
        one, other = data[first.text], data[name.text]
        numbers = one.kind in NUMBERS and other.kind in NUMBERS
        times = "timestamp" in {one.kind, other.kind} and one.arrow != other.arrow
        if (one.kind != other.kind and not numbers) or times:
            message = f"{name.text!r} is {other.arrow} and {first.text!r} is {one.arrow}"
            given.log.add(name.place, f"{message}; the values of on become one column")
            return False
    return True
