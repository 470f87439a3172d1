"""One sweep as every report tells it, decided from the stored folders alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from statistics import median
from urllib.parse import quote

import numpy as np

from ...storage.folder import StoredComparison
from ...storage.records import Outcome, Run
from ...storage.sweeps import StoredSweep
from .. import sentences
from ..crossovers import Contest, Curve, compare, compare_points, estimate_curve
from ..model import Grid, Story
from ..statistics import load
from ..units import format_seconds, format_size
from .curves import (
    Facet,
    build_curves,
    find_end,
    find_failures,
    find_fastest,
    find_samples,
    find_startup,
    measure_peaks,
    split_facets,
)
from .growth import MemoryForecast, SpeedUp, describe_growth, describe_speedup, forecast_memory
from .model import Line, Panel, PointLink, SweepView
from .words import (
    SizeFormat,
    describe_contest,
    describe_fixed,
    describe_help,
    describe_miss,
    describe_need,
    describe_power,
    describe_reach,
    describe_slope,
)
from .words import (
    describe_speedup as tell_speedup,
)

DRAWN = 40  # samples of a curve
GIB = 2**30
USUAL_MEMORY = 16 * GIB
ALL = "all questions"
NOTHING = "No run of this sweep has ended yet; go on with --resume."
TIMES = "Median over rounds of each round's fastest hot run; `—` was not run."
ENDS = " A curve ends where an engine ran out of memory or time: {harder} were not tried."
HARDER = {1: "larger sizes", -1: "smaller limits"}
CROSSOVERS = (
    "An engine overtakes another where its curve certainly crosses the other's; brackets hold the "
    "95 % interval of that size or, where nothing ran in two rounds, the sizes at which the two "
    "are within a factor of 3. The curves are fitted to a + b·n^c and meet the measurements. "
    "All questions: the geometric mean of the questions' ratios."
)
GROWTH = (
    "Time of a hot run and of loading: a + b·n^c. Fixed is a; the power c has its 95 % interval, "
    "and needs four sizes. Start-up is the median over all sizes."
)
MEMORY = (
    "Peak memory of all processes until the query ends, of the question that needs most: a line "
    "through the peaks of all sizes{start}. The largest was held out and predicted from the "
    "others: the miss says how wrong that was. The interval is as wide as the miss, and at least "
    "15 %, because peaks vary from run to run. The peak is not the need: an engine may use less "
    "under a limit (`dfbench floor`)."
)
START = " and what the engine holds at its start"
CLUSTERS = (
    "Times on a cluster are those of queries on loaded data, from this machine: they include "
    "neither its start-up nor its price, and workers on this machine share its cores."
)
SPEEDUP = (
    "Speed-up over the smallest number of threads, with its 95 % interval. Serial: the share of "
    "the time that does not shrink with threads, by Amdahl's law, over the time of one thread."
)


def build(stored: StoredSweep) -> SweepView:
    """Return a stored sweep, finished or not, as the reports tell it."""
    if not any(point.comparison.runs for point in stored.points):
        return _build_empty(stored)
    facets = split_facets(stored)
    first = facets[0].materials[0].stored.head
    form = SizeFormat(facets[0].kind)
    limits = {n: limit for n, limit in first.limits.items() if n not in stored.head.axes}
    return SweepView(
        workload=first.workload,
        about=first.about,
        setting=sentences.describe_setting(replace(first, dataset={}, limits=limits)),
        axis=facets[0].axis,
        unit=facets[0].kind.unit,
        logarithmic=facets[0].sizes[0] > 0,
        sentences=tuple(s for facet in facets for s in _write_sentences(facet, form)),
        warnings=(*stored.warnings, *_warn(facets)),
        panels=tuple(panel for facet in facets for panel in _draw(facet)),
        stories=tuple(story for facet in facets for story in _describe_stories(facet, form)),
        points=tuple(
            PointLink(
                ", ".join(f"{n} = {v:,}" for n, v in point.values.items()),
                point.folder,
                f"{quote(point.folder)}/report.html",
            )
            for point in stored.head.points
        ),
        command=stored.head.command,
    )


def _build_empty(stored: StoredSweep) -> SweepView:
    head = stored.head
    axis = next(iter(head.axes), "")
    lists = (head.workload, "", head.began[:10], axis, axis)
    return SweepView(*lists, True, (NOTHING,), stored.warnings, (), (), (), head.command)


def _warn(facets: Sequence[Facet]) -> Iterator[str]:
    """Yield what makes all points doubtful: clusters, cores, noise, a single round."""
    materials = [material for facet in facets for material in facet.materials]
    yield from _describe_partial([material.stored for material in materials])
    runs = tuple(run for material in materials for run in material.stored.runs)
    yield from sentences.write_run_warnings(replace(materials[0].stored, runs=runs))
    if materials[0].stored.head.limits.get("clusters"):
        yield CLUSTERS
    rounds = [len(own) for one in materials for own in one.timings.samples.values() if own]
    if rounds and max(rounds) < 2:
        yield "Each program ran in one round: only differences beyond a factor of 3 are decided."


def _describe_partial(points: Sequence[StoredComparison]) -> Iterator[str]:
    """Yield that a sweep was interrupted: its answers are compared once all runs have ended."""
    unchecked = [one for one in points if not one.agreements]
    counted = map(sentences.count_runs, points)
    ended, planned = (sum(counts) for counts in zip(*counted, strict=True))
    if ended < planned and any(run.outcome is Outcome.OK for one in unchecked for run in one.runs):
        yield (
            f"This sweep is partial: {ended} of {planned} planned runs have finished; go on with "
            "--resume."
        )


def _write_sentences(facet: Facet, form: SizeFormat) -> Iterator[str]:
    """Yield the sentences over all questions, then where curves end."""
    prefix = f"{facet.title}: " if facet.title else ""
    for engine in facet.engines:
        if engine != facet.baseline:
            contest = _compare_over(facet, engine)
            if contest:
                yield prefix + describe_contest(engine, facet.baseline, contest, form)
    for engine in facet.engines:
        if facet.axis == "threads" and (found := _list_speedups(facet, engine)):
            first, last = form.name(facet.sizes[0]), form.name(facet.sizes[-1])
            yield prefix + describe_help(engine, list(found.values()), (first, last))
    for engine in facet.engines:
        ends = {q: end for q in facet.queries if (end := find_end(facet, engine, q))}
        for size_, outcome in dict.fromkeys((end.size, end.outcome) for end in ends.values()):
            own = [q for q, end in ends.items() if (end.size, end.outcome) == (size_, outcome)]
            word = "runs out of memory" if outcome is Outcome.OUT_OF_MEMORY else "runs out of time"
            yield f"{prefix}{engine} {word} at {form.name(size_)} on {', '.join(own)}"
    limit = _find_memory(facet)
    for engine, need in _forecast(facet).items():
        if not (need.problem or _runs_on_cluster(facet, engine)) and need.reach(limit):
            yield prefix + describe_need(engine, need, limit, form)


def _runs_on_cluster(facet: Facet, engine: str) -> bool:
    """Return whether peaks are those of a worker, which this machine's memory does not bound."""
    runs = (own for one in facet.materials for (name, _), own in one.runs.items() if name == engine)
    return any(run.memory.workers for own in runs for run in own)


def _compare_over(facet: Facet, engine: str) -> Contest | None:
    own, base = (build_curves(facet, name, find_fastest) for name in (engine, facet.baseline))
    pairs = [(own[query], base[query]) for query in own if query in base]
    return _compare(facet, pairs) if pairs else None


def _compare(facet: Facet, pairs: Sequence[tuple[Curve, Curve]]) -> Contest | None:
    return compare(pairs) if facet.kind.ordered else compare_points(pairs)


def _draw(facet: Facet) -> Iterator[Panel]:
    curves = {engine: build_curves(facet, engine, find_fastest) for engine in facet.engines}
    questions = facet.materials[0].stored.head.queries
    for query in facet.queries:
        lines = (_draw_line(facet, engine, query, curves[engine]) for engine in facet.engines)
        drawn = tuple(line for line in lines if line.runs or line.end is not None)
        yield Panel(facet.title, query, str(questions.get(query, "")), drawn)


def _draw_line(facet: Facet, engine: str, query: str, curves: Mapping[str, Curve]) -> Line:
    samples = find_samples(facet, engine, query, find_fastest)
    runs = [(facet.sizes[number], time) for number, times in samples.items() for time in times]
    end = find_end(facet, engine, query)
    ending = f"{end.outcome}: {end.evidence}" if end else ""
    curve = curves.get(query)
    drawn = _sample_curve(curve) if curve else ()
    return Line(engine, tuple(runs), drawn, end.size if end else None, ending)


def _sample_curve(curve: Curve) -> tuple[tuple[float, float, float, float], ...]:
    low, high = curve.trend.place_values(curve.trend.x[[0, -1]])
    even = np.linspace(low, high, DRAWN)
    sizes = np.union1d(np.exp(even) if curve.trend.x[0] > 0 else even, curve.trend.x)
    sizes = np.clip(sizes, *curve.sizes)
    logs, halves = estimate_curve(curve, sizes)
    bands = (np.exp(np.clip(band, -300, 300)) for band in (logs, logs - halves, logs + halves))
    return tuple(zip(sizes.tolist(), *(band.tolist() for band in bands), strict=True))


def _describe_stories(facet: Facet, form: SizeFormat) -> Iterator[Story]:
    after = f" ({facet.title})" if facet.title else ""
    harder = HARDER.get(facet.kind.harder)
    ends = ENDS.format(harder=harder) if harder else ""
    yield Story(f"Times{after}", tuple(_tabulate_times(facet, form)), TIMES + ends)
    grid = _tabulate_contests(facet, form)
    if grid.rows:
        yield Story(f"Crossovers{after}", (grid,), CROSSOVERS)
    if facet.axis == "threads":
        yield Story(f"Speed-up{after}", (_tabulate_speedups(facet),), SPEEDUP)
    if facet.kind.harder > 0:
        yield Story(f"Growth{after}", tuple(_tabulate_growth(facet)), GROWTH)
    memory = _tabulate_memory(facet, form)
    if memory.rows:
        start = START if facet.kind.amount else ""
        yield Story(f"Memory{after}", (memory,), MEMORY.format(start=start))
    failures = _tabulate_failures(facet, form)
    if failures.rows:
        yield Story(f"Failures{after}", (failures,), "Each outcome at the smallest size it had.")


def _tabulate_times(facet: Facet, form: SizeFormat) -> Iterator[Grid]:
    for query in facet.queries:
        samples = {
            engine: find_samples(facet, engine, query, find_fastest) for engine in facet.engines
        }
        rows = [
            (
                form.name(length),
                *(_describe_time(facet, e, query, number, samples[e]) for e in facet.engines),
            )
            for number, length in enumerate(facet.sizes)
        ]
        yield Grid(query, ("size", *facet.engines), rows)


def _describe_time(
    facet: Facet, engine: str, query: str, number: int, samples: Mapping[int, Sequence[float]]
) -> str:
    if number in samples:
        return format_seconds(median(samples[number]))
    material = facet.materials[number]
    if (engine, query) in material.wrong:
        return str(Outcome.WRONG)
    runs: Sequence[Run] = material.runs.get((engine, query), ())
    bad = [run.outcome for run in runs if run.outcome is not Outcome.OK]
    return str(bad[0]) if bad else "—"


def _tabulate_contests(facet: Facet, form: SizeFormat) -> Grid:
    curves = {engine: build_curves(facet, engine, find_fastest) for engine in facet.engines}
    base, others = facet.baseline, [name for name in facet.engines if name != facet.baseline]
    rows = [
        (query, describe_contest(engine, base, _compare(facet, [(own, curves[base][query])]), form))
        for query in facet.queries
        for engine in others
        if query in curves.get(base, {}) and (own := curves[engine].get(query))
    ]
    whole = [(ALL, describe_contest(e, base, found, form)) for e in others
             if (found := _compare_over(facet, e))]  # fmt: skip
    return Grid(f"Engines against {base}", ("question", "result"), [*whole, *rows])


def _tabulate_growth(facet: Facet) -> Iterator[Grid]:
    headings = ("engine", "start-up", "load: power", "query: fixed", "query: power")
    curves = {engine: (build_curves(facet, engine, find_fastest), build_curves(facet, engine, load))
              for engine in facet.engines}  # fmt: skip
    for query in facet.queries:
        rows = []
        for engine, (times, loads) in curves.items():
            if query not in times:
                continue
            grown = describe_growth(times[query])
            loading = describe_growth(loads[query]) if query in loads else None
            starts = find_samples(facet, engine, query, find_startup).values()
            start = median([time for own in starts for time in own] or [0.0])
            row = (describe_power(loading), describe_fixed(grown), describe_power(grown))
            rows.append((engine, format_seconds(start), *row))
        yield Grid(query, headings, rows)


def _tabulate_memory(facet: Facet, form: SizeFormat) -> Grid:
    limit = _find_memory(facet)
    headings = (
        "engine",
        f"bytes per {facet.kind.unit.removesuffix('s')}",
        "held-out miss",
        f"ends with {format_size(limit)}",
    )
    rows = [
        (
            engine,
            describe_slope(found),
            describe_miss(found, form),
            found.problem or describe_reach(found, limit, form),
        )
        for engine, found in _forecast(facet).items()
    ]
    return Grid("Peak memory", headings, rows)


def _forecast(facet: Facet) -> dict[str, MemoryForecast]:
    """Return the forecast of each engine that was measured at enough sizes."""
    if facet.kind.harder <= 0:
        return {}
    found = {name: forecast_memory(measure_peaks(facet, name)) for name in facet.engines}
    return {name: forecast for name, forecast in found.items() if forecast}


def _find_memory(facet: Facet) -> int:
    """Return the memory of the machine, else 16 GiB."""
    found = facet.materials[0].stored.head.machine.get("memory")
    return found if isinstance(found, int) and found > 0 else USUAL_MEMORY


def _tabulate_speedups(facet: Facet) -> Grid:
    rows = [
        (f"{engine} {query}", *tell_speedup(found))
        for engine in facet.engines
        for query, found in _list_speedups(facet, engine).items()
    ]
    most = f"{facet.sizes[-1]:.0f} threads"
    return Grid("Threads", ("engine and question", f"speed-up at {most}", "serial share"), rows)


def _list_speedups(facet: Facet, engine: str) -> dict[str, SpeedUp]:
    curves = build_curves(facet, engine, find_fastest)
    found = {query: describe_speedup(curve) for query, curve in curves.items()}
    return {query: one for query, one in found.items() if one}


def _tabulate_failures(facet: Facet, form: SizeFormat) -> Grid:
    rows = [
        (f"{engine} {query}", form.name(length), str(outcome), evidence)
        for engine, query, length, outcome, evidence in find_failures(facet)
    ]
    return Grid("What failed", ("engine and question", "size", "outcome", "evidence"), rows)
