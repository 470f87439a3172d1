"""The order of a sweep's runs, and its points, without any run."""

from __future__ import annotations

from pathlib import Path

import pytest
from dfbench.comparison.request import Request
from dfbench.errors import DfbenchError, LimitError, WorkloadError
from dfbench.execution import machine
from dfbench.spec.sweep import read_axis
from dfbench.sweeps.points import is_harder, make_points, rank_hardness, read_axes
from dfbench.sweeps.schedule import Place, choose_undecided, climb_curves, shuffle_places

PLACES = [Place(p, e, q) for p in range(4) for e in ("pandas", "polars") for q in ("q1", "q2")]
ROWS = read_axis("rows", ["1e2..1e5"])
MEMORY, NULLS = read_axis("memory", ["1GiB", "2GiB"]), read_axis("nulls", ["0", "5"])


def test_places_are_shuffled_by_round_and_seed() -> None:
    first, again, second = (shuffle_places(PLACES, round_, 7) for round_ in (1, 1, 2))
    assert first == again != second
    assert sorted(first) == sorted(second) == sorted(PLACES)


def test_every_curve_climbs_and_engines_stay_interleaved() -> None:
    shuffled = shuffle_places(PLACES, 1, 7)
    climbed = climb_curves(shuffled, lambda point: (float(point),))
    assert [place[1:] for place in climbed] == [place[1:] for place in shuffled]
    for curve in {place[1:] for place in PLACES}:
        assert [place.point for place in climbed if place[1:] == curve] == [0, 1, 2, 3]


def test_a_budget_goes_to_undecided_ratios_with_their_baseline_the_cheapest_first() -> None:
    costs = {place: 1.0 + place.point for place in PLACES}
    undecided = {Place(3, "polars", "q1"), Place(1, "polars", "q2")}
    chosen = choose_undecided(PLACES, undecided, "pandas", costs, 5.0)
    assert chosen == [Place(1, "pandas", "q2"), Place(1, "polars", "q2")]
    assert len(choose_undecided(PLACES, undecided, "pandas", costs, 12.0)) == 4
    assert choose_undecided(PLACES, undecided, "pandas", costs, -1.0) == []


def test_more_rows_and_less_memory_are_harder_and_other_nulls_are_another_curve() -> None:
    axes = (ROWS, MEMORY, NULLS)
    base = {"rows": 1e3, "memory": 2**30, "nulls": 0}
    assert is_harder(axes, {**base, "rows": 1e4}, base)
    assert is_harder(axes, {**base, "memory": 2**20}, base)
    assert not is_harder(axes, base, base)
    assert not is_harder(axes, {**base, "rows": 1e4, "memory": 2**31}, base)
    assert not is_harder(axes, {**base, "rows": 1e4, "nulls": 5}, base)
    assert rank_hardness(axes, base) == (1e3, -(2**30), 0)


WORKLOAD = """
workload: tiny
dataset: {generate: db-benchmark-groupby, rows: 1e3, groups: 10}
queries:
  q1: {group_by: id1, aggregate: {v1: sum(v1)}}
engines: [polars]
"""


@pytest.fixture
def request_(tmp_path: Path) -> Request:
    file = tmp_path / "tiny.yaml"
    file.write_text(WORKLOAD)
    return Request(file)


@pytest.mark.parametrize(
    ("over", "told"),
    [
        ([], "has no `sweep:`"),
        (["rows"], "the values are missing"),
        (["rows="], "--over rows=: the values are missing; write --over rows=1e4"),
        (["rows=1e6..1e4"], "--over rows=1e6..1e4: the range '1e6..1e4' runs backwards"),
        (["rows=5"], "1 point; a sweep has 2 to 200"),
        (["rows=1e3,1e4", "rows=1e5"], "listed twice"),
        (["rows=1e3..1e6:20", "groups=1..100:20"], "points; a sweep has"),
        (["share=1%..100%"], "--over share=1%: share applies to files only"),
        (["count=1..9"], "has either queries or tasks"),
    ],
)
def test_a_sweep_that_cannot_be_is_a_sentence(
    request_: Request, over: list[str], told: str
) -> None:
    workload = request_.read()
    with pytest.raises(DfbenchError, match=told):
        make_points(request_, workload, read_axes(workload, over))


def test_points_that_cannot_be_made_are_left_out_and_told(request_: Request) -> None:
    workload = request_.read()
    axes = read_axes(workload, ["rows=1e2,1e3", "groups=10,500"])
    points, skipped = make_points(request_, workload, axes)
    assert [point.name for point in points] == [
        "rows=100,groups=10", "rows=1000,groups=10", "rows=1000,groups=500",
    ]  # fmt: skip
    assert skipped == (
        "rows=100, groups=500 is left out: groups must be at most the number of rows, 100",
    )
    assert points[2].workload.dataset.groups == 500


@pytest.mark.parametrize(
    "over", ["memory=1GiB,1PiB", "memory=1GiB,900TiB", "threads=1,4096", "rows=1e4,1e15"]
)
def test_more_than_the_machine_has_is_a_sentence(request_: Request, over: str) -> None:
    workload = request_.read()
    with pytest.raises((LimitError, DfbenchError), match=r"machine|container|usable|unit|free"):
        make_points(request_, workload, read_axes(workload, [over]))
    assert machine.count_usable_cores() < 4096


def test_copies_of_files_that_the_disk_does_not_hold_are_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("k,v\n1,2\n")
    text = WORKLOAD.replace("generate: db-benchmark-groupby, rows: 1e3, groups: 10", "files: d.csv")
    (tmp_path / "tiny.yaml").write_text(text)
    request = Request(tmp_path / "tiny.yaml", cache=tmp_path)
    workload = request.read()
    with pytest.raises(LimitError, match=r"the data of all points takes about .* TiB"):
        make_points(request, workload, read_axes(workload, ["share=100%,1e17%"]))


def test_a_workload_names_its_own_axes(tmp_path: Path) -> None:
    file = tmp_path / "tiny.yaml"
    file.write_text(WORKLOAD + "sweep: {rows: 1e2..1e5}\n")
    workload = Request(file).read()
    assert read_axes(workload, []) == (ROWS,)
    file.write_text(WORKLOAD + "sweep: {rows: 1e5..1e2}\n")
    with pytest.raises(WorkloadError, match="backwards"):
        Request(file).read()
