"""Two comparisons against each other, and conditions that fail a build."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from dfbench.errors import DfbenchError, ResultsError
from dfbench.report import build, diff, gates
from dfbench.report.diff import Change, Diff
from dfbench.report.model import Verdict
from dfbench.storage import folder
from dfbench.storage.folder import StoredComparison
from dfbench.storage.records import Noise, Outcome, Run

from tests.support import stored_samples as samples

SMALL = {"engines": ("pandas", "polars", "datatable"), "queries": ("q1", "q6", "q10"), "rounds": 4}


def stored(
    tmp_path: Path, change: Callable[[Run], Run] = lambda run: run, **changes: Any
) -> StoredComparison:
    head = samples.head(**SMALL, **changes)
    made = folder.create(tmp_path, head)
    for run in samples.runs(head):
        made.append(change(run))
    for engine in SMALL["engines"]:
        made.write_program(engine, "q1", samples.program(engine, "q1"))
    return folder.read(made.path)


def slower(engine: str, factor: float) -> Callable[[Run], Run]:
    def change(run: Run) -> Run:
        if run.engine != engine:
            return run
        hot = tuple(time * factor for time in run.times.hot)
        return replace(run, times=replace(run.times, hot=hot))

    return change


def word(found: Diff, engine: str, query: str) -> Change:
    return next(c for c in found.changes if (c.engine, c.query) == (engine, query))


def test_the_same_twice_is_faster_nowhere(tmp_path: Path) -> None:
    found = diff.diff(stored(tmp_path), stored(tmp_path))
    assert {c.ratio.verdict for c in found.changes if c.ratio} == {Verdict.SAME}
    assert found.obstacles == found.notes == ()


def test_a_slow_down_is_found_and_named(tmp_path: Path) -> None:
    found = diff.diff(stored(tmp_path), stored(tmp_path, slower("polars", 1.5)))
    assert word(found, "polars", "q1").ratio.verdict is Verdict.SLOWER
    assert word(found, "polars", "q1").ratio.value == pytest.approx(1.5)
    assert word(found, "pandas", "q1").ratio.verdict is Verdict.SAME
    text = diff.render(found)
    assert "0 faster, 3 slower, 4 the same, 0 undecided" in text
    assert "polars q1      77.8 ms → 117 ms, 1.50× [1.48–1.52], slower\n" in text
    assert "353 ms → 353 ms, 1.00× [0.989–1.01], same (within 5 %)\n" in text


def test_a_kernel_that_keeps_some_pages_more_makes_no_other_machine(tmp_path: Path) -> None:
    machines = ({"cpu": "Xeon", "memory": memory} for memory in (25276518400, 25276502016))
    old, new = (stored(tmp_path, machine=machine) for machine in machines)
    assert diff.list_obstacles(old, new) == ()


def test_an_outcome_that_changes_is_told_first(tmp_path: Path) -> None:
    def lost(run: Run) -> Run:
        failed = run.engine == "pandas" and run.query == "q6"
        return replace(run, outcome=Outcome.CRASHED) if failed else run

    found = diff.diff(stored(tmp_path), stored(tmp_path, lost))
    assert word(found, "pandas", "q6").word == "ok → crashed"
    assert word(found, "datatable", "q6").word == "unsupported, unchanged"
    lines = diff.render(found).splitlines()
    assert lines[3] == "pandas q6      ok → crashed"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"limits": {"memory": 1}}, "limit of memory is 1 B, was 2 GiB"),
        ({"dataset": {"name": "other"}}, "dataset name is other, was G1_1e7_1e2_0_0"),
        ({"machine": {"cpu": "M1"}}, "machine's cpu is M1, was Xeon"),
        ({"workload": "join"}, "workload is join, was groupby"),
    ],
)
def test_what_is_not_comparable_is_refused_and_named(
    tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    old, new = stored(tmp_path), stored(tmp_path, **changes)
    with pytest.raises(ResultsError, match="are not comparable") as refused:
        diff.check_comparable(old, new)
    assert said in str(refused.value)
    assert f"! not comparable: {said}" in diff.render(diff.diff(old, new))


def test_versions_and_programs_that_changed_are_named_and_no_obstacle(tmp_path: Path) -> None:
    old = stored(tmp_path)
    engines = {**old.head.engines, "polars": {"version": "3.0.0"}}
    new = replace(old, head=replace(old.head, engines=engines, dfbench="0.2.0"))
    new = replace(new, programs={**new.programs, ("polars", "q1"): "import polars\n"})
    diff.check_comparable(old, new)
    assert diff.diff(old, new).notes == (
        "dfbench is 0.2.0, was 0.1.0",
        "polars: version is 3.0.0, was 2.1.0",
        "programs that changed: polars q1",
    )


def test_engines_of_one_side_only_are_named(tmp_path: Path) -> None:
    old = stored(tmp_path)
    runs = tuple(run for run in old.runs if run.engine != "polars")
    engines = {name: told for name, told in old.head.engines.items() if name != "polars"}
    new = replace(old, runs=runs, head=replace(old.head, engines=engines))
    notes = diff.diff(old, new).notes
    assert notes == ("not in the new comparison: polars q1, polars q6, polars q10",)


def test_a_slow_down_of_one_round_each_is_found_only_where_it_is_far(tmp_path: Path) -> None:
    once = {**SMALL, "rounds": 1}
    old = folder.read(samples.store(tmp_path, samples.head(**once)).path)
    for factor, verdict in ((1.5, Verdict.UNDECIDED), (20, Verdict.SLOWER)):
        new = replace(old, runs=tuple(slower("polars", factor)(run) for run in old.runs))
        found = word(diff.diff(old, new), "polars", "q1")
        assert found.ratio.verdict is verdict
        assert "one round" in found.word


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("polars > 1.1 * baseline", 1.1),
        ("polars>baseline", 1.0),
        ("polars/in-memory < .5*baseline", None),
        ("memory(pandas) > 4GiB", 4 * 2**30),
        ("memory( pandas+numba ) > 512 MiB", 512 * 2**20),
        ("memory(pandas) > 1e3", 1000),
        ("memory(pandas) > 4GB", 4e9),
        ("memory(pandas) > 4G", 4 * 2**30),
        ("memory(pandas) > 4 lightyears", None),
        ("polars", None),
        ("__import__('os')", None),
    ],
)
def test_conditions_are_read_or_refused_with_an_example(text: str, bound: float | None) -> None:
    if bound is None:
        with pytest.raises(DfbenchError, match=r"write 'polars > 1\.1 \* baseline'"):
            gates.read(text)
    else:
        assert gates.read(text).bound == bound


def judged(text: str, shown: Sequence[gates.Measurement]) -> gates.GateFindings:
    return gates.evaluate([gates.read(text)], shown)


@pytest.mark.parametrize(
    ("text", "holds", "open_on"),
    [
        ("polars > 1.1 * baseline", 0, 0),
        ("polars > 0.22 * baseline", 0, 3),  # inside the intervals
        ("polars > 0.1 * baseline", 3, 0),
        ("polars < 0.5 * baseline", 3, 0),
        ("datatable > 0.1 * baseline", 1, 1),  # q6 is unsupported, q10 out of memory
        ("pandas > 1.1 * baseline", 0, 0),
        ("memory(datatable) > 1GiB", 2, 0),
        ("memory(datatable) > 9GiB", 0, 1),  # q10 may have needed it
        ("memory(datatable) < 9GiB", 1, 1),
    ],
)
def test_what_is_certain_fails_and_what_is_open_is_not_decided(
    tmp_path: Path, text: str, holds: int, open_on: int
) -> None:
    found = judged(text, gates.of_view(build.build(stored(tmp_path))))
    assert (len(found.failures), len(found.undecided)) == (holds, open_on)


def test_memory_fails_on_the_questions_that_needed_it(tmp_path: Path) -> None:
    found = judged("memory(pandas) > 3GiB", gates.of_view(build.build(stored(tmp_path))))
    assert found.failures == ("memory(pandas) > 3GiB: pandas on q10 used 3.2 GiB",)


def test_a_busy_machine_decides_nothing(tmp_path: Path) -> None:
    busy = stored(tmp_path, lambda run: replace(run, noise=Noise(0.9, 0.0)))
    found = judged("polars > 0.1 * baseline", gates.of_view(build.build(busy)))
    assert found.failures == ()
    assert len(found.undecided) == 3
    assert all(sentence.endswith("on a busy machine") for sentence in found.undecided)


def test_in_a_difference_the_baseline_is_the_old_comparison(tmp_path: Path) -> None:
    found = gates.of_diff(diff.diff(stored(tmp_path), stored(tmp_path, slower("polars", 1.5))))
    assert len(judged("polars > 1.1 * baseline", found).failures) == 3
    assert judged("pandas > 1.1 * baseline", found) == gates.GateFindings()


def test_an_engine_that_was_not_compared_is_a_sentence(tmp_path: Path) -> None:
    shown = gates.of_view(build.build(stored(tmp_path)))
    with pytest.raises(
        DfbenchError, match="spark is not compared; expected one of: pandas, polars"
    ):
        judged("spark > baseline", shown)
