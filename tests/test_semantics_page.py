"""The page of the language's meaning shows what the conformance suite holds engines to."""

from dfbench.conformance.cases import CASES

from tests.conformance.table import MATTERS, PAGE, page


def test_the_table_is_the_one_that_the_marks_give():
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text, "run `make semantics`"


def test_every_matter_has_cases():
    from fnmatch import fnmatch

    for matter, patterns in MATTERS:
        assert all(any(fnmatch(c.name, p) for c in CASES) for p in patterns.split()), matter
