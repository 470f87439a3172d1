"""The results folder: nothing measured is lost, and whatever is there can be told."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from dfbench.errors import ResultsError
from dfbench.storage import folder
from dfbench.storage.records import Noise, Outcome, Run, Times

from tests.support import stored_samples as samples

SMALL = {"engines": ("pandas", "polars"), "queries": ("q1", "q8"), "rounds": 2}


@pytest.fixture
def made(tmp_path: Path) -> folder.Folder:
    return samples.store(tmp_path, samples.head(**SMALL))


def test_what_was_written_is_read_back(made: folder.Folder) -> None:
    stored = folder.read(made.path)
    head = samples.head(**SMALL)
    assert stored.head == head
    assert stored.runs == tuple(samples.runs(head))
    assert stored.agreements == tuple(samples.agreements(head))
    assert stored.programs["polars", "q1"] == samples.program("polars", "q1")
    assert stored.warnings == ()


def test_folders_of_one_second_are_numbered_and_the_latest_is_found(tmp_path: Path) -> None:
    head = samples.head(**SMALL)
    names = [folder.create(tmp_path, head).path.name for _ in range(11)]
    assert names[0] == "2026-01-31T120000-1"
    assert names[-1] == "2026-01-31T120000-11"
    assert folder.find_latest(tmp_path, "groupby").name == names[-1]
    later = folder.create(tmp_path, replace(head, began="2026-01-31T12:00:01.5+00:00"))
    assert folder.find_latest(tmp_path, "groupby") == later.path


def test_the_latest_of_nothing_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="no comparison of groupby is stored here"):
        folder.find_latest(tmp_path, "groupby")


def test_names_cannot_leave_the_folder(tmp_path: Path) -> None:
    head = samples.head(workload="../../etc", **SMALL)
    made = folder.create(tmp_path / "results", head)
    relative = made.write_program("polars/in-memory", "../../q1", "x = 1\n")
    assert made.path.is_relative_to(tmp_path / "results")
    assert relative == "programs/polars-in-memory/-..-q1.py"
    assert (made.path / relative).resolve().is_relative_to(made.path.resolve())


def test_a_torn_last_line_costs_only_itself_and_is_told(made: folder.Folder) -> None:
    path = made.path / folder.RUNS
    path.write_bytes(path.read_bytes()[:-40])
    stored = folder.read(made.path)
    assert len(stored.runs) == 7
    assert stored.warnings == ("runs.jsonl, line 8 is incomplete; left out",)


def test_a_run_appended_after_a_torn_line_is_not_lost(made: folder.Folder) -> None:
    path = made.path / folder.RUNS
    path.write_bytes(path.read_bytes()[:-40])
    again = tuple(samples.runs(samples.head(**SMALL)))[-1]
    folder.reopen(made.path).append(again)
    stored = folder.read(made.path)
    assert len(stored.runs) == 8
    assert stored.runs[-1] == again


@pytest.mark.parametrize(
    "edited",
    [
        {"outcome": "splendid"},
        {"times": {"hot": ["fast"]}},
        {"times": {"hot": [float("nan")]}},
        {"times": {"hot": [-1.0]}},
        {"times": 3},
        {"memory": {"peak": True}},
        {"engine": 7},
        {"round": "first"},
    ],
)
def test_an_edited_line_is_left_out_and_told(made: folder.Folder, edited: object) -> None:
    path = made.path / folder.RUNS
    lines = path.read_text().splitlines()
    lines[2] = json.dumps({**json.loads(lines[2]), **edited})
    path.write_text("\n".join(lines) + "\n")
    stored = folder.read(made.path)
    assert len(stored.runs) == 7
    assert "runs.jsonl, line 3 cannot be read" in stored.warnings[0]


def test_a_line_of_endless_brackets_is_left_out_and_told(made: folder.Folder) -> None:
    path = made.path / folder.RUNS
    path.write_text(f"{path.read_text()}{'[' * 100_000}\n")
    stored = folder.read(made.path)
    assert len(stored.runs) == 8
    assert "runs.jsonl, line 9 cannot be read (maximum recursion depth" in stored.warnings[0]


def test_a_repeated_run_counts_once_the_last_time(made: folder.Folder) -> None:
    run = next(samples.runs(samples.head(**SMALL)))
    made.append(replace(run, evidence="again"))
    stored = folder.read(made.path)
    assert len(stored.runs) == 8
    assert [r for r in stored.runs if r.evidence == "again"]
    assert "1 runs replace earlier ones of the same round" in stored.warnings[0]


def test_a_newer_folder_is_refused_with_the_mend(made: folder.Folder) -> None:
    path = made.path / folder.HEAD
    path.write_text(json.dumps({**json.loads(path.read_text()), "schema_version": 99}))
    with pytest.raises(ResultsError, match=r"schema version 99 is newer .*`pip install --upgrade"):
        folder.read(made.path)


def test_a_later_field_is_no_trouble(made: folder.Folder) -> None:
    path = made.path / folder.HEAD
    path.write_text(json.dumps({**json.loads(path.read_text()), "weather": "fine"}))
    assert folder.read(made.path).warnings == ()


def test_a_head_without_its_machine_is_read_and_told(made: folder.Folder) -> None:
    path = made.path / folder.HEAD
    record = json.loads(path.read_text())
    del record["machine"]
    path.write_text(json.dumps({**record, "limits": "none"}))
    stored = folder.read(made.path)
    assert stored.head.machine == {}
    assert stored.head.limits == {}
    assert [warning.split("`")[1] for warning in stored.warnings] == ["limits", "machine"]


@pytest.mark.parametrize("text", ["", "[]", "{half", "\xff", "[" * 100_000])
def test_a_broken_head_is_a_sentence(made: folder.Folder, text: str) -> None:
    (made.path / folder.HEAD).write_text(text, encoding="latin-1")
    with pytest.raises(ResultsError, match="cannot be read as a comparison"):
        folder.read(made.path)


def test_no_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="not found; name the folder of a comparison"):
        folder.read(tmp_path / "nothing")


def test_a_comparison_without_a_finished_run_is_read(tmp_path: Path) -> None:
    made = folder.create(tmp_path, samples.head(**SMALL))
    stored = folder.read(made.path)
    assert stored.runs == ()
    assert stored.head.workload == "groupby"


def test_results_that_cannot_be_written_are_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file, not a folder")
    with pytest.raises(ResultsError, match=r"cannot be written .*`--results DIR"):
        folder.create(tmp_path / "results", samples.head(**SMALL))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_a_sentence(tmp_path: Path) -> None:
    made = folder.create(tmp_path, samples.head(**SMALL))
    (made.path / folder.RUNS).symlink_to("/dev/full")
    with pytest.raises(ResultsError, match="No space left on device"):
        made.append(Run("pandas", "q1", 0, Outcome.OK))


def test_a_failed_write_leaves_the_old_file_and_nothing_else(made: folder.Folder) -> None:
    made.write_report("report.md", "old")
    before = sorted(made.path.iterdir())
    with pytest.raises(UnicodeEncodeError):
        made.write_report("report.md", "new \ud800")
    assert (made.path / "report.md").read_text() == "old"
    assert sorted(made.path.iterdir()) == before


def test_a_killed_writer_leaves_every_run_it_was_told_of(tmp_path: Path) -> None:
    made = folder.create(tmp_path, samples.head(**SMALL))
    code = (
        "import os, sys; from pathlib import Path\n"
        "from dfbench.storage.folder import Folder\n"
        "from dfbench.storage.records import Outcome, Run\n"
        "for n in range(3): Folder(Path(sys.argv[1])).append(Run('pandas', 'q1', n, Outcome.OK))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(made.path)], check=False)
    assert ended.returncode == -9
    assert [run.round for run in folder.read(made.path).runs] == [0, 1, 2]


def test_the_table_opens_with_one_line_and_holds_every_run(made: folder.Folder) -> None:
    import pyarrow.parquet as pq

    table = pq.read_table(made.finish())
    first = next(samples.runs(samples.head(**SMALL)))
    row = table.to_pylist()[0]
    assert table.num_rows == 8
    assert row["engine"] == first.engine
    assert row["hot"] == list(first.times.hot)
    assert row["peak_memory"] == first.memory.peak
    assert row["foreign"] == first.noise.foreign
    assert row["memory_measure"] == "rss"


def test_the_table_of_no_run_has_its_columns(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    made = folder.create(tmp_path, samples.head(**SMALL))
    assert "hot" in pq.read_table(made.finish()).column_names


def test_a_run_survives_json_whatever_its_text() -> None:
    run = Run(
        "e", "q", 1, Outcome.CRASHED, evidence="a\nb\u2028c\x85 \"'", log="\x00\x1b[31m",
        times=Times(hot=(0.1, 1e-9)), noise=Noise(0.5, None), environment={"POLARS": "1"},
    )  # fmt: skip
    assert Run.from_dict(json.loads(json.dumps(run.to_dict()))) == run


def test_a_runs_environment_is_read_under_its_older_name() -> None:
    record = Run("e", "q", 1, Outcome.OK, environment={"POLARS": "1"}).to_dict()
    record["told"] = record.pop("environment")
    assert Run.from_dict(record).environment == {"POLARS": "1"}


def test_storing_imports_nothing_heavy() -> None:
    code = (
        "import sys, dfbench.storage.folder\n"
        "print([m for m in ('pyarrow', 'numpy', 'pandas', 'pydantic') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
