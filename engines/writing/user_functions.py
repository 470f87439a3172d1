"""The user's own functions as they stand in a program: untouched, with the imports they need."""

from __future__ import annotations

import ast
import keyword
from dataclasses import replace

from ...errors import Unsupported
from ...spec.expression import Bool, Case, Col, Expr, IsMissing, Let, Lit
from ...spec.schema import Schema
from ...spec.workload import GroupFunction, Query, RowFunction, Tasks
from .program import Own, fill, format_code
from .properties import row_facts
from .python import row_definition
from .quote import literal, quote

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
    source = format_code(row_definition(function))
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
        source = format_code(row_definition(function))
    return Own(function.name, source.strip("\n"), _imports(source))


def inputs_missing(query: Query, data: Schema) -> tuple[str, ...]:
    """Return the inputs without which a row function is not called, in the data that there is."""
    function = query.apply
    if not isinstance(function, RowFunction) or function.on_missing == "call":
        return ()
    known = row_facts(query, data).data
    return tuple(name for name in function.columns if known[name].missing)


def skip_missing(query: Query, data: Schema, body: Expr) -> Expr:
    """Answer missing where an input is that arithmetic would not pass on by itself."""
    function = query.apply
    if not isinstance(function, RowFunction) or function.on_missing == "call":
        return body
    guards = row_facts(query, data).guards(body)
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


def each_row(function: RowFunction, frame: str) -> tuple[ast.expr, ast.expr, ast.expr]:
    """Return the call, the loop's variable and the loop's iterable over the rows of a pandas frame.

    A row is a dict where the def reads `x["A"]`, a named tuple where it reads `x.A`, and else a
    series: each is the fastest that the def can read.
    """
    names = list(function.columns)
    match _find_access(function):
        case "keys" if all(_is_variable(name, function) for name in names):
            variables = [quote(name) for name in names]
            row = ast.Dict([literal(name) for name in names], variables)
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
    skipped = inputs_missing(query, data)
    # Of no rows, `apply` gives a frame instead of a series, unless it is told to reduce.
    options = {"axis": literal(1)}
    if empty or skipped:
        options["result_type"] = literal("reduce")
    if not skipped:
        if wants_none(function):
            inputs = quote("f.astype(object).where(f.notna(), None)", f=quote(frame))
        else:
            inputs = quote(frame)
        return [], quote("i.apply(f, **o)", i=inputs, f=quote(function.name), o=options)
    complete = fill("complete = FRAME.dropna(subset=S)", FRAME=frame, S=literal(list(skipped)))
    applied = quote("complete.apply(f, **o)", f=quote(function.name), o=options)
    return [complete], quote("a.reindex(d.index)", a=applied, d=quote(frame))


def group_loop(query: Query, options: dict[str, ast.expr], frame: str) -> str:
    """Write the loop over a frame's groups, which may be none; a list of keys gives tuples."""
    function = query.apply
    assert isinstance(function, GroupFunction)
    call = quote("f(*a)", f=quote(function.name), a=group_arguments(function, "group"))
    one = len(function.outputs) == 1
    answer = quote("(*key, c)" if one else "(*key, *c)", c=call)
    groups = quote("d.groupby(k, **o)", d=quote(frame), k=list(query.group_by), o=options)
    loop = ast.comprehension(quote("key, group"), groups, [], is_async=0)
    return fill(
        "answers = ANSWERS\nreturn pd.DataFrame(answers, columns=COLUMNS)",
        ANSWERS=ast.ListComp(answer, [loop]),
        COLUMNS=literal([*query.group_by, *function.outputs]),
    )


def apply_to_groups(
    query: Query, frame: str, key: ast.expr, options: dict[str, ast.expr]
) -> tuple[list[str], ast.expr]:
    """Write pandas' `groupby.apply`; give statements and the answer, its keys as columns."""
    function = query.apply
    assert isinstance(function, GroupFunction)
    call = quote(
        "lambda group: f(*a)", f=quote(function.name), a=group_arguments(function, "group")
    )
    columns = list(dict.fromkeys(function.parameters))
    groups = quote("d.groupby(k, **o)[c]", d=quote(frame), k=key, o=options, c=columns)
    applied = quote("g.apply(f)", g=groups, f=call)
    if len(function.outputs) == 1:
        return [], quote("a.rename(n).reset_index()", a=applied, n=function.outputs[0])
    names = list(function.outputs)
    frame_of = quote("pd.DataFrame(answer.tolist(), answer.index, n)", n=names)
    return [fill("answer = APPLIED", APPLIED=applied)], quote("f.reset_index()", f=frame_of)


def group_arguments(function: GroupFunction, group: str) -> list[ast.expr]:
    """Return a group function's arguments: the columns of a group's pandas frame as arrays."""
    return [quote("g[n].to_numpy()", g=quote(group), n=name) for name in function.parameters]


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


def _imports(source: str) -> tuple[str, ...]:
    tree = ast.parse(source)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    bound = {
        alias.asname or alias.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    return tuple(line for name, line in MODULES.items() if name in used - bound)
