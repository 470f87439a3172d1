"""What isolation costs: a run around its worker, looking at it, and what a limit lets through.

python benchmarks/isolation.py
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from dfbench.errors import LimitError
from dfbench.running.executing import execute
from dfbench.running.job import Job
from dfbench.running.limits import NAMES, Backend, choose
from dfbench.spec.workload import Limits
from dfbench.storing.records import Outcome, Run

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
GIB = 2**30


def run(folder: Path, name: str, text: str, backend: Backend, **limits: int | None) -> Run:
    file = folder / f"{name}.py"
    file.write_text(text)
    held = Limits(memory=limits.get("memory"), time=120.0, threads=limits.get("threads"))
    job = Job(
        "e", name, 0, sys.executable, file, "", None, None, 0, 3 if text == POLARS else 0, {}, held
    )
    seen = execute(job, backend)
    if seen.outcome not in {Outcome.OK, Outcome.OUT_OF_MEMORY}:
        raise SystemExit(f"{name}: {seen.outcome}: {seen.evidence}\n{seen.log}")
    return seen


def overhead(folder: Path, backend: Backend, times: int = 15) -> tuple[float, float]:
    """Give the median seconds of a run that does nothing, and of a bare interpreter."""
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
    """Give the share of one core that looking takes: what four more seconds of sleep cost."""
    spent = []
    for seconds in (1, 5):
        before = processors()
        seen = run(folder, "asleep", ASLEEP.format(seconds), backend, memory=GIB)
        spent.append(processors() - before - (seen.times.cpu or 0))
    return (spent[1] - spent[0]) / 4


def processors() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def watched(folder: Path, backend: Backend, pairs: int = 6) -> float:
    """Give a polars query's time when watched over its time alone: the median of paired ratios."""
    ratios = []
    for pair in range(pairs):
        order = (alone, isolated) if pair % 2 else (isolated, alone)
        found = {how: how(folder, backend) for how in order}
        ratios.append(found[isolated] / found[alone])
    return median(ratios)


def isolated(folder: Path, backend: Backend) -> float:
    return min(run(folder, "polars query", POLARS, backend, memory=8 * GIB).times.hot)


def alone(folder: Path, backend: Backend) -> float:  # noqa: ARG001 - measured without any
    (folder / "alone.py").write_text(POLARS)
    text = ALONE.format(folder=str(folder), module="alone")
    done = subprocess.run([sys.executable, "-c", text], check=True, capture_output=True)
    return float(min(json.loads(done.stdout)))


def overshoot(folder: Path, backend: Backend, limit: int = 4 * GIB) -> tuple[float, float]:
    """Give the share of a limit by which an allocating program passed it, and its bytes/s."""
    found = [run(folder, "allocate", ALLOCATE, backend, memory=limit) for _ in range(3)]
    worst = max(seen.memory.charged or seen.memory.peak or 0 for seen in found)
    rate = max((seen.memory.peak or 0) / (seen.times.wall or 1) for seen in found)
    return worst / limit - 1, rate


def backends() -> list[Backend]:
    found = []
    for name in NAMES:
        try:
            found.append(choose(name))
        except LimitError as error:
            print(f"left out: {error}", file=sys.stderr)
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for backend in backends():
            whole, bare = overhead(folder, backend)
            print(
                f"{backend.name}: a run that does nothing: {whole - bare:.3f} s over {bare:.3f} s"
            )
            print(f"{backend.name}: looking: {100 * looking(folder, backend):.2f} % of a core")
            if backend.name != "none":
                over, rate = overshoot(folder, backend)
                print(f"{backend.name}: {100 * over:.2f} % over 4 GiB at {rate / 1e9:.1f} GB/s")
            ratio = watched(folder, backend)
            print(f"{backend.name}: a polars query watched over alone: {ratio:.3f}")


if __name__ == "__main__":
    main()
