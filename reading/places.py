"""Rows by their place in a group, groups by their number, and values that were there before."""

from __future__ import annotations

from dataclasses import replace

from ..spec.expression import Agg, Arith, Col, Compare, Expr, IsMissing, Lit, build_case
from ..spec.workload import Output, SortKey
from .alignment import materialize
from .calls import CodeCall
from .meaning import can_miss
from .rows import add_windows, find_free_name, keep, sort_fully
from .selection import require_column
from .values import Frame, Grouped, Series, Value, make_column

AFTER = Arith("-", Agg("size", ()), Agg("row_number", ()))


def keep_nth_rows(frame: Frame, keys: tuple[str, ...], n: int) -> Frame:
    """Return the row at a place of each group, counted from the end where it is negative."""
    name = find_free_name(frame.rows, "row")
    place: Expr = Agg("cumsum", (Lit(1),)) if n >= 0 else AFTER
    rows = add_windows(frame.rows, keys, (Output(name, place),))
    return replace(
        frame, rows=keep(rows, Compare("==", Col(name), Lit(n + 1 if n >= 0 else -n - 1)))
    )


def read_ngroup(call: CodeCall, grouped: Grouped) -> Series:
    """Read `ngroup()`: the number of each row's group, of those in the order of their keys."""
    sorts = grouped.sort and call.read_constant("ascending", True)
    if not sorts or grouped.frame.scope:
        raise call.fail("ngroup is read of a frame's groups in the order of their keys")
    rows, keys = grouped.frame.rows, tuple(dict.fromkeys(grouped.keys.values()))
    tests = [IsMissing(Col(key)) for key in keys if can_miss(Col(key), rows.schema)]
    row = find_free_name(rows, "row")
    rows = add_windows(rows, keys, (Output(row, Agg("cumsum", (Lit(1),))),))
    first: Expr = build_case(((Compare("==", Col(row), Lit(1)), Lit(1)),), Lit(0))
    missing = tuple((test, Lit(0)) for test in tests)
    count = Agg("cumsum", (build_case(missing, first) if missing else first,))
    name = find_free_name(rows, "group")
    order = (*map(SortKey, keys), SortKey(row))
    rows = add_windows(rows, (), (Output(name, count),), order)
    number = Arith("-", Col(name), Lit(1))
    expr = build_case(tuple((test, Lit(None)) for test in tests), number) if tests else number
    return make_column(replace(grouped.frame, rows=rows), expr)


def read_duplicated(call: CodeCall, owner: Value) -> Series:
    """Read `duplicated(subset, keep)`: whether a row's values are those of another."""
    which = call.read_constant("keep", "first")
    if isinstance(owner, Series):
        column = materialize(owner)
        name = find_free_name(column.rows, "value")
        match column.expr:
            case Col(own):
                keys: tuple[str, ...] = (*column.scope, own)
            case _:
                raise call.fail("duplicated is read of a column of a frame")
        labels = column.labels
        frame = Frame(column.rows, {}, index=column.index, scope=column.scope, labels=labels)
    elif isinstance(owner, Frame):
        names = call.read_names("subset")
        if not names:
            owner.require_whole(call.node, "duplicated of all columns needs to know them: --data")
        known = (require_column(call.node, owner, one) for one in names or owner.columns)
        keys = (*owner.scope, *known)
        frame = owner
    else:
        raise call.fail("duplicated is read of a frame or a column")
    places: dict[object, tuple[Expr, int]] = {
        "first": (Agg("cumsum", (Lit(1),)), 1),
        "last": (AFTER, 0),
        False: (Agg("size", ()), 1),
    }
    place, least = places[which]
    rows = sort_fully(frame.rows) if which else frame.rows
    name = find_free_name(rows, "row")
    rows = add_windows(rows, keys, (Output(name, place),))
    return make_column(replace(frame, rows=rows), Compare(">", Col(name), Lit(least)))
