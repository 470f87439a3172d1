"""Categories of pandas: where their order, or those without rows, give another answer."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from dfbench.engines import find
from dfbench.engines.your_code import YourCode
from dfbench.reading import DataFile, read_code
from dfbench.reading.model import Reading, Source
from dfbench.spec.reader import read_text
from dfbench.spec.schema import Schema
from dfbench.spec.workload import Query

from tests.reading.answers import compare_script

BANDS = 'df["band"] = pd.cut(df["qty"], [0, 3, 6, 10], labels=["low", "mid", "high"])\n'
CITIES = 'df["city"] = df["city"].astype("category")\n'
FEWER = CITIES + 'df = df[df["qty"] > 3]\n'
EMPTY = "pandas also answers categories without rows; write observed=True to leave them"


def _read(code: str) -> Reading:
    start = 'import pandas as pd\ndf = pd.read_parquet("sales.parquet")\n'
    return read_code(Source("code.py", start + code))


def _list_notes(code: str) -> list[tuple[int, str]]:
    return [(one.line, one.text) for one in _read(code).remarks if one.kind == "note"]


@pytest.mark.parametrize(
    "code",
    [
        BANDS + 'out = df.groupby("band")["cost"].sum()',
        BANDS + 'out = df["cost"].groupby(df["band"]).sum()',
        BANDS + 'out = df.pivot_table(index="band", columns="city", values="cost", aggfunc="sum")',
        CITIES + 'out = df.groupby(["city", "shop"]).size()',
        CITIES
        + 'df["city"] = df["city"].cat.add_categories(["x"])\nout = df.groupby("city").size()',
    ],
)
def test_categories_that_may_have_no_rows_are_noted(code: str) -> None:
    assert [text for _, text in _list_notes(code)] == [EMPTY]


@pytest.mark.parametrize(
    "code",
    [
        BANDS + 'out = df.groupby("band", observed=True)["cost"].sum()',
        CITIES + 'out = df.groupby("city").size()',
        FEWER
        + 'df["city"] = df["city"].cat.remove_unused_categories()\nout = df.groupby("city").size()',
        BANDS + 'out = df.groupby(df["band"].astype(object))["cost"].sum()',
    ],
)
def test_categories_that_all_have_rows_are_not_noted(code: str) -> None:
    assert _list_notes(code) == []


def test_rows_that_are_left_out_may_leave_a_category_without_rows() -> None:
    assert _list_notes(FEWER + 'out = df.groupby("city").size()') == [(5, EMPTY)]


def test_value_counts_of_categories_without_rows_are_noted() -> None:
    found = _list_notes(BANDS + 'out = df["band"].value_counts()')
    assert found == [(4, EMPTY.replace("observed=True", ".astype(str)"))]


def test_a_group_by_alone_has_no_step_for_the_order_of_categories() -> None:
    found = _read(BANDS + 'out = df.groupby("band", observed=True)["cost"].sum()')
    assert "steps:" not in found.workload


SHIRTS = 'import pandas as pd\ndf = pd.read_parquet("shirts.parquet")\n'


def _store_shirts(folder: Path) -> DataFile:
    frame = pd.DataFrame({"size": ["L", "S", "M", "S", None], "n": [1, 2, 3, 4, 5]})
    frame["size"] = pd.Categorical(frame["size"], categories=["S", "M", "L"], ordered=True)
    frame.to_parquet(folder / "shirts.parquet", row_group_size=2)
    return DataFile(folder / "shirts.parquet")


@pytest.mark.parametrize(
    "code",
    [
        'out = df.groupby("size", observed=True)["n"].sum().head(2)',
        'out = df[df["size"] > "S"][["size", "n"]]',
        'out = df.sort_values(["size", "n"]).head(3)[["n"]]',
        'df["size"] = df["size"].astype(object)\nout = df.groupby("size")["n"].sum().head(2)',
    ],
)
def test_categories_of_a_file_keep_their_order(tmp_path: Path, code: str) -> None:
    data = [_store_shirts(tmp_path)]
    source = Source("code.py", SHIRTS + code)
    assert [how for _, how in compare_script(source, data, tmp_path)] == [""]


def test_code_runs_on_the_categories_of_its_file(tmp_path: Path) -> None:
    source = Source("code.py", SHIRTS + 'out = df["n"].groupby(df["size"], observed=True).sum()')
    found = read_code(source, [_store_shirts(tmp_path)])
    query = read_text(found.workload, "w.yaml", tmp_path).queries[0]
    assert isinstance(query, Query)
    program = YourCode(find("pandas"), found).write(query, Schema((), 0)).text
    assert '{"size": pandas.CategoricalDtype(["S", "M", "L"], ordered=True)}' in program


def test_categories_of_a_csv_file_are_its_texts(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("k,n\nb,1\na,2\n")
    start = 'import pandas as pd\ndf = pd.read_csv("a.csv", dtype={"%s": "category"})\n'
    code = 'out = df.groupby("k")["n"].sum()'
    data = [DataFile(tmp_path / "a.csv")]
    found = read_code(Source("code.py", start % "k" + code), data)
    assert not [one for one in found.remarks if one.kind != "skipped"]
    refused = read_code(Source("code.py", start % "n" + code), data)
    assert "'n' is not text in the file" in refused.remarks[0].text
