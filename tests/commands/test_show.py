"""What `show` prints is the program: each of its lines whole, however narrow the screen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from dfbench.commands.show import show
from dfbench.comparison.request import Request

ASKED = Request("groupby", ("pandas",), ("q10",))
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    show(ASKED, folder=tmp_path)
    capsys.readouterr()
    return (tmp_path / "programs/pandas/q10.py").read_text()


@pytest.mark.parametrize("coloured", [False, True])
def test_a_narrow_screen_crops_no_line_of_a_program(
    coloured: bool,
    program: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    if coloured:
        monkeypatch.setenv("FORCE_COLOR", "1")
    show(ASKED, folder=None)
    printed = capsys.readouterr().out
    assert (COLOUR.search(printed) is not None) == coloured
    assert COLOUR.sub("", printed) == program


def test_a_text_that_no_float_holds_is_known_as_it_is_to_a_comparison(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data.csv").write_text("t\n1e400\nx\n")
    workload = tmp_path / "own.yaml"
    workload.write_text("dataset: {files: data.csv}\nqueries: {q: {transform: {n: number(t)}}}\n")
    show(Request(str(workload), ("pandas", "duckdb"), cache=tmp_path), folder=None)
    printed = capsys.readouterr()
    assert "pandas cannot express q" in printed.err
    assert "import duckdb" in printed.out
