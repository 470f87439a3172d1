"""Functions of rows that the language has no expression for: engines call them as Python."""

from __future__ import annotations

import ast
import builtins
import re
from typing import TYPE_CHECKING

from ..spec.expression import Col
from ..spec.row_functions import TAKEN
from .calls import CodeCall
from .meaning import can_miss
from .rows import Rows
from .values import (
    Called,
    CodeFunction,
    Const,
    Frame,
    Library,
    Series,
    UnreadError,
    Value,
    read_parameters,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

MODULES = {"numpy", "math", "re", "datetime", "string", "calendar"}
# Methods that change a list, a dictionary or a set.
CHANGING = {"append", "extend", "insert", "pop", "remove", "update", "setdefault", "add", "clear"}
# What makes several values of one: an answer has one value in each cell.
SEVERAL = (ast.List, ast.Tuple, ast.Dict, ast.ListComp, ast.Set, ast.DictComp, ast.SetComp)


def call_on_column(
    call: CodeCall, column: Series, function: CodeFunction, why: UnreadError
) -> Called:
    """Return a function's value for each value of a column; raise `why` where it cannot be."""
    more = call.extra or call.has("args")
    if not isinstance(column.expr, Col) or len(read_parameters(function)) != 1 or more:
        raise why
    name = column.expr.name
    parameter = read_parameters(function)[0]
    lines = [*_write_prelude(call, function, why, set())]
    node = function.node
    if isinstance(node, ast.Lambda):
        lines += [f"{parameter} = row[{name!r}]", f"return {ast.unparse(node.body)}"]
    else:
        lines += [*ast.unparse(node).split("\n"), f"return {node.name}(row[{name!r}])"]
    return _make_row_def(column.rows, (name,), "row", lines, column.name, why)


def call_on_row(call: CodeCall, frame: Frame, function: CodeFunction, why: UnreadError) -> Called:
    """Return a function's value for each row; raise `why` where engines cannot call it."""
    if len(read_parameters(function)) != 1:
        raise why
    parameter = read_parameters(function)[0]
    lines = [*_write_prelude(call, function, why, set())]
    node = function.node
    if isinstance(node, ast.Lambda):
        lines.append(f"return {ast.unparse(node.body)}")
    else:
        lines += [line for part in node.body for line in ast.unparse(part).split("\n")]
    columns = tuple(_list_columns(node, parameter))
    if not columns or any(frame.find(column) != column for column in columns):
        raise why
    return _make_row_def(frame.rows, columns, parameter, lines, None, why)


def _make_row_def(  # noqa: PLR0913 - what a call has
    rows: Rows,
    columns: tuple[str, ...],
    parameter: str,
    lines: list[str],
    label: object,
    why: UnreadError,
) -> Called:
    """Return the call as a def of one row."""
    if rows.schema is not None and any(can_miss(Col(one), rows.schema) for one in columns):
        raise why
    word = re.sub(r"\W", "_", str(label or "result"), flags=re.ASCII).strip("_") or "result"
    name = f"{word}_of_row" if not word[0].isdigit() else "result_of_row"
    source = "\n".join([f"def {name}({parameter}):", *(f"    {line}" for line in lines)])
    returned = (part.value for part in ast.walk(ast.parse(source)) if isinstance(part, ast.Return))
    if any(isinstance(value, SEVERAL) or _splits(value) for value in returned):
        raise why
    return Called(rows, source, columns, label if isinstance(label, str) else None, str(why))


def _splits(value: ast.expr | None) -> bool:
    match value:
        case ast.Call(ast.Attribute(_, "split" | "findall" | "tolist" | "groups")):
            return True
    return False


def _list_columns(node: ast.AST, row: str) -> Iterator[str]:
    for part in ast.walk(node):
        match part:
            case ast.Subscript(ast.Name(name), ast.Constant(str(column))) if name == row:
                yield column


def _write_prelude(
    call: CodeCall, function: CodeFunction, why: UnreadError, seen: set[str]
) -> Iterator[str]:
    """Yield lines that give a function's free names their values, which it must not change."""
    if _keeps_values(function.node):
        raise why
    for name in sorted(_find_free_names(function) - seen):
        seen.add(name)
        if hasattr(builtins, name):
            continue
        value: Value | None = function.names.get(name) or call.reader.find(name)
        match value:
            case Const(found) if isinstance(found, int | float | str | bool | dict | list | tuple):
                yield f"{name} = {found!r}"
            case Library(module) if module in MODULES:
                yield f"import {module} as {name}" if module != name else f"import {module}"
            case CodeFunction(ast.FunctionDef() as node) if name not in TAKEN:
                yield from _write_prelude(call, value, why, seen)
                yield from ast.unparse(node).split("\n")
            case _:
                raise why


def _keeps_values(function: ast.AST) -> bool:
    """Return whether a function may change what is outside of it, from one call to the next."""
    own = {_find_bound(one) for one in ast.walk(function)}
    for part in ast.walk(function):
        match part:
            case ast.Global() | ast.Nonlocal():
                return True
            case ast.Call(ast.Attribute(ast.Name(name), method)) if method in CHANGING:
                if name not in own:
                    return True
            case ast.Subscript(ast.Name(name), _, ast.Store() | ast.Del()) if name not in own:
                return True
    return False


def _find_bound(node: ast.AST) -> str:
    match node:
        case ast.Name(name, ast.Store()) | ast.arg(name):
            return name
    return ""


def _find_free_names(function: CodeFunction) -> set[str]:
    bound = {*read_parameters(function)}
    used: set[str] = set()
    body = function.node.body
    for statement in body if isinstance(body, list) else [body]:
        for part in ast.walk(statement):
            match part:
                case ast.Name(name, ast.Load()):
                    used.add(name)
                case ast.Name(name) | ast.arg(name):
                    bound.add(name)
                case ast.Import(names) | ast.ImportFrom(_, names):
                    bound |= {one.asname or one.name.split(".")[0] for one in names}
                case ast.FunctionDef(name):
                    bound.add(name)
    return used - bound
