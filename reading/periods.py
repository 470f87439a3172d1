"""Periods of time as keys of groups: `resample`, `pd.Grouper`."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import cast

from ..spec.expression import Agg, Call, Col, Expr, Lit, list_children, rebuild
from ..spec.intervals import ABBREVIATED, is_unit
from ..spec.kinds import OF_NOTHING
from ..spec.schema import Column
from ..spec.workload import Output
from . import alignment, operators
from .calls import CodeCall
from .grouping import group_keys
from .rows import Aggregated, Filled, Rows, aggregate, derive, find_free_name, inline_all
from .selection import select
from .values import Const, Frame, Grouped, Series, UnreadError, Value

# pandas' periods: the unit whose start they are, and the days from there within the next unit, if
# they are named by their end.
PERIODS: dict[str, tuple[str, int]] = {
    **dict.fromkeys(("D", "d", "1D"), ("day", 0)),
    **dict.fromkeys(("MS",), ("month", 0)),
    **dict.fromkeys(("QS",), ("quarter", 0)),
    **dict.fromkeys(("YS", "AS"), ("year", 0)),
    **dict.fromkeys(("M", "ME", "1M"), ("month", 31)),
    **dict.fromkeys(("Q", "QE"), ("quarter", 92)),
    **dict.fromkeys(("Y", "YE", "A"), ("year", 366)),
    **dict.fromkeys(("W", "W-SUN", "1W"), ("week", 7)),
}


WITH_ZONE = (
    "pandas also answers the times without rows, which the workload cannot add to times with a "
    "zone; the nearest is groupby(df['time'].dt.date)"
)
_CLOCK = re.compile(r"(\d*)(h|min|s|t)", re.IGNORECASE)


def find_clock(name: object) -> str | None:
    """Return the part of a day that pandas names `15min`, `30T` or `10s`, as the language does.

    None for what does not divide a day: where such a period begins depends on the rows.
    """
    found = _CLOCK.fullmatch(name) if isinstance(name, str) else None
    if not found:
        return None
    count, short = int(found[1] or 1), found[2].lower().replace("t", "min")
    unit = ABBREVIATED[short] if count == 1 else f"{count}{short}"
    return unit if is_unit(unit) else None


def _find_period(name: object) -> tuple[str, int] | None:
    clock = find_clock(name)
    return (clock, 0) if clock else PERIODS.get(str(name))


def check_period(call: CodeCall, name: object) -> str:
    """Return the name of a period that is read."""
    if _find_period(name) is None:
        known = "s, min and h, of which whole numbers make a day, D, W, M, MS, Q, QS, Y and YS"
        raise call.fail(f"a period of {name!r} is not read; periods are {known}")
    return str(name)


def name_period(node: ast.AST, expr: Expr, name: str) -> Expr:
    """Return what pandas names the period of a time by: its start, or its last day."""
    unit, within = cast("tuple[str, int]", _find_period(name))
    start = operators.call_word(node, "truncate", expr, Lit(unit))
    if not within:
        return start
    later = Call("offset", (start, Lit(within), Lit("days")))
    following = operators.call_word(node, "truncate", later, Lit(unit))
    return Call("offset", (following, Lit(-1), Lit("days")))


def make_period_key(node: ast.AST, frame: Frame, key: str, name: str) -> Series:
    """Return the periods of a column of times, under its name."""
    made = alignment.align(node, select(node, frame, Const(key)))
    return cast("Series", made.make(name_period(node, made.exprs[0], name)))


def read_group_resample(call: CodeCall, grouped: Grouped) -> Grouped:
    """Read `groups.resample(rule)`: groups of their keys and the periods of times."""
    name = check_period(call, call.read_constant("rule"))
    key, frame = call.read_constant("on"), grouped.frame
    if key is None and len(frame.index) == 1:
        key = next(iter(frame.index))
    if key is None:
        raise call.fail("resample is read with on='column', or behind set_index('column')")
    frame, keys = group_keys(call, frame, make_period_key(call.node, frame, key, name))
    times = next(reversed(keys.values()))
    return replace(grouped, frame=frame, keys={**grouped.keys, **keys}, times=times)


def read_resample(call: CodeCall, owner: Value) -> Grouped:
    """Read `resample(rule)` of a frame or a series whose index is a time, and with `on`."""
    name = check_period(call, call.read_constant("rule"))
    if call.has("closed") or call.has("label"):
        raise call.fail("resample is read without closed and label")
    key = call.read_constant("on")
    index = cast("Series | Frame", owner).index
    if key is None and len(index) == 1:
        key = next(iter(index))
    if key is None:
        raise call.fail("resample is read with on='column', or behind set_index('column')")
    if isinstance(owner, Series):
        series = alignment.materialize(owner)
        frame = Frame(series.rows, {}, complete=False, index=series.index)
        column = ((series.name or "value", series.expr),)
    else:
        frame, column = cast("Frame", owner), None
    frame, keys = group_keys(call, frame, make_period_key(call.node, frame, key, name))
    times = next(reversed(keys.values()))
    return Grouped(frame, keys, column, single=column is not None, times=times)


def fill_times(
    node: ast.AST, below: Rows, keys: tuple[str, ...], times: str, outputs: tuple[Output, ...]
) -> Rows:
    """Return a row for each group of keys, and for the `times` between them that have no rows.

    The language fills the gaps of the periods' starts: what names a period by its end comes after.
    """
    if not times:
        return aggregate(below, keys, outputs)
    if below.schema and times in below.schema and "tz=" in below.schema[times].arrow:
        raise UnreadError(node, WITH_ZONE)
    named = inline_all(below, Col(times))
    start = _find_start(named)
    name, made = times, {one.name for one in below.derived}
    if start != named or name not in made:
        name = find_free_name(below, f"{times}_start")
        below = derive(below, name, start)
    rows = _fill_gaps(aggregate(below, tuple(name if k == times else k for k in keys), outputs))
    return rows if name == times else derive(rows, times, _put(named, start, Col(name)))


def _fill_gaps(rows: Rows) -> Rows:
    """Return groups of periods of time, and those between them that have no rows."""
    assert isinstance(rows.origin, Aggregated)
    made = {o.name: o.expression for o in rows.origin.outputs}
    columns = (
        _fill(one, made[one.name]) if one.name in made else one
        for one in (rows.schema.columns if rows.schema else ())
    )
    return Rows(Filled(rows), schema=rows.schema and replace(rows.schema, columns=tuple(columns)))


def _fill(column: Column, expr: Expr) -> Column:
    sure = isinstance(expr, Agg) and expr.function in OF_NOTHING
    return replace(column, nulls=column.nulls or not sure, low=None, high=None, values=None)


def _find_start(period: Expr) -> Expr:
    match period:
        case Call("offset", (Call("truncate", (Call("offset", (start, *_)), _)), *_)):
            return start
    return period


def _put(expr: Expr, part: Expr, value: Expr) -> Expr:
    if expr == part:
        return value
    return rebuild(expr, tuple(_put(child, part, value) for child in list_children(expr)))
