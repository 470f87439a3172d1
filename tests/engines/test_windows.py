"""Windows as people ask for them: smoothed prices, filled gaps, and what was said of Narwhals."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import pyarrow as pa
import pytest
from dfbench.engines import find
from dfbench.errors import Unsupported
from dfbench.spec.reader import read_text
from dfbench.spec.schema import Column, Schema
from dfbench.spec.workload import Query

ENGINES = ("pandas", "polars", "duckdb", "narwhals")
PRICES = pa.table(
    {
        "store": ["s1", "s1", "s1", "s2", "s2", "s2", "s2", "s3"],
        "day": [1, 2, 3, 1, 2, 5, 6, 32],
        "item": ["a", "b", "a", "a", "c", "c", "a", "d"],
        "price": [1.5, 2.0, 2.5, 1.0, 1.1, 1.2, 1.4, 9.0],
    }
)
GAPS = pa.table(
    {"g": ["a", "a", "a", "b", "b"], "t": [1, 2, 3, 1, 2], "v": [None, 2, None, 1, None]}
)


def ask(text: str) -> Query:
    workload = f"workload: w\ndataset: {{files: x.parquet}}\nqueries:\n  q: {text}\n"
    (query,) = read_text(workload, "w.yaml", Path()).queries
    assert isinstance(query, Query)
    return query


def answer(engine: str, text: str, frame: pa.Table) -> dict[str, list[object]]:
    """Return an engine's answer as columns; NaN is None."""
    found = find(engine).run(ask(text), frame)
    found = found.to_arrow() if engine == "datatable" else found
    table = pa.Table.from_pandas(found) if engine == "pandas" else pa.table(found)
    return {name: with_none(table[name].to_pylist()) for name in table.column_names}


def with_none(values: list[object]) -> list[object]:
    return [None if isinstance(v, float) and math.isnan(v) else v for v in values]


@pytest.mark.parametrize("engine", ENGINES)
def test_prices_are_smoothed_by_store(engine: str) -> None:
    text = (
        "{group_by: store, order_by: -day, transform: {full: 'rolling_mean(price, 3)',"
        " any: 'rolling_mean(price, 3, at_least=1)'}}"
    )
    reversed_rows = PRICES.take(list(range(7, -1, -1)))
    found = answer(engine, text.replace("-day", "day"), reversed_rows)
    full, some = found["full"][::-1], found["any"][::-1]
    assert full == pytest.approx([None, None, 2.0, None, None, 1.1, 1.2333333333333334, None])
    assert some == pytest.approx([1.5, 1.75, 2.0, 1.0, 1.05, 1.1, 1.2333333333333334, 9.0])
    backwards = answer(engine, text, PRICES)["any"]
    assert backwards[:3] == pytest.approx([2.0, 2.25, 2.5])


@pytest.mark.parametrize("engine", [*ENGINES, "datatable"])
def test_gaps_are_filled_by_group(engine: str) -> None:
    found = answer(engine, "{group_by: g, transform: {v: ffill(v), w: bfill(v)}}", GAPS)
    assert found["v"] == [None, 2, 2, 1, 1]
    assert found["w"] == [2, 2, None, 1, None]


@pytest.mark.parametrize("engine", ENGINES)
def test_sums_ranks_and_earlier_values_stand_beside_prices(engine: str) -> None:
    text = "{group_by: store, transform: {c: cumsum(price), r: rank(price), l: lag(price)}}"
    found = answer(engine, text, PRICES)
    assert found["c"] == pytest.approx([1.5, 3.5, 6.0, 1.0, 2.1, 3.3, 4.7, 9.0])
    assert found["r"] == [1, 2, 3, 1, 2, 3, 4, 1]
    assert found["l"] == [None, 1.5, 2.0, None, 1.0, 1.1, 1.2, None]
    ends = answer(
        engine, "{group_by: store, aggregate: {a: first(item), z: last(item)}, sort: store}", PRICES
    )
    assert (ends["a"], ends["z"]) == (["a", "a", "d"], ["a", "a", "d"])


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb", "dask"])
def test_a_week_of_prices_ends_with_each_day_and_has_all_rows_of_it(engine: str) -> None:
    days = [dt.date(2024, 1, day) if day else None for day in (9, 2, 2, None, 1, 3)]
    data = pa.table({"day": days, "price": [9.0, 2.0, None, 5.0, 1.0, 4.0], "store": ["s"] * 6})
    windows = "{s: \"rolling_sum(price, '7d')\", n: \"rolling_count(day, '7d')\"}"
    for keys in ("", "group_by: store, "):
        found = answer(engine, f"{{{keys}order_by: day, transform: {windows}}}", data)
        assert found["s"] == [13, 3, 3, None, 1, 7]
        assert found["n"] == [2, 3, 3, None, 1, 4]


@pytest.mark.parametrize(
    ("engine", "window", "words"),
    [
        ("datatable", "3", "no windows that move with the rows"),
        ("narwhals", "'7d'", "no windows of time"),
        ("modin", "'7d'", "take no column of times"),
        ("cudf", "'7d'", "take no column of times"),
    ],
)
def test_an_engine_without_moving_windows_says_so(engine: str, window: str, words: str) -> None:
    asked = ask(f'{{order_by: day, transform: {{m: "rolling_mean(price, {window})"}}}}')
    columns = (Column("day", "date", "date32[day]"), Column("price", "float", "double"))
    with pytest.raises(Unsupported, match=words):
        find(engine).write(asked, Schema(columns, 2))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("group", ["", "group_by: g, "])
def test_rows_that_two_keys_order_alike_stay_in_the_frames_order(engine: str, group: str) -> None:
    numbers = range(60)  # Polars sorts few rows by another way
    columns = {"n": numbers, "a": [n % 2 for n in numbers], "b": [n % 3 for n in numbers]}
    frame = pa.table({**columns, "g": [0] * 60})
    found = answer(engine, f"{{{group}order_by: [a, b], transform: {{o: lag(n)}}}}", frame)
    ordered = sorted(numbers, key=lambda n: (n % 2, n % 3))
    before = dict(zip(ordered, [None, *ordered], strict=False))
    assert found["o"] == [before[n] for n in numbers]


def test_a_time_keeps_its_zone_in_a_later_step() -> None:
    frame = pa.table({"z": pa.array([1, 2], pa.timestamp("us", "Europe/Berlin"))})
    zoned = "sum(z < timestamp('2024-10-27 01:00:00+00:00'))"
    steps = f'{{steps: [{{select: [z]}}, {{aggregate: {{o: "{zoned}"}}}}]}}'
    found = answer("polars", steps, frame)
    assert found == {"o": [2]}
