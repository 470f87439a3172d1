"""The programs are the product: each is reviewed as a file, and stays as it was reviewed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from dfbench.engines import find
from dfbench.testing.conformance.golden import list_problems

from tests.golden.diffs import apply_diff, diff_text, join_diffs, split_diffs
from tests.golden.write import (
    HERE,
    UNSUPPORTED,
    golden_files,
    golden_paths,
    names,
    reviewed_programs,
    unsupported,
)


@pytest.mark.parametrize("engine", names())
def test_programs_are_the_reviewed_ones(engine: str) -> None:
    differing = [
        path.relative_to(HERE)
        for path, text in golden_files(engine).items()
        if not path.exists() or path.read_text() != text
    ]
    assert not differing, "review the changes that `make golden` writes"


def test_refusals_are_the_reviewed_ones() -> None:
    assert UNSUPPORTED.read_text() == unsupported()


def test_nothing_is_golden_that_nothing_writes() -> None:
    written = {path for engine in names() for path in golden_files(engine)}
    assert golden_paths() == {UNSUPPORTED, *written}


@pytest.mark.parametrize("engine", names())
def test_reviewed_programs_call_the_library_of_their_label(engine: str) -> None:
    library = find(engine).distributions[0]
    found = {
        f"{name}: {problem}"
        for name, text in reviewed_programs(engine).items()
        for problem in list_problems(text, library)
    }
    assert not found


def test_reviewed_programs_are_linted_in_full(tmp_path: Path) -> None:
    shutil.copy(HERE / "ruff.toml", tmp_path)
    for engine in names():
        folder = tmp_path / engine.replace("/", "-").replace("+", "-")
        folder.mkdir()
        for name, text in reviewed_programs(engine).items():
            (folder / f"{name}.py").write_text(text)
    for command in (["check", "--no-cache"], ["format", "--check", "--no-cache"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout


BASE = "a\nb\n\ndef load(path):\n    x\n    return y\n\n\ndef query(data):\n    x\n    return y\n"


@pytest.mark.parametrize(
    "text",
    [
        BASE,
        "",
        "new\n" + BASE,
        BASE + "new\n",
        BASE.replace("    x\n", ""),
        BASE.replace("data):\n    x", "data):\n    z"),
        BASE.replace("data):\n", "data):\n    new\n    \n"),
        "other\n",
    ],
)
def test_a_diff_gives_the_text_that_it_is_of(text: str) -> None:
    assert apply_diff(BASE, diff_text(BASE, text)) == text
    assert apply_diff(text, diff_text(text, BASE)) == BASE


def test_a_diff_names_functions_and_says_the_same_thing_once() -> None:
    changed = BASE.replace("path):\n    x", "path):\n    z")
    diffs = {"q1": diff_text(BASE, changed), "q2": diff_text(BASE, changed), "q3": ""}
    joined = join_diffs("duck", "duck/fast", diffs)
    assert joined == (
        "# q1 q2\n--- duck\n+++ duck/fast\n@@ load @@\n-    x\n+    z\n"
        "\n# q3\n--- duck\n+++ duck/fast\n"
    )
    assert split_diffs(joined) == diffs


def test_a_diff_of_another_base_is_refused() -> None:
    with pytest.raises(ValueError, match="the base has no lines x"):
        apply_diff("y\n", "@@ module @@\n-x\n")
