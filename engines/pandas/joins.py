"""Joins in pandas' words, for the engines that have them."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from ...errors import Unsupported
from ...spec.expression import choose_fresh_name
from ...spec.joins import SUFFIX, name_table_columns
from ...spec.schema import Column, Kind, Schema
from ..writing.joins import Joining, describe_how, pair_options
from ..writing.quote import quote, to_source, write_literal
from .words import INEXACT


def write_merges(
    frame: str, joinings: Sequence[Joining], table: str = "t", *, spread: bool = False
) -> tuple[list[str], ast.expr]:
    """Write joins in pandas' words: statements, and the expression of the joined rows.

    `frame` is the variable of the rows, and `table` how a table is had from its variable `t`.
    `spread` frames are Modin's.
    """
    lines: list[str] = []
    rows = quote(frame)
    for met in joinings:
        if _reads_rows_twice(met) and not isinstance(rows, ast.Name):
            lines.append(f"{frame} = {to_source(rows)}")
            rows = quote(frame)
        rows = write_merge(rows, quote(table, t=quote(met.name)), met, spread=spread)
    return lines, rows


def _reads_rows_twice(met: Joining) -> bool:
    simple = len(met.join.keys) == 1 and met.join.how in {"semi", "anti"}
    return simple or met.join.how == "asof"


def write_merge(rows: ast.expr, table: ast.expr, met: Joining, *, spread: bool = False) -> ast.expr:
    """Write one join in pandas' words."""
    check_exact(met)
    match met.join.how:
        case "semi" | "anti":
            return _write_semi(rows, table, met)
        case "asof":
            return _write_merge_asof(rows, table, met, spread=spread)
        case "cross":
            return quote("d.merge(t, how='cross', **o)", d=rows, t=table, o=_write_suffixes(met))
        case "outer" if met.matches_missing:
            return _concat_unmatched(rows, table, met)
        case _:
            return _merge(rows, table, met)


def check_exact(met: Joining) -> None:
    """Raise Unsupported for integers that a join gives missing values, which floats cannot hold."""
    sources = {name: met.data[name] for name in met.data.names}
    shown = name_table_columns(met.data, met.join)
    sources |= {new: met.other[name] for name, new in shown.items()}
    for name in met.reads:
        if name in met.rows and met.rows[name].exceeds_floats and not sources[name].nulls:
            raise Unsupported(repr(name), INEXACT)


def _merge(rows: ast.expr, table: ast.expr, met: Joining) -> ast.expr:
    how = met.join.how
    truths = [(a, b) for a, b in met.filled_keys if met.data[a].kind == "bool"]
    ours = [a for a, _ in truths if met.data[a].missing]
    theirs = [b for _, b in truths if met.other[b].missing]
    # pandas lets a missing key match a missing key.
    drops_ours = met.matches_missing and how == "right"
    drops_theirs = met.matches_missing and how in {"inner", "left"}
    left = _fill_gaps(rows, [*met.join.on] if drops_ours else ours, ours)
    keys = [*(met.join.right_on or met.join.on)]
    other = _fill_gaps(table, keys if drops_theirs else theirs, theirs)
    options = {**met.keys, **({} if how == "inner" else {"how": write_literal(how)})}
    return quote("d.merge(t, **o)", d=left, t=other, o={**options, **_write_suffixes(met)})


def _write_suffixes(met: Joining) -> dict[str, ast.expr]:
    return {"suffixes": write_literal(("", SUFFIX))} if met.new_names else {}


def _fill_gaps(tree: ast.expr, gaps: list[str], truths: list[str]) -> ast.expr:
    """Write a table without the gaps of some columns: truth values are objects because of them."""
    tree = quote("t.dropna(subset=k)", t=tree, k=gaps) if gaps else tree
    return quote("t.astype(d)", t=tree, d=dict.fromkeys(truths, "bool")) if truths else tree


def _concat_unmatched(rows: ast.expr, table: ast.expr, met: Joining) -> ast.expr:
    """Write an outer join in which missing keys of both sides match nothing."""
    keys = [*(met.join.right_on or met.join.on)]
    present = quote("t.dropna(subset=k)", t=table, k=keys)
    options = {**met.keys, "how": write_literal("outer"), **_write_suffixes(met)}
    merged = quote("d.merge(t, **o)", d=rows, t=present, o=options)
    absent = quote("t[t[k].isna().any(axis=1)]", t=table, k=keys)
    if len(keys) == 1:
        absent = quote("t[t[k].isna()]", t=table, k=keys[0])
    if met.new_names:
        absent = quote("t.rename(columns=n)", t=absent, n=met.new_names)
    return quote("pd.concat([m, a])", m=merged, a=absent)


def _write_semi(rows: ast.expr, table: ast.expr, met: Joining) -> ast.expr:
    """Write which rows match: a single key by `isin`, several by a merge with distinct keys."""
    if len(met.join.keys) > 1:
        return _merge_distinct(rows, table, met)
    ((ours, theirs),) = met.join.keys
    values = quote("t[k]", t=table, k=theirs)
    if met.matches_missing:
        values = quote("v.dropna()", v=values)
    test = quote("d[k].isin(v)", d=rows, k=ours, v=values)
    if met.join.how == "anti":
        return quote("d[~c]", d=rows, c=test)
    matched = quote("d[c]", d=rows, c=test)
    if met.data[ours].kind == "bool" and met.data[ours].missing:
        # Truth values with gaps are objects, and those that match have none.
        return quote("m.astype(t)", m=matched, t={ours: "bool"})
    return matched


def _merge_distinct(rows: ast.expr, table: ast.expr, met: Joining) -> ast.expr:
    keys = [*(met.join.right_on or met.join.on)]
    distinct = quote("t.dropna(subset=k)", t=table, k=keys) if met.matches_missing else table
    # Dask forgets which columns are distinct where none are named.
    distinct = quote("t.drop_duplicates(k)", t=distinct, k=keys)
    if met.join.right_on:
        names = {theirs: ours for ours, theirs in met.join.keys if ours != theirs}
        distinct = quote("t.rename(columns=n)", t=distinct, n=names)
    on = [*met.join.on]
    if met.join.how == "semi":
        return quote("d.merge(t, on=k)", d=rows, t=distinct, k=on)
    # Modin 0.37 leaves the column of `indicator` out.
    mark = choose_fresh_name("matched", {*met.data.names})
    marked = quote("t.assign(**m)", t=distinct, m={mark: write_literal(True)})
    merged = quote("d.merge(t, on=k, how='left')", d=rows, t=marked, k=on)
    alone = quote("m.loc[lambda d: d[c].isna()]", m=merged, c=mark)
    return quote("m.drop(columns=c)", m=alone, c=mark)


def _write_merge_asof(rows: ast.expr, table: ast.expr, met: Joining, *, spread: bool) -> ast.expr:
    """Write an as-of join of sorted rows; pandas refuses missing times, and keys of two types."""
    join, asof = met.join, met.asof
    ours = [name for name in join.left_columns if met.data[name].missing]
    theirs = [name for name in join.right_columns if met.other[name].missing]
    pairs = [(a, b) for a, b in join.keys if _hold(met.data[a]) != _hold(met.other[b])]
    left = _complete(rows, ours, met.data, [a for a, _ in pairs])
    right = _complete(table, theirs, met.other, [b for _, b in pairs])
    time = asof.right
    if spread and asof.left != time:
        right, time = _repeat_time(right, met), asof.left
    options: dict[str, ast.expr] = dict(pair_options("on", [asof.left], [time]))
    options |= pair_options("by", [*join.on], [*(join.right_on or join.on)])
    if asof.within is not None:
        options["tolerance"] = _write_tolerance(asof.within, met.data[asof.left].kind)
    merged = quote(
        "pd.merge_asof(d.sort_values(x), t.sort_values(y, kind='stable'), **o)",
        d=left,
        t=right,
        x=asof.left,
        y=time,
        o={**options, **_write_suffixes(met)},
    )
    if not ours:
        return merged
    absent = quote("d[d[k].isna().any(axis=1)]", d=rows, k=ours)
    if len(ours) == 1:
        absent = quote("d[d[k].isna()]", d=rows, k=ours[0])
    return quote("pd.concat([m, a])", m=merged, a=absent)


def _repeat_time(table: ast.expr, met: Joining) -> ast.expr:
    """Write the table's time a second time, by the rows' name: Modin 0.37.1 leaves one out."""
    left, right = met.asof.left, met.asof.right
    if left in met.right:
        why = f"Modin's merge_asof leaves out {right!r}; rename the table's {left!r}, or use pandas"
        raise Unsupported(describe_how(met.join), why)
    return quote("t.assign(**v)", t=table, v={left: quote("lambda t: t[c]", c=right)})


def _complete(tree: ast.expr, gaps: list[str], data: Schema, narrow: list[str]) -> ast.expr:
    """Write rows without gaps in some columns, which pandas then holds as what they are.

    The `narrow` keys are integers of another width than those on the other side.
    """
    whole = {"int": "int64", "bool": "bool"}
    kinds = {name: data[name].kind for name in (*gaps, *narrow)}
    types = {name: whole[kind] for name, kind in kinds.items() if kind in whole}
    tree = quote("t.dropna(subset=k)", t=tree, k=gaps) if gaps else tree
    return quote("t.astype(d)", t=tree, d=types) if types else tree


def _hold(key: Column) -> str:
    """Return the type that a key has once its gaps are dropped."""
    if key.kind != "int":
        return key.kind
    return "int64" if key.missing else key.arrow


def _write_tolerance(within: float, kind: Kind) -> ast.expr:
    if kind == "int":
        return write_literal(int(within))
    seconds = int(within) if within == int(within) else within
    return quote("pd.Timedelta(seconds=s)", s=seconds)
