"""The user's functions as Numba compiles them: numbers in, numbers out, in loops over arrays.

What is no number, such as text, pandas compares beforehand: the loop gets the answers as arrays.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace

from ...errors import Unsupported
from ...spec.expression import (
    Arith,
    Bool,
    Call,
    Case,
    Col,
    Compare,
    Expr,
    IsIn,
    IsMissing,
    Let,
    Lit,
    Neg,
    Not,
    choose_fresh_name,
    list_children,
    list_columns,
    rebuild,
)
from ...spec.schema import Column, Kind
from ...spec.vocabulary import ROW_FUNCTIONS
from ...spec.workload import GroupFunction, Query, RowFunction
from ..pandas.expressions import SeriesWriter
from ..writing.loops import FUNCTIONS
from ..writing.program import fill
from ..writing.properties import Facts
from ..writing.quote import quote
from ..writing.user_functions import add_guard

NUMBERS = {"int", "float"}
# The types of arrays that pandas computes.
HELD: dict[Kind, str] = {"int": "int64", "float": "double", "bool": "bool"}
EACH_ROW = '''
NAME = njit(error_model="numpy")(NAME)


@njit(parallel=True)
def LOOP(records):
    """Call the function on each row; each pass writes an element of its own."""
    output = np.empty(len(records))
    for i in prange(len(records)):
        SKIP
        output[i] = NAME(records[i])
    return output
'''
SKIP = """\
if MISSING:
    output[i] = np.nan
    continue
"""
EACH_GROUP = '''
NAME = njit(error_model="numpy")(NAME)


@njit
def sort_groups(group, starts):
    """Return the rows' numbers, those of each group together, in one pass."""
    order, place = np.empty_like(group), starts[:-1].copy()
    for i in range(len(group)):
        order[place[group[i]]] = i
        place[group[i]] += 1
    return order


@njit(parallel=True)
def LOOP(starts, COLUMNS):
    """Call the function on each group's slices; each pass writes a row of its own."""
    output = np.empty((len(starts) - 1, NUMBER))
    for i in prange(len(starts) - 1):
        SLOTS = CALL
    return output
'''


@dataclass(slots=True)
class Lifting:
    """Takes out of a row function what Numba cannot compile, as arrays that pandas computes."""

    facts: Facts
    taken: set[str]
    arrays: dict[str, Expr] = field(default_factory=dict)

    def lift(self, function: RowFunction, body: Expr) -> RowFunction:
        """Return the function over numbers alone; Unsupported where its answer is none.

        A row without an input has no answer; an array's value may be missing beside its inputs.
        """
        self._check(function, body)
        guards = self.facts.list_guards(body)
        inner = self._rewrite(body, frozenset())
        tests = tuple(IsMissing(Col(name)) for name in guards if name not in list_columns(inner))
        if tests:
            guard = tests[0] if len(tests) == 1 else Bool("or", tests)
            inner = add_guard(self._add("missing", guard, "bool"), inner)
        if not list_columns(inner):
            raise Unsupported(function.name, "it reads no column; use pandas")
        return replace(function, body=inner)

    def _check(self, function: RowFunction, body: Expr) -> None:
        if self.facts.find_kind(body) not in NUMBERS:
            why = "it does not return numbers, and Numba compiles loops over numbers; use pandas"
            raise Unsupported(function.name, why)
        gaps = any(self.facts.may_miss(Col(name)) for name in list_columns(body))
        if function.on_missing == "call" and gaps:
            why = "a compiled loop takes no missing values; use pandas"
            raise Unsupported(function.name, why)

    def _rewrite(self, node: Expr, bound: frozenset[str]) -> Expr:
        if self._compiles(node, bound):
            return node
        match node:
            case Let(name, value, body):
                inner = self._rewrite(body, bound | {name})
                return Let(name, self._rewrite(value, bound), inner)
            case Case() | Arith() | Neg():
                parts = list_children(node)
            case Bool() | Not() if any(self._compiles(part, bound) for part in list_children(node)):
                parts = list_children(node)
            case _:
                return self._write_array(node, bound)
        return rebuild(node, tuple(self._rewrite(part, bound) for part in parts))

    def _write_array(self, node: Expr, bound: frozenset[str]) -> Expr:
        """Put an array in the place of an expression, whose values pandas computes."""
        read = list_columns(node)
        kind = "null" if bound.intersection(read) else self.facts.find_kind(node)
        if kind not in {*NUMBERS, "bool"} or not read:
            text = ", ".join(read) or "a constant"
            raise Unsupported(text, "Numba compiles loops over numbers; use pandas")
        known = next((name for name, tree in self.arrays.items() if tree == node), None)
        if known:
            return Col(known)
        word = node.function if isinstance(node, Call) and kind != "bool" else "matches"
        return self._add("_".join((*read, word)), node, kind)

    def _add(self, name: str, node: Expr, kind: Kind) -> Col:
        name = choose_fresh_name(name, self.taken)
        self.taken.add(name)
        self.arrays[name] = node
        gaps = kind != "bool" and self.facts.may_miss(node)
        column = Column(name, kind, HELD[kind], gaps)
        schema = self.facts.data
        self.facts = replace(self.facts, data=replace(schema, columns=(*schema.columns, column)))
        return Col(name)

    def _compiles(self, node: Expr, bound: frozenset[str]) -> bool:
        """Return whether Numba can compute an expression over the columns' elements."""
        match node:
            case Col(name) if name in bound:
                return True
            case Col():
                return _is_number(node, self.facts)
            case Lit(value):
                return value is None or isinstance(value, int | float)
            case Call(function, arguments) if function not in FUNCTIONS or (
                len(arguments) > 1 and function == "round"
            ):
                return False
            case Let(name, value, body):
                return self._compiles(value, bound) and self._compiles(body, bound | {name})
            case IsIn(operand, values):
                return self._compiles(operand, bound) and all(
                    self._compiles(value, bound) for value in values
                )
            case _:
                return all(self._compiles(part, bound) for part in list_children(node))


LENGTHS = {"len", "count_words"}


def write_array(node: Expr, writer: SeriesWriter) -> ast.expr:
    """Write what pandas computes for the loop."""
    decides = isinstance(node, Compare | Bool | Not | IsIn | IsMissing | Col) or (
        isinstance(node, Call) and ROW_FUNCTIONS[node.function].gives == "bool"
    )
    tree = writer.write_condition(node) if decides else writer.as_series(node)
    if isinstance(node, Call) and node.function in LENGTHS and writer.may_miss(node):
        # The lengths of texts that are all missing are objects.
        return quote("x.to_numpy('float64')", x=tree)
    return quote("x.to_numpy()", x=tree)


def require_numbers(name: str, read: tuple[str, ...], facts: Facts) -> None:
    """Raise Unsupported where a function that is compiled as it is reads what is no number."""
    for column in read:
        if not _is_number(Col(column), facts):
            why = f"{column!r} holds no numbers, and Numba compiles loops over numbers; use pandas"
            raise Unsupported(name, why)


def _is_number(column: Col, facts: Facts) -> bool:
    """Return whether a column's array is one of numbers, or of truth values without gaps."""
    kind = facts.find_kind(column)
    return kind in NUMBERS or (kind == "bool" and not facts.may_miss(column))


def write_row_loop(
    function: RowFunction, facts: Facts, skipped: tuple[str, ...]
) -> tuple[str, str]:
    """Return the name and the text of the loop that calls a def on the rows as records."""
    require_numbers(function.name, function.columns, facts)
    if function.on_missing == "call" and any(facts.may_miss(Col(n)) for n in function.columns):
        raise Unsupported(function.name, "a compiled loop takes no missing values; use pandas")
    missing = " or ".join(f"np.isnan(records[i][{name!r}])" for name in skipped)
    loop = choose_fresh_name("each_row", {function.name})
    text = EACH_ROW.replace("LOOP", loop).replace("NAME", function.name)
    return loop, fill(text, SKIP=fill(SKIP, MISSING=missing) if missing else "")


def write_group_loop(function: GroupFunction, facts: Facts) -> tuple[str, str]:
    """Return the name and the text of the loop that calls a def on each group's arrays."""
    require_numbers(function.name, function.parameters, facts)
    if function.body is None and _may_return_none(function.source, function.name):
        why = "it may return None, and Numba's loop stores numbers; use pandas"
        raise Unsupported(function.name, why)
    number = len(function.outputs)
    loop = choose_fresh_name("each_group", {function.name})
    taken = {"starts", "output", "i", "np", "prange", "njit", function.name, loop}
    names = [choose_fresh_name(name, taken) for name in function.parameters]
    parts = [f"{name}[starts[i] : starts[i + 1]]" for name in names]
    slots = ", ".join(f"output[i, {k}]" for k in range(number))
    text = (
        EACH_GROUP.replace("LOOP", loop)
        .replace("COLUMNS", ", ".join(names))
        .replace("SLOTS", slots)
        .replace("NUMBER", str(number))
        .replace("CALL", f"{function.name}({', '.join(parts)})")
        .replace("NAME", function.name)
    )
    return loop, text.strip("\n")


def _may_return_none(source: str, name: str) -> bool:
    """Return whether a def has a `return` with None, or an end that it reaches without one."""
    module = ast.parse(source)
    returns = (node for node in ast.walk(module) if isinstance(node, ast.Return))
    parts = (part for node in returns for part in ast.walk(node.value or ast.Constant(None)))
    if any(isinstance(part, ast.Constant) and part.value is None for part in parts):
        return True
    named = (one for one in module.body if isinstance(one, ast.FunctionDef) and one.name == name)
    return any(_reaches_end(one.body) for one in named)


def _reaches_end(body: list[ast.stmt]) -> bool:
    """Return whether what follows statements may run."""
    match body[-1] if body else None:
        case ast.Return() | ast.Raise() | ast.While(test=ast.Constant(True)):
            return False
        case ast.If(body=chosen, orelse=otherwise):
            return _reaches_end(chosen) or _reaches_end(otherwise)
        case ast.With(body=inner):
            return _reaches_end(inner)
    return True


def group_statements(
    query: Query, function: GroupFunction, loop: str, frame: str, groups: ast.expr
) -> tuple[list[str], ast.expr]:
    """Write the sorted slices and the call of the loop; return statements and the answer."""
    arrays = [quote("f[n].to_numpy()[order]", f=quote(frame), n=n) for n in function.parameters]
    lines = [
        fill("group = GROUPS.ngroup().to_numpy()", GROUPS=groups),
        "starts = np.append(0, np.bincount(group).cumsum())",
        "order = sort_groups(group, starts)",
        fill("output = CALL", CALL=quote(f"{loop}(starts, *a)", a=arrays)),
    ]
    keys = quote("f[k].iloc[order[starts[:-1]]]", f=quote(frame), k=list(query.group_by))
    values = {n: quote("output[:, i]", i=i) for i, n in enumerate(function.outputs)}
    return lines, quote("k.assign(**v)", k=keys, v=values)
