"""Random answers: one distribution agrees, another does not, and the error rate is kept."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from dfbench.verification.distributions import (
    compare_distributions,
    compare_means,
    compare_ranks,
    compare_variances,
)
from scipy import stats

N = 4000


def walks(seed: int, steps: int = 100, n: int = N) -> pa.Table:
    draw = np.random.default_rng(seed)
    x, y = (draw.choice((-1, 1), (n, steps)).sum(axis=1) for _ in range(2))
    return pa.table({"task": range(n), "x": x, "y": y})


def test_other_draws_of_one_distribution_agree() -> None:
    for seed in range(1, 40):
        assert compare_distributions(walks(0, n=500), walks(seed, n=500)).agrees


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda x: x + 2, "column x: another distribution by the test of mean"),
        (lambda x: x * 1.3, "column x: another distribution by the test of variance"),
        (lambda x: np.sign(x) * 10.0, "column x: another distribution by the test of ranks"),
        (np.zeros_like, "column x: another distribution by the test of variance"),
    ],
)
def test_another_distribution_is_told(change: object, said: str) -> None:
    other = walks(1)
    x = change(other["x"].to_numpy())
    verdict = compare_distributions(
        walks(0), pa.table({"task": other["task"], "x": x, "y": other["y"]})
    )
    assert not verdict.agrees
    assert verdict.reason.startswith(said)


def test_columns_and_lengths_have_to_be_the_same() -> None:
    assert (
        "column y is missing" in compare_distributions(walks(0), walks(1).drop_columns("y")).reason
    )
    assert "3999 rows instead of 4000" in compare_distributions(walks(0), walks(1, n=3999)).reason


def test_few_tasks_tell_nothing_and_say_so() -> None:
    verdict = compare_distributions(walks(0, n=10), walks(1, n=10))
    assert verdict.agrees
    assert "10 tasks are too few" in verdict.reason


def test_text_and_missing_values_are_told() -> None:
    one = pa.table({"task": range(100), "x": [1.0] * 100})
    assert (
        "no numbers"
        in compare_distributions(one, pa.table({"task": range(100), "x": ["a"] * 100})).reason
    )
    gone = pa.table({"task": range(100), "x": [None] * 90 + [1.0] * 10})
    assert "90 values missing instead of 0" in compare_distributions(one, gone).reason


@pytest.mark.parametrize("shape", ["normal", "exponential", "uniform"])
def test_the_probabilities_are_those_of_the_textbooks(shape: str) -> None:
    draw = np.random.default_rng(7)
    x, y = getattr(draw, shape)(size=3000), getattr(draw, shape)(size=3000)
    assert compare_means(x, y) == pytest.approx(
        stats.ttest_ind(x, y, equal_var=False).pvalue, rel=0.02
    )
    expected = stats.ks_2samp(x, y, method="asymp").pvalue
    assert compare_ranks(x, y) == pytest.approx(expected, rel=0.1)


def test_the_error_rate_of_the_variance_is_kept_for_long_tails() -> None:
    draw = np.random.default_rng(3)
    pairs = (draw.exponential(size=(2, 2000)) for _ in range(1500))
    rejected = sum(compare_variances(x, y) < 0.05 for x, y in pairs)
    assert 0.03 < rejected / 1500 < 0.08
