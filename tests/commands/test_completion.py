"""What real shells offer after a tab: bash and, where it is there, zsh."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent
WORKLOAD = """
workload: mine
dataset: {generate: db-benchmark-groupby, rows: 10}
queries:
  busiest: {question: where most is sold, group_by: id1, aggregate: {v1: sum(v1)}}
  best: {group_by: id2, aggregate: {v1: sum(v1)}}
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "mine.yaml").write_text(WORKLOAD)
    (tmp_path / "broken.yaml").write_text("queries: [")
    (tmp_path / "notes.txt").write_text("")
    return tmp_path


def offered(place: Path, line: str) -> set[str]:
    """Return the words that bash is told to offer at the end of a line."""
    told = {"COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
    ran = subprocess.run(
        [BIN / "dfbench"], cwd=place, capture_output=True, text=True, check=False,
        env={**os.environ, **told, "_DFBENCH_COMPLETE": "complete_bash"},
    )  # fmt: skip
    assert ran.stderr == ""
    return set(ran.stdout.split())


def test_bash_itself_completes_a_query_of_ones_own_workload(place: Path) -> None:
    script = (
        'eval "$(dfbench --show-completion bash)"; '
        "COMP_WORDS=(dfbench show mine.yaml -q bu); COMP_CWORD=4; "
        '_dfbench_completion dfbench; echo "${COMPREPLY[@]}"'
    )
    env = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}",
           "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}  # fmt: skip
    ran = subprocess.run(
        ["bash", "-c", script], cwd=place, env=env, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "busiest\n", ran.stderr


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("dfbench compare gro", {"groupby"}),
        ("dfbench compare mi", {"mine.yaml"}),
        ("dfbench compare groupby -e polars/in", {"polars/in-memory"}),
        ("dfbench compare mine.yaml -e pandas -q b", {"busiest", "best"}),
        ("dfbench compare mine.yaml -q best,bu", {"best,busiest"}),
        ("dfbench compare mine.yaml -e pandas,polars/in", {"pandas,polars/in-memory"}),
        ("dfbench compare mine.yaml --format js", {"json", "jsonl"}),
        ("dfbench sweep mine.yaml --format js", {"json"}),
        ("dfbench history mine --format t", {"table"}),
        ("dfbench compare mine.yaml --baseline duckdb/en", {"duckdb/enum"}),
        ("dfbench compare mine.yaml --limit-backend w", {"watchdog"}),
        ("dfbench compare broken.yaml -q b", set()),
        ("dfbench compare nowhere -q b", set()),
        ("dfbench dif", {"diff"}),
    ],
)
def test_names_are_offered_for_what_is_typed(place: Path, line: str, words: set[str]) -> None:
    assert offered(place, line) == words


@pytest.mark.skipif(not shutil.which("zsh"), reason="needs zsh")
def test_zsh_itself_reads_what_is_offered(place: Path) -> None:
    script = 'autoload -Uz compinit; compinit -D; eval "$(dfbench --show-completion zsh)"'
    env = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}",
           "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}  # fmt: skip
    ran = subprocess.run(
        ["zsh", "-f", "-c", script], cwd=place, env=env, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    told = subprocess.run(
        [BIN / "dfbench"], cwd=place, capture_output=True, text=True, check=True,
        env={**env, "_DFBENCH_COMPLETE": "complete_zsh",
             "_TYPER_COMPLETE_ARGS": "dfbench show mine.yaml -q bu"},
    )  # fmt: skip
    assert '"busiest":"where most is sold"' in told.stdout
