"""Tasks as programs: the arguments of every call, and the returned values as columns."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from ...spec.row_functions import SEED
from ...spec.workload import Tasks
from .program import fill
from .quote import quote, write_literal

VALUE = "value"


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls of a workload of tasks: the def's parameters with their values, by position."""

    tasks: Tasks

    def load(self) -> str:
        """Write the list of the calls' arguments, a tuple for each."""
        count = write_literal(self.tasks.count)
        variable = "seed" if self.tasks.seeded else "_"
        calls = f"[a for {variable} in range(n)]"
        return fill("return CALLS", CALLS=quote(calls, a=self.write_arguments(SEED), n=count))

    def write_arguments(self, seed: str) -> ast.expr:
        """Return the tuple of one call's arguments; `seed` names the task's number."""
        return ast.Tuple([self._write_value(name, seed) for name in self._list_names()], ast.Load())

    def list_arguments(self, seed: str) -> list[ast.expr]:
        """Return one call's arguments as a list."""
        return [self._write_value(name, seed) for name in self._list_names()]

    def _write_value(self, name: str, seed: str) -> ast.expr:
        given = dict(self.tasks.arguments)
        if name == SEED and self.tasks.seeded:
            return quote(seed)
        return write_literal(given[name]) if name in given else self._write_defaults()[name]

    def _list_names(self) -> list[str]:
        """Return the parameters up to the last one that is given a value."""
        names = [a.arg for a in (*self._head.posonlyargs, *self._head.args)]
        given = {SEED, *(name for name, _ in self.tasks.arguments)}
        last = max((i for i, name in enumerate(names) if name in given), default=-1)
        return names[: last + 1]

    def _write_defaults(self) -> dict[str, ast.expr]:
        names = [a.arg for a in (*self._head.posonlyargs, *self._head.args)]
        defaults = self._head.defaults
        return dict(zip(names[len(names) - len(defaults) :], defaults, strict=True))

    @property
    def _head(self) -> ast.arguments:
        return parse_definition(self.tasks).args


def write_columns(tasks: Tasks) -> str:
    """Write the answer's columns: the task's number, and one column for each returned value."""
    names = name_results(tasks)
    columns: dict[str, ast.expr] = {"task": quote("range(len(answer))")}
    if len(names) > 1:
        lines = f"{', '.join(names)} = zip(*answer)\nreturn pa.table(COLUMNS)"
        columns = {**columns, **{name: quote(name) for name in names}}
        return fill(lines, COLUMNS=quote("c", c=columns))
    if not _may_be_array(tasks):
        columns = {**columns, names[0]: quote("answer")}
        return fill("return pa.table(COLUMNS)", COLUMNS=quote("c", c=columns))
    columns = {**columns, names[0]: quote("values")}
    lines = """\
        # An array is told by its sum: as a column, all of them would fill the memory.
        values = [float(np.sum(value)) for value in answer]
        return pa.table(COLUMNS)
    """
    return fill(lines, COLUMNS=quote("c", c=columns))


def name_results(tasks: Tasks) -> tuple[str, ...]:
    """Name the values that a task returns: by the def's own names where it has them."""
    found = _list_returns(parse_definition(tasks))
    tuples = [value.elts for value in found if isinstance(value, ast.Tuple)]
    if not tuples or len(tuples) < len(found):
        return (VALUE,)
    names = [node.id if isinstance(node, ast.Name) else "" for node in tuples[0]]
    taken = {"task", "answer", "pa", "zip", "range", "len"}
    if len(set(names)) == len(names) and all(names) and not taken & set(names):
        return tuple(names)
    return tuple(f"{VALUE}_{i}" for i in range(1, len(names) + 1))


def parse_definition(tasks: Tasks) -> ast.FunctionDef:
    """Return the def's tree."""
    for node in ast.parse(tasks.source).body:
        if isinstance(node, ast.FunctionDef):
            return node
    raise AssertionError(tasks.name)


def _list_returns(node: ast.FunctionDef) -> list[ast.expr]:
    inner = ast.FunctionDef | ast.Lambda
    nested = {
        id(part)
        for below in ast.walk(node)
        if isinstance(below, inner) and below is not node
        for part in ast.walk(below)
    }
    found = (n for n in ast.walk(node) if isinstance(n, ast.Return) and id(n) not in nested)
    return [part.value for part in found if part.value is not None]


def _may_be_array(tasks: Tasks) -> bool:
    """Return whether a task may return an array: it uses NumPy, and returns no plain number."""
    numpy = any(isinstance(n, ast.Name) and n.id == "np" for n in ast.walk(parse_definition(tasks)))
    return numpy and not all(_is_number(value) for value in _list_returns(parse_definition(tasks)))


def _is_number(value: ast.expr) -> bool:
    match value:
        case ast.Call(ast.Name("float" | "int" | "len" | "round"), _):
            return True
        case ast.Constant(int() | float()):
            return True
    return False
