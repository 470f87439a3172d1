"""The user's own functions as they stand in a program: untouched, with the imports they need."""

from __future__ import annotations

import ast
import keyword
import textwrap
from dataclasses import replace

from ...errors import Unsupported
from ...spec.expression import Bool, Case, Col, Expr, IsMissing, Let, Lit
from ...spec.schema import Column, Schema
from ...spec.workload import GroupFunction, Query, RowFunction, Tasks
from .imports import take_imports
from .program import Own, fill, format_code
from .properties import collect_row_facts
from .python import write_row_definition
from .quote import quote, write_literal

# What a def may use without importing it: the language says that `math` and `np` are there.
MODULES = {
    "math": "import math",
    "re": "import re",
    "random": "import random",
    "np": "import numpy as np",
    "numpy": "import numpy",
    "pd": "import pandas as pd",
    "datetime": "import datetime",
    "itertools": "import itertools",
    "statistics": "import statistics",
}


def as_expression(query: Query, _: Schema) -> Query:
    """Return a query whose row function is an expression over columns; others as they are.

    Raises Unsupported, at file, line and column, where the def has no tree.
    """
    function = query.apply
    if not isinstance(function, RowFunction):
        return query
    if function.body is None:
        raise Unsupported(function.name, function.opaque)
    return replace(query, apply=replace(function, source=None))


def as_definition(query: Query, _: Schema) -> Query:
    """Return a query whose row function is a def, an expression as a person would write one."""
    function = query.apply
    if not isinstance(function, RowFunction) or function.source is not None:
        return query
    source = format_code(write_row_definition(function))
    return replace(query, apply=replace(function, source=source))


def require_function(query: Query, _: Schema, engine: str) -> Query:
    """Return the query of a function of rows or groups; Unsupported for any other."""
    if query.apply is None:
        raise Unsupported(query.name, f"supports functions of rows and groups only; use {engine}")
    return query


def find_called(query: Query) -> RowFunction | GroupFunction | None:
    """Return the def that a program calls; an expression over columns is none."""
    return query.apply if query.apply and query.apply.source is not None else None


def make_own(function: RowFunction | GroupFunction | Tasks) -> Own:
    """Return the user's function; one for an expression is written as a person would write it."""
    source = function.source
    if source is None:
        assert isinstance(function, RowFunction)
        source = format_code(write_row_definition(function))
    imports, definition = take_imports(source)
    return Own(function.name, definition, (*imports, *_list_imports(source)))


def list_missing_inputs(query: Query, data: Schema) -> tuple[str, ...]:
    """Return the inputs without which a row function is not called, in the data that there is."""
    function = query.apply
    if not isinstance(function, RowFunction) or function.on_missing == "call":
        return ()
    known = collect_row_facts(query, data).data
    return tuple(name for name in function.columns if known[name].missing)


def skip_missing(query: Query, data: Schema, body: Expr) -> Expr:
    """Answer missing where an input is that arithmetic would not pass on by itself."""
    function = query.apply
    if not isinstance(function, RowFunction) or function.on_missing == "call":
        return body
    guards = collect_row_facts(query, data).list_guards(body)
    if not guards:
        return body
    tests = tuple(IsMissing(Col(name)) for name in guards)
    return add_guard(Bool("or", tests) if len(tests) > 1 else tests[0], body)


def add_guard(guard: Expr, body: Expr) -> Expr:
    """Return a body that is missing where the guard is true."""
    match body:
        case Let(name, value, inner):
            return Let(name, value, add_guard(guard, inner))
        case Case(branches, otherwise):
            return Case(((guard, Lit(None)), *branches), otherwise)
    return Case(((guard, Lit(None)),), body)


def wants_none(function: RowFunction) -> bool:
    """Return whether a function that is called on missing values asks for them by `is None`."""
    if function.on_missing == "skip" or function.source is None:
        return False
    compares = (n for n in ast.walk(ast.parse(function.source)) if isinstance(n, ast.Compare))
    return any(isinstance(op, ast.Is | ast.IsNot) for n in compares for op in n.ops)


def write_row_loop(function: RowFunction, frame: str) -> tuple[ast.expr, ast.expr, ast.expr]:
    """Return the call, the loop's variable and the loop's iterable over the rows of a pandas frame.

    A row is a dict where the def reads `x["A"]`, a named tuple where it reads `x.A`, and else a
    series: each is the fastest that the def can read.
    """
    names = list(function.columns)
    match _find_access(function):
        case "keys" if all(_is_variable(name, function) for name in names):
            variables = [quote(name) for name in names]
            row = ast.Dict([write_literal(name) for name in names], variables)
            columns = [quote("f[n]", f=quote(frame), n=name) for name in names]
            if len(names) == 1:
                return quote("f(r)", f=quote(function.name), r=row), variables[0], columns[0]
            call = quote("f(r)", f=quote(function.name), r=row)
            return call, ast.Tuple(variables, ast.Store()), quote("zip(*c)", c=columns)
        case "keys":
            rows = quote("f[n].to_dict('records')", f=quote(frame), n=names)
        case "attributes" if not any(name.startswith("_") for name in names):
            rows = quote("f[n].itertuples(index=False)", f=quote(frame), n=names)
        case _:
            call = quote("f(row)", f=quote(function.name))
            return call, quote("_, row"), quote("f[n].iterrows()", f=quote(frame), n=names)
    return quote("f(row)", f=quote(function.name)), quote("row"), rows


def reads_attributes(function: RowFunction) -> bool:
    """Return whether a def reads its row as `x.A`, which a dict cannot give."""
    return _find_access(function) == "attributes"


def apply_to_rows(
    query: Query, data: Schema, frame: str, *, empty: bool
) -> tuple[list[str], ast.expr]:
    """Write pandas' `apply` over the rows with every input; give statements and the answer.

    `empty` tells that there may be no rows.
    """
    function = query.apply
    assert isinstance(function, RowFunction)
    skipped = list_missing_inputs(query, data)
    # Of no rows, `apply` gives a frame instead of a series, unless it is told to reduce.
    options = {"axis": write_literal(1)}
    if empty or skipped:
        options["result_type"] = write_literal("reduce")
    if not skipped:
        if wants_none(function):
            inputs = quote("f.astype(object).where(f.notna(), None)", f=quote(frame))
        else:
            inputs = quote(frame)
        return [], quote("i.apply(f, **o)", i=inputs, f=quote(function.name), o=options)
    complete = fill(
        "complete = FRAME.dropna(subset=S)", FRAME=frame, S=write_literal(list(skipped))
    )
    applied = quote("complete.apply(f, **o)", f=quote(function.name), o=options)
    return [complete], quote("a.reindex(d.index)", a=applied, d=quote(frame))


def group_loop(query: Query, data: Schema, options: dict[str, ast.expr], frame: str) -> str:
    """Write the loop over a frame's groups, which may be none; a list of keys gives tuples."""
    answers, answer = _loop_groups(query, data, options, frame)
    return f"{answers}\nreturn {ast.unparse(answer)}"


def _loop_groups(
    query: Query, data: Schema, options: dict[str, ast.expr], frame: str
) -> tuple[str, ast.expr]:
    """Return the statement that calls the function on each group, and the answer's frame."""
    function = query.apply
    assert isinstance(function, GroupFunction)
    call = quote("f(*a)", f=quote(function.name), a=_write_arrays(query, data))
    one = len(function.outputs) == 1
    alone = len(query.group_by) == 1
    keys, by = ("key", query.group_by[0]) if alone else ("*key", list(query.group_by))
    row = quote(f"({keys}, {'c' if one else '*c'})", c=call)
    groups = quote("d.groupby(k, **o)", d=quote(frame), k=by, o=options)
    loop = ast.comprehension(quote("key, group"), groups, [], is_async=0)
    names = [*query.group_by, *function.outputs]
    answer = quote("pd.DataFrame(answers, columns=n)", n=names)
    return fill("answers = ANSWERS", ANSWERS=ast.ListComp(row, [loop])), answer


def apply_to_groups(  # noqa: PLR0913 - what a call has
    query: Query,
    data: Schema,
    frame: str,
    key: ast.expr,
    options: dict[str, ast.expr],
    *,
    empty: bool = False,
) -> tuple[list[str], ast.expr]:
    """Write pandas' `groupby.apply`; return statements and the answer, its keys as columns.

    Of no groups, that would be a frame: where there may be none, it is a loop.
    """
    function = query.apply
    assert isinstance(function, GroupFunction)
    if empty or _may_return_none(function):
        answers, answer = _loop_groups(query, data, options, frame)
        return [answers], answer
    arrays = _write_arrays(query, data)
    call = quote("lambda group: f(*a)", f=quote(function.name), a=arrays)
    columns = list(dict.fromkeys(function.parameters))
    groups = quote("d.groupby(k, **o)[c]", d=quote(frame), k=key, o=options, c=columns)
    applied = quote("g.apply(f)", g=groups, f=call)
    if len(function.outputs) == 1:
        return [], quote("a.rename(n).reset_index()", a=applied, n=function.outputs[0])
    names = list(function.outputs)
    frame_of = quote("pd.DataFrame(answer.tolist(), answer.index, n)", n=names)
    return [fill("answer = APPLIED", APPLIED=applied)], quote("f.reset_index()", f=frame_of)


def _may_return_none(function: GroupFunction) -> bool:
    """Return whether a group may have no value: where none has, `apply` loses all groups."""
    assert function.source is not None
    definition = ast.parse(textwrap.dedent(function.source)).body[-1]
    assert isinstance(definition, ast.FunctionDef)
    returned = [n.value for n in ast.walk(definition) if isinstance(n, ast.Return)]
    some = any(value is None or _mentions_none(value) for value in returned)
    return some or not _always_ends(definition.body)


def _always_ends(body: list[ast.stmt]) -> bool:
    match body[-1]:
        case ast.Return() | ast.Raise():
            return True
        case ast.If(body=chosen, orelse=[_, *_] as other):
            return _always_ends(chosen) and _always_ends(other)
        case _:
            return False


def _mentions_none(value: ast.expr) -> bool:
    return any(isinstance(n, ast.Constant) and n.value is None for n in ast.walk(value))


# How pandas hands a column of a group to the function, as a NumPy array of the type in the docs.
ARRAYS = {
    "days": "g[n].astype('datetime64[s]').to_numpy('datetime64[D]')",
    "instants": "g[n].dt.tz_convert(None).to_numpy()",
    "text": "g[n].to_numpy(na_value=None)",
}


def _write_arrays(query: Query, data: Schema) -> list[ast.expr]:
    """Return a group function's arguments: the columns of a group's pandas frame as arrays."""
    function = query.apply
    assert isinstance(function, GroupFunction)
    known = collect_row_facts(query, data).data
    return [
        quote(ARRAYS.get(_choose_array(known[name]), "g[n].to_numpy()"), g=quote("group"), n=name)
        for name in function.parameters
    ]


def passes_times(query: Query, data: Schema) -> bool:
    """Return whether a group function gets NumPy's days or times, and so may return them."""
    function = query.apply
    assert isinstance(function, GroupFunction)
    known = collect_row_facts(query, data).data
    return any(known[name].kind in {"date", "timestamp"} for name in function.parameters)


def _choose_array(column: Column) -> str:
    if column.kind == "date":
        return "days"
    if column.kind == "timestamp" and "tz=" in column.arrow:
        return "instants"
    return "text" if column.kind == "string" and column.missing else ""


def _is_variable(name: str, function: RowFunction) -> bool:
    reserved = {function.name, "part", "zip", "values", "pd", "_"}
    return name.isidentifier() and not keyword.iskeyword(name) and name not in reserved


def _find_access(function: RowFunction) -> str:
    """Return how a def reads its row: by `keys`, by `attributes`, or by both."""
    if function.source is None:
        return "keys"
    found = set()
    for node in ast.walk(ast.parse(function.source)):
        match node:
            case ast.Subscript(ast.Name(name)) if name == function.parameter:
                found.add("keys")
            case ast.Attribute(ast.Name(name)) if name == function.parameter:
                found.add("attributes")
    return found.pop() if len(found) == 1 else "both"


def _list_imports(source: str) -> tuple[str, ...]:
    tree = ast.parse(source)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    bound = {
        alias.asname or alias.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    return tuple(line for name, line in MODULES.items() if name in used - bound)
