"""The search for the smallest memory limit that works: which limit to try next, from tries alone.

A limit works when every try under it finished; near the smallest one, endings are random, so that
both sides are tried twice. The search holds no state: an interrupted one goes on from its tries.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..storage.trials import TrialCounts

MIB = 2**20

PRECISION = 0.05  # of the limit found
FINEST = 16 * MIB  # nearer than that, the same program ends differently from run to run
TRIES = 2  # on each side of the limit found
MOST_LIMITS = 20  # tried before a search that contradicts itself is given up
FIRST_STEP = 1.25  # from the guess, up or down; later steps are longer
LONGEST_STEP = 2.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where the search begins, and the least and the most that it tries, in bytes."""

    guess: int
    least: int
    most: int

    def hold(self, limit: float) -> int:
        """Return the nearest limit within the bounds, in whole MiB between them."""
        return min(max(int(limit) // MIB * MIB, self.least), self.most)


def choose_next_limit(tried: TrialCounts, bounds: Bounds) -> int | None:
    """Return the limit to try next; None when the search has ended."""
    if len(tried.ended) > MOST_LIMITS:
        return None
    low, high = tried.low, tried.high
    if low is None and high is None:
        return bounds.hold(bounds.guess)
    if high is None and low != bounds.most:
        return _choose_step(tried, bounds, low or 0, up=True)
    if low is None and high != bounds.least:
        return _choose_step(tried, bounds, high or 0, up=False)
    if low is not None and high is not None and high - low > compute_precision(high):
        return _halve(low, high)
    return _find_undecided(tried, low, high)


def compute_precision(limit: int) -> int:
    """Return how near the two sides have to be."""
    return max(int(PRECISION * limit), FINEST)


def _choose_step(tried: TrialCounts, bounds: Bounds, limit: int, *, up: bool) -> int:
    """Step away from what is known, the further the more was tried."""
    factor = min(FIRST_STEP**2 ** (len(tried.ended) - 1), LONGEST_STEP)
    step = max(limit * factor, limit + FINEST) if up else min(limit / factor, limit - FINEST)
    return bounds.hold(step)


def _halve(low: int, high: int) -> int:
    return (low + high) // 2 // MIB * MIB


def _find_undecided(tried: TrialCounts, low: int | None, high: int | None) -> int | None:
    sides = (side for side in (high, low) if side is not None)
    return next((side for side in sides if tried.count(side) < TRIES), None)
