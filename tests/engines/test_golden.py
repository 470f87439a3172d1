"""The programs are the product: each is reviewed as a file, and stays as it was reviewed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden.write import HERE, UNSUPPORTED, programs

PROGRAMS = programs()


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_program_is_the_reviewed_one(path: Path) -> None:
    assert path.read_text() == PROGRAMS[path], "review the change, then run `make golden`"


def test_nothing_is_golden_that_nobody_writes() -> None:
    assert {*HERE.glob("*/*.py"), UNSUPPORTED} == set(PROGRAMS)
