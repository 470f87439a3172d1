"""Every reviewed program runs as it stands, and none makes a call that its library will drop."""

from __future__ import annotations

import os
import platform
from functools import cache
from pathlib import Path

import pytest
from dfbench.comparison.preparation import find_dataset
from dfbench.datasets.dataset import Dataset, make_dataset
from dfbench.engines import list_own_infos
from dfbench.engines.info import FRAMES, EnginePlace
from dfbench.spec.reader import read
from dfbench.spec.workload import Query
from dfbench.testing.conformance.answers import start_process
from dfbench.testing.conformance.golden import NOTEBOOKS, WORKLOADS

from tests.golden.write import BASES, TWIN, reviewed_programs

ASKED = os.environ.get("DFBENCH_CONFORMANCE", "").split()
INFOS = {one.name: one for one in list_own_infos()}
SLOW = 24  # one case in so many, or fewer: an engine that runs here only where it is asked for
# A variant's lines are its base's but for a few, which the conformance suite runs.
ENGINES = ASKED or [
    name
    for name, one in INFOS.items()
    if one.place is EnginePlace.HERE
    and name not in BASES
    and one.sample < SLOW
    and one.has_wheels(platform.python_version())
    and one.work & FRAMES
]
PREFIXES = {**WORKLOADS, **{name: f"{name}_" for name in NOTEBOOKS}}


@cache
def make_data(name: str, nulls: int, cache: Path) -> Dataset:
    """Make a workload's data, small."""
    overrides = {"dataset.rows": "1000", **({"dataset.nulls": "5"} if nulls else {})}
    return make_dataset(find_dataset(read(name, overrides)), cache)


@cache
def find_questions() -> dict[str, tuple[str, Query]]:
    """Return each question of the shipped workloads by the name of its program."""
    return {
        f"{prefix}{query.name}": (name, query)
        for name, prefix in PREFIXES.items()
        for query in read(name).queries
        if isinstance(query, Query)
    }


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.mark.parametrize("engine", ENGINES)
def test_reviewed_programs_run_without_a_deprecated_call(
    engine: str, tmp_path: Path, data_folder: Path
) -> None:
    process, problems = start_process(engine, tmp_path), []
    one_in = 1 if ASKED else INFOS[engine].sample
    for name, text in sorted(reviewed_programs(engine).items())[::one_in]:
        workload, query = find_questions()[name.removesuffix(TWIN)]
        data = make_data(workload, name.endswith(TWIN), data_folder)
        program = tmp_path / f"program_{name.replace('-', '_')}.py"
        program.write_text(text)
        tables = data.find_joins(query)
        told = process.answer(program, data.path, tmp_path / "answer.arrow", *tables)
        problems += [f"{name}: {told}"] if told else []
    process.end()
    assert not problems, "\n\n".join(problems)
