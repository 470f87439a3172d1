"""Crossovers: from which size on an engine is faster than another one, with 95 % intervals.

The logarithm of the ratio of two curves is a weighted sum of the measured points. A size is in the
interval where 0 is in Student's interval of that sum: Fieller's method (1954, "Some problems in
interval estimation"), which needs no crossover to exist. Degrees of freedom are Satterthwaite's.
Where nothing ran twice, only what lies beyond a factor of FAR is decided.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np

from .distributions import compute_student
from .statistics import FAR
from .trend import Numbers, Trend

STEPS = 100  # sizes at which two curves are compared


@dataclass(frozen=True, slots=True)
class Curve:
    """A trend over sizes, the variance of each point's logarithm, and its degrees of freedom.

    `known` says that the variances come from repeated rounds.
    """

    trend: Trend
    variances: Numbers
    freedoms: Numbers
    known: bool = True

    @property
    def sizes(self) -> tuple[float, float]:
        """Return the smallest and the largest measured size."""
        return float(self.trend.x[0]), float(self.trend.x[-1])


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where one curve crosses another: the size, its 95 % interval, and who is faster beyond."""

    at: float
    low: float
    high: float
    faster: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """A range of sizes over which an engine is certainly faster or slower, or neither is certain.

    `sign` is -1 where it is faster, 1 where it is slower, 0 where that is undecided.
    """

    sign: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Contest:
    """An engine against another over the sizes that both were measured at."""

    low: float
    high: float
    stretches: tuple[Stretch, ...]
    crossings: tuple[Crossing, ...]


def compare(curves: Sequence[tuple[Curve, Curve]]) -> Contest | None:
    """Compare an engine with another over some questions, by the mean of the ratios' logarithms.

    Each pair is the engine's curve and the other's. None where they share no range of sizes.
    """
    low = max(curve.sizes[0] for pair in curves for curve in pair)
    high = min(curve.sizes[1] for pair in curves for curve in pair)
    return compare_within(curves, low, high) if low < high else None


def compare_within(curves: Sequence[tuple[Curve, Curve]], low: float, high: float) -> Contest:
    """Compare over a range of sizes, beyond the measured ones too."""
    sizes = _spread_sizes(curves[0][0].trend, low, high)
    ratios, halves = estimate_ratios(curves, sizes)
    return _judge(sizes, ratios, halves)


def compare_points(curves: Sequence[tuple[Curve, Curve]]) -> Contest | None:
    """Compare at the measured points alone; None where the curves share none."""
    shared = set.intersection(*(set(one.trend.x.tolist()) for pair in curves for one in pair))
    if not shared:
        return None
    points = sorted(shared)
    signs = _decide(*estimate_ratios(curves, np.array(points)))
    stretches = (Stretch(int(sign), at, at) for sign, at in zip(signs, points, strict=True))
    return Contest(points[0], points[-1], tuple(stretches), ())


def estimate_ratios(
    curves: Sequence[tuple[Curve, Curve]], sizes: Numbers
) -> tuple[Numbers, Numbers]:
    """Return the mean logarithm of the ratios at some sizes, and half its 95 % interval."""
    ratios, parts, freedoms = np.zeros(len(sizes)), [], []
    for pair in curves:
        for curve, sign in zip(pair, (1, -1), strict=True):
            logs, weights = curve.trend.at(sizes)
            ratios += sign * logs / len(curves)
            parts.append((weights / len(curves)) ** 2 * curve.variances)
            freedoms.append(curve.freedoms)
    halves = find_half_widths(np.concatenate(parts, axis=1), np.concatenate(freedoms))
    known = all(curve.known for pair in curves for curve in pair)
    return ratios, halves if known else np.maximum(halves, math.log(FAR))


def estimate_curve(curve: Curve, sizes: Numbers) -> tuple[Numbers, Numbers]:
    """Return a curve's logarithms at some sizes, and half their 95 % intervals."""
    logs, weights = curve.trend.at(sizes)
    return logs, find_half_widths(weights**2 * curve.variances, curve.freedoms)


def find_half_widths(parts: Numbers, freedoms: Numbers) -> Numbers:
    """Return half the 95 % intervals of sums, from the variance that each part adds to each."""
    totals = parts.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        shared = totals**2 / (parts**2 / freedoms).sum(axis=1)
    known = np.where(totals > 0, np.nan_to_num(shared, nan=1.0), freedoms.min())
    quantiles = [compute_student(max(float(freedom), 1.0)) for freedom in known]
    return np.asarray(np.array(quantiles) * np.sqrt(totals))


def _spread_sizes(trend: Trend, low: float, high: float) -> Numbers:
    """Return sizes evenly on the axis, the measured ones among them."""
    first, last = trend.place_values(np.array([low, high]))
    even = np.linspace(first, last, STEPS)
    inside = trend.x[(trend.x > low) & (trend.x < high)]
    sizes = np.exp(even) if trend.x[0] > 0 else even
    sizes[0], sizes[-1] = low, high
    return np.union1d(sizes, inside)


def _decide(ratios: Numbers, halves: Numbers) -> Numbers:
    return np.where(ratios > halves, 1, np.where(ratios < -halves, -1, 0))


def _judge(sizes: Numbers, ratios: Numbers, halves: Numbers) -> Contest:
    signs = _decide(ratios, halves)
    runs = [list(group) for _, group in groupby(range(len(signs)), key=lambda i: int(signs[i]))]
    stretches = tuple(
        Stretch(int(signs[run[0]]), float(sizes[run[0]]), float(sizes[run[-1]])) for run in runs
    )
    decided = [run for run in runs if signs[run[0]]]
    crossings = _find_crossings(decided, sizes, ratios, halves)
    return Contest(float(sizes[0]), float(sizes[-1]), stretches, tuple(crossings))


def _find_crossings(
    decided: Sequence[Sequence[int]], sizes: Numbers, ratios: Numbers, halves: Numbers
) -> Iterator[Crossing]:
    for before, after in pairwise(decided):
        first, last = before[-1], after[0]
        sign = float(np.sign(ratios[first]))
        if sign == np.sign(ratios[last]):
            continue
        between = slice(first, last + 1)
        falling, half = sign * ratios[between], halves[between]
        edges = (falling, falling - half, falling + half)
        at, low, high = (_find_zero(sizes[between], edge) for edge in edges)
        yield Crossing(at, low, high, faster=sign > 0)


def _find_zero(sizes: Numbers, falling: Numbers) -> float:
    """Return the size at which numbers fall below 0 first, linear between neighbours."""
    below = int(np.argmax(falling <= 0))
    if below == 0:
        return float(sizes[0])
    share = falling[below - 1] / (falling[below - 1] - falling[below])
    return float(sizes[below - 1] * (sizes[below] / sizes[below - 1]) ** share)
