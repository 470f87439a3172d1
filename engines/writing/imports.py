"""The imports of a program: its own, those of the user's function, and their names apart."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache

from ...spec.expression import choose_fresh_name

FIRST = "from __future__ "


def take_imports(source: str) -> tuple[list[str], str]:
    """Take the imports off a text's start: a line for each name, and what is left."""
    nodes = [n for n in ast.parse(source).body if isinstance(n, ast.Import | ast.ImportFrom)]
    gone = {line for n in nodes for line in range(n.lineno, (n.end_lineno or n.lineno) + 1)}
    left = [line for at, line in enumerate(source.split("\n"), 1) if at not in gone]
    return [line for node in nodes for line in _split(node)], "\n".join(left).strip("\n")


def choose_imports(
    text: str, program: Iterable[str], own: Iterable[str], taken: frozenset[str]
) -> tuple[str, list[str]]:
    """Return a text with the imports that it uses, and those of the user's function.

    A name that is `taken` by the user's function, or by one of its imports, is another's in the
    text: `pd` of Modin becomes `mpd` where the function imports pandas by that name.
    """
    used, own = _find_free_names(text), [line for given in own for line in split_line(given)]
    kept = [one for line in program for one in split_line(line) if find_imported_name(one) in used]
    taken |= {find_imported_name(line) for line in own}
    for line in kept[:]:
        name = find_imported_name(line)
        if name in taken and line not in own:
            new, read = _rename(line, own, {*taken, *used})
            text = _put(text, name, read)
            kept = [*(one for one in kept if one != line), *new]
    return text, [*kept, *own]


def find_imported_name(line: str) -> str:
    """Return the name that a line imports: `pq` of `import pyarrow.parquet as pq`."""
    return line.rsplit(maxsplit=1)[-1].partition(".")[0]


def sort_imports(lines: Iterable[str]) -> str:
    """Order imports as isort does: the standard library first, plain before `from`."""
    lines = list(filter(None, lines))
    plain = sorted({line for line in lines if not _is_name(line)})
    names: dict[str, set[str]] = {}
    for line in filter(_is_name, lines):
        start, _, name = line.partition(" import ")
        names.setdefault(start, set()).add(name)
    merged = [f"{start} import {', '.join(sorted(found))}" for start, found in names.items()]
    ordered = sorted([*plain, *merged], key=lambda line: (line.startswith("from"), line))
    first = [line for line in ordered if line.startswith(FIRST)]
    ordered = [line for line in ordered if line not in first]
    standard = [x for x in ordered if x.split()[1].split(".")[0] in sys.stdlib_module_names]
    others = [x for x in ordered if x not in standard]
    return "\n\n".join("\n".join(block) for block in (first, standard, others) if block)


def split_line(line: str) -> list[str]:
    """Split `from x import a, b` into an import for each name."""
    return [one for node in ast.parse(line).body for one in _split(node)]


@lru_cache(maxsize=2048)
def _find_free_names(text: str) -> frozenset[str]:
    names = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)]
    bound = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    return frozenset(node.id for node in names) - bound


def _split(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.Import(names):
            yield from (ast.unparse(ast.Import([name])) for name in names)
        case ast.ImportFrom(module, names, level):
            yield from (ast.unparse(ast.ImportFrom(module, [name], level)) for name in names)


def _rename(line: str, own: list[str], taken: set[str]) -> tuple[list[str], str]:
    """Return what is imported in place of a line, and what then reads it."""
    match ast.parse(line).body[0]:
        case ast.Import([ast.alias(module)]) if "." not in module and module not in taken:
            return [f"import {module}"], module
        case ast.Import([ast.alias(module, name)]):
            new = choose_fresh_name(f"{module[0]}{name or module}", taken)
            return [f"import {module} as {new}"], new
        case ast.ImportFrom(module, [ast.alias(name)]) if f"import {module}" in own:
            return [], f"{module}.{name}"
        case ast.ImportFrom(module, [ast.alias(name)]):
            new = choose_fresh_name(f"{(module or '').replace('.', '_')}_{name}", taken)
            return [f"from {module} import {name} as {new}"], new
    raise AssertionError(line)


def _put(text: str, name: str, read: str) -> str:
    """Put what reads an import in place of a name."""
    lines = text.split("\n")
    places = [
        (node.lineno - 1, node.col_offset)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Name) and node.id == name
    ]
    for at, column in sorted(places, reverse=True):
        line = lines[at].encode()
        lines[at] = (line[:column] + read.encode() + line[column + len(name) :]).decode()
    return "\n".join(lines)


def _is_name(line: str) -> bool:
    return line.startswith("from ") and " as " not in line
