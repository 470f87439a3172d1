"""Compares two answers value by value, in whatever order their rows come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from .columns import (
    Array,
    ColumnPair,
    ColumnValues,
    IncomparableError,
    find_family,
    pair_columns,
    to_floats,
)
from .cut import compare_cut
from .differences import (
    CheckResult,
    Requirements,
    describe_groups,
    describe_lengths,
    describe_names,
)
from .row_hashes import LARGE, Codes, RowHashes, Sums, hash_rows
from .row_keys import break_ties, encode_keys, find_ties, sort_codes
from .threads import map_threads
from .values import (
    Bounds,
    RowMatch,
    check_order,
    compare_in_place,
    compare_values,
    has_duplicates,
)

# Rows that are compared value by value at once, where the memory for it is not bounded.
PART = 1 << 20
# Of a bound: for each row its hashes, buckets and places; copies of what is compared at once.
HASH_BYTES, COPIES = 48, 6
SMALLEST_PART = 1 << 16
VALUE_BYTES = 16  # of an answer that is not there yet; a text is longer, a number shorter


def compare_answers(
    expected: Path | pa.Table,
    answer: Path | pa.Table,
    asked: Requirements,
    known: Sums | None = None,
) -> CheckResult:
    """Compare every value of two answers: Arrow IPC files, read as they lie on disk, or tables.

    Exact for whole numbers, text, truth values and times; float64 by what rounding may carry it
    (`asked.errors`), else by the rule in `tolerance`. Null, NaN and NA are one thing, and a missing
    key is a group of its own. `known` keeps what comparing the next answer needs of the expected.
    """
    full, other = open_answer(expected), open_answer(answer)
    one = asked.drop_errors(full)
    if reason := describe_names(one, other):
        return CheckResult(False, reason)
    is_cut = asked.limit is not None and asked.limit < one.num_rows
    verdict = None
    if not (asked.positional or is_cut) and one.num_rows == other.num_rows >= LARGE:
        verdict = _compare_by_hashes(full, other, asked, {} if known is None else known)
        if verdict and not (verdict.agrees and asked.sort):
            return verdict
    bounds = _read_bounds(full, asked)
    if asked.positional:
        return _compare_first_rows(one, other, asked, bounds)
    if is_cut:
        return compare_cut(one, other, asked, bounds)
    verdict = verdict or _compare_any_order(one, other, asked, bounds)
    return check_order(one, other, asked, bounds) if verdict.agrees and asked.sort else verdict


def _read_bounds(full: pa.Table, asked: Requirements) -> Bounds:
    """Return what each value of the expected answer may be off."""
    return {name: to_floats(full[column]).values for name, column in (asked.errors or {}).items()}


def estimate_memory(rows: int, columns: int) -> int:
    """Return about how many bytes comparing an answer of this size takes."""
    if rows < LARGE:
        return 0
    return HASH_BYTES * rows + COPIES * VALUE_BYTES * columns * min(rows, PART)


def _compare_first_rows(
    one: pa.Table, other: pa.Table, asked: Requirements, bounds: Bounds
) -> CheckResult:
    one = one if asked.limit is None else one.slice(0, asked.limit)
    if reason := describe_lengths(one, other):
        return CheckResult(False, reason)
    return compare_in_place(one, other, asked, one.column_names, bounds)


def open_answer(answer: Path | pa.Table) -> pa.Table:
    """Return an answer as a table; a file is read as it lies on disk."""
    if isinstance(answer, pa.Table):
        return answer
    return pa.ipc.open_file(pa.memory_map(str(answer))).read_all()


def _compare_any_order(
    one: pa.Table, other: pa.Table, asked: Requirements, bounds: Bounds
) -> CheckResult:
    try:
        asked = replace(asked, keys=_choose_keys(one)) if asked.unkeyed else asked
        names = [name for name in one.column_names if name not in asked.keys]
        match = _match_rows(one, other, asked, names)
    except IncomparableError as different:
        return CheckResult(False, str(different))
    if isinstance(match, CheckResult):
        return match
    return compare_values(one, other, names, match, asked, bounds)


def _compare_by_hashes(
    full: pa.Table, other: pa.Table, asked: Requirements, known: Sums
) -> CheckResult | None:
    """Compare large answers by their rows' hashes, and only what these leave open by value.

    None where they differ, or cannot be hashed: value by value, the whole answers show how. Within
    a bound of memory, the first part that differs shows it.
    """
    one = asked.drop_errors(full)
    hashes = hash_rows(one, other, asked.keys, known)
    if hashes is None:
        return None
    if not len(hashes.unequal):
        return CheckResult(True)
    if not asked.memory and np.array_equal(*hashes.exact):
        bounds = _read_bounds(full, asked)
        in_place = compare_in_place(one, other, asked, hashes.inexact, bounds)
        return in_place if in_place.agrees else None
    for rows in hashes.split(_count_rows_at_once(one, asked)):
        verdict = _compare_part(full, other, rows, hashes, asked)
        if not verdict.agrees:
            return verdict if asked.memory else None
    return CheckResult(True)


def _count_rows_at_once(one: pa.Table, asked: Requirements) -> int:
    if asked.memory is None:
        return PART
    free: int = asked.memory - HASH_BYTES * one.num_rows
    width: int = max(one.nbytes // one.num_rows, 1)
    return max(free // (COPIES * width), SMALLEST_PART)


def _compare_part(
    full: pa.Table, other: pa.Table, rows: Codes, hashes: RowHashes, asked: Requirements
) -> CheckResult:
    """Compare some rows of two answers, found by the buckets of their hashes."""
    part, their = full.take(rows[0]), other.take(rows[1])
    mine, bounds = asked.drop_errors(part), _read_bounds(part, asked)
    if mine.num_rows == their.num_rows:
        codes = hashes.exact[0][rows[0]].view(np.int64), hashes.exact[1][rows[1]].view(np.int64)
        match = _match_hashes(codes, [(mine[name], their[name]) for name in hashes.inexact])
        if match:
            verdict = compare_values(mine, their, hashes.inexact, match, asked, bounds)
            if verdict.agrees:
                return verdict
    verdict = _compare_any_order(mine, their, asked, bounds)
    where = f"among {mine.num_rows:,} of {full.num_rows:,} rows, "
    return verdict if verdict.agrees else replace(verdict, reason=where + verdict.reason)


def _choose_keys(one: pa.Table) -> tuple[str, ...]:
    """Choose exact columns that distinguish rows: numbers if they do, because text is slower."""
    families = {name: find_family(one[name].type) for name in one.column_names}
    exact = [name for name, kind in families.items() if kind != "float"]
    quick = [name for name in exact if families[name] != "string"]
    rows = (one.num_rows, one.num_rows)
    codes, _ = encode_keys((pair_columns(name, one[name], one[name]) for name in quick), rows)
    return tuple(exact if has_duplicates(codes) else quick)


def _match_rows(
    one: pa.Table, other: pa.Table, asked: Requirements, names: Sequence[str]
) -> RowMatch | CheckResult:
    keys = (pair_columns(name, one[name], other[name]) for name in asked.keys)
    codes = encode_keys(keys, (one.num_rows, other.num_rows))
    if np.array_equal(*codes) and not has_duplicates(codes[0]):
        return RowMatch(None, None, one.num_rows)
    orders = map_threads(sort_codes, one.num_rows, codes)
    match = RowMatch(orders[0], orders[1], one.num_rows)
    if one.num_rows != other.num_rows or not _have_equal_codes(codes, match):
        return describe_groups(one, other, asked, codes)
    if has_duplicates(codes[0], orders[0]):
        return _match_by_values([pair_columns(n, one[n], other[n]) for n in names], codes)
    return match


def _match_hashes(
    codes: Codes, inexact: Sequence[tuple[pa.ChunkedArray, pa.ChunkedArray]]
) -> RowMatch | None:
    """Match rows by their hashes, those of equal hashes by their floats; None where they differ."""
    orders = map_threads(sort_codes, len(codes[0]), codes)
    match = RowMatch(orders[0], orders[1], len(codes[0]))
    if not _have_equal_codes(codes, match):
        return None
    if inexact and len(tied := find_ties(codes[0], orders[0])):
        for order, code, columns in zip(orders, codes, zip(*inexact, strict=True), strict=True):
            break_ties(order, tied, (code, *(to_floats(column).values for column in columns)))
    return match


def _have_equal_codes(codes: tuple[Array, Array], match: RowMatch) -> bool:
    return all(match.map_blocks(lambda rows: np.array_equal(codes[0][rows[0]], codes[1][rows[1]])))


def _match_by_values(pairs: Sequence[ColumnPair], codes: tuple[Array, Array]) -> RowMatch:
    """Match rows of equal keys by their values, exact ones first: a float may be a bit off."""
    columns = sorted(pairs, key=lambda column: column.exact)
    orders = []
    for side, code in zip(("expected", "answer"), codes, strict=True):
        levels = [level for column in columns for level in _sort_levels(getattr(column, side))]
        orders.append(np.lexsort((*levels, code)))
    return RowMatch(orders[0], orders[1], len(codes[0]))


def _sort_levels(side: ColumnValues) -> tuple[Array, ...]:
    return (side.values,) if side.state is None else (side.values, side.state)
