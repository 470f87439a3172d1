"""pandas with Numba: the compiled loops answer as the language says."""

from __future__ import annotations

import math
import statistics
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dfbench.engines.numba import ENGINE
from dfbench.spec.expression import (
    Agg,
    Arith,
    Bool,
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
from dfbench.spec.schema import Column, Schema
from dfbench.spec.workload import Extreme, Output, Query, RowFunction

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
TABLE = pa.table(
    {
        "k": [1, 1, 1, None, None, 2],
        "x": [-7, 3, 0, 4, 5, 6],
        "y": [2.0, 8.0, 5.0, 1.0, None, None],
    }
)


def program(query: Query) -> str:
    return ENGINE.write(query, DATA).text


def ran(query: Query, tmp_path: Path) -> list[dict]:
    path = tmp_path / "data.parquet"
    pq.write_table(TABLE, path)
    module: dict = {"__name__": "program"}
    exec(program(query), module)
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


def test_compiled_means_are_left_out_where_a_group_may_be_empty(tmp_path: Path) -> None:
    by_k = {"group_by": ("k",)}
    risky = Query("q", "", **by_k, aggregate=(Output("y", Agg("mean", (Y,))),))
    safe = Query("q", "", **by_k, aggregate=(Output("x", Agg("mean", (X,))),))
    assert 'engine="numba"' not in program(risky)
    assert 'engine="numba"' in program(safe)
    assert [missing(row["y"]) for row in ran(risky, tmp_path)] == [5.0, 1.0, None]
