"""The language's meaning in plain Python: slow, short, and the second oracle beside DuckDB.

Missing is None. Wherever a value comes from outside, NaN counts as missing, too.
"""

from __future__ import annotations

import datetime as dt
import math
import operator
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias, assert_never

from ..spec.expression import (
    Agg,
    Arith,
    Bool,
    Call,
    Case,
    Cast,
    Col,
    Compare,
    Demean,
    Expr,
    IsIn,
    IsMissing,
    Let,
    Lit,
    Neg,
    Not,
    Value,
    list_children,
    list_columns,
    rebuild,
)
from ..spec.intervals import CLOCK, find_step
from ..spec.vocabulary import FILLING, ROLLING, ROW_FUNCTIONS
from ..spec.vocabulary import WINDOWS as WINDOWS_OF_LANGUAGE
from ..spec.windows import (
    count_steps,
    expand_change,
    is_descending,
    is_timed,
    rank_method,
    read_rolling,
    read_span,
)
from ..spec.workload import Extreme, Gaps, Output, Query, RowFunction, Unpivot
from .row_functions import ARITHMETIC, CALLS, COMPARISONS, Cell, combine_truths
from .time_zones import to_instant, to_local

Row: TypeAlias = Mapping[str, Any]


def evaluate(expr: Expr, row: Row) -> Value:
    """Return an expression's value for one row; KeyError where a column is not there."""
    value: Value = normalize_missing(_evaluate(expr, row, None))
    return value


def evaluate_group(expr: Expr, rows: Sequence[Row]) -> Value:
    """Return the value of an expression over aggregations for a group of rows."""
    value: Value = normalize_missing(_evaluate(expr, {}, rows))
    return value


def apply_row(function: RowFunction, row: Row) -> Value:
    """Return a row function's value; it is not called where an input is missing, unless it asks."""
    if function.body is None:
        raise ValueError(f"{function.name} has no tree: {function.opaque}")
    inputs = function.columns or list_columns(function.body)
    if function.on_missing == "skip" and any(
        normalize_missing(row[name]) is None for name in inputs
    ):
        return None
    return evaluate(function.body, row)


def answer_query(query: Query, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return a query's answer; groups in order of first appearance where nothing sorts them."""
    for step in query.steps:
        rows = _answer_step(step, rows)
    return [{name: _restore_zone(value) for name, value in row.items()} for row in rows]


def _answer_step(query: Query, rows: Sequence[Row]) -> list[dict[str, Any]]:
    kept = filter_rows(query, rows)
    if query.asks_for_rows:
        result = [{name: normalize_missing(row[name]) for name in query.select} for row in kept]
    elif query.unpivot:
        result = _unpivot(query.unpivot, kept)
    elif query.gaps:
        result = _fill_gaps(query.gaps, kept)
    elif isinstance(query.apply, RowFunction):
        function = query.apply
        result = [{function.output: apply_row(function, row)} for row in kept]
    elif query.transform:
        result = _transform(query, kept)
    else:
        result = [
            found
            for group in group_rows(query.group_by, kept)
            for found in _answer_group(query, group)
        ]
    if query.having is not None:
        result = [row for row in result if evaluate(query.having, row) is True]
    for key in reversed(query.sort):
        result = _sort(result, key.name, key.descending)
    return result[: query.limit]


def _unpivot(unpivot: Unpivot, rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [
        {name: normalize_missing(row[name]) for name in unpivot.index}
        | {unpivot.names: name, unpivot.values: normalize_missing(row[name])}
        for name in unpivot.on
        for row in rows
    ]


def _fill_gaps(gaps: Gaps, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows, and one for each time between the first and the last that none has."""
    found = [{name: normalize_missing(row[name]) for name in gaps.columns} for row in rows]
    added = []
    for group in group_rows(gaps.others, [row for row in found if row[gaps.time] is not None]):
        there = {row[gaps.time] for row in group}
        time, last = (min(there), max(there)) if there else (None, None)
        kept = {name: group[0][name] for name in gaps.others} if group else {}
        while time is not None and time < last:
            time = _find_next_time(time, gaps.unit)
            if time not in there:
                empty = dict.fromkeys(gaps.columns)
                added.append(empty | dict(gaps.zeros) | kept | {gaps.time: time})
    return [*found, *added]


def _find_next_time(time: dt.date, unit: str) -> dt.date:
    """Return the start of the next unit after a start of one."""
    if step := find_step(unit):
        number, word = step
        return time + dt.timedelta(seconds=number * CLOCK[word])
    if unit in {"day", "week"}:
        return time + dt.timedelta(days=7 if unit == "week" else 1)
    months = time.month - 1 + {"month": 1, "quarter": 3, "year": 12}[unit]
    return time.replace(year=time.year + months // 12, month=months % 12 + 1)


def normalize_missing(value: Cell) -> Cell:
    """Return None for NaN, because null, NaN and NA are one, and the instant of a zoned time."""
    if isinstance(value, dt.datetime):
        return to_instant(value)
    return None if isinstance(value, float) and math.isnan(value) else value


def filter_rows(query: Query, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return the rows that `where` lets through, with the derived columns."""
    kept = [dict(row) for row in rows if query.where is None or evaluate(query.where, row) is True]
    for output in query.derive:
        for row in kept:
            row[output.name] = evaluate(output.expression, row)
    return kept


def group_rows(keys: tuple[str, ...], rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Return the rows of each group, in the order of the frame; one group where there is no key."""
    if not keys:
        return [rows]
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(tuple(normalize_missing(row[key]) for key in keys), []).append(row)
    return list(groups.values())


def _answer_group(query: Query, group: list[dict[str, Any]]) -> list[dict[str, Any]]:
    keys = {name: normalize_missing(group[0][name]) for name in query.group_by}
    if query.extreme:
        name = query.extreme.name
        return [keys | {name: value} for value in _take_extremes(query.extreme, group)]
    return [keys | _evaluate_outputs(query.aggregate, {}, group)]


def _transform(query: Query, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return each row's values, in the order of the frame."""
    groups = {
        id(row): ordered
        for group in group_rows(query.group_by, rows)
        for ordered in [_order_rows(query, group)]
        for row in group
    }
    result = []
    outputs = _add_times(query)
    for row in rows:
        keys = {name: normalize_missing(row[name]) for name in query.group_by}
        result.append(keys | _evaluate_outputs(outputs, row, groups[id(row)]))
    return result


def _add_times(query: Query) -> tuple[Output, ...]:
    """Return the outputs of a transform; a window of time has its column as a last argument."""
    return tuple(replace(o, expression=_add_time(o.expression, query)) for o in query.transform)


def _add_time(node: Expr, query: Query) -> Expr:
    if isinstance(node, Agg) and is_timed(node):
        return replace(node, arguments=(*node.arguments, Col(query.order_by[0].name)))
    return rebuild(node, tuple(_add_time(child, query) for child in list_children(node)))


def _order_rows(query: Query, group: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of a group as windows see them; equal ones stay in the frame's order."""
    for key in reversed(query.order_by):
        group = _sort(group, key.name, key.descending)
    return group


def _evaluate_outputs(
    outputs: Sequence[Output], row: Row, group: Sequence[Row]
) -> dict[str, Value]:
    return {out.name: normalize_missing(_evaluate(out.expression, row, group)) for out in outputs}


def _take_extremes(extreme: Extreme, group: Sequence[Row]) -> list[Any]:
    values = (normalize_missing(row[extreme.column]) for row in group)
    there = sorted((v for v in values if v is not None), reverse=not extreme.smallest)
    return there[: extreme.n]


def _sort(rows: list[dict[str, Any]], name: str, descending: bool) -> list[dict[str, Any]]:
    values = {id(row): normalize_missing(row[name]) for row in rows}
    there = [row for row in rows if values[id(row)] is not None]
    missing = [row for row in rows if values[id(row)] is None]  # they come last, either way
    return sorted(there, key=lambda row: values[id(row)], reverse=descending) + missing


def _restore_zone(value: Cell) -> Cell:
    return to_local(value) if isinstance(value, dt.datetime) else value


def _evaluate(expr: Expr, row: Row, group: Sequence[Row] | None) -> Cell:  # one line for each node
    """Evaluate a node; `group` is what aggregations range over, None where there is no group."""
    match expr:
        case Col(name):
            return normalize_missing(row[name])
        case Lit(value):
            return normalize_missing(value)
        case Arith(op, left, right):
            return _call_unless_missing(
                ARITHMETIC[op], _evaluate(left, row, group), _evaluate(right, row, group)
            )
        case Neg(operand):
            return _call_unless_missing(operator.neg, _evaluate(operand, row, group))
        case Compare(op, left, right):
            return _call_unless_missing(
                COMPARISONS[op], _evaluate(left, row, group), _evaluate(right, row, group)
            )
        case IsMissing(operand):
            return _evaluate(operand, row, group) is None
        case IsIn(operand, values):
            found = _evaluate(operand, row, group)
            return _call_unless_missing(lambda value: value in [v.value for v in values], found)
        case Bool(op, operands):
            return combine_truths(op == "or", [_evaluate(part, row, group) for part in operands])
        case Not(operand):
            return _call_unless_missing(operator.not_, _evaluate(operand, row, group))
        case Call(function, arguments) if function in FILLING:
            return CALLS[function](*(_evaluate(part, row, group) for part in arguments))
        case Call(function, arguments):
            number = ROW_FUNCTIONS[function].count_values(len(arguments))
            settings = [_evaluate(part, {}, None) for part in arguments[number:]]
            return _call_unless_missing(
                lambda *given: CALLS[function](*given, *settings),
                *(_evaluate(part, row, group) for part in arguments[:number]),
            )
        case Cast(operand, _):
            return _evaluate(operand, row, group)
        case Demean():
            message = "only engines write this node; no workload has it"
            raise TypeError(message)
        case Case(branches, otherwise):
            taken = (then for when, then in branches if _evaluate(when, row, group) is True)
            return _evaluate(next(taken, otherwise), row, group)
        case Let(name, value, body):
            return _evaluate(body, {**row, name: _evaluate(value, row, group)}, group)
        case Agg("diff" | "pct_change"):
            return _evaluate(expand_change(expr), row, group)
        case Agg(function) if function in WINDOWS:
            return _apply_window(expr, row, group)
        case Agg(function, arguments):
            return normalize_missing(_aggregate(function, arguments, group))
        case _:
            assert_never(expr)


def _call_unless_missing(function: Callable[..., Any], *values: Cell) -> Cell:
    """Call a function: missing where an argument is, and where Python has no value."""
    if any(value is None for value in values):
        return None
    try:
        return normalize_missing(function(*values))
    except (ValueError, ZeroDivisionError):  # sqrt(-1), 0.0 ** -1: no number
        return None
    except OverflowError:  # exp(1000), 10.0 ** 400
        return math.inf


def _aggregate(function: str, arguments: Sequence[Expr], group: Sequence[Row] | None) -> Cell:
    if group is None:
        raise ValueError(f"{function} is an aggregation, which needs a group")
    match function, arguments:
        case "size", ():
            return len(group)
        case "quantile", (column, share):
            return _compute_quantile(
                _present_values(column, group), _evaluate(share, {}, None) or 0
            )
        case "corr", (one, other):
            return _compute_corr(
                [(_evaluate(one, r, None), _evaluate(other, r, None)) for r in group]
            )
        case _, (column,):
            return AGGREGATIONS[function](_present_values(column, group))
        case _:
            raise ValueError(f"{function} does not take {len(arguments)} arguments")


def _apply_window(agg: Agg, row: Row, group: Sequence[Row] | None) -> Cell:
    """Return a window function's value in one row of its group."""
    if group is None:
        raise ValueError(f"{agg.function} works on the rows of a group, which are missing")
    if is_timed(agg):
        return _compute_roll_time(agg, row, group)
    at = next(place for place, other in enumerate(group) if other is row)
    column = agg.arguments[0] if WINDOWS_OF_LANGUAGE[agg.function].least else Lit(True)
    return WINDOWS[agg.function](agg, [evaluate(column, other) for other in group], at)


def _rank(agg: Agg, values: list[Any], at: int) -> Cell:
    """Return how many values come before this one, counted by the method."""
    if values[at] is None:
        return None
    here, there = values[at], [value for value in values if value is not None]
    before = [v for v in there if (v > here if is_descending(agg) else v < here)]
    equal = sum(value == here for value in there)
    match rank_method(agg):
        case "max":
            return len(before) + equal
        case "average":
            return len(before) + (1 + equal) / 2
        case "dense":
            return 1 + len(set(before))
        case "first":
            return len(before) + sum(value == here for value in values[: at + 1])
    return 1 + len(before)


def _compute_percent_rank(agg: Agg, values: list[Any], at: int) -> float | None:
    rank = _rank(agg, values, at)
    others = sum(value is not None for value in values) - 1
    return None if rank is None else (rank - 1) / max(others, 1)


def _compute_lag(agg: Agg, values: list[Any], at: int) -> Cell:
    step = count_steps(agg) * (-1 if agg.function == "lead" else 1)
    return values[at - step] if 0 <= at - step < len(values) else None


def _accumulate(reduce: Callable[[list[Any]], Any]) -> Callable[[Agg, list[Any], int], Cell]:
    """Return what reduces the values up to a row; missing where its own is."""

    def compute_window(_: Agg, values: list[Any], at: int) -> Cell:
        there = [value for value in values[: at + 1] if value is not None]
        return None if values[at] is None else reduce(there)

    return compute_window


def _compute_roll(agg: Agg, values: list[Any], at: int) -> Cell:
    rolling = read_rolling(agg)
    there = [v for v in values[max(at + 1 - rolling.rows, 0) : at + 1] if v is not None]
    return AGGREGATIONS[rolling.function](there) if len(there) >= rolling.at_least else None


def _compute_roll_time(agg: Agg, row: Row, group: Sequence[Row]) -> Cell:
    """Return the aggregation of the values up to a row's time, as long as the window before it."""
    *_, column = agg.arguments
    now, rolling = _compute_moment(column, row), read_rolling(agg)
    if now is None:
        return None
    span, zero = dt.timedelta(seconds=rolling.seconds), dt.timedelta()
    moments = (
        (_compute_moment(column, other), evaluate(agg.arguments[0], other)) for other in group
    )
    there: list[Any] = [v for t, v in moments if v is not None and t and zero <= now - t < span]
    return AGGREGATIONS[rolling.function](there) if len(there) >= rolling.at_least else None


def _compute_moment(column: Expr, row: Row) -> dt.datetime | None:
    """Return a time of a row; a day is its midnight."""
    match evaluate(column, row):
        case dt.datetime() as moment:
            return moment
        case dt.date() as day:
            return dt.datetime.combine(day, dt.time())
    return None


def _compute_ewm_mean(agg: Agg, values: list[Any], at: int) -> Cell:
    """Return the mean in which a value n rows before has the weight (1 - alpha) ** n."""
    if values[at] is None:
        return None
    kept = 1 - 2 / (read_span(agg) + 1)
    there = [(kept ** (at - place), v) for place, v in enumerate(values[: at + 1]) if v is not None]
    return _sum([weight * v for weight, v in there]) / math.fsum(weight for weight, _ in there)


def _compute_ffill(_: Agg, values: list[Any], at: int) -> Cell:
    return next((value for value in reversed(values[: at + 1]) if value is not None), None)


def _compute_bfill(_: Agg, values: list[Any], at: int) -> Cell:
    return next((value for value in values[at:] if value is not None), None)


def _present_values(column: Expr, group: Sequence[Row]) -> list[Any]:
    """Return the values that are there: aggregations skip missing ones."""
    values = (evaluate(column, row) for row in group)
    return [value for value in values if value is not None]


def _sum(values: list[Any]) -> Cell:
    if not any(isinstance(value, float) for value in values):
        return sum(values)
    if any(math.isinf(value) for value in values):  # fsum raises where inf meets -inf
        return sum(map(float, values))
    return math.fsum(values)


def _compute_mean(values: list[Any]) -> float | None:
    return _sum(values) / len(values) if values else None


def _compute_quantile(values: list[Any], share: float) -> float | None:
    """Interpolate between the two values around `share * (n - 1)` (type 7 of Hyndman and Fan)."""
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    # Two infinities have no difference, and an infinity times zero is no number.
    if place == low or ordered[low] == ordered[high]:
        return float(ordered[low])
    # of decimals, a float is no factor
    return float(ordered[low]) + float(ordered[high] - ordered[low]) * (place - low)


def _compute_variance(values: list[Any]) -> float | None:
    """Return the sample variance; of fewer than two values there is none."""
    if len(values) < 2 or any(math.isinf(value) for value in values):
        return None
    return float(statistics.variance(values))


def _compute_corr(pairs: Sequence[tuple[Any, Any]]) -> float | None:
    there = [(x, y) for x, y in pairs if x is not None and y is not None]
    if len(there) < 2 or any(math.isinf(value) for pair in there for value in pair):
        return None
    try:
        return statistics.correlation([x for x, _ in there], [y for _, y in there])
    except statistics.StatisticsError:  # no variance
        return None


def _replace_nan(function: Callable[[list[Any]], Any]) -> Callable[[list[Any]], Any]:
    return lambda values: function(values) if values else None


AGGREGATIONS: dict[str, Callable[[list[Any]], Any]] = {
    "sum": _sum,
    "mean": _compute_mean,
    "min": _replace_nan(min),
    "max": _replace_nan(max),
    "prod": lambda values: float(math.prod(values)),
    "count_if": sum,
    "median": lambda values: _compute_quantile(values, 0.5),
    "first": _replace_nan(operator.itemgetter(0)),
    "last": _replace_nan(operator.itemgetter(-1)),
    "any_value": _replace_nan(operator.itemgetter(0)),
    "values": lambda values: list(dict.fromkeys(values)),
    "count": len,
    "n_unique": lambda values: len(set(values)),
    "var": _compute_variance,
    "std": lambda values: _call_unless_missing(math.sqrt, _compute_variance(values)),
    "any": any,
    "all": all,
}
WINDOWS: dict[str, Callable[[Agg, list[Any], int], Any]] = {
    "rank": _rank,
    "dense_rank": _rank,
    "percent_rank": _compute_percent_rank,
    "row_number": lambda _, __, at: at + 1,
    "cumcount": lambda _, __, at: at,
    "lag": _compute_lag,
    "lead": _compute_lag,
    "cumsum": _accumulate(_sum),
    "cummin": _accumulate(min),
    "cummax": _accumulate(max),
    "ffill": _compute_ffill,
    "bfill": _compute_bfill,
    **dict.fromkeys(ROLLING, _compute_roll),
    "ewm_mean": _compute_ewm_mean,
}
