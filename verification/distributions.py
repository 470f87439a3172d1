"""Return whether two answers of random tasks are draws from one distribution.

Roads that cannot keep Python's stream of random numbers give other values, which are alike: three
tests for each returned value, on the two samples of all tasks (n and m of them):

mean      z = (mean1 - mean2) / sqrt(var1/n + var2/m)
variance  z = log(var1/var2) / sqrt((k1 - 1)/n + (k2 - 1)/m), k the kurtosis m4/var**2: the
          logarithm of a sample variance is normal with that error, whatever the distribution
          (Layard, 1973)
ranks     Kolmogorov and Smirnov's largest distance of the two distributions, with its asymptotic
          law 2 sum (-1)**(k-1) exp(-2 k**2 x**2) at Stephens' x (1970); on the safe side for whole
          numbers, where values are tied

ERROR_RATE is shared out among all tests of an answer (Bonferroni): of a million comparisons of two
honest roads, about one is called different. Ten thousand tasks show a mean that is off by about
0.08 standard deviations, or a variance by about 11 %.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pyarrow as pa

from .answers import open_answer
from .columns import Array
from .differences import CheckResult, describe_lengths, describe_names

ERROR_RATE = 1e-6
MIN_TASKS = 30  # tasks; for fewer, the normal law of means and variances is not yet true
TASK = "task"
TESTS = 3


def compare_distributions(expected: Path | pa.Table, answer: Path | pa.Table) -> CheckResult:
    """Compare the distributions of two answers of tasks, column by column.

    Fewer than thirty tasks are too few to tell anything, and agree.
    """
    one, other = open_answer(expected), open_answer(answer)
    if reason := describe_names(one, other) or describe_lengths(one, other):
        return CheckResult(False, reason)
    if one.num_rows < MIN_TASKS:
        return CheckResult(True, f"{one.num_rows} tasks are too few to compare distributions")
    names = [name for name in one.column_names if name != TASK]
    level = ERROR_RATE / max(1, TESTS * len(names))
    said = [
        said for name in names if (said := _compare_column(name, one[name], other[name], level))
    ]
    return CheckResult(not said, "; ".join(said))


def _compare_column(name: str, one: pa.ChunkedArray, other: pa.ChunkedArray, level: float) -> str:
    try:
        x, y = _read_finite(one), _read_finite(other)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return f"column {name}: no numbers ({one.type}, {other.type}); write verify: exact"
    missing = abs((len(one) - len(x)) - (len(other) - len(y)))
    if missing > 5 * math.sqrt(len(one)):  # far beyond what chance leaves out
        return f"column {name}: {len(other) - len(y)} values missing instead of {len(one) - len(x)}"
    if not len(x) or not len(y):
        return ""
    found = {
        "mean": compare_means(x, y),
        "variance": compare_variances(x, y),
        "ranks": compare_ranks(x, y),
    }
    least = min(found, key=lambda test: found[test])
    if found[least] >= level:
        return ""
    return (
        f"column {name}: another distribution by the test of {least} (p = {found[least]:.1e}): "
        f"mean {_format(y.mean())} and sd {_format(y.std())} "
        f"instead of {_format(x.mean())} and {_format(x.std())}"
    )


def compare_means(x: Array, y: Array) -> float:
    """Return the probability of means at least as far apart, were the distributions the same."""
    error = math.sqrt(x.var() / len(x) + y.var() / len(y))
    return _compute_p_value(float(x.mean() - y.mean()), error)


def compare_variances(x: Array, y: Array) -> float:
    """Return the probability of variances at least as far apart."""
    spreads = float(x.var()), float(y.var())
    if not min(spreads):
        return 1.0 if spreads[0] == spreads[1] else 0.0
    error = math.sqrt(_compute_excess(x) / len(x) + _compute_excess(y) / len(y))
    return _compute_p_value(math.log(spreads[0] / spreads[1]), error)


def compare_ranks(x: Array, y: Array) -> float:
    """Return Kolmogorov and Smirnov's probability of distributions at least as far apart."""
    x, y = np.sort(x), np.sort(y)
    values = np.concatenate([x, y])
    shares = [np.searchsorted(side, values, side="right") / len(side) for side in (x, y)]
    distance = float(np.abs(shares[0] - shares[1]).max())
    size = math.sqrt(len(x) * len(y) / (len(x) + len(y)))
    scaled = (size + 0.12 + 0.11 / size) * distance
    if scaled < 0.2:  # the sum converges slowly, and to one
        return 1.0
    terms = ((-1) ** (k - 1) * math.exp(-2 * k * k * scaled * scaled) for k in range(1, 101))
    return min(1.0, 2.0 * float(sum(terms)))


def _compute_excess(x: Array) -> float:
    """Return the kurtosis less one: what the error of a log variance is made of."""
    centred = x - x.mean()
    kurtosis = float((centred**4).mean() / (centred**2).mean() ** 2)
    return max(kurtosis - 1.0, 0.0)


def _compute_p_value(difference: float, error: float) -> float:
    if not error:
        return 1.0 if not difference else 0.0
    return math.erfc(abs(difference) / error / math.sqrt(2))


def _read_finite(column: pa.ChunkedArray) -> Array:
    """Return a column's finite numbers as float64."""
    values: Array = column.cast(pa.float64()).to_numpy()
    finite: Array = values[np.isfinite(values)]
    return finite


def _format(value: float) -> str:
    return f"{value:.4g}"
