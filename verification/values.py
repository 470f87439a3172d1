"""Two answers' values, row by row of a match: which differ, and by how much they may."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from . import tolerance
from .columns import (
    Array,
    ColumnPair,
    ColumnValues,
    Family,
    IncomparableError,
    find_family,
    pair_columns,
)
from .differences import SHOWN, CheckResult, Requirements, build_header, build_row, describe_values
from .threads import Found, map_threads

BLOCK = 1 << 17
# What each value of an output may be off, by the output's name, in the expected answer's order.
Bounds: TypeAlias = Mapping[str, Array]
# The share of itself that a value may be off, and how much beside it: one for all, or one for each.
Limits: TypeAlias = tuple[float, "float | Array"]
# Rows of the expected answer, and their counterparts.
Block: TypeAlias = "tuple[slice | Array, slice | Array]"


@dataclass(frozen=True, slots=True)
class RowMatch:
    """Which row of one answer belongs to which of the other: positions, None for as they come."""

    expected: Array | None
    answer: Array | None
    length: int

    def map_blocks(self, function: Callable[[Block], Found]) -> list[Found]:
        """Return what a function returns for each block, in order."""
        return map_threads(function, self.length, self._split())

    def _split(self) -> Iterator[Block]:
        """Yield the positions in blocks that stay in the processor's cache."""
        for start in range(0, self.length, BLOCK):
            part = slice(start, min(start + BLOCK, self.length))
            yield (
                part if self.expected is None else self.expected[part],
                part if self.answer is None else self.answer[part],
            )


def compare_values(  # noqa: PLR0913 - two tables, and how their rows and values belong together
    one: pa.Table,
    other: pa.Table,
    names: Sequence[str],
    match: RowMatch,
    asked: Requirements,
    bounds: Bounds,
) -> CheckResult:
    """Compare columns row by row of the match; only one column's values are held at a time."""
    said, rows = [], []
    for name in names:
        try:
            column = pair_columns(name, one[name], other[name])
        except IncomparableError as different:
            said.append(str(different))
            continue
        number, first = _find_differences(column, match, compute_tolerance(column, asked, bounds))
        if number:
            why = _describe_wrap(column, first, find_family(one[name].type))
            said.append(describe_values(name, number, match.length) + why)
            rows += [build_row((one, other), name, at, asked) for at in first]
    if not said:
        return CheckResult(True)
    return CheckResult(False, "; ".join(said), (build_header(asked), *rows[:SHOWN]) if rows else ())


def _describe_wrap(column: ColumnPair, places: list[tuple[int, int]], family: Family) -> str:
    """Return that integers wrapped around, or should have, where all of those that differ did."""
    if not column.exact or column.expected.values.dtype.kind not in "iuO":
        return ""
    one, other = column.expected.values, column.answer.values
    apart = [int(one[a]) - int(other[b]) for a, b in places]
    for bits in (64, 32):
        if all(number and number % 2**bits == 0 for number in apart):
            return f" (wrapped around {bits} bits)"
    if all(not -(2**63) <= one[a] < 2**63 for a, _ in places):
        beyond = "beyond the range of nanoseconds, 1677 to 2262"
        return f" (the right value is {'beyond 64 bits' if family == 'int' else beyond})"
    return ""


def _find_differences(
    column: ColumnPair, match: RowMatch, limits: Limits
) -> tuple[int, list[tuple[int, int]]]:
    """Count the values that differ and return the positions of the first ones in both answers."""
    share, off = limits

    def find(rows: Block) -> tuple[int, list[tuple[int, int]]]:
        a, b = rows
        sides = take(column.expected, a), take(column.answer, b)
        near = off[a] if isinstance(off, np.ndarray) else off
        bad = differ(ColumnPair(column.name, column.exact, *sides), (share, near)).nonzero()[0]
        return len(bad), [(_locate(a, i), _locate(b, i)) for i in bad[:SHOWN].tolist()]

    found = match.map_blocks(find)
    places = [place for _, some in found for place in some]
    return sum(number for number, _ in found), places[:SHOWN]


def _locate(rows: slice | Array, i: int) -> int:
    return int(rows.start) + i if isinstance(rows, slice) else int(rows[i])


def take(side: ColumnValues, rows: slice | Array) -> ColumnValues:
    """Return some rows of a side."""
    return ColumnValues(side.values[rows], None if side.state is None else side.state[rows])


def compute_tolerance(column: ColumnPair, asked: Requirements, bounds: Bounds) -> Limits:
    """Return the share of itself that each value may be off, and how much beside it."""
    if column.exact:
        return 0.0, 0.0
    if column.name in bounds:
        return tolerance.ROUNDED, np.nan_to_num(bounds[column.name], posinf=0.0)
    if asked.errors is not None:  # exact, but for those beside it
        return tolerance.ROUNDED, 0.0
    return tolerance.compute_relative_tolerance(asked.rows), tolerance.compute_absolute_tolerance(
        column.expected.values
    )


def differ(column: ColumnPair, limits: Limits) -> Array:
    """Return which rows of a pair differ by more than their limits."""
    one, other = column.expected, column.answer
    if not column.exact:
        return tolerance.find_differences(one.values, other.values, *limits)
    bad: Array = np.asarray(one.values != other.values, bool)
    if one.state is None and other.state is None:
        return bad
    states = [np.uint8(0) if side.state is None else side.state for side in (one, other)]
    return np.where((states[0] == 0) & (states[1] == 0), bad, states[0] != states[1])


def compare_in_place(
    one: pa.Table, other: pa.Table, asked: Requirements, names: Sequence[str], bounds: Bounds
) -> CheckResult:
    """Compare columns of two answers whose rows stand in the same places."""
    match = RowMatch(None, None, one.num_rows)
    return compare_values(one, other, names, match, asked, bounds)


def has_duplicates(codes: Array, order: Array | None = None) -> bool:
    """Return whether any two rows have one code; the codes are sorted by `order`, else here."""
    ordered = np.sort(codes) if order is None else codes[order]
    return bool((ordered[1:] == ordered[:-1]).any())


def check_order(one: pa.Table, other: pa.Table, asked: Requirements, bounds: Bounds) -> CheckResult:
    """Compare what two answers are sorted by, place by place."""
    # The nth smallest of values that are off a little is off by no more than the most of them.
    most = {name: np.full(one.num_rows, off.max(initial=0.0)) for name, off in bounds.items()}
    verdict = compare_in_place(one, other, asked, asked.sort, most)
    if verdict.agrees:
        return verdict
    return CheckResult(False, f"the rows are not sorted as asked: {verdict.reason}", verdict.rows)
