"""A person's code becomes a program with its own lines, those that an answer needs."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from dfbench.engines import find
from dfbench.engines.base import Program
from dfbench.engines.own_program import DIVISION
from dfbench.engines.scan import scan_within
from dfbench.engines.your_code import YourCode
from dfbench.errors import Unsupported
from dfbench.reading.model import Answer, LoadedFrame, Reading, Source
from dfbench.spec.expression import Agg, Col
from dfbench.spec.schema import Schema
from dfbench.spec.workload import Join, Output, Query

SCRIPT = '''\
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

df = pd.read_csv("sales.csv",
                 parse_dates=["day"])
print(df.head())
RATE = 0.2
# without returns
df = df[df["amount"] > 0]
df["net"] = df["amount"] * (1 - RATE); df["one"] = 1
note = """
  of several lines
"""
def double(x):
    return x * 2
monthly = (
    df.groupby("shop")["net"]
    .agg(np.sum)  # of all
)
monthly.plot()
plt.show()
other = monthly.map(double)
df.groupby("shop").agg(
    one=("one", "sum"))
'''
QUERY = Query(
    "monthly", "", group_by=("shop",), aggregate=(Output("net", Agg("sum", (Col("x"),))),)
)
FRAME = LoadedFrame("df", "sales.csv", "read_csv", (("parse_dates", '["day"]'),), 5, 6)


def write(
    text: str, *answers: Answer, frames: tuple[LoadedFrame, ...] = (FRAME,), function: str = ""
) -> Program:
    reading = Reading(Source("slow.py", text, function), frames, "", answers, ())
    query = replace(QUERY, name=answers[-1].query)
    return YourCode(find("pandas"), reading).write(query, Schema((), 0))


def own(program: Program) -> str:
    """Return the person's part of a program, without its title."""
    ast.parse(program.text)
    return program.text.partition(DIVISION)[0].partition("\n\n")[2].strip()


def test_a_program_has_the_lines_that_its_answer_needs_and_their_places() -> None:
    program = write(SCRIPT, Answer("monthly", "monthly", 17))
    assert (
        own(program)
        == """import numpy as np


def query(df):
    RATE = 0.2
    # without returns
    df = df[df["amount"] > 0]
    df["net"] = df["amount"] * (1 - RATE)
    df["one"] = 1
    monthly = (
        df.groupby("shop")["net"]
        .agg(np.sum)  # of all
    )
    return monthly"""
    )
    lines = dict(zip(program.text.splitlines(), program.places, strict=False))
    assert lines["        .agg(np.sum)  # of all"] == "slow.py:19"
    assert lines["def query(df):"] == ""
    read = "mark_missing(pandas.read_parquet(path))"
    assert f'{read}.astype({{"day": "datetime64[ns]"}})' in program.text


def test_an_expression_is_returned_and_what_it_calls_is_kept() -> None:
    shown = 'df.groupby("shop").agg(one=("one", "sum"))'
    program = write(SCRIPT, Answer("answer", shown, 24))
    assert own(program).endswith("""return (
        df.groupby("shop").agg(
            one=("one", "sum"))
    )""")
    called = own(write(SCRIPT, Answer("other", "other", 23)))
    assert "    def double(x):\n        return x * 2\n" in called


def test_a_frame_that_is_read_within_a_chain_is_a_parameter() -> None:
    text = 'sums = (pd.read_csv(\n    "sales.csv", sep=";")\n    .groupby("shop").sum())\n'
    frame = replace(FRAME, name="", line=1, end_line=2)
    program = write(text, Answer("sums", "sums", 1), frames=(frame,))
    assert (
        own(program)
        == """def query(data):
    sums = (data
        .groupby("shop").sum())
    return sums"""
    )
    assert [place for place in program.places if place] == ["slow.py:1", "slow.py:3"]


FUNCTION = """\
import pandas as pd
LIMIT = 3
def big(df, least=LIMIT):
    return df[df["v"] > least]
def monthly(df, key="shop"):
    kept = big(df)
    return kept.groupby(key).sum()
def early(df):
    if LIMIT > 2:
        return df
    return df.head()
monthly(pd.read_csv("sales.csv"))
"""


def test_a_function_runs_with_what_stands_beside_it() -> None:
    given = LoadedFrame("df", "", "", (), 5, 5)
    program = write(FUNCTION, Answer("q", "monthly", 5), frames=(given,), function="monthly")
    assert (
        own(program)
        == """def query(df):
    LIMIT = 3
    def big(df, least=LIMIT):
        return df[df["v"] > least]
    key = 'shop'
    kept = big(df)
    return kept.groupby(key).sum()"""
    )
    several = own(write(FUNCTION, Answer("q", "early", 8), frames=(given,), function="early"))
    assert several.endswith("        return df.head()\n    return early(df)")


@pytest.mark.parametrize(
    ("line", "copies"),
    [
        ('df["net"] = df["amount"]', "shallow"),
        ('df[["a", "b"]] = 1', "shallow"),
        ("df = df.fillna(0)", "shallow"),
        ('df["amount"] += 1', "deep"),
        ('df.loc[df["amount"] < 0, "amount"] = 0', "deep"),
        ('df["amount"].fillna(0, inplace=True)', "deep"),
        ('part = df["amount"]; part[part < 0] = 0', "deep"),
    ],
)
def test_code_that_writes_into_values_gets_a_copy_of_them(line: str, copies: str) -> None:
    text = f'import pandas as pd\ndf = pd.read_csv("s.csv")\n{line}\nsums = df.sum()\n'
    frame = replace(FRAME, line=2, end_line=2)
    program = write(text, Answer("sums", "sums", 4), frames=(frame,))
    assert program.copies == copies
    assert line.partition(";")[0] in program.text


def test_a_join_gets_both_files_and_no_answer_more_than_there_are() -> None:
    text = """\
import pandas as pd
df = pd.read_csv("sales.csv")
shops = pd.read_csv("shops.csv")
both = df.merge(shops, on="shop")
"""
    frames = (
        replace(FRAME, line=2, end_line=2),
        LoadedFrame("shops", "shops.csv", "read_csv", (("usecols", '["shop", "city"]'),), 3, 3),
    )
    reading = Reading(Source("slow.py", text), frames, "", (Answer("both", "both", 4),), ())
    engine = YourCode(find("pandas"), reading)
    query = replace(QUERY, name="both")
    joined = engine.write(replace(query, joins=(Join("shops", ("shop",)),)), Schema((), 0)).text
    assert "def load(path, shops):" in joined
    assert 'pandas.read_parquet(shops, columns=["shop", "city"])' in joined
    with pytest.raises(Unsupported, match="needs 2 files"):
        engine.write(query, Schema((), 0))


def test_the_value_of_a_loop_that_another_replaces_is_not_run() -> None:
    text = 'for key in ["a", "b"]:\n    sums = df.groupby(key).sum()\n'
    given = LoadedFrame("df", "", "", (), 1, 1)
    answers = (Answer("sums", "sums", 2), Answer("sums_2", "sums", 2))
    assert "return sums" in write(text, *answers, frames=(given,)).text
    reading = Reading(Source("slow.py", text), (given,), "", answers, ())
    with pytest.raises(Unsupported, match="another value when the loop"):
        YourCode(find("pandas"), reading).write(replace(QUERY, name="sums"), Schema((), 0))


def rows_of(
    outputs: tuple[str, ...], answer: object, filled: float | None = None
) -> dict[str, list[object]]:
    """Return the rows that a program makes of an answer to a query with such outputs."""
    query = replace(
        QUERY, name="x", group_by=outputs[:-1], aggregate=(Output(outputs[-1], Col("x")),)
    )
    given = LoadedFrame("x", "", "", (), 1, 1)
    reading = Reading(Source("slow.py", ""), (given,), "", (Answer("x", "x", 1, filled),), ())
    module: dict[str, Any] = {"__name__": "program"}
    exec(YourCode(find("pandas"), reading).write(query, Schema((), 0)).text, module)
    return module["rows"](answer).to_pydict()


SALES = pd.DataFrame({"k": ["a", "b", "a"], "g": [1, 1, 2], "v": [1.0, 2.0, None]})


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (SALES.groupby("k")["v"].sum(), {"k": ["a", "b"], "total": [1.0, 2.0]}),
        (SALES.groupby(SALES["k"].str.upper())["v"].size(), {"k": ["A", "B"], "total": [2, 1]}),
        (SALES.groupby("k").agg({"v": ["max"]}), {"k": ["a", "b"], "total": [1.0, 2.0]}),
        (SALES.groupby("k", as_index=False)["v"].max(), {"k": ["a", "b"], "total": [1.0, 2.0]}),
        (SALES[["k", "v"]], {"k": ["a", "b", "a"], "total": [1.0, 2.0, None]}),
        (
            SALES.groupby(pd.cut(SALES["g"], [0, 1, 2]), observed=True)["v"].max(),
            {"k": ["(0, 1]", "(1, 2]"], "total": [2.0, None]},
        ),
        (
            SALES.set_index(pd.PeriodIndex(["2024-01", "2024-02", "2024-03"], freq="M", name="m"))[
                ["v"]
            ],
            {"k": list(pd.date_range("2024-01-01", periods=3, freq="MS")), "total": [1, 2, None]},
        ),
    ],
    ids=["series", "function of a key", "two levels", "no index", "rows", "bins", "periods"],
)
def test_an_answer_becomes_rows_with_the_names_of_the_query(
    answer: object, expected: dict[str, list[object]]
) -> None:
    assert rows_of(("k", "total"), answer) == expected


def test_a_wide_answer_is_rows_of_its_keys_and_a_number_is_one_row() -> None:
    wide = SALES.pivot_table(values="v", index="g", columns="k", aggfunc="sum")
    rows = {"g": [1, 1, 2], "k": ["a", "b", "a"], "total": [1.0, 2.0, 0.0]}
    assert rows_of(("g", "k", "total"), wide) == rows
    assert rows_of(("g", "k", "total"), wide.reset_index()) == rows
    filled = {"g": [1, 1], "k": ["a", "b"], "total": [1.0, 2.0]}
    assert rows_of(("g", "k", "total"), wide.fillna(0).reset_index(), filled=0) == filled
    assert rows_of(("total",), SALES["v"].sum()) == {"total": [3.0]}


def test_code_reads_its_file_within_the_query_where_that_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "sales.parquet"
    SALES.to_parquet(file)
    text = 'df = pd.read_csv("sales.csv")\ntotal = df.groupby("k")["v"].max()\n'
    frame = LoadedFrame("df", "sales.csv", "read_csv", (), 1, 1)
    reading = Reading(Source("slow.py", text), (frame,), "", (Answer("q", "total", 2),), ())
    query = replace(QUERY, name="q", group_by=("k",), aggregate=(Output("v", Col("v")),))
    module: dict[str, Any] = {"__name__": "program"}
    scanning = scan_within(YourCode(find("pandas"), reading))
    exec(scanning.write(query, Schema((), 0)).text, module)
    answer = module["rows"](module["query"](module["load"](str(file))))
    assert answer.to_pydict() == {"k": ["a", "b"], "v": [1.0, 2.0]}


def test_a_file_has_the_index_and_the_rows_that_the_code_reads_of_it(tmp_path: Path) -> None:
    file = tmp_path / "sales.parquet"
    SALES.to_parquet(file)
    text = 'df = pd.read_csv("sales.csv", index_col=0, nrows=2)\ntotal = df["v"]\n'
    options = (("index_col", "0"), ("nrows", "2"))
    frame = replace(FRAME, line=1, end_line=1, options=options)
    module: dict[str, Any] = {"__name__": "program"}
    exec(write(text, Answer("sums", "total", 2), frames=(frame,)).text, module)
    found = module["load"](str(file))
    assert (found.index.name, list(found.index), list(found)) == ("k", ["a", "b"], ["g", "v"])


def test_a_value_does_not_need_the_other_frames_that_a_library_reads() -> None:
    text = """\
import pandas as pd
other = pd.read_csv("other.csv")
other["x"] = other["x"] + 1
df = pd.read_csv("sales.csv")
sums = pd.DataFrame(df.groupby("k")["v"].sum())
"""
    frames = (
        LoadedFrame("other", "other.csv", "read_csv", (), 2, 2),
        replace(FRAME, line=4, end_line=4),
    )
    assert "other" not in write(text, Answer("sums", "sums", 5), frames=frames).text
