"""The wheel carries the tree: subpackages are listed by hand, and none may be forgotten."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import dfbench
import pytest
from dfbench.engines import find
from dfbench.engines.info import TESTED_PYTHONS
from dfbench.engines.versions import find_info
from packaging.requirements import Requirement

from tests.support.checkout import ROOT, copy_tracked, list_tracked

# Of the tree's folders, these are not part of what is installed.
NOT_INSTALLED = {"tests", "benchmarks", "docs", "results"}
DATA = {"workloads": ".yaml", "pinned": ".txt", "templates": ""}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy of what git tracks."""
    copy, built = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("wheel")
    copy_tracked(copy)
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(built), str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "absent from the `packages`" not in done.stdout + done.stderr
    (path,) = built.glob("dataframe_bench-*.whl")
    return path


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    """List what is in the wheel."""
    with zipfile.ZipFile(wheel) as file:
        return {
            name for name in file.namelist() if not name.partition("/")[0].endswith("dist-info")
        }


def test_every_module_and_data_file_is_in_the_wheel(names: set[str]) -> None:
    code = [p for p in list_tracked() if p.suffix == ".py" and p.parts[0] not in NOT_INSTALLED]
    data = [
        p for p in list_tracked() if (s := DATA.get(p.parent.name)) is not None and p.suffix >= s
    ]
    assert {f"dfbench/{path}" for path in [*code, *data]} <= names


def test_nothing_lands_beside_the_package(names: set[str]) -> None:
    assert {name.partition("/")[0] for name in names} == {"dfbench"}


def test_the_wheel_carries_the_docs_and_neither_tests_nor_benchmarks(
    names: set[str],
) -> None:
    there = {name for name in names if name.split("/")[1] in NOT_INSTALLED}
    docs = [path for path in list_tracked() if path.parts[0] == "docs"]
    shown = {".md", ".yml", ".ipynb"}
    pages = {f"dfbench/{path.as_posix()}" for path in docs if path.suffix in shown}
    assert there == {*pages, "dfbench/docs/generated_pages.py"}


def test_the_wheel_alone_runs_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    place, work = tmp_path / "site", tmp_path / "work"
    work.mkdir()
    install = ["pip", "install", "-q", "--no-deps", "--no-index", "--target", place, wheel]
    subprocess.run([sys.executable, "-m", *install], check=True)
    (work / "sales.csv").write_text("shop,amount\na,1\nb,2\na,3\n")
    for words in (
        ["docs", "publishing"],
        ["show", "groupby", "-e", "polars", "-q", "q1"],
        ["init", "sales.csv"],
        ["check", "sales.yaml", "-e", "pandas"],
        ["engine", "new", "quick-duck"],
    ):
        ran = subprocess.run(
            [sys.executable, "-m", "dfbench", *words],
            cwd=work,
            env={**os.environ, "PYTHONPATH": str(place), "DFBENCH_CACHE": str(tmp_path / "cache")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, (words, ran.stdout + ran.stderr)
    asked = "import dfbench; print(dfbench.__file__)"
    where = subprocess.check_output(
        [sys.executable, "-c", asked], env={**os.environ, "PYTHONPATH": str(place)}, text=True
    )
    assert where.startswith(str(place))


@pytest.mark.parametrize(
    ("started", "without"),
    [
        ("dfbench.commands.compare", "pandas"),
        ("dfbench.cli", "dfbench.commands.options"),  # the help page needs none of the options
    ],
)
def test_a_start_leaves_out_what_it_does_not_need(started: str, without: str) -> None:
    asked = f"import sys, {started}; print({without!r} in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    assert ran.stdout == "False\n"


@pytest.mark.parametrize("name", dfbench.__all__)
def test_every_public_name_resolves(name: str) -> None:
    assert getattr(dfbench, name)


@pytest.mark.parametrize(("user", "becomes_root_by"), [(0, ""), (65534, "sudo")])
def test_make_calls_sudo_as_a_user_and_not_as_root(user: int, becomes_root_by: str) -> None:
    if os.geteuid() not in {0, user}:
        pytest.skip("only root can become another user")
    switch = {"user": user} if os.geteuid() != user else {}
    environment = {**os.environ, "TMPDIR": "/tmp"}  # where any user may write
    asked = ["make", "--print-data-base", "--dry-run", "--file", "-", "help"]
    makefile = (ROOT / "Makefile").read_text("utf-8")
    ran = subprocess.run(
        asked,
        cwd="/",
        env=environment,
        input=makefile,
        text=True,
        capture_output=True,
        check=True,
        **switch,
    )
    assert f"AS_ROOT := {becomes_root_by}\n" in ran.stdout


def test_the_tested_pythons_are_those_that_the_package_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    assert sorted(named, reverse=True) == list(TESTED_PYTHONS)
    (datatable,) = project["optional-dependencies"]["datatable"]
    for python in TESTED_PYTHONS:
        asked = Requirement(datatable).marker.evaluate({"python_version": python})
        assert asked == find_info(find("datatable")).has_wheels(python)
