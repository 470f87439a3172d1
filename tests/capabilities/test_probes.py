"""Probes of the roads to parallel Python: their scripts, their endings, their tables."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from dfbench.capabilities import collect, frame_libraries
from dfbench.capabilities.collect import collect as ask_beside
from dfbench.capabilities.frame_libraries import LIBRARIES
from dfbench.capabilities.measure import (
    ProbeRunner,
    compute_costs,
    extract_evidence,
    interpret_output,
    interpret_run,
)
from dfbench.capabilities.parallel_apis import PARALLEL_APIS, ParallelApi
from dfbench.capabilities.probe import Probe
from dfbench.capabilities.scripts import SESSIONS, SPAWNED, build_probe, write_script
from dfbench.engines import list_own_infos
from dfbench.environments.provider import Interpreter
from dfbench.execution.limits import choose_backend
from dfbench.report import capabilities, html, markdown
from dfbench.report.progress import Silence
from dfbench.storage import probe_results
from dfbench.storage.folder import Folder
from dfbench.storage.probe_results import ProbeOutcome, ProbeResult, Question, Trait
from dfbench.storage.records import Outcome, Run

HOLES = {
    "HEADING", "IMPORTS", "BEFORE", "OPENING", "MAPPING", "GUARD", "WORKERS", "FUNCTION",
    "ARGUMENTS", "FIRST", "FEW", "MANY", "SMALL", "LARGE", "HEAVY", "WARM_ARRAYS", "WARM_WORK",
}  # fmt: skip


def road(name: str) -> ParallelApi:
    return next(road for road in PARALLEL_APIS if road.name == name)


@pytest.mark.parametrize("question", Question)
@pytest.mark.parametrize("each", PARALLEL_APIS, ids=lambda road: road.name)
def test_every_probe_is_python_without_holes(each: ParallelApi, question: Question) -> None:
    tree = ast.parse(write_script(each, question, 2))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not names & HOLES


def test_only_questions_about_the_guard_leave_it_out() -> None:
    bare = {q for q in Question if "__main__" not in write_script(PARALLEL_APIS[0], q, 2)}
    assert bare == SESSIONS | {Question.UNGUARDED}
    spawned = {q for q in Question if "set_start_method" in write_script(PARALLEL_APIS[0], q, 2)}
    assert spawned == SPAWNED


def ask(tmp_path: Path, name: str, question: Question, patience: float = 30) -> ProbeResult:
    return prober(tmp_path, patience).ask(build_probe(road(name), question, 2))


def prober(tmp_path: Path, patience: float = 30) -> ProbeRunner:
    return ProbeRunner(Folder(tmp_path), choose_backend(), 2, patience)


def test_threads_take_a_closure_and_processes_do_not(tmp_path: Path) -> None:
    assert ask(tmp_path, "futures-thread", Question.CLOSURE).word is ProbeOutcome.YES
    refused = ask(tmp_path, "multiprocessing", Question.CLOSURE)
    assert refused.word is ProbeOutcome.NO
    assert "pickle local object" in refused.evidence


def test_workers_are_told_by_their_numbers(tmp_path: Path) -> None:
    assert ask(tmp_path, "futures-thread", Question.WORKERS).evidence == "threads"
    assert ask(tmp_path, "multiprocessing", Question.WORKERS).evidence == "processes"


def test_a_pool_that_waits_for_ever_hangs(tmp_path: Path) -> None:
    hangs = ask(tmp_path, "multiprocessing", Question.NOTEBOOK_SPAWN, patience=3)
    assert hangs.word is ProbeOutcome.HANGS
    assert "after 3 s" in hangs.evidence


def test_a_road_that_is_not_installed_says_so(tmp_path: Path) -> None:
    absent = ParallelApi("absent", "import absent_package", "pass", "map(FUNCTION, ARGUMENTS)")
    found = prober(tmp_path).ask(build_probe(absent, Question.WORKERS, 2))
    assert found.word is ProbeOutcome.MISSING


def test_a_wrong_answer_is_a_no(tmp_path: Path) -> None:
    wrong = ParallelApi("wrong", "", "pass", "map(FUNCTION, [7.0])")
    found = prober(tmp_path).ask(build_probe(wrong, Question.LAMBDA, 2))
    assert (found.word, "[8.0]" in found.evidence) == (ProbeOutcome.NO, True)


@pytest.mark.parametrize("trait", Trait)
@pytest.mark.parametrize("each", LIBRARIES, ids=lambda library: library.name)
def test_every_probe_of_a_library_is_python_without_holes(
    each: frame_libraries.FrameLibrary, trait: Trait
) -> None:
    tree = ast.parse(frame_libraries.write_script(each, trait, 2))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert {name for name in names if name.isupper()} <= {"BEGAN", "IMPORTED", "EXPRESSIONS",
        "PARTS", "ROWS"}  # fmt: skip
    assert each.name in ast.get_docstring(tree)


def test_pandas_has_all_of_its_own_syntax_and_polars_less(tmp_path: Path) -> None:
    found = {
        library.name: prober(tmp_path).ask(frame_libraries.build_probe(library, Trait.SYNTAX, 2))
        for library in LIBRARIES
        if library.name in {"pandas", "polars"}
    }
    assert found["pandas"].evidence == "24 of 24"
    assert 0 < found["polars"].figures["alike"] < 12


def test_pandas_and_polars_read_a_database_and_datatable_does_not(tmp_path: Path) -> None:
    words = {
        library.name: prober(tmp_path)
        .ask(frame_libraries.build_probe(library, Trait.DATABASE, 2))
        .word
        for library in LIBRARIES
        if library.name in {"pandas", "polars", "datatable"}
    }
    assert words == {
        "pandas": ProbeOutcome.YES,
        "polars": ProbeOutcome.YES,
        "datatable": ProbeOutcome.NO,
    }


def test_printed_figures_are_judged() -> None:
    lazy = interpret_output("x", "LAZY", '{"described": 0.01, "done": 1.0}')
    eager = interpret_output("x", "LAZY", '{"described": 0.9, "done": 1.0}')
    assert (lazy.word, eager.word, eager.evidence) == (
        ProbeOutcome.YES, ProbeOutcome.NO, "defined in 0.9 s, computed in 1 s",
    )  # fmt: skip
    speed = interpret_output("x", "SPEED", '{"imports": 1, "first": 2, "own": 0.5, "pandas": 1.0}')
    assert speed.figures == {"start": 3, "speedup": 2.0}
    short = interpret_output("x", "BEYOND", '{"answer": [1.0], "right": [2.0]}')
    assert (short.word, "instead of [2.0]" in short.evidence) == (ProbeOutcome.NO, True)


def test_the_articles_libraries_are_asked_where_they_take_part() -> None:
    pools = {"multiprocessing", "futures-process", "futures-thread", "joblib", "joblib/threads"}
    names = {one.name for one in list_own_infos() if "/" not in one.name} - {*pools, "loky"}
    subjects = {probe.subject for name in names for probe in collect.list_probes(name, 2)}
    assert subjects == {"pandas", "polars", "dask", "modin", "datatable", "numba", "ray"}
    for name in (*pools, "loky"):
        assert {probe.subject for probe in collect.list_probes(name, 2)} == {name}
    versioned = {probe.subject for probe in collect.list_probes("futures-thread@python3.13t", 2)}
    assert versioned == {"futures-thread@python3.13t"}


def test_a_finding_is_kept_for_the_next_comparison_and_a_rough_figure_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def answered(_: ProbeRunner, one: Probe) -> ProbeResult:
        asked.append(one.question)
        return ProbeResult(
            one.subject, one.question, ProbeOutcome.YES, busy=one.question == "COSTS"
        )

    monkeypatch.setattr(ProbeRunner, "ask", answered)
    here = {"loky": Interpreter("python", "3.11", {"loky": "3.5"})}
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
        ask_beside(here, Folder(tmp_path / folder), tmp_path, choose_backend(), 2, Silence())
        assert len(probe_results.read_lines(tmp_path / folder)[0]) == len(Question)
    assert asked == [*Question.__members__, "COSTS"]
    newer = {"loky": Interpreter("python", "3.11", {"loky": "3.6"})}
    (tmp_path / "third").mkdir()
    ask_beside(newer, Folder(tmp_path / "third"), tmp_path, choose_backend(), 2, Silence())
    assert len(asked) == 2 * len(Question) + 1


def test_evidence_joins_a_message_that_begins_on_the_next_line() -> None:
    log = "Traceback (most recent call last):\n  File\nRuntimeError: \n\n   An attempt was made\n"
    run = Run("x", "q", 1, Outcome.CRASHED, evidence="it ended", log=log)
    assert extract_evidence(run) == "RuntimeError: An attempt was made"


def test_a_run_without_an_error_of_python_tells_how_it_ended() -> None:
    run = Run("x", "q", 1, Outcome.OUT_OF_MEMORY, evidence="the kernel killed it")
    found = interpret_run(Probe("x", "LAMBDA", ""), run, None)
    assert (found.word, found.evidence) == (ProbeOutcome.NO, "the kernel killed it")


TOLD = {
    "imports": 0.1, "first": 0.3, "few": 0.01, "many": 0.19, "small": 0.2, "large": 0.84,
    "serial": 3.0, "parallel": 2.0,
}  # fmt: skip


def test_costs_are_differences_and_a_ratio() -> None:
    found = compute_costs(TOLD)
    assert found["start"] == pytest.approx(0.4)
    assert found["task"] == pytest.approx(0.0001)
    assert found["mebibyte"] == pytest.approx(0.01)
    assert found["speedup"] == pytest.approx(1.5)


def test_a_difference_below_zero_is_no_cost() -> None:
    assert "task" not in compute_costs({**TOLD, "many": 0.005})


def test_stored_findings_are_read_back_and_told(tmp_path: Path) -> None:
    made = (
        ProbeResult("loky", "WORKERS", ProbeOutcome.YES, "processes", {"workers": 2.0}),
        ProbeResult("loky", "LAMBDA", ProbeOutcome.NO, "TypeError: <b>"),
        ProbeResult("loky", "COSTS", ProbeOutcome.YES, "", compute_costs(TOLD), busy=True),
        ProbeResult("dask", "SYNTAX", ProbeOutcome.YES, "21 of 24", {"alike": 21.0}),
        ProbeResult("dask", "SPEED", ProbeOutcome.YES, "", {"start": 1.0, "speedup": 2.0}),
    )
    for one in made:
        probe_results.append(tmp_path, one)
    (tmp_path / probe_results.LINES).open("a").write(
        '{"subject": "x", "question": "AGE", "word": "no"}'
    )
    read, skipped = probe_results.read_lines(tmp_path)
    assert read == made
    assert "unknown question 'AGE'" in skipped[0] or "incomplete" in skipped[0]
    roads, family = capabilities.build_stories(read, 2)
    assert list(roads.grids[0].rows) == [("loky", "processes", "no", *"——————")]
    assert list(roads.grids[1].rows) == [("loky", "400 ms", "100 ms", "100 µs", "10.0 ms", "1.50×")]
    assert "loky, costs" in roads.warnings[0]
    assert list(family.grids[0].rows) == [("dask", "21 of 24", "2.00×", "1.00 s", *"————")]
    assert "&lt;b&gt;" in html.render_story(roads)
    assert "TypeError" in "".join(markdown.write_story(roads))
