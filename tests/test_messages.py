"""The list of every sentence that a user can meet is up to date, and in plain English."""

from __future__ import annotations

import ast
import re

import pytest

from tests import messages

REWRITE = "run `make messages`, and review the diff of tests/snapshots/messages.txt"

# Each pattern of a private dialect, and what to write in its place.
DIALECT = {
    r"cannot say|\bsays? (it|this|that)\b": "name the actor: 'X cannot express …', 'use X'",
    r"restless": "noisy",
    r"(?<!there )\b(is|are) no\b(?! longer)": "'unknown …', 'is not a …'",
    r"stands? (twice|beside|behind|before)|behind the @": "'is listed twice', 'after @, give'",
    r"\bthere (is|are) [a-z{}]+, ": "expected one of: …",
    r"\banew\b": "again, new",
    r"belongs? into": "belongs in",
    r"\btells?\b|\btold\b(?!})": "reports, shows, is printed",
    r"\bmend(s|ed)?\b": "fix, solve",
    r"\broads?\b": "back-end, way",
    r"\bfor ever\b": "forever",
    r"\bbegin of\b": "start of",
    r"\b(is|are) (there )?already, and kept\b|\bthere already\b": "already exists",
    r"\bnot written (yet )?for\b|\bis written for it\b": "does not support",
    r"\bholds? none\b|\bknown are\b": "expected one of: …",
    r"\bships? no more\b|\bwrites? no more\b|\bwritten no more\b": "no longer",
    r"\bdies?\b|\bdied\b": "crashes, exits",
    r"\btruth values?\b": "boolean",
    r"\bstrangers?\b": "workloads that you do not trust",
}


def test_list_is_up_to_date() -> None:
    assert messages.listing() == messages.SNAPSHOT.read_text(encoding="utf-8"), REWRITE


@pytest.mark.parametrize("pattern", DIALECT)
def test_no_sentence_is_in_the_private_dialect(pattern: str) -> None:
    sentences = [f"{path}: {text}" for path, found in messages.messages().items() for text in found]
    words = (re.sub(r"{[^}]*}", "{}", sentence.split(": ", 1)[1]) for sentence in sentences)
    dialect = [
        sentence
        for sentence, text in zip(sentences, words, strict=True)
        if re.search(pattern, text)
    ]
    assert dialect == [], f"write: {DIALECT[pattern]}"


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
