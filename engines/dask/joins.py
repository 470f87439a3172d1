"""Joins of Dask's frames: pandas' words, as far as Dask has them."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from ...errors import Unsupported
from ...spec.expression import choose_fresh_name
from ...spec.joins import name_table_columns
from ..pandas.joins import write_merge
from ..writing.joins import Joining, describe_how
from ..writing.passes.join import rename_variable
from ..writing.quote import quote, to_source, write_literal

UNREAD = "Dask leaves out the rows of a table of which no column is read"
UNORDERED = "dfbench writes none for Dask, whose merge_asof needs sorted divisions"


def write_joins(joinings: Sequence[Joining]) -> list[str]:
    """Write the statements that join the rows with one table after another."""
    return [f"data = {to_source(_write_join(met))}" for met in joinings]


def _write_join(met: Joining) -> ast.expr:
    rows, table = quote("data"), quote(met.name)
    match met.join.how:
        case "asof":
            raise Unsupported(describe_how(met.join), UNORDERED)
        case "cross":
            return _write_cross(rows, table, met)
        case "semi" | "anti" if len(met.join.keys) == 1:
            # `isin` takes the values themselves.
            return write_merge(rows, quote("t.compute()", t=table), met)
        case "outer" if met.matches_missing and not _reads_table(met):
            raise Unsupported(describe_how(met.join), UNREAD)
        case _:
            met, table = _name_first(met, table)
            return rename_variable(write_merge(rows, table, met), "pd", "dd")


def _reads_table(met: Joining) -> bool:
    """Return whether a column of the table is read after the join."""
    shown = name_table_columns(met.data, met.join)
    return not {*met.join.on, *shown.values()}.isdisjoint(met.reads)


def _name_first(met: Joining, table: ast.expr) -> tuple[Joining, ast.expr]:
    """Rename a key before the join: Dask drops the rows' column that it would be told from."""
    names = {n: new for n, new in met.new_names.items() if n in met.join.right_on}
    if not names:
        return met, table
    renamed = replace(
        met.other,
        columns=tuple(
            replace(column, name=names.get(column.name, column.name))
            for column in met.other.columns
        ),
    )
    right_on = tuple(names.get(name, name) for name in met.join.right_on)
    tables = ((met.join.table, renamed),)
    met = replace(
        met, join=replace(met.join, right_on=right_on), data=replace(met.data, tables=tables)
    )
    return met, quote("t.rename(columns=n)", t=table, n=names)


def _write_cross(rows: ast.expr, table: ast.expr, met: Joining) -> ast.expr:
    """Write a join on a key that is 1 everywhere: Dask has no cross join."""
    key = choose_fresh_name("one", {*met.data.names, *met.other.names})
    ones = {key: write_literal(1)}
    options = {
        "on": write_literal(key),
        **({"suffixes": write_literal(("", "_right"))} if met.new_names else {}),
    }
    joined = quote("d.assign(**n).merge(t.assign(**n), **o)", d=rows, t=table, n=ones, o=options)
    return quote("j.drop(columns=k)", j=joined, k=key)
