"""datatable's programs: missing values and integer types mean what the language says."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dfbench.engines.base import Resources
from dfbench.engines.datatable import ENGINE
from dfbench.errors import Unsupported
from dfbench.spec.expression import (
    Agg,
    Arith,
    Bool,
    Call,
    Case,
    Col,
    Compare,
    Expr,
    IsIn,
    Lit,
    Neg,
    Not,
)
from dfbench.spec.schema import Column, Schema
from dfbench.spec.workload import Extreme, Output, Query, RowFunction, SortKey, Unpivot

datatable = pytest.importorskip("datatable")

X, Y = Col("x"), Col("y")
DATA = Schema(
    (
        Column("k", "string", "string", nulls=True),
        Column("x", "int", "int64", nulls=True),
        Column("y", "float", "double", nulls=True, nans=True),
        Column("u", "int", "uint8"),
    ),
    5,
)
TABLE = pa.table(
    {
        "k": ["a", "a", None, "b", None],
        "x": [-7, 3, None, 2, 5],
        "y": [1.5, math.nan, -7.5, None, 4.0],
        "u": pa.array([200, 1, 2, 3, 4], pa.uint8()),
    }
)


def ran(query: Query, tmp_path: Path) -> list[dict]:
    path = tmp_path / "data.parquet"
    pq.write_table(TABLE, path)
    module: dict = {"__name__": "program"}
    exec(ENGINE.write(query, DATA).text, module)
    return module["rows"](module["query"](module["load"](str(path)))).to_pylist()


NO_ROW = Compare(">", X, Lit(1000))
UNPIVOT = Unpivot(("x", "y"), ("k",), "name", "value")
OF_NONE = {
    "by group": Query(
        name="q",
        question="",
        where=NO_ROW,
        group_by=("k",),
        aggregate=(Output("m", Agg("median", (X,))), Output("u", Agg("first", (Col("u"),)))),
        sort=(SortKey("k"),),
    ),
    "unpivoted": Query(name="q", question="", where=NO_ROW, unpivot=UNPIVOT, sort=(SortKey("k"),)),
    "cumulated": Query(
        name="q",
        question="",
        where=NO_ROW,
        transform=(Output("c", Agg("cumsum", (X,))), Output("m", Agg("cummax", (Col("u"),)))),
    ),
}


@pytest.mark.parametrize("name", list(OF_NONE))
def test_a_question_of_no_rows_has_no_rows_and_all_columns(name: str, tmp_path: Path) -> None:
    query = OF_NONE[name]
    text = ENGINE.write(query, DATA).text
    assert "# Of no rows" in text  # without it, a cumulative function ends this process
    path = tmp_path / "data.parquet"
    pq.write_table(TABLE, path)
    module: dict = {"__name__": "program"}
    exec(text, module)
    answer = module["rows"](module["query"](module["load"](str(path))))
    assert answer.num_rows == 0
    assert set(answer.column_names) == set(query.outputs)


def column(body: Expr, tmp_path: Path, **options: Any) -> list:
    applied = RowFunction("f", "out", body, columns=("x", "y"), **options)
    return [row["out"] for row in ran(Query("q", "", apply=applied), tmp_path)]


def whole(expression: Expr, tmp_path: Path) -> object:
    ((answer,),) = (
        row.values() for row in ran(Query("q", "", aggregate=(Output("s", expression),)), tmp_path)
    )
    return answer


def test_integers_divide_and_take_remainders_as_in_python(tmp_path: Path) -> None:
    assert column(Arith("%", X, Lit(3)), tmp_path) == [2, 0, None, 2, 2]
    assert column(Arith("//", X, Lit(2)), tmp_path) == [-4, 1, None, 1, 2]


def test_floats_do_too_though_datatable_refuses_them(tmp_path: Path) -> None:
    assert column(Arith("%", Y, Lit(2)), tmp_path) == [1.5, None, 0.5, None, 0.0]
    assert column(Arith("//", Y, Lit(2)), tmp_path) == [0.0, None, -4.0, None, 2.0]


def test_a_comparison_with_missing_is_missing(tmp_path: Path) -> None:
    assert column(Compare("!=", X, Lit(3)), tmp_path) == [True, False, None, True, True]
    assert column(Compare(">", X, Lit(2)), tmp_path) == [False, True, None, False, True]
    inside = Not(IsIn(X, (Lit(3), Lit(5))))
    assert column(inside, tmp_path) == [True, False, None, True, False]


def test_a_condition_with_missing_does_not_hold(tmp_path: Path) -> None:
    size = (Output("n", Agg("size", ())),)
    for condition, n in (
        (Compare("!=", X, Lit(3)), 3),
        (Not(IsIn(X, (Lit(3),))), 3),
        (Bool("or", (Compare("<=", X, Lit(3)), Compare(">", Y, Lit(0)))), 4),
        (Compare("==", Y, Y), 3),
    ):
        assert ran(Query("q", "", where=condition, aggregate=size), tmp_path) == [{"n": n}]


def test_a_row_function_is_not_called_on_missing_values(tmp_path: Path) -> None:
    body = Case(((Compare("==", Arith("%", X, Lit(2)), Lit(0)), Lit("even")),), Lit("odd"))
    assert column(body, tmp_path) == ["odd", "odd", None, "even", "odd"]
    assert column(body, tmp_path, on_missing="call") == ["odd", "odd", "odd", "even", "odd"]


def test_nan_in_a_file_and_unsigned_numbers_are_read_as_what_they_are(tmp_path: Path) -> None:
    assert whole(Agg("sum", (Y,)), tmp_path) == -2.0
    assert whole(Agg("count", (Y,)), tmp_path) == 3
    assert whole(Agg("max", (Col("u"),)), tmp_path) == 200


def test_sums_take_every_expression(tmp_path: Path) -> None:
    assert whole(Agg("sum", (Neg(X),)), tmp_path) == -3
    assert whole(Agg("sum", (Call("abs", (X,)),)), tmp_path) == 17
    assert whole(Agg("sum", (Bool("and", (Compare(">", X, Lit(0)),) * 2),)), tmp_path) == 3
    assert whole(Agg("any", (Compare(">", X, Lit(4)),)), tmp_path) is True
    assert whole(Agg("all", (Compare(">", X, Lit(-9)),)), tmp_path) is True


def test_a_value_of_all_rows_is_reduced_once_however_often_it_is_read(tmp_path: Path) -> None:
    low, high = Agg("min", (Y,)), Agg("max", (Y,))
    share = Arith("/", Arith("-", Y, low), Arith("-", high, low))
    query = Query("q", "", transform=(Output("share", share),))
    assert ENGINE.write(query, DATA).text.count("dt.min(f.y)") == 1
    found = [row["share"] for row in ran(query, tmp_path)]
    assert found == [9 / 11.5, None, 0, None, 1]


def test_missing_keys_are_a_group_and_sort_last(tmp_path: Path) -> None:
    output = (Output("s", Agg("sum", (X,))),)
    query = Query("q", "", group_by=("k",), aggregate=output, sort=(SortKey("k", descending=True),))
    assert ran(query, tmp_path) == [{"k": "b", "s": 2}, {"k": "a", "s": -4}, {"k": None, "s": 5}]


def test_the_largest_leave_missing_values_out(tmp_path: Path) -> None:
    query = Query("q", "", group_by=("k",), extreme=Extreme("y", 2, "top"))
    answer = sorted((str(row["k"]), row["top"]) for row in ran(query, tmp_path))
    assert answer == [("None", -7.5), ("None", 4.0), ("a", 1.5)]


def test_what_it_cannot_say_is_said() -> None:
    for agg in (Agg("quantile", (X, Lit(0.5))), Agg("first", (X,)), Agg("max", (Col("k"),))):
        with pytest.raises(Unsupported):
            ENGINE.write(Query("q", "", aggregate=(Output("s", agg),)), DATA)


def test_times_that_nanoseconds_do_not_reach_are_refused() -> None:
    data = Schema((Column("t", "timestamp", "timestamp[us]", exceeds_nanoseconds=True),), 2)
    query = Query("q", "", aggregate=(Output("s", Agg("max", (Col("t"),))),))
    with pytest.raises(Unsupported, match="1677"):
        ENGINE.write(query, data)
    assert ENGINE.write(Query("q", "", aggregate=(Output("s", Agg("size", ())),)), data)
    where = Compare("<", Col("t"), Lit(dt.datetime(1, 1, 1)))
    near = Schema((Column("t", "timestamp", "timestamp[us]"),), 2)
    with pytest.raises(Unsupported, match="1677"):
        ENGINE.write(Query("q", "", where=where, aggregate=(Output("n", Agg("size", ())),)), near)


def test_threads_are_in_the_program_only_when_asked_for() -> None:
    query = Query("q", "", aggregate=(Output("s", Agg("sum", (X,))),))
    assert "nthreads" not in ENGINE.write(query, DATA).text
    assert "dt.options.nthreads = 2" in ENGINE.write(query, DATA, Resources(threads=2)).text


def test_a_text_is_no_number_to_it_for_it_misses_some() -> None:
    frame = datatable.Frame(t=["12", " 12 ", "1234567890123456789"])
    read = frame[:, datatable.as_type(datatable.f.t, datatable.float64)].to_list()[0]
    assert read == [12, None, None]
    number = Query("q", "", transform=(Output("n", Call("number", (Col("k"),))),))
    with pytest.raises(Unsupported, match="no number with spaces around it"):
        ENGINE.write(number, DATA)
    ENGINE.write(Query("q", "", transform=(Output("n", Call("number", (X,))),)), DATA)


@pytest.mark.parametrize(
    ("clauses", "held"),
    [
        ({"group_by": ("k",)}, True),
        ({}, True),
        ({"where": Compare(">", Col("x"), Lit(1))}, False),
    ],
)
def test_a_shift_that_stays_within_the_rows_is_of_columns_in_memory(
    clauses: dict[str, Any], held: bool
) -> None:
    lag = Output("before", Agg("lag", (Col("x"),)))
    program = ENGINE.write(Query("q", "", transform=(lag,), **clauses), DATA).text
    assert ("materialize(to_memory=True)" in program) is held


def test_a_shift_beyond_the_rows_is_of_views() -> None:
    far = Output("after", Agg("lead", (Col("x"), Lit(9))))
    assert "to_memory" not in ENGINE.write(Query("q", "", transform=(far,)), DATA).text


@pytest.mark.parametrize(
    ("pattern", "written"),
    [
        ("7[0-9]$", ".*7[0-9]$"),
        ("a", ".*a.*"),
        ("a|b$", ".*(a|b$).*"),
        (r"a\$", r".*a\\$.*"),
    ],
)
def test_a_pattern_is_put_in_parentheses_only_where_it_has_alternatives(
    pattern: str, written: str
) -> None:
    asked = Call("matches", (Col("k"), Lit(pattern)))
    count = Output("n", Agg("size", ()))
    program = ENGINE.write(Query("q", "", where=asked, aggregate=(count,)), DATA).text
    assert f'dt.re.match(f.k, "{written}")' in program


def test_digits_are_rounded_by_a_number() -> None:
    query = Query("q", "", transform=(Output("r", Call("round", (Y, Lit(1)))),))
    assert "dt.math.rint(f.y * 10) / 10" in ENGINE.write(query, DATA).text
