"""Ratios, intervals and verdicts: scipy is the oracle, and self-comparisons tell the truth."""

from __future__ import annotations

import math
import random
from statistics import median

import pytest
from dfbench.report import statistics
from dfbench.report.model import Verdict
from dfbench.report.statistics import Spread, interval, judge
from dfbench.storage.records import Noise, Outcome, Run, Times
from hypothesis import given, settings
from hypothesis import strategies as st

RATIOS = st.lists(st.floats(0.01, 100), min_size=2, max_size=12)
DECIDED = {Verdict.FASTER, Verdict.SLOWER}


def test_students_quantiles_are_scipys() -> None:
    from scipy import stats

    for freedom in (*range(1, 60), 100, 1000):
        assert statistics.student(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), abs=1e-4)


@settings(deadline=None)
@given(st.lists(st.floats(0.5, 2), min_size=2, max_size=5, unique=True))
def test_few_rounds_get_scipys_student_interval_of_the_logarithms(ratios) -> None:
    from scipy import stats

    logs = [math.log(ratio) for ratio in ratios]
    oracle = stats.t.interval(0.95, len(logs) - 1, loc=sum(logs) / len(logs), scale=stats.sem(logs))
    low, high = interval(ratios)
    assert math.log(low) == pytest.approx(oracle[0], abs=1e-5)
    assert math.log(high) == pytest.approx(oracle[1], abs=1e-5)


def test_many_rounds_get_scipys_percentile_bootstrap_at_the_widened_level() -> None:
    import numpy as np
    from scipy import stats

    ratios = list(np.random.default_rng(3).lognormal(0.5, 0.1, 15))
    tail = stats.norm.cdf(-math.sqrt(15 / 14) * stats.t.ppf(0.975, 14))
    oracle = stats.bootstrap(
        (ratios,), np.median, method="percentile", n_resamples=20_000, rng=1,
        confidence_level=1 - 2 * tail,
    ).confidence_interval  # fmt: skip
    low, high = interval(ratios)
    assert low == pytest.approx(oracle.low, rel=0.02)
    assert high == pytest.approx(oracle.high, rel=0.02)


@settings(deadline=None)
@given(RATIOS)
def test_the_interval_holds_the_ratio_that_is_shown(ratios) -> None:
    low, high = interval(ratios)
    assert low * (1 - 1e-9) <= median(ratios) <= high * (1 + 1e-9)


@settings(deadline=None)
@given(RATIOS)
def test_the_order_of_rounds_changes_a_few_rounds_interval_by_nothing(ratios) -> None:
    few = ratios[:5]
    assert interval(few) == pytest.approx(interval(few[::-1]))


@settings(deadline=None)
@given(RATIOS, st.floats(0.1, 10))
def test_a_verdict_needs_an_interval_that_leaves_1(ratios, scale) -> None:
    found = judge([ratio * scale for ratio in ratios])
    match found.verdict:
        case Verdict.FASTER:
            assert found.high < 0.991
        case Verdict.SLOWER:
            assert found.low > 1.01
        case Verdict.SAME:
            assert found.low >= 0.95
            assert found.high <= 1.05
        case _:
            margin = max(math.log(1.01), 0.2 * math.log(found.high / found.low))
            assert math.log(found.low) <= margin * (1 + 1e-9)
            assert math.log(found.high) >= -margin * (1 + 1e-9)
            assert found.reason


def test_the_same_rounds_give_the_same_verdict_every_time() -> None:
    ratios = [1.1, 1.2, 1.0, 1.15, 1.3, 1.12, 1.19]
    assert judge(ratios) == judge(ratios)


@pytest.mark.parametrize(
    ("ratio", "verdict"),
    [
        (0.5, Verdict.UNDECIDED),
        (2.9, Verdict.UNDECIDED),
        (0.3, Verdict.FASTER),
        (4, Verdict.SLOWER),
    ],
)
def test_one_round_alone_has_no_interval_and_decides_what_is_far(
    ratio: float, verdict: Verdict
) -> None:
    found = judge([ratio])
    assert (found.verdict, found.low, found.high) == (verdict, None, None)
    assert found.reason == "one round gives no interval"


def test_one_round_alone_beside_other_work_decides_nothing() -> None:
    found = judge([40.0], noisy=0.5)
    assert (found.verdict, found.reason) == (
        Verdict.UNDECIDED, "the machine was busy during 50 % of the runs",
    )  # fmt: skip


def test_one_round_alone_counts_how_restless_its_own_runs_are() -> None:
    assert judge([4.0], among=statistics.lend([], least=0.001)).verdict is Verdict.UNDECIDED
    assert judge([40.0], among=statistics.lend([], least=0.001)).verdict is Verdict.SLOWER


def test_a_busy_machine_decides_only_what_lies_beyond_a_factor_of_three() -> None:
    found = judge([0.5, 0.5, 0.51], noisy=0.4)
    assert found.verdict is Verdict.UNDECIDED
    assert found.reason == "the machine was busy during 40 % of the runs"
    assert judge([0.1, 0.1, 0.11], noisy=0.4).verdict is Verdict.FASTER
    assert judge([10.0, 10.1, 11.0], noisy=0.4).verdict is Verdict.SLOWER
    assert judge([2.0, 10.0, 11.0], noisy=0.4).verdict is Verdict.UNDECIDED


def test_one_round_borrows_the_spread_of_the_most_restless_other_engine() -> None:
    lent = statistics.lend([Spread(0.0001, 10), Spread(0.0004, 10)], least=0.0)
    assert lent == Spread(0.0004, statistics.LENT, lent=True)
    half = statistics.student(statistics.LENT) * 0.02
    found = judge([2.0], among=lent)
    assert (found.low, found.high) == pytest.approx((2 * math.exp(-half), 2 * math.exp(half)))
    assert found.verdict is Verdict.SLOWER
    assert judge([1.05], among=lent).verdict is Verdict.UNDECIDED


def test_one_round_is_taken_to_be_no_steadier_than_the_runs_in_its_process() -> None:
    runs = [Run("e", "q", 1, Outcome.OK, times=Times(hot=(1.0, math.exp(0.2))))]
    assert statistics.within(runs) == pytest.approx(0.02)
    lent = statistics.lend([Spread(0.0001, 10)], statistics.within(runs))
    assert lent.variance == pytest.approx(0.02)


@pytest.mark.parametrize("others", [1, 2, 4])
@pytest.mark.parametrize("spikes", [0.0, 0.1])
def test_a_single_rounds_verdict_stays_true_though_engines_differ_in_unrest(
    others: int, spikes: float
) -> None:
    seed, found = random.Random(others), []
    for _ in range(150):
        noises = [0.03 * math.exp(seed.gauss(0, 0.7)) for _ in range(others + 1)]
        rows = [[compared(seed, 2, one, spikes=spikes) for _ in range(10)] for one in noises[1:]]
        lent = statistics.lend([statistics.spread(row) for row in rows], 0.0)
        single = (compared(seed, 1, noises[0], spikes=spikes) for _ in range(10))
        found += [judge(ratios, among=lent).verdict for ratios in single]
    assert sum(verdict in DECIDED for verdict in found) / len(found) <= 0.05


def test_noise_is_counted_from_foreign_work_and_steal() -> None:
    noises = [Noise(0.05, 0.0), Noise(0.2, 0.0), Noise(0.0, 0.02), Noise()]
    runs = [Run("e", "q", n, Outcome.OK, noise=noise) for n, noise in enumerate(noises)]
    assert statistics.noisy_share(runs) == 0.5


def test_a_sample_is_the_least_hot_run_and_never_a_cold_one() -> None:
    times = Times(cold=0.1, warmups=(0.2,), hot=(3.0, 2.0, 4.0))
    runs = [Run("e", "q", 0, Outcome.OK, times=times), Run("e", "q", 1, Outcome.OK)]
    assert statistics.samples(runs) == {0: 2.0}


def test_rounds_are_paired_and_lonely_ones_left_out() -> None:
    assert statistics.paired({0: 2.0, 1: 3.0, 5: 1.0}, {0: 1.0, 1: 6.0, 2: 9.0}) == (2.0, 0.5)


def test_geometric_means_are_over_the_rounds_that_all_questions_have() -> None:
    found = statistics.geometric([{0: 1.0, 1: 4.0}, {0: 4.0}])
    assert found == pytest.approx({0: 2.0})
    assert statistics.geometric([]) == {}


def compared(seed, rounds, noise, truth=1.0, spikes=0.0):
    """Paired rounds of two engines: noise of each process and its three hot runs, and spikes."""

    def sample():
        process = math.exp(seed.gauss(0, noise))
        spike = 1 + seed.expovariate(2) if seed.random() < spikes else 1.0
        return process * spike * min(math.exp(abs(seed.gauss(0, noise))) for _ in range(3))

    return [truth * sample() / sample() for _ in range(rounds)]


@pytest.mark.parametrize("noise", [0.01, 0.05, 0.3])
@pytest.mark.parametrize("rounds", [2, 3, 5, 6, 10])
@pytest.mark.parametrize("spikes", [0.0, 0.1])
def test_at_most_one_in_twenty_self_comparisons_ends_in_a_verdict(
    rounds: int, noise: float, spikes: float
) -> None:
    seed = random.Random(rounds * 1000 + int(noise * 100))
    tries = 200
    pairs = (compared(seed, rounds, noise, spikes=spikes) for _ in range(tries))
    false = sum(judge(ratios).verdict in DECIDED for ratios in pairs)
    assert false / tries <= 0.05


def verdicts(seed, questions, rounds, noise, truth=1.0, spikes=0.0):
    """One engine against another on questions that differ in noise by a factor of 2 and more."""
    noises = [noise * math.exp(seed.gauss(0, 0.7)) for _ in range(questions)]
    rows = [compared(seed, rounds, one, truth, spikes) for one in noises]
    among = statistics.spread(rows)
    return [judge(row, among=among).verdict for row in rows]


@pytest.mark.parametrize("noise", [0.03, 0.1, 0.3])
@pytest.mark.parametrize("rounds", [2, 3])
@pytest.mark.parametrize("questions", [2, 10])
@pytest.mark.parametrize("spikes", [0.0, 0.1])
def test_borrowing_from_other_questions_keeps_self_comparisons_true(
    questions: int, rounds: int, noise: float, spikes: float
) -> None:
    seed = random.Random(questions * 100 + rounds * 10 + int(noise * 100))
    tries = 2000 // questions
    found = [v for _ in range(tries) for v in verdicts(seed, questions, rounds, noise, 1.0, spikes)]
    assert sum(verdict in DECIDED for verdict in found) / len(found) <= 0.05


def test_borrowing_finds_in_two_rounds_what_a_question_alone_does_not() -> None:
    seed = random.Random(1)
    alone = [judge(compared(seed, 2, 0.03, 1.5)).verdict for _ in range(400)]
    shared = [v for _ in range(40) for v in verdicts(seed, 10, 2, 0.03, 1.5)]
    assert alone.count(Verdict.SLOWER) / 400 < 0.75
    assert shared.count(Verdict.SLOWER) / 400 > 0.9


def test_nothing_is_borrowed_from_nobody() -> None:
    rows = [[1.2, 1.3]]
    assert interval(rows[0], statistics.spread(rows)) == interval(rows[0])
    assert statistics.spread([[1.0], []]) is None


@pytest.mark.parametrize(
    ("rounds", "noise", "truth", "power"),
    [(3, 0.01, 1.10, 0.70), (4, 0.01, 1.10, 0.95), (6, 0.01, 1.10, 0.95), (3, 0.03, 1.5, 0.95)],
)
def test_a_planted_slow_down_is_found(
    rounds: int, noise: float, truth: float, power: float
) -> None:
    seed = random.Random(7)
    tries = 200
    found = [judge(compared(seed, rounds, noise, truth)).verdict for _ in range(tries)]
    assert found.count(Verdict.SLOWER) / tries >= power
    assert found.count(Verdict.FASTER) == 0


def test_a_planted_slow_down_of_5_percent_is_found_in_ten_rounds() -> None:
    seed = random.Random(7)
    found = [judge(compared(seed, 10, 0.01, 1.05)).verdict for _ in range(200)]
    assert found.count(Verdict.SLOWER) / 200 >= 0.95
