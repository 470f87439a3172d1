"""No work is left when a load or a query has returned: what is timed is the finished answer."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from dfbench.engines import find, find_missing, load_engines
from dfbench.engines.base import Resources
from dfbench.environments.provider import find_current_interpreter
from dfbench.testing.conformance.canaries import count_spent, list_programs, make_data, measure

ONE = Resources(threads=1)
MODIN = """
import modin.pandas as pd
import pyarrow as pa
from modin.config import Engine

Engine.put({engine!r})

def load(path):
    return pd.read_parquet(path, columns=["v3"])

def query(data):
    return data.map(abs)

def rows(answer):
    return pa.Table.from_pandas(answer.modin.to_pandas(), preserve_index=False)
"""
# By the engine whose process runs it, beside that engine's own programs.
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
    "polars leaves it to a thread": """
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
    "modin leaves out its last step": MODIN.format(engine="ray"),
    "modin/dask leaves out its last step": MODIN.format(engine="dask"),
}


def installed() -> list[str]:
    """Return what can be asked here; a call for each of a million rows would take minutes."""
    names = [name for name, engine in load_engines().items() if not find_missing(engine)]
    return [name for name in names if not name.endswith("/apply")]


@pytest.mark.parametrize("name", installed())
def test_answers_are_finished_and_one_thread_works(name: str, tmp_path: Path) -> None:
    """Run with no core taken away: affinity is not what holds here.

    A program that leaves its work undone is found by the same measurement.
    """
    data = make_data(name)
    if not list_programs(name, data, ONE):
        pytest.skip("this engine says none of the questions")
    undone = {key: text for key, text in UNFINISHED.items() if key.partition(" ")[0] == name}
    place = find_current_interpreter(find(name))
    found = count_spent(name, place, data, tmp_path, threads=1, beside=undone)
    assert {key for key, seconds in found.items() if not seconds.is_finished} == set(undone), found
    assert all(seconds.is_alone for key, seconds in found.items() if key not in undone), found


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
def test_a_load_that_leaves_reading_to_the_query_is_found(name: str, tmp_path: Path) -> None:
    engine = name.partition(" ")[0]
    if find_missing(find(engine)):
        pytest.skip("its engine is not installed")
    with pytest.raises(RuntimeError, match=r"(?i)no such file|no files found"):
        measure(sys.executable, tmp_path, make_data(engine), [UNREAD[name]], {})


NOISY = """
import os

def load(path): return path
def rows(answer): return answer

def query(data):
    for descriptor in range(3, 40):
        try:
            if os.readlink(f"/proc/self/fd/{descriptor}").startswith("pipe:"):
                os.write(descriptor, b'{"query": 0.0}')
        except OSError:
            pass
    return sum(range(10**7))
"""


def test_what_a_program_writes_into_pipes_is_no_measurement(tmp_path: Path) -> None:
    (found,) = measure(sys.executable, tmp_path, make_data("polars"), [NOISY], {})
    assert found.query > 0


def test_modins_programs_force_their_answer() -> None:
    for name in ("modin", "modin/dask"):
        assert "    execute(answer)\n" in list_programs(name, make_data(name), ONE)["many"].text
