"""A person's own files as a dataset: Parquet, CSV and Arrow, alone and several."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dfbench.datasets.dataset import Dataset, make_dataset
from dfbench.datasets.parquet_schema import read_schema
from dfbench.errors import DataError
from dfbench.spec.workload import CsvFormat, Files
from pyarrow import feather


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "own").mkdir()
    return tmp_path / "own"


def made(folder: Path, *patterns: str) -> Dataset:
    return make_dataset(Files(patterns, folder), folder.parent / "cache")


def rows(data: Dataset) -> dict[str, list[object]]:
    return pq.read_table(data.path).to_pydict()


def test_one_parquet_file_is_used_where_it_lies(folder: Path) -> None:
    pq.write_table(pa.table({"unit price": [1.0, float("nan")], "n": [None, 2]}), folder / "a b.pq")
    data = made(folder, "a b.pq")
    assert data.path == folder / "a b.pq"
    assert [(c.name, c.kind, c.nulls, c.nans) for c in data.schema.columns] == [
        ("unit price", "float", False, True),
        ("n", "int", True, False),
    ]
    assert made(folder, "a b.pq") == data
    assert data.name == "a b"


def test_a_changed_file_is_described_anew(folder: Path) -> None:
    pq.write_table(pa.table({"x": [1.0]}), folder / "a.parquet")
    before = made(folder, "a.parquet")
    pq.write_table(pa.table({"x": [1.0, float("nan")]}), folder / "a.parquet")
    after = made(folder, "a.parquet")
    assert before.sha != after.sha
    assert (after.rows, after.schema["x"].nans) == (2, True)


def test_several_parquet_files_become_one_in_the_order_of_their_names(folder: Path) -> None:
    pq.write_table(pa.table({"x": [3.5]}), folder / "b.parquet")
    pq.write_table(pa.table({"x": [1, 2]}), folder / "a.parquet")
    data = made(folder, "*.parquet")
    assert rows(data) == {"x": [1.0, 2.0, 3.5]}
    assert data.schema["x"].arrow == "double"


def test_folders_named_by_key_and_value_are_columns(folder: Path) -> None:
    for year in (2020, 2021):
        (folder / f"year={year}").mkdir()
        pq.write_table(pa.table({"x": [year % 10]}), folder / f"year={year}" / "x.parquet")
    assert rows(made(folder, ".")) == {"x": [0, 1], "year": [2020, 2021]}


def test_dictionaries_become_plain_strings(folder: Path) -> None:
    words = pa.array(["x", None, "x"]).dictionary_encode()
    pq.write_table(pa.table({"s": words}), folder / "d.parquet")
    data = made(folder, "d.parquet")
    assert data.schema["s"].arrow == "string"
    assert rows(data) == {"s": ["x", None, "x"]}


def test_an_index_that_pandas_stored_is_a_column(folder: Path) -> None:
    pandas = pytest.importorskip("pandas")
    pandas.DataFrame({"x": [1, 2], "k": ["a", "b"]}).set_index("k").to_parquet(folder / "i.parquet")
    data = made(folder, "i.parquet")
    assert list(pandas.read_parquet(data.path).columns) == ["x", "k"]


def test_csv_types_are_told_once_for_all_files_and_widen(folder: Path) -> None:
    (folder / "a.csv").write_text('x,unit price,s,e\n1,2.5,u,\n2,3,"",\n3,,NA,\n')
    (folder / "b.csv").write_text("x,unit price,s,e\n1.5,2.5,u,zz\n")
    assert rows(made(folder, "*.csv")) == {
        "x": [1.0, 2.0, 3.0, 1.5],
        "unit price": [2.5, 3.0, None, 2.5],
        "s": ["u", "", None, "u"],
        "e": [None, None, None, "zz"],
    }


def test_a_value_far_down_a_csv_widens_its_column(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dfbench.datasets.csv_files.BLOCK_BYTES", 200)
    lines = [f"{n};{n}" for n in range(100)]
    (folder / "a.csv").write_text("\n".join(["a;b", *lines, "x;0.5", ""]))
    data = made(folder, "a.csv")
    assert [column.arrow for column in data.schema.columns] == ["string", "double"]
    assert rows(data)["a"] == [*map(str, range(100)), "x"]


def test_arrow_files_are_read(folder: Path) -> None:
    feather.write_feather(pa.table({"x": [1, 2], "f": [1.0, float("nan")]}), folder / "a.feather")
    data = made(folder, "a.feather")
    assert (data.rows, data.schema["f"].nans, data.schema["x"].kind) == (2, True, "int")


def test_every_kind_of_column_is_told(folder: Path) -> None:
    kinds = {
        "int": pa.array([1], pa.uint8()),
        "float": pa.array([1], pa.float32()),
        "string": pa.array(["x"], pa.large_string()),
        "bool": pa.array([True]),
        "date": pa.array([1], pa.date32()),
        "timestamp": pa.array([1], pa.timestamp("us", "Europe/Berlin")),
        "decimal": pa.array([1], pa.decimal128(9, 2)),
        "null": pa.array([None], pa.null()),
    }
    pq.write_table(pa.table({**kinds, "list": [[1]]}), folder / "a.parquet")
    schema = read_schema(folder / "a.parquet")
    assert {column.name: column.kind for column in schema.columns} == {kind: kind for kind in kinds}


def test_nulls_are_found_without_statistics(folder: Path) -> None:
    table = pa.table({"x": [1, None], "y": [1, 2]})
    pq.write_table(table, folder / "a.parquet", write_statistics=False)
    schema = read_schema(folder / "a.parquet")
    assert (schema["x"].nulls, schema["y"].nulls) == (True, False)


def broken(folder: Path) -> None:
    (folder / "empty").mkdir()
    (folder / "x.txt").write_text("x")
    (folder / "bad.parquet").write_text("no")
    (folder / "bad.arrow").write_text("no")
    (folder / "empty.csv").write_text("")
    (folder / "twice.csv").write_text("a,a\n1,2\n")
    (folder / "ragged.csv").write_text("a,b\n1,2\n1,2,3\n")
    (folder / "latin.csv").write_bytes("a,b\n1,\xfc\n".encode("latin1"))
    (folder / "good.csv").write_text("a\n1\n")
    (folder / "one.csv").write_text("a,b\n1,2\n")
    twice = pa.Table.from_arrays([pa.array([1])] * 3, names=["a", "b", "a"])
    pq.write_table(twice, folder / "twice.parquet")
    feather.write_feather(twice, folder / "twice.arrow", compression="uncompressed")
    (folder / "comment.csv").write_text("# by hand, of 2024\na,b\n1,2\n3,4,5\n")
    pq.write_table(pa.table({"x": [1]}), folder / "n1.parquet")
    pq.write_table(pa.table({"x": ["a"]}), folder / "n2.parquet")


@pytest.mark.parametrize(
    ("patterns", "message"),
    [
        (["nix.parquet"], "nix.parquet: no file in .* check the path"),
        (["nix*.csv"], r"nix\*.csv: no file in .* check the path"),
        (["empty"], "the folder holds no data file; put .parquet"),
        (["x.txt"], "x.txt: unknown kind of file; name it .parquet"),
        (["bad.parquet"], "bad.parquet: cannot be read as Parquet"),
        (["bad.arrow"], "bad.arrow: cannot be read as Arrow IPC"),
        (["empty.csv"], "empty.csv: cannot be read as CSV"),
        (["twice.csv"], "twice.csv: line 1 names two columns 'a' .*; give each its own name"),
        (["twice.parquet"], r"/twice.parquet: two columns are named 'a' \(the columns 1 and 3\)"),
        (["twice.arrow"], r"/twice.arrow: two columns are named 'a' \(the columns 1 and 3\)"),
        (["n1.parquet", "twice.parquet"], "/twice.parquet: two columns are named 'a'"),
        (["comment.csv"], "comment.csv: line 4 has 3 .*, or add csv: {comment: '#'} to the data"),
        (["ragged.csv"], "ragged.csv: line 3 has 3 fields instead of 2; correct"),
        (["latin.csv"], "latin.csv: line 2 is not UTF-8 .*WINDOWS-1252"),
        (["one.csv", "latin.csv"], "latin.csv: line 2 is not UTF-8 .*WINDOWS-1252"),
        (["good.csv", "one.csv"], "one.csv: its columns are a, b and not a"),
        (["good.csv", "n1.parquet"], "files of several formats"),
        (["n?.parquet"], "the files' columns do not fit together"),
    ],
)
def test_files_that_cannot_be_used_are_told(
    folder: Path, patterns: list[str], message: str
) -> None:
    broken(folder)
    with pytest.raises(DataError, match=message):
        made(folder, *patterns)
    cache = folder.parent / "cache"
    assert not cache.exists() or list(cache.iterdir()) == []


def test_a_csv_is_read_in_the_dialect_that_is_told(folder: Path) -> None:
    (folder / "a.csv").write_text("1,5|'a|b'|x\n2,25|c|-\n|NA|e\n")
    told = CsvFormat(delimiter="|", quote="'", decimal=",", header=False, missing=("-",))
    data = make_dataset(Files(("a.csv",), folder, told), folder / "cache")
    assert rows(data) == {
        "column_1": [1.5, 2.25, None],
        "column_2": ["a|b", "c", "NA"],
        "column_3": ["x", None, "e"],
    }


def test_another_dialect_makes_other_data(folder: Path) -> None:
    (folder / "a.csv").write_text("x\n1,5\n")
    comma, semicolon = (CsvFormat(delimiter=";", decimal=sign) for sign in ",.")
    made = [
        make_dataset(Files(("a.csv",), folder, told), folder / "c") for told in (comma, semicolon)
    ]
    assert [rows(data) for data in made] == [{"x": [1.5]}, {"x": ["1,5"]}]


def test_a_dialect_belongs_to_csv_files(folder: Path) -> None:
    pq.write_table(pa.table({"x": [1]}), folder / "own.parquet")
    with pytest.raises(DataError, match="Parquet files have no delimiter"):
        make_dataset(Files(("own.parquet",), folder, CsvFormat(decimal=",")), folder / "cache")


@pytest.mark.parametrize("statistics", [True, False])
def test_the_ends_of_integers_are_known_with_and_without_statistics(
    folder: Path, statistics: bool
) -> None:
    table = pa.table({"a": pa.array([2**64 - 1, None], pa.uint64()), "b": [1, -(2**60)]})
    pq.write_table(table, folder / "own.parquet", write_statistics=statistics)
    a, b = read_schema(folder / "own.parquet").columns
    assert (a.low, a.high, b.low, b.high) == (2**64 - 1, 2**64 - 1, -(2**60), 1)
    assert (a.most, b.most) == (2**64 - 1, 2**60)
    assert (a.exceeds_floats, b.exceeds_floats) == (True, False)


@pytest.mark.parametrize("statistics", [True, False])
@pytest.mark.parametrize("unit", ["s", "ms", "us"])
def test_times_that_nanoseconds_do_not_reach_are_known(
    folder: Path, statistics: bool, unit: str
) -> None:
    near, early, late = dt.datetime(2262, 4, 11), dt.datetime(1, 1, 1), dt.datetime(2262, 4, 12)
    table = pa.table(
        {
            name: pa.array([near, None, value], pa.timestamp(unit))
            for name, value in (("near", near), ("early", early), ("late", late))
        }
    ).append_column("exact", pa.array([near] * 3, pa.timestamp("ns")))
    pq.write_table(table, folder / "own.parquet", write_statistics=statistics)
    columns = read_schema(folder / "own.parquet").columns
    assert [column.name for column in columns if column.exceeds_nanoseconds] == ["early", "late"]


def test_the_ends_of_floats_leave_nan_out_and_say_nothing_of_it(folder: Path) -> None:
    table = pa.table(
        {
            "numbers": [0.5, -2.0],
            "nans": [math.nan, 3.0],
            "infinite": [math.inf, 1.0],
            "nothing": pa.array([None, None], pa.float64()),
            "single": pa.array([1.5, 2.5], pa.float32()),
        }
    )
    pq.write_table(table, folder / "own.parquet")
    numbers, nans, infinite, nothing, single = read_schema(folder / "own.parquet").columns
    assert (numbers.low, numbers.high, numbers.nans) == (-2.0, 0.5, False)
    assert (nans.low, nans.high, nans.nans) == (3.0, 3.0, True)
    assert (infinite.low, infinite.high) == (1.0, math.inf)
    assert (nothing.low, nothing.high, nothing.nulls) == (None, None, True)
    # A float of 32 bits leaves the ends of its column by rounding alone.
    assert (single.low, single.high) == (None, None)
