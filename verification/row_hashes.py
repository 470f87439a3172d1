"""Large answers compared by the hashes of their rows, whatever order these come in.

DuckDB hashes rows in parallel as it reads them: once without the columns that may be off a little,
once with all. Two sums over hashes are equal where the rows are, and by chance for other rows once
in 2**64 answers. Where they differ, the first hash finds each row's counterpart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from .columns import Array, Family, IncomparableError, find_family

# Below, comparing value by value takes no longer than DuckDB's start.
LARGE = 200_000
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


@dataclass(frozen=True, slots=True)
class RowHashes:
    """Each row's hashes in both answers, as int64.

    `exact` are those of what must be equal: the keys, and all values but floats. `whole` are those
    of all values. Of different values two hashes are equal by chance, once in 2**64.
    """

    exact: Codes
    whole: Codes
    inexact: tuple[str, ...]

    def are_equal(self) -> bool:
        """Return whether both answers certainly hold the same rows, in any order."""
        one, other = (side.view(np.uint64) for side in self.whole)
        return bool(one.sum() == other.sum() and np.dot(one, one) == np.dot(other, other))


def hash_rows(expected: pa.Table, answer: pa.Table, keys: Sequence[str]) -> RowHashes | None:
    """Return the hashes of the rows of two tables of the same columns and lengths.

    None where a value cannot be hashed, such as an integer beyond 64 bits.
    """
    inexact = tuple(n for n in expected.column_names if n not in keys and _is_float(expected[n]))
    try:
        items = {name: _hash_column(name, expected, answer) for name in expected.column_names}
        exact = [pair for name, pair in items.items() if name not in inexact]
        sides = [
            _hash_table(table, [pair[i] for pair in exact], [items[n][i] for n in inexact])
            for i, table in enumerate((expected, answer))
        ]
    except (IncomparableError, duckdb_error()):
        return None
    one, other = sides
    return RowHashes((one[0], other[0]), (one[1], other[1]), inexact)


def _is_float(column: pa.ChunkedArray) -> bool:
    return find_family(column.type) == "float"


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


def _hash_table(table: pa.Table, exact: Sequence[str], inexact: Sequence[str]) -> Codes:
    """Return each row's hash of its exact values, and that of all of them."""
    inner = [f"hash({', '.join(exact or ['0'])}) AS exact"]
    inner += [f"{item} AS item{i}" for i, item in enumerate(inexact)]
    outer = ", ".join(("exact", *(f"item{i}" for i in range(len(inexact)))))
    rows = f"SELECT {', '.join(inner)} FROM rows"
    found = _query(table, f"SELECT exact, hash({outer}) AS whole FROM ({rows})").fetchnumpy()
    return found["exact"].view(np.int64), found["whole"].view(np.int64)


def _query(rows: pa.Table, sql: str) -> Any:  # noqa: ANN401, ARG001 - found by its name in the SQL
    import duckdb  # noqa: PLC0415 - a tenth of a second that only large answers need

    return duckdb.connect().sql(sql)


def duckdb_error() -> type[Exception]:
    """Return the class of what DuckDB raises."""
    import duckdb  # noqa: PLC0415

    error: type[Exception] = duckdb.Error
    return error
