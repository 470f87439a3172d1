"""Group functions as an engine's own aggregations: NumPy's answers, or unsupported at its place."""

from __future__ import annotations

from itertools import islice

import pytest
from dfbench.engines import find
from dfbench.errors import Unsupported
from dfbench.spec.generated_data import generated_schema
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
        ("return A - B", "2:12"),
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
        find("polars/native").write(asked, generated_schema(read("apply").dataset))


def test_names_survive_and_care_stands_only_where_values_are_missing() -> None:
    workload = read("apply")
    for nulls, cares in ((0, False), (5, True)):
        data = generated_schema(read("apply", {"dataset.nulls": str(nulls)}).dataset)
        for engine in ("pandas/native", "polars/native", "duckdb"):
            text = find(engine).write(workload.query("weighted_spread"), data).text
            assert "centre" in text
            assert ("count" in text) is cares, (engine, nulls)


def test_native_is_for_functions_of_groups_alone() -> None:
    data = generated_schema(read("apply").dataset)
    for engine in ("pandas/native", "polars/native", "dask/native", "modin/native"):
        with pytest.raises(Unsupported, match="group functions only"):
            find(engine).write(read("apply").query("tariff"), data)
