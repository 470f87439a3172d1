"""Probes of the roads to parallel Python: their scripts, their endings, their tables."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from dfbench.errors import EngineError
from dfbench.probing import findings, page
from dfbench.probing.asking import chosen
from dfbench.probing.findings import Finding, Word
from dfbench.probing.measuring import Prober, costs, evidence, finding
from dfbench.probing.roads import ROADS, Road
from dfbench.probing.scripts import Question, script
from dfbench.reporting import html, markdown
from dfbench.reporting.stories import Story
from dfbench.running.limits import choose
from dfbench.storing.folder import Folder, create
from dfbench.storing.records import Head, Outcome, Run
from dfbench.telling import output, report

HOLES = {
    "HEADING", "IMPORTS", "BEFORE", "OPENING", "MAPPING", "GUARD", "WORKERS", "FUNCTION",
    "ARGUMENTS", "FIRST", "FEW", "MANY", "SMALL", "LARGE", "HEAVY", "WARM_ARRAYS", "WARM_WORK",
}  # fmt: skip


def road(name: str) -> Road:
    (found,) = chosen([name])
    return found


@pytest.mark.parametrize("question", Question)
@pytest.mark.parametrize("each", ROADS, ids=lambda road: road.name)
def test_every_probe_is_python_without_holes(each: Road, question: Question) -> None:
    tree = ast.parse(script(each, question, 2))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not names & HOLES


def test_only_questions_about_the_guard_leave_it_out() -> None:
    bare = {q for q in Question if "__main__" not in script(ROADS[0], q, 2)}
    assert bare == {Question.NOTEBOOK, Question.NOTEBOOK_SPAWN, Question.UNGUARDED}


def ask(tmp_path: Path, name: str, question: Question, patience: float = 30) -> Finding:
    return Prober(Folder(tmp_path), choose(), 2, patience).ask(road(name), question)


def test_threads_take_a_closure_and_processes_do_not(tmp_path: Path) -> None:
    assert ask(tmp_path, "futures-thread", Question.CLOSURE).word is Word.YES
    refused = ask(tmp_path, "multiprocessing", Question.CLOSURE)
    assert refused.word is Word.NO
    assert "pickle local object" in refused.evidence


def test_workers_are_told_by_their_numbers(tmp_path: Path) -> None:
    assert ask(tmp_path, "futures-thread", Question.WORKERS).evidence == "threads"
    assert ask(tmp_path, "multiprocessing", Question.WORKERS).evidence == "processes"


def test_a_pool_that_waits_for_ever_hangs(tmp_path: Path) -> None:
    hangs = ask(tmp_path, "multiprocessing", Question.NOTEBOOK_SPAWN, patience=3)
    assert hangs.word is Word.HANGS
    assert "after 3 s" in hangs.evidence


def test_a_road_that_is_not_installed_is_asked_once(tmp_path: Path) -> None:
    absent = Road("absent", "import absent_package", "pass", "map(FUNCTION, ARGUMENTS)")
    prober = Prober(Folder(tmp_path), choose(), 2, 30)
    found = list(prober.probe([absent], tuple(Question)))
    assert [f.word for f in found] == [Word.MISSING]


def test_a_wrong_answer_is_a_no(tmp_path: Path) -> None:
    wrong = Road("wrong", "", "pass", "map(FUNCTION, [7.0])")
    found = Prober(Folder(tmp_path), choose(), 2, 30).ask(wrong, Question.LAMBDA)
    assert (found.word, "[8.0]" in found.evidence) == (Word.NO, True)


def test_evidence_joins_a_message_that_begins_on_the_next_line() -> None:
    log = "Traceback (most recent call last):\n  File\nRuntimeError: \n\n   An attempt was made\n"
    run = Run("x", "q", 1, Outcome.CRASHED, evidence="it ended", log=log)
    assert evidence(run) == "RuntimeError: An attempt was made"


def test_a_run_without_an_error_of_python_tells_how_it_ended() -> None:
    run = Run("x", "q", 1, Outcome.OUT_OF_MEMORY, evidence="the kernel killed it")
    found = finding("x", Question.LAMBDA, run, None)
    assert (found.word, found.evidence) == (Word.NO, "the kernel killed it")


TOLD = {
    "imports": 0.1, "first": 0.3, "few": 0.01, "many": 0.19, "small": 0.2, "large": 0.84,
    "serial": 3.0, "parallel": 2.0,
}  # fmt: skip


def test_costs_are_differences_and_a_ratio() -> None:
    found = costs(TOLD)
    assert found["start"] == pytest.approx(0.4)
    assert found["task"] == pytest.approx(0.0001)
    assert found["mebibyte"] == pytest.approx(0.01)
    assert found["speedup"] == pytest.approx(1.5)


def test_a_difference_below_zero_is_no_cost() -> None:
    assert "task" not in costs({**TOLD, "many": 0.005})


def test_stored_findings_are_read_back_and_told(tmp_path: Path) -> None:
    made = (
        Finding("loky", "WORKERS", Word.YES, "processes", {"workers": 2.0}),
        Finding("loky", "LAMBDA", Word.NO, "TypeError: <b>"),
        Finding("loky", "COSTS", Word.YES, "", costs(TOLD)),
    )
    for one in made:
        findings.append(tmp_path, one)
    head = Head("traits", "", "", "", "", {}, {}, {}, {"threads": 2}, {}, {}, "", "0")
    read, _ = findings.folder.read_lines(tmp_path / findings.LINES, findings._finding)
    assert read == made
    stored = findings.Stored(tmp_path, head, read)
    grids = page.build(stored)
    story = Story(page.TITLE, grids, page.LEGEND)
    assert list(grids[0].rows) == [("loky", "processes", "no", *"——————")]
    assert list(grids[1].rows) == [("loky", "400 ms", "100 ms", "100 µs", "10.0 ms", "1.50×")]
    assert "&lt;b&gt;" in html.render_story(story)
    assert "TypeError" in "\n".join(markdown.story(story))


def test_an_unknown_road_is_a_mistake() -> None:
    with pytest.raises(EngineError, match="there are multiprocessing"):
        chosen(["bicycle"])


def test_report_tells_a_folder_of_findings_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = Head(
        "traits", "", "", "", "2026-01-01T00:00:00", {}, {}, {}, {"threads": 2}, {}, {}, "", "0"
    )
    folder = create(tmp_path, head, findings.HEAD)
    findings.append(folder.path, Finding("loky", "LAMBDA", Word.HANGS, "after 3 s"))
    assert report(folder.path, output("table", None, *[None] * 5), strict=False) == 0
    assert "hangs" in capsys.readouterr().out
    assert "after 3 s" in (folder.path / "traits.md").read_text()
