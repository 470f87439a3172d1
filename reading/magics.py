"""Leave IPython's magics out of the code of notebooks, line by line."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import replace

from .model import Source

_MAGIC = re.compile(r"^(\s*)(?:[%!?].*|[\w.\[\]'\"]+\?{1,2}\s*)$")
_TIMED = re.compile(r"^(\s*)%(?:time|timeit|prun|memit)\s+(?!-)(.+)$")
_ASSIGNED = re.compile(r"^(\s*[\w, ]+=\s*)([!%].*)$")
# Magics of a whole cell whose lines are Python.
_TIMING = re.compile(r"^%%(?:time|timeit|capture|prun|memit)\b")


def leave_magics_out(text: str) -> str:
    """Return the code of a cell or a script without its magics, with as many lines."""
    if parse(text):
        return text
    lines = text.split("\n")
    first = next((n for n, line in enumerate(lines) if line.strip()), 0)
    if lines[first].startswith("%%") and not _TIMING.match(lines[first]):
        return "\n" * text.count("\n")
    return "\n".join(map(_leave_out, lines))


def _leave_out(line: str) -> str:
    """Return a line of Python for one of IPython."""
    if found := _TIMED.match(line):
        return f"{found[1]}{found[2]}"
    if found := _ASSIGNED.match(line):
        return f"{found[1]}get_ipython().getoutput({found[2]!r})"
    if found := _MAGIC.match(line):
        return f"{found[1]}pass" if found[1] else ""
    return line


def parse(text: str) -> ast.Module | None:
    """Return the syntax of Python; None where it is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def leave_cell_out(source: Source, line: int) -> Source | None:
    """Return a notebook without the cell that is no Python; None where it has no such cell.

    An error at the end of the code is of the last cell that is left.
    """
    broken = {number for number, _ in source.lines if not parse(_join_cell(source, number))}
    if not broken:
        return None
    at = source.lines[min(line, len(source.lines)) - 1][0]
    left_out = at if at in broken else min(broken)
    kept = zip(source.text.split("\n"), source.lines, strict=False)
    text = "\n".join("" if number == left_out else one for one, (number, _) in kept)
    return replace(source, text=f"{text}\n")


def _join_cell(source: Source, number: int) -> str:
    pairs = zip(source.text.split("\n"), source.lines, strict=False)
    return "\n".join(line for line, (one, _) in pairs if one == number)
