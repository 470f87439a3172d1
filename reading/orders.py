"""Orders of rows that are groups: by their keys last, where a later step needs to know them all."""

from __future__ import annotations

from dataclasses import replace

from ..spec.expression import Agg, list_aggregations
from ..spec.order import is_ordered
from ..spec.workload import Output, SortKey
from .rows import (
    Aggregated,
    Filled,
    Limited,
    Loaded,
    Origin,
    Rows,
    Sorted,
    Windowed,
    find_inner_rows,
    find_order,
)

TIES = "of equal values the workload takes the first by their keys, where pandas takes any"

UNSTABLE = (
    "of rows with equal values pandas' sort takes any first, the workload the first in the file: "
    "sort by more columns, or with kind='stable'"
)


def complete_orders(rows: Rows, *, demanded: bool = False) -> Rows:
    """Return rows whose order is that of single groups wherever it is demanded.

    Rows in which nothing is to be changed are returned as they are.
    """
    match rows.origin:
        case Loaded():
            return rows
        case Sorted(below, by):
            inner = complete_orders(below, demanded=False)
            made = _complete(rows, by) if demanded else by
            if inner is below and made == by:
                return rows
            return replace(rows, origin=replace(rows.origin, rows=inner, by=made))
    below = rows.origin.rows
    inner = complete_orders(below, demanded=_demands(rows.origin, demanded) or _is_cut(below))
    return rows if inner is below else replace(rows, origin=replace(rows.origin, rows=inner))


def has_ties(rows: Rows, *, demanded: bool = False) -> bool:
    """Return whether an order is demanded of rows that pandas sorts by one column in any order."""
    match rows.origin:
        case Loaded():
            return False
        case Sorted(below, by, unstable=unstable):
            if demanded and unstable and not _tells_apart(below, by):
                return True
        case Windowed(below, _, outputs, order) if len(order) == 1:
            # one column, that the code has sorted by
            if any(map(is_ordered, _list(outputs))) and not _tells_apart(below, order):
                return True
    below = rows.origin.rows
    return has_ties(below, demanded=_demands(rows.origin, demanded) or _is_cut(below))


def _demands(origin: Origin, demanded: bool) -> bool:
    """Return whether an operation demands an order of its rows, if one is demanded of its own."""
    match origin:
        case Sorted() | Limited():
            return demanded
        case Windowed(_, _, outputs, order):
            return demanded or (not order and any(map(is_ordered, _list(outputs))))
        case Aggregated(_, _, outputs):
            return any(map(is_ordered, _list(outputs)))
    return False


def _tells_apart(rows: Rows, by: tuple[SortKey, ...]) -> bool:
    """Return whether rows are groups, and an order has all of their keys."""
    keys = _find_keys(rows)
    return keys is not None and {*keys} <= {key.name for key in by}


def _list(outputs: tuple[Output, ...]) -> tuple[Agg, ...]:
    return list_aggregations(*(output.expression for output in outputs))


def _is_cut(rows: Rows) -> bool:
    """Return whether rows are the first of others, which a later step works on."""
    return isinstance(rows.origin, Limited)


def _complete(rows: Rows, by: tuple[SortKey, ...]) -> tuple[SortKey, ...]:
    """Return an order of groups with the keys that tell them apart."""
    keys = _find_keys(rows)
    if keys is None or {*keys} <= {key.name for key in by}:
        return by
    order = find_order(rows)
    known = {key.name for key in order}
    return (*order, *(SortKey(key) for key in keys if key not in known))


def _find_keys(rows: Rows) -> tuple[str, ...] | None:
    """Return the keys of the groups that rows are; None where they are none."""
    match rows.origin:
        case Aggregated(keys=keys) | Filled(Rows(Aggregated(keys=keys))):
            return keys
    below = find_inner_rows(rows)
    return _find_keys(below) if below else None
