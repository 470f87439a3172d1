"""What pandas' `groupby` does by itself: its groups are sorted, and none has a missing key."""

from __future__ import annotations

from dataclasses import replace

from ...spec.expression import Col, Expr, IsMissing, Not, build_chain, list_columns
from ...spec.schema import Schema
from ...spec.workload import Query, SortKey
from ..writing.properties import collect_row_facts, has_missing_key
from ..writing.steps import split_conjuncts


def leave_sort_out(query: Query, data: Schema) -> Query:
    """Return a query of groups without the order that these have anyway: that of their keys.

    Booleans with missing values are objects, whose groups pandas leaves as they come.
    """
    keys = tuple(map(SortKey, query.group_by))
    if query.sort[: len(keys)] != keys:
        return query
    facts = collect_row_facts(query, data)
    kinds = {facts.find_kind(Col(key)) for key in query.group_by if facts.may_miss(Col(key))}
    return query if "bool" in kinds else replace(query, sort=())


def leave_presence_out(query: Query, data: Schema) -> Query:
    """Return a query of groups without the tests of keys, if they leave all missing ones out.

    A test of rows stays where the column is read elsewhere: there, too, it may be missing. A row
    whose column of a pivot is missing has its group.
    """
    if query.pivot:
        return query
    tests: set[Expr] = {Not(IsMissing(Col(key))) for key in query.group_by}
    read = {*list_columns(*(o.expression for o in (*query.derive, *query.aggregate)))}
    where, having = map(split_conjuncts, (query.where, query.having))
    seen = {*where, *having} & tests
    if not seen or not {n for test in seen & {*where} for n in list_columns(test)}.isdisjoint(read):
        return query
    rest = tuple(one for one in where if one not in tests)
    kept = tuple(one for one in having if one not in tests)
    made = replace(query, where=_join(rest), having=_join(kept))
    facts = collect_row_facts(made, data)
    sure = all(
        Not(IsMissing(Col(key))) in seen or not facts.may_miss(Col(key)) for key in query.group_by
    )
    return made if sure and has_missing_key(made, data) else query


def _join(conditions: tuple[Expr, ...]) -> Expr | None:
    if len(conditions) < 2:
        return next(iter(conditions), None)
    return build_chain("and", *conditions)
