"""The search for the smallest limit: it ends, is near the truth, and survives random endings."""

from __future__ import annotations

import random

import pytest
from dfbench.comparison.limit_search import (
    FINEST,
    MIB,
    MOST_LIMITS,
    TRIES,
    Bounds,
    choose_next_limit,
    compute_precision,
)
from dfbench.storage.trials import TrialCounts
from hypothesis import given
from hypothesis import strategies as st

GIB = 1024 * MIB
LEAST, MOST = 16 * MIB, 24 * GIB


def search(need: int, guess: int, least: int = LEAST, most: int = MOST) -> list[tuple[int, bool]]:
    tries: list[tuple[int, bool]] = []
    bounds = Bounds(guess, least, most)
    while (limit := choose_next_limit(TrialCounts.of(tries), bounds)) is not None:
        assert least <= limit <= most
        tries.append((limit, limit >= need))
        assert len(tries) < 3 * MOST_LIMITS
    return tries


@given(
    need=st.integers(LEAST + MIB, MOST - GIB),
    guess=st.integers(1, 2 * MOST),
)
def test_both_sides_are_near_and_tried_twice(need: int, guess: int) -> None:
    tried = TrialCounts.of(search(need, guess))
    low, high = tried.low, tried.high
    assert low is not None
    assert high is not None
    assert low < need <= high
    assert high - low <= compute_precision(high)
    assert tried.count(low) == tried.count(high) == TRIES


def test_a_good_guess_saves_tries() -> None:
    near, far = search(2 * GIB, int(1.03 * 2 * GIB)), search(2 * GIB, 100 * MIB)
    assert len(near) < len(far)
    assert len(near) <= 8


def test_what_needs_more_than_there_is_has_no_floor() -> None:
    tried = TrialCounts.of(search(2 * GIB, 500 * MIB, most=GIB))
    assert tried.high is None
    assert tried.low == GIB
    assert tried.count(GIB) == TRIES


def test_what_needs_next_to_nothing_ends_at_the_least() -> None:
    tried = TrialCounts.of(search(1, 500 * MIB))
    assert (tried.low, tried.high) == (None, LEAST)
    assert tried.count(LEAST) == TRIES


def test_a_limit_under_which_one_of_two_tries_failed_does_not_work() -> None:
    tried = TrialCounts.of([(GIB, True), (2 * GIB, True), (GIB, False)])
    assert (tried.low, tried.high) == (GIB, 2 * GIB)
    assert (tried.count_finished(GIB), tried.count(GIB)) == (1, 2)


def test_a_failure_above_a_success_counts() -> None:
    tried = TrialCounts.of([(GIB, True), (2 * GIB, False), (3 * GIB, True)])
    assert (tried.low, tried.high) == (2 * GIB, 3 * GIB)


@pytest.mark.parametrize("seed", range(50))
def test_random_endings_near_the_limit_end_the_search_all_the_same(seed: int) -> None:
    chance = random.Random(seed)
    tries: list[tuple[int, bool]] = []
    while (limit := choose_next_limit(TrialCounts.of(tries), Bounds(GIB, LEAST, MOST))) is not None:
        share = (limit - 900 * MIB) / (200 * MIB)  # never below 900 MiB, always above 1100
        tries.append((limit, chance.random() < share))
        assert len(tries) < 3 * MOST_LIMITS
    tried = TrialCounts.of(tries)
    assert tried.high is not None
    assert tried.high > 900 * MIB
    assert tried.count(tried.high) >= TRIES
    assert tried.high <= 1100 * MIB + 2 * compute_precision(1100 * MIB) + FINEST


def test_an_interrupted_search_goes_on_as_if_it_had_not_been() -> None:
    whole = search(700 * MIB, 2 * GIB)
    for length in range(len(whole)):
        limit = choose_next_limit(TrialCounts.of(whole[:length]), Bounds(2 * GIB, LEAST, MOST))
        assert limit == whole[length][0]
