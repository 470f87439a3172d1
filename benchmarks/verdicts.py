"""How often verdicts err, and what they find: comparisons simulated with noise of long tails.

Each comparison has six engines and ten questions; times are noisy as Student's t with three degrees
of freedom, every second engine twice as much (or one engine ten times). `python
benchmarks/verdicts.py` prints the tables of docs/decisions/verdicts.md in about ten minutes of CPU
time; `--comparisons 100` takes one.
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from dfbench.report.model import Verdict
from dfbench.report.timings import Timings

COMPARISONS = 1_000
ENGINES, QUESTIONS, REPEATED = 6, 10, 5
DESIGNS = {"1": (1, 1), "1+5": (1, 2), "2": (2, 2), "3": (3, 3), "5": (5, 5), "10": (10, 10)}
NOISES = (0.02, 0.08)
TRUTHS = (1.05, 1.2, 2.0, 5.0)
DECIDED = {Verdict.FASTER, Verdict.SLOWER}


@dataclass(frozen=True)
class Setting:
    """A comparison to simulate: noise is the standard deviation of a round's logarithm.

    `design` names the rounds of the last five questions and of the five cheapest; `drift` is how
    far two engines move apart from one round to the next, in units of the noise.
    """

    design: str
    noise: float
    truth: float = 1.0
    factors: tuple[float, ...] = (1.0, 2.0, 1.0, 2.0, 1.0, 2.0)
    drift: float = 0.0
    uneven: float = 0.0  # standard deviation of the logarithm of a question's own noise


UNEQUAL = (1.0, 10.0, 1.0, 1.0, 1.0, 1.0)


def simulate(setting: Setting, seed: random.Random) -> Timings:
    """Return one comparison's times; engine 1 takes `truth` times as long as engine 0."""
    once, more = DESIGNS[setting.design]
    samples = {}
    for engine in range(ENGINES):
        for query in range(QUESTIONS):
            noise = (
                setting.noise * setting.factors[engine] * math.exp(seed.gauss(0, setting.uneven))
            )
            rounds = more if query < REPEATED else once
            move = (engine == 1) * setting.drift * setting.noise
            base = math.log(setting.truth) if engine == 1 else 0.0
            samples[str(engine), str(query)] = {
                number: math.exp(base + noise * draw_tailed(seed) + move * number)
                for number in range(rounds)
            }
    return Timings(samples)


def draw_tailed(seed: random.Random) -> float:
    """Return a value of variance 1, distributed as Student's t with three degrees of freedom."""
    return seed.gauss(0, 1) / math.sqrt(2 * seed.gammavariate(1.5, 1))


def judge_questions(timings: Timings) -> Iterator[Verdict]:
    ratios = (timings.judge("1", "0", str(query)) for query in range(QUESTIONS))
    yield from (ratio.verdict for ratio in ratios if ratio)


def judge_overall(timings: Timings) -> Iterator[Verdict]:
    ratio = timings.judge_over("1", "0", map(str, range(QUESTIONS)))
    if ratio:
        yield ratio.verdict


def count_verdicts(
    setting: Setting,
    comparisons: int,
    judge: Callable[[Timings], Iterator[Verdict]] = judge_questions,
) -> tuple[float, float]:
    """Return the shares of all verdicts that are "slower", and that are "faster"."""
    seed = random.Random(f"{setting}")
    return share([v for _ in range(comparisons) for v in judge(simulate(setting, seed))])


def count_since(setting: Setting, comparisons: int) -> tuple[float, float]:
    """Return the same of engine 1 in two comparisons, of which the older drifts the other way."""
    seed = random.Random(f"{setting}")
    before = replace(setting, truth=1.0, drift=-setting.drift)
    found = []
    for _ in range(comparisons):
        new, old = simulate(setting, seed), simulate(before, seed)
        ratios = (new.judge_since(old, "1", str(query)) for query in range(QUESTIONS))
        found += [ratio.verdict for ratio in ratios]
    return share(found)


def share(found: Sequence[Verdict]) -> tuple[float, float]:
    """Return the shares of verdicts that are "slower", and that are "faster"."""
    return found.count(Verdict.SLOWER) / len(found), found.count(Verdict.FASTER) / len(found)


def share_false(
    setting: Setting,
    comparisons: int,
    judge: Callable[[Timings], Iterator[Verdict]] = judge_questions,
) -> float:
    return sum(count_verdicts(setting, comparisons, judge))


def print_power(comparisons: int, judge: Callable[[Timings], Iterator[Verdict]]) -> None:
    print("| noise | rounds | false verdicts | one engine 10 times as noisy |", end="")
    print("".join(f" {truth:g} found |" for truth in TRUTHS))
    print("|---" * (4 + len(TRUTHS)) + "|")
    for noise in NOISES:
        for design in DESIGNS:
            false = share_false(Setting(design, noise), comparisons, judge)
            worst = share_false(Setting(design, noise, factors=UNEQUAL), comparisons, judge)
            found = [
                count_verdicts(Setting(design, noise, truth), comparisons, judge)[0]
                for truth in TRUTHS
            ]
            print(f"| {noise:.0%} | {design} | {false:.1%} | {worst:.1%} |", end="")
            print("".join(f" {one:.0%} |" for one in found), flush=True)


def print_drift(comparisons: int) -> None:
    print("| drift per round, in units of the noise | false verdicts in 10 rounds |\n|---|---|")
    for drift in (0.0, 0.05, 0.1, 0.2, 0.5):
        false = share_false(Setting("10", 0.02, drift=drift), comparisons)
        print(f"| {drift:g} | {false:.1%} |", flush=True)


def print_since(comparisons: int) -> None:
    print("| noise | rounds | false verdicts |", end="")
    print("".join(f" {truth:g} found |" for truth in TRUTHS))
    print("|---" * (3 + len(TRUTHS)) + "|")
    for noise in NOISES:
        for design in DESIGNS:
            false = sum(count_since(Setting(design, noise), comparisons))
            found = [count_since(Setting(design, noise, truth), comparisons)[0] for truth in TRUTHS]
            print(f"| {noise:.0%} | {design} | {false:.1%} |", end="")
            print("".join(f" {one:.0%} |" for one in found), flush=True)
    print("\n| drift per round, in units of the noise | false verdicts in 10 rounds |\n|---|---|")
    for drift in (0.05, 0.1, 0.2, 0.5):
        false = sum(count_since(Setting("10", 0.02, drift=drift), comparisons))
        print(f"| {drift:g} | {false:.1%} |", flush=True)


def print_uneven(comparisons: int) -> None:
    print("| rounds | false verdicts where questions differ in noise |\n|---|---|")
    for design in DESIGNS:
        false = share_false(Setting(design, 0.08, uneven=0.7), comparisons)
        print(f"| {design} | {false:.1%} |", flush=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--comparisons", type=int, default=COMPARISONS)
    comparisons = options.parse_args().comparisons
    for title, judge in (("One question", judge_questions), ("All questions", judge_overall)):
        print(f"\n{title}\n")
        print_power(comparisons, judge)
    print("\nTwo comparisons\n")
    print_since(comparisons)
    print("\nDrift\n")
    print_drift(comparisons)
    print("\nUneven questions\n")
    print_uneven(comparisons)


if __name__ == "__main__":
    main()
