"""How cost grows with size, how much memory a larger size needs, and what threads are worth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..crossovers import Curve, find_half_widths
from ..trend import Numbers, invert

FEWEST_FORECAST = 3  # sizes: two for a line, and the one that is held out
LEAST_MISS = 0.15  # of a forecast: as much as peaks differ between runs and from a line
LARGEST_MISS = 1 / 3  # of the point that is held out; beyond it, a line is no forecast
LARGEST = 300.0  # the logarithm of a ratio of which nothing is known
LEAST_GROWN = 0.2  # of the largest peak: where less has grown, imports are all that was measured


@dataclass(frozen=True, slots=True)
class Growth:
    """A cost `a + b * n**c` with 95 % intervals of its power; `tested` says that c was fitted."""

    a: float
    b: float
    c: float
    low: float
    high: float
    tested: bool


@dataclass(frozen=True, slots=True)
class MemoryForecast:
    """A line `start + each * n` of bytes, tested by a line without the largest size.

    `miss` is how far that one missed the largest peak, as a share of it.
    """

    start: float
    each: float
    miss: float
    largest: float

    @property
    def problem(self) -> str:
        """Return why this is no forecast; empty where it is one."""
        if abs(self.miss) > LARGEST_MISS:
            return "no forecast: not a line"
        grown = self.each * self.largest
        return "" if grown >= LEAST_GROWN * (grown + self.start) else "no forecast: hardly grows"

    def reach(self, limit: float) -> tuple[float, float, float] | None:
        """Return the size at which a limit is reached, and an interval as wide as the miss.

        None where the start alone reaches the limit.
        """
        if self.start >= limit:
            return None
        at = (limit - self.start) / self.each
        factor = 1 + max(abs(self.miss), LEAST_MISS)
        return at, at / factor, at * factor


@dataclass(frozen=True, slots=True)
class SpeedUp:
    """Times over threads by Amdahl's law: the serial share and its 95 % interval.

    `most` is the largest number of threads, `speedup` the ratio of times there, with its interval.
    `known` says that runs were repeated: without that, intervals hold everything.
    """

    serial: float
    low: float
    high: float
    most: float
    speedup: tuple[float, float, float]
    known: bool


def describe_growth(curve: Curve) -> Growth | None:
    """Return how a curve's cost grows; None where no model describes it."""
    cost = curve.trend.cost
    if cost is None:
        return None
    half = _compute_half_width(curve, np.array([0.0, 0.0, 1.0]))
    return Growth(cost.a, cost.b, cost.c, cost.c - half, cost.c + half, curve.trend.free)


def forecast_memory(peaks: Mapping[float, float]) -> MemoryForecast | None:
    """Return the memory that a size needs, from peaks in bytes by size.

    The largest size is held out and foretold from those before. None with fewer than three sizes.
    Size 0, if there, is what the engine holds once it has started: where peaks vary between runs, a
    line through the large sizes alone turns with them.
    """
    if sum(size > 0 for size in peaks) < FEWEST_FORECAST:
        return None
    sizes, bytes_ = (np.array(values) for values in zip(*sorted(peaks.items()), strict=True))
    start, each = _fit_line(sizes[:-1], bytes_[:-1])
    miss = (start + each * sizes[-1]) / bytes_[-1] - 1
    return MemoryForecast(*_fit_line(sizes, bytes_), float(miss), float(sizes[-1]))


def describe_speedup(curve: Curve) -> SpeedUp | None:
    """Return Amdahl's law for a curve over threads; None where it was not fitted to one."""
    cost, threads = curve.trend.cost, curve.trend.x
    if cost is None or cost.c != -1:
        return None
    whole = cost.a + cost.b
    serial, most = cost.a / whole, float(threads[-1] / threads[0])
    log = float(curve.trend.logs[0] - curve.trend.logs[-1])
    ends = np.zeros((1, len(threads)))
    ends[0, [0, -1]] = curve.variances[[0, -1]]
    wide = float(find_half_widths(ends, curve.freedoms)[0]) if curve.known else LARGEST
    ratios = (math.exp(log), math.exp(log - wide), math.exp(log + wide))
    if cost.a > 0 and cost.b > 0:
        half = _compute_half_width(curve, np.array([cost.b, -cost.a, 0.0]) / whole**2)
        low, high = serial - half, serial + half
    else:  # at the edge of what the law describes, the fit has no slope to one side
        high, low = ((most / ratio - 1) / (most - 1) for ratio in ratios[1:])
    return SpeedUp(serial, max(0.0, low), min(1.0, high), most, ratios, curve.known)


def _compute_half_width(curve: Curve, gradient: Numbers) -> float:
    """Return half the 95 % interval of what has such a gradient over the model's a, b and c.

    It is infinite where nothing ran twice.
    """
    trend = curve.trend
    if not curve.known:
        return math.inf
    assert trend.cost is not None
    slopes = trend.cost.fit_slopes(trend.x, power=trend.free)
    weights = gradient @ invert(slopes)
    return float(find_half_widths(weights[None] ** 2 * curve.variances, curve.freedoms)[0])


def _fit_line(sizes: Numbers, values: Numbers) -> tuple[float, float]:
    """Return start and slope by least squares of bytes, not below 0: the largest size weighs most.

    Relative errors would let buffers and imports, which are all of a small peak, bend the line.
    """
    each, start = np.polyfit(sizes, values, 1)
    if start < 0:
        return 0.0, float(sizes @ values / (sizes @ sizes))
    return (float(start), float(each)) if each > 0 else (float(values.mean()), 0.0)
