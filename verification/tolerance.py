"""How far two float64 answers may lie apart where no more is known than the answers themselves.

Where the oracle answers a query of the language, it says of each value what rounding may carry it
(see `rounding`), and an answer may be off by that and by ROUNDED of itself. What a user's own
function does is not known: then, for an expected value E and an answer A of one column,

    |A - E|  <=  RELATIVE * |E|  +  CANCELLED * median|E|

**RELATIVE = 1e-9.** A sum of n terms of one sign in any order is off by at most n*u of itself
(u = 2**-53; Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 4.2), which is
1e-9 at n = 9e6, and in practice by sqrt(n)*u. Beyond that many rows the rule grows as n*u, to at
most 1.5e-8. float32 is off by 6e-8 of one value and by more of a sum, a population standard
deviation by 1/(2n), an approximate median by its rank error: all of them stay outside.

**CANCELLED = 1e-12.** Where terms of both signs cancel, the error follows sum|x| and not the sum.
In a column of many groups the typical group shows that scale: its sum is about sqrt(n)*sd and its
error about u*n*sd, which is 1e-12 of it at n = 1e8. The median and not the maximum, so that one
huge value hides nothing; a value has to be below 1e-3 of the typical one before this term is larger
than the first.

Moments in one pass lose (mean/sd)**2 * u, so they agree up to a mean of 300 standard deviations;
what is lost beyond that is lost, and reported.
"""

from __future__ import annotations

import numpy as np

from .columns import Array

RELATIVE = 1e-9
MAX_RELATIVE = 1.5e-8
CANCELLED = 1e-12
# Beside the bound that the oracle gives: of first order, and of the last digits of a library.
ROUNDED = 2e-12
SAMPLE = 100_000


def compute_relative_tolerance(rows: int) -> float:
    """Return the share by which a value may be off, for data of so many rows (0: not known)."""
    return min(max(RELATIVE, rows * 2.0**-53), MAX_RELATIVE)


def compute_absolute_tolerance(expected: Array) -> float:
    """Return what may be off near zero; the median is one of 100,000 evenly spaced values."""
    sample = np.abs(expected[:: max(1, len(expected) // SAMPLE)])
    finite = sample[np.isfinite(sample)]
    return CANCELLED * float(np.median(finite)) if len(finite) > 1 else 0.0


def find_differences(
    expected: Array, answer: Array, share: float, near_zero: float | Array
) -> Array:
    """Return which values are not the same; NaN is missing, and equal to itself."""
    with np.errstate(invalid="ignore", over="ignore"):
        close = np.abs(answer - expected) <= share * np.abs(expected) + near_zero
        # an infinite value is its own tolerance, and must be met exactly
        close &= np.isfinite(expected)
    same: Array = close | (answer == expected) | (np.isnan(answer) & np.isnan(expected))
    return ~same
