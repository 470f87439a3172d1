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


def test_a_synonym_leads_to_its_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_dfbench(monkeypatch, "words", "nunique") == 2
    assert "did you mean 'n_unique'?" in capsys.readouterr().err


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
