"""A person's straight-line code as statements: those that an answer needs, and their own lines."""

from __future__ import annotations

import ast
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

# What only prints, plots or saves: an answer is the same without it.
PRINTING = {"print", "display"}
PLOTTING = {"plt", "pyplot", "sns", "px", "go", "fig", "ax", "axes", "warnings", "logging"}
LOOKING = {
    *("head", "tail", "info", "describe", "sample", "hist", "boxplot", "plot", "show", "savefig"),
    *("to_csv", "to_parquet", "to_excel", "to_json", "to_string", "to_markdown", "to_html"),
}
# Methods that write into a frame's own values where `inplace` is given.
FILLING = {"fillna", "replace", "clip", "where", "mask", "interpolate", "ffill", "bfill"}
# A variable in the text of `DataFrame.query` and `eval`.
QUOTED = re.compile(r"@([A-Za-z_]\w*)")


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A line of a program, with its number in the person's own text.

    The indentation of a `fixed` one is part of a text, and stays.
    """

    text: str
    number: int
    fixed: bool = False

    def indent(self) -> CodeLine:
        """Return the line as it stands in a function."""
        return replace(self, text=f"    {self.text}") if self.text and not self.fixed else self


def keep_needed(
    statements: Sequence[ast.stmt], wanted: ast.expr, imports: Iterable[ast.stmt] = ()
) -> list[ast.stmt]:
    """Return the statements that the value of an expression depends on, in their order.

    A statement is left out only where it binds other names alone, prints, plots or saves.
    """
    libraries = set[str]().union(*map(_bind, imports))  # no frame shares its values with one
    aliases = {
        name: shared for name, shared in _find_aliases(statements).items() if name not in libraries
    }
    needed = _widen(list_names(wanted), aliases)
    kept = []
    for statement in reversed(statements):
        if _changes(statement, needed):
            kept.append(statement)
            needed |= _widen(list_names(statement), aliases)
    return kept[::-1]


def keep_used_imports(
    imports: Iterable[ast.stmt], used: Iterable[ast.AST], replaced: Container[ast.AST]
) -> list[ast.stmt]:
    """Return the imports of which something is used outside of the expressions of `replaced`."""
    names, waiting = {"*", "annotations"}, list(used)
    while waiting:
        node = waiting.pop()
        if node not in replaced:
            names |= {node.id} if isinstance(node, ast.Name) else set()
            waiting += ast.iter_child_nodes(node)
    return [node for node in imports if _bind(node) & names]


def choose_copies(statements: Iterable[ast.stmt]) -> Literal["shallow", "deep"]:
    """Return the copies that leave a frame as it was loaded: deep ones where values are written.

    A shallow one is enough for statements that only add, replace or remove columns.
    """
    writes = any(_writes_values(node) for one in statements for node in ast.walk(one))
    return "deep" if writes else "shallow"


def list_names(node: ast.AST) -> set[str]:
    """Return the names that a tree mentions, also those of definitions and of `query("v > @x")`."""
    nodes = list(ast.walk(node))
    found = {one.id for one in nodes if isinstance(one, ast.Name)}
    texts = (one.value for one in nodes if isinstance(one, ast.Constant))
    quoted = {name for text in texts if isinstance(text, str) for name in QUOTED.findall(text)}
    return found | quoted | _bind(node)


def copy_lines(text: str, statement: ast.stmt, replaced: Mapping[ast.expr, str]) -> list[CodeLine]:
    """Return a statement's own lines without indentation, with the comments above it.

    Each expression of `replaced` is replaced by its text.
    """
    rows = text.split("\n")
    first, last = _find_first(statement), statement.end_lineno or statement.lineno
    fixed = set(_list_fixed(statement))
    lines = [
        CodeLine(rows[number - 1], number, number in fixed) for number in range(first, last + 1)
    ]
    lines[-1] = _cut_after(lines[-1], statement.end_col_offset or 0)
    for node in sorted(replaced, key=lambda node: (node.lineno, node.col_offset), reverse=True):
        if first <= node.lineno <= last:
            lines = _replace(lines, node, replaced[node])
    lines[0] = replace(lines[0], text=_split(lines[0].text, statement.col_offset)[1])
    margin = statement.col_offset
    return [*_list_comments(rows, first), lines[0], *(_dedent(line, margin) for line in lines[1:])]


def _find_first(statement: ast.stmt) -> int:
    match statement:
        case ast.FunctionDef(decorator_list=[first, *_]) | ast.ClassDef(decorator_list=[first, *_]):
            return first.lineno
        case _:
            return statement.lineno


def _list_comments(rows: Sequence[str], first: int) -> list[CodeLine]:
    """Return the lines of comments directly above a line."""
    start = first
    while start > 1 and rows[start - 2].lstrip().startswith("#"):
        start -= 1
    return [CodeLine(rows[number - 1].strip(), number) for number in range(start, first)]


def _cut_after(line: CodeLine, end: int) -> CodeLine:
    """Return a line without a further statement after its end; a comment stays."""
    own, rest = _split(line.text, end)
    return line if rest.lstrip().startswith("#") else replace(line, text=own)


def _replace(lines: list[CodeLine], node: ast.expr, name: str) -> list[CodeLine]:
    places = [line.number for line in lines]
    first, last = places.index(node.lineno), places.index(node.end_lineno or node.lineno)
    before = _split(lines[first].text, node.col_offset)[0]
    after = _split(lines[last].text, node.end_col_offset or 0)[1]
    joined = replace(lines[first], text=f"{before}{name}{after}")
    return [*lines[:first], joined, *lines[last + 1 :]]


def _split(text: str, offset: int) -> tuple[str, str]:
    """Split a line at an offset of the syntax tree, which counts bytes."""
    raw = text.encode()
    return raw[:offset].decode(), raw[offset:].decode()


def _dedent(line: CodeLine, margin: int) -> CodeLine:
    if line.fixed:
        return line
    cut = min(margin, len(line.text) - len(line.text.lstrip()))
    return replace(line, text=line.text[cut:])


def _list_fixed(statement: ast.stmt) -> Iterator[int]:
    """Yield the lines that begin inside a text."""
    for node in ast.walk(statement):
        if isinstance(node, ast.JoinedStr) or (
            isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
        ):
            yield from range(node.lineno + 1, (node.end_lineno or node.lineno) + 1)


def _bind(node: ast.AST) -> set[str]:
    """Return the names that a definition or an import binds, anywhere in a tree."""
    found = set()
    for one in ast.walk(node):
        match one:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.alias(name=name, asname=asname):
                found.add(asname or name.partition(".")[0])
    return found


def _changes(statement: ast.stmt, needed: set[str]) -> bool:
    """Return whether a statement may change the value of one of the names."""
    match statement:
        case ast.Assign(targets=targets, value=value) if _are_names(targets):
            changed = {n for target in targets for n in list_names(target)} | _list_popped(value)
            return bool(needed & changed)
        case ast.AnnAssign(target=ast.Name(name)) | ast.AugAssign(target=ast.Name(name)):
            return name in needed
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return name in needed
        case ast.Expr(value=ast.Call() as call):
            return not _only_looks(call) and bool(list_names(call) & needed)
        case ast.Expr() | ast.Pass():
            return False
        case ast.For() | ast.While() | ast.With() | ast.If() | ast.Try():
            return any(_changes(one, needed) for one in _list_inside(statement))
        case _:
            return bool(list_names(statement) & needed)


def _list_popped(value: ast.expr) -> set[str]:
    """Return the names of frames that an expression takes a column out of."""
    found: set[str] = set()
    for node in ast.walk(value):
        match node:
            case ast.Call(func=ast.Attribute(value=frame, attr="pop")):
                found |= _find_roots(frame)
    return found


def _list_inside(statement: ast.stmt) -> Iterator[ast.stmt]:
    """Yield the statements of a block, and for a loop the assignment of its names."""
    if isinstance(statement, ast.For):
        yield ast.Assign([statement.target], statement.iter)
        if list_names(statement.iter) and _changes_items(statement):
            yield ast.Delete([statement.iter])  # its items are the frames that are written to
    for node in ast.walk(statement):
        if isinstance(node, ast.stmt) and node is not statement:
            yield node


def _changes_items(loop: ast.For) -> bool:
    """Return whether a loop writes to a part of something: perhaps of the frames it goes over."""
    return any(map(_writes_item, ast.walk(loop)))


def _writes_item(node: ast.AST) -> bool:
    return isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store)


def _are_names(targets: Iterable[ast.expr]) -> bool:
    return not any(_writes_item(node) for target in targets for node in ast.walk(target))


def _only_looks(call: ast.Call) -> bool:
    """Return whether a call prints, plots or saves, by the names in its chain."""
    names, node = [], call.func
    while True:
        match node:
            case ast.Attribute(value=value, attr=attr):
                names.append(attr)
                node = value
            case ast.Call(func=func):
                node = func
            case ast.Subscript(value=value):
                node = value
            case ast.Name(name):
                return name in PRINTING | PLOTTING or (bool(names) and bool(LOOKING & set(names)))
            case _:
                return False


def _find_aliases(statements: Sequence[ast.stmt]) -> dict[str, set[str]]:
    """Return, for a name, those whose statements may change its value in place.

    A part of a frame shares its values: writing to either changes the other.
    """
    nodes = [node for statement in statements for node in ast.walk(statement)]
    writing = (node for node in nodes if _writes_values(node) or _writes_item(node))
    written = {name for node in writing for name in _find_roots(node)}
    changing = (node for node in nodes if isinstance(node, ast.For) and _changes_items(node))
    changed = {name for loop in changing for name in list_names(loop.iter)}
    found: dict[str, set[str]] = {}
    for node in nodes:
        match node:
            case ast.Assign(
                targets=[ast.Name(name)],
                value=ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Dict(values=parts),
            ) if name in changed:
                for root in (root for part in parts for root in _find_roots(part)):
                    found.setdefault(root, set()).add(name)
            case ast.Assign(targets=[ast.Name(name)], value=value):
                for root in _find_roots(value) & written:
                    found.setdefault(name, set()).add(root)
                for root in _find_roots(value) if name in written else ():
                    found.setdefault(root, set()).add(name)
    return found


def _find_roots(node: ast.AST) -> set[str]:
    """Return the name whose attribute or item an expression is, or a statement writes to."""
    match node:
        case ast.Name(name):
            return {name}
        case ast.Attribute(value=value) | ast.Subscript(value=value):
            return _find_roots(value)
        case ast.Call(func=ast.Attribute(value=value)):
            return _find_roots(value)
        case ast.Assign(targets=targets):
            return {name for target in targets for name in _find_roots(target)}
        case ast.AugAssign(target=target):
            return _find_roots(target)
        case _:
            return set()


def _widen(names: set[str], aliases: Mapping[str, set[str]]) -> set[str]:
    wider = names.union(*(aliases.get(name, ()) for name in names))
    return names if wider == names else _widen(wider, aliases)


def _writes_values(node: ast.AST) -> bool:
    match node:
        case ast.AugAssign(target=ast.Subscript() | ast.Attribute() | ast.Name()):
            return True
        case ast.Assign(targets=targets):
            return any(_is_cell(target) for target in targets)
        case ast.Call(func=ast.Attribute(attr="update")):
            return True
        case ast.Call(func=ast.Attribute(attr=method), keywords=keywords):
            return method in FILLING and any(one.arg == "inplace" for one in keywords)
        case _:
            return False


def _is_cell(target: ast.expr) -> bool:
    """Return whether an assignment writes to rows; one to a named column adds or replaces it."""
    match target:
        case ast.Subscript(slice=ast.Constant(value=str()) | ast.JoinedStr()):
            return isinstance(target.value, ast.Attribute)
        case ast.Subscript(slice=ast.List(elts=elements)):
            return not all(isinstance(one, ast.Constant) for one in elements)
        case ast.Subscript():
            return True
        case _:
            return False
