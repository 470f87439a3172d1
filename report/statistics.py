"""What the times of two engines allow one to say: ratio, interval, verdict.

Rounds are the units: the runs inside one process share its luck, two rounds do not. A round's
sample is the least of its hot runs; a round's ratio pairs the two engines' samples of that round.

- From six rounds on, the interval is a percentile bootstrap of the median over rounds, its
  percentiles widened for few samples (Hesterberg 2015, "What teachers should know about the
  bootstrap", section 5.3).
- With two to five rounds no bootstrap over rounds can reach 95 %: all of two rounds lie on one side
  of the truth half of the time. There it is Student's interval of the logarithms, its variance
  moderated by that of the same two engines on the other questions (Smyth 2004, "Linear models and
  empirical Bayes methods"): a degree of freedom is borrowed for two that they have, three at most.
- One round tells nothing of its own spread. Where other engines ran more, it is taken to be as
  restless as the most restless of them, and no steadier than runs inside its own process, with LENT
  degree of freedom; else it has no interval, and decides what lies beyond a factor of FAR.

Faster and slower need an interval that leaves 1 by more than FLOOR and by GUARD of its own width;
the same, one that lies inside 1 ± SAME; all else is undecided. Beside other work, whole intervals
must lie beyond a factor of FAR: it takes time from engines unequally, and no interval shows that.
docs/decisions/verdicts.md says why,
and how often that errs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist, fmean, median, variance

import numpy as np
from numpy.typing import NDArray

from ..storage.records import Noise, Run
from .model import Ratio, Verdict
from .units import counted, percent

CONFIDENCE = 0.95
# Where a program lies in memory alone makes it differ from itself by a per cent (Mytkowicz et al.
# 2009, "Producing wrong data without doing anything obviously wrong!"); no interval shows that.
FLOOR = 0.01
GUARD = 0.2  # of the interval's width: one in 20 at most shall err, not one in 20 on average
SAME = 0.05  # ratios inside 1 ± 5 % are no reason to change the engine
RESAMPLES = 4_000
SEED = 108
BOOTSTRAP_ROUNDS = 6
BORROWED = 3  # degrees of freedom; simulated: false verdicts stay under 5 % though questions differ
LENT = 1  # degree of freedom; simulated: under 5 % though engines differ in unrest by ten
FAR = 3.0  # an engine on all cores loses more to other programs than one on a single core
FOREIGN_CPU = 0.10
STEAL = 0.01
SWAPPED = 2**20  # bytes; the kernel moves a page now and then on an idle machine
NOISY_SHARE = 0.30
# Student's 97.5 % quantiles for 1, 2, … degrees of freedom; above 30 a series is exact to 1e-5.
STUDENT = (
    12.706205, 4.302653, 3.182446, 2.776445, 2.570582, 2.446912, 2.364624, 2.306004, 2.262157,
    2.228139, 2.200985, 2.178813, 2.160369, 2.144787, 2.131450, 2.119905, 2.109816, 2.100922,
    2.093024, 2.085963, 2.079614, 2.073873, 2.068658, 2.063899, 2.059539, 2.055529, 2.051831,
    2.048407, 2.045230, 2.042272,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spread:
    """How far rounds of two engines lie apart on all questions: variance of logarithmic ratios.

    `lent` tells that it stands in for that of an engine which has none; without a degree of
    freedom it is that of runs inside one process, the least that there can be.
    """

    variance: float
    freedom: int
    lent: bool = False


def sample(run: Run) -> float | None:
    """Return a round's sample, the least of its hot runs; None where there is none."""
    return min(run.times.hot, default=None)


def samples(runs: Sequence[Run]) -> dict[int, float]:
    """Return the sample of each round, in the order of the rounds."""
    found = {run.round: sample(run) for run in sorted(runs, key=lambda run: run.round)}
    return {number: value for number, value in found.items() if value}


def is_noisy(noise: Noise) -> bool:
    """Return whether the machine did too much else beside the run, or was slowed itself."""
    shared = (noise.foreign or 0) > FOREIGN_CPU or (noise.steal or 0) > STEAL
    return shared or (noise.swapped or 0) > SWAPPED or (noise.throttled or 0) > 0


def noisy_share(runs: Sequence[Run]) -> float:
    """Return the share of runs beside which the machine did too much else."""
    return fmean(is_noisy(run.noise) for run in runs) if runs else 0.0


def paired(engine: Mapping[int, float], baseline: Mapping[int, float]) -> tuple[float, ...]:
    """Return the ratio of each round that both engines have."""
    return tuple(engine[number] / baseline[number] for number in engine if number in baseline)


def geometric(rows: Sequence[Mapping[int, float]]) -> dict[int, float]:
    """Return each round's geometric mean over questions, for the rounds that every question has."""
    rounds = set.intersection(*(set(row) for row in rows)) if rows else set()
    return {
        number: math.exp(fmean(math.log(row[number]) for row in rows)) for number in sorted(rounds)
    }


def spread(rows: Sequence[Sequence[float]]) -> Spread | None:
    """Pool the variance of each question's paired ratios; None where no question has two rounds."""
    known = [[math.log(ratio) for ratio in row] for row in rows if len(row) > 1]
    freedom = sum(len(row) - 1 for row in known)
    if not freedom:
        return None
    return Spread(sum((len(row) - 1) * variance(row) for row in known) / freedom, freedom)


def within(runs: Sequence[Run]) -> float:
    """Pool the variance of logarithmic times among the hot runs inside each process; 0 for none."""
    found = spread([run.times.hot for run in runs])
    return found.variance if found else 0.0


def lend(others: Sequence[Spread], least: float) -> Spread:
    """Return the spread of the most restless of other engines, or what is known without them."""
    if not others:
        return Spread(least, 0, lent=True)
    worst = max(others, key=lambda other: other.variance)
    return Spread(max(worst.variance, least), LENT, lent=True)


def judge(
    ratios: Sequence[float],
    noisy: float = 0.0,
    floor: float = FLOOR,
    among: Spread | None = None,
) -> Ratio:
    """Return the ratio of paired rounds (at least one), its 95 % interval and the verdict.

    `among` is the spread of the same engines over all questions, this one among them; for one
    round, a spread that others lend.
    """
    value = median(ratios)
    if len(ratios) == 1 and not (among and among.lent and among.freedom):
        return _judge_alone(value, among.variance if among and among.lent else 0.0, noisy)
    bounds = interval(ratios, among)
    return _decide(value, bounds, noisy, floor, counted(len(ratios), "round"))


def judge_apart(
    new: Sequence[float],
    old: Sequence[float],
    noisy: float = 0.0,
    floor: float = FLOOR,
) -> Ratio:
    """Compare samples of two times that share no round (at least one each), new over old.

    The interval is Welch's, of the logarithms.
    """
    value = median(new) / median(old)
    if min(len(new), len(old)) < 2:
        return Ratio(value, None, None, Verdict.UNDECIDED, "one round gives no interval")
    bounds = _welch_interval(new, old)
    return _decide(value, bounds, noisy, floor, f"{len(old)} and {len(new)} rounds")


def _decide(
    value: float, bounds: tuple[float, float], noisy: float, floor: float, rounds: str
) -> Ratio:
    low, high = bounds
    if noisy > NOISY_SHARE:
        return Ratio(value, low, high, _judge_far(low, high), _describe_noise(noisy))
    near = low >= 1 - SAME and high <= 1 + SAME
    margin = max(math.log1p(floor), GUARD * math.log(high / low))
    if math.log(high) < -margin or math.log(low) > margin:
        verdict = Verdict.FASTER if high < 1 else Verdict.SLOWER
        return Ratio(value, low, high, verdict, f"by less than {percent(SAME)}" if near else "")
    if near:
        return Ratio(value, low, high, Verdict.SAME, f"within {percent(SAME)}")
    doubt = f"{rounds} {'does' if rounds == '1 round' else 'do'} not show which is faster"
    return Ratio(value, low, high, Verdict.UNDECIDED, doubt)


def _judge_alone(value: float, variance: float, noisy: float) -> Ratio:
    """Judge a round beside which nothing is known but the variance inside its process."""
    if noisy > NOISY_SHARE:
        return Ratio(value, None, None, Verdict.UNDECIDED, _describe_noise(noisy))
    low, high = _interval_around(
        math.log(value), student(LENT) * math.sqrt(variance), math.log(value)
    )
    return Ratio(value, None, None, _judge_far(low, high), "one round gives no interval")


def _describe_noise(noisy: float) -> str:
    return f"the machine was busy during {percent(noisy)} of the runs"


def _judge_far(low: float, high: float) -> Verdict:
    if high < 1 / FAR:
        return Verdict.FASTER
    return Verdict.SLOWER if low > FAR else Verdict.UNDECIDED


def interval(ratios: Sequence[float], among: Spread | None = None) -> tuple[float, float]:
    """Return the 95 % interval of paired rounds: at least two, or one with a lent `among`."""
    if len(ratios) < BOOTSTRAP_ROUNDS:
        return _student_interval(ratios, among)
    return _bootstrap_interval(ratios)


def student(freedom: int) -> float:
    """Return the 97.5 % quantile of Student's t (above 30: Abramowitz & Stegun 26.7.5)."""
    if freedom <= len(STUDENT):
        return STUDENT[freedom - 1]
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    first = (z**3 + z) / (4 * freedom)
    second = (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
    return z + first + second


def _student_interval(ratios: Sequence[float], among: Spread | None) -> tuple[float, float]:
    logs = [math.log(ratio) for ratio in ratios]
    own = len(logs) - 1
    mine = variance(logs) if own else 0.0
    borrowed = _count_borrowed(among, own)
    shared = among.variance if among else 0.0
    moderated = (own * mine + borrowed * shared) / (own + borrowed)
    half = student(own + borrowed) * math.sqrt(moderated / len(logs))
    return _interval_around(fmean(logs), half, math.log(median(ratios)))


def _count_borrowed(among: Spread | None, own: int) -> int:
    if among is None:
        return 0
    return among.freedom if among.lent else min(BORROWED, (among.freedom - own) // 2)


def _welch_interval(new: Sequence[float], old: Sequence[float]) -> tuple[float, float]:
    after, before = ([math.log(time) for time in times] for times in (new, old))
    parts = [variance(logs) / len(logs) for logs in (after, before)]
    weights = [part**2 / (len(logs) - 1) for part, logs in zip(parts, (after, before), strict=True)]
    freedom = sum(parts) ** 2 / sum(weights) if sum(weights) else 1.0
    half = student(max(1, math.floor(freedom))) * math.sqrt(sum(parts))
    return _interval_around(fmean(after) - fmean(before), half, math.log(median(new) / median(old)))


def _interval_around(centre: float, half: float, shown: float) -> tuple[float, float]:
    """Return an interval of a ratio from its logarithm's; it holds the ratio that is shown."""
    # A ratio known to within e^20 and one that is not known at all read the same, and fit a float.
    half = min(max(half, abs(shown - centre)), 20)
    return math.exp(centre - half), math.exp(centre + half)


def _bootstrap_interval(ratios: Sequence[float]) -> tuple[float, float]:
    medians = np.median(np.asarray(ratios)[_draws(len(ratios))], axis=1)
    tail = _expanded_tail(len(ratios))
    low, high = np.quantile(medians, (tail, 1 - tail))
    return float(low), float(high)


@cache
def _draws(count: int) -> NDArray[np.int64]:
    return np.random.default_rng(SEED).integers(0, count, (RESAMPLES, count))


def _expanded_tail(count: int) -> float:
    """Return the percentile to read, widened as Student's interval is against the normal one."""
    return NormalDist().cdf(-math.sqrt(count / (count - 1)) * student(count - 1))
