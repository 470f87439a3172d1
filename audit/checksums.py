"""Checksums of answers as they were printed: whether two agree, and how far they are apart.

A printed number stands for every number that is printed so. Two agree if they may be one number,
but for the noise of sums in 64 bits; a checksum that was not logged contradicts none.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

# Two sums of the same floats differ by less, in whatever order and 64-bit width they were added.
NOISE = 1e-6


def agree(one: Sequence[str], other: Sequence[str]) -> bool:
    """Return whether all checksums that both have logged may be the same."""
    return all(_is_close(a, b) for a, b in _pair(one, other))


def measure_distance(one: Sequence[str], right: Sequence[str]) -> float:
    """Return the largest relative distance of a logged checksum; 0 where all of them agree."""
    pairs = ((float(a), float(b)) for a, b in _pair(one, right) if not _is_close(a, b))
    return max((abs(a - b) / abs(b) if b else abs(a) for a, b in pairs), default=0.0)


def count_logged(check: Sequence[str]) -> int:
    """Return how many checksums were logged."""
    return sum(map(bool, check))


def _pair(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[str, str]]:
    return ((a, b) for a, b in zip(one, other, strict=False) if a and b)


def _is_close(one: str, other: str) -> bool:
    units = _compute_half_unit(one), _compute_half_unit(other)
    # Two whole numbers are counts, or sums of integers; beside a fraction, a whole one is rounded.
    # Doubles carry noise: one of 30.0015 is printed as 30.001 here and as 30.002 there.
    allowed = 0.0 if units == (0.5, 0.5) else sum(units)
    return math.isclose(float(one), float(other), rel_tol=NOISE, abs_tol=allowed)


def _compute_half_unit(text: str) -> float:
    """Return half a unit of the last digit that was printed."""
    mantissa, _, exponent = text.lower().partition("e")
    return float(0.5 * 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2])))
