"""A program's text, put together from its parts, checked, formatted and hashed."""

from __future__ import annotations

import ast
import hashlib
import re
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from ...errors import Unsupported
from ...spec.workload import Query, Tasks
from ..base import Program
from .imports import choose_imports, find_imported_name, sort_imports

Code = str | ast.expr
KEPT = 2048  # texts: programs of one engine share functions, those of a sweep are the same
# What any program may use: its arguments, and Python's own days and times as constants.
ZONE_INFO = "from zoneinfo import ZoneInfo"
STANDARD = ("import sys", "from datetime import date, datetime", ZONE_INFO)
ZONE = re.compile(r"tzinfo=ZoneInfo\(")
TIMES = re.compile(r"(?<![\w.])(date|datetime)(?=\(|\.from)")


@dataclass(frozen=True, slots=True)
class Own:
    """A function of the user's: its name, its text as it was written, and the imports it needs."""

    name: str
    source: str
    imports: tuple[str, ...]


NONE = Own("", "", ())


@dataclass(frozen=True, slots=True)
class Parts:
    """The bodies of a program's functions, as Python statements without indentation.

    `imports` are all that a program of the engine may need, a line each: those that this one uses
    are kept. `before` are the constants and functions between the imports and `load`. `own` is the
    user's function, which stays as it was written; `after` are the functions that call it. `path`
    names the parameters of `load`, and `data` those of `query`, if not `data`; where `query` has
    several, `load` returns as many values.
    """

    imports: str
    load: str
    query: str
    rows: str
    start: str = ""
    before: str = ""
    data: str = ""
    own: Own = NONE
    after: str = ""
    path: str = "path"


# Stands for the user's function while the rest is formatted.
OWN = "def __own__(): ..."
MODULE = """\

{before}

{own}

{after}

{start}

def load({path}):
{load}


def query({data}):
{query}


def rows(answer):
{rows}


if __name__ == "__main__":
{main}
"""


def assemble(engine: str, query: Query | Tasks, parts: Parts) -> Program:
    """Put the parts together as one module that also runs by hand: `python q1.py data.parquet`."""
    text = MODULE.format(
        before=parts.before,
        own=OWN if parts.own.source else "",
        after=parts.after,
        path=parts.path,
        start=f"def start():\n{_indent(parts.start)}\n" if parts.start else "",
        load=_indent(parts.load),
        data=parts.data or "data",
        query=_indent(parts.query),
        rows=_indent(parts.rows),
        main=_indent(_main(parts)),
    )
    imports, text = _write_imports(parts, text)
    _check_name(engine, parts.own.name, text)
    head = f'"""{_write_title(engine, query)}"""\n\n{imports}\n'
    return finish(engine, head + text, parts.own.source)


def _main(parts: Parts) -> str:
    started = "started = start()\n" if parts.start else ""
    paths = parts.path.split(", ") if parts.path else []
    given = ", ".join(f"sys.argv[{number}]" for number in range(1, len(paths) + 1))
    several = "*" if "," in parts.data else ""
    return f"{started}print(query({several}load({given})))"


def _write_imports(parts: Parts, text: str) -> tuple[str, str]:
    """Return the imports that a program's text uses, with the user's function's, and the text."""
    own = list(parts.own.imports)
    bound = set(map(find_imported_name, own))
    source = parts.own.source
    own += [f"from datetime import {word}" for word in TIMES.findall(source) if word not in bound]
    own += [ZONE_INFO] if ZONE.search(source) else []
    program = [*STANDARD, *filter(None, parts.imports.splitlines())]
    text, lines = choose_imports(text, program, own, frozenset({parts.own.name}))
    return sort_imports(lines), text


def _check_name(engine: str, name: str, text: str) -> None:
    """Raise Unsupported if a program's text has another thing of the user's function's name."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Assign([ast.Name(bound)], ast.Call(args=[ast.Name(read)])) if bound == read:
                continue
            case ast.Assign(targets=[ast.Name(bound)]) | ast.FunctionDef(bound) | ast.arg(bound):
                if bound == name:
                    why = f"programs of {engine} have a part of this name; rename this def"
                    raise Unsupported(name, why)


def finish(engine: str, text: str, own: str = "") -> Program:
    """Format a module's text, but not the user's own function in it, and hash its meaning."""
    written = format_code(text)
    whole = written.replace(OWN, own.strip("\n"), 1) if own else written
    return Program(engine, whole, hash_meaning(whole))


def fill(template: str, **holes: Code) -> str:
    """Fill the UPPERCASE holes of statements; comments stay as they are.

    A hole alone on its line takes statements (none: the line goes); others take an expression.
    Raises ValueError if a filled hole changed how its surroundings are read.
    """
    text = textwrap.dedent(template).strip("\n")
    for name, code in holes.items():
        text = _fill_hole(text, name, code)
    return text


@lru_cache(maxsize=KEPT)
def hash_meaning(text: str) -> str:
    """Hash a module's tree without its docstring: the same meaning gives the same 12 digits."""
    tree = ast.parse(text)
    if tree.body and isinstance(tree.body[0], ast.Expr):
        tree.body = tree.body[1:]
    return hashlib.sha256(ast.unparse(tree).encode()).hexdigest()[:12]


def _fill_hole(text: str, name: str, code: Code) -> str:
    alone = re.compile(rf"^([ \t]*){name}[ \t]*(?:\n|\Z)", re.MULTILINE)
    if isinstance(code, str) and alone.search(text):
        return alone.sub(lambda m: textwrap.indent(code, m[1]) + "\n" if code else "", text)
    written = ast.unparse(code) if isinstance(code, ast.expr) else code
    filled = re.sub(rf"\b{name}\b", lambda _: written, text)
    _check_reading(text, filled, name, written)
    return filled


def _check_reading(template: str, filled: str, name: str, written: str) -> None:
    """Compare the filled text's tree with the template's tree, filled as a tree."""
    hole = ast.parse(written, mode="eval").body

    class Fill(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return hole if node.id == name else node

    as_tree = Fill().visit(ast.parse(_as_function(template)))
    if ast.dump(as_tree) != ast.dump(ast.parse(_as_function(filled))):
        message = f"filling {name} with {written!r} changes how its surroundings are read"
        raise ValueError(message)


def _as_function(statements: str) -> str:
    return "def f():\n" + textwrap.indent(statements, "    ")


def _write_title(engine: str, query: Query | Tasks) -> str:
    title = f"{query.name}: {query.question} - {engine}"
    printable = "".join(c if c.isprintable() else " " for c in title)
    return printable.replace("\\", "\\\\").replace('"', "'")


def _indent(body: str) -> str:
    return textwrap.indent(body.strip("\n"), "    ")


_FORMATS = ContextVar("_FORMATS", default=True)


@contextmanager
def skip_formatting() -> Iterator[None]:
    """Leave programs as they are joined: layout is most of the time, and changes no meaning."""
    token = _FORMATS.set(False)
    try:
        yield
    finally:
        _FORMATS.reset(token)


def format_code(text: str) -> str:
    """Format a text as black does."""
    if not _FORMATS.get():
        return text
    return "\n\n".join(map(_format, _split_functions(re.sub(r"\n{4,}", "\n\n\n", text))))


def _split_functions(text: str) -> list[str]:
    """Return what stands before a module's functions, and each of them with its comments."""
    lines = text.split("\n")
    starts = [
        _find_start(lines, min([node.lineno, *(d.lineno for d in decorators)]) - 1)
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef | ast.If)
        for decorators in [getattr(node, "decorator_list", [])]
    ]
    places = pairwise([0, *starts, len(lines)])
    return ["\n".join(lines[start:end]) for start, end in places if start < end]


def _find_start(lines: list[str], at: int) -> int:
    while at and lines[at - 1].startswith("#"):
        at -= 1
    return at


@lru_cache(maxsize=KEPT)
def _format(text: str) -> str:
    import black  # noqa: PLC0415 - a tenth of a second, and only writing needs it
    from black.mode import TargetVersion  # noqa: PLC0415

    mode = black.Mode(target_versions={TargetVersion.PY311}, line_length=88)
    return black.format_str(text, mode=mode)
