"""Run probes in limited process trees of their own, and classify their outcomes."""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from ..execution.executor import execute
from ..execution.job import Job
from ..execution.limits import Backend
from ..spec.limits import Limits
from ..storage.files import write
from ..storage.folder import Folder, make_safe_name
from ..storage.probe_results import PROBES, TIMED, ProbeOutcome, ProbeResult, Question, Trait
from ..storage.records import Outcome, Run
from .probe import Probe
from .scripts import MEBIBYTES, TASKS, find_expected_answer

FOREIGN_CPU = 0.10  # of the processors, taken by others: a figure is rough
LAZY = 0.2  # of the time, at most, is taken by describing what is to be done
MAX_EVIDENCE = 160
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


@dataclass(frozen=True, slots=True)
class ProbeRunner:
    """Asks questions, each in a limited process tree of its own; scripts lie in a folder."""

    folder: Folder
    backend: Backend
    workers: int
    patience: float
    python: str = sys.executable

    def ask(self, asked: Probe) -> ProbeResult:
        """Run one probe and return its result."""
        path = self.store(asked)
        with tempfile.TemporaryDirectory(prefix="dfbench-probe-") as place:
            job = self._build_job(asked, path, Path(place))
            return interpret_run(asked, execute(job, self.backend), job.answer)

    def store(self, asked: Probe) -> Path:
        """Write the script where the report says it lies."""
        path = (
            self.folder.path
            / PROBES
            / make_safe_name(asked.subject)
            / f"{asked.question.lower()}.py"
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, asked.text)
        return path

    def _build_job(self, asked: Probe, path: Path, place: Path) -> Job:
        text = write_harness(session=asked.session)
        (place / "harness.py").write_text(text)
        return Job(
            engine=asked.subject,
            query=asked.question,
            round=1,
            python=self.python,
            program=place / "harness.py",
            program_sha=hashlib.sha256(text.encode()).hexdigest(),
            data=path.absolute(),
            answer=place / "answer.arrow",
            warmups=0,
            runs=0,
            environment={**asked.environment, "TMPDIR": str(place)},
            limits=Limits(
                memory=asked.memory, time=self.patience * asked.times, threads=self.workers
            ),
        )


def write_harness(*, session: bool) -> str:
    """Return the program that runs a script, by its file or over a session's standard input."""
    # Under -c the main module has no file, as in a notebook; a script on standard input has one.
    typed = '[sys.executable, "-c", "import sys; exec(sys.stdin.read())"]'
    command = typed if session else "[sys.executable, path]"
    stdin = "script" if session else "subprocess.DEVNULL"
    return HARNESS.replace("COMMAND", command).replace("STDIN", stdin)


def interpret_run(asked: Probe, run: Run, answer: Path | None) -> ProbeResult:
    """Judge how a probe ended, and what it printed."""
    busy = (run.noise.foreign or 0.0) > FOREIGN_CPU and asked.question in TIMED
    match run.outcome:
        case Outcome.OK if answer is not None:
            found = interpret_output(asked.subject, asked.question, _read_output(answer))
            return replace(found, busy=busy)
        case Outcome.TIMEOUT:
            word = ProbeOutcome.HANGS
        case _:
            word = ProbeOutcome.MISSING if "ModuleNotFoundError: " in run.log else ProbeOutcome.NO
    return ProbeResult(asked.subject, asked.question, word, extract_evidence(run))


def extract_evidence(run: Run) -> str:
    """Return the first line of the error that was printed last, or how the run was ended."""
    lines = [line.strip() for line in run.log.splitlines() if line.strip()]
    errors = [
        # Some begin with an empty line.
        f"{line} {following}" if line.endswith(":") else line
        for line, following in pairwise([*lines, ""])
        if ERROR.match(line)
    ]
    evidence = errors[-1] if errors else run.evidence
    if run.outcome is Outcome.TIMEOUT and errors:
        evidence = f"{run.evidence.partition(' s ')[0]} s; {evidence}"
    return evidence if len(evidence) <= MAX_EVIDENCE else f"{evidence[: MAX_EVIDENCE - 1]}…"


def interpret_output(subject: str, question: str, printed: str) -> ProbeResult:
    """Return the result that a probe printed."""
    answer = json.loads(printed.strip().rpartition("\n")[2])
    if question in Trait.__members__:
        return interpret_library_output(subject, Trait[question], answer)
    asked = Question[question]
    if asked is Question.COSTS:
        return ProbeResult(subject, question, ProbeOutcome.YES, "", compute_costs(answer))
    if asked is Question.WORKERS:
        return ProbeResult(
            subject,
            question,
            ProbeOutcome.YES,
            identify_workers(answer),
            {"workers": len(set(answer))},
        )
    return compare_result(subject, question, answer, find_expected_answer(asked))


def compare_result(subject: str, question: str, answer: object, wanted: object) -> ProbeResult:
    """Return whether an answer is the right one, as a result."""
    why = "" if answer == wanted else f"returned {answer} instead of {wanted}"
    return ProbeResult(subject, question, ProbeOutcome.NO if why else ProbeOutcome.YES, why)


def interpret_library_output(subject: str, asked: Trait, output: Any) -> ProbeResult:  # noqa: ANN401 - as JSON gives it
    """Return the result that a probe of a data-frame library printed."""
    match asked:
        case Trait.SYNTAX:
            count = f"{output['alike']} of {output['asked']}"
            unlike = f"different results: {'; '.join(output['differ'])}" if output["differ"] else ""
            word = ProbeOutcome.YES if output["alike"] else ProbeOutcome.NO
            figures = {"alike": output["alike"], "asked": output["asked"]}
            return ProbeResult(
                subject, asked.name, word, count if output["alike"] else unlike, figures
            )
        case Trait.SPEED:
            start = output["imports"] + output["first"]
            figures = {"start": start, "speedup": output["pandas"] / output["own"]}
            return ProbeResult(subject, asked.name, ProbeOutcome.YES, "", figures)
        case Trait.LAZY:
            lazy = output["described"] < LAZY * output["done"]
            why = f"defined in {output['described']:.2g} s, computed in {output['done']:.2g} s"
            return ProbeResult(
                subject,
                asked.name,
                ProbeOutcome.YES if lazy else ProbeOutcome.NO,
                "" if lazy else why,
            )
        case Trait.BEYOND | Trait.DATABASE:
            return compare_result(subject, asked.name, output["answer"], output["right"])
        case Trait.CLUSTER:
            workers = identify_workers(output)
            word = ProbeOutcome.YES if workers == "processes" else ProbeOutcome.NO
            return ProbeResult(
                subject, asked.name, word, "" if word is ProbeOutcome.YES else workers
            )


def identify_workers(identifiers: Sequence[float]) -> str:
    """Return whether workers were processes or threads, by their numbers.

    >>> identify_workers([5 * 2.0**22 + 6, 5 * 2.0**22 + 7])
    'threads'
    >>> identify_workers([5 * 2.0**22 + 5, 6 * 2.0**22 + 6])
    'processes'
    """
    processes = {number // BITS for number in identifiers}
    if len(processes) > 1:
        return "processes"
    return "threads" if len(set(identifiers)) > 1 else "one worker"


def compute_costs(seconds: dict[str, float]) -> dict[str, float]:
    """Return the costs of a back-end: seconds, and the speed-up over a serial loop.

    A difference that is not above zero is lost in the noise, and left out.
    """
    figures = {
        "imports": seconds["imports"],
        "first": seconds["first"],
        "start": seconds["imports"] + seconds["first"],
        "task": (seconds["many"] - seconds["few"]) / TASKS,
        "mebibyte": (seconds["large"] - seconds["small"]) / MEBIBYTES,
        "speedup": seconds["serial"] / seconds["parallel"],
    }
    return {name: value for name, value in figures.items() if value > 0}


def _read_output(answer: Path) -> str:
    import pyarrow as pa  # noqa: PLC0415 - a third of a second, and only answers need it
    from pyarrow import ipc  # noqa: PLC0415

    with pa.OSFile(str(answer)) as source:
        return str(ipc.open_file(source).read_all()["printed"][0].as_py())
