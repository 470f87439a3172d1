"""A real browser opens the report: nothing leaves the page, no error, and a narrow screen holds.

Run by `make browser`, which installs Debian's chromium; `make test` needs none.
"""

from __future__ import annotations

import html as escaping
import json
import re
import shutil
import subprocess

import pytest
from dfbench.reporting import html, view
from dfbench.storing import folder

from .. import stored_samples as samples

BROWSER = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-quic",
    "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND",
    "--virtual-time-budget=2000", "--enable-logging=stderr",
)  # fmt: skip


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    path = tmp_path_factory.mktemp("browser")
    made = samples.store(path, samples.head())
    return made.write_report("report.html", html.render(view.build(folder.read(made.path))))


def opened(page, *options):
    ran = subprocess.run(
        [BROWSER, *QUIET, f"--user-data-dir={page.parent / 'profile'}", *options, "--dump-dom",
         page.as_uri()],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return ran.stdout, re.findall(r"CONSOLE.*", ran.stderr)


def told(page, expression, width=400):
    """Evaluate an expression on the document `d` of the report in a frame of a width."""
    inside = escaping.escape(page.read_text(encoding="utf-8"))
    outside = page.with_name("frame.html")
    outside.write_text(
        f'<iframe id="f" style="width:{width}px;height:900px;border:0" srcdoc="{inside}"></iframe>'
        "<script>f.onload = () => { const d = f.contentDocument;"
        f"document.title = JSON.stringify({expression}); }}</script>",
        encoding="utf-8",
    )
    dom, _ = opened(outside)
    return json.loads(escaping.unescape(re.search(r"<title>(.*?)</title>", dom)[1]))


def test_no_error_is_logged_and_nothing_is_fetched(page):
    dom, console = opened(page)
    assert "polars answered 10 of 10 questions fastest" in dom
    assert console == []
    fetched = "f.contentWindow.performance.getEntriesByType('resource').map((e) => e.name)"
    assert told(page, fetched) == []


@pytest.mark.parametrize("width", [400, 1200])
def test_the_page_is_no_wider_than_the_screen(page, width):
    assert told(page, "d.documentElement.scrollWidth", width) <= width


def test_at_1200_pixels_ten_questions_and_eight_engines_need_no_scrolling(page):
    table = 'd.querySelector(".matrix").parentNode'
    wide, room = told(page, f"[{table}.scrollWidth, {table}.clientWidth]", 1200)
    assert wide <= room


def test_folds_open_and_two_programs_stand_side_by_side(page):
    places = told(
        page,
        "(() => { const q = d.querySelector('#programs').parentNode.querySelector('details');"
        "q.open = true; const [a, b] = q.querySelectorAll('select');"
        "a.value = 'polars'; b.value = 'duckdb';"
        "b.dispatchEvent(new Event('change', {bubbles: true}));"
        "return [...q.querySelectorAll('.programs > details:not([hidden])')].map("
        "p => [p.dataset.engine, p.open, p.getBoundingClientRect().top]); })()",
        1200,
    )
    assert [place[:2] for place in places] == [["polars", True], ["duckdb", True]]
    assert places[0][2] == places[1][2]


def test_a_table_sorts_by_any_column_and_back(page):
    engines = told(
        page,
        "(() => { const t = d.querySelector('table.sortable'); const out = [];"
        "for (const _ of [1, 2]) { t.querySelectorAll('th button')[8].click();"
        "out.push(t.tBodies[0].rows[0].cells[0].textContent); } return out; })()",
    )
    assert engines == ["duckdb", "modin"]


def test_text_stands_out_from_its_ground_in_both_schemes(page):
    """WCAG AA: 4.5 to 1, for every cell of the heat table."""
    script = (
        "(() => { const lum = (c) => { const n = c.match(/[\\d.]+/g).map(Number);"
        "const v = c.startsWith('color(') ? n : n.slice(0, 3).map((x) => x / 255);"
        "const [r, g, b] = v.map((x) => x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);"
        "return 0.2126 * r + 0.7152 * g + 0.0722 * b; };"
        "const all = [...d.querySelectorAll('.matrix td, .matrix small, .soft')];"
        "return Math.min(...all.map((e) => {"
        "let g = e, back = 'rgba(0, 0, 0, 0)';"
        "while (g && back === 'rgba(0, 0, 0, 0)') { back = getComputedStyle(g).backgroundColor;"
        "g = g.parentElement; }"
        "const [a, b] = [lum(back), lum(getComputedStyle(e).color)];"
        "return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05); })); })()"
    )
    assert told(page, script) >= 4.5
    dark = page.with_name("dark.html")
    text = page.read_text(encoding="utf-8")
    dark.write_text(text.replace("(prefers-color-scheme: dark)", "all"), encoding="utf-8")
    assert told(dark, script) >= 4.5
