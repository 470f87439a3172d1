"""What report and diff print, write and exit with, over stored samples."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import pytest
from dfbench.commands.options import OutputOptions
from dfbench.commands.output import open_output
from dfbench.report.formats import Format

from tests.support import stored_samples as samples
from tests.support.command_line import run_dfbench

SMALL = {"engines": ("pandas", "polars", "datatable"), "queries": ("q1", "q10"), "rounds": 4}
RIGHT = {"engines": ("pandas", "polars"), "queries": ("q1",), "rounds": 4}


@pytest.fixture
def stored(tmp_path: Path) -> str:
    return str(samples.store(tmp_path / "results", samples.head(**SMALL)).path)


@pytest.mark.parametrize("form", list(Format))
@pytest.mark.parametrize("command", ["report", "diff"])
def test_every_form_tells_of_every_engine(
    stored: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    form: Format,
) -> None:
    folders = [stored] * (1 if command == "report" else 2)
    assert run_dfbench(monkeypatch, command, *folders, "--format", form) == 0
    told = capsys.readouterr().out
    assert all(engine in told for engine in SMALL["engines"])


def test_exports_are_written_beside_the_table(
    stored: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    files = {
        form: tmp_path / f"out.{form}" for form in ("html", "markdown", "json", "jsonl", "csv")
    }
    options = [word for form, file in files.items() for word in (f"--export-{form}", str(file))]
    assert run_dfbench(monkeypatch, "report", stored, *options) == 0
    assert "datatable" in capsys.readouterr().out
    assert files["html"].read_text().startswith("<!doctype html>")
    assert json.loads(files["json"].read_text())["workload"] == "groupby"
    assert len(files["jsonl"].read_text().splitlines()) == 6
    assert len(list(csv.DictReader(io.StringIO(files["csv"].read_text())))) == 6


def test_an_export_to_standard_output_takes_the_place_of_the_table(
    stored: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_dfbench(monkeypatch, "report", stored, "--export-json", "-") == 0
    assert json.loads(capsys.readouterr().out)["baseline"] == "pandas"


@pytest.mark.parametrize("name", ["nowhere/out.json", "."])
def test_an_export_that_cannot_be_written_is_told_before_anything_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str
) -> None:
    asked = (
        "compare",
        "groupby",
        "--results",
        str(tmp_path),
        "--export-json",
        str(tmp_path / name),
    )
    assert run_dfbench(monkeypatch, *asked) == 2
    assert "cannot be written" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_trying_an_export_out_leaves_what_was_there(tmp_path: Path) -> None:
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.write_text("mine")
    open_output(OutputOptions(export_jsonl=str(new), export_csv=str(old)))
    assert old.read_text() == "mine"
    assert not new.exists()


def test_an_export_on_a_full_disk_keeps_the_file_of_before(
    stored: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    old = tmp_path / "out.json"
    old.write_text("mine")
    monkeypatch.setattr(os, "fsync", full)
    assert run_dfbench(monkeypatch, "diff", stored, stored, "--export-json", str(old)) == 2
    assert old.read_text() == "mine"
    assert list(tmp_path.glob(".out*")) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--format", "xml"), "unknown format; expected one of: table, markdown"),
        (("--fail-if", "polars"), "write 'polars > 1.1 * baseline'"),
        (("--fail-if", "spark > baseline"), "spark is not compared; expected one of: pandas"),
        (("--export-csv", "-", "--export-json", "-"), "only one --export can write"),
    ],
)
@pytest.mark.parametrize("command", ["report", "diff", "compare"])
def test_a_mistake_is_a_sentence_and_exit_code_2(
    stored: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    command: str,
    words: tuple[str, ...],
    said: str,
) -> None:
    folders = {"report": [stored], "diff": [stored, stored], "compare": ["groupby", "--results",
               str(tmp_path / "none"), "-e", "pandas"]}  # fmt: skip
    assert run_dfbench(monkeypatch, command, *folders[command], *words) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("polars > 1.1 * baseline", 0),
        ("polars < 0.5 * baseline", 1),
        ("memory(pandas) > 1GiB", 1),
        ("memory(pandas) > 9GiB", 0),
        ("polars > 0.224 * baseline", 0),
    ],
)
def test_a_condition_decides_the_exit_code_of_report(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    condition: str,
    code: int,
) -> None:
    path = samples.store(tmp_path, samples.head(**RIGHT)).path
    assert run_dfbench(monkeypatch, "report", str(path), "--fail-if", condition) == code
    assert ("fails: " in capsys.readouterr().err) == bool(code)


@pytest.mark.parametrize("command", ["report", "diff"])
def test_an_open_condition_is_not_decided_and_has_its_own_code_under_strict_gates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    command: str,
) -> None:  # fmt: skip
    path = str(samples.store(tmp_path, samples.head(**{**RIGHT, "rounds": 1})).path)
    words = (command, *[path] * (1 if command == "report" else 2), "--fail-if")
    asked = (*words, "polars > 1.1 * baseline")  # one round has no interval
    assert run_dfbench(monkeypatch, *asked) == 0
    assert "not decided: polars > 1.1 * baseline: polars on q1" in capsys.readouterr().err
    assert run_dfbench(monkeypatch, *asked, "--strict-gates") == 4
    assert run_dfbench(monkeypatch, *words, "memory(polars) > 9GiB", "--strict-gates") == 0


@pytest.mark.parametrize(
    ("engines", "queries", "usual", "strict"),
    [
        (("pandas", "polars"), ("q1", "q6"), 0, 0),
        (("pandas", "dask"), ("q8",), 1, 1),  # a wrong answer
        (("pandas", "datatable"), ("q1", "q10"), 0, 3),  # out of memory
        (("pandas", "datatable"), ("q1", "q6"), 0, 0),  # one question is unsupported
        (("pandas", "datatable"), ("q6",), 0, 3),  # an engine answers nothing
        (("datatable",), ("q1", "q6"), 0, 3),  # nobody answers a question
        (("datatable",), ("q6",), 1, 3),  # nobody answers anything
    ],
)
def test_the_exit_status_counts_what_was_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    engines: tuple[str, ...], queries: tuple[str, ...], usual: int, strict: int,
) -> None:  # fmt: skip
    path = str(samples.store(tmp_path, samples.head(engines=engines, queries=queries)).path)
    assert run_dfbench(monkeypatch, "report", path) == usual
    assert run_dfbench(monkeypatch, "report", path, "--strict") == strict


def test_diff_refuses_other_data_until_it_is_forced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [
        str(samples.store(tmp_path, samples.head(**RIGHT, dataset={"rows": rows})).path)
        for rows in (10, 20)
    ]
    assert run_dfbench(monkeypatch, "diff", *paths) == 2
    assert "dataset rows is 20, was 10" in capsys.readouterr().err
    assert run_dfbench(monkeypatch, "diff", *paths, "--force") == 0
    assert "! not comparable: dataset rows is 20, was 10" in capsys.readouterr().out


def test_diff_exits_with_1_where_the_new_answer_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = samples.head(engines=("pandas", "dask"), queries=("q8",))
    right = str(samples.store(tmp_path, asked, checked=False).path)
    wrong = str(samples.store(tmp_path, asked).path)
    assert run_dfbench(monkeypatch, "diff", right, wrong) == 1
    assert run_dfbench(monkeypatch, "diff", wrong, right) == 0
