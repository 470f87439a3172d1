"""Each help page has two examples, and each example is a command line that its command takes."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from importlib import metadata
from typing import Any

import pytest
from dfbench.cli import app
from typer.main import get_command

from tests.support.command_line import run_dfbench


def list_commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield each command with the words that call it; typer brings its own click."""
    if hasattr(command, "commands"):
        for part, below in command.commands.items():
            yield from list_commands(below, f"{name} {part}")
    else:
        yield name, command


COMMANDS = dict(list_commands(get_command(app), "dfbench"))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_help_page_has_two_examples_that_the_command_takes(name: str) -> None:
    title, *examples = (COMMANDS[name].epilog or "").split("\n\n")
    assert (title, len(examples)) == ("Examples:", 2)
    for example in examples:
        typed = example.split(" | ")[0].split(" > dfbench")[0]
        assert typed.startswith(name)
        words = shlex.split(typed.removeprefix(name))
        COMMANDS[name].make_context(name, words).close()


def test_the_version_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_dfbench(monkeypatch, "--version") == 0
    assert capsys.readouterr().out == f"dfbench {metadata.version('dataframe-bench')}\n"


def test_no_command_is_read_before_it_is_asked_for() -> None:
    """typer evaluates the annotations of what is registered at each start of the command line."""
    groups = [app, *(group.typer_instance for group in app.registered_groups)]
    registered = [one.callback for group in groups if group for one in group.registered_commands]
    assert len(registered) == len(COMMANDS)
    assert [one.__name__ for one in registered if one and one.__annotations__] == []
