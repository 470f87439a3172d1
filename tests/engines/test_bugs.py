"""The bugs that docs/engine-bugs.md tells of are still there: one that is mended fails here."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pytest
from dfbench.spec.reader import read_text
from dfbench.testing.conformance.known_failures import MARKS
from dfbench.testing.fuzz.campaign import EngineProcess
from dfbench.testing.fuzz.cases import Data, FuzzCase
from dfbench.testing.fuzz.frames import Tables
from dfbench.testing.fuzz.known_bugs import KNOWN, Known, find_known_bug

from tests.conformance.table import ELSEWHERE

PAGE = (Path(__file__).parents[2] / "docs" / "engine-bugs.md").read_text(encoding="utf-8")
INF = float("inf")
LARGE = 2**53 + 1
# What the fuzz knows by name: a query and rows that meet it, and rows that do not.
MET = {
    "shift beyond the end": (
        "{transform: {out: 'lead(x, 4)'}}",
        {"x": [1, 2, 3]},
        {"x": [1, 2, 3, 4]},
    ),
    "joins with repeated keys": (
        "{join: {table: other, on: k}}",
        ({"k": [1, 2]}, {"k": [1, 1]}),
        ({"k": [1, 2]}, {"k": [1, 3]}),
    ),
    "texts without a letter": (
        "{join: {table: other, on: k}}",
        ({"k": [1]}, {"k": [1, 2], "t": ["", ""]}),
        ({"k": [1]}, {"k": [1, 2], "t": ["b", "a"]}),
    ),
    "smallest integers": (
        "{aggregate: {out: min(x)}}",
        {"x": pa.array([-(2**31), 5], pa.int32())},
        {"x": pa.array([-(2**31) + 1, 5], pa.int32())},
    ),
    "columns of no rows": (
        "{where: x > 5, transform: {out: size()}}",
        {"x": [1]},
        {"x": [6]},
    ),
    "values of one of several keys": (
        "{group_by: [k, x], aggregate: {out: 'quantile(y, 0.25)', all: sum(k)}}",
        {"k": [1], "x": [2], "y": [3]},
        {"k": [1], "x": [2]},
    ),
    "texts of unmatched rows": (
        "{join: {table: other, on: k, how: outer}, derive: {out: 't[-1:]'}}",
        ({"k": [None], "t": ["a"]}, {"k": pa.array([None], pa.int64())}),
        ({"k": [1], "x": [1]}, {"k": [1]}),
    ),
    "n_unique of two zeros": (
        "{aggregate: {out: n_unique(x)}}",
        {"x": [0.0, 1.0, -0.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]},
        {"x": [0.0, 1.0, 0.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]},
    ),
    "groups of two zeros": (
        "{group_by: x, aggregate: {out: median(y)}}",
        {"x": [-0.0, 0.0] * 20, "y": [*range(40)]},
        {"x": [0.0, 0.0] * 20, "y": [*range(40)]},
    ),
    "order of two zeros": (
        "{order_by: x, transform: {out: cumsum(y)}}",
        {"x": [0.0, -0.0], "y": [1, 2]},
        {"x": [-0.0, -0.0], "y": [1, 2]},
    ),
    "sums of opposite infinities": (
        "{aggregate: {out: sum(x)}}",
        {"x": [INF, -INF, *[1.0] * 14]},
        {"x": [INF, INF, *[1.0] * 14]},
    ),
    "ewm_mean of one row": (
        "{where: x > 1, group_by: k, transform: {out: 'ewm_mean(x, 3)'}}",
        {"k": [1, 1], "x": [1.0, 2.0]},
        {"k": [1, 1], "x": [2.0, 2.0]},
    ),
    "days beside times in a row": (
        r"""{derive: {n: m}, apply: {rows: "def f(r):\n    return r['d']\n", as: out}}""",
        {"d": [dt.date(1970, 1, 1)], "m": [dt.datetime(2024, 12, 31)]},
        {"d": [dt.date(1970, 1, 1)], "m": [1]},
    ),
    "extremes beside empty partitions": (
        "{where: e > 1, aggregate: {out: max(e)}}",
        {"e": [LARGE, 1]},
        {"e": [5, 1]},
    ),
    "large integers in a row of floats": (
        r"""{apply: {rows: "def f(r):\n    return r['e'] if r['x'] > 0 else 0\n", as: out}}""",
        {"e": [LARGE], "x": [4.5]},
        {"e": [LARGE - 1], "x": [4.5]},
    ),
    "cumsum after an infinity": (
        "{group_by: k, transform: {out: cumsum(x)}}",
        {"k": [1, 1], "x": [INF, 1.0]},
        {"k": [1, 1], "x": [1.0, INF]},
    ),
    "sums behind an infinity": (
        "{group_by: k, aggregate: {out: sum(x)}}",
        {"k": [1, 1], "x": [INF, 1.0]},
        {"k": [1, 1], "x": [1.0, INF]},
    ),
    "windows behind large values": (
        "{transform: {out: 'rolling_std(x, 3)'}}",
        {"x": [4.1e9, 4.2e9, 4.15e9, 1.25, 2.5, 1.75]},
        {"x": [1.25, 2.5, 1.75, 4.1e9, 4.2e9, 4.15e9]},
    ),
}

# What the fuzz has found, and the programs now do right: engines, a query and its rows.
NO_TEXT = {"t": pa.array([None, None], pa.string()), "i": [1, 2]}
DAYS = [dt.date(2024, 2, 28), dt.date(2024, 2, 29), dt.date(2024, 3, 9)]
NO_TRUTH = {"b": pa.array([None] * 3, pa.bool_()), "d": DAYS, "x": [1.5, 2.5, None]}
SIDES = (
    {"i": [1, 2, 3], "k": ["a", "b", None], "x": [1.5, None, 2.5]},
    {"i_id": [2, 9, None], "k_id": ["b", "z", "a"]},
)
JOIN = "join: {table: other, on: {i: i_id, k: k_id}, how:"
MOVING = """order_by: d, transform: {a: "rolling_sum(x, '2d')"}"""
MENDED = {
    "texts of integers that were floats for a missing one": (
        "pandas dask",
        "{transform: {o: 'text(integer(coalesce(len(t), 1)))'}}",
        {"t": ["ab", None]},
    ),
    "groups of no rows": (
        "datatable",
        "{where: x > 5, group_by: k, aggregate: {out: median(x)}, sort: k}",
        {"k": ["a"], "x": [1]},
    ),
    "sums of no rows": (
        "datatable",
        "{where: x > 5, transform: {out: cumsum(x)}}",
        {"k": ["a"], "x": [1]},
    ),
    "columns of no rows, one below the other": (
        "datatable",
        "{where: x > 5, unpivot: {on: [x, y], index: [k]}}",
        {"k": ["a"], "x": [1], "y": [2]},
    ),
    "sums of integers under a condition": (
        "pandas dask",
        "{group_by: k, aggregate: {s: 'sum(x if i > 0 else None)'}}",
        {"k": ["a", "a", "b"], "x": [LARGE, 1, 2], "i": [1, -1, -1]},
    ),
    "sums of integers in a pivot by a condition": (
        "pandas dask",
        "{pivot: {index: k, columns: {b: [true, false]}, values: sum(x)}}",
        {"k": ["a", "a", "b"], "x": [LARGE, 1, 2], "b": [True, False, False]},
    ),
    "parts of missing texts": (
        "pandas dask",
        """{transform: {a: "split(t, ' ')[0]", n: count_words(t), s: "split(t)[-1]"}}""",
        NO_TEXT,
    ),
    "tests of parts": (
        "pandas dask",
        """{where: "not contains(split(t)[0], 'a')", select: [i]}""",
        NO_TEXT,
    ),
    "lengths of parts": (
        "pandas dask",
        """{transform: {a: "len(split(t, ' ')[-1])"}}""",
        {"t": ["é", "a b", ""]},
    ),
    "numbers of parts": (
        "pandas dask",
        """{where: "i != integer(split(t, 'a')[1])", select: [i]}""",
        {"t": ["c", "1"], "i": [-127, 3]},
    ),
    "opposites after a join": (
        "pandas dask",
        "{join: {table: other, on: k, how: right}, derive: {o: -q}}",
        ({"k": ["c"], "q": pa.array([7], pa.uint16())}, {"k": ["c"]}),
    ),
    "sums of a width": (
        "pandas dask",
        "{group_by: k, transform: {a: 10 - sum(s), b: sum(s)}}",
        {"k": ["a", "b", "b"], "s": pa.array([-(2**31) + 1, 2**31 - 1, 2**31 - 1], pa.int32())},
    ),
    "parts of casts": (
        "duckdb",
        "{derive: {a: 'text(d)[-2:-1]'}, largest: {column: d, n: 2, as: out}}",
        {"d": DAYS},
    ),
    "windows of truth values": (
        "pandas dask",
        f"{{group_by: b, {MOVING}}}",
        NO_TRUTH,
    ),
    "windows of parts": (
        "pandas dask",
        f"{{derive: {{n: \"split(k, 'a')[1]\"}}, group_by: n, {MOVING}}}",
        {"k": ["b", "a", "c"], "d": [DAYS[0], None, DAYS[1]], "x": [None, -3, 4]},
    ),
    "windows of choices": (
        "pandas",
        f"""{{derive: {{n: "'high' if x > 9 else None"}}, group_by: n, {MOVING}}}""",
        {"d": DAYS, "x": [1, 2, 3]},
    ),
    "values after an anti join": (
        "pandas dask",
        f"{{{JOIN} anti}}, aggregate: {{a: 'corr(i, x)', b: n_unique(x)}}}}",
        SIDES,
    ),
    "keys of both sides, inner": ("narwhals", f"{{{JOIN} inner}}}}", SIDES),
    "keys of both sides, left": ("narwhals", f"{{{JOIN} left}}}}", SIDES),
    "sums of conditions beside an infinity": (
        "duckdb",
        "{transform: {a: sum(x < 1), b: sum(integer(x)), c: 'cumsum(x > 1)'}, sort: [a, b, c]}",
        {"x": [INF, 2.0, 0.5]},
    ),
    "counts and ranks of what may be no number": (
        "duckdb",
        "{transform: {a: rank(x / y), b: 'rolling_count(x / y, 2)'}, sort: [a, b]}",
        {"x": [1.0, 0.0, None], "y": [0.0, 0.0, 2.0]},
    ),
    "more rows than a frame can have": (
        "narwhals polars",
        "{where: x is not None, sort: [-x], limit: 5000000000}",
        {"x": [1, None, 3]},
    ),
    "more of the largest than a frame can have": (
        "polars",
        "{largest: {column: x, n: 5000000000}}",
        {"x": [1, 2, 3]},
    ),
    "keys with a dictionary on each side": (
        "narwhals polars",
        "{join: {table: other, on: k, how: outer}}",
        tuple({"k": pa.array(texts).dictionary_encode()} for texts in ("ba", "ca")),
    ),
}

Ask: TypeAlias = Callable[[str, str, Any], tuple[str | None, Known | None]]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    engines = {}

    def ask(
        name: str,
        question: str,
        rows: dict[str, Any] | tuple[dict[str, Any], ...],
    ) -> tuple[str | None, Known | None]:
        if name not in engines:
            engines[name] = EngineProcess(name, tmp_path_factory.mktemp("bugs"))
        tables = Tables(*map(pa.table, rows if isinstance(rows, tuple) else (rows,)))
        data = Data.of(tables, engines[name].folder / "data")
        files = "{files: data.parquet, tables: {other: other.parquet}}"
        text = f"dataset: {files}\nqueries:\n  asked: {question}\n"
        (query,) = read_text(text, "bugs.yaml", data.paths[0].parent).queries
        return engines[name].judge(FuzzCase(query, data)), find_known_bug(name, query, data.tables)

    yield ask
    for engine in engines.values():
        engine.end()


@pytest.mark.parametrize(
    ("engine", "name"), [(bug.engine, bug.name) for bug in KNOWN if bug.engine != "modin"]
)
def test_what_the_fuzz_knows_is_wrong_still_and_nothing_near_it_is(
    engine: str, name: str, asked: Ask
) -> None:
    question, meets, near = MET[name]
    wrong, found = asked(engine, question, meets)
    # Memory that is no data may hold anything, the right answer too.
    if name != "shift beyond the end":
        assert wrong, f"{engine} is right now: take {name} out of known.py and of the page"
    assert found is not None
    assert found.name == name
    assert asked(engine, question, near) == (None, None)


@pytest.mark.parametrize("name", MENDED)
def test_programs_answer_what_the_fuzz_has_found(name: str, asked: Ask) -> None:
    engines, question, rows = MENDED[name]
    for engine in engines.split():
        assert asked(engine, question, rows) == (None, None), engine


def test_the_page_tells_of_each_bug_that_the_fuzz_knows() -> None:
    for bug in KNOWN:
        assert bug.name in PAGE, bug
    assert set(MET) == {bug.name for bug in KNOWN}


def test_the_page_tells_of_each_wrong_answer_of_other_environments() -> None:
    wrong = [one for one in MARKS if one.outcome == "wrong" and one.engine in ELSEWHERE]
    assert wrong
    for one in wrong:
        assert f" {one.reason} |" in PAGE, one


SNIPPETS = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda text: text.splitlines()[0].strip("# "))
def test_what_the_programs_go_around_is_there_still(snippet: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", snippet], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, f"mended? {done.stderr}"


def test_the_page_has_what_the_programs_go_around() -> None:
    assert len(SNIPPETS) >= 6
