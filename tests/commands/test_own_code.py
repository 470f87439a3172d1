"""Code on the command line: what is compared, shown and refused, and what the user is told."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from dfbench.storage import folder

from tests.support.command_line import run_dfbench

CODE = """\
import pandas as pd

df = pd.read_csv("sales.csv")
df["net"] = df["amount"] * 0.8
monthly = df.groupby("shop")["net"].sum()
odd = monthly.an_unknown_method()
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the current folder one with code and data."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DFBENCH_CACHE", str(tmp_path / "cache"))
    Path("slow.py").write_text(CODE)
    Path("sales.csv").write_text("shop,amount\na,1\nb,2\na,3\n,4\n")
    return tmp_path


def test_code_is_checked_beside_an_engine_and_its_workload_is_stored(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_dfbench(monkeypatch, "check", "slow.py", "-e", "duckdb") == 0
    said = capsys.readouterr()
    assert "All answers agree." in said.out
    assert "slow.py:6:" in said.err
    stored = folder.read(folder.find_newest(Path("results")))
    assert list(stored.head.engines) == ["yours", "duckdb"]
    assert stored.head.source.startswith("workload: slow\n")
    assert 'df["net"] = df["amount"] * 0.8' in stored.programs["yours", "monthly"]


def test_code_from_standard_input_is_run_beside_an_engine(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("slow.py").unlink()
    monkeypatch.setattr("sys.stdin", io.StringIO(f"%matplotlib inline\n{CODE}"))
    assert run_dfbench(monkeypatch, "check", "-", "--data", "sales.csv", "-e", "polars") == 0
    said = capsys.readouterr()
    assert "All answers agree." in said.out
    assert "<stdin>:7:" in said.err
    stored = folder.read(folder.find_newest(Path("results")))
    assert list(stored.head.engines) == ["yours", "polars"]


def test_what_stops_the_users_own_code_is_a_sentence_of_the_report(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = 'df["mean"] = df.groupby("shop")["amount"].apply(lambda s: s - s.mean())\n'
    Path("slow.py").write_text(f"{CODE}{made}late = df.groupby('shop')['mean'].max()\n")
    assert run_dfbench(monkeypatch, "check", "slow.py", "--answer", "late", "-e", "polars") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Your code failed on late: slow.py:7: TypeError: incompatible index" in said


@pytest.mark.parametrize(("engines", "mine"), [("polars", False), ("yours,polars", True)])
def test_show_prints_the_program_to_paste_and_the_code_where_it_is_named(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    engines: str,
    mine: bool,
) -> None:
    Path("more.csv").write_text("shop,amount\na,1\n")
    words = ("show", "slow.py", "--data", "more.csv", "-e", engines, "--answer", "monthly")
    assert run_dfbench(monkeypatch, *words) == 0
    shown = capsys.readouterr().out
    assert ("def query(df):" in shown) == mine
    assert "import polars as pl" in shown


def test_a_file_that_is_not_there_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_dfbench(monkeypatch, "from", "slow.py", "--data", "salse.csv") != 0
    assert "salse.csv: no file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        (
            "x = df.groupby('shop').v.sum()",
            (),
            "df is not read from a file; name its file: --data FILE",
        ),
        ("def total(df):\n    return df.v.sum()\n", (), "name a function: slow.py:total"),
        ("print(1)", (), "nothing in this code can be written as a query"),
        (CODE, ("--no-python",), "--no-python refuses yours"),
        (CODE, ("--data", "a.csv", "--data", "b.csv"), "no such frame; it reads sales"),
        (CODE.replace("sales", "missing"), (), "missing.csv: no file in"),
        (
            "import pandas as pd\ndf = pd.read_csv('sales.csv')\ndf = strange(df)\ndf.v.sum()\n",
            (),
            'save it after this line, df.to_parquet("df_3.parquet"), and give --data df_3=df_3',
        ),
        (CODE, ("--answer", "montly"), "no value 'montly' was read; did you mean 'monthly'?"),
    ],
)
def test_what_cannot_run_is_refused_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    text: str,
    words: tuple[str, ...],
    said: str,
) -> None:
    Path("slow.py").write_text(text)
    assert run_dfbench(monkeypatch, "check", "slow.py", "-e", "duckdb", *words) == 2
    assert said in capsys.readouterr().err


def test_a_workload_has_queries_and_no_answers(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_dfbench(monkeypatch, "check", "groupby", "--answer", "q1") == 2
    assert "choose with --query" in capsys.readouterr().err
