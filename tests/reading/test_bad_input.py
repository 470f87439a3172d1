"""Code that no workload can have: a sentence at its line, never a guess."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dfbench.errors import CodeError
from dfbench.reading import DataFile, read_code
from dfbench.reading.model import Source

START = "import pandas as pd\ndf = pd.read_csv('sales.csv')\n"
END = "out = df.groupby('k')['v'].sum()\n"


@pytest.mark.parametrize(
    "change",
    [
        "exec('df = df.head(1)')",
        "globals()['df'] = df.head(1)",
        "setattr(df, 'v', 0)",
        "pd.DataFrame.groupby = lambda *a: None",
        "while df.shape[0] > 3:\n    df = df.head(3)",
        "match 3:\n    case 3:\n        df = df.head(3)",
    ],
)
def test_what_may_change_a_frame_unseen_leaves_no_answer_of_it(change: str) -> None:
    found = read_code(Source("x.py", f"{START}{change}\n{END}"), (DataFile(Path("sales.csv")),))
    assert all(one.frame.startswith("df_") for one in found.answers)  # of rows to be given
    assert next(one.line for one in found.remarks if one.kind == "unread") >= 3


@pytest.mark.parametrize(
    ("code", "line", "said"),
    [
        ("x = " + "-" * 5000 + "1\n", 3, "nested too deeply"),
        ("out = " + "+".join(["df['v']"] * 3000) + "\n", 3, "nested too deeply"),
        ("out = df.ix[df.v > 2, 'v'].sum()\n", 3, "pandas 2 removed ix: write loc"),
        ("async def f():\n    await g()\n", 3, "'async def' statements are not read"),
        ("class A:\n    pass\nout = A().go()\n", 5, "'A' is used here, and it was not read"),
        ("if (n := len(df)) > 3:\n    pass\n", 3, "Python's ':=' is not read here"),
        ("out = {k: 1 for k in df}\n", 3, "comprehension of a dict is not read"),
        ("df.sort('v', inplace=True)\n", 3, "pandas removed it: write sort_values"),
        ("out = df.groupby('k').mad()\n", 3, "pandas 2 removed it"),
        ("out = df.groupby('k').agg({'v': {'n': 'sum'}})\n", 3, "write agg(total=("),
        ("out = df.groupby('k')['v'].agg({'n': 'sum'})\n", 3, "write agg(total=("),
        ("out = df.query('v > @n')\n", 3, "the name 'n' is not assigned"),
        ("w = df.groupby(['k', 'l']).v.sum().unstack()\nw['all'] = 1\n", 4, "beside the cells"),
        ("out = df.groupby('k')['v'].agg(list)\n", 3, "drop_duplicates()"),
    ],
)
def test_code_that_is_not_read_is_a_sentence_at_its_line(code: str, line: int, said: str) -> None:
    found = read_code(Source("x.py", START + code)).remarks
    assert [one.line for one in found if said in one.text] == [line]


def test_a_file_of_a_function_is_that_of_its_parameter() -> None:
    code = f"{START}def total(d):\n    return d.groupby('k')['v'].sum()\n"
    found = read_code(Source("x.py", code, "total"), (DataFile(Path("new.csv")),))
    assert "files: new.csv" in found.workload


def test_a_file_that_no_frame_is_read_from_is_said_with_what_was_not_read() -> None:
    code = "from pandas import *\ndf = read_csv('sales.csv')\n" + END
    with pytest.raises(CodeError, match=r"x\.py:1:1: 'from pandas import \*' hides"):
        read_code(Source("x.py", code), (DataFile(Path("new.csv")),))


@pytest.mark.parametrize("period", ["2024-13", "9999", "9999-12"])
def test_a_period_that_no_calendar_has_is_a_sentence(tmp_path: Path, period: str) -> None:
    file = tmp_path / "sales.parquet"
    pq.write_table(pa.table({"day": [dt.datetime(2024, 1, 5)], "v": [1]}), file)
    code = f"import pandas as pd\ndf = pd.read_parquet({str(file)!r}).set_index('day')\n"
    found = read_code(Source("x.py", f"{code}out = df.loc[{period!r}]['v'].sum()\n"))
    said = [one.text for one in found.remarks if one.line == 3]
    assert any(text.startswith("a period of an index is read as") for text in said)


def test_a_long_list_of_members_is_a_sentence() -> None:
    values = ", ".join(map(str, range(6_000)))
    code = f"{START}x = [{values}]\nout = df[df['v'].isin(x)].groupby('k')['v'].sum()\n"
    said = [(one.line, one.text) for one in read_code(Source("x.py", code)).remarks]
    assert said == [(4, "a list of 6,000 values is not read: save it as a file, and merge")]
