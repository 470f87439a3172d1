"""Steps in a row: those that one query can ask at once become one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .expression import Bool, Expr, list_columns
from .workload import Query


def merge_steps(steps: Sequence[Query]) -> Query:
    """Return steps as one query, in which no step could be a clause of its neighbour.

    What only filters and derives belongs in the step that follows; a filter, a sort or a limit of
    an answer belongs in the step that makes it.
    """
    first, *rest = steps
    found = [first]
    for step in rest:
        before = found[-1]
        if _only_joins(before) and step.joins:
            found[-1] = replace(step, joins=(*before.joins, *step.joins))
        elif _only_prepares(before) and not (step.joins or _reads_derived(step, before)):
            found[-1] = _put_before(before, step)
        elif _only_ends(step) and before.limit is None and not (before.sort and step.sort):
            found[-1] = _put_behind(before, step)
        else:
            found.append(step)
    return replace(found[-1], earlier=tuple(found[:-1]))


def _only_prepares(step: Query) -> bool:
    return _is_whole(step) and not (step.having or step.sort or step.limit is not None)


def _only_joins(step: Query) -> bool:
    return _only_prepares(step) and not (step.where or step.derive)


def _only_ends(step: Query) -> bool:
    return _is_whole(step) and not (step.joins or step.derive)


def _is_whole(step: Query) -> bool:
    return step.asks_for_rows and step.whole


def _reads_derived(step: Query, before: Query) -> bool:
    """Return whether a step filters by what the one before derives."""
    derived = {output.name for output in before.derive}
    return step.where is not None and not derived.isdisjoint(list_columns(step.where))


def _put_before(before: Query, step: Query) -> Query:
    where = _join_conditions(before.where, step.where)
    derive = (*before.derive, *step.derive)
    return replace(step, joins=before.joins, where=where, derive=derive)


def _put_behind(before: Query, step: Query) -> Query:
    having = _join_conditions(_join_conditions(before.having, step.where), step.having)
    return replace(before, having=having, sort=step.sort or before.sort, limit=step.limit)


def _join_conditions(one: Expr | None, other: Expr | None) -> Expr | None:
    """Return both conditions as one flat chain."""
    if one is None or other is None:
        return one if other is None else other
    parts: list[Expr] = []
    for condition in (one, other):
        match condition:
            case Bool("and", operands):
                parts += operands
            case _:
                parts.append(condition)
    return Bool("and", tuple(parts))
