"""From a stored sweep to curves: each engine's times and memory over the sizes of an axis."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

import numpy as np

from ...spec.sweep import AxisKind, find_kind
from ...storage.records import Outcome, Run
from ...storage.sweeps import StoredPoint, StoredSweep
from ..crossovers import Curve
from ..distributions import compute_student
from ..spread import Spread, estimate_prior, moderate, pool
from ..statistics import Taken, find_sample, pool_within
from ..trend import Numbers, Trend, connect, fit
from ..verdicts import Material, collect, find_outcome

CUT = {Outcome.OUT_OF_MEMORY, Outcome.TIMEOUT}
LEAST_VARIANCE = 1e-8  # of a logarithm: two equal times are no proof that all are
STEADY = 0.05  # half the 95 % interval of a mean peak, as a share; more rounds gain little
FEWEST_PEAKS = 3  # where there are two peaks, two runs often have the same
TESTED = 2  # sizes: the one that is held out, and the largest of those that foretell it
UNKNOWN = Spread(LEAST_VARIANCE, 1)  # where nothing ran twice


@dataclass(frozen=True, slots=True)
class Facet:
    """The points of a sweep that differ in one number alone, ascending.

    `title` has the values of the other numbers.
    """

    title: str
    axis: str
    kind: AxisKind
    sizes: tuple[float, ...]
    materials: tuple[Material, ...]

    @property
    def engines(self) -> tuple[str, ...]:
        """Return the engines of all points, in the order of the first one."""
        return tuple(dict.fromkeys(name for one in self.materials for name in one.engines))

    @property
    def queries(self) -> tuple[str, ...]:
        """Return the questions of all points, in the order of the first one."""
        return tuple(dict.fromkeys(name for one in self.materials for name in one.queries))

    @property
    def baseline(self) -> str:
        """Return the engine that the others are compared with."""
        return self.materials[0].baseline


@dataclass(frozen=True, slots=True)
class CurveEnd:
    """Where a curve ends before the last size: an outcome, and the evidence for it."""

    size: float
    outcome: Outcome
    evidence: str


def split_facets(stored: StoredSweep) -> tuple[Facet, ...]:
    """Return the facets of a sweep: one for each combination of the numbers beside the axis.

    The axis is the number with the most values.
    """
    axes = stored.head.axes
    axis = max(axes, key=lambda name: len(axes[name]))
    groups: dict[tuple[tuple[str, float], ...], list[StoredPoint]] = {}
    for point in stored.points:
        others = tuple((name, value) for name, value in point.values.items() if name != axis)
        groups.setdefault(others, []).append(point)
    kinds = {name: find_kind(name, axes) for name in axes}
    return tuple(
        _make_facet(axis, kinds, others, points) for others, points in groups.items() if points
    )


def _make_facet(
    axis: str,
    kinds: Mapping[str, AxisKind],
    others: Sequence[tuple[str, float]],
    points: Sequence[StoredPoint],
) -> Facet:
    ordered = sorted(points, key=lambda point: point.values[axis])
    title = ", ".join(f"{name} = {kinds[name].write(value)}" for name, value in others)
    sizes = tuple(float(point.values[axis]) for point in ordered)
    return Facet(title, axis, kinds[axis], sizes, tuple(collect(p.comparison) for p in ordered))


def find_fastest(run: Run) -> float | None:
    """Return the seconds of the fastest hot execution."""
    return find_sample(run)


def find_startup(run: Run) -> float | None:
    """Return the seconds of an engine's start."""
    return run.times.startup


def find_memory(run: Run) -> float | None:
    """Return the peak until the query's end, in bytes."""
    return run.memory.answering or run.memory.peak


def find_startup_memory(run: Run) -> float | None:
    """Return the peak of an engine's start, in bytes; None on a cluster, which runs already."""
    return run.memory.startup


def find_samples(facet: Facet, engine: str, query: str, taken: Taken) -> dict[int, list[float]]:
    """Return what each round measured, above 0, by the number of the point that was answered."""
    found = {}
    for number, material in enumerate(facet.materials):
        if (engine, query) not in material.timings.samples:
            continue
        values = [taken(run) for run in material.runs[engine, query]]
        if known := [value for value in values if value]:
            found[number] = known
    return found


def build_curves(facet: Facet, engine: str, taken: Taken) -> dict[str, Curve]:
    """Return an engine's curve on each question that it answered at two sizes or more.

    The variance of a point is pooled over its questions, and moderated by the engine's other
    points.
    """
    samples = {query: find_samples(facet, engine, query, taken) for query in facet.queries}
    spreads = _estimate_spreads(facet, engine, samples)
    return {
        query: _make_curve(facet, own, spreads) for query, own in samples.items() if len(own) > 1
    }


def _estimate_spreads(
    facet: Facet, engine: str, samples: Mapping[str, Mapping[int, Sequence[float]]]
) -> dict[int, Spread]:
    points = range(len(facet.sizes))
    pooled = {n: pool([own[n] for own in samples.values() if n in own]) for n in points}
    prior = estimate_prior([spread for spread in pooled.values() if spread])
    found = {}
    for number in points:
        least = max(_measure_least(facet.materials[number], engine), LEAST_VARIANCE)
        found[number] = moderate(pooled[number], prior, least) or UNKNOWN
    return found


def _measure_least(material: Material, engine: str) -> float:
    return pool_within(
        [run for (name, _), own in material.runs.items() if name == engine for run in own]
    )


def _make_curve(
    facet: Facet, samples: Mapping[int, Sequence[float]], spreads: Mapping[int, Spread]
) -> Curve:
    sizes = np.array([facet.sizes[number] for number in samples])
    logs = np.array([fmean(map(math.log, values)) for values in samples.values()])
    variances = [spreads[number].variance / len(values) for number, values in samples.items()]
    freedoms = np.array([spreads[number].freedom for number in samples])
    known = all(spreads[number] is not UNKNOWN for number in samples)
    return Curve(_choose_trend(facet, sizes, logs), np.array(variances), freedoms, known)


def _choose_trend(facet: Facet, sizes: Numbers, logs: Numbers) -> Trend:
    if facet.axis == "threads":
        return fit(sizes, logs, power=-1.0)  # Amdahl: a serial and a parallel part
    return fit(sizes, logs) if facet.kind.harder > 0 else connect(sizes, logs)


def find_end(facet: Facet, engine: str, query: str) -> CurveEnd | None:
    """Return where an engine did not survive a question; None where it always did."""
    sizes = list(zip(facet.sizes, facet.materials, strict=True))
    for size, material in sizes if facet.kind.harder >= 0 else reversed(sizes):
        bad = [run for run in material.runs.get((engine, query), ()) if run.outcome in CUT]
        if bad:
            return CurveEnd(size, bad[-1].outcome, bad[-1].evidence)
    return None


def find_failures(facet: Facet) -> Iterator[tuple[str, str, float, Outcome, str]]:
    """Yield engine, question, size, outcome and evidence of what failed, once for each outcome."""
    seen = set()
    for size, material in zip(facet.sizes, facet.materials, strict=True):
        for (engine, query), runs in material.runs.items():
            outcome = Outcome.WRONG if (engine, query) in material.wrong else find_outcome(runs)
            if outcome is Outcome.OK or (engine, query, outcome) in seen:
                continue
            seen.add((engine, query, outcome))
            bad = next((run.evidence for run in runs if run.outcome is outcome), "")
            yield engine, query, size, outcome, bad or material.wrong[engine, query].reason


def measure_peaks(facet: Facet, engine: str) -> dict[float, float]:
    """Return the largest peak of an engine over its questions, in bytes, for each size.

    It is a mean over rounds: an allocator that now keeps freed pages and now does not has two
    peaks, and a median is one of them. Sizes are left out at which a question has no answer that
    others have. Over an amount of data, size 0 has what the engine holds once it has started.
    """
    peaks = {facet.sizes[n]: fmean(own) for n, (_, own) in _find_peaks(facet, engine).items()}
    started = _list_startup_memory(facet, engine) if facet.kind.amount else []
    return {0.0: median(started), **peaks} if started and peaks else peaks


def find_unsteady_peaks(facet: Facet, engine: str) -> Iterator[tuple[int, str]]:
    """Yield the number of a point and the question that needs most there, if rounds differ much.

    Only the largest size and the one before it are asked: they bear the forecast, and its test.
    """
    if facet.kind.harder <= 0:
        return
    for number, (query, own) in list(_find_peaks(facet, engine).items())[-TESTED:]:
        if not _is_steady(own):
            yield number, query


def _is_steady(peaks: Sequence[float]) -> bool:
    spread = pool([peaks])
    if spread is None or len(peaks) < FEWEST_PEAKS:
        return False
    half = compute_student(spread.freedom) * math.sqrt(spread.variance / len(peaks))
    return half <= STEADY


def _find_peaks(facet: Facet, engine: str) -> dict[int, tuple[str, list[float]]]:
    """Return the question that needs most at each point, with its peaks in bytes."""
    answered = {q: find_samples(facet, engine, q, find_memory) for q in facet.queries}
    asked = {query: own for query, own in answered.items() if own}
    return {
        number: max(((q, own[number]) for q, own in asked.items()), key=lambda one: fmean(one[1]))
        for number in range(len(facet.sizes))
        if asked and all(number in own for own in asked.values())
    }


def _list_startup_memory(facet: Facet, engine: str) -> list[float]:
    samples = [find_samples(facet, engine, query, find_startup_memory) for query in facet.queries]
    return [held for own in samples for rounds in own.values() for held in rounds]
