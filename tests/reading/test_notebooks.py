"""Scripts in the manner of public notebooks: how many of their statements are read."""

from __future__ import annotations

from pathlib import Path

import pytest
from dfbench.engines import find
from dfbench.engines.your_code import YourCode
from dfbench.reading import DataFile, read_code
from dfbench.reading.model import Reading, Source
from dfbench.spec.reader import read_text
from dfbench.spec.schema import Schema
from dfbench.spec.workload import Query

from tests.reading import notebooks

MADE = """\
import pandas as pd
df = pd.read_csv("sales.csv")
early = df.groupby("k")["v"].sum()
df = df.interpolate()
limit = 3
late = df[df["v"] > limit].groupby("k")["v"].mean()
"""


def test_as_much_of_the_notebooks_is_read_as_was() -> None:
    found = notebooks.measure()
    for given in (False, True):
        shares = notebooks.count_shares(found, given=given)
        assert shares["groupby"] >= 0.88
        assert shares["apply"] >= 0.8
        assert shares["other"] >= 0.75
    expected = notebooks.UNREAD.read_text()
    assert notebooks.describe(found) == expected, "run `python -m tests.reading.notebooks`"


def _read(*data: DataFile, code: str = MADE) -> Reading:
    return read_code(Source("x.py", code), data)


def test_what_follows_an_unread_frame_is_read_of_its_rows_where_these_are_given() -> None:
    found = _read(DataFile(Path("clean.parquet"), "df_5"))
    assert "files: clean.parquet" in found.workload
    assert [one.query for one in found.answers] == ["late"]
    query = read_text(found.workload, "w.yaml", Path.cwd()).queries[0]
    assert isinstance(query, Query)
    program = YourCode(find("pandas"), found).write(query, Schema((), 0)).text
    assert "def query(df):\n    limit = 3\n    return late" not in program
    assert "interpolate" not in program
    assert 'df[df["v"] > limit]' in program


def test_without_the_rows_of_an_unread_frame_the_values_of_files_are_answered() -> None:
    found = _read()
    assert [one.query for one in found.answers] == ["early"]
    said = [(one.line, one.kind) for one in found.remarks if one.line >= 4]
    assert said == [(4, "unread"), (6, "note"), (6, "note")]
    assert "give --data df_5=FILE" in " ".join(one.text for one in found.remarks)


def test_rows_that_are_given_are_not_asked_for(tmp_path: Path) -> None:
    (tmp_path / "clean.csv").write_text("k,v\na,4\n")
    found = _read(DataFile(tmp_path / "clean.csv", "df_5"))
    assert not [one for one in found.remarks if "--data" in one.text]


def test_a_file_of_the_first_rows_is_none_of_an_unread_frame() -> None:
    for data in (DataFile(Path("new.csv")), DataFile(Path("new.csv"), "df")):
        found = _read(data)
        assert [one.query for one in found.answers] == ["early"]


@pytest.mark.parametrize(
    "change", ["df.strange(inplace=True)", "df['v'] = strange(df)", "strange(df)", "del df"]
)
def test_an_unread_change_after_an_unread_frame_moves_its_rows(change: str) -> None:
    code = MADE.replace("limit = 3", change).replace("> limit", "> 3")
    found = _read(code=code)
    said = " ".join(one.text for one in found.remarks if one.kind == "note")
    assert "df_5=" in said or change == "del df"


def test_no_answer_mixes_a_frame_with_its_unread_later_self() -> None:
    code = 'df = pd.read_csv("s.csv")\nmask = df["v"] > 1\ndf = df.interpolate()\n'
    found = _read(code=f"import pandas as pd\n{code}out = df[mask]['v'].sum()\n")
    assert found.answers == () or "out" not in {one.query for one in found.answers}


@pytest.mark.parametrize(
    ("loop", "skipped"),
    [
        ("for k, group in df.groupby('k'):\n    x = group['v']\n    plt.plot(x, label=k)", True),
        ("for k in df['k'].unique():\n    if k > 'a':\n        print(df[df['k'] == k])", True),
        ("for k, group in df.groupby('k'):\n    group.to_csv(k)", True),
        ("for k in df['k'].unique():\n    df.loc[df['k'] == k, 'v'] = 0", False),
        ("for k in df['k'].unique():\n    df = df[df['k'] != k]", False),
        ("for k in df['k'].unique():\n    limit += len(k)", False),
        ("for k, group in df.groupby('k'):\n    group.fillna(0, inplace=True)", False),
        ("for k, group in df.groupby('k'):\n    parts.append(group)", False),
    ],
)
def test_a_loop_over_data_is_passed_over_where_it_only_shows_values(
    loop: str, skipped: bool
) -> None:
    code = f"df = pd.read_csv('s.csv')\nlimit, parts = 0, []\n{loop}\n"
    head = "import pandas as pd\nimport matplotlib.pyplot as plt\n"
    found = _read(code=f"{head}{code}out = df.groupby('k')['v'].sum()\n")
    kinds = {one.kind for one in found.remarks if one.line == 5}
    assert ("unread" not in kinds) == skipped


def test_a_look_at_all_columns_needs_no_data() -> None:
    code = "df.isnull().sum()\ndf.describe()\ndf.shape\ndf.nunique()\nout = df.dropna()\n"
    found = _read(code=f"import pandas as pd\ndf = pd.read_csv('s.csv')\n{code}")
    assert [one.line for one in found.remarks if one.kind == "unread"] == [7]


def test_a_frame_to_be_given_has_the_columns_that_the_code_names() -> None:
    code = "df = df[['k', 'v']]\ndf['w'] = strange(df)\nout = df.groupby('k').last()\n"
    code = f"{code}first = df.groupby('k').first()\n"
    found = _read(code=f"import pandas as pd\ndf = pd.read_csv('s.csv')\n{code}")
    assert "aggregate: {v: last(v), w: last(w)}" in found.workload
