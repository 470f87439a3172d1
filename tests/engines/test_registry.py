"""The registry: what an engine says of itself is so, and whatever lists engines reads it there."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from dfbench.engines import REGISTRY, find, list_own_infos, load_engines
from dfbench.engines.info import NEWEST, EngineInfo, Work
from dfbench.engines.versions import Versioned, find_info
from dfbench.environments.pins import choose_pins, load_shipped
from dfbench.errors import EngineError, Unsupported
from dfbench.spec.generated_data import derive_schema
from dfbench.spec.reader import read
from dfbench.spec.schema import Schema
from dfbench.spec.workload import Generated, Query, Tasks

# A question of each kind of work, from the workloads that ship.
SAMPLES = {
    Work.QUERY: ("groupby", "q1"),
    Work.JOIN: ("join", "q1"),
    Work.ROW_FUNCTION: ("apply", "double_even"),
    Work.GROUP_FUNCTION: ("apply", "weighted_spread"),
}
INFOS = list_own_infos()
PYTHON = "3.12.1"


@cache
def samples() -> dict[Work, tuple[Query | Tasks, Schema]]:
    found: dict[Work, tuple[Query | Tasks, Schema]] = {}
    for work, (name, question) in SAMPLES.items():
        workload = read(name)
        assert isinstance(workload.dataset, Generated)
        found[work] = workload.query(question), derive_schema(workload.dataset)
    (tasks,) = read("random_walk").tasks
    return {**found, Work.TASK: (tasks, found[Work.QUERY][1])}


@pytest.mark.parametrize("one", INFOS, ids=lambda one: one.name)
def test_an_engine_writes_the_work_that_it_names_and_refuses_the_other(
    one: EngineInfo,
) -> None:
    written = set()
    for work, (query, data) in samples().items():
        try:
            find(one.name).write(query, data)
        except Unsupported:
            continue
        written.add(work)
    assert written == one.work


def test_pins_ship_for_the_versions_that_an_engine_names() -> None:
    found = set()
    for one in INFOS:
        for version in one.pins:
            engine = Versioned(find(one.name), "", version)
            found.add(choose_pins(engine, PYTHON, load_shipped()).shipped)
    assert found == {pins.shipped for pins in load_shipped()}


def test_make_conformance_asks_what_the_tests_do_not() -> None:
    command = [sys.executable, "-m", "dfbench.engines"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    names = ran.stdout.split()
    assert {"pandas@2.3", f"pandas@{NEWEST}", f"chdb@{NEWEST}", "modin/dask"} <= set(names)
    assert not {f"dask@{NEWEST}", f"cudf@{NEWEST}", f"modin/mpi@{NEWEST}"} & set(names)
    assert all(find(name) for name in names)


@pytest.mark.parametrize("module", REGISTRY)
def test_a_module_answers_by_write_and_run(module: str) -> None:
    loaded = import_module(f"dfbench.engines.{module}")
    assert load_engines()[loaded.ENGINE.name] is loaded.ENGINE
    assert loaded.write == loaded.ENGINE.write
    assert loaded.run == loaded.ENGINE.run


def test_what_is_known_of_an_engine_is_known_of_its_versions_and_scans() -> None:
    assert find_info(find("polars/scan@1.30")) == find_info(find("polars"))


def test_the_name_of_a_default_points_to_the_plain_one() -> None:
    with pytest.raises(EngineError, match="write modin"):
        find("modin/ray")


def test_an_engine_written_for_the_first_version_finds_what_it_imports() -> None:
    former = importlib.import_module("dfbench.engines.writing.assembling")
    text = former.fill("return DATA", DATA="data").strip()
    program = former.finish("own", f"def query(data):\n  {text}\n")
    assert program.text == "def query(data):\n    return data\n"
    assert program.engine == "own"


FOREIGN = """
from dfbench.engines import find
from dfbench.engines.base import Resources

class Engine:
    name = "foreign"
    distributions = ("duckdb",)

    def environment(self, resources):
        return {}

    def write(self, query, data, resources=Resources()):
        return find("duckdb").write(query, data, resources)

engine, other = Engine(), object()
"""


def test_a_plug_in_that_cannot_be_loaded_costs_itself_alone(tmp_path: Path) -> None:
    (tmp_path / "foreign.py").write_text(FOREIGN, encoding="utf-8")
    info = tmp_path / "foreign-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: foreign\nVersion: 1.0\n")
    named = "foreign = foreign:engine\nbare = foreign:other\ngone = foreign_gone:engine\n"
    (info / "entry_points.txt").write_text(f"[dfbench.engines]\n{named}")

    def ask(name: str) -> str:
        command = [sys.executable, "-m", "dfbench", "show", "groupby", "-q", "q1", "-e", name]
        paths = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
        variables = {**os.environ, "PYTHONPATH": paths}
        ran = subprocess.run(command, capture_output=True, text=True, env=variables, check=False)
        return ran.stdout + ran.stderr

    assert "def query(" in ask("foreign")
    assert ask("bare") == (
        "dfbench: the plug-in of bare cannot be loaded: foreign:other has no name,"
        " no distributions, no environment, no write\n"
    )
    assert "gone cannot be loaded: foreign_gone:engine raised ModuleNotFoundError" in ask("gone")
