"""Some hundred random row functions in every lowering, against Python's own evaluation."""

from __future__ import annotations

import pytest
from dfbench.engines.writing.program import skip_formatting

from tests.fuzz.rows import Frame, disagreements

FUNCTIONS = {"polars": 80, "pandas+numpy": 80, "duckdb": 60, "serial": 40}


@pytest.mark.parametrize("frame", Frame)
@pytest.mark.parametrize("engine", FUNCTIONS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::FutureWarning")
def test_random_functions_mean_what_python_means(engine: str, frame: Frame) -> None:
    with skip_formatting():
        found, said = disagreements(engine, FUNCTIONS[engine], seed=11, frame=frame)
    assert said > FUNCTIONS[engine] // 2
    assert not found, "\n".join(map(str, found[:3]))
