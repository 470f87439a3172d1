"""Categories that a file has, or that the code asks of its columns: pandas reads them so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ..spec.schema import Schema
from .categories import Category
from .csv_options import list_options
from .model import LoadedFrame

if TYPE_CHECKING:
    import pyarrow as pa

# Of more categories than this, a program would be a list of them.
MOST_LISTED = 100


def find_categories(
    frame: LoadedFrame, path: Path | None, schema: Schema | None
) -> dict[str, Category]:
    """Return the columns of a frame that are of categories when pandas reads its file."""
    kinds = list_options(frame).get("dtype")
    names = kinds if isinstance(kinds, dict) else {}
    if kinds == "category" and schema is not None:
        names = dict.fromkeys(schema.names, kinds)
    asked = [name for name, kind in names.items() if kind == "category"]
    if frame.reader == "read_csv" or path is None or not path.is_file():
        return {name: Category() for name in asked}
    return dict(_read_stored(path))


def _read_stored(path: Path) -> Iterator[tuple[str, Category]]:
    """Yield the columns that an Arrow or Parquet file has as a dictionary and its codes."""
    import pyarrow as pa  # noqa: PLC0415 - few codes need it

    with suppress(pa.ArrowInvalid, OSError):
        parts = list(_list_parts(path))
        for number, field in enumerate(parts[0].schema if parts else ()):
            if pa.types.is_dictionary(field.type):
                stored = {tuple(part.column(number).dictionary.to_pylist()) for part in parts}
                yield field.name, _describe(stored, ordered=field.type.ordered)


def _list_parts(path: Path) -> Iterator[pa.RecordBatch]:
    """Yield the first row of each part of a file, with the part's dictionaries."""
    import pyarrow as pa  # noqa: PLC0415 - few codes need it
    from pyarrow import parquet  # noqa: PLC0415 - few codes need it

    if path.suffix in {".feather", ".arrow", ".ipc"}:
        with pa.ipc.open_file(path) as file:
            for number in range(file.num_record_batches):
                yield file.get_batch(number).slice(0, 1)
        return
    with parquet.ParquetFile(path) as file:
        coded = [one.name for one in file.schema_arrow if pa.types.is_dictionary(one.type)]
        for number in range(file.num_row_groups) if coded else ():
            yield next(file.iter_batches(1, [number], columns=coded))


def _describe(stored: set[tuple[object, ...]], *, ordered: bool) -> Category:
    """Return categories that parts of a file have; their order is not known if these differ."""
    (labels, *others) = stored
    found = Category(labels, ordered)
    if others or len(labels) > MOST_LISTED:
        return Category(known=found.is_natural and not others)
    return found
