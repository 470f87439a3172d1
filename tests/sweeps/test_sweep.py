"""A real sweep of two engines over tiny data: stored, resumed, reported."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import dfbench
import pytest
from dfbench.cli import main
from dfbench.comparison import oracle
from dfbench.comparison.request import Request
from dfbench.errors import ResultsError
from dfbench.execution.executor import execute
from dfbench.execution.job import Job
from dfbench.execution.limits import Backend
from dfbench.report.sweeps.sweep import Sweep
from dfbench.storage import folder, sweeps
from dfbench.storage.lock import lock_folder
from dfbench.storage.records import Outcome, Run
from dfbench.sweeps import session

WORKLOAD = """
workload: tiny
dataset: {generate: db-benchmark-groupby, rows: 1e3, groups: 10}
queries:
  q1: {group_by: id1, aggregate: {v1: sum(v1)}}
engines: [polars, duckdb]
limits: {memory: 1GiB, time: 1min, threads: 1}
measure: {rounds: 1, warmups: 0, runs: 1}
"""
POINTS = ("rows=100", "rows=1000", "rows=10000")


@pytest.fixture(scope="module")
def asked() -> list[Job]:
    """Return the jobs of the oracle in the order in which they ran."""
    return []


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, asked: list[Job]) -> Iterator[Sweep]:
    """Return a sweep as a notebook makes it, with nothing in the cache."""
    place = tmp_path_factory.mktemp("sweep")
    (place / "tiny.yaml").write_text(WORKLOAD)

    def note(job: Job, backend: Backend) -> Run:
        asked.append(job)
        return execute(job, backend)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(oracle, "execute", note)
        patch.setenv("DFBENCH_CACHE", str(place / "cache"))
        yield dfbench.sweep(
            place / "tiny.yaml", {"rows": ["1e2", "1e3", "1e4"]}, results=place / "results"
        )


def runs_of(path: Path) -> list[tuple[str, str, str]]:
    return [
        (point, run.engine, str(run.outcome))
        for point in POINTS
        for run in folder.read(path / point).runs
    ]


def test_each_point_is_an_ordinary_comparison_in_the_sweeps_folder(finished: Sweep) -> None:
    assert sorted(runs_of(finished.path)) == sorted(
        (point, engine, "ok") for point in POINTS for engine in ("polars", "duckdb")
    )
    for point, comparison in zip(POINTS, finished.comparisons, strict=True):
        assert comparison.path == finished.path / point
        assert comparison.stored.agreements[0].agree == ("polars", "duckdb")
        assert {"report.html", "report.md", "runs.parquet"} <= {
            p.name for p in comparison.path.iterdir()
        }
    assert finished.comparisons[1].stored.head.dataset["rows"] == 1000
    assert folder.list_comparisons(finished.path.parents[1], "tiny") == ()
    assert "<svg" in finished._repr_html_()


def test_one_process_of_the_oracle_answers_all_points(finished: Sweep, asked: list[Job]) -> None:
    (job,) = asked
    answered = {job.data, *(one.data for one in job.further)}
    assert len(answered) == len(job.further) + 1 == 2 * len(finished.comparisons)


def test_an_interrupted_sweep_goes_on_and_leaves_out_what_a_smaller_size_killed(
    finished: Sweep, tmp_path: Path
) -> None:
    path = Path(shutil.copytree(finished.path, tmp_path / "tiny" / finished.path.name))
    kept = {point: (path / point / "runs.jsonl").read_text().splitlines() for point in POINTS}
    dead = Run("polars", "q1", 1, Outcome.TIMEOUT, evidence="60 s passed").to_dict()
    duckdb = next(line for line in kept["rows=1000"] if '"duckdb"' in line)
    (path / "rows=1000" / "runs.jsonl").write_text(f"{json.dumps(dead)}\n{duckdb}\n")
    (path / "rows=10000" / "runs.jsonl").unlink()
    resumed = session.resume(path, Request(path.parent / "tiny.yaml"))
    assert (path / "rows=100" / "runs.jsonl").read_text().splitlines() == kept["rows=100"]
    assert sorted(runs_of(path)) == [
        ("rows=100", "duckdb", "ok"), ("rows=100", "polars", "ok"),
        ("rows=1000", "duckdb", "ok"), ("rows=1000", "polars", "timeout"),
        ("rows=10000", "duckdb", "ok"),
    ]  # fmt: skip
    assert "polars runs out of time at 1,000 rows on q1" in resumed.view.sentences


def test_a_sweep_that_would_mix_two_measurements_is_not_resumed(
    finished: Sweep, tmp_path: Path
) -> None:
    path = Path(shutil.copytree(finished.path, tmp_path / "tiny" / finished.path.name))
    with (
        lock_folder(path),
        pytest.raises(ResultsError, match=f"process {os.getpid()} on .* is still running this"),
    ):
        session.resume(path, Request(path.parent / "tiny.yaml"))
    program = path / "rows=100" / "programs" / "polars" / "q1.py"
    program.write_text("# another one")
    with pytest.raises(ResultsError, match="the program of polars for q1 has changed"):
        session.resume(path, Request(path.parent / "tiny.yaml"))


def run_dfbench(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["dfbench", *map(str, words)])
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0)


def test_report_rebuilds_a_sweep_in_every_form(
    finished: Sweep, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (finished.path / sweeps.PAGE).unlink()
    assert run_dfbench(monkeypatch, "report", finished.path) == 0
    assert "10,000 rows" in capsys.readouterr().out
    assert (finished.path / sweeps.PAGE).exists()
    assert run_dfbench(monkeypatch, "report", finished.path, "--format", "csv") == 2
    assert "expected one of: table, markdown, html, json" in capsys.readouterr().err
    assert run_dfbench(monkeypatch, "report", finished.path.parents[1], "--export-json", "-") == 0
    assert json.loads(capsys.readouterr().out)["axis"] == "rows"
    assert run_dfbench(monkeypatch, "diff", finished.path.parents[1], finished.comparisons[0].path)
    assert f"{finished.path}: this is a sweep" in capsys.readouterr().err


def test_another_sweep_is_not_resumed_in_place_of_the_one_asked_for(
    finished: Sweep, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    results = finished.path.parents[1]
    asked = ("sweep", results.parent / "tiny.yaml", "--results", results, "--resume")
    assert run_dfbench(monkeypatch, *asked, "--over", "rows=1,2") == 2
    assert "is over rows=100,1000,10000, not rows=1,2; leave out" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--over", "rows=9..1"), "runs backwards"),
        (("--over", "rows=1..9", "--format", "csv"), "--format csv: expected one of"),
        (("--resume",), "no sweep of tiny is stored here"),
    ],
)
def test_bad_input_is_a_sentence_before_anything_runs(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    told: str,
) -> None:
    (tmp_path / "tiny.yaml").write_text(WORKLOAD)
    asked = ("sweep", tmp_path / "tiny.yaml", "--results", tmp_path / "results", *words)
    assert run_dfbench(monkeypatch, *asked) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "results").exists()
