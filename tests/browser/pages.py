"""Every HTML page that dfbench writes, made from stored samples."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from dfbench.report import build, diff, html, memory_floor
from dfbench.report.comparison import Comparison
from dfbench.report.formats import Format
from dfbench.report.model import Grid, Story
from dfbench.report.sweeps.build import build as build_sweep
from dfbench.report.sweeps.forms import render as render_sweep
from dfbench.report.sweeps.forms import render_notebook
from dfbench.storage import folder, sweeps, trials
from dfbench.storage.records import Memory, Outcome, Run, Times

from tests.support import stored_samples as samples
from tests.support import stored_sweeps

GIB = 2**30
ROADS = Story(
    "Roads",
    (
        Grid("What works", ("back-end", "a lambda"), [("loky", "yes"), ("<script>", "no")]),
        Grid("Costs", ("back-end", "per task"), [("loky", "100 µs")]),
    ),
    "How it is read.",
    ("it is rough, see `dfbench traits`",),
)
PAGES = (
    "report", "partial", "hostile", "diff", "floor", "story", "notebook", "sweep", "curves",
)  # fmt: skip


def write(kind: str, place: Path) -> Path:
    """Write the page of a kind into a folder and return its file."""
    file = place / f"{kind}.html"
    file.write_text(_text(kind, place / kind), encoding="utf-8")
    return file


def _text(kind: str, place: Path) -> str:
    match kind:
        case "report":
            shown = build.build(folder.read(samples.store(place, samples.head()).path))
            return html.render(replace(shown, stories=(ROADS,)))
        case "partial":
            return _report(samples.store(place, samples.head(), kept=30, checked=False).path)
        case "hostile":
            return _report(samples.hostile(place))
        case "diff":
            return _diff(place)
        case "floor":
            return _floor(place)
        case "story":
            return html.render_story(ROADS)
        case "notebook":
            made = samples.store(place, samples.head())
            inside = Comparison(made.path)._repr_html_()
            return f"<!doctype html><html lang=en><title>x</title><main>{inside}</main></html>"
        case "sweep":
            swept = build_sweep(sweeps.read(stored_sweeps.store(place, ends=("dask", 1_000_000))))
            return render_sweep(swept, Format.HTML)
        case "curves":
            swept = build_sweep(sweeps.read(stored_sweeps.store(place, ends=("dask", 1_000_000))))
            inside = render_notebook(swept)
            return f"<!doctype html><html lang=en><title>x</title><main>{inside}</main></html>"
        case _:
            raise AssertionError(kind)


def _report(path: Path) -> str:
    return html.render(build.build(folder.read(path)))


def _diff(place: Path) -> str:
    old = samples.store(place / "old", samples.head(rounds=4))
    new = samples.store(place / "new", samples.head(rounds=4, dfbench="0.2.0", limits={}))
    return html.render_diff(diff.diff(folder.read(old.path), folder.read(new.path)))


def _floor(place: Path) -> str:
    made = folder.create(place, samples.head(engines=("pandas", "polars")), trials.HEAD)
    for engine in ("pandas", "polars"):
        for query in ("q1", "q10"):
            for limit, end in ((None, Outcome.OK), (GIB // 2, Outcome.OUT_OF_MEMORY),
                               (GIB, Outcome.OK), (GIB, Outcome.OK)):  # fmt: skip
                times = Times(hot=(0.5, 0.6)) if end is Outcome.OK else Times()
                memory = Memory(peak=2 * GIB, query=2 * GIB)
                run = Run(engine, query, 1, end, evidence="killed", times=times, memory=memory)
                trials.append(made.path, trials.Trial(limit, run))
    return html.render_floors(memory_floor.build(trials.read(made.path)))
