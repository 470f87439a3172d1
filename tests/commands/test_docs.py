"""`dfbench docs` lists the pages of the documentation and prints each."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import run_dfbench

DOCS = Path(__file__).parents[2] / "docs"


def test_pages_are_listed_and_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not run_dfbench(monkeypatch, "docs")
    listed = [line.partition(" ")[0] for line in capsys.readouterr().out.splitlines()]
    paths = [path.relative_to(DOCS) for path in DOCS.rglob("*")]
    pages = [path for path in paths if path.suffix in {".md", ".yml", ".ipynb"}]
    written = [path.with_suffix("").as_posix() for path in pages]
    assert listed == sorted([*written, "engines", "options", "reference"])
    for page, shown in (("engines", "`polars`"), ("options", "--fail-if"), ("reference", "`rows`")):
        assert not run_dfbench(monkeypatch, "docs", page)
        assert shown in capsys.readouterr().out
    assert not run_dfbench(monkeypatch, "docs", "gates")
    assert capsys.readouterr().out == (DOCS / "gates.md").read_text(encoding="utf-8")
    assert not run_dfbench(monkeypatch, "docs", "dfbench-workflow")
    assert capsys.readouterr().out == (DOCS / "dfbench-workflow.yml").read_text(encoding="utf-8")
    assert not run_dfbench(monkeypatch, "docs", "decisions/joins")
    assert capsys.readouterr().out == (DOCS / "decisions/joins.md").read_text(encoding="utf-8")
    assert not run_dfbench(monkeypatch, "docs", "tutorials/2-own-data")
    shown = capsys.readouterr().out
    assert shown.startswith("# ")
    assert "\n```python\n" in shown
    assert run_dfbench(monkeypatch, "docs", "gate") == 2
    assert "no page 'gate'; expected one of: architecture" in capsys.readouterr().err
