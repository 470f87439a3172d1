"""Functions and cells of a running Python are compared on the frames that are there."""

from __future__ import annotations

from pathlib import Path

import dfbench
import pandas as pd
import pytest
from dfbench.comparison.live_code import read_cell, read_function, store_frame
from dfbench.errors import CodeError, DataError
from dfbench.storage.records import Outcome
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell

SALES = pd.DataFrame({"shop": ["a", "b", "a", None] * 50, "amount": [1.0, 2.0, 3.0, 4.0] * 50})
RATE = 0.2
ONCE = {"rounds": 1, "runs": 1, "warmup": 0}


def after_tax(amount: pd.Series) -> pd.Series:
    return amount * (1 - RATE)


def by_shop(sales: pd.DataFrame) -> pd.Series:
    sales["net"] = after_tax(sales["amount"])
    return sales.groupby("shop")["net"].sum()


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DFBENCH_CACHE", str(tmp_path / "cache"))


def test_a_function_is_compared_on_a_frame(tmp_path: Path) -> None:
    compared = dfbench.compare(by_shop, SALES, engines="duckdb", **ONCE)
    assert {run.engine: run.outcome for run in compared.stored.runs} == {
        "yours": Outcome.OK,
        "duckdb": Outcome.OK,
    }
    program = str(compared.program("yours", "by_shop"))
    assert "RATE = 0.2" in program
    assert "def after_tax(" in program
    assert list(SALES.columns) == ["shop", "amount"]
    # The frame is written once, and the function keeps the numbers of its lines.
    file = store_frame(SALES.copy(), "by_shop", tmp_path / "cache")
    written = file.stat().st_mtime_ns
    text = read_function(by_shop, SALES, tmp_path / "cache").source.text
    assert file.stat().st_mtime_ns == written
    place = text.split("\n").index("def by_shop(sales: pd.DataFrame) -> pd.Series:")
    assert Path(__file__).read_text().split("\n")[place].startswith("def by_shop(")


def test_what_has_no_text_or_no_type_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CodeError, match="write a def"):
        read_function(lambda sales: sales.sum(), SALES, tmp_path)
    with pytest.raises(CodeError, match="len has no source text"):
        read_function(len, SALES, tmp_path)
    with pytest.raises(CodeError, match="by_shop is called with a pandas frame here, not with int"):
        read_function(by_shop, 3, tmp_path)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="cannot be written as Parquet"):
        store_frame(pd.DataFrame({"x": [1, "a"]}), "odd", tmp_path)
    with pytest.raises(DataError, match="is compared over a frame"):
        dfbench.compare(by_shop)
    with pytest.raises(DataError, match="groupby has data of its own"):
        dfbench.compare("groupby", SALES)


def test_a_cell_reads_the_names_of_its_notebook(tmp_path: Path) -> None:
    names = {"df": SALES, "RATE": RATE, "pd": pd, "other": SALES, "shell": object()}
    text = "df = df[df['amount'] > RATE]\nother = df\nsums = other.groupby('shop').amount.sum()"
    found = read_cell(text, 7, names, tmp_path)
    assert len(list(tmp_path.glob("*.parquet"))) == 1
    assert "other = pandas" not in found.source.text
    assert found.source.place(found.answers[0].line, 1) == "notebook:cell 7:4:1"
    assert found.source.text.endswith(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = there.groupby('a').b.sum()", "notebook:cell 4:2:1: there is not a frame of this"),
        ("y = sales.strange()\nx = y.groupby('a').b.sum()", "cell 4:2:1: y has rows that were not"),
    ],
)
def test_a_frame_that_is_not_there_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(CodeError, match=said):
        read_cell(text, 4, {"sales": SALES}, tmp_path)


def test_the_magic_compares_a_cell_and_refuses_in_a_sentence() -> None:
    shell = InteractiveShell()
    shell.run_cell("%load_ext dfbench").raise_error()
    shell.user_ns["df"] = SALES
    cell = "df['net'] = df['amount'] * 2\nsums = df.groupby('shop')['net'].sum()\nsums.plot()\n"
    magic = "%%dfbench -e duckdb --threads 1 --rounds 1\n"
    ran = shell.run_cell(magic + cell)
    ran.raise_error()
    assert ran.result.view.engines == ("yours", "duckdb")
    assert ran.result.view.baseline == "yours"
    assert "sums" not in shell.user_ns
    assert list(shell.user_ns["df"].columns) == list(SALES.columns)
    for wrong, said in (
        ("%%dfbench --bad\nx = 1", "unrecognized arguments: --bad"),
        ("%%dfbench\nx = 1", "nothing in this code can be written as a query"),
    ):
        refused = shell.run_cell(wrong).error_in_exec
        assert isinstance(refused, UsageError)
        assert said in str(refused)


def test_data_is_read_instead_of_the_files_that_a_workload_or_code_names() -> None:
    SALES.to_parquet("here.parquet")
    Path("sales.yaml").write_text(
        "workload: sales\ndataset: {files: gone.parquet}\nqueries: {n: {aggregate: {n: size()}}}\n"
    )
    Path("sales.py").write_text(
        "import pandas as pd\ndf = pd.read_parquet('gone.parquet')\n"
        "out = df.groupby('shop')['amount'].sum()\n"
    )
    found = dfbench.check("sales.yaml", engines="duckdb", data="here.parquet")
    assert [run.outcome for run in found.stored.runs] == [Outcome.OK]
    found = dfbench.compare("sales.py", engines="duckdb", data=["here.parquet"], **ONCE)
    assert {run.outcome for run in found.stored.runs} == {Outcome.OK}
