"""Group functions as an engine's own aggregations: NumPy's answers, or unsupported at its place."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dfbench.datasets.parquet_schema import read_schema
from dfbench.engines import find
from dfbench.engines.interactive import load_program
from dfbench.errors import Unsupported
from dfbench.spec.generated_data import derive_schema
from dfbench.spec.reader import read

from tests.fuzz.groups import ENGINES, compared, functions, query, right, table
from tests.support.apply_samples import groups_query

PLAIN, GAPS = table(missing=False), table(missing=True)
DEFS = {
    "a spread of the population": "def f(f, g):\n    return f.std() + np.var(g)\n",
    "a spread of a sample": "def f(f):\n    return np.std(f, ddof=1)\n",
    "what skips NaN": "def f(f):\n    return np.nansum(f) + np.nanmax(f) - np.nanmedian(f)\n",
    "NaN passed on": "def f(f, g):\n    return (f - f.mean()).max() * np.median(g)\n",
    "a group's value among the rows": (
        "def f(i, f):\n    centre = f.mean()\n    away = f - centre\n"
        "    return (i * away**2).sum() / (away**2).sum()\n"
    ),
    "a name that is a column's": "def f(f, g):\n    k = f.max()\n    return (g - k).sum()\n",
    "a count of what is true": "def f(f, g):\n    return (f > g).sum() / len(f)\n",
    "any, all and where": (
        "def f(f, g):\n    if np.any(f > 9) and np.all(f > -8):\n        return 1.0\n"
        "    return np.where((f > 0) & (g > 0), f, 0.0).sum()\n"
    ),
    "a choice of values": "def f(f):\n    return f.min() if f.size > 11 else f.max()\n",
    "zero divisors": "def f(i, f):\n    return (f / i).sum() + i.sum() / (i - i).sum()\n",
    "constants among themselves": "def f(i):\n    return i.mean() + (-3 / (-3 + -3))\n",
    "a line": (
        "def f(i, f):\n    dx = i - i.mean()\n    slope = (dx * f).sum() / (dx**2).sum()\n"
        "    return slope + (f.mean() - slope * i.mean())\n"
    ),
    "sums about means": (
        "def f(f, g):\n    df = f - f.mean()\n    dg = g - np.mean(g)\n"
        "    return (df * g).sum() + (df**2).mean() - (g * df).mean() + df @ dg / (len(f) - 1)\n"
    ),
    "a line by means": (
        "def f(f, g):\n    df = f - f.mean()\n    return (df * g).mean() / (df * df).mean()\n"
    ),
    "a sample's covariance": (
        "def f(f, g):\n    return (g * (f - f.mean())).sum() / (len(f) - 1)\n"
    ),
    "a product": "def f(f, g):\n    return f @ g - np.dot(f, f)\n",
}  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("what", DEFS)
def test_an_aggregation_answers_as_numpy_does(what: str, engine: str) -> None:
    for frame in (PLAIN, GAPS):
        assert compared(engine, query(DEFS[what]), frame, right(DEFS[what], frame)) == []


@pytest.mark.parametrize("engine", ENGINES)
def test_several_values_are_several_columns(engine: str) -> None:
    source = "def f(i, f):\n    dx = i - i.mean()\n    return dx.max(), f.min(), len(f)\n"
    asked = query(source, "reach", "least", "count")
    for frame in (PLAIN, GAPS):
        assert compared(engine, asked, frame, right(source, frame)) == []


@pytest.mark.parametrize("engine", ENGINES[:3])
def test_random_group_functions_answer_as_numpy_does(engine: str) -> None:
    for number, source in enumerate(islice(functions(seed=3), 40)):
        frame = GAPS if number % 2 else PLAIN
        try:
            differs = compared(engine, query(source), frame, right(source, frame))
        except Unsupported:
            continue
        assert differs == [], source


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("return np.corrcoef(A, B)[0, 1]", "2:12"),
        ("return A[A > 1].mean()", "2:12"),
        ("for x in A:\n        pass\n    return 1", "2:5"),
        ("return A.mean() if A > 1 else 0", "2:24"),
        ("return (A != B).sum()", "2:13"),
        ("return A.std(ddof=B.size)", "2:12"),
        ("return (A % B).sum()", "2:17"),
        ("return max(A)", "2:12"),
        ("return math.sqrt(A).sum()", "2:12"),
        ("return A.sum() > 1", "2:12"),
    ],
)
def test_what_is_no_aggregation_is_unsupported_at_its_place(body: str, place: str) -> None:
    asked = groups_query(f"def f(A, B):\n    {body}\n")
    with pytest.raises(Unsupported, match=rf"w\.yaml:{place}: "):
        find("polars/native").write(asked, derive_schema(read("apply").dataset))


def test_names_survive_and_care_stands_only_where_values_are_missing() -> None:
    workload = read("apply")
    for nulls, cares in ((0, False), (5, True)):
        data = derive_schema(read("apply", {"dataset.nulls": str(nulls)}).dataset)
        for engine in ("pandas/native", "polars/native", "duckdb"):
            text = find(engine).write(workload.query("weighted_spread"), data).text
            assert "centre" in text
            assert ("count" in text) is cares, (engine, nulls)


def test_sums_about_a_mean_have_the_word_of_their_library() -> None:
    data = derive_schema(read("apply").dataset)
    line = "def f(v2, v3):\n    d = v2 - v2.mean()\n    return (d * v3).sum() / (d**2).sum()\n"
    for source, named in ((line, True), (line.replace("* v3", "* (v3 - v3.mean())"), False)):
        asked = replace(groups_query(source), group_by=("id4",))
        for engine, word in (("duckdb", "regr_slope"), ("polars/native", "pl.cov")):
            text = find(engine).write(asked, data).text
            assert (word in text) is named, (engine, source)


def test_a_line_far_from_zero_is_exact() -> None:
    far = [1e8 + n % 7 for n in range(60)]
    frame = pa.table({"k": [0] * 60, "i": range(60), "f": far, "g": [3 * x + 1 for x in far]})
    source = "def f(f, g):\n    d = f - f.mean()\n    return (d * g).sum() / (d**2).sum()\n"
    for engine in ("duckdb", "polars/native"):
        assert compared(engine, query(source), frame, {0: 3}) == []


def test_native_is_for_functions_of_groups_alone() -> None:
    data = derive_schema(read("apply").dataset)
    for engine in ("pandas/native", "polars/native", "dask/native", "modin/native"):
        with pytest.raises(Unsupported, match="group functions only"):
            find(engine).write(read("apply").query("tariff"), data)


# --- what a function gets and returns ----------------------------------------------------------

CALLING = ("pandas", "polars", "dask", "serial")
DAY, TIME = dt.date(2024, 3, 31), dt.datetime(2024, 3, 31, 0, 30, 0, 1)
# A value and a missing one: the array's type, and the types of the two in it.
ARRAYS = {
    "whole": (pa.array([1, 2], pa.int32()), "int32", "int32", "int32"),
    "gaps": (pa.array([2, None], pa.int64()), "float64", "float64", "float64"),
    "narrow": (pa.array([0.5, None], pa.float32()), "float32", "float32", "float32"),
    "truth": (pa.array([True, False]), "bool", "bool", "bool"),
    "some_truth": (pa.array([True, None]), "object", "bool", "NoneType"),
    "text": (pa.array(["a", "b"]), "object", "str", "str"),
    "some_text": (pa.array(["a", None]), "object", "str", "NoneType"),
    "category": (pa.array(["a", "b"]).dictionary_encode(), "object", "str", "str"),
    "day": (pa.array([DAY, DAY]), "datetime64[D]", "datetime64", "datetime64"),
    "some_day": (pa.array([DAY, None]), "datetime64[D]", "datetime64", "datetime64"),
    "time": (
        pa.array([TIME, None], pa.timestamp("us")),
        *("datetime64[us]", "datetime64", "datetime64"),
    ),
    "zoned": (
        pa.array([TIME, None], pa.timestamp("us", "Asia/Tokyo")),
        *("datetime64[us]", "datetime64", "datetime64"),
    ),
}
TYPES = """\
def types(COLUMN):
    return f"{COLUMN.dtype} {type(COLUMN[0]).__name__} {type(COLUMN[-1]).__name__}"
"""


def call(engine: str, source: str, columns: dict[str, pa.Array], folder: Path) -> dict:
    """Return what a group function gives for group 1, without gaps, and group 2."""
    frame = folder / "frame.parquet"
    rows = [0, 0, 0, 1]
    table = pa.table({"k": [1, 1, 2, 2], **{n: values.take(rows) for n, values in columns.items()}})
    pq.write_table(table, frame)
    program = load_program(find(engine).write(query(source, "out"), read_schema(frame)))
    if hasattr(program, "start"):
        program.started = program.start()  # type: ignore[attr-defined]
    answer = program.rows(program.query(program.load(str(frame)))).to_pydict()
    return dict(zip(answer["k"], answer["out"], strict=True))


@pytest.mark.parametrize("engine", CALLING)
def test_a_group_function_gets_arrays_of_the_types_in_the_docs(engine: str, tmp_path: Path) -> None:
    for name, (values, array, value, missing) in ARRAYS.items():
        found = call(engine, TYPES.replace("COLUMN", name), {name: values}, tmp_path)
        assert found == {1: f"{array} {value} {value}", 2: f"{array} {value} {missing}"}, name


@pytest.mark.parametrize("engine", CALLING)
def test_a_group_function_may_return_nothing_texts_and_times(engine: str, tmp_path: Path) -> None:
    columns = {name: ARRAYS[name][0] for name in ("day", "time", "text")}
    returned = {
        "return None": None,
        "if len(day) > 5:\n        return 1": None,
        "return day[0]": dt.datetime.combine(DAY, dt.time()),
        "return time[0]": TIME,
        "return text[0]": "a",
    }
    for body, value in returned.items():
        source = f"def pick(day, time, text):\n    {body}\n"
        assert call(engine, source, columns, tmp_path) == {1: value, 2: value}, body
