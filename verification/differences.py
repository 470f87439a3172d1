"""Says in a sentence and a few rows how two answers differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from .columns import Array

SHOWN = 5
Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Whether two answers agree; if not, a sentence and the first rows that differ."""

    agrees: bool
    reason: str = ""
    rows: Rows = ()


@dataclass(frozen=True, slots=True)
class Requirements:
    """What an answer has to keep.

    `keys` name its groups; `unkeyed` says that it has none, but rows in any order; `positional`
    that rows keep the frame's order; `sort` names the columns it is sorted by (ties in any order),
    and `limit` how many rows are kept of the expected answer, which has them all. `rows` is the
    data's number of rows; `errors` names, for an output, the expected answer's column with what
    each value may be off (see `rounding`), and None says that it is not known. `memory` bounds, in
    bytes, what comparing large answers takes.
    """

    keys: tuple[str, ...] = ()
    unkeyed: bool = False
    positional: bool = False
    sort: tuple[str, ...] = ()
    limit: int | None = None
    rows: int = 0
    errors: Mapping[str, str] | None = None
    memory: int | None = None

    def drop_errors(self, expected: pa.Table) -> pa.Table:
        """Return the expected answer without the columns of its errors."""
        return expected.drop_columns(list(self.errors.values())) if self.errors else expected


def describe_names(one: pa.Table, other: pa.Table) -> str:
    """Describe which columns are missing, too many, or there twice; nothing where none is."""
    asked, had = Counter(one.column_names), Counter(other.column_names)
    said = [f"column {name} is missing" for name in one.column_names if name not in had]
    said += [
        f"column {name} should not be there" for name in other.column_names if name not in asked
    ]
    twice = (name for name, count in had.items() if max(count, asked[name]) > 1)
    said += [f"column {name} appears twice" for name in twice]
    return f"{', '.join(said)}; it has {', '.join(had) or 'no columns'}" if said else ""


def describe_lengths(one: pa.Table, other: pa.Table) -> str:
    """Describe how many rows there are instead of how many; nothing where they are as many."""
    if one.num_rows == other.num_rows:
        return ""
    return f"{pluralize(other.num_rows, 'row')} instead of {one.num_rows}"


def pluralize(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def describe_values(column: str, number: int, length: int) -> str:
    """Describe how many values of a column differ."""
    verb = "differs" if number == 1 else "differ"
    return f"column {column}: {number} of {pluralize(length, 'value')} {verb}"


def build_header(asked: Requirements) -> tuple[str, ...]:
    """Return the heads of the rows that are shown."""
    return (*(asked.keys or ("row",)), "column", "expected", "got")


def build_row(
    tables: tuple[pa.Table, pa.Table], name: str, at: tuple[int, int], asked: Requirements
) -> tuple[str, ...]:
    """Show one value of both answers beside its key."""
    one, other = tables
    return (
        *_read_key(one, at[0], asked),
        name,
        _read_cell(one[name], at[0]),
        _read_cell(other[name], at[1]),
    )


def describe_groups(
    one: pa.Table, other: pa.Table, asked: Requirements, codes: tuple[Array, Array]
) -> CheckResult:
    """Describe which groups are absent from either answer, or are there another number of times."""
    absent = np.flatnonzero(~np.isin(codes[0], codes[1]))
    foreign = np.flatnonzero(~np.isin(codes[1], codes[0]))
    said = []
    if len(absent):
        said.append(f"{_describe_keys(one, absent, asked, ('is', 'are'))} not there")
    if len(foreign):
        said.append(f"{_describe_keys(other, foreign, asked, ('should', 'should'))} not be there")
    rows = [(*_read_key(one, i, asked), "", "there", "not there") for i in absent[:SHOWN].tolist()]
    rows += [
        (*_read_key(other, i, asked), "", "not there", "there") for i in foreign[:SHOWN].tolist()
    ]
    if not said:
        known = "row occurs a different number of times"
        said = [f"a {known if asked.unkeyed else 'group has a different number of rows'}"]
        rows = _find_uneven_groups(one, asked, codes)
    size = describe_lengths(one, other)
    reason = ", ".join(said) if asked.keys else ""
    return CheckResult(
        False, ": ".join(filter(None, (size, reason))), (build_header(asked), *rows[:SHOWN])
    )


def _describe_keys(
    table: pa.Table, places: Array, asked: Requirements, verbs: tuple[str, str]
) -> str:
    number = len(places)
    first, more = verbs
    keys = [_read_key(table, i, asked) for i in places[:1000].tolist()]
    missing = " with a missing key" if all("missing" in key for key in keys) else ""
    if asked.unkeyed:
        return f"a row {first}" if number == 1 else f"{number} rows {more}"
    return f"the group{missing} {first}" if number == 1 else f"{number} groups{missing} {more}"


def _find_uneven_groups(
    one: pa.Table, asked: Requirements, codes: tuple[Array, Array]
) -> list[tuple[str, ...]]:
    groups, place, number = np.unique(codes[0], return_index=True, return_counts=True)
    got = np.bincount(np.searchsorted(groups, codes[1]), minlength=len(groups))
    uneven = np.flatnonzero(got != number)[:SHOWN].tolist()
    return [
        (*_read_key(one, int(place[i]), asked), "rows", str(number[i]), str(got[i])) for i in uneven
    ]


def _read_key(table: pa.Table, at: int, asked: Requirements) -> tuple[str, ...]:
    return tuple(_read_cell(table[name], at) for name in asked.keys) or (str(at),)


def _read_cell(column: pa.ChunkedArray, at: int) -> str:
    cell = column[at]
    try:
        value = cell.as_py()
    except (ArithmeticError, ValueError, LookupError):  # a year or a zone that Python lacks
        return f"{cell.value} ({column.type})"
    # NaN alone is not itself
    return "missing" if value is None or value != value else str(value)  # noqa: PLR0124


def describe_foreign_groups(
    other: pa.Table, asked: Requirements, codes: tuple[Array, Array]
) -> CheckResult:
    """Describe which groups an answer under a limit should not have, or has twice."""
    foreign = np.flatnonzero(~np.isin(codes[1], codes[0]))
    if not len(foreign):
        return CheckResult(False, f"a {'row' if asked.unkeyed else 'group'} appears twice")
    reason = f"{_describe_keys(other, foreign, asked, ('should', 'should'))} not be there"
    shown = foreign[:SHOWN].tolist()
    rows = [(*_read_key(other, i, asked), "", "not there", "there") for i in shown]
    return CheckResult(False, reason, (build_header(asked), *rows))
