"""The list of every sentence that a user can meet is up to date."""

from __future__ import annotations

import ast

from tests import messages

REWRITE = "run `make messages`, and review the diff of tests/snapshots/messages.txt"


def test_list_is_up_to_date() -> None:
    assert messages.listing() == messages.SNAPSHOT.read_text(encoding="utf-8"), REWRITE


def test_texts_of_errors_and_prose_are_collected_and_programs_are_not() -> None:
    source = '''
def read(path):
    """Return what a docstring says."""
    if not path:
        raise ValueError("empty")
    label = f"{path.name}: the file of {count(path)} rows"
    return "return answer", "df.sort_values(by)", label
'''
    assert list(messages.texts(ast.parse(source))) == [
        "empty",
        "{name}: the file of {count} rows",
    ]
