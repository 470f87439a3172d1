"""The processes that start supervisors: kept between runs, since a start of Python costs 0.1 s."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

# Seconds; a supervisor that is asked to stop normally ends its tree within milliseconds.
PATIENCE = 15.0
# What a process inherits at its start.
Surroundings: TypeAlias = tuple[object, ...]


class Supervisors:
    """A process that forks a supervisor for each request; one request at a time.

    It has the environment, the folder and the cores that this process had when it started.
    """

    def __init__(self, launcher: tuple[str, ...]) -> None:
        """Start the process; `launcher` is a command before its own."""
        self.surroundings = read_surroundings(launcher)
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - `close` closes it
        self._asked = 0
        self._process = subprocess.Popen(
            [*launcher, sys.executable, "-P", "-m", "dfbench.execution.supervisor"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            # Ctrl-C in a terminal reaches every process of its group; this one cleans up first.
            start_new_session=True,
        )

    @property
    def is_alive(self) -> bool:
        """Return whether the process has not ended."""
        return self._process.poll() is None

    def ask(self, request: Mapping[str, Any]) -> tuple[int, str]:
        """Send a request; return 0 and the answer, or an exit status and what was told of it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._asked += 1
        told = self._errors.seek(0, os.SEEK_END)
        with contextlib.suppress(BrokenPipeError):
            line = json.dumps({**request, "number": self._asked})
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()
        for answer in self._process.stdout:
            number, _, text = answer.decode().rstrip("\n").partition(" ")
            # A supervisor that is killed after its answer leaves a status, too.
            if number == str(self._asked):
                status = 0 if text.startswith("{") else int(text)
                return (status, text) if not status else (status, self._read_errors(told))
        return self._wait() or 1, self._read_errors(told)

    def close(self) -> None:
        """End the process, and the run that it supervises."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._wait()  # It waits for its supervisor.
        self._process.stdout.close()
        self._errors.close()

    def _wait(self) -> int | None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(PATIENCE)
        return self._process.returncode

    def _read_errors(self, place: int) -> str:
        self._errors.seek(place)
        return self._errors.read().decode(errors="replace")


_idle: list[Supervisors] = []


def read_surroundings(launcher: tuple[str, ...]) -> Surroundings:
    """Return what a process would inherit if it were started now."""
    environment = tuple(sorted(os.environ.items()))
    return launcher, sys.executable, Path.cwd(), environment, os.sched_getaffinity(0)


def take_supervisors(launcher: tuple[str, ...]) -> Supervisors:
    """Return an idle process with the surroundings of now, or a new one."""
    surroundings = read_surroundings(launcher)
    while _idle:
        found = _idle.pop()
        if found.is_alive and found.surroundings == surroundings:
            return found
        found.close()
    return Supervisors(launcher)


def give_back(supervisors: Supervisors) -> None:
    """Keep a process for the next run."""
    _idle.append(supervisors)


@atexit.register
def close_idle() -> None:
    """End the idle processes."""
    while _idle:
        _idle.pop().close()
