"""Programs that a person wrote run as they stand, are checked, and are refused in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from dfbench.commands.options import Selection
from dfbench.commands.request import build_request
from dfbench.comparison import session
from dfbench.comparison.request import Request
from dfbench.engines import find
from dfbench.errors import DfbenchError
from dfbench.storage.records import Outcome

WORKLOAD = """
workload: small
dataset: {generate: db-benchmark-groupby, rows: 1e3, groups: 10}
queries:
  total: {group_by: id1, aggregate: {v1: sum(v1)}}
  whole: {aggregate: {v1: max(v1)}}
engines: duckdb
limits: {memory: 1GiB, threads: 1}
programs:
  PROGRAM
"""
PANDAS = """
import pandas as pd

def total(frame):
    return frame.groupby("id1")["v1"].sum()

def whole(frame):
    return frame["v1"].max()
"""
POLARS = """
import polars as pl

def query(frame):
    return frame.lazy().group_by("id1").agg(pl.col("v1").sum())
"""
DASK = """
import dask.dataframe as dd

def query(frame):
    return frame.groupby("id1")["v1"].sum()
"""
MODIN = """
import modin.pandas as pd

def query(frame):
    return frame.groupby("id1")["v1"].sum()
"""
DUCKDB = """
import duckdb

def query(con):
    return con.sql("SELECT id1, sum(v1) AS v1 FROM data GROUP BY id1")
"""
DATATABLE = """
import datatable as dt

def query(frame):
    return frame[:, dt.sum(dt.f.v1), dt.by("id1")]
"""
MODULE = """
import pyarrow.parquet as pq

def load(path):
    return pq.read_table(path, columns=["id1", "v1"])

def query(table):
    return table.group_by("id1").aggregate([("v1", "sum")]).rename_columns(["id1", "v1"])

def rows(answer):
    return answer
"""

# How programs for DuckDB and datatable end, beside their own relations and frames.
ENDINGS = {
    "df": DUCKDB.rstrip() + ".df()\n",
    "indexed": DUCKDB.rstrip() + ".df().sort_values('v1').set_index('id1')\n",
    "pl": DUCKDB.rstrip() + ".pl()\n",
    "reader": DUCKDB.rstrip() + ".fetch_record_batch()\n",
    "to_pandas": DATATABLE.rstrip() + ".to_pandas()\n",
}
NO_TABLES = {"list": ".fetchall()", "NoneType": ".show()"}


def test_a_program_may_end_in_a_table_of_any_library(tmp_path: Path) -> None:
    folder = tmp_path / "candidates"
    folder.mkdir()
    untold = {name: DUCKDB.rstrip() + end for name, end in NO_TABLES.items()}
    for name, text in (ENDINGS | untold).items():
        (folder / f"{name}.py").write_text(text)
    (folder / "number.py").write_text(
        "import duckdb\n\ndef whole(con):\n"
        "    return con.execute('SELECT max(v1) FROM data').fetchone()[0]\n"
    )
    file = tmp_path / "small.yaml"
    file.write_text(WORKLOAD[: WORKLOAD.index("programs")])
    request = build_request(
        str(file), Selection(program=[str(folder)]), results=tmp_path / "results"
    )
    stored = session.check(request, request.read()).stored
    outcomes = {(run.engine, run.query): run for run in stored.runs}
    for engine, query in [*((name, "total") for name in ENDINGS), ("number", "whole")]:
        assert outcomes[engine, query].outcome is Outcome.OK, outcomes[engine, query].evidence
    for name in NO_TABLES:
        said = f"the answer is not a table but of type {name}: return a frame or a table"
        assert said in str(outcomes[name, "total"].evidence)


def test_programs_of_a_folder_run_as_they_stand_and_are_checked(tmp_path: Path) -> None:
    folder = tmp_path / "candidates"
    folder.mkdir()
    texts = {"mine": PANDAS, "lazy": POLARS, "arrow": MODULE, "split": DASK, "spread": MODIN}
    texts |= {"relation": DUCKDB, "columns": DATATABLE}
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text)
    file = tmp_path / "small.yaml"
    file.write_text(WORKLOAD[: WORKLOAD.index("programs")])
    request = build_request(
        str(file), Selection(program=[str(folder)]), results=tmp_path / "results"
    )
    workload = request.read()
    assert workload.engines == ("duckdb", *sorted(texts))

    stored = session.check(request, workload).stored
    outcomes = {(run.engine, run.query): run for run in stored.runs}
    for engine, query in [*((name, "total") for name in texts), ("mine", "whole")]:
        assert outcomes[engine, query].outcome is Outcome.OK, outcomes[engine, query].evidence
    # A module without the question's function answers the one it knows.
    assert outcomes["arrow", "whole"].outcome is Outcome.WRONG
    for name, text in texts.items():
        assert text.strip() in stored.programs[name, "total"]


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("new: missing.py", "missing.py cannot be read"),
        ("new: {function: f}", "needs 'file'"),
        ("new: {file: new.py, function: quer}", "no function 'quer'; did you mean 'query'?"),
        ("new: {file: new.py, engine: duck}", "a function cannot get a frame of 'duck'"),
        ("new: plain.py", "imports none of these engines"),
        ("new: broken.py", "broken.py:2:8: not Python: invalid syntax"),
        ("new: [new.py]", "needs a Python file"),
        ("polars: new.py", "polars is the name of an engine"),
    ],
)
def test_a_program_that_cannot_run_is_refused_at_its_place(
    tmp_path: Path, program: str, said: str
) -> None:
    (tmp_path / "new.py").write_text(POLARS)
    (tmp_path / "plain.py").write_text("def query(frame): return frame")
    (tmp_path / "broken.py").write_text("import polars\nquery =\n")
    file = tmp_path / "small.yaml"
    file.write_text(WORKLOAD.replace("PROGRAM", program))
    with pytest.raises(DfbenchError, match=re.escape(said)):
        Request(file).read()


def test_a_stranger_cannot_bring_a_program(tmp_path: Path) -> None:
    (tmp_path / "new.py").write_text(POLARS)
    file = tmp_path / "small.yaml"
    file.write_text(WORKLOAD.replace("PROGRAM", "new: new.py"))
    with pytest.raises(DfbenchError, match="--no-python refuses programs"):
        Request(file, python=False).read()


def test_the_programs_of_another_workload_are_forgotten(tmp_path: Path) -> None:
    (tmp_path / "new.py").write_text(POLARS)
    file = tmp_path / "small.yaml"
    file.write_text(WORKLOAD.replace("PROGRAM", "new: new.py"))
    assert find(Request(file).read().engines[-1]).name == "new"
    Request("groupby").read()
    with pytest.raises(DfbenchError, match="unknown engine 'new'"):
        find("new")
