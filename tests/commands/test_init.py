"""`dfbench init`: a first workload from a data file."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dfbench import engines
from dfbench.comparison.request import Request
from dfbench.datasets import first_workload
from dfbench.datasets.dataset import make_dataset
from dfbench.engines import polars
from dfbench.engines.info import Work
from dfbench.errors import EngineError
from dfbench.spec.reader import check_columns, read

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
    monkeypatch.setenv("DFBENCH_CACHE", str(tmp_path / "cache"))
    assert run_dfbench(monkeypatch, "init", "sales.csv") == 0
    assert "written to sales-csv.yaml" in capsys.readouterr().err
    assert run_dfbench(monkeypatch, "init", "sales.csv") == 2
    assert "already exists; not overwritten" in capsys.readouterr().err
    assert (tmp_path / "sales.yaml").read_text() == "mine"


@pytest.mark.parametrize(
    ("text", "queries", "told"),
    [
        # Coordinates, codes and identifiers are no measures; days are groups.
        (
            (
                "order id,shop,day,Unit Price,qty,status,lat,lon\n"
                "1,a,2026-01-01,2.5,1,200,48.1,11.5\n2,b,2026-01-02,3.5,2,404,48.2,11.6\n"
                "3,a,2026-01-02,1.5,2,200,48.3,11.7\n"
            ),
            {
                "per_group": (("shop",), ("sum_Unit_Price", "mean_qty", "rows")),
                "per_day": (("day",), ("sum_Unit_Price", "mean_qty", "rows")),
            },
            'delimiter: ","',
        ),
        (
            "at,v\n2026-01-01 08:00:00,1.5\n2026-01-01 09:00:00,2.5\n2026-01-02 09:00:00,3\n",
            {
                "whole": ((), ("sum_v", "rows")),
                "per_day": (("day_of_at",), ("sum_v", "rows")),
            },
            "at: timestamp",
        ),
        (
            "level,host\nERROR,h1\nWARN,h2\nERROR,h1\n",
            {"per_group": (("level",), ("rows",))},
            "level: string",
        ),
        ("a,b\nx,y\n", {"whole": ((), ("rows",))}, "a: string"),
        ("a,b\n", {"whole": ((), ("rows",))}, "0 rows"),
        (
            "None,class,v\n1,2,3\n1,2,4\n1,2,4\n",
            {"per_group": (("v",), ("sum_None", "rows"))},
            "None: int64",
        ),
        (
            "Datum;Umsatz\n01.02.2026;1.234,50\n02.02.2026;99,10\n",
            {"whole": ((), ("rows",))},
            "'1.234,50' is a number; remove the dots, and set decimal: ','",
        ),
    ],
    ids=["sales", "times", "texts", "one-row", "no-rows", "odd-names", "decimal-comma"],
)
def test_questions_fit_the_columns_and_are_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    text: str, queries: dict[str, tuple[tuple[str, ...], tuple[str, ...]]], told: str,
) -> None:  # fmt: skip
    (tmp_path / "data.csv").write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DFBENCH_CACHE", str(tmp_path / "cache"))
    assert run_dfbench(monkeypatch, "init", "data.csv") == 0
    assert told in (tmp_path / "data.yaml").read_text()
    data = make_dataset(read("data.yaml").dataset, tmp_path / "cache")
    asked = check_columns(read("data.yaml"), data.schema).queries
    assert {q.name: (q.group_by, tuple(o.name for o in q.aggregate)) for q in asked} == queries
    assert [q.name for q in asked if q.question.endswith("day of day")] == []
    assert all(len(polars.run(query, pq.read_table(data.path))) >= 1 for query in asked)


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
    from dfbench.spec.workload import CsvFormat, Files

    data = make_dataset(Files((str(file),), tmp_path), tmp_path)
    first_workload.write_first_workload(file, data, tmp_path / "w.yaml", CsvFormat())
    made = read(tmp_path / "w.yaml", {}, engines=("pandas",))
    assert made.queries[0].group_by == ((key,) if key else ())


@pytest.mark.parametrize("command", ["compare", "check", "show", "sweep", "floor"])
def test_data_in_place_of_a_workload_is_told_to_init(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("sales.csv").write_text(CSV)
    more = ["--over", "rows=1,2"] if command == "sweep" else []
    assert run_dfbench(monkeypatch, command, "sales.csv", *more) == 2
    told = capsys.readouterr().err
    assert "sales.csv holds data; write a workload for it: `dfbench init sales.csv`" in told


def test_a_first_line_of_values_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DFBENCH_CACHE", str(tmp_path / "cache"))
    Path("rows.csv").write_text("1,2026-01-02,3.5\n" * 20)
    Path("years.csv").write_text("shop,2025,2026\n" + "a,1,2\n" * 20)
    assert run_dfbench(monkeypatch, "init", "rows.csv") == 0
    told = "# header: false # if the first line is a row: its names are numbers or dates"
    assert told in Path("rows.yaml").read_text()
    assert run_dfbench(monkeypatch, "init", "years.csv") == 0
    assert "header" not in Path("years.yaml").read_text()
