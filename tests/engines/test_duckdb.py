"""DuckDB's programs: the SQL says what the tree means, on awkward data too."""

from __future__ import annotations

import math
import operator
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dfbench.engines import find
from dfbench.engines.duckdb import ENGINE
from dfbench.engines.interactive import load_program
from dfbench.engines.writing.properties import Facts
from dfbench.engines.writing.sql import KEYWORDS, SqlWriter, quote_name, quote_string
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
    IsMissing,
    Lit,
    Neg,
    Not,
)
from dfbench.spec.schema import Column, Schema
from dfbench.spec.workload import Extreme, Output, Query, RowFunction, SortKey
from dfbench.verification.evaluation import evaluate
from hypothesis import given, settings
from hypothesis import strategies as st

COLUMNS = Schema((Column("a", "int", "int64"), Column("b", "int", "int64")), 1)
OPERATORS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
    "%": operator.mod,
    "/": operator.truediv,
}


def no_aggregation(agg: Agg) -> None:
    raise AssertionError(agg)


def sql(node: Expr, data: Schema = COLUMNS) -> str:
    return SqlWriter(Facts(data), no_aggregation).write(node).text


def python(node: Expr, row: dict[str, int]) -> float | None:
    match node:
        case Col(column):
            return row[column]
        case Lit(value):
            return value
        case Neg(operand):
            value = python(operand, row)
            return None if value is None else -value
        case Arith(op, left, right):
            x, y = python(left, row), python(right, row)
            if x is None or y is None or (y == 0 and op in {"/", "//", "%"}):
                return None
            return OPERATORS[op](x, y)
    raise AssertionError(node)


def numbers() -> st.SearchStrategy[Expr]:
    leaves = st.sampled_from([Col("a"), Col("b")]) | st.integers(-9, 9).map(Lit)
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            inner.map(Neg),
            st.builds(Arith, st.sampled_from(["+", "-", "*", "//", "%"]), inner, inner),
        ),
        max_leaves=8,
    )


@settings(max_examples=150, deadline=None)
@given(numbers(), st.integers(-20, 20), st.integers(-20, 20))
def test_integer_arithmetic_means_what_python_means(tree: Expr, a: int, b: int) -> None:
    with duckdb.connect() as con:
        con.execute("CREATE TABLE t AS SELECT ?::BIGINT AS a, ?::BIGINT AS b", [a, b])
        ((answer,),) = con.execute(f"SELECT {sql(tree)} FROM t").fetchall()
    assert answer == python(tree, {"a": a, "b": b})


@settings(max_examples=60, deadline=None)
@given(numbers(), numbers(), st.integers(-20, 20), st.integers(-20, 20))
def test_quotients_are_true_divisions(left: Expr, right: Expr, a: int, b: int) -> None:
    tree = Arith("/", left, right)
    expected = python(tree, {"a": a, "b": b})
    with duckdb.connect() as con:
        con.execute("CREATE TABLE t AS SELECT ?::BIGINT AS a, ?::BIGINT AS b", [a, b])
        ((answer,),) = con.execute(f"SELECT {sql(tree)} FROM t").fetchall()
    if expected is None:
        assert answer is None or not math.isfinite(answer)
    else:
        assert answer == pytest.approx(expected, rel=1e-12)


def texts(least: int) -> st.SearchStrategy[str]:
    return st.text(
        st.characters(exclude_characters="\0", codec="utf-8"), min_size=least, max_size=12
    )


@given(texts(0), texts(1))
@settings(max_examples=100, deadline=None)
def test_texts_and_names_survive(text: str, column: str) -> None:
    answer = duckdb.sql(f"SELECT {quote_string(text)} AS {quote_name(column)}")
    assert answer.columns == [column]
    assert answer.to_arrow_table()[0].to_pylist() == [text]


def test_every_word_that_is_no_name_is_known() -> None:
    words = duckdb.sql(
        "SELECT keyword_name, keyword_category FROM duckdb_keywords()"
    ).to_arrow_table()
    reserved = {
        row["keyword_name"] for row in words.to_pylist() if row["keyword_category"] != "unreserved"
    }
    assert reserved <= KEYWORDS


def test_precedence_is_written_with_the_fewest_parentheses() -> None:
    a, b = Col("a"), Col("b")
    assert sql(Arith("-", a, Arith("-", b, Lit(-1)))) == "a - (b - -1)"
    assert sql(Neg(Neg(a))) == "-(-a)"
    assert sql(Neg(Arith("**", a, Lit(2)))) == "-(a ** 2)"
    assert sql(Arith("**", Neg(a), Lit(2))) == "(-a) ** 2"
    assert sql(Arith("*", Arith("+", a, b), Lit(2))) == "(a + b) * 2"
    either = Bool("or", (Compare(">", a, Lit(1)), Compare("<", b, Lit(1))))
    assert sql(Bool("and", (either, Not(IsMissing(a))))) == "(a > 1 OR b < 1) AND a IS NOT NULL"


def ran(query: Query, table: pa.Table, data: Schema, tmp_path: Path) -> list[dict]:
    path = tmp_path / "data.parquet"
    pq.write_table(table, path)
    module: dict = {"__name__": "program"}
    exec(ENGINE.write(query, data).text, module)
    return module["rows"](module["query"](module["load"](str(path)))).to_pylist()


def test_a_text_of_a_number_is_padded() -> None:
    query = sql(Call("zfill", (Call("text", (Col("a"),)), Lit(3))))
    assert duckdb.sql(f"SELECT {query} FROM (SELECT 7 AS a)").fetchall() == [("007",)]


def test_nan_is_missing_from_the_file_on(tmp_path: Path) -> None:
    # A Parquet file's statistics leave NaN out, and DuckDB trusts them in `x = 'NaN'`.
    table = pa.table({"k": [1, 1, 2], "x": [math.nan, 2.0, math.nan]})  # and no nulls
    data = Schema((Column("k", "int", "int64"), Column("x", "float", "double", nans=True)), 3)
    outputs = (Output("s", Agg("sum", (Col("x"),))), Output("n", Agg("count", (Col("x"),))))
    query = Query("q", "", group_by=("k",), aggregate=outputs, sort=(SortKey("k"),))
    assert ran(query, table, data, tmp_path) == [
        {"k": 1, "s": 2.0, "n": 1},
        {"k": 2, "s": 0.0, "n": 0},
    ]


def test_first_and_last_follow_the_frame_and_skip_missing(tmp_path: Path) -> None:
    table = pa.table({"k": [1] * 4, "x": [None, 7, 3, None]})
    data = Schema((Column("k", "int", "int64"), Column("x", "int", "int64", nulls=True)), 4)
    outputs = (Output("f", Agg("first", (Col("x"),))), Output("l", Agg("last", (Col("x"),))))
    query = Query("q", "", group_by=("k",), aggregate=outputs)
    assert ran(query, table, data, tmp_path) == [{"k": 1, "f": 7, "l": 3}]


def test_a_row_function_is_not_called_on_missing_values(tmp_path: Path) -> None:
    table = pa.table({"x": [None, 2, 3]})
    data = Schema((Column("x", "int", "int64", nulls=True),), 3)
    body = Case(((Compare("==", Arith("%", Col("x"), Lit(2)), Lit(0)), Lit(1)),), Lit(0))
    skip = Query("q", "", apply=RowFunction("f", "y", body, columns=("x",)))
    call = Query("q", "", apply=RowFunction("f", "y", body, columns=("x",), on_missing="call"))
    assert ran(skip, table, data, tmp_path) == [{"y": None}, {"y": 1}, {"y": 0}]
    assert ran(call, table, data, tmp_path) == [{"y": 0}, {"y": 1}, {"y": 0}]


def test_sums_of_nothing_are_zero_only_where_the_data_needs_it() -> None:
    full, gaps = (
        Schema((Column("k", "int", "int64"), Column("x", "int", "int64", nulls=nulls)), 9)
        for nulls in (False, True)
    )
    query = Query("q", "", group_by=("k",), aggregate=(Output("x", Agg("sum", (Col("x"),))),))
    assert "coalesce" not in ENGINE.write(query, full).text
    assert "coalesce(sum(x), 0)" in ENGINE.write(query, gaps).text


def test_names_that_differ_only_in_case_are_refused() -> None:
    data = Schema((Column("A", "int", "int64"), Column("a", "int", "int64")), 9)
    query = Query("q", "", group_by=("A",), aggregate=(Output("s", Agg("sum", (Col("a"),))),))
    with pytest.raises(Unsupported, match="A and a"):
        ENGINE.write(query, data)


def test_a_column_of_no_name_is_refused() -> None:
    data = Schema((Column("k", "int", "int64"), Column("", "int", "int64")), 9)
    query = Query("q", "", group_by=("k",), aggregate=(Output("s", Agg("sum", (Col(""),))),))
    for engine in (ENGINE, find("datatable")):
        with pytest.raises(Unsupported, match=r'col\(""\)'):
            engine.write(query, data)
    assert find("pandas").write(query, data)


def test_more_largest_values_than_duckdb_returns_are_refused() -> None:
    data = Schema((Column("k", "string", "string"), Column("y", "float", "double")), 5)
    query = Query("q", "", group_by=("k",), extreme=Extreme("y", 10**6, "top"))
    with pytest.raises(Unsupported, match=r"n: 1000000.* fewer than 1,000,000 values"):
        ENGINE.write(query, data)
    ENGINE.write(replace(query, extreme=Extreme("y", 10**6 - 1, "top")), data)


def test_rounding_is_half_to_even() -> None:
    assert sql(Call("round", (Col("a"),))) == "round_even(a, 0)"


FLOATS = (
    1e17,
    -1e17,
    math.inf,
    -math.inf,
    7.5,
    -7.5,
    1.0,
    0.1,
    -0.1,
    1e-20,
    3.0,
    -3.0,
    0.0,
    math.nan,
)


@pytest.mark.parametrize("op", ["//", "%"])
@pytest.mark.parametrize("constant", [None, 0.1, -2.5, 3])
def test_floats_divide_to_whole_numbers_and_remainders_as_in_python(
    op: str, constant: float | None
) -> None:
    data = Schema((Column("x", "float", "float64"), Column("y", "float", "float64")), 1)
    tree = Arith(op, Col("x"), Col("y") if constant is None else Lit(constant))
    pairs = [(x, y) for x in FLOATS for y in FLOATS]
    with duckdb.connect() as con:
        con.execute("CREATE TABLE t (x DOUBLE, y DOUBLE)")
        con.executemany("INSERT INTO t VALUES (?, ?)", pairs)
        found = con.sql(f"SELECT nullif({sql(tree, data)}, 'NaN') FROM t").fetchall()
    assert [value for (value,) in found] == [evaluate(tree, {"x": x, "y": y}) for x, y in pairs]


KEYED = Query(
    "keyed",
    "",
    derive=(Output("key", Arith("%", Col("a"), Lit(3))),),
    group_by=("key",),
    aggregate=(Output("b", Agg("sum", (Col("b"),))),),
    having=Compare(">", Col("key"), Lit(0)),
)


def test_a_derived_key_stands_in_select_and_having_reads_it(tmp_path: Path) -> None:
    table = pa.table({"a": [1, 2, 3, 4], "b": [1, 2, 4, 8]})
    assert "FROM (" not in ENGINE.write(KEYED, COLUMNS).text
    found = ran(replace(KEYED, sort=(SortKey("key"),)), table, COLUMNS, tmp_path)
    assert found == [{"key": 1, "b": 9}, {"key": 2, "b": 2}]


def test_a_derived_key_is_not_taken_for_a_column_that_no_clause_reads() -> None:
    data = replace(COLUMNS, unread=(("Key", "list<item: int64>"),))
    assert "FROM (" in find("duckdb/scan").write(KEYED, data).text


def test_repeated_aggregations_are_of_the_rows_that_are_left(tmp_path: Path) -> None:
    low, high = Agg("min", (Col("b"),)), Agg("max", (Col("b"),))
    share = Arith("/", Arith("-", Col("b"), low), Arith("-", high, low))
    where = Compare(">", Col("a"), Lit(1))
    query = Query("q", "", where=where, transform=(Output("share", share),))
    table = pa.table({"a": [1, 2, 3, 4], "b": [0, 2, 4, 6]})
    assert ENGINE.write(query, COLUMNS).text.count("min(b)") == 1
    found = ran(query, table, COLUMNS, tmp_path)
    assert found == [{"share": 0.0}, {"share": 0.5}, {"share": 1.0}]


@pytest.mark.parametrize(("low", "guarded"), [(1, False), (0, True), (None, True)])
def test_a_quotient_by_a_sum_that_cannot_be_zero_is_a_number(
    low: int | None, guarded: bool
) -> None:
    column = Column("x", "int", "int64", low=low, high=None if low is None else 9)
    data = Schema((Column("k", "int", "int64"), column), 9)
    share = Arith("/", Agg("count", (Col("k"),)), Agg("sum", (Col("x"),)))
    outputs = (Output("share", share),)
    query = Query("q", "", group_by=("k",), aggregate=outputs, sort=(SortKey("share"),))
    assert ("'NaN'" in ENGINE.write(query, data).text) is guarded


def test_a_condition_on_a_derived_key_leaves_the_groups_as_they_are(tmp_path: Path) -> None:
    table = pa.table({"a": [1, 2, 3, 30], "b": [0, 0, 1, 1], "v": [1, 2, 3, 4]})
    pq.write_table(table, tmp_path / "d.parquet")
    columns = tuple(Column(name, "int", "int64") for name in table.column_names)
    low = Case(((Compare("<", Col("a"), Lit(10)), Lit("low")),), Lit(None))
    query = Query(
        "q",
        "",
        derive=(Output("band", low),),
        group_by=("band", "b"),
        aggregate=(Output("n", Agg("sum", (Col("v"),))),),
        having=Not(IsMissing(Col("band"))),
    )
    module = load_program(ENGINE.write(query, Schema(columns, 4)))
    answer = module.rows(module.query(module.load(str(tmp_path / "d.parquet"))))
    assert sorted(answer.to_pylist(), key=str) == [
        {"band": "low", "b": 0, "n": 3},
        {"band": "low", "b": 1, "n": 3},
    ]


def test_an_aggregate_that_an_earlier_output_names_is_written_once(tmp_path: Path) -> None:
    total, table = Agg("sum", (Col("b"),)), pa.table({"a": [1, 2, 3, 4], "b": [1, 2, 4, 8]})
    share = Arith("/", total, Agg("size", ()))
    outputs = (Output("total", total), Output("share", share))
    query = Query("q", "", aggregate=outputs)
    assert "total / count(*) AS share" in ENGINE.write(query, COLUMNS).text
    assert ran(query, table, COLUMNS, tmp_path) == [{"total": 15, "share": 3.75}]


def test_an_output_named_like_a_column_is_not_read_by_later_ones(tmp_path: Path) -> None:
    total, table = Agg("sum", (Col("b"),)), pa.table({"a": [1, 2, 3, 4], "b": [1, 2, 4, 8]})
    outputs = (Output("A", total), Output("double", Arith("*", Lit(2), total)))
    query = Query("q", "", where=Compare(">", Col("a"), Lit(2)), aggregate=outputs)
    assert ran(query, table, COLUMNS, tmp_path) == [{"A": 12, "double": 24}]
