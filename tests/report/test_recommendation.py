"""The first sentence of a comparison with a person's own code: what to use, and only if certain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from dfbench.report import build, html, markdown, terminal
from dfbench.report.model import View
from dfbench.report.recommendation import cut_program
from dfbench.storage import folder
from dfbench.storage.records import Agreement, Disagreement, Outcome, Run

from tests.support import stored_samples as samples

GOLDEN = Path(__file__).parents[1] / "golden"
Change = Callable[[Run], Run]


def show(
    results: Path,
    change: Change = lambda run: run,
    queries: tuple[str, ...] = ("q1",),
    engines: tuple[str, ...] = ("pandas", "polars", "dask"),
    differ: tuple[Disagreement, ...] = (),
) -> View:
    """Return a view in which the samples' pandas is the person's own code."""
    made = samples.head(engines, queries, rounds=6)
    named = {("yours" if name == "pandas" else name): v for name, v in made.engines.items()}
    stored = folder.create(results, replace(made, engines=named, baseline="yours"))
    for run in samples.runs(made):
        stored.append(change(replace(run, engine=run.engine.replace("pandas", "yours"))))
    for query in queries:
        stored.write_program("polars", query, (GOLDEN / "polars" / f"{query}.py").read_text())
        stored.append_agreement(Agreement(query, "duckdb", ("polars", "dask"), differ))
    return build.build(folder.read(stored.path))


def slow(factor: float) -> Change:
    """Return what makes the engines beside the code take so many times as long."""

    def change(run: Run) -> Run:
        hot = tuple(time * (1 if run.engine == "yours" else factor) for time in run.times.hot)
        return replace(run, times=replace(run.times, hot=hot))

    return change


def end(outcome: Outcome, evidence: str = "") -> Change:
    """Return what ends each run of the code."""
    return lambda run: (
        replace(run, outcome=outcome, evidence=evidence) if run.engine == "yours" else run
    )


def test_the_first_sentence_is_the_decision_in_every_form(tmp_path: Path) -> None:
    view = show(tmp_path)
    first = view.sentences[0]
    assert first.startswith("polars answers this in 77")
    assert "ms where your code takes 353 ms (4.55× [4." in first
    assert first.endswith("with 620 MiB instead of 1.76 GiB; 6 lines to paste below.")
    shown = terminal.render(view), markdown.render(view), html.render(view)
    for text in shown:
        assert "polars answers this in" in " ".join(text.split())
        assert "q1 in polars, to paste" in text
        assert "G1_1e7_1e2_0_0.parquet" in text
    assert markdown.escape(first) in shown[1]
    # One question: no second sentence holds the same ratio.
    assert not any("clearly fastest" in sentence for sentence in view.sentences)


@pytest.mark.parametrize(
    ("factor", "said"),
    [
        (1 / 0.22, "No engine is faster than your code by more than 5 %: polars takes"),
        (40, "Your code is the fastest: polars takes 8.7"),
    ],
)
def test_nothing_is_offered_that_is_not_certainly_faster(
    tmp_path: Path, factor: float, said: str
) -> None:
    view = show(tmp_path, slow(factor))
    assert view.sentences[0].startswith(said)
    assert view.offered == ()


def test_several_questions_are_one_decision_over_what_the_code_answers(tmp_path: Path) -> None:
    view = show(tmp_path / "all", queries=("q1", "q2"))
    assert view.sentences[0].startswith("polars answers all 2 questions in ")
    assert [program.query for program in view.offered] == ["q1", "q2"]

    def lose(run: Run) -> Run:
        lost = run.engine == "yours" and run.query == "q2"
        return replace(run, outcome=Outcome.TIMEOUT) if lost else run

    view = show(tmp_path / "some", lose, queries=("q1", "q2"))
    assert view.sentences[0].startswith("polars answers q1 in ")
    assert view.sentences[1].startswith("Your code timed out on q2, which polars answers in ")
    assert [program.query for program in view.offered] == ["q1", "q2"]


DIFFERENCE = Disagreement("yours", "3 rows instead of 4", (), "pandas drops the rows")


@pytest.mark.parametrize(
    ("change", "differ", "said", "offered"),
    [
        (
            end(Outcome.OUT_OF_MEMORY),
            (),
            "Your code ran out of memory on q1, which polars answers in 77",
            1,
        ),
        (
            end(Outcome.CRASHED, "slow.py:7: KeyError: 'x'"),
            (),
            "Your code failed on q1: slow.py:7: KeyError: 'x'.",
            0,
        ),
        (
            end(Outcome.WRONG, "3 rows instead of 4"),
            (DIFFERENCE,),
            "Your code answers q1 differently from the workload, so no engine is faster or slower",
            0,
        ),
    ],
)
def test_code_without_a_time_gets_no_ratio(
    tmp_path: Path, change: Change, differ: tuple[Disagreement, ...], said: str, offered: int
) -> None:
    view = show(tmp_path, change, differ=differ)
    assert view.sentences[0].startswith(said)
    assert len(view.offered) == offered
    assert "your code takes" not in terminal.render(view)
    assert not any(sentence.startswith("yours ") for sentence in view.sentences)


def test_an_engine_that_differs_is_not_offered(tmp_path: Path) -> None:
    view = show(tmp_path, differ=(Disagreement("polars", "1 row differs"),))
    assert not view.sentences[0].startswith("polars answers")


def test_a_pasted_program_runs_on_the_file(tmp_path: Path) -> None:
    text = cut_program((GOLDEN / "polars" / "q1.py").read_text(), ["a.parquet", "b.parquet"])
    assert text.startswith("import polars as pl\n\n\ndef load(path):")
    assert text.endswith('answer = query(load("a.parquet"))')
    assert "rows" not in text
    assert "sys" not in text
