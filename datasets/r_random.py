"""R's default random stream, word for word: Mersenne Twister with rejection sampling (R >= 3.6).

The rules are those of R's `RNG.c` (seeding, `R_unif_index`), `random.c` and `unique.c` (`sample`)
and `fround.c` (`round` since R 4.0.0), written here for whole arrays.
"""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Words: TypeAlias = NDArray[np.uint32]
Numbers: TypeAlias = NDArray[Any]

SEED_SCRAMBLES = 50
STATE_WORDS = 624
# Words drawn at a time: they stay in the caches, and NumPy's cost per call does not show.
BLOCK = 1 << 17
# Above this many elements R draws without replacement by hashing if at most half are drawn.
HASHED_ABOVE = 10_000_000


def seed_generator(seed: int) -> np.random.Generator:
    """Return a generator whose 32-bit words are those of R after `set.seed(seed)`."""
    state = seed & 0xFFFFFFFF
    drawn = []
    # One word more than the state: R draws its position first, and then sets it to 624.
    for _ in range(SEED_SCRAMBLES + 1 + STATE_WORDS):
        state = (69069 * state + 1) & 0xFFFFFFFF
        drawn.append(state)
    twister = np.random.MT19937()
    key = np.array(drawn[-STATE_WORDS:], dtype=np.uint32)
    twister.state = {"bit_generator": "MT19937", "state": {"key": key, "pos": STATE_WORDS}}
    return np.random.Generator(twister)


class RStream:
    """The stream of one `set.seed`: each draw takes exactly the words that R would take.

    No draw asks for more candidates than numbers are still missing, so no word is ever taken
    too many; what rejection leaves missing is drawn again.
    """

    def __init__(self, seed: int) -> None:
        self._generator = seed_generator(seed)

    def draw_words(self, count: int) -> Words:
        """Take the next `count` words."""
        return self._generator.integers(0, 1 << 32, count, dtype=np.uint32)

    def sample_into(self, out: Numbers, n: int) -> None:
        """Fill `out` with numbers of 1..n: `sample(n, length(out), replace = TRUE)`."""
        filled = 0
        while filled < out.size:
            drawn = self.draw_below(n, out.size - filled)
            np.add(drawn, 1, out=out[filled : filled + drawn.size], casting="unsafe")
            filled += drawn.size

    def draw_below(self, n: int, most: int) -> Numbers:
        """Draw one block of numbers below `n`: at most `most`, and none where all are rejected."""
        candidates = self._draw_candidates((n - 1).bit_length(), min(BLOCK, most))
        return np.compress(candidates < n, candidates)

    def _draw_candidates(self, bits: int, count: int) -> Numbers:
        """Draw numbers of `bits` bits: 16 from each word's upper half, most significant first."""
        each = bits // 16 + 1
        high = self.draw_words(each * count) >> np.uint32(16)
        if each == 1:
            return high.astype(np.uint16) & np.uint16((1 << bits) - 1)
        value = high[::each].astype(np.int64)
        for place in range(1, each):
            value = value << 16 | high[place::each]
        return value & ((1 << bits) - 1)

    def draw_distinct(self, n: int, size: int) -> NDArray[np.int64]:
        """Draw `size` different numbers of 0..n-1, in order: `sample(n, size) - 1`."""
        if n > HASHED_ABOVE and size <= n / 2:
            return self._draw_rejecting_repeats(n, size)
        return self._draw_by_shuffle(n, size)

    def _draw_rejecting_repeats(self, n: int, size: int) -> NDArray[np.int64]:
        """Take the first `size` different draws."""
        taken = np.zeros(n, dtype=np.bool_)
        chosen = np.empty(size, dtype=np.int64)
        filled = 0
        while filled < size:
            drawn = self.draw_below(n, size - filled).astype(np.int64)
            _, first = np.unique(drawn, return_index=True)
            fresh = drawn[np.sort(first)]
            fresh = fresh[~taken[fresh]]
            taken[fresh] = True
            chosen[filled : filled + fresh.size] = fresh
            filled += fresh.size
        return chosen

    def _draw_by_shuffle(self, n: int, size: int) -> NDArray[np.int64]:
        """Take the partial Fisher-Yates shuffle: the last element moves into the hole.

        Steps that touch different places are done at once; of about the square root of n, few do
        not, and the block ends before the first of them.
        """
        holes = self._draw_holes(n, size)
        left = np.arange(n, dtype=holes.dtype)
        chosen = np.empty(size, dtype=np.int64)
        place = 0
        while place < size:
            block = holes[place : place + max(math.isqrt(n - place), 1)]
            last = left[n - place - block.size : n - place][::-1].copy()
            taken = left[block]
            left[block] = last
            apart = _count_independent_steps(block, n - place - 1, again=left[block] != last)
            if apart < block.size:
                left[block] = taken
                left[block[:apart]] = last[:apart]
            chosen[place : place + apart] = taken[:apart]
            place += apart
        return chosen

    def _draw_holes(self, n: int, size: int) -> NDArray[Any]:
        """Draw `size` numbers, the first below `n`, and each next below one less."""
        holes = np.empty(size, dtype=np.int32 if n < 1 << 31 else np.int64)
        filled = 0
        while filled < size:
            below = n - filled
            bits = (below - 1).bit_length()
            # Down to half the range the draws keep their number of bits, and so of words.
            steps = below - (1 << bits >> 1) if bits else 1
            candidates = self._draw_candidates(bits, min(steps, size - filled, BLOCK))
            kept = candidates[_accept_below(candidates.astype(holes.dtype), below)]
            holes[filled : filled + kept.size] = kept
            filled += kept.size
        return holes

    def draw_millionths_into(self, out: NDArray[np.int32]) -> None:
        """Fill `out` with `round(runif(length(out), max = 100), 6)`, in millionths."""
        for start in range(0, out.size, BLOCK):
            part = out[start : start + BLOCK]
            part[:] = to_millionths(self.draw_words(part.size))


def to_millionths(words: Words) -> NDArray[np.float64]:
    """Return `round(100 * uniform, 6)` of each word in millionths, as R 4 rounds.

    A uniform is word / 2**32, so the product with 10**8 is word * 390625 / 2**24, which a double
    holds exactly. The 256 words midway between two millionths go to the even one, as in R. (R
    keeps the word 0 off zero; it rounds to 0 all the same.)
    """
    scaled: NDArray[np.float64] = np.multiply(words, 390625 / (1 << 24), dtype=np.float64)
    return np.rint(scaled, out=scaled)


def _accept_below(candidates: Numbers, below: int) -> NDArray[np.bool_]:
    """Return which are kept, where each number that is kept lowers the bound of those behind it.

    A first guess is right up to its first mistake, and each next one for longer.
    """
    kept: NDArray[np.bool_] = candidates < below
    while True:
        before = np.cumsum(kept, dtype=candidates.dtype) - kept
        better: NDArray[np.bool_] = candidates < below - before
        if np.array_equal(better, kept):
            return kept
        kept = better


def _count_independent_steps(holes: Numbers, last: int, again: NDArray[np.bool_]) -> int:
    """Count the first steps that touch no place twice: their holes, and the places moved from.

    Step i moves what is at `last - i`; `again` marks holes that a later step has too.
    """
    apart = int(holes.size)
    moved = last - holes
    clashing = moved[(moved > np.arange(apart)) & (moved < apart)]
    if clashing.size:
        apart = int(clashing.min())
    if again.any():
        _, first = np.unique(holes, return_index=True)
        repeated = np.ones(holes.size, dtype=np.bool_)
        repeated[first] = False
        apart = min(apart, int(np.flatnonzero(repeated)[0]))
    return apart


def find_first_appearances(numbers: Numbers, n: int) -> NDArray[np.int64]:
    """Return the distinct numbers of 1..n, in order of first appearance: `unique(numbers)`."""
    never = numbers.size
    first = np.full(n + 1, never, dtype=np.int64)
    # Backwards, because the last of several assignments to one place is the one that stays.
    for start in reversed(range(0, numbers.size, BLOCK)):
        part = numbers[start : start + BLOCK]
        first[part[::-1]] = np.arange(start + part.size - 1, start - 1, -1)
    seen = np.flatnonzero(first < never)
    return seen[np.argsort(first[seen])]
