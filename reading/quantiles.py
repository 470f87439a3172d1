"""Quantiles of groups: one, or several, of which each has a row."""

from __future__ import annotations

from typing import Any, cast

from ..spec.expression import Case, Col, Compare, Lit, build_case, choose_fresh_name
from ..spec.workload import Output, SortKey, Unpivot
from .aggregation import choose_output_name, group_rows, list_columns, make_groups
from .calls import CodeCall
from .operators import read_aggregation
from .rows import Rows, Sorted, Unpivoted, aggregate, derive, sort, unpivot
from .values import Frame, Grouped, Label, Series, Value


def read_quantile(call: CodeCall, grouped: Grouped) -> Value:
    """Read `quantile(q)`, and `quantile([…])` of a column."""
    share = call.read_constant("q", 0.5)
    if call.read_constant("interpolation", "linear") != "linear":
        raise call.fail("quantile is read with linear interpolation only")
    if isinstance(share, list) and grouped.single:
        return _read_several(call, grouped, share)
    if isinstance(share, bool) or not isinstance(share, int | float):
        raise call.fail("quantile is read with one number, of a column with a list; or in agg")
    rows = grouped.frame.rows
    outputs = [
        (label, read_aggregation(expr, "quantile", rows, Lit(share)))
        for label, expr in list_columns(call.node, grouped)
    ]
    return make_groups(call.node, grouped, outputs, series=grouped.single)


def _read_several(call: CodeCall, grouped: Grouped, shares: list[Any]) -> Series:
    """Return quantiles of each group: a row for each, whose share is in the index."""
    ((label, expr),) = list_columns(call.node, grouped)
    known = all(isinstance(one, int | float) and 0 <= one <= 1 for one in shares)
    if not known or not shares or len({*shares}) < len(shares) or not grouped.as_index:
        raise call.fail("quantiles of groups are read as a list of shares from 0 to 1, each once")
    below, keys = group_rows(grouped), tuple(dict.fromkeys(grouped.keys.values()))
    level = f"level_{len(grouped.keys)}"
    names = [choose_fresh_name(f"q{100 * one:g}", {*keys}) for one in shares]
    values = (read_aggregation(expr, "quantile", below, Lit(one)) for one in shares)
    rows = aggregate(below, keys, tuple(map(Output, names, values)))
    share = choose_fresh_name("share", {*keys, *names, level})
    form = Unpivot(tuple(names), keys, share, choose_output_name(label, {*keys, share, level}))
    rows = unpivot(rows, form, {one: one for one in (*keys, *names)})
    named = (
        (Compare("==", Col(share), Lit(name)), Lit(float(one)))
        for name, one in zip(names, shares, strict=True)
    )
    rows = derive(rows, level, build_case(tuple(named), Lit(None)))
    rows = sort(rows, tuple(map(SortKey, (*keys, level))))
    return Series(rows, Col(form.values), label, index={**grouped.keys, level: level})


def lay_out_quantiles(column: Series) -> Frame | None:
    """Return quantiles of groups with a column for each; None where these are none."""
    match column.rows:
        case Rows(Sorted(Rows(Unpivoted(below, form), (), (Output(level, Case(branches)),))), ()):
            pass
        case _:
            return None
    if column.expr != Col(form.values) or [*column.index.values()] != [*form.index, level]:
        return None
    shares: dict[Label, str] = {
        cast("Label", cast("Lit", value).value): name
        for name, (_, value) in zip(form.on, branches, strict=True)
    }
    index = {label: name for label, name in column.index.items() if name != level}
    return Frame(sort(below, tuple(map(SortKey, form.index))), shares, index=index)
