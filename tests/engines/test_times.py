"""Days and times that are made of others: of what kind they are, and to the last digit."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from dfbench.comparison.oracle import EXACT
from dfbench.engines import find
from dfbench.engines.base import Engine
from dfbench.engines.interactive import run
from dfbench.spec.reader import read_text

MOMENT = dt.datetime(2024, 5, 31, 23, 30)
FRAME = pa.table(
    {
        "d": [MOMENT.date(), None],
        "t": pa.array([MOMENT, None], pa.timestamp("us")),
        "z": pa.array([MOMENT, None], pa.timestamp("us", "Asia/Tokyo")),
    }
)
# In Tokyo, it is already June.
ANSWERS: dict[str, Any] = {
    "days(d - truncate(d, 'month'))": 30,
    "days(coalesce(d, truncate(d, 'month')) - truncate(d, 'month'))": 30,
    "text(truncate(d, 'month'))": "2024-05-01",
    "text(truncate(d, 'month') + days(1))": "2024-05-02",
    "year(date(z))": 2024,
    "month(date(z))": 6,
    "days(date(z) - truncate(date(z), 'month'))": 0,
    "hour(t if z > timestamp('2024-01-01 00:00:00+00:00') else None)": 23,
}


@pytest.mark.parametrize("expression", ANSWERS)
@pytest.mark.parametrize("engine", [EXACT, *map(find, ("duckdb", "pandas", "polars", "narwhals"))])
def test_a_day_that_is_computed_is_a_day(engine: Engine, expression: str) -> None:
    answer = ask(engine, "{transform: {o: EXPRESSION}}", expression)
    assert answer == [ANSWERS[expression], None]


@pytest.mark.parametrize("engine", [EXACT, *map(find, ("duckdb", "pandas", "polars", "narwhals"))])
def test_a_day_that_a_step_computes_is_a_day_in_the_next(engine: Engine) -> None:
    steps = "{steps: [{derive: {m: EXPRESSION}}, {transform: {o: days(d - m)}}]}"
    assert ask(engine, steps, "truncate(d, 'month')") == [30, None]


@pytest.mark.parametrize("engine", [EXACT, *map(find, ("duckdb", "pandas", "polars", "narwhals"))])
def test_the_time_since_the_row_before_is_known_of_far_times(engine: Engine) -> None:
    days = [dt.datetime(1601, 1, 1), dt.datetime(2024, 1, 1)]
    frame = pa.table({"t": pa.array(days, pa.timestamp("us"))})
    text = "hours(t - lag(t))"
    expected = [None, (days[1] - days[0]) // dt.timedelta(hours=1)]
    assert ask(engine, "{order_by: t, transform: {o: EXPRESSION}}", text, frame) == expected


# What a clock shows to have passed of its six hours, or its hour, is passed over in time.
BEGINS = {
    ("Europe/Berlin", "6h"): {
        "2024-03-31T00:30": "2024-03-30T23:00",
        "2024-03-31T01:30": "2024-03-30T22:00",
        "2024-10-27T01:30": "2024-10-26T23:00",
        "2024-10-27T05:30": "2024-10-27T05:00",
    },
    ("Europe/Berlin", "hour"): {
        "2024-10-27T00:30": "2024-10-27T00:00",
        "2024-10-27T01:30": "2024-10-27T01:00",
    },
    ("Australia/Lord_Howe", "hour"): {
        "2024-04-06T15:10": "2024-04-06T14:30",
        "2024-04-06T15:40": "2024-04-06T15:30",
    },
    ("UTC", "6h"): {"2024-03-31T01:30": "2024-03-31T00:00"},
}


@pytest.mark.parametrize(("zone", "unit"), BEGINS)
@pytest.mark.parametrize("engine", [EXACT, *map(find, ("duckdb", "pandas", "polars", "narwhals"))])
def test_a_truncated_time_has_the_clock_of_its_zone(engine: Engine, zone: str, unit: str) -> None:
    moments = pa.array(map(dt.datetime.fromisoformat, BEGINS[zone, unit]), pa.timestamp("us"))
    frame = pa.table({"t": moments.cast(pa.timestamp("us", zone))})
    text = f"seconds(truncate(t, '{unit}') - timestamp('1970-01-01 00:00:00+00:00'))"
    begins = map(dt.datetime.fromisoformat, BEGINS[zone, unit].values())
    expected = [int(begin.replace(tzinfo=dt.UTC).timestamp()) for begin in begins]
    assert ask(engine, "{transform: {o: EXPRESSION}}", text, frame) == expected


# Whole units, or as good as: doubles lose a tenth, a microsecond of four centuries, a nanosecond.
PASSED = {
    "tenths": ("2009-07-06 00:00:00.1", "2001-01-31 00:00:00.1"),
    "more": ("2024-01-01 00:00:00.000000001", "2000-01-01 00:00:00.000000000"),
    "less": ("2024-01-01 00:00:00.000000000", "2000-01-01 00:00:00.000000001"),
    "far": ("2024-01-01 00:00:00", "1601-01-01 00:00:00.000001"),
}
SECONDS = {"days": 86_400, "hours": 3600, "minutes": 60, "seconds": 1}


@pytest.mark.parametrize("times", PASSED)
@pytest.mark.parametrize("unit", SECONDS)
@pytest.mark.parametrize(
    "engine", [EXACT, *map(find, ("duckdb", "pandas", "polars", "narwhals", "datatable", "dask"))]
)
def test_the_units_between_two_times_are_exact(engine: Engine, unit: str, times: str) -> None:
    if engine.name == "datatable" and times == "far":
        pytest.skip("it has nanoseconds only")
    digits = "ns" if times in {"more", "less"} else "us"
    later, earlier = (np.datetime64(text, digits) for text in PASSED[times])
    frame = pa.table(
        {
            name: pa.array(np.array(values), pa.timestamp(digits))
            for name, values in {"t": [later, earlier], "s": [earlier, later]}.items()
        }
    )
    length = np.timedelta64(SECONDS[unit], "s")
    expected = [int((later - earlier) // length), int((earlier - later) // length)]
    assert ask(engine, "{transform: {o: EXPRESSION}}", f"{unit}(t - s)", frame) == expected


def ask(engine: Engine, query: str, expression: str, frame: pa.Table = FRAME) -> list[Any]:
    written = query.replace("EXPRESSION", f'"{expression}"')
    text = f"workload: w\ndataset: {{files: x.parquet}}\nqueries: {{q: {written}}}\n"
    (asked,) = read_text(text, "w.yaml", Path()).queries
    answer = run(engine, asked, frame)
    column = answer["o"]
    values = column.to_pylist() if isinstance(column, pa.ChunkedArray) else column.to_list()
    values = values[0] if engine.name == "datatable" else values
    return [None if pd.isna(value) else value for value in values]
