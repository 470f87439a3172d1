"""The plain-Python oracle keeps every line of the table of meanings."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from zoneinfo import ZoneInfo

import duckdb
import pytest
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
    IsMissing,
    Let,
    Lit,
    Neg,
    Not,
)
from dfbench.spec.parser import parse_expression
from dfbench.spec.workload import Extreme, Output, Query, RowFunction, SortKey
from dfbench.verification.evaluation import answer_query, apply_row, evaluate, evaluate_group
from hypothesis import given, settings
from hypothesis import strategies as st

A, B, V = Col("a"), Col("b"), Col("v")
NAN, INF = math.nan, math.inf


def rows(*values: object) -> list[dict[str, object]]:
    return [{"v": value} for value in values]


def agg(name: str, *arguments: Expr) -> Agg:
    return Agg(name, arguments or (V,))


@pytest.mark.parametrize(
    ("op", "left", "right", "value"),
    [
        ("/", 7, 2, 3.5),
        ("/", 7, 0, INF),
        ("/", -7, 0, -INF),
        ("/", 0, 0, None),
        ("//", -7, 2, -4),
        ("//", -7, 3, -3),
        ("//", 7, 0, None),
        ("%", -7, 3, 2),
        ("%", 7, -3, -2),
        ("%", -7.5, 2, 0.5),
        ("%", 7, 0, None),
        ("**", -2, 2, 4),
        ("**", -8.0, 0.5, None),
        ("+", None, 1, None),
        ("+", NAN, 1, None),
        ("-", INF, INF, None),
        ("*", 10**10, 10**10, 10**20),
    ],
)
def test_arithmetic_has_pythons_meaning(
    op: str, left: float | None, right: float, value: float | None
) -> None:
    assert evaluate(Arith(op, A, B), {"a": left, "b": right}) == value


@pytest.mark.parametrize(
    ("function", "value", "result"),
    [
        ("round", 0.5, 0),
        ("round", 1.5, 2),
        ("round", -2.5, -2),
        ("sqrt", -1, None),
        ("sqrt", 9, 3),
        ("log", 0, -INF),
        ("log", -1, None),
        ("exp", 1000, INF),
        ("floor", -1.5, -2),
        ("ceil", -1.5, -1),
        ("floor", INF, INF),
        ("abs", None, None),
        ("abs", -3, 3),
        ("lower", "ÄB", "äb"),
        ("upper", "weiß ᾀ", "WEIẞ ᾈ"),
        ("len", "äb", 2),
        ("strip", " a\u00a0", "a"),
        ("count_words", " a  b ", 2),
        ("is_numeric", "", False),
        ("sign", -0.5, -1.0),
        ("asin", 2, None),
        ("sin", INF, None),
        ("sinh", -1000, -INF),
        ("log1p", -1, -INF),
        ("integer", "+7", 7),
        ("integer", "1.0", None),
        ("number", " 1.5 ", 1.5),
        ("number", "1_000", None),
        ("number", "٣", None),
        ("integer", -2.9, -2),
        ("integer", INF, None),
        ("number", " 1e3 ", 1000.0),
        ("number", "1_0", None),
        ("number", "nan", None),
        ("text", None, None),
    ],
)
def test_row_functions_give_missing_where_there_is_no_value(
    function: str, value: object, result: object
) -> None:
    assert evaluate(Call(function, (A,)), {"a": value}) == result


@pytest.mark.parametrize(
    ("call", "value", "result"),
    [
        ("split(a, ',')[1]", "x", None),
        ("split(a, ',')[-1]", "x,", ""),
        ("split(a)[0]", " ", None),
        ("a[-5:]", "abc", "abc"),
        ("extract(a, '([a-z])([0-9])', 2)", "?b7", "7"),
        ("extract(a, 'x$')", "x\n", None),
        ("zfill(a, 4)", "-5", "-005"),
        ("replace(a, 'b', '')", "abcb", "ac"),
        ("a + '!' + a", None, None),
        ("coalesce(a, 'x')", None, "x"),
        ("map(a, {x: 1}, 0)", None, 0),
        ("map(a, {x: 1})", "y", None),
    ],
)
def test_settings_stand_behind_the_value(call: str, value: str | None, result: object) -> None:
    assert evaluate(parse_expression(call), {"a": value}) == result


MOMENT = dt.datetime(2024, 12, 30, 23, 47, 59, 5)


@pytest.mark.parametrize(
    ("call", "result"),
    [
        ("weekday(a)", 0),
        ("week(a)", 1),
        ("day_of_year(a)", 365),
        ("date(a)", dt.date(2024, 12, 30)),
        ("days(timestamp('2024-12-30') - a)", -1),
        ("hours(a - timestamp('2024-12-30'))", 23),
        ("a - days(30)", dt.datetime(2024, 11, 30, 23, 47, 59, 5)),
        ("truncate(a, '15min')", dt.datetime(2024, 12, 30, 23, 45)),
        ("truncate(a, '6h')", dt.datetime(2024, 12, 30, 18)),
        ("truncate(a - days(29), 'week')", dt.datetime(2024, 11, 25)),
        ("truncate(a, 'quarter')", dt.datetime(2024, 10, 1)),
    ],
)
def test_times_are_cut_and_counted(call: str, result: object) -> None:
    assert evaluate(parse_expression(call), {"a": MOMENT}) == result


def test_a_comparison_with_missing_is_missing_and_its_condition_not_true() -> None:
    missing = Compare(">", A, Lit(1))
    for value in (None, NAN):
        assert evaluate(missing, {"a": value}) is None
        assert evaluate(Not(missing), {"a": value}) is None
        assert evaluate(Case(((missing, Lit("yes")),), Lit("no")), {"a": value}) == "no"
        assert evaluate(IsIn(A, (Lit(1),)), {"a": value}) is None
        assert evaluate(IsMissing(A), {"a": value}) is True
    query = Query("q", "", where=missing, aggregate=(Output("n", Agg("size", ())),))
    assert answer_query(query, [{"a": None}, {"a": 2}]) == [{"n": 1}]


@pytest.mark.parametrize(
    ("op", "left", "right", "value"),
    [
        ("and", True, None, None),
        ("and", None, False, False),
        ("or", None, True, True),
        ("or", False, None, None),
        ("or", False, False, False),
        ("and", True, True, True),
    ],
)
def test_conditions_join_with_missing_as_in_sql(
    op: str, left: bool | None, right: bool | None, value: bool | None
) -> None:
    assert evaluate(Bool(op, (A, B)), {"a": left, "b": right}) is value


def test_the_first_true_branch_counts_and_names_are_bound() -> None:
    tree = Let(
        "d", Arith("*", A, Lit(2)), Case(((Compare(">", Col("d"), Lit(4)), Col("d")),), Neg(A))
    )
    assert [evaluate(tree, {"a": value}) for value in (3, 2, None)] == [6, -2, None]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (agg("sum"), 0),
        (agg("count"), 0),
        (Agg("size", ()), 2),
        (agg("mean"), None),
        (agg("min"), None),
        (agg("max"), None),
        (agg("median"), None),
        (agg("quantile", V, Lit(0.5)), None),
        (agg("first"), None),
        (agg("last"), None),
        (agg("n_unique"), 0),
        (agg("std"), None),
        (agg("var"), None),
        (agg("any"), False),
        (agg("all"), True),
        (agg("corr", V, V), None),
    ],
)
def test_aggregations_of_nothing(expression: Agg, value: bool | int | None) -> None:
    assert evaluate_group(expression, rows(None, NAN)) == value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (agg("sum"), 10),
        (agg("count"), 4),
        (Agg("size", ()), 6),
        (agg("mean"), 2.5),
        (agg("min"), 1),
        (agg("max"), 4),
        (agg("median"), 2.5),
        (agg("quantile", V, Lit(0.25)), 1.75),
        (agg("first"), 4),
        (agg("last"), 2),
        (agg("n_unique"), 4),
        (agg("var"), 5 / 3),
        (agg("std"), math.sqrt(5 / 3)),
        (Arith("-", agg("max"), agg("min")), 3),
        (Arith("**", agg("corr", V, Neg(V)), Lit(2)), 1),
        (agg("any", Compare(">", V, Lit(3))), True),
        (agg("all", Compare(">", V, Lit(3))), False),
        (agg("sum", Arith("*", V, V)), 30),
    ],
)
def test_aggregations_skip_missing_values(expression: Agg | Arith, value: bool | float) -> None:
    assert evaluate_group(expression, rows(None, 4, 1, 3, NAN, 2)) == pytest.approx(
        value, rel=1e-14
    )


def test_spread_of_one_value_and_correlation_without_variance_are_missing() -> None:
    assert evaluate_group(agg("std"), rows(3.0, None)) is None
    assert evaluate_group(agg("std"), rows(3.0, 3.0)) == 0.0
    assert evaluate_group(Agg("corr", (A, B)), [{"a": 1, "b": 2}]) is None
    assert evaluate_group(Agg("corr", (A, B)), [{"a": 1, "b": 2}, {"a": 1, "b": 3}]) is None


def test_correlation_leaves_out_incomplete_pairs() -> None:
    pairs = [{"a": 1, "b": 2}, {"a": 2, "b": 4}, {"a": None, "b": -9}, {"a": 9, "b": NAN}]
    assert evaluate_group(Agg("corr", (A, B)), pairs) == pytest.approx(1)


def test_an_integer_sum_is_exact() -> None:
    assert evaluate_group(agg("sum"), rows(2**62, 2**62, 1)) == 2**63 + 1


def test_a_missing_key_is_a_group_of_its_own() -> None:
    query = Query("q", "", group_by=("k",), aggregate=(Output("s", agg("sum")),))
    data = [{"k": None, "v": 1}, {"k": "a", "v": 2}, {"k": NAN, "v": 4}]
    assert answer_query(query, data) == [{"k": None, "s": 5}, {"k": "a", "s": 2}]


def test_the_largest_are_values_that_are_there_and_a_small_group_gives_fewer() -> None:
    data = [
        {"k": k, "v": v}
        for k, v in ((1, None), (1, 5), (1, 9), (1, 7), (2, NAN), (2, 3), (3, None))
    ]
    query = Query("q", "", group_by=("k",), extreme=Extreme("v", 2, "top"))
    assert answer_query(query, data) == [{"k": 1, "top": 9}, {"k": 1, "top": 7}, {"k": 2, "top": 3}]
    query = Query("q", "", group_by=("k",), extreme=Extreme("v", 1, "low", smallest=True))
    assert answer_query(query, data) == [{"k": 1, "low": 5}, {"k": 2, "low": 3}]


def test_a_row_function_is_not_called_where_an_input_is_missing_unless_it_asks() -> None:
    body = Case(((IsMissing(A), Lit(0)),), Lit(1))
    assert apply_row(RowFunction("f", "r", body), {"a": None}) is None
    assert apply_row(RowFunction("f", "r", body, on_missing="call"), {"a": None}) == 0
    query = Query("q", "", apply=RowFunction("f", "r", Arith("*", A, Lit(2)), columns=("a",)))
    assert answer_query(query, [{"a": 3}, {"a": None}, {"a": 1}]) == [
        {"r": 6},
        {"r": None},
        {"r": 2},
    ]


def test_clauses_apply_in_their_order() -> None:
    query = Query(
        "q",
        "",
        where=Compare(">", V, Lit(0)),
        derive=(Output("w", Arith("*", V, Lit(10))), Output("x", Arith("+", Col("w"), Lit(1)))),
        group_by=("k",),
        aggregate=(Output("s", agg("sum", Col("x"))), Output("n", Agg("size", ()))),
        having=Compare(">", Col("n"), Lit(1)),
        sort=(SortKey("n"), SortKey("s", descending=True)),
        limit=2,
    )
    keys, values = ("a", "a", "b", "b", "c", "d", "d", "d"), (1, 2, 5, 6, 9, 1, 1, 1)
    data = [{"k": k, "v": v} for k, v in zip(keys, values, strict=True)] + [{"k": "a", "v": -4}]
    assert answer_query(query, data) == [{"k": "b", "s": 112, "n": 2}, {"k": "a", "s": 32, "n": 2}]


def test_missing_values_are_sorted_last_either_way() -> None:
    for descending in (False, True):
        query = Query(
            "q",
            "",
            group_by=("k",),
            aggregate=(Output("m", agg("max")),),
            sort=(SortKey("m", descending),),
        )
        data = [{"k": 1, "v": None}, {"k": 2, "v": 3}, {"k": 3, "v": 3}]
        assert [row["k"] for row in answer_query(query, data)] == [2, 3, 1]


def test_a_transform_gives_each_row_of_its_group() -> None:
    query = Query("q", "", group_by=("k",), transform=(Output("share", Arith("/", V, agg("sum"))),))
    data = [{"k": "a", "v": 1}, {"k": "b", "v": 5}, {"k": "a", "v": 3}]
    shares = {(row["k"], row["share"]) for row in answer_query(query, data)}
    assert shares == {("a", 0.25), ("a", 0.75), ("b", 1.0)}


def test_without_keys_there_is_one_row_even_of_nothing() -> None:
    query = Query("q", "", aggregate=(Output("s", agg("sum")), Output("m", agg("mean"))))
    assert answer_query(query, []) == [{"s": 0, "m": None}]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 2) | st.none(), st.integers(-50, 50) | st.none()), min_size=1)
)
def test_duckdb_gives_the_same_groups(data: list[tuple[int | None, int | None]]) -> None:
    names = ("sum", "mean", "min", "max", "median", "count", "n_unique", "std", "var")
    outputs = tuple(Output(name, agg(name)) for name in names)
    mine = answer_query(
        Query("q", "", group_by=("k",), aggregate=outputs), [{"k": k, "v": v} for k, v in data]
    )
    with duckdb.connect() as connection:
        connection.execute("create table t (k int, v bigint)")
        connection.executemany("insert into t values (?, ?)", data)
        theirs = connection.execute(
            "select k, coalesce(sum(v), 0), avg(v), min(v), max(v), median(v), count(v),"
            " count(distinct v), stddev_samp(v), var_samp(v) from t group by k"
        ).fetchall()
    found = {row[0]: row[1:] for row in theirs}
    assert len(found) == len(mine)
    for row in mine:
        for name, value in zip(names, found[row["k"]], strict=True):
            expected = None if value is None else pytest.approx(value, rel=1e-12, abs=1e-12)
            assert row[name] == expected


def test_times_of_an_hour_that_comes_twice_are_two() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    moments = [dt.datetime(2024, 10, 27, hour, 30, tzinfo=dt.UTC) for hour in (0, 1)]
    data = [{"v": moment.astimezone(berlin)} for moment in moments]
    hour = Output("hour", Call("truncate", (V, Lit("hour"))))
    query = Query("q", "", derive=(hour,), group_by=("hour",), aggregate=(Output("m", agg("max")),))
    found = answer_query(query, data)
    begins = [row["hour"].astimezone(dt.UTC).hour for row in found]
    assert begins == [0, 1]
    assert [row["m"].astimezone(dt.UTC) for row in found] == moments


def test_a_day_with_a_zone_begins_as_far_from_utc_as_it_did_then() -> None:
    moment = dt.datetime(2024, 3, 31, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    month = evaluate(Call("truncate", (A, Lit("month"))), {"a": moment})
    assert month.isoformat() == "2024-03-01T00:00:00+01:00"


def test_a_quantile_that_is_one_of_the_values_may_be_infinite() -> None:
    assert evaluate_group(agg("quantile", V, Lit(0.0)), rows(-INF, 1.0, 2.0)) == -INF
    assert evaluate_group(agg("median"), rows(-INF, 1.0, INF)) == 1.0


def test_the_sum_of_opposite_infinities_is_missing_inside_an_expression_too() -> None:
    assert evaluate_group(Arith("/", agg("sum"), Lit(0)), rows(INF, -INF)) is None


VALUES = (2, None, 5, 2, 9, None, 5)


@pytest.mark.parametrize(
    ("call", "values"),
    [
        ("row_number()", [1, 2, 3, 4, 5, 6, 7]),
        ("cumcount()", [0, 1, 2, 3, 4, 5, 6]),
        ("rank(v)", [1, None, 3, 1, 5, None, 3]),
        ("rank(v, descending=True)", [4, None, 2, 4, 1, None, 2]),
        ("rank(v, 'max')", [2, None, 4, 2, 5, None, 4]),
        ("rank(v, 'average')", [1.5, None, 3.5, 1.5, 5.0, None, 3.5]),
        ("rank(v, 'first')", [1, None, 3, 2, 5, None, 4]),
        ("rank(v, 'dense')", [1, None, 2, 1, 3, None, 2]),
        ("dense_rank(v, descending=True)", [3, None, 2, 3, 1, None, 2]),
        ("percent_rank(v)", [0.0, None, 0.5, 0.0, 1.0, None, 0.5]),
        ("diff(v)", [None, None, None, -3, 7, None, None]),
        ("diff(v, 2)", [None, None, 3, None, 4, None, -4]),
        ("pct_change(v)", [None, None, None, -0.6, 3.5, None, None]),
        ("cummin(v)", [2, None, 2, 2, 2, None, 2]),
        ("cummax(v)", [2, None, 5, 5, 9, None, 9]),
        ("ffill(v)", [2, 2, 5, 2, 9, 9, 5]),
        ("bfill(v)", [2, 5, 5, 2, 9, 5, 5]),
        ("rolling_sum(v, 2)", [None, None, None, 7, 11, None, None]),
        ("rolling_sum(v, 2, 1)", [2, 2, 5, 7, 11, 9, 5]),
        ("rolling_mean(v, 3, at_least=2)", [None, None, 3.5, 3.5, 16 / 3, 5.5, 7.0]),
        ("rolling_min(v, 3, 1)", [2, 2, 2, 2, 2, 2, 5]),
        ("rolling_median(v, 3, 3)", [None, None, None, None, 5.0, None, None]),
        ("rolling_std(v, 2, 1)", [None, None, None, 4.5**0.5, 24.5**0.5, None, None]),
        ("rolling_count(v, 2)", [1, 1, 1, 2, 2, 1, 1]),
        (
            "ewm_mean(v, 3)",
            [
                *(2.0, None, 4.4, 4.75 / 1.625, 11.375 / 1.8125, None),
                (2 / 64 + 5 / 16 + 2 / 8 + 9 / 4 + 5) / (1 / 64 + 1 / 16 + 1 / 8 + 1 / 4 + 1),
            ],
        ),
    ],
)
def test_windows_of_one_group(call: str, values: list[float | None]) -> None:
    query = Query("q", "", transform=(Output("w", parse_expression(call)),))
    found = [row["w"] for row in answer_query(query, rows(*VALUES))]
    assert found == pytest.approx(values)


def test_windows_see_the_rows_in_their_own_order_and_equal_ones_in_the_frames() -> None:
    asked = {"n": "row_number()", "c": "cumsum(v)", "f": "first(v)"}
    outputs = tuple(Output(name, parse_expression(call)) for name, call in asked.items())
    query = Query("q", "", order_by=(SortKey("t", descending=True), SortKey("u")))
    query = replace(query, group_by=("k",), transform=outputs)
    data = [
        {"k": k, "t": t, "u": u, "v": v}
        for k, t, u, v in (
            ("a", 1, 0, 1),
            ("a", 2, 9, 2),
            ("b", 1, 0, 3),
            ("a", NAN, 0, 4),
            ("a", 2, 5, 8),
            ("a", 1, 0, 16),
        )
    ]
    found = answer_query(query, data)
    assert [row["n"] for row in found] == [3, 2, 1, 5, 1, 4]
    assert [row["c"] for row in found] == [11, 10, 3, 31, 8, 27]
    assert [row["f"] for row in found] == [8, 8, 3, 8, 8, 8]
