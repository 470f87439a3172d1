"""Large answers compared by a digest of their rows, whatever order these come in.

DuckDB hashes rows in parallel as it reads them, so an answer is never sorted or held for it: two
sums of hashes are equal where the rows are, and by chance for other rows once in 2**64 answers.
An answer whose digest differs is not therefore wrong: its floats may be off a little. It is
compared value by value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from .columns import Array, Family, IncomparableError, find_family

# Below, comparing value by value takes no longer than DuckDB's start.
LARGE = 200_000
# Rows, the sum of their hashes, and the sum of the hashes of those.
Digest: TypeAlias = tuple[int, int, int]
Codes: TypeAlias = tuple[Array, Array]
# How values of a family are hashed: in one type, whichever the engine chose; NaN is missing.
HASHED: dict[Family, str] = {
    "int": "{}::BIGINT",
    "float": "nullif({}::DOUBLE + 0.0, 'NaN')",
    "string": "{}::VARCHAR",
    "time": "epoch_ns({})",
}
# Whole numbers that an engine holds as floats, beside an integer column with missing values.
WHOLE = (
    "CASE WHEN isnan({0}) THEN NULL WHEN {0} = trunc({0}) THEN {0}::BIGINT"
    " WHEN {0} IS NOT NULL THEN -9223372036854775807 END"
)


def have_equal_rows(expected: pa.Table, answer: pa.Table) -> bool:
    """Return whether two tables of the same columns certainly hold the same rows, in any order."""
    try:
        items = [_hash_column(name, expected, answer) for name in expected.column_names]
    except IncomparableError:
        return False
    one, other = (", ".join(item) for item in zip(*items, strict=True))
    digest = _digest(answer, other)
    return digest is not None and digest == _digest(expected, one)


def hash_keys(expected: pa.Table, answer: pa.Table, keys: Sequence[str]) -> Codes | None:
    """Return the hash of each row's keys in both tables; None where a key cannot be hashed.

    Equal keys have equal hashes; of different ones two are equal by chance, once in 2**64.
    """
    try:
        items = [_hash_column(name, expected, answer) for name in keys]
        one, other = (", ".join(item) for item in zip(*items, strict=True))
        return _hash_rows(expected, one), _hash_rows(answer, other)
    except (IncomparableError, duckdb_error()):
        return None


def _hash_column(name: str, expected: pa.Table, answer: pa.Table) -> tuple[str, str]:
    """Return what is hashed of a column in both tables; IncomparableError where nothing serves."""
    families = find_family(expected[name].type), find_family(answer[name].type)
    quoted = '"' + name.replace('"', '""') + '"'
    match families:
        case ("int", "float"):
            return HASHED["int"].format(quoted), WHOLE.format(quoted)
        case (one, other) if one == other and one in HASHED:
            return HASHED[one].format(quoted), HASHED[one].format(quoted)
    raise IncomparableError(f"column {name} is {answer[name].type}")


def _digest(table: pa.Table, items: str) -> Digest | None:
    """Return the digest of a table; None where DuckDB cannot take a value, as beyond 64 bits."""
    hashes = f"SELECT hash({items}) AS h FROM rows"
    try:
        ((count, first, second),) = _query(
            table, f"SELECT count(*), sum(h), sum(hash(h)) FROM ({hashes})"
        ).fetchall()
    except duckdb_error():
        return None
    return int(count), int(first or 0), int(second or 0)


def _hash_rows(table: pa.Table, items: str) -> Array:
    found = _query(table, f"SELECT hash({items}) AS h FROM rows").fetchnumpy()["h"]
    return np.asarray(found).view(np.int64)


def _query(rows: pa.Table, sql: str) -> Any:  # noqa: ANN401, ARG001 - found by its name in the SQL
    import duckdb  # noqa: PLC0415 - a tenth of a second that only large answers need

    return duckdb.connect().sql(sql)


def duckdb_error() -> type[Exception]:
    """Return the class of what DuckDB raises."""
    import duckdb  # noqa: PLC0415

    error: type[Exception] = duckdb.Error
    return error
