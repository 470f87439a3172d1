"""R's stream of random numbers, word for word."""

from __future__ import annotations

import numpy as np
import pytest
from dfbench.datasets import r_random
from dfbench.datasets.r_random import RStream, find_first_appearances, to_millionths
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.slow_r import SlowR, rounded


def sample(stream: RStream, n: int, size: int) -> list[int]:
    out = np.empty(size, np.int64)
    stream.sample_into(out, n)
    return out.tolist()


def test_uniforms_are_those_that_r_prints_after_set_seed_42() -> None:
    uniforms = RStream(42).draw_words(3) / 2**32
    assert [f"{u:.7f}" for u in uniforms] == ["0.9148060", "0.9370754", "0.2861395"]


@pytest.mark.parametrize(
    ("seed", "permutation"),
    [(42, [1, 5, 10, 8, 2, 4, 6, 9, 7, 3]), (123, [3, 10, 2, 8, 6, 9, 1, 7, 5, 4])],
)
def test_a_permutation_is_the_one_that_r_prints(seed: int, permutation: list[int]) -> None:
    assert (RStream(seed).draw_distinct(10, 10) + 1).tolist() == permutation


AWKWARD = [1, 2, 3, 4, 5, 15, 16, 17, 100, 32768, 65535, 65536, 65537, 100_000, 2**31 - 1]


@pytest.mark.parametrize("n", AWKWARD)
def test_draws_with_replacement_take_the_words_that_r_takes(n: int) -> None:
    fast, slow = RStream(7), SlowR(7)
    assert sample(fast, n, 500) == slow.sample(n, 500)
    assert fast.draw_words(1)[0] == slow.word()


@pytest.mark.parametrize("n", [1, 2, 3, 16, 17, 100, 1025, 65536, 66_000])
@pytest.mark.parametrize("part", [0.05, 0.5, 1.0])
def test_draws_without_replacement_take_the_words_that_r_takes(n: int, part: float) -> None:
    fast, slow = RStream(7), SlowR(7)
    assert fast.draw_distinct(n, int(n * part)).tolist() == slow.distinct(n, int(n * part))
    assert fast.draw_words(1)[0] == slow.word()


@pytest.mark.parametrize("size", [0, 1, 300, 500])
def test_long_draws_without_replacement_are_hashed_as_in_r(
    monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(r_random, "HASHED_ABOVE", 900)
    fast, slow = RStream(7), SlowR(7)
    assert fast.draw_distinct(1000, size).tolist() == slow.distinct(1000, size, hashed_above=900)
    assert fast.draw_words(1)[0] == slow.word()


@given(st.lists(st.tuples(st.integers(1, 2**20), st.integers(0, 40)), max_size=8), st.booleans())
@settings(max_examples=40, deadline=None)
def test_any_sequence_of_draws_stays_in_step_with_r(
    draws: list[tuple[int, int]], small_blocks: bool
) -> None:
    fast, slow = RStream(3), SlowR(3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(r_random, "BLOCK", 5 if small_blocks else 1 << 17)
        for n, size in draws:
            assert sample(fast, n, size) == slow.sample(n, size)
            if n < 2000:
                drawn = fast.draw_distinct(n, min(n, size)).tolist()
                assert drawn == slow.distinct(n, min(n, size))
    assert fast.draw_words(1)[0] == slow.word()


@given(st.integers(0, 2**32 - 1))
def test_uniforms_are_rounded_as_r_rounds(word: int) -> None:
    value = rounded(100 * (word / 2**32))
    assert to_millionths(np.array([word], np.uint32))[0] / 1e6 == value


def test_values_midway_between_two_decimals_are_rounded_as_r_rounds() -> None:
    ties = np.arange(1 << 23, 1 << 32, 1 << 24).astype(np.uint32)
    expected = [rounded(100 * (int(word) / 2**32)) for word in ties]
    assert (to_millionths(ties) / 1e6).tolist() == expected
    assert len(ties) == 256


def test_first_appearances_are_in_order() -> None:
    numbers = np.array([3, 1, 3, 2, 1, 5], np.uint8)
    assert find_first_appearances(numbers, 9).tolist() == [3, 1, 2, 5]
