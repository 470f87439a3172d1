"""`dfbench history`: the times of every comparison, and what changed between them."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from dfbench.report import history
from dfbench.storage import folder
from dfbench.storage.records import Head, Run

from tests.support import stored_samples as samples
from tests.support.command_line import run_dfbench

RIGHT = {"engines": ("pandas", "polars"), "queries": ("q1", "q2"), "rounds": 2}


def slower(run: Run, factor: float) -> Run:
    hot = tuple(time * factor for time in run.times.hot)
    return replace(run, times=replace(run.times, hot=hot))


def three(results: Path) -> list[Head]:
    """Three comparisons: the second with a new polars, the last twice as slow."""
    heads = [
        samples.head(**RIGHT, began="2026-01-31T12:00:00"),
        samples.head(**RIGHT, began="2026-02-28T12:00:00"),
        samples.head(**RIGHT, began="2026-03-31T12:00:00"),
    ]
    heads[1] = replace(heads[1], engines={**heads[1].engines, "polars": {"polars": "2.2"}})
    for number, head in enumerate(heads):
        made = folder.create(results, head)
        for run in samples.runs(head):
            made.append(slower(run, 2 if number == 2 else 1))
    return heads


def test_a_history_draws_every_comparison_and_names_what_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    three(tmp_path)
    assert run_dfbench(monkeypatch, "history", "groupby", "--results", tmp_path) == 0
    told = capsys.readouterr().out
    assert "groupby: 3 comparisons" in told
    assert "2026-02-28T120000-1, 8 runs, polars 2.2" in told
    assert "polars q2  ▁▁█  221 ms, 2.00× the median of the previous 2 (slower)" in told


def test_a_check_is_no_entry_of_a_history_and_is_not_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    compared = samples.store(tmp_path, samples.head(**RIGHT)).path
    checked = samples.head(**RIGHT, began="2026-02-28T12:00:00", measure={"rounds": 1, "runs": 0})
    path = samples.store(tmp_path, checked, hot=0).path
    assert run_dfbench(monkeypatch, "history", "groupby", "--results", tmp_path) == 0
    assert "groupby: 1 comparison" in capsys.readouterr().out
    assert folder.find_latest(tmp_path, "groupby") == compared
    assert run_dfbench(monkeypatch, "report", path) == 0
    assert "the time" not in capsys.readouterr().out


def test_a_history_leaves_out_times_on_other_data_and_says_so(tmp_path: Path) -> None:
    head = samples.head(**RIGHT)
    other = folder.read(samples.store(tmp_path, replace(head, dataset={"rows": 10})).path)
    found = history.build([other, folder.read(samples.store(tmp_path, head).path)])
    assert "not drawn: dataset rows is 10,000,000, was 10" in history.render(found)
    assert found.lines[0].times[0] is None


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_history_is_read_by_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    three(tmp_path)
    assert run_dfbench(monkeypatch, "history", tmp_path / "groupby", "--format", form) == 0
    text = capsys.readouterr().out
    rows = (
        [json.loads(line) for line in text.splitlines()]
        if form == "jsonl"
        else list(csv.DictReader(io.StringIO(text)))
    )
    assert len(rows) == 12
    assert {row["engine"] for row in rows} == {"pandas", "polars"}


def test_a_history_of_nothing_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_dfbench(monkeypatch, "history", "groupby", "--results", tmp_path) == 2
    assert "no comparison of groupby is stored here" in capsys.readouterr().err


def test_the_chart_of_noise_is_level() -> None:
    assert history.draw_sparkline([1.0, 1.001, 0.999]) == "▁▁▁"
    assert history.draw_sparkline([]) == ""
