"""The checker tells wrong answers from honest ones, and says how they differ."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from random import Random

import numpy as np
import pyarrow as pa
import pytest
from dfbench.spec.expression import Agg, Col
from dfbench.spec.workload import Extreme, Output, Query, RowFunction, SortKey
from dfbench.verification.agreement import Expected, derive_requirements, group_answers
from dfbench.verification.answers import compare_answers
from dfbench.verification.columns import pair_columns
from dfbench.verification.differences import Requirements
from dfbench.verification.row_hashes import LARGE
from dfbench.verification.row_keys import SCRAMBLE, encode_keys, sort_codes
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.answers import BY_KEY, agrees


def one_column(
    values: Sequence[float | None] | np.ndarray,
    keys: Sequence[object] | None = None,
    type_: pa.DataType | None = None,
) -> pa.Table:
    keys = list(range(len(values))) if keys is None else keys
    return pa.table({"key": keys, "x": pa.array(values, type_)})


def grouped(groups: int = 200, size: int = 500, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0, 100, (groups, size)).round(6)


def naive_sum(values: np.ndarray, dtype: type[np.floating] = np.float64) -> np.ndarray:
    return np.cumsum(values.astype(dtype), axis=1, dtype=dtype)[:, -1].astype(np.float64)


# --- wrong answers -----------------------------------------------------------------------------


def test_float32_arithmetic_is_wrong() -> None:
    data = grouped()
    assert not agrees(one_column(naive_sum(data)), one_column(naive_sum(data, np.float32)))


def test_an_answer_kept_in_float32_is_wrong() -> None:
    means = grouped().mean(axis=1)
    assert not agrees(one_column(means), one_column(means.astype(np.float32)))


def test_a_population_standard_deviation_is_wrong() -> None:
    data = grouped()
    assert not agrees(one_column(data.std(axis=1, ddof=1)), one_column(data.std(axis=1)))


def test_a_population_standard_deviation_of_ten_million_rows_is_wrong() -> None:
    share = math.sqrt((1e7 - 1) / 1e7)
    kept = Requirements(("key",), rows=10_000_000)
    assert not agrees(one_column([28.9]), one_column([28.9 * share]), kept)


def test_an_approximate_median_is_wrong() -> None:
    data = np.sort(grouped(), axis=1)
    exact = np.median(data, axis=1)
    assert not agrees(one_column(exact), one_column(data[:, 250]))


def test_a_dropped_group_of_missing_keys_is_wrong_and_named() -> None:
    expected = one_column([1, 2, 3], ["a", "b", None])
    verdict = compare_answers(expected, expected.slice(0, 2), BY_KEY)
    assert not verdict.agrees
    assert verdict.reason == "2 rows instead of 3: the group with a missing key is not there"
    assert verdict.rows == (
        ("key", "column", "expected", "got"),
        ("missing", "", "there", "not there"),
    )


def test_a_missing_value_among_the_largest_two_is_wrong() -> None:
    expected = one_column([9.0, 8.0, 7.0, 6.0], [1, 1, 2, 2])
    assert not agrees(expected, one_column([9.0, None, 7.0, 6.0], [1, 1, 2, 2]))


def test_one_wrong_value_beside_huge_ones_is_wrong() -> None:
    values = [1e15, 2e15, 3.0, 1e-3, 5.0, 7.0, 1.0]
    changed = [*values[:3], 1.001e-3, *values[4:]]
    assert not agrees(one_column(values), one_column(changed))


def test_an_integer_off_by_one_is_wrong_even_beyond_float64s_digits() -> None:
    assert not agrees(one_column([2**53 + 1]), one_column([2**53]))
    assert not agrees(one_column([2**53 + 1]), one_column([float(2**53)]))


def test_an_integer_that_is_not_whole_is_wrong() -> None:
    assert not agrees(one_column([7, 8]), one_column([7.0, 8.000000001]))


def test_a_wrapped_integer_sum_is_wrong() -> None:
    huge = pa.array([Decimal(2**64 + 5)], pa.decimal128(38, 0))
    assert not agrees(one_column(huge), one_column([5]))
    assert agrees(one_column(huge), one_column(huge))


def test_finite_instead_of_infinite_is_wrong() -> None:
    assert not agrees(one_column([math.inf, 1.0]), one_column([1e308, 1.0]))
    assert not agrees(one_column([math.inf, 1.0]), one_column([-math.inf, 1.0]))
    assert agrees(one_column([math.inf, 1.0]), one_column([math.inf, 1.0]))


def test_missing_instead_of_zero_is_wrong() -> None:
    assert not agrees(one_column([0, 1]), one_column([None, 1]))
    assert not agrees(one_column([0.0, 1.0]), one_column([math.nan, 1.0]))


def test_values_of_the_wrong_group_are_wrong() -> None:
    assert not agrees(one_column([1, 2], ["a", "b"]), one_column([1, 2], ["b", "a"]))


def test_a_group_given_twice_is_wrong_and_named() -> None:
    verdict = compare_answers(
        one_column([1, 1, 2], [1, 1, 2]), one_column([1, 2, 2], [1, 2, 2]), BY_KEY
    )
    assert not verdict.agrees
    assert ("1", "rows", "2", "1") in verdict.rows


def test_text_instead_of_numbers_is_wrong_and_named() -> None:
    verdict = compare_answers(one_column([1, 2]), one_column(["1", "2"]), BY_KEY)
    assert verdict.reason == "column x is string instead of int64"


def test_a_missing_and_a_foreign_column_are_named() -> None:
    verdict = compare_answers(
        pa.table({"key": [1], "x": [1]}), pa.table({"key": [1], "y": [1]}), BY_KEY
    )
    assert verdict.reason == "column x is missing, column y should not be there; it has key, y"


def test_a_different_value_is_shown_with_its_key() -> None:
    verdict = compare_answers(
        one_column([1, 2], ["a", "b"]), one_column([3, 1], ["b", "a"]), BY_KEY
    )
    assert verdict.reason == "column x: 1 of 2 values differs"
    assert verdict.rows == (("key", "column", "expected", "got"), ("b", "x", "2", "3"))


# --- honest answers ----------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    mean=st.sampled_from([0.0, 1.0, -50.0, 1e6]),
    size=st.sampled_from([1, 2, 10, 1000, 20_000]),
)
def test_sums_in_any_order_agree(seed: int, mean: float, size: int) -> None:
    random = np.random.default_rng(seed)
    data = random.normal(mean, 1.0, (20, size))
    shuffled = random.permuted(data, axis=1)
    exact = [math.fsum(row) for row in data]
    for honest in (naive_sum(data), naive_sum(shuffled), data.sum(axis=1), shuffled.sum(axis=1)):
        assert agrees(one_column(exact), one_column(honest), Requirements(("key",), rows=20 * size))


def test_a_sum_of_a_million_equal_terms_agrees() -> None:
    data = np.full((1, 1_000_000), 0.1)
    assert agrees(one_column([math.fsum(data[0])]), one_column(naive_sum(data)))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), away=st.sampled_from([0, 1, 30, 300]))
def test_moments_in_one_pass_agree_up_to_a_mean_of_300_deviations(seed: int, away: int) -> None:
    data = np.random.default_rng(seed).normal(away, 1.0, (50, 1000))
    once = np.sqrt((naive_sum(data**2) - naive_sum(data) ** 2 / 1000) / 999)
    assert agrees(one_column(data.std(axis=1, ddof=1)), one_column(once))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_a_correlation_in_one_pass_agrees(seed: int) -> None:
    random = np.random.default_rng(seed)
    x, y = random.integers(1, 6, (50, 1000)) + 0.1, random.uniform(0, 100, (50, 1000))
    sums = [naive_sum(v) / 1000 for v in (x, y, x * y, x * x, y * y)]
    above = sums[2] - sums[0] * sums[1]
    once = above / np.sqrt((sums[3] - sums[0] ** 2) * (sums[4] - sums[1] ** 2))
    twice = [np.corrcoef(a, b)[0, 1] for a, b in zip(x, y, strict=True)]
    assert agrees(off_by(twice, 1e-11), one_column(once), OFF)
    assert agrees(off_by(np.square(twice), 1e-11), one_column(once**2), OFF)


OFF = Requirements(("key",), errors={"x": "x error"})


def off_by(values: np.ndarray | list[float], error: float) -> pa.Table:
    table = one_column(values)
    return table.append_column("x error", pa.array(np.broadcast_to(error, len(values))))


def test_a_squared_correlation_in_float32_is_wrong() -> None:
    random = np.random.default_rng(3)
    x, y = random.normal(3, 1.4, (100, 1000)), random.normal(8, 4, (100, 1000))
    squares = [
        one_column(
            [
                np.corrcoef(a.astype(t), b.astype(t), dtype=t)[0, 1] ** 2
                for a, b in zip(x, y, strict=True)
            ]
        )
        for t in (np.float64, np.float32)
    ]
    assert not agrees(off_by(squares[0]["x"].to_numpy(), 1e-11), squares[1], OFF)


# --- one answer in many types ------------------------------------------------------------------


@pytest.mark.parametrize(
    "type_",
    [pa.int32(), pa.int64(), pa.uint64(), pa.float64(), pa.decimal128(38, 0), pa.int8()],
)
def test_integers_agree_in_every_type(type_: pa.DataType | pa.Decimal128Type) -> None:
    expected = one_column([1, None, 3])
    assert agrees(
        expected,
        one_column([1, None, 3], type_=pa.int64()).set_column(
            1, "x", pa.array([1, None, 3]).cast(type_)
        ),
    )


@pytest.mark.parametrize("type_", [pa.string(), pa.large_string(), pa.string_view()])
def test_text_agrees_in_every_type(type_: pa.DataType) -> None:
    words = ["a", None, "ü", "a", ""]
    expected = pa.table({"key": words[:3], "x": ["p", None, "q"]})
    answer = pa.table(
        {"key": pa.array(words[2::-1], type_), "x": pa.array(["q", None, "p"], type_)}
    )
    assert agrees(expected, answer)
    coded = pa.table({n: answer[n].cast(pa.string()).dictionary_encode() for n in ("key", "x")})
    assert agrees(expected, coded)


def test_truth_values_agree_with_zeros_and_ones() -> None:
    assert agrees(one_column([True, False, None]), one_column([1, 0, None]))
    assert not agrees(one_column([True, False, None]), one_column([1, 1, None]))


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_dates_agree_as_timestamps_of_any_unit(unit: str) -> None:
    days = [datetime.date(2024, 2, 29), None, datetime.date(1969, 12, 31)]
    assert agrees(one_column(days), one_column(pa.array(days).cast(pa.timestamp(unit))))
    assert not agrees(one_column(days), one_column(pa.array(days[::-1]).cast(pa.timestamp(unit))))


def test_dates_beyond_nanoseconds_are_compared() -> None:
    days = [datetime.date(9999, 12, 31), datetime.date(1, 1, 1)]
    assert agrees(one_column(days), one_column(days))


def test_a_time_that_nanoseconds_do_not_reach_is_not_called_beyond_64_bits() -> None:
    old = one_column([datetime.datetime(1, 1, 1), datetime.datetime(2262, 4, 12)])
    new = one_column(pa.array([5, 6], pa.timestamp("ns")))
    reason = compare_answers(old, new, BY_KEY).reason
    assert reason.endswith("(the right value is beyond the range of nanoseconds, 1677 to 2262)")


def test_null_nan_and_an_untyped_column_are_one_thing() -> None:
    assert agrees(one_column([None, None], type_=pa.float64()), one_column([math.nan, None]))
    assert agrees(one_column([None, None], type_=pa.int64()), one_column(pa.nulls(2)))
    assert agrees(one_column(pa.nulls(2)), one_column([math.nan, math.nan]))
    assert agrees(one_column([None, None], type_=pa.string()), one_column(pa.nulls(2)))


@pytest.mark.parametrize("rows", [0, 3])
@pytest.mark.parametrize(
    "type_", [pa.string(), pa.float64(), pa.int64(), pa.date32(), pa.timestamp("us", "UTC")]
)
def test_a_column_without_a_value_has_any_type(type_: pa.DataType, rows: int) -> None:
    blank = pa.table({"key": pa.nulls(rows, type_), "x": pa.nulls(rows, type_)})
    for other in (pa.string(), pa.timestamp("us"), pa.float64()):
        nans = [math.nan] * rows if other == pa.float64() else [None] * rows
        assert agrees(blank, pa.table(dict.fromkeys(("key", "x"), pa.array(nans, other))))
    there = pa.table({"key": pa.nulls(2, type_), "x": ["a", None]})
    verdict = compare_answers(there, pa.table(dict.fromkeys(("key", "x"), [math.nan] * 2)), BY_KEY)
    assert not verdict.agrees


def test_missing_keys_of_every_kind_are_one_group() -> None:
    assert agrees(one_column([1, 2], [5, None]), one_column([2, 1], [math.nan, 5.0]))
    assert agrees(one_column([1, 2], [-0.0, None]), one_column([2, 1], [math.nan, 0.0]))


def test_files_are_compared_as_they_lie_on_disk(tmp_path: Path) -> None:
    table = one_column(list(range(1000)), [f"k{i}" for i in range(1000)])
    paths = tmp_path / "a.arrow", tmp_path / "b.arrow"
    for path, some in zip(paths, (table, table.take(list(range(999, -1, -1)))), strict=True):
        with pa.ipc.new_file(path, some.schema) as writer:
            writer.write_table(some, max_chunksize=64)
    assert agrees(*paths)


def test_empty_answers_agree() -> None:
    assert agrees(one_column([], [], pa.float64()), one_column([], [], pa.float64()))
    empty = pa.table({"key": pa.array([], pa.string()), "x": pa.array([], pa.string())})
    assert agrees(empty, empty)
    assert not agrees(empty, pa.table({"key": ["a"], "x": ["b"]}))


# --- keys and order ----------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(data=st.data(), columns=st.integers(1, 5))
def test_key_codes_are_equal_just_where_the_keys_are(data: st.DataObject, columns: int) -> None:
    kinds = [
        st.none() | st.integers(-(2**63), 2**63 - 1) | st.integers(-2, 2),
        st.none() | st.text("ab", max_size=2),
        st.none() | st.floats(allow_nan=False),
        st.none() | st.booleans(),
        st.none() | st.sampled_from([-(2**63), 0, 2**63 - 1]),
    ][:columns]
    rows = data.draw(st.lists(st.tuples(*kinds), min_size=2, max_size=12))
    types = [pa.int64(), pa.string(), pa.float64(), pa.bool_(), pa.int64()]
    arrays = [
        pa.chunked_array([pa.array(v, t)])
        for v, t in zip(zip(*rows, strict=True), types, strict=False)
    ]
    half = len(rows) // 2
    pairs = [pair_columns("k", a.slice(0, half), a.slice(half)) for a in arrays]
    one, other = encode_keys(pairs, (half, len(rows) - half))
    codes = [*one.tolist(), *other.tolist()]
    for i, left in enumerate(rows):
        for j, right in enumerate(rows):
            assert (codes[i] == codes[j]) == (left == right)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 2**62) | st.integers(0, 3), max_size=40),
    st.randoms(use_true_random=False),
)
def test_sorting_depends_on_the_codes_alone(codes: list[int], random: Random) -> None:
    shuffled = random.sample(codes, len(codes))
    one, other = (np.array(c, np.int64) for c in (codes, shuffled))
    first, second = sort_codes(one), sort_codes(other)
    assert one[first].tolist() == other[second].tolist()
    assert sorted(first.tolist()) == list(range(len(codes)))


def test_sorting_tells_codes_apart_whose_upper_bits_are_the_same() -> None:
    # the scramble's inverse gives codes that are equal but for their lowest bits
    inverse = pow(int(SCRAMBLE), -1, 2**64)
    codes = np.array([i * inverse % 2**64 for i in range(64)], np.uint64).view(np.int64)
    reverse = codes[::-1].copy()
    assert codes[sort_codes(codes)].tolist() == reverse[sort_codes(reverse)].tolist()


@settings(max_examples=30, deadline=None)
@given(st.randoms(use_true_random=False), st.lists(st.integers(0, 3), min_size=1, max_size=30))
def test_repeated_keys_are_compared_as_a_multiset(random: Random, keys: list[int]) -> None:
    rows = [(key, random.choice([None, 1.5, 2.5])) for key in keys]
    mixed = random.sample(rows, len(rows))
    tables = [
        one_column([v for _, v in some], [k for k, _ in some], pa.float64())
        for some in (rows, mixed)
    ]
    assert agrees(*tables)
    spoilt = [(k, 9.5 if i == 0 else v) for i, (k, v) in enumerate(mixed)]
    assert not agrees(tables[0], one_column([v for _, v in spoilt], [k for k, _ in spoilt]))


def test_no_keys_and_one_row_are_compared() -> None:
    assert agrees(
        pa.table({"x": [1], "y": [2.0]}), pa.table({"y": [2.0], "x": [1]}), Requirements()
    )
    assert not agrees(pa.table({"x": [1]}), pa.table({"x": [2]}), Requirements())


def test_a_row_functions_answer_keeps_the_frames_order() -> None:
    expected, answer = pa.table({"r": [1, 2, 2]}), pa.table({"r": [2, 1, 2]})
    assert not agrees(expected, answer, Requirements(positional=True))
    assert agrees(expected, expected, Requirements(positional=True))
    assert not agrees(expected, expected.slice(1), Requirements(positional=True))


def test_ties_of_a_sort_come_in_any_order_and_the_others_do_not() -> None:
    kept = Requirements(("key",), sort=("x",))
    expected = one_column([1, 1, 2], ["a", "b", "c"])
    assert agrees(expected, one_column([1, 1, 2], ["b", "a", "c"]), kept)
    verdict = compare_answers(expected, one_column([1, 2, 1], ["a", "c", "b"]), kept)
    assert verdict.reason == "the rows are not sorted as asked: column x: 2 of 3 values differ"


def test_a_limit_keeps_any_of_the_rows_that_tie_with_its_last() -> None:
    kept = Requirements(("key",), sort=("x",), limit=3)
    expected = one_column([1, 2, 2, 2, 3], ["a", "b", "c", "d", "e"])
    assert agrees(expected, one_column([1, 2, 2], ["a", "d", "b"]), kept)
    assert not agrees(expected, one_column([1, 2, 2], ["d", "b", "c"]), kept)
    assert not agrees(expected, one_column([1, 2], ["a", "b"]), kept)


# --- every cell counts, and noise has its size -------------------------------------------------

COLUMNS = {"i": [4, None, -3, 2**60], "f": [0.5, None, -1e9, 3.0], "s": ["a", None, "", "b"]}
SPOILT = {"i": 5, "f": 0.50000001, "s": "c"}


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("row", range(4))
@pytest.mark.parametrize("kept", [BY_KEY, Requirements(positional=True)])
def test_a_change_in_any_cell_is_found(column: str, row: int, kept: Requirements) -> None:
    expected = pa.table({"key": [None, 1, 2, 3], **COLUMNS})
    changed = {**COLUMNS, column: [*COLUMNS[column]]}
    changed[column][row] = SPOILT[column]
    verdict = compare_answers(expected, pa.table({"key": [None, 1, 2, 3], **changed}), kept)
    assert verdict.reason == f"column {column}: 1 of 4 values differs"
    without_keys = expected.take([2, 0, 3, 1])
    assert not agrees(without_keys, pa.table({"key": [None, 1, 2, 3], **changed}), Requirements())
    assert agrees(without_keys, expected, Requirements())


def test_too_few_rows_without_keys_are_counted() -> None:
    verdict = compare_answers(pa.table({"x": [1, 2]}), pa.table({"x": [1]}), Requirements())
    assert verdict.reason == "1 row instead of 2"


# --- agreement ---------------------------------------------------------------------------------


def test_engines_that_agree_are_named_together() -> None:
    right, wrong = one_column([1, 2]), one_column([1, 3])
    answers = {"pandas": right, "polars": wrong, "dask": wrong, "modin": one_column([5, 5])}
    found = group_answers(
        "q1",
        ("duckdb", Expected(right)),
        answers,
        lambda expected, answer: compare_answers(expected.answer, answer, BY_KEY),
    )
    assert found.agree == ("pandas",)
    reasons = {d.engine: d.reason for d in found.differ}
    assert reasons["polars"] == "column x: 1 of 2 values differs (agrees with dask)"
    assert reasons["dask"] == "column x: 1 of 2 values differs (agrees with polars)"
    assert reasons["modin"] == "column x: 2 of 2 values differ"


def test_what_an_answer_keeps_follows_from_its_query() -> None:
    total = Query("q", "", group_by=("k",), aggregate=(Output("s", Agg("sum", (Col("v"),))),))
    assert derive_requirements(total) == Requirements(("k",))
    row = Query("q", "", apply=RowFunction("f", "r", Col("v")), limit=3)
    assert derive_requirements(row) == Requirements(positional=True, limit=3)
    top = Query(
        "q", "", group_by=("k",), extreme=Extreme("v", 2, "t"), sort=(SortKey("t"),), limit=1
    )
    assert derive_requirements(top) == Requirements(("k",), sort=("t",), limit=1)


# --- whatever an engine gives ------------------------------------------------------------------

TYPES = [
    *(pa.int8(), pa.int16(), pa.int64(), pa.uint8(), pa.uint64()),
    *(pa.float16(), pa.float32(), pa.float64(), pa.decimal128(38, 0), pa.decimal128(20, 3)),
    *(pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.bool_(), pa.null()),
    *(pa.date32(), pa.date64(), pa.time32("s"), pa.time64("ns"), pa.duration("ms")),
    *(pa.timestamp(unit) for unit in ("s", "ms", "us", "ns")),
    *(pa.timestamp("us", zone) for zone in ("UTC", "Europe/Berlin", "Mars/Base", "+02:00")),
    *(pa.dictionary(pa.int8(), pa.string()), pa.struct([("a", pa.int64())]), pa.list_(pa.int8())),
]
EDGES = [None, 0, 1, -1, 127, 255, 2**31, -(2**63), 2**63 - 1, 2**64 - 1, 10**20]


def draw_column(random: Random, length: int) -> pa.Array:
    """Return a column of any type, with values at its edges where it takes them."""
    type_ = random.choice(TYPES)
    values = [random.choice(EDGES) for _ in range(length)]
    for convert in (lambda v: v, str, lambda v: pa.scalar(v, pa.int64()).as_py(), float):
        try:
            made = [None if v is None else convert(v) for v in values]
            return pa.array(made, type_) if type_ != pa.float16() else pa.array(made).cast(type_)
        except (pa.ArrowException, ValueError, TypeError, OverflowError):
            continue
    try:
        return pa.array([v if v is None else v % 2**31 for v in values], pa.int64()).cast(type_)
    except pa.ArrowException:
        return pa.nulls(length, type_)


def draw_answer(random: Random) -> pa.Table:
    length = random.choice([0, 1, 2, 5])
    names = random.choices(["k", "x", "y", "K"], k=random.randint(0, 3))
    return pa.Table.from_arrays([draw_column(random, length) for _ in names], names)


@pytest.mark.parametrize("seed", range(8))
def test_every_pair_of_answers_agrees_or_differs_for_a_reason(seed: int) -> None:
    random = Random(seed)
    for _ in range(500):
        one, other = draw_answer(random), draw_answer(random)
        if random.random() < 0.5:  # the same columns, of other types
            length = other.num_rows if random.random() < 0.5 else one.num_rows
            columns = [draw_column(random, length) for _ in one.column_names]
            other = pa.Table.from_arrays(columns, one.column_names)
        keys = tuple(name for name in ("k",) if name in one.column_names)
        kept = random.choice(
            [
                Requirements(keys),
                Requirements(unkeyed=True),
                Requirements(positional=True),
                Requirements(keys, limit=1),
                Requirements(keys, sort=keys),
                Requirements(keys, sort=keys, limit=1),
            ]
        )
        found = compare_answers(one, other, kept)
        assert found.agrees or found.reason


# --- large answers -----------------------------------------------------------------------------


def test_an_answer_of_arrays_says_what_a_function_must_return() -> None:
    arrays = pa.table({"k": [1], "running": [[1.5, 3.5]]})
    verdict = compare_answers(arrays, arrays, Requirements(keys=("k",)))
    assert verdict.reason == (
        "a column holds list<item: double>; a function must return one value for each name in "
        "'as', not an array"
    )


@pytest.mark.parametrize("rows", [2, LARGE])
def test_a_time_without_a_zone_is_not_one_with_a_zone(rows: int) -> None:
    def table(zone: str | None) -> pa.Table:
        moments = pa.array(range(rows), pa.int64()).cast(pa.timestamp("us", zone))
        return pa.table({"key": range(rows), "m": moments})

    zoned, elsewhere, naive = table("Europe/Berlin"), table("UTC"), table(None)
    assert agrees(zoned, elsewhere)
    for one, other in ((zoned, naive), (naive, zoned)):
        found = compare_answers(one, other, BY_KEY)
        assert found.reason == f"column m is {other['m'].type} instead of {one['m'].type}"
    assert agrees(
        zoned.slice(0, 1),
        pa.table({"key": [0], "m": zoned["m"][:1].combine_chunks().dictionary_encode()}),
    )
