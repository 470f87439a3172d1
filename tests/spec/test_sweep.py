"""The axes of a sweep, as people write them."""

from __future__ import annotations

import pytest
from dfbench.spec.quantities import parse_percent
from dfbench.spec.sweep import read_axis


@pytest.mark.parametrize(
    ("name", "words", "text"),
    [
        ("rows", "1e4..1e7", "rows=10000,100000,1000000,10000000"),
        ("rows", "1e4..1e5:3", "rows=10000,32000,100000"),
        ("rows", "1e5,1e4,1e5", "rows=10000,100000"),
        ("threads", "1..8", "threads=1,2,4,8"),
        ("threads", "1..3", "threads=1,2,3"),
        ("memory", "512MiB..8GiB", "memory=512MiB,1GiB,2GiB,4GiB,8GiB"),
        ("nulls", "0,5", "nulls=0,5"),
        ("share", "1%..400%", "share=1%,7%,54%,400%"),
        ("steps", "10..1e4", "steps=10,100,1000,10000"),
    ],
)
def test_ranges_are_geometric_and_lists_are_sorted(name: str, words: str, text: str) -> None:
    assert read_axis(name, words.split(","), ("steps",)).text == text


@pytest.mark.parametrize(
    ("name", "word", "told"),
    [
        ("rows", "1e6..1e4", "runs backwards; write 1e4..1e6"),
        ("rows", "1e4...1e6", "three dots; write 1e4..1e6"),
        ("rows", "5..5", "holds a single value"),
        ("rows", "1e4..", "needs two ends"),
        ("rows", "0..5", "starts above 0"),
        ("rows", "many", "not a number"),
        ("rows", "1..9:1", "2 to 50"),
        ("memory", "1GiB..x", "not a size"),
        ("share", "5..50", "not a share"),
        ("share", "-5%", "above zero"),
        ("row", "5", "did you mean 'rows'"),
        ("rows", ",".join(map(str, range(60))), "at most 50"),
    ],
)
def test_a_mistake_is_a_sentence(name: str, word: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read_axis(name, word.split(","))


def test_no_value_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="rows has no values"):
        read_axis("rows", [])


def test_a_percentage_is_read() -> None:
    assert parse_percent("12.5 %") == 12.5
