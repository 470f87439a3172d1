"""`dfbench init`: a first workload from a data file."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dfbench import engines
from dfbench.comparison.request import Request
from dfbench.datasets import first_workload
from dfbench.engines.info import Work
from dfbench.errors import EngineError
from dfbench.spec.reader import read

from tests.support.command_line import run_dfbench

CSV = "city,day,x y,n\n" + "a,2020-01-01,1.5,3\nb,2020-01-02,,4\n" * 20


def test_a_first_workload_is_read_and_runs_as_it_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sales.csv").write_text(CSV)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DFBENCH_CACHE", str(tmp_path / "cache"))
    assert run_dfbench(monkeypatch, "init", "sales.csv") == 0
    assert "#   x y: double, some missing" in (tmp_path / "sales.yaml").read_text()
    made = read(Path("sales.yaml"), {}, engines=("pandas", "duckdb"))
    assert made.queries[0].group_by == ("city",)
    asked = ("-e", "duckdb", "--results", tmp_path / "results")
    assert run_dfbench(monkeypatch, "check", "sales.yaml", *asked) == 0


def test_a_first_workload_names_no_engine_and_asks_those_that_are_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sales.csv").write_text(CSV)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DFBENCH_CACHE", str(tmp_path / "cache"))
    assert run_dfbench(monkeypatch, "init", "sales.csv") == 0
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
    assert run_dfbench(monkeypatch, "init", "verkauf.csv") == 0
    assert "#   Betrag: double" in (tmp_path / "verkauf.yaml").read_text()
    asked = ("-e", "duckdb", "--results", tmp_path / "results")
    assert run_dfbench(monkeypatch, "check", "verkauf.yaml", *asked) == 0


def test_a_first_workload_never_takes_a_files_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sales.csv").write_text(CSV)
    (tmp_path / "sales.yaml").write_text("mine")
    monkeypatch.chdir(tmp_path)
    assert run_dfbench(monkeypatch, "init", "sales.csv") == 2
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
    assert run_dfbench(monkeypatch, "init", "words.csv") == 2
    assert "no column of this file holds numbers" in capsys.readouterr().err
