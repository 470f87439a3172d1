"""Compares two answers value by value, in whatever order their rows come."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
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
from .row_digest import LARGE, Codes, hash_keys, have_equal_rows
from .row_keys import encode_keys, sort_codes
from .values import Bounds, RowMatch, check_order, compare_in_place, compare_values, has_duplicates


def compare_answers(
    expected: Path | pa.Table, answer: Path | pa.Table, asked: Requirements
) -> CheckResult:
    """Compare every value of two answers: Arrow IPC files, read as they lie on disk, or tables.

    Exact for whole numbers, text, truth values and times; float64 by what rounding may carry it
    (`asked.errors`), else by the rule in `tolerance`. Null, NaN and NA are one thing, and a missing
    key is a group of its own.
    """
    full, other = open_answer(expected), open_answer(answer)
    one = asked.shown(full)
    if reason := describe_names(one, other):
        return CheckResult(False, reason)
    is_cut = asked.limit is not None and asked.limit < one.num_rows
    is_large = one.num_rows == other.num_rows >= LARGE
    free = not (asked.positional or is_cut or asked.sort)
    if free and is_large and have_equal_rows(one, other):
        return CheckResult(True)
    bounds = {name: to_floats(full[column]).values for name, column in (asked.errors or {}).items()}
    if asked.positional:
        return _compare_first_rows(one, other, asked, bounds)
    if is_cut:
        return compare_cut(one, other, asked, bounds)
    verdict = _compare_any_order(one, other, asked, bounds)
    return check_order(one, other, asked, bounds) if verdict.agrees and asked.sort else verdict


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
    if one.num_rows == other.num_rows >= LARGE and asked.keys:
        hashes = hash_keys(one, other, asked.keys)
        if hashes is not None and (match := _match_hashes(hashes)):
            return match
    keys = (pair_columns(name, one[name], other[name]) for name in asked.keys)
    codes = encode_keys(keys, (one.num_rows, other.num_rows))
    if np.array_equal(*codes) and not has_duplicates(codes[0]):
        return RowMatch(None, None, one.num_rows)
    with ThreadPoolExecutor(2) as pool:  # NumPy sorts without the interpreter's lock
        orders = list(pool.map(sort_codes, codes))
    match = RowMatch(orders[0], orders[1], one.num_rows)
    if one.num_rows != other.num_rows or not _have_equal_codes(codes, match):
        return describe_groups(one, other, asked, codes)
    if has_duplicates(codes[0], orders[0]):
        return _match_by_values([pair_columns(n, one[n], other[n]) for n in names], codes)
    return match


def _match_hashes(codes: Codes) -> RowMatch | None:
    """Match rows by the hashes of their keys; None where keys repeat or are not the same."""
    if np.array_equal(*codes) and not has_duplicates(codes[0]):
        return RowMatch(None, None, len(codes[0]))
    with ThreadPoolExecutor(2) as pool:
        orders = list(pool.map(sort_codes, codes))
    match = RowMatch(orders[0], orders[1], len(codes[0]))
    if not _have_equal_codes(codes, match) or has_duplicates(codes[0], orders[0]):
        return None
    return match


def _have_equal_codes(codes: tuple[Array, Array], match: RowMatch) -> bool:
    return all(np.array_equal(codes[0][a], codes[1][b]) for a, b in match.blocks())


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
