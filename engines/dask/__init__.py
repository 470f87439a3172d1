"""Dask: the frame held in partitions, reduced as a tree, and what is small finished in pandas."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from functools import partial

from ...errors import Unsupported
from ...spec.schema import Schema
from ...spec.workload import Query, Tasks
from .. import interactive
from ..base import Load, Program, Resources
from ..pandas.queries import reading
from ..writing import tasks as task_programs
from ..writing.passes.group_functions import native
from ..writing.passes.join import Joining, joining, merged
from ..writing.passes.widen import widened
from ..writing.program import Parts, assemble, fill
from ..writing.quote import literal, quote
from ..writing.user_functions import NONE, own
from .partitions import Partitions

PARTITIONS_PER_THREAD = 4  # enough to even out, few enough that scheduling costs little
ROW_GROUP = 1_000_000  # rows, in the files that dfbench stores
WORKERS_SHARE = 0.8  # of the memory; the rest is the scheduler's, the client's and the answer's

CHUNKS = """\
# Four parts for each worker: enough to even out, few enough that sending costs little.
CHUNKS = NUMBER
"""
SENT = """\
client = Client(ADDRESS)
# The workers import the functions from this file.
client.upload_file(__file__)
return client
"""
FORGOTTEN = """\
# A cluster may still hold the answer it has just given, and give it again: let go of it first.
wait(data)
"""

_reading = partial(reading, parted=True)


@dataclass(frozen=True, slots=True)
class Dask:
    """Writes Dask data frames, on the threads of one process or on processes of one thread."""

    name: str = "dask"
    cluster: bool = False
    load: Load = Load.MEMORY
    address: str = ""
    native: bool = False

    @property
    def scheduler(self) -> str:
        """Return what is asked how the workers of a cluster elsewhere fare."""
        return "dask" if self.address else ""

    def on(self, address: str) -> Dask:
        """Return Dask on the cluster of a scheduler that is there already."""
        return replace(self, name=f"{self.name}@{address}", cluster=True, address=address)

    @property
    def distributions(self) -> tuple[str, ...]:
        """Return the distributions whose versions matter."""
        own = ("dask", "distributed") if self.cluster else ("dask",)
        return (*own, "pandas", "pyarrow")

    def environment(self, resources: Resources) -> dict[str, str]:
        """Return the number of threads; a cluster is told by the program."""
        if self.cluster or resources.threads is None:
            return {}
        return {"DASK_NUM_WORKERS": str(resources.threads)}

    def write(
        self,
        query: Query | Tasks,
        data: Schema,
        resources: Resources = Resources(),  # noqa: B008
    ) -> Program:
        """Write the reduction, and the functions of a partition that it needs."""
        if isinstance(query, Tasks):
            return self._tasks(query, resources)
        query, rows, met = joining(query, data)
        query = native(query, rows, "dask") if self.native else query
        query = widened(query, rows, gaps=False)
        mine = own(query.apply) if query.apply else NONE
        text = Partitions(query, rows).written()
        joined = f"data = {ast.unparse(merged(met))}\n" if met else ""
        statements = f"{FORGOTTEN if self.cluster else ''}{joined}{text.statements}"
        load = self._both_loaded(met, resources) if met else self._load(query, data, resources)
        start = self._start(resources, sends=bool(text.functions or mine.source))
        parts = Parts(
            imports="\n".join(
                [_imports(text.functions + statements + load + start), *mine.imports]
            ),
            own=mine.source,
            load=load,
            query=statements,
            rows="return pa.Table.from_pandas(answer, preserve_index=False)",
            start=start,
            before="" if query.apply else text.functions,
            after=text.functions if query.apply else "",
            path=met.paths if met else "path",
            data=met.frames if met else "data",
        )
        return assemble(self.name, query, parts)

    def _tasks(self, tasks: Tasks, resources: Resources) -> Program:
        """Write a bag of calls, whose partitions go to processes."""
        if self.cluster:
            why = "a cluster would give the last run's answers again; dask runs tasks on processes"
            raise Unsupported(tasks.name, why)
        mine, rows = own(tasks), task_programs.rows(tasks)
        options = {"num_workers": literal(resources.threads)} if resources.threads else {}
        chunks = quote("n * CPU_COUNT", n=PARTITIONS_PER_THREAD)
        if resources.threads:
            chunks = literal(PARTITIONS_PER_THREAD * resources.threads)
        bag = quote(
            "db.from_sequence(data, npartitions=CHUNKS).starmap(f).compute(**o)",
            f=quote(tasks.name),
            o=options,
        )
        imports = ["import dask.bag as db", "import pyarrow as pa", *mine.imports]
        if not resources.threads:
            imports.append("from dask.system import CPU_COUNT")
        if "np." in rows:
            imports.append("import numpy as np")
        parts = Parts(
            imports="\n".join(imports),
            before=fill(CHUNKS, NUMBER=chunks),
            own=mine.source,
            load=task_programs.Calls(tasks).load(),
            query=fill("return BAG", BAG=bag),
            rows=rows,
            path="",
        )
        return assemble(self.name, tasks, parts)

    def _start(self, resources: Resources, *, sends: bool) -> str:
        if self.address:
            return fill(SENT if sends else "return Client(ADDRESS)", ADDRESS=literal(self.address))
        if not self.cluster:
            return ""
        return fill("return Client(CLUSTER)", CLUSTER=_cluster(resources))

    def _load(self, query: Query, data: Schema, resources: Resources) -> str:
        frame = self._frame(query, data, resources)
        if self.load is Load.SCAN and not self.cluster:
            return fill("return FRAME", FRAME=frame)
        if self.cluster:
            # On a cluster, `persist` returns at once.
            return fill("data = FRAME.persist()\nwait(data)\nreturn data", FRAME=frame)
        return fill("return FRAME.persist()", FRAME=frame)

    def _frame(self, query: Query, data: Schema, resources: Resources) -> ast.expr:
        """Write how a file is read into partitions."""
        if self.load is Load.SCAN and not self.cluster:
            split = ", split_row_groups=True" if data.rows > ROW_GROUP else ""
            return _reading(query, data, f"dd.read_parquet(path, columns=n{split})")
        names = list(query.reads)
        if self.address:
            return _reading(query, data, ast.unparse(_spread(names, data.rows)))
        return _reading(query, data, ast.unparse(_partitioned(names, data.rows, resources)))

    def _both_loaded(self, met: Joining, resources: Resources) -> str:
        """Load both tables; a small one is a single partition, which each of the other's meets."""

        def read(query: Query, data: Schema) -> ast.expr:
            if data is met.other and data.rows <= ROW_GROUP:
                frame = _reading(query, data, "dd.read_parquet(path, columns=n)")
            else:
                frame = self._frame(query, data, resources)
            scans = self.load is Load.SCAN and not self.cluster
            return frame if scans else quote("f.persist()", f=frame)

        text = met.loads(read)
        waiting = f"wait([{met.frames}])\nreturn " if self.cluster else "return "
        return text.replace("return ", waiting)


def _spread(names: list[str], rows: int) -> ast.expr:
    """Read a file into partitions for all workers of a cluster, however many those are."""
    if rows > ROW_GROUP:
        return _by_row_groups(names, rows)
    workers = quote("sum(get_client().nthreads().values())")
    wanted = quote("n * w", n=PARTITIONS_PER_THREAD, w=workers)
    return quote("dd.read_parquet(path, columns=n).repartition(npartitions=w)", n=names, w=wanted)


def _partitioned(names: list[str], rows: int, resources: Resources) -> ast.expr:
    """Read a file into partitions; by default a file below 256 MiB is a single one."""
    if resources.threads is None:
        wanted = quote("n * CPU_COUNT", n=PARTITIONS_PER_THREAD)
    else:
        number = PARTITIONS_PER_THREAD * resources.threads
        if rows >= number * ROW_GROUP:
            return _by_row_groups(names, rows)
        wanted = literal(number)
    return quote("dd.read_parquet(path, columns=n).repartition(npartitions=w)", n=names, w=wanted)


def _by_row_groups(names: list[str], rows: int) -> ast.expr:
    """Read a large file's row groups side by side; Dask takes several of few columns for one.

    Without `repartition`, what `persist` gives asks for partitions that went into others:
    https://github.com/dask/dask/issues/12488.
    """
    text = "dd.read_parquet(path, columns=n, split_row_groups=True).repartition(npartitions=w)"
    return quote(text, n=names, w=literal(rows // ROW_GROUP))


def _cluster(resources: Resources) -> ast.expr:
    workers = literal(resources.threads) if resources.threads else quote("CPU_COUNT")
    options: dict[str, ast.expr] = {"n_workers": workers, "threads_per_worker": literal(1)}
    if resources.memory is not None:
        memory = int(resources.memory * WORKERS_SHARE)
        each = literal(memory // resources.threads) if resources.threads else None
        options["memory_limit"] = each or quote("m // CPU_COUNT", m=memory)
    options["dashboard_address"] = literal(":0")
    return quote("LocalCluster(**o)", o=options)


def _imports(text: str) -> str:
    wanted = {
        "dask.compute": "import dask",
        "np.": "import numpy as np",
        "pd.": "import pandas as pd",
        "CPU_COUNT": "from dask.system import CPU_COUNT",
    }
    lines = [line for word, line in wanted.items() if word in text]
    own = ("Client", "LocalCluster", "get_client", "wait")
    if taken := [name for name in own if f"{name}(" in text]:
        lines.append(f"from distributed import {', '.join(taken)}")
    return "\n".join(["import dask.dataframe as dd", "import pyarrow as pa", *lines])


ENGINE = Dask()
VARIANTS = (Dask("dask/distributed", cluster=True), Dask("dask/native", native=True))
write = ENGINE.write
run = partial(interactive.run, ENGINE)
