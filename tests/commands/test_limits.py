"""Limits that cannot be, or that say little, are told in a sentence before anything runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from dfbench.engines import find, load_engines
from dfbench.engines.versions import find_info
from dfbench.errors import LimitError
from dfbench.execution.limits import choose_backend

from tests.support.command_line import run_dfbench

WORKLOAD = """
workload: small
dataset: {generate: db-benchmark-groupby, rows: 1e3, groups: 10}
queries:
  q1: {group_by: id1, aggregate: {v1: sum(v1)}}
engines: [pandas, polars]
"""


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended: its exit status, and what it wrote to standard error."""

    status: object
    errors: str


@dataclass(frozen=True, slots=True)
class Command:
    """A folder with a workload, and the command line in it."""

    place: Path
    patch: pytest.MonkeyPatch
    output: pytest.CaptureFixture[str]

    def run(self, *words: str, workload: str = WORKLOAD, command: str = "compare") -> Done:
        (self.place / "small.yaml").write_text(workload)
        self.patch.chdir(self.place)
        status = run_dfbench(self.patch, command, "small.yaml", *words)
        return Done(status, self.output.readouterr().err)


@pytest.fixture
def dfbench(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    return Command(tmp_path, monkeypatch, capsys)


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
    dfbench: Command, words: tuple[str, ...], said: str
) -> None:
    done = dfbench.run(*words)
    assert done.status == 2
    assert said in done.errors
    assert "Traceback" not in done.errors
    assert not (dfbench.place / "results").exists()


def test_a_workload_of_a_larger_machine_runs_with_the_memory_there_is(dfbench: Command) -> None:
    done = dfbench.run("--dry-run", workload=f"{WORKLOAD}limits: {{memory: 100TiB}}\n")
    assert done.status == 0
    assert "! the workload's limit of 100 TiB is more than" in done.errors


def test_a_floor_of_a_larger_machines_workload_is_searched_within_the_memory_there_is(
    dfbench: Command,
) -> None:
    larger = f"{WORKLOAD}limits: {{memory: 100TiB}}\n"
    done = dfbench.run("--limit-backend", "none", workload=larger, command="floor")
    assert "! the workload's limit of 100 TiB is more than" in done.errors
    assert "without an enforced limit" in done.errors  # and is stopped there, by the backend


@pytest.mark.parametrize("name", ["cgroup2", "cgroup1"])
def test_a_limit_that_this_machine_cannot_hold_is_a_sentence(dfbench: Command, name: str) -> None:
    try:
        choose_backend(name)
    except LimitError:
        done = dfbench.run("--limit-backend", name)
        assert done.status == 2
        assert "--limit-backend watchdog accepts a soft limit instead" in done.errors
        assert "Traceback" not in done.errors
    else:
        pytest.skip("this machine can hold limits so")


def test_what_an_engine_needs_to_start_is_told_before_the_run(dfbench: Command) -> None:
    done = dfbench.run("--memory", "32MiB", "--dry-run")
    assert done.status == 0
    assert "! pandas needs about 48 MiB to start, and the limit is 32 MiB" in done.errors
    assert "polars needs" not in done.errors
    assert "needs about" not in dfbench.run("--memory", "64MiB", "--dry-run").errors


@pytest.mark.parametrize("name", ["watchdog", "none"])
def test_a_limit_that_the_kernel_does_not_hold_is_told(dfbench: Command, name: str) -> None:
    told = dfbench.run("--memory", "500MiB", "--dry-run", "--limit-backend", name).errors
    assert "! the limit of 500 MiB is not enforced by the kernel here" in told
    assert "not held" not in dfbench.run("--dry-run", "--limit-backend", name).errors


def test_more_threads_than_cores_are_told(dfbench: Command) -> None:
    done = dfbench.run("--threads", "4096", "--dry-run")
    assert done.status == 0
    assert "4096 threads are requested" in done.errors


def test_needs_are_known_by_engine_variant_and_version() -> None:
    known = {name: find_info(find(name)).startup_memory for name in (*load_engines(), "pandas@3.1")}
    assert known["pandas@3.1"] == known["pandas+numba"] == known["pandas"] > 0
    assert known["dask/distributed"] > known["dask"]
    assert known["serial"] == 0
