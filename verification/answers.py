"""Compares two answers value by value, in whatever order their rows come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from . import tolerance
from .columns import Array, ColumnPair, ColumnValues, IncomparableError, find_family, pair_columns
from .differences import (
    SHOWN,
    CheckResult,
    Requirements,
    build_header,
    build_row,
    describe_groups,
    describe_lengths,
    describe_names,
    describe_values,
)
from .row_keys import encode_keys, sort_codes

BLOCK = 1 << 17


@dataclass(frozen=True, slots=True)
class _RowMatch:
    """Which row of one answer belongs to which of the other: positions, None for as they come."""

    expected: Array | None
    answer: Array | None
    length: int

    def blocks(self) -> Iterator[tuple[slice | Array, slice | Array]]:
        """Yield the positions in blocks that stay in the processor's cache."""
        for start in range(0, self.length, BLOCK):
            part = slice(start, min(start + BLOCK, self.length))
            yield (
                part if self.expected is None else self.expected[part],
                part if self.answer is None else self.answer[part],
            )


def compare_answers(
    expected: Path | pa.Table, answer: Path | pa.Table, asked: Requirements
) -> CheckResult:
    """Compare every value of two answers: Arrow IPC files, read as they lie on disk, or tables.

    Exact for whole numbers, text, truth values and times; float64 by the rule in `tolerance`.
    Null, NaN and NA are one thing, and a missing key is a group of its own.
    """
    one, other = open_answer(expected), open_answer(answer)
    if reason := describe_names(one, other):
        return CheckResult(False, reason)
    if (asked.cut or asked.positional) and (reason := describe_lengths(one, other)):
        return CheckResult(False, reason)
    if asked.cut and not asked.sort:  # any rows will do
        return CheckResult(True)
    if asked.positional:
        return _compare_in_place(one, other, asked, one.column_names)
    length = _count_above_cut(one, other, asked) if asked.cut else max(one.num_rows, other.num_rows)
    verdict = _compare_any_order(one.slice(0, length), other.slice(0, length), asked)
    return _check_order(one, other, asked) if verdict.agrees and asked.sort else verdict


def _check_order(one: pa.Table, other: pa.Table, asked: Requirements) -> CheckResult:
    verdict = _compare_in_place(one, other, asked, asked.sort)
    if verdict.agrees:
        return verdict
    return CheckResult(False, f"the rows are not sorted as asked: {verdict.reason}", verdict.rows)


def open_answer(answer: Path | pa.Table) -> pa.Table:
    """Return an answer as a table; a file is read as it lies on disk."""
    if isinstance(answer, pa.Table):
        return answer
    return pa.ipc.open_file(pa.memory_map(str(answer))).read_all()


def _compare_in_place(
    one: pa.Table, other: pa.Table, asked: Requirements, names: Sequence[str]
) -> CheckResult:
    match = _RowMatch(None, None, one.num_rows)
    return _compare_values(one, other, names, match, asked)


def _count_above_cut(one: pa.Table, other: pa.Table, asked: Requirements) -> int:
    """Count the rows before those that tie with the last: of the tied ones, a limit keeps any."""
    if not one.num_rows:
        return 0
    untied = np.zeros(one.num_rows, bool)
    for name in asked.sort:
        try:
            column = pair_columns(name, one[name], other[name])
        except IncomparableError:
            return int(one.num_rows)
        for side in (column.expected, column.answer):
            untied |= _differs(_repeat_last(side, column), _compute_tolerance(column, asked))
    return int(untied.nonzero()[0].max(initial=-1)) + 1


def _repeat_last(side: ColumnValues, column: ColumnPair) -> ColumnPair:
    last = np.full(len(side.values), len(side.values) - 1)
    state = None if side.state is None else side.state[last]
    return ColumnPair(column.name, column.exact, ColumnValues(side.values[last], state), side)


def _compare_any_order(one: pa.Table, other: pa.Table, asked: Requirements) -> CheckResult:
    try:
        asked = replace(asked, keys=_choose_keys(one)) if asked.unkeyed else asked
        names = [name for name in one.column_names if name not in asked.keys]
        match = _match_rows(one, other, asked, names)
    except IncomparableError as different:
        return CheckResult(False, str(different))
    if isinstance(match, CheckResult):
        return match
    return _compare_values(one, other, names, match, asked)


def _choose_keys(one: pa.Table) -> tuple[str, ...]:
    """Choose exact columns that tell rows apart: the numbers where they do, for text is slower."""
    families = {name: find_family(one[name].type) for name in one.column_names}
    exact = [name for name, kind in families.items() if kind != "float"]
    quick = [name for name in exact if families[name] != "string"]
    rows = (one.num_rows, one.num_rows)
    codes, _ = encode_keys((pair_columns(name, one[name], one[name]) for name in quick), rows)
    return tuple(exact if _has_duplicates(codes) else quick)


def _match_rows(
    one: pa.Table, other: pa.Table, asked: Requirements, names: Sequence[str]
) -> _RowMatch | CheckResult:
    keys = (pair_columns(name, one[name], other[name]) for name in asked.keys)
    codes = encode_keys(keys, (one.num_rows, other.num_rows))
    if np.array_equal(*codes) and not _has_duplicates(codes[0]):
        return _RowMatch(None, None, one.num_rows)
    with ThreadPoolExecutor(2) as pool:  # NumPy sorts without the interpreter's lock
        orders = list(pool.map(sort_codes, codes))
    match = _RowMatch(orders[0], orders[1], one.num_rows)
    if one.num_rows != other.num_rows or not _have_equal_codes(codes, match):
        return describe_groups(one, other, asked, codes)
    if _has_duplicates(codes[0], orders[0]):
        return _match_by_values([pair_columns(n, one[n], other[n]) for n in names], codes)
    return match


def _have_equal_codes(codes: tuple[Array, Array], match: _RowMatch) -> bool:
    return all(np.array_equal(codes[0][a], codes[1][b]) for a, b in match.blocks())


def _has_duplicates(codes: Array, order: Array | None = None) -> bool:
    """Return whether any two rows have one code; the codes are sorted by `order`, else here."""
    ordered = np.sort(codes) if order is None else codes[order]
    return bool((ordered[1:] == ordered[:-1]).any())


def _match_by_values(pairs: Sequence[ColumnPair], codes: tuple[Array, Array]) -> _RowMatch:
    """Match rows of equal keys by their values, exact ones first: a float may be a bit off."""
    columns = sorted(pairs, key=lambda column: column.exact)
    orders = []
    for side, code in zip(("expected", "answer"), codes, strict=True):
        levels = [level for column in columns for level in _sort_levels(getattr(column, side))]
        orders.append(np.lexsort((*levels, code)))
    return _RowMatch(orders[0], orders[1], len(codes[0]))


def _sort_levels(side: ColumnValues) -> tuple[Array, ...]:
    return (side.values,) if side.state is None else (side.values, side.state)


def _compare_values(
    one: pa.Table, other: pa.Table, names: Sequence[str], match: _RowMatch, asked: Requirements
) -> CheckResult:
    """Compare columns row by row of the match; only one column's values are held at a time."""
    said, rows = [], []
    for name in names:
        try:
            column = pair_columns(name, one[name], other[name])
        except IncomparableError as different:
            said.append(str(different))
            continue
        number, first = _find_differences(column, match, asked)
        if number:
            said.append(describe_values(name, number, match.length))
            rows += [build_row((one, other), name, at, asked) for at in first]
    if not said:
        return CheckResult(True)
    return CheckResult(False, "; ".join(said), (build_header(asked), *rows[:SHOWN]) if rows else ())


def _find_differences(
    column: ColumnPair, match: _RowMatch, asked: Requirements
) -> tuple[int, list[tuple[int, int]]]:
    """Count the values that differ and return the positions of the first ones in both answers."""
    limits = _compute_tolerance(column, asked)
    number = 0
    first: list[tuple[int, int]] = []
    for a, b in match.blocks():
        block = ColumnPair(
            column.name, column.exact, _take(column.expected, a), _take(column.answer, b)
        )
        bad = _differs(block, limits).nonzero()[0]
        number += len(bad)
        some = bad[: SHOWN - len(first)].tolist()
        first += [(_locate(a, i), _locate(b, i)) for i in some]
    return number, first


def _locate(rows: slice | Array, i: int) -> int:
    return int(rows.start) + i if isinstance(rows, slice) else int(rows[i])


def _take(side: ColumnValues, rows: slice | Array) -> ColumnValues:
    return ColumnValues(side.values[rows], None if side.state is None else side.state[rows])


def _compute_tolerance(column: ColumnPair, asked: Requirements) -> tuple[float, float]:
    if column.exact:
        return 0.0, 0.0
    floor = asked.floors.get(column.name, 0.0)
    return tolerance.relative_tolerance(asked.rows), tolerance.absolute_tolerance(
        column.expected.values, floor
    )


def _differs(column: ColumnPair, limits: tuple[float, float]) -> Array:
    one, other = column.expected, column.answer
    if not column.exact:
        return tolerance.find_differences(one.values, other.values, *limits)
    bad: Array = one.values != other.values
    if one.state is None and other.state is None:
        return bad
    states = [np.uint8(0) if side.state is None else side.state for side in (one, other)]
    return np.where((states[0] == 0) & (states[1] == 0), bad, states[0] != states[1])
