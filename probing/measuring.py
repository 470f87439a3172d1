"""Run probes in limited process trees of their own, and tell each ending in a word."""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from ..engines.writing.assembling import formatted
from ..running.executing import execute
from ..running.job import Job
from ..running.limits import Backend
from ..spec.workload import Limits
from ..storing.folder import Folder, program_path
from ..storing.records import Outcome, Run
from .findings import Finding, Word, append
from .roads import Road
from .scripts import MEBIBYTES, TASKS, Question, script

MEMORY = 4 * 2**30
COSTS_PATIENCE = 4  # times as long as another probe: it maps some thirty times
LONGEST_EVIDENCE = 160
BITS = 2.0**22  # a process's and a thread's number share one float
HARNESS = '''\
"""Runs a probe as a person does: a fresh Python, by its file or typed into a session."""

import os
import subprocess
import sys

import pyarrow as pa


def load(path):
    return path


def query(path):
    with open(path) as script:
        done = subprocess.run(COMMAND, stdin=STDIN, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        os._exit(done.returncode % 256)
    return done.stdout


def rows(answer):
    return pa.table({"printed": [answer]})
'''
ERROR = re.compile(r"^[\w.]*(?:Error|Exception|Exit|Interrupt|Broken\w+|\w+Failed): ?.*")


class Prober:
    """Asks roads their questions, and stores each finding as it is made."""

    def __init__(self, folder: Folder, backend: Backend, workers: int, patience: float) -> None:
        self._folder, self._backend = folder, backend
        self._workers, self._patience = workers, patience

    def probe(self, roads: Sequence[Road], questions: Sequence[Question]) -> Iterator[Finding]:
        """Give findings one by one; a road that is not installed is asked one question."""
        for road in roads:
            for question in questions:
                found = self.ask(road, question)
                append(self._folder.path, found)
                yield found
                if found.word is Word.MISSING:
                    break

    def ask(self, road: Road, question: Question) -> Finding:
        """Run one probe and tell its ending."""
        text = formatted(script(road, question, self._workers))
        self._folder.write_program(road.name, question.name.lower(), text)
        path = self._folder.path / program_path(road.name, question.name.lower())
        with tempfile.TemporaryDirectory(prefix="dfbench-probe-") as place:
            job = self._job(road, question, path, Path(place))
            return finding(road.name, question, execute(job, self._backend), job.answer)

    def _job(self, road: Road, question: Question, path: Path, place: Path) -> Job:
        patience = self._patience * (COSTS_PATIENCE if question is Question.COSTS else 1)
        text = harness(session=question.session)
        (place / "harness.py").write_text(text)
        return Job(
            engine=road.name,
            query=question,
            round=1,
            python=sys.executable,
            program=place / "harness.py",
            program_sha=hashlib.sha256(text.encode()).hexdigest(),
            data=path,
            answer=place / "answer.arrow",
            warmups=0,
            runs=0,
            environment=road.environment,
            limits=Limits(memory=MEMORY, time=patience, threads=self._workers),
        )


def harness(*, session: bool) -> str:
    """Give the program that runs a script, by its file or over a session's standard input."""
    # Under -c the main module has no file, as in a notebook; a script on standard input has one.
    typed = '[sys.executable, "-c", "import sys; exec(sys.stdin.read())"]'
    command = typed if session else "[sys.executable, path]"
    stdin = "script" if session else "subprocess.DEVNULL"
    return HARNESS.replace("COMMAND", command).replace("STDIN", stdin)


def finding(road: str, question: Question, run: Run, answer: Path | None) -> Finding:
    """Judge how a probe ended, and what it printed."""
    match run.outcome:
        case Outcome.OK if answer is not None:
            return judged(road, question, _printed(answer))
        case Outcome.TIMEOUT:
            word = Word.HANGS
        case _:
            word = Word.MISSING if "ModuleNotFoundError: " in run.log else Word.NO
    return Finding(road, question.name, word, evidence(run))


def evidence(run: Run) -> str:
    """Give the first line of the error that was printed last, or how the run was ended."""
    lines = [line.strip() for line in run.log.splitlines() if line.strip()]
    errors = [
        # Some begin with an empty line.
        f"{line} {following}" if line.endswith(":") else line
        for line, following in pairwise([*lines, ""])
        if ERROR.match(line)
    ]
    told = errors[-1] if errors else run.evidence
    if run.outcome is Outcome.TIMEOUT and errors:
        told = f"{run.evidence.partition(' s ')[0]} s; {told}"
    return told if len(told) <= LONGEST_EVIDENCE else f"{told[: LONGEST_EVIDENCE - 1]}…"


def judged(road: str, question: Question, printed: str) -> Finding:
    """Judge what a probe printed."""
    told = json.loads(printed.strip().rpartition("\n")[2])
    if question is Question.COSTS:
        return Finding(road, question.name, Word.YES, "", costs(told))
    if question is Question.WORKERS:
        return Finding(road, question.name, Word.YES, whose(told), {"workers": len(set(told))})
    right = told == question.expected
    why = "" if right else f"it answered {told}, and {question.expected} is right"
    return Finding(road, question.name, Word.YES if right else Word.NO, why)


def whose(told: Sequence[float]) -> str:
    """Say whether workers were processes or threads, by their numbers.

    >>> whose([5 * 2.0**22 + 6, 5 * 2.0**22 + 7]), whose([5 * 2.0**22 + 5, 6 * 2.0**22 + 6])
    ('threads', 'processes')
    """
    processes = {number // BITS for number in told}
    if len(processes) > 1:
        return "processes"
    return "threads" if len(set(told)) > 1 else "one worker"


def costs(told: dict[str, float]) -> dict[str, float]:
    """Give what a road costs: seconds, and the speed-up over a serial loop.

    A difference that is not above zero is lost in the noise, and left out.
    """
    figures = {
        "imports": told["imports"],
        "first": told["first"],
        "start": told["imports"] + told["first"],
        "task": (told["many"] - told["few"]) / TASKS,
        "mebibyte": (told["large"] - told["small"]) / MEBIBYTES,
        "speedup": told["serial"] / told["parallel"],
    }
    return {name: value for name, value in figures.items() if value > 0}


def _printed(answer: Path) -> str:
    import pyarrow as pa  # noqa: PLC0415 - a third of a second, and only answers need it
    from pyarrow import ipc  # noqa: PLC0415

    with pa.OSFile(str(answer)) as source:
        return str(ipc.open_file(source).read_all()["printed"][0].as_py())
