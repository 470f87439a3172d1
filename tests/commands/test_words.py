"""`dfbench words`: every word, its example, and who has it."""

from __future__ import annotations

from pathlib import Path

import pytest
from dfbench.commands.words import list_words
from dfbench.spec.parser import expression

from tests.conformance import table
from tests.support.command_line import run_dfbench


def test_a_word_is_told_with_its_engines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_dfbench(monkeypatch, "words", "split") == 0
    said = capsys.readouterr().out
    assert said.startswith("split(x, ',')[0]: ")
    assert "    in pandas, polars, " in said
    assert "    not in datatable: datatable's functions of text are len, slice and match" in said


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("nunique", "unknown word 'nunique'; did you mean 'n_unique'?"),
        ("agg", "unknown word 'agg'; did you mean 'aggregate'?"),
        ("isnull", "no word 'isnull'; write x is None"),
        ("group_by", "group_by is a clause of a query: "),
        ("timestamp", "timestamp is a constant: a time, such as "),
    ],
)
def test_what_is_no_word_leads_to_what_is_written(
    word: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_dfbench(monkeypatch, "words", word) == 2
    assert said in capsys.readouterr().err


def test_each_word_has_an_example_and_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_dfbench(monkeypatch, "words") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(list_words())
    assert all(expression(word.example) and word.function.about for word in list_words())


def test_the_page_of_words_is_written_from_the_tables() -> None:
    path: Path = table.WORDS_PAGE
    assert path.read_text(encoding="utf-8") == table.write_words()
