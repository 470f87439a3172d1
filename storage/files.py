"""Files that are written whole or not at all, and lines that are on the disk at once."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from ..errors import ResultsError
from .sanitize import sanitize_json

T = TypeVar("T")


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all; ResultsError where it cannot be written."""
    with report_errors(path):
        replace(path, text)


def replace(path: Path, text: str) -> None:
    """Write a file whole or not at all; OSError where it cannot be written."""
    with replace_file(path) as temporary, temporary.open("wb") as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())


def append_record(path: Path, record: dict[str, Any]) -> None:
    """Add a line to a file of records; it is on the disk when this returns."""
    line = (to_json(record) + "\n").encode()
    with report_errors(path), path.open("ab+") as file:
        if _is_torn(file):
            line = b"\n" + line  # a killed writer's half line must not swallow this one
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def read_lines(
    path: Path, make: Callable[[dict[str, Any]], T]
) -> tuple[tuple[T, ...], tuple[str, ...]]:
    """Read a file of records, and say which lines could not be read."""
    try:
        text = path.read_bytes().decode(errors="replace")
    except FileNotFoundError:
        return (), ()
    except OSError as error:
        raise ResultsError(f"{path}: cannot be read ({error.strerror or error})") from error
    made, warnings = [], []
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = sanitize_json(json.loads(line))
            if not isinstance(record, dict):
                raise ValueError("not a JSON object")
            made.append(make(record))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            torn = number == len(lines)  # a whole line ends in a newline
            why = "is incomplete" if torn else f"cannot be read ({error})"
            warnings.append(f"{path.name}, line {number} {why}; left out")
    return tuple(made), tuple(warnings)


def describe_unwritable(path: Path, reason: str, option: str = "--results DIR") -> ResultsError:
    """Describe that a file cannot be written, why, and which option names its folder."""
    mend = f"choose another folder with `{option}`"
    return ResultsError(f"{path}: cannot be written ({reason}); {mend}")


@contextmanager
def report_errors(path: Path, option: str = "--results DIR") -> Iterator[None]:
    """Turn a failure of the file system into a sentence."""
    try:
        yield
    except OSError as error:
        raise describe_unwritable(path, error.strerror or str(error), option) from error


@contextmanager
def replace_file(path: Path) -> Iterator[Path]:
    """Return a temporary file beside `path` that takes its place when all went well."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)  # mkstemp's 0600 would hide a shared result
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _is_torn(file: BinaryIO) -> bool:
    if not file.seek(0, os.SEEK_END):
        return False
    file.seek(-1, os.SEEK_END)
    return bool(file.read(1) != b"\n")


def to_json(record: dict[str, Any], indent: int | None = None) -> str:
    """Return a record as JSON; values that JSON has no type for become text."""
    return json.dumps(record, ensure_ascii=False, indent=indent, default=str)
