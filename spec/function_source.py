"""Where a function of a workload is written: in the query, or as a def in a file."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .document import Log, Origin, Position, TextNode
from .python_syntax import ExpressionError, parse_python
from .row_functions import (
    is_definition,
)
from .vocabulary import suggest

_ELSEWHERE = re.compile(r"([^\s:]+\.py):(\w+)")


@dataclass(frozen=True, slots=True)
class FunctionSource:
    """The text of a `def`, and the place of each of its characters."""

    text: str
    at: Callable[[int], Position]


def holds_definition(node: TextNode) -> bool:
    """Return whether a value is a def, or names one in a file."""
    return is_definition(node.text) or _ELSEWHERE.fullmatch(node.text.strip()) is not None


def read_source(log: Log, node: TextNode, folder: Path) -> FunctionSource | None:
    """Return the def that a value contains or names (`FILE.py:NAME`); None after a mistake."""
    if not log.python:
        log.add(
            node.place, "--no-python refuses Python functions, because they run on this machine"
        )
        return None
    match = _ELSEWHERE.fullmatch(node.text.strip())
    if not match:
        return FunctionSource(node.text, node.at)
    path, name = folder / match[1], match[2]
    try:
        origin = Origin(str(path), path.read_text(encoding="utf-8"))
    except OSError as error:
        log.add(node.place, f"{path} cannot be read: {error.strerror}")
        return None
    except ValueError:
        log.add(node.place, f"{path} is not UTF-8 text; save it as UTF-8")
        return None
    return _read_from_file(log, node, origin, name)


def _read_from_file(log: Log, node: TextNode, origin: Origin, name: str) -> FunctionSource | None:
    try:
        module = parse_python(origin.text)
    except ExpressionError as error:
        for slip in error.slips:
            log.add(Position(origin, slip.offset), slip.message)
        return None
    defs = {part.name: part for part in module.body if isinstance(part, ast.FunctionDef)}
    if name not in defs:
        log.add(node.place, f"{origin.name} has no function {name!r}{suggest(name, tuple(defs))}")
        return None
    return _cut_segment(origin, defs[name])


def _cut_segment(origin: Origin, part: ast.FunctionDef) -> FunctionSource:
    lines = origin.text.splitlines(keepends=True)
    first = min([part.lineno, *(d.lineno for d in part.decorator_list)]) - 1
    start = sum(len(line) for line in lines[:first])
    text = "".join(lines[first : part.end_lineno])
    return FunctionSource(text, lambda offset: Position(origin, start + offset))
