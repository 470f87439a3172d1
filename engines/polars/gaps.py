"""Gaps in time in Polars' words: all times of each group, joined with the rows that are there."""

from __future__ import annotations

import ast

from ...spec.intervals import find_step
from ...spec.schema import Schema
from ...spec.workload import Gaps
from ..writing.quote import quote, write_literal
from .words import UNITS


def fill_gaps(rows: ast.expr, gaps: Gaps, data: Schema) -> ast.expr:
    """Write lazy rows, which are read twice, with those of the times that they lack."""
    ranges = "date_ranges" if data[gaps.time].kind == "date" else "datetime_ranges"
    times = quote(
        f"pl.{ranges}(pl.min(t), pl.max(t), i).alias(t)", t=gaps.time, i=_write_interval(gaps.unit)
    )
    keys = [*map(write_literal, gaps.others)]
    if keys:
        lists = quote("f.group_by(*k).agg(t)", f=rows, k=keys, t=times)
    else:
        lists = quote("f.select(t)", f=rows, t=times)
    every = quote("f.explode(t)", f=lists, t=gaps.time)
    if data[gaps.time].missing or not (keys and data.rows):
        # Of no time at all, there is a missing one.
        every = quote("f.drop_nulls(t)", f=every, t=gaps.time)
    filled = _join(every, rows, gaps, data)
    for value in dict.fromkeys(value for _, value in gaps.zeros):
        names = [name for name, own in gaps.zeros if own is value or own == value]
        zeros = quote(
            "pl.col(*n).fill_null(v)", n=[*map(write_literal, names)], v=write_literal(value)
        )
        filled = quote("f.with_columns(z)", f=filled, z=zeros)
    return quote("f.select(*c)", f=filled, c=[*map(write_literal, gaps.columns)])


def _join(every: ast.expr, rows: ast.expr, gaps: Gaps, data: Schema) -> ast.expr:
    """Write all times beside the rows; a row without a time is kept."""
    keys = gaps.keys[0] if len(gaps.keys) == 1 else list(gaps.keys)
    options = {"how": write_literal("full" if data[gaps.time].missing else "left")}
    if data[gaps.time].missing:
        options["coalesce"] = write_literal(True)
    if any(data[key].missing for key in gaps.keys):
        options["nulls_equal"] = write_literal(True)
    return quote("e.join(r, on=k, **o)", e=every, r=rows, k=keys, o=options)


def _write_interval(unit: str) -> str:
    step = find_step(unit)
    if step is None:
        return UNITS[unit]
    number, word = step
    return f"{number}{UNITS[word][1:]}"
