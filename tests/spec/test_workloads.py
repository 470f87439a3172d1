"""The workloads that ship: they read, they ask what they say, and editors know their schema."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest
from dfbench.spec.json_schema import describe_json_schema, write_schema
from dfbench.spec.reader import SHIPPED, list_shipped, read
from dfbench.spec.row_functions import parse_definition
from dfbench.spec.workload import GroupFunction, RowFunction
from ruamel.yaml import YAML


def test_the_workloads_that_ship() -> None:
    assert list_shipped() == (
        "apply",
        "groupby",
        "join",
        "joins",
        "larger_than_memory",
        "matrix",
        "notebook",
        "random_walk",
        "reshape",
        "text",
        "time_series",
        "upgrade",
    )


@pytest.mark.parametrize("name", list_shipped())
def test_a_shipped_workload_is_named_as_its_file_and_meets_the_schema(name: str) -> None:
    workload = read(name)
    assert workload.name == name
    assert workload.about
    jsonschema.validate(YAML(typ="safe", pure=True).load(workload.source), describe_json_schema())


WRONG = [
    {"queries": {}},
    {"queries": {"q1": {"agregate": {"n": "size()"}}}},
    {"tasks": {"function": "def f(): return 1"}},
    {"queries": {"q1": {}}, "limits": {"threads": 0}},
]


@pytest.mark.parametrize("workload", WRONG)
def test_the_schema_refuses_what_the_reader_refuses(workload: dict[str, object]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(workload, describe_json_schema())


def test_the_committed_schema_is_current() -> None:
    committed = Path(__file__).parents[2] / "docs" / "workload.schema.json"
    assert committed.read_text(encoding="utf-8") == write_schema(), "run: make schema"


def test_groupby_asks_the_ten_questions_of_db_benchmark() -> None:
    asked = {
        query.name: (query.group_by, query.outputs[len(query.group_by) :])
        for query in read("groupby").queries
    }
    assert asked == {
        "q1": (("id1",), ("v1",)),
        "q2": (("id1", "id2"), ("v1",)),
        "q3": (("id3",), ("v1", "v3")),
        "q4": (("id4",), ("v1", "v2", "v3")),
        "q5": (("id6",), ("v1", "v2", "v3")),
        "q6": (("id4", "id5"), ("median_v3", "sd_v3")),
        "q7": (("id3",), ("range_v1_v2",)),
        "q8": (("id6",), ("largest2_v3",)),
        "q9": (("id2", "id4"), ("r2",)),
        "q10": (("id1", "id2", "id3", "id4", "id5", "id6"), ("v3", "count")),
    }


def test_every_row_function_that_ships_can_be_lowered() -> None:
    asked = (*read("apply").queries, *read("text").queries)
    functions = [query.apply for query in asked]
    rows = [function for function in functions if isinstance(function, RowFunction)]
    assert len(rows) == 5
    assert all(function.body is not None for function in rows)
    assert sum(isinstance(function, GroupFunction) for function in functions) == 2


def test_the_tasks_that_ship_are_seeded() -> None:
    for name in ("random_walk", "matrix"):
        for tasks in read(name).tasks:
            assert tasks.seeded
            assert parse_definition(tasks.source).name == tasks.name


def test_the_workloads_are_part_of_the_package() -> None:
    assert SHIPPED.parent.joinpath("spec").is_dir()
