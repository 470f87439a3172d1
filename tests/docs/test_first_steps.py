"""Ten tasks of a newcomer, of at most three commands each, run as the page shows them."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sysconfig
from pathlib import Path

import pytest
from dfbench.datasets.cache import default_folder
from dfbench.engines import find
from dfbench.environments.provider import Provider
from dfbench.storage import folder

from tests.support.checkout import ROOT, copy_tracked
from tests.support.command_line import run_dfbench

PAGE = (ROOT / "docs" / "index.md").read_text("utf-8")
# Every command runs as shown; a comparison measures once, so that the test is short.
ONCE = ["--rounds", "1", "--runs", "1", "--warmup", "0"]
TASKS = {
    title: commands.strip().split("\n")
    for title, commands in re.findall(
        r"^## (.*?)\n.*?```sh\n(.*?)```", PAGE, re.DOTALL | re.MULTILINE
    )
}
SALES = "shop,amount\n" + "".join(f"{'abc'[row % 3]},{row / 4}\n" for row in range(200))
CODE = """\
import pandas as pd

df = pd.read_csv("sales.csv")
totals = df.groupby("shop")["amount"].sum()
"""


def test_there_are_ten_tasks_of_at_most_three_commands() -> None:
    assert len(TASKS) == 10
    assert [title for title, commands in TASKS.items() if len(commands) > 3] == []


def test_the_tasks_on_own_data_and_code_run_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DFBENCH_CACHE", str(tmp_path / "cache"))
    Path("sales.csv").write_text(SALES)
    Path("slow.py").write_text(CODE)
    for title in (
        "Compare engines on your own data",
        "Compare engines on your own code",
        "Set a memory limit",
        "Read why polars lost",
        "Fail a build in CI",
        "Resume",
        "Publish",
    ):
        for command in TASKS[title]:
            _, *words = shlex.split(command)
            words += ONCE if words[0] == "compare" else []
            assert run_dfbench(monkeypatch, *words) in {None, 0}, (command, capsys.readouterr())
    assert "import polars" in capsys.readouterr().out
    assert folder.read(folder.find_newest(Path("results/sales"))).head.limits["memory"] == 2**30
    assert "polars" in Path("report.html").read_text("utf-8")
    assert "sales" in Path("site/index.html").read_text("utf-8")


def test_install_makes_an_environment_in_which_dfbench_runs(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    copy_tracked(clone)
    # The engines are not downloaded again: the environment of this test lends them.
    lent = tmp_path / "lent"
    lent.mkdir()
    for package in Path(sysconfig.get_path("purelib")).iterdir():
        if not re.search("editable|dataframe_bench", package.name):
            (lent / package.name).symlink_to(package)
    commands = [*TASKS["Install"], "python -c 'import dfbench; print(dfbench.__file__)'"]
    ran = subprocess.run(
        ["bash", "-euc", "\n".join(commands)],
        cwd=clone,
        env={**os.environ, "PIP_NO_DEPS": "1", "PYTHONPATH": str(lent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "memory" in ran.stdout
    assert ran.stdout.endswith(f"{clone / '__init__.py'}\n")


def test_a_second_version_of_pandas_is_compared_with_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make, compare = TASKS["Compare a second version of pandas"]
    cache = default_folder(os.environ)
    provider = Provider(cache, os.environ["PATH"], Path.home())
    if not provider.is_made(find(make.split()[-1])):
        pytest.skip(f"{make} has not been run here")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DFBENCH_CACHE", str(tmp_path / "cache"))
    Path("cache").mkdir()
    Path("cache/environments").symlink_to(cache / "environments")
    Path("sales.csv").write_text(SALES)
    for command in ("dfbench init sales.csv", make, " ".join([compare, *ONCE])):
        ended = run_dfbench(monkeypatch, *shlex.split(command)[1:])
        assert ended in {None, 0}, (command, capsys.readouterr())
    assert re.search(r"pandas@3\.1", capsys.readouterr().out)


def test_the_page_about_your_own_engine_runs_the_commands_of_adding_one() -> None:
    # tests/engines/test_template.py runs that page.
    engine = (ROOT / "docs" / "your-own-engine.md").read_text("utf-8")
    assert [line for line in TASKS["Add an engine"] if line not in engine] == []
