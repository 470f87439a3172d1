"""A value that is free: any of a group's is right, and nothing else."""

from __future__ import annotations

import math
from typing import Any

import pyarrow as pa
import pytest
from dfbench.spec.expression import Agg, Arith, Col, Lit
from dfbench.spec.workload import Output, Query
from dfbench.verification.agreement import Expected, compare_answer, compare_unchecked

QUERY = Query("q", "", group_by=("k",), aggregate=(Output("x", Agg("any_value", (Col("x"),))),))
TEXTS = [["a", "b"], ["c"], []]
NUMBERS = [[1.5, -math.inf], [2.5], []]


def compare(lists: list[list[Any]], keys: list[int], values: list[Any]) -> bool:
    first = [None if not one else one[0] for one in lists]
    expected = pa.table({"k": [1, 2, 3], "x": first, "x values": lists})
    answer = pa.table({"k": keys, "x": pa.array(values, expected["x"].type)})
    choices = {"x": "x values"}
    return compare_answer(Expected(expected, {}, choices=choices), answer, QUERY, 9).agrees


@pytest.mark.parametrize(
    ("lists", "keys", "values", "right"),
    [
        (TEXTS, [3, 2, 1], [None, "c", "a"], True),
        (TEXTS, [1, 2, 3], ["b", "c", None], True),
        (TEXTS, [1, 2, 3], ["c", "c", None], False),
        (TEXTS, [1, 2, 3], [None, "c", None], False),
        (TEXTS, [1, 2, 3], ["a", "c", "a"], False),
        (TEXTS, [1, 2], ["a", "c"], False),
        (TEXTS, [1, 1, 2, 3], ["a", "b", "c", None], False),
        (NUMBERS, [1, 2, 3], [-math.inf, 2.5, math.nan], True),
        (NUMBERS, [1, 2, 3], [1.5, 2.5, None], True),
        (NUMBERS, [1, 2, 3], [1.4, 2.5, None], False),
        (NUMBERS, [1, 2, 3], [math.inf, 2.5, None], False),
        (NUMBERS, [], [], False),
    ],
)
def test_any_value_of_a_group_is_right(
    lists: list[list[Any]], keys: list[int], values: list[Any], right: bool
) -> None:
    assert compare(lists, keys, values) is right


def test_a_value_of_another_type_is_told() -> None:
    expected = pa.table({"k": [1], "x": ["a"], "x values": [["a"]]})
    choices = Expected(expected, {}, choices={"x": "x values"})
    found = compare_answer(choices, pa.table({"k": [1], "x": [1.5]}), QUERY, 9)
    assert found.reason == "column x is double instead of string"


def test_engines_without_an_oracle_may_differ_in_a_free_value() -> None:
    one, other = (pa.table({"k": [1], "x": [x]}) for x in ("a", "b"))
    assert compare_unchecked(one, other, QUERY, 9).agrees
    assert not compare_unchecked(one, pa.table({"k": [2], "x": ["a"]}), QUERY, 9).agrees


@pytest.mark.parametrize(
    ("keys", "agree"),
    [
        ([0.1, math.nan, 2.0], True),
        ([0.1 * (1 + 2**-52), 2.0, math.nan], True),
        ([0.1 * (1 + 1e-9), 2.0, math.nan], False),
        ([0.1, 0.1 * (1 + 2**-52), math.nan], False),
    ],
)
def test_engines_without_an_oracle_may_differ_in_the_last_digits_of_computed_keys(
    keys: list[float], *, agree: bool
) -> None:
    key = Output("e", Arith("/", Col("x"), Lit(3)))
    query = Query(
        "q", "", derive=(key,), group_by=("e",), aggregate=(Output("n", Agg("size", ())),)
    )
    one = pa.table({"e": [0.1, 2.0, math.nan], "n": [1, 1, 1]})
    other = pa.table({"e": keys, "n": [1, 1, 1]})
    assert compare_unchecked(one, other, query, 3).agrees is agree
    of_data = Query("q", "", group_by=("e",), aggregate=query.aggregate)
    assert compare_unchecked(one, other, of_data, 3).agrees is (keys[0] == 0.1 and agree)
