"""Open code: a script, a function of a script, a notebook, or standard input."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from ..errors import CodeError
from .magics import leave_magics_out
from .model import Source

_FUNCTION = re.compile(r"(.+\.py):([A-Za-z_]\w*)")
LONGEST = 2**22  # bytes; longer code is no script


def open_source(spec: str) -> Source:
    """Open `FILE.py`, `FILE.py:FUNCTION`, `FILE.ipynb` or `-`; CodeError where it cannot be read.

    The cells of a notebook are joined, without its magics.
    """
    if spec == "-":
        return Source("<stdin>", leave_magics_out(sys.stdin.read()))
    found = _FUNCTION.fullmatch(spec)
    book, _, name = spec.partition(".ipynb:")
    if name.isidentifier():
        raise CodeError(f"{book}.ipynb: name its variable with --answer {name}")
    path, function = (found[1], found[2]) if found else (spec, "")
    text = _read(Path(path))
    if path.endswith(".ipynb"):
        return _open_notebook(path, text)
    return Source(path, leave_magics_out(text), function)


def _read(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise CodeError(f"{path}: cannot be read: {error.strerror}") from None
    if len(raw) > LONGEST:
        raise CodeError(f"{path}: is larger than 4 MiB; name a script, a notebook or a function")
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        raise CodeError(f"{path}: not UTF-8 text; save it as UTF-8") from None


def _open_notebook(path: str, text: str) -> Source:
    try:
        cells = json.loads(text)["cells"]
        code = [
            (number, "".join(cell["source"]))
            for number, cell in enumerate(cells, 1)
            if cell["cell_type"] == "code"
        ]
    except (ValueError, KeyError, TypeError):
        raise CodeError(f"{path}: not a notebook of version 4; save it again in Jupyter") from None
    lines, places = [], []
    for number, source in code:
        for inside, line in enumerate(leave_magics_out(source).split("\n"), 1):
            lines.append(line)
            places.append((number, inside))
    return Source(path, "\n".join(lines) + "\n", "", tuple(places))
