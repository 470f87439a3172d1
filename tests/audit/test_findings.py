"""The audit finds every planted error in a published file, and leaves honest results alone."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import TypeAlias

import pandas as pd
import pytest
from dfbench.audit.checksums import agree, measure_distance
from dfbench.audit.findings import Finding, Flag, audit
from dfbench.audit.groups import group, summarize
from dfbench.audit.published import read
from dfbench.audit.right_answers import RightAnswer, compute_right_answers
from dfbench.datasets.dataset import make_dataset
from dfbench.datasets.generators import parse_name
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
Line: TypeAlias = dict[str, object]


def line(solution: str, question: str, run: int, **changes: object) -> Line:
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


def honest() -> list[Line]:
    return [line(s, q, run) for s in SOLUTIONS for q in QUESTIONS for run in (1, 2)]


def published(tmp_path: Path, lines: list[Line]) -> Path:
    path = tmp_path / "time.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, HEADER)
        writer.writeheader()
        writer.writerows(lines)
    return path


def found(tmp_path: Path, lines: list[Line]) -> tuple[Finding, ...]:
    return audit(read(published(tmp_path, lines)))


def planted(solution: str, question: str, **changes: object) -> list[Line]:
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
    "one sum is not logged": (
        ("duckdb", "mean v1:v3 by id4", {"chk": "299.988;799.894"}),
        Flag.PARTIAL,
    ),
    "the first sum is not logged": (
        ("duckdb", "mean v1:v3 by id4", {"chk": "NA;799.894;4999.767"}),
        Flag.PARTIAL,
    ),
    "of the sums that are logged one is wrong": (
        ("duckdb", "mean v1:v3 by id4", {"chk": "299.988;899.894"}),
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
    assert finding.evidence.startswith("30000000.0 instead of 29998789")
    assert "(data.table, duckdb, spark agree)" in finding.evidence
    (one,) = group([finding])
    assert (one.subject, one.data) == ("polars 1.1.0, sum v1 by id1", "G1_1e7_1e2_0_0")


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


ROUNDED = [
    ("29998789", "29998789.000"),
    ("30.001", "30.00125"),
    ("30.001", "30.002"),  # 30.0015, and the noise of the last bit
    ("0.0", "0.000001462804"),
    ("4.29e8", "429000012"),
    ("299.988;799.894", "299.9879"),
]
NOT_ROUNDED = [("30.001", "30.0031"), ("29998789", "29998689"), ("299.988;799.9", "299.988;810.0")]


@pytest.mark.parametrize(("one", "other"), ROUNDED)
def test_checksums_agree_within_the_coarser_rounding(one: str, other: str) -> None:
    assert agree(one.split(";"), other.split(";"))
    assert agree(other.split(";"), one.split(";"))


@pytest.mark.parametrize(("one", "other"), NOT_ROUNDED)
def test_checksums_apart_by_more_than_rounding_do_not_agree(one: str, other: str) -> None:
    assert not agree(one.split(";"), other.split(";"))
    assert measure_distance(one.split(";"), other.split(";")) > 0


def test_a_solution_that_logs_the_first_checksum_only_is_one_group(tmp_path: Path) -> None:
    """DataFusion's script in db-benchmark logs 1 of 2 checksums, on all data sets."""
    lines = []
    for data in ("G1_1e7_1e2_0_0", "G1_1e7_2e0_0_0"):
        lines += [e | {"data": data} for e in honest()]
        for question, first in (
            ("sum v1 by id1", "29998789"),
            ("regression v1 v2 by id2 id4", "9.8386409"),
            ("mean v1:v3 by id4", "299.98789"),
            ("sum v1:v3 by id6", "29998789"),
        ):
            lines += [line("datafusion", question, n, data=data, chk=first) for n in (1, 2)]
    (one,) = group(found(tmp_path, lines))
    assert one.flag is Flag.PARTIAL
    assert one.subject == "datafusion 1.0, 2 questions"
    assert one.data == "G1_1e7_1e2_0_0, G1_1e7_2e0_0_0"
    assert one.evidence == "logs 1 of 3 checksums: the rest is unchecked"


def test_the_worst_finding_comes_first_and_names_its_data_sets(tmp_path: Path) -> None:
    lines = []
    for data, check in (("G1_1e7_1e2_0_0", "30100000"), ("G1_1e7_2e0_0_0", "60000000")):
        for entry in planted("polars", "sum v1 by id1", chk=check):
            wrong = (entry["solution"], entry["question"]) == ("spark", "sum v1:v3 by id6")
            lines.append(entry | {"data": data} | ({"chk": "28000000;1;1"} if wrong else {}))
    spark, polars = group(found(tmp_path, lines))[:2]
    assert (spark.subject, polars.subject) == (
        "polars 1.1.0, sum v1 by id1",
        "spark 3.5.0, sum v1:v3 by id6",
    )
    assert spark.data == "G1_1e7_2e0_0_0, G1_1e7_1e2_0_0"
    assert "60000000" in spark.evidence


def test_the_headline_counts_an_answer_with_wrong_rows_and_sums_once(tmp_path: Path) -> None:
    groups = group(found(tmp_path, planted("polars", "sum v1 by id1", chk="7", out_rows=7)))
    headline = summarize(groups)
    assert headline == "2 findings in 2 groups; 1 answer cannot be right (polars)"


def test_stale_versions_are_one_finding_a_solution(tmp_path: Path) -> None:
    old = {"batch": 1_700_000_000 - 400 * DAY, "timestamp": 1_700_000_000.0 - 400 * DAY}
    lines = []
    for data in ("G1_1e7_1e2_0_0", "G1_1e7_2e0_0_0"):
        lines += [e | {"data": data} | (old if e["solution"] == "spark" else {}) for e in honest()]
    (finding,) = found(tmp_path, lines)
    assert (finding.flag, finding.data) == (Flag.STALE, "G1_1e7_1e2_0_0, G1_1e7_2e0_0_0")


COMPUTED = {("G1_1e7_1e2_0_0", "sum v1 by id1"): RightAnswer(100, ("29998789",))}


def test_one_right_answer_among_many_wrong_ones_wins_when_it_is_computed(tmp_path: Path) -> None:
    lines = [
        e | {"chk": "31000000"}
        if e["question"] == "sum v1 by id1" and e["solution"] != "polars"
        else e
        for e in honest()
    ]
    voted = audit(read(published(tmp_path, lines)))
    assert {f.solution for f in voted} == {"polars"}
    computed = audit(read(published(tmp_path, lines)), COMPUTED)
    assert {f.solution for f in computed} == {"data.table", "duckdb", "spark"}
    assert "instead of 29998789 (computed; polars agree)" in computed[0].evidence


def test_a_computed_answer_that_no_solution_gives_flags_none(tmp_path: Path) -> None:
    other = {("G1_1e7_1e2_0_0", "sum v1 by id1"): RightAnswer(1, ("1",))}
    assert audit(read(published(tmp_path, honest())), other) == ()


def test_right_answers_are_those_of_pandas_on_the_same_data(tmp_path: Path) -> None:
    name = "G1_1e3_1e1_5_0"
    told: list[str] = []
    answers = compute_right_answers([name, "G1_1e9_1e1_5_0", "x"], 1000, tmp_path, told.append)
    assert compute_right_answers([name], 1000, tmp_path, told.append) == answers
    assert len(told) == 1  # the second time they are read
    frame = pd.read_parquet(make_dataset(parse_name(name), tmp_path).path)
    largest = frame.dropna(subset="v3").sort_values("v3").groupby("id6", dropna=False).v3.tail(2)
    assert answers[name, "largest two v3 by id6"].rows == len(largest)
    assert float(answers[name, "largest two v3 by id6"].check[0]) == pytest.approx(largest.sum())
    grouped = frame.groupby(["id4", "id5"], dropna=False).v3
    medians, deviations = map(float, answers[name, "median v3 sd v3 by id4 id5"].check)
    assert medians == pytest.approx(grouped.median().sum())
    assert deviations == pytest.approx(grouped.std().sum())
    keys = [f"id{number}" for number in range(1, 7)]
    rows = answers[name, "sum v3 count by id1:id6"]
    assert rows.rows == frame.groupby(keys, dropna=False).ngroups
    assert rows.check[1] == "1000"


def test_right_answers_of_joins_keep_rows_without_a_partner(tmp_path: Path) -> None:
    name = "J1_1e3_NA_5_0"
    answers = compute_right_answers([name], 1000, tmp_path, lambda _: None)
    data = make_dataset(parse_name(name), tmp_path)
    x, medium = (pd.read_parquet(path) for path in (data.path, dict(data.tables)["medium"].path))
    joined = x.dropna(subset="id2").merge(medium, on="id2")
    assert answers[name, "medium inner on int"].rows == len(joined)
    assert (
        answers[name, "medium inner on factor"].check == answers[name, "medium inner on int"].check
    )
    outer = answers[name, "medium outer on int"]
    assert (outer.rows, float(outer.check[0])) == (1000, pytest.approx(x.v1.sum()))


def test_a_compressed_file_is_read(tmp_path: Path) -> None:
    path = published(tmp_path, honest())
    packed = tmp_path / "time.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert read(packed) == read(path)
    packed.write_bytes(packed.read_bytes()[:-20])
    with pytest.raises(ResultsError, match="cannot be read as CSV"):
        read(packed)


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
    vote = ["audit", "--compute", "0"]
    good = runner.invoke(app, [*vote, str(published(tmp_path, honest()))])
    assert good.exit_code == 0, good.output
    wrong = published(tmp_path, planted("polars", "sum v1 by id1", chk="7"))
    bad = runner.invoke(app, [*vote, "--json", str(wrong)])
    assert bad.exit_code == 1
    table = runner.invoke(app, [*vote, str(wrong)])
    assert "polars 1.1.0, sum" in table.stdout
    assert "1 answer cannot be right (polars)" in table.stderr
    first = json.loads(bad.stdout.splitlines()[0])
    assert (first["flag"], first["solution"]) == ("different answer", "polars")
