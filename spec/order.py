"""The order of rows: which steps of a query keep it, lose it, or make it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .expression import Agg, Col, Lit, list_aggregations
from .vocabulary import WINDOWS
from .windows import is_timed
from .workload import GroupFunction, Query, RowFunction

# What has no value without an order of rows.
ORDERED = frozenset({"first", "last", *(name for name, word in WINDOWS.items() if word.ordered)})


def is_ordered(agg: Agg) -> bool:
    """Return whether an aggregation or a window depends on the order of the rows."""
    if is_timed(agg):
        return False
    return agg.function in ORDERED or (agg.function == "rank" and Lit("first") in agg.arguments)


def needs_order(query: Query) -> bool:
    """Return whether a window of a query works in another order than the frame's."""
    found = list_aggregations(*(output.expression for output in query.transform))
    return bool(query.order_by) and any(map(is_ordered, found))


@dataclass(frozen=True, slots=True)
class Order:
    """Whether rows have an order, and the columns that tell all of them apart, if any are known."""

    defined: bool = True
    keys: tuple[str, ...] | None = None


def order_before(query: Query) -> Order:
    """Return the order of the rows that a query's last step works on."""
    order = Order()
    for step in query.earlier:
        order = order_after(step, order)
    return join_order(query, order)


def order_after(step: Query, before: Order) -> Order:
    """Return the order of a step's answer; a sort keeps equal rows as they were."""
    order = _answer_order(step, join_order(step, before))
    names = {key.name for key in step.sort}
    if order.keys is not None and names.issuperset(order.keys):
        return replace(order, defined=True)
    return order


def join_order(step: Query, before: Order) -> Order:
    """Return the order of the rows that a step's clauses see: joined rows have none."""
    return Order(defined=False) if step.joins else before


def _answer_order(step: Query, rows: Order) -> Order:
    match step.apply:
        case RowFunction():
            return Order(rows.defined)
        case GroupFunction():
            return Order(defined=False, keys=step.group_by)
        case None:
            pass
    if step.transform:
        kept = {*step.group_by, *(o.name for o in step.transform if o.expression == Col(o.name))}
        return Order(rows.defined, _keep_if_present(rows.keys, kept))
    if step.gaps and step.gaps.columns:
        return Order(defined=False, keys=step.gaps.keys)
    if step.extreme or step.unpivot:
        return Order(defined=False)
    if step.asks_for_rows:
        known = rows.keys if step.whole else _keep_if_present(rows.keys, set(step.select))
        return Order(rows.defined, known)
    # A whole frame's aggregate is a single row, which needs nothing to be told from others.
    return Order(defined=not step.group_by, keys=step.group_by)


def _keep_if_present(keys: tuple[str, ...] | None, kept: set[str]) -> tuple[str, ...] | None:
    return keys if keys is not None and kept.issuperset(keys) else None
