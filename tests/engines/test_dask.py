"""Dask's programs: what is a tree, what is shuffled, and that a cluster works for each answer."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dfbench.engines import find
from dfbench.engines.base import Resources
from dfbench.engines.dask import ENGINE, VARIANTS
from dfbench.engines.interactive import run
from dfbench.engines.writing.program import skip_formatting
from dfbench.execution.warm_process import WarmProcess
from dfbench.spec.expression import Agg, Arith, Call, Case, Col, Compare, IsMissing, Lit, Not
from dfbench.spec.reader import check_columns, read_text
from dfbench.spec.schema import Column, Schema
from dfbench.spec.workload import Extreme, Output, Query, RowFunction

TWO = Resources(threads=2)
DISTRIBUTED, PARTITIONS = VARIANTS[:2]
REPEATED = """
import sys
import program

if __name__ == "__main__":
    client = program.start()
    data = program.load(sys.argv[1])
    scheduler = client.cluster.scheduler
    for _ in range(15):
        before = scheduler.transition_counter
        program.query(data)
        print(scheduler.transition_counter - before)
"""


def schema(*, nulls: bool = False, rows: int = 1000) -> Schema:
    kinds = (("k", "string", "string"), ("x", "int", "int64"), ("y", "float", "double"))
    return Schema(tuple(Column(n, kind, arrow, nulls) for n, kind, arrow in kinds), rows)  # type: ignore[arg-type]


def by_k(*aggregate: Output, **clauses: Any) -> Query:
    return Query("q", "", group_by=("k",), aggregate=aggregate, **clauses)


def of(function: str, *names: str) -> Agg:
    return Agg(function, tuple(map(Col, names)))


def text(query: Query, data: Schema | None = None, resources: Resources = TWO) -> str:
    return ENGINE.write(query, data or schema(), resources).text


def written(query: dict[str, Any]) -> str:
    """Return the program of a query of a workload, as it is before it is formatted."""
    workload = {"workload": "w", "dataset": {"files": "x.parquet"}, "queries": {"q": query}}
    (asked,) = check_columns(read_text(json.dumps(workload), "w.yaml", Path()), schema()).queries
    assert isinstance(asked, Query)
    with skip_formatting():
        return text(asked)


@pytest.mark.parametrize("function", ["sum", "mean", "first", "last"])
def test_reductions_are_a_tree_without_a_shuffle(function: str) -> None:
    assert "shuffle" not in text(by_k(Output("y", of(function, "y"))))


@pytest.mark.parametrize("function", ["median", "n_unique", "std"])
def test_what_needs_a_groups_rows_in_one_place_is_shuffled_in_memory(function: str) -> None:
    assert 'shuffle("k", shuffle_method="tasks")' in text(by_k(Output("y", of(function, "y"))))


def test_the_spread_of_integers_is_a_tree_for_its_sums_are_exact() -> None:
    assert "shuffle" not in text(by_k(Output("x", of("std", "x"))))


@pytest.mark.parametrize("nulls", [False, True])
def test_care_for_a_missing_key_appears_only_where_the_data_can_have_one(nulls: bool) -> None:
    program = text(by_k(Output("x", of("sum", "x"))), schema(nulls=nulls))
    assert ("dropna=False" in program) is nulls


def test_what_dask_has_no_word_for_is_done_by_a_function_of_a_partition() -> None:
    chosen = Case(((Compare("==", Col("k"), Lit("a")), Col("x")),), Col("y"))
    program = text(by_k(Output("s", Agg("sum", (chosen,)))))
    assert '(part["k"] == "a").fillna(False)' in program
    reason = "# Dask has no word for a part of this, and pandas has.\n"
    assert f"{reason}    data = data.map_partitions(prepare)" in program


@pytest.mark.parametrize(
    ("derive", "line"),
    [
        ("x if k == 'a' else 0", "data['x'].where(data['k'] == 'a', 0)"),
        ("y * 2 if k == 'a' else None", "(data['y'] * 2).where(data['k'] == 'a')"),
        ("1 if k == 'a' else x", "data['x'].mask((data['k'] == 'a').fillna(False), 1)"),
        ("1 if x > 2 else 0", "data['out'].mask(data['x'] > 2, 1)"),
        ("'big' if x > 2 else None", "data['out'].where(data['x'] > 2)"),
        ("integer(extract(k, '[0-9]+'))", "dd.to_numeric(data['k'].str.extract('([0-9]+)'"),
        ("bins(y, [0, 1, 2])", "data['y'].map_partitions(pd.cut, [0, 1, 2], labels="),
        ("sqrt(round(y, 1))", "np.sqrt(data['y'].round(1))"),
    ],
)
def test_choices_bins_and_numbers_are_written_for_dask_itself(derive: str, line: str) -> None:
    program = written(
        {"derive": {"out": derive}, "group_by": "k", "aggregate": {"n": "count(out)"}}
    )
    assert line in program
    assert "prepare" not in program


def test_steps_of_rows_stay_in_dask_and_those_behind_groups_run_in_pandas() -> None:
    rows = {"derive": {"z": "x * 2"}, "select": ["k", "z"]}
    groups = {"group_by": "k", "aggregate": {"z": "sum(z)"}}
    program = written({"steps": [rows, groups, {"derive": {"half": "z / 2"}}]})
    assert "data = data[['k', 'z']]\n    step_2 = data.groupby('k'" in program
    assert "return step_2.assign(half=step_2['z'] / 2)" in program


def test_each_step_in_dask_has_functions_of_its_own() -> None:
    shares = [{"transform": {"k": "k", "y": "y / sum(y)"}}, {"transform": {"y": "y / max(y)"}}]
    program = written({"steps": shares})
    assert "data.map_partitions(transform, sum_y)" in program
    assert "data.map_partitions(transform_2, max_y).compute()" in program


def test_values_of_all_rows_are_computed_first_and_the_rows_stay_in_their_partitions() -> None:
    program = written({"transform": {"r": "(y - min(y)) / (max(y) - min(y))"}})
    assert "min_y, max_y = dask.compute(data['y'].min(), data['y'].max())" in program
    assert "data.map_partitions(transform, min_y, max_y)" in program
    assert "repartition" not in program
    ranked = written({"transform": {"r": "quantile(y, 0.1) + 2 * quantile(y, 0.9) + mean(y) + x"}})
    assert "quantile_y, quantile_y_2 = data['y'].compute().quantile([0.1, 0.9])" in ranked
    assert "mean_y = data['y'].mean().compute()" in ranked


def test_windows_of_all_rows_need_a_single_partition() -> None:
    assert "repartition(npartitions=1)" in written({"transform": {"r": "lag(y) / max(y)"}})


@pytest.mark.parametrize("having", [True, False])
def test_groups_without_a_key_are_left_out_by_dask_itself(having: bool) -> None:
    present = {"having": "h is not None"} if having else {}
    asked = {"derive": {"h": "y // 0"}, "group_by": "h", "aggregate": {"n": "sum(x)"}, **present}
    program = written(asked)
    assert ("dropna=False" in program) is not having
    assert "answer[" not in program


@pytest.mark.parametrize("function", ["mean", "std", "sum"])
def test_no_method_of_dask_keeps_the_group_without_a_key(function: str, tmp_path: Path) -> None:
    frame = pa.table({"k": [None, "a", "a", None, "b", "b"], "x": [1, 2, 4, 8, 16, 18]})
    columns = (Column("k", "string", "string", nulls=True), Column("x", "int", "int64"))
    asked = by_k(Output("x", of(function, "x")), where=Not(IsMissing(Col("k"))))
    assert sorted(answered(tmp_path, frame, asked, Schema(columns, 6))["k"]) == ["a", "b"]


def test_dask_is_told_the_type_of_what_a_table_gives() -> None:
    table = {"a": "map(k, {'p': 'q'})", "b": "map(x, {1: 2}, 0)", "c": "map(x, {1: True}, False)"}
    program = written({"transform": table})
    assert "map({'p': 'q'}, meta=('k', 'object'))" in program
    assert "map({1: 2}, meta=('x', 'float64'))" in program
    assert "map({1: True}, meta=('x', 'object'))" in program


def test_masks_and_derived_columns_are_written_as_dask_documents_them() -> None:
    double = Agg("sum", (Arith("*", Col("x"), Lit(2)),))
    query = by_k(Output("s", double), where=Compare(">", Col("x"), Lit(3)))
    program = text(query)
    assert 'data = data[data["x"] > 3]' in program
    assert 'data = data.assign(s=data["x"] * 2)' in program
    assert "map_partitions" not in program
    parts = PARTITIONS.write(query, schema(), TWO).text
    assert 'part = part[part["x"] > 3]' in parts
    assert "data.map_partitions(prepare)" in parts


def test_an_expression_of_a_row_calls_no_function_for_each_row() -> None:
    body = Case(((Compare(">", Col("x"), Lit(3)), Arith("*", Lit(2), Col("y"))),), Col("y"))
    doubled = RowFunction("r", "r", body, columns=("x", "y"))
    program = text(Query("q", "", apply=doubled))
    assert '(2 * data["y"]).where(data["x"] > 3, data["y"]).to_frame("r").compute()' in program
    assert "apply" not in program
    parts = PARTITIONS.write(Query("q", "", apply=doubled), schema(), TWO).text
    assert 'np.where(part["x"] > 3, 2 * part["y"], part["y"])' in parts


@pytest.mark.parametrize("nulls", [False, True])
def test_truths_with_gaps_are_persisted_for_from_pandas_makes_them_texts(nulls: bool) -> None:
    truth = Schema((Column("b", "bool", "bool", nulls), *schema().columns), 1000)
    program = text(Query("q", "", aggregate=(Output("b", of("any", "b")),)), truth)
    assert ("persist()" in program) is nulls
    assert ("dd.from_pandas" in program) is not nulls


def test_a_scan_claims_nothing_of_memory() -> None:
    median = by_k(Output("y", of("median", "y")))
    assert "All is in memory" in text(median)
    scan = find("dask/scan").write(median, schema(), TWO).text
    assert 'data.shuffle("k")' in scan
    assert "memory" not in scan


def test_numpy_takes_two_computed_series_on_each_partition_for_dask_would_shuffle() -> None:
    least = Call("min", (Col("y"), Arith("-", Col("x"), Lit(1))))
    derive = (Output("z", least), Output("w", Call("hypot", (Col("x"), Col("y")))))
    written = text(
        by_k(Output("s", Agg("sum", (Col("z"),))), Output("t", of("max", "w")), derive=derive)
    )
    assert 'data["y"].map_partitions(np.minimum, data["x"] - 1)' in written
    assert 'np.hypot(data["x"], data["y"])' in written


def test_the_largest_rows_are_reduced_by_one_function() -> None:
    query = Query("q", "", group_by=("k",), extreme=Extreme("y", 2, "top"))
    assert "data.reduction(chunk=largest, aggregate=largest)" in text(query)


def test_partitions_are_row_groups_once_there_are_enough_of_them() -> None:
    query = by_k(Output("x", of("sum", "x")))
    assert "npartitions=8" in text(query, schema(rows=1_000_000))
    assert "npartitions=10," in text(query, schema(rows=10_000_000))
    assert "split_row_groups=True" in text(query, schema(rows=10_000_000))


def answered(tmp_path: Path, frame: pa.Table, query: Query, data: Schema) -> dict[str, list]:
    """Run a program on a file of ten row groups, told as a large one."""
    path, program, answer = (tmp_path / name for name in ("d.parquet", "program.py", "a.arrow"))
    pq.write_table(frame, path, row_group_size=100)
    program.write_text(text(query, data))
    warm = WarmProcess(sys.executable, tmp_path, ENGINE.environment(TWO))
    problem = warm.answer(program, path, answer)
    warm.end()
    assert problem is None
    return pa.ipc.open_file(answer).read_all().to_pydict()


def test_few_columns_of_a_large_file_are_answered(tmp_path: Path) -> None:
    """Ten row groups, of which Dask reads several as one: see docs/engine-bugs.md."""
    frame = pa.table({"k": ["a", "b"] * 500, **{name: range(1000) for name in "xyabcdefg"}})
    found = answered(tmp_path, frame, by_k(Output("x", of("sum", "x"))), schema(rows=10_000_000))
    assert dict(zip(found["k"], found["x"], strict=True)) == {"a": 249_500, "b": 250_000}


def test_narrow_integers_do_not_wrap_in_the_parts_that_miss_none(tmp_path: Path) -> None:
    frame = pa.table({"k": ["a"] * 1000, "x": pa.array([None, *[100] * 999], "int8")})
    columns = (Column("k", "string", "string"), Column("x", "int", "int8", nulls=True))
    least = Output("x", Agg("min", (Arith("*", Col("x"), Lit(2)),)))
    found = answered(tmp_path, frame, by_k(least), Schema(columns, 10_000_000))
    assert found["x"] == [200]


def test_a_cluster_is_told_its_processes_and_their_memory() -> None:
    program = DISTRIBUTED.write(
        by_k(Output("x", of("sum", "x"))), schema(), Resources(threads=2, memory=1000)
    )
    assert "n_workers=2" in program.text
    assert "memory_limit=400" in program.text


def test_threads_are_told_by_the_environment() -> None:
    assert ENGINE.environment(TWO) == {"DASK_NUM_WORKERS": "2"}
    assert ENGINE.environment(Resources()) == {}


def test_a_cluster_works_for_each_answer_and_gives_none_again(tmp_path: Path) -> None:
    pq.write_table(
        pa.table({"k": ["a", "b"] * 50, "x": range(100), "y": [0.5] * 100}), tmp_path / "d.parquet"
    )
    program = DISTRIBUTED.write(by_k(Output("y", of("median", "y"))), schema(), TWO)
    (tmp_path / "program.py").write_text(program.text)
    (tmp_path / "repeated.py").write_text(REPEATED)
    command = [sys.executable, str(tmp_path / "repeated.py"), str(tmp_path / "d.parquet")]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    worked = list(map(int, ran.stdout.split()))
    assert len(worked) == 15, ran.stderr
    assert min(worked) > 0


def test_a_column_that_one_output_reads_has_its_name_where_no_other_has_it() -> None:
    double = Arith("*", Col("x"), Lit(2))
    total, mean = Agg("sum", (double,)), Agg("mean", (double,))
    assert "assign(s=" in text(by_k(Output("s", total)))
    assert "assign(x_2=" in text(by_k(Output("s", total), Output("m", mean)))
    assert "assign(x_2=" in text(by_k(Output("x", total), Output("y", of("max", "x"))))


def test_a_column_of_which_one_output_reads_a_value_is_replaced() -> None:
    double = Arith("*", Col("x"), Lit(2))
    total, mean = Agg("sum", (double,)), Agg("mean", (Col("y"),))
    assert 'assign(x=data["x"] * 2)' in text(by_k(Output("x", total), Output("m", mean)))
    beside = Agg("mean", (Arith("*", Col("y"), double),))
    assert "assign(x_2=" in text(by_k(Output("x", total), Output("m", beside)))
    corr = Agg("corr", (double, Col("x")))
    assert "assign(x=" not in text(by_k(Output("x", corr)))


def test_missing_texts_among_several_keys_have_their_gaps_filled() -> None:
    days = [dt.datetime(2024, 1, day) for day in (1, 3)]
    rows = pa.table(
        {
            "k": pa.array([None, None], pa.string()),
            "g": pa.array([None, None], pa.int64()),
            "m": days,
        }
    )
    asked = {
        "derive": {"day": "truncate(m, 'day')"},
        "group_by": ["g", "k", "day"],
        "aggregate": {"n": "size()"},
        "fill_gaps": True,
    }
    workload = {"workload": "w", "dataset": {"files": "x.parquet"}, "queries": {"q": asked}}
    (query,) = read_text(json.dumps(workload), "w.yaml", Path()).queries
    answer = run(ENGINE, query, rows)
    assert sorted(zip(answer["day"].dt.day, answer["n"], strict=True)) == [(1, 1), (2, 0), (3, 1)]
    assert answer["k"].isna().all()
