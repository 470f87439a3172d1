"""A curve through measured points: the model of a cost between them, the measurements at them.

The model is `a + b * x**c`, fitted to relative errors. What the points deviate from it is
interpolated linearly over log x and added. So the curve meets the measurements, has the model's
shape between them, and is a weighted sum of them, whose error follows from theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.float64]

POWERS = np.arange(0.1, 2.0 + 1e-9, 0.02)  # of the cost; beyond, no engine's cost has grown
FEWEST_FOR_POWER = 4  # points; three determine a power without any check


@dataclass(frozen=True, slots=True)
class Cost:
    """The model `a + b * x**c`, in seconds or bytes; all of them at least 0, but for the power."""

    a: float
    b: float
    c: float

    def __call__(self, x: Numbers) -> Numbers:
        """Return the cost at some sizes."""
        return np.asarray(self.a + self.b * x**self.c, dtype=np.float64)

    def fit_slopes(self, x: Numbers, *, power: bool) -> Numbers:
        """Return the derivatives of the cost's logarithm by a, b and c; 0 for what is fixed."""
        grown, whole = x**self.c, self(x)
        by_a = (self.a > 0) / whole
        by_b = (self.b > 0) * grown / whole
        by_c = power * self.b * grown * np.log(x) / whole
        return np.stack([by_a, by_b, by_c], axis=-1)


@dataclass(frozen=True, slots=True)
class Trend:
    """Measured points of a curve: sizes and logarithms of costs.

    `cost` is the fitted model; without one, the curve is a line between neighbours. `free` says
    that the model's power was fitted too.
    """

    x: Numbers
    logs: Numbers
    cost: Cost | None = None
    free: bool = False

    def place_values(self, x: Numbers) -> Numbers:
        """Return where sizes lie on the axis: logarithmic, unless a size is 0."""
        return np.log(x) if self.x[0] > 0 else x

    def at(self, x: Numbers) -> tuple[Numbers, Numbers]:
        """Return the curve's logarithms at some sizes, and each point's weight in each of them."""
        weights = _interpolate(self.place_values(self.x), self.place_values(x))
        if self.cost is None:
            return weights @ self.logs, weights
        slopes, wanted = (self.cost.fit_slopes(where, power=self.free) for where in (self.x, x))
        rest = self.logs - np.log(self.cost(self.x))
        solved = invert(slopes)
        return (
            np.log(self.cost(x)) + weights @ rest,
            weights + (wanted - weights @ slopes) @ solved,
        )


def fit(x: Numbers, logs: Numbers, power: float | None = None) -> Trend:
    """Return the trend of points, at least one; `power` fixes the power of the cost.

    A line is fitted where there are too few points to tell a power. All points weigh alike: weights
    by estimated variances would make the errors of the curve look smaller than they are.
    """
    free = power is None and len(x) >= FEWEST_FOR_POWER
    powers = POWERS if free else np.array([1.0 if power is None else power])
    a, b = _fit_lines(x, np.exp(logs), powers)
    with np.errstate(divide="ignore"):
        misses = logs - np.log(a[:, None] + b[:, None] * x ** powers[:, None])
    best = int(np.argmin((misses**2).sum(axis=1)))
    return Trend(x, logs, Cost(float(a[best]), float(b[best]), float(powers[best])), free)


def connect(x: Numbers, logs: Numbers) -> Trend:
    """Return the line from point to point, where no model describes the cost."""
    return Trend(x, logs)


def invert(slopes: Numbers) -> Numbers:
    """Return the matrix that turns deviations of points into those of a, b and c."""
    norms = np.linalg.norm(slopes, axis=0)
    norms[norms == 0] = 1.0  # what is fixed deviates by nothing
    return np.asarray(np.linalg.pinv(slopes / norms, rcond=1e-9) / norms[:, None])


def _fit_lines(x: Numbers, costs: Numbers, powers: Numbers) -> tuple[Numbers, Numbers]:
    """Return a and b for each power, by least squares of relative errors, none below 0."""
    weights = 1 / costs**2
    grown = x ** powers[:, None]
    one, two = (weights * grown).sum(1), (weights * grown**2).sum(1)
    total, cost, both = weights.sum(), (weights * costs).sum(), (weights * grown * costs).sum(1)
    apart = total * two - one**2
    with np.errstate(divide="ignore", invalid="ignore"):
        b = np.where(apart > 1e-12 * total * two, (total * both - one * cost) / apart, 0.0)
    b = np.maximum(b, 0.0)
    a = (cost - b * one) / total
    return np.maximum(a, 0.0), np.where(a < 0, both / two, b)


def _interpolate(known: Numbers, wanted: Numbers) -> Numbers:
    """Return the weight of each known place at each wanted one, linear between neighbours."""
    identity = np.eye(len(known))
    return np.stack([np.interp(wanted, known, row) for row in identity], axis=-1)
