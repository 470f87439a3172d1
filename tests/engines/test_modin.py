"""Modin's programs: the cluster is told its limits, and nothing is left to do in an answer."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import dfbench
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dfbench.engines.base import Resources
from dfbench.engines.modin import ENGINE, VARIANTS
from dfbench.spec.expression import Agg, Arith, Call, Col, Lit
from dfbench.spec.schema import Column, Schema
from dfbench.spec.workload import Output, Query, SortKey

DATA = Schema((Column("k", "string", "string", True), Column("x", "int", "int64", True)), 5)
SUM = Query("q", "", group_by=("k",), aggregate=(Output("x", Agg("sum", (Col("x"),))),))
RANGE = Query(
    "q",
    "",
    group_by=("k",),
    aggregate=(Output("r", Arith("-", Agg("max", (Col("x"),)), Agg("min", (Col("x"),)))),),
)
DATED = """
workload: dated
dataset: {files: d.parquet}
queries:
  q: {derive: {d: "parse(day, '%d/%m/%Y')"}, group_by: day, aggregate: {d: max(d)}}
engines: [modin]
"""
FORCED = """
import json
import sys
import ray
import program

started = program.start()


def left(frame):
    parts = frame._query_compiler._modin_frame._partitions.flatten()
    # A part that is still lazy holds a chain of calls in place of a reference to its rows.
    done = [part._data_ref for part in parts if isinstance(part._data_ref, ray.ObjectRef)]
    ready, _ = ray.wait(done, num_returns=len(done), timeout=0) if done else ([], [])
    return len(parts) - len(ready)


data = program.load(sys.argv[1])
unread = left(data)
answer = program.query(data)
undone = left(answer)
rows = program.rows(answer).to_pylist()
print(json.dumps({"left": unread + undone, "rows": rows}))
"""


def test_ray_is_told_its_cores_and_its_object_store() -> None:
    program = ENGINE.write(SUM, DATA, Resources(threads=2, memory=10 * 2**30)).text
    assert f"num_cpus=2, object_store_memory={3 * 2**30}" in program


def test_the_object_store_is_never_smaller_than_ray_takes() -> None:
    assert f"object_store_memory={75 * 2**20}" in ENGINE.write(SUM, DATA, Resources(2, 1)).text


def test_the_variant_runs_on_dask() -> None:
    program = VARIANTS[0].write(SUM, DATA, Resources(2, 1000)).text
    assert 'Engine.put("dask")' in program
    assert "n_workers=2" in program
    assert "memory_limit=400" in program
    assert "import ray" not in program


@pytest.mark.parametrize("query", [SUM, RANGE])
def test_every_answer_is_modins_and_forced_within_the_query(query: Query) -> None:
    text = ENGINE.write(query, DATA).text
    load, asked = text.index("def load"), text.index("def query")
    assert "execute(data)" in text[load:asked]
    assert "execute(answer)" in text[asked : text.index("def rows")]
    assert "to_pandas()" not in text[: text.index("def rows")]


def test_steps_that_see_all_rows_stay_in_modin_and_those_behind_a_reduction_leave() -> None:
    doubled = Output("d", Arith("*", Col("x"), Lit(2)))
    rows = Query("q", "", derive=(doubled,), select=("k", "d"), passed=True)
    sums = Query("q", "", group_by=("k",), aggregate=(Output("s", Agg("sum", (Col("d"),))),))
    share = Output("p", Arith("/", Col("s"), Agg("sum", (Col("s"),))))
    last = Query("q", "", transform=(share,))
    text = ENGINE.write(replace(sums, earlier=(rows,)), DATA).text
    assert "to_pandas" not in text[: text.index("def rows")]
    text = ENGINE.write(replace(last, earlier=(rows, replace(sums, passed=True))), DATA).text
    asked = text[text.index("def query") : text.index("def rows")]
    assert asked.count("to_pandas()") == 1
    assert "to_pandas()" not in asked[: asked.index("step_2 =")]


@pytest.mark.parametrize(
    ("kind", "gaps", "gathered"),
    [("string", True, True), ("string", False, False), ("bool", False, True), ("int", True, False)],
)
def test_rows_that_modin_cannot_divide_by_quantiles_are_sorted_by_pandas(
    kind: str, gaps: bool, gathered: bool
) -> None:
    columns = (Column("k", kind, kind, gaps), Column("v", "int", "int64"))  # type: ignore[arg-type]
    sums = (Output("total", Agg("cumsum", (Col("v"),))),)
    query = Query("q", "", order_by=(SortKey("k"),), transform=sums)
    text = ENGINE.write(query, Schema(columns, 1000), Resources()).text
    assert ("data.modin.to_pandas().sort_values" in text) == gathered


def test_a_function_by_column_is_asked_where_no_two_outputs_need_one_name() -> None:
    x, y = Agg("max", (Col("x"),)), Agg("min", (Col("y"),))
    data = Schema((*DATA.columns, Column("y", "int", "int64", True)), 5)

    def write(name: str) -> str:
        outputs = (Output(name, Arith("-", x, y)), Output("high", Arith("*", x, Lit(2))))
        return ENGINE.write(Query("q", "", group_by=("k",), aggregate=outputs), data).text

    assert '.agg({"x": "max", "y": "min"})' in write("range")
    # The first output would take the place of what the second reads.
    assert '.agg(max_x=("x", "max"), min_y=("y", "min"))' in write("x")


def test_parts_of_texts_are_cast_though_modin_takes_them_for_texts() -> None:
    part = Call("contains", (Call("split", (Col("k"), Lit(None), Lit(1))), Lit("x")))
    text = ENGINE.write(Query("q", "", where=part, select=("x",)), DATA).text
    whole = "".join(text.split())
    assert '.str[1].astype("object").astype("str").str.contains("x"' in whole


def test_texts_of_a_table_are_cast_though_modin_makes_floats_where_all_are_missing() -> None:
    found = Call("contains", (Call("map", (Col("k"), Lit(None), Lit("a"), Lit("b"))), Lit("x")))
    text = ENGINE.write(Query("q", "", where=found, select=("x",)), DATA).text
    assert '.astype("object").astype("str").str.contains("x"' in "".join(text.split())


def test_texts_of_days_are_cast_though_modin_takes_them_for_objects() -> None:
    part = Call("split", (Call("text", (Col("d"),)), Lit("-"), Lit(0)))
    asked = Query("q", "", transform=(Output("o", part),))
    gaps, full = (
        Schema((Column("d", "date", "date32[day]", nulls),), 5) for nulls in (True, False)
    )
    cast = '.dt.strftime("%Y-%m-%d").astype("str").str.split("-")'
    assert cast in "".join(ENGINE.write(asked, gaps).text.split())
    assert cast not in "".join(ENGINE.write(asked, full).text.split())


def test_nothing_is_left_to_do_in_what_is_loaded_and_in_an_answer(tmp_path: Path) -> None:
    frame = {"k": ["a", "b", None, "a", "b"], "x": [1, None, 3, 4, 5]}
    pq.write_table(pa.table(frame), tmp_path / "d.parquet")
    resources = Resources(threads=1, memory=2**30)
    (tmp_path / "program.py").write_text(ENGINE.write(SUM, DATA, resources).text)
    (tmp_path / "forced.py").write_text(FORCED)
    ran = subprocess.run(
        [sys.executable, str(tmp_path / "forced.py"), str(tmp_path / "d.parquet")],
        env={**os.environ, **ENGINE.environment(resources)},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert ran.returncode == 0, ran.stderr
    seen = json.loads(ran.stdout.splitlines()[-1])
    assert seen["left"] == 0
    assert {row["k"]: row["x"] for row in seen["rows"]} == {"a": 5, "b": 5, None: 3}


def test_a_text_that_is_no_date_is_named_though_modin_parses_in_the_answer(tmp_path: Path) -> None:
    pq.write_table(pa.table({"day": ["01/02/2024", "31/02/2024"]}), tmp_path / "d.parquet")
    (tmp_path / "w.yaml").write_text(DATED)
    (failed,) = dfbench.check(tmp_path / "w.yaml", results=tmp_path / "results").view.failures
    assert failed.evidence.startswith("row 2: parse(day, '%d/%m/%Y') cannot read '31/02/2024'; ")
    assert "(ValueError: " in failed.evidence


def test_a_root_is_a_power_which_modin_does_not_leave_to_pandas() -> None:
    root = Call("sqrt", (Col("v"),))
    query = Query("q", "", derive=(Output("root", root),), select=("root",))
    data = Schema((Column("v", "float", "double"),), 9)
    assert 'data["v"] ** 0.5' in ENGINE.write(query, data).text
    odd = Schema((Column("v", "float", "double", high=math.inf),), 9)
    assert 'np.sqrt(data["v"])' in ENGINE.write(query, odd).text


def test_the_index_is_reset_where_a_column_stands_beside_derived_ones() -> None:
    double = Output("double", Arith("*", Col("x"), Lit(2)))
    total = (Output("x", Agg("sum", (Col("x"),))),)
    given = Query("q", "", group_by=("k",), aggregate=total)
    derived = replace(given, derive=(double,), group_by=("k", "double"))
    texts = ["".join(ENGINE.write(query, DATA).text.split()) for query in (given, derived)]
    assert ["as_index=False" in text for text in texts] == [True, False]
    assert '["x"].sum().reset_index()' in texts[1]
