"""Take all rows but one from what a program has loaded: an answer kept beside them stays as it was.

The worker loads this module by its path in the engine's interpreter, where dfbench may not be
installed: it imports the standard library only.
"""

# ruff: noqa: ANN401 - what a program loads may be anything

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any


def keep_one_row(loaded: Any, rows: int) -> Any:
    """Return what was loaded with one row in each frame that has so many rows, more than one.

    It is the same object where its library can remove rows in place. None where no frame is found.
    """
    if not any(rows in _count_rows(value) for value in _walk(loaded)):
        return None
    return _replace(loaded, rows)


def is_answer(loaded: Any, columns: list[str], answered: int, rows: int) -> bool:
    """Return whether a frame with an answer's columns and rows was loaded, and not the data's."""
    return any(
        answered in _count_rows(value) and _list_columns(value) == columns
        for value in _walk(loaded)
        if rows not in _count_rows(value)
    )


def _walk(loaded: Any) -> Iterator[Any]:
    if type(loaded) in {tuple, list}:
        for value in loaded:
            yield from _walk(value)
    elif type(loaded) is dict:
        yield from _walk(list(loaded.values()))
    else:
        yield loaded


def _replace(loaded: Any, rows: int) -> Any:
    if type(loaded) is tuple:
        return tuple(_replace(value, rows) for value in loaded)
    if type(loaded) is list:
        loaded[:] = [_replace(value, rows) for value in loaded]
    elif type(loaded) is dict:
        loaded.update({name: _replace(value, rows) for name, value in loaded.items()})
    elif rows in _count_rows(loaded):
        return SHRINKERS[_name_kind(loaded)](loaded, rows)
    return loaded


def _name_kind(value: Any) -> str:
    kind = type(value)
    return f"{kind.__module__.partition('.')[0].lstrip('_')}.{kind.__name__}"


def _count_rows(value: Any) -> set[int]:
    """Return the numbers of rows of a frame, or of the tables of a database; empty if unknown."""
    match _name_kind(value):
        case "duckdb.DuckDBPyConnection":
            return {count for _, count in _list_tables(value)}
        case "datatable.Frame":
            return {value.nrows}
        case "numpy.ndarray" if value.ndim != 1:
            return set()
        case kind:
            return {len(value)} if kind in SHRINKERS else set()


def _list_columns(value: Any) -> list[str]:
    match _name_kind(value):
        case "pyarrow.Table":
            return list(value.column_names)
        case "datatable.Frame":
            return list(value.names)
        case _:
            return list(getattr(value, "columns", ()))


def _list_tables(connection: Any) -> list[tuple[str, int]]:
    names = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    quoted = ['"' + name.replace('"', '""') + '"' for (name,) in names]
    return [
        (name, connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]) for name in quoted
    ]


def _shrink_pandas(frame: Any, _rows: int) -> Any:
    frame.drop(frame.index[1:], inplace=True)  # the same object
    return frame


def _shrink_polars(frame: Any, _rows: int) -> Any:
    frame._df = frame.head(1)._df  # noqa: SLF001 - the same object, which polars never changes
    return frame


def _shrink_datatable(frame: Any, _rows: int) -> Any:
    del frame[1:, :]
    return frame


def _shrink_duckdb(connection: Any, rows: int) -> Any:
    for name, count in _list_tables(connection):
        if count == rows:
            first = f"(SELECT min(rowid) FROM {name})"
            connection.execute(f"DELETE FROM {name} WHERE rowid <> {first}")
    return connection


SHRINKERS: dict[str, Callable[[Any, int], Any]] = {
    "pandas.DataFrame": _shrink_pandas,
    "polars.DataFrame": _shrink_polars,
    "datatable.Frame": _shrink_datatable,
    "duckdb.DuckDBPyConnection": _shrink_duckdb,
    "narwhals.DataFrame": lambda frame, _: frame.head(1),
    "pyarrow.Table": lambda table, _: table.slice(0, 1),
    "numpy.ndarray": lambda array, _: array[:1],
}
