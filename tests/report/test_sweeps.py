"""Sweeps: crossovers whose intervals hold the truth, growth, forecasts, and every form."""

from __future__ import annotations

import json
import math
import random
import re
from collections.abc import Callable
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from dfbench.errors import ResultsError
from dfbench.report import markdown
from dfbench.report.crossovers import Contest, Curve, Stretch, compare
from dfbench.report.formats import Format
from dfbench.report.spread import estimate_prior, moderate, pool
from dfbench.report.sweeps import charts, words
from dfbench.report.sweeps.build import NOTHING, build
from dfbench.report.sweeps.curves import measure_peaks, split_facets
from dfbench.report.sweeps.forms import render
from dfbench.report.sweeps.growth import (
    LEAST_MISS,
    MemoryForecast,
    describe_growth,
    describe_speedup,
    forecast_memory,
)
from dfbench.report.sweeps.rebuild import write_reports
from dfbench.report.trend import connect, fit
from dfbench.spec.sweep import KINDS
from dfbench.storage import folder, sweeps

from tests.support import stored_samples, stored_sweeps

SIZES = np.geomspace(1e4, 1e7, 5)
Cost = Callable[[np.ndarray], np.ndarray]


def measured(cost: Cost, noise: float, seed: random.Random, rounds: int = 3) -> Curve:
    """Return the curve of an engine whose rounds scatter by so much, as a report makes it."""
    times = [[t * seed.lognormvariate(0, noise) for _ in range(rounds)] for t in cost(SIZES)]
    own = [pool([row]) for row in times]
    spreads = [moderate(one, estimate_prior(own)) for one in own]
    logs = np.array([np.mean(np.log(row)) for row in times])
    variances = np.array([spread.variance / rounds for spread in spreads])
    return Curve(fit(SIZES, logs), variances, np.array([one.freedom for one in spreads]))


def test_the_intervals_of_crossovers_hold_the_truth_in_95_percent_of_simulations() -> None:
    seed = random.Random(17)
    held = []
    for _ in range(1000):
        at = 10 ** seed.uniform(4.7, 6.3)
        old = _draw_cost(seed.uniform(0.0005, 0.003), 10 ** seed.uniform(-8, -7), seed)
        meeting = float(old(np.array([at]))[0])
        start, power = meeting * seed.uniform(0.5, 0.9), seed.uniform(0.7, 1.1)
        new = _make_cost(start, (meeting - start) / at**power, power)
        contest = compare([(measured(new, 0.03, seed), measured(old, 0.06, seed))])
        held += [one.low <= at <= one.high for one in contest.crossings]
    assert len(held) > 900
    assert 0.93 <= np.mean(held) <= 0.97


def _draw_cost(start: float, each: float, seed: random.Random) -> Cost:
    return _make_cost(start, each, seed.uniform(0.8, 1.2))


def _make_cost(start: float, each: float, power: float) -> Cost:
    return lambda n: start + each * n**power


def test_a_curve_meets_its_points_and_has_the_models_shape_between_them() -> None:
    cost = _make_cost(0.01, 3e-7, 0.9)
    trend = fit(SIZES, np.log(cost(SIZES)))
    between = np.geomspace(1e4, 1e7, 33)
    assert np.exp(trend.at(between)[0]) == pytest.approx(cost(between), rel=0.002)
    bent = fit(SIZES, np.log(cost(SIZES)) + np.array([0, 0.5, 0, -0.5, 0]))
    assert bent.at(SIZES)[0] == pytest.approx(bent.logs)
    line = connect(np.array([0.0, 5.0]), np.array([1.0, 2.0]))
    assert line.at(np.array([2.5]))[0] == pytest.approx([1.5])


def test_equal_engines_are_undecided_and_far_ones_never_cross() -> None:
    seed = random.Random(3)
    cost = _make_cost(0.01, 1e-7, 1.0)
    one, other = measured(cost, 0.05, seed), measured(cost, 0.05, seed)
    dearer = measured(lambda n: 3 * cost(n), 0.05, seed)
    assert [stretch.sign for stretch in compare([(one, other)]).stretches] == [0]
    contest = compare([(dearer, one)])
    assert [stretch.sign for stretch in contest.stretches] == [1]
    assert contest.crossings == ()


def test_what_lies_undecided_between_two_certain_ranges_is_told() -> None:
    stretches = (Stretch(-1, 1, 7), Stretch(0, 8, 380), Stretch(-1, 390, 390), Stretch(0, 391, 400))
    form = words.SizeFormat(KINDS["share"])
    told = words.describe_contest("polars", "pandas", Contest(1, 400, stretches, ()), form)
    assert told == (
        "polars is faster than pandas from 1 to 7 and at 390 % of the data; "
        "undecided from 7 to 390 and above 390"
    )


def test_growth_is_told_with_its_power_and_only_where_it_was_fitted() -> None:
    seed = random.Random(3)
    growth = describe_growth(measured(_make_cost(0.001, 1e-7, 0.9), 0.01, seed))
    assert growth.low < 0.9 < growth.high
    assert growth.high - growth.low < 0.2
    few = Curve(fit(SIZES[:2], np.array([0.0, 1.0])), np.ones(2), np.ones(2))
    assert words.describe_power(describe_growth(few)) == "1 (assumed)"


def test_a_memory_forecast_is_tested_on_the_largest_size() -> None:
    assert forecast_memory({1e4: 1e8, 1e5: 2e8}) is None
    line = {n: 5e7 + 60 * n for n in (1e4, 1e5, 1e6, 4e6)}
    found = forecast_memory(line)
    assert found.each == pytest.approx(60, rel=1e-6)
    assert abs(found.miss) < 1e-9
    assert found.problem == ""
    at, low, high = found.reach(16e9)
    assert at == pytest.approx((16e9 - 5e7) / 60)
    assert low <= at <= high
    assert found.reach(4e7) is None
    assert forecast_memory({**line, 4e6: 1e9}).problem == "no forecast: not a line"
    assert forecast_memory({n: 5e7 + n for n in (1e4, 1e5, 1e6)}).problem.endswith("hardly grows")


def test_what_an_engine_holds_at_its_start_bears_on_its_forecast() -> None:
    # Polars on q10, in MiB: single runs of 14, the highest of the smallest size.
    peaks = {250_000.0: 140.0, 500_000.0: 174.0, 1e6: 334.0, 4e6: 1331.0}
    assert abs(forecast_memory({0.0: 27.0, **peaks}).miss) < LEAST_MISS
    assert forecast_memory({0.0: 27.0, 1e4: 30.0, 1e5: 60.0}) is None


def test_a_peak_is_the_mean_of_its_rounds(tmp_path: Path) -> None:
    path = stored_sweeps.store(tmp_path)
    for number, point in enumerate(sweeps.read_head(path).points):
        _set_peaks(path / point.folder / "runs.jsonl", [100 + number, 100 + number, 400 + number])
    peaks = measure_peaks(split_facets(sweeps.read(path))[0], "polars")
    assert list(peaks.values())[1:] == [200, 201, 202, 203, 204]


def _set_peaks(file: Path, peaks: list[int]) -> None:
    runs = [json.loads(line) for line in file.read_text().splitlines()]
    for run in runs:
        run["memory"] |= {"peak": peaks[run["round"] - 1], "query": peaks[run["round"] - 1]}
        run["memory"]["startup"] = run["memory"]["load"] = 1
    file.write_text("".join(f"{json.dumps(run)}\n" for run in runs))


@pytest.mark.parametrize(("axis", "first"), [("rows", 0.0), ("groups", 10_000.0)])
def test_nothing_but_the_start_is_left_at_0_rows_though_not_at_0_groups(
    tmp_path: Path, axis: str, first: float
) -> None:
    stored = sweeps.read(stored_sweeps.store(tmp_path, axis))
    (facet,) = split_facets(stored)
    peaks = measure_peaks(facet, "pandas")
    assert min(peaks) == first
    assert peaks.get(0.0, stored_sweeps.START) == stored_sweeps.START
    (memory,) = (story for story in build(stored).stories if story.title == "Memory")
    assert ("at its start" in memory.legend) == (first == 0)


@pytest.mark.parametrize(
    ("each", "told"), [(1094.2, "1,090"), (2_114_321.0, "2,110,000"), (60.0, "60"), (4.75, "4.75")]
)
def test_bytes_for_each_row_have_three_digits(each: float, told: str) -> None:
    assert words.describe_slope(MemoryForecast(0.0, each, 0.0, 1.0)) == told


def test_threads_are_told_by_amdahls_law() -> None:
    threads = np.array([1.0, 2.0, 4.0, 8.0])
    times = 0.2 + 0.8 / threads
    curve = Curve(fit(threads, np.log(times), power=-1.0), np.full(4, 1e-6), np.full(4, 8.0))
    found = describe_speedup(curve)
    assert found.serial == pytest.approx(0.2, abs=0.001)
    assert found.low < 0.2 < found.high
    assert found.speedup[0] == pytest.approx(1 / 0.3)


def test_a_slow_down_over_threads_is_no_certain_serial_share() -> None:
    threads = np.array([1.0, 2.0])
    trend = fit(threads, np.log([1.0, 1.1]), power=-1.0)
    found = describe_speedup(Curve(trend, np.full(2, 0.01), np.full(2, 4.0)))
    assert (found.serial, found.high) == (pytest.approx(1.0), 1.0)
    assert found.low < 0.8
    alone = describe_speedup(Curve(trend, np.full(2, 1e-8), np.full(2, 1.0), known=False))
    assert words.describe_speedup(alone) == ("0.909×, one round", "100 %")
    assert (alone.low, alone.high) == (0.0, 1.0)


def test_a_sweep_says_who_overtakes_whom_and_where_a_curve_ends(tmp_path: Path) -> None:
    view = build(sweeps.read(stored_sweeps.store(tmp_path, ends=("dask", 1_000_000))))
    overtakes = next(s for s in view.sentences if s.startswith("polars overtakes pandas at"))
    numbers = re.findall(r"[\d,]+", overtakes)
    at, low, high = (int(number.replace(",", "")) for number in numbers[:3])
    assert low < stored_sweeps.CROSSING < high
    assert high / low < 1.5
    assert low <= at <= high
    assert "dask is slower than pandas from 10,000 to 220,000 rows" in view.sentences
    assert "dask runs out of memory at 1,000,000 rows on q1, q2" in view.sentences
    (need,) = (s for s in view.sentences if s.startswith("pandas needs"))
    told = r"pandas needs 60 bytes per row; with 24 GiB it ends at about 4\.3e8 rows \[3\.7e8–\S+\]"
    assert re.fullmatch(told, need)
    told = render(view, Format.TABLE)
    assert re.search(r"^4,600,000 rows +\S+ \S+ +\S+ \S+ +—$", told, re.MULTILINE)
    assert re.search(r"^pandas +60 +0 % \w+, at 4,600,000 rows +4\.3e8 \[", told, re.MULTILINE)
    assert "the kernel killed it" in told


def test_every_form_of_a_sweep_shows_the_same_and_needs_no_script(tmp_path: Path) -> None:
    made = write_reports(stored_sweeps.store(tmp_path, ends=("dask", 1_000_000)))
    page = (made.path / sweeps.PAGE).read_text(encoding="utf-8")
    assert "<script" not in page
    assert page.count("<svg") == 2
    assert 'href="rows%3D10000/report.html"' in page
    assert markdown.escape(made.view.sentences[0]) in (made.path / sweeps.REPORT).read_text(
        encoding="utf-8"
    )
    assert json.loads(render(made.view, Format.JSON))["axis"] == "rows"
    assert made._repr_html_().count("<svg") == 2
    assert len(made.to_frame()) == 5 * 3 * 2
    assert repr(made) == render(made.view, Format.TABLE)


def test_curves_are_drawn_inside_their_axes_with_labels_apart(tmp_path: Path) -> None:
    drawn = charts.draw(build(sweeps.read(stored_sweeps.store(tmp_path))))
    for chart in drawn:
        labels = sorted(shape.label_y for shape in chart.shapes)
        assert all(b - a >= charts.LABEL_HEIGHT - 0.1 for a, b in pairwise(labels))
        numbers = [
            (float(x), float(y))
            for shape in chart.shapes
            for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", shape.line + shape.band)
        ]
        assert all(chart.left <= x <= chart.right and 0 <= y <= chart.foot for x, y in numbers)
    assert drawn[0].across[0].label == "10k"


@pytest.mark.parametrize(
    ("names", "labels"),
    [
        (["polars", "dask"], ["polars", "dask"]),
        (["polars/map_elements"], ["polars/…elements"]),
        (
            ["dask@tcp://10.0.0.1:8786", "dask@tcp://10.0.0.2:8786"],
            ["dask@…0.0.1:8786", "dask@…0.0.2:8786"],
        ),
        (
            ["dask@tcp://10.0.0.1:8786", "dask@tcp://11.0.0.1:8786"],
            ["dask@…0.0.0.1:8…", "dask@…1.0.0.1:8…"],
        ),
    ],
)
def test_labels_of_long_names_are_short_and_apart(names: list[str], labels: list[str]) -> None:
    assert list(charts.shorten_names(names).values()) == labels
    assert max(map(len, labels)) <= charts.LONGEST


def test_long_labels_have_the_room_that_they_need(tmp_path: Path) -> None:
    costs = {"polars": lambda _: 1.0, "dask@tcp://10.0.0.1:8786": lambda _: 2.0}
    chart = charts.draw(build(sweeps.read(stored_sweeps.store(tmp_path, costs=costs))))[0]
    longest = max(len(shape.label) for shape in chart.shapes)
    assert chart.width - chart.right >= longest * charts.LETTER
    assert max(shape.x for shape in chart.shapes) <= chart.right


def test_threads_and_nulls_have_their_own_sections(tmp_path: Path) -> None:
    costs = {"pandas": lambda _: 1.0, "polars": lambda p: 0.1 + 0.9 / p}
    view = build(
        sweeps.read(stored_sweeps.store(tmp_path / "a", "threads", (1, 2, 4), costs, noise=0.001))
    )
    (speedup,) = (story for story in view.stories if story.title == "Speed-up")
    assert view.sentences[0] == (
        "polars is faster than pandas with 2 threads and 4 threads; "
        "polars is undecided against pandas with 1 thread"
    )
    assert view.sentences[2] == "polars is 3.1 times as fast with 4 threads as with 1 thread"
    assert view.stories[0].grids[0].rows[0][0] == "1 thread"
    assert "2 threads" not in view.setting
    assert any(row[0] == "polars q1" and row[2].startswith("10 %") for row in speedup.grids[0].rows)
    flat = {"pandas": lambda _: 1.0, "polars": lambda _: 0.1}
    nulls = build(sweeps.read(stored_sweeps.store(tmp_path / "b", "nulls", (0, 5), flat)))
    assert not nulls.logarithmic
    assert nulls.sentences[0] == "polars is faster than pandas from 0 to 5 % missing"
    assert charts.draw(nulls)


@pytest.mark.parametrize(
    ("axis", "told"),
    [("rows", "larger sizes were not"), ("memory", "smaller limits"), ("nulls", "")],
)
def test_only_points_that_are_harder_are_said_not_to_be_tried(
    tmp_path: Path, axis: str, told: str
) -> None:
    stored = sweeps.read(stored_sweeps.store(tmp_path, axis, sizes=(1.0, 2.0, 3.0)))
    (times,) = (story for story in build(stored).stories if story.title == "Times")
    assert told in times.legend
    assert ("not tried" in times.legend) == bool(told)


def test_many_copies_of_files_are_a_plain_number() -> None:
    share = words.SizeFormat(KINDS["share"])
    assert [share.count(value) for value in (0.1234, 141.4, 274_960.0)] == [
        "0.123",
        "141",
        "270,000",
    ]


def test_an_axis_of_memory_has_its_units(tmp_path: Path) -> None:
    sizes = (64 * 2**20, 2**30, 2**34)
    path = stored_sweeps.store(tmp_path, "memory", sizes, ends=("polars", 2**30))
    chart = charts.draw(build(sweeps.read(path)))[0]
    assert [tick.label for tick in chart.across] == ["64 MiB", "1 GiB", "16 GiB"]
    assert "ends at 1 GiB: out of memory" in chart.summary


def test_a_curve_that_ends_at_a_small_limit_is_marked_beside_its_smallest_point(
    tmp_path: Path,
) -> None:
    sizes = (2**28, 2**29, 2**30)
    costs = {"pandas": lambda _: 1.0, "polars": lambda limit: 2**30 / limit}
    path = stored_sweeps.store(tmp_path, "memory", sizes, costs, noise=0.0)
    file = path / f"memory={2**28}" / "runs.jsonl"
    runs = [json.loads(line) for line in file.read_text().splitlines()]
    for run in runs:
        if run["engine"] == "polars":
            run |= {"outcome": "out of memory", "evidence": "the kernel killed it"}
    file.write_text("".join(json.dumps(run) + "\n" for run in runs))
    view = build(sweeps.read(path))
    chart = charts.draw(view)[0]
    shape = next(one for one in chart.shapes if one.label == "polars")
    first = re.match(r"M([\d.]+) ([\d.]+)", shape.line)
    assert shape.end == (chart.across[0].at, float(first[2]))
    assert shape.to_end.startswith(first[0])
    assert "smaller limits were not tried" in view.stories[0].legend


def test_nothing_lies_between_two_seeds(tmp_path: Path) -> None:
    costs = {"pandas": lambda _: 1.0, "polars": lambda seed: 0.1 if seed < 3 else 10.0}
    path = stored_sweeps.store(tmp_path, "seed", (1, 2, 3), costs)
    view = build(sweeps.read(path))
    assert view.sentences[0] == (
        "polars is faster than pandas with seed 1 and seed 2; "
        "polars is slower than pandas with seed 3"
    )
    assert view.stories[0].grids[0].rows[0][0] == "seed 1"


def test_one_round_decides_only_beyond_a_factor_of_three(tmp_path: Path) -> None:
    costs = {
        "pandas": lambda rows: 1e-7 * rows,
        "polars": lambda rows: 0.6e-7 * rows,
        "duckdb": lambda rows: 0.05e-7 * rows,
        "dask": lambda rows: 0.05 + 1e-9 * rows,
    }
    path = stored_sweeps.store(tmp_path, costs=costs, noise=0.0)
    for file in path.glob("*/runs.jsonl"):
        lines = file.read_text().splitlines(keepends=True)
        file.write_text("".join(line for line in lines if json.loads(line)["round"] == 1))
    view = build(sweeps.read(path))
    assert view.sentences[0].startswith("polars against pandas is undecided")
    assert view.sentences[1].startswith("duckdb is faster than pandas")
    size = r"([\d,]+)"
    told = rf"dask overtakes pandas at {size} rows \[{size}–{size}\]"
    numbers = re.fullmatch(told, view.sentences[2])
    at, low, high = (float(number.replace(",", "")) for number in numbers.groups())
    assert low < at / 2.5 < at * 2.5 < high  # where the two are within a factor of three
    assert any("one round" in warning for warning in view.warnings)


def test_a_sweep_over_clusters_says_what_is_not_measured(tmp_path: Path) -> None:
    path = stored_sweeps.store(tmp_path)
    assert not any("cluster" in warning for warning in build(sweeps.read(path)).warnings)
    for file in path.glob("*/comparison.json"):
        record = json.loads(file.read_text())
        record["limits"]["clusters"] = "polars: the cluster's workers have their own limits"
        file.write_text(json.dumps(record))
    limits, priced, *_ = build(sweeps.read(path)).warnings
    assert "own limits" in limits
    assert "neither its start-up nor its price" in priced
    for file in path.glob("*/runs.jsonl"):
        runs = [json.loads(line) for line in file.read_text().splitlines()]
        for run in runs:
            if run["engine"] == "polars":
                run["memory"]["workers"] = {"tcp://10.0.0.1:4000": run["memory"]["peak"]}
        file.write_text("".join(json.dumps(run) + "\n" for run in runs))
    needs = [s.split()[0] for s in build(sweeps.read(path)).sentences if "bytes per row" in s]
    assert needs == ["pandas", "dask"]


def test_a_strangers_sweep_is_escaped_and_cannot_lead_out_of_its_folder(tmp_path: Path) -> None:
    hostile = stored_samples.HOSTILE
    path = stored_sweeps.store(tmp_path, costs={hostile: lambda _: 1.0})
    page = render(build(sweeps.read(path)), Format.HTML)
    assert "<script>alert" not in page
    record = json.loads((path / sweeps.HEAD).read_text())
    for name in ("../../x", "", "..", "/etc"):
        changed = {**record, "points": [{"folder": name, "values": {"rows": 1}}]}
        (path / sweeps.HEAD).write_text(json.dumps(changed))
        with pytest.raises(ResultsError, match="cannot be read as a sweep"):
            sweeps.read(path)


@pytest.mark.parametrize(
    "change",
    [
        {"schema_version": 9},
        {"axes": 3},
        {"points": [{"folder": "a"}]},
        {"axes": {"rows": [math.inf]}},
    ],
)
def test_a_head_that_is_none_is_a_sentence(tmp_path: Path, change: dict[str, object]) -> None:
    path = stored_sweeps.store(tmp_path)
    record = {**asdict(sweeps.read_head(path)), **change}
    (path / sweeps.HEAD).write_text(json.dumps(record))
    with pytest.raises(ResultsError, match=r"sweep\.json"):
        sweeps.read_head(path)


def test_an_interrupted_sweep_is_told(tmp_path: Path) -> None:
    path = stored_sweeps.store(tmp_path)
    assert not any("partial" in warning for warning in build(sweeps.read(path)).warnings)
    for point in sweeps.read_head(path).points:
        (path / point.folder / folder.AGREEMENT).unlink()
        kept = (path / point.folder / folder.RUNS).read_text().splitlines(keepends=True)[:6]
        (path / point.folder / folder.RUNS).write_text("".join(kept))
    told = build(sweeps.read(path)).warnings
    (partial,) = (warning for warning in told if "partial" in warning)
    assert partial.startswith("This sweep is partial: 30 of 90 planned runs have finished;")


def test_an_unfinished_sweep_is_told(tmp_path: Path) -> None:
    path = stored_sweeps.store(tmp_path)
    for file in path.glob("*/comparison.json"):
        file.unlink()
    view = build(sweeps.read(path))
    assert view.sentences == (NOTHING,)
    assert len(view.warnings) == 5


def test_a_sweep_that_was_stopped_before_its_first_run_has_no_empty_tables(tmp_path: Path) -> None:
    path = stored_sweeps.store(tmp_path)
    for file in path.glob("*/runs.jsonl"):
        file.unlink()
    view = build(sweeps.read(path))
    assert view.sentences == (NOTHING,)
    assert view.stories == ()
