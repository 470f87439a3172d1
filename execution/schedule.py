"""The order in which engines and queries run."""

from __future__ import annotations

import random
from collections.abc import Sequence


def shuffle_pairs(
    engines: Sequence[str],
    queries: Sequence[str],
    round: int,  # noqa: A002 - the contract's word
    seed: int,
) -> list[tuple[str, str]]:
    """Return every pair of engine and query once, in a random order of the round and seed.

    If the machine's speed drifts, blocks of one engine can flip the sign of a comparison;
    interleaved runs do not.
    """
    pairs = [(engine, query) for query in queries for engine in engines]
    random.Random(f"{seed}/{round}").shuffle(pairs)
    return pairs
