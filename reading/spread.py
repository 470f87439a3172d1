"""Answers of groups in each row of their groups, whichever rows both were made of."""

from __future__ import annotations

from dataclasses import replace

from ..spec.expression import (
    Agg,
    Case,
    Col,
    Compare,
    Expr,
    IsMissing,
    Lit,
    build_case,
    build_chain,
    list_aggregations,
)
from ..spec.order import is_ordered
from ..spec.workload import Output
from .meaning import NEVER_MISSING, negate
from .rows import (
    Aggregated,
    Rows,
    Sorted,
    aggregate,
    combine,
    find_free_name,
    find_order,
    inline_all,
    list_conditions,
    sort,
    widen,
)
from .trees import restrict
from .values import Scalar


def list_present(total: Scalar) -> set[Expr]:
    """Return the conditions that the keys of groups are not missing."""
    named = [*map(Col, total.keys), *(total.rows.inline(Col(name)) for name in total.keys)]
    return {negate(IsMissing(key)) for key in named}


def list_own_tests(target: Rows, total: Scalar) -> tuple[Expr, ...]:
    """Return the conditions of a total's rows that other rows do not have."""
    known = list_conditions(target) | list_present(total)
    rows = total.rows
    return tuple(one for one in rows.where if not known & {one, inline_all(rows, one)})


def spread_groups(
    target: Rows, total: Scalar, name: str
) -> tuple[Rows, Expr, tuple[str, ...] | None] | None:
    """Return rows with what a total is in each row's group, it, and the keys it ranges over.

    It is missing where no row of the group meets the conditions of the total's rows. None where
    the rows are not those that the total is made of, or some of them.
    """
    present, own = list_present(total), list_own_tests(target, total)
    where = (one for one in total.rows.where if one not in present and one not in own)
    base = replace(total.rows, where=tuple(where))
    expr = restrict_total(total, own)
    if expr is None or not list_conditions(base) <= list_conditions(target):
        return None
    if _is_of_other_order(total, target):
        return None
    if list_conditions(target) - list_conditions(base) - present:
        fresh = find_free_name(target, name)
        wide = widen(target, base, total.keys, Output(fresh, expr))
        return (wide, Col(fresh), None) if wide else None
    common = combine(target, base)
    return (common, expr, total.keys) if common else None


def _is_of_other_order(total: Scalar, rows: Rows) -> bool:
    """Return whether a total, such as a first value, takes its rows in another order than rows."""
    depends = any(map(is_ordered, list_aggregations(total.expr)))
    return depends and find_order(total.rows) != find_order(rows)


def restrict_total(total: Scalar, tests: tuple[Expr, ...]) -> Expr | None:
    """Return a total of the rows that meet conditions, as one of all rows; missing without any."""
    if not tests:
        return total.expr
    test = total.rows.inline(build_chain("and", *tests) if tests[1:] else tests[0])
    expr = total.rows.inline(total.expr)
    made = restrict(expr, test)
    if made is None or (isinstance(expr, Agg) and expr.function not in NEVER_MISSING):
        return made
    count = Agg("sum", (Case(((test, Lit(1)),), Lit(0)),))
    return build_case(((Compare("==", count, Lit(0)), Lit(None)),), made)


def put_part(target: Rows, total: Scalar) -> tuple[Rows, Expr] | None:
    """Return an answer of groups with a total of some rows of the same groups, and it."""
    match target.origin:
        case Sorted(below, order):
            made = put_part(below, total)
            rows = made and sort(made[0], order)
        case Aggregated(below, keys, outputs) if keys == total.keys:
            own = list_own_tests(below, total)
            expr = None if _is_of_other_order(total, below) else restrict_total(total, own)
            if list_conditions(below) - list_conditions(total.rows) - list_present(total):
                return None
            where = tuple(one for one in total.rows.where if one not in own)
            common = combine(below, replace(total.rows, where=where))
            if expr is None or common is None or list_conditions(common) != list_conditions(below):
                return None
            name = find_free_name(target, "part")
            made = aggregate(common, keys, (*outputs, Output(name, expr))), Col(name)
            rows = made[0]
        case _:
            return None
    if made is None or rows is None:
        return None
    derived = tuple(one for one in target.derived if one not in rows.derived)
    return replace(rows, where=target.where, derived=(*rows.derived, *derived)), made[1]
