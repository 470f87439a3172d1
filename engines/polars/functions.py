"""The user's functions in Polars: as expressions, as calls of a row, or compiled by Numba."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...errors import Unsupported
from ...spec.expression import Call, Case, Expr, Let, Lit, list_columns, substitute
from ...spec.schema import Schema
from ...spec.workload import GroupFunction, Output, Query, RowFunction
from ..writing.loops import is_integer, is_numeric, loop_name, write_row_kernel
from ..writing.program import NONE, Own, fill
from ..writing.properties import Facts, collect_row_facts
from ..writing.quote import quote, write_literal
from ..writing.steps import hoist
from ..writing.user_functions import (
    list_missing_inputs,
    make_own,
    passes_times,
    reads_attributes,
    skip_missing,
)
from .queries import PolarsChain, rename, root_name

# Python's kinds as Polars names them, for what map_elements returns.
DTYPES = {"int": "pl.Int64", "float": "pl.Float64", "string": "pl.String", "bool": "pl.Boolean"}


@dataclass(frozen=True, slots=True)
class Applied:
    """A function in a program: the column of its answers, the statements and functions it needs."""

    result: ast.expr | None = None
    lines: Sequence[str] = ()
    own: Own = NONE
    before: str = ""
    after: str = ""


def call_groups(query: Query, function: GroupFunction, data: Schema) -> Applied:
    """Write the user's function of groups as it is."""
    after = AS_PYTHON if passes_times(query, data) else ""
    return Applied(own=make_own(function), after=after)


def lower(chain: PolarsChain, function: RowFunction) -> Applied:
    """Write the function's tree: its named intermediates as expressions with that name."""
    query = chain.query
    if function.body is None:
        raise Unsupported(function.name, function.opaque)
    intermediates, body = hoist(skip_missing(query, chain.data, function.body))
    lines, reading = [], {"col"}
    for output in intermediates:
        value = chain.write_comparable(output.expression)
        lines.append(fill(f"{output.name} = VALUE", VALUE=value))
        derive = (*chain.query.derive, output)
        chain = replace(
            chain, query=replace(query, derive=derive), local=chain.local | {output.name}
        )
        if _write_words(value) & reading:
            reading.add(output.name)
    result = chain.write_comparable_output(Output(function.output, body))
    if not _write_words(result) & reading:
        # A constant alone would be one row.
        result = quote("pl.repeat(x, pl.len())", x=chain.write_expression(body))
    known = None if intermediates else root_name(body)
    return Applied(rename(result, function.output, known), lines)


def _write_words(tree: ast.expr) -> set[str]:
    """Return the names and attributes of an expression: `pl.col` is how it reads a column."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return names | {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def write_call(query: Query, function: RowFunction, data: Schema) -> Applied:
    """Write the call of the function as it is on each row."""
    result = rename(_write_call(query, function, data), function.output, None)
    return Applied(result, own=make_own(function), after=_write_wrapper(query, function, data))


def write_ufunc(query: Query, function: RowFunction, data: Schema) -> Applied:
    """Write the function as a ufunc that Numba compiles, and its call on whole columns."""
    facts = collect_row_facts(query, data)
    if function.body is None:
        raise Unsupported(function.name, function.opaque)
    if not is_numeric(function, facts):
        raise Unsupported(function.name, "Numba's ufuncs take and return numbers")
    dtype = "pl.Int64" if is_integer(function, facts) else "pl.Float64"
    names = list(list_columns(function.body))
    # A ufunc takes no null; to_numpy makes them NaN.
    missing = any(facts.data[name].missing for name in names)
    call = "pl.Series(f(*[column.to_numpy() for column in columns]))" if missing else "f(*columns)"
    batch = quote(f"lambda columns: {call}", f=quote(loop_name(function)))
    result = quote(f"pl.map_batches(n, c, return_dtype={dtype})", n=names, c=batch)
    result = rename(result, function.output, names[0])
    return Applied(result, before=write_row_kernel(function, facts))


AS_PYTHON = """\
def as_python(value):
    \"\"\"Return NumPy's days and times as Python's: Polars stores their bytes.\"\"\"
    return value.astype("M8[us]").item() if isinstance(value, np.datetime64) else value
"""
CALLED = """\
def apply(row):
    \"\"\"ABOUT\"\"\"
    SKIPPED
    RETURNED
"""


def _write_wrapper(query: Query, function: RowFunction, data: Schema) -> str:
    """Write what stands between Polars and the function: a struct's value is a dict."""
    skipped, attributes = list_missing_inputs(query, data), reads_attributes(function)
    row = "SimpleNamespace(**row)" if attributes else "row"
    missing = " or ".join(f"row[{name!r}] is None" for name in skipped)
    skips = fill(f"if {missing}:\n    return None") if skipped else ""
    if _mixes_numbers(query, function, data):
        about = "Call the function on one row: Polars takes no integer among floats."
        value = f"value = {function.name}({row})\nreturn None if value is None else float(value)"
    elif skipped or attributes:
        about = "Call the function on one row."
        value = f"return {function.name}({row})"
    else:
        return ""
    return fill(CALLED.replace("ABOUT", about), SKIPPED=skips, RETURNED=value)


def _write_call(query: Query, function: RowFunction, data: Schema) -> ast.expr:
    name = "apply" if _write_wrapper(query, function, data) else function.name
    inputs = quote("pl.struct(*c)", c=[write_literal(column) for column in function.columns])
    options = {}
    if function.body is not None:
        known = collect_row_facts(query, data).find_kind(function.body)
        if known in DTYPES:
            options["return_dtype"] = quote(DTYPES[known])
    return quote("s.map_elements(f, **o)", s=inputs, f=quote(name), o=options)


def _mixes_numbers(query: Query, function: RowFunction, data: Schema) -> bool:
    """Return whether a function of floats may return an integer."""
    if function.body is None:
        return False
    facts = collect_row_facts(query, data)
    return facts.find_kind(function.body) == "float" and _may_be_whole(function.body, facts)


def _may_be_whole(node: Expr, facts: Facts) -> bool:
    match node:
        case Case(branches, otherwise):
            return any(_may_be_whole(v, facts) for v in (*(v for _, v in branches), otherwise))
        case Let(name, value, body):
            return _may_be_whole(substitute(body, {name: value}), facts)
        case Call("min" | "max", arguments):
            return any(_may_be_whole(argument, facts) for argument in arguments)
        case _:
            return facts.find_kind(node) != "float" and node != Lit(None)
