"""A real browser opens a site of many comparisons, as a web server or a folder holds it.

Run by `make browser`, as the tests of the other pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from dfbench.report.site.writing import write_site

from tests.support import stored_samples as samples
from tests.support import stored_sweeps

from .chromium import Page, chromium
from .report import AXE, FOUND

WIDTHS = (360, 800, 1300)
SHOWN = "[...document.querySelectorAll('table.site tbody tr')].filter(r => !r.hidden).length"
RATIO = "document.querySelector('table.site tbody tr').cells[2].innerText.trim()"

VERDICT = "document.querySelector('tbody tr:not([hidden])').cells[3].innerText"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("site")
    samples.store(place / "results", samples.head())
    samples.store(place / "results", samples.head(workload="join", began="2026-03-01T12:00:00"))
    samples.hostile(place / "results")
    stored_sweeps.store(place / "results")
    return write_site([place / "results"], place / "site").page


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with chromium(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


def choose(browser: Page, label: str, value: str) -> None:
    browser.told(
        f"(() => {{ const l = [...document.querySelectorAll('#filters label')]"
        f".find(l => l.firstChild.textContent.trim() === {label!r});"
        f"const s = l.querySelector('select'); s.value = {value!r};"
        "s.dispatchEvent(new Event('change', {bubbles: true})); })()"
    )


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["index.html", "sweeps/*.html"])
def test_axe_finds_nothing_and_the_page_is_no_wider_than_the_screen(
    browser: Page, page: Path, width: int, scheme: str, name: str
) -> None:
    (file,) = page.parent.glob(name)
    browser.open(file, scheme, width)
    assert browser.console == []
    assert browser.requests == [file.as_uri()]
    browser.told(AXE.read_text(encoding="utf-8") + "; 0")
    assert browser.told(FOUND) == []
    assert browser.told("document.documentElement.scrollWidth") <= width


def test_filters_are_in_the_url_and_are_read_back_from_it(browser: Page, page: Path) -> None:
    browser.open(page)
    every = browser.told(SHOWN)
    choose(browser, "workload", "join")
    choose(browser, "engine", "polars")
    assert browser.told(SHOWN) == 1 < every
    state = browser.told("location.hash")
    assert state == "#workload=join&engine=polars"
    browser.told("location.hash = ''; 0")
    assert browser.told(f"new Promise(r => setTimeout(r, 200)).then(() => {SHOWN})") == every
    browser.told(f"location.hash = {state!r}; 0")
    assert browser.told(f"new Promise(r => setTimeout(r, 200)).then(() => {SHOWN})") == 1
    assert browser.told("document.querySelector('[role=status]').textContent").startswith("1 of ")


def test_the_measure_switches_and_sorts_by_what_is_shown(browser: Page, page: Path) -> None:
    browser.open(page)
    choose(browser, "workload", "groupby")
    choose(browser, "engine", "polars")
    choose(browser, "size", "10,000,000 rows")
    hot = browser.told(RATIO)
    browser.told("document.getElementById('m-load').click(); 0")
    assert browser.told(RATIO) != ""
    assert "measure=load" in browser.told("location.hash")
    assert hot.endswith("×")
    shown = browser.told("document.querySelector('tbody tr:not([hidden]) .load').className")
    assert shown == "load h-4"
    assert browser.told(VERDICT) == "faster"


def test_the_table_and_its_switch_work_without_a_script(browser: Page, page: Path) -> None:
    browser.send("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(page)
        assert browser.told(SHOWN) > 8
        assert browser.told("document.querySelectorAll('select').length") == 0
        assert browser.told(RATIO) != ""
    finally:
        browser.send("Emulation.setScriptExecutionDisabled", value=False)


def test_every_link_leads_to_a_file_and_nobodys_script_runs(browser: Page, page: Path) -> None:
    browser.open(page)
    links = browser.told("[...document.querySelectorAll('main a')].map(a => a.href.split('#')[0])")
    assert {link for link in links if not Path(link.removeprefix("file://")).is_file()} == set()
    assert browser.told("document.scripts.length") == 1
