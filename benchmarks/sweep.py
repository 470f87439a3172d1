"""What a sweep and a large comparison cost beyond their runs, and how well memory is forecast.

`python benchmarks/sweep.py overhead` takes about four minutes on two idle cores. It prints the
time of a sweep of 5 sizes, 4 engines and 3 questions over the sum of its runs (5 % above is
allowed), and the CPU time of dfbench itself: of one round, first with answers that the oracle has
to compute, then with those that it has kept; then with new answers and the rounds of a plain
`dfbench sweep groupby`. The data is made before the clock starts.

`python benchmarks/sweep.py forecast` takes about ten minutes. It prints by how much the peak at
4e6 rows of the ten questions misses the forecast from 1e4 to 1e6 rows (15 % are allowed), in a
plain sweep with that much time.

`python benchmarks/sweep.py large` takes about ten minutes. It prints the time of comparisons of 1e7
rows over the sum of their runs: all questions of `groupby` and of `join`, with new answers.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic, process_time

from dfbench.comparison import session as comparison
from dfbench.comparison.preparation import prepare
from dfbench.comparison.request import Request
from dfbench.comparison.session import SILENT
from dfbench.report.sweeps.curves import measure_peaks, split_facets
from dfbench.report.sweeps.growth import forecast_memory
from dfbench.report.sweeps.sweep import Sweep
from dfbench.sweeps import session
from dfbench.sweeps.points import make_points, read_axes

ENGINES = ("pandas", "polars", "duckdb", "dask")
MEASURED = ENGINES[:3]
LARGE = {"groupby": (*ENGINES, "datatable"), "join": ENGINES}
ONCE = {"measure.rounds": "1", "measure.budget": "null"}
TEN_MINUTES = {"measure.budget": "10min"}


def print_overhead(place: Path) -> None:
    once = Request("groupby", ENGINES, ("q1", "q3", "q5"), ONCE, place, cache=place / "once")
    plain = replace(once, overrides={}, cache=place / "plain")
    sweeps = {"one round, new answers": once, "one round, kept answers": once}
    for words, request in {**sweeps, "plain sweep, new answers": plain}.items():
        swept, wall, cpu = run(request, "rows=1e4..1e6:5")
        runs = [one for comparison in swept.comparisons for one in comparison.stored.runs]
        total = sum(one.times.wall or 0.0 for one in runs)
        sys.stdout.write(f"{words}: sweep {wall:.1f} s, its {len(runs)} runs ")
        sys.stdout.write(f"{total:.1f} s: {wall / total - 1:+.1%}; ")
        sys.stdout.write(f"dfbench itself {cpu:.1f} s of CPU\n")


def print_forecast(place: Path) -> None:
    request = Request("groupby", MEASURED, (), TEN_MINUTES, place)
    swept, _, _ = run(request, "rows=1e4..1e6,4e6")
    (facet,) = split_facets(swept.stored)
    for engine in MEASURED:
        found = forecast_memory(measure_peaks(facet, engine))
        assert found is not None
        sys.stdout.write(f"{engine}: forecast at 4e6 rows misses by {found.miss:+.1%}\n")


def run(request: Request, over: str) -> tuple[Sweep, float, float]:
    """Return a sweep, and the seconds and CPU seconds that it took with its data made before."""
    workload = request.read()
    axes = read_axes(workload, [over])
    points, _ = make_points(request, workload, axes)
    for point in points:
        prepare(request, point.workload, SILENT)
    began, spent = monotonic(), process_time()
    swept = session.sweep(request, workload, axes)
    return swept, monotonic() - began, process_time() - spent


def print_large(place: Path) -> None:
    settings = {**ONCE, "dataset.rows": "1e7", "limits.memory": "12GiB"}
    for name, engines in LARGE.items():
        request = Request(name, engines, (), settings, place, cache=place / "cache")
        workload = request.read()
        prepare(request, workload, SILENT)
        began = monotonic()
        runs = comparison.compare(request, workload).stored.runs
        wall, total = monotonic() - began, sum(one.times.wall or 0.0 for one in runs)
        sys.stdout.write(f"{name}: {wall:.0f} s, its {len(runs)} runs {total:.0f} s: ")
        sys.stdout.write(f"{wall / total - 1:+.1%}\n")


PARTS = {"overhead": print_overhead, "forecast": print_forecast, "large": print_large}


def main(names: Sequence[str]) -> None:
    for name in names or PARTS:
        with tempfile.TemporaryDirectory() as place:
            PARTS[name](Path(place))


if __name__ == "__main__":
    main(sys.argv[1:])
