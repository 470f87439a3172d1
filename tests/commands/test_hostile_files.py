"""Names of a stranger's file steer no terminal and run in no spreadsheet."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from dfbench.spec.reader import read
from dfbench.storage import folder
from dfbench.storage.sanitize import sanitize

from tests.support import stored_samples as samples
from tests.support.command_line import run_dfbench

UNREADABLE, STEERING = "w\x1b]0;t\x07", "x\x9b31m\u202e"


def test_names_of_a_csv_file_reach_neither_the_terminal_nor_yaml_as_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "evil.csv").write_text(
        f"{UNREADABLE},{STEERING},v\na,b,1.5\na,b,2.5\n", encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DFBENCH_CACHE", str(tmp_path / "cache"))
    assert run_dfbench(monkeypatch, "init", "evil.csv") == 0
    shown = capsys.readouterr()
    assert sanitize(shown.out) == shown.out
    assert read("evil.yaml").queries[0].group_by == (STEERING,)
    (tmp_path / "typo.yaml").write_text(
        "workload: typo\ndataset: {files: evil.csv}\nqueries: {q: {aggregate: {n: sum(w)}}}\n"
    )
    assert run_dfbench(monkeypatch, "check", "typo.yaml", "-e", "polars") == 2
    said = capsys.readouterr().err
    assert "unknown column 'w'" in said
    assert sanitize(said) == said


def test_a_spreadsheet_runs_nothing_of_an_export(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = samples.head(engines=("pandas",), queries=("q1",))
    formula = '=cmd|"/c calc"!A1'
    made = folder.create(tmp_path, asked)
    for run in samples.runs(asked):
        made.append(run)
    head = made.path / folder.HEAD
    head.write_text(head.read_text().replace("sum v1 by id1", formula.replace('"', '\\"')))
    assert run_dfbench(monkeypatch, "report", made.path, "--format", "csv") == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert row["question"] == f"'{formula}"


def test_a_terminal_of_ascii_shows_a_report(tmp_path: Path) -> None:
    path = samples.store(tmp_path, samples.head(engines=("pandas", "polars"), queries=("q1",))).path
    ran = subprocess.run(
        [sys.executable, "-m", "dfbench", "report", str(path)],
        env={**os.environ, "PYTHONIOENCODING": "ascii"}, capture_output=True, check=False,
    )  # fmt: skip
    assert (ran.returncode, b"Traceback" in ran.stderr) == (0, False)
    assert b"10,000,000 rows ? 486 MiB" in ran.stdout
