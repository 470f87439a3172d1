"""Large answers compared by the hashes of their rows, whatever order these come in.

DuckDB hashes rows in parallel as it reads them: once without the columns that may be off a little,
once with these, rounded. The first hash puts each row into one of many buckets, and a sum of the
second over a bucket is equal where its rows are. Only rows of buckets with other sums are compared
value by value: those of a wrong answer, and those that rounding carries over an edge.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from .columns import Array, Family, IncomparableError, find_family, has_zone

# Below, comparing value by value takes no longer than DuckDB's start.
LARGE = 200_000
BUCKETS = 1 << 18
BUCKET_BITS = np.uint64(46)  # the others of a hash
BATCH = 1 << 17
BUFFER = "64MB"  # of hashes that are computed before they are read: by default, threads wait
Codes: TypeAlias = tuple[Array, Array]
# An answer's sums over the buckets, by the SQL of its rows' hashes.
Sums: TypeAlias = dict[str, Array]
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
# Veltkamp's splitting (Dekker 1971, A floating-point technique for extending the available
# precision): 40 of 53 bits. What rounds to one number lies within 2**-39 of itself, which is less
# than what any float may be off (`tolerance.ROUNDED`); beyond 1e300 the product would overflow.
ROUNDED = "CASE WHEN abs({0}) < 1e300 THEN {0} * 8193.0 - ({0} * 8193.0 - {0}) + 0.0 ELSE {0} END"


@dataclass(frozen=True, slots=True)
class RowHashes:
    """Each row's hash in both answers, as uint64, of what must be equal: all values but floats.

    `unequal` are the buckets whose rows are not certainly the same; without one, no row's hash is
    kept. Different rows are taken for equal by chance, once in 2**64.
    """

    exact: Codes
    unequal: Array
    inexact: tuple[str, ...]

    def split(self, most: int) -> Iterator[Codes]:
        """Yield the positions of unequal rows in both answers, of whole buckets, `most` at once.

        A bucket of more rows than that comes alone.
        """
        unequal = np.zeros(BUCKETS, bool)
        unequal[self.unequal] = True
        rows = [np.flatnonzero(unequal[hashes >> BUCKET_BITS]) for hashes in self.exact]
        buckets = [
            (hashes[places] >> BUCKET_BITS).astype(np.int32)
            for hashes, places in zip(self.exact, rows, strict=True)
        ]
        before = np.cumsum(np.bincount(buckets[0], minlength=BUCKETS))
        part = before // most
        for number in np.unique(part[self.unequal]):
            one, other = (
                places[part[bucket] == number] for places, bucket in zip(rows, buckets, strict=True)
            )
            yield one, other


def hash_rows(
    expected: pa.Table, answer: pa.Table, keys: Sequence[str], known: Sums
) -> RowHashes | None:
    """Return the hashes of the rows of two tables of the same columns.

    `known` keeps the expected table's sums: an answer that has them is read alone. None where a
    value cannot be hashed, such as an integer beyond 64 bits.
    """
    inexact = tuple(n for n in expected.column_names if n not in keys and _is_float(expected[n]))
    try:
        items = {name: _hash_column(name, expected, answer) for name in expected.column_names}
        exact = [pair for name, pair in items.items() if name not in inexact]
        first, second = (
            _write_hashes([pair[i] for pair in exact], [items[n][i] for n in inexact])
            for i in range(2)
        )
        theirs, sums = _hash_table(answer, second)
        if first in known and np.array_equal(known[first], sums):
            return RowHashes((theirs[:0], theirs[:0]), np.array([], np.intp), inexact)
        mine, known[first] = _hash_table(expected, first)
    except (IncomparableError, find_duckdb_error()):
        return None
    return RowHashes((mine, theirs), np.flatnonzero(known[first] != sums), inexact)


def _is_float(column: pa.ChunkedArray) -> bool:
    return find_family(column.type) == "float"


def _hash_column(name: str, expected: pa.Table, answer: pa.Table) -> tuple[str, str]:
    """Return what is hashed of a column in both tables; IncomparableError where nothing serves."""
    families = find_family(expected[name].type), find_family(answer[name].type)
    quoted = '"' + name.replace('"', '""') + '"'
    match families:
        case ("int", "float"):
            return HASHED["int"].format(quoted), WHOLE.format(quoted)
        case ("time", "time") if has_zone(expected[name]) != has_zone(answer[name]):
            pass
        case (one, other) if one == other and one in HASHED:
            return HASHED[one].format(quoted), HASHED[one].format(quoted)
    raise IncomparableError(f"column {name} is {answer[name].type}")


def _write_hashes(exact: Sequence[str], inexact: Sequence[str]) -> str:
    """Write the SQL of each row's hash of its exact values, and of the whole row's."""
    inner = [f"hash({', '.join(exact or ['0'])}) AS exact"]
    inner += [f"{item} AS item{i}" for i, item in enumerate(inexact)]
    outer = ", ".join(("exact", *(ROUNDED.format(f"item{i}") for i in range(len(inexact)))))
    return f"SELECT exact, hash({outer}) AS whole FROM (SELECT {', '.join(inner)} FROM rows)"


def _hash_table(table: pa.Table, sql: str) -> tuple[Array, Array]:
    """Return each row's hash of its exact values, and each bucket's sum of those of whole rows."""
    hashes, sums = np.empty(table.num_rows, np.uint64), np.zeros(BUCKETS, np.uint64)
    start = 0
    for batch in _query(table, sql):
        part, whole = (column.to_numpy() for column in batch.columns)
        hashes[start : start + len(part)] = part
        start += len(part)
        np.add.at(sums, (part >> BUCKET_BITS).astype(np.intp), whole)  # modulo 2**64
    return hashes, sums


def _query(rows: pa.Table, sql: str) -> Any:  # noqa: ANN401, ARG001 - found by its name in the SQL
    import duckdb  # noqa: PLC0415 - a tenth of a second that only large answers need

    connection = duckdb.connect()
    connection.execute(f"SET streaming_buffer_size = '{BUFFER}'")
    return connection.sql(sql).to_arrow_reader(BATCH)


def find_duckdb_error() -> type[Exception]:
    """Return the class of what DuckDB raises."""
    import duckdb  # noqa: PLC0415

    error: type[Exception] = duckdb.Error
    return error
