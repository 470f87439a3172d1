"""The GitHub workflow in `docs/`: it is YAML, and its commands are commands of dfbench."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import dfbench
import pytest
import yaml
from dfbench.cli import main

FILE = Path(dfbench.__path__[0]) / "docs" / "dfbench-workflow.yml"


def test_the_commands_of_the_workflow_are_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    workflow = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    steps = workflow["jobs"]["compare"]["steps"]
    commands = [shlex.split(step["run"]) for step in steps if "run" in step]
    install, compare, comment, page = commands
    assert install == ["pip", "install", "dataframe-bench[engines]"]
    assert comment[comment.index("--body-file") + 1] == compare[-1]
    monkeypatch.chdir(tmp_path)
    for command in ([*compare, "--dry-run", "--set", "dataset.rows=100"], [*page, "--help"]):
        monkeypatch.setattr(sys, "argv", command)
        with pytest.raises(SystemExit) as end:
            main()
        assert end.value.code == 0, capsys.readouterr().err
    assert page[1:] == ["page", "results", "-o", "site"]
    kept = [step["with"]["path"] for step in steps if "path" in step.get("with", {})]
    assert set(kept) == {page[-1]}
