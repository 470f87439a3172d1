"""What a time budget leaves of a round."""

from __future__ import annotations

from dfbench.comparing.measuring import affordable

PLACES = [(e, q, 2) for q in ("q1", "q2") for e in ("modin", "pandas", "polars", "duckdb")]
COSTS = {
    (engine, query): seconds
    for engine, seconds in {"modin": 8.0, "pandas": 2.0, "polars": 1.0, "duckdb": 1.5}.items()
    for query in ("q1", "q2")
}


def engines(seconds: float, baseline: str = "pandas") -> list[str]:
    return list(dict.fromkeys(e for e, _, _ in affordable(PLACES, COSTS, baseline, seconds)))


def test_a_round_that_fits_is_run_whole_and_in_its_order():
    assert affordable(PLACES, COSTS, "pandas", 25.0) == PLACES


def test_the_costliest_engines_are_left_out_first():
    assert engines(9.0) == ["pandas", "polars", "duckdb"]
    assert engines(8.9) == ["pandas", "polars"]


def test_the_baseline_comes_before_cheaper_engines():
    assert engines(18.0, "modin") == ["modin", "polars"]


def test_one_engine_alone_is_no_round():
    assert engines(5.0) == []
    assert engines(-1.0) == []
