"""Joins in the words of Polars, and of the library that has them from it."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from ...spec.expression import choose_fresh_name
from ...spec.joins import SUFFIX
from ...spec.schema import Kind
from ...spec.workload import Query
from ..writing.joins import Joining, pair_options
from ..writing.passes.join import Inputs
from ..writing.quote import quote, write_literal

AT_ONCE = frozenset({"inner", "left", "outer", "semi", "anti"})


def write_polars_join(left: ast.expr, right: ast.expr, met: Joining, library: str) -> ast.expr:
    """Write the join in the words of Polars, or of the library that has them from it."""
    left, right = cast_keys(left, right, met, library)
    join = met.join
    if join.how == "asof":
        return _write_join_asof(left, right, met)
    how = {"outer": "full"}.get(join.how, join.how)
    options = {**met.keys, **({} if how == "inner" else {"how": write_literal(how)})}
    if not _shows_both_keys(met):
        options |= {"coalesce": write_literal(True)} if how == "full" else {}
        return quote("t.join(u, **o)", t=left, u=right, o=options)
    options["coalesce"] = write_literal(False)
    joined = quote("t.join(u, **o)", t=left, u=right, o=options)
    return merge_keys(joined, met, library)


def joins_at_once(inputs: Inputs) -> bool:
    """Return whether a query is nothing but joins, which are faster at once than streamed.

    Measured in docs/decisions/programs.md: a left join always is; others are where each frame is a
    single chunk, as it is of one row group.
    """
    query = inputs.query
    joined = Query(query.name, query.question, joins=query.joins, select=query.select, whole=True)
    if not query.joins or inputs.later or query != joined:
        return False
    schemas = (inputs.data, *(met.other for met in inputs.joinings))
    is_single = all(schema.row_groups == 1 for schema in schemas)
    kinds = {join.how for join in query.joins}
    return kinds == {"left"} or (is_single and kinds <= AT_ONCE)


def join_eager(joinings: Sequence[Joining]) -> ast.expr:
    """Write the frames joined as they are, one after another."""
    rows = quote("data")
    for met in joinings:
        rows = write_polars_join(rows, quote(met.name), met, "pl")
    return rows


def merge_keys(joined: ast.expr, met: Joining, library: str) -> ast.expr:
    """Write one column for each key that a join has kept of both sides under one name."""
    shared = met.join.shared
    if not shared:
        return joined
    if met.join.how in {"right", "outer"}:
        merged = [quote(f"{library}.coalesce(a, b)", a=k, b=k + SUFFIX) for k in shared]
        joined = quote("t.with_columns(*c)", t=joined, c=merged)
    return quote("t.drop(*n)", t=joined, n=[write_literal(key + SUFFIX) for key in shared])


def _shows_both_keys(met: Joining) -> bool:
    """Return whether the table's keys have names of their own in the joined rows, and are read."""
    how = met.join.how
    outer = how in {"right", "outer"} and bool(met.join.right_on)
    return outer or (how in {"inner", "left"} and bool(met.shown_keys))


def _write_join_asof(left: ast.expr, right: ast.expr, met: Joining) -> ast.expr:
    join, asof = met.join, met.asof
    options = pair_options("on", [asof.left], [asof.right])
    right, keys = _copy_shown_keys(right, met)
    by = pair_options("by", [*join.on], keys)
    options |= {{"left_by": "by_left", "right_by": "by_right"}.get(k, k): v for k, v in by.items()}
    if asof.within is not None:
        options["tolerance"] = _write_polars_tolerance(asof.within, met.data[asof.left].kind)
    if join.on:
        options["check_sortedness"] = write_literal(False)
    if asof.left != asof.right or join.right_on:
        options["coalesce"] = write_literal(False)
    return quote(
        "t.sort(x).join_asof(u.sort(y, maintain_order=True), **o)",
        t=left,
        u=right,
        x=asof.left,
        y=asof.right,
        o=options,
    )


def _copy_shown_keys(right: ast.expr, met: Joining) -> tuple[ast.expr, list[str]]:
    """Write the table with copies of the keys that are read, and return the keys to join by.

    Of keys by two names, an as-of join of Polars keeps those of the rows alone.
    """
    taken = {*met.right, *met.left}
    copies = {name: choose_fresh_name(f"{name}_key", taken) for name in met.shown_keys}
    keys = [copies.get(name, name) for name in met.join.right_on or met.join.on]
    if not copies:
        return right, keys
    columns = {copy: quote("pl.col(n)", n=name) for name, copy in copies.items()}
    return quote("t.with_columns(**c)", t=right, c=columns), keys


def _write_polars_tolerance(within: float, kind: Kind) -> ast.expr:
    if kind == "int":
        return write_literal(int(within))
    if kind == "date":
        return write_literal(f"{int(within // 86400)}d")
    return write_literal(f"{round(within * 1000)}ms" if within % 1 else f"{int(within)}s")


def cast_keys(
    left: ast.expr, right: ast.expr, met: Joining, library: str
) -> tuple[ast.expr, ast.expr]:
    """Write both sides with keys of one type."""
    trees = [left, right]
    text = f"{library}.col(*n).cast({library}.String)"
    for side in (0, 1):
        for pair in met.unlike:
            cast = quote(f"{library}.col(n).cast({library}.Int64)", n=pair[side])
            trees[side] = quote("t.with_columns(c)", t=trees[side], c=cast)
        if coded := met.find_coded_keys(side):
            cast = quote(text, n=[*map(write_literal, coded)])
            trees[side] = quote("t.with_columns(c)", t=trees[side], c=cast)
    return trees[0], trees[1]
