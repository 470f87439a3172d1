"""Regular expressions: what all engines read alike is kept, the rest is named."""

from __future__ import annotations

import re

import pytest
from dfbench.spec.patterns import PatternError, for_python, may_skip_a_group, read_pattern

KEPT = {
    "^[a-z]+,": "^[a-z]+,",
    r"\d{2,3}-\w*": "[0-9]{2,3}-[A-Za-z0-9_]*",
    r"[\d.]\S": r"[0-9.][^ \t\n\r\f\v]",
    r"a\.b\\": r"a\.b\\",
    "(a|b)?c": "(?:a|b)?c",
    "(?P<x>a)": "(?:a)",
    "(?i)ab": "(?i)ab",
    "[]x]": "[]x]",
    "[^]($]": "[^]($]",
    r"\x41+?": r"\x41+?",
}


@pytest.mark.parametrize("given", KEPT)
def test_a_shared_pattern_is_written_for_all(given: str) -> None:
    written = read_pattern(given, capture=False)
    assert written == KEPT[given]
    for text in ("a,b", "12-x_9", "1.5 \u0663", "xAB]($", "a.b\\", "acbc"):
        assert bool(re.search(given, text, re.ASCII)) == bool(re.search(written, text))


REFUSED = {
    "(": "not a regular expression",
    "(?=a)b": r"not every engine has '\(\?='",
    "(?<!a)b": "not every engine has",
    r"(a)\1": r"does not mean the same in every engine",
    r"\bword": r"does not mean the same in every engine",
    "\bword": r"'\\\\b' does not mean the same in every engine",
    "(a)\1": r"'\\\\1' does not mean the same in every engine",
    r"[\D]": r"does not mean the same in every engine",
    "a++": "possessive",
    "a{,3}": "not every engine has the repetition",
    "a{1001}": "not every engine has the repetition",
    "x(?i)": "not a regular expression",
    "[a[b]": "needs a backslash",
    "[a&&b]": "needs a backslash",
}


@pytest.mark.parametrize("given", REFUSED)
def test_what_some_engine_lacks_is_named(given: str) -> None:
    with pytest.raises(PatternError, match=REFUSED[given]):
        read_pattern(given, capture=False)


def test_the_end_is_behind_a_last_line_break_in_python_too() -> None:
    assert for_python(r"a$|[$]\$") == r"a\Z|[$]\$"
    assert not re.search(for_python("a$"), "a\n")


@pytest.mark.parametrize(
    ("pattern", "may"), [("(a)b", False), ("(a)?b", True), ("(a)*", True), ("(a)|b", True)]
)
def test_a_group_that_may_take_no_part_is_found(pattern: str, may: bool) -> None:
    assert may_skip_a_group(pattern) is may
