"""What the statements of a `def` are, by syntax alone: loops over constants, branches, names."""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Collection

from .intervals import SECONDS

LONGEST_LOOP = 32  # rounds of a loop over constants
DEEPEST = 100  # levels of a def's syntax, and
LONGEST = 60  # statements of a block, which become as many levels of its tree
# The names under which a def knows modules.
USUAL = {"math": {"math"}, "np": {"numpy"}, "numpy": {"numpy"}, "datetime": {"datetime"}}


class Putting(ast.NodeTransformer):
    """Puts a tree in place of a name."""

    def __init__(self, name: str, tree: ast.expr) -> None:
        self.name = name
        self.tree = tree

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Return the tree where the name is read."""
        read = node.id == self.name and isinstance(node.ctx, ast.Load)
        return self.tree if read else node


def list_constants(sequence: ast.expr) -> list[ast.expr]:
    """Return what a loop over constants goes through; nothing for any other loop, or a long one."""
    match sequence:
        case ast.Tuple(values) | ast.List(values) if all(
            isinstance(value, ast.Constant) for value in values
        ):
            found = values
        case ast.Call(ast.Name("range"), arguments, []) if arguments and all(
            isinstance(one, ast.Constant) and isinstance(one.value, int) for one in arguments
        ):
            numbers = range(*map(ast.literal_eval, arguments))[: LONGEST_LOOP + 1]
            found = [ast.copy_location(ast.Constant(number), sequence) for number in numbers]
        case _:
            return []
    return found if len(found) <= LONGEST_LOOP else []


def find_assigned_name(node: ast.If) -> str | None:
    """Return the one name that every branch of an `if` assigns and does nothing else, or None."""
    branches = [node.body, node.orelse] if node.orelse else [node.body]
    names: set[str | None] = set()
    for branch in branches:
        match branch:
            case [ast.Assign([ast.Name(name)], _)]:
                names.add(name)
            case [ast.If() as deeper]:
                names.add(find_assigned_name(deeper))
            case _:
                return None
    return names.pop() if len(names) == 1 else None


def find_rebound_name(source: str, functions: Collection[str]) -> str | None:
    """Return a name that an import rebinds, of these functions and the modules; or None."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names):
                for name in names:
                    bound = name.asname or name.name.split(".")[0]
                    if bound in {*functions, *USUAL} and name.name not in USUAL.get(bound, set()):
                        return bound
            case ast.ImportFrom(_, names):
                for name in names:
                    if (bound := name.asname or name.name) in {*functions, *USUAL}:
                        return bound
    return None


def is_too_large(node: ast.AST) -> bool:
    """Return whether a def is too long, or nested too deeply, for a tree."""
    level: list[ast.AST] = [node]
    for _ in range(DEEPEST):
        if any(_count_statements(part) > LONGEST for part in level):
            return True
        level = [child for part in level for child in ast.iter_child_nodes(part)]
        if not level:
            return False
    return True


def _count_statements(node: ast.AST) -> int:
    match node:
        case ast.FunctionDef(body=body):
            return len(body)
        case ast.If(_, body, orelse):
            return max(len(body), len(orelse))
    return 0


def leaves(statements: list[ast.stmt]) -> bool:
    """Return whether every way through statements returns."""
    match statements:
        case [*_, ast.Return()]:
            return True
        case [*_, ast.If(_, body, orelse)]:
            return leaves(body) and leaves(orelse)
    return False


def read_span(node: ast.expr) -> tuple[int, str] | None:
    """Return the number and the unit of `datetime.timedelta(days=3)`, or None."""
    match node:
        case ast.Call(
            ast.Attribute(ast.Name("datetime"), "timedelta"),
            [],
            [ast.keyword(str(unit), ast.Constant(int(count)))],
        ) if unit in SECONDS:
            return count, unit
    return None


def read_moment(node: ast.expr) -> dt.date | None:
    """Return what `datetime.date` or `datetime.datetime` makes of constants, or None."""
    match node:
        case ast.Call(ast.Attribute(ast.Name("datetime"), "date" | "datetime" as name), parts, []):
            numbers = [part.value for part in parts if isinstance(part, ast.Constant)]
            whole = len(numbers) == len(parts) and all(type(n) is int for n in numbers)
            try:
                return getattr(dt, name)(*numbers) if whole else None
            except (TypeError, ValueError):
                return None
    return None


def is_fixed(node: ast.expr, statements: list[ast.stmt]) -> bool:
    """Return whether statements assign none of the names that an expression reads."""
    read = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    parts = (part for statement in statements for part in ast.walk(statement))
    stored = {p.id for p in parts if isinstance(p, ast.Name) and isinstance(p.ctx, ast.Store)}
    return not read & stored


def list_separators(
    method: str, arguments: list[ast.expr], index: ast.expr
) -> list[ast.expr] | None:
    """Return the separator of `split` or `rsplit`, if any, where an item of it is one of all parts.

    Those of `text.split(",", 2)` are [0] and [1], of `text.rsplit(",", 2)` [-1] and [-2]: what is
    left is not. None for a slice, and for any other item.
    """
    match arguments, index:
        case _, ast.Slice():
            return None
        case [separator, ast.Constant(int(most))], _:
            taken = range(most) if method == "split" else range(-most, 0)
            fits = _find_integer(index) in taken
            plain = isinstance(separator, ast.Constant) and separator.value is None
            return ([] if plain else [separator]) if fits else None
        case _:
            return arguments


def _find_integer(node: ast.expr) -> int | None:
    match node:
        case ast.Constant(int(value)):
            return value
        case ast.UnaryOp(ast.USub(), ast.Constant(int(value))):
            return -value
    return None
