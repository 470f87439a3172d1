"""Large answers are compared by the hashes of their rows, as small ones are by their values."""

from __future__ import annotations

import datetime
import math

import numpy as np
import pyarrow as pa
import pytest
from dfbench.verification.answers import compare_answers
from dfbench.verification.differences import Requirements
from dfbench.verification.row_hashes import LARGE, Sums

from tests.support.answers import BY_KEY, agrees


@pytest.fixture(scope="module")
def large() -> pa.Table:
    """Return an answer that is large enough to be compared by hashes of its rows."""
    rows = LARGE + 10
    random = np.random.default_rng(7)
    keys = pa.array([None, *range(1, rows)])
    return pa.table(
        {
            "key": keys,
            "word": pa.array([f"w{i % 1000}" for i in range(rows)]),
            "day": pa.array(np.arange(rows) % 9000, pa.int32()).cast(pa.date32()),
            "x": pa.array(random.normal(size=rows)),
            "n": pa.array(random.integers(0, 9, rows)),
        }
    )


def test_a_large_answer_in_another_order_and_in_other_types_agrees(large: pa.Table) -> None:
    order = np.random.default_rng(8).permutation(large.num_rows)
    other = large.take(pa.array(order))
    other = other.set_column(1, "word", other["word"].dictionary_encode())
    other = other.set_column(2, "day", other["day"].cast(pa.timestamp("ns")))
    other = other.set_column(4, "n", other["n"].cast(pa.float64()))
    assert agrees(large, other, BY_KEY)
    assert agrees(large, other, Requirements(unkeyed=True))


@pytest.mark.parametrize("column", ["key", "word", "day", "x", "n"])
def test_a_change_in_any_cell_of_a_large_answer_is_found(large: pa.Table, column: str) -> None:
    changes = {"key": -5, "word": "no", "day": datetime.date(1950, 1, 1), "x": 99.0, "n": 77}
    values = large[column].to_pylist()
    values[large.num_rows // 2] = changes[column]
    place = large.column_names.index(column)
    spoilt = large.set_column(place, column, pa.array(values, large[column].type))
    order = pa.array(np.random.default_rng(9).permutation(large.num_rows))
    assert not agrees(large, spoilt.take(order), BY_KEY)
    assert not agrees(large, spoilt.take(order), Requirements(unkeyed=True))


def test_answers_behind_a_right_one_are_held_against_what_is_known_of_the_expected(
    large: pa.Table,
) -> None:
    known: Sums = {}
    order = pa.array(np.random.default_rng(12).permutation(large.num_rows))
    assert compare_answers(large, large.take(order), BY_KEY, known).agrees
    assert known
    x = large["x"].to_numpy()
    ulp = large.set_column(3, "x", pa.array(np.nextafter(x, np.inf)))
    assert compare_answers(large, ulp.take(order), BY_KEY, known).agrees
    swapped = large.set_column(3, "x", pa.array(x[::-1]))
    assert not compare_answers(large, swapped.take(order), BY_KEY, known).agrees
    floats = large.set_column(4, "n", large["n"].cast(pa.float64()))
    assert compare_answers(large, floats.take(order), BY_KEY, known).agrees
    twice = order.to_numpy().copy()
    twice[0] = twice[1]
    assert not compare_answers(large, large.take(pa.array(twice)), BY_KEY, known).agrees


def test_floats_of_a_large_answer_may_be_off_by_their_last_digits(large: pa.Table) -> None:
    off = np.nextafter(large["x"].to_numpy(), np.inf)
    order = pa.array(np.random.default_rng(10).permutation(large.num_rows))
    other = large.set_column(3, "x", pa.array(off)).take(order)
    assert agrees(large, other, BY_KEY)
    wrong = large.set_column(3, "x", pa.array(off * (1 + 1e-7))).take(order)
    assert not agrees(large, wrong, BY_KEY)


@pytest.mark.parametrize("memory", [None, 1])
def test_a_large_answer_is_compared_in_parts_where_all_its_floats_are_off(
    large: pa.Table, memory: int | None
) -> None:
    off = large["x"].to_numpy() * (1 + 1e-10)
    order = pa.array(np.random.default_rng(11).permutation(large.num_rows))
    asked = Requirements(unkeyed=True, memory=memory)
    assert agrees(large, large.set_column(3, "x", pa.array(off)).take(order), asked)
    off[large.num_rows // 3] *= 1 + 1e-8
    verdict = compare_answers(large, large.set_column(3, "x", pa.array(off)).take(order), asked)
    assert verdict.reason.endswith("differs")
    assert verdict.reason.startswith("among " if memory else "column x: 1 of 200010")


def test_rows_of_a_large_answer_that_differ_by_floats_alone_are_matched_by_them() -> None:
    rows = LARGE + 10
    halves = 1 + np.arange(rows) % 2 / 3
    one = pa.table({"exact": np.arange(rows) // 2, "x": halves, "item0": np.ones(rows)})
    off = np.nextafter(halves[::-1], np.inf)
    other = pa.table({"exact": (np.arange(rows) // 2)[::-1], "x": off, "item0": np.ones(rows)})
    assert agrees(one, other, Requirements(unkeyed=True))
    swapped = other.set_column(1, "x", pa.array(np.where(off > 1.1, off, 1.2)))
    assert not agrees(one, swapped, Requirements(unkeyed=True))


def test_a_float_key_of_a_large_answer_is_exact(large: pa.Table) -> None:
    keys = np.arange(large.num_rows) / 7
    one = large.append_column("f", pa.array(keys))
    other = large.append_column("f", pa.array(np.nextafter(keys, np.inf)))
    assert agrees(one, one.take(pa.array(np.arange(len(keys))[::-1])), Requirements(("key", "f")))
    assert not agrees(one, other, Requirements(("key", "f")))


def test_a_half_in_place_of_a_missing_integer_is_wrong_in_a_large_answer(large: pa.Table) -> None:
    counts = large["n"].to_pylist()
    gaps = large.set_column(4, "n", pa.array([None, *counts[1:]], pa.int64()))
    halves = large.set_column(4, "n", pa.array([7.5, *counts[1:]], pa.float64()))
    missing = large.set_column(4, "n", pa.array([math.nan, *counts[1:]], pa.float64()))
    assert not agrees(gaps, halves, BY_KEY)
    assert agrees(gaps, missing, BY_KEY)


def test_a_large_table_is_held_to_its_own_rows_not_to_an_earlier_ones(large: pa.Table) -> None:
    other = large.set_column(3, "x", pa.array(large["x"].to_numpy() + 1.0))
    assert agrees(large, large, BY_KEY)
    assert not agrees(other, large, BY_KEY)
