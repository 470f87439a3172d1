"""How pandas reads the file: columns, filters, and types that hold the values."""

from __future__ import annotations

import ast
from dataclasses import replace

from ...errors import Unsupported
from ...spec.bins import read_bins
from ...spec.expression import (
    Arith,
    Bool,
    Call,
    Case,
    Col,
    Compare,
    Expr,
    IsMissing,
    Lit,
    Neg,
    Not,
    Value,
    list_aggregations,
    list_columns,
    walk,
)
from ...spec.schema import Schema
from ...spec.vocabulary import ROW_FUNCTIONS
from ...spec.workload import (
    Query,
)
from ..base import Resources
from ..writing.passes.join import Inputs
from ..writing.properties import NARROW
from ..writing.quote import quote
from ..writing.user_functions import find_called
from .text_types import TextType
from .words import INEXACT

STRINGS = """\
# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True
"""


def write_string_option(inputs: Inputs, resources: Resources) -> str:
    """Write the option for text, where a query has text and pandas is older than 3."""
    return STRINGS if has_text(inputs) and not resources.since("pandas", 3) else ""


def has_text(inputs: Inputs) -> bool:
    """Return whether a query reads text, or makes some by a word."""
    reads = (inputs.rows[name].kind == "string" for name in inputs.query.reads)
    made = (
        (isinstance(node, Call) and ROW_FUNCTIONS[node.function].gives == "string")
        or (isinstance(node, Case) and read_bins(node) is not None)
        for step in inputs.steps
        for tree in step.query.expressions
        for node in walk(tree)
    )
    return any(reads) or any(made)


def push_down(query: Query, data: Schema) -> tuple[list[tuple[str, str, Value]], Query]:
    """Take what a Parquet reader can filter by out of a query's `where`.

    That is comparisons with a number or a text; it drops missing values, and `!=` keeps NaN.
    """
    condition = query.where
    parts = condition.operands if isinstance(condition, Bool) and condition.op == "and" else ()
    parts = parts or ((condition,) if condition else ())
    filters: list[tuple[str, str, Value]] = []
    rest = []
    for part in parts:
        match part:
            case Compare(op, Col(name), Lit(value)) if op != "!=" and _filters(data, name, value):
                filters.append((name, op, value))
            case _:
                rest.append(part)
    kept = Bool("and", tuple(rest)) if len(rest) > 1 else next(iter(rest), None)
    return filters, replace(query, where=kept)


def _filters(data: Schema, name: str, value: Value) -> bool:
    column = data[name]
    if isinstance(value, str):
        return column.kind == "string"
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    return numeric and column.kind in {"int", "float"} and column.arrow != "uint64"


def write_reading(
    query: Query,
    data: Schema,
    read: str = "pd.read_parquet(path, columns=n)",
    *,
    parted: bool = False,
    text: TextType = TextType.STRINGS,
) -> ast.expr:
    """Write how the frame is read: days as times, for pandas holds them as objects of Python's.

    Texts with a dictionary are read as `text`: pandas' categories have an order of their own.
    In parts (`parted`), or of rows that a filter leaves, narrow integers with missing values are
    floats in some parts alone, and wrap in the others: they are made floats in all. Raises
    Unsupported for integers that would be floats, and not exact.
    """
    for name in query.reads:
        if data[name].exceeds_floats:
            raise Unsupported(repr(name), INEXACT)
    frame = quote(read, n=list(query.reads))
    mixed = [n for n in query.reads if data[n].arrow in NARROW and data[n].missing]
    floats = dict.fromkeys(mixed, "float64") if parted else {}
    return _with_types(query, data, frame, {**floats, **_hold_coded(query, data, text)})


def write_exact_reading(
    query: Query, data: Schema, read: str, *, parted: bool, text: TextType
) -> ast.expr:
    """Write the same, with pandas' nullable integers where floats would not be exact."""
    large = [name for name in query.reads if data[name].exceeds_floats]
    if not large:
        return write_reading(query, data, read, parted=parted, text=text)
    for name in large:
        if query.apply or query.transform or not _is_exact(query, name):
            raise Unsupported(repr(name), INEXACT)
    table = read.replace("pd.read_parquet", "pq.read_table")
    mapped = {f"pa.{data[name].arrow}()": NULLABLE[data[name].arrow] for name in large}
    types = ", ".join(f"{arrow}: {dtype}" for arrow, dtype in sorted(mapped.items()))
    frame = quote(f"{table}.to_pandas(types_mapper={{{types}}}.get)", n=list(query.reads))
    return _with_types(query, data, frame, _hold_coded(query, data, text))


NULLABLE = {"int64": "pd.Int64Dtype()", "uint64": "pd.UInt64Dtype()"}


def _hold_coded(query: Query, data: Schema, text: TextType) -> dict[str, str]:
    """Return the type of each text that the file has with a dictionary."""
    coded = (name for name in query.reads if data[name].arrow.startswith("dictionary"))
    return {name: text.held for name in coded if data[name].kind == "string"}


def _with_types(query: Query, data: Schema, frame: ast.expr, types: dict[str, str]) -> ast.expr:
    """Write types, and days as times for pandas' functions; the user's function is given days."""
    days = {name: "datetime64[s]" for name in query.reads if data[name].kind == "date"}
    if find_called(query):
        roots = [query.where] if query.where else []
        read = list_columns(*roots, *(output.expression for output in query.derive))
        days = {name: kind for name, kind in days.items() if name in read}
    types = {**types, **days}
    return quote("f.astype(d)", f=frame, d=types) if types else frame


def _is_exact(query: Query, name: str) -> bool:
    """Return whether nothing but sums and products is made of a column before it is aggregated."""
    aggregated = (
        node
        for o in query.aggregate
        for agg in list_aggregations(o.expression)
        for node in agg.arguments
    )
    made = [*(output.expression for output in query.derive), *aggregated]
    if query.where:
        made.append(query.where)
    return all(_is_plain(tree) for tree in made if name in list_columns(tree))


def _is_plain(tree: Expr) -> bool:
    for node in walk(tree):
        match node:
            case Arith("+" | "-" | "*") | Neg() | Col() | Lit() | Compare() | IsMissing() | Not():
                continue
            case _:
                return False
    return True
