"""Two comparisons at the same time, one under a limit that holds them all and one that does not."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from dfbench.execution import processes
from dfbench.execution.limits import cleanup
from dfbench.storage.folder import read
from dfbench.storage.records import Outcome, Run

from tests.faults.harness import choose

WORKLOAD = """
workload: small
dataset: {generate: db-benchmark-groupby, rows: 2e5, groups: 100}
queries:
  q3: {group_by: id3, aggregate: {v1: sum(v1), v3: mean(v3)}}
engines: [pandas, polars, duckdb]
limits: {memory: 600MiB, time: 1min}
measure: {rounds: 1, warmups: 0, runs: 1}
"""


def start(place: Path, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "dfbench", "compare", "small.yaml", *words]
    return subprocess.Popen(
        command, cwd=place, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def runs(place: Path) -> dict[str, dict[int, Run]]:
    (folder,) = place.glob("small/*")
    comparison = read(folder)
    assert comparison.head.limits["backend"] == choose().name
    found: dict[str, dict[int, Run]] = defaultdict(dict)
    for run in comparison.runs:
        found[run.engine][run.round] = run
    return found


def test_two_comparisons_at_once_end_each_by_its_own_limit(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(WORKLOAD)
    victims = [start(tmp_path, f"--memory={m}", f"--results={m}") for m in ("600MiB", "64MiB")]
    for victim in victims:
        told, _ = victim.communicate(timeout=300)
        assert victim.returncode == 0, told
    held, little = (runs(tmp_path / name) for name in ("600MiB", "64MiB"))
    assert [run.outcome for of in held.values() for run in of.values()] == [Outcome.OK] * 3
    assert {run.outcome for run in little["polars"].values()} == {Outcome.OK}, little["polars"]
    assert {run.outcome for run in little["pandas"].values()} == {Outcome.OUT_OF_MEMORY}
    assert all("under a limit of 64 MiB" in run.evidence for run in little["pandas"].values())
    assert not [*cleanup._find_groups(), *cleanup._find_folders()]
    assert not [tag for tag in processes.find_tagged().values() if not processes.is_alive(tag)]
