"""Code on the command line: `slow.py`, `slow.py:monthly`, `book.ipynb`, or `-`."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from ..datasets.source_files import find_files
from ..errors import CodeError
from ..reading import open_source, parse_data, read_code
from ..reading.model import Reading, Source
from ..spec.reader import read_text
from ..spec.workload import Files


def read_own_code(spec: str, data: Sequence[str], answer: str | None) -> Reading:
    """Read code as a workload, and print what was not read; nothing of it is run.

    Raises CodeError where no query was read, and where it is not known what file to read.
    """
    reading = read_workload(spec, data, answer)
    if not data and reading.frames and not reading.frames[0].file:
        path, name = reading.source.path, reading.frames[0].name
        raise CodeError(f"{path}: {name} is not read from a file; name its file: --data FILE")
    _check_given(reading, {one.name for one in parse_data(data)})
    return reading


def _check_given(reading: Reading, given: set[str]) -> None:
    """Raise CodeError for a frame that the code makes, and whose rows are not given."""
    made = [frame for frame in reading.frames if frame.variable and frame.name not in given]
    if not made:
        return
    workload = read_text(reading.workload, f"{reading.source.path} (workload)", Path.cwd())
    tables = workload.dataset.tables if isinstance(workload.dataset, Files) else ()
    used = {*(one.frame for one in reading.answers), *(name for name, _ in tables)}
    for frame in made:
        if frame.name in used:
            place, file = reading.source.place(frame.line, 1), f"{frame.name}.parquet"
            save = f'{frame.variable}.to_parquet("{file}")'
            mend = f"save it after this line, {save}, and give --data {frame.name}={file}"
            raise CodeError(f"{place}: {frame.variable} has rows that were not read; {mend}")


def read_workload(
    spec: str, data: Sequence[str], answer: str | None, *, verbose: bool = False
) -> Reading:
    """Read code, and print what was not read.

    Raises CodeError where that leaves no query, and DataError for a file that is not there.
    """
    reading = read_code(open_source(spec), parse_data(data), answer)
    for one in parse_data(data):
        find_files(Files((str(one.path),), Path.cwd()))
    _print_remarks(reading, verbose=verbose)
    if not reading.workload:
        raise CodeError(f"{reading.source.path}: {_explain_nothing(reading.source)}")
    return reading


def _explain_nothing(source: Source) -> str:
    """Return why code has no query, with the functions that a script has instead."""
    found = re.findall(r"^def (\w+)", source.text, re.MULTILINE)
    mend = f"; name a function: {source.path}:{found[0]}" if found and _is_whole(source) else ""
    return f"nothing in this code can be written as a query{mend}"


def _is_whole(source: Source) -> bool:
    return source.path.endswith(".py") and not source.function


def _print_remarks(reading: Reading, *, verbose: bool) -> None:
    """Print the remarks to standard error; what was passed over only if asked for."""
    for remark in reading.remarks:
        if verbose or remark.kind != "skipped":
            place = reading.source.place(remark.line, remark.column)
            sys.stderr.write(f"{place}: {remark.text}\n")
