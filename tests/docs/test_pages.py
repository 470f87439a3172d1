"""Pages show what the suite holds engines to, and commands that dfbench understands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path

import pytest
from dfbench.cli import app
from dfbench.testing.conformance.cases import CASES
from typer.main import get_command

from tests.conformance.table import ELSEWHERE_PAGE, MATTERS, PAGE, elsewhere, page, written
from tests.support.checkout import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]


@pytest.mark.parametrize(("path", "table"), [(PAGE, written), (ELSEWHERE_PAGE, elsewhere)])
def test_the_table_is_the_one_that_the_marks_give(path: Path, table: Callable[..., object]) -> None:
    text = path.read_text(encoding="utf-8")
    assert page(text, table()) == text, "run `make semantics`"


def test_every_matter_has_cases() -> None:
    from fnmatch import fnmatch

    for matter, patterns in MATTERS:
        assert all(any(fnmatch(c.name, p) for c in CASES) for p in patterns.split()), matter


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_command_of_the_docs_is_understood(path: Path) -> None:
    text = path.read_text("utf-8")
    blocks = "\n".join(re.findall(r"^```(?:sh)?\n(.*?)^```", text, re.DOTALL | re.MULTILINE))
    lines = re.findall(r"^dfbench .*$", blocks, re.MULTILINE)
    commands = [*lines, *re.findall(r"[^`]`(dfbench [^`]+)`", text)]
    assert list(filter(None, map(_find_mistake, commands))) == []


def _find_mistake(text: str) -> str:
    """Return what is wrong with a command, of which the docs may leave out the arguments."""
    _, *words = shlex.split(text.replace("…", ""), comments=True)
    words = list(takewhile(lambda word: word not in {"|", ">"}, words))
    command = get_command(app)
    while words and words[0] in getattr(command, "commands", ()):
        command = command.commands[words.pop(0)]
    if hasattr(command, "commands"):
        return "" if words in ([], ["--help"], ["--version"]) else text
    try:
        command.make_context(text, words).close()
    except Exception as error:  # noqa: BLE001 - of click, which Typer brings under a name of its own
        shown = type(error).__name__ in {"Exit", "MissingParameter"}
        return "" if shown else f"{text}: {error}"
    return ""
