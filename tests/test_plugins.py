"""A third party's engine: the package that `engine new` writes is built, installed and tested."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from dfbench.engines import skeleton
from dfbench.errors import EngineError


def test_a_new_engines_package_installs_and_passes_its_own_test(tmp_path):
    package, place = tmp_path / "dfbench-quick-duck", tmp_path / "site"
    skeleton.new("quick-duck", package)
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--target", str(place)]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, str(package)], check=True)
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "tests"],
        cwd=package,
        env={**os.environ, "PYTHONPATH": str(place)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "2 passed" in ran.stdout, ran.stdout


@pytest.mark.parametrize("name", ["pandas", "Duck", "1duck", "class", "a b"])
def test_a_name_that_cannot_be_an_engines_is_refused(tmp_path, name):
    with pytest.raises(EngineError):
        skeleton.new(name, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "mine.py").touch()
    with pytest.raises(EngineError, match="--to"):
        skeleton.new("duck", tmp_path)
    assert [path.name for path in Path(tmp_path).iterdir()] == ["mine.py"]
