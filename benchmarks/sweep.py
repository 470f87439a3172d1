"""What a sweep costs beyond its runs, and how well memory is forecast: half an hour.

`python benchmarks/sweep.py` prints the time of a sweep of 5 sizes, 4 engines and 3 questions over
that of the same comparisons one by one (5 % are allowed), then by how much the
peak at 4e6 rows of `groupby` misses the forecast from up to 1e6 rows (15 % are allowed). The data
is made before the clock starts.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from dfbench.comparison.preparation import prepare
from dfbench.comparison.request import Request
from dfbench.comparison.session import SILENT, compare
from dfbench.report.sweeps.curves import measure_peaks, split_facets
from dfbench.report.sweeps.growth import forecast_memory
from dfbench.report.sweeps.sweep import Sweep
from dfbench.sweeps import session
from dfbench.sweeps.points import Point, make_points, read_axes

ENGINES = ("pandas", "polars", "duckdb", "dask")
MEASURED = ENGINES[:3]
QUESTIONS = ("q1", "q3", "q5")


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        print_overhead(Path(place))
        print_forecast(Path(place))


def print_overhead(results: Path) -> None:
    request, points = plan("rows=1e4..1e6:5", ENGINES, QUESTIONS, results, "2")
    apart = 0.0
    for point in points:
        began = perf_counter()
        compare(request, point.workload)
        apart += perf_counter() - began
    _, seconds = run("rows=1e4..1e6:5", ENGINES, QUESTIONS, results, "2")
    sys.stdout.write(f"sweep {seconds:.0f} s, its points one by one {apart:.0f} s: ")
    sys.stdout.write(f"{seconds / apart - 1:+.1%}\n")


def print_forecast(results: Path) -> None:
    swept, _ = run("rows=250000,500000,1e6,4e6", MEASURED, (), results, "1")
    (facet,) = split_facets(swept.stored)
    for engine in MEASURED:
        found = forecast_memory(measure_peaks(facet, engine))
        assert found is not None
        sys.stdout.write(f"{engine}: forecast at 4e6 rows misses by {found.miss:+.1%}\n")


def plan(
    over: str, engines: Sequence[str], queries: Sequence[str], results: Path, rounds: str
) -> tuple[Request, tuple[Point, ...]]:
    """Return a request and the points of its sweep, their data made."""
    chosen = {"measure.rounds": rounds, "measure.budget": "null"}
    request = Request("groupby", tuple(engines), tuple(queries), chosen, results)
    workload = request.read()
    points, _ = make_points(request, workload, read_axes(workload, [over]))
    for point in points:
        prepare(request, point.workload, SILENT)
    return request, points


def run(
    over: str, engines: Sequence[str], queries: Sequence[str], results: Path, rounds: str
) -> tuple[Sweep, float]:
    """Return a sweep, and the seconds that it took with its data made before."""
    request, _ = plan(over, engines, queries, results, rounds)
    workload = request.read()
    began = perf_counter()
    swept = session.sweep(request, workload, read_axes(workload, [over]))
    return swept, perf_counter() - began


if __name__ == "__main__":
    main()
