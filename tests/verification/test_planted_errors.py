"""Planted errors of every kind are found in an answer, and harmless differences are not."""

from __future__ import annotations

import datetime as dt
import decimal
import random
import unicodedata
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from dfbench.comparison.oracle import EXACT
from dfbench.datasets.parquet_schema import read_schema
from dfbench.engines import find
from dfbench.engines.base import Engine
from dfbench.engines.interactive import load_program
from dfbench.spec.reader import read_text
from dfbench.spec.workload import Query
from dfbench.verification.agreement import Expected, compare_answer
from dfbench.verification.rounding import find_possibilities

ROWS = 2000
KEYS = (
    "alpha",
    "beta",
    "Beta",
    "gamma",
    "delta",
    "e\u0301psilon-long",
    "\u00e9psilon-long",
    None,
    "",
)
QUESTION = (
    "{group_by: k, aggregate: {s: sum(x), m: mean(x), sd: std(x), med: median(x), big: sum(b), "
    "n: size(), tx: max(t), ts: max(ts), mx: max(x)}}"
)
Change = Callable[[pa.Table], pa.Table]


def frame() -> pa.Table:
    """Return keys that look alike, a group of only missing values, infinities, 55-bit integers."""
    draw = random.Random(1)
    keys = [draw.choice(KEYS) for _ in range(ROWS)]
    values = [None if draw.random() < 0.05 else draw.gauss(3, 2) for _ in keys]
    values = [None if key == "gamma" else x for key, x in zip(keys, values, strict=True)]
    values[keys.index("delta")] = float("inf")
    values = [0.0 if key == "" else x for key, x in zip(keys, values, strict=True)]
    start = dt.datetime(2024, 3, 31, 0, 30)
    times = [start + dt.timedelta(minutes=draw.randrange(10_000)) for _ in keys]
    return pa.table(
        {
            "k": keys,
            "x": values,
            "b": [draw.randrange(-(2**40), 2**55) for _ in keys],
            "t": [f"{key or 'nil'}-{draw.randrange(10)}-suffix" for key in keys],
            "ts": pa.array(times, pa.timestamp("us", "Europe/Berlin")),
        }
    )


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Query, Expected, pa.Table]:
    """Return the query, the oracle's answer with its bounds, and an engine's right answer."""
    path = tmp_path_factory.mktemp("planted") / "frame.parquet"
    pq.write_table(frame(), path)
    text = f"workload: w\ndataset: {{files: {path}}}\nqueries: {{q: {QUESTION}}}\n"
    (query,) = read_text(text, "w.yaml", path.parent).queries
    schema = read_schema(path)

    def answer(engine: Engine, one: Query) -> pa.Table:
        module = load_program(engine.write(one, schema))
        return module.rows(module.query(module.load(str(path))))

    found = find_possibilities(query, schema)
    expected = Expected(answer(EXACT, found.query), found.errors, found.mixed)
    return query, expected, answer(find("polars"), query)


def put(table: pa.Table, name: str, values: Any) -> pa.Table:
    column = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values)
    return table.set_column(table.column_names.index(name), name, column)


def each(name: str, change: Callable[[Any], Any]) -> Change:
    """Return what changes every value of a column that is not missing."""

    def planted(table: pa.Table) -> pa.Table:
        return put(table, name, [None if v is None else change(v) for v in table[name].to_pylist()])

    return planted


def move(table: pa.Table) -> pa.Table:
    first, *others = table["s"].to_pylist()
    return put(table, "s", [*others, first])


def swap(table: pa.Table) -> pa.Table:
    return put(put(table, "s", table["m"]), "m", table["s"])


def repeat_first_key(table: pa.Table) -> pa.Table:
    keys = table["k"].to_pylist()
    return put(table, "k", [keys[1], *keys[1:]])


def narrow(value: float) -> float:
    return pa.scalar(value, pa.float64()).cast(pa.float32(), safe=False).as_py()


def wrap(value: int) -> int:
    return (value + 2**31) % 2**32 - 2**31


def to_population(table: pa.Table) -> pa.Table:
    pairs = zip(table["sd"].to_pylist(), table["n"].to_pylist(), strict=True)
    return put(table, "sd", [None if s is None else s * ((n - 1) / n) ** 0.5 for s, n in pairs])


PLANTED: dict[str, Change] = {
    "a sum in float32": each("s", narrow),
    "a deviation of the population": to_population,
    "no group of the missing key": lambda t: t.filter(pc.is_valid(t["k"])),
    "an approximate median": each("med", lambda v: v * (1 + 1e-6) + 1e-6),
    "a rounded median": each("med", lambda v: float(round(v))),
    "one group too few": lambda t: t.slice(0, t.num_rows - 1),
    "one group too many": lambda t: pa.concat_tables([t, t.slice(0, 1)]),
    "a group in place of another": lambda t: pa.concat_tables([t.slice(1), t.slice(1, 1)]),
    "sums of the next group": move,
    "sum and mean in each other's place": swap,
    "a sum that wrapped at 32 bits": each("big", wrap),
    "an integer by way of a float": each("big", lambda v: int(float(v))),
    "text that is cut": each("tx", lambda v: v[:8]),
    "text in another normal form": each("tx", lambda v: unicodedata.normalize("NFC", v)),
    "1e-7 too much": each("s", lambda v: v * (1 + 1e-7)),
    "2e-9 too much": each("s", lambda v: v * (1 + 2e-9)),
    "an hour off": each("ts", lambda v: v + dt.timedelta(hours=1)),
    "0 in place of missing": lambda t: put(t, "m", pc.fill_null(t["m"], 0.0)),
    "missing in place of 0": each("s", lambda v: v or None),
    "missing in place of an infinity": each("mx", lambda v: None if v == float("inf") else v),
    "numbers as text": each("big", str),
    "a column twice": lambda t: t.append_column("s", t["s"]),
    "a key twice": repeat_first_key,
    "times as numbers": each("ts", lambda v: int(v.timestamp())),
}  # fmt: skip
HARMLESS: dict[str, Change] = {
    "NaN for missing": lambda t: put(t, "m", pc.fill_null(t["m"], float("nan"))),
    "a dictionary": lambda t: put(t, "k", t["k"].cast(pa.string()).dictionary_encode()),
    "views of text": lambda t: put(t, "tx", t["tx"].cast(pa.string()).cast(pa.string_view())),
    "another order": lambda t: t.take(pa.array(range(t.num_rows))[::-1]),
    "the last digits": each("s", lambda v: v * (1 + 1e-12)),
    "counts of 32 bits": lambda t: put(t, "n", t["n"].cast(pa.int32())),
    "counts as floats": lambda t: put(t, "n", t["n"].cast(pa.float64())),
    "sums as decimals": lambda t: put(t, "big", [decimal.Decimal(v) for v in t["big"].to_pylist()]),
    "columns in another order": lambda t: t.select(t.column_names[::-1]),
    "nanoseconds": lambda t: put(t, "ts", t["ts"].cast(pa.timestamp("ns", "UTC"))),
    "a chunk for each row": lambda t: pa.concat_tables(t.slice(i, 1) for i in range(t.num_rows)),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_error_is_found(asked: tuple[Query, Expected, pa.Table], name: str) -> None:
    query, expected, right = asked
    verdict = compare_answer(expected, PLANTED[name](right), query, ROWS)
    assert not verdict.agrees
    assert verdict.reason


@pytest.mark.parametrize("name", ["nothing", *HARMLESS])
def test_a_harmless_difference_is_accepted(
    asked: tuple[Query, Expected, pa.Table], name: str
) -> None:
    query, expected, right = asked
    other = HARMLESS[name](right) if name in HARMLESS else right
    verdict = compare_answer(expected, other, query, ROWS)
    assert verdict.agrees, verdict.reason
