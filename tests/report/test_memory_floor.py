"""The page of memory floors: a limit above the unlimited peak that was not enough is explained."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from dfbench.report.html import render_floors
from dfbench.report.memory_floor import Floor, Page, build, render
from dfbench.storage.records import Head, Memory, Outcome, Run
from dfbench.storage.trials import StoredSearch, Trial

MIB = 2**20
HEAD = Head("w", "", "", "", "", {"q1": "?"}, {"polars": {}}, {}, {}, {}, {}, "polars", "0")


def build_page(below: Outcome, charged: int | None, low: int = 234) -> Page:
    """Return the page of a search: 225 MiB without a limit, enough at 240 MiB, not at `low`."""
    run = Run("polars", "q1", 1, Outcome.OK)
    free = Memory(peak=225 * MIB, query=225 * MIB, charged=charged)
    trials = (
        Trial(None, replace(run, memory=free)),
        Trial(low * MIB, replace(run, outcome=below, evidence="it ended")),
        Trial(240 * MIB, run),
    )
    return build(StoredSearch(Path("w"), HEAD, trials))


EXPLAINED = {
    "the kernel counts more": (Outcome.OUT_OF_MEMORY, 310 * MIB, "kernel memory, 310 MiB without"),
    "time": (Outcome.TIMEOUT, 310 * MIB, "it timed out there"),
    "sampling": (Outcome.OUT_OF_MEMORY, None, "the peak is sampled"),
}


@pytest.mark.parametrize("name", EXPLAINED)
def test_a_failure_above_the_unlimited_peak_is_explained(name: str) -> None:
    below, charged, words = EXPLAINED[name]
    page = build_page(below, charged)
    text = " ".join(render(page, 200).split())
    assert "polars fails at 234 MiB, above its unlimited peak of 225 MiB:" in text
    assert words in text
    assert words in render_floors(page)


def test_a_failure_below_the_unlimited_peak_needs_no_explanation() -> None:
    page = build_page(Outcome.OUT_OF_MEMORY, 310 * MIB, low=200)
    assert [floor.note for floor in page.floors] == [""]
    assert "above its unlimited peak" not in render(page)


def test_an_engine_without_a_floor_has_no_note() -> None:
    assert Floor("polars", "q1", None, low=300 * MIB, peak=225 * MIB).note == ""
