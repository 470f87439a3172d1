"""A person's code runs in the limited worker as it is written, and is compared like an engine."""

from __future__ import annotations

import pandas as pd
import pytest
from dfbench.comparison import session
from dfbench.comparison.request import Request
from dfbench.errors import CodeError
from dfbench.reading.model import Answer, LoadedFrame, Reading, Source
from dfbench.report.comparison import Comparison
from dfbench.storage.records import Outcome

CODE = """\
import a_plotting_library_that_is_not_here as plt
import pandas as pd

df = pd.read_csv("sales.csv", parse_dates=["day"])
shops = pd.read_csv("shops.csv")
print(df.head())
df.loc[df["amount"] < 0, "amount"] = 0
df["amount"] *= 2
total = df.groupby("shop")["amount"].agg(["sum", "max"])
plt.bar(total.index, total["sum"])
byday = df.pivot_table(values="amount", index="day", columns="shop", aggfunc="sum")
city = df.merge(shops, on="shop").groupby("city").size()
text = df["shop"].iloc[0] + 1
late = df["amount"].sum()
band = pd.cut(df["amount"], [-1, 5, 9, 13], labels=["low", "mid", "high"])
bands = df.groupby(band, observed=False).size()
"""
WORKLOAD = """
workload: slow
dataset: {files: sales.csv, tables: {shops: shops.csv}}
queries:
  total:
    where: shop is not None
    derive: {twice: 2 * (amount if amount >= 0 else 0)}
    group_by: shop
    aggregate: {total: sum(twice), most: max(twice)}
  byday:
    where: shop is not None
    derive: {twice: 2 * (amount if amount >= 0 else 0)}
    group_by: [day, shop]
    aggregate: {amount: sum(twice)}
  city: {join: {table: shops, on: shop}, group_by: city, aggregate: {size: size()}}
  text: {where: shop is not None, select: shop}
  late: {aggregate: {late: sum(amount)}}
  bands:  # one row of the data has rows of all bands
    derive:
      twice: 2 * (amount if amount >= 0 else 0)
      band: "'low' if twice <= 5 else 'mid' if twice <= 9 else 'high'"
    group_by: band
    aggregate: {size: size()}
engines: [duckdb]
limits: {memory: 1GiB, threads: 1}
"""


def frame(name: str, line: int, **options: str) -> LoadedFrame:
    return LoadedFrame(name, f"{name}.csv", "read_csv", tuple(options.items()), line, line)


READING = Reading(
    Source("slow.py", CODE),
    (frame("df", 4, parse_dates='["day"]'), frame("shops", 5)),
    WORKLOAD,
    (
        Answer("total", "total", 9),
        Answer("byday", "byday", 11),
        Answer("city", "city", 12),
        Answer("text", "text", 13),
        Answer("late", "late", 14),
        Answer("bands", "bands", 16),
    ),
    (),
)


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """Return a comparison of the code with DuckDB, each program run twice and not timed."""
    folder = tmp_path_factory.mktemp("code")
    sales = {
        "shop": ["a", "b", "a", None, "b", "c"] * 300,
        "amount": [1, 2, -3, 4, 5, 6] * 300,
        "day": pd.date_range("2024-01-01", periods=3).repeat(2).tolist() * 300,
    }
    pd.DataFrame(sales).to_csv(folder / "sales.csv", index=False)
    pd.DataFrame({"shop": ["a", "b"], "city": ["x", "y"]}).to_csv(folder / "shops.csv", index=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        overrides = {"measure.rounds": "1", "measure.warmups": "0", "measure.runs": "1"}
        request = Request(
            "slow.py", code=READING, overrides=overrides, results=folder / "results",
            cache=folder / "cache",
        )  # fmt: skip
        return session.compare(request, request.read())


def test_the_code_answers_as_it_is_written_and_is_the_baseline(compared: Comparison) -> None:
    outcomes = {run.query: run for run in compared.stored.runs if run.engine == "yours"}
    for query in ("total", "byday", "city", "bands"):
        assert outcomes[query].outcome is Outcome.OK, outcomes[query].evidence
    assert compared.stored.head.baseline == "yours"
    assert compared.view.engines == ("yours", "duckdb")
    assert compared.stored.head.source == WORKLOAD


def test_an_error_names_the_line_of_the_code(compared: Comparison) -> None:
    (failed,) = [f for f in compared.view.failures if f.outcome is Outcome.CRASHED]
    assert failed.evidence.startswith("slow.py:13: ")
    assert any("Your code failed on text: slow.py:13: " in s for s in compared.view.sentences)


def test_a_difference_has_its_rows(compared: Comparison) -> None:
    (check,) = [check for check in compared.view.checked if check.differ]
    assert check.queries == ("late",)
    assert check.differ[0].rows[1] == ("0", "late", "4500", "10800")


def test_a_stranger_cannot_bring_code() -> None:
    with pytest.raises(CodeError, match="--no-python refuses yours"):
        Request("slow.py", code=READING, python=False).read()
