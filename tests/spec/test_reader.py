"""Workload files: what their words become, and each mistake with its very place."""

from __future__ import annotations

import json
import random
import re
import sys
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dfbench.comparison.oracle import EXACT
from dfbench.comparison.plan import narrow
from dfbench.datasets.parquet_schema import read_schema
from dfbench.engines import find
from dfbench.engines.writing.program import skip_formatting
from dfbench.errors import Mistake, WorkloadError
from dfbench.spec.expression import Agg, Arith, Col, Lit
from dfbench.spec.generated_data import derive_schema
from dfbench.spec.quantities import parse_duration, parse_number, parse_size
from dfbench.spec.reader import check_columns, list_shipped, read, read_text
from dfbench.spec.row_functions import SEED
from dfbench.spec.schema import Column, Schema
from dfbench.spec.workload import (
    Extreme,
    Files,
    Generated,
    Limits,
    Measure,
    Query,
    RowFunction,
    SortKey,
    Workload,
)
from dfbench.verification.rounding import find_possibilities

from tests.support import mutated

HERE = Path(__file__).parent
KNOWN = {"pandas", "polars", "polars/in-memory", "dask"}
HEAD = "dataset: {generate: db-benchmark-groupby, rows: 1e6}\n"


def from_query(*lines: str, head: str = HEAD) -> str:
    return head + "queries:\n  q1:\n" + "".join(f"    {line}\n" for line in lines)


def parsed(text: str, **more: Any) -> Workload:
    return read_text(text, "w.yaml", Path("folder"), **more)


def first(*lines: str) -> Query:
    return parsed(from_query(*lines)).queries[0]


def mistakes(text: str, **more: Any) -> tuple[Mistake, ...]:
    with pytest.raises(WorkloadError) as error:
        parsed(text, **more)
    return error.value.mistakes


# Each case stands between lines of its own: === text ~~~ its mistakes as line:column: message
CORPUS = [case.split("~~~\n", 1) for case in (HERE / "mistakes.txt").read_text().split("===\n")[1:]]
NUMBERS = [f"case{i}" for i in range(len(CORPUS))]


@pytest.mark.parametrize(("text", "expected"), CORPUS, ids=NUMBERS)
def test_each_mistake_is_told_at_its_place(text: str, expected: str) -> None:
    found = mistakes(text, engines=KNOWN)
    assert [f"{m.line}:{m.column}: {m.message}" for m in found] == expected.splitlines()
    assert all(m.source == text.split("\n")[m.line - 1] for m in found)


def test_windows_line_ends_leave_places_as_they_are() -> None:
    text = from_query("where: |", "  vv > 1 and", "  ww > 1", "aggregate: {n: size()}")
    places = [(m.line, m.column, m.message) for m in mistakes(text)]
    assert places == [(m.line, m.column, m.message) for m in mistakes(text.replace("\n", "\r\n"))]
    assert [place[:2] for place in places] == [(5, 7), (6, 7)]


def test_a_mistake_shows_its_line_with_a_caret() -> None:
    text = from_query("aggregate: {v1: sume(v1)}")
    assert str(mistakes(text)[0]).splitlines() == [
        "w.yaml:4:21: unknown aggregation 'sume'; did you mean 'sum'?",
        "      aggregate: {v1: sume(v1)}",
        "                      ^",
    ]


def test_all_mistakes_of_a_file_are_told_in_its_order() -> None:
    text = (
        from_query("group_by: id9", "aggregate: {x: sume(v1)}", "limit: 0") + "limits: {time: x}\n"
    )
    assert [m.line for m in mistakes(text)] == [4, 5, 6, 7]


@pytest.mark.parametrize("text", ["[" * 3000, "{a: " * 3000, "- " * 3000])
def test_a_deep_file_is_a_mistake(text: str) -> None:
    assert "nested too deeply" in mistakes(text)[0].message


def test_aliases_cannot_grow_without_bound() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x]"]
    rows += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 8)}]" for i in range(1, 12)]
    assert any("nested too deeply" in m.message for m in mistakes("\n".join(rows)))


def test_a_whole_query_becomes_its_values() -> None:
    query = first(
        "question: why",
        "where: v1 > 1",
        "derive: {double: v1 * 2}",
        "group_by: [id1, id2]",
        "aggregate: {x: sum(double) + 1, n: size()}",
        "having: n > 2",
        "sort: [-x, id1]",
        "limit: 5",
    )
    assert query.question == "why"
    assert query.derive[0].expression == Arith("*", Col("v1"), Lit(2))
    assert query.aggregate[1].expression == Agg("size", ())
    assert query.outputs == ("id1", "id2", "x", "n")
    assert query.reads == ("id1", "id2", "v1")
    assert query.sort == (SortKey("x", descending=True), SortKey("id1"))
    assert query.limit == 5


def test_an_expression_with_commas_may_stand_in_braces() -> None:
    query = first("aggregate: {r: corr(v1, v2) ** 2, q: quantile(v3, 0.9), n: size()}")
    assert query.aggregate[0].expression == Arith("**", Agg("corr", (Col("v1"), Col("v2"))), Lit(2))
    assert [output.name for output in query.aggregate] == ["r", "q", "n"]


@pytest.mark.parametrize(
    "where",
    ["coalesce(v1 > 1, False)", "map(id1, {a: True}, False)", "v1 > 1 if v2 > 1 else None"],
)
def test_a_chosen_truth_value_is_a_condition(where: str) -> None:
    assert first(f'where: "{where}"', "aggregate: {n: size()}").where is not None


def test_where_does_not_see_what_is_derived_after_it() -> None:
    text = from_query("where: a > 1", "derive: {a: v1 + 1}", "aggregate: {x: sum(a)}")
    assert mistakes(text)[0].message == "'a' is not yet derived in where; write its expression here"


def test_a_row_function_reads_a_column() -> None:
    constant = ("apply:", "  rows: |", "    def f(x):", "      return 1")
    for lines in (("apply: {rows: 1 + 1}",), constant):
        assert "reads no column" in mistakes(from_query(*lines))[0].message


def test_the_extremes() -> None:
    assert first("largest: {column: v3, n: 2, as: top}").extreme == Extreme("v3", 2, "top")
    expected = Extreme("v3", 1, "v3", smallest=True)
    assert first("smallest: {column: v3}").extreme == expected


QUESTIONS = {
    ("group_by: [id1, id2]", "aggregate: {a: sum(v1), b: mean(v3)}"): "sum v1, mean v3 by id1, id2",
    ("aggregate: {n: size()}",): "number of rows",
    ("group_by: id3", "aggregate: {r: max(v1) - min(v2)}"): "max(v1) - min(v2) by id3",
    ("where: v1 > 2", "largest: {column: v3, n: 2}"): "largest 2 v3 where v1 > 2",
    ("apply: {rows: v1 + 1, as: x}",): "v1 + 1 of each row",
    ("group_by: id1", f"aggregate: {{{', '.join(f's{i}: sum(v1)' for i in range(400))}}}"): (
        "sum v1, sum v1, sum v1, sum v1, sum v1, sum v1 and 394 more by id1"
    ),
}


@pytest.mark.parametrize("lines", QUESTIONS)
def test_a_question_that_is_left_out_is_written(lines: tuple[str, ...]) -> None:
    assert first(*lines).question == QUESTIONS[lines]


def test_numbers_have_one_meaning_however_they_are_written() -> None:
    for text in ("1e7", "10_000_000", "10000000", "1E7", "1.0e7", "+1e7"):
        workload = parsed(from_query("aggregate: {n: size()}", head=HEAD.replace("1e6", text)))
        assert workload.dataset.rows == 10_000_000
        assert isinstance(workload.dataset.rows, int)


@pytest.mark.parametrize("text", ["", "x", "1e", "nan", "inf", "1__0", "0x10", "\uff11", "1e999"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert parse_number(text) is None


def test_sizes_and_times() -> None:
    assert [parse_size(t) for t in ("8GiB", "512MB", "2 GB", "1024", "1.5K")] == [
        2**33, 512 * 10**6, 2 * 10**9, 1024, 1536,
    ]  # fmt: skip
    assert [parse_duration(t) for t in ("5min", "90s", "1h", "500ms", "2")] == [
        300,
        90,
        3600,
        0.5,
        2,
    ]
    for wrong in ("8X", "-1GB", "0", "GB", "1 GB 2"):
        with pytest.raises(ValueError, match=r"size|above"):
            parse_size(wrong)


def test_limits_and_measure() -> None:
    text = from_query("aggregate: {n: size()}")
    workload = parsed(text + "limits: {memory: 2GB, time: 90s, threads: 3}\nmeasure: {runs: 9}\n")
    assert workload.limits == Limits(2 * 10**9, 90.0, 3)
    assert workload.measure == Measure(runs=9, rounds=10, budget=300.0)
    free = parsed(text + "limits: {memory: null, time: null, threads: null}\n")
    assert free.limits == Limits(None, None, None)
    assert parsed(text).limits == Limits()


@pytest.mark.parametrize(
    ("measure", "rounds", "least", "warmups", "budget"),
    [
        ("{}", 10, 2, None, 300.0),
        ("{warmups: auto}", 10, 2, None, 300.0),
        ("{warmups: 0}", 10, 2, 0, 300.0),
        ("{rounds: 3}", 3, 2, None, None),
        ("{rounds: 1}", 1, 1, None, None),
        ("{budget: 20s}", 10, 1, None, 20.0),
        ("{budget: 20s, rounds: 4}", 4, 1, None, 20.0),
        ("{budget: null}", 2, 2, None, None),
    ],
)
def test_a_budget_decides_on_rounds_where_their_number_is_not_told(
    measure: str, rounds: int, least: int, warmups: int | None, budget: float | None
) -> None:
    found = parsed(from_query("aggregate: {n: size()}") + f"measure: {measure}\n").measure
    assert found == Measure(rounds, least, warmups, budget=budget)


def test_own_files_are_relative_to_the_workload() -> None:
    text = from_query("aggregate: {n: sum(anything)}", head="dataset: {files: [a.csv, b/*.csv]}\n")
    assert parsed(text).dataset == Files(("a.csv", "b/*.csv"), Path("folder"))


def test_engines_may_have_variants_and_versions() -> None:
    text = (
        from_query("aggregate: {n: size()}") + "engines: [pandas@3.1, polars/in-memory, dask/x]\n"
    )
    names = ("pandas@3.1", "polars/in-memory", "dask/x")
    assert parsed(text, engines=KNOWN).engines == names
    assert parsed(text).engines == names


def test_a_setting_replaces_a_value_in_its_place() -> None:
    text = from_query("aggregate: {n: size()}") + "about: x\n"
    settings = {"dataset.rows": "5", "limits.memory": "1GB", "engines": "[pandas, polars]"}
    workload = parsed(text, overrides=settings)
    assert workload.dataset == Generated("db-benchmark-groupby", 5, groups=5)
    assert workload.limits.memory == 10**9
    assert workload.engines == ("pandas", "polars")
    assert workload.overrides == tuple(settings.items())


SEVERAL = """
tasks:
  - {function: "def up(seed): return seed", count: 9}
  - {function: "def down(seed): return -seed", count: 8, verify: none}
"""


def test_tasks_are_of_one_function_or_of_each_in_a_list() -> None:
    several = parsed(SEVERAL).tasks
    assert [(one.name, one.count, one.verify) for one in several] == [
        ("up", 9, "exact"),
        ("down", 8, "none"),
    ]
    assert parsed(SEVERAL, overrides={"tasks.count": "7"}).query("down").count == 7
    assert [one.name for one in narrow(parsed(SEVERAL), (), ("down",)).tasks] == ["down"]


SETTINGS = {
    ("dataset.rowz", "5"): "unknown key 'rowz' in dataset; did you mean 'rows'?",
    ("dataset.rows", "0"): "rows must be at least 1, not 0",
    ("dataset.rows", "[1"): "not YAML: expected ',' or ']', but got '<stream end>'",
    ("dataset.rows", ""): "the value is missing",
    ("dataset.rows.x", "1"): "cannot set 'x' inside a single value",
    ("limitz.memory", "1GB"): "unknown key 'limitz' in a workload; did you mean 'limits'?",
    ("queries.q1.where", "vv1 > 2"): "unknown column 'vv1'; did you mean 'v1'?",
    ("", "1"): "unknown key '' in a workload",
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_mistaken_setting_is_told_as_it_was_typed(setting: tuple[str, ...]) -> None:
    path, value = setting
    found = mistakes(from_query("aggregate: {n: size()}"), overrides={path: value})
    assert len(found) == 1
    assert str(found[0]).startswith(f"--set {path}: {SETTINGS[setting]}")


def test_a_mistaken_value_names_its_option() -> None:
    (found,) = mistakes(from_query("aggregate: {n: size()}"), overrides={"limits.memory": "2X"})
    assert str(found).startswith("--memory (--set limits.memory): unknown unit 'X'")


def test_a_setting_of_files_is_relative_to_where_it_was_typed() -> None:
    text = from_query("aggregate: {n: size()}")
    dataset = parsed(text, overrides={"dataset": "{files: a.csv}"}).dataset
    assert dataset.patterns == (str(Path("a.csv").absolute()),)


def test_a_shipped_workload_is_found_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("groupby", "groupby.yaml", "workloads/groupby.yaml"):
        assert read(name).name == "groupby"
    Path("groupby").mkdir()
    assert read("groupby").name == "groupby"
    Path("groupby.yaml").write_text("about: mine\n")
    with pytest.raises(WorkloadError, match=r"groupby.yaml:1:1"):
        read("groupby.yaml")


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"about: caf\xe9\n")
    (tmp_path / "big.yaml").write_bytes(b"#" * 2**21)
    for name, words in {
        "latin.yaml": r"latin.yaml:1:11: not UTF-8 text; save the workload as UTF-8",
        "big.yaml": "is larger than 1 MiB",
        "none.yaml": "no such file",
        ".": "is a folder; name a workload file in it",
        "gruopby.yaml": "did you mean 'groupby'",
        "a\0b": "no such file|cannot be read",
        "x" * 5000: "cannot be read: ",
    }.items():
        with pytest.raises(WorkloadError, match=words):
            read(tmp_path / name)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "w.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + from_query("aggregate: {n: size()}").encode())
    assert read(path).queries[0].outputs == ("n",)


def test_a_function_may_stand_beside_the_workload(tmp_path: Path) -> None:
    source = (
        "import math\n\nK = 2\n\n\ndef other(x):\n    return 1\n\n\ndef f(x):\n    return x.v1\n"
    )
    (tmp_path / "mine.py").write_text(source)
    path = tmp_path / "w.yaml"
    path.write_text(from_query("apply: {rows: mine.py:f, as: y}"))
    function = read(path).queries[0].apply
    assert isinstance(function, RowFunction)
    assert function.source == "def f(x):\n    return x.v1\n"
    assert function.body == Col("v1")
    path.write_text(from_query("apply: {rows: mine.py:othr, as: y}"))
    with pytest.raises(WorkloadError, match=r"has no function 'othr'.*did you mean 'other'"):
        read(path)
    (tmp_path / "mine.py").write_text(source.replace("x.v1", "x.v9"))
    path.write_text(from_query("apply: {rows: mine.py:f, as: y}"))
    with pytest.raises(WorkloadError, match=r"mine.py:11:12: unknown column 'v9'"):
        read(path)


def test_a_def_whose_kinds_have_no_tree_stays_as_it_is() -> None:
    function = first(
        "apply:", "  rows: |", "    def f(x):", "        return 1 if x.v1 else 2"
    ).apply
    assert function.body is None
    assert function.opaque == "w.yaml:7:25: v1: 'if' needs a condition, and this is a number"


UNTYPED = r"""
workload: w
dataset: {files: a.csv}
queries:
  truthy: {apply: {rows: "def f(x):\n    return 1 if not x.count else 2"}}
  chosen: {apply: {rows: "def f(x):\n    return x.count or 99"}}
  compared: {apply: {rows: "def f(x):\n    y = x.count + 1\n    return y if x.name == 1 else 0"}}
  typed: {apply: {rows: "def f(x):\n    return x.count + 1"}}
"""


def test_a_def_without_types_is_opaque_once_the_columns_of_a_file_are_known() -> None:
    workload = parsed(UNTYPED)
    assert all(query.apply.body is not None for query in workload.queries)
    columns = (Column("name", "string", "string"), Column("count", "int", "int64"))
    read_again = check_columns(
        replace(workload, queries=workload.queries[::-1]), Schema(columns, 3)
    )
    typed, *others = read_again.queries
    assert typed.apply.body is not None
    assert [(query.name, query.apply.body) for query in others] == [
        ("compared", None),
        ("chosen", None),
        ("truthy", None),
    ]
    assert [query.apply.opaque.partition(":")[2] for query in others] == [
        "7:87: 1: '==' mixes text and a number; write the number in quotes",
        "6:49: count: 'or' needs a condition, and this is a number",
        "5:58: count: 'not' needs a condition, and this is a number",
    ]


def test_a_def_named_like_a_part_of_the_programs_is_a_mistake_with_its_place() -> None:
    text = from_query("apply:", "  rows: |", "    def key(x):", "        return x.v1 + 1")
    with pytest.raises(WorkloadError) as error:
        parsed(text)
    (mistake,) = error.value.mistakes
    assert (mistake.line, mistake.message) == (
        6,
        "programs have a part named 'key'; rename this def",
    )
    assert first("apply: {rows: v1 + 1, as: key}").apply.name == "row"


def test_a_column_of_a_type_that_no_query_can_use_is_named_with_its_type() -> None:
    schema = replace(OWN_SCHEMA, unread=(("tags", "list<element: string>"),))
    with pytest.raises(WorkloadError) as error:
        check_columns(parsed(from_query("aggregate: {n: count(tags)}", head=OWN)), schema)
    (mistake,) = error.value.mistakes
    said = "column 'tags' has the type list<element: string>, which dfbench does not read; "
    said += "store its values as numbers, texts or times"
    assert mistake.message == said


def test_programs_over_a_wide_file_take_as_many_steps_as_over_a_narrow_one(tmp_path: Path) -> None:
    assert count_calls(tmp_path, 2001) < 2 * count_calls(tmp_path, 101)


def test_programs_of_many_sums_take_as_many_steps_for_each_sum(tmp_path: Path) -> None:
    few, many = (count_calls(tmp_path, 401, sums) for sums in (50, 200))
    assert many < 5 * few


def count_calls(folder: Path, columns: int, sums: int = 50) -> int:
    """Count the calls of Python functions from a file of so many columns to the sums' programs."""
    path = folder / f"{columns}.parquet"
    names = [f"c{number}" for number in range(columns)]
    pq.write_table(pa.table({name: [1, None] for name in names}), path)
    outputs = ", ".join(f"s{name}: sum({name})" for name in names[-sums:])
    asked = f"{{group_by: c0, aggregate: {{{outputs}}}}}"
    text = f"dataset: {{files: {path}}}\nqueries: {{q: {asked}}}"
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        schema = read_schema(path)
        (query,) = check_columns(read_text(text, "w.yaml", folder), schema).queries
        with skip_formatting():
            for name in ("pandas", "polars", "duckdb"):
                find(name).write(query, schema)
            EXACT.write(find_possibilities(query, schema).query, schema)
    finally:
        sys.setprofile(None)
    return calls


OWN = "dataset: {files: a.csv}\n"
OWN_SCHEMA = Schema((Column("name", "string", "string"), Column("price", "float", "double")), 3)


def test_columns_of_own_files_are_checked_when_they_are_known() -> None:
    good = parsed(from_query("group_by: name", "aggregate: {x: sum(price)}", head=OWN))
    check_columns(good, OWN_SCHEMA)
    text = from_query("where: prize > 1", "group_by: nam", "aggregate: {x: sum(name)}", head=OWN)
    with pytest.raises(WorkloadError) as error:
        check_columns(parsed(text), OWN_SCHEMA)
    assert [(m.line, m.column, m.message) for m in error.value.mistakes] == [
        (4, 12, "unknown column 'prize'; did you mean 'price'?"),
        (5, 15, "unknown column 'nam'; did you mean 'name'?"),
        (6, 24, "sum needs a number, and this is text; write number(…)"),
    ]


def test_columns_are_checked_with_the_settings_that_were_made() -> None:
    workload = parsed(
        from_query("aggregate: {x: sum(price)}", head=OWN),
        overrides={"queries.q1.where": "cost > 1"},
    )
    with pytest.raises(WorkloadError, match=r"--set queries.q1.where: unknown column 'cost'"):
        check_columns(workload, OWN_SCHEMA)


def test_the_schema_of_generated_data_knows_of_missing_values() -> None:
    dataset = Generated("db-benchmark-groupby", 1000, 20, nulls=5)
    assert all(column.nulls for column in derive_schema(dataset).columns)


def test_the_columns_of_a_generator_are_those_of_its_definition() -> None:
    names = derive_schema(Generated("db-benchmark-groupby", 10)).names
    assert names == ("id1", "id2", "id3", "id4", "id5", "id6", "v1", "v2", "v3")
    assert SEED == "seed"


@pytest.mark.parametrize("name", list_shipped())
def test_a_mutated_workload_is_valid_or_told(name: str, tmp_path: Path) -> None:
    path, told = tmp_path / "w.yaml", 0
    for text in islice(mutated.mutations(name, 108), 60):
        path.write_bytes(text)
        try:
            read(path, engines=KNOWN)
        except WorkloadError as error:
            told += 1
            lines = len(re.split(r"\r\n|\n|\r", path.read_bytes().decode("utf-8", "replace")))
            for mistake in error.mistakes:
                assert 1 <= mistake.line <= lines, mistake
                assert 1 <= mistake.column <= len(mistake.source) + 1, mistake
                assert mistake.message, mistake
    assert told > 20


def test_a_workload_of_another_structure_is_valid_or_told() -> None:
    draw = random.Random(108)
    whole = {
        "workload": "w",
        "dataset": {"generate": "db-benchmark-groupby", "rows": 10, "nulls": 5, "sorted": True},
        "queries": {
            "q1": {"where": "v1 > 2", "group_by": ["id1"], "aggregate": {"x": "sum(v1)"}},
            "q2": {"group_by": "id2", "largest": {"column": "v3", "n": 2, "as": "x"}},
            "q3": {"apply": {"rows": "def f(x):\n    return x.v1 / x.v2\n", "as": "y"}},
            "q4": {"derive": {"z": "v1 + 1"}, "transform": {"s": "z / sum(z)"}, "sort": "-s"},
        },
        "engines": ["pandas"],
        "limits": {"memory": "8GiB", "time": "5min", "threads": 2},
        "measure": {"rounds": 2, "budget": "1min"},
    }
    outcomes = set()
    for _ in range(300):
        text = mutated.of_structure(json.dumps(whole), draw).decode()
        try:
            parsed(text)
            outcomes.add("valid")
        except WorkloadError:
            outcomes.add("told")
    assert outcomes == {"valid", "told"}
