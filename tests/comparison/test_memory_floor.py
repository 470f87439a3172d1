"""The search for the smallest memory, on real engines: stored, killed, gone on with, and told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from dfbench.comparison.limit_search import FINEST, TRIES
from dfbench.errors import ResultsError
from dfbench.storage import folder, trials
from dfbench.storage.records import Outcome
from dfbench.storage.trials import TrialCounts

WORKLOAD = """
workload: small
dataset: {generate: db-benchmark-groupby, rows: 1e3, groups: 10}
queries:
  q1: {group_by: id1, aggregate: {v1: sum(v1)}}
  q2: {group_by: id2, aggregate: {v2: mean(v2)}}
engines: [duckdb]
limits: {memory: 1GiB, time: 1min, threads: 1}
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "small.yaml").write_text(WORKLOAD)
    return tmp_path


def start(place: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "dfbench", *words],
        cwd=place, env={**os.environ, "COLUMNS": "100"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def run(place: Path, *words: str) -> tuple[int, str, str]:
    process = start(place, *words)
    output, errors = process.communicate(timeout=600)
    return process.returncode, output, errors


def stored(place: Path) -> trials.StoredSearch:
    return trials.read(trials.find_latest(place / "results", "small"))


def test_a_floor_has_two_sides_and_is_told(place: Path) -> None:
    chosen = ("-q", "q1", "-e", "duckdb", "--memory", "find")
    code, output, errors = run(place, "compare", "small.yaml", *chosen)
    assert code == 0, errors
    assert "smallest sufficient memory" in output
    found = stored(place)
    assert found.head.limits["memory"] == "find"
    tried = TrialCounts.gather(found.trials)
    assert tried.low is not None
    assert tried.high is not None
    assert 16 * 2**20 <= tried.low < tried.high < 2**30
    assert tried.high - tried.low <= max(FINEST, 0.05 * tried.high)
    assert tried.count(tried.low) == tried.count(tried.high) == TRIES
    below = [t.run for t in found.trials if t.limit is not None and t.limit <= tried.low]
    assert Outcome.OUT_OF_MEMORY in {run.outcome for run in below}
    assert f"{tried.high // 2**20} MiB" in output
    assert "floor.html" in {file.name for file in found.path.iterdir()}
    assert f"{tried.high // 2**20} MiB" in (found.path / "floor.html").read_text()
    told = (found.path / "programs" / "duckdb" / f"q1@{tried.high // 2**20}MiB.py").read_text()
    assert "memory_limit" in told

    assert run(place, "report", str(found.path))[1] == output
    with pytest.raises(ResultsError, match="no comparison"):
        folder.find_latest(place / "results", "small")


def test_a_killed_search_is_read_and_gone_on_with(place: Path) -> None:
    victim = start(place, "floor", "small.yaml", "-e", "duckdb")
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        files = list(place.glob("results/small/*/trials.jsonl"))
        if files and files[0].read_bytes().count(b"\n") >= 4:
            break
        time.sleep(0.01)
    victim.send_signal(signal.SIGKILL)
    victim.communicate()
    before = stored(place)
    assert len(before.trials) >= 4
    assert run(place, "report", str(before.path))[0] == 0

    code, output, errors = run(place, "floor", "small.yaml", "-e", "duckdb", "--resume")
    assert code == 0, errors
    after = stored(place)
    assert after.path == before.path
    assert after.trials[: len(before.trials)] == before.trials
    for query in ("q1", "q2"):
        tried = TrialCounts.gather(t for t in after.trials if t.run.query == query)
        assert tried.high is not None
        assert tried.count(tried.high) == TRIES
        assert query in output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--limit-backend", "none"), "without an enforced limit"),
        (("--memory", "100TiB"), "more than"),
        (("--resume",), "no search for the floor"),
    ],
)
def test_a_search_that_cannot_be_is_told(place: Path, words: tuple[str, ...], said: str) -> None:
    code, _, errors = run(place, "floor", "small.yaml", "-e", "duckdb", *words)
    assert code == 2
    assert said in errors
    assert "Traceback" not in errors
