"""Which runs of a sweep come next: interleaved over points and engines, the curves from below."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
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
    undecided: Iterable[Sequence[Place]],
    costs: Mapping[Place, float],
    seconds: float,
) -> list[Place]:
    """Choose the places of a round that may decide something, the cheapest first, in their order.

    Each of `undecided` is a place, and those that have to run in the same round. What runs alone
    comes first: peaks are few, and their sizes dear. `costs` and `seconds` are seconds.
    """
    left, chosen = set(places), set[Place]()
    for group in sorted(undecided, key=lambda group: (len(group), costs.get(group[0], 0.0))):
        more = set(group) - chosen
        cost = sum(costs.get(one, 0.0) for one in more)
        if group[0] in left and cost <= seconds:
            seconds -= cost
            chosen |= more
    return [place for place in places if place in chosen]
