"""A real browser opens every page: read by axe, by keyboard, on paper and on a narrow screen.

Run by `make browser`, which fetches Debian's chromium and npm's axe-core; `make test` needs none.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from . import pages
from .chromium import Page, Scheme, chromium

AXE = Path(os.environ.get("AXE", ".cache/browser/node_modules/axe-core/axe.min.js"))
SCREENS = [(scheme, width) for scheme in ("light", "dark") for width in (1200, 400)]
PAPER = 1047  # pixels: the 277 mm of an A4 page on its side, less the margins
FOUND = (
    "axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.flatMap("
    "v => v.nodes.map(n => v.id + ': ' + n.html.slice(0, 200) + ' ' + n.failureSummary)))"
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with chromium(tmp_path_factory.mktemp("profile")) as page:
        yield page


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("pages")
    return {kind: pages.write(kind, place) for kind in pages.PAGES}


@pytest.fixture
def report(browser: Page, files: dict[str, Path]) -> Page:
    browser.open(files["report"])
    return browser


@pytest.mark.parametrize("kind", pages.PAGES)
def test_nothing_is_fetched_and_no_error_is_logged(
    browser: Page, files: dict[str, Path], kind: str
) -> None:
    browser.open(files[kind])
    assert browser.requests == [files[kind].as_uri()]
    assert browser.console == []


@pytest.mark.parametrize("kind", pages.PAGES)
@pytest.mark.parametrize(("scheme", "width"), SCREENS)
def test_axe_finds_nothing_with_all_folds_open_and_closed(
    browser: Page, files: dict[str, Path], kind: str, scheme: Scheme, width: int
) -> None:
    browser.open(files[kind], scheme, width)
    browser.told(AXE.read_text(encoding="utf-8") + "; 0")
    assert browser.told(FOUND) == []
    browser.told("document.querySelectorAll('details').forEach(d => { d.open = true }); 0")
    assert browser.told(FOUND) == []


@pytest.mark.parametrize("kind", pages.PAGES)
@pytest.mark.parametrize("width", [320, 400, 1200])
def test_the_page_is_no_wider_than_the_screen(
    browser: Page, files: dict[str, Path], kind: str, width: int
) -> None:
    browser.open(files[kind], width=width)
    browser.told("document.querySelectorAll('details').forEach(d => { d.open = true }); 0")
    assert browser.told("document.documentElement.scrollWidth") <= width


def test_at_1200_pixels_ten_questions_and_eight_engines_need_no_scrolling(report: Page) -> None:
    table = "document.querySelector('.matrix').parentNode"
    wide, room = report.told(f"[{table}.scrollWidth, {table}.clientWidth]")
    assert wide <= room


@pytest.mark.parametrize("width", [400, 800])
def test_on_a_narrow_screen_the_question_the_fastest_and_the_next_engine_are_in_view(
    report: Page, width: int
) -> None:
    report.show("light", width)
    cells = "[...document.querySelector('.matrix').rows].map(r => [...r.cells])"
    named = report.told(f"{cells}[0].slice(1, 3).map(c => c.textContent)")
    assert named == ["polars", "polars/in-memory"]
    ends = f"{cells}.map(r => r[2].getBoundingClientRect().right)"
    assert max(report.told(ends)) <= width
    report.told("document.querySelector('.matrix').parentNode.scrollLeft = 300; 0")
    starts = f"{cells}.map(r => r[0].getBoundingClientRect().left)"
    assert min(report.told(starts)) >= 0


@pytest.mark.parametrize("width", [400, 800])
def test_no_name_breaks_inside_a_word(report: Page, width: int) -> None:
    report.show("light", width)
    report.told("document.querySelectorAll('details').forEach(d => { d.open = true }); 0")
    named = "document.querySelectorAll('th, .strips > [data-engine], .bars > [data-engine], h3')"
    broken = (
        f"[...{named}].flatMap(e => {{"
        "const walk = document.createTreeWalker(e, NodeFilter.SHOW_TEXT), found = [];"
        "while (walk.nextNode()) for (const m of walk.currentNode.data.matchAll(/\\w+/g)) {"
        "const range = document.createRange(); range.setStart(walk.currentNode, m.index);"
        "range.setEnd(walk.currentNode, m.index + m[0].length);"
        "if (range.getClientRects().length > 1) found.push(m[0]); } return found; })"
    )
    assert report.told(broken) == []


def test_an_engine_that_is_switched_off_is_in_no_table_and_no_chart(report: Page) -> None:
    box = "document.querySelectorAll('.tools input')[2]"
    report.told(f"{box}.click()")
    drawn = "filter(e => e.getClientRects().length)"
    shown = f"[...document.querySelectorAll('[data-engine=duckdb]')].{drawn}"
    assert report.told(f"{shown}.length") == 0
    report.told(f"{box}.click()")
    assert report.told(f"{shown}.length") > 10


def test_the_tables_show_one_measure_and_sort_by_it(report: Page) -> None:
    report.told(
        "(() => { const s = document.querySelector('.tools select'); s.value = 'memory';"
        "s.dispatchEvent(new Event('change')); })()"
    )
    cell = "document.querySelector('.matrix').tBodies[0].rows[0].cells[1]"
    shown = f"[...{cell}.children].filter(e => e.checkVisibility()).map(e => e.className)"
    assert report.told(shown) == ["hidden", "memory"]
    assert report.told(f"{cell}.dataset.v == {cell}.dataset.memory")


def test_nobodys_script_runs(browser: Page, files: dict[str, Path]) -> None:
    browser.open(files["hostile"])
    assert "alert(1)" in browser.told("document.body.innerText")
    assert browser.told("document.scripts.length") == 1


def test_the_page_reads_without_a_script(browser: Page, files: dict[str, Path]) -> None:
    browser.send("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(files["report"])
        text = browser.told("document.body.innerText")
        assert "polars is clearly fastest on all 10 questions" in text
        assert "datatable has no median" in text
        assert browser.told("document.querySelectorAll('button, select, input').length") == 0
    finally:
        browser.send("Emulation.setScriptExecutionDisabled", value=False)


def test_a_fold_opens_by_keyboard(report: Page) -> None:
    report.told("document.querySelector('#programs').parentNode.querySelector('summary').focus()")
    report.press("Enter")
    assert report.told("document.activeElement.parentNode.open")
    report.press("Space")
    assert not report.told("document.activeElement.parentNode.open")


def test_the_keyboard_reaches_everything_that_can_be_done(report: Page) -> None:
    report.told("document.querySelectorAll('details').forEach(d => { d.open = true }); 0")
    wanted = report.told(
        "document.querySelectorAll('main :is(button, select, input, summary, pre, .wide)').length"
    )
    reached = set()
    for _ in range(3 * wanted):
        report.press("Tab")
        now = report.told(
            "[...document.querySelectorAll('main *')].indexOf(document.activeElement)"
        )
        if now in reached:
            break
        reached.add(now)
    assert len(reached - {-1}) == wanted


def test_what_has_the_focus_is_outlined(report: Page) -> None:
    report.press("Tab")
    style = "getComputedStyle(document.activeElement)"
    assert report.told(f"{style}.outlineStyle") != "none"
    assert report.told(f"parseFloat({style}.outlineWidth)") >= 1


def test_a_table_sorts_by_keyboard_and_says_so(report: Page) -> None:
    head = "document.querySelector('table.sortable').tHead.rows[0]"
    peak = f"[...{head}.cells].findIndex(c => c.textContent.startsWith('peak'))"
    report.told(f"{head}.cells[{peak}].querySelector('button').focus()")
    first = "document.querySelector('table.sortable').tBodies[0].rows[0].cells[0].textContent"
    report.press("Enter")
    assert report.told(first) == "duckdb"
    assert report.told(f"{head}.cells[{peak}].getAttribute('aria-sort')") == "ascending"
    report.press("Space")
    assert report.told(first) == "modin"
    assert report.told(f"{head}.cells[{peak}].getAttribute('aria-sort')") == "descending"


def test_what_has_no_figure_sorts_last_either_way(report: Page) -> None:
    matrix = "document.querySelector('.matrix')"
    column = f"[...{matrix}.tHead.rows[0].cells].findIndex(c => c.textContent == 'datatable')"
    last = f"[...{matrix}.tBodies[0].rows].slice(-2).map(r => r.cells[{column}].textContent.trim())"
    for _ in range(2):
        report.told(f"{matrix}.tHead.rows[0].cells[{column}].querySelector('button').click()")
        assert set(report.told(last)) == {"unsupported", "out of memory"}


def test_two_programs_stand_side_by_side_and_one_below_the_other_on_a_narrow_screen(
    report: Page,
) -> None:
    places = (
        "[...document.querySelectorAll('.programs')[0].querySelectorAll("
        "':scope > details:not([hidden])')].map(p => [p.dataset.engine, p.open, "
        "p.getBoundingClientRect().top])"
    )
    report.told(
        "(() => { const q = document.querySelector('.programs').closest('details');"
        "q.open = true; const [a, b] = q.querySelectorAll('select');"
        "a.value = 'polars'; b.value = 'duckdb';"
        "b.dispatchEvent(new Event('change', {bubbles: true})); })()"
    )
    (one, _, high), (other, _, beside) = wide = report.told(places)
    assert (one, other, high) == ("polars", "duckdb", beside)
    assert all(is_open for _, is_open, _ in wide)
    report.show("light", 400)
    (*_, high), (*_, below) = report.told(places)
    assert below > high


def test_the_copy_button_copies_the_program_as_it_was_run(report: Page) -> None:
    allowed = ["clipboardReadWrite", "clipboardSanitizedWrite"]
    report.send("Browser.grantPermissions", permissions=allowed)
    report.told(
        "document.querySelectorAll('#programs ~ details, .programs details')"
        ".forEach(d => { d.open = true }); 0"
    )
    report.told("document.querySelector('.programs pre').previousElementSibling.focus()")
    report.press("Enter")
    shown = report.told("document.querySelector('.programs pre').textContent")
    assert report.told("new Promise(r => setTimeout(r, 200)).then(() => "
                       "navigator.clipboard.readText())") == shown  # fmt: skip
    assert report.told("document.activeElement.textContent") == "Copied"


def test_on_paper_nothing_is_cut_off_and_the_dark_stays_out(
    browser: Page, files: dict[str, Path]
) -> None:
    browser.open(files["report"], "dark", PAPER)
    browser.send("Emulation.setEmulatedMedia", media="print")
    try:
        rights = (
            "[...document.querySelectorAll('td, th')].map(c => c.getBoundingClientRect().right)"
        )
        assert max(browser.told(rights)) <= PAPER
        assert browser.told("getComputedStyle(document.body).backgroundColor") == (
            "rgb(255, 255, 255)"
        )
        drawn = "[...document.querySelectorAll('button, select')].filter(b => b.offsetWidth)"
        heads = "document.querySelectorAll('.sortable thead th').length"
        assert browser.told(f"{drawn}.every(b => b.closest('th'))")
        assert browser.told(f"{drawn}.length") == browser.told(heads)
    finally:
        browser.send("Emulation.setEmulatedMedia", media="")
    assert browser.printed().startswith(b"%PDF")


def test_the_report_of_ten_questions_and_eight_engines_is_small(files: dict[str, Path]) -> None:
    assert files["report"].stat().st_size < 300_000
    assert not re.search(r"https?://(?!www\.w3\.org)", files["report"].read_text(encoding="utf-8"))
