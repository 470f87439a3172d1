"""Break-even: lines through two sizes, where they cross, and what rounds agree on."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from dfbench.comparison import session
from dfbench.comparison.request import Request
from dfbench.comparison.scaling import measures_probes, measures_secondary, scale_down
from dfbench.report.break_even import (
    BreakEven,
    CostModel,
    Kind,
    combine,
    describe_line,
    describe_stories,
    find_crossing,
)
from dfbench.spec.reader import read, read_text
from dfbench.storage.folder import StoredComparison, find_newest
from dfbench.storage.records import Agreement, Disagreement, Head, Outcome, Run, Times


def test_a_line_through_two_points_gives_both_back() -> None:
    found = describe_line(100, 2.0, 1000, 11.0)
    assert found.start + 100 * found.cost == pytest.approx(2.0)
    assert found.start + 1000 * found.cost == pytest.approx(11.0)


def test_more_rows_in_less_time_are_noise_and_no_cost_below_zero() -> None:
    assert describe_line(100, 2.0, 1000, 1.5) == CostModel(2.0, 0.0)


@pytest.mark.parametrize(
    ("road", "kind", "at"),
    [
        (CostModel(2.0, 0.5), Kind.FROM, 2.0),
        (CostModel(0.5, 0.5), Kind.ALWAYS, None),
        (CostModel(1.0, 0.5), Kind.ALWAYS, None),
        (CostModel(2.0, 1.0), Kind.NEVER, None),
        (CostModel(2.0, 2.0), Kind.NEVER, None),
        (CostModel(1.0, 1.0), Kind.NEVER, None),
        (CostModel(0.0, 2.0), Kind.BELOW, 1.0),
    ],
)
def test_lines_cross_where_arithmetic_says(road: CostModel, kind: Kind, at: float | None) -> None:
    assert find_crossing(road, CostModel(1.0, 1.0)) == BreakEven(kind, at)


def test_rounds_that_differ_in_kind_are_undecided() -> None:
    assert combine([BreakEven(Kind.FROM, 5.0), BreakEven(Kind.NEVER)]).kind is Kind.UNDECIDED
    assert combine([]).kind is Kind.UNDECIDED


def test_rounds_that_agree_give_their_median() -> None:
    places = [BreakEven(Kind.FROM, at) for at in (5.0, 9.0, 700.0)]
    assert combine(places) == BreakEven(Kind.FROM, 9.0)
    assert combine([*places[:1], BreakEven(Kind.ALWAYS)]) == BreakEven(Kind.FROM, 2.5)


def measured(
    path: Path,
    times: dict[str, float],
    size: int,
    unit: str = "tasks",
    rows: int | None = None,
    wrong: tuple[str, ...] = (),
) -> StoredComparison:
    """Return a comparison of one round; an engine without a time timed out."""
    runs = tuple(
        Run(
            name, "q", 1, Outcome.OK,
            times=Times(startup=0.1, load=0.0, cold=t, hot=(t,)), rows=rows or size,
        )
        if t
        else Run(name, "q", 1, Outcome.TIMEOUT)
        for name, t in times.items()
    )  # fmt: skip
    names: dict[str, dict[str, str]] = {name: {} for name in times}
    measure = {"sizes": {"q": size}, "units": {"q": unit}}
    head = Head("w", "", "", "", "", {"q": "?"}, names, {}, {}, measure, {}, "serial", "0")
    differ = tuple(Disagreement(name, "other") for name in wrong)
    return StoredComparison(path, head, runs, (Agreement("q", "python", (), differ),))


def told(many: StoredComparison, few: StoredComparison) -> tuple[str, dict[str, tuple[str, ...]]]:
    """Return the caption of the only table, and each engine's words."""
    (story,) = describe_stories(replace(many, tenth=few))
    (grid,) = story.grids
    return grid.caption, {row[0]: tuple(row[3:]) for row in grid.rows}


def test_the_table_tells_crossings_failures_and_wrong_answers(tmp_path: Path) -> None:
    few = measured(tmp_path, {"serial": 1.0, "pool": 2.5, "slow": 0, "liar": 0.1}, 100)
    times = {"serial": 10.0, "pool": 7.0, "slow": 0, "liar": 0.1}
    assert told(measured(tmp_path, times, 1000, wrong=("liar",)), few) == (
        "q: 100 and 1,000 tasks",
        {
            "serial": ("baseline", "baseline"),
            "pool": ("from 400 tasks", "from 400 tasks"),
            "slow": ("timeout", "—"),
            "liar": ("wrong", "—"),
        },
    )


def test_a_place_outside_the_measured_sizes_is_marked(tmp_path: Path) -> None:
    few = measured(tmp_path, {"serial": 1.0, "pool": 9.0}, 100, "rows")
    many = measured(tmp_path, {"serial": 10.0, "pool": 17.0}, 1000, "rows")
    assert told(many, few)[1]["pool"][1] == "from 7,300 rows †"


def test_a_group_function_is_told_in_groups_where_there_are_fewer_of_them(tmp_path: Path) -> None:
    times = {"serial": 1.0, "pool": 1.5}, {"serial": 2.0, "pool": 2.0}
    few, many = measured(tmp_path, times[0], 1000, "groups", 10), (1000 * 10, "groups")
    assert told(measured(tmp_path, times[1], *many, 20), few) == (
        "q: 10 and 20 groups",
        {"serial": ("baseline", "baseline"), "pool": ("from 20 groups", "from 20 groups")},
    )
    assert told(measured(tmp_path, times[1], *many, 10), few)[0] == "q: 1,000 and 10,000 rows"


def test_two_rounds_give_the_interval_of_a_crossover_or_none_is_certain(tmp_path: Path) -> None:
    few = repeated(measured(tmp_path, {"serial": 1.0, "pool": 2.5}, 100), 1.02)
    many = measured(tmp_path, {"serial": 10.0, "pool": 7.0}, 1000)
    found = told(repeated(many, 1.01), few)[1]["pool"][1]
    numbers = re.fullmatch(r"from (\d+) tasks \[(\d+)–(\d+)\]", found)
    assert numbers is not None
    at, low, high = map(int, numbers.groups())
    assert low < at < high < 2 * low
    assert told(repeated(many, 1.5), few)[1]["pool"][1] == "undecided"


def repeated(stored: StoredComparison, factor: float) -> StoredComparison:
    """Return a comparison with a second round, all of whose times are larger by a factor."""
    again = []
    for run in stored.runs:
        (hot,), cold = run.times.hot, run.times.cold or 0.0
        times = replace(run.times, cold=cold * factor, hot=(hot * factor,))
        again.append(replace(run, round=2, times=times))
    return replace(stored, runs=(*stored.runs, *again))


def test_a_comparison_without_a_tenth_has_no_such_section(tmp_path: Path) -> None:
    assert describe_stories(measured(tmp_path, {"serial": 1.0}, 100)) == ()


def test_functions_with_work_to_do_are_measured_at_two_sizes() -> None:
    walks, rows = read("random_walk"), read("apply")
    small = scale_down(walks)
    assert measures_secondary(walks, 0)
    assert small is not None
    assert [one.count for one in small.tasks] == [one.count // 10 for one in walks.tasks]
    fewer = scale_down(rows)
    assert fewer is not None
    assert (fewer.dataset.rows, fewer.dataset.groups) == (100_000, 10)
    assert measures_secondary(rows, 100_000)
    assert not measures_secondary(rows, 99_999)
    assert not measures_secondary(read("random_walk", {"tasks.count": "99"}), 0)
    assert not measures_secondary(read("apply", {"measure.beside": "none"}), 10**6)
    assert not measures_secondary(read("groupby"), 10**7)
    assert measures_secondary(read("groupby", {"measure.beside": "all"}), 10)


def test_a_workload_of_ones_own_is_probed_where_that_is_asked_for() -> None:
    own = replace(read("apply"), file="my.yaml")
    assert measures_secondary(own, 10**6)
    assert [measures_probes(asked, 10**6) for asked in (read("apply"), own)] == [True, False]
    assert measures_probes(replace(own, measure=replace(own.measure, beside="all")), 10**6)


def test_files_have_one_size(tmp_path: Path) -> None:
    text = "dataset: {files: mine.csv}\nqueries:\n  q: {apply: {rows: 2 * b, as: c}}\n"
    assert scale_down(read_text(text, "w.yaml", tmp_path)) is None


def test_both_sizes_are_measured_kept_and_one_comparison(tmp_path: Path) -> None:
    asked = {"tasks.count": "40", "tasks.arguments": "{steps: 3}", "measure.rounds": "1"}
    asked["measure.beside"] = "all"
    request = Request("random_walk", ("serial", "futures-thread"), (), asked, tmp_path)
    comparison = session.compare(request, request.read())
    story, roads = comparison.view.stories
    assert roads.title == "Parallel back-ends"
    assert [row[:2] for row in roads.grids[0].rows] == [("futures-thread", "threads")]
    (grid,) = story.grids
    assert grid.caption == "walk: 4 and 40 tasks"
    assert [row[0] for row in grid.rows] == ["serial", "futures-thread"]
    assert find_newest(tmp_path) == comparison.path
    assert "walk: 4 and 40 tasks" in (comparison.path / "report.md").read_text()
    assert "walk: 4 and 40 tasks" in (comparison.path / "report.html").read_text()
