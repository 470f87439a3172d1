"""An engine against itself: how often the verdict errs here, and what it would find.

Real: rounds next to each other are taken for two engines; each verdict but "same" and "undecided"
is false. Simulated: the noise of such rounds is drawn again at random, with a planted slow-down or
without. The other engines lend their spread, in both.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median

from ..errors import ResultsError
from ..storage.folder import StoredComparison
from ..storage.records import Outcome, Run
from . import statistics
from .model import Ratio, Verdict
from .timings import Timings, measure_least
from .units import format_count

SIMULATED = 1_000
PLANTED = 1.05
ROUNDS = (1, 2, 3, 5, 10)
FEWEST = 2  # rounds of the engines that lend their spread
# An engine's rounds taken for those of two engines.
HALVES = ("first", "second")
SEED = 108
ALLOWED = 0.05

LEAST = 20  # ratios: fewer are drawn twice so often that they look alike

# Seconds of each round, by question.
Questions = Mapping[str, Mapping[int, float]]


@dataclass(frozen=True, slots=True)
class NoiseModel:
    """How engines differ from themselves: the spread of each question, and the shape all share."""

    scales: tuple[tuple[float, ...], ...]
    shape: tuple[float, ...]
    typical: float


@dataclass(frozen=True, slots=True)
class Simulation:
    """Shares of simulated comparisons of so many rounds: false verdicts, and slow-downs found."""

    rounds: int
    false: float
    found: float


@dataclass(frozen=True, slots=True)
class SelfTest:
    """What came of comparing engines with themselves; `noise` is the median spread of a round."""

    real: tuple[Ratio, ...]
    rounds: int
    noise: float
    simulated: tuple[Simulation, ...]

    @property
    def false(self) -> int:
        """Return the number of real comparisons that ended in a verdict."""
        return sum(ratio.verdict.is_decided for ratio in self.real)

    @property
    def has_passed(self) -> bool:
        """Return whether verdicts err no more often than they may."""
        rare = all(one.false <= ALLOWED for one in self.simulated)
        return rare and self.false <= ALLOWED * max(len(self.real), 1 / ALLOWED)


def count_rounds(pairs: int, count: int, rounds: int) -> int:
    """Return the rounds needed to estimate the noise of the pairs and for so many comparisons.

    >>> count_rounds(pairs=15, count=50, rounds=2), count_rounds(pairs=1, count=1, rounds=2)
    (16, 24)
    """
    blocks = -(-count // pairs)
    least = 1 + -(-LEAST // pairs)
    return 2 * rounds * max(blocks, -(-least // (2 * rounds)))


def build(stored: StoredComparison, rounds: int, count: int = SIMULATED) -> SelfTest:
    """Test verdicts on the rounds of a stored comparison; ResultsError where they are too few."""
    everything = {
        engine: _collect_samples(stored.runs, engine) for engine in _list_engines(stored.runs)
    }
    noise = measure_noise([pool(samples) for samples in everything.values()])
    if len(noise.shape) < LEAST:
        raise ResultsError(
            f"{stored.path}: {len(noise.shape)} pairs of rounds are too few to estimate the noise "
            f"({LEAST} are needed); run `dfbench selftest`"
        )
    real = tuple(r for e in everything for r in judge_itself(everything, stored.runs, e, rounds))
    seed = random.Random(SEED)
    possible = ROUNDS if len(noise.scales) > 1 else ROUNDS[1:]
    simulated = tuple(_simulate(seed, noise, number, count) for number in possible)
    return SelfTest(real, rounds, noise.typical, simulated)


def measure_noise(pools: Sequence[Sequence[Sequence[float]]]) -> NoiseModel:
    """Return the noise in each engine's logarithmic ratios, a row a question."""
    scales = [[math.sqrt(fmean(log**2 for log in row)) for row in rows] for rows in pools]
    shape = [
        log / scale
        for rows, own in zip(pools, scales, strict=True)
        for row, scale in zip(rows, own, strict=True)
        for log in row
        if scale
    ]
    sizes = sorted(abs(log) for rows in pools for row in rows for log in row)
    typical = math.expm1(median(sizes)) if sizes else 0.0
    return NoiseModel(tuple(tuple(own) for own in scales if own), tuple(shape), typical)


def judge_itself(
    everything: Mapping[str, Questions], runs: Sequence[Run], engine: str, rounds: int
) -> Iterator[Ratio]:
    """Judge an engine against itself on each question, in blocks of twice so many rounds."""
    questions, own = everything[engine], [run for run in runs if run.engine == engine]
    others = {
        (other, query): row
        for other, rows in everything.items()
        if other != engine
        for query, row in rows.items()
    }
    least = measure_least(runs)
    least |= dict.fromkeys(HALVES, least.get(engine, 0.0))
    numbers = sorted({number for row in questions.values() for number in row})
    for first in range(0, len(numbers) - 2 * rounds + 1, 2 * rounds):
        block = numbers[first : first + 2 * rounds]
        halves = {
            (half, query): times
            for query, row in questions.items()
            for half, times in zip(HALVES, halve(row, block), strict=True)
        }
        noisy = statistics.compute_noisy_share([run for run in own if run.round in block])
        timings = Timings({**others, **halves}, least)
        found = (timings.judge(*HALVES, query, noisy) for query in questions)
        yield from (ratio for ratio in found if ratio)


def halve(
    row: Mapping[int, float], numbers: Sequence[int]
) -> tuple[dict[int, float], dict[int, float]]:
    """Return rounds next to each other as those of two engines.

    Each second pair is turned, so that drift cancels.

    >>> halve({1: 1.0, 2: 2.0, 3: 4.0, 4: 8.0}, [1, 2, 3, 4])
    ({0: 1.0, 1: 8.0}, {0: 2.0, 1: 4.0})
    """
    pairs = [pair for pair in zip(numbers[::2], numbers[1::2], strict=False) if {*pair} <= {*row}]
    turned = [pair if turn % 2 == 0 else pair[::-1] for turn, pair in enumerate(pairs)]
    first, second = ([row[pair[side]] for pair in turned] for side in (0, 1))
    return dict(enumerate(first)), dict(enumerate(second))


def pool(questions: Questions) -> list[list[float]]:
    """Return each question's logarithmic ratios of rounds next to each other, every pair once."""
    rows = ([row[number] for number in sorted(row)] for row in questions.values())
    logs = [[math.log(b / a) for a, b in pairwise(row)] for row in rows]
    return [row for row in logs if row]


def render(found: SelfTest) -> str:
    """Return what was found as text."""
    pairs = format_count(len(found.real), "comparison")
    false = format_count(found.false, "false verdict")
    lines = [
        f"{pairs} of an engine with itself, {format_count(found.rounds, 'round')} each: {false}",
        f"consecutive rounds of an engine differ by {found.noise:.1%} (median)",
        f"simulated with that noise, {SIMULATED} comparisons each:",
    ]
    lines += [
        f"  {format_count(one.rounds, 'round'):>9}: {one.false:.1%} false verdicts; "
        f"a slow-down of {PLANTED - 1:.0%} is detected in {one.found:.0%}"
        for one in found.simulated
    ]
    return "\n".join((*lines, _conclude(found))) + "\n"


def _conclude(found: SelfTest) -> str:
    if not found.has_passed:
        return (
            f"Verdicts are not reliable on this machine: over {ALLOWED:.0%} are false. Stop other "
            "programs and try again."
        )
    enough = next((one.rounds for one in found.simulated if one.found >= 1 - ALLOWED), None)
    if enough is None:
        return (
            f"Verdicts are reliable on this machine, but the noise hides differences of "
            f"{PLANTED - 1:.0%}: stop other programs (`dfbench doctor` lists what to check)."
        )
    return (
        f"Verdicts are reliable on this machine; `--rounds {enough}` detects a slow-down of "
        f"{PLANTED - 1:.0%} in {1 - ALLOWED:.0%} of all cases."
    )


def _list_engines(runs: Sequence[Run]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(run.engine for run in runs if run.outcome is Outcome.OK))


def _collect_samples(runs: Sequence[Run], engine: str) -> dict[str, dict[int, float]]:
    good = [run for run in runs if run.engine == engine and run.outcome is Outcome.OK]
    queries = dict.fromkeys(run.query for run in good)
    return {q: statistics.collect_samples([run for run in good if run.query == q]) for q in queries}


def _simulate(seed: random.Random, noise: NoiseModel, rounds: int, count: int) -> Simulation:
    same, slower = (_list_verdicts(seed, noise, rounds, count, truth) for truth in (1.0, PLANTED))
    errs = sum(verdict.is_decided for verdict in same) / len(same)
    return Simulation(rounds, errs, slower.count(Verdict.SLOWER) / len(slower))


def _list_verdicts(
    seed: random.Random, noise: NoiseModel, rounds: int, count: int, truth: float
) -> list[Verdict]:
    """Return so many verdicts, of comparisons of all engines' questions in turn."""
    found: list[Verdict] = []
    while len(found) < count:
        for index, scales in enumerate(noise.scales):
            timings = _simulate_timings(seed, noise, index, rounds, truth)
            ratios = (timings.judge(HALVES[1], HALVES[0], str(q)) for q in range(len(scales)))
            found += [ratio.verdict for ratio in ratios if ratio]
    return found[:count]


def _simulate_timings(
    seed: random.Random, noise: NoiseModel, index: int, rounds: int, truth: float
) -> Timings:
    """Return times of an engine, of itself slowed down, and of the others with two rounds."""
    engines = [(half, noise.scales[index], rounds) for half in HALVES]
    engines += [
        (str(other), scales, max(rounds, FEWEST))
        for other, scales in enumerate(noise.scales)
        if other != index
    ]
    return Timings(
        {
            (name, str(query)): _draw(
                seed, noise.shape, scale, number, truth if name == HALVES[1] else 1.0
            )
            for name, scales, number in engines
            for query, scale in enumerate(scales)
        }
    )


def _draw(
    seed: random.Random, shape: Sequence[float], scale: float, rounds: int, truth: float
) -> dict[int, float]:
    """Return times of rounds; a ratio of two has the scale, a time the square root of its half."""
    signed = (seed.choice((-1, 1)) * seed.choice(shape) for _ in range(rounds))
    return {
        number: truth * math.exp(scale * one / math.sqrt(2)) for number, one in enumerate(signed)
    }
