"""A comparison finds engines that answer without computing, and reports more cores than allowed."""

from __future__ import annotations

import dataclasses
import math
import os
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dfbench.comparison import session
from dfbench.comparison.request import Request
from dfbench.datasets.dataset import make_dataset
from dfbench.datasets.other_rows import make_other_rows
from dfbench.engines import find, load_engines
from dfbench.engines.base import Program, Resources
from dfbench.execution import sandbox
from dfbench.report.comparison import Comparison
from dfbench.spec.schema import Schema
from dfbench.spec.workload import Files, Query, Tasks
from dfbench.storage.records import Outcome, Run

CHEATS = {
    # One answer for all data but a single row, and each time in a new object.
    "stale": """
_memo = []
def query(data):
    if data.sql("FROM data").shape[0] == 1:
        return _query(data)
    _memo[:] = _memo or [_query(data)]
    return _memo[0].slice(0)
""",
    # The right answer, but for the values of one execution that is not the last.
    "garbage": """
_calls = []
def query(data):
    _calls.append(1)
    answer = _query(data)
    mixed = answer["v1"].take(list(range(len(answer)))[::-1])
    return answer.set_column(1, "v1", mixed) if len(_calls) == 1 else answer
""",
    "copied": """
def load(path):
    return _query(_load(path))
def query(data):
    return data.slice(0)
""",
    "copied beside the data": """
def load(path):
    data = _load(path)
    data.register("ready", _query(data))
    data.execute("CREATE TABLE kept AS FROM ready")
    return data
def query(data):
    return data.sql("FROM kept").to_arrow_table()
""",
    "memoised in copies": """
_memo = {}
def query(data):
    if id(data) not in _memo:
        _memo[id(data)] = data, _query(data)
    return _memo[id(data)][1].slice(0)
""",
    "answers": """
def load(path):
    import glob, os, pathlib
    cache = pathlib.Path(path).parent
    found = glob.glob(str(cache / "**" / "*.arrow"), recursive=True)
    assert not found, found
    assert not os.path.exists(cache / "answers" / "nothing")
    return _load(path)
""",
    "affinity": """
def query(data):
    import os
    os.sched_setaffinity(0, range(os.cpu_count()))
    return _query(data)
""",
}


@dataclass(frozen=True)
class Cheat:
    """Answers as DuckDB does, and then in its own way."""

    name: str
    distributions: tuple[str, ...] = ("duckdb",)

    def environment(self, _: Resources) -> dict[str, str]:
        return {}

    def write(self, query: Query | Tasks, data: Schema, resources: Resources) -> Program:
        program = find("duckdb").write(query, data, resources)
        text = f"{program.text}\n_load, _query = load, query\n{CHEATS[self.name]}"
        return dataclasses.replace(program, text=text)


def run(
    name: str, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> tuple[tuple[Run, ...], Comparison]:
    monkeypatch.setitem(load_engines(), name, Cheat(name))
    asked = {"dataset.rows": "5000", "limits.threads": "1", "measure.rounds": "1"}
    asked |= {"measure.runs": "1", "measure.warmups": "0", "limits.memory": "1GiB"}
    request = Request("groupby", (name, "duckdb"), ("q1",), asked, results=folder / "results")
    request = dataclasses.replace(request, cache=folder / "cache")
    found = session.compare(request, request.read())
    assert not list((folder / "results").rglob("*.arrow"))
    honest = [run for run in found.stored.runs if run.engine == "duckdb"]
    assert [run.outcome for run in honest] == [Outcome.OK], honest
    return tuple(run for run in found.stored.runs if run.engine == name), found


def test_a_stale_answer_is_wrong_on_other_rows(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (ended,), found = run("stale", monkeypatch, tmp_path)
    assert ended.outcome is Outcome.WRONG, ended.evidence
    assert ended.evidence.startswith("on other rows: ")
    (agreement,) = found.stored.agreements
    assert agreement.agree == ("duckdb",)
    assert [one.engine for one in agreement.differ] == ["stale"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("garbage", "execution 1 of this process: column v1: "),
        ("copied", "load() returned the answer"),
        ("copied beside the data", "query() answered one row of data with "),
        ("memoised in copies", "query() answered one row of data with "),
    ],
)
def test_an_answer_that_is_not_computed_anew_each_time_is_wrong(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, words: str
) -> None:
    (ended,), _ = run(name, monkeypatch, tmp_path)
    assert (ended.outcome, ended.evidence[: len(words)]) == (Outcome.WRONG, words)


@pytest.mark.skipif(not sandbox.can_mount(), reason="no mounts of its own")
def test_a_program_finds_no_answer_of_the_oracle(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for _ in range(2):  # The second time, the oracle has answered.
        (ended,), _ = run("answers", monkeypatch, tmp_path)
        assert ended.outcome is Outcome.OK, ended.evidence
    assert list((tmp_path / "cache" / "answers").glob("*.arrow"))


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is one core")
def test_more_cores_than_allowed_stand_in_the_report(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (ended,), found = run("affinity", monkeypatch, tmp_path)
    assert ended.outcome is Outcome.OK, ended.evidence
    report = next(found.stored.path.glob("*.md")).read_text()
    assert "more than its limit of threads" in report


def test_other_rows_have_the_facts_of_the_data(tmp_path: Path) -> None:
    table = pa.table(
        {
            "x": [None, *range(9998), None],
            "f": [float("nan"), *[1.5] * 9999],
            "m": [None, *[1.5] * 2998, float("nan"), *[1.5] * 7000],
            "d": pa.array(["a", "b"] * 5000).dictionary_encode(),
        }
    )
    path = tmp_path / "data.parquet"
    pq.write_table(table, path, row_group_size=3000)
    data = make_dataset(Files(("data.parquet",), tmp_path), tmp_path / "cache")
    other = make_other_rows(data, tmp_path / "cache")
    assert other is not None
    found = pq.read_table(other.path)
    assert 1000 <= found.num_rows == other.rows < 1020
    assert found.schema.equals(pq.read_table(data.path).schema)
    assert found["x"].null_count
    assert any(map(math.isnan, found["f"].to_pylist()))
    assert found["m"].null_count
    assert any(map(math.isnan, found["m"].drop_null().to_pylist()))
    whole = found["x"].drop_null().to_pylist()
    assert len(set(whole)) == len(whole)
    assert whole != sorted(whole)
    assert make_other_rows(data, tmp_path / "cache") == other
