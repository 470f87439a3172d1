"""Run one job in a process tree of its own and record its outcome."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from ..errors import LimitError
from ..storage.records import Memory, Noise, Run, Times
from . import limits
from .job import Job
from .observation import LIMIT_ERROR_STATUS, End, Observation
from .outcomes import Decision, decide_outcome
from .supervisors import give_back, take_supervisors

CLUSTER_MEASURE = (
    "on a cluster: resident memory of the largest worker (on Ray: node) since the start, as its "
    "kernel counts it and the scheduler reports it"
)
READ_BYTES = 8 * 1024 * 1024
LOG_CHARACTERS = 4000


def execute(job: Job, backend: limits.Backend) -> Run:
    """Run a job and return its record; retry once if something outside the run ended it.

    Raises LimitError if the backend cannot enforce the limit. Ctrl-C ends the run, cleans up and is
    raised again.
    """
    began = datetime.now(UTC).isoformat(timespec="milliseconds")
    observation = _run_supervisor(job, backend)
    decision = _decide(job, observation)
    if decision.retry:
        observation = _run_supervisor(job, backend)
        decision = _decide(job, observation)
    return build_record(job, observation, decision, began)


def _decide(job: Job, observation: Observation) -> Decision:
    return decide_outcome(observation, job.limits.memory, job.limits.time)


def _run_supervisor(job: Job, backend: limits.Backend) -> Observation:
    supervisors = take_supervisors(backend.launcher)
    request = {"job": job.to_json(), "backend": backend.name}
    try:
        status, text = supervisors.ask(request)
    except BaseException:
        supervisors.close()
        raise
    if not status:
        give_back(supervisors)
        return Observation.from_json(text)
    supervisors.close()
    return _explain_early_end(status, text)


def _explain_early_end(status: int, errors: str) -> Observation:
    last = errors.strip().rpartition("\n")[2]
    if status == LIMIT_ERROR_STATUS:
        raise LimitError(last)
    limits.clean_up()
    died = f"the supervisor of the run ended early: {last or 'killed'}"
    return Observation(End.UNSUPERVISED, died=died, log=errors[-LOG_CHARACTERS:])


def build_record(job: Job, observation: Observation, decision: Decision, began: str) -> Run:
    """Return the record of a run from its observation and its outcome."""
    log = observation.failure.traceback if observation.failure else observation.log
    evidence = decision.evidence
    if observation.survivors:
        evidence += (
            f" (processes that could not be killed: {', '.join(map(str, observation.survivors))})"
        )
    if observation.cores:
        cores = f"used {observation.cores} cores, with a limit of {job.limits.threads}"
        evidence = f"{evidence}; {cores}" if evidence else cores
    environment = {name: str(value) for name, value in job.environment.items()}
    return Run(
        engine=job.engine,
        query=job.query,
        round=job.round,
        outcome=decision.outcome,
        phase=observation.phase,
        evidence=evidence,
        log=log if evidence else select_warnings(log),
        cores=observation.cores,
        times=Times(**observation.times, warmups=observation.warmups, hot=observation.hot),
        memory=_build_memory(observation),
        noise=Noise(
            observation.foreign, observation.steal, observation.swapped, observation.throttled
        ),
        program=job.program_sha,
        rows=observation.rows,
        columns=observation.columns,
        environment=environment,
        began=began,
    )


def select_warnings(log: str) -> str:
    """Return the lines of a log that are Python's warnings, each once."""
    return "\n".join(dict.fromkeys(line for line in log.splitlines() if "Warning: " in line))


def _build_memory(observation: Observation) -> Memory:
    if observation.workers:
        return Memory(
            peak=max(observation.workers.values()),
            query=max(observation.workers.values()),
            measure=CLUSTER_MEASURE,
            workers=observation.workers,
        )
    return Memory(
        # Every process holds memory: a peak of 0 was not measured.
        peak=observation.peak or None,
        startup=observation.peaks.get("start-up") or None,
        load=observation.peaks.get("load") or None,
        query=observation.peaks.get("query") or None,
        charged=observation.charged,
        disk=observation.disk,
        measure=observation.measure,
    )


def warm_page_cache(*paths: Path) -> None:
    """Read files once, so that the page cache holds them for every engine."""
    buffer = memoryview(bytearray(READ_BYTES))
    for path in paths:
        with path.open("rb", buffering=0) as stream:
            while stream.readinto(buffer):
                pass
