"""What the times of two engines allow one to say: ratio, interval, verdict.

Rounds are the units: the runs inside one process share its luck, two rounds do not. A round's
sample is the least of its hot runs, and all is done with the logarithms of samples.

- A ratio is the mean over the rounds that both engines ran. Its standard error comes from the
  spread of each engine (`spread.py`), its interval is Student's, with Satterthwaite's degrees of
  freedom (1946, "An approximate distribution of estimates of variance components").
- Where the ratio drifts over the rounds, its interval covers both ends of the drift.
- Where nothing ran twice no spread is known: a ratio has no interval then, and decides what lies
  beyond a factor of FAR.

Faster and slower need an interval that leaves 1 by more than FLOOR and by GUARD of its own width;
the same, one that lies inside 1 ± SAME; all else is undecided. Beside other work, whole intervals
must lie beyond a factor of FAR: it takes time from engines unequally, and no interval shows that.
docs/decisions/verdicts.md says why, and how often that errs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, median, stdev
from typing import TypeAlias

from ..storage.records import Noise, Run
from .distributions import compute_student
from .model import Doubt, Ratio, Verdict
from .spread import Spread, pool
from .units import HUGE, format_count, format_percent, format_two_digits

# Where a program lies in memory alone makes it differ from itself by a per cent (Mytkowicz et al.
# 2009, "Producing wrong data without doing anything obviously wrong!"); no interval shows that.
FLOOR = 0.01
GUARD = 0.2  # of the interval's width: one in 20 at most shall err, not one in 20 on average
SAME = 0.05  # ratios inside 1 ± 5 % are no reason to change the engine
FAR = 3.0  # an engine on all cores loses more to other programs than one on a single core
FOREIGN_CPU = 0.10
STEAL = 0.01
SWAPPED = 2**20  # bytes; the kernel moves a page now and then on an idle machine
NOISY_SHARE = 0.30
ENOUGH_ROUNDS = 6
LARGEST = 300.0  # a logarithm whose exponent, squared, still is a float
FEWEST_QUESTIONS = 3  # their ratios give an interval where no question ran twice
UNANIMOUS = 8  # questions on one side of 1: by chance, in fewer than one comparison of 100


Taken: TypeAlias = Callable[[Run], float | None]  # which time of a run is its sample


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is known of the logarithm of a ratio: its mean, and that mean's standard error.

    `shown` is the logarithm that the report shows, of the ratio of medians; `drift` is how far the
    logarithm moved over the rounds, 0 where that may be chance. `known` says that the error comes
    from repeated rounds, or from several questions.
    """

    shown: float
    centre: float
    error: float
    freedom: float
    rounds: str
    drift: float = 0.0
    known: bool = True

    @property
    def interval(self) -> tuple[float, float]:
        """Return the 95 % interval of the ratio; it holds the ratio that is shown."""
        half = compute_student(max(self.freedom, 1.0)) * self.error + abs(self.drift) / 2
        half = min(max(half, abs(self.shown - self.centre)), LARGEST)
        return _compute_exponent(self.centre - half), _compute_exponent(self.centre + half)

    @property
    def value(self) -> float:
        """Return the ratio that is shown."""
        return _compute_exponent(self.shown)


def find_sample(run: Run) -> float | None:
    """Return a round's sample, the least of its hot runs; None where there is none."""
    return min(run.times.hot, default=None)


def read_cold(run: Run) -> float | None:
    """Return the seconds of a process's first execution."""
    return run.times.cold


def load(run: Run) -> float | None:
    """Return the seconds of loading the data."""
    return run.times.load


def collect_samples(runs: Sequence[Run], taken: Taken = find_sample) -> dict[int, float]:
    """Return what each round measured, above 0, in the order of the rounds."""
    found = {run.round: taken(run) for run in sorted(runs, key=lambda run: run.round)}
    return {number: value for number, value in found.items() if value}


def is_noisy(noise: Noise) -> bool:
    """Return whether the machine did too much else beside the run, or was slowed itself."""
    shared = (noise.foreign or 0) > FOREIGN_CPU or (noise.steal or 0) > STEAL
    return shared or (noise.swapped or 0) > SWAPPED or (noise.throttled or 0) > 0


def compute_noisy_share(runs: Sequence[Run]) -> float:
    """Return the share of runs beside which the machine did too much else."""
    return fmean(is_noisy(run.noise) for run in runs) if runs else 0.0


def pair_rounds(engine: Mapping[int, float], baseline: Mapping[int, float]) -> dict[int, float]:
    """Return the logarithm of the ratio of each round that both engines have."""
    return {
        number: math.log(time) - math.log(baseline[number])
        for number, time in engine.items()
        if number in baseline
    }


def pool_within(runs: Sequence[Run]) -> float:
    """Return the least variance that a round's sample can have: that of a mean of its hot runs.

    It is pooled from the logarithms of the hot runs inside each process; 0 where none has two.
    """
    repeated = [run.times.hot for run in runs if len(run.times.hot) > 1]
    found = pool(repeated)
    return found.variance / fmean(map(len, repeated)) if found else 0.0


def estimate(
    ratios: Mapping[int, float],
    spreads: Sequence[Spread | None],
    least: float = 0.0,
    drift: float = 0.0,
) -> Estimate:
    """Return what the logarithms of paired rounds say of two engines with such spreads.

    There is at least one round. Without a spread, the error is that of two samples whose variances
    add up to `least`. `drift` is the change of the ratio's logarithm from one round to the next.
    """
    logs = tuple(ratios.values())
    rounds, shown = _count_rounds(len(logs)), median(logs)
    known = [spread for spread in spreads if spread]
    if len(known) < len(spreads):
        return Estimate(shown, fmean(logs), math.sqrt(least), 1, rounds, known=False)
    error, freedom = combine([(spread, 1 / len(logs)) for spread in known])
    span = drift * (max(ratios) - min(ratios))
    return Estimate(shown, fmean(logs), error, freedom, rounds, span)


def estimate_apart(
    new: Sequence[float],
    old: Sequence[float],
    spreads: Sequence[Spread | None],
    least: float = 0.0,
    drift: float = 0.0,
) -> Estimate:
    """Return what two times that share no round say, new over old (at least one sample each).

    `drift` is how much further the logarithm of the new one moved over its rounds.
    """
    centre = fmean(map(math.log, new)) - fmean(map(math.log, old))
    shown = math.log(median(new)) - math.log(median(old))
    rounds = _count_rounds(min(len(new), len(old)))
    after, before = spreads
    if after is None or before is None:
        return Estimate(shown, centre, math.sqrt(least), 1, rounds, known=False)
    error, freedom = combine([(after, 1 / len(new)), (before, 1 / len(old))])
    return Estimate(shown, centre, error, freedom, rounds, drift)


def estimate_over(
    estimates: Sequence[Estimate],
    counts: Sequence[int],
    spreads: Sequence[Spread | None],
    least: float,
) -> Estimate:
    """Return what several questions together say: their mean (at least one question).

    `counts` are the rounds of each. The error is that of the mean of all their rounds; where
    nothing ran twice, that of the mean of the questions' ratios.
    """
    centre, shown = (fmean(v) for v in zip(*((e.centre, e.shown) for e in estimates), strict=True))
    number, rounds = len(estimates), _count_rounds(min(counts))
    known = [spread for spread in spreads if spread]
    if len(known) == len(spreads):
        weight = sum(1 / count for count in counts) / number**2
        error, freedom = combine([(spread, weight) for spread in known])
        return Estimate(shown, centre, error, freedom, rounds, fmean(e.drift for e in estimates))
    if number < FEWEST_QUESTIONS:
        return Estimate(shown, centre, math.sqrt(least / number), 1, rounds, known=False)
    error = stdev(e.centre for e in estimates) / math.sqrt(number)
    return Estimate(shown, centre, error, number - 1, rounds)


def combine(parts: Sequence[tuple[Spread, float]]) -> tuple[float, float]:
    """Return the standard error of a sum of means, and Satterthwaite's degrees of freedom.

    Each part is the spread of single values, and the weight of its variance in the sum.
    """
    variances = [spread.variance * weight for spread, weight in parts]
    total = sum(variances)
    freedoms = [spread.freedom for spread, _ in parts]
    below = sum(v**2 / freedom for v, freedom in zip(variances, freedoms, strict=True))
    return math.sqrt(total), total**2 / below if below else min(freedoms)


def fit_drift(rows: Sequence[Mapping[int, float]]) -> float:
    """Return how logarithms of times or ratios change from round to round; 0 if by chance.

    `rows` are those of each question. They have one slope in common; it counts where its
    t-test rejects 0 at 5 %.
    """
    steps, logs = [], []
    for row in (row for row in rows if len(row) > 2):
        steps += [number - fmean(row) for number in row]
        logs += [log - fmean(row.values()) for log in row.values()]
    freedom = len(logs) - sum(len(row) > 2 for row in rows) - 1
    if freedom < 1:
        return 0.0
    spread = sum(step**2 for step in steps)
    slope = sum(step * log for step, log in zip(steps, logs, strict=True)) / spread
    rest = sum((log - slope * step) ** 2 for step, log in zip(steps, logs, strict=True))
    error = math.sqrt(rest / freedom / spread)
    return slope if abs(slope) > compute_student(freedom) * error else 0.0


def decide(found: Estimate, noisy: float = 0.0, floor: float = FLOOR) -> Ratio:
    """Return the ratio, its 95 % interval and the verdict; `noisy` is the share of busy runs."""
    low, high = found.interval
    if not found.known:
        return _decide_alone(found, noisy)
    if noisy > NOISY_SHARE:
        far, why = _judge_far(low, high), _describe_noise(noisy)
        return Ratio(found.value, low, high, far, why, Doubt.BUSY, found.rounds)
    verdict = _judge_interval(low, high, floor)
    reason, doubt = _explain(verdict, found)
    return Ratio(found.value, low, high, verdict, reason, doubt, found.rounds)


def _decide_alone(found: Estimate, noisy: float) -> Ratio:
    """Judge a round beside which nothing is known but the variance inside its processes."""
    verdict, reason, doubt = _judge_far(*found.interval), found.rounds, Doubt.ONE_ROUND
    if noisy > NOISY_SHARE:
        verdict, reason, doubt = Verdict.UNDECIDED, _describe_noise(noisy), Doubt.BUSY
    return Ratio(found.value, None, None, verdict, reason, doubt, found.rounds)


def decide_over(
    found: Estimate, estimates: Sequence[Estimate], noisy: float = 0.0, floor: float = FLOOR
) -> Ratio:
    """Return the verdict over questions: that of their mean, or of all of them on one side."""
    ratio = decide(found, noisy, floor)
    if ratio.verdict.is_decided or ratio.doubt in {Doubt.BUSY, Doubt.DRIFT}:
        return ratio
    above = sum(one.centre > math.log1p(floor) for one in estimates)
    below = sum(one.centre < -math.log1p(floor) for one in estimates)
    if max(above, below) < len(estimates) or len(estimates) < UNANIMOUS:
        return ratio
    verdict = Verdict.SLOWER if above else Verdict.FASTER
    reason = f"{verdict} on all {len(estimates)} questions"
    return replace(ratio, verdict=verdict, reason=reason, doubt=None)


def _judge_interval(low: float, high: float, floor: float) -> Verdict:
    margin = max(math.log1p(floor), GUARD * math.log(high / low))
    if math.log(high) < -margin:
        return Verdict.FASTER
    if math.log(low) > margin:
        return Verdict.SLOWER
    return Verdict.SAME if _is_near(low, high) else Verdict.UNDECIDED


def _is_near(low: float, high: float) -> bool:
    return low >= 1 - SAME and high <= 1 + SAME


def _explain(verdict: Verdict, found: Estimate) -> tuple[str, Doubt | None]:
    """Return why it is this verdict, and what makes it doubtful."""
    low, high = found.interval
    if found.drift:
        drift = _compute_exponent(abs(found.drift)) - 1
        return f"a drift of {format_percent(drift)} over the rounds", Doubt.DRIFT
    if verdict is Verdict.SAME:
        return f"within {format_percent(SAME)}", None
    if verdict.is_decided:
        return (f"by less than {format_percent(SAME)}" if _is_near(low, high) else ""), None
    if found.rounds == _count_rounds(1):
        return found.rounds, Doubt.ONE_ROUND
    factor = min(math.sqrt(high / low), HUGE)
    width = (
        f"±{format_percent(factor - 1)}"
        if factor < 2
        else f"± a factor of {format_two_digits(factor)}"
    )
    close = ", too close to 1" if low > 1 or high < 1 else ""
    return f"{found.rounds}, {width}{close}", Doubt.NOISE


def _compute_exponent(log: float) -> float:
    return math.exp(min(max(log, -LARGEST), LARGEST))


def _count_rounds(count: int) -> str:
    return "one round" if count == 1 else format_count(count, "round")


def _describe_noise(noisy: float) -> str:
    return f"the machine was busy during {format_percent(noisy)} of the runs"


def _judge_far(low: float, high: float) -> Verdict:
    if high < 1 / FAR:
        return Verdict.FASTER
    return Verdict.SLOWER if low > FAR else Verdict.UNDECIDED
