"""A site of many comparisons: what it shows, how it grows, and what it never overwrites."""

from __future__ import annotations

import fcntl
import json
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from dfbench.cli import main
from dfbench.errors import ResultsError
from dfbench.report.site.badges import make_badge
from dfbench.report.site.history import build_histories
from dfbench.report.site.model import EngineEntry, Entry, Share, SiteIndex, SweepEntry
from dfbench.report.site.pages import render_index
from dfbench.report.site.writing import INDEX, LOCK, write_site

from tests.support import stored_samples as samples
from tests.support import stored_sweeps

SMALL = {"engines": ("pandas", "polars"), "queries": ("q1", "q2")}


@pytest.fixture
def results(tmp_path: Path) -> Path:
    samples.store(tmp_path / "results", samples.head(**SMALL))
    return tmp_path / "results"


def test_each_engine_of_a_comparison_is_a_row_that_leads_to_its_report(results: Path) -> None:
    summary = write_site([results], results.parent / "site")
    page = summary.page.read_text(encoding="utf-8")
    assert (summary.added, summary.total) == (1, 1)
    assert "<p>1 comparison. Each row" in page
    assert page.count('<tr><th scope="row">groupby</th>') == 2
    links = set(re.findall(r'href="([^"#]+)', page)) - {"data:,"}
    assert len(links) == 2
    assert all((summary.page.parent / link).is_file() for link in links)
    assert "10,000,000 rows" in page
    assert not re.search(r"https?://(?!www\.w3\.org)", page)


def test_a_site_grows_and_keeps_what_is_no_longer_given(results: Path) -> None:
    site = results.parent / "site"
    write_site([results], site)
    before = (site / "index.html").read_text()
    assert write_site([results], site).added == 0
    assert (site / "index.html").read_text() == before
    other = results.parent / "other"
    samples.store(other, samples.head(**SMALL, began="2026-02-01T12:00:00", workload="join"))
    summary = write_site([other], site)
    assert (summary.added, summary.total) == (1, 2)
    page = summary.page.read_text(encoding="utf-8")
    assert "join" in page
    assert "groupby" in page


def test_what_has_not_run_yet_has_not_failed(results: Path) -> None:
    (file,) = results.glob("**/runs.jsonl")
    file.write_text("")
    page = write_site([results], results.parent / "site").page.read_text(encoding="utf-8")
    assert page.count("0 of 2") == 2
    assert "failed" not in page


def test_cold_and_load_have_verdicts_of_their_own(results: Path) -> None:
    site = results.parent / "site"
    write_site([results], site)
    record = json.loads((site / INDEX).read_text())
    _, polars = record["entries"][0]["engines"]
    assert {polars[part]["word"] for part in ("hot", "cold", "load")} == {"faster"}
    polars["cold"] = 0.5  # a number, as dfbench wrote it before
    (site / INDEX).write_text(json.dumps(record))
    write_site([results], site)
    page = (site / "index.html").read_text()
    assert '<span class="cold h0" data-v="0.5">' in page
    assert re.search(r'<span class="load h-\d" data-v=', page)


def test_the_curves_of_a_sweep_are_there_and_its_points_lead_to_their_reports(
    tmp_path: Path,
) -> None:
    stored_sweeps.store(tmp_path / "results")
    summary = write_site([tmp_path / "results"], tmp_path / "site")
    (sweep,) = (tmp_path / "site" / "sweeps").iterdir()
    text = sweep.read_text(encoding="utf-8")
    assert text.count("<svg") == 2
    for link in re.findall(r'href="(\.\./reports/[^"]+)"', text):
        assert (sweep.parent / link).is_file()
    assert f"sweeps/{sweep.name}" in summary.page.read_text(encoding="utf-8")
    assert "polars overtakes pandas at" in summary.page.read_text(encoding="utf-8")


def test_nothing_is_overwritten_that_is_not_dfbenchs(results: Path) -> None:
    site = results.parent / "site"
    site.mkdir()
    (site / "index.html").write_text("mine")
    with pytest.raises(ResultsError, match=r"index\.html: dfbench did not write this file"):
        write_site([results], site)
    assert (site / "index.html").read_text() == "mine"
    assert {path.name for path in site.iterdir()} <= {"index.html", LOCK}
    with pytest.raises(ResultsError, match="choose another folder with `-o DIR`"):
        write_site([results], site / "index.html")
    (site / "index.html").unlink()
    assert write_site([results], site).total == 1


def test_runs_that_are_a_folder_are_a_sentence(results: Path, tmp_path: Path) -> None:
    runs = next(results.rglob("runs.jsonl"))
    runs.unlink()
    runs.mkdir()
    with pytest.raises(ResultsError, match=r"runs\.jsonl: cannot be read"):
        write_site([results], tmp_path / "site")


def test_two_pages_at_once_are_a_sentence(results: Path) -> None:
    site = results.parent / "site"
    site.mkdir()
    with (site / LOCK).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(ResultsError, match="another `dfbench page` is writing here"):
            write_site([results], site)
    assert write_site([results], site).total == 1


def test_a_strangers_names_are_escaped_everywhere(tmp_path: Path) -> None:
    samples.hostile(tmp_path / "results")
    summary = write_site([tmp_path / "results"], tmp_path / "site")
    for file in (tmp_path / "site").glob("**/*"):
        if file.suffix in {".html", ".svg"}:
            assert "<script>alert" not in file.read_text(encoding="utf-8")
            assert file.resolve().is_relative_to(tmp_path / "site")
    assert "&lt;script&gt;" in summary.page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "change",
    [{"schema_version": 9}, {"entries": 3}, {"entries": [{}]}, {"files": None}],
)
def test_an_index_that_is_none_is_a_sentence(results: Path, change: dict[str, object]) -> None:
    site = results.parent / "site"
    write_site([results], site)
    record = json.loads((site / INDEX).read_text())
    (site / INDEX).write_text(json.dumps({**record, **change}))
    with pytest.raises(ResultsError, match="cannot be read as the index of a site"):
        write_site([results], site)


def test_a_key_of_an_index_cannot_lead_out_of_the_site(results: Path) -> None:
    site = results.parent / "site"
    write_site([results], site)
    record = json.loads((site / INDEX).read_text())
    record["entries"][0]["key"] = "../../x"
    (site / INDEX).write_text(json.dumps(record))
    with pytest.raises(ResultsError, match="is not a key"):
        write_site([results], site)


def test_a_folder_without_comparisons_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["dfbench", "page", str(tmp_path), "-o", str(tmp_path / "site")]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 2
    assert "no comparison is stored here; name a folder of results" in capsys.readouterr().err
    assert not (tmp_path / "site").exists()


FAST = EngineEntry(
    "polars", "2.1", Share(0.31, "faster"), Share(0.4, "faster"), Share(0.9, "undecided"),
    2**30, 10, 10, (), {"q1": 2.0},
)  # fmt: skip
ENTRY = Entry(
    "groupby-abc", "d", "groupby", "s", 10**7, "rows", "memory", "Xeon, 2 cores", "2026-01-31",
    "pandas", "all answers checked", (FAST,),
)  # fmt: skip


@pytest.mark.parametrize(
    ("engine", "told"),
    [
        (FAST, "polars 3.2x pandas, all answers checked"),
        (replace(FAST, hot=Share(2.0, "slower")), "polars 0.50x pandas, all answers checked"),
        (replace(FAST, hot=Share(0.9, "undecided")), "polars undecided against pandas, all"),
        (replace(FAST, answered=8), "polars 3.2x pandas, all answers checked, 2 of 10 unanswered"),
    ],
)
def test_a_badge_says_no_more_than_was_measured(engine: EngineEntry, told: str) -> None:
    badge = make_badge(ENTRY, engine)
    assert badge is not None
    assert badge.right.startswith(told)
    assert badge.left == "dfbench groupby 10,000,000 rows"


def test_the_baseline_and_an_engine_without_a_ratio_have_no_badge() -> None:
    assert make_badge(ENTRY, replace(FAST, hot=Share(1.0, "baseline"))) is None
    assert make_badge(ENTRY, replace(FAST, hot=None)) is None


def test_a_history_compares_versions_on_the_same_machine_and_data_alone() -> None:
    newer = replace(FAST, engine="polars@2.2", version="2.2", times={"q1": 1.0, "q2": 9.0})
    later = replace(ENTRY, key="groupby-def", began="2026-03-01", engines=(newer,))
    (history,) = build_histories([later, ENTRY])
    assert history.title == "groupby, 10,000,000 rows, Xeon, 2 cores"
    assert [(s.version, s.ratio, s.questions) for s in history.steps] == [
        ("2.1", 1.0, 1), ("2.2", 0.5, 1),
    ]  # fmt: skip
    assert build_histories([ENTRY, replace(later, machine="another")]) == ()
    assert build_histories([ENTRY]) == ()
    local, cluster = (replace(newer, engine=n) for n in ("dask", "dask@tcp://10.0.0.1:8786"))
    there = replace(ENTRY, engines=(replace(cluster, version="2.1"),))
    assert build_histories([there, replace(later, engines=(local,))]) == ()


def test_a_history_tells_versions_that_took_turns_from_those_of_different_times() -> None:
    newer = replace(FAST, engine="polars@2.2", version="2.2")
    later = replace(ENTRY, key="groupby-def", began="2026-03-01", engines=(newer,))
    both = replace(ENTRY, engines=(FAST, newer))
    apart = render_index(SiteIndex({"a": ENTRY, "b": later}, {}, set()))
    assert "Versions of different reports were measured at different times" in apart
    assert "took turns" not in apart
    together = render_index(SiteIndex({"a": both}, {}, set()))
    assert "Versions of the same report took turns" in together
    assert "different times" not in together


def test_rows_of_a_day_run_from_the_smallest_size_to_the_largest() -> None:
    sizes = {"c": 10**6, "a": 10**7, "b": 10**5}
    made = {key: replace(ENTRY, key=f"groupby-{key}", size=size) for key, size in sizes.items()}
    newest = replace(ENTRY, key="text-d", workload="text", began="2026-02-01")
    page = render_index(SiteIndex({**made, "d": newest}, {}, set()))
    found = re.findall(r'reports/([\w-]+)\.html">', page)
    assert found == ["text-d", "groupby-b", "groupby-c", "groupby-a"]


def test_the_page_leads_to_curves_and_histories_where_there_are_any() -> None:
    swept = SweepEntry("groupby-e", "groupby", "rows", "2026-01-31", ())
    assert '<a href="#sweeps">' in render_index(SiteIndex({"a": ENTRY}, {"e": swept}, set()))
    assert "#sweeps" not in render_index(SiteIndex({"a": ENTRY}, {}, set()))


def test_what_was_set_beside_the_size_tells_comparisons_apart(results: Path) -> None:
    changed = {
        "dataset.rows": "1e7", "dataset.nulls": "5", "limits.threads": "1",
        "measure.rounds": "3", "tasks.arguments.width": "<2>",
    }  # fmt: skip
    samples.store(results, samples.head(**SMALL, overrides=changed))
    site = results.parent / "site"
    page = write_site([results], site).page.read_text(encoding="utf-8")
    assert page.count("10,000,000 rows</td>") == 2
    told = '10,000,000 rows, <span class="note">nulls = 5, threads = 1, width = &lt;2&gt;</span>'
    assert page.count(told) == 2
    badges = sorted(path.name for path in (site / "badges").iterdir())
    assert badges == [
        "groupby-10000000-nulls=5-threads=1-width=-2--polars.svg", "groupby-10000000-polars.svg",
    ]  # fmt: skip
    assert (
        "groupby 10,000,000 rows, nulls = 5, threads = 1"
        in (site / "badges" / badges[0]).read_text()
    )
    newer = replace(FAST, engine="polars@2.2", version="2.2")
    later = replace(ENTRY, settings="nulls = 5", began="2026-03-01", engines=(newer,))
    assert build_histories([ENTRY, later]) == ()


@pytest.mark.parametrize("key", ["dataset", "dataset.files"])
def test_other_data_is_told_by_its_name(tmp_path: Path, key: str) -> None:
    changed = {key: '{"files": ["/home/me/sales.csv"]}'}
    data = {"name": "sales", "rows": 10, "bytes": 100}
    samples.store(tmp_path / "results", samples.head(**SMALL, overrides=changed, dataset=data))
    page = write_site([tmp_path / "results"], tmp_path / "site").page.read_text(encoding="utf-8")
    assert f'10 rows, <span class="note">{key.rpartition(".")[2]} = sales</span>' in page
    assert "/home/me" not in page


def test_an_index_of_before_has_no_settings(results: Path) -> None:
    site = results.parent / "site"
    write_site([results], site)
    record = json.loads((site / INDEX).read_text())
    del record["entries"][0]["settings"]
    (site / INDEX).write_text(json.dumps(record))
    assert write_site([results], site).added == 0


def test_checks_are_left_out(results: Path) -> None:
    measure = {**samples.head().measure, "rounds": 1, "warmups": 0, "runs": 0}
    check = samples.head(**SMALL, workload="checked", measure=measure)
    assert check.is_check
    samples.store(results.parent / "checks", check)
    summary = write_site([results, results.parent / "checks"], results.parent / "site")
    assert (summary.total, "checked</th>" in summary.page.read_text()) == (1, False)
    with pytest.raises(ResultsError, match="only checks are stored here, which time nothing"):
        write_site([results.parent / "checks"], results.parent / "other")
