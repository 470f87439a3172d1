"""`dfbench words`: every word, its example, and who has it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest
from dfbench.commands.words import Word, list_words
from dfbench.spec.parser import parse_expression
from dfbench.testing.fuzz.campaign import EngineProcess
from dfbench.testing.fuzz.cases import Data, FuzzCase
from dfbench.testing.fuzz.frames import Tables

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
    assert all(parse_expression(word.example) and word.function.about for word in list_words())


ROWS = {
    "float": [0.5, 0.25, None, -1.5, 3.0],
    "int": [1, 2, None, 3, 2],
    "string": ["-7", " a,b ", None, "", "31"],
    "date": [dt.date(2024, 1, 31), dt.date(1969, 12, 31), None, dt.date(2023, 7, 2)] * 2,
    "timestamp": [dt.datetime(2024, 1, 31, 23, 59, 59), dt.datetime(1969, 7, 20, 1), None] * 2,
    "bool": [True, False, None, True, True],
}
DAYS = ["31/01/2024", "01/12/1969", None, "29/02/2000", "31/12/1999"]


@pytest.mark.parametrize("name", ["pandas", "polars"])
def test_each_example_has_python_s_own_answer(name: str, tmp_path: Path) -> None:
    engine = EngineProcess(name, tmp_path)
    try:
        said = {word.example: ask(engine, word, tmp_path) for word in list_words()}
    finally:
        engine.end()
    assert {example: wrong for example, wrong in said.items() if wrong} == {}


def ask(engine: EngineProcess, word: Word, folder: Path) -> str | None:
    """Return what is wrong with an engine's answer to a word's example, or nothing."""
    first = DAYS if word.name == "parse" else ROWS[word.data["x"].kind][:5]
    values = {"x": pa.array(first), "y": pa.array(first[1:] + first[:1])}
    frame = pa.table({"k": [1, 1, 1, 2, 2], **values})
    return engine.judge(FuzzCase(word.query(), Data.of(Tables(frame), folder / "data")))


def test_the_page_of_words_is_written_from_the_tables() -> None:
    path: Path = table.WORDS_PAGE
    assert path.read_text(encoding="utf-8") == table.write_words()
