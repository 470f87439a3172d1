"""Dask: the frame held in partitions, reduced as a tree, and what is small finished in pandas."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from functools import partial

from ...errors import Unsupported
from ...spec.schema import Schema
from ...spec.workload import Query, RowFunction, Tasks
from ..adapter import Adapter, Pass
from ..base import Load, Resources
from ..info import FRAMES, MIB, NEWEST, EngineInfo, Work
from ..pandas.queries import ROWS
from ..pandas.reading import write_reading
from ..pandas.sequence import write_later
from ..pandas.text_types import TextType
from ..writing.passes.choices import share_first
from ..writing.passes.group_functions import require_aggregations
from ..writing.passes.join import Inputs
from ..writing.passes.widen import widen_beside_floats
from ..writing.passes.zeros import sum_zeros
from ..writing.program import NONE, Parts, fill
from ..writing.quote import quote, write_literal
from ..writing.sequence import step_name
from ..writing.tasks import Calls, write_columns
from ..writing.user_functions import make_own
from .joins import write_joins
from .queries import RETURNED, Partitions, Text, join_lines

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

_reading = partial(write_reading, parted=True, text=TextType.ARROW)


IMPORTS = """\
import dask
import dask.bag as db
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pyarrow as pa
from dask.system import CPU_COUNT
from dask.distributed import Client, get_client, wait
"""


@dataclass(frozen=True, slots=True)
class Dask(Adapter):
    """Writes Dask data frames, on the threads of one process or on processes of one thread."""

    averages_conditions = "full"

    passes: tuple[Pass, ...] = (
        share_first,
        partial(sum_zeros, pivots=False),
        widen_beside_floats,
    )
    cluster: bool = False
    load: Load = Load.MEMORY
    address: str = ""
    parted: bool = False

    @property
    def scheduler(self) -> str:
        """Return the scheduler that reports on the workers of a cluster elsewhere."""
        return "dask" if self.address else ""

    def on(self, address: str) -> Dask:
        """Return Dask on the cluster of a scheduler that is there already."""
        info = replace(
            self.info, name=f"{self.name}@{address}", requirements=ON_CLUSTER, threads=()
        )
        return replace(self, info=info, cluster=True, address=address)

    def write_parts(self, inputs: Inputs, resources: Resources) -> Parts:
        """Write the reduction, and the functions of a partition that it needs."""
        query = inputs.query
        expression = isinstance(query.apply, RowFunction) and query.apply.source is None
        mine = make_own(query.apply) if query.apply and not expression else NONE
        text = self._write_steps(inputs)
        return Parts(
            imports=IMPORTS,
            own=mine,
            load=self._load(inputs, resources),
            query=f"{FORGOTTEN if self.cluster else ''}{text.statements}",
            rows=ROWS,
            start=self._start(resources, sends=bool(text.functions or mine.source)),
            before="" if mine.source else text.functions,
            after=text.functions if mine.source else "",
        )

    def _write_steps(self, inputs: Inputs) -> Text:
        """Write the steps: those of rows for Dask, and in pandas those behind a smaller answer."""
        functions = statements = ""
        for place, step in enumerate(inputs.steps, 1):
            asked = Partitions(step.query, step.rows, self.parted, self._scans, before=functions)
            rest = inputs.steps[place:]
            passed = bool(rest) and asked.passes_rows
            if passed:
                text = asked.write_passed()
            else:
                end = f"{step_name(place)} = ANSWER" if rest else RETURNED
                text = replace(asked, returned=end).write()
            functions = join_lines(functions, text.functions)
            statements = join_lines(statements, *write_joins(step.joinings), text.statements)
            if rest and not passed:
                table = "t.compute()"
                later = write_later(rest, text=TextType.ARROW, table=table, before=place)
                return Text(functions, join_lines(statements, later))
        return Text(functions, statements)

    def write_tasks(self, tasks: Tasks, resources: Resources) -> Parts:
        """Write a bag of calls, whose partitions go to processes."""
        if self.cluster:
            why = "a cluster would return the last run's results; use dask, which runs processes"
            raise Unsupported(tasks.name, why)
        options = {"num_workers": write_literal(resources.threads)} if resources.threads else {}
        chunks = quote("n * CPU_COUNT", n=PARTITIONS_PER_THREAD)
        if resources.threads:
            chunks = write_literal(PARTITIONS_PER_THREAD * resources.threads)
        bag = quote(
            "db.from_sequence(data, npartitions=CHUNKS).starmap(f).compute(**o)",
            f=quote(tasks.name),
            o=options,
        )
        return Parts(
            imports=IMPORTS,
            before=fill(CHUNKS, NUMBER=chunks),
            own=make_own(tasks),
            load=Calls(tasks).load(),
            query=fill("return BAG", BAG=bag),
            rows=write_columns(tasks),
        )

    def _start(self, resources: Resources, *, sends: bool) -> str:
        if self.address:
            return fill(
                SENT if sends else "return Client(ADDRESS)", ADDRESS=write_literal(self.address)
            )
        if not self.cluster:
            return ""
        return fill("return CLIENT", CLIENT=_start_workers(resources))

    def _load(self, inputs: Inputs, resources: Resources) -> str:
        if not inputs.is_single:
            return self._load_tables(inputs, resources)
        frame = self._write_frame(inputs.query, inputs.data, resources)
        if self.cluster:
            # On a cluster, `persist` returns at once.
            return fill("data = FRAME\nwait(data)\nreturn data", FRAME=frame)
        return fill("return FRAME", FRAME=frame)

    @property
    def _scans(self) -> bool:
        return self.load is Load.SCAN and not self.cluster

    def _write_frame(
        self, query: Query, data: Schema, resources: Resources, *, single: bool = False
    ) -> ast.expr:
        """Write how a file is read into partitions, or into a `single` one."""
        split = ", split_row_groups=True" if data.rows > ROW_GROUP else ""
        if self._scans:
            return _reading(query, data, f"dd.read_parquet(path, columns=n{split})")
        if not (self.cluster or _holds_objects(query, data)):
            # What `persist` holds on threads is hashed anew by each expression over it.
            read = f"dd.read_parquet(path, columns=n{split}).compute()"
            number = write_literal(1) if single else _count_partitions(data.rows, resources)
            held = write_reading(query, data, read, text=TextType.ARROW)
            return quote("dd.from_pandas(f, npartitions=n, sort=False)", f=held, n=number)
        names = list(query.reads)
        if single:
            read = "dd.read_parquet(path, columns=n)"
        elif self.address:
            read = ast.unparse(_write_spread(names, data.rows))
        else:
            read = ast.unparse(_write_partitions(names, data.rows, resources))
        return quote("f.persist()", f=_reading(query, data, read))

    def _load_tables(self, inputs: Inputs, resources: Resources) -> str:
        """Load all tables; a small one is a single partition, which each of the rows' meets."""

        def read(query: Query, data: Schema) -> ast.expr:
            single = data is not inputs.data and data.rows <= ROW_GROUP
            return self._write_frame(query, data, resources, single=single)

        text = inputs.load(read)
        waiting = f"wait([{inputs.frames}])\nreturn " if self.cluster else "return "
        return text.replace("return ", waiting)


def _write_spread(names: list[str], rows: int) -> ast.expr:
    """Read a file into partitions for all workers of a cluster, however many those are."""
    if rows > ROW_GROUP:
        return _by_row_groups(names, rows)
    workers = quote("sum(get_client().nthreads().values())")
    wanted = quote("n * w", n=PARTITIONS_PER_THREAD, w=workers)
    return quote("dd.read_parquet(path, columns=n).repartition(npartitions=w)", n=names, w=wanted)


def _write_partitions(names: list[str], rows: int, resources: Resources) -> ast.expr:
    """Read a file into partitions; by default a file below 256 MiB is a single one."""
    if resources.threads is None:
        wanted = quote("n * CPU_COUNT", n=PARTITIONS_PER_THREAD)
    else:
        number = PARTITIONS_PER_THREAD * resources.threads
        if rows >= number * ROW_GROUP:
            return _by_row_groups(names, rows)
        wanted = write_literal(number)
    return quote("dd.read_parquet(path, columns=n).repartition(npartitions=w)", n=names, w=wanted)


def _holds_objects(query: Query, data: Schema) -> bool:
    """Return whether pandas holds a column as Python objects: `from_pandas` makes them texts."""
    columns = [data[name] for name in query.reads]
    gaps = any(column.kind == "bool" and column.missing for column in columns)
    return gaps or any(column.kind in {"date", "decimal", "null"} for column in columns)


def _count_partitions(rows: int, resources: Resources) -> ast.expr:
    """Write the number of partitions of a frame in memory."""
    if resources.threads is None:
        return quote("n * CPU_COUNT", n=PARTITIONS_PER_THREAD)
    return write_literal(max(PARTITIONS_PER_THREAD * resources.threads, rows // ROW_GROUP))


def _by_row_groups(names: list[str], rows: int) -> ast.expr:
    """Read a large file's row groups side by side; Dask takes several of few columns for one.

    Without `repartition`, what `persist` gives asks for partitions that went into others:
    https://github.com/dask/dask/issues/12488.
    """
    text = "dd.read_parquet(path, columns=n, split_row_groups=True).repartition(npartitions=w)"
    return quote(text, n=names, w=write_literal(rows // ROW_GROUP))


def _start_workers(resources: Resources) -> ast.expr:
    workers = write_literal(resources.threads) if resources.threads else quote("CPU_COUNT")
    options: dict[str, ast.expr] = {"n_workers": workers, "threads_per_worker": write_literal(1)}
    if resources.memory is not None:
        memory = int(resources.memory * WORKERS_SHARE)
        each = write_literal(memory // resources.threads) if resources.threads else None
        options["memory_limit"] = each or quote("m // CPU_COUNT", m=memory)
    options["dashboard_address"] = write_literal(":0")
    return quote("Client(**o)", o=options)


INFO = EngineInfo(
    "dask",
    ("dask[dataframe]", "pandas", "pyarrow"),
    work=FRAMES | {Work.TASK},
    pins=(NEWEST,),
    default_for=Work.QUERY,
    default_variant="threads",
    threads=("DASK_NUM_WORKERS",),
    sample=8,
    startup_memory=86 * MIB,
)
# A cluster gets its limits from the program.
ON_CLUSTER = ("dask[dataframe]", "distributed", "pandas", "pyarrow")
DISTRIBUTED = INFO.make_variant(
    "distributed",
    requirements=ON_CLUSTER,
    work=FRAMES,
    threads=(),
    sample=48,
    startup_memory=192 * MIB,
)
ENGINE = Dask(INFO)
VARIANTS = (
    Dask(DISTRIBUTED, cluster=True),
    Dask(INFO.make_variant("partitions", sample=16), parted=True),
    Dask(
        INFO.make_variant("native", work=frozenset({Work.GROUP_FUNCTION, Work.TASK})),
        (partial(require_aggregations, engine="dask"), widen_beside_floats),
    ),
)
write, run = ENGINE.write, ENGINE.run
