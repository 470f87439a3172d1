"""Says in a sentence and a few rows how two answers differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from .columns import Array

SHOWN = 5
Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether two answers agree; if not, a sentence and the first rows that differ."""

    agrees: bool
    reason: str = ""
    rows: Rows = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answer has to keep.

    `keys` name its groups; `unkeyed` says that it has none, but rows in any order; `positional`
    that rows keep the frame's order; `sort` names the columns it is sorted by (ties in any order),
    and `cut` says that a limit has cut it there. `rows` is the data's number of rows, `floors` what
    each column may be off near zero (see `tolerance`).
    """

    keys: tuple[str, ...] = ()
    unkeyed: bool = False
    positional: bool = False
    sort: tuple[str, ...] = ()
    cut: bool = False
    rows: int = 0
    floors: Mapping[str, float] = field(default_factory=dict)


def names_differ(one: pa.Table, other: pa.Table) -> str:
    """Describe which columns are missing, too many, or there twice; nothing where none is."""
    had = other.column_names
    said = [f"column {name} is missing" for name in one.column_names if name not in had]
    said += [f"column {name} should not be there" for name in had if name not in one.column_names]
    said += [f"column {n} is there twice" for n in dict.fromkeys(had) if had.count(n) > 1]
    return f"{', '.join(said)}; it has {', '.join(had) or 'no columns'}" if said else ""


def lengths_differ(one: pa.Table, other: pa.Table) -> str:
    """Describe how many rows there are instead of how many; nothing where they are as many."""
    if one.num_rows == other.num_rows:
        return ""
    return f"{counted(other.num_rows, 'row')} instead of {one.num_rows}"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def values_differ(column: str, number: int, length: int) -> str:
    """Describe how many values of a column differ."""
    verb = "differs" if number == 1 else "differ"
    return f"column {column}: {number} of {counted(length, 'value')} {verb}"


def header(asked: Asked) -> tuple[str, ...]:
    """Return the heads of the rows that are shown."""
    return (*(asked.keys or ("row",)), "column", "expected", "got")


def value_row(
    tables: tuple[pa.Table, pa.Table], name: str, at: tuple[int, int], asked: Asked
) -> tuple[str, ...]:
    """Show one value of both answers beside its key."""
    one, other = tables
    return (*_key(one, at[0], asked), name, _cell(one[name], at[0]), _cell(other[name], at[1]))


def groups_differ(
    one: pa.Table, other: pa.Table, asked: Asked, codes: tuple[Array, Array]
) -> Verdict:
    """Describe which groups are absent from either answer, or are there another number of times."""
    absent = np.flatnonzero(~np.isin(codes[0], codes[1]))
    foreign = np.flatnonzero(~np.isin(codes[1], codes[0]))
    said = []
    if len(absent):
        said.append(f"{_groups(one, absent, asked, ('is', 'are'))} not there")
    if len(foreign):
        said.append(f"{_groups(other, foreign, asked, ('should', 'should'))} not be there")
    rows = [(*_key(one, i, asked), "", "there", "not there") for i in absent[:SHOWN].tolist()]
    rows += [(*_key(other, i, asked), "", "not there", "there") for i in foreign[:SHOWN].tolist()]
    if not said:
        known = "row is there another number of times"
        said = [f"a {known if asked.unkeyed else 'group has another number of rows'}"]
        rows = _uneven(one, asked, codes)
    size = lengths_differ(one, other)
    reason = ", ".join(said) if asked.keys else ""
    return Verdict(False, ": ".join(filter(None, (size, reason))), (header(asked), *rows[:SHOWN]))


def _groups(table: pa.Table, places: Array, asked: Asked, verbs: tuple[str, str]) -> str:
    number = len(places)
    first, more = verbs
    keys = [_key(table, i, asked) for i in places[:1000].tolist()]
    missing = " with a missing key" if all("missing" in key for key in keys) else ""
    if asked.unkeyed:
        return f"a row {first}" if number == 1 else f"{number} rows {more}"
    return f"the group{missing} {first}" if number == 1 else f"{number} groups{missing} {more}"


def _uneven(one: pa.Table, asked: Asked, codes: tuple[Array, Array]) -> list[tuple[str, ...]]:
    groups, place, number = np.unique(codes[0], return_index=True, return_counts=True)
    got = np.bincount(np.searchsorted(groups, codes[1]), minlength=len(groups))
    uneven = np.flatnonzero(got != number)[:SHOWN].tolist()
    return [(*_key(one, int(place[i]), asked), "rows", str(number[i]), str(got[i])) for i in uneven]


def _key(table: pa.Table, at: int, asked: Asked) -> tuple[str, ...]:
    return tuple(_cell(table[name], at) for name in asked.keys) or (str(at),)


def _cell(column: pa.ChunkedArray, at: int) -> str:
    value = column[at].as_py()
    # NaN alone is not itself
    return "missing" if value is None or value != value else str(value)  # noqa: PLR0124
