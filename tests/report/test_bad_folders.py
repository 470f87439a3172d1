"""What `dfbench report` makes of folders half written, edited, newer, or on a full disk."""

from __future__ import annotations

import contextlib
import functools
import json
import operator
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dfbench import cli
from dfbench.errors import DfbenchError
from dfbench.report.rebuild import rebuild_report
from dfbench.storage import folder

from tests.support import stored_samples as samples

SMALL = {"engines": ("pandas", "polars"), "queries": ("q1", "q2"), "rounds": 2}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return samples.store(tmp_path, samples.head(**SMALL)).path


def report(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], path: Path
) -> tuple[object, str, str]:
    monkeypatch.setattr(sys, "argv", ["dfbench", "report", str(path)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    told = capsys.readouterr()
    return ended.value.code, told.out, told.err


def edit(path: Path, **changes: object) -> None:
    head = json.loads((path / folder.HEAD).read_text())
    head.update(changes)
    (path / folder.HEAD).write_text(json.dumps({k: v for k, v in head.items() if v != "gone"}))


def test_a_half_written_comparison_is_reported_as_partial(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = path / folder.RUNS
    runs.write_bytes(runs.read_bytes()[:-900])
    before = runs.read_bytes()
    code, out, _ = report(monkeypatch, capsys, path)
    assert code == 0
    assert "This comparison is partial" in out
    assert "is incomplete; left out" in " ".join(out.split())
    assert "partial" in (path / "report.md").read_text()
    assert runs.read_bytes() == before


def test_a_comparison_without_a_run_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = samples.store(tmp_path, samples.head(**SMALL), kept=0, checked=False).path
    code, out, _ = report(monkeypatch, capsys, path)
    assert code == 0
    assert "No run has finished yet: there is nothing to compare." in out


def test_a_newer_comparison_is_refused_and_nothing_is_written(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(path, schema_version=99)
    code, out, err = report(monkeypatch, capsys, path)
    assert (code, out) == (2, "")
    assert "newer than this dfbench reads" in err
    assert "pip install --upgrade" in err
    assert not (path / "report.md").exists()


@pytest.mark.parametrize(
    ("changed", "shown"),
    [({"machine": "gone"}, "`machine` is missing"), ({"workload": "a\ud800b"}, "ab")],
    ids=["no machine", "half a character"],
)
def test_a_comparison_with_a_bad_value_is_reported_without_it(
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    changed: dict[str, str],
    shown: str,
) -> None:
    edit(path, **changed)
    code, out, _ = report(monkeypatch, capsys, path)
    assert code == 0
    assert shown in " ".join(out.split())


@pytest.mark.parametrize("line", ['{"engine": 1}', "null", '{"engine": "x", "query": "q1"}', "{"])
def test_a_comparison_edited_by_hand_is_reported_without_the_line(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    with (path / folder.RUNS).open("a") as file:
        file.write(line + "\n")
    code, out, _ = report(monkeypatch, capsys, path)
    assert code == 0
    assert "left out" in out
    assert "polars is clearly fastest on all 2 questions" in out


IMPOSSIBLE = ["[1e308, 1e308]", "[-1.0]", "[NaN]", "[Infinity]", "[0.0]", '["x"]', "[null]", "7"]


@pytest.mark.parametrize("hot", IMPOSSIBLE)
def test_a_run_with_impossible_times_is_left_out(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], hot: str
) -> None:
    lines = (path / folder.RUNS).read_text().splitlines()
    first = json.loads(lines[0])
    first["times"]["hot"] = json.loads(hot)
    (path / folder.RUNS).write_text("\n".join([json.dumps(first), *lines[1:], ""]))
    code, out, err = report(monkeypatch, capsys, path)
    assert code == 0
    assert "runs.jsonl, line 1 cannot be read" in " ".join(out.split())
    assert "Traceback" not in err


@pytest.mark.parametrize("part", ["query", "oracle", "agree", "differ"])
@pytest.mark.parametrize("value", [1e308, None, [], [None], {"a": 1}])
def test_an_agreement_edited_by_hand_never_ends_a_report(
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    part: str,
    value: object,
) -> None:
    lines = (path / folder.AGREEMENT).read_text().splitlines()
    edited = json.dumps(json.loads(lines[0]) | {part: value})
    (path / folder.AGREEMENT).write_text("\n".join([edited, *lines[1:], ""]))
    code, out, err = report(monkeypatch, capsys, path)
    assert code == 0
    assert "polars" in out
    assert "Traceback" not in err


@pytest.mark.parametrize("agree", [[], ["ghost"], ["pandas"]])
def test_a_check_that_names_not_every_engine_is_not_believed(
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    agree: list[str],
) -> None:
    lines = map(json.loads, (path / folder.AGREEMENT).read_text().splitlines())
    edited = [json.dumps(line | {"agree": agree, "differ": []}) for line in lines]
    (path / folder.AGREEMENT).write_text("\n".join([*edited, ""]))
    _, out, _ = report(monkeypatch, capsys, path)
    text = " ".join(out.split())
    assert "answers agree" not in text
    assert "No answer was checked" in text
    assert "does not name" in text


def test_answers_do_not_agree_where_one_was_wrong(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, before, _ = report(monkeypatch, capsys, path)
    lines = list(map(json.loads, (path / folder.RUNS).read_text().splitlines()))
    answered = next(one for one in lines if one["outcome"] == "ok")
    for one in lines:
        if (one["engine"], one["query"]) == (answered["engine"], answered["query"]):
            one |= {"outcome": "wrong", "evidence": "edited"}
    (path / folder.RUNS).write_text("".join(json.dumps(one) + "\n" for one in lines))
    _, out, _ = report(monkeypatch, capsys, path)
    assert "returned a wrong answer" in " ".join(out.split())
    agreed = re.compile(r"(All answers agree|The answers agree on \d+ of \d+)")
    assert agreed.findall(" ".join(out.split())) != agreed.findall(" ".join(before.split()))
    assert "All answers agree" not in out


def test_answers_do_not_agree_where_no_run_is_left(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (path / folder.RUNS).write_text("[1, 2]\n")
    _, out, _ = report(monkeypatch, capsys, path)
    text = " ".join(out.split())
    assert "All answers agree" not in text
    assert "runs.jsonl, line 1 cannot be read (not a JSON object); left out" in text


@pytest.mark.parametrize("program", ["def (:", "\x1b]0;t\x07", "(" * 5000, "x = '\x00'"])
def test_a_program_edited_by_hand_never_ends_a_report(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], program: str
) -> None:
    (path / folder.build_program_path("pandas", "q1")).write_text(program)
    code, _, err = report(monkeypatch, capsys, path)
    assert code == 0
    assert "Traceback" not in err
    assert "\x1b" not in (path / "report.md").read_text()


def test_answers_without_a_stored_check_are_unchecked_in_every_form(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (path / folder.AGREEMENT).unlink()
    _, out, _ = report(monkeypatch, capsys, path)
    assert "No answer was checked" in out
    assert "q1 (unchecked)" in out
    assert "q1 (unchecked)" in (path / "report.md").read_text()
    assert "q1 (unchecked)" in (path / "report.html").read_text()


def test_a_link_in_place_of_a_program_is_not_followed(path: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("KEY = 'of the reader'")
    linked = path / folder.build_program_path("pandas", "q1")
    linked.unlink()
    linked.symlink_to(tmp_path / "secret")
    rebuild_report(path)
    assert "of the reader" not in (path / "report.html").read_text()


def test_two_lines_that_contradict_count_as_the_last(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first = json.loads((path / folder.RUNS).read_text().splitlines()[0])
    with (path / folder.RUNS).open("a") as file:
        file.write(json.dumps(first | {"outcome": "crashed", "evidence": "it ended"}) + "\n")
    code, out, _ = report(monkeypatch, capsys, path)
    assert code == 0
    assert "1 runs replace earlier ones of the same round" in " ".join(out.split())
    assert "crashed" in out


@pytest.mark.parametrize("text", ["", "[]", "{", '{"schema_version": "x"}'])
def test_a_head_that_is_none_is_a_sentence(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (path / folder.HEAD).write_text(text)
    code, _, err = report(monkeypatch, capsys, path)
    assert code == 2
    assert err.startswith("dfbench: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("name", ["nowhere", "file"])
def test_no_results_at_all_are_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (tmp_path / "file").write_text("")
    code, _, err = report(monkeypatch, capsys, tmp_path / name)
    assert code == 2
    assert "no comparison is stored here; `dfbench compare groupby` makes one" in err


def test_on_a_full_disk_the_report_is_printed_and_the_old_files_stay(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (path / "report.md").write_text("old")
    monkeypatch.setattr(os, "fsync", full)
    code, out, err = report(monkeypatch, capsys, path)
    assert code == 0
    assert "polars is clearly fastest on all 2 questions" in out
    assert "No space left on device" in err
    assert (path / "report.md").read_text() == "old"
    assert not list(path.glob(".report*"))


def test_two_reports_at_the_same_moment_both_end_well_and_alike(path: Path) -> None:
    command = [sys.executable, "-m", "dfbench", "report", str(path), "--format", "markdown"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = [process.communicate(timeout=600)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert told[0] == told[1] == (path / "report.md").read_text()
    assert not list(path.glob(".*"))


VALUES = [
    *(None, "", "x", 0, -1, -0.5, 1e308, 2**70, float("nan"), float("inf"), True),
    *([], [None], [1, 2], {}, {"a": 1}),
]
RECORDS = (folder.HEAD, folder.RUNS, folder.AGREEMENT)


def find_places(node: object, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield where each value of a record lies."""
    inner = dict(enumerate(node)) if isinstance(node, list) else node
    for name, value in inner.items() if isinstance(inner, dict) else ():
        yield (*place, name)
        yield from find_places(value, (*place, name))


def spoil(text: str, draw: random.Random) -> str:
    """Return a record with one value changed or removed."""
    record = json.loads(text)
    *outer, name = draw.choice(list(find_places(record)))
    inner = functools.reduce(operator.getitem, outer, record)
    inner[name] = draw.choice(VALUES)
    if isinstance(inner, dict) and draw.random() < 0.25:
        del inner[name]
    return json.dumps(record)


def test_a_folder_edited_anywhere_is_reported_or_refused_in_a_sentence(path: Path) -> None:
    stored = {name: (path / name).read_text() for name in RECORDS}
    for seed in range(120):
        draw = random.Random(seed)
        for name, text in stored.items():
            (path / name).write_text(text)
        name = draw.choice(RECORDS)
        lines = [stored[name]] if name == folder.HEAD else stored[name].splitlines()
        place = draw.randrange(len(lines))
        lines[place] = spoil(lines[place], draw)
        (path / name).write_text("\n".join([*lines, ""]))
        with contextlib.suppress(DfbenchError):
            rebuild_report(path)
