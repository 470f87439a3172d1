"""What two engines' runs say of each other, from all that a comparison has stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..storage.folder import StoredComparison
from ..storage.records import Disagreement, Outcome, Run
from . import statistics
from .model import Cell, Ratio, Verdict
from .statistics import Taken
from .timings import Timings, measure_least


@dataclass(frozen=True, slots=True)
class Material:
    """What the parts of a view are made from."""

    stored: StoredComparison
    engines: tuple[str, ...]
    queries: tuple[str, ...]
    baseline: str
    runs: Mapping[tuple[str, str], Sequence[Run]]
    timings: Timings
    wrong: Mapping[tuple[str, str], Disagreement]

    def of(self, cell: Cell) -> Sequence[Run]:
        """Return the runs behind a cell."""
        return self.runs.get((cell.engine, cell.query), ())


def collect(stored: StoredComparison, taken: Taken = statistics.find_sample) -> Material:
    """Return what a stored comparison has to judge by: hot times, or another time of its runs."""
    engines, queries = _list_names(stored)
    checked = (a for a in stored.agreements if not a.unchecked)
    wrong = {(d.engine, a.query): d for a in checked for d in a.differ}
    runs = _group_by_cell(stored.runs)
    good = {
        place: statistics.collect_samples(own, taken)
        for place, own in runs.items()
        if find_outcome(own) is Outcome.OK and place not in wrong
    }
    least = measure_least(run for place in good for run in runs[place])
    baseline = _choose_baseline(stored, engines)
    return Material(stored, engines, queries, baseline, runs, Timings(good, least), wrong)


def compute_ratio(cell: Cell, base: Cell, material: Material) -> Ratio | None:
    """Return a cell's ratio to the baseline's; None where one of them did not answer."""
    if not (cell.ok and base.ok):
        return None
    if cell.engine == base.engine:
        return Ratio(1.0, None, None, Verdict.BASELINE) if cell.time is not None else None
    return judge_on(cell, base, material)


def judge_over(pairs: Sequence[tuple[Cell, Cell]], material: Material) -> Ratio | None:
    """Compare two engines over questions, by the geometric mean of the questions' ratios."""
    if not pairs:
        return None
    (own, other), *_ = pairs
    queries = [cell.query for cell, _ in pairs]
    noisy = _share_noisy(pairs, material)
    return material.timings.judge_over(own.engine, other.engine, queries, noisy)


def judge_on(cell: Cell, base: Cell, material: Material) -> Ratio | None:
    """Compare two engines on one question."""
    noisy = _share_noisy([(cell, base)], material)
    return material.timings.judge(cell.engine, base.engine, cell.query, noisy)


def judge_lead(first: Cell, second: Cell, material: Material) -> Verdict:
    """Return whether the engine of the shortest time is certainly faster than the next."""
    found = judge_on(first, second, material)
    # Medians may lead where means do not.
    if found is None or found.verdict is Verdict.SLOWER:
        return Verdict.UNDECIDED
    return found.verdict


def find_outcome(runs: Sequence[Run]) -> Outcome:
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


def _share_noisy(pairs: Sequence[tuple[Cell, Cell]], material: Material) -> float:
    return statistics.compute_noisy_share(
        [run for pair in pairs for cell in pair for run in material.of(cell)]
    )
