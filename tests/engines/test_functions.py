"""Functions of rows, groups and tasks: the same answers on every road, the def untouched in all."""

from __future__ import annotations

import contextlib
import difflib
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from dfbench.engines import find, load_engines
from dfbench.engines.base import Resources
from dfbench.engines.interactive import load_program
from dfbench.engines.interactive import run as answered
from dfbench.errors import Unsupported, WorkloadError
from dfbench.spec.expression import Col, IsMissing, Not
from dfbench.spec.generated_data import derive_schema
from dfbench.spec.reader import list_shipped, read, read_text
from dfbench.spec.schema import Column, Kind, Schema
from dfbench.spec.workload import GroupFunction, Query, RowFunction, Tasks
from dfbench.storage.records import Outcome
from dfbench.verification.agreement import Expected, compare_answer

from tests.support.apply_samples import answer, frame, groups_query, rows_query, run, tasks

COLUMNS = Schema(tuple(Column(name, "int", "int64") for name in "ABk"), 1000)
GAPS = Schema((Column("A", "int", "int64", nulls=True), Column("B", "int", "int64")), 6)
ODD = """\
def odd( x ):   # the row
    'Say.'
    if x['A']>2 :  # not as black would write it
        return x["A"]*2
    return   x.B
"""
NUMBERED = 'def numbered(x):\n    return x["A"] * 10 + x["B"]\n'
SPREAD = "def spread(A, B):\n    return A.max() - A.min(), B.mean()\n"
WALK = """\
def walk(steps, seed):
    rng = random.Random(seed)
    x = 0
    for _ in range(steps):
        x += rng.choice((-1, 1))  # left or right
    return x, steps
"""
POOLS = ("serial", "multiprocessing", "futures-process", "futures-thread", "joblib")
POOLS += ("joblib/threads", "loky")
CALLING = ("pandas", "polars/map_elements", "dask", "modin", *POOLS)
LOWERING = ("pandas+numpy", "polars", "duckdb", "datatable", "pandas+numba")


@pytest.mark.parametrize("engine", CALLING)
def test_the_users_def_stands_in_the_program_as_it_was_written(engine: str) -> None:
    query = rows_query(ODD if engine != "polars/map_elements" else ODD.replace("x.B", "x['B']"))
    text = find(engine).write(query, COLUMNS, Resources(2)).text
    assert query.apply.source.strip("\n") in text
    compile(text, "program", "exec")


PANDAS = "import pandas as pd\n\ndef odd(x):\n    return x['A'] if pd.notna(x['A']) else 0\n"
POLARS = "import polars as pd\n\ndef odd(x):\n    return pd.Series([x['A'], x['B']]).sum()\n"


def test_modin_has_another_name_where_the_function_imports_pandas() -> None:
    text = find("modin").write(rows_query(PANDAS), COLUMNS).text
    assert "import modin.pandas as mpd\n" in text
    assert "mpd.read_parquet(" in text
    assert text.count("import pandas as pd\n") == 1


@pytest.mark.parametrize("engine", ["pandas", "dask", "futures-thread"])
def test_an_import_of_the_function_takes_no_name_of_the_program(engine: str) -> None:
    text = find(engine).write(rows_query(POLARS), COLUMNS, Resources(2)).text
    assert text.count("import polars as pd\n") == 1
    found = answered(find(engine), rows_query(POLARS), {"A": [1, 2], "B": [3, 4]})
    assert list(found["y"]) == [4, 6]


def test_a_function_with_future_annotations_is_a_program() -> None:
    source = f"from __future__ import annotations\n{PANDAS}"
    compile(find("pandas").write(rows_query(source), COLUMNS).text, "program", "exec")


def test_a_function_named_like_a_part_of_the_program_is_refused() -> None:
    source = "def CHUNKS(x):\n    return x['A'] + 1\n"
    with pytest.raises(Unsupported, match="rename this def"):
        find("joblib").write(rows_query(source), COLUMNS)


def test_pools_differ_by_a_line_or_two() -> None:
    query = rows_query(NUMBERED)
    texts = {name: _program(name, query).splitlines() for name in POOLS[1:]}
    for name, text in texts.items():
        changed = [x for x in difflib.ndiff(texts["multiprocessing"], text) if x.startswith("+ ")]
        assert len(changed) <= 5, (name, changed)  # the title, an import or two, the pool


def test_the_number_of_parts_is_named_and_the_workers_are_those_allowed() -> None:
    text = _program("multiprocessing", rows_query(NUMBERED))
    assert "CHUNKS = 8\n" in text
    assert "multiprocessing.Pool(2)" in text
    free = find("joblib").write(rows_query(NUMBERED), COLUMNS).text
    assert "CHUNKS = 4 * os.cpu_count()" in free
    assert "n_jobs=-1" in free


@pytest.mark.parametrize("name", POOLS[1:])
def test_each_worker_has_one_thread_of_blas(name: str) -> None:
    assert find(name).environment(Resources(2))["OPENBLAS_NUM_THREADS"] == "1"


@pytest.mark.parametrize("engine", ["pandas", "polars/map_elements", "dask", "serial", *LOWERING])
def test_a_row_function_is_not_called_where_an_input_is_missing(engine: str) -> None:
    table = pa.table({"A": [1, None, 3, None, 5, 6], "B": [1, 2, 0, 4, 5, 6]})
    source = 'def f(x):\n    if x["B"] > 4:\n        return 0\n    return x["A"] * 2\n'
    assert _rows(engine, rows_query(source), table) == [2, None, 6, None, 0, 0]


@pytest.mark.parametrize("engine", ["pandas", "serial", "dask", "futures-thread"])
def test_a_group_function_gets_arrays_and_the_missing_key_has_a_group(engine: str) -> None:
    table = pa.table({"k": [1, None, 1, None], "A": [1, 2, 5, 9], "B": [1.0, 2.0, 3.0, 4.0]})
    query = groups_query(SPREAD, "reach", "middle")
    found = {tuple(row.values()) for row in _table(engine, query, table).to_pylist()}
    assert found == {(1, 4, 2.0), (None, 7, 3.0)}


@pytest.mark.parametrize("engine", ["pandas", "dask", "serial", "futures-thread"])
@pytest.mark.parametrize("query", [rows_query(NUMBERED), groups_query(SPREAD, "reach", "middle")])
def test_no_rows_have_an_answer_without_rows(engine: str, query: Query) -> None:
    table = frame(1).select(["A", "B", "k"]).slice(1)
    assert _table(engine, query, table).num_rows == 0


@pytest.mark.parametrize("pool", ["multiprocessing", "futures-process", "joblib", "loky"])
def test_pools_of_processes_answer_as_python_does(pool: str, tmp_path: Path) -> None:
    ended = run(pool, rows_query(NUMBERED), tmp_path)
    assert ended.outcome is Outcome.OK, ended.evidence
    assert answer(tmp_path)["y"].to_pylist() == [n * 10 + n % 7 for n in range(1000)]


@pytest.mark.parametrize("road", ["serial", "multiprocessing", "futures-thread", "loky", "dask"])
def test_tasks_keep_their_numbers_and_their_stream(road: str, tmp_path: Path) -> None:
    work = tasks(WALK, count=25, steps=30)
    ended = run(road, work, tmp_path)
    assert ended.outcome is Outcome.OK, ended.evidence
    expected = _tasks("serial", work)
    assert expected.column_names == ["task", "x", "steps"]
    assert compare_answer(Expected(expected), answer(tmp_path), work, 0).agrees


def test_numba_draws_other_numbers_of_the_same_distribution() -> None:
    work = tasks(WALK, count=2000, steps=30)
    with pytest.raises(Unsupported, match="verify: statistical"):
        find("numba").write(work, COLUMNS)
    loose = Tasks(work.name, WALK, work.count, work.arguments, verify="statistical")
    assert compare_answer(
        Expected(_tasks("serial", loose)), _tasks("numba", loose), loose, 0
    ).agrees


def test_numba_compiles_a_def_without_randomness_as_it_is() -> None:
    source = (
        "def total(n, seed):\n    s = seed\n    for i in range(n):\n        s += i\n    return s\n"
    )
    work = tasks(source, count=40, n=10)
    assert source.strip() in find("numba").write(work, COLUMNS).text
    assert _tasks("numba", work)["value"].to_pylist() == [45.0 + seed for seed in range(40)]


def test_an_array_is_told_by_its_sum() -> None:
    source = "def grow(n, seed):\n    return np.full((n, n), seed)\n"
    assert _tasks("serial", tasks(source, count=3, n=2))["value"].to_pylist() == [0.0, 4.0, 8.0]


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb", "datatable", "modin"])
def test_engines_of_frames_refuse_tasks_in_words(engine: str) -> None:
    with pytest.raises(Unsupported, match="tasks"):
        find(engine).write(tasks(WALK, steps=3), COLUMNS)


@pytest.mark.parametrize(
    ("kind", "arrow"), [("string", "string"), ("bool", "bool"), ("int", "int64")]
)
def test_modin_refuses_to_divide_groups_by_objects_beside_missing_values(
    kind: Kind, arrow: str
) -> None:
    function = GroupFunction("f", ("out",), "def f(A):\n    return A.sum()\n", ("A",))
    numbers, key = COLUMNS.columns[:2], Column("k", kind, arrow)
    gaps = Schema((*numbers, replace(key, nulls=True)), rows=100)
    present = Not(IsMissing(Col("k")))
    for engine in ("modin", "modin/dask", "modin/apply"):
        asked = Query("q", "", group_by=("k",), apply=function)
        find(engine).write(asked, Schema((*numbers, key), rows=100))
        find(engine).write(replace(asked, where=present), gaps)
        if kind != "int":
            with pytest.raises(Unsupported, match="use modin/native"):
                find(engine).write(asked, gaps)


@pytest.mark.parametrize("engine", ["polars", "pandas+numpy", "duckdb", "datatable"])
def test_what_has_no_tree_is_unsupported_with_its_place(engine: str) -> None:
    query = rows_query("def f(x):\n    for i in range(x.A):\n        pass\n    return x.A\n")
    with pytest.raises(Unsupported, match=r"w\.yaml:2:5"):
        find(engine).write(query, COLUMNS)
    assert _rows("serial", query, frame(5)) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("engine", ["polars", "duckdb", "pandas+numpy"])
def test_the_power_zero_of_nothing_is_nothing(engine: str) -> None:
    table = pa.table({"A": [-1.0, 4.0], "B": [1, 2]})
    query = rows_query("def f(x):\n    return math.sqrt(x.A) ** 0\n")
    assert _rows(engine, query, table) == [None, 1.0]


@pytest.mark.parametrize("body", ["x.A % 0", "len('ab')", "3"])
def test_what_reads_no_row_is_answered_for_each(body: str) -> None:
    source = f"def f(x):\n    half = x.A / 2\n    none = {body}\n    return none\n"
    table = pa.table({"A": [1, 2, 3], "B": [1, 2, 3]})
    for engine in ("polars", "pandas+numpy", "duckdb"):
        assert len(_rows(engine, rows_query(source), table)) == 3, engine


def test_named_intermediates_keep_their_names() -> None:
    source = "def f(x):\n    ratio = x.A / (x.B + 1)\n    return ratio if ratio > 2 else -ratio\n"
    for engine in ("polars", "pandas+numpy", "pandas+numba"):
        assert "ratio = " in _program(engine, rows_query(source)), engine


def test_care_for_missing_values_stands_only_where_there_are_some() -> None:
    source = "def f(x):\n    return x.A if x.B > 1 else 2 * x.A\n"
    for engine in ("polars", "pandas+numpy", "pandas", "serial"):
        query = rows_query(source.replace("x.A", "x['A']").replace("x.B", "x['B']"))
        plain = find(engine).write(query, COLUMNS, Resources(2)).text
        assert not any(word in plain for word in ("isna", "is_null", "dropna", "None")), engine


def test_an_expression_is_written_over_columns_and_a_def_is_called() -> None:
    expression = Query("q", "", apply=replace(rows_query(NUMBERED).apply, source=None))
    for engine in ("pandas", "modin"):
        assert ".apply(" not in _program(engine, expression), engine
        assert ".apply(numbered, axis=1)" in _program(engine, rows_query(NUMBERED)), engine
        assert ".apply(numbered, axis=1)" in _program(f"{engine}/apply", expression), engine
    table = pa.table({"A": [1, 2, 3], "B": [4, 5, 6]})
    for engine in ("pandas", "pandas/apply", "pandas+numpy"):
        assert _rows(engine, expression, table) == [14, 25, 36], engine
    with pytest.raises(Unsupported, match="use pandas"):
        find("pandas/apply").write(Query("q", "", select=("A",)), COLUMNS)


def test_an_expression_is_written_as_a_function() -> None:
    workload = read("apply")
    function = workload.query("double_even").apply
    assert isinstance(function, RowFunction)
    text = _program("serial", Query("q", "", apply=function), derive_schema(workload.dataset))
    assert 'def result(x):\n    return 2 * x["v2"] if x["v1"] % 2 == 0 else x["v2"]' in text


@pytest.mark.parametrize(
    "name", [n for n in list_shipped() if n in {"apply", "random_walk", "matrix"}]
)
def test_the_shipped_workloads_have_a_program_on_each_road(name: str) -> None:
    workload = read(name, engines=tuple(load_engines()))
    data = derive_schema(workload.dataset) if workload.dataset else COLUMNS
    said = 0
    for engine in workload.engines:
        for question in workload.questions:
            with contextlib.suppress(Unsupported):
                compile(find(engine).write(question, data, Resources(2)).text, engine, "exec")
                said += 1
    assert said > 0.7 * len(workload.engines) * len(workload.questions)


def test_a_strangers_defs_are_refused_and_expressions_are_not(tmp_path: Path) -> None:
    text = """\
        dataset: {generate: db-benchmark-groupby, rows: 10}
        queries:
          plain: {apply: {rows: 2 * v1 if v2 > 3 else v1, as: y}}
        """
    assert read_text(text, "w.yaml", tmp_path, python=False).queries
    defs = text.replace("2 * v1 if v2 > 3 else v1", '"def f(x): return x.v1"')
    with pytest.raises(WorkloadError, match=r"w.yaml:3:\d+: --no-python refuses Python functions"):
        read_text(defs, "w.yaml", tmp_path, python=False)
    with pytest.raises(WorkloadError, match="--no-python"):
        read("random_walk", python=False)


def _program(engine: str, query: Query | Tasks, data: Schema = COLUMNS) -> str:
    return find(engine).write(query, data, Resources(2)).text


def _table(engine: str, query: Query, table: pa.Table) -> pa.Table:
    result = answered(find(engine), query, table)
    program = find(engine).write(query, COLUMNS if "k" in table.column_names else GAPS)
    return load_program(program).rows(result)


def _rows(engine: str, query: Query, table: pa.Table) -> list:
    return [row["y"] for row in _table(engine, query, table).to_pylist()]


def _tasks(engine: str, work: Tasks) -> pa.Table:
    module = load_program(find(engine).write(work, COLUMNS, Resources(2)))
    return module.rows(module.query(module.load()))
