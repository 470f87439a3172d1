"""How far an engine's times scatter between rounds: variances of their logarithms.

An engine's variance is pooled over its questions, and moderated by a prior that all engines of the
comparison share (Smyth 2004, "Linear models and empirical Bayes methods for assessing differential
expression", sections 6.2 and 3; `squeezeVar` of limma). An engine of one round has the prior alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, variance

from .distributions import compute_digamma, compute_trigamma, invert_trigamma

# Degrees of freedom that the other engines may lend. Simulated (docs/decisions/verdicts.md): with
# more, false verdicts exceed 5 % where one engine is ten times as noisy as the others.
MOST_LENT = 3.0
ALONE_LENT = 1.0  # what a single engine lends: how engines differ is unknown then


@dataclass(frozen=True, slots=True)
class Spread:
    """A variance of the logarithms of times, and its degrees of freedom."""

    variance: float
    freedom: float


def pool(rows: Iterable[Sequence[float]]) -> Spread | None:
    """Pool the variance of logarithms within rows of times; None where no row has two."""
    known = [[math.log(time) for time in row] for row in rows if len(row) > 1]
    freedom = sum(len(row) - 1 for row in known)
    if not freedom:
        return None
    centred = (log - centre for row in known for centre in [fmean(row)] for log in row)
    return Spread(math.fsum(off**2 for off in centred) / freedom, freedom)


def estimate_prior(spreads: Sequence[Spread]) -> Spread | None:
    """Return what engines' spreads say of an engine's that is unknown; None where there is none."""
    known = [spread for spread in spreads if spread.variance > 0]
    if not known:
        return None
    if len(known) == 1:
        return Spread(known[0].variance, ALONE_LENT)
    logs = [
        math.log(one.variance) - compute_digamma(one.freedom / 2) + math.log(one.freedom / 2)
        for one in known
    ]
    apart = variance(logs) - fmean(compute_trigamma(one.freedom / 2) for one in known)
    if apart <= 0:
        return Spread(math.exp(fmean(logs)), MOST_LENT)
    freedom = 2 * invert_trigamma(apart)
    centre = fmean(logs) + compute_digamma(freedom / 2) - math.log(freedom / 2)
    return Spread(math.exp(centre), min(freedom, MOST_LENT))


def moderate(own: Spread | None, prior: Spread | None, least: float = 0.0) -> Spread | None:
    """Return an engine's spread with what the prior adds, `least` its smallest variance.

    None where neither is known.
    """
    known = [one for one in (own, prior) if one]
    if not known:
        return None
    freedom = sum(one.freedom for one in known)
    mean = sum(one.freedom * one.variance for one in known) / freedom
    return Spread(max(mean, least), freedom)
