"""Generated programs against those of `by_hand`, in turns in one process; the fastest runs count.

    python benchmarks/programs.py [groupby] [apply] [join] [notebook] [-e ENGINE] [-q QUERY]
        [--rows 1e6] [--nulls 0,5] [--seconds 4] [--against ENGINE] [--keep FILE [--rest]]
        [--check] [--cpu]

Each engine has a process of its own. A pair of programs answers once untimed, and both answers
have to be the same; then they take turns. `--keep` adds the ratios to a file, and the table at the
end has all that the file holds, so that the questions can be measured in pieces. `--check` only
compares the answers; `--cpu` counts the process's CPU seconds, on a machine that is not quiet.
`-e pandas+numba --against pandas` asks the programs by hand of pandas, whose own group-bys are
faster than compiled ones at times. `--rest` leaves out what the file of `--keep` has already.
"""

from __future__ import annotations

import argparse
import csv
import gc
import importlib.util
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import astuple, dataclass, fields
from itertools import cycle
from math import isnan, nan
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
from dfbench.comparison.plan import Plan, make_plan
from dfbench.comparison.preparation import ANSWERS, find_dataset
from dfbench.comparison.request import Request
from dfbench.datasets.dataset import make_dataset
from dfbench.engines.base import Program
from dfbench.execution.limits import choose_backend
from dfbench.verification.agreement import derive_requirements
from dfbench.verification.answers import compare_answers
from dfbench.verification.differences import Requirements

ENGINES = ("pandas", "pandas+numba", "polars", "dask", "modin", "datatable", "duckdb")
WORKLOADS = ("groupby", "apply", "join")  # `notebook` is asked for by name
LEAST_RUNS = 3
Run = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Pair:
    """A generated program, and the place of the one by hand."""

    workload: str
    engine: str
    query: str
    nulls: int
    program: str
    paths: tuple[str, ...]
    asked: Requirements
    against: str

    @property
    def by_hand(self) -> tuple[str, str]:
        """Return the module and the function that a person wrote."""
        prefix = "join_" if self.workload == "join" else ""
        folder = "by_hand.notebook" if self.workload == "notebook" else "by_hand"
        return f"{folder}.{self.against.rpartition('+')[2]}", f"{prefix}{self.query}"


@dataclass(frozen=True, slots=True)
class Measured:
    """The fastest run of each program, in seconds, and how the answers differ."""

    workload: str
    engine: str
    query: str
    nulls: int
    generated: float
    by_hand: float
    differs: str

    @property
    def ratio(self) -> float:
        """Return generated over by hand: below 1.05 is what we promise."""
        return self.generated / self.by_hand

    def __str__(self) -> str:
        question = f"{self.engine:13} {self.workload:8} {self.query:15} {self.nulls} %"
        times = f"{self.ratio:6.2f}  {self.generated:8.4f} s  {self.by_hand:8.4f} s"
        measured = "" if isnan(self.generated) else times
        return f"{question}  {measured}  {self.differs or 'same answer'}"


def main() -> None:
    asked = parse()
    os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)  # Ray's workers import by_hand too
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])  # as the workloads' limits ask
    results = [one for engine in asked.engines.split(",") for one in measure_engine(engine, asked)]
    if not results:
        sys.exit(f"nothing to measure for {asked.engines}: it writes none of these questions")
    if asked.keep:
        results = keep(results, Path(asked.keep))
    if not asked.check:
        print_table(results)
    sys.exit(any(result.differs for result in results))


def parse() -> argparse.Namespace:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("workloads", nargs="*", default=WORKLOADS)
    parser.add_argument("-e", "--engines", default=",".join(ENGINES))
    parser.add_argument("-q", "--queries", default="")
    parser.add_argument("--rows", default="1e6")
    parser.add_argument("--nulls", default="0,5", help="per cent of missing values")
    parser.add_argument("--seconds", type=float, default=4, help="for each pair")
    parser.add_argument("--against", default="", help="the engine of the programs by hand")
    parser.add_argument("--keep", help="a CSV file")
    parser.add_argument("--rest", action="store_true", help="only what the file has not")
    parser.add_argument("--check", action="store_true", help="only compare the answers")
    parser.add_argument("--cpu", action="store_true", help="count CPU seconds, without workers")
    asked = parser.parse_args()
    if asked.rest and not asked.keep:
        parser.error("--rest needs --keep FILE")
    return asked


def measure_engine(engine: str, asked: argparse.Namespace) -> Iterator[Measured]:
    """Yield the result of each question that an engine answers, printing it as it comes."""
    with tempfile.TemporaryDirectory() as folder:
        pairs = list(write_pairs(engine, asked, Path(folder)))
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=spawn) as pool:
            for pair in pairs:
                seconds = 0 if asked.check else asked.seconds
                result = pool.submit(measure, pair, seconds, cpu=asked.cpu).result()
                print(result, flush=True)
                yield result


def write_pairs(engine: str, asked: argparse.Namespace, folder: Path) -> Iterator[Pair]:
    """Make the data and write the programs; the engine's variables are those of this process."""
    for nulls in map(int, asked.nulls.split(",")):
        for name in asked.workloads:
            plan = plan_workload(name, engine, asked, nulls)
            os.environ.update(plan.find_engine(engine).environment(plan.resources))
            for query in plan.workload.queries:
                program = plan.programs[engine, query.name]
                question = (name, engine, query.name, nulls)
                if not isinstance(program, Program) or not is_asked(question, asked):
                    continue
                path = folder / f"{name}_{query.name}_{nulls}.py"
                path.write_text(program.text)
                paths = (str(plan.data.path), *map(str, plan.data.find_joins(query)))
                kept = derive_requirements(query, plan.data.rows)
                against = asked.against or engine
                yield Pair(*question, str(path), paths, kept, against)


def is_asked(question: tuple[str, str, str, int], asked: argparse.Namespace) -> bool:
    """Return whether a question is among those asked for, and not measured already."""
    if asked.queries and question[2] not in asked.queries.split(","):
        return False
    kept = read_kept(Path(asked.keep)) if asked.rest else []
    return question not in {astuple(result)[:4] for result in kept}


def plan_workload(name: str, engine: str, asked: argparse.Namespace, nulls: int) -> Plan:
    overrides = {"dataset.rows": asked.rows, "dataset.nulls": str(nulls)}
    request = Request(name, engines=(engine,), overrides=overrides)
    workload = request.read()
    data = make_dataset(find_dataset(workload), request.cache)
    return make_plan(workload, data, choose_backend(), request.cache / ANSWERS)


def measure(pair: Pair, seconds: float, *, cpu: bool) -> Measured:
    """Compare both answers, and take turns for so many seconds; a failure is a difference."""
    times, differs = (nan, nan), ""
    try:
        ours, theirs, collect = load_pair(pair)
        verdict = compare_answers(collect(ours()), collect(theirs()), pair.asked)
        differs = "" if verdict.agrees else verdict.reason
        clock = time.process_time if cpu else time.perf_counter
        times = interleave(ours, theirs, seconds, clock) if seconds else times
    except Exception as error:  # noqa: BLE001 - an engine may raise anything
        differs = f"{type(error).__name__}: {str(error)[:300]}"
    return Measured(pair.workload, pair.engine, pair.query, pair.nulls, *times, differs)


def load_pair(pair: Pair) -> tuple[Run, Run, Callable[[Any], pa.Table]]:
    """Return the queries of both programs over loaded data, and what turns answers into Arrow."""
    program = load_program(Path(pair.program))
    hand = importlib.import_module(pair.by_hand[0])
    ours = as_arguments(program.load(*pair.paths))
    theirs = as_arguments(hand.load(*pair.paths)) if hasattr(hand, "load") else ours
    finish = getattr(hand, "finish", lambda answer: answer)
    asked = getattr(hand, pair.by_hand[1])
    return (
        lambda: program.query(*ours),
        lambda: finish(asked(*theirs, missing=pair.nulls > 0)),
        program.rows,
    )


def load_program(path: Path) -> ModuleType:
    """Import a program; the first one of a process starts what its engine needs."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    if hasattr(program, "start") and not STARTED:
        STARTED.append(program.start())
    return program


STARTED: list[Any] = []


def as_arguments(loaded: Any) -> tuple[Any, ...]:  # noqa: ANN401
    return loaded if isinstance(loaded, tuple) else (loaded,)


def interleave(
    ours: Run, theirs: Run, seconds: float, clock: Callable[[], float]
) -> tuple[float, float]:
    """Return the fastest run of each; who begins changes from turn to turn."""
    times: dict[Run, list[float]] = {ours: [], theirs: []}
    until = time.perf_counter() + seconds
    for order in cycle([(ours, theirs), (theirs, ours)]):
        for run in order:
            times[run].append(time_run(run, clock))
        if len(times[ours]) >= LEAST_RUNS and time.perf_counter() > until:
            break
    return min(times[ours]), min(times[theirs])


def time_run(run: Run, clock: Callable[[], float]) -> float:
    gc.collect()
    began = clock()
    answer = run()
    ended = clock()
    del answer
    return ended - began


def keep(results: list[Measured], path: Path) -> list[Measured]:
    """Add results to a file, in place of older ones of their questions; return all of the file."""
    found = {astuple(result)[:4]: result for result in (*read_kept(path), *results)}
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(field.name for field in fields(Measured))
        writer.writerows(map(astuple, found.values()))
    return list(found.values())


def read_kept(path: Path) -> list[Measured]:
    return list(map(read_result, csv.DictReader(path.open()))) if path.exists() else []


def read_result(row: dict[str, str]) -> Measured:
    times = float(row["generated"]), float(row["by_hand"])
    question = row["workload"], row["engine"], row["query"], int(row["nulls"])
    return Measured(*question, *times, row["differs"])


def print_table(results: list[Measured]) -> None:
    """Print a line for each question, a column for each engine, and each column's summary."""
    engines = list(dict.fromkeys(result.engine for result in results))
    questions = dict.fromkeys((r.workload, r.query, r.nulls) for r in results)
    found = {(r.engine, r.workload, r.query, r.nulls): r.ratio for r in results}
    print("\n" + " " * 28 + "".join(f"{engine:>14}" for engine in engines))
    for question in questions:
        cells = [found.get((engine, *question), nan) for engine in engines]
        workload, query, nulls = question
        print(f"{workload:8} {query:15} {nulls} %" + "".join(map(show, cells)))
    for name, summary in (("median", statistics.median), ("worst", max)):
        columns = [[r.ratio for r in results if r.engine == engine] for engine in engines]
        print(f"{name:28}" + "".join(show(summary(column)) for column in columns))
    everything = [result.ratio for result in results]
    print(f"all: median {statistics.median(everything):.2f}, worst {max(everything):.2f}")


def show(ratio: float) -> str:
    return f"{'':>14}" if isnan(ratio) else f"{ratio:14.2f}"


if __name__ == "__main__":
    main()
