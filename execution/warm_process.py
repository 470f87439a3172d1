"""A process that runs several programs of one engine, so that the engine starts once."""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from . import processes

RUNNER = Path(__file__).with_name("warm_runner.py")
DIED = "the process exited"
FORGED = "something other than the runner wrote to its result pipe"
PATIENCE = 60.0  # seconds for one program, with the engine's start
CHECK_INTERVAL = 1.0  # seconds
IDLE_SHARE = 0.1  # of a core: processes that use less are not waiting for a CPU


def compute_own_time(passed: float, used: float, waited: float) -> float:
    """Return the seconds of `passed` that count for the processes, without waiting for a CPU.

    `used` and `waited` are their seconds on a CPU, and in a run queue.
    """
    if used + waited < IDLE_SHARE * passed:
        return passed
    return passed * max(0.0, used) / (max(0.0, used) + max(0.0, waited))


class WarmProcess:
    """One process for many programs; `folder` holds them and is on its workers' PYTHONPATH."""

    def __init__(self, python: str, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self._requests = 0
        self.process = subprocess.Popen(
            [python, str(RUNNER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={
                **os.environ,
                **environment,
                "PATH": os.pathsep.join(
                    (str(Path(python).parent), os.environ.get("PATH", os.defpath))
                ),
                "PYTHONPATH": str(folder),
            },
            text=True,
        )

    @property
    def alive(self) -> bool:
        """Return whether the process runs."""
        return self.process.poll() is None

    def answer(
        self, program: Path, data: Path, path: Path, *tables: Path, patience: float = PATIENCE
    ) -> str | None:
        """Run a program and write its answer to `path`; return its error, None without one.

        `patience` is in seconds of the processes' own time.
        """
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._requests += 1
        files = {"data": [*map(str, (data, *tables))], "path": str(path)}
        request = {"number": self._requests, "program": str(program), **files}
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return DIED
        if not self._wait_for_reply(patience):
            return self._give_up(f"no answer within {patience:g} s")
        line = self.process.stdout.readline()
        return self._read_reply(line) if line else DIED

    def _read_reply(self, line: str) -> str | None:
        try:
            number, error = json.loads(line)
        except (ValueError, TypeError):
            return self._give_up(FORGED)
        if number != self._requests or not isinstance(error, str | None):
            return self._give_up(FORGED)
        return error

    def _give_up(self, why: str) -> str:
        self.process.kill()
        self.process.wait()
        return why

    def _wait_for_reply(self, patience: float) -> bool:
        """Return whether a reply came before the processes used so many seconds of their own.

        They count from the first check on: most replies come sooner than a sample of all processes.
        """
        if self._replies(min(CHECK_INTERVAL, patience)):
            return True
        had, (used, waited), looked = 0.0, self._read_cpu_time(), time.monotonic()
        while had < patience:
            if self._replies(min(CHECK_INTERVAL, patience - had)):
                return True
            now, (more, longer) = time.monotonic(), self._read_cpu_time()
            had += compute_own_time(now - looked, more - used, longer - waited)
            used, waited, looked = more, longer, now
        return False

    def _replies(self, seconds: float) -> bool:
        assert self.process.stdout is not None
        return bool(select.select([self.process.stdout], [], [], seconds)[0])

    def _read_cpu_time(self) -> tuple[float, float]:
        pid = self.process.pid
        return processes.read_cpu_time({pid, *processes.find_descendants(pid)})

    def end(self) -> None:
        """End the process once it is idle."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.close()
            self.process.wait(PATIENCE)
        except BrokenPipeError:
            self.process.wait()
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
