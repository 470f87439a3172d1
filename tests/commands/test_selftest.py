"""`dfbench selftest`: engines compared with themselves."""

from __future__ import annotations

import doctest
import random
from pathlib import Path

import pytest
from dfbench.errors import ResultsError
from dfbench.report import selftest
from dfbench.report.model import Verdict
from dfbench.storage import folder
from dfbench.storage.folder import StoredComparison
from dfbench.storage.records import Outcome, Run, Times

from tests.support import stored_samples as samples
from tests.support.command_line import run_dfbench


def test_examples_in_docstrings_are_true() -> None:
    assert doctest.testmod(selftest).failed == 0


def noisy(tmp_path: Path, noise: float, rounds: int = 40, drift: float = 0.0) -> StoredComparison:
    seed = random.Random(5)
    head = samples.head(engines=("polars",), queries=("q1", "q2", "q3"), rounds=rounds)
    made = folder.create(tmp_path, head)
    for number in range(rounds):
        for query in head.queries:
            time = 0.01 * (1 + drift * number) * (1 + seed.gauss(0, noise))
            times = Times(cold=time * 2, hot=(time,))
            made.append(Run("polars", query, number, Outcome.OK, times=times))
    return folder.read(made.path)


@pytest.mark.parametrize("drift", [0.0, 0.001])
def test_a_quiet_machine_passes_and_finds_a_planted_slow_down(tmp_path: Path, drift: float) -> None:
    found = selftest.build(noisy(tmp_path, 0.007, drift=drift), 2, count=300)
    assert found.has_passed
    assert len(found.real) == 30
    ten = next(one for one in found.simulated if one.rounds == 10)
    assert ten.found >= 0.95
    assert "Verdicts are reliable on this machine" in selftest.render(found)


def test_a_self_comparison_of_rounds_that_differ_is_a_false_verdict() -> None:
    alternating = {number: 1.0 if number % 2 else 1.5 for number in range(20)}
    turned = selftest.judge_itself(
        {"polars": {"q1": alternating, "q2": alternating}}, (), "polars", 5
    )
    assert {ratio.verdict for ratio in turned} == {Verdict.UNDECIDED}
    first, second = selftest.halve(alternating, range(4))
    assert (first, second) == ({0: 1.5, 1: 1.0}, {0: 1.0, 1: 1.5})
    paired = {number: 1.5 if number % 4 in {0, 3} else 1.0 + number / 1e5 for number in range(20)}
    apart = selftest.judge_itself({"polars": {"q1": paired, "q2": paired}}, (), "polars", 5)
    assert all(ratio.verdict.is_decided for ratio in apart)


def test_a_comparison_with_too_few_rounds_tells_no_noise(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="pairs of rounds are too few to estimate the noise"):
        selftest.build(noisy(tmp_path, 0.01, rounds=3), 2)


def test_an_engine_is_compared_with_itself_by_real_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("-e", "duckdb", "-q", "q1", "--set", "dataset.rows=1000", "--set", "measure.runs=1")
    words = ("selftest", *asked, "--comparisons", "1", "--results", tmp_path)
    monkeypatch.setattr(selftest, "LEAST", 3)
    assert run_dfbench(monkeypatch, *words) in {0, 1}  # as noisy as the machine is now
    assert "1 comparison of an engine with itself, 2 rounds each" in capsys.readouterr().out
