"""In which order engines and queries run."""

from __future__ import annotations

import random
from collections.abc import Sequence


def shuffle_pairs(
    engines: Sequence[str],
    queries: Sequence[str],
    round: int,  # noqa: A002 - the contract's word
    seed: int,
) -> list[tuple[str, str]]:
    """Return every engine with every query once, shuffled anew in each round.

    Blocks of one engine flip the sign of a comparison when the machine's speed drifts; interleaved
    runs do not.
    """
    pairs = [(engine, query) for query in queries for engine in engines]
    random.Random(f"{seed}/{round}").shuffle(pairs)
    return pairs
