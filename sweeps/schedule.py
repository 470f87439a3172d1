"""Which runs of a sweep come next: interleaved over points and engines, the curves from below."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple


class Place(NamedTuple):
    """What a run of a round stands for: the number of its point, an engine and a query."""

    point: int
    engine: str
    query: str


def shuffle_places(places: Sequence[Place], round_: int, seed: int) -> list[Place]:
    """Return places in a random order of the round and seed.

    If the machine's speed drifts, blocks of one point would bend every curve.
    """
    shuffled = list(places)
    random.Random(f"{seed}/{round_}").shuffle(shuffled)
    return shuffled


def climb_curves(
    places: Sequence[Place], hardness: Callable[[int], tuple[float, ...]]
) -> list[Place]:
    """Return places such that each curve runs from its easiest point to its hardest.

    A curve, an engine on a query, keeps the positions that it has among the others.
    """
    curves: defaultdict[tuple[str, str], list[Place]] = defaultdict(list)
    for place in places:
        curves[place.engine, place.query].append(place)
    for own in curves.values():
        own.sort(key=lambda place: hardness(place.point), reverse=True)
    return [curves[place.engine, place.query].pop() for place in places]


def choose_undecided(
    places: Sequence[Place],
    undecided: Collection[Place],
    baseline: str,
    costs: Mapping[Place, float],
    seconds: float,
) -> list[Place]:
    """Choose the places of a round that may decide a ratio, the cheapest first, in their order.

    A ratio is taken within a round: with each undecided engine its baseline runs again. `costs`
    and `seconds` are seconds.
    """
    chosen: set[Place] = set()
    asked = sorted(undecided, key=lambda place: costs.get(place, 0.0))
    for place in (place for place in asked if place in places):
        both = {place, place._replace(engine=baseline)} - chosen
        cost = sum(costs.get(one, 0.0) for one in both)
        if cost <= seconds:
            seconds -= cost
            chosen |= both
    return [place for place in places if place in chosen]
