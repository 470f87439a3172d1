"""No work is left when a query has returned: what is timed is the finished answer.

The CPU time of the whole process tree is counted, never the wall's: what the query took, what is
spent while nothing is asked afterwards, and what reading the whole answer takes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from dfbench.datasets.caching import default_folder
from dfbench.datasets.making import Data, make
from dfbench.engines import engines, find, missing
from dfbench.engines.base import Program, Resources
from dfbench.errors import Unsupported
from dfbench.running.private import THREAD_VARIABLES
from dfbench.spec.reading import read_text
from dfbench.spec.workload import Generated

# Of all CPU seconds, those after the query had returned. Turning an answer into Arrow is some of
# it (measured: up to 0.14); a program that leaves its work undone is above 0.6.
LEFT = 0.3

WORKLOAD = """
workload: completion
dataset: {generate: db-benchmark-groupby, rows: 1e6, groups: 100}
queries:
  few: {group_by: id4, aggregate: {v1: sum(v1)}}
  many: {group_by: [id4, id5, id6], aggregate: {v3: sum(v3), n: size()}}
  row: {apply: {rows: "2 * v2 if v1 % 2 == 0 else v2", as: result}}
"""
TWO = Resources(threads=2)


@pytest.fixture(scope="session")
def data() -> Data:
    return make(Generated("db-benchmark-groupby", 10**6), default_folder(os.environ))


def here() -> list[str]:
    return [name for name, engine in engines().items() if not missing(engine)]


def measured(folder: Path, data: Data, *texts: str, **environment: str) -> list[dict[str, float]]:
    files = []
    for number, text in enumerate(texts):
        files.append(folder / f"program_{number}.py")
        files[-1].write_text(text)
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("completion.py")), str(data.path), *files],
        env={**os.environ, "RAY_TMPDIR": "/tmp", **environment},
        cwd=folder, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def share(seconds: dict[str, float]) -> float:
    left = seconds["after"] + seconds["rows"]
    return left / (seconds["query"] + left)


def programs(name: str, data: Data, resources: Resources = TWO) -> dict[str, Program]:
    written = {}
    for query in read_text(WORKLOAD, "completion.yaml", Path()).queries:
        try:
            written[query.name] = find(name).write(query, data.schema, resources)
        except Unsupported:
            continue
    # One question of rows is enough for an engine that is asked for groups too.
    if len(written) > 2:
        del written["row"]
    return written


@pytest.mark.parametrize("name", here())
def test_no_work_is_left_when_a_query_has_returned(name: str, data: Data, tmp_path: Path):
    written = programs(name, data)
    if not written:
        pytest.skip("this engine says none of the questions")
    told = find(name).environment(TWO)
    found = measured(tmp_path, data, *(program.text for program in written.values()), **told)
    shares = {query: share(seconds) for query, seconds in zip(written, found, strict=True)}
    assert max(shares.values()) < LEFT, found


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
    return dd.read_parquet(path, columns=["id4", "id5", "id6", "v3"]).persist()

def query(data):
    return data.groupby(["id4", "id5", "id6"], sort=False)["v3"].sum(split_out=1)

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


@pytest.mark.parametrize("name", UNFINISHED)
def test_a_program_that_leaves_its_work_undone_is_found(name: str, data: Data, tmp_path: Path):
    engine = name.partition(" ")[0]
    if missing(find(engine if engine in engines() else "polars")):
        pytest.skip("its engine is not installed")
    (seconds,) = measured(tmp_path, data, UNFINISHED[name])
    assert share(seconds) > LEFT, seconds


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
    return data.map(lambda value: value ** 3)

def rows(answer):
    return pa.Table.from_pandas(answer.modin.to_pandas(), preserve_index=False)
"""
STARTS = {
    "ray": "import ray; return ray.init(num_cpus=2, include_dashboard=False)",
    "dask": "from distributed import Client; return Client(n_workers=2, dashboard_address=':0')",
}


@pytest.mark.parametrize(("name", "backend"), [("modin", "ray"), ("modin/dask", "dask")])
def test_modin_without_its_last_step_is_found(name: str, backend: str, data: Data, tmp_path: Path):
    if missing(find(name)):
        pytest.skip("its engine is not installed")
    text = MODIN.format(backend=backend, start=STARTS[backend])
    (seconds,) = measured(tmp_path, data, text, **find(name).environment(TWO))
    assert share(seconds) > LEFT, seconds


def test_modins_programs_force_their_answer(data: Data):
    for name in ("modin", "modin/dask"):
        assert "    execute(answer)\n" in programs(name, data)["many"].text


@pytest.mark.parametrize("name", here())
def test_an_engines_own_switch_holds_it_to_one_thread(name: str, data: Data, tmp_path: Path):
    """Run with no core taken away: affinity is not what holds here."""
    one = Resources(threads=1)
    written = programs(name, data, one)
    if not written:
        pytest.skip("this engine says none of the questions")
    told = {**dict.fromkeys(THREAD_VARIABLES, "1"), **find(name).environment(one)}
    texts = (program.text for program in written.values())
    for seconds in measured(tmp_path, data, *texts, **told):
        # A tick of the clock for each process of a cluster, and its scheduler's own work.
        assert seconds["query"] <= 1.15 * seconds["wall"] + 0.05, seconds
