"""Every engine and variant gives the plain-Python oracle's answer to every case."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

import pytest
from dfbench.datasets.parquet_schema import read_schema
from dfbench.engines import find, list_own_infos, list_tested_elsewhere, load_engines
from dfbench.engines.info import EnginePlace, Work
from dfbench.engines.writing.program import skip_formatting
from dfbench.errors import Unsupported
from dfbench.spec.schema import Schema
from dfbench.testing.conformance.answers import CaseRunner, read_case_schema, write_frames
from dfbench.testing.conformance.cases import CASES, ConformanceCase
from dfbench.testing.conformance.known_failures import MARKS, find_mark, is_refused_by_rule

INFOS = list_own_infos()
# These run functions and tasks, and refuse a group-by in words:
# tests/engines/test_functions.py holds them.
FUNCTIONS_ONLY = {one.name for one in INFOS if Work.QUERY not in one.work}
# `make conformance` names engines of other environments; these are in none of the main one.
ELSEWHERE = {one.name for one in INFOS if one.place is not EnginePlace.HERE}
ASKED = os.environ.get("DFBENCH_CONFORMANCE", "").split()
NOT_FOR_THIS_PYTHON = {one.name for one in INFOS if not one.has_wheels(platform.python_version())}
NAMES = ASKED or [
    name for name in load_engines() if name not in FUNCTIONS_ONLY | ELSEWHERE | NOT_FOR_THIS_PYTHON
]
SAMPLES = {one.name: one.sample for one in INFOS}
QUERIES = {
    query: tuple(cases)
    for query, cases in groupby(CASES, key=lambda case: case.name.rpartition("-")[0])
}

OpenRunner = Callable[[str], CaseRunner]


@pytest.fixture(scope="session")
def frames(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_frames(tmp_path_factory.mktemp("frames"))


@pytest.fixture(scope="session")
def open_runner(
    frames: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OpenRunner]:
    """Return a function that opens an engine's runner once; its process serves all its cases."""
    runners: dict[str, CaseRunner] = {}

    def open_once(engine: str) -> CaseRunner:
        if engine not in runners:
            runners[engine] = CaseRunner(engine, frames, tmp_path_factory.mktemp("programs"))
        return runners[engine]

    yield open_once
    for runner in runners.values():
        runner.close()


def select_cases(engine: str, query: str) -> tuple[ConformanceCase, ...]:
    """Return the cases of a query that an engine runs: of a sampled one, each frame in turn."""
    one_in = 1 if ASKED else SAMPLES[engine]
    first = list(QUERIES).index(query)
    return tuple(case for number, case in enumerate(QUERIES[query], first) if number % one_in == 0)


@pytest.mark.parametrize(
    ("engine", "query"),
    [
        pytest.param(engine, query, id=f"{engine}-{query}")
        for engine in NAMES
        for query in QUERIES
        if select_cases(engine, query)
    ],
)
def test_answers_are_the_oracles_on_every_frame(
    engine: str, query: str, open_runner: OpenRunner
) -> None:
    runner = open_runner(engine)
    assert not runner.place.problem
    failures = [failure for case in select_cases(engine, query) if (failure := fail(runner, case))]
    assert not failures, "\n\n".join(failures)


def fail(runner: CaseRunner, case: ConformanceCase) -> str | None:
    """Return what is wrong with a case's outcome, by its name and with its program."""
    known, found = find_mark(runner.engine, case.name), runner.run(case)
    if found.outcome == "unsupported" and is_refused_by_rule(runner.engine, found.reason):
        return None
    if known is None and found.outcome != "answered":
        return f"{case.name}: {found.outcome} without a mark: {found.reason}\n{found.program}"
    if known is not None and found.outcome != known.outcome:
        return f"{case.name}: marked {known.outcome}, but {found.outcome}: correct the mark"
    return None


@pytest.mark.parametrize("engine", sorted(FUNCTIONS_ONLY))
def test_an_engine_for_functions_refuses_a_group_by_in_words(
    engine: str, frames: dict[str, Path]
) -> None:
    case = next(case for case in CASES if case.name == "sum-plain")
    with pytest.raises(Unsupported) as refusal:
        find(engine).write(case.query(), read_schema(frames["plain"]))
    assert refusal.value.why


@pytest.mark.parametrize("engine", sorted(ELSEWHERE))
def test_an_engine_of_another_environment_refuses_what_its_marks_say(
    engine: str, frames: dict[str, Path]
) -> None:
    with skip_formatting():
        for case in CASES:
            known = find_mark(engine, case.name)
            if known is None and "plain" not in case.frame:
                continue  # what is said of one frame is said of all, but for its marks
            refuses = bool(known) and known.outcome == "unsupported"
            assert refuses == _refuses(engine, case, read_case_schema(case, frames)), case.name


def _refuses(engine: str, case: ConformanceCase, data: Schema) -> bool:
    try:
        find(engine).write(case.query(), data)
    except Unsupported:
        return True
    return False


def test_every_mark_is_of_a_case() -> None:
    names = {*load_engines(), *list_tested_elsewhere()}
    met = {find_mark(name, case.name) for name in names for case in CASES}
    assert not set(MARKS) - met
