"""The supervisor: a process outside the memory limit that runs one job and cleans up.

`python -m dfbench.execution.supervisor` serves one caller: each line of standard input is a job,
and a fork, which costs no start of Python, is its supervisor. A line of standard output answers
it: the request's number, then the observation, or the exit status if the supervisor ended early.
Standard input stays open during the run; its end means that the parent has ended or cancels, and
ends the run.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import resource
import secrets
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import LimitError
from ..storage.records import Phase
from . import kernel, noise, processes, sandbox
from .job import Job
from .limits import Limit, find_backend
from .observation import LIMIT_ERROR_STATUS, End, Observation
from .protocol import LONGEST_LINE, WorkerReport

# Seconds between samples; one takes 0.2 ms or less: under 1 % of a core.
TICK = 0.02
LOG_BYTES = READ_BYTES = 64 * 1024
# Seconds; names of processes are needed only as evidence of a kill.
NAMES_INTERVAL = 1.0
# Seconds; spilled files live longer, and a sample costs a system call for each file.
DISK_INTERVAL = 0.2
PATIENCE = 10.0
# Seconds; a process that exits closes its pipes a moment before its status is available.
EXIT_DELAY = 0.5
KEY_BYTES = 32
# CPU seconds of a run above its wall-clock seconds on each core: the kernel's clocks tick apart.
CPU_TOLERANCE, CPU_DELAY = 0.1, 0.5
# The kernel's OOM killer prefers the worker to the supervisor, which reports the kill.
OOM_SCORE = "500"


@dataclass(slots=True)
class WorkerPipes:
    """The supervisor's ends of a worker's pipes, and the key that signs its messages."""

    answers: int
    requests: int
    log: int
    key: bytes


class RunMonitor:
    """Monitor of one run: its messages, its memory, and why it ends."""

    def __init__(  # noqa: PLR0913 - a run has as many parts
        self,
        limit: Limit,
        worker: subprocess.Popen[bytes],
        pipes: WorkerPipes,
        spawned: float,
        remember: sandbox.RecordSegments,
        place: Path,
        job: Job,
        cores: set[int],
    ) -> None:
        self.report = WorkerReport(spawned, self._enter, job.runs, pipes.key)
        self.end: End | None = None
        self.status: int | None = None
        self.peaks: dict[str, int] = {}
        self.held = self.disk = 0
        self.died = ""
        self.log = b""
        self.worker = worker
        self._limit, self._pipes, self._place = limit, pipes, place
        self._record_segments = remember
        self._tree = processes.ProcessTree(os.getpid())
        self._names: dict[int, str] = {}
        self._allowed = cores if job.limits.threads else None
        self._used: set[int] = set()
        self._sampled = self._named = self._measured_disk = 0.0
        self._closed: float | None = None
        self._poll = select.poll()

    def run(self, seconds: float | None) -> None:
        """Monitor the run until it ends, by itself or by a limit; `seconds` is the time limit."""
        watched = (0, self._pipes.answers, self._pipes.log, _open_pidfd(self.worker.pid))
        for descriptor in watched:
            if descriptor is not None:
                self._poll.register(descriptor, select.POLLIN)
        while self.end is None:
            for descriptor, _ in self._poll.poll(TICK * 1000):
                self._handle(descriptor)
            self._reap()
            self._tick(time.monotonic(), seconds)
        self._sample()

    def drain(self) -> bool:
        """Read the worker's output and keep the last 64 KiB; return False at its end."""
        output = _read(self._pipes.log)
        self.log = (self.log + (output or b""))[-LOG_BYTES:]
        return output != b""

    def _handle(self, descriptor: int) -> None:
        if descriptor == 0 and not os.read(0, 4096):
            self._finish(End.STOPPED)
        elif descriptor == self._pipes.answers and self._receive() == b"":
            self._poll.unregister(descriptor)
            self._closed = time.monotonic()
        elif descriptor == self._pipes.log and not self.drain():
            self._poll.unregister(descriptor)

    def _receive(self) -> bytes | None:
        data = _read(self._pipes.answers)
        self.report.receive(data or b"", time.monotonic())
        if self.report.end:
            self._finish(self.report.end)
        return data

    def _enter(self) -> None:
        self._sample()
        self._record_segments(self._limit.list_members)
        with contextlib.suppress(OSError):
            os.write(self._pipes.requests, b".")

    def _tick(self, now: float, seconds: float | None) -> None:
        if now - self._sampled >= TICK / 2:
            self._sample()
        if now - self._measured_disk >= DISK_INTERVAL:
            self._measured_disk = now
            self.disk = max(self.disk, sandbox.measure_disk_use(self._place))
        if seconds is not None and now > self.report.spawned + seconds:
            self._finish(End.TIMER)
        if self._closed is not None and now > self._closed + EXIT_DELAY:
            self._finish(End.CLOSED)

    def _sample(self) -> None:
        self._sampled = time.monotonic()
        if self.report.phase != Phase.DONE:
            phase, self.held = self.report.phase.value, self._limit.sample()
            self.peaks[phase] = max(self.peaks.get(phase, 0), self.held)
        if self._limit.check() is None:
            self._learn_names()
        elif self.end != End.MEMORY:
            self.end, self.died = End.MEMORY, self._name_killed()
        tree = self._tree.refresh()
        self._note_cores(tree)
        if self.end is None and (escaped := self._find_escaped(tree)):
            self.end, self.died = End.ESCAPED, escaped

    def count_cores(self, cpu: float, wall: float) -> int | None:
        """Return the number of cores used where it is above the limit; None where it is not.

        A process that may run on more cores counts, and CPU seconds that fit on no fewer.
        """
        if self._allowed is None:
            return None
        if cpu > wall * len(self._allowed) * (1 + CPU_TOLERANCE) + CPU_DELAY:
            return max(len(self._used), math.ceil(cpu / wall))
        return len(self._used) if self._used else None

    def _note_cores(self, tree: set[int]) -> None:
        if self._allowed is None:
            return
        for thread in (thread for pid in tree for thread in processes.list_threads(pid)):
            with contextlib.suppress(OSError):
                cores = os.sched_getaffinity(thread)
                if not cores <= self._allowed:
                    self._used |= cores

    def _find_escaped(self, tree: set[int]) -> str:
        """Return the name of a process of the tree that is not in the control group."""
        if not self._limit.folders:
            return ""
        for pid in tree - self._limit.list_members():
            # A process that ends leaves its group a moment before the tree.
            known = processes.read_stat(pid)
            if known and not known.exiting and pid not in self._limit.list_members():
                return f"process {pid} ({known.name})"
        return ""

    def _learn_names(self) -> None:
        if self._sampled - self._named < NAMES_INTERVAL:
            return
        self._named = self._sampled
        found = {pid: processes.read_stat(pid) for pid in self._limit.list_members()}
        self._names = {pid: stat.name for pid, stat in found.items() if stat}

    def _name_killed(self) -> str:
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
                    if not self._receive():
                        break
                self._finish(End.EXIT)

    def _finish(self, end: End) -> None:
        # The first event is the cause; only a kill for memory overrides an earlier one.
        self.end = self.end or end


def main() -> None:
    """Answer the requests of standard input, each by a process of its own."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    sandbox.can_mount()  # Supervisors know it from here.
    while line := _read_request():
        request = json.loads(line)
        child = os.fork()
        if not child:
            _answer(request)
            os._exit(0)  # Nothing is left to end, and Python takes 10 ms for that.
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status:
            _write_answer(request, str(status))


def _answer(request: dict[str, Any]) -> None:
    """Run the job of a request and write its observation."""
    signal.signal(signal.SIGTERM, _stop)
    try:
        seen = supervise(Job.from_json(request["job"]), request["backend"])
    except LimitError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(LIMIT_ERROR_STATUS)
    _write_answer(request, seen.to_json())


def _write_answer(request: dict[str, Any], text: str) -> None:
    sys.stdout.write(f"{request['number']} {text}\n")
    sys.stdout.flush()


def supervise(job: Job, backend: str) -> Observation:
    """Run a job under a backend's limit and remove every trace of it, whatever happens.

    Raises LimitError if the backend cannot enforce the limit.
    """
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
        monitor = start_worker(job, limit, place, remember)
    except OSError as error:
        return Observation(End.UNSTARTED, died=f"cannot start {job.python}: {error.strerror}")
    monitor.run(job.limits.time)
    wall = time.monotonic() - began
    charged, cause = limit.read_peak(), limit.check()
    remember(limit.list_members)
    with contextlib.suppress(OSError):
        os.killpg(monitor.worker.pid, signal.SIGKILL)
    survivors = kill_all(limit)
    monitor.drain()
    spent, own = (
        _read_cpu_seconds(resource.RUSAGE_CHILDREN),
        _read_cpu_seconds(resource.RUSAGE_SELF),
    )
    shares = noise.compute_shares(before, noise.read_cpu_times(), spent + own)
    strain = noise.subtract(strained, noise.read_pressure())
    report = monitor.report
    return Observation(
        end=monitor.end or End.STOPPED,
        phase=report.phase,
        cause=cause,
        status=monitor.status,
        failure=report.failure,
        log=monitor.log.decode(errors="replace"),
        died=monitor.died,
        times={**report.times, "wall": wall, "cpu": spent},
        warmups=tuple(report.warmups),
        hot=tuple(report.hot),
        peaks=monitor.peaks,
        held=monitor.held,
        charged=charged,
        disk=monitor.disk,
        measure=limit.measure,
        rows=report.rows,
        columns=report.columns,
        scheduler=job.scheduler,
        workers=report.workers,
        foreign=shares[0] if shares else None,
        steal=shares[1] if shares else None,
        swapped=strain.swapped,
        throttled=strain.throttled,
        survivors=tuple(survivors),
        observed=tuple(report.observed),
        faults=report.faults,
        cores=None if job.scheduler else monitor.count_cores(spent, wall),
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
    key = secrets.token_bytes(KEY_BYTES)
    os.write(requests[1], _encode_job(job, module, link, key))
    cores = sandbox.choose_cores(
        job.limits.threads, os.sched_getaffinity(0), sandbox.read_siblings()
    )
    command = [job.python, "-P", str(Path(__file__).with_name("worker.py"))]
    spawned = time.monotonic()

    private = sandbox.can_mount()

    def enclose() -> None:
        _become_worker(limit, cores)
        if private:
            sandbox.seal(job.hidden)

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
    pipes = WorkerPipes(answers[0], requests[1], log[0], key)
    return RunMonitor(limit, worker, pipes, spawned, remember, place, job, cores)


def _become_worker(limit: Limit, cores: set[int]) -> None:
    kernel.die_with_parent(signal.SIGKILL)
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    os.sched_setaffinity(0, cores)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(OOM_SCORE)
    limit.enclose()


def kill_all(limit: Limit, patience: float = PATIENCE) -> set[int]:
    """Kill until no process of the run is left; return those alive after `patience` seconds."""
    deadline = time.monotonic() + patience
    while left := _find_left(limit):
        limit.kill()
        processes.kill(left)
        if time.monotonic() > deadline:
            break
        time.sleep(0.001)
    return left


def _find_left(limit: Limit) -> set[int]:
    """Return processes of the run that have not ended, empty where all have.

    Orphans become children of this process: without a child it has no descendant. /proc, which
    lists every process of the machine, is read only for those outside the limit.
    """
    if _reap_children():
        return limit.list_members() or processes.find_descendants(os.getpid())
    return limit.list_members() if limit.folders else set()


def _reap_children() -> bool:
    """Collect the children that have ended; return whether there are others."""
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return False
        if not pid:
            return True


def _encode_job(job: Job, module: str, link: Path, key: bytes) -> bytes:
    message = {**json.loads(job.to_json()), "module": module, "link": str(link)}
    message |= {"folder": str(link.parent), "key": key.hex()}
    return json.dumps(message).encode() + b"\n"


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
    """Read a line, the only one until it is answered; nothing at the end, or where it is cut."""
    line = b""
    while not line.endswith(b"\n"):
        read = os.read(0, READ_BYTES)
        if not read:
            return b""
        line += read
    return line


def _stop(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    main()
