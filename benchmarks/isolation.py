"""What isolation costs: a run around its worker, looking at it, and what a limit lets through.

python benchmarks/isolation.py [--watching] [--pairs 30]
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, variance
from subprocess import PIPE

from dfbench.errors import LimitError
from dfbench.execution.executor import execute
from dfbench.execution.job import Job
from dfbench.execution.limits import NAMES, Backend, choose_backend
from dfbench.execution.observation import End, Observation
from dfbench.execution.supervisors import close_idle
from dfbench.report.spread import Spread
from dfbench.report.statistics import estimate
from dfbench.spec.limits import Limits
from dfbench.storage.records import Outcome, Run

NOTHING = "def load(): pass\ndef query(data): pass\n"
ASLEEP = "import time\ndef load(): pass\ndef query(data): time.sleep({})\n"
ALLOCATE = """
def load(): pass
def query(data):
    held = []
    while True:
        held.append(bytearray(16 * 2**20))
"""
POLARS = """
import polars as pl

def load():
    return pl.select(n=pl.int_range(12_000_000)).with_columns(key=(pl.col("n") * 7919) % 100_003)

def query(data):
    middle, spread = pl.col("n").median().alias("middle"), pl.col("n").std().alias("spread")
    return data.lazy().group_by("key").agg(middle, spread).collect()
"""
ALONE = """
import json, time, sys
sys.path.insert(0, {folder!r})
import {module} as program
data = program.load()
seconds = []
for _ in range(4):
    began = time.perf_counter()
    program.query(data)
    seconds.append(time.perf_counter() - began)
print(json.dumps(seconds[1:]))
"""
# A supervisor that closes its eyes for every other execution, first or second of a pair in turn.
BLINKING = """
from dfbench.execution import supervisor
OPEN = supervisor.TICK
class Blinking(supervisor.RunMonitor):
    def _tick(self, now, seconds):
        seen = len(self.report.hot) % 4 in (1, 2)
        supervisor.TICK = OPEN if seen else 60.0
        super()._tick(now, seconds)
supervisor.RunMonitor = Blinking
supervisor.main()
"""
GIB = 2**30


def run(folder: Path, name: str, text: str, backend: Backend, memory: int) -> Run:
    return done(execute(job(folder, name, text, memory, 0), backend))


def job(folder: Path, name: str, text: str, memory: int, runs: int) -> Job:
    file = folder / f"{name}.py"
    file.write_text(text)
    held = Limits(memory=memory, time=1200.0)
    return Job("e", name, 0, sys.executable, file, "", None, None, 0, runs, {}, held)


def polars(folder: Path, runs: int) -> Job:
    return job(folder, "polars_query", POLARS, 8 * GIB, runs)


def done(seen: Run) -> Run:
    if seen.outcome not in {Outcome.OK, Outcome.OUT_OF_MEMORY}:
        raise SystemExit(f"{seen.query}: {seen.outcome}: {seen.evidence}\n{seen.log}")
    return seen


def overhead(folder: Path, backend: Backend, times: int = 15) -> tuple[float, float]:
    """Return the median seconds of a run that does nothing, and of a bare interpreter."""
    isolated, bare = [], []
    for _ in range(times):
        began = time.perf_counter()
        run(folder, "nothing", NOTHING, backend, memory=GIB)
        isolated.append(time.perf_counter() - began)
        began = time.perf_counter()
        subprocess.run([sys.executable, "-P", "-c", "pass"], check=True)
        bare.append(time.perf_counter() - began)
    return median(isolated), median(bare)


def looking(folder: Path, backend: Backend) -> float:
    """Return the share of one core that looking takes: what four more seconds of sleep cost."""
    spent = []
    for seconds in (1, 5):
        before = processors()
        seen = run(folder, "asleep", ASLEEP.format(seconds), backend, memory=GIB)
        spent.append(processors() - before - (seen.times.cpu or 0))
    return (spent[1] - spent[0]) / 4


def processors() -> float:
    close_idle()  # Only processes that have ended count.
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def watched(folder: Path, backend: Backend, pairs: int) -> list[float]:
    """Return a polars query's times when looked at over those when not, in pairs in one process."""
    job = polars(folder, 2 * pairs)
    request = json.dumps({"number": 1, "job": job.to_json(), "backend": backend.name})
    command = [*backend.launcher, sys.executable, "-P", "-c", BLINKING]
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True) as supervisor:
        supervisor.stdin.write(f"{request}\n")
        supervisor.stdin.flush()  # and not closed: that would end the run
        seen = Observation.from_json(supervisor.stdout.readline().partition(" ")[2])
    if seen.end is not End.DONE:
        raise SystemExit(f"polars: {seen.end}\n{seen.log}")
    couples = zip(seen.hot[::2], seen.hot[1::2], strict=True)
    return [b / a if pair % 2 == 0 else a / b for pair, (a, b) in enumerate(couples)]


def enclosed(folder: Path, backend: Backend, pairs: int) -> list[float]:
    """Return a polars query's times in a worker under a limit over those in a bare process."""
    ratios = []
    for pair in range(pairs):
        order = (alone, isolated) if pair % 2 else (isolated, alone)
        found = {how: how(folder, backend) for how in order}
        ratios.append(found[isolated] / found[alone])
    return ratios


def isolated(folder: Path, backend: Backend) -> float:
    return min(done(execute(polars(folder, 3), backend)).times.hot)


def alone(folder: Path, backend: Backend) -> float:  # noqa: ARG001 - measured without any
    (folder / "alone.py").write_text(POLARS)
    text = ALONE.format(folder=str(folder), module="alone")
    done = subprocess.run([sys.executable, "-c", text], check=True, capture_output=True)
    return float(min(json.loads(done.stdout)))


def overshoot(folder: Path, backend: Backend, limit: int = 4 * GIB) -> tuple[float, float]:
    """Return the share of a limit by which an allocating program passed it, and its bytes/s."""
    found = [run(folder, "allocate", ALLOCATE, backend, memory=limit) for _ in range(3)]
    worst = max(seen.memory.charged or seen.memory.peak or 0 for seen in found)
    rate = max((seen.memory.peak or 0) / (seen.times.wall or 1) for seen in found)
    return worst / limit - 1, rate


def backends() -> list[Backend]:
    found = []
    for name in NAMES:
        try:
            found.append(choose_backend(name))
        except LimitError as error:
            print(f"left out: {error}", file=sys.stderr)
    return found


def format_ratios(ratios: list[float]) -> str:
    logs = dict(enumerate(map(math.log, ratios)))
    own = Spread(variance(logs.values()) / 2, (len(logs) - 1) / 2)
    low, high = estimate(logs, [own, own]).interval
    return f"{median(ratios):.4f} [{low:.4f}, {high:.4f}] in {len(ratios)} pairs"


def costs(folder: Path, backend: Backend) -> None:
    whole, bare = overhead(folder, backend)
    print(f"{backend.name}: a run that does nothing: {whole - bare:.3f} s over {bare:.3f} s")
    print(f"{backend.name}: looking: {100 * looking(folder, backend):.2f} % of a core")
    if backend.name != "none":
        over, rate = overshoot(folder, backend)
        print(f"{backend.name}: {100 * over:.2f} % over 4 GiB at {rate / 1e9:.1f} GB/s")


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--pairs", type=int, default=30)
    options.add_argument("--watching", action="store_true", help="only what watching a query costs")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for backend in backends():
            if not asked.watching:
                costs(folder, backend)
                ratios = enclosed(folder, backend, max(2, asked.pairs // 5))
                ratio = format_ratios(ratios)
                print(f"{backend.name}: a polars query in a worker over alone: {ratio}")
            ratios = watched(folder, backend, asked.pairs)
            print(
                f"{backend.name}: a polars query looked at over not: {format_ratios(ratios)}",
                flush=True,
            )


if __name__ == "__main__":
    main()
