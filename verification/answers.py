"""Compares two answers value by value, in whatever order their rows come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from . import tolerance
from .columns import Array, IncomparableError, Pair, Side, family, pair
from .differences import (
    SHOWN,
    Asked,
    Verdict,
    groups_differ,
    header,
    lengths_differ,
    names_differ,
    value_row,
    values_differ,
)
from .row_keys import key_codes, sorting

BLOCK = 1 << 17


@dataclass(frozen=True, slots=True)
class _Match:
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


def compare(expected: Path | pa.Table, answer: Path | pa.Table, asked: Asked) -> Verdict:
    """Compare every value of two answers: Arrow IPC files, read as they lie on disk, or tables.

    Exact for whole numbers, text, truth values and times; float64 by the rule in `tolerance`.
    Null, NaN and NA are one thing, and a missing key is a group of its own.
    """
    one, other = opened(expected), opened(answer)
    if reason := names_differ(one, other):
        return Verdict(False, reason)
    if (asked.cut or asked.positional) and (reason := lengths_differ(one, other)):
        return Verdict(False, reason)
    if asked.cut and not asked.sort:  # any rows will do
        return Verdict(True)
    if asked.positional:
        return _in_place(one, other, asked, one.column_names)
    length = _above_cut(one, other, asked) if asked.cut else max(one.num_rows, other.num_rows)
    verdict = _any_order(one.slice(0, length), other.slice(0, length), asked)
    return _order(one, other, asked) if verdict.agrees and asked.sort else verdict


def _order(one: pa.Table, other: pa.Table, asked: Asked) -> Verdict:
    verdict = _in_place(one, other, asked, asked.sort)
    if verdict.agrees:
        return verdict
    return Verdict(False, f"the rows are not sorted so: {verdict.reason}", verdict.rows)


def opened(answer: Path | pa.Table) -> pa.Table:
    """Return an answer as a table; a file is read as it lies on disk."""
    if isinstance(answer, pa.Table):
        return answer
    return pa.ipc.open_file(pa.memory_map(str(answer))).read_all()


def _in_place(one: pa.Table, other: pa.Table, asked: Asked, names: Sequence[str]) -> Verdict:
    match = _Match(None, None, one.num_rows)
    return _values(one, other, names, match, asked)


def _above_cut(one: pa.Table, other: pa.Table, asked: Asked) -> int:
    """Count the rows before those that tie with the last: of the tied ones, a limit keeps any."""
    if not one.num_rows:
        return 0
    untied = np.zeros(one.num_rows, bool)
    for name in asked.sort:
        try:
            column = pair(name, one[name], other[name])
        except IncomparableError:
            return int(one.num_rows)
        for side in (column.expected, column.answer):
            untied |= _unlike(_repeated_last(side, column), _limits(column, asked))
    return int(untied.nonzero()[0].max(initial=-1)) + 1


def _repeated_last(side: Side, column: Pair) -> Pair:
    last = np.full(len(side.values), len(side.values) - 1)
    state = None if side.state is None else side.state[last]
    return Pair(column.name, column.exact, Side(side.values[last], state), side)


def _any_order(one: pa.Table, other: pa.Table, asked: Asked) -> Verdict:
    try:
        asked = replace(asked, keys=_telling(one)) if asked.unkeyed else asked
        names = [name for name in one.column_names if name not in asked.keys]
        match = _matched(one, other, asked, names)
    except IncomparableError as different:
        return Verdict(False, str(different))
    if isinstance(match, Verdict):
        return match
    return _values(one, other, names, match, asked)


def _telling(one: pa.Table) -> tuple[str, ...]:
    """Choose exact columns that tell rows apart: the numbers where they do, for text is slower."""
    families = {name: family(one[name].type) for name in one.column_names}
    exact = [name for name, kind in families.items() if kind != "float"]
    quick = [name for name in exact if families[name] != "string"]
    rows = (one.num_rows, one.num_rows)
    codes, _ = key_codes((pair(name, one[name], one[name]) for name in quick), rows)
    return tuple(exact if _repeats(codes) else quick)


def _matched(
    one: pa.Table, other: pa.Table, asked: Asked, names: Sequence[str]
) -> _Match | Verdict:
    keys = (pair(name, one[name], other[name]) for name in asked.keys)
    codes = key_codes(keys, (one.num_rows, other.num_rows))
    if np.array_equal(*codes) and not _repeats(codes[0]):
        return _Match(None, None, one.num_rows)
    with ThreadPoolExecutor(2) as pool:  # NumPy sorts without the interpreter's lock
        orders = list(pool.map(sorting, codes))
    match = _Match(orders[0], orders[1], one.num_rows)
    if one.num_rows != other.num_rows or not _same(codes, match):
        return groups_differ(one, other, asked, codes)
    if _repeats(codes[0], orders[0]):
        return _by_values([pair(n, one[n], other[n]) for n in names], codes)
    return match


def _same(codes: tuple[Array, Array], match: _Match) -> bool:
    return all(np.array_equal(codes[0][a], codes[1][b]) for a, b in match.blocks())


def _repeats(codes: Array, order: Array | None = None) -> bool:
    """Return whether any two rows have one code; the codes are sorted by `order`, else here."""
    ordered = np.sort(codes) if order is None else codes[order]
    return bool((ordered[1:] == ordered[:-1]).any())


def _by_values(pairs: Sequence[Pair], codes: tuple[Array, Array]) -> _Match:
    """Match rows of equal keys by their values, exact ones first: a float may be a bit off."""
    columns = sorted(pairs, key=lambda column: column.exact)
    orders = []
    for side, code in zip(("expected", "answer"), codes, strict=True):
        levels = [level for column in columns for level in _levels(getattr(column, side))]
        orders.append(np.lexsort((*levels, code)))
    return _Match(orders[0], orders[1], len(codes[0]))


def _levels(side: Side) -> tuple[Array, ...]:
    return (side.values,) if side.state is None else (side.values, side.state)


def _values(
    one: pa.Table, other: pa.Table, names: Sequence[str], match: _Match, asked: Asked
) -> Verdict:
    """Compare columns row by row of the match; only one column's values are held at a time."""
    said, rows = [], []
    for name in names:
        try:
            column = pair(name, one[name], other[name])
        except IncomparableError as different:
            said.append(str(different))
            continue
        number, first = _different(column, match, asked)
        if number:
            said.append(values_differ(name, number, match.length))
            rows += [value_row((one, other), name, at, asked) for at in first]
    if not said:
        return Verdict(True)
    return Verdict(False, "; ".join(said), (header(asked), *rows[:SHOWN]) if rows else ())


def _different(column: Pair, match: _Match, asked: Asked) -> tuple[int, list[tuple[int, int]]]:
    """Count the values that differ and return the positions of the first ones in both answers."""
    limits = _limits(column, asked)
    number = 0
    first: list[tuple[int, int]] = []
    for a, b in match.blocks():
        block = Pair(
            column.name, column.exact, _taken(column.expected, a), _taken(column.answer, b)
        )
        bad = _unlike(block, limits).nonzero()[0]
        number += len(bad)
        some = bad[: SHOWN - len(first)].tolist()
        first += [(_position(a, i), _position(b, i)) for i in some]
    return number, first


def _position(rows: slice | Array, i: int) -> int:
    return int(rows.start) + i if isinstance(rows, slice) else int(rows[i])


def _taken(side: Side, rows: slice | Array) -> Side:
    return Side(side.values[rows], None if side.state is None else side.state[rows])


def _limits(column: Pair, asked: Asked) -> tuple[float, float]:
    if column.exact:
        return 0.0, 0.0
    floor = asked.floors.get(column.name, 0.0)
    return tolerance.relative(asked.rows), tolerance.absolute(column.expected.values, floor)


def _unlike(column: Pair, limits: tuple[float, float]) -> Array:
    one, other = column.expected, column.answer
    if not column.exact:
        return tolerance.differs(one.values, other.values, *limits)
    bad: Array = one.values != other.values
    if one.state is None and other.state is None:
        return bad
    states = [np.uint8(0) if side.state is None else side.state for side in (one, other)]
    return np.where((states[0] == 0) & (states[1] == 0), bad, states[0] != states[1])
