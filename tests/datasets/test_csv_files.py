"""CSV files: their encodings, the types of columns that widen, and the progress of reading."""

from __future__ import annotations

import datetime as dt
import gzip
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dfbench.commands.init import init
from dfbench.datasets import conversion
from dfbench.datasets.csv_files import infer_types, read_batches
from dfbench.datasets.source_files import find_files
from dfbench.datasets.text_encoding import check_encoding
from dfbench.errors import DataError
from dfbench.spec.reader import read, read_text
from dfbench.spec.vocabulary import suggest
from dfbench.spec.workload import CsvFormat, Files

TEXT = "Größe,x\n1,2\n3,4\n"
LATE = "a,b\n" + "1,x\n" * 100 + "2,Größe\n"
NOT_UTF8 = {
    "latin-1 in the names": (TEXT.encode("latin-1"), "line 1 is not UTF-8 .*WINDOWS-1252"),
    "latin-1 in the last line": (LATE.encode("latin-1"), "line 102 is not UTF-8"),
    "cyrillic": ("имя,x\nж,2\n".encode("cp1251"), "line 1 is not UTF-8"),
    "UTF-16": (TEXT.encode("utf-16"), "is UTF-16, not UTF-8; .*{encoding: UTF-16}"),
    "UTF-16 without a mark": (TEXT.encode("utf-16-le"), "is UTF-16LE, not UTF-8"),
    "UTF-16, the other end first": (TEXT.encode("utf-16-be"), "is UTF-16BE, not UTF-8"),
    "UTF-32": (TEXT.encode("utf-32"), "is UTF-32, not UTF-8"),
    "binary": (b"\x00\x01\xff\x0a", "is not a text file"),
}


@pytest.fixture
def narrow_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dfbench.datasets.csv_files.BLOCK_BYTES", 200)


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return the list to which each whole reading of the files adds its types."""
    seen: list[object] = []

    def observe(paths: Any, types: Any, *rest: Any) -> Any:
        seen.append(types)
        return read_batches(paths, types, *rest)

    monkeypatch.setattr(conversion, "read_batches", observe)
    return seen


def convert(path: Path, csv_format: CsvFormat | None = None) -> pa.Table:
    """Convert the files of a pattern, and return their rows."""
    target = path.parent / "converted.parquet"
    source = find_files(Files((path.name,), path.parent, csv_format or CsvFormat()))
    conversion.convert(source, target, lambda _: None)
    return pq.read_table(target)


@pytest.mark.parametrize("name", NOT_UTF8)
@pytest.mark.parametrize("suffix", [".csv", ".csv.gz"])
def test_an_encoding_that_is_not_utf8_is_named_with_what_to_do(
    tmp_path: Path, name: str, suffix: str
) -> None:
    content, message = NOT_UTF8[name]
    path = tmp_path / f"a{suffix}"
    path.write_bytes(gzip.compress(content) if suffix.endswith("gz") else content)
    with pytest.raises(DataError, match=message):
        convert(path)


def test_init_reads_a_file_in_the_encoding_that_it_seems_to_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "latin.csv").write_bytes(TEXT.encode("latin-1"))
    init(tmp_path / "latin.csv", tmp_path / "latin.yaml")
    text = capsys.readouterr().out
    assert "  csv: {encoding: WINDOWS-1252} # guessed\n" in text
    assert "#   Größe: int64" in text
    (dataset,) = [read(tmp_path / "latin.yaml").dataset]
    assert isinstance(dataset, Files)
    assert dataset.csv_format.encoding == "WINDOWS-1252"


def test_utf8_is_read_with_a_mark_and_where_a_character_spans_two_blocks(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(TEXT.encode("utf-8-sig"))
    assert convert(path).to_pydict() == {"Größe": [1, 3], "x": [2, 4]}
    path.write_text("a\n" + "ö" * (1 << 20))
    check_encoding(path)
    check_encoding(path, 5)


@pytest.mark.usefixtures("narrow_blocks")
def test_a_footer_of_texts_widens_all_its_columns_in_one_further_reading(
    tmp_path: Path, readings: list[object]
) -> None:
    path = tmp_path / "a.csv"
    lines = [f"{n},{n},{n},{n},2020-01-01,\n" for n in range(200)]
    path.write_text("a,b,c,d,e,f\n" + "".join(lines) + "Total,sum,0.5, 7 ,until,1\n")
    table = convert(path)
    assert [str(field.type) for field in table.schema] == [
        "string",
        "string",
        "double",
        "int64",
        "string",
        "int64",
    ]
    assert table.slice(200).to_pylist() == [
        {"a": "Total", "b": "sum", "c": 0.5, "d": 7, "e": "until", "f": 1}
    ]
    assert table["e"][0].as_py() == "2020-01-01"
    assert len(readings) == 2


@pytest.mark.usefixtures("narrow_blocks")
def test_columns_widen_alike_in_later_files_and_with_decimal_commas(
    tmp_path: Path, readings: list[object]
) -> None:
    head = "a;b\n"
    (tmp_path / "1.csv").write_text(head + "1;1\n" * 200)
    (tmp_path / "2.csv").write_text(head + "1;1\n" * 200 + "1,5;x\n")
    (tmp_path / "3.csv").write_text(head + "y;2,5\n")
    table = convert(tmp_path / "*.csv", CsvFormat(decimal=","))
    assert [str(field.type) for field in table.schema] == ["string", "string"]
    assert table["a"].to_pylist()[-2:] == ["1,5", "y"]
    assert len(readings) == 2


@pytest.mark.usefixtures("narrow_blocks")
def test_blank_lines_and_quoted_line_ends_do_not_hide_what_widens(
    tmp_path: Path, readings: list[object]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + '1,"x\ny"\n\n' * 200 + "z,w\n")
    table = convert(path)
    assert table["a"].to_pylist() == ["1"] * 200 + ["z"]
    assert len(readings) == 2


@pytest.mark.usefixtures("narrow_blocks")
@pytest.mark.parametrize("suffix", [".csv", ".csv.gz"])
def test_reading_one_file_is_told_by_its_bytes(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    content = ("a,b\n" + "".join(f"{n},{n * 7919}\n" for n in range(100_000))).encode()
    path.write_bytes(gzip.compress(content) if suffix.endswith("gz") else content)
    shares: list[float] = []
    for _ in read_batches((path,), infer_types((path,)), shares.append):
        pass
    assert shares == sorted(shares)
    assert len(set(shares)) > 4
    assert shares[0] < 0.5
    assert shares[-1] == 1


def test_init_names_the_line_that_made_a_column_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    rows = "".join(f"{n % 3},{n},name{n},{n}\n" for n in range(1000))
    (tmp_path / "a.csv").write_text(f"k,x,name,y\n{rows},n/a!,,\n1,2,3,4\n")
    init(tmp_path / "a.csv", tmp_path / "a.yaml")
    text = capsys.readouterr().out
    assert "#   x: string (line 1,002 holds 'n/a!')\n" in text
    assert "#   name: string, some missing\n" in text or "#   name: string\n" in text
    assert "#   k: int64, some missing\n" in text


def test_init_names_that_line_also_where_no_column_of_numbers_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "a.csv").write_text("x\n1\n2\nn/a!\n")
    init(tmp_path / "a.csv", tmp_path / "a.yaml")
    assert "#   x: string (line 4 holds 'n/a!')\n" in capsys.readouterr().out


SIGNS = """# prices of two days
day;at;zip;price;count;code
31/01/2024;31/01/2024 09:30;01234;1.234.567,5;1.000;1.0
# a line that is left out
01/02/2024;;00501;-0,25;12;"x
# no comment"
"""
WRITTEN = CsvFormat(
    decimal=",",
    thousands=".",
    comment="#",
    types=(("zip", "string"),),
    dates=(("day", "%d/%m/%Y"), ("at", "%d/%m/%Y %H:%M")),
)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-16-le", None])
def test_numbers_dates_and_comments_are_read_as_they_are_written(
    tmp_path: Path, encoding: str | None
) -> None:
    (tmp_path / "a.csv").write_bytes(SIGNS.encode(encoding or "utf-8"))
    table = convert(tmp_path / "a.csv", replace(WRITTEN, encoding=encoding))
    assert table.to_pydict() == {
        "day": [dt.date(2024, 1, 31), dt.date(2024, 2, 1)],
        "at": [dt.datetime(2024, 1, 31, 9, 30), None],
        "zip": ["01234", "00501"],
        "price": [1234567.5, -0.25],
        "count": [1000, 12],
        "code": ["1.0", "x\n# no comment"],
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("31/02/2024;1", "row 2: '31/02/2024' in column 'day' is not in the format '%d/%m/%Y'"),
        ("01/02/2024;x", "row 2: 'x' in column 'n' is not of type int"),
        (f"01/02/2024;{2**63}", f"row 2: '{2**63}' in column 'n' has more than 64 bits"),
    ],
)
def test_a_value_of_no_stated_type_is_named_with_its_row(
    tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "a.csv").write_text(f"day;n\n01/02/2024;1\n{text}\n")
    stated = CsvFormat(types=(("n", "int"),), dates=(("day", "%d/%m/%Y"),))
    with pytest.raises(DataError, match=message):
        convert(tmp_path / "a.csv", stated)
    with pytest.raises(
        DataError, match="csv gives a type for 'nn', which is not a column; did you mean 'n'"
    ):
        convert(tmp_path / "a.csv", CsvFormat(types=(("nn", "int"),)))


@pytest.mark.usefixtures("narrow_blocks")
def test_grouped_numbers_widen_far_down(tmp_path: Path) -> None:
    many = '"1,234"\tx\t1\n' * 100
    (tmp_path / "a.tsv").write_text(f'a\tb\tc\n{many}"1,234.5"\t1,2\tn/a!\n')
    table = convert(tmp_path / "a.tsv", CsvFormat(delimiter="\t", thousands=","))
    assert table.column("a").to_pylist()[-2:] == [1234.0, 1234.5]
    assert table.column("b").to_pylist()[-1] == "1,2"
    assert table.column("c").to_pylist()[-2:] == ["1", "n/a!"]


def test_a_file_in_another_encoding_than_stated_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(TEXT.encode("latin-1"))
    with pytest.raises(DataError, match="from line 1 on it is not utf-16; name its own encoding"):
        convert(tmp_path / "a.csv", CsvFormat(encoding="utf-16"))


def test_a_compressed_file_is_read_alike(tmp_path: Path) -> None:
    with pa.CompressedOutputStream(str(tmp_path / "a.csv.zst"), "zstd") as out:
        out.write(SIGNS.encode())
    assert convert(tmp_path / "a.csv.zst", WRITTEN).num_rows == 2


CSV = """
dataset:
  files: a.csv
  csv: {encoding: latin-1, decimal: ",", thousands: ".", comment: "#", types: {zip: string},
        dates: {day: "%d/%m/%Y"}}
queries: {q: {group_by: zip, aggregate: {n: size()}}}
"""


def test_a_workload_states_the_format_under_csv(tmp_path: Path) -> None:
    dataset = read_text(CSV, "w.yaml", tmp_path).dataset
    assert isinstance(dataset, Files)
    assert dataset.csv_format == replace(WRITTEN, encoding="latin-1", dates=(("day", "%d/%m/%Y"),))


WRONG_ROWS = {
    "two columns of one name": (
        "a,b,a\n1,2,3\n",
        r"line 1 names two columns 'a' \(the columns 1 and 3\); give each its own name",
    ),
    "too many fields": ("a,b\n1,2\n3,4,5\n", r"line 3 has 3 fields instead of 2; correct the"),
    "too few fields": ("a,b,c\n1,2,3\n\n4,5\n", r"line 4 has 2 fields instead of 3; correct the"),
    "one field": ("a,b,c\n1\n", r"line 2 has 1 field instead of 3; .* that hold ',', or name"),
    "too many after a text of two lines": (
        'a,b\n1,"x\ny"\n3,4,5\n',
        "line 4 has 3 fields instead of 2",
    ),
    "a quote in the last value": (
        'a,b\n1,"x\n2,y\n3,z\n',
        "the quote that opens in line 2 is never closed",
    ),
    "a quote in the first value": (
        'a,b\n"1,x\n2,y\n',
        "the quote that opens in line 2 is never closed",
    ),
    "a quote in the names": ('a,"b\n1,2\n', "the quote that opens in line 1 is never closed"),
    "a quote far up": (
        'a,b\n1,"x\n' + "2,y\n" * 50_000,
        "the quote that opens in line 2 is never closed",
    ),
}


@pytest.mark.parametrize("name", WRONG_ROWS)
@pytest.mark.parametrize("suffix", [".csv", ".csv.gz"])
def test_a_row_that_is_wrong_is_named_with_its_line(tmp_path: Path, name: str, suffix: str) -> None:
    content, message = WRONG_ROWS[name]
    path = tmp_path / f"a{suffix}"
    path.write_bytes(gzip.compress(content.encode()) if suffix.endswith("gz") else content.encode())
    with pytest.raises(DataError, match=rf"a{suffix}: .*{message}"):
        convert(path)


def test_lines_are_counted_with_comments_and_in_the_file_s_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("# ä\na;b\n# ö\n1;2\n3;4;5\n".encode("latin-1"))
    with pytest.raises(DataError, match="line 5 has 3 fields instead of 2"):
        convert(path, CsvFormat(comment="#", encoding="latin-1"))


@pytest.mark.parametrize("content", ['a,b\n1,"x\ny"\n', 'a,b\n1,"x\ny"', 'a\n"x\ny"\n'])
def test_a_last_text_of_two_lines_is_read(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(content)
    assert convert(path).column_names[-1:] == [content.split("\n", 1)[0][-1]]
    assert convert(path).columns[-1].to_pylist() == ["x\ny"]


def test_a_column_of_no_name_is_suggested_as_it_can_be_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(",x\n1,2\n")
    names = list(infer_types([tmp_path / "a.csv"]))
    assert suggest("c", names) == '; expected one of: col(""), x'
