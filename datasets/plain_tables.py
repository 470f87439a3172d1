"""Tables that every engine reads alike: no dictionaries or rare types, no two of one name."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.types as pt

from ..errors import DataError
from .parquet_schema import NANS, has_nan

# pandas groups by no float16, and Dask finds no maximum of a string view.
SIMPLER_TYPES = {
    pa.float16(): pa.float32(),
    pa.string_view(): pa.string(),
    pa.date64(): pa.date32(),
}


def is_plain(schema: pa.Schema) -> bool:
    """Return whether a schema needs no change; DataError where it has no columns."""
    return bool(simplify_schema(schema).equals(schema)) and not _has_stored_index(schema)


def _has_stored_index(schema: pa.Schema) -> bool:
    """Return whether pandas stored columns that only pandas would read back as an index."""
    metadata = (schema.metadata or {}).get(b"pandas")
    # A range needs no column: pandas describes it by an object in place of a name.
    return metadata is not None and any(
        isinstance(c, str) for c in json.loads(metadata)["index_columns"]
    )


def simplify_schema(schema: pa.Schema) -> pa.Schema:
    """Return a schema without metadata, dictionaries and rare types, as all engines read it."""
    if not schema.names:
        raise DataError("the data has no columns; name a file that has some")
    return pa.schema([(field.name, _simplify_type(field.type)) for field in schema])


def _simplify_type(arrow: pa.DataType) -> pa.DataType:
    if pt.is_dictionary(arrow):
        return _simplify_type(arrow.value_type)
    return SIMPLER_TYPES.get(arrow, arrow)


def simplify_batch(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return a batch in the plain types."""
    columns = [batch.column(field.name).cast(field.type) for field in schema]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


class NanFinder:
    """Which columns hold NaN, learnt as the tables pass by."""

    def __init__(self, schema: pa.Schema) -> None:
        self._unseen = [field.name for field in schema if pt.is_floating(field.type)]
        self._seen: list[str] = []

    def look(self, table: pa.Table) -> None:
        """Look through the columns in which no NaN was seen yet."""
        found = [name for name in self._unseen if has_nan(table.column(name))]
        self._seen += found
        self._unseen = [name for name in self._unseen if name not in found]

    def encode_metadata(self) -> dict[bytes, str]:
        """Return what was learnt as an entry of the Parquet footer."""
        return {NANS: json.dumps(sorted(self._seen))}
