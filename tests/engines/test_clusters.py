"""Engines on clusters that are there already: names, programs, and whose limits hold."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import dfbench
import pytest
from dfbench.engines import find
from dfbench.engines.versions import find_scheduler
from dfbench.errors import EngineError
from dfbench.execution.cluster_memory import check_readable
from dfbench.execution.observation import End, Observation, ProgramError
from dfbench.execution.outcomes import decide_outcome
from dfbench.spec.generated_data import derive_schema
from dfbench.spec.reader import read, read_text
from dfbench.spec.workload import Generated
from dfbench.storage.records import Outcome

from tests.clusters.__main__ import (
    RIGHT,
    Kill,
    killed_in_the_middle,
    running,
    sweep,
)

SCHEMA = derive_schema(Generated("db-benchmark-groupby", 1000))


def text(engine: str, query: str = "q1") -> str:
    return find(engine).write(read("groupby").query(query), SCHEMA).text


def test_an_address_stands_behind_the_at() -> None:
    assert find("dask@tcp://host:8786").name == "dask@tcp://host:8786"
    assert find_scheduler(find("dask@tcp://host:8786")) == "dask"
    assert find_scheduler(find("modin@host:6379")) == "ray"
    assert find_scheduler(find("modin@0.37@host:6379")) == "ray"
    assert find_scheduler(find("modin@0.37@host:6379").engine) == "ray"
    assert find("dask/scan@tcp://host:8786").name == "dask/scan@tcp://host:8786"
    assert find_scheduler(find("dask/scan@tcp://host:8786")) == "dask"
    assert not find_scheduler(find("dask"))
    assert not find_scheduler(find("dask/scan"))
    assert not find_scheduler(find("polars@1.30"))


def test_an_engine_of_one_machine_refuses_an_address() -> None:
    with pytest.raises(EngineError, match="polars runs on this machine only; dask, modin"):
        find("polars@tcp://host:8786")


def test_mpi_has_no_cluster_that_is_there_already() -> None:
    with pytest.raises(EngineError, match="MPI starts new processes for every program"):
        find("modin/mpi@tcp://host:8786")


def test_programs_connect_as_the_library_documents_it() -> None:
    assert 'return Client("tcp://host:8786")\n' in text("dask@tcp://host:8786")
    assert 'ray.init(address="host:6379"' in text("modin@host:6379")
    assert 'client = Client("tcp://host:8786")\n' in text("modin/dask@tcp://host:8786")
    for engine in ("dask@tcp://host:8786", "modin/dask@tcp://host:8786", "modin@host:6379"):
        assert "LocalCluster" not in text(engine)
        assert "num_cpus" not in text(engine)


def test_functions_reach_workers_that_have_no_file_of_them() -> None:
    assert "client.upload_file(__file__)" in text("dask@tcp://host:8786", "q8")
    assert "upload_file" not in text("dask@tcp://host:8786", "q1")


def test_a_workload_says_the_address_as_a_setting() -> None:
    asked = (
        "dataset: {generate: db-benchmark-groupby, rows: 10}\n"
        "queries: {q: {aggregate: {n: size()}}}\n"
        "engines:\n"
        "  - pandas\n"
        "  - dask: {scheduler: tcp://host:8786}\n"
        "  - modin: {version: 0.37, python: python3.12, address: host:6379}\n"
    )
    assert read_text(asked, "w.yaml", Path(), engines=["pandas", "dask", "modin"]).engines == (
        "pandas",
        "dask@tcp://host:8786",
        "modin@0.37@python3.12@host:6379",
    )


@pytest.mark.parametrize(
    ("cluster", "outcome"), [("", Outcome.OUT_OF_MEMORY), ("dask", Outcome.CRASHED)]
)
def test_a_lost_worker_elsewhere_is_not_called_out_of_memory(
    cluster: str, outcome: Outcome
) -> None:
    failure = ProgramError(("KilledWorker",), "Attempted to run task on 4 different workers", "")
    verdict = decide_outcome(Observation(End.ERROR, failure=failure, scheduler=cluster), 2**30, 10)
    assert verdict.outcome is outcome


@pytest.fixture(scope="module")
def cluster() -> Iterator[tuple[str, Kill]]:
    """A Dask engine on a scheduler and two workers, and what kills one of the workers."""
    with running("dask") as (engines, kill, _):
        yield engines[0], kill


def test_questions_are_answered_on_a_cluster_that_is_there_already(
    cluster: tuple[str, Kill], tmp_path: Path
) -> None:
    engine, _ = cluster
    results = tmp_path / "results"
    found = dfbench.check("groupby", engines=[engine], queries=["q1", "q8"], results=results)
    runs = found.stored.runs
    assert {run.query: str(run.outcome) for run in runs} == {"q1": "ok", "q8": "ok"}, runs
    for run in runs:
        assert len(run.memory.workers) == 2
        assert run.memory.peak == max(run.memory.workers.values()) > 20 * 2**20
        assert "largest worker" in run.memory.measure
    told = found.stored.head.limits["clusters"]
    assert f"{engine}: memory and threads are limited for its client" in told
    assert "per worker" in told
    # What the client leaves behind, the scheduler forgets: the next client finds a free cluster.
    from distributed import Client

    with Client(engine.partition("@")[2]) as client:
        with pytest.raises(FileNotFoundError, match="2 of 2 workers cannot read"):
            check_readable("dask", client, (str(tmp_path / "nowhere.parquet"),))
        deadline = time.monotonic() + 300
        while client.has_what() != dict.fromkeys(client.has_what(), ()):
            assert time.monotonic() < deadline
            time.sleep(0.2)


def test_a_sweep_goes_on_where_a_worker_is_killed(
    cluster: tuple[str, Kill], tmp_path: Path
) -> None:
    engine, kill = cluster
    ask = partial(sweep, rows="1e3,1e4")
    runs = killed_in_the_middle(ask, (engine,), tmp_path, kill)
    assert Counter(run.engine for run in runs) == {"polars": 2, engine: 2}
    assert {run.outcome for run in runs} <= RIGHT
    assert all(run.evidence for run in runs if run.outcome is not Outcome.OK)
    assert {run.outcome for run in runs if run.engine == "polars"} == {Outcome.OK}
