"""The commands beside compare: history, init, doctor, selftest, schema."""

from __future__ import annotations

import csv
import doctest
import io
import json
import random
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dfbench import cli, engines
from dfbench.comparison.request import Request
from dfbench.datasets import first_workload
from dfbench.engines.info import Work
from dfbench.errors import EngineError, ResultsError
from dfbench.execution import doctor
from dfbench.report import history, selftest
from dfbench.report.model import Verdict
from dfbench.spec.reader import read
from dfbench.storage import folder
from dfbench.storage.folder import StoredComparison
from dfbench.storage.records import Head, Outcome, Run, Times

from tests.support import stored_samples as samples

RIGHT = {"engines": ("pandas", "polars"), "queries": ("q1", "q2"), "rounds": 2}


def dfbench(monkeypatch: pytest.MonkeyPatch, *words: object) -> object:
    monkeypatch.setattr(sys, "argv", ["dfbench", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code


@pytest.mark.parametrize("module", [history, selftest])
def test_examples_in_docstrings_are_true(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


def slower(run: Run, factor: float) -> Run:
    hot = tuple(time * factor for time in run.times.hot)
    return replace(run, times=replace(run.times, hot=hot))


def three(results: Path) -> list[Head]:
    """Three comparisons: the second with a new polars, the last twice as slow."""
    heads = [
        samples.head(**RIGHT, began="2026-01-31T12:00:00"),
        samples.head(**RIGHT, began="2026-02-28T12:00:00"),
        samples.head(**RIGHT, began="2026-03-31T12:00:00"),
    ]
    heads[1] = replace(heads[1], engines={**heads[1].engines, "polars": {"polars": "2.2"}})
    for number, head in enumerate(heads):
        made = folder.create(results, head)
        for run in samples.runs(head):
            made.append(slower(run, 2 if number == 2 else 1))
    return heads


def test_a_history_draws_every_comparison_and_names_what_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    three(tmp_path)
    assert dfbench(monkeypatch, "history", "groupby", "--results", tmp_path) == 0
    told = capsys.readouterr().out
    assert "groupby: 3 comparisons" in told
    assert "2026-02-28T120000-1, 8 runs, polars 2.2" in told
    assert "polars q2  ▁▁█  221 ms, 2.00× the median of the previous 2 (slower)" in told


def test_a_history_leaves_out_times_on_other_data_and_says_so(tmp_path: Path) -> None:
    head = samples.head(**RIGHT)
    other = folder.read(samples.store(tmp_path, replace(head, dataset={"rows": 10})).path)
    found = history.build([other, folder.read(samples.store(tmp_path, head).path)])
    assert "not drawn: dataset rows is 10,000,000, was 10" in history.render(found)
    assert found.lines[0].times[0] is None


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_history_is_read_by_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    three(tmp_path)
    assert dfbench(monkeypatch, "history", tmp_path / "groupby", "--format", form) == 0
    text = capsys.readouterr().out
    rows = (
        [json.loads(line) for line in text.splitlines()]
        if form == "jsonl"
        else list(csv.DictReader(io.StringIO(text)))
    )
    assert len(rows) == 12
    assert {row["engine"] for row in rows} == {"pandas", "polars"}


def test_a_history_of_nothing_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dfbench(monkeypatch, "history", "groupby", "--results", tmp_path) == 2
    assert "no comparison of groupby is stored here" in capsys.readouterr().err


def test_the_chart_of_noise_is_level() -> None:
    assert history.spark([1.0, 1.001, 0.999]) == "▁▁▁"
    assert history.spark([]) == ""


CSV = "city,day,x y,n\n" + "a,2020-01-01,1.5,3\nb,2020-01-02,,4\n" * 20


def test_a_first_workload_is_read_and_runs_as_it_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sales.csv").write_text(CSV)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DFBENCH_CACHE", str(tmp_path / "cache"))
    assert dfbench(monkeypatch, "init", "sales.csv") == 0
    assert "#   x y: double, some missing" in (tmp_path / "sales.yaml").read_text()
    made = read(Path("sales.yaml"), {}, engines=("pandas", "duckdb"))
    assert made.queries[0].group_by == ("city",)
    asked = ("-e", "duckdb", "--results", tmp_path / "results")
    assert dfbench(monkeypatch, "check", "sales.yaml", *asked) == 0


def test_a_first_workload_names_no_engine_and_asks_those_that_are_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sales.csv").write_text(CSV)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DFBENCH_CACHE", str(tmp_path / "cache"))
    assert dfbench(monkeypatch, "init", "sales.csv") == 0
    asked = engines.default_engines(Work.QUERY)
    here = tuple(name for name in asked if not engines.find_missing(engines.find(name)))
    assert "pandas" in here
    assert Request("sales.yaml").read().engines == here
    with pytest.raises(EngineError, match="none of cudf is installed"):
        engines.select_installed(["cudf"])


def test_a_first_workload_of_a_file_with_decimal_commas_reads_its_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "verkauf.csv").write_text("Ware;Betrag;Tag\n" + "Apfel;1,5;1\nBirne;-2;2\n" * 20)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DFBENCH_CACHE", str(tmp_path / "cache"))
    assert dfbench(monkeypatch, "init", "verkauf.csv") == 0
    assert "#   Betrag: double" in (tmp_path / "verkauf.yaml").read_text()
    asked = ("-e", "duckdb", "--results", tmp_path / "results")
    assert dfbench(monkeypatch, "check", "verkauf.yaml", *asked) == 0


def test_a_first_workload_never_takes_a_files_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sales.csv").write_text(CSV)
    (tmp_path / "sales.yaml").write_text("mine")
    monkeypatch.chdir(tmp_path)
    assert dfbench(monkeypatch, "init", "sales.csv") == 2
    assert "already exists; not overwritten" in capsys.readouterr().err
    assert (tmp_path / "sales.yaml").read_text() == "mine"


@pytest.mark.parametrize(
    ("columns", "key"),
    [
        ({"a": list(range(100)), "b": [1.5] * 100}, None),
        ({"a": [1, 2] * 50, "b": [1.5] * 100}, "a"),
        ({"a": [1, 2] * 50, "t": ["x", "y", "z", "w"] * 25, "b": [0.5] * 100}, "t"),
        ({'we"ird: {x}': ["x"] * 100, "b\nc": [0.5] * 100}, 'we"ird: {x}'),
        ({"b": pa.nulls(100, pa.float64())}, None),
    ],
)
def test_keys_have_few_values_and_any_name_is_written_as_yaml_reads_it(
    tmp_path: Path, columns: dict[str, object], key: str | None
) -> None:
    file = tmp_path / "my data.parquet"
    pq.write_table(pa.table(columns), file)
    from dfbench.datasets.dataset import make_dataset
    from dfbench.spec.workload import CsvFormat, Files

    data = make_dataset(Files((str(file),), tmp_path), tmp_path)
    first_workload.write_first_workload(file, data, tmp_path / "w.yaml", CsvFormat())
    made = read(tmp_path / "w.yaml", {}, engines=("pandas",))
    assert made.queries[0].group_by == ((key,) if key else ())


def test_a_file_without_numbers_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "words.csv").write_text("a,b\nx,y\n")
    monkeypatch.chdir(tmp_path)
    assert dfbench(monkeypatch, "init", "words.csv") == 2
    assert "no column of this file holds numbers" in capsys.readouterr().err


FACTS = {
    "python": "CPython 3.11.7", "cores": 8, "cores_total": 8, "memory": 32 * 2**30,
    "memory_held_by": "machine", "load": 0.1, "swap": 0, "governor": "performance",
    "virtual": None, "shm": 32 * 2**30, "cache": 99 * 2**30, "results": 99 * 2**30,
}  # fmt: skip


def test_a_good_machine_has_nothing_to_mend() -> None:
    assert [found.message for found in doctor.check_facts(FACTS) if not found.passed] == []


@pytest.mark.parametrize(
    ("fact", "value", "mend"),
    [
        ("cores", 1, "--cpus=4"),
        ("memory", 2**30, "dataset.rows=1e6"),
        ("memory", None, "--memory"),
        ("load", 4.0, "stop other processes"),
        ("swap", 2**30, "swapoff"),
        ("governor", "powersave", "cpupower"),
        ("virtual", "virtual machine", "steal"),
        ("shm", 64 * 2**20, "--shm-size"),
        ("shm", None, "mount -t tmpfs"),
        ("cache", 2**30, "DFBENCH_CACHE"),
        ("results", None, "--results"),
    ],
)
def test_each_thing_amiss_is_told_with_its_next_step(fact: str, value: object, mend: str) -> None:
    found = list(doctor.check_facts({**FACTS, fact: value}))
    assert any(mend in one.fix for one in found if not one.passed)
    assert "✗" in doctor.render(found)


def test_the_doctor_looks_at_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dfbench(monkeypatch, "doctor", "--results", tmp_path) == 0
    told = capsys.readouterr().out.splitlines()
    assert any("memory limits are enforced by" in line for line in told)
    assert all(told[i + 1].startswith("    → ") for i, line in enumerate(told) if line[0] == "✗")


def test_a_missing_engine_is_told_with_the_command_that_adds_it() -> None:
    found = list(doctor.check_engines({"polars": "pip install 'dataframe-bench[polars]'"}))
    assert doctor.render(found) == (
        "✗ polars is not installed\n    → pip install 'dataframe-bench[polars]'\n"
    )


def noisy(tmp_path: Path, noise: float, rounds: int = 40, drift: float = 0.0) -> StoredComparison:
    seed = random.Random(5)
    head = samples.head(engines=("polars",), queries=("q1", "q2", "q3"), rounds=rounds)
    made = folder.create(tmp_path, head)
    for number in range(rounds):
        for query in head.queries:
            time = 0.01 * (1 + drift * number) * (1 + seed.gauss(0, noise))
            times = Times(cold=time * 2, hot=(time,))
            made.append(Run("polars", query, number, Outcome.OK, times=times))
    return folder.read(made.path)


@pytest.mark.parametrize("drift", [0.0, 0.001])
def test_a_quiet_machine_passes_and_finds_a_planted_slow_down(tmp_path: Path, drift: float) -> None:
    found = selftest.build(noisy(tmp_path, 0.007, drift=drift), 2, count=300)
    assert found.has_passed
    assert len(found.real) == 30
    ten = next(one for one in found.simulated if one.rounds == 10)
    assert ten.found >= 0.95
    assert "Verdicts are reliable on this machine" in selftest.render(found)


def test_a_self_comparison_of_rounds_that_differ_is_a_false_verdict() -> None:
    alternating = {number: 1.0 if number % 2 else 1.5 for number in range(20)}
    turned = selftest.itself({"polars": {"q1": alternating, "q2": alternating}}, (), "polars", 5)
    assert {ratio.verdict for ratio in turned} == {Verdict.UNDECIDED}
    first, second = selftest.halve(alternating, range(4))
    assert (first, second) == ({0: 1.5, 1: 1.0}, {0: 1.0, 1: 1.5})
    paired = {number: 1.5 if number % 4 in {0, 3} else 1.0 + number / 1e5 for number in range(20)}
    apart = selftest.itself({"polars": {"q1": paired, "q2": paired}}, (), "polars", 5)
    assert all(ratio.verdict.is_decided for ratio in apart)


def test_a_comparison_with_too_few_rounds_tells_no_noise(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="pairs of rounds are too few to estimate the noise"):
        selftest.build(noisy(tmp_path, 0.01, rounds=3), 2)


def test_an_engine_is_compared_with_itself_by_real_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("-e", "duckdb", "-q", "q1", "--set", "dataset.rows=1000", "--set", "measure.runs=1")
    words = ("selftest", *asked, "--comparisons", "1", "--results", tmp_path)
    monkeypatch.setattr(selftest, "LEAST", 3)
    assert dfbench(monkeypatch, *words) in {0, 1}  # as noisy as the machine is now
    assert "1 comparison of an engine with itself, 2 rounds each" in capsys.readouterr().out


def test_the_schema_is_the_one_in_the_docs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dfbench(monkeypatch, "schema") == 0
    assert json.loads(capsys.readouterr().out)["title"] == "dfbench workload"


def test_open_finds_the_newest_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    made = samples.store(tmp_path, samples.head(**RIGHT))
    assert dfbench(monkeypatch, "open", tmp_path) == 0
    assert opened == [(made.path / "report.html").as_uri()]
    assert (made.path / "report.html").exists()
