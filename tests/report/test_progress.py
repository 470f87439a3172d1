"""Progress: one line drawn anew on a terminal and in a notebook, a line a round in a log."""

from __future__ import annotations

import io

import pytest
from dfbench.report.progress import Progress
from dfbench.storage.records import Outcome, Run


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Notebook(io.StringIO):
    """Known by its module, as a kernel's own streams are."""

    __module__ = "ipykernel.iostream"


def told(file):
    progress = Progress(2, file)
    progress.start_run("polars", "q1", 1)
    progress.finish_run(Run("polars", "q1", 1, Outcome.OK))
    progress.start_run("duckdb", "q1", 1)
    progress.finish_run(Run("duckdb", "q1", 1, Outcome.TIMEOUT, evidence="5 s passed"))
    return file.getvalue()


@pytest.mark.parametrize("kind", [Terminal, Notebook])
def test_where_a_line_can_be_drawn_anew_each_run_is_told(kind: type) -> None:
    text = told(kind())
    assert "[1/2] polars q1" in text
    assert "[2/2] duckdb q1, about" in text
    assert text.endswith("duckdb q1: timeout - 5 s passed\n")
    assert text.count("\n") == 1
    assert ("\x1b" in text) == (kind is Terminal)


def test_in_a_notebook_a_shorter_line_covers_the_one_before() -> None:
    lines = told(Notebook()).rpartition("\r")[0].split("\r")[1:]
    assert {len(line) for line in lines} == {100}


def test_an_error_text_steers_no_terminal() -> None:
    file = io.StringIO()
    evidence = "\x1b[2J\x1b]0;mine\x07boom"
    Progress(1, file).finish_run(Run("a", "q1", 1, Outcome.CRASHED, evidence=evidence))
    assert file.getvalue() == "a q1: crashed - boom\n"


def test_a_log_hears_of_rounds_and_failures_alone() -> None:
    assert told(io.StringIO()) == ("round 1: 0 of 2 runs done\nduckdb q1: timeout - 5 s passed\n")
