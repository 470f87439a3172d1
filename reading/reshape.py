"""Bins whose edges come from the values, and `melt`: a row for each value of columns."""

from __future__ import annotations

from dataclasses import replace

from ..spec.bins import MOST_BINS, NUMBERED, number_bins
from ..spec.expression import Expr
from ..spec.workload import Unpivot
from . import alignment
from .calls import CodeCall
from .categories import Category, as_categories, rename_like
from .rows import unpivot
from .selection import require_column
from .values import Frame, Series, Value


def read_numbered_bins(call: CodeCall, word: str, count: object) -> Value:
    """Read bins that are named by labels, or by places with `labels=False`."""
    labels = call.read_constant("labels")
    if not isinstance(count, int) or not 2 <= count <= MOST_BINS:
        raise call.fail(f"{call.name} is read with 2 to {MOST_BINS} bins")
    if labels is None:
        message = f"{call.name} without labels makes intervals; give labels, or labels=False"
        raise call.fail(message)
    names = list(range(count)) if labels is False else labels
    if not isinstance(names, list | tuple) or len(names) != count:
        raise call.fail(f"{call.name} needs one label for each bin")
    found = alignment.align(call.node, call.require("x"))
    (subject,) = found.exprs
    if found.keys is not None:
        raise call.fail(f"{call.name} is read of a column's own values")
    named = [alignment.make_literal(name, call.node) for name in names]
    made: Expr = number_bins(subject, NUMBERED[word](subject, count), named)
    if labels is not False:
        made = as_categories(made, Category(tuple(names), ordered=True))
    # Their edges come from all rows that are there now, whatever is left out later.
    beside = replace(found, keys=found.like.scope if found.like else ()).make(made)
    if not isinstance(beside, Series):
        raise call.fail(f"{call.name} is read of a column")
    return alignment.materialize(beside)


def read_melt(call: CodeCall, frame: Frame) -> Frame:
    """Read `melt`: a row for each value of some columns, or of all but those that are kept."""
    kept, melted = call.read_names("id_vars"), call.read_names("value_vars")
    call.read_constant("ignore_index")
    if not melted and not frame.complete:
        raise call.fail("melt of all columns needs to know them: give value_vars, or --data")
    melted = melted or [label for label in frame.columns if label not in kept]
    names = {label: require_column(call.node, frame, label) for label in (*kept, *melted)}
    if not all(isinstance(label, str) for label in names) or len(names) < len(kept) + len(melted):
        raise call.fail("melt is read of columns that have names, each once")
    shown = call.read_constant("var_name") or "variable", call.read_constant("value_name", "value")
    form = Unpivot(tuple(melted), tuple(kept), *shown)
    rows = unpivot(frame.rows, form, names)
    return Frame(rows, {one: rename_like(one, names.get(one, one)) for one in form.outputs})


def read_melted(call: CodeCall) -> Value:
    """Read `pd.melt(frame, …)`."""
    frame = call.require("frame")
    if not isinstance(frame, Frame):
        raise call.fail("pd.melt is read of a frame")
    return read_melt(call, frame)


def read_quantile_cut(call: CodeCall) -> Value:
    """Read `pd.qcut(column, q, labels)`."""
    return read_numbered_bins(call, "quantile_bins", call.read_constant("q"))
