"""The kit finds what it is there to find: wrong answers, unfinished work, programs that changed."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from dfbench.commands import engine
from dfbench.engines import find, load_engines
from dfbench.engines.base import Program, Resources
from dfbench.errors import EngineError, Unsupported
from dfbench.spec.schema import Schema
from dfbench.spec.workload import Query, Tasks
from dfbench.storage.records import Outcome, Run
from dfbench.testing.conformance import kit
from dfbench.testing.conformance.answers import open_runner
from dfbench.testing.conformance.canaries import Spent
from dfbench.testing.conformance.cases import CASES
from dfbench.testing.conformance.golden import Golden, list_differences, list_problems, save
from dfbench.testing.conformance.kit import KitPart

SOUND = """import polars as pl
def load(path): return pl.read_parquet(path)
def query(data): ...
def rows(answer): ...
"""


@dataclass(frozen=True)
class Liar:
    """Answers as Polars, with every sum one too large, and refuses means."""

    name: str = "liar"
    distributions: tuple[str, ...] = ("polars",)

    def environment(self, _: Resources) -> dict[str, str]:
        return {}

    def write(self, query: Query | Tasks, data: Schema, resources: Resources) -> Program:
        program = find("polars").write(query, data, resources)
        if "pl.mean(" in program.text:
            raise Unsupported("mean()", "it has none")
        return replace(program, text=re.sub(r"(pl\.sum\([^)]*\))", r"\1.add(1)", program.text))


@dataclass(frozen=True)
class Failing(Liar):
    """Raises before it has any memory worth a name."""

    name: str = "failing"

    def write(self, query: Query | Tasks, data: Schema, resources: Resources) -> Program:
        program = find("polars").write(query, data, resources)
        return replace(program, text=f"raise OSError('no room')\n{program.text}")


def test_an_engine_that_fails_with_room_is_not_run_without(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(load_engines(), "failing", Failing())
    (failure,) = kit._check_limits("failing", tmp_path).failures
    assert failure.startswith("q1: crashed, OSError: no room")


@pytest.fixture
def liar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(load_engines(), "liar", Liar())


def test_wrong_answers_fail_and_refusals_in_words_do_not(liar: None, tmp_path: Path) -> None:
    asked = [case for case in CASES if case.name in {"sum-plain", "max-plain", "mean-plain"}]
    with open_runner("liar", tmp_path) as runner:
        part = kit._run_cases("answers", runner, asked)
    assert (part.met, part.unsupported, part.total) == (1, 1, 3)
    (failure,) = part.failures
    assert failure.startswith("sum-plain: ")
    assert "out" in failure


def test_an_engine_that_is_not_installed_is_told_with_what_adds_it() -> None:
    with pytest.raises(EngineError, match=r"daft: .*not installed.*an environment of its own"):
        next(kit.test("daft", None))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (SOUND, None),
        (SOUND + "import dfbench.engines\n", "imports dfbench"),
        (SOUND + "from dfbench import read\n", "imports dfbench"),
        ("import polars\npolars.read(1)\ndef load(path): ...\n", "has no function query, rows"),
        (SOUND.replace("polars", "pandas"), "does not call polars"),
        (SOUND.replace("pl.read_parquet(path)", "path"), "does not call polars"),
        ("def load(", "is not valid Python"),
    ],
)
def test_a_program_is_a_module_of_its_own(text: str, problem: str | None) -> None:
    found = list(list_problems(text, "polars"))
    assert bool(found) == (problem is not None)
    assert all(problem in told for told in found)


def test_programs_are_held_against_the_reviewed_ones(tmp_path: Path) -> None:
    save(Golden({"q1.py": "1\n", "q2.py": "2\n"}, {}), tmp_path)
    now = Golden({"q2.py": "3\n", "q3.py": "3\n"}, {})
    told = list(list_differences(now, tmp_path))
    assert told == [
        "q1.py is no longer written",
        "q2.py differs from the reviewed one",
        "q3.py is new",
    ]
    save(now, tmp_path)
    assert not list(list_differences(now, tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["q2.py", "q3.py"]


def test_work_after_the_answer_and_a_second_thread_are_seen() -> None:
    lazy = Spent(query=0.1, after=0.2, rows=0.3, background=0, wall=0.1, executions=1)
    wide = Spent(query=2.0, after=0, rows=0, background=0, wall=1.0, executions=1)
    assert (lazy.is_finished, lazy.is_alone) == (False, True)
    assert (wide.is_finished, wide.is_alone) == (True, False)


def test_a_run_on_more_cores_than_allowed_fails() -> None:
    wide = Run("e", "q1", 1, Outcome.OK, evidence="used 2 cores", cores=2)
    part = kit._judge_runs("limits", (wide, replace(wide, cores=None)), {Outcome.OK})
    assert (part.met, part.failures) == (1, ("q1: ok, used 2 cores",))


@pytest.mark.parametrize("failures", [(), ("late: still running",)])
def test_a_failure_is_the_exit_code_and_the_badge(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    failures: tuple[str, ...],
) -> None:
    parts = [KitPart("answers", 3, 1), KitPart("limits", 2, failures=failures)]
    monkeypatch.setattr(kit, "test", lambda *_: iter(parts))
    code = engine.run_kit("duck", None, tmp_path / "badge.json")
    badge = json.loads((tmp_path / "badge.json").read_text())
    told = "fails in limits" if failures else "nothing fails"
    assert code == bool(failures)
    assert badge["message"] == f"3 of 4 cases, {told}"
    assert badge["color"] == ("red" if failures else "brightgreen")
    assert all(failure in capsys.readouterr().out for failure in failures)
