"""The audit finds every planted error in a published file, and leaves honest results alone."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from dfbench.audit.findings import Flag, audit
from dfbench.audit.published import read
from dfbench.errors import ResultsError
from typer.testing import CliRunner

HEADER = [
    "nodename",
    "batch",
    "timestamp",
    "task",
    "data",
    "in_rows",
    "question",
    "out_rows",
    "out_cols",
    "solution",
    "version",
    "git",
    "fun",
    "run",
    "time_sec",
    "mem_gb",
    "cache",
    "chk",
    "chk_time_sec",
    "comment",
    "on_disk",
]
SOLUTIONS = {"data.table": "1.14.9", "polars": "1.1.0", "duckdb": "0.9.1", "spark": "3.5.0"}
# The published answers, as different solutions print them: R rounds, Python gives three places.
QUESTIONS = {
    "sum v1 by id1": (100, {"": "29998789", "spark": "29998789.000", "polars": "29998789.0"}),
    "mean v1:v3 by id4": (
        100,
        {"": "299.988;799.894;4999.767", "data.table": "299.9879;799.8945;4999.767"},
    ),
    "sum v1:v3 by id6": (
        100_000,
        {"": "29998789;79989360;499976651.408", "data.table": "29998789;79989360;499976651"},
    ),
    "regression v1 v2 by id2 id4": (10_000, {"": "9.839", "spark": "9.838641"}),
}
DAY = 86_400


def line(solution, question, run, **changes):
    rows, checks = QUESTIONS[question]
    batch = 1_700_000_000
    values = {
        "nodename": "node",
        "batch": batch,
        "timestamp": float(batch + 60),
        "task": "groupby",
        "data": "G1_1e7_1e2_0_0",
        "in_rows": 10_000_000,
        "question": question,
        "out_rows": rows,
        "out_cols": 2,
        "solution": solution,
        "version": SOLUTIONS.get(solution, "1.0"),
        "git": "",
        "fun": "[.data.table",
        "run": run,
        "time_sec": 0.2,
        "mem_gb": 1.5,
        "cache": "TRUE",
        "chk": checks.get(solution, checks[""]),
        "chk_time_sec": 0.01,
        "comment": "NA",
        "on_disk": "FALSE",
    }
    return values | changes


def honest():
    return [line(s, q, run) for s in SOLUTIONS for q in QUESTIONS for run in (1, 2)]


def published(tmp_path: Path, lines):
    path = tmp_path / "time.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, HEADER)
        writer.writeheader()
        writer.writerows(lines)
    return path


def found(tmp_path: Path, lines):
    return audit(read(published(tmp_path, lines)))


def planted(solution, question, **changes):
    """Change the lines of one solution and question."""
    return [
        entry | changes if (entry["solution"], entry["question"]) == (solution, question) else entry
        for entry in honest()
    ]


def test_honest_results_are_left_alone_however_they_are_printed(tmp_path: Path) -> None:
    assert found(tmp_path, honest()) == ()


PLANTED = {
    "an integer sum is a hundred short": (
        ("polars", "sum v1 by id1", {"chk": "29998689"}),
        Flag.IMPRECISE,
    ),
    "a group is lost": (("polars", "sum v1 by id1", {"chk": "29698789"}), Flag.DIFFERENT),
    "sums of 32 bits": (
        ("spark", "sum v1:v3 by id6", {"chk": "29998789;79989360;499990000.5"}),
        Flag.IMPRECISE,
    ),
    "one sum is not there": (
        ("duckdb", "mean v1:v3 by id4", {"chk": "299.988;799.894"}),
        Flag.DIFFERENT,
    ),
    "the group of missing keys is lost": (
        ("spark", "sum v1 by id1", {"out_rows": 99}),
        Flag.ROWS,
    ),
    "the check takes the query's time": (
        ("polars", "sum v1:v3 by id6", {"time_sec": 0.01, "chk_time_sec": 3.2}),
        Flag.UNFINISHED,
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_error_is_found_and_nothing_else(tmp_path: Path, name: str) -> None:
    (solution, question, changes), flag = PLANTED[name]
    findings = found(tmp_path, planted(solution, question, **changes))
    assert {(f.flag, f.solution, f.question) for f in findings} == {(flag, solution, question)}
    assert len(findings) == 1
    assert findings[0].evidence


def test_the_evidence_names_both_answers_and_who_gave_the_usual_one(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, planted("polars", "sum v1 by id1", chk="30000000.0"))
    assert finding.evidence.startswith("30000000.0, and 29998789")
    assert "data.table, duckdb, spark" in finding.evidence
    assert finding.where == "polars 1.1.0, G1_1e7_1e2_0_0, sum v1 by id1"


def test_fewer_rows_read_than_the_data_has_are_told_once(tmp_path: Path) -> None:
    lines = [e | {"in_rows": 9_437_184} if e["solution"] == "duckdb" else e for e in honest()]
    (finding,) = found(tmp_path, lines)
    assert finding.flag is Flag.TRUNCATED
    assert finding.evidence == "read 9,437,184 rows of 10,000,000"


def test_one_against_one_is_no_majority(tmp_path: Path) -> None:
    lines = [e for e in planted("polars", "sum v1 by id1", chk="1") if e["solution"] != "spark"]
    two = [e for e in lines if e["solution"] != "duckdb"]
    assert found(tmp_path, two) == ()
    assert len(found(tmp_path, lines)) == 1


def test_a_family_has_one_voice(tmp_path: Path) -> None:
    """Dask and Modin share pandas' mistakes: three of them are no majority over two others."""
    lines = [e for e in honest() if e["solution"] in {"polars", "duckdb"}]
    for solution in ("pandas", "dask", "modin"):
        lines += [line(solution, "sum v1 by id1", run, chk="28000000") for run in (1, 2)]
    assert {f.solution for f in found(tmp_path, lines)} == {"pandas", "dask", "modin"}


def test_a_solution_that_contradicts_itself_is_unsteady(tmp_path: Path) -> None:
    lines = honest()
    lines.append(line("polars", "sum v1 by id1", 1) | {"chk": "29998000"})
    flags = {f.flag for f in found(tmp_path, lines)}
    assert flags == {Flag.UNSTEADY}


def test_only_a_solutions_newest_batch_is_published(tmp_path: Path) -> None:
    old = {"batch": 1_690_000_000, "timestamp": 1_690_000_060.0, "version": "0.19.0"}
    wrong = [
        e | old for e in planted("polars", "sum v1 by id1", chk="7") if e["solution"] == "polars"
    ]
    assert found(tmp_path, [*wrong, *honest()]) == ()


def test_a_version_behind_the_solutions_own_is_stale(tmp_path: Path) -> None:
    other = {"data": "G1_1e8_1e2_0_0", "in_rows": 1e8, "version": "1.10.0"}
    later = {"batch": 1_700_000_000 + 30 * DAY, "timestamp": 1_700_000_000.0 + 30 * DAY}
    lines = [*honest(), line("polars", "sum v1 by id1", 1, **other, **later)]
    (finding,) = found(tmp_path, lines)
    assert (finding.flag, finding.version, finding.data) == (Flag.STALE, "1.1.0", "G1_1e7_1e2_0_0")
    assert "1.10.0 was run on G1_1e8_1e2_0_0" in finding.evidence


def test_results_a_year_behind_the_others_are_stale(tmp_path: Path) -> None:
    old = {"batch": 1_700_000_000 - 400 * DAY, "timestamp": 1_700_000_000.0 - 400 * DAY}
    lines = [e | old if e["solution"] == "spark" else e for e in honest()]
    (finding,) = found(tmp_path, lines)
    assert (finding.flag, finding.solution) == (Flag.STALE, "spark")
    assert not finding.flag.wrong


def test_missing_checks_and_rows_are_no_findings(tmp_path: Path) -> None:
    lines = planted("spark", "sum v1 by id1", chk="NA", out_rows="NA", time_sec="NA")
    assert found(tmp_path, lines) == ()


BROKEN = {
    "a,b\n1,2\n": "no column batch, timestamp",
    ",".join(HEADER) + "\n" + ",".join(["1"] * 13 + ["one"] + ["1"] * 7) + "\n": r":2: cannot be",
}


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_no_result_file_is_told_with_its_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "time.csv"
    path.write_text(text)
    with pytest.raises(ResultsError, match=BROKEN[text]):
        read(path)


def test_the_command_exits_with_1_where_an_answer_is_wrong(tmp_path: Path) -> None:
    from dfbench.cli import app

    runner = CliRunner()
    good = runner.invoke(app, ["audit", str(published(tmp_path, honest()))])
    assert good.exit_code == 0, good.output
    wrong = published(tmp_path, planted("polars", "sum v1 by id1", chk="7"))
    bad = runner.invoke(app, ["audit", "--json", str(wrong)])
    assert bad.exit_code == 1
    first = json.loads(bad.stdout.splitlines()[0])
    assert (first["flag"], first["solution"]) == ("different answer", "polars")
