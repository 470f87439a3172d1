"""Programs that cheat with their time, their limits or their answers are found out."""

from __future__ import annotations

import dataclasses
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from dfbench.errors import LimitError
from dfbench.execution import sandbox
from dfbench.execution.executor import execute
from dfbench.execution.job import Job
from dfbench.execution.limits import Backend
from dfbench.spec.workload import Limits
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


@pytest.mark.skipif(not sandbox.can_mount(), reason="no mounts of its own")
def test_hidden_folders_are_empty_for_the_program(tmp_path: Path) -> None:
    hidden = tmp_path / "answers"
    hidden.mkdir()
    (hidden / "right.arrow").write_text("42")
    text = f"""
import ctypes, os
def load():
    pass
def query(data):
    place = {str(hidden)!r}
    ctypes.CDLL(None).umount2(place.encode(), 2)
    found = os.listdir(place)
    for pid in filter(str.isdecimal, os.listdir("/proc")):
        try:
            found += os.listdir(f"/proc/{{pid}}/root{{place}}")
        except OSError:
            pass
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
