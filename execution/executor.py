"""Run one job in a process tree of its own, and tell how it ended."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from ..errors import LimitError
from ..storage.records import Memory, Noise, Run, Times
from . import limits
from .job import Job
from .observation import LIMIT_ERROR_STATUS, End, Observation
from .outcomes import Decision, decide_outcome

# A supervisor that is asked to stop ends its tree within milliseconds; stuck ones are left to it.
PATIENCE = 15.0
CLUSTER_MEASURE = (
    "on a cluster: resident memory of the largest worker (on Ray: node) since the start, as its "
    "kernel counts it and the scheduler reports it"
)
READ_BYTES = 8 * 1024 * 1024
LOG_CHARACTERS = 4000


def execute(job: Job, backend: limits.Backend) -> Run:
    """Run a job and give its record; an ending from outside is tried once more.

    Raises LimitError when the limit cannot be held. Ctrl-C ends the run, cleans up and passes on.
    """
    began = datetime.now(UTC).isoformat(timespec="milliseconds")
    seen = _run_supervisor(job, backend)
    verdict = _decide(job, seen)
    if verdict.retry:
        seen = _run_supervisor(job, backend)
        verdict = _decide(job, seen)
    return build_record(job, seen, verdict, began)


def _decide(job: Job, seen: Observation) -> Decision:
    return decide_outcome(seen, job.limits.memory, job.limits.time)


def _run_supervisor(job: Job, backend: limits.Backend) -> Observation:
    request = json.dumps({"job": job.to_json(), "backend": backend.name})
    with tempfile.TemporaryFile() as mistakes:
        process = subprocess.Popen(
            [*backend.launcher, sys.executable, "-P", "-m", "dfbench.execution.supervisor"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=mistakes,
            # Ctrl-C in a terminal reaches every process of its group; this one cleans up first.
            start_new_session=True,
        )
        report = _exchange(process, request.encode() + b"\n")
        if report:
            return Observation.from_json(report.decode())
        mistakes.seek(0)
        return _explain_early_end(process.returncode, mistakes.read().decode(errors="replace"))


def _exchange(process: subprocess.Popen[bytes], request: bytes) -> bytes:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(request)
            process.stdin.flush()
        return process.stdout.read()
    finally:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        process.stdout.close()


def _explain_early_end(status: int | None, mistakes: str) -> Observation:
    last = mistakes.strip().rpartition("\n")[2]
    if status == LIMIT_ERROR_STATUS:
        raise LimitError(last)
    limits.clean_up()
    died = f"the supervisor of the run ended early: {last or 'it was killed'}"
    return Observation(End.UNSUPERVISED, died=died, log=mistakes[-LOG_CHARACTERS:])


def build_record(job: Job, seen: Observation, verdict: Decision, began: str) -> Run:
    """Return the record of what was seen and judged."""
    log = seen.failure.traceback if seen.failure else seen.log
    evidence = verdict.evidence
    if seen.survivors:
        evidence += f" (processes that could not be killed: {', '.join(map(str, seen.survivors))})"
    told = {name: str(value) for name, value in job.environment.items()}
    return Run(
        engine=job.engine,
        query=job.query,
        round=job.round,
        outcome=verdict.outcome,
        phase=seen.phase,
        evidence=evidence,
        log=log if evidence else "",
        times=Times(**seen.times, warmups=seen.warmups, hot=seen.hot),
        memory=_build_memory(seen),
        noise=Noise(seen.foreign, seen.steal, seen.swapped, seen.throttled),
        program=job.program_sha,
        rows=seen.rows,
        columns=seen.columns,
        told=told,
        began=began,
    )


def _build_memory(seen: Observation) -> Memory:
    if seen.workers:
        return Memory(
            peak=max(seen.workers.values()),
            query=max(seen.workers.values()),
            measure=CLUSTER_MEASURE,
            workers=seen.workers,
        )
    return Memory(
        # No process holds nothing: a peak of 0 was not seen.
        peak=seen.peak or None,
        startup=seen.peaks.get("start-up") or None,
        load=seen.peaks.get("load") or None,
        query=seen.peaks.get("query") or None,
        charged=seen.charged,
        disk=seen.disk,
        measure=seen.measure,
    )


def warm_page_cache(*paths: Path) -> None:
    """Read files once, so that every engine finds them in the page cache."""
    buffer = memoryview(bytearray(READ_BYTES))
    for path in paths:
        with path.open("rb", buffering=0) as stream:
            while stream.readinto(buffer):
                pass
