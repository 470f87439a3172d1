"""The supervisor: a process of its own, outside the limit, that runs one job and cleans up.

Runs as `python -m dfbench.running.supervisor`: the first line of standard input is the job, the
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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import LimitError
from ..storing.records import Phase
from . import kernel, noise, private, processes
from .job import Job
from .limits import Limit, choose
from .outcomes import UNHELD, End, Failure, Observed

# 0.2 ms or less a look: under 1 % of a core.
TICK = 0.02
LOG_BYTES = 64 * 1024
LONGEST_LINE = 1024 * 1024
PATIENCE = 10.0
# A process that ends closes its pipes first, and has a status to tell a moment later.
EXIT_FOLLOWS = 0.5
# The machine's killer, should it come, takes the workload and not the one who reports it.
OOM_SCORE = "500"


@dataclass(slots=True)
class Watch:
    """One run while it lasts: what it said, what it held, and why it ended."""

    limit: Limit
    worker: subprocess.Popen[bytes]
    answers: int
    tells: int
    log: int
    spawned: float
    deadline: float | None
    end: End | None = None
    phase: Phase = Phase.STARTUP
    status: int | None = None
    failure: Failure | None = None
    rows: int | None = None
    times: dict[str, float | None] = field(default_factory=dict)
    warmups: list[float] = field(default_factory=list)
    hot: list[float] = field(default_factory=list)
    peaks: dict[str, int] = field(default_factory=dict)
    held: int = 0
    died: str = ""
    names: dict[int, str] = field(default_factory=dict)
    line: bytes = b""
    tail: bytes = b""
    looked: float = 0.0
    named: float = 0.0
    closed: float | None = None
    poll: select.poll = field(default_factory=select.poll)

    def run(self) -> None:
        """Watch until the run ends, by itself or by one of the limits."""
        descriptors = (0, self.answers, self.log, _pidfd(self.worker.pid))
        for descriptor in filter(lambda d: d is not None, descriptors):
            self.poll.register(descriptor, select.POLLIN)
        while self.end is None:
            for descriptor, _ in self.poll.poll(TICK * 1000):
                self._hear(descriptor)
            self._tick()
        self._look()

    def _hear(self, descriptor: int) -> None:
        if descriptor == 0 and not os.read(0, 4096):
            self._finish(End.STOPPED)
        elif descriptor == self.answers:
            self._listen()
        elif descriptor == self.log and not self._drain():
            self.poll.unregister(self.log)

    def _listen(self) -> None:
        heard = _read(self.answers)
        if heard == b"":
            self.poll.unregister(self.answers)
            self.closed = time.monotonic()
        self._take(heard or b"")
        if len(self.line) > LONGEST_LINE:
            self._finish(End.GARBAGE)

    def _take(self, heard: bytes) -> None:
        *lines, self.line = (self.line + heard).split(b"\n")
        for line in lines:
            self._understand(line)

    def _understand(self, line: bytes) -> None:
        try:
            self._note(json.loads(line))
        except (ValueError, TypeError, KeyError, AttributeError):
            self._finish(End.GARBAGE)

    def _note(self, message: dict[str, Any]) -> None:
        if "at" in message:
            self.times["interpreter"] = message["at"] - self.spawned
        if "time" in message:
            self._note_time(message["time"], float(message["seconds"]))
        if "phase" in message:
            self._look()
            self.phase = Phase(message["phase"])
            with contextlib.suppress(OSError):
                os.write(self.tells, b".")
        if "error" in message:
            error = message["error"]
            types = tuple(map(str, error["types"]))
            self.failure = Failure(types, str(error["message"]), str(error["traceback"]))
            self._finish(End.ERROR)
        if message.get("done") is True:
            self.rows = message["rows"]
            self._look()
            self.phase = Phase.DONE
            self._finish(End.DONE)

    def _note_time(self, name: str, seconds: float) -> None:
        match name:
            case "warmups":
                self.warmups.append(seconds)
            case "hot":
                self.hot.append(seconds)
            case "startup" | "load" | "cold" | "collect":
                self.times[name] = seconds
            case _:
                raise ValueError(name)

    def _drain(self) -> bool:
        heard = _read(self.log)
        self.tail = (self.tail + (heard or b""))[-LOG_BYTES:]
        return heard != b""

    def _tick(self) -> None:
        self._reap()
        now = time.monotonic()
        if now - self.looked >= TICK / 2:
            self._look()
        if self.deadline is not None and now > self.deadline:
            self._finish(End.TIMER)
        if self.closed is not None and now > self.closed + EXIT_FOLLOWS:
            self._finish(End.CLOSED)

    def _look(self) -> None:
        self.looked = time.monotonic()
        if self.phase != Phase.DONE:
            self.held = self.limit.sample()
            self.peaks[self.phase] = max(self.peaks.get(self.phase, 0), self.held)
        if self.limit.verdict() is not None and self.end != End.MEMORY:
            self.died = self._casualty()
            self.end = End.MEMORY
        elif self.looked - self.named > 50 * TICK:
            self.named = self.looked
            found = {pid: processes.stat(pid) for pid in self.limit.members()}
            self.names = {pid: stat.name for pid, stat in found.items() if stat}

    def _casualty(self) -> str:
        if self.status is not None or processes.dying(self.worker.pid):
            return "the worker itself"
        lost = [name for pid, name in self.names.items() if processes.dying(pid)]
        return f"a child process ({lost[0]})" if lost else "a child process"

    def _reap(self) -> None:
        while (found := _waited()) is not None:
            pid, status = found
            if pid == self.worker.pid:
                self.status = self.worker.returncode = os.waitstatus_to_exitcode(status)
                self._listen_to_the_end()
                self._finish(End.EXIT)

    def _listen_to_the_end(self) -> None:
        for _ in range(LONGEST_LINE // 65536):
            heard = _read(self.answers)
            if not heard:
                break
            self._take(heard)

    def _finish(self, end: End) -> None:
        # What came first is the cause; only a kill for memory explains what came before it.
        self.end = self.end or end


def main() -> None:
    """Run one job as standard input says, and say on standard output what was seen."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _stop)
    request = json.loads(_first_line())
    try:
        seen = supervise(Job.from_json(request["job"]), request["backend"])
    except LimitError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(UNHELD)
    sys.stdout.write(seen.to_json())
    sys.stdout.flush()


def supervise(job: Job, backend: str) -> Observed:
    """Run a job under a backend's limit; whatever happens, nothing of it remains."""
    kernel.adopt_orphans()
    with contextlib.ExitStack() as stack:
        place = stack.enter_context(private.folder())
        stack.enter_context(private.shared_memory())
        limit = choose(backend).create(job.limits.memory)
        stack.callback(limit.close)
        stack.callback(end_all, limit)
        return _observe(job, limit, place)


def _observe(job: Job, limit: Limit, place: Path) -> Observed:
    before, began = noise.read(), time.monotonic()
    try:
        watch = spawn(job, limit, place)
    except OSError as error:
        return Observed(End.UNSTARTED, died=f"cannot start {job.python}: {error.strerror}")
    watch.run()
    wall = time.monotonic() - began
    charged, cause = limit.charged(), limit.verdict()
    with contextlib.suppress(OSError):
        os.killpg(watch.worker.pid, signal.SIGKILL)
    survivors = end_all(limit)
    watch._drain()  # noqa: SLF001 - the same module
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF)]
    spent, own = (use.ru_utime + use.ru_stime for use in usage)
    shares = noise.shares(before, noise.read(), spent + own)
    return Observed(
        end=watch.end or End.STOPPED,
        phase=watch.phase,
        cause=cause,
        status=watch.status,
        failure=watch.failure,
        log=watch.tail.decode(errors="replace"),
        died=watch.died,
        times={**watch.times, "wall": wall, "cpu": spent},
        warmups=tuple(watch.warmups),
        hot=tuple(watch.hot),
        peaks={phase.value: held for phase, held in watch.peaks.items()},  # type: ignore[attr-defined]
        held=watch.held,
        charged=charged,
        measure=limit.measure,
        rows=watch.rows,
        foreign=shares[0] if shares else None,
        steal=shares[1] if shares else None,
        survivors=tuple(survivors),
    )


def spawn(job: Job, limit: Limit, place: Path) -> Watch:
    """Start the worker under the limit, in its own folder, with its own pipes."""
    module, link = private.link(job.program, place)
    requests, answers, log = os.pipe(), os.pipe(), os.pipe()
    os.write(requests[1], _told(job, module, link))
    cores = private.cores(job.limits.threads, os.sched_getaffinity(0), private.twins())
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
        env=private.environment(job, place, link.parent, os.environ),
        pass_fds=(requests[0], answers[1]),
        start_new_session=True,
        preexec_fn=enclose,  # noqa: PLW1509 - this process has one thread
    )
    for descriptor in (requests[0], answers[1], log[1]):
        os.close(descriptor)
    for descriptor in (answers[0], log[0]):
        os.set_blocking(descriptor, False)
    deadline = spawned + job.limits.time if job.limits.time is not None else None
    return Watch(limit, worker, answers[0], requests[1], log[0], spawned, deadline)


def _become_worker(limit: Limit, cores: set[int]) -> None:
    kernel.die_with_parent(signal.SIGKILL)
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    os.sched_setaffinity(0, cores)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(OOM_SCORE)
    limit.enclose()


def end_all(limit: Limit, patience: float = PATIENCE) -> set[int]:
    """Kill until no process of the run is left; give those that would not die."""
    deadline = time.monotonic() + patience
    while True:
        limit.kill()
        left = processes.descendants(os.getpid())
        processes.kill(left)
        while _waited() is not None:
            pass
        left = processes.descendants(os.getpid()) | limit.members()
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.001)


def _told(job: Job, module: str, link: Path) -> bytes:
    told = {**json.loads(job.to_json()), "module": module, "link": str(link)}
    return json.dumps({**told, "folder": str(link.parent)}).encode() + b"\n"


def _read(descriptor: int) -> bytes | None:
    try:
        return os.read(descriptor, 65536)
    except BlockingIOError:
        return None


def _waited() -> tuple[int, int] | None:
    try:
        pid, status = os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return None
    return (pid, status) if pid else None


def _pidfd(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except (OSError, AttributeError):
        return None


def _first_line() -> bytes:
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
