"""The scripts of users are accepted by mypy --strict and by pyright."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import dfbench
import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((Path(__file__).parent / "scripts").glob("*.py"))


@pytest.fixture(scope="module")
def importable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which a type checker finds the package under its name."""
    folder = tmp_path_factory.mktemp("importable")
    (folder / "dfbench").symlink_to(ROOT)
    return folder


def test_mypy_accepts_the_scripts_of_users(importable: Path) -> None:
    options = ["--strict", "--ignore-missing-imports", "--follow-imports=silent", "--config-file="]
    options += ["--cache-dir", str(importable / "cache")]
    ran = subprocess.run(
        [sys.executable, "-m", "mypy", *options, *map(str, SCRIPTS)],
        cwd=importable, env={**os.environ, "MYPYPATH": str(importable)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout
    assert f"no issues found in {len(SCRIPTS)} source files" in ran.stdout


def test_pyright_accepts_the_scripts_of_users(importable: Path) -> None:
    settings = {
        "include": [str(path) for path in SCRIPTS],
        "extraPaths": [str(importable)],
        "typeCheckingMode": "standard",
    }
    (importable / "pyrightconfig.json").write_text(json.dumps(settings))
    checker = [sys.executable, "-m", "basedpyright", "--pythonpath", sys.executable]
    ran = subprocess.run(
        [*checker, "--outputjson", "-p", str(importable)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = json.loads(ran.stdout)
    assert found["generalDiagnostics"] == []
    assert found["summary"]["filesAnalyzed"] == len(SCRIPTS)


def test_the_package_lists_its_public_names_and_version() -> None:
    assert dir(dfbench) == sorted(dfbench.__all__)
    assert dfbench.__version__ == metadata.version("dataframe-bench")
