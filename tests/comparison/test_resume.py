"""Interrupted comparisons: killed, cut off at any byte, stopped by Ctrl-C, and gone on with."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from pathlib import Path

import pytest
from dfbench.comparison import session
from dfbench.comparison.plan import Plan
from dfbench.comparison.preparation import prepare
from dfbench.comparison.request import Request
from dfbench.comparison.rounds import Rounds, make_run_key
from dfbench.errors import ResultsError
from dfbench.report.progress import Silence
from dfbench.storage.folder import Folder, read
from dfbench.storage.records import Outcome, Run

from tests.faults.harness import MARK, gone, left

WORKLOAD = """
workload: small
dataset: {generate: db-benchmark-groupby, rows: 1e3, groups: 10}
queries:
  q1: {group_by: id1, aggregate: {v1: sum(v1)}}
  q2: {group_by: id2, aggregate: {v2: mean(v2)}}
engines: [polars, duckdb]
limits: {memory: 1GiB, time: 1min, threads: 1}
measure: {rounds: 2, warmups: 0, runs: 1}
"""
PLANNED = {(e, q, r) for e in ("polars", "duckdb") for q in ("q1", "q2") for r in (1, 2)}


@pytest.fixture
def workload(tmp_path: Path) -> Path:
    file = tmp_path / "small.yaml"
    file.write_text(WORKLOAD)
    return file


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a comparison that nothing interrupted."""
    folder = tmp_path_factory.mktemp("finished")
    (folder / "small.yaml").write_text(WORKLOAD)
    request = Request(folder / "small.yaml", results=folder / "results")
    return session.compare(request, request.read()).path


def start(workload: Path, *more: str, mark: str = "") -> subprocess.Popen[str]:
    """Start a comparison as a terminal would, where Ctrl-C is heard."""
    return subprocess.Popen(
        [sys.executable, "-m", "dfbench", "compare", str(workload), *more, "--results", "results"],
        cwd=workload.parent,
        env={**os.environ, MARK: mark},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # pytest's workers may have been started with Ctrl-C ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )


def wait_for_runs(victim: subprocess.Popen[str], folder: Path, count: int) -> Path:
    """Wait until so many runs are stored; give the comparison's folder."""
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline and victim.poll() is None:
        for file in folder.glob("results/small/*/runs.jsonl"):
            if file.read_bytes().count(b"\n") >= count:
                return file.parent
        time.sleep(0.005)
    victim.kill()
    raise AssertionError(victim.communicate())


def told(stored_at: Path) -> dict[str, object]:
    """Return all that two comparisons of the same plan have in common."""
    stored = read(stored_at)
    outcomes = sorted(
        (*make_run_key(run), run.outcome, run.program, run.rows) for run in stored.runs
    )
    agreements = sorted((a.query, a.oracle, a.agree, a.differ) for a in stored.agreements)
    return {
        "runs": outcomes,
        "agreements": agreements,
        "programs": stored.programs,
        "files": sorted(path.name for path in stored_at.iterdir()),
    }


def test_a_killed_comparison_is_gone_on_with_to_the_same_end(
    workload: Path, finished: Path
) -> None:
    victim = start(workload)
    folder = wait_for_runs(victim, workload.parent, 3)
    victim.send_signal(signal.SIGSTOP)
    with pytest.raises(ResultsError, match=rf"process {victim.pid} on .* is still running this"):
        session.resume(folder, Request(workload, results=workload.parent / "results"))
    victim.kill()
    victim.communicate()
    before = read(folder)
    assert 3 <= len(before.runs) < len(PLANNED)
    assert not before.agreements

    second = start(workload, "--resume")
    output, errors = second.communicate(timeout=600)
    assert second.returncode == 0, errors
    assert "polars" in output
    assert f"{len(before.runs)} of {len(PLANNED)} runs are stored already" in errors
    lines = (folder / "runs.jsonl").read_text().splitlines()
    stored = Counter(make_run_key(Run.from_dict(json.loads(line))) for line in lines)
    assert stored == Counter(PLANNED)
    assert read(folder).runs[: len(before.runs)] == before.runs
    assert {run.outcome for run in read(folder).runs} == {Outcome.OK}
    assert told(folder) == told(finished)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_ends_with_a_sentence_and_130_and_leaves_nothing(
    workload: Path, number: int
) -> None:
    mark = uuid.uuid4().hex
    before = left(mark)
    victim = start(workload, mark=mark)
    folder = wait_for_runs(victim, workload.parent, 1)
    victim.send_signal(number)
    _, errors = victim.communicate(timeout=600)
    assert victim.returncode == 130
    assert errors.splitlines()[-1] == (
        "dfbench: stopped; the runs that had ended are stored; continue with --resume, "
        "or begin again if there were none"
    )
    assert "Traceback" not in errors
    assert not gone(mark, before)  # a supervisor that was just starting ends by itself
    assert read(folder).runs
    assert not list((folder / "answers").glob("*"))


def small_disk(folder: Path, then: str) -> int:
    """Mount a disk that holds the programs and no answer, and run commands beside it."""
    mount = f"mount -t tmpfs -o size=32k none {folder}"
    command = ["unshare", "--mount", "sh", "-ec", f"{mount}; {then}"]
    return subprocess.run(command, check=False).returncode


def test_a_full_disk_is_no_engines_crash_and_can_be_gone_on_from(workload: Path) -> None:
    disk = workload.parent / "disk"
    disk.mkdir()
    if small_disk(disk, "true"):
        pytest.skip("this user may not mount")
    many = WORKLOAD.replace("groups: 10", "groups: 1").replace("group_by: id2", "group_by: id6")
    workload.write_text(many.replace("rows: 1e3", "rows: 1e4"))
    compare = f"{sys.executable} -m dfbench compare {workload} --results {disk}"
    full = f"{compare} && exit 9; grep -c crashed {disk}/small/*/runs.jsonl && exit 8"
    mended = f"mount -o remount,size=4m {disk}; {compare} --resume --strict"
    assert small_disk(disk, f"({full}; true); {mended}") == 0


def test_runs_cut_off_at_any_byte_are_read_and_the_rest_is_planned(
    finished: Path, tmp_path: Path
) -> None:
    stored = read(finished)
    whole = b"".join((finished / "runs.jsonl").read_bytes().splitlines(keepends=True)[:2])
    planned = plan_of(finished)
    copy = tmp_path / "copy"
    copy.mkdir()
    shutil.copy(finished / "comparison.json", copy)
    for size in range(len(whole) + 1):
        part = whole[:size]
        (copy / "runs.jsonl").write_bytes(part)
        found = read(copy)
        assert found.runs == stored.runs[: len(found.runs)]
        assert len(found.runs) >= part.count(b"\n")
        torn = part.rpartition(b"\n")[2]
        is_whole = torn + b"\n" in whole.splitlines(keepends=True)
        assert bool(found.warnings) == bool(torn and not is_whole), size
        rest = list(Rounds(planned, Folder(copy), Silence(), found.runs).list_remaining())
        assert Counter(rest) + Counter(map(make_run_key, found.runs)) == Counter(PLANNED)


@pytest.mark.parametrize("lost", [1, 200])
def test_a_torn_last_run_is_measured_anew(finished: Path, tmp_path: Path, lost: int) -> None:
    copy = tmp_path / "results" / "small" / finished.name
    shutil.copytree(finished, copy)
    for name in ("agreement.jsonl", "runs.parquet", "report.md", "report.html"):
        (copy / name).unlink()
    whole = (copy / "runs.jsonl").read_bytes()
    (copy / "runs.jsonl").write_bytes(whole[:-lost])
    assert bool(read(copy).warnings) == (lost > 1)
    session.resume(copy, Request("small"))
    assert told(copy) == told(finished)


def test_a_comparison_that_is_complete_is_only_reported_again(
    finished: Path, tmp_path: Path
) -> None:
    copy = tmp_path / finished.name
    shutil.copytree(finished, copy)
    session.resume(copy, Request("small"))
    assert (copy / "runs.jsonl").read_bytes() == (finished / "runs.jsonl").read_bytes()
    assert told(copy) == told(finished)


def test_a_wrong_answer_of_the_interrupted_part_still_disagrees(
    finished: Path, tmp_path: Path
) -> None:
    copy = tmp_path / finished.name
    shutil.copytree(finished, copy)
    lines = [json.loads(line) for line in (copy / "runs.jsonl").read_text().splitlines()]
    first = next(run for run in lines if (run["engine"], run["query"]) == ("polars", "q1"))
    first |= {"outcome": "wrong", "evidence": "column v1 differs"}
    (copy / "runs.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    session.resume(copy, Request("small"))
    found = {a.query: a for a in read(copy).agreements}
    assert found["q1"].agree == ("duckdb",)
    assert [(d.engine, d.reason) for d in found["q1"].differ] == [("polars", "column v1 differs")]
    assert found["q2"].agree == ("polars", "duckdb")


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("comparison.json", '"polars": "', '"polars": "9', "its version of polars was"),
        ("comparison.json", '"backend": "', '"backend": "none', "unknown limit backend"),
        ("comparison.json", "G1_1e3", "G1_1e4", "its data was G1_1e4"),
        ("programs/polars/q1.py", "import", "# changed\nimport", "polars for q1 has changed"),
    ],
)
def test_two_measurements_are_not_mixed(
    finished: Path, tmp_path: Path, file: str, old: str, new: str, said: str
) -> None:
    copy = tmp_path / finished.name
    shutil.copytree(finished, copy)
    text = (copy / file).read_text()
    assert old in text
    (copy / file).write_text(text.replace(old, new, 1))
    before = (copy / "runs.jsonl").read_bytes()
    with pytest.raises((ResultsError, Exception), match=said):
        session.resume(copy, Request("small"))
    assert (copy / "runs.jsonl").read_bytes() == before


def plan_of(path: Path) -> Plan:
    head = read(path).head
    request = Request(head.file)
    return prepare(request, request.read(), Silence())
