"""Ask the ten questions of real clusters on this machine, and kill a worker in the middle.

    python -m tests.clusters [dask] [ray]

Starts a dask scheduler with two workers, and a Ray head with one more node; nothing of it stays.
First all is well, then a worker is killed once some questions are answered: every ending has to be
right (the oracle's answer, or an ending in words), and the exit code is 1 where one is not.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import dfbench
from dfbench.execution import processes
from dfbench.storage.records import Outcome, Run

BIN = Path(sys.executable).parent
PATIENCE = 180.0
HERE = "127.0.0.1"
ENVIRONMENT = {
    **os.environ,
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_AUTH_MODE": "disabled",
    "RAY_raylet_start_wait_time_s": "120",
    # By its own default Ray's workers are of niceness 15: a busy machine leaves them nothing.
    "RAY_worker_niceness": "0",
}
STORE = str(256 * 2**20)  # bytes of a node's object store
SETTINGS = {"dataset.rows": "1e5", "limits.time": "2min"}
RIGHT = {Outcome.OK, Outcome.CRASHED, Outcome.TIMEOUT, Outcome.OUT_OF_MEMORY}

Kill = Callable[[], None]


def port() -> int:
    """Return a port that is free just now."""
    with socket.socket() as found:
        found.bind((HERE, 0))
        number: int = found.getsockname()[1]
        return number


class Started:
    """Processes of a cluster, each in a group of its own; their output lies in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, *command: str, until: str) -> subprocess.Popen[bytes]:
        """Start a process and wait for a word in what it prints."""
        log = self.folder / f"{len(self.processes)}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [str(BIN / command[0]), *command[1:]],
                stdout=output, stderr=output, env=ENVIRONMENT, cwd=self.folder,
                start_new_session=True,
            )  # fmt: skip
        self.processes.append(process)
        deadline = time.monotonic() + PATIENCE
        while until not in log.read_text(errors="replace"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(log.read_text(errors="replace"))
            time.sleep(0.1)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill a process with its whole group, as a machine that goes away does."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def end(self) -> None:
        """End all: the workers before their head."""
        for process in reversed(self.processes):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            self.kill(process)


@contextlib.contextmanager
def dask(started: Started) -> Iterator[tuple[tuple[str, ...], Kill]]:
    """Start a scheduler with two workers; give the engines on it, and what kills a worker."""
    number = str(port())
    address = f"tcp://{HERE}:{number}"
    quiet = ("--no-dashboard",)
    started.start(
        "dask", "scheduler", "--host", HERE, "--port", number, *quiet, until="Scheduler at"
    )
    worker = ("dask", "worker", address, "--nthreads", "1", "--no-nanny", *quiet)
    started.start(*worker, until="Registered to")
    victim = started.start(*worker, until="Registered to")
    yield (f"dask@{address}", f"modin/dask@{address}"), lambda: started.kill(victim)


@contextlib.contextmanager
def ray(started: Started) -> Iterator[tuple[tuple[str, ...], Kill]]:
    """Start a head with one more node; give the engine on them, and what kills the node."""
    address = f"{HERE}:{port()}"
    node = ("--num-cpus", "1", "--object-store-memory", STORE, "--block", "--node-ip-address", HERE)
    low, high = ("30000", "30499"), ("30500", "30999")
    head = ("--head", "--port", address.partition(":")[2], "--include-dashboard=false")
    for own, (first, last) in ((head, low), (("--address", address), high)):
        ports = ("--min-worker-port", first, "--max-worker-port", last)
        # Ray's sockets lie some 70 characters below its folder.
        place = ("--temp-dir", str(started.folder)) if "--head" in own else ()
        process = started.start(
            "ray", "start", *own, *node, *ports, *place, until="runtime started"
        )
    yield (f"modin@{address}",), lambda: started.kill(process)


def asked(engines: tuple[str, ...], folder: Path) -> tuple[Run, ...]:
    """Ask the ten questions once, each checked against the oracle."""
    settings = {name.replace(".", "__"): value for name, value in SETTINGS.items()}
    more = {"measure__rounds": 1, "measure__warmups": 0, "measure__runs": 1}
    found = dfbench.compare("groupby", engines=list(engines), results=folder, **settings, **more)
    return found.stored.runs


def told(title: str, runs: tuple[Run, ...], right: set[Outcome]) -> bool:
    """Print how each question ended; tell whether all did as they should."""
    sys.stdout.write(f"{title}\n")
    for run in runs:
        peaks = ", ".join(f"{peak / 2**20:.0f}" for peak in run.memory.workers.values())
        peak = f"  peaks {peaks} MiB" if peaks else ""
        sys.stdout.write(f"  {run.engine} {run.query}: {run.outcome}{peak}  {run.evidence}\n")
    sys.stdout.flush()
    return bool(runs) and all(run.outcome in right for run in runs)


def sweep(engines: tuple[str, ...], folder: Path, rows: str = "1e3..1e6") -> tuple[Run, ...]:
    """Print from which size on a cluster is faster than polars here; return all runs."""
    settings = {"measure__rounds": 1, "measure__warmups": 0, "measure__runs": 1}
    swept = dfbench.sweep(
        "groupby", {"rows": rows}, ["polars", *engines], ["q1"], folder, **settings
    )
    sys.stdout.write(f"from which size on does the cluster pay?\n{swept}\n")
    return tuple(run for one in swept.comparisons for run in one.stored.runs)


def killed_in_the_middle(
    ask: Callable[[tuple[str, ...], Path], tuple[Run, ...]],
    engines: tuple[str, ...],
    folder: Path,
    kill: Kill,
) -> tuple[Run, ...]:
    """Ask the questions, and kill a worker as soon as two of them are answered."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            lines = sum(len(path.read_text().splitlines()) for path in folder.glob("**/runs.jsonl"))
            if lines >= 2:
                kill()
                return

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        return ask(engines, folder)
    finally:
        over.set()
        thread.join()


def find_left() -> list[int]:
    """Return processes of runs whose supervisor has ended."""
    tagged = processes.find_tagged().items()
    return [pid for pid, tag in tagged if not processes.is_alive(tag)]


CLUSTERS = {"dask": dask, "ray": ray}


@contextlib.contextmanager
def running(name: str) -> Iterator[tuple[tuple[str, ...], Kill, Path]]:
    """Start a cluster; give its engines, what kills a worker, and a folder."""
    with tempfile.TemporaryDirectory(prefix="cluster-", dir="/tmp") as made:
        started = Started(Path(made))
        try:
            with CLUSTERS[name](started) as (engines, kill):
                yield engines, kill, Path(made)
        finally:
            started.end()


def main(names: list[str]) -> int:
    """Try each cluster; give 1 where an ending is not right."""
    good = True
    for name in names or CLUSTERS:
        with running(name) as (engines, kill, folder):
            good &= told(f"{name}: all is well", asked(engines, folder / "a"), {Outcome.OK})
            good &= told(f"{name}: a sweep", sweep(engines, folder / "s"), {Outcome.OK})
            runs = killed_in_the_middle(asked, engines, folder / "b", kill)
            good &= told(f"{name}: a worker is killed", runs, RIGHT)
        with running(name) as (engines, kill, folder):
            runs = killed_in_the_middle(sweep, engines, folder / "s", kill)
            good &= told(f"{name}: a worker is killed during a sweep", runs, RIGHT)
        good &= not find_left()
    return 0 if good else 1


if __name__ == "__main__":
    # What is told to end still ends what it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main(sys.argv[1:]))
