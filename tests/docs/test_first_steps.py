"""Ten tasks of a newcomer, of at most three commands each, run as the page shows them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from dfbench.cli import app
from dfbench.environments.pins import load_shipped
from dfbench.storage import folder
from typer.main import get_command

from tests.support.command_line import run_dfbench

ROOT = Path(__file__).parents[2]
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


def test_the_other_tasks_are_those_that_other_tests_run() -> None:
    install, _, doctor = TASKS["Install"]
    assert install.removeprefix("make ") in (ROOT / "Makefile").read_text("utf-8")
    get_command(app).commands["doctor"].make_context("doctor", shlex.split(doctor)[2:]).close()
    engine = (ROOT / "docs" / "your-own-engine.md").read_text("utf-8")
    assert [line for line in TASKS["Add an engine"] if line not in engine] == []
    make, compare = TASKS["Compare a second version of pandas"]
    assert compare.endswith(f"-e {(versioned := make.split()[-1])}")
    assert versioned.replace("@", "-") in {pins.shipped for pins in load_shipped()}
