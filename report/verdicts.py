"""What two engines' runs say of each other, from all that a comparison has stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..storage.folder import StoredComparison
from ..storage.records import Disagreement, Outcome, Run
from . import statistics
from .model import Cell, Ratio, Verdict
from .statistics import Spread


@dataclass(frozen=True, slots=True)
class Material:
    """What the parts of a view are made from."""

    stored: StoredComparison
    engines: tuple[str, ...]
    queries: tuple[str, ...]
    baseline: str
    runs: Mapping[tuple[str, str], Sequence[Run]]
    samples: Mapping[tuple[str, str], Mapping[int, float]]
    wrong: Mapping[tuple[str, str], Disagreement]

    def of(self, cell: Cell) -> Sequence[Run]:
        """Return the runs behind a cell."""
        return self.runs.get((cell.engine, cell.query), ())

    def spread(self, engine: str, other: str) -> Spread | None:
        """Return the spread of two engines over all questions."""
        return statistics.spread(
            [
                statistics.paired(self.samples[engine, query], self.samples[other, query])
                for query in self.queries
                if (engine, query) in self.samples and (other, query) in self.samples
            ]
        )

    def lent(self, engine: str, other: str) -> Spread:
        """Return what stands for the spread of two engines that ran only one round together."""
        pairs = [(one, other) for one in self.engines if one != other]
        own = [run for place, runs in self.runs.items() if place[0] == engine for run in runs]
        known = [found for pair in pairs if (found := self.spread(*pair))]
        return statistics.lend(known, statistics.within(own))


def gathered(stored: StoredComparison) -> Material:
    """Return what a stored comparison has to judge by."""
    engines, queries = _list_names(stored)
    checked = (a for a in stored.agreements if not a.unchecked)
    wrong = {(d.engine, a.query): d for a in checked for d in a.differ}
    runs = _group_by_cell(stored.runs)
    good = {
        place: statistics.samples(own)
        for place, own in runs.items()
        if outcome_of(own) is Outcome.OK and place not in wrong
    }
    return Material(stored, engines, queries, _choose_baseline(stored, engines), runs, good, wrong)


def against(cell: Cell, base: Cell, material: Material) -> Ratio | None:
    """Return a cell's ratio to the baseline's; None where one of them did not answer."""
    if not (cell.ok and base.ok):
        return None
    if cell.engine == base.engine:
        return Ratio(1.0, None, None, Verdict.BASELINE) if cell.time is not None else None
    return judged_on(cell, base, material)


def judged_over(pairs: Sequence[tuple[Cell, Cell]], material: Material) -> Ratio | None:
    """Compare two engines over questions, by the geometric means of each round."""
    own = statistics.geometric([material.samples[c.engine, c.query] for c, _ in pairs])
    other = statistics.geometric([material.samples[b.engine, b.query] for _, b in pairs])
    ratios = statistics.paired(own, other)
    if not ratios:
        return None
    return _judge(ratios, pairs, material)


def judged_on(cell: Cell, base: Cell, material: Material) -> Ratio | None:
    """Compare two engines on one question."""
    own, other = (material.samples[c.engine, c.query] for c in (cell, base))
    ratios = statistics.paired(own, other)
    if not ratios:
        return None
    return _judge(ratios, [(cell, base)], material)


def undecided(first: Cell, second: Cell, material: Material) -> bool:
    """Return whether neither of two cells is certainly faster."""
    found = judged_on(first, second, material)
    return found is None or not found.verdict.decided


def outcome_of(runs: Sequence[Run]) -> Outcome:
    """Return ok where all runs are, else what most of the others are."""
    bad = [run.outcome for run in runs if run.outcome is not Outcome.OK]
    return Counter(bad).most_common(1)[0][0] if bad else Outcome.OK


def _group_by_cell(runs: Iterable[Run]) -> dict[tuple[str, str], list[Run]]:
    found: dict[tuple[str, str], list[Run]] = {}
    for run in runs:
        found.setdefault((run.engine, run.query), []).append(run)
    return found


def _list_names(stored: StoredComparison) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return engines and queries as the head orders them, then those that only the runs know."""
    engines = dict.fromkeys((*stored.head.engines, *(run.engine for run in stored.runs)))
    queries = dict.fromkeys((*stored.head.queries, *(run.query for run in stored.runs)))
    return tuple(engines), tuple(queries)


def _choose_baseline(stored: StoredComparison, engines: Sequence[str]) -> str:
    if stored.head.baseline in engines or not engines:
        return stored.head.baseline
    return engines[0]


def _judge(
    ratios: Sequence[float], pairs: Sequence[tuple[Cell, Cell]], material: Material
) -> Ratio:
    """Judge the rounds of two engines on some questions, with the spread over all of them.

    A mean of questions spreads less than one: there the interval is wider than it need be.
    """
    engine, other = (cell.engine for cell in pairs[0])
    among = (material.lent if len(ratios) == 1 else material.spread)(engine, other)
    runs = [run for pair in pairs for cell in pair for run in material.of(cell)]
    return statistics.judge(ratios, statistics.noisy_share(runs), among=among)
