"""Sorted rows in pandas' words, and what Modin's own sort cannot take."""

from __future__ import annotations

import ast
from typing import Protocol

from ...spec.expression import Col
from ...spec.schema import Schema
from ...spec.workload import Query, SortKey
from ..writing.properties import collect_output_facts, collect_row_facts
from ..writing.quote import quote, write_literal
from ..writing.steps import is_present


class Rows(Protocol):
    """What is sorted: the rows of a query, `spread` over Modin's processes or not."""

    @property
    def query(self) -> Query:
        """Return the query."""

    @property
    def data(self) -> Schema:
        """Return the schema that it reads."""

    @property
    def spread(self) -> bool:
        """Return whether the frame is Modin's."""


def sort_rows(tree: ast.expr, keys: tuple[SortKey, ...], rows: Rows, *, stable: bool) -> ast.expr:
    """Write a frame sorted by columns; `stable` keeps the order of equal rows.

    Modin 0.37.1 divides the rows by quantiles of a sample of them, which raises for texts beside
    missing values and for truth values: pandas sorts these, in one process.
    """
    if rows.spread and any(not _has_quantiles(key.name, keys, rows) for key in keys):
        gathered = _sort_frame(quote("t.modin.to_pandas()", t=tree), keys, stable=stable)
        return quote("pd.DataFrame(r)", r=gathered)
    return _sort_frame(tree, keys, stable=stable)


def _has_quantiles(name: str, keys: tuple[SortKey, ...], rows: Rows) -> bool:
    query = rows.query
    facts = collect_row_facts(query, rows.data)
    if keys is not query.order_by:
        facts = collect_output_facts(query, facts)
    match facts.find_kind(Col(name)):
        case "bool":
            return False
        case "string":
            return not facts.may_miss(Col(name)) or is_present(query, name, rows.data)
        case _:
            return True


def _sort_frame(tree: ast.expr, keys: tuple[SortKey, ...], *, stable: bool) -> ast.expr:
    """Write a frame sorted by columns; `stable` keeps the order of equal rows."""
    names = [key.name for key in keys]
    by = names[0] if len(names) == 1 else names
    ascending = [not key.descending for key in keys]
    options = {"kind": write_literal("stable")} if stable else {}
    if not all(ascending):
        order = ascending[0] if len(set(ascending)) == 1 else ascending
        options = {"ascending": write_literal(order), **options}
    return quote("t.sort_values(b, **o)", t=tree, b=by, o=options)
