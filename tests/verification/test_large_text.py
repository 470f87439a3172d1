"""Text columns of more than 2 GiB: tried with a limit of a few bytes."""

from __future__ import annotations

import pyarrow as pa
import pytest
from dfbench.verification import columns
from dfbench.verification.columns import pair_columns, widen_offsets

TEXTS = pa.chunked_array([["ab", None, "cd"], ["ab", "efgh"]])


def test_offsets_are_widened_beyond_the_limit_alone() -> None:
    assert widen_offsets(TEXTS).type == pa.string()
    wide = widen_offsets(TEXTS, most=10)
    assert wide.type == pa.large_string()
    assert wide.to_pylist() == TEXTS.to_pylist()


def test_numbers_and_large_text_stay_as_they_are() -> None:
    numbers = pa.chunked_array([[1, 2, 3]])
    assert widen_offsets(numbers, most=1) is numbers
    large = TEXTS.cast(pa.large_string())
    assert widen_offsets(large, most=1) is large


@pytest.mark.parametrize("most", [1, 10**9])
def test_codes_are_the_same_with_wide_offsets(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns.widen_offsets, "__defaults__", (most,))
    other = pa.chunked_array([["cd", "ab", None, "new", "efgh"]])
    pair = pair_columns("s", TEXTS, other)
    expected, answer = pair.expected.values.tolist(), pair.answer.values.tolist()
    assert answer[:3] == [expected[2], expected[0], expected[1]]
    assert answer[4] == expected[4]
    assert answer[3] not in expected
