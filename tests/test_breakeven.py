"""Break-even: lines through two sizes, where they cross, and what rounds agree on."""

from __future__ import annotations

from pathlib import Path

import pytest
from dfbench import flow
from dfbench.errors import DataError
from dfbench.flow import Request
from dfbench.reporting.breakeven import (
    Crossing,
    Kind,
    Line,
    Sizes,
    build,
    crossing,
    line,
    settled,
)
from dfbench.reporting.progress import Silence
from dfbench.storing.folder import Stored
from dfbench.storing.records import Agreement, Disagreement, Head, Outcome, Run, Times


def test_a_line_through_two_points_gives_both_back() -> None:
    found = line(100, 2.0, 1000, 11.0)
    assert found.start + 100 * found.cost == pytest.approx(2.0)
    assert found.start + 1000 * found.cost == pytest.approx(11.0)


def test_more_rows_in_less_time_are_noise_and_no_cost_below_zero() -> None:
    assert line(100, 2.0, 1000, 1.5) == Line(2.0, 0.0)


@pytest.mark.parametrize(
    ("road", "kind", "at"),
    [
        (Line(2.0, 0.5), Kind.FROM, 2.0),
        (Line(0.5, 0.5), Kind.ALWAYS, None),
        (Line(1.0, 0.5), Kind.ALWAYS, None),
        (Line(2.0, 1.0), Kind.NEVER, None),
        (Line(2.0, 2.0), Kind.NEVER, None),
        (Line(1.0, 1.0), Kind.NEVER, None),
        (Line(0.0, 2.0), Kind.BELOW, 1.0),
    ],
)
def test_lines_cross_where_arithmetic_says(road: Line, kind: Kind, at: float | None) -> None:
    assert crossing(road, Line(1.0, 1.0)) == Crossing(kind, at)


def test_rounds_that_differ_in_kind_are_undecided() -> None:
    assert settled([Crossing(Kind.FROM, 5.0), Crossing(Kind.NEVER)]).kind is Kind.UNDECIDED
    assert settled([]).kind is Kind.UNDECIDED


def test_rounds_that_agree_give_their_median() -> None:
    places = [Crossing(Kind.FROM, at) for at in (5.0, 9.0, 700.0)]
    assert settled(places) == Crossing(Kind.FROM, 9.0)
    assert settled([*places[:1], Crossing(Kind.ALWAYS)]) == Crossing(Kind.FROM, 2.5)


def stored(path: Path, times: dict[str, float], wrong: tuple[str, ...] = ()) -> Stored:
    """Give a comparison of one round; an engine without a time timed out."""
    runs = tuple(
        Run(name, "q", 1, Outcome.OK, times=Times(startup=0.1, load=0.0, cold=t, hot=(t,)))
        if t
        else Run(name, "q", 1, Outcome.TIMEOUT)
        for name, t in times.items()
    )
    names: dict[str, dict[str, str]] = {name: {} for name in times}
    head = Head("w", "", "", "", "", {"q": "?"}, names, {}, {}, {}, {}, "serial", "0")
    differ = tuple(Disagreement(name, "other") for name in wrong)
    return Stored(path, head, runs, (Agreement("q", "python", (), differ),))


def test_the_table_tells_crossings_failures_and_wrong_answers(tmp_path: Path) -> None:
    few = stored(tmp_path, {"serial": 1.0, "pool": 2.5, "slow": 0, "liar": 0.1})
    many = stored(tmp_path, {"serial": 10.0, "pool": 7.0, "slow": 0, "liar": 0.1}, ("liar",))
    (grid,) = build(Sizes(100, 1000, few, many, "tasks"))
    told = {row[0]: row[3:] for row in grid.rows}
    assert told == {
        "serial": ("baseline", "baseline"),
        "pool": ("from 400 tasks", "from 400 tasks"),
        "slow": ("timeout", "—"),
        "liar": ("wrong", "—"),
    }


def test_a_place_outside_the_measured_sizes_is_marked(tmp_path: Path) -> None:
    few = stored(tmp_path, {"serial": 1.0, "pool": 9.0})
    many = stored(tmp_path, {"serial": 10.0, "pool": 17.0})
    (grid,) = build(Sizes(100, 1000, few, many, "rows"))
    assert grid.rows[1][4] == "from 7,300 rows †"


def test_files_have_one_size(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("a,b\n1,2\n")
    workload = tmp_path / "w.yaml"
    workload.write_text(
        "workload: w\ndataset: {files: [mine.csv]}\n"
        "queries:\n  q: {question: a sum, group_by: a, aggregate: {s: sum(b)}}\n"
        "engines: [duckdb]\n"
    )
    with pytest.raises(DataError, match="one size"):
        flow.both(Request(workload, results=tmp_path), Silence())


def test_both_sizes_are_compared_and_kept(tmp_path: Path) -> None:
    asked = {"tasks.count": "40", "tasks.arguments": "{steps: 3}", "measure.rounds": "1"}
    request = Request("random_walk", ("serial", "futures-thread"), (), asked, tmp_path)
    sizes = flow.both(request, Silence())
    assert (sizes.small, sizes.large, sizes.unit) == (4, 40, "tasks")
    (grid,) = build(sizes)
    assert [row[0] for row in grid.rows] == ["serial", "futures-thread"]
    assert len(list(tmp_path.glob("*/*/comparison.json"))) == 2
