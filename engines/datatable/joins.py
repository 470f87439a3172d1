"""Joins as datatable has them: with a frame whose key is unique, all rows of the left are kept."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from ...errors import Unsupported
from ...spec.expression import choose_fresh_name
from ...spec.joins import name_table_columns
from ...spec.workload import Query
from ..writing.joins import Joining, name_columns
from ..writing.program import fill
from ..writing.quote import quote, write_literal
from .expressions import f, find_column, join_conditions

REASON = "# What is joined has a key; a key's values are unique, and come first."
KEYED = """\
TABLE = CHOSEN
TABLE.key = KEY
"""


def write_joins(
    rows: ast.expr, query: Query, joinings: Sequence[Joining]
) -> tuple[list[str], ast.expr]:
    """Write the statements that give the tables their keys, and the joined rows."""
    lines: list[str] = []
    for met in joinings:
        met.require("datatable", "inner", "left", "semi", "anti")
        keys = tuple(theirs for _, theirs in met.join.keys)
        if keys in met.other.repeated and met.join.adds_columns:
            what = f"a join on {', '.join(keys)} of {met.join.table}"
            raise Unsupported(what, "datatable joins with unique keys only, and these repeat")
        keyed, rows = _write_join(rows, query, met)
        lines += [REASON, keyed]
    return lines, rows


def _write_join(rows: ast.expr, query: Query, met: Joining) -> tuple[str, ast.expr]:
    how, columns = met.join.how, _name_loaded(met)
    sure = "" if how == "left" else _find_sure(met, columns)
    if how != "left" and not sure:
        sure = choose_fresh_name("matched", {*columns, *met.data.names})
        columns[sure] = write_literal(True)
    keyed = fill(
        KEYED.replace("TABLE", met.name),
        CHOSEN=_choose(met, columns),
        KEY=name_columns(met.join.on),
    )
    table = quote(met.name)
    if how == "left":
        return keyed, quote("d[:, :, join(t)]", d=rows, t=table)
    matched = quote("x == None" if how == "anti" else "x != None", x=find_column("g", sure))
    if not met.join.adds_columns:
        return keyed, quote("d[x, f[:], join(t)]", d=rows, x=matched, t=table)
    found = quote("d[x, :, join(t)]", d=rows, x=matched, t=table)
    if query.select and sure not in met.reads:
        found = quote("d[:, n]", d=found, n=list(met.reads))
    return keyed, found


def _name_loaded(met: Joining) -> dict[str, ast.expr]:
    """Return the columns of the table that is joined, its keys under the names of the rows'."""
    shown = name_table_columns(met.data, met.join)
    keys = {ours: f(theirs) for ours, theirs in met.join.keys}
    return keys | {shown[n]: f(n) for n in met.right if shown.get(n) in met.reads}


def _find_sure(met: Joining, columns: dict[str, ast.expr]) -> str:
    """Return a column of the table that has a value in every row; a number is compared faster."""
    shown = name_table_columns(met.data, met.join)
    full = [n for n in met.right if shown.get(n) in columns and not met.other[n].missing]
    full = [n for n in full if shown[n] not in met.join.on]
    numbers_first = sorted(full, key=lambda name: met.other[name].kind == "string")
    return next((shown[name] for name in numbers_first), "")


def _choose(met: Joining, columns: dict[str, ast.expr]) -> ast.expr:
    """Write the columns of the table; datatable lets a missing key match a missing key."""
    table, keys = quote(met.name), [theirs for _, theirs in met.join.keys]
    renamed = any(ast.dump(tree) != ast.dump(f(name)) for name, tree in columns.items())
    chosen = quote("t[:, c]", t=table, c=columns) if renamed else quote("t.copy()", t=table)
    if gaps := [name for name in keys if met.other[name].missing]:
        tests = [quote("x != None", x=f(name)) for name in gaps]
        # And it must have each key once.
        chosen = quote("t[r, c]", t=table, r=join_conditions("and", tests), c=columns)
    if met.join.adds_columns:
        return chosen
    return quote("t[0, :, by(*k)]", t=chosen, k=[*map(write_literal, met.join.on)])
