"""What tests ask of the comparison of two answers."""

from __future__ import annotations

import pyarrow as pa
from dfbench.verification.answers import compare_answers
from dfbench.verification.differences import Requirements

BY_KEY = Requirements(("key",))


def agrees(expected: pa.Table, answer: pa.Table, kept: Requirements = BY_KEY) -> bool:
    return compare_answers(expected, answer, kept).agrees
