"""Code on the command line: `slow.py`, `slow.py:monthly`, `book.ipynb`, or `-`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from ..errors import CodeError
from ..reading import open_source, parse_data, read_code
from ..reading.model import Reading


def read_own_code(spec: str, data: Sequence[str], answer: str | None) -> Reading:
    """Read code as a workload, and print what was not read; nothing of it is run.

    Raises CodeError where no query was read, and where it is not known what file to read.
    """
    reading = read_code(open_source(spec), parse_data(data), answer)
    print_remarks(reading)
    path = reading.source.path
    if not reading.workload:
        raise CodeError(f"{path}: no value was read of which a query can be made")
    if not data and reading.frames and not reading.frames[0].file:
        name = reading.frames[0].name
        raise CodeError(f"{path}: {name} is read from no file; name its file: --data FILE")
    return reading


def print_remarks(reading: Reading, *, verbose: bool = False) -> None:
    """Print the remarks to standard error; what was passed over only if asked for."""
    for remark in reading.remarks:
        if verbose or remark.kind != "skipped":
            place = reading.source.place(remark.line, remark.column)
            sys.stderr.write(f"{place}: {remark.text}\n")
