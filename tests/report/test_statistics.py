"""Ratios, intervals and verdicts: scipy is the oracle, and self-comparisons tell the truth."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from statistics import fmean, variance

import pytest
from dfbench.benchmarks import verdicts as simulation
from dfbench.benchmarks.verdicts import Setting, count_verdicts, share_false
from dfbench.report import distributions, spread, statistics
from dfbench.report.model import Doubt, Ratio, Verdict
from dfbench.report.spread import Spread, estimate_prior, moderate, pool
from dfbench.report.statistics import decide, estimate, fit_drift
from dfbench.report.timings import Timings, merge
from dfbench.storage.records import Noise, Outcome, Run, Times
from hypothesis import given, settings
from hypothesis import strategies as st

LOGS = st.lists(st.floats(-4, 4), min_size=2, max_size=12)
SPREADS = st.builds(Spread, st.floats(1e-6, 1), st.floats(1, 30))


def numbered(values: Iterable[float]) -> dict[int, float]:
    return dict(enumerate(values))


def judged(
    ratios: Iterable[float], variance: float = 1e-6, freedom: float = 30.0, noisy: float = 0.0
) -> Ratio:
    """Judge paired rounds of two engines of one spread."""
    logs = numbered(math.log(ratio) for ratio in ratios)
    return decide(estimate(logs, [Spread(variance / 2, freedom / 2)] * 2), noisy)


def judged_alone(ratio: float, least: float = 0.0, noisy: float = 0.0) -> Ratio:
    return decide(estimate({1: math.log(ratio)}, [None, None], least), noisy)


def test_students_quantiles_are_scipys() -> None:
    from scipy import stats

    for freedom in (*range(1, 60), 100, 1000):
        assert distributions.compute_student(freedom) == pytest.approx(
            stats.t.ppf(0.975, freedom), abs=1e-4
        )
    for freedom in (1.1, 1.5, 1.9, 2.5, 3.3, 7.7, 29.5, 30.5):
        assert distributions.compute_student(freedom) == pytest.approx(
            stats.t.ppf(0.975, freedom), rel=0.03
        )


@pytest.mark.parametrize("x", [0.1, 0.5, 1.0, 1.5, 5.9, 20.0])
def test_the_gamma_functions_derivatives_are_scipys(x: float) -> None:
    from scipy import special

    assert distributions.compute_digamma(x) == pytest.approx(special.digamma(x), abs=1e-6)
    assert distributions.compute_trigamma(x) == pytest.approx(special.polygamma(1, x), rel=1e-6)
    assert distributions.invert_trigamma(distributions.compute_trigamma(x)) == pytest.approx(
        x, rel=1e-5
    )


def test_a_pooled_variance_is_that_within_rows() -> None:
    rows = [[1.0, 2.0, 4.0], [3.0], [5.0, 6.0]]
    logs = [[math.log(time) for time in row] for row in rows]
    expected = (2 * variance(logs[0]) + variance(logs[2])) / 3
    assert pool(rows) == Spread(pytest.approx(expected), 3)
    assert pool([[1.0], []]) is None


def test_a_prior_has_the_moments_that_smyth_estimates_it_from() -> None:
    from scipy import optimize, special

    variances = (1.0, 4.0, 2.0, 30.0)
    found = estimate_prior([Spread(variance, 5) for variance in variances])
    logs = [math.log(one) - special.digamma(2.5) + math.log(2.5) for one in variances]
    apart = variance(logs) - special.polygamma(1, 2.5)
    half = optimize.brentq(lambda x: special.polygamma(1, x) - apart, 0.01, 100)
    assert 2 * half < spread.MOST_LENT
    assert found.freedom == pytest.approx(2 * half, rel=1e-4)
    expected = math.exp(fmean(logs) + special.digamma(half) - math.log(half))
    assert found.variance == pytest.approx(expected, rel=1e-4)


def test_equal_engines_lend_three_degrees_of_freedom_and_a_single_one_lends_one() -> None:
    assert estimate_prior([Spread(0.01, 5)] * 4).freedom == 3
    assert estimate_prior([Spread(0.01, 5)] * 4).variance == pytest.approx(0.0123, rel=0.01)
    assert estimate_prior([Spread(0.01, 5)]) == Spread(0.01, 1)
    assert estimate_prior([Spread(0.0, 5)]) is estimate_prior([]) is None


@settings(deadline=None)
@given(SPREADS, SPREADS)
def test_a_moderated_variance_lies_between_and_has_both_degrees_of_freedom(
    own: Spread, prior: Spread
) -> None:
    found = moderate(own, prior)
    low, high = sorted((own.variance, prior.variance))
    assert low * (1 - 1e-9) <= found.variance <= high * (1 + 1e-9)
    assert found.freedom == own.freedom + prior.freedom
    assert moderate(None, prior).variance == pytest.approx(prior.variance)
    assert moderate(own, None).variance == pytest.approx(own.variance)
    assert moderate(None, None) is None
    assert moderate(own, prior, least=2.0).variance == 2.0


@settings(deadline=None)
@given(st.lists(st.floats(-1, 1), min_size=3, max_size=8), st.lists(st.floats(-1, 1), min_size=3))
def test_two_engines_interval_is_welchs_where_nothing_is_lent(
    new: list[float], old: list[float]
) -> None:
    from scipy import stats

    if min(variance(new), variance(old)) < 1e-6:
        return
    spreads = [Spread(variance(logs), len(logs) - 1) for logs in (new, old)]
    times = [[math.exp(log) for log in logs] for logs in (new, old)]
    found = statistics.estimate_apart(*times, spreads)
    oracle = stats.ttest_ind(new, old, equal_var=False)
    assert found.centre == pytest.approx(fmean(new) - fmean(old))
    assert found.freedom == pytest.approx(oracle.df)
    low, high = oracle.confidence_interval()
    assert math.log(found.interval[0]) <= low + 0.03 * (high - low)
    assert math.log(found.interval[1]) >= high - 0.03 * (high - low)


@settings(deadline=None)
@given(LOGS, st.floats(0, 1))
def test_the_interval_holds_the_ratio_that_is_shown(logs: list[float], variance: float) -> None:
    found = estimate(numbered(logs), [Spread(variance, 5)] * 2)
    low, high = found.interval
    assert low * (1 - 1e-9) <= found.value <= high * (1 + 1e-9)


@settings(deadline=None)
@given(LOGS, st.floats(0, 0.1))
def test_a_verdict_needs_an_interval_that_leaves_1(logs: list[float], variance: float) -> None:
    found = decide(estimate(numbered(logs), [Spread(variance, 5)] * 2))
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
            assert found.note.startswith("undecided: ")


def test_two_rounds_of_two_quiet_engines_are_decided_and_noisy_ones_say_why_not() -> None:
    assert judged([1.1, 1.1]).verdict is Verdict.SLOWER
    assert judged([1.001, 1.0]).verdict is Verdict.SAME
    noisy = judged([1.1, 1.1], variance=0.01)
    assert (noisy.verdict, noisy.doubt) == (Verdict.UNDECIDED, Doubt.NOISE)
    assert noisy.reason.startswith("2 rounds, ±")
    once = judged([1.1], variance=0.01)
    assert (once.reason, once.mark) == ("one round", "¹")


@pytest.mark.parametrize(
    ("ratio", "verdict"),
    [
        (0.5, Verdict.UNDECIDED),
        (2.9, Verdict.UNDECIDED),
        (0.3, Verdict.FASTER),
        (4, Verdict.SLOWER),
    ],
)
def test_where_nothing_ran_twice_there_is_no_interval_and_only_the_far_is_decided(
    ratio: float, verdict: Verdict
) -> None:
    found = judged_alone(ratio)
    assert (found.verdict, found.low, found.high) == (verdict, None, None)
    assert found.reason == "one round"


def test_one_round_alone_beside_other_work_decides_nothing() -> None:
    found = judged_alone(40.0, noisy=0.5)
    assert (found.verdict, found.reason) == (
        Verdict.UNDECIDED, "the machine was busy during 50 % of the runs",
    )  # fmt: skip


def test_one_round_alone_counts_how_noisy_its_own_runs_are() -> None:
    assert judged_alone(4.0, least=0.001).verdict is Verdict.UNDECIDED
    assert judged_alone(40.0, least=0.001).verdict is Verdict.SLOWER


def test_a_busy_machine_decides_only_what_lies_beyond_a_factor_of_three() -> None:
    found = judged([0.5, 0.5, 0.51], noisy=0.4)
    assert found.verdict is Verdict.UNDECIDED
    assert found.reason == "the machine was busy during 40 % of the runs"
    assert judged([0.1, 0.1, 0.11], noisy=0.4).verdict is Verdict.FASTER
    assert judged([10.0, 10.1, 11.0], noisy=0.4).verdict is Verdict.SLOWER
    assert judged([3.1, 3.2, 2.8], noisy=0.4).verdict is Verdict.UNDECIDED


def test_an_engine_of_one_round_is_taken_to_be_as_noisy_as_the_others_are() -> None:
    rows = {(e, "q"): {1: 1.0, 2: 1.1} for e in ("a", "b", "c")}
    timings = Timings({**rows, ("once", "q"): {1: 2.0}})
    prior = estimate_prior([pool([[1.0, 1.1]])] * 3)
    assert timings.spreads["once"] == prior
    found = timings.judge("once", "a", "q")
    assert found.low < found.value < found.high
    assert (
        Timings({("once", "q"): {1: 2.0}, ("a", "q"): {1: 1.0}}).judge("once", "a", "q").low is None
    )


def test_no_engine_is_taken_to_be_steadier_than_the_runs_in_its_processes() -> None:
    runs = [Run("e", "q", 1, Outcome.OK, times=Times(hot=(1.0, math.exp(0.2))))]
    assert statistics.pool_within(runs) == pytest.approx(0.02 / 2)
    rows = {("e", "q"): {1: 1.0, 2: 1.0001}}
    assert Timings(rows, {"e": 0.01}).spreads["e"].variance == 0.01


def test_noise_is_counted_from_foreign_work_and_steal() -> None:
    noises = [Noise(0.05, 0.0), Noise(0.2, 0.0), Noise(0.0, 0.02), Noise()]
    runs = [Run("e", "q", n, Outcome.OK, noise=noise) for n, noise in enumerate(noises)]
    assert statistics.compute_noisy_share(runs) == 0.5


def test_a_sample_is_the_least_hot_run_and_never_a_cold_one() -> None:
    times = Times(cold=0.1, warmups=(0.2,), hot=(3.0, 2.0, 4.0))
    runs = [Run("e", "q", 0, Outcome.OK, times=times), Run("e", "q", 1, Outcome.OK)]
    assert statistics.collect_samples(runs) == {0: 2.0}


def test_rounds_are_paired_and_lonely_ones_left_out() -> None:
    found = statistics.pair_rounds({0: 2.0, 1: 3.0, 5: 1.0}, {0: 1.0, 1: 6.0, 2: 9.0})
    assert found == pytest.approx({0: math.log(2), 1: math.log(0.5)})


def timings_of(ratios: Iterable[float], noise: float, rounds: int = 2, seed: int = 5) -> Timings:
    """Two engines on many questions, the second slower by each question's ratio."""
    drawn = random.Random(seed)
    return Timings(
        {
            (engine, str(query)): {
                number: factor * math.exp(drawn.gauss(0, noise)) for number in range(rounds)
            }
            for query, ratio in enumerate(ratios)
            for engine, factor in (("a", 1.0), ("b", ratio))
        }
    )


def test_an_engine_slower_on_all_questions_is_slower_though_no_single_one_decides() -> None:
    timings = timings_of([1.3] * 10, noise=0.15)
    questions = [str(number) for number in range(10)]
    single = [timings.judge("b", "a", query).verdict for query in questions]
    assert single.count(Verdict.SLOWER) < 3
    whole = timings.judge_over("b", "a", questions)
    assert whole.verdict is Verdict.SLOWER
    assert whole.high / whole.low < 1.5


def test_questions_that_all_point_one_way_decide_without_any_repeated_round() -> None:
    ratios = [1.05] * 9 + [50.0]
    timings = timings_of(ratios, noise=0.0, rounds=1)
    questions = [str(number) for number in range(10)]
    found = timings.judge_over("b", "a", questions)
    assert (found.verdict, found.reason) == (Verdict.SLOWER, "slower on all 10 questions")
    mixed = timings_of([0.5, *ratios[1:]], noise=0.0, rounds=1)
    assert mixed.judge_over("b", "a", questions).verdict is Verdict.UNDECIDED


def test_questions_alone_give_an_interval_where_nothing_ran_twice() -> None:
    from scipy import stats

    logs = [0.5, 0.7, 0.6, 0.9]
    timings = timings_of([math.exp(log) for log in logs], noise=0.0, rounds=1)
    found = timings.judge_over("b", "a", ["0", "1", "2", "3"])
    oracle = stats.t.interval(0.95, 3, loc=fmean(logs), scale=stats.sem(logs))
    assert (math.log(found.low), math.log(found.high)) == pytest.approx(oracle, abs=1e-4)


def test_the_ratio_over_questions_is_the_geometric_mean_of_theirs() -> None:
    timings = timings_of([2.0, 8.0, 4.0], noise=0.0)
    assert timings.judge_over("b", "a", ["0", "1", "2"]).value == pytest.approx(4.0)
    assert timings.judge_over("b", "a", []) is None
    assert timings.judge("b", "missing", "0") is None


def test_a_drift_is_found_and_widens_the_interval_to_both_of_its_ends() -> None:
    seed = random.Random(3)
    rows = [
        {number: 0.02 * number + seed.gauss(0, 0.02) for number in range(10)} for _ in range(10)
    ]
    assert fit_drift(rows) == pytest.approx(0.02, abs=0.003)
    assert fit_drift([{number: seed.gauss(0, 0.02) for number in range(10)}]) == 0.0
    assert fit_drift([{0: 1.0, 1: 2.0}]) == 0.0
    found = decide(estimate(rows[0], [Spread(0.0002, 50)] * 2, drift=0.02))
    assert (found.verdict, found.doubt, found.mark) == (Verdict.UNDECIDED, Doubt.DRIFT, "↗")
    assert found.reason == "a drift of 20 % over the rounds"
    assert found.low < 1.0
    assert found.high > math.exp(0.18)


def test_merged_comparisons_count_what_changed_between_them_as_spread() -> None:
    days = [Timings({("e", "q"): {1: day, 2: day}}) for day in (1.0, 1.2)]
    assert merge(days).spreads["e"].variance > 0.01
    assert merge(days).samples["e", "q"] == {0: 1.0, 1: 1.0, 2: 1.2, 3: 1.2}


def test_the_noise_that_is_simulated_has_variance_1_and_long_tails() -> None:
    seed = random.Random(1)
    values = sorted(abs(simulation.draw_tailed(seed)) for _ in range(20_000))
    assert values[10_000] == pytest.approx(0.4416, abs=0.02)  # the median of |t3| over √3
    assert values[19_000] == pytest.approx(1.837, rel=0.05)


FEW = 60  # comparisons, of ten questions each


@pytest.mark.parametrize("design", ["1+5", "2", "3", "5", "10"])
@pytest.mark.parametrize("noise", [0.02, 0.08])
def test_at_most_one_in_twenty_verdicts_is_false(design: str, noise: float) -> None:
    assert share_false(Setting(design, noise), FEW) <= 0.05


@pytest.mark.parametrize("design", ["1+5", "2", "3", "10"])
def test_nor_where_one_engine_is_ten_times_as_noisy_as_the_others(design: str) -> None:
    assert share_false(Setting(design, 0.02, factors=simulation.UNEQUAL), 2 * FEW) <= 0.055


@pytest.mark.parametrize("design", ["2", "10"])
def test_nor_where_questions_differ_in_noise(design: str) -> None:
    assert share_false(Setting(design, 0.08, uneven=0.7), FEW) <= 0.05


@pytest.mark.parametrize("drift", [0.1, 0.2, 0.5])
def test_nor_where_engines_drift_apart_over_ten_rounds(drift: float) -> None:
    assert share_false(Setting("10", 0.02, drift=drift), FEW) <= 0.05


@pytest.mark.parametrize("drift", [0.0, 0.2])
def test_nor_between_comparisons_that_drift_in_opposite_directions(drift: float) -> None:
    false = simulation.count_since(Setting("10", 0.02, drift=drift), FEW)
    assert sum(false) <= 0.05


@pytest.mark.parametrize("design", ["1+5", "2", "10"])
def test_nor_over_all_questions(design: str) -> None:
    setting = Setting(design, 0.08)
    assert share_false(setting, 3 * FEW, simulation.judge_overall) <= 0.05


@pytest.mark.parametrize(
    ("design", "noise", "truth", "power"),
    [
        ("1+5", 0.02, 2.0, 0.99),
        ("1+5", 0.08, 2.0, 0.83),
        ("2", 0.02, 1.2, 0.9),
        ("3", 0.08, 2.0, 0.95),
        ("10", 0.02, 1.05, 0.6),
        ("10", 0.08, 1.2, 0.6),
    ],
)
def test_a_planted_slow_down_is_found(
    design: str, noise: float, truth: float, power: float
) -> None:
    slower, faster = count_verdicts(Setting(design, noise, truth), FEW)
    assert slower >= power
    assert faster <= 0.01


def test_all_questions_together_find_what_single_ones_do_not() -> None:
    setting = Setting("2", 0.08, 1.2)
    single, _ = count_verdicts(setting, FEW)
    whole, _ = count_verdicts(setting, FEW, simulation.judge_overall)
    assert single < 0.3
    assert whole > 0.8
