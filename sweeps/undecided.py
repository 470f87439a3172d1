"""What a sweep does not know yet after some rounds: who is faster, and how much memory is needed.

More rounds go there: see `schedule.choose_undecided`.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..report.model import Verdict
from ..report.sweeps.curves import Facet, find_unsteady_peaks, split_facets
from ..storage.sweeps import StoredSweep
from .schedule import Place


def list_undecided(stored: StoredSweep) -> Iterator[tuple[Place, ...]]:
    """Yield what is undecided, each with the places that have to run again together."""
    numbers = {point.folder: number for number, point in enumerate(stored.head.points)}
    for facet in split_facets(stored):
        points = [numbers[one.stored.path.name] for one in facet.materials]
        yield from _list_ratios(facet, points)
        yield from _list_peaks(facet, points)


def _list_ratios(facet: Facet, points: list[int]) -> Iterator[tuple[Place, ...]]:
    """Yield where an engine may be faster or slower: a ratio is taken within a round."""
    for point, material in zip(points, facet.materials, strict=True):
        base = material.baseline
        for engine, query in material.timings.samples:
            ratio = material.timings.judge(engine, base, query)
            if engine != base and ratio and ratio.verdict is Verdict.UNDECIDED:
                yield Place(point, engine, query), Place(point, base, query)


def _list_peaks(facet: Facet, points: list[int]) -> Iterator[tuple[Place, ...]]:
    for engine in facet.engines:
        for number, query in find_unsteady_peaks(facet, engine):
            yield (Place(points[number], engine, query),)
