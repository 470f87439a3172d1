"""The fuzz draws the same twice, asks what can be read, and shrinks a planted disagreement."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, get_args

import pyarrow as pa
import pytest
from dfbench.commands.fuzz import summarize
from dfbench.spec.expression import Agg, Arith, Call, Col, Compare, Lit, walk
from dfbench.spec.schema import Column, Schema
from dfbench.spec.vocabulary import AGGREGATIONS, RESOLVED, ROW_FUNCTIONS, WINDOWS
from dfbench.spec.workload import AsOf, How, Join, Output, Query
from dfbench.testing.fuzz import expectations, queries, reproducers
from dfbench.testing.fuzz.campaign import Tally, fuzz
from dfbench.testing.fuzz.cases import list_cases
from dfbench.testing.fuzz.frames import Tables, grow_frame
from dfbench.testing.fuzz.known_bugs import find_known_bug
from dfbench.testing.fuzz.shrink import shrink


def test_the_same_seed_asks_the_same_workloads(tmp_path: Path) -> None:
    drawn = [
        [reproducers.write_workload(c.query) for c in islice(list_cases(3, tmp_path), 12)]
        for _ in range(2)
    ]
    assert drawn[0] == drawn[1]


def test_random_queries_are_read_back_as_they_were(tmp_path: Path) -> None:
    for case in islice(list_cases(5, tmp_path), 60):
        assert reproducers.write_workload(
            reproducers.read_back(case.query)
        ) == reproducers.write_workload(case.query)


def test_joins_are_drawn_of_every_kind(tmp_path: Path) -> None:
    drawn = [case for case in islice(list_cases(7, tmp_path), 450) if case.query.joins]
    joins = [case.query.joins[0] for case in drawn]
    assert {join.how for join in joins} == {*get_args(How)}
    assert {1, 2} == {len(join.on) for join in joins if join.how not in {"cross", "asof"}}
    assert {True, False} == {bool(join.right_on) for join in joins}
    bare = [case for case in drawn if not case.query.outputs]
    assert 0 < len(bare) < len(drawn)
    assert any(case.query.sort for case in bare)
    sides = zip((case.data.schema for case in drawn), joins, strict=True)
    keys = [(one[a], one.tables[0][1][b]) for one, join in sides for a, b in join.keys]
    assert any(one.arrow != two.arrow for one, two in keys)
    assert any(one.nulls and two.nulls for one, two in keys)


def test_every_clause_and_word_is_drawn(tmp_path: Path) -> None:
    drawn = [queries.query(Random(seed)) for seed in range(2000)]
    words = {w for q in drawn for w in reproducers.write_clauses(q)}
    assert words == {
        *("where", "derive", "group_by", "aggregate", "transform", "largest", "smallest"),
        *("apply", "having", "sort", "limit", "steps", "order_by", "pivot", "unpivot"),
        "fill_gaps",
    }
    assert "composed" in {output.name for q in drawn for output in q.aggregate}
    assert any(step.sort for query in drawn for step in query.earlier)
    steps = [step for query in drawn for step in query.steps]
    outputs = [o.expression for s in steps for o in (*s.derive, *s.aggregate, *s.transform)]
    outputs += [step.where for step in steps if step.where is not None]
    said = {n.function for e in outputs for n in walk(e) if isinstance(n, Agg | Call)}
    assert {*ROW_FUNCTIONS, *AGGREGATIONS, *WINDOWS} - RESOLVED <= said
    assert "count_if" in said


@pytest.mark.parametrize(("answered", "agrees"), [([1, 7], True), ([2, 7], True), ([7, 1], False)])
def test_any_value_of_a_group_agrees(answered: list[int], agrees: bool, tmp_path: Path) -> None:
    frame = pa.table({"k": ["a", "a", "b"], "x": [1, 2, 7]})
    free = Output("free", Agg("any_value", (Col("x"),)))
    query = Query("asked", "", group_by=("k",), aggregate=(free,))
    answer = pa.table({"k": ["a", "b"], "free": answered})
    with pa.ipc.new_file(tmp_path / "answer.arrow", answer.schema) as writer:
        writer.write_table(answer)
    verdict = expectations.check_agreement(query, Tables(frame), tmp_path / "answer.arrow")
    assert verdict.agrees == agrees


def test_a_disagreement_shrinks_to_what_makes_it() -> None:
    table = pa.table({"k": ["a", "b", "a", "b"], "x": [1, 2, 3, 4], "y": [5, 6, 7, 8]})
    outputs = (Output("n", Agg("size", ())), Output("s", Agg("sum", (Col("x"),))))
    query = Query("asked", "", group_by=("k",), aggregate=outputs, limit=5)

    def disagrees(smaller: Query, tables: Tables) -> bool:
        summed = any(output.expression == Agg("sum", (Col("x"),)) for output in smaller.aggregate)
        return summed and 4 in tables.frame["x"].to_pylist()

    small, tables = shrink(query, Tables(table), disagrees)
    assert [output.name for output in small.aggregate] == ["s"]
    assert small.group_by == ()
    assert small.limit is None
    assert tables.frame.to_pydict() == {"x": [4]}


def test_a_disagreement_about_a_join_shrinks_on_both_sides() -> None:
    tables = Tables(
        pa.table({"k": ["a", "b", "a", "b"], "x": [1, 2, 3, 4]}),
        pa.table({"k": ["b", "c", "a"], "p": [5, 6, 7], "q": [1, 2, 3]}),
    )
    query = Query("asked", "", (Join("other", ("k",)),), limit=5)

    def disagrees(smaller: Query, tables: Tables) -> bool:
        return bool(smaller.joins) and all("a" in table["k"].to_pylist() for table in tables)

    small, tables = shrink(query, tables, disagrees)
    assert small.limit is None
    assert [table.to_pydict() for table in tables] == [{"k": ["a"]}, {"k": ["a"]}]


def test_what_is_made_of_constants_alone_is_no_fair_question(tmp_path: Path) -> None:
    case = next(list_cases(1, tmp_path))
    ask = Query("asked", "", aggregate=(Output("o", Agg("sum", (Lit(1),))),))
    assert not expectations.is_fair(ask, case.data.tables, case.data.schema)


def test_a_median_beside_an_infinity_is_no_fair_question(tmp_path: Path) -> None:
    schema = Schema((Column("v", "int", "int64"),), 2)
    median = Query(
        "asked", "", aggregate=(Output("o", Agg("median", (Call("log", (Col("v"),)),))),)
    )
    assert not expectations.is_fair(median, Tables(pa.table({"v": [0, 8]})), schema)
    assert expectations.is_fair(median, Tables(pa.table({"v": [2, 8]})), schema)


def test_the_spread_of_equal_fractions_is_no_fair_question() -> None:
    schema = Schema((Column("v", "float", "double"),), 3)
    spread = Query("asked", "", aggregate=(Output("o", Agg("std", (Col("v"),))),))
    assert not expectations.is_fair(spread, Tables(pa.table({"v": [0.1] * 3})), schema)
    assert expectations.is_fair(spread, Tables(pa.table({"v": [2.0] * 3})), schema)


@pytest.mark.parametrize("cut", [{"limit": 1}, {"having": Compare("<", Col("o"), Lit(9))}])
def test_an_integer_beyond_64_bits_in_a_row_that_is_cut_is_no_fair_question(
    cut: dict[str, Any],
) -> None:
    product = Output("o", Arith("*", Col("v"), Agg("max", (Col("v"),))))
    query = Query("asked", "", group_by=("v",), transform=(product,), **cut)
    tables = Tables(pa.table({"v": [0, 2**32 - 1]}))
    schema = Schema((Column("v", "int", "int64"),), 2)
    assert not expectations.is_fair(query, tables, schema)
    assert expectations.is_fair(query, Tables(pa.table({"v": [0, 2**16]})), schema)


def test_smallest_integers_are_known_in_a_key_too() -> None:
    frame, other = pa.table({"n": pa.array([-128], "int8"), "u": [2]}), pa.table({"n": [-128]})
    query = Query(
        "asked",
        "",
        aggregate=(Output("o", Agg("sum", (Col("u"),))),),
        joins=(Join("other", ("n",)),),
    )
    found = find_known_bug("datatable", query, Tables(frame, other))
    assert found is not None
    assert found.name == "smallest integers"


@pytest.mark.parametrize("rows", [0, 1])
def test_an_as_of_join_with_no_rows_is_a_known_bug_of_modin(rows: int) -> None:
    frame = pa.table({"v": [1]})
    join = Join("other", (), how="asof", asof=AsOf("v", "v"))
    query = Query("asked", "", select=("v",), joins=(join,))
    assert bool(find_known_bug("modin", query, Tables(frame, frame.slice(0, rows)))) == (rows == 0)


def test_a_campaign_that_is_stopped_tells_what_was_asked(tmp_path: Path) -> None:
    def stop(_: Tally) -> None:
        raise KeyboardInterrupt

    tally = fuzz(("duckdb",), 4_000, 11, tmp_path, 3, lambda _: None, stop)
    assert tally.stopped
    assert 0 < tally.workloads < 4_000
    lines = summarize(tally)
    assert lines[0] == "stopped before its end"
    assert lines[1].startswith(f"{tally.workloads:,} workloads in ")


def test_a_quotient_that_hangs_on_a_floats_last_digit_is_no_fair_question(tmp_path: Path) -> None:
    frame = pa.table({"i": [5, *[0] * 16, None, None, None]})
    schema = Schema((Column("i", "int", "int64", nulls=True),), frame.num_rows)
    quotient = Arith("//", Agg("size", ()), Agg("mean", (Col("i"),)))  # 20 // (5 / 17)
    near = Query("asked", "", aggregate=(Output("o", quotient),))
    assert not expectations.is_fair(near, Tables(frame), schema)
    assert expectations.is_fair(near, Tables(frame.slice(0, 19)), schema)


def test_polars_and_duckdb_answer_as_python_does(tmp_path: Path) -> None:
    tally = fuzz(("polars", "duckdb"), 60, 11, tmp_path, 3, lambda _: None)
    assert [f"{one.engine}: {one.said} {one.folder}" for one in tally.disagreements] == []
    assert tally.workloads == 60


def test_frames_have_what_engines_treat_differently() -> None:
    drawn = [grow_frame(Random(seed)) for seed in range(60)]
    assert {0, 1} <= {table.num_rows for table in drawn}
    values = {repr(v) for table in drawn for v in table["w"].to_pylist()}
    assert {"inf", "-inf", "nan", "-0.0", "None", "5e-324"} <= values


def test_any_groups_may_be_those_that_a_limit_keeps(tmp_path: Path) -> None:
    tables = Tables(pa.table({"k": ["a", "b", "c"]}))
    query = Query("q", "", group_by=("k",), aggregate=(Output("n", Agg("size", ())),), limit=1)
    for kept, right in {"b": True, "d": False}.items():
        answer = pa.table({"k": [kept], "n": [1]})
        with (
            pa.OSFile(str(tmp_path / kept), "wb") as file,
            pa.ipc.new_file(file, answer.schema) as out,
        ):
            out.write_table(answer)
        assert expectations.check_agreement(query, tables, tmp_path / kept).agrees is right
