"""Versions of one engine in a comparison: each is told against the one before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from dfbench.report import build
from dfbench.storage import folder
from dfbench.storage.records import Noise, Outcome, Run

from tests.support import stored_samples as samples

# The version, its time over that of pandas 2.3, its peak in GiB.
VERSIONS = {
    "pandas@3.1": ("3.1.1", 0.5, 3.2),
    "pandas@2.3": ("2.3.3", 1.0, 3.2),
    "polars": ("2.1.0", 0.44, 1.1),
    "polars@1.30": ("1.30.0", 0.22, 1.1),
    "polars@2.1": ("2.1.0", 0.44, 1.1),
    "polars/in-memory": ("2.1.0", 0.25, 1.1),
}


def told(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    engines: Sequence[str],
    change: Callable[[Run], Run] = lambda run: run,
) -> list[str]:
    for engine in engines:
        monkeypatch.setitem(samples.ENGINES, engine, VERSIONS[engine])
    head = samples.head(engines=engines, queries=("q1", "q2", "q3"), baseline=engines[0])
    made = folder.create(tmp_path, head)
    for run in samples.runs(head):
        made.append(change(run))
    return [
        s
        for s in build.build(folder.read(made.path)).sentences
        if " takes " in s and "fastest" not in s
    ]


def test_the_newer_version_is_told_against_the_older_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    engines = ("polars@2.1", "pandas@3.1", "polars@1.30", "pandas@2.3", "polars/in-memory")
    polars, pandas = told(monkeypatch, tmp_path, engines)
    assert polars.startswith("polars@2.1 takes 2.0")
    assert polars.endswith("), certainly slower on q1, q2 and q3.")
    assert pandas.startswith("pandas@3.1 takes 0.498×")
    assert pandas.endswith("), certainly faster on q1, q2 and q3.")


@pytest.mark.parametrize(
    "engines", [("polars", "polars@2.1"), ("polars/in-memory", "polars"), ("pandas@2.3", "polars")]
)
def test_the_same_version_and_other_engines_are_no_upgrade(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, engines: tuple[str, ...]
) -> None:
    assert not told(monkeypatch, tmp_path, engines)


def test_what_the_first_sentence_says_is_not_said_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    busy = Noise(foreign=0.5, steal=0.0)
    engines = ("pandas@2.3", "pandas@3.1")
    change = partial(replace, noise=busy)
    monkeypatch.setitem(VERSIONS, "pandas@3.1", ("3.1.1", 0.9, 3.2))
    assert not told(monkeypatch, tmp_path, engines, change)


def test_a_question_that_only_one_version_answers_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def change(run: Run) -> Run:
        lost = run.engine == "pandas@3.1" and run.query == "q2"
        won = run.engine == "pandas@2.3" and run.query == "q3"
        return replace(run, outcome=Outcome.CRASHED) if lost or won else run

    (sentence,) = told(monkeypatch, tmp_path, ("pandas@2.3", "pandas@3.1"), change)
    assert "over the 1 question both answered (95 % interval" in sentence
    assert ", certainly faster on q1" in sentence
    assert sentence.endswith("; it newly answers q3; it no longer answers q2.")
