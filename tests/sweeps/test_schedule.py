"""The order of a sweep's runs, and its points, without any run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from dfbench.comparison.request import Request
from dfbench.errors import DfbenchError, LimitError, WorkloadError
from dfbench.execution import machine
from dfbench.spec.sweep import read_axis
from dfbench.storage import sweeps
from dfbench.sweeps.points import is_harder, make_points, rank_hardness, read_axes
from dfbench.sweeps.schedule import Place, choose_undecided, climb_curves, shuffle_places
from dfbench.sweeps.undecided import list_undecided

from tests.support import stored_sweeps

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


def test_a_budget_goes_to_what_is_undecided_the_cheapest_first_and_whole() -> None:
    costs = {place: 1.0 + place.point for place in PLACES}
    dear, cheap = (
        (Place(p, "polars", q), Place(p, "pandas", q)) for p, q in ((3, "q1"), (1, "q2"))
    )
    chosen = choose_undecided(PLACES, [dear, cheap], costs, 5.0)
    assert sorted(chosen) == sorted(cheap)
    assert len(choose_undecided(PLACES, [dear, cheap], costs, 12.0)) == 4
    assert choose_undecided(PLACES, [dear, cheap], costs, -1.0) == []
    alone = (Place(2, "polars", "q1"),)
    assert choose_undecided(PLACES, [cheap, alone], costs, 5.0) == list(alone)
    assert choose_undecided(PLACES[:1], [dear], costs, 12.0) == []


def test_peaks_that_differ_between_rounds_run_again_at_the_two_largest_sizes(
    tmp_path: Path,
) -> None:
    path = stored_sweeps.store(tmp_path, noise=0.0)
    assert list(list_undecided(sweeps.read(path))) == []
    for point in sweeps.read_head(path).points:
        _vary_peaks(path / point.folder / "runs.jsonl", "polars", "q2")
    again = [(Place(3, "polars", "q2"),), (Place(4, "polars", "q2"),)]
    assert list(list_undecided(sweeps.read(path))) == again


def test_two_runs_are_too_few_to_call_a_peak_steady(tmp_path: Path) -> None:
    path = stored_sweeps.store(tmp_path, noise=0.0)
    for point in sweeps.read_head(path).points:
        file = path / point.folder / "runs.jsonl"
        file.write_text("".join(file.read_text().splitlines(keepends=True)[:12]))
    assert {place.point for (place,) in list_undecided(sweeps.read(path))} == {3, 4}


def _vary_peaks(file: Path, engine: str, query: str) -> None:
    """Let a question need most memory, by a tenth more in each round."""
    runs = [json.loads(line) for line in file.read_text().splitlines()]
    for run in runs:
        if (run["engine"], run["query"]) == (engine, query):
            run["memory"]["query"] = int(run["memory"]["query"] * (1 + run["round"] / 10))
    file.write_text("".join(f"{json.dumps(run)}\n" for run in runs))


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
