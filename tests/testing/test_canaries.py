"""No work is left when a load or a query has returned: what is timed is the finished answer."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from dfbench.datasets.dataset import Dataset
from dfbench.engines import engines, find, find_missing
from dfbench.engines.base import Resources
from dfbench.environments.provider import current_interpreter
from dfbench.testing.conformance import canaries
from dfbench.testing.conformance.canaries import measure, programs, spent

TWO = Resources(threads=2)


@pytest.fixture(scope="session")
def data() -> Dataset:
    return canaries.data()


@pytest.fixture(scope="session")
def fewer_rows() -> Dataset:
    """Return enough for one thread's CPU time; work left undone shows where a query takes long."""
    return canaries.data(2 * 10**5)


def installed() -> list[str]:
    """Return what can be asked here; a call for each of a million rows would take minutes."""
    names = [name for name, engine in engines().items() if not find_missing(engine)]
    return [name for name in names if not name.endswith("/apply")]


@pytest.mark.parametrize("name", installed())
def test_no_work_is_left_when_a_load_or_a_query_has_returned(
    name: str, data: Dataset, tmp_path: Path
) -> None:
    if not programs(name, data, TWO):
        pytest.skip("this engine says none of the questions")
    found = spent(name, current_interpreter(find(name)), data, tmp_path, threads=2)
    assert all(seconds.is_finished for seconds in found.values()), found


UNFINISHED = {
    "polars gives its plan": """
import polars as pl

def load(path):
    return pl.read_parquet(path, columns=["id4", "id5", "id6", "v3"])

def query(data):
    return data.lazy().group_by("id4", "id5", "id6").agg(pl.col("v3").sum(), pl.len())

def rows(answer):
    return answer.collect().to_arrow()
""",
    "dask gives its graph": """
import dask.dataframe as dd
import pyarrow as pa

def load(path):
    return dd.read_parquet(path, columns=["id4", "id5", "v3"]).persist()

def query(data):
    return data.groupby(["id4", "id5"], sort=False)["v3"].sum()

def rows(answer):
    return pa.Table.from_pandas(answer.compute().reset_index(), preserve_index=False)
""",
    "duckdb gives a relation": """
import duckdb

def load(path):
    con = duckdb.connect()
    con.execute("CREATE TABLE data AS SELECT id4, id5, id6, v3 FROM read_parquet(?)", [path])
    return con

def query(con):
    return con.sql("SELECT id4, id5, id6, sum(v3) AS v3 FROM data GROUP BY id4, id5, id6")

def rows(answer):
    return answer.to_arrow_table()
""",
    "a thread goes on with it": """
import threading

import polars as pl

def load(path):
    return pl.read_parquet(path, columns=["id4", "id5", "id6", "v3"])

def query(data):
    held = {}
    def work():
        held["answer"] = data.group_by("id4", "id5", "id6").agg(pl.col("v3").sum(), pl.len())
    thread = threading.Thread(target=work)
    thread.start()
    return thread, held

def rows(answer):
    answer[0].join()
    return answer[1]["answer"].to_arrow()
""",
}


UNREAD = {
    "polars scans": """
import polars as pl

def load(path):
    return pl.scan_parquet(path)

def query(data):
    return data.group_by("id4").agg(pl.col("v3").sum()).collect()

def rows(answer):
    return answer.to_arrow()
""",
    "dask keeps a graph": """
import dask.dataframe as dd
import pyarrow as pa

def load(path):
    return dd.read_parquet(path, columns=["id4", "v3"])

def query(data):
    return data.groupby("id4")["v3"].sum().reset_index().compute()

def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)
""",
    "duckdb keeps a view": """
import duckdb

def load(path):
    con = duckdb.connect()
    con.read_parquet(path).create_view("data")
    return con

def query(con):
    return con.sql("SELECT id4, sum(v3) AS v3 FROM data GROUP BY id4").to_arrow_table()

def rows(answer):
    return answer
""",
}


@pytest.mark.parametrize("name", UNREAD)
def test_a_load_that_leaves_reading_to_the_query_is_found(
    name: str, data: Dataset, tmp_path: Path
) -> None:
    if find_missing(find(name.partition(" ")[0])):
        pytest.skip("its engine is not installed")
    with pytest.raises(RuntimeError, match=r"(?i)no such file|no files found"):
        measure(sys.executable, tmp_path, data, [UNREAD[name]], {})


@pytest.mark.parametrize("name", UNFINISHED)
def test_a_program_that_leaves_its_work_undone_is_found(
    name: str, data: Dataset, tmp_path: Path
) -> None:
    engine = name.partition(" ")[0]
    if find_missing(find(engine if engine in engines() else "polars")):
        pytest.skip("its engine is not installed")
    (seconds,) = measure(sys.executable, tmp_path, data, [UNFINISHED[name]], {})
    assert not seconds.is_finished, seconds


MODIN = """
import modin.pandas as pd
import pyarrow as pa
from modin.config import Engine

Engine.put({backend!r})

def start():
    {start}

def load(path):
    return pd.read_parquet(path, columns=["v3"])

def query(data):
    return data.map(abs)

def rows(answer):
    return pa.Table.from_pandas(answer.modin.to_pandas(), preserve_index=False)
"""
STARTS = {
    "ray": "import ray; return ray.init(num_cpus=2, include_dashboard=False)",
    "dask": "from distributed import Client; return Client(n_workers=2, dashboard_address=':0')",
}


@pytest.mark.parametrize(("name", "backend"), [("modin", "ray"), ("modin/dask", "dask")])
def test_modin_without_its_last_step_is_found(
    name: str, backend: str, data: Dataset, tmp_path: Path
) -> None:
    if find_missing(find(name)):
        pytest.skip("its engine is not installed")
    text = MODIN.format(backend=backend, start=STARTS[backend])
    told = find(name).environment(TWO)
    (seconds,) = measure(sys.executable, tmp_path, data, [text], told)
    assert not seconds.is_finished, seconds


def test_modins_programs_force_their_answer(data: Dataset) -> None:
    for name in ("modin", "modin/dask"):
        assert "    execute(answer)\n" in programs(name, data, TWO)["many"].text


@pytest.mark.parametrize("name", installed())
def test_an_engines_own_switch_holds_it_to_one_thread(
    name: str, fewer_rows: Dataset, tmp_path: Path
) -> None:
    """Run with no core taken away: affinity is not what holds here."""
    if not programs(name, fewer_rows, Resources(threads=1)):
        pytest.skip("this engine says none of the questions")
    found = spent(name, current_interpreter(find(name)), fewer_rows, tmp_path, threads=1)
    assert all(seconds.is_alone for seconds in found.values()), found
