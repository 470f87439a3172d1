"""Progress: one line drawn anew on a terminal and in a notebook, a line a round in a log."""

from __future__ import annotations

import io

import pytest
from dfbench.report.progress import Progress
from dfbench.storage.records import Outcome, Run


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Notebook(io.StringIO):
    """Known by its module, as a kernel's own streams are."""

    __module__ = "ipykernel.iostream"


def told(file: io.StringIO) -> str:
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
    assert "[2/2] duckdb q1, less than 1 s left" in text
    assert text.endswith("duckdb q1: timeout - 5 s passed\n")
    assert text.count("\n") == 1
    assert ("\x1b" in text) == (kind is Terminal)


def test_a_warning_that_the_points_of_a_sweep_share_is_told_once() -> None:
    progress = Progress(2, io.StringIO())
    for sentence in ("no swap", "no swap", "one core"):
        progress.warn(sentence)
    assert progress.file.getvalue() == "! no swap\n! one core\n"


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


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def finish(progress: Progress, clock: Clock, seconds: float, round_: int = 1) -> None:
    progress.start_run("polars", "q1", round_)
    clock.now += seconds
    progress.finish_run(Run("polars", "q1", round_, Outcome.OK))


def test_runs_that_resume_found_count_as_done_and_took_no_time() -> None:
    clock, terminal, log = Clock(), Terminal(), io.StringIO()
    for file in (terminal, log):
        progress = Progress(0, file, clock)
        progress.plan_runs(40)
        clock.now += 1000  # the data are made
        progress.skip_runs(30)
        finish(progress, clock, 2.0, round_=4)
        progress.start_run("polars", "q2", 5)
    assert "[31/40] polars q1" in terminal.getvalue()
    assert "[32/40] polars q2, about 18.0 s left" in terminal.getvalue()
    assert log.getvalue() == (
        "30 of 40 runs are stored already\n"
        "round 4: 30 of 40 runs done\n"
        "round 5: 31 of 40 runs done, about 18.0 s left\n"
    )


def test_the_points_of_a_sweep_tell_once_what_is_stored() -> None:
    clock, log = Clock(), io.StringIO()
    progress = Progress(0, log, clock)
    progress.plan_runs(12)
    progress.skip_runs(4)
    progress.skip_runs(3)
    finish(progress, clock, 2.0)
    progress.skip_runs(4)
    assert log.getvalue() == "7 of 12 runs are stored already\nround 1: 7 of 12 runs done\n"


def test_a_log_hears_at_least_once_a_minute_within_a_round() -> None:
    clock, file = Clock(), io.StringIO()
    progress = Progress(6, file, clock)
    for _ in range(5):
        finish(progress, clock, 40.0)
    assert file.getvalue() == (
        "round 1: 0 of 6 runs done\n"
        "round 1: 2 of 6 runs done, about 160 s left\n"
        "round 1: 4 of 6 runs done, about 80.0 s left\n"
    )


@pytest.mark.parametrize(
    ("budget", "words"),
    [(20.0, "past the time budget"), (10.0, "past"), (20.5, "less than 1 s left")],
)
def test_no_time_left_is_never_told_as_zero_microseconds(budget: float, words: str) -> None:
    clock, file = Clock(), Terminal()
    progress = Progress(0, file, clock)
    progress.plan_runs(10, budget)
    finish(progress, clock, 20.0)
    progress.start_run("polars", "q2", 1)
    assert words in file.getvalue()
    assert "µs" not in file.getvalue()


def test_preparing_data_is_told_on_a_terminal_at_once_and_in_a_log_each_minute() -> None:
    clock, terminal, log = Clock(), Terminal(), io.StringIO()
    for file in (terminal, log):
        progress = Progress(0, file, clock)
        for percent in range(0, 101, 10):
            progress.show_data(percent / 100)
            clock.now += 20
    assert "preparing data: 10%" in terminal.getvalue()
    assert log.getvalue() == ("preparing data: 30%\npreparing data: 60%\npreparing data: 90%\n")
