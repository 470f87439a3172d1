"""The oracle costs a query that it cannot answer its check, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import dfbench
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dfbench.commands.result import exit_status
from dfbench.comparison.oracle import EXACT, Unanswered, find_answer
from dfbench.comparison.plan import make_plan
from dfbench.datasets.dataset import make_dataset
from dfbench.datasets.other_rows import make_other_rows
from dfbench.datasets.parquet_schema import read_schema
from dfbench.engines.interactive import load_program
from dfbench.execution.limits import find_backend
from dfbench.report import export
from dfbench.report.comparison import Comparison
from dfbench.spec.reader import read, read_text
from dfbench.verification.agreement import compare_answer

from tests.fuzz.oracle import hold

WORKLOAD = """
workload: oracle
dataset: {files: data.parquet}
queries:
  fine: {group_by: k, aggregate: {s: sum(x)}}
  over: {derive: {j: i + 1}, group_by: k, aggregate: {s: max(j)}}
  beyond: {group_by: k, aggregate: {s: sum(u)}}
  cased: {group_by: k, aggregate: {one: sum(Amount), other: sum(amount)}}
  keyed: {derive: {j: i - 1}, group_by: j, aggregate: {n: size()}}
  after: {group_by: k, aggregate: {n: size()}}
  called: {apply: {rows: "def f(x):\\n    return x['i'] * 4", as: r}}
  dated: {where: i > 1, derive: {d: "parse(day, '%d/%m/%Y')"}, aggregate: {s: max(d)}}
  later:
    steps: [{select: [day], sort: day}, {aggregate: {s: "max(parse(day + '!', '%d/%m/%Y!'))"}}]
engines: [pandas, polars]
"""


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    folder = tmp_path_factory.mktemp("oracle")
    table = pa.table(
        {
            "k": ["a", "b", "a"],
            "i": [2**63 - 1, 1, 2],
            "u": pa.array([2**63, 1, 2**63 + 5], pa.uint64()),
            "x": [1e17, float("inf"), -1e17],
            "Amount": [1, 2, 3],
            "amount": [4, 5, 6],
            "day": ["01/02/2024", "no day", "31/02/2024"],
        }
    )
    pq.write_table(table, folder / "data.parquet")
    (folder / "own.yaml").write_text(WORKLOAD)
    return dfbench.check(folder / "own.yaml", results=folder / "results")


def test_a_query_without_an_oracle_is_unchecked_in_words_and_in_every_form(
    checked: Comparison,
) -> None:
    unchecked = {q for check in checked.view.checked if check.unchecked for q in check.queries}
    assert unchecked == {"cased"}
    said = {q: check.sentence for check in checked.view.checked for q in check.queries}
    assert said["cased"].startswith("unchecked, no oracle (Amount and amount: ")
    assert said["cased"].endswith("; 2 engines agree")
    assert said["fine"] == "2 engines agree with duckdb 2.0.0"
    text = (checked.path / "report.md").read_text(encoding="utf-8")
    assert "cased (unchecked)" in text
    assert "All answers agree" not in text
    assert "cased (unchecked)" in (checked.path / "report.html").read_text(encoding="utf-8")
    records = [json.loads(line) for line in export.render(checked.view, "jsonl").splitlines()]
    assert {r["query"] for r in records if not r["checked"]} == unchecked


def test_a_text_that_is_no_date_is_named_with_its_row_for_each_engine(checked: Comparison) -> None:
    failed = {(f.engine, f.query): f.evidence for f in checked.view.failures}
    for engine in ("pandas", "polars"):
        assert failed[engine, "dated"].startswith(
            "row 3: parse(day, '%d/%m/%Y') cannot read '31/02/2024'; correct it, or leave its row"
            " out in where: day != '31/02/2024' ("
        )
        assert failed[engine, "later"].startswith(
            "parse(day + '!', '%d/%m/%Y!') cannot read '31/02/2024!'; correct it, or leave its row"
            " out in where ("
        )


def test_integers_beyond_64_bits_are_exact_and_what_wraps_is_wrong(checked: Comparison) -> None:
    large = {"beyond", "over", "called"}
    found = [check for check in checked.view.checked if large & {*check.queries}]
    assert [{d.engine for d in check.differ} for check in found] == [{"pandas", "polars"}] * 3
    for query in ("beyond", "called"):
        (wide,) = (check for check in found if query in check.queries)
        assert all("wrapped around 64 bits" in d.reason for d in wide.differ)
    (over,) = (check for check in found if "over" in check.queries)
    assert all("the right value is beyond 64 bits" in d.reason for d in over.differ)


def test_random_expressions_and_aggregates_are_answered_as_by_plain_python(tmp_path: Path) -> None:
    held = hold(300, 7, tmp_path)
    assert held.wrong == []
    assert held.refused.total() <= 3  # beyond 128 bits


def test_an_unchecked_answer_is_no_answer_under_strict(checked: Comparison, tmp_path: Path) -> None:
    assert exit_status(checked, strict=False) == 1  # of what wrapped
    workload = checked.path.parents[2] / "own.yaml"
    unchecked = dfbench.check(workload, queries=["cased"], results=tmp_path)
    assert exit_status(unchecked, strict=False) == 0
    assert exit_status(unchecked, strict=True) == 3


def test_no_answers_of_the_oracle_lie_beside_the_users_data(checked: Comparison) -> None:
    beside = {path.name for path in checked.path.parents[2].iterdir()}
    assert beside == {"data.parquet", "own.yaml", "results"}


def test_the_oracle_sums_with_compensation(tmp_path: Path) -> None:
    path = tmp_path / "data.parquet"
    pq.write_table(pa.table({"k": ["a"] * 10, "x": [0.1] * 10}), path)
    text = f"""workload: w
dataset: {{files: {path}}}
queries: {{q: {{group_by: k, aggregate: {{s: sum(x), m: mean(x)}}}}}}
engines: [pandas]"""
    (query,) = read_text(text, "w.yaml", tmp_path).queries
    module = load_program(EXACT.write(query, read_schema(path)))
    answer = module.rows(module.query(module.load(str(path))))
    assert answer.to_pydict() == {"k": ["a"], "s": [1.0], "m": [0.1]}  # a plain sum: 0.99…


def test_programs_that_one_process_runs_share_a_database_and_no_table(tmp_path: Path) -> None:
    text = """workload: w
dataset: {files: 1.parquet}
queries: {q: {aggregate: {s: sum(x)}}}
engines: [pandas]"""
    connections = []
    for number in (1, 2):
        path = tmp_path / f"{number}.parquet"
        pq.write_table(pa.table({"x": [number, None]}), path)
        (query,) = read_text(text, "w.yaml", tmp_path).queries
        module = load_program(EXACT.write(query, read_schema(path)))
        connections.append(module.load(str(path)))
        connections[-1].execute(f"CREATE SCHEMA seen{number}")
    answers = [module.rows(module.query(one)).to_pydict() for one in connections]
    assert answers == [{"s": [1]}, {"s": [2]}]
    seen = connections[0].execute("SELECT schema_name FROM duckdb_schemas()").fetchall()
    assert ("seen2",) in seen


TOGETHER = """
workload: together
dataset: {files: data.parquet}
queries:
  sum: {group_by: k, aggregate: {s: sum(x)}}
  date: {derive: {d: "parse(t, '%Y-%m-%d')"}, group_by: d, aggregate: {n: size()}}
  mean: {group_by: k, aggregate: {m: mean(x)}}
  near: {derive: {e: log(x)}, group_by: e, aggregate: {n: size()}}
engines: [pandas]
"""


def test_one_process_answers_other_queries_and_other_rows_as_well(tmp_path: Path) -> None:
    table = pa.table({"k": [1, 1, 2, 2], "x": [1, 2, 3, 4], "t": ["2020-01-01", "?", "", "x"]})
    pq.write_table(table, tmp_path / "data.parquet")
    (tmp_path / "own.yaml").write_text(TOGETHER)
    workload = read(tmp_path / "own.yaml")
    data = make_dataset(workload.dataset, tmp_path / "cache")
    other = make_other_rows(data, tmp_path / "cache")
    assert other is not None
    answers = tmp_path / "answers"
    planned = make_plan(workload, data, find_backend("none"), answers, {})
    total, date, mean, near = workload.queries
    beside = [planned, replace(planned, data=other)]
    find_answer(planned, mean, beside)  # the process also answers `sum`, and ends at `date`
    assert isinstance(find_answer(planned, near, beside), Unanswered)  # alone
    assert [len(list(answers.glob(f"*.{end}"))) for end in ("arrow", "failed")] == [3, 1]
    kept = set(answers.iterdir())
    for rows in (data, other):
        expected = find_answer(replace(planned, data=rows), total)
        added = pq.read_table(rows.path).group_by("k").aggregate([("x", "sum")])
        assert compare_answer(expected, added.rename_columns(["k", "s"]), total, rows.rows).agrees
    assert kept == set(answers.iterdir())
    failed = find_answer(planned, date, beside)
    assert isinstance(failed, Unanswered)
    assert "could not parse" in failed.why.lower()


ROUNDED = """
workload: rounded
dataset: {files: data.parquet}
queries:
  cents: {apply: {rows: "def f(x):\\n    return round(x['z'], 2)", as: r}}
engines: [pandas]
"""


def test_a_def_may_round_a_value_on_an_edge_to_either_side_and_no_other(tmp_path: Path) -> None:
    pq.write_table(pa.table({"z": [2.675, 1.005, 0.123]}), tmp_path / "data.parquet")
    (tmp_path / "own.yaml").write_text(ROUNDED)
    workload = read(tmp_path / "own.yaml")
    data = make_dataset(workload.dataset, tmp_path / "cache")
    planned = make_plan(workload, data, find_backend("none"), tmp_path / "answers", {})
    (query,) = workload.queries
    expected = find_answer(planned, query)
    answers = ([2.67, 1.0, 0.12], [2.68, 1.0, 0.12], [2.68, 1.01, 0.12], [2.67, 1.0, 0.13])
    verdicts = [compare_answer(expected, pa.table({"r": a}), query, 3).agrees for a in answers]
    assert verdicts == [True, True, True, False]
