"""Code of a running Python: a function, or the cell of a notebook, and the frames that are there.

Each frame is written to the cache as Parquet once, under a name made of its content. Nothing of the
code is run here.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import os
import textwrap
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, cast

import pyarrow as pa
import pyarrow.parquet as pq

from ..datasets.cache import make_once
from ..errors import CodeError, DataError
from ..reading import DataFile, read_code
from ..reading.model import Reading, Source

if TYPE_CHECKING:
    import pandas

NOTEBOOK = "notebook"
LONGEST = 2000  # characters of a constant that code may refer to


def read_function(function: Callable[..., object], frame: pandas.DataFrame, cache: Path) -> Reading:
    """Read a function of one frame as a workload; CodeError where it has no text of its own."""
    name = function.__name__
    try:
        lines, start = inspect.getsourcelines(function)
    except (OSError, TypeError):
        raise CodeError(f"{name} has no source text; define it in a file or a cell") from None
    text = textwrap.dedent("".join(lines))
    if not name.isidentifier() or not isinstance(function, FunctionType):
        raise CodeError(f"{name} is not a function with a name; write a def")
    if not _is_frame(frame):
        raise CodeError(
            f"{name} is called with a pandas frame here, not with {type(frame).__name__}"
        )
    # What it uses comes after it, so that its own lines keep their numbers.
    used = "\n".join(_write_used(text, function.__globals__, cache, {name}))
    whole = "\n" * (start - 1) + f"{text}\n{used}\n"
    source = Source(_name_file(function), whole, name)
    return read_code(source, (DataFile(store_frame(frame, name, cache)),))


def read_cell(
    text: str, number: int, names: Mapping[str, object], cache: Path, answer: str | None = None
) -> Reading:
    """Read the code below the first line of a cell as a workload.

    `names` are those of the notebook: frames, modules, functions and constants that the code uses
    become part of it.
    """
    used = list(_write_used(text, names, cache, set()))
    before = [line for part in used for line in part.split("\n")]
    places = [(0, at) for at in range(1, len(before) + 1)]
    places += [(number, at) for at in range(2, len(text.split("\n")) + 2)]
    whole = "\n".join([*before, text])
    reading = read_code(Source(NOTEBOOK, whole, "", tuple(places)), (), answer)
    _check_frames(reading)
    return reading


def _check_frames(reading: Reading) -> None:
    """Raise CodeError where a value is of a frame that the notebook does not have yet."""
    used = {one.frame for one in reading.answers}
    for frame in reading.frames:
        if frame.name in used and not frame.file:
            place = reading.source.place(frame.line, 1)
            why = f"{frame.name} is not a frame of this notebook"
            if frame.variable:
                why = (
                    f"{frame.variable} has rows that were not read; put what follows this line "
                    "in a cell of its own"
                )
            raise CodeError(f"{place}: {why}")


def store_frame(frame: pandas.DataFrame, name: str, cache: Path) -> Path:
    """Return the Parquet file of a frame, written where the cache does not hold it yet.

    Raises DataError for a column that Arrow has no type for.
    """
    try:
        table = pa.Table.from_pandas(frame)
    except (pa.ArrowException, TypeError) as error:
        raise DataError(f"the frame of {name} cannot be written as Parquet: {error}") from error
    digest = _Digest()
    with pa.ipc.new_stream(pa.PythonFile(digest, "w"), table.schema) as stream:
        stream.write_table(table)
    file = cache / f"{name}-{digest.found.hexdigest()[:16]}.parquet"
    return make_once(file, lambda unfinished: pq.write_table(table, unfinished))


class _Digest:
    """A file that keeps nothing of what is written but its hash."""

    closed = False

    def __init__(self) -> None:
        self.found = hashlib.sha256()
        self._size = 0

    def write(self, data: pa.Buffer) -> int:
        """Add bytes to the hash; return their number."""
        self.found.update(data)
        self._size += len(data)
        return len(data)

    def tell(self) -> int:
        """Return how much has been written."""
        return self._size

    def flush(self) -> None:
        """Do nothing: what is written is hashed at once."""

    def close(self) -> None:
        """Do nothing: the hash is read afterwards."""


def _name_file(function: FunctionType) -> str:
    """Return the file of a function, relative to the current folder where it is below."""
    file = inspect.getsourcefile(function) or ""
    if "ipykernel" in file or file.startswith("<"):
        return NOTEBOOK
    return os.path.relpath(file) if Path(file).is_relative_to(Path.cwd()) else file


def _write_used(
    text: str, names: Mapping[str, object], cache: Path, known: set[str]
) -> Iterator[str]:
    """Yield statements for the names that code uses and does not bind before.

    What a function uses comes before it. `known` are the names that have a statement.
    """
    for name in _find_free(text):
        if name in names and name not in known:
            known.add(name)
            yield from _write_value(name, names[name], names, cache, known)


def _write_value(
    name: str, value: object, names: Mapping[str, object], cache: Path, known: set[str]
) -> Iterator[str]:
    match value:
        case ModuleType():
            yield f"import {value.__name__} as {name}"
        case FunctionType():
            try:
                source = textwrap.dedent(inspect.getsource(value))
            except OSError:
                return
            yield from _write_used(source, names, cache, known)
            yield source.rstrip("\n")
        case _ if _is_frame(value):
            file = store_frame(cast("pandas.DataFrame", value), name, cache)
            yield f"import pandas\n{name} = pandas.read_parquet({str(file)!r})"
        case _ if _is_constant(value):
            yield f"{name} = {value!r}"


def _is_frame(value: object) -> bool:
    return hasattr(value, "columns") and hasattr(value, "merge")


def _is_constant(value: object) -> bool:
    """Return whether a value is what Python reads of its text."""
    try:
        text = repr(value)
        return len(text) <= LONGEST and bool(ast.literal_eval(text) == value)
    except (ValueError, SyntaxError, TypeError):
        return False


def _find_free(text: str) -> list[str]:
    """Return the names that code uses before it binds them; none where it is not Python."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return []
    bound, free = set[str](), dict[str, None]()
    for statement in tree.body:
        names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
        inner = {node.arg for node in ast.walk(statement) if isinstance(node, ast.arg)}
        loaded = (node.id for node in names if isinstance(node.ctx, ast.Load))
        free |= dict.fromkeys(name for name in loaded if name not in bound | inner)
        bound |= {node.id for node in names if isinstance(node.ctx, ast.Store)}
        bound |= {getattr(statement, "name", "")}
    return list(free)
