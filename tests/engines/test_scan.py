"""Reading within the query gives the same answers, in programs that read lazily where they can."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dfbench.cli import app
from dfbench.comparison.plan import expand_load_mode
from dfbench.datasets.parquet_schema import read_schema
from dfbench.engines import find
from dfbench.engines.base import Resources
from dfbench.engines.writing.program import skip_formatting
from dfbench.errors import EngineError, Unsupported, WorkloadError
from dfbench.execution.warm_process import WarmProcess
from dfbench.spec.generated_data import derive_schema
from dfbench.spec.reader import read, read_text
from dfbench.spec.workload import Generated
from dfbench.testing.conformance.answers import check_answer, start_process
from dfbench.testing.conformance.cases import CASES, ConformanceCase
from dfbench.testing.conformance.frames import FRAMES
from dfbench.testing.conformance.known_failures import find_mark
from typer.testing import CliRunner

SCANNING = ["pandas", "polars", "duckdb", "dask"]
READ = [case for case in CASES if case.frame == "missing"][::3]
WHERE = [case for case in CASES if case.frame == "missing" and case.name.startswith("where")]
EDGES = [case for case in CASES if case.frame == "empty" and case.name.startswith("where")][::2]
ASKED = list(dict.fromkeys([*READ, *WHERE, *EDGES]))


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scanned")
    for name, table in FRAMES.items():
        pq.write_table(table, folder / f"{name}.parquet", row_group_size=5)
    return folder


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], WarmProcess]]:
    started = {}
    yield lambda name: started.setdefault(
        name, start_process(name, tmp_path_factory.mktemp("programs"))
    )
    for process in started.values():
        process.end()


@pytest.mark.parametrize("engine", SCANNING)
@pytest.mark.parametrize("case", ASKED, ids=lambda case: case.name)
def test_a_scan_gives_the_oracles_answer(
    engine: str,
    case: ConformanceCase,
    frames: Path,
    warm: Callable[[str], WarmProcess],
    tmp_path: Path,
) -> None:
    name = f"{engine}/scan"
    data = frames / f"{case.frame}.parquet"
    known = find_mark(engine, case.name)
    try:
        with skip_formatting():
            program = find(name).write(case.query(), read_schema(data), Resources(threads=2))
    except Unsupported:
        assert known
        return
    process = warm(name)
    text = process.folder / f"scan_{case.name}.py"
    text.write_text(program.text)
    problem = process.answer(text, data, tmp_path / "answer.arrow")
    if known:
        return
    assert problem is None, f"{problem}\n{program.text}"
    verdict = check_answer(case, tmp_path / "answer.arrow")
    assert verdict.agrees, f"{verdict.reason}\n{verdict.rows}\n{program.text}"


def program(engine: str, where: str = "v1 > 2") -> str:
    text = f"{{where: {where}, group_by: id1, aggregate: {{v2: sum(v2)}}}}"
    workload = f"dataset: {{generate: db-benchmark-groupby, rows: 1e7}}\nqueries: {{q: {text}}}"
    (query,) = read_text(workload, "scan.yaml", Path()).queries
    schema = derive_schema(Generated("db-benchmark-groupby", 10**7))
    return find(engine).write(query, schema, Resources(threads=2)).text


READS = {
    "pandas/scan": 'pd.read_parquet(path, columns=["id1", "v2"], filters=[("v1", ">", 2)])',
    "polars/scan": "data = pl.scan_parquet(path)",
    "duckdb/scan": "data = con.read_parquet(path)",
    "dask/scan": 'dd.read_parquet(path, columns=["id1", "v1", "v2"], split_row_groups=True)',
    "datatable/scan": "table = pq.read_table(path,",
    "polars/in-memory/scan": 'collect(engine="in-memory")',
    "polars/scan@1.30": "data = pl.scan_parquet(path)",
}


@pytest.mark.parametrize("engine", READS)
def test_the_query_reads_as_its_library_does_and_load_gives_the_path(engine: str) -> None:
    text = program(engine)
    load, query = text.split("def query(path):")
    assert READS[engine] in " ".join(query.split()).replace("( ", "(").replace(" )", ")")
    assert load.endswith("def load(path):\n    return path\n\n\n")
    assert f' - {engine}"""' in text


def test_what_is_no_equal_for_a_reader_stays_in_the_query() -> None:
    text = program("pandas/scan", "v1 > 2 and v3 != 1.5")
    assert 'filters=[("v1", ">", 2)]' in text
    assert 'data["v3"] != 1.5' in text


def test_tasks_have_no_file_to_scan() -> None:
    (tasks,) = read("random_walk").tasks
    with pytest.raises(Unsupported, match="tasks read no file"):
        find("serial/scan").write(tasks, derive_schema(Generated("db-benchmark-groupby", 1)))


def test_an_unknown_engine_is_unknown_as_a_scan_too() -> None:
    with pytest.raises(EngineError, match="did you mean 'polars'"):
        find("polar/scan")


@pytest.mark.parametrize(
    ("load", "names"),
    [
        ("memory", ("pandas", "polars@1.30")),
        ("scan", ("pandas/scan", "polars/scan@1.30")),
        ("both", ("pandas", "pandas/scan", "polars@1.30", "polars/scan@1.30")),
    ],
)
def test_a_load_mode_stands_for_engines(load: str, names: tuple[str, ...]) -> None:
    assert expand_load_mode(("pandas", "polars@1.30"), load) == names
    assert expand_load_mode(names, load) == names


def test_a_load_mode_is_one_of_three() -> None:
    text = "dataset: {files: a.csv}\nqueries: {q: {aggregate: {n: size()}}}\nmeasure: {load: disk}"
    with pytest.raises(WorkloadError, match="load must be memory, scan or both, not 'disk'"):
        read_text(text, "own.yaml", Path())


def test_both_ways_stand_side_by_side_in_one_comparison(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("id;unit price;v\na;1,5;3\nb;2,5;4\na;;5\n")
    workload = tmp_path / "own.yaml"
    asked = "{group_by: id, aggregate: {p: 'sum(col(\"unit price\"))', v: sum(v)}}"
    workload.write_text(
        "dataset: {generate: db-benchmark-groupby, rows: 10}\n"
        f"queries: {{q: {asked}}}\nengines: [duckdb]\n"
    )
    options = ["--data", str(tmp_path / "own.csv"), "--set", "dataset.decimal=','"]
    stored = ["--load", "both", "--results", str(tmp_path / "results")]
    done = CliRunner().invoke(app, ["check", str(workload), *options, *stored])
    assert done.exit_code == 0, done.output
    (path,) = (tmp_path / "results").glob("**/comparison.json")
    head = json.loads(path.read_text())
    assert list(head["engines"]) == ["duckdb", "duckdb/scan"]
    assert head["dataset"]["columns"]["unit price"] == "double, some missing"


QUESTIONS = {
    "{join: {table: other, on: k}}": {"k": [1, 2], "x": [4, 5], "n": [7, 8]},
    "{where: x > 4}": {"k": [2, 3], "x": [5, 6]},
    "{steps: [{where: x > 4}, {sort: -x, limit: 1}]}": {"k": [3], "x": [6]},
    "{where: k < 2, derive: {y: x + 1}}": {"k": [1], "x": [4], "y": [5]},
}


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("engine", SCANNING)
def test_a_scan_leaves_out_columns_that_no_query_speaks_of(
    engine: str, question: str, warm: Callable[[str], WarmProcess], tmp_path: Path
) -> None:
    lists = pa.array([[1], [2], []])
    paths = tmp_path / "data.parquet", tmp_path / "other.parquet"
    pq.write_table(pa.table({"k": [1, 2, 3], "tags": lists, "x": [4, 5, 6]}), paths[0])
    pq.write_table(pa.table({"sizes": lists, "k": [1, 2, 9], "n": [7, 8, 9]}), paths[1])
    schema, other = map(read_schema, paths)
    text = (
        "dataset: {files: data.parquet, tables: {other: other.parquet}}\n"
        f"queries: {{asked: {question}}}\n"
    )
    (query,) = read_text(text, "lists.yaml", tmp_path).queries
    schema = replace(schema, tables=(("other", other),))
    program = find(f"{engine}/scan").write(query, schema, Resources(threads=2))
    path, answer = tmp_path / f"{engine}_lists.py", tmp_path / "answer.arrow"
    path.write_text(program.text)
    joined = paths[1:] if query.joins else ()
    assert warm(engine).answer(path, paths[0], answer, *joined) is None
    with pa.ipc.open_file(answer) as file:
        rows = file.read_all().sort_by("k").to_pydict()
    assert rows == QUESTIONS[question]
