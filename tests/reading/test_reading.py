"""Reading pandas code: the workload of a script, a function, a notebook, and what is refused."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from types import FrameType

import pytest
from dfbench.engines import find
from dfbench.engines.your_code import YourCode
from dfbench.errors import CodeError
from dfbench.reading import DataFile, open_source, parse_data, read_code
from dfbench.reading.model import Source
from dfbench.spec.reader import read_text
from dfbench.spec.schema import Schema

from tests.support.command_line import run_dfbench

SCRIPT = """\
import pandas as pd
df = pd.read_csv("sales.csv")
out = df.groupby("k")["v"].sum()
"""


def test_a_script_is_read_as_a_workload_named_after_its_variables(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(SCRIPT)
    found = read_code(open_source(str(tmp_path / "slow.py")))
    assert [(one.file, one.reader, one.line) for one in found.frames] == [
        ("sales.csv", "read_csv", 2)
    ]
    assert [(one.query, one.expression, one.line) for one in found.answers] == [("out", "out", 3)]
    query = read_text(found.workload, "w.yaml", tmp_path).queries[0]
    assert (query.name, query.group_by, query.outputs) == ("out", ("k",), ("k", "v"))


@pytest.mark.parametrize("word", ["apply", "progress_apply", "parallel_apply"])
def test_another_librarys_apply_hands_its_arguments_on(word: str) -> None:
    function = "def over(g, least=0):\n    return g[g['v'] > least]['v'].sum()\n"
    call = f"out = df.groupby('k').{word}(over, least=5)"
    text = f"import pandas as pd\ndf = pd.read_csv('sales.csv')\n{function}{call}\n"
    assert "sum(v if v > 5 else None)" in read_code(Source("slow.py", text)).workload


def test_a_notebooks_places_are_those_of_its_cells(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# sales"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "import pandas as pd"]},
        {"cell_type": "code", "source": ["x = 1\n", "def f(:"]},
    ]
    path = tmp_path / "slow.ipynb"
    path.write_text(json.dumps({"nbformat": 4, "cells": cells}))
    source = open_source(str(path))
    remark = read_code(source).remarks[0]
    assert source.place(remark.line, remark.column).startswith(f"{path}:cell 3:2:")


def test_a_notebooks_query_names_its_cell(tmp_path: Path) -> None:
    path = tmp_path / "slow.ipynb"
    cells = [{"cell_type": "code", "source": [line]} for line in SCRIPT.splitlines(keepends=True)]
    path.write_text(json.dumps({"nbformat": 4, "cells": cells}))
    assert "# cell 3, line 1: out = " in read_code(open_source(str(path))).workload
    with pytest.raises(CodeError, match="name its variable with --answer out"):
        open_source(f"{path}:out")


def _open_cells(folder: Path, *cells: str) -> Source:
    path = folder / "book.ipynb"
    code = [{"cell_type": "code", "source": cell.splitlines(keepends=True)} for cell in cells]
    path.write_text(json.dumps({"nbformat": 4, "cells": code}))
    return open_source(str(path))


@pytest.mark.parametrize(
    "cell",
    [
        "%%time\nout = df.groupby('k')['v'].sum()",
        "%time out = df.groupby('k')['v'].sum()",
        "out = df.groupby('k')['v'].sum()  # is this right?\ndf?",
        "for one in ['v']:\n    !ls\nout = df.groupby('k')['v'].sum()",
        "print('%s'\n  % 1)\nout = df.groupby('k')['v'].sum()",
        "files = !ls\nout = df.groupby('k')['v'].sum()",
    ],
)
def test_the_python_beside_magics_is_read(tmp_path: Path, cell: str) -> None:
    found = read_code(_open_cells(tmp_path, "import pandas as pd\n%%html\n<b>", cell))
    assert [one.query for one in found.answers] == ["out"]
    (tmp_path / "slow.py").write_text(cell.replace("%%time", "%matplotlib inline"))
    assert read_code(open_source(f"{tmp_path}/slow.py")).answers[0].query == "out"


def test_a_cell_that_is_no_python_leaves_the_others_of_a_notebook(tmp_path: Path) -> None:
    source = _open_cells(tmp_path, "print 'old'", "%%html\n<b>", SCRIPT, "x = (1,")
    found = read_code(source)
    assert [one.query for one in found.answers] == ["out"]
    places = [found.source.place(one.line, 1) for one in found.remarks if one.kind == "unread"]
    assert places == [f"{source.path}:cell {n}:1:1" for n in (1, 4)]
    query = read_text(found.workload, "w.yaml", tmp_path).queries[0]
    assert "old" not in YourCode(find("pandas"), found).write(query, Schema((), 0)).text


def test_a_function_is_read_with_its_parameter_as_the_frame(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text("def monthly(df):\n    return df.groupby('m').v.mean()\n")
    found = read_code(open_source(f"{tmp_path}/slow.py:monthly"))
    assert (found.frames[0].name, found.answers[0].query) == ("df", "monthly")


def test_the_command_prints_a_workload_and_saves_it_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("slow.py").write_text(SCRIPT)
    assert run_dfbench(monkeypatch, "from", "slow.py") == 0
    assert "group_by: k" in capsys.readouterr().out
    assert run_dfbench(monkeypatch, "from", "slow.py", "-o", "slow.yaml") == 0
    assert run_dfbench(monkeypatch, "from", "slow.py", "-o", "slow.yaml") == 2
    assert "already exists; not overwritten" in capsys.readouterr().err


def test_syntax_that_is_no_python_is_a_sentence_at_its_line() -> None:
    found = read_code(Source("x.py", "a = 1\nb = (\n"))
    assert [(one.line, one.kind) for one in found.remarks] == [(2, "unread")]
    assert found.workload == ""


def test_a_column_that_the_code_adds_is_none_of_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DFBENCH_CACHE", str(tmp_path / "cache"))
    data = tmp_path / "sales.csv"
    data.write_text("k,v\na,1\nb,2\n")
    code = 'df["net"] = df["v"] * 0.8\nout = df.groupby("k")["net"].sum()\n'
    found = read_code(Source("slow.py", code), (DataFile(data),))
    assert "derive: {net: v * 0.8}" in found.workload


@pytest.mark.parametrize(
    "changed",
    [
        "df['v'] = strange(df)",
        "df.v = strange(df)",
        "df.loc[df.w > 1, 'v'] = strange(df)",
        "df['v'] += strange(df)",
        "df['v'].strange(inplace=True)",
    ],
)
def test_a_column_that_is_not_read_spoils_what_uses_it_and_nothing_else(changed: str) -> None:
    script = f"""\
import pandas as pd
df = pd.read_csv("sales.csv")
{changed}
kept = df.groupby("k")["w"].sum()
late = df[df.w > 1].merge(pd.read_csv("shops.csv"), on="k").groupby("k")["w"].max()
spoilt = df.groupby("k")["v"].sum()
whole = df.sort_values("w")
df["v"] = df["w"] * 2
mended = df.groupby("k")["v"].sum()
"""
    found = read_code(Source("x.py", script))
    assert [one.query for one in found.answers] == ["kept", "late", "mended"]
    why = "'v' is used here, and it was not read (line 3)"
    assert [(one.line, one.text) for one in found.remarks if one.kind == "unread"][1:] == [(7, why)]
    assert "give --data df_5=FILE" in next(one.text for one in found.remarks if one.line == 6)


@pytest.mark.parametrize("changed", ["df.drop(strange, inplace=True)", "df.columns = strange(df)"])
def test_a_frame_that_is_changed_in_a_way_that_is_not_read_has_rows_to_give(changed: str) -> None:
    script = f'import pandas as pd\ndf = pd.read_csv("sales.csv")\n{changed}\nout = df.v.sum()\n'
    found = read_code(Source("x.py", script))
    assert [(one.query, one.frame) for one in found.answers] == [("out", "df_3")]
    assert "files: df_3.parquet" in found.workload


def test_without_a_file_the_answers_are_those_of_the_frame_that_has_most(tmp_path: Path) -> None:
    file = tmp_path / "sales.csv"
    file.write_text("v,w\n1,2\n")
    script = f"""\
import pandas as pd
df = pd.read_csv("{file}")
rows = df.shape[0]
df.drop(strange, inplace=True)
out = df.v.sum()
mean = df.w.mean()
df.drop(strange, inplace=True)
last = df.v.max()
"""
    there = read_code(Source("x.py", script))
    assert [one.query for one in there.answers] == ["rows"]
    others = [one.text for one in there.remarks if "another file" in one.text]
    assert len(others) == 2
    assert others[0].startswith("2 values (lines 5, 6) are of another file, df_4;")
    file.unlink()
    assert [one.query for one in read_code(Source("x.py", script)).answers] == ["out", "mean"]


def test_rows_sorted_by_a_key_that_they_were_sorted_by_are_sorted_by_it_first() -> None:
    script = """\
import pandas as pd
df = pd.read_csv("sales.csv")
made = df.groupby(["country", "year"])["v"].sum().reset_index()
first = made.sort_values("year").drop_duplicates("year")
made["change"] = made.sort_values("year").groupby("country")["v"].diff()
mean = made.groupby("year")["change"].mean()
"""
    found = read_code(Source("x.py", script))
    assert "sort: [year, country]" in found.workload
    assert "order_by: [year, country]" in found.workload
    assert [one.query for one in found.answers] == ["first", "mean"]


TWO = """\
import pandas as pd
orders = pd.read_parquet("in/orders.parquet")
c = pd.read_csv("in/customers.csv")
out = orders.merge(c, on="id").groupby("country")["v"].sum()
"""


@pytest.mark.parametrize(
    ("words", "main", "table"),
    [
        (["x.parquet", "customers=y.csv"], "x.parquet", "y.csv"),
        (["c=y.csv", "x.parquet"], "x.parquet", "y.csv"),
        (["new/customers.parquet", "new/orders.parquet"], "new/orders", "new/customers"),
        (["customers.csv"], "in/orders.parquet", "customers.csv"),
        (["x.parquet", "y.csv"], "x.parquet", "y.csv"),
    ],
)
def test_each_file_is_the_one_of_its_name_or_the_next(
    words: list[str], main: str, table: str
) -> None:
    found = read_code(Source("x.py", TWO), parse_data(words)).workload
    assert f"files: {main}" in found
    assert f"customers: {table}" in found


def test_one_file_is_not_two_frames() -> None:
    given = TWO.replace('pd.read_csv("in/customers.csv")', "pd.read_excel('in/customers.xlsx')")
    found = read_code(Source("x.py", given), parse_data(["orders.parquet"])).workload
    assert found.count("orders.parquet") == 1


def test_a_file_that_no_frame_is_read_from_is_an_error() -> None:
    with pytest.raises(CodeError, match="the code reads no such frame"):
        read_code(Source("x.py", TWO), parse_data(["shops=z.csv"]))


START = "import pandas as pd\ndf = pd.read_csv('sales.csv')\n"


@pytest.mark.parametrize("change", ["df['c'] + 1", "df['c'] + df['c']"])
def test_a_column_made_of_too_many_operations_is_a_sentence(change: str) -> None:
    code, out = f"df['c'] = {change}\n", "out = df.groupby('k')['c'].sum()\n"
    assert read_code(Source("x.py", START + code + out)).answers
    found = read_code(Source("x.py", START + code * 400 + out))
    assert [one.frame for one in found.answers] == ["df_402"]
    said = {one.text for one in found.remarks}
    assert "a column made of this many operations is not read" in said


def test_twice_the_lines_are_twice_the_work() -> None:
    assert _count_lines(80) < 2.2 * _count_lines(40)


def _count_lines(n: int) -> int:
    """Return how many lines of the reader run for so many statements."""
    code = START + "".join(
        f"df['c{i}'] = df['v'] * {i}\nm{i} = df[df['v'] > {i}]\n"
        f"g{i} = m{i}.groupby('k')['v'].sum()\nprint(g{i})\nx{i} = strange({i})\n"
        for i in range(n)
    )
    count = 0

    def trace(_frame: object, event: str, _argument: object) -> object:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        assert len(read_code(Source("x.py", code)).answers) == n
    finally:
        sys.settrace(before)
    return count


def test_each_expression_is_parsed_once_and_the_workload_too() -> None:
    _count_parses(1)  # what is imported late
    few, many = _count_parses(20), _count_parses(40)
    assert many["compile"] - few["compile"] == 20 * 4  # a column, a condition, two aggregations
    assert many["get_single_node"] == 1


def _count_parses(n: int) -> Counter[str]:
    """Return how often Python and YAML are parsed for so many answers."""
    code = START + "".join(
        f"df['c{i}'] = df['v'] * {i}\n"
        f"g{i} = df[df['c{i}'] > {i}].groupby('k').agg(a=('v', 'mean'), b=('c{i}', 'max'))\n"
        for i in range(n)
    )
    found: Counter[str] = Counter()

    def profile(frame: FrameType, event: str, argument: object) -> None:
        if event == "call":
            found[frame.f_code.co_name] += 1
        elif argument is compile:
            found["compile"] += event == "c_call"

    sys.setprofile(profile)
    try:
        assert len(read_code(Source("x.py", code)).answers) == n
    finally:
        sys.setprofile(None)
    return found


@pytest.mark.parametrize(
    ("options", "dataset"),
    [
        ("sep=';', decimal=','", 'delimiter: ";"\n  decimal: ","'),
        ("delimiter='\\t', quotechar=\"'\"", 'delimiter: "\\t"\n  quote: "\'"'),
        ("thousands=',', comment='#'", 'csv: {"thousands": ",", "comment": "#"}'),
        ("encoding='latin-1'", 'csv: {"encoding": "latin-1"}'),
        ("dtype={'k': str, 'v': float}", 'csv: {"types": {"k": "string"}}'),
        ("parse_dates=['d'], date_format='%d.%m.%Y'", 'csv: {"dates": {"d": "%d.%m.%Y"}}'),
        ("na_values=['-', 0]", 'missing: ["-", "0"]'),
        ("names=['k', 'v'], usecols=['k', 'v']", "header: false"),
        ("parse_dates=['d'], usecols=['k', 'v'], engine='c', low_memory=False", "queries:"),
    ],
)
def test_options_of_read_csv_are_those_of_the_dataset(options: str, dataset: str) -> None:
    start = f"import pandas as pd\ndf = pd.read_csv('s.csv', {options})\n"
    code = start + "x = df.groupby('k')['v'].sum()\n"
    found = read_code(Source("x.py", code))
    assert dataset in found.workload
    assert read_text(found.workload, "w.yaml", Path.cwd()).queries


@pytest.mark.parametrize(
    ("dates", "last", "expected"),
    [
        ("['d']", "02/16/2015", 'csv: {"dates": {"d": "%m/%d/%Y"}}'),
        ("[0]", "02/16/2015", 'csv: {"dates": {"d": "%m/%d/%Y"}}'),
        ("True, index_col='d'", "02/16/2015", 'csv: {"dates": {"d": "%m/%d/%Y"}}'),
        ("['d']", "16 Feb", "files: df_2.parquet"),
    ],
)
def test_dates_of_a_file_are_read_by_the_format_that_pandas_guesses(
    tmp_path: Path, dates: str, last: str, expected: str
) -> None:
    (tmp_path / "s.csv").write_text(f"d,v\n01/15/2015,1\n{last},2\n")
    start = f"import pandas as pd\ndf = pd.read_csv('s.csv', parse_dates={dates})\n"
    code = start + "x = df.reset_index().groupby('d')['v'].sum()\n"
    found = read_code(Source("x.py", code), (DataFile(tmp_path / "s.csv"),))
    assert expected in found.workload


def test_files_that_are_joined_have_dates_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("k,d,v\na,01/15/2015,1\n")
    (tmp_path / "t.csv").write_text("k,e,w\na,15.01.2015,1\n")
    data = tuple(DataFile(tmp_path / name) for name in ("s.csv", "t.csv"))
    code = (
        "import pandas as pd\ns = pd.read_csv('s.csv', parse_dates=['d'])\n"
        "t = pd.read_csv('t.csv', parse_dates=['e'])\nx = s.merge(t, on='k').groupby('d').w.sum()\n"
    )
    dates = 'csv: {"dates": {"d": "%m/%d/%Y", "e": "%d.%m.%Y"}}'
    assert dates in read_code(Source("x.py", code), data).workload
    (tmp_path / "t.csv").write_text("k,d,w\na,15.01.2015,1\n")
    other = read_code(
        Source("x.py", code.replace("['e']", "False").replace("by('d')", "by('k')")), data
    )
    assert "reads all of its CSV files with the same options" in other.remarks[0].text


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ("sep=r'\\s+'", "a workload has one character"),
        ("encoding='klingon'", "no such encoding of text"),
        ("na_values={'v': '-'}", "na_values is read as words for all columns"),
        ("dtype=str", "dtype of text is read by column"),
        ("skiprows=3", "read_csv with 'skiprows' is not read; leave 'skiprows' out"),
        ("header=2", "header is read as None or 0"),
        ("dayfirst=True", "with 'dayfirst' is not read"),
    ],
)
def test_an_option_that_no_dataset_has_is_a_sentence(options: str, why: str) -> None:
    code = f"import pandas as pd\ndf = pd.read_csv('s.csv', {options})\n"
    assert why in read_code(Source("x.py", code)).remarks[0].text


def test_files_with_different_options_are_a_sentence() -> None:
    other = "o = pd.read_csv('o.csv', sep=';')\n"
    code = START + other + "x = df.merge(o, on='k').groupby('k')['v'].sum()\n"
    found = read_code(Source("x.py", code))
    assert not found.workload
    assert "reads all of its CSV files with the same options" in found.remarks[0].text


def test_the_format_of_texts_is_guessed_from_a_file_as_pandas_does(tmp_path: Path) -> None:
    rows = 'day,x\n,1\n"September 25, 2021",2\n"August 4, 2021",3\n'
    (tmp_path / "added.csv").write_text(rows)
    code = "import pandas as pd\ndf = pd.read_csv('added.csv')\n"
    code += "df['day'] = pd.to_datetime(df['day'])\n"
    code += "out = df.groupby(df['day'].dt.month)['x'].sum()\n"
    found = read_code(Source("x.py", code), (DataFile(tmp_path / "added.csv"),))
    assert "parse(day, '%B %d, %Y')" in found.workload
    # pandas guesses from the first of the rows that are left: any of the texts.
    code = code.replace("df['day'] = ", "df = df[df['x'] > 1]\ndf['day'] = ")
    filtered = read_code(Source("x.py", code), (DataFile(tmp_path / "added.csv"),))
    assert "parse(day, '%B %d, %Y')" in filtered.workload
    (tmp_path / "added.csv").write_text(f"{rows}2021-08-05,4\n")
    mixed = read_code(Source("x.py", code), (DataFile(tmp_path / "added.csv"),))
    assert "--data" in mixed.remarks[0].text
    (tmp_path / "added.csv").write_text("day,x\nsoon,1\n")
    unknown = read_code(Source("x.py", code), (DataFile(tmp_path / "added.csv"),))
    assert "--data" in unknown.remarks[0].text


@pytest.mark.parametrize(
    ("value", "noted"),
    [("round(x / 60, 1)", True), ("round(x)", False), ("np.round(x, 1)", False)],
)
def test_where_python_rounds_otherwise_than_columns_do_is_noted(value: str, noted: bool) -> None:
    code = "import pandas as pd, numpy as np\ndf = pd.read_csv('s.csv')\n"
    found = read_code(Source("x.py", f"{code}out = df['v'].apply(lambda x: {value})\n"))
    assert any("Python rounds" in one.text for one in found.remarks) == noted


def test_columns_of_groups_without_a_list_are_noted_as_code_for_pandas_1() -> None:
    start = 'import pandas as pd\ndf = pd.read_csv("s.csv")\n'
    found = read_code(Source("x.py", start + 'out = df.groupby("k")["a", "b"].sum()\n'))
    said = "pandas 2 raises here, for this is of pandas 1: write [['a', 'b']]"
    assert [(one.line, one.text) for one in found.remarks if one.kind == "note"] == [(3, said)]
    right = read_code(Source("x.py", start + 'out = df.groupby("k")[["a", "b"]].sum()\n'))
    assert right.workload.partition("queries:")[2].split("\n", 2)[2] in found.workload
    assert not [one for one in right.remarks if one.kind == "note"]


@pytest.mark.parametrize(("method", "noted"), [("apply", True), ("transform", False)])
def test_values_with_the_keys_of_groups_are_noted_where_pandas_raises(
    method: str, noted: bool
) -> None:
    code = f"df['z'] = df.groupby('k')['v'].{method}(lambda s: s - s.mean())\n"
    found = read_code(Source("x.py", f"{SCRIPT}{code}"))
    notes = [one.line for one in found.remarks if one.kind == "note"]
    assert notes == ([4] if noted else [])


@pytest.mark.parametrize(
    "code", ["df[:, 1]", "df['v'].quantile(['a'])", "df['v'].quantile([])", "np.arange('a')"]
)
def test_what_raises_in_pandas_is_a_sentence(code: str) -> None:
    found = read_code(Source("x.py", f"import numpy as np\n{SCRIPT}{code}\n"))
    said = [(one.line, "report it" in one.text) for one in found.remarks if one.kind == "unread"]
    assert said == [(5, False)]


def test_a_look_at_the_rows_of_a_file_is_no_answer_beside_others() -> None:
    code = START + "df['c'] = df['v'] * 2\nprint(df.head())\ndf.tail(3)\nprint(df.describe())\n"
    after = code + "print(df.groupby('k')['c'].sum())\ntop = df.sort_values('c').head(3)\n"
    lines = [one.line for one in read_code(Source("x.py", after)).answers]
    assert lines == [7, 8]
    assert [one.query for one in read_code(Source("x.py", code)).answers] == ["df"]


@pytest.mark.parametrize(
    "setting", ["pd.options.mode.use_inf_as_na = True", "pd.set_option('mode.use_inf_as_na', True)"]
)
def test_a_setting_that_changes_what_is_missing_is_noted(setting: str) -> None:
    found = read_code(Source("x.py", f"{SCRIPT}{setting}\nout = df['v'].sum()\n"))
    said = "use_inf_as_na makes infinities missing: a workload keeps them"
    assert [(one.line, one.text) for one in found.remarks if one.kind == "note"] == [(4, said)]


def test_an_order_that_groups_have_by_values_alone_is_noted() -> None:
    code = "s = df.groupby('k')['v'].sum().sort_values()\nout = s.cumsum()\n"
    found = read_code(Source("x.py", SCRIPT + code))
    said = "of equal values the workload takes the first by their keys, where pandas takes any"
    assert [(one.line, one.text) for one in found.remarks if one.kind == "note"] == [(5, said)]
    named = code.replace("sort_values()", "sort_index()")
    assert not read_code(Source("x.py", SCRIPT + named)).remarks[1:]


def test_a_parameter_takes_the_file_that_the_script_reads_too(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text("k,v\na,1\nb,2\n")
    (tmp_path / "more.csv").write_text("k,w\na,1\nb,2\n")
    code = "import pandas as pd\nsales = pd.read_csv('sales.csv')\n"
    code += "def f(frame):\n    return frame.groupby('k')['v'].sum()\nout = f(sales)\n"
    one = (DataFile(tmp_path / "sales.csv"),)
    assert "/sales.csv" in read_code(Source("x.py", code, "f"), one).workload
    two = code.replace("(frame)", "(frame, more)").replace("frame.", "frame.merge(more, on='k').")
    files = (*one, DataFile(tmp_path / "more.csv"))
    found = read_code(Source("x.py", two.replace("f(sales)", "f(sales, sales)"), "f"), files)
    dataset = found.workload.partition("queries:")[0]
    assert dataset.index("/sales.csv") < dataset.index("more:") < dataset.index("/more.csv")


@pytest.mark.parametrize(
    ("code", "noted"),
    [
        ("df.sort_values('qty').groupby('shop').cost.first()", True),
        ("df.sort_values('qty', kind='stable').groupby('shop').cost.first()", False),
        ("df.sort_values(['qty', 'id']).groupby('shop').cost.first()", False),
        ("df.sort_values('qty').groupby('shop').cost.sum()", False),
        ("df[['shop', 'qty']].groupby('shop').apply(lambda g: g.sort_values('qty').head(2))", True),
        ("df[['shop', 'qty']].groupby('shop').apply(lambda g: g.nlargest(2, 'qty'))", False),
        ("df.groupby('shop').apply(lambda g: g.sort_values('qty').cost.diff().mean())", True),
        ("df.assign(last=df.sort_values('qty').groupby('shop').cost.shift())[['last']]", True),
        ("df.sort_values('qty').head(5)[['qty', 'cost']]", False),
        ("df.sort_values('qty')[['shop', 'cost']]", True),
    ],
)
def test_an_order_of_equal_values_that_pandas_does_not_keep_is_noted(
    code: str, noted: bool
) -> None:
    text = f"import pandas as pd\ndf = pd.read_parquet('s.parquet')\nout = {code}\n"
    found = read_code(Source("code.py", text))
    assert found.answers
    assert any("takes any first" in one.text for one in found.remarks) == noted


def test_names_of_a_pivot_by_their_places_are_noted_as_code_for_pandas_1() -> None:
    text = "import pandas as pd\ndf = pd.read_parquet('s.parquet')\nw = df.pivot('a', 'b', 'c')\n"
    found = read_code(Source("code.py", text))
    said = (
        "pandas 2 raises here, for this is of pandas 1: write pivot(index=…, columns=…, values=…)"
    )
    assert [(one.line, one.text) for one in found.remarks if one.kind == "note"] == [(3, said)]


def test_a_plot_that_has_a_name_is_passed_over() -> None:
    code = f"{SCRIPT}ax = df.groupby('k')['v'].sum().plot.bar(width=0.8)\nax.set_title('v')\n"
    found = read_code(Source("x.py", code))
    assert [one.line for one in found.answers] == [3, 4]
    assert not [one for one in found.remarks if one.kind == "unread"]


def test_of_a_frame_whose_columns_are_not_known_the_assigned_one_is_asked() -> None:
    code = "import pandas as pd\ndf = pd.read_csv('s.csv')\n"
    code += "df['mean'] = df.groupby('k')['v'].transform('mean')\n"
    found = read_code(Source("x.py", code))
    assert [(one.query, one.expression) for one in found.answers] == [("mean", "df['mean']")]
    assert not [one for one in found.remarks if one.kind == "unread"]
