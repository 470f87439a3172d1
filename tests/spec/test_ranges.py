"""Ranges of expressions: no value that Python gives lies outside."""

from __future__ import annotations

import math
import random

import pytest
from dfbench.spec.expression import Expr, list_columns
from dfbench.spec.parser import parse_expression
from dfbench.spec.ranges import find_range
from dfbench.spec.schema import Column, Schema
from dfbench.verification.evaluation import evaluate

from tests.fuzz.rows import Frame, Grower, schema, table

SCHEMA = Schema(
    (
        Column("n", "int", "int64", low=1, high=15),
        Column("z", "int", "int64", low=-3, high=5),
        Column("p", "float", "double", low=0.0, high=100.0),
        Column("big", "int", "int64", low=0, high=2**62),
        Column("unknown", "float", "double"),
    ),
    10,
)
RANGES = {
    "n + 1": (2, 16),
    "n - z": (-4, 18),
    "n * z": (-45, 75),
    "-z": (-5, 3),
    "p / (n + 1)": (0.0, 50.0),
    "p / z": (-math.inf, math.inf),
    "z // n": (-4, 6),
    "z % n": (0, 15),
    "z ** 2": (0, math.inf),
    "abs(z)": (0, 5),
    "min(n, z)": (-3, 5),
    "n if z > 0 else -1": (-1, 15),
    "big * 4": (-math.inf, math.inf),
    "unknown + 1": (-math.inf, math.inf),
    "size()": (0, 10),
    "max(n) - min(z)": (-4, 18),
    "sum(n)": (0, math.inf),
}


@pytest.mark.parametrize("text", RANGES)
def test_the_range_of_an_expression(text: str) -> None:
    found = find_range(parse_expression(text), SCHEMA)
    low, high = RANGES[text]
    assert found.low == pytest.approx(low, abs=1)
    assert found.high == pytest.approx(high, abs=1)
    assert (found.negative, found.has_zero) == (low < 0, low <= 0 <= high)


@pytest.mark.parametrize("frame", Frame)
def test_no_value_lies_outside_its_range(frame: Frame) -> None:
    grower, rows, data = Grower(random.Random(3)), table(frame).to_pylist(), schema(frame)
    bounded = 0
    for _ in range(400):
        node = grower.number(3, ())
        known = find_range(node, data)
        bounded += bool(list_columns(node)) and known.finite
        for row in rows:
            value = _value(node, row)
            assert value is None or known.low <= value <= known.high, (node, row, value, known)
    assert bounded > 50


def _value(node: Expr, row: dict) -> float | None:
    try:
        return evaluate(node, row)
    except OverflowError:
        return None
