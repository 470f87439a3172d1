"""What a time budget leaves of a round, and which answers are compared."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import dfbench
import pytest
from dfbench.comparison import rounds
from dfbench.comparison.budget import choose_second_round, choose_whole_engines
from dfbench.engines import find, find_missing
from dfbench.storage.records import Outcome
from dfbench.verification.differences import CheckResult

PLACES = [(e, q, 2) for q in ("q1", "q2") for e in ("modin", "pandas", "polars", "duckdb")]
COSTS = {
    (engine, query): seconds
    for engine, seconds in {"modin": 8.0, "pandas": 2.0, "polars": 1.0, "duckdb": 1.5}.items()
    for query in ("q1", "q2")
}


def engines(seconds: float, baseline: str = "pandas") -> list[str]:
    kept = choose_whole_engines(PLACES, COSTS, baseline, seconds)
    return list(dict.fromkeys(engine for engine, _, _ in kept))


def test_a_round_that_fits_is_run_whole_and_in_its_order() -> None:
    assert choose_whole_engines(PLACES, COSTS, "pandas", 25.0) == PLACES


def test_the_costliest_engines_are_left_out_first() -> None:
    assert engines(9.0) == ["pandas", "polars", "duckdb"]
    assert engines(8.9) == ["pandas", "polars"]


def test_the_baseline_comes_before_cheaper_engines() -> None:
    assert engines(18.0, "modin") == ["modin", "polars"]


def test_one_engine_alone_is_no_round() -> None:
    assert engines(5.0) == []
    assert engines(-1.0) == []


SLOW = {("modin", f"q{n}"): 10.0 + n for n in range(1, 11)}
FAST = {(engine, f"q{n}"): 1.0 for engine in ("pandas", "polars") for n in range(1, 11)}
FIRST = {**SLOW, **FAST}
SECOND = [(*pair, 2) for pair in FIRST]


def chosen(
    seconds: float,
    answered: Collection[tuple[str, str]] = tuple(FIRST),
    costs: Mapping[tuple[str, str], float] = FIRST,
) -> dict[str, list[str]]:
    kept = choose_second_round(SECOND, costs, answered, "pandas", seconds)
    return {e: [q for name, q, _ in kept if name == e] for e in ("pandas", "polars", "modin")}


def test_a_second_round_that_fits_is_run_whole() -> None:
    assert choose_second_round(SECOND, FIRST, tuple(FIRST), "pandas", sum(FIRST.values())) == SECOND


def test_an_engine_too_slow_for_a_second_round_repeats_its_five_cheapest_questions() -> None:
    kept = chosen(100.0)
    assert kept["modin"] == ["q1", "q2", "q3", "q4", "q5"]
    assert len(kept["pandas"]) == len(kept["polars"]) == 10


def test_or_its_three_cheapest_before_faster_engines_repeat_everything() -> None:
    kept = chosen(42.0)
    assert kept["modin"] == ["q1", "q2", "q3"]
    assert len(kept["pandas"]) == len(kept["polars"]) == 3
    assert len(chosen(46.0)["pandas"]) == 5


def test_time_that_repeats_nothing_of_a_slow_engine_goes_to_the_others() -> None:
    assert {e: len(kept) for e, kept in chosen(25.0).items()} == {
        "pandas": 10, "polars": 10, "modin": 0,
    }  # fmt: skip
    assert not any(chosen(-1.0).values())


def test_questions_that_failed_are_not_the_cheap_ones_repeated() -> None:
    costs = {**FIRST, ("modin", "q1"): 0.1}
    answered = set(FIRST) - {("modin", "q1")}
    assert chosen(100.0, answered, costs)["modin"] == ["q2", "q3", "q4", "q5", "q6"]


def test_an_answer_of_the_same_bytes_is_compared_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = []

    def compare_counted(*asked: Any, **also: Any) -> CheckResult:
        compared.append(asked)
        return judge(*asked, **also)

    judge = rounds.compare_answer
    monkeypatch.setattr(rounds, "compare_answer", compare_counted)
    settings = {"dataset__rows": 1000, "measure__rounds": 3, "measure__runs": 1}
    comparison = dfbench.compare(
        "groupby", engines=["pandas"], queries=["q1"], results=tmp_path, **settings
    )
    outcomes = [run.outcome for run in comparison.stored.runs]
    assert outcomes == [Outcome.OK] * 3
    assert len(compared) == 2  # on the data, and on other rows of it


def test_ratios_are_to_an_engine_that_runs(tmp_path: Path) -> None:
    if not find_missing(find("ibis")):
        pytest.skip("ibis is installed here")
    settings = {"dataset__rows": 1000, "measure__rounds": 1, "measure__runs": 1}
    comparison = dfbench.compare(
        "groupby", engines=["ibis", "duckdb"], queries=["q1"], results=tmp_path, **settings
    )
    assert comparison.stored.head.baseline == "duckdb"
