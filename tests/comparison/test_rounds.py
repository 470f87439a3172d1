"""What a time budget leaves of a round, and which answers are compared."""

from __future__ import annotations

from pathlib import Path

import dfbench
import pytest
from dfbench.comparison import rounds
from dfbench.comparison.rounds import choose_affordable
from dfbench.engines import find, missing
from dfbench.storage.records import Outcome

PLACES = [(e, q, 2) for q in ("q1", "q2") for e in ("modin", "pandas", "polars", "duckdb")]
COSTS = {
    (engine, query): seconds
    for engine, seconds in {"modin": 8.0, "pandas": 2.0, "polars": 1.0, "duckdb": 1.5}.items()
    for query in ("q1", "q2")
}


def engines(seconds: float, baseline: str = "pandas") -> list[str]:
    return list(dict.fromkeys(e for e, _, _ in choose_affordable(PLACES, COSTS, baseline, seconds)))


def test_a_round_that_fits_is_run_whole_and_in_its_order() -> None:
    assert choose_affordable(PLACES, COSTS, "pandas", 25.0) == PLACES


def test_the_costliest_engines_are_left_out_first() -> None:
    assert engines(9.0) == ["pandas", "polars", "duckdb"]
    assert engines(8.9) == ["pandas", "polars"]


def test_the_baseline_comes_before_cheaper_engines() -> None:
    assert engines(18.0, "modin") == ["modin", "polars"]


def test_one_engine_alone_is_no_round() -> None:
    assert engines(5.0) == []
    assert engines(-1.0) == []


def test_an_answer_of_the_same_bytes_is_compared_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = []

    def compare_counted(*asked, **also):
        compared.append(asked)
        return judge(*asked, **also)

    judge = rounds.compare_answer
    monkeypatch.setattr(rounds, "compare_answer", compare_counted)
    settings = {"dataset__rows": 1000, "measure__rounds": 3, "measure__runs": 1}
    comparison = dfbench.compare("groupby", ["pandas"], ["q1"], tmp_path, **settings)
    outcomes = [run.outcome for run in comparison.stored.runs]
    assert outcomes == [Outcome.OK] * 3
    assert len(compared) == 1


def test_ratios_are_to_an_engine_that_runs(tmp_path: Path) -> None:
    if not missing(find("ibis")):
        pytest.skip("ibis is installed here")
    settings = {"dataset__rows": 1000, "measure__rounds": 1, "measure__runs": 1}
    comparison = dfbench.compare("groupby", ["ibis", "duckdb"], ["q1"], tmp_path, **settings)
    assert comparison.stored.head.baseline == "duckdb"
