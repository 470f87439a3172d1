"""Limits that cannot be, or that say little, are told in a sentence before anything runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from dfbench.engines import engines, find
from dfbench.engines.versions import find_info
from dfbench.errors import LimitError
from dfbench.execution.limits import choose_backend

WORKLOAD = """
workload: small
dataset: {generate: db-benchmark-groupby, rows: 1e3, groups: 10}
queries:
  q1: {group_by: id1, aggregate: {v1: sum(v1)}}
engines: [pandas, polars]
"""


def run(
    place: Path, *words: str, workload: str = WORKLOAD, command: str = "compare"
) -> subprocess.CompletedProcess[str]:
    (place / "small.yaml").write_text(workload)
    typed = [sys.executable, "-m", "dfbench", command, "small.yaml", *words]
    return subprocess.run(
        typed, cwd=place, capture_output=True, text=True, timeout=600, check=False
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--memory", "5 bananas"), "unknown unit 'bananas'; write a size such as 8GiB"),
        (("--memory", "5bananas"), "unknown unit 'bananas'"),
        (("--memory", "0"), "must be above zero"),
        (("--memory", "-1GiB"), "must be above zero"),
        (("--memory", "much"), "'much' is not a size such as 8GiB"),
        (("--memory", "100TiB"), "lower it with --memory"),
        (("--memory", "1000"), "below what Python needs to start"),
        (("--timeout", "never"), "is not a time such as 90s"),
        (("--timeout", "0"), "must be above zero"),
        (("--threads", "0"), "threads must be at least 1"),
        (("--threads", "two"), "threads needs a whole number"),
        (("--limit-backend", "rope"), "unknown limit backend 'rope'; expected one of: cgroup2"),
    ],
)
def test_a_limit_that_cannot_be_is_a_sentence(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    done = run(tmp_path, *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "results").exists()


def test_a_workload_of_a_larger_machine_runs_with_the_memory_there_is(tmp_path: Path) -> None:
    done = run(tmp_path, "--dry-run", workload=f"{WORKLOAD}limits: {{memory: 100TiB}}\n")
    assert done.returncode == 0
    assert "! the workload's limit of 100 TiB is more than" in done.stderr


def test_a_floor_of_a_larger_machines_workload_is_searched_within_the_memory_there_is(
    tmp_path: Path,
) -> None:
    larger = f"{WORKLOAD}limits: {{memory: 100TiB}}\n"
    done = run(tmp_path, "--limit-backend", "none", workload=larger, command="floor")
    assert "! the workload's limit of 100 TiB is more than" in done.stderr
    assert "without an enforced limit" in done.stderr  # and is stopped there, by the backend


@pytest.mark.parametrize("name", ["cgroup2", "cgroup1"])
def test_a_limit_that_this_machine_cannot_hold_is_a_sentence(tmp_path: Path, name: str) -> None:
    try:
        choose_backend(name)
    except LimitError:
        done = run(tmp_path, "--limit-backend", name)
        assert done.returncode == 2
        assert "--limit-backend watchdog accepts a soft limit instead" in done.stderr
        assert "Traceback" not in done.stderr
    else:
        pytest.skip("this machine can hold limits so")


def test_what_an_engine_needs_to_start_is_told_before_the_run(tmp_path: Path) -> None:
    done = run(tmp_path, "--memory", "32MiB", "--dry-run")
    assert done.returncode == 0
    assert "! pandas needs about 48 MiB to start, and the limit is 32 MiB" in done.stderr
    assert "polars needs" not in done.stderr
    assert "needs about" not in run(tmp_path, "--memory", "64MiB", "--dry-run").stderr


@pytest.mark.parametrize("name", ["watchdog", "none"])
def test_a_limit_that_the_kernel_does_not_hold_is_told(tmp_path: Path, name: str) -> None:
    told = run(tmp_path, "--memory", "500MiB", "--dry-run", "--limit-backend", name).stderr
    assert "! the limit of 500 MiB is not enforced by the kernel here" in told
    assert "not held" not in run(tmp_path, "--dry-run", "--limit-backend", name).stderr


def test_more_threads_than_cores_are_told(tmp_path: Path) -> None:
    done = run(tmp_path, "--threads", "4096", "--dry-run")
    assert done.returncode == 0
    assert "4096 threads are requested" in done.stderr


def test_needs_are_known_by_engine_variant_and_version() -> None:
    known = {name: find_info(find(name)).startup_memory for name in (*engines(), "pandas@3.1")}
    assert known["pandas@3.1"] == known["pandas+numba"] == known["pandas"] > 0
    assert known["dask/distributed"] > known["dask"]
    assert known["serial"] == 0
