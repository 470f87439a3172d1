"""`dfbench open`: the newest report."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import stored_samples as samples
from tests.support.command_line import run_dfbench

RIGHT = {"engines": ("pandas", "polars"), "queries": ("q1", "q2"), "rounds": 2}


def test_open_finds_the_newest_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    made = samples.store(tmp_path, samples.head(**RIGHT))
    assert run_dfbench(monkeypatch, "open", tmp_path) == 0
    assert opened == [(made.path / "report.html").as_uri()]
    assert (made.path / "report.html").exists()
