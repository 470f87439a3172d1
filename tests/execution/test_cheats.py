"""Programs that cheat with their time, their limits or their answers are found out."""

from __future__ import annotations

import dataclasses
import os
import sys
from pathlib import Path
from typing import Any

import datatable as dt
import duckdb
import narwhals as nw
import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from dfbench.errors import LimitError
from dfbench.execution import one_row, sandbox
from dfbench.execution.executor import execute
from dfbench.execution.job import Job, OtherData
from dfbench.execution.limits import Backend
from dfbench.spec.limits import Limits
from dfbench.storage.records import Outcome, Run

from tests.faults.harness import choose

MIB = 2**20


def run(folder: Path, text: str, backend: Backend | None = None, **changes: Any) -> Run:
    file = folder / "q1.py"
    file.write_text(text)
    parts = {
        "engine": "cheat", "query": "q1", "round": 1, "python": sys.executable, "program": file,
        "program_sha": "sha", "data": None, "answer": None, "warmups": 0, "runs": 2,
        "environment": {}, "limits": Limits(memory=300 * MIB, time=20.0, threads=1),
    }  # fmt: skip
    return execute(Job(**{**parts, **changes}), backend or choose())


@pytest.fixture(params=["cgroup1", "cgroup2"])
def group(request: pytest.FixtureRequest) -> Backend:
    try:
        return choose(request.param)
    except LimitError as error:
        pytest.skip(str(error))


ESCAPE = """
import os, time
def load():
    pass
def query(data):
    opened = []
    for line in open("/proc/self/mountinfo"):
        left, _, right = line.partition(" - ")
        if right.startswith("cgroup"):
            for mount in (left.split()[4], "/proc/1/root" + left.split()[4]):
                try:
                    open(mount + "/cgroup.procs", "w").write(str(os.getpid()))
                    opened.append(mount)
                except OSError:
                    pass
    held = bytearray(b"x") * (600 * 2**20)
    time.sleep(1)
    return len(held)
"""


def test_a_limited_process_cannot_leave_its_control_group(tmp_path: Path, group: Backend) -> None:
    ended = run(tmp_path, ESCAPE, group)
    assert ended.outcome is Outcome.OUT_OF_MEMORY, ended.evidence
    assert (ended.memory.peak or 0) <= 300 * MIB


# Without CAP_SYS_ADMIN (21) there are no mounts of one's own: a worker can write to the hierarchy.
NO_MOUNTS = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(24, 21, 0, 0, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may write to every group")
def test_a_process_outside_of_the_runs_control_group_ends_the_run(
    tmp_path: Path, group: Backend
) -> None:
    without = dataclasses.replace(group, launcher=(sys.executable, "-c", NO_MOUNTS))
    ended = run(tmp_path, ESCAPE.replace("600 * 2**20", "10 * 2**20"), without)
    assert ended.outcome is Outcome.CRASHED, ended.evidence
    assert "left the run's control group" in ended.evidence
    assert (ended.times.wall or 9) < 5


@pytest.fixture
def hidden(tmp_path: Path) -> Path:
    """Return a folder with an answer that a program must not see."""
    folder = tmp_path / "answers"
    folder.mkdir()
    (folder / "right.arrow").write_text("42")
    return folder


@pytest.mark.skipif(not sandbox.can_mount(), reason="no mounts of its own")
def test_hidden_folders_are_empty_for_the_program(tmp_path: Path, hidden: Path) -> None:
    text = f"""
import ctypes, os
def load():
    pass
def query(data):
    place = {str(hidden)!r}
    ctypes.CDLL(None).umount2(place.encode(), 2)
    found = os.listdir(place)
    pid = os.getppid()
    while pid:  # A worker of another comparison, hiding other folders, would show this one.
        with open(f"/proc/{{pid}}/stat") as stat:
            parent = int(stat.read().rpartition(")")[2].split()[1])
        try:
            found += os.listdir(f"/proc/{{pid}}/root{{place}}")
        except OSError:
            pass
        pid = parent
    assert not found, found
    try:
        open(place + "/mine", "w")
    except OSError:
        return
    raise AssertionError("it is writable")
"""
    ended = run(tmp_path, text, hidden=(hidden,))
    assert ended.outcome is Outcome.OK, ended.evidence
    assert [file.name for file in hidden.iterdir()] == ["right.arrow"]


@pytest.mark.skipif(not sandbox.can_mount(), reason="no mounts of its own")
def test_a_search_for_the_answers_ends_with_the_line_that_searched(
    tmp_path: Path, hidden: Path
) -> None:
    text = f"""
import glob
def load():
    pass
def query(data):
    return open(glob.glob({str(hidden)!r} + "/*.arrow")[-1])
"""
    ended = run(tmp_path, text, hidden=(hidden,))
    assert ended.outcome is Outcome.CRASHED, ended.evidence
    assert "IndexError: list index out of range [line: return open(glob" in ended.evidence


HONEST = """
import os, subprocess, sys, threading, time
import pyarrow as pa

def load(path):
    return pa.table({"x": [1, 2, 3]})

def query(data):
    time.sleep(0.05)
    return data.slice(1)

def rows(answer):
    return answer

_load, _query, _rows = load, query, rows
"""
KEPT = "returned an answer that it had kept"
CHEATS = {
    "cache": (
        ("memo = {}\ndef query(data):\n"
        "    return memo.setdefault(id(data), None) or memo.update({id(data): _query(data)})"
        " or memo[id(data)]"),
        Outcome.WRONG, KEPT,
    ),
    "load": (
        "def load(path): return _query(_load(path))\ndef query(data): return data",
        Outcome.WRONG, "what load() had returned",
    ),
    "lazy": (
        "def query(data): return lambda: _query(data)\ndef rows(answer): return _rows(answer())",
        Outcome.WRONG, "before its answer was finished (the function <lambda>)",
    ),
    "generator": (
        ("def query(data): return (one for one in [_query(data)])\n"
        "def rows(answer): return _rows(next(answer))"),
        Outcome.WRONG, "before its answer was finished (a generator)",
    ),
    "thread": (
        ("def query(data):\n"
        "    box = []\n"
        "    thread = threading.Thread(target=lambda: box.append(_query(data)))\n"
        "    thread.start()\n"
        "    return thread, box\n"
        "def rows(answer):\n    answer[0].join()\n    return _rows(answer[1][0])"),
        Outcome.WRONG, "before its answer was finished (a running thread)",
    ),
    "hidden thread": (
        ("box = []\n"
        "def query(data):\n"
        "    threading.Thread(target=lambda: box.append(_query(data))).start()\n"
        "    return box\n"
        "def rows(answer):\n    time.sleep(0.3)\n    return _rows(answer[-1])"),
        Outcome.WRONG, "a thread that runs the program's code",
    ),
    "last": (
        ("calls = []\n"
        "def query(data):\n"
        "    calls.append(1)\n"
        "    return _query(data) if len(calls) > 2 else None"),
        Outcome.WRONG, "executions returned different answers: NoneType, then Table of 2",
    ),
    "shorter": (
        ("calls = []\n"
        "def query(data):\n"
        "    calls.append(1)\n"
        "    return _query(data) if len(calls) > 2 else data.slice(0, 0)"),
        Outcome.WRONG, "executions returned different answers: Table of 0, then Table of 2",
    ),
    "pipe": (
        ("def query(data):\n"
        "    for number in range(3, 40):\n"
        "        try: os.write(number, b'{\"time\": \"hot\", \"seconds\": 1e-9}\\n')\n"
        "        except OSError: pass\n"
        "    return _query(data)"),
        Outcome.CRASHED, "something other than the worker wrote to its result pipe",
    ),
    "worker's frame": (
        ("def query(data):\n"
        "    frame = sys._getframe()\n"
        "    while 'supervisor' not in frame.f_locals: frame = frame.f_back\n"
        "    frame.f_locals['supervisor'].send(begins='hot')\n"
        "    frame.f_locals['supervisor'].send(time='hot', seconds=1e-9)\n"
        "    return _query(data)"),
        Outcome.CRASHED, "something other than the worker wrote to its result pipe",
    ),
    "clock": (
        ("def query(data):\n"
        "    answer = _query(data)\n"
        "    time.perf_counter = lambda: 0.0\n"
        "    return answer"),
        Outcome.WRONG, "the program replaced time.perf_counter",
    ),
    "worker's clock": (
        ("def query(data):\n"
        "    sys.modules['__main__'].time_call = lambda call, *given: (1e-9, call(*given))\n"
        "    return _query(data)"),
        Outcome.CRASHED, "by the supervisor's clock",
    ),
}  # fmt: skip


def test_an_honest_program_has_no_faults(tmp_path: Path) -> None:
    ended = run(tmp_path, HONEST, data=tmp_path, answer=tmp_path / "answer.arrow")
    assert (ended.outcome, ended.evidence, ended.cores) == (Outcome.OK, "", None)


@pytest.mark.parametrize("name", CHEATS)
def test_a_cheat_is_found(tmp_path: Path, name: str) -> None:
    text, outcome, words = CHEATS[name]
    ended = run(tmp_path, HONEST + text, data=tmp_path, answer=tmp_path / "answer.arrow")
    assert ended.outcome is outcome, ended.log
    assert words in ended.evidence
    if name == "clock":  # the worker's own has measured all the same
        assert min(ended.times.hot) >= 0.05


BURN = "end = __import__('time').monotonic() + 1\nwhile __import__('time').monotonic() < end: pass"
WIDE = {
    "affinity": "os.sched_setaffinity(0, range(os.cpu_count()))",
    "a thread": (
        "wide = lambda: os.sched_setaffinity(0, range(os.cpu_count())) or time.sleep(0.2)\n"
        "    thread = threading.Thread(target=wide)\n"
        "    thread.start()\n"
        "    thread.join()"
    ),
    "children, and back": (
        "before = os.sched_getaffinity(0)\n"
        "    os.sched_setaffinity(0, range(os.cpu_count()))\n"
        f"    burn = [sys.executable, '-c', {BURN!r}]\n"
        "    children = [subprocess.Popen(burn) for _ in range(2)]\n"
        "    os.sched_setaffinity(0, before)\n"
        "    [child.wait() for child in children]"
    ),
}


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is one core")
@pytest.mark.parametrize("name", WIDE)
def test_more_cores_than_allowed_are_reported(tmp_path: Path, name: str) -> None:
    text = f"{HONEST}\ndef query(data):\n    {WIDE[name]}\n    return _query(data)\n"
    ended = run(tmp_path, text, data=tmp_path, answer=tmp_path / "answer.arrow")
    assert ended.outcome is Outcome.OK, ended.evidence
    assert (ended.cores or 0) > 1
    assert ended.evidence == f"used {ended.cores} cores, with a limit of 1"


def test_loaded_frames_keep_one_row_and_what_lies_beside_them_all(tmp_path: Path) -> None:
    table = pa.table({"x": [1, 2, 3]})
    con = duckdb.connect()
    con.execute("CREATE TABLE data AS SELECT unnest([1, 2, 3]) AS x")
    con.execute("CREATE TABLE kept AS SELECT unnest([1, 2]) AS x")
    frames = [table.to_pandas(), pl.from_arrow(table), dt.Frame(table), con]
    columns = {"x": np.arange(3), "kept": np.arange(2)}
    others = [table, nw.from_native(table), columns]
    found = one_row.keep_one_row((*frames, others), 3)
    assert all(one is other for one, other in zip(found, frames, strict=False))
    pandas, polars, datatable, _, (arrow, narwhals, _) = found
    assert [len(pandas), len(polars), datatable.nrows, len(arrow), len(narwhals)] == [1] * 5
    assert [con.sql(f"FROM {name}").shape[0] for name in ("data", "kept")] == [1, 2]
    assert {name: len(column) for name, column in columns.items()} == {"x": 1, "kept": 2}
    assert one_row.keep_one_row((table,), 4) is None
    assert one_row.is_answer((table,), ["x"], 3, 9)
    assert not one_row.is_answer((table,), ["x"], 3, 3)


def test_answers_of_other_rows_are_written_too(tmp_path: Path) -> None:
    text = """
import pyarrow as pa
def load(path): return pa.table({"x": [path]})
def query(data): return data.slice(0)
def rows(answer): return answer
"""
    other = OtherData(tmp_path / "other", (), tmp_path / "other.arrow", 1)
    ended = run(tmp_path, text, data=tmp_path, answer=tmp_path / "answer.arrow", other=other)
    assert ended.outcome is Outcome.OK, ended.evidence
    with pa.memory_map(str(other.answer)) as file:
        assert pa.ipc.open_file(file).read_all().to_pylist() == [{"x": str(tmp_path / "other")}]
