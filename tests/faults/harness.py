"""Run a fault, and look for anything that it left."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dfbench.execution import limits, processes
from dfbench.execution.executor import execute
from dfbench.execution.job import Job
from dfbench.execution.limits import Backend, cleanup
from dfbench.spec.limits import Limits
from dfbench.storage.records import Run

from .programs import Fault

MARK = "DFBENCH_FAULT"

# A machine's answer stays, and systemd takes its time for it.
choose = cache(limits.choose_backend)


@dataclass(frozen=True, slots=True)
class Left:
    """What is there of us that should not be: processes of a mark, what dead supervisors made."""

    processes: frozenset[int]
    places: frozenset[str]
    shared: frozenset[str]

    def since(self, before: Left) -> Left:
        return Left(
            self.processes - before.processes,
            self.places - before.places,
            self.shared - before.shared,
        )

    def __bool__(self) -> bool:
        return bool(self.processes or self.places or self.shared)


def left(mark: str) -> Left:
    places = {str(place) for place in (*cleanup._find_groups(), *cleanup._find_folders())}
    shared = {file.name for file in Path("/dev/shm").glob("fault")}
    return Left(frozenset(marked(mark)), frozenset(places), frozenset(shared))


def marked(mark: str) -> set[int]:
    found = set()
    for pid in processes.list_pids():
        try:
            environment = Path(f"/proc/{pid}/environ").read_bytes()
        except OSError:
            continue
        if f"{MARK}={mark}".encode() in environment.split(b"\0"):
            found.add(pid)
    return found


def job(text: str, folder: Path, mark: str, limits: Limits, name: str = "fault") -> Job:
    program = folder / f"{name}.py"
    program.write_text(text)
    return Job(
        engine="fault",
        query=name,
        round=0,
        python=sys.executable,
        program=program,
        program_sha="",
        data=None,
        answer=None,
        warmups=0,
        runs=1,
        environment={MARK: mark},
        limits=limits,
    )


def provoke(fault: Fault, folder: Path, backend: Backend) -> tuple[Run, Left, float]:
    """Run a fault; give its record, what it left, and the seconds that it took."""
    mark = uuid.uuid4().hex
    before = left(mark)
    asked = job(
        fault.text, folder, mark, Limits(memory=fault.memory, time=fault.seconds, threads=1)
    )
    began = time.monotonic()
    run = execute(asked, backend)
    seconds = time.monotonic() - began
    return run, left(mark).since(before), seconds


def gone(mark: str, before: Left, patience: float = 120.0) -> Left:
    """Wait until nothing of a mark is left; give what is left all the same."""
    deadline = time.monotonic() + patience
    while (found := left(mark).since(before)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


VICTIM = """
import signal
import sys
from pathlib import Path
from dfbench.execution.executor import execute
from dfbench.spec.limits import Limits
from faults.harness import choose, job
from faults.programs import FAULTS
# Whoever runs the tests in the background may have had it ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
backend, name, mark, folder = sys.argv[1:]
fault = FAULTS[name]
asked = job(fault.text, Path(folder), mark, Limits(fault.memory, 60.0, 1))
while True:
    execute(asked, choose(backend))
"""


@contextlib.contextmanager
def victim(backend: str, name: str, mark: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process that runs one fault again and again, to be killed; it never outlives this."""
    path = os.pathsep.join((str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")))
    process = subprocess.Popen(
        [sys.executable, "-c", VICTIM, backend, name, mark, str(folder)],
        stderr=subprocess.DEVNULL,
        env={**os.environ, MARK: mark, "PYTHONPATH": path},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
