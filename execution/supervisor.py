"""The supervisor: a process of its own, outside the limit, that runs one job and cleans up.

Runs as `python -m dfbench.execution.supervisor`: the first line of standard input is the job, the
one line of standard output what was seen. Standard input then stays open; its end means that
whoever asked has gone (or wants no more), and ends the run.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from ..errors import LimitError
from ..storage.records import Phase
from . import kernel, noise, processes, sandbox
from .job import Job
from .limits import Limit, find_backend
from .observation import LIMIT_ERROR_STATUS, End, Observation
from .protocol import LONGEST_LINE, WorkerReport

# 0.2 ms or less a look: under 1 % of a core.
TICK = 0.02
LOG_BYTES = READ_BYTES = 64 * 1024
# Names are for the evidence alone: whom a kill took.
NAMES_INTERVAL = 1.0
# A look at the files of a run costs a call for each: what was spilled stays for longer than this.
DISK_INTERVAL = 0.2
PATIENCE = 10.0
# A process that ends closes its pipes first, and has a status to tell a moment later.
EXIT_DELAY = 0.5
# The machine's killer, should it come, takes the workload and not the one who reports it.
OOM_SCORE = "500"


@dataclass(slots=True)
class WorkerPipes:
    """The supervisor's ends of a worker's pipes."""

    answers: int
    requests: int
    log: int


class RunMonitor:
    """One run while it lasts: what it says, what it holds, and why it ends."""

    def __init__(  # noqa: PLR0913 - a run has as many parts
        self,
        limit: Limit,
        worker: subprocess.Popen[bytes],
        pipes: WorkerPipes,
        spawned: float,
        remember: sandbox.RecordSegments,
        place: Path,
    ) -> None:
        self.account = WorkerReport(spawned, self._enter)
        self.end: End | None = None
        self.status: int | None = None
        self.peaks: dict[str, int] = {}
        self.held = self.disk = 0
        self.died = ""
        self.log = b""
        self.worker = worker
        self._limit, self._pipes, self._remember, self._place = limit, pipes, remember, place
        self._names: dict[int, str] = {}
        self._looked = self._named = self._searched = 0.0
        self._closed: float | None = None
        self._poll = select.poll()

    def run(self, seconds: float | None) -> None:
        """Watch until the run ends, by itself or by one of the limits."""
        watched = (0, self._pipes.answers, self._pipes.log, _open_pidfd(self.worker.pid))
        for descriptor in watched:
            if descriptor is not None:
                self._poll.register(descriptor, select.POLLIN)
        while self.end is None:
            for descriptor, _ in self._poll.poll(TICK * 1000):
                self._hear(descriptor)
            self._reap()
            self._tick(time.monotonic(), seconds)
        self._look()

    def drain(self) -> bool:
        """Take what was printed and keep its end; False when nobody can print any more."""
        heard = _read(self._pipes.log)
        self.log = (self.log + (heard or b""))[-LOG_BYTES:]
        return heard != b""

    def _hear(self, descriptor: int) -> None:
        if descriptor == 0 and not os.read(0, 4096):
            self._finish(End.STOPPED)
        elif descriptor == self._pipes.answers and self._listen() == b"":
            self._poll.unregister(descriptor)
            self._closed = time.monotonic()
        elif descriptor == self._pipes.log and not self.drain():
            self._poll.unregister(descriptor)

    def _listen(self) -> bytes | None:
        heard = _read(self._pipes.answers)
        self.account.receive(heard or b"")
        if self.account.end:
            self._finish(self.account.end)
        return heard

    def _enter(self) -> None:
        self._look()
        self._remember(self._limit.list_members)
        with contextlib.suppress(OSError):
            os.write(self._pipes.requests, b".")

    def _tick(self, now: float, seconds: float | None) -> None:
        if now - self._looked >= TICK / 2:
            self._look()
        if now - self._searched >= DISK_INTERVAL:
            self._searched = now
            self.disk = max(self.disk, sandbox.measure_disk_use(self._place))
        if seconds is not None and now > self.account.spawned + seconds:
            self._finish(End.TIMER)
        if self._closed is not None and now > self._closed + EXIT_DELAY:
            self._finish(End.CLOSED)

    def _look(self) -> None:
        self._looked = time.monotonic()
        if self.account.phase != Phase.DONE:
            phase, self.held = self.account.phase.value, self._limit.sample()
            self.peaks[phase] = max(self.peaks.get(phase, 0), self.held)
        if self._limit.check() is None:
            self._learn_names()
        elif self.end != End.MEMORY:
            self.end, self.died = End.MEMORY, self._casualty()

    def _learn_names(self) -> None:
        if self._looked - self._named < NAMES_INTERVAL:
            return
        self._named = self._looked
        found = {pid: processes.read_stat(pid) for pid in self._limit.list_members()}
        self._names = {pid: stat.name for pid, stat in found.items() if stat}

    def _casualty(self) -> str:
        if self.status is not None or processes.is_dying(self.worker.pid):
            return "the worker itself"
        lost = [name for pid, name in self._names.items() if processes.is_dying(pid)]
        return f"a child process ({lost[0]})" if lost else "a child process"

    def _reap(self) -> None:
        while (found := _reap_child()) is not None:
            pid, status = found
            if pid == self.worker.pid:
                self.status = self.worker.returncode = os.waitstatus_to_exitcode(status)
                for _ in range(LONGEST_LINE // READ_BYTES):
                    if not self._listen():
                        break
                self._finish(End.EXIT)

    def _finish(self, end: End) -> None:
        # What came first is the cause; only a kill for memory explains what came before it.
        self.end = self.end or end


def main() -> None:
    """Run one job as standard input says, and say on standard output what was seen."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _stop)
    request = json.loads(_read_request())
    try:
        seen = supervise(Job.from_json(request["job"]), request["backend"])
    except LimitError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(LIMIT_ERROR_STATUS)
    sys.stdout.write(seen.to_json())
    sys.stdout.flush()


def supervise(job: Job, backend: str) -> Observation:
    """Run a job under a backend's limit; whatever happens, nothing of it remains."""
    kernel.adopt_orphans()
    with contextlib.ExitStack() as stack:
        place = stack.enter_context(sandbox.make_folder())
        remember = stack.enter_context(sandbox.mount_shared_memory())
        limit = find_backend(backend).create(job.limits.memory)
        stack.callback(limit.close)
        stack.callback(kill_all, limit)
        (place / sandbox.GROUPS_FILE).write_text("\n".join(map(str, limit.folders)))
        return _observe(job, limit, place, remember)


def _observe(job: Job, limit: Limit, place: Path, remember: sandbox.RecordSegments) -> Observation:
    before, strained, began = noise.read_cpu_times(), noise.read_pressure(), time.monotonic()
    try:
        watch = start_worker(job, limit, place, remember)
    except OSError as error:
        return Observation(End.UNSTARTED, died=f"cannot start {job.python}: {error.strerror}")
    watch.run(job.limits.time)
    wall = time.monotonic() - began
    charged, cause = limit.read_peak(), limit.check()
    remember(limit.list_members)
    with contextlib.suppress(OSError):
        os.killpg(watch.worker.pid, signal.SIGKILL)
    survivors = kill_all(limit)
    watch.drain()
    spent, own = (
        _read_cpu_seconds(resource.RUSAGE_CHILDREN),
        _read_cpu_seconds(resource.RUSAGE_SELF),
    )
    shares = noise.compute_shares(before, noise.read_cpu_times(), spent + own)
    strain = noise.subtract(strained, noise.read_pressure())
    account = watch.account
    return Observation(
        end=watch.end or End.STOPPED,
        phase=account.phase,
        cause=cause,
        status=watch.status,
        failure=account.failure,
        log=watch.log.decode(errors="replace"),
        died=watch.died,
        times={**account.times, "wall": wall, "cpu": spent},
        warmups=tuple(account.warmups),
        hot=tuple(account.hot),
        peaks=watch.peaks,
        held=watch.held,
        charged=charged,
        disk=watch.disk,
        measure=limit.measure,
        rows=account.rows,
        columns=account.columns,
        scheduler=job.scheduler,
        workers=account.workers,
        foreign=shares[0] if shares else None,
        steal=shares[1] if shares else None,
        swapped=strain.swapped,
        throttled=strain.throttled,
        survivors=tuple(survivors),
    )


def _read_cpu_seconds(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def start_worker(
    job: Job, limit: Limit, place: Path, remember: sandbox.RecordSegments
) -> RunMonitor:
    """Start the worker under the limit, in its own folder, with its own pipes."""
    module, link = sandbox.link_program(job.program, place)
    requests, answers, log = os.pipe(), os.pipe(), os.pipe()
    os.write(requests[1], _encode_job(job, module, link))
    cores = sandbox.choose_cores(
        job.limits.threads, os.sched_getaffinity(0), sandbox.read_siblings()
    )
    command = [job.python, "-P", str(Path(__file__).with_name("worker.py"))]
    spawned = time.monotonic()

    def enclose() -> None:
        _become_worker(limit, cores)

    worker = subprocess.Popen(
        [*command, str(requests[0]), str(answers[1])],
        stdin=subprocess.DEVNULL,
        stdout=log[1],
        stderr=log[1],
        cwd=place,
        env=sandbox.build_environment(job, place, link.parent, os.environ),
        pass_fds=(requests[0], answers[1]),
        start_new_session=True,
        preexec_fn=enclose,  # noqa: PLW1509 - this process has one thread
    )
    for descriptor in (requests[0], answers[1], log[1]):
        os.close(descriptor)
    for descriptor in (answers[0], log[0]):
        os.set_blocking(descriptor, False)
    return RunMonitor(
        limit, worker, WorkerPipes(answers[0], requests[1], log[0]), spawned, remember, place
    )


def _become_worker(limit: Limit, cores: set[int]) -> None:
    kernel.die_with_parent(signal.SIGKILL)
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    os.sched_setaffinity(0, cores)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(OOM_SCORE)
    limit.enclose()


def kill_all(limit: Limit, patience: float = PATIENCE) -> set[int]:
    """Kill until no process of the run is left; give those that would not die."""
    deadline = time.monotonic() + patience
    while True:
        limit.kill()
        left = processes.find_descendants(os.getpid())
        processes.kill(left)
        while _reap_child() is not None:
            pass
        left = processes.find_descendants(os.getpid()) | limit.list_members()
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.001)


def _encode_job(job: Job, module: str, link: Path) -> bytes:
    told = {**json.loads(job.to_json()), "module": module, "link": str(link)}
    return json.dumps({**told, "folder": str(link.parent)}).encode() + b"\n"


def _read(descriptor: int) -> bytes | None:
    try:
        return os.read(descriptor, READ_BYTES)
    except BlockingIOError:
        return None


def _reap_child() -> tuple[int, int] | None:
    try:
        pid, status = os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return None
    return (pid, status) if pid else None


def _open_pidfd(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except (OSError, AttributeError):
        return None


def _read_request() -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        read = os.read(0, 1)
        if not read:
            sys.exit(1)
        line += read
    return line


def _stop(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    main()
