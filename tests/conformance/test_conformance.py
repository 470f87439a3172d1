"""Every engine and variant gives the plain-Python oracle's answer to every case."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from dfbench.datasets.parquet_schema import read_schema
from dfbench.engines import engines, find, own_infos
from dfbench.engines.info import Place, Work
from dfbench.engines.writing.program import unformatted
from dfbench.errors import Unsupported
from dfbench.spec.schema import Schema
from dfbench.testing.conformance.answers import Answering, schema, store
from dfbench.testing.conformance.cases import CASES, FRAMES, Case
from dfbench.testing.conformance.known_failures import MARKS, mark

INFOS = own_infos()
# These run functions and tasks, and refuse a group-by in words:
# tests/engines/test_functions.py holds them.
FUNCTIONS_ONLY = {one.name for one in INFOS if Work.QUERY not in one.work}
# `make conformance` names engines of other environments; these are in none of the main one.
ELSEWHERE = {one.name for one in INFOS if one.place is not Place.HERE}
ASKED = os.environ.get("DFBENCH_CONFORMANCE", "").split()
NAMES = ASKED or [name for name in engines() if name not in FUNCTIONS_ONLY | ELSEWHERE]
# Their programs are their siblings' on another scheduler, and a case costs a cluster's round trips:
# each query on one of its frames in turn. `make conformance` asks them all.
SAMPLED = set() if ASKED else {one.name for one in INFOS if one.sampled}
ASKINGS = [
    (name, case)
    for name in NAMES
    for number, case in enumerate(CASES)
    if name not in SAMPLED or number % len(FRAMES) == number // len(FRAMES) % len(FRAMES)
]

Asked = Callable[[str], Answering]


@pytest.fixture(scope="session")
def frames(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return store(tmp_path_factory.mktemp("frames"))


@pytest.fixture(scope="session")
def ask(frames: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """Return what asks an engine; its process serves all its cases."""
    asking: dict[str, Answering] = {}

    def asked(engine: str) -> Answering:
        if engine not in asking:
            asking[engine] = Answering(engine, frames, tmp_path_factory.mktemp("programs"))
        return asking[engine]

    yield asked
    for one in asking.values():
        one.end()


@pytest.mark.parametrize(
    ("engine", "case"), ASKINGS, ids=[f"{name}-{case.name}" for name, case in ASKINGS]
)
def test_answer_is_the_oracles(engine: str, case: Case, ask: Asked) -> None:
    asked = ask(engine)
    assert not asked.place.problem
    known, found = mark(engine, case.name), asked.result(case)
    if known is None:
        assert found.how == "answered", f"{found.how} without a mark: {found.why}\n{found.program}"
    else:
        assert found.how == known.how, f"marked {known.how}, and {found.how}: mend the mark"


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
    schemas = cache(lambda case: schema(case, frames))
    firsts = {case.frame: case for case in CASES}
    with unformatted():
        for case in CASES:
            known = mark(engine, case.name)
            if known is None and "plain" not in case.frame:
                continue  # what is said of one frame is said of all, but for its marks
            refuses = bool(known) and known.how == "unsupported"
            assert refuses == _refuses(engine, case, schemas(firsts[case.frame])), case.name


def _refuses(engine: str, case: Case, data: Schema) -> bool:
    try:
        find(engine).write(case.query(), data)
    except Unsupported:
        return True
    return False


def test_every_mark_is_of_a_case() -> None:
    met = {mark(name, case.name) for name in engines() for case in CASES}
    assert not set(MARKS) - met
