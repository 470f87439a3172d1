"""The pages of the language's meaning and of environments show what the suite holds engines to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from dfbench.testing.conformance.cases import CASES

from tests.conformance.table import ELSEWHERE_PAGE, MATTERS, PAGE, elsewhere, page, written


@pytest.mark.parametrize(("path", "table"), [(PAGE, written), (ELSEWHERE_PAGE, elsewhere)])
def test_the_table_is_the_one_that_the_marks_give(path: Path, table: Callable[..., object]) -> None:
    text = path.read_text(encoding="utf-8")
    assert page(text, table()) == text, "run `make semantics`"


def test_every_matter_has_cases() -> None:
    from fnmatch import fnmatch

    for matter, patterns in MATTERS:
        assert all(any(fnmatch(c.name, p) for c in CASES) for p in patterns.split()), matter
