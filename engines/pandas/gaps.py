"""Gaps in time in pandas' words: `asfreq`, or `resample` where there are other keys."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator

from ...errors import Unsupported
from ...spec.gaps import derive_gaps_schema
from ...spec.intervals import ABBREVIATED
from ...spec.schema import Schema
from ...spec.workload import Gaps
from ..writing.quote import quote, write_literal
from .text_types import TextType
from .words import INEXACT

# The starts of units of the calendar, and units of a clock; `15min` is called so in pandas, too.
FREQUENCIES = {"year": "YS", "quarter": "QS", "month": "MS", "week": "W-MON", "day": "D"} | {
    word: short for short, word in ABBREVIATED.items()
}
# By default, a week that is named after its last day ends with it.
FROM_MONDAY = {"closed": write_literal("left"), "label": write_literal("left")}
# Types that hold a missing value as well, for a moment.
NULLABLE = {"bool": "boolean", "int": "Int64"}
EXACT = 2**53  # beyond, floats do not hold every integer
PLAIN = {"bool": "bool", "int": "int64"}


def fill_gaps(frame: str, gaps: Gaps, data: Schema, text: TextType) -> ast.expr:
    """Write the rows of a frame with those of the times that it lacks.

    Raises Unsupported for integers that a missing value would make floats, and not exact.
    """
    for column in derive_gaps_schema(gaps, data).columns:
        if column.name not in {*dict(gaps.zeros), *gaps.keys} and column.exceeds_floats:
            raise Unsupported(repr(column.name), INEXACT)
    wide = [n for n, _ in gaps.zeros if (data[n].most or math.inf) > EXACT]
    held = {name: kind for name, kind in _list_types(gaps, data, NULLABLE) if name in wide}
    texts = _list_texts(gaps, data) if text is TextType.ARROW else {}
    tree = _cast(frame, held | texts)
    timed = data[gaps.time].missing
    there = quote("f.dropna(subset=[t])", f=tree, t=gaps.time) if timed else tree
    filled = quote("f.reset_index()", f=_add_times(there, gaps, data))
    if timed:
        without = quote("r[f[t].isna()]", r=_cast(frame, texts), f=quote(frame), t=gaps.time)
        filled = quote("pd.concat([x, y])", x=filled, y=without)
    if gaps.zeros:
        filled = quote("f.fillna(z)", f=filled, z={n: write_literal(v) for n, v in gaps.zeros})
    if types := dict(_list_types(gaps, data, PLAIN)):
        filled = quote("f.astype(t)", f=filled, t=types)
    return quote("f[c]", f=filled, c=list(gaps.columns))


def _cast(frame: str, types: dict[str, str]) -> ast.expr:
    return quote("f.astype(t)", f=quote(frame), t=types) if types else quote(frame)


def _list_texts(gaps: Gaps, data: Schema) -> dict[str, str]:
    """Return the types of keys of Arrow's texts: among several keys, pandas loses a missing one."""
    keys = gaps.others if len(gaps.others) > 1 else ()
    return {n: "object" for n in keys if data[n].kind == "string" and data[n].missing}


def _list_types(gaps: Gaps, data: Schema, types: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the types of the columns that have a value in the rows that are added."""
    for name, _ in gaps.zeros:
        if kind := types.get(data[name].kind):
            yield name, kind


def _add_times(tree: ast.expr, gaps: Gaps, data: Schema) -> ast.expr:
    """Write a row for each time, with the times in the index."""
    rows = quote("f.set_index(t)", f=tree, t=gaps.time)
    frequency = FREQUENCIES.get(gaps.unit, gaps.unit)
    if not gaps.others:
        return quote("r.sort_index().asfreq(f)", r=rows, f=frequency)
    missing = any(data[key].missing for key in gaps.others)
    options = {"dropna": write_literal(False)} if missing else {}
    values = [name for name in gaps.columns if name not in gaps.keys]
    keys = gaps.others[0] if len(gaps.others) == 1 else list(gaps.others)
    groups = quote("r.groupby(k, **o)[v]", r=rows, k=keys, o=options, v=values)
    week = FROM_MONDAY if gaps.unit == "week" else {}
    return quote("g.resample(f, **o).asfreq()", g=groups, f=frequency, o=week)
