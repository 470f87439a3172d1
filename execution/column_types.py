"""Read the type of each column that a program has loaded, as its own library names it.

The worker loads this module by its path in the engine's interpreter, where dfbench may not be
installed: it imports the standard library only and uses the frame's own methods.
"""

# ruff: noqa: ANN401 - what a program loads may be anything

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

MAX_CHARACTERS = 60  # characters: an enumeration lists its values
DUCKDB = "SELECT column_name, data_type FROM duckdb_columns() WHERE NOT internal"
CLICKHOUSE = "SELECT name, type FROM system.columns WHERE database = currentDatabase()"


def describe_columns(frames: Iterable[Any]) -> dict[str, str]:
    """Return the types of the frames' columns by name; several types of a name are joined by `and`.

    A value that is no frame of a known library, such as a path to scan, has no columns.
    """
    types: dict[str, str] = {}
    for frame in frames:
        for name, kind in _describe_frame(frame):
            text = str(kind)
            text = text if len(text) <= MAX_CHARACTERS else f"{text[: MAX_CHARACTERS - 1]}…"
            before = types.setdefault(str(name), text)
            if text not in before.split(" and "):
                types[str(name)] = f"{before} and {text}"
    return types


def _describe_frame(frame: Any) -> Iterable[tuple[Any, Any]]:
    match type(frame).__module__.partition(".")[0].lstrip("_"):
        case "pandas" | "modin" | "dask" | "fireducks":
            return [(name, _name_pandas_type(kind)) for name, kind in frame.dtypes.items()]
        case "polars" | "narwhals":
            found: Any = frame.collect_schema().items()
            return list(found)
        case "datatable":
            return [(n, t.name) for n, t in zip(frame.names, frame.types, strict=True)]
        case "duckdb":
            return list(frame.cursor().execute(DUCKDB).fetchall())
        case "chdb":
            lines = str(frame.query(CLICKHOUSE, "TSV")).splitlines()
            return [(line.split("\t")[0], line.split("\t")[1]) for line in lines]
        case "ibis":
            return list(frame.schema().items())
        case "pyspark":
            return list(frame.dtypes)
        case "datafusion":
            return [(field.name, field.type) for field in frame.schema()]
        case "daft":
            return [(field.name, field.dtype) for field in frame.schema()]
        case _:
            return ()


def _name_pandas_type(kind: Any) -> str:
    """Return a type with its storage: pandas gives text in Python objects and in Arrow one name."""
    storage = getattr(kind, "storage", None)
    return f"{kind}[{storage}]" if storage and "[" not in str(kind) else str(kind)
