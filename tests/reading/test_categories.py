"""Categories of pandas: where their order, or those without rows, give another answer."""

from __future__ import annotations

import pytest
from dfbench.reading import read_code
from dfbench.reading.model import Reading, Source

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
