"""Comparisons made by code, as a folder holds them: whole, partial, failed. Seeded, no clock."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from dfbench.storage import folder
from dfbench.storage.records import (
    Agreement,
    Disagreement,
    Head,
    Memory,
    Noise,
    Outcome,
    Phase,
    Run,
    Times,
)

GIB = 2**30
HOSTILE = "<script>alert(1)</script>\"'|`*&"
ENGINES = {
    "pandas": ("2.3.3", 1.0, 3.2),
    "pandas+numba": ("2.3.3", 0.8, 3.3),
    "polars": ("2.1.0", 0.22, 1.1),
    "polars/in-memory": ("2.1.0", 0.25, 1.3),
    "dask": ("2026.8.0", 1.7, 2.9),
    "modin": ("0.37.1", 2.4, 5.0),
    "datatable": ("1.1.0", 0.45, 1.9),
    "duckdb": ("2.0.0", 0.27, 0.9),
}
QUESTIONS = {
    "q1": "sum v1 by id1",
    "q2": "sum v1 by id1, id2",
    "q3": "sum v1, mean v3 by id3",
    "q4": "mean v1, v2, v3 by id4",
    "q5": "sum v1, v2, v3 by id6",
    "q6": "median v3, sd v3 by id4, id5",
    "q7": "max v1 - min v2 by id3",
    "q8": "largest two v3 by id6",
    "q9": "r2 of v1, v2 by id2, id4",
    "q10": "sum v3, count by id1 to id6",
}


def head(
    engines: Sequence[str] = tuple(ENGINES),
    queries: Sequence[str] = tuple(QUESTIONS),
    rounds: int = 3,
    **changes: Any,
) -> Head:
    made = Head(
        workload="groupby",
        about="the ten group-by questions of db-benchmark",
        source="name: groupby\nengines: [pandas, polars]\n",
        file="workloads/groupby.yaml",
        command="dfbench compare groupby --memory 2GiB",
        began="2026-01-31T12:00:00",
        queries={query: QUESTIONS[query] for query in queries},
        engines={engine: {"version": ENGINES[engine][0]} for engine in engines},
        dataset={"name": "G1_1e7_1e2_0_0", "rows": 10_000_000, "bytes": 510_000_000},
        limits={"memory": 2 * GIB, "time": 300.0, "threads": 2, "held": "cgroup v1"},
        measure={"rounds": rounds, "runs": 3, "planned": len(engines) * len(queries) * rounds},
        machine={"cpu": "Xeon", "cores": 2, "memory": 24 * GIB},
        baseline="pandas",
        dfbench="0.1.0",
    )
    return replace(made, **changes)


def ok(engine: str, query: str, number: int, seed: random.Random, hot: int = 3) -> Run:
    _, speed, memory = ENGINES[engine]
    base = speed * (0.2 + 0.15 * int(query[1:]))
    hots = tuple(round(base * seed.uniform(1.0, 1.04), 6) for _ in range(hot))
    times = Times(
        interpreter=0.02, startup=0.5, load=round(base / 2, 6), cold=round(base * 1.4, 6),
        warmups=(round(base * 1.1, 6),), hot=hots, collect=0.01, wall=round(base * 8, 6),
    )  # fmt: skip
    peak = int(memory * GIB * (0.5 + 0.05 * int(query[1:])))
    return Run(
        engine, query, number, Outcome.OK, times=times, memory=Memory(peak=peak, measure="rss"),
        noise=Noise(0.02, 0.0), program=folder.build_program_path(engine, query), rows=100,
    )  # fmt: skip


def failed(engine: str, query: str, number: int) -> Run | None:
    match engine, query:
        case "datatable", "q10":
            return Run(
                engine, query, number, Outcome.OUT_OF_MEMORY, Phase.QUERY,
                "the kernel killed it at 2 GiB (oom_kill 1)", "Killed\n",
                memory=Memory(peak=2 * GIB, measure="rss"),
            )  # fmt: skip
        case "datatable", "q6":
            return Run(
                engine, query, number, Outcome.UNSUPPORTED, Phase.STARTUP,
                "datatable has no median by group that skips missing values",
            )  # fmt: skip
        case "modin", "q9" if number == 1:
            return Run(
                engine, query, number, Outcome.TIMEOUT, Phase.COLLECT,
                "300 s passed", "Traceback\n  <lambda> | x\n",
            )  # fmt: skip
    return None


def runs(the_head: Head, hot: int = 3) -> Iterator[Run]:
    seed = random.Random(the_head.measure.get("seed", 7))
    for number in range(the_head.measure["rounds"]):
        for engine in the_head.engines:
            for query in the_head.queries:
                yield failed(engine, query, number) or ok(engine, query, number, seed, hot)


def agreements(the_head: Head) -> Iterator[Agreement]:
    for query in the_head.queries:
        wrong = query == "q8" and "dask" in the_head.engines
        differ = Disagreement(
            "dask", "3 of 100 rows differ in v3", (("id6", "v3", "expected"), ("7", "1.5", "2.5"))
        )
        agree = tuple(e for e in the_head.engines if not (wrong and e == "dask"))
        yield Agreement(query, "duckdb", agree, (differ,) if wrong else ())


def store(
    results: Path, the_head: Head, kept: int | None = None, checked: bool = True, hot: int = 3
) -> folder.Folder:
    made = folder.create(results, the_head)
    for run in list(runs(the_head, hot))[:kept]:
        made.append(run)
    for engine in the_head.engines:
        for query in the_head.queries:
            made.write_program(engine, query, program(engine, query))
    for agreement in agreements(the_head) if checked else ():
        made.append_agreement(agreement)
    return made


def hostile(results: Path) -> Path:
    """Store a comparison whose every name, text and value is an attempt at the reader."""
    the_head = head(
        workload=HOSTILE, about=HOSTILE, source=HOSTILE, command=HOSTILE, dfbench=HOSTILE,
        engines=(), queries=(), rounds=0,
        baseline=HOSTILE, machine={HOSTILE: HOSTILE}, dataset={HOSTILE: [HOSTILE]},
        limits={"held": {HOSTILE: HOSTILE}},
    )  # fmt: skip
    names = {"engines": {HOSTILE: {"version": HOSTILE}}, "queries": {HOSTILE: HOSTILE, "q1": "x"}}
    made = folder.create(results, replace(the_head, **names))
    run = next(runs(head(engines=("pandas",), queries=("q1",))))
    made.append(replace(run, engine=HOSTILE))
    made.append(
        replace(
            run, engine=HOSTILE, query=HOSTILE, outcome=Outcome.CRASHED,
            evidence=HOSTILE, log=HOSTILE,
        )
    )  # fmt: skip
    differ = Disagreement("pandas", HOSTILE, ((HOSTILE, HOSTILE),))
    made.append_agreement(Agreement(HOSTILE, HOSTILE, (HOSTILE,), (differ,)))
    made.write_program(HOSTILE, HOSTILE, f"# {HOSTILE}\n# ```\n</code></pre>")
    return made.path


def program(engine: str, query: str) -> str:
    library = engine.partition("/")[0].partition("+")[0]
    return f'''"""{query}: {QUESTIONS[query]}, by {engine}."""

import {library}


def load(path):
    return {library}.read_parquet(path)


def query(data):
    return data.groupby(["id1"]).agg(v1=("v1", "sum"))
'''
