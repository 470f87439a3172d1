"""What reports tell: one view, the same story in every form, and nobody's text ever live.

`UPDATE_SNAPSHOTS=1 pytest tests/report/test_forms.py` writes the snapshots anew, for review.
"""

from __future__ import annotations

import csv
import io
import json
import math
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from dfbench.errors import ResultsError
from dfbench.report import build, charts, export, html, markdown, sentences, terminal, units
from dfbench.report.comparison import Comparison
from dfbench.report.model import Cell, Doubt, Grid, Story, Verdict, View
from dfbench.storage import folder
from dfbench.storage.records import Noise, Outcome
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.browser import screenshots
from tests.support import stored_samples as samples

SNAPSHOTS = Path(__file__).parents[1] / "snapshots"
SMALL = {"engines": ("pandas", "polars", "datatable"), "queries": ("q1", "q6", "q10")}


def viewed(tmp_path: Path, kept: int | None = None, checked: bool = True, **changes: Any) -> View:
    made = samples.store(tmp_path, samples.head(**changes), kept, checked)
    return build.build(folder.read(made.path))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> View:
    return viewed(tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> View:
    return viewed(tmp_path_factory.mktemp("small"), **SMALL)


def cell(shown: View, engine: str, query: str) -> Cell:
    return next(
        c for row in shown.rows for c in row.cells if (c.engine, c.query) == (engine, query)
    )


def same(name: str, text: str) -> None:
    path = SNAPSHOTS / name
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_the_terminal_shows_a_whole_comparison(whole: View) -> None:
    same("whole.txt", terminal.render(whole))


def test_the_terminal_shows_a_partial_comparison(tmp_path: Path) -> None:
    same("partial.txt", terminal.render(viewed(tmp_path, kept=5, checked=False, **SMALL)))


def test_the_terminal_keeps_a_questions_name_in_one_piece(small: View) -> None:
    name = "sales_of_each_week"
    named = replace(small, rows=tuple(replace(row, query=name) for row in small.rows))
    lines = terminal.render(named).splitlines()
    assert sum(line.startswith(name) for line in lines) >= len(small.rows)


def test_a_long_check_lists_the_questions_that_an_engine_did_not_answer(small: View) -> None:
    cells = tuple(replace(one, time=None, word="ok") for one in small.rows[0].cells)
    failed = (replace(cells[0], outcome=Outcome.CRASHED, word="crashed"), *cells[1:])
    rows = tuple(
        replace(small.rows[0], query=f"n{number}", cells=failed if number == 7 else cells)
        for number in range(400)
    )
    lines = terminal.render(replace(small, rows=rows)).splitlines()
    assert next(line for line in lines if line.startswith("n")).startswith("n7 ")
    assert sum(line.startswith("n") for line in lines) == 1
    assert "399 questions that every engine answered are not listed" in " ".join(lines)


def test_markdown_shows_a_small_comparison(small: View) -> None:
    same("small.md", markdown.render(small))


def test_markdown_too_long_for_a_pull_request_leaves_the_programs_out(tmp_path: Path) -> None:
    made = samples.store(tmp_path, samples.head(**SMALL))
    made.write_program("polars", "q1", "x = 1\n" * 20_000)
    text = markdown.render(build.build(folder.read(made.path)))
    assert len(text) < 65_536
    assert "The 9 programs are too long for a pull request" in text
    assert text.rstrip().endswith("</details>")


def test_html_shows_a_small_comparison(small: View) -> None:
    page = html.render(small)
    same("small.html", page[page.index("<body") : page.index("<script>")])


def test_no_line_of_the_terminal_is_wider_than_it(whole: View) -> None:
    for width in (80, 100, 160):
        assert max(map(len, terminal.render(whole, width).splitlines())) <= width


def test_the_story_starts_with_who_won_and_how_surely(whole: View) -> None:
    assert whole.sentences[0] == (
        "polars is clearly fastest on all 10 questions and takes 0.220× the time of pandas "
        "(95 % interval 0.219–0.221)."
    )


def test_failures_are_told_in_words_with_their_limit(whole: View) -> None:
    assert "datatable ran out of memory on q10 (limit 2 GiB)." in whole.sentences
    assert "modin timed out on q9 (limit 300 s)." in whole.sentences
    assert "dask returned a wrong answer for q8." in whole.sentences
    assert "datatable does not support q6." in whole.sentences
    assert "The answers agree on 9 of 10 questions." in whole.sentences


def test_only_two_ok_engines_have_a_ratio(whole: View) -> None:
    for engine, query in (("datatable", "q10"), ("dask", "q8"), ("modin", "q9")):
        shown = cell(whole, engine, query)
        assert (shown.time, shown.ratio, shown.hot) == (None, None, ())
    assert cell(whole, "modin", "q9").word == "timeout, 1 of 3"


def test_without_the_baseline_nothing_has_a_ratio(tmp_path: Path) -> None:
    shown = viewed(tmp_path, baseline="datatable", **SMALL)
    assert cell(shown, "pandas", "q1").ratio.verdict is Verdict.SLOWER
    assert cell(shown, "pandas", "q10").ratio is None
    assert cell(shown, "pandas", "q10").time is not None
    assert shown.columns[0].over == 1


def test_a_wrong_answer_is_a_failure_though_its_runs_were_ok(whole: View) -> None:
    failure = next(f for f in whole.failures if f.engine == "dask")
    assert failure.outcome is Outcome.WRONG
    assert failure.evidence == "3 of 100 rows differ in v3"


def test_sums_are_over_the_questions_that_all_working_engines_answered(whole: View) -> None:
    assert whole.common == ("q1", "q2", "q3", "q4", "q5", "q7")
    polars = next(column for column in whole.columns if column.engine == "polars")
    shown = [cell(whole, "polars", query).time for query in whole.common]
    assert polars.hot == pytest.approx(sum(shown))


def test_cold_and_hot_never_mix(small: View) -> None:
    shown = cell(small, "pandas", "q1")
    assert shown.cold > max(shown.hot)
    assert shown.time in shown.hot


def test_a_partial_comparison_says_so_and_gives_no_winner_too_early(tmp_path: Path) -> None:
    shown = viewed(tmp_path, kept=2, **SMALL)
    assert shown.sentences[0] == "This comparison is partial: 2 of 27 planned runs have finished."
    assert not any(c.best for row in shown.rows for c in row.cells)
    assert cell(shown, "polars", "q1").word == "not run"


@pytest.mark.parametrize("chosen", list(export.Format))
def test_every_format_tells_of_a_comparison_without_a_run(tmp_path: Path, chosen: object) -> None:
    shown = viewed(tmp_path, kept=0, checked=False, **SMALL)
    text = export.render(shown, chosen)
    assert "not run" in text or "No run has finished" in text


@pytest.mark.parametrize("chosen", list(export.Format))
def test_every_format_bears_a_comparison_that_names_nothing(tmp_path: Path, chosen: object) -> None:
    shown = viewed(tmp_path, engines=(), queries=(), rounds=0)
    assert isinstance(export.render(shown, chosen), str)


def test_a_failure_in_a_partial_comparison_is_not_everybodys(tmp_path: Path) -> None:
    head = samples.head(engines=("datatable", "pandas", "polars"), queries=("q6",), rounds=1)
    shown = build.build(folder.read(samples.store(tmp_path, head, kept=2, checked=False).path))
    assert "No engine answered any question." not in shown.sentences
    assert "datatable does not support q6." in shown.sentences
    assert not any(c.best for row in shown.rows for c in row.cells)


def test_a_comparison_in_which_all_failed_has_no_winner(tmp_path: Path) -> None:
    shown = viewed(tmp_path, engines=("datatable",), queries=("q6", "q10"), baseline="datatable")
    assert shown.sentences[0] == "No engine answered any question."
    assert "0/2" in terminal.render(shown)
    assert charts.draw_scatter(shown) is None
    assert "datatable" in html.render(shown)


def test_a_busy_machine_is_told_and_gives_few_verdicts(tmp_path: Path) -> None:
    head = samples.head(**SMALL)
    made = folder.create(tmp_path, head)
    for run in samples.runs(head):
        made.append(replace(run, noise=Noise(0.5, 0.0)))
    shown = build.build(folder.read(made.path))
    assert cell(shown, "datatable", "q1").ratio.verdict is Verdict.UNDECIDED  # 0.45× the time
    assert cell(shown, "polars", "q1").ratio.verdict is Verdict.FASTER  # 4.5 times
    assert shown.warnings[0].startswith(
        "Other processes used over 10 % of the CPU during 27 of 27 runs"
    )


@pytest.mark.parametrize(
    ("noise", "told"),
    [
        (Noise(foreign=0.5), "Other processes used over 10 % of the CPU during 27 of 27 runs"),
        (Noise(steal=0.5), "Other virtual machines used over 1 % of the CPU during 27 of 27"),
        (Noise(swapped=2**30), "The machine swapped during 27 of 27 runs"),
        (Noise(throttled=3), "Heat or a container quota slowed the CPU during 27 of 27"),
    ],
)
def test_each_kind_of_unrest_is_told_and_gives_few_verdicts(
    tmp_path: Path, noise: Noise, told: str
) -> None:
    head = samples.head(**SMALL)
    made = folder.create(tmp_path, head)
    for run in samples.runs(head):
        made.append(replace(run, noise=noise))
    shown = build.build(folder.read(made.path))
    assert cell(shown, "datatable", "q1").ratio.verdict is Verdict.UNDECIDED  # 0.45× the time
    assert cell(shown, "polars", "q1").ratio.verdict is Verdict.FASTER  # 4.5 times
    assert shown.warnings[0].startswith(told)
    assert ": " in shown.warnings[0]


def test_one_round_decides_little_and_says_what_would_decide_more(tmp_path: Path) -> None:
    shown = viewed(tmp_path, rounds=1, **SMALL)
    assert cell(shown, "datatable", "q1").ratio.verdict is Verdict.UNDECIDED  # 0.45× the time
    assert cell(shown, "polars", "q1").ratio.verdict is Verdict.FASTER  # 4.5 times
    assert shown.sentences[0] == (
        "polars is clearly fastest on 2 of 3 questions and ahead, but not certainly, on 1; "
        "it takes 0.220× the time of pandas (95 % interval 0.218–0.223)."
    )
    assert cell(shown, "datatable", "q1").ratio.note == "undecided: one round"
    assert any("Every engine ran only one round" in warning for warning in shown.warnings)
    assert any("--rounds 6" in warning for warning in shown.warnings)


def test_an_engine_of_one_round_beside_others_of_more_is_told_and_judged(tmp_path: Path) -> None:
    head = samples.head(engines=("pandas", "polars", "duckdb"), queries=("q1", "q2", "q3"))
    made = folder.create(tmp_path, head)
    for run in samples.runs(head):
        if run.engine != "duckdb" or run.round == 0:
            made.append(run)
    shown = build.build(folder.read(made.path))
    once, more = (cell(shown, engine, "q1").ratio for engine in ("duckdb", "polars"))
    assert once.verdict is more.verdict is Verdict.FASTER
    assert math.log(once.high / once.low) > 1.2 * math.log(more.high / more.low)
    assert any(w.startswith("duckdb ran some questions only once") for w in shown.warnings)
    assert [column.rounds for column in shown.columns] == [3, 3, 1]


def test_of_a_check_which_times_nothing_the_answers_are_told_first_and_no_noise(
    tmp_path: Path,
) -> None:
    head = samples.head(engines=("pandas", "polars"), queries=("q1",), rounds=1)
    made = folder.create(tmp_path, head)
    for run in samples.runs(head):
        times = replace(run.times, hot=(), warmups=())
        made.append(replace(run, times=times, noise=Noise(foreign=0.9)))
    for agreement in samples.agreements(head):
        made.append_agreement(agreement)
    shown = build.build(folder.read(made.path))
    assert shown.sentences[0] == "All answers agree."
    assert shown.warnings == ()


def test_of_a_check_no_form_mentions_time(tmp_path: Path) -> None:
    head = samples.head(engines=("pandas", "polars"), queries=("q1",), rounds=1)
    made = folder.create(tmp_path, head)
    for run in samples.runs(head):
        made.append(replace(run, times=replace(run.times, hot=(), warmups=())))
    shown = build.build(folder.read(made.path))
    for form in (export.Format.TABLE, export.Format.MARKDOWN):
        told = export.render(shown, form).partition("<details>")[0]
        for word in ("ratio", "cold", "hot", "load", "start-up", "fastest", " ms", "round"):
            assert word not in told.lower(), (form, word)
    page = Page(html.render(shown))
    said = " ".join(page.words)
    assert "Every run" not in said
    assert "Where the time goes" not in said
    assert "fastest hot run" not in said
    assert "polars" in said


def test_who_answers_alone_is_not_called_fastest(tmp_path: Path) -> None:
    head = samples.head(engines=("datatable", "pandas"), queries=("q1", "q6"))
    shown = build.build(folder.read(samples.store(tmp_path, head).path))
    assert "Answered by one engine only: q6 by pandas." in shown.sentences
    assert shown.sentences[0].startswith("datatable is clearly fastest on 1 of 2 questions")
    assert [c.engine for row in shown.rows for c in row.cells if c.best] == ["datatable"]


def test_of_one_engine_nothing_is_called_fastest(tmp_path: Path) -> None:
    head = samples.head(engines=("pandas",), queries=("q1", "q2"))
    shown = build.build(folder.read(samples.store(tmp_path, head).path))
    assert (
        shown.sentences[0]
        == "Only pandas ran: `dfbench engines` lists the others, and how to install them."
    )
    for form in (export.Format.TABLE, export.Format.MARKDOWN):
        assert "is fastest" not in export.render(shown, form)


def scaled(
    tmp_path: Path,
    noises: Sequence[float],
    rounds: int = 2,
    queries: Sequence[str] = ("q1", "q2", "q3"),
) -> View:
    """Store pandas and a polars that takes a 3,440th of its time, with given noises."""
    head = samples.head(engines=("pandas", "polars"), queries=queries, rounds=rounds)
    made = folder.create(tmp_path, head)
    for run in samples.runs(head):
        factor = 1 / (0.22 * 3440) if run.engine == "polars" else 1.0
        factor *= noises[run.round % len(noises)] if run.engine == "polars" else 1.0
        hot = tuple(time * factor for time in run.times.hot)
        made.append(replace(run, times=replace(run.times, hot=hot)))
    return build.build(folder.read(made.path))


def test_a_ratio_keeps_two_digits_however_small_it_is(tmp_path: Path) -> None:
    shown = scaled(tmp_path, (1.0,))
    assert "takes 0.00029× the time of pandas (95 % interval 0.00029–0.00029)" in shown.sentences[0]
    assert "0.00029×" in terminal.render(shown)
    assert "0.000×" not in markdown.render(shown)


def test_an_interval_wider_than_a_factor_of_four_is_not_shown(tmp_path: Path) -> None:
    shown = scaled(tmp_path, (1.0, 2.5), queries=("q1", "q2"))
    assert "takes about 0.00046× the time of pandas (2 rounds)" in shown.sentences[0]
    assert "about 0.00046×" in markdown.render(shown)
    assert "× [" not in markdown.render(shown)


def test_why_a_cell_is_undecided_stands_in_the_cell(tmp_path: Path) -> None:
    head = samples.head(engines=("pandas", "polars"), queries=("q1", "q2"), rounds=2)
    made = folder.create(tmp_path, head)
    for run in samples.runs(head):
        factor = (4.0, 7.0)[run.round] if run.engine == "polars" else 1.0
        hot = tuple(time * factor for time in run.times.hot)
        made.append(replace(run, times=replace(run.times, hot=hot)))
    shown = build.build(folder.read(made.path))
    reason = cell(shown, "polars", "q1").ratio.note
    assert reason.startswith("undecided: 2 rounds, ±")
    assert f"<br>{reason}<br>" in markdown.render(shown)
    assert reason in html.render(shown)
    assert "Undecided: ~ rounds differ too much." in " ".join(terminal.render(shown).split())


def test_engines_that_are_level_are_told_from_those_that_are_not_known(tmp_path: Path) -> None:
    head = samples.head(engines=("pandas", "polars"), queries=("q1", "q2"), rounds=6)
    made = folder.create(tmp_path, head)
    for run in samples.runs(head):
        factor = 1 / 0.22 if run.engine == "polars" else 1.0
        hot = tuple(time * factor for time in run.times.hot)
        made.append(replace(run, times=replace(run.times, hot=hot)))
    shown = build.build(folder.read(made.path))
    assert shown.sentences[0].startswith("No engine is clearly fastest; ")
    assert "level with the runner-up on " in shown.sentences[0]


def test_a_drift_is_told_as_a_warning(tmp_path: Path) -> None:
    head = samples.head(engines=("pandas", "polars"), queries=("q1", "q2", "q3"), rounds=8)
    made = folder.create(tmp_path, head)
    for run in samples.runs(head):
        factor = 1.05**run.round if run.engine == "polars" else 1.0
        hot = tuple(time * factor for time in run.times.hot)
        made.append(replace(run, times=replace(run.times, hot=hot)))
    shown = build.build(folder.read(made.path))
    found = cell(shown, "polars", "q1").ratio
    assert (found.verdict, found.doubt) == (Verdict.FASTER, Doubt.DRIFT)
    assert "a drift of 4" in found.reason
    assert any("polars drifted against those of pandas" in warning for warning in shown.warnings)


def test_engines_and_questions_that_only_the_runs_know_are_shown(tmp_path: Path) -> None:
    head = samples.head(**SMALL)
    made = samples.store(tmp_path, head)
    path = made.path / folder.HEAD
    path.write_text(json.dumps({**json.loads(path.read_text()), "engines": {}, "queries": {}}))
    shown = build.build(folder.read(made.path))
    assert shown.engines == SMALL["engines"]


class Page(HTMLParser):
    """Tags, attributes and text of a page, as a browser would see them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags, self.words, self.links = [], [], []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [v for k, v in attrs if k in {"src", "href", "action", "data", "poster"}]
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_nobodys_text_is_live_in_html(tmp_path: Path) -> None:
    path = samples.hostile(tmp_path)
    page = Page(html.render(build.build(folder.read(path))))
    assert page.tags.count("script") == 1  # our own
    assert "".join(page.words).count(samples.HOSTILE) > 15
    assert "alert" not in "".join(w for w in page.words if "querySelectorAll" in w)
    notebook = Page(Comparison(path)._repr_html_())
    assert "script" not in notebook.tags
    program = Page(Comparison(path).program(samples.HOSTILE, samples.HOSTILE)._repr_html_())
    assert "script" not in program.tags


@pytest.mark.parametrize("chosen", list(export.Format))
def test_nobodys_text_steers_a_terminal(tmp_path: Path, chosen: object) -> None:
    steering = "\x1b[2J\x1b]0;mine\x07boom\x00\x9b1m"
    head = samples.head(engines=("pandas",), queries=("q1",), about=steering, workload=steering)
    made = folder.create(tmp_path, head)
    run = next(samples.runs(head))
    made.append(replace(run, outcome=Outcome.CRASHED, evidence=steering, log=steering))
    text = export.render(build.build(folder.read(made.path)), chosen)
    assert "boom" in text or "crashed" in text
    assert not {"\x1b", "\x07", "\x00", "\x9b"} & {*text}
    assert "u001b" not in text


def test_nobodys_text_is_live_in_markdown(tmp_path: Path) -> None:
    text = markdown.render(build.build(folder.read(samples.hostile(tmp_path))))
    outside = []
    fenced = ""
    for line in text.splitlines():
        ticks = line.strip()[: len(line.strip()) - len(line.strip().lstrip("`"))]
        if fenced:
            fenced = "" if line.strip() == fenced else fenced
        elif len(ticks) >= 3:
            fenced = ticks
        else:
            outside.append(line)
    assert not fenced
    assert "<script>" not in "\n".join(outside)


def test_the_terminal_shows_markup_as_text(tmp_path: Path) -> None:
    head = samples.head(
        engines=("pandas",), queries=("q1",), about="[bold red]x[/]", workload="[w]"
    )
    made = samples.store(tmp_path, head)
    assert "[w]: [bold red]x[/]" in terminal.render(build.build(folder.read(made.path)))


@settings(deadline=None)
@given(st.text())
def test_a_fence_holds_any_code(code: str) -> None:
    lines = markdown.write_fence(code).split("\n")
    assert lines[0] == lines[-1]
    assert not any(lines[0] in line for line in "\n".join(lines[1:-1]).split("\n"))


def test_html_asks_for_nothing_and_is_small(whole: View) -> None:
    text = html.render(whole)
    page = Page(text)
    assert [link for link in page.links if not link.startswith("data:,")] == []
    assert "url(" not in text
    assert "@import" not in text
    assert "default-src 'none'" in text
    assert len(text.encode()) < 300_000


def test_html_names_every_figure_for_who_cannot_see_it(whole: View) -> None:
    text = html.render(whole)
    assert "Peak memory against time: modin: " in text
    assert ", the fastest" in text
    assert 'scope="row"' in text


def test_a_section_beside_the_comparison_is_told_in_every_form(small: View) -> None:
    grid = Grid("costs", ("road", "a task"), [("loky", "1 ms"), (samples.HOSTILE, "hangs")])
    shown = replace(small, stories=(Story("Roads", (grid,), "How it is read.", ("rough",)),))
    for form in (export.Format.TABLE, export.Format.MARKDOWN, export.Format.HTML):
        told = export.render(shown, form)
        assert all(words in told for words in ("Roads", "hangs", "How it is read.", "rough"))
    assert Page(html.render(shown)).tags.count("script") == 1


def test_the_same_folder_gives_the_same_bytes(tmp_path: Path) -> None:
    made = samples.store(tmp_path, samples.head(**SMALL))
    first, second = (html.render(build.build(folder.read(made.path))) for _ in range(2))
    assert first == second


def test_labels_of_the_scatter_cover_nothing(whole: View) -> None:
    points = charts.draw_scatter(whole).points
    boxes = [(*charts._measure_extent(point), point.label) for point in points]
    for i, one in enumerate(boxes):
        for other in boxes[:i]:
            beside = one[1] <= other[0] or other[1] <= one[0]
            assert beside or abs(one[2] - other[2]) >= charts.LABEL_HEIGHT


def test_every_run_is_a_dot(small: View) -> None:
    dots = sum(s.hot.count("M") for row in charts.describe_runs(small).rows for s in row.strips)
    assert dots == sum(len(c.hot) for row in small.rows for c in row.cells) == 7 * 9


def test_records_open_as_csv_json_and_a_frame(tmp_path: Path) -> None:
    made = samples.store(tmp_path, samples.head(**SMALL))
    comparison = Comparison(made.path)
    table = list(csv.DictReader(io.StringIO(export.render(comparison.view, "csv"))))
    lines = [json.loads(one) for one in export.render(comparison.view, "jsonl").splitlines()]
    frame = comparison.to_frame()
    assert len(table) == len(lines) == len(frame) == 9
    assert float(table[0]["time"]) == lines[0]["time"] == frame["time"][0]
    whole = json.loads(export.render(comparison.view, "json"))
    assert whole["rows"][0]["cells"][0]["time"] == lines[0]["time"]


def test_a_notebook_shows_the_comparison_and_its_programs(tmp_path: Path) -> None:
    made = samples.store(tmp_path, samples.head(**SMALL))
    comparison = Comparison(made.path)
    assert "polars is clearly fastest" in comparison._repr_html_()
    assert "polars is clearly fastest" in repr(comparison)
    assert str(comparison.program("polars", "q1")) == samples.program("polars", "q1")
    assert comparison.report() == markdown.render(comparison.view)
    with pytest.raises(ResultsError, match="no program of spark for q1"):
        comparison.program("spark", "q1")


def test_no_colour_when_piped_or_under_no_color(
    small: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    piped = io.StringIO()
    terminal.show(small, piped)
    assert "\x1b" not in piped.getvalue()
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    forced = io.StringIO()
    terminal.show(small, forced)
    assert not any(f"\x1b[3{n}m" in forced.getvalue() for n in range(8))


@settings(deadline=None)
@given(st.floats(1e-6, 1e6))
def test_a_time_reads_within_half_a_per_cent_of_what_it_is(time: float) -> None:
    number, unit = units.format_seconds(time).split()
    size = {"µs": 1e-6, "ms": 1e-3, "s": 1.0}[unit]
    assert float(number) * size == pytest.approx(time, rel=6e-3)


@settings(deadline=None)
@given(st.integers(0, 2**45))
def test_a_size_reads_within_half_a_per_cent_of_what_it_is(count: int) -> None:
    number, unit = units.format_size(count).split()
    power = ("B", "KiB", "MiB", "GiB", "TiB").index(unit)
    assert float(number) * 1024**power == pytest.approx(count, rel=6e-3)


def test_reports_need_no_engine_and_no_pyarrow() -> None:
    code = (
        "import sys, dfbench.report.export, dfbench.report.comparison\n"
        "print([m for m in ('pyarrow', 'pandas', 'altair', 'duckdb') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_the_sample_and_the_pictures_of_it_show_the_report_of_today() -> None:
    stored = screenshots.ROOT / "results" / "sample"
    shown = markdown.render(Comparison(stored).view)
    assert shown == (stored / "report.md").read_text("utf-8"), "run `dfbench report results/sample`"
    taken = screenshots.HASH.read_text("utf-8").strip()
    page = screenshots.render_sample()
    assert taken == screenshots.hash_page(page), "run `make screenshots`"
    assert taken != screenshots.hash_page(page.replace("<style>", "<style>h1 { color: red }"))


@pytest.mark.parametrize(
    ("dataset", "told"),
    [
        ({"name": "header", "rows": 0, "bytes": 422}, "0 rows · 422 B of Parquet"),
        ({"name": "8 tasks", "rows": 0, "bytes": 0}, "8 tasks"),
    ],
)
def test_a_file_without_rows_has_none_and_tasks_have_their_name(
    dataset: dict[str, object], told: str
) -> None:
    assert sentences.describe_setting(samples.head(dataset=dataset)).startswith(f"{told} · 2 cores")
