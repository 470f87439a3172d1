"""A third party's engine: the package that `engine new` writes is built, installed and tested."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from dfbench.engines import template
from dfbench.errors import EngineError

PAGE = Path(__file__).parents[2] / "docs" / "your-own-engine.md"
# pip installs from the folder alone, beside everything that is here.
PIP = {"PIP_NO_DEPS": "1", "PIP_QUIET": "1"}


def test_the_page_about_your_own_engine_runs_as_it_stands(tmp_path: Path) -> None:
    commands = "\n".join(re.findall(r"```sh\n(.*?)```", PAGE.read_text(), re.DOTALL))
    place = tmp_path / "site"
    folder = str(Path(sys.executable).parent)
    ran = subprocess.run(
        ["bash", "-euxc", commands],
        cwd=tmp_path,
        env={
            **os.environ,
            **PIP,
            "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
            "PIP_TARGET": str(place),
            "PYTHONPATH": str(place),
            "PYTEST_ADDOPTS": "-p no:cacheprovider -p no:xdist",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert 'group_by(["id1"])' in ran.stdout
    assert "2 passed" in ran.stdout
    assert re.search(r"quick-duck: \d+ of \d+ cases, nothing fails", ran.stdout), ran.stdout
    badge = json.loads((tmp_path / "badge.json").read_text())
    assert badge["label"] == "dfbench"
    assert badge["message"] in ran.stdout
    assert (tmp_path / "dfbench-quick-duck" / "golden" / "q1.py").exists()


@pytest.mark.parametrize("name", ["pandas", "Duck", "1duck", "class", "a b"])
def test_a_name_that_cannot_be_an_engines_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(EngineError):
        template.create_package(name, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine.py").touch()
    with pytest.raises(EngineError, match="--to"):
        template.create_package("duck", tmp_path)
    assert [path.name for path in Path(tmp_path).iterdir()] == ["mine.py"]
