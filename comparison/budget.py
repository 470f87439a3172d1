"""The runs of a round that a time budget still allows.

A verdict needs the spread of both engines' times, and one round has none. The second round is
therefore filled in steps: a few cheap questions of every engine first, whole engines then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias

# An engine, a query and a round.
RunKey: TypeAlias = tuple[str, str, int]

FEWEST_REPEATS = 3  # questions; their spread is the least that another round's worth rests on
REPEATS = 5


def choose_second_round(
    places: Sequence[RunKey],
    costs: Mapping[tuple[str, str], float],
    answered: Collection[tuple[str, str]],
    baseline: str,
    seconds: float,
) -> list[RunKey]:
    """Choose the runs of a second round that fit into the seconds, in the order of `places`.

    Every engine repeats its three cheapest questions of those it `answered`, then its five
    cheapest, then all: the baseline first, then the cheapest engine, as far as the time lasts.
    `costs` are the seconds of the first round.
    """
    repeated = [place for place in places if place[:2] in answered]
    repeated.sort(key=lambda place: costs.get(place[:2], 0.0))
    few, own = _group_by_engine(repeated), _group_by_engine(places)
    engines = _rank_engines(places, costs, baseline)
    steps = [few[engine][:count] for count in (FEWEST_REPEATS, REPEATS) for engine in engines]
    chosen: set[RunKey] = set()
    for step in (*steps, *(own[engine] for engine in engines)):
        more = [place for place in step if place not in chosen]
        cost = _sum_costs(more, costs)
        if cost <= seconds:
            seconds -= cost
            chosen.update(more)
    return [place for place in places if place in chosen]


def choose_whole_engines(
    places: Sequence[RunKey], costs: Mapping[tuple[str, str], float], baseline: str, seconds: float
) -> list[RunKey]:
    """Keep whole engines of a round, the baseline and then the cheapest, as long as time lasts.

    A ratio is taken within a round, so a single engine is none. `costs` are seconds of an earlier
    run.
    """
    own, kept = _group_by_engine(places), set()
    for engine in _rank_engines(places, costs, baseline):
        seconds -= _sum_costs(own[engine], costs)
        if seconds < 0:
            break
        kept.add(engine)
    return [place for place in places if place[0] in kept] if len(kept) > 1 else []


def _rank_engines(
    places: Sequence[RunKey], costs: Mapping[tuple[str, str], float], baseline: str
) -> list[str]:
    whole = {e: _sum_costs(own, costs) for e, own in _group_by_engine(places).items()}
    return sorted(whole, key=lambda name: (name != baseline, whole[name]))


def _group_by_engine(places: Sequence[RunKey]) -> defaultdict[str, list[RunKey]]:
    found: defaultdict[str, list[RunKey]] = defaultdict(list)
    for place in places:
        found[place[0]].append(place)
    return found


def _sum_costs(places: Sequence[RunKey], costs: Mapping[tuple[str, str], float]) -> float:
    return sum(costs.get(place[:2], 0.0) for place in places)
