"""The times of a comparison, and what they say of two engines on one or on many questions."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..storage.records import Run
from . import statistics
from .model import Ratio
from .spread import Spread, estimate_prior, moderate, pool
from .statistics import Estimate

# Seconds of each round, by engine and question.
Samples = Mapping[tuple[str, str], Mapping[int, float]]


@dataclass(slots=True)
class Timings:
    """The samples of all engines, with the least variance that each engine's can have.

    An engine's spread is pooled over its questions, and moderated by all engines' spreads.
    """

    samples: Samples
    least: Mapping[str, float] = field(default_factory=dict)
    spreads: dict[str, Spread | None] = field(init=False)
    _drifts: dict[tuple[str, str], float] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        rows: defaultdict[str, list[Sequence[float]]] = defaultdict(list)
        for (engine, _), row in self.samples.items():
            rows[engine].append(tuple(row.values()))
        own = {engine: pool(times) for engine, times in rows.items()}
        prior = estimate_prior([spread for spread in own.values() if spread])
        self.spreads = {
            engine: moderate(spread, prior, self.least.get(engine, 0.0))
            for engine, spread in own.items()
        }

    def judge(self, engine: str, other: str, query: str, noisy: float = 0.0) -> Ratio | None:
        """Compare two engines on a question; None where no round has both."""
        found = self._estimate(engine, other, query)
        return statistics.decide(found, noisy) if found else None

    def judge_over(
        self, engine: str, other: str, queries: Iterable[str], noisy: float = 0.0
    ) -> Ratio | None:
        """Compare two engines over questions, by the geometric mean of the questions' ratios."""
        shared = [query for query in queries if self._pair_rounds(engine, other, query)]
        estimates = [found for q in shared if (found := self._estimate(engine, other, q))]
        if not estimates:
            return None
        counts = [len(self._pair_rounds(engine, other, query)) for query in shared]
        spreads = self._find_spreads(engine, other)
        whole = statistics.estimate_over(estimates, counts, spreads, self._sum_least(engine, other))
        return statistics.decide_over(whole, estimates, noisy)

    def judge_since(self, old: Timings, engine: str, query: str, noisy: float = 0.0) -> Ratio:
        """Compare an engine with itself in an older comparison; both have answered the question."""
        place = engine, query
        times = [tuple(timings.samples[place].values()) for timings in (self, old)]
        spreads = self.spreads.get(engine), old.spreads.get(engine)
        least = self.least.get(engine, 0.0) + old.least.get(engine, 0.0)
        drift = self._format_span(engine, query) - old._format_span(engine, query)
        found = statistics.estimate_apart(times[0], times[1], spreads, least, drift)
        return statistics.decide(found, noisy)

    def _estimate(self, engine: str, other: str, query: str) -> Estimate | None:
        ratios = self._pair_rounds(engine, other, query)
        if not ratios:
            return None
        spreads = self._find_spreads(engine, other)
        return statistics.estimate(
            ratios, spreads, self._sum_least(engine, other), self._describe_drift(engine, other)
        )

    def _pair_rounds(self, engine: str, other: str, query: str) -> dict[int, float]:
        own, base = (self.samples.get((name, query), {}) for name in (engine, other))
        return statistics.pair_rounds(own, base)

    def _find_spreads(self, engine: str, other: str) -> tuple[Spread | None, Spread | None]:
        return self.spreads.get(engine), self.spreads.get(other)

    def _sum_least(self, engine: str, other: str) -> float:
        return self.least.get(engine, 0.0) + self.least.get(other, 0.0)

    def _describe_drift(self, engine: str, other: str) -> float:
        """Return the drift that two engines' questions have in common, found once for a pair."""
        if (engine, other) not in self._drifts:
            queries = [query for name, query in self.samples if name == engine]
            rows = [self._pair_rounds(engine, other, query) for query in queries]
            self._drifts[engine, other] = statistics.fit_drift(rows)
        return self._drifts[engine, other]

    def _format_span(self, engine: str, query: str) -> float:
        """Return how far the logarithm of an engine's time on a question moved over its rounds."""
        own = engine, ""
        if own not in self._drifts:
            rows = [row for (name, _), row in self.samples.items() if name == engine]
            logs = [{number: math.log(time) for number, time in row.items()} for row in rows]
            self._drifts[own] = statistics.fit_drift(logs)
        rounds = self.samples[engine, query]
        return self._drifts[own] * (max(rounds) - min(rounds))


def measure_least(runs: Iterable[Run]) -> dict[str, float]:
    """Return the least variance of each engine's samples, from the runs inside its processes."""
    own: defaultdict[str, list[Run]] = defaultdict(list)
    for run in runs:
        own[run.engine].append(run)
    return {engine: statistics.pool_within(found) for engine, found in own.items()}


def merge(timings: Sequence[Timings]) -> Timings:
    """Return several comparisons' times as one's: what changed between them is spread as well."""
    rows: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for one in timings:
        for place, row in one.samples.items():
            rows[place] += row.values()
    least = {engine: value for one in timings for engine, value in one.least.items()}
    return Timings({place: dict(enumerate(row)) for place, row in rows.items()}, least)
