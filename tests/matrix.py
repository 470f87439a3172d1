"""Every engine under every limit: are all endings right, monotone in the limit, and in time?

    python -m tests.matrix [--rows 1e6] [--engine NAME]... [--query NAME]... [--tries 1]
        [--seconds 60]

Right is: ok with the oracle's answer; out of memory by the kernel's, the watchdog's or the engine's
own word; a timeout that memory pressed for. A crash or a wrong answer is not right. Monotone is: no
failure above a limit under which every try was ok. In time is: 5 seconds after the time limit.
Prints counts; the exit code is 1 when any ending is wrong, late, or bends the line. Clusters
(modin, dask/distributed, modin/dask) take a minute and more for a run, so they are to be named.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

from dfbench.comparison import oracle
from dfbench.comparison.plan import Plan, make_plan
from dfbench.datasets.cache import default_folder
from dfbench.datasets.dataset import make_dataset
from dfbench.engines.base import Program
from dfbench.execution.executor import execute, warm_page_cache
from dfbench.execution.job import Job
from dfbench.execution.limits import choose_backend
from dfbench.spec.limits import Limits
from dfbench.spec.reader import read
from dfbench.spec.workload import Generated, Workload
from dfbench.storage.records import Outcome, Run
from dfbench.verification.agreement import Expected, compare_answer

MIB = 2**20
LIMITS = tuple(256 * MIB * 2**step for step in range(6))  # 256 MiB to 8 GiB
QUERIES = ("q1", "q6", "q8", "q10")
ENGINES = ("pandas", "polars", "duckdb", "datatable", "dask")
SLOWEST = 5.0  # after the limit of time, the start of two interpreters included


def planned(workload: Workload, rows: int, limit: int, seconds: float) -> Plan:
    dataset = replace(workload.dataset, rows=rows)
    assert isinstance(dataset, Generated)
    data = make_dataset(dataset, default_folder(os.environ))
    limits = Limits(memory=limit, time=seconds, threads=2)
    asked = replace(workload, dataset=dataset, limits=limits)
    return make_plan(asked, data, choose_backend(), default_folder(os.environ) / "answers")


def job(made: Plan, engine: str, query: str, folder: Path) -> Job | None:
    program = made.programs[engine, query]
    if not isinstance(program, Program) or made.interpreters[engine].problem:
        return None
    file = folder / "program.py"
    file.write_text(program.text)
    environment = made.engine(engine).environment(made.resources)
    return Job(
        engine, query, 1, made.interpreters[engine].path, file, program.sha,
        made.data.path, folder / "answer.arrow", 0, 1, environment, made.workload.limits,
    )  # fmt: skip


def ending(run: Run, made: Plan, answer: Path) -> str:
    """Return an outcome as the matrix counts it: with what is wrong, where it is."""
    if run.outcome is Outcome.OK:
        query = made.workload.query(run.query)
        expected = oracle.find_answer(made, query)
        assert isinstance(expected, Expected), expected
        agrees = compare_answer(expected, answer, query, made.data.rows).agrees
        return "ok" if agrees else "wrong answer"
    if run.outcome is Outcome.TIMEOUT and "memory pressure" not in run.evidence:
        return "timeout without pressure"
    return str(run.outcome)


RIGHT = {"ok", str(Outcome.OUT_OF_MEMORY), str(Outcome.TIMEOUT)}


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=float, default=1e6)
    options.add_argument("--engine", action="append")
    options.add_argument("--query", action="append")
    options.add_argument("--tries", type=int, default=1)
    options.add_argument("--seconds", type=float, default=60.0)
    given = options.parse_args()
    names, queries = given.engine or ENGINES, given.query or QUERIES
    workload = read("groupby")
    wanted = tuple(query for query in workload.queries if query.name in queries)
    workload = replace(workload, engines=tuple(names), queries=wanted)
    counts: Counter[str] = Counter()
    ends: dict[tuple[str, str], dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    with tempfile.TemporaryDirectory() as place:
        for limit in LIMITS:
            made = planned(workload, int(given.rows), limit, given.seconds)
            warm_page_cache(made.data.path)
            for engine in names:
                for query in queries:
                    for _ in range(given.tries):
                        told = tried(made, engine, query, Path(place), counts)
                        ends[engine, query][limit].append(told)
    show(ends)
    counts["not monotone"] = sum(map(bends, ends.values()))
    for name in ("runs", "not right", "late", "not monotone", *sorted(set(counts) - SHOWN)):
        print(f"{name}: {counts[name]}")
    return int(any(counts[name] for name in ("not right", "late", "not monotone")))


SHOWN = {"runs", "not right", "late", "not monotone"}


def tried(made: Plan, engine: str, query: str, place: Path, counts: Counter[str]) -> str:
    asked = job(made, engine, query, place)
    if asked is None:
        return "unsupported"
    assert asked.answer is not None
    asked.answer.unlink(missing_ok=True)
    began = time.monotonic()
    run = execute(asked, made.backend)
    seconds = time.monotonic() - began
    told = ending(run, made, asked.answer)
    late = seconds > (asked.limits.time or 0) + SLOWEST
    counts.update({"runs": 1, told: 1, "not right": told not in RIGHT, "late": late})
    if told not in RIGHT or late:
        size = (asked.limits.memory or 0) // MIB
        print(f"{engine} {query} {size} MiB, {seconds:.1f} s: {told}: {run.evidence}")
    return told


def bends(limits: dict[int, list[str]]) -> bool:
    """Return whether a run failed above a limit under which all were ok."""
    fine = [limit for limit, told in limits.items() if all(one == "ok" for one in told)]
    failed = [limit for limit, told in limits.items() if any(one != "ok" for one in told)]
    return bool(fine and failed and max(failed) > min(fine))


def show(ends: dict[tuple[str, str], dict[int, list[str]]]) -> None:
    print("engine, query: from the least limit to the most (MiB)", *(x // MIB for x in LIMITS))
    for (engine, query), limits in ends.items():
        words = ("+".join(sorted(set(limits[limit]))) for limit in LIMITS)
        print(f"{engine:12} {query:4}", " | ".join(words))


if __name__ == "__main__":
    sys.exit(main())
