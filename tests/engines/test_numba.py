"""pandas with Numba: the compiled loops answer as the language says."""

from __future__ import annotations

import datetime as dt
import math
import statistics
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dfbench.engines.numba import ENGINE
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
    Let,
    Lit,
    Neg,
    Not,
)
from dfbench.spec.row_functions import parse_row_function
from dfbench.spec.schema import Column, Schema
from dfbench.spec.workload import Extreme, Output, Query, RowFunction

from tests.support.apply_samples import groups_query, rows_query

pytest.importorskip("numba")

X, Y = Col("x"), Col("y")
DATA = Schema(
    (
        Column("k", "int", "int64", nulls=True),
        Column("x", "int", "int64"),
        Column("y", "float", "double", nulls=True),
    ),
    6,
)
SCHEMA = Schema(
    (
        *(Column(name, "int", "int64") for name in "kAB"),
        *(Column(n, "string", "string") for n in "st"),
    ),
    100,
)
TABLE = pa.table(
    {
        "k": [1, 1, 1, None, None, 2],
        "x": [-7, 3, 0, 4, 5, 6],
        "y": [2.0, 8.0, 5.0, 1.0, None, None],
    }
)


def program(query: Query, schema: Schema = DATA) -> str:
    return ENGINE.write(query, schema).text


def ran(query: Query, tmp_path: Path, table: pa.Table = TABLE, schema: Schema = DATA) -> list[dict]:
    path = tmp_path / "data.parquet"
    pq.write_table(table, path)
    module: dict = {"__name__": "program"}
    exec(program(query, schema), module)
    return module["rows"](module["query"](module["load"](str(path)))).to_pylist()


def missing(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else value


def applied(body: Expr) -> Query:
    return Query("q", "", apply=RowFunction("f", "out", body, columns=("x", "y")))


def test_a_row_loop_passes_missing_values_on_and_keeps_the_order(tmp_path: Path) -> None:
    body = Case(((Compare("<", Y, Lit(3)), Neg(X)), (Compare("<", Y, Lit(6)), Lit(0))), X)
    answer = [missing(row["out"]) for row in ran(applied(body), tmp_path)]
    assert answer == [7, 3, 0, -4, None, None]
    assert "prange" in program(applied(body))


def test_division_by_zero_ends_no_loop(tmp_path: Path) -> None:
    body = Let("ratio", Arith("//", Y, X), Arith("+", Col("ratio"), Arith("%", Lit(7), X)))
    answer = [missing(row["out"]) for row in ran(applied(body), tmp_path)]
    assert answer == [-1.0, 3.0, None, 3.0, None, None]
    assert "ratio = " in program(applied(body))


def test_numbers_without_a_sign_have_a_negative(tmp_path: Path) -> None:
    table = pa.table({"x": pa.array([3], pa.uint32()), "y": [-2.5]})
    columns = (Column("x", "int", "uint32"), Column("y", "float", "double"))
    answer = ran(applied(Arith("*", Neg(X), Y)), tmp_path, table, Schema(columns, 1))
    assert answer == [{"out": 7.5}]


def test_numbers_that_pandas_rounds_to_a_digit_are_floats(tmp_path: Path) -> None:
    table = TABLE.set_column(2, "y", [[-2.5] * 6])
    answer = ran(applied(Call("round", (Y, Lit(1)))), tmp_path, table)
    assert {row["out"] for row in answer} == {-2.5}


def test_integers_stay_integers(tmp_path: Path) -> None:
    body = Case(((Compare("==", Arith("%", X, Lit(2)), Lit(0)), Arith("*", X, Lit(2))),), X)
    query = Query("q", "", apply=RowFunction("f", "out", body, columns=("x",)))
    assert [row["out"] for row in ran(query, tmp_path)] == [-7, 3, 0, 8, 5, 12]


@pytest.mark.parametrize("where", [None, Not(IsMissing(Y)), Bool("and", (Not(IsMissing(Y)),) * 2)])
def test_extremes_by_group_need_no_filter_for_missing_values(
    where: Bool | Not | None, tmp_path: Path
) -> None:
    if isinstance(where, Bool):
        where = Bool("and", (Not(IsMissing(Y)), Compare("<", X, Lit(9))))
    query = Query("q", "", where=where, group_by=("k",), extreme=Extreme("y", 2, "top"))
    answer = [(missing(row["k"]), row["top"]) for row in ran(query, tmp_path)]
    assert answer == [(1, 8.0), (1, 5.0), (None, 1.0)]
    smallest = Query("q", "", group_by=("k",), extreme=Extreme("x", 1, "low", smallest=True))
    assert [row["low"] for row in ran(smallest, tmp_path)] == [-7, 4, 6]


def test_correlation_is_pairwise_complete_and_missing_where_undefined(tmp_path: Path) -> None:
    output = (Output("r", Agg("corr", (X, Y))),)
    answer = ran(Query("q", "", group_by=("k",), aggregate=output), tmp_path)
    assert answer[0]["r"] == pytest.approx(statistics.correlation([-7, 3, 0], [2, 8, 5]))
    assert [missing(row["r"]) for row in answer[1:]] == [None, None]


@pytest.mark.parametrize(("beside", "word"), [((), "@njit"), (("size",), 'engine="numba"')])
def test_compiled_reductions_are_missing_where_a_group_is_empty(
    beside: tuple[str, ...], word: str, tmp_path: Path
) -> None:
    reductions = [Output(f, Agg(f, (Y,))) for f in ("mean", "min", "max")]
    reductions += [Output(f, Agg(f, ())) for f in beside]
    risky = Query("q", "", group_by=("k",), aggregate=tuple(reductions))
    assert program(risky).count(word) == 3
    answer = [tuple(map(missing, list(row.values())[1:4])) for row in ran(risky, tmp_path)]
    assert answer == [(5.0, 2.0, 8.0), (1.0, 1.0, 1.0), (None, None, None)]


def test_several_numbers_with_gaps_are_reduced_by_loops_for_each_pair_of_keys(
    tmp_path: Path,
) -> None:
    outputs = (Output("s", Agg("sum", (Y,))), Output("r", Arith("-", Agg("max", (Y,)), Lit(1))))
    answer = ran(Query("q", "", group_by=("k", "x"), aggregate=outputs), tmp_path)
    assert [row["s"] for row in answer] == [2, 8, 5, 1, 0, 0]
    assert [missing(row["r"]) for row in answer] == [1, 7, 4, 0, None, None]
    assert [(missing(row["k"]), row["x"]) for row in answer[2:4]] == [(1, 0), (None, 4)]


def test_text_is_compared_by_pandas_and_numbers_go_to_the_loop() -> None:
    table = pa.table(
        {"A": [1, 2, None, 4], "B": [0, 1, 2, 3], "s": ["a", "b", "a", None], "t": ["x"] * 4}
    )
    source = """\
def rate(x):
    if x["s"] == "a" or x["t"] in ("y", "z"):
        return len(x["s"]) * x["A"]
    return x["B"] / 2
"""
    query = rows_query(source)
    text = ENGINE.write(query, SCHEMA).text
    loop = text[text.index("@njit") : text.index("def load")]
    assert "prange" in loop
    assert '"a"' not in loop
    answer = pa.Table.from_pandas(ENGINE.run(query, table), preserve_index=False)
    assert [missing(y) for y in answer["y"].to_pylist()] == [1.0, 0.5, None, None]


@pytest.mark.parametrize("word", ["len", "count_words"])
def test_lengths_of_texts_that_are_all_missing_are_numbers(word: str, tmp_path: Path) -> None:
    body = Arith("+", Call(word, (Col("t"),)), Lit(1))
    query = Query("q", "", apply=RowFunction("f", "out", body, columns=("t",)))
    schema = Schema((Column("t", "string", "string", nulls=True),), 2)
    for texts in ([None, None], ["a b", None]):
        answer = ran(query, tmp_path, pa.table({"t": pa.array(texts, "string")}), schema)
        assert missing(answer[1]["out"]) is None
        assert (missing(answer[0]["out"]) is None) is (texts[0] is None)


def test_parts_of_days_in_a_def_are_numbers_to_the_loop(tmp_path: Path) -> None:
    query = rows_query('def f(x):\n    return x["d"].year * 100 + x["d"].month')
    table = pa.table({"d": [dt.date(2024, 2, 29), None, dt.date(1969, 12, 31)]})
    schema = Schema((Column("d", "date", "date32[day]", nulls=True),), 3)
    answer = ran(query, tmp_path, table, schema)
    assert [missing(row["y"]) for row in answer] == [202402.0, None, 196912.0]


def test_a_def_that_has_no_tree_is_compiled_as_it_is() -> None:
    source = """\
def total(x):
    found = 0.0
    for i in range(40):
        found += x["A"] * i
    return found + math.cos(x.B)
"""
    query = rows_query(source)
    assert source.strip() in ENGINE.write(query, SCHEMA).text
    table = pa.table({"A": [1, None, 3], "B": [0, 0, 0]})
    answer = pa.Table.from_pandas(ENGINE.run(query, table), preserve_index=False)
    assert [missing(y) for y in answer["y"].to_pylist()] == [781.0, None, 2341.0]


def test_a_group_function_is_compiled_and_called_on_slices() -> None:
    source = "def reach(A, B):\n    return np.nanmax(A) - np.nanmin(A), B.mean()\n"
    query = groups_query(source, "a", "b")
    table = pa.table({"k": [1, 2, None, 1, None], "A": [1, 9, 2, None, 5], "B": [1, 2, 3, 4, 6]})
    text = ENGINE.write(query, SCHEMA).text
    assert source.strip() in text
    assert 'reach = njit(error_model="numpy")(reach)' in text
    answer = pa.Table.from_pandas(ENGINE.run(query, table), preserve_index=False).to_pylist()
    assert [tuple(map(missing, row.values())) for row in answer] == [
        (1.0, 0.0, 2.5),
        (2.0, 0.0, 2.0),
        (None, 3.0, 4.5),
    ]


@pytest.mark.parametrize(
    ("query", "why"),
    [
        (rows_query("def f(x):\n    return x['s']\n"), "it does not return numbers"),
        (groups_query("def f(s):\n    return len(s)\n"), "'s' holds no numbers"),
        *(
            (
                groups_query(f"def f(A):\n    for v in A:\n        return {value}\n    return 1\n"),
                "None",
            )
            for value in ("", "None", "None if v > 3 else 1.0")
        ),
        (groups_query("def f(A):\n    if A[0] > 1:\n        return 1.0\n"), "None"),
        (Query("q", "", group_by=("k",), aggregate=(Output("n", Agg("size", ())),)), "no step"),
        (Query("q", "", aggregate=(Output("n", Agg("sum", (Col("A"),))),)), "no step of it"),
    ],
)
def test_what_numba_has_no_part_in_is_refused_with_a_way_out(query: Query, why: str) -> None:
    with pytest.raises(Unsupported, match=f"{why}.*use pandas"):
        ENGINE.write(query, SCHEMA)


def test_a_great_circle_is_a_compiled_loop() -> None:
    source = """def km(x):
    rad = math.pi / 180
    north = math.sin((x["lat2"] - x["lat"]) * rad / 2) ** 2
    east = math.sin((x["lon2"] - x["lon"]) * rad / 2) ** 2
    h = north + math.cos(x["lat"] * rad) * math.cos(x["lat2"] * rad) * east
    return 2 * 6371 * math.asin(math.sqrt(h))
"""
    function = parse_row_function(source, "km", lambda _: pytest.fail("the def is opaque")).function
    names = ("lat", "lon", "lat2", "lon2")
    data = Schema(tuple(Column(name, "float", "double", nulls=True) for name in names), 9)
    program = ENGINE.write(Query("q", "", apply=function), data).text
    assert "@njit(parallel=True" in program
    assert "np.arcsin(np.sqrt(h))" in program
    assert ".apply(" not in program
