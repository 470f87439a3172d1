"""PySpark on this machine: a local session, its data frames cached in memory."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import partial, reduce

from ...spec.joins import SUFFIX
from ...spec.schema import Schema
from ...spec.workload import Query
from ..adapter import Adapter, Pass
from ..base import Resources
from ..info import FRAMES, NEWEST, EngineInfo, EnginePlace, Work
from ..writing.joins import Joining, name_columns
from ..writing.numbered import NumberedChain, plan_chains, write_chains
from ..writing.passes.constants import derive_constants
from ..writing.passes.join import Inputs
from ..writing.passes.widen import widen
from ..writing.program import Parts, fill
from ..writing.quote import quote, write_literal
from .chain import SparkChain

START = """\
# As many partitions of a shuffle as there are cores: the default is for a cluster.
return SPARK
"""


IMPORTS = """\
from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F
"""


def _reads_times(inputs: Inputs) -> bool:
    tables = inputs.list_tables()
    return any(t.data[n].kind in {"date", "timestamp"} for t in tables for n in t.query.reads)


@dataclass(frozen=True, slots=True)
class PySpark(Adapter):
    """Writes PySpark; `toArrow` is the call that finishes the answer."""

    passes: tuple[Pass, ...] = (derive_constants, widen)

    def write_parts(self, inputs: Inputs, resources: Resources) -> Parts:
        """Write one lazy chain over a frame that is cached in memory."""
        chains = plan_chains(SparkChain, inputs)
        query = write_chains(chains, inputs, quote("data"), _write_join, ".toArrow()")
        return Parts(
            imports=IMPORTS,
            start=fill(START, SPARK=_write_session(resources, timed=_reads_times(inputs))),
            load=_load(inputs, chains[0]),
            query=query,
            rows="return answer",
        )


def _load(inputs: Inputs, first: NumberedChain) -> str:
    """Write `load`; a count fills the cache."""
    read = partial(_write_read, inputs.data, first)
    if inputs.is_single:
        frame = read(inputs.query, inputs.data)
        return fill("data = FRAME\ndata.count()\nreturn data", FRAME=frame)
    counts = "".join(f"{table.name}.count()\n" for table in inputs.list_tables())
    return inputs.load(read).replace("return ", f"{counts}return ")


def _write_read(rows: Schema, first: NumberedChain, query: Query, data: Schema) -> ast.expr:
    names = list(query.reads)
    columns = [*map(write_literal, names)]
    if first.numbered and data is rows:
        columns.append(quote("F.col('_metadata.row_index').alias(n)", n=first.row))
    frame = quote("SparkSession.active().read.parquet(path)")
    if columns:
        frame = quote("t.select(*c)", t=frame, c=columns)
    nans = {n: quote("F.nullif(F.col(n), F.lit(float('nan')))", n=n) for n in names if data[n].nans}
    if nans:
        frame = quote(
            "t.withColumns(o)", t=frame, o=ast.Dict([*map(write_literal, nans)], [*nans.values()])
        )
    return quote("t.cache()", t=frame)


def _write_join(rows: ast.expr, met: Joining) -> ast.expr:
    met.require("Spark", "inner", "left", "right", "outer", "semi", "anti", "cross")
    join = met.join
    unlike = {theirs: ours for ours, theirs in join.keys if ours != theirs}
    if met.shown_keys or (unlike and join.how in {"right", "outer"}):
        return _join_keys(rows, met)
    other = _rename(quote(met.name), met.new_names | unlike)
    if join.how == "cross":
        return quote("d.crossJoin(t)", d=rows, t=other)
    options = {} if join.how == "inner" else {"how": write_literal(join.how)}
    return quote("d.join(t, k, **o)", d=rows, t=other, k=name_columns(join.on), o=options)


def _join_keys(rows: ast.expr, met: Joining) -> ast.expr:
    """Write a join that keeps the keys of both sides, where their names differ."""
    join = met.join
    names = met.new_names | {key: key + SUFFIX for key in join.shared}
    same = reduce(
        lambda x, y: quote("x & y", x=x, y=y),
        (
            quote("F.col(x) == F.col(y)", x=ours, y=names.get(theirs, theirs))
            for ours, theirs in join.keys
        ),
    )
    other = _rename(quote(met.name), names)
    options = {} if join.how == "inner" else {"how": write_literal(join.how)}
    joined = quote("d.join(t, s, **o)", d=rows, t=other, s=same, o=options)
    for key in join.shared if join.how in {"right", "outer"} else ():
        joined = quote("j.withColumn(k, F.coalesce(k, o))", j=joined, k=key, o=names[key])
    dropped = [write_literal(names[key]) for key in join.shared]
    return quote("j.drop(*d)", j=joined, d=dropped) if dropped else joined


def _rename(table: ast.expr, names: dict[str, str]) -> ast.expr:
    if len(names) > 1:
        return quote("t.withColumnsRenamed(n)", t=table, n=names)
    for theirs, new in names.items():
        return quote("t.withColumnRenamed(n, m)", t=table, n=theirs, m=new)
    return table


def _write_session(resources: Resources, *, timed: bool) -> ast.expr:
    """Write the session: local, quiet, in the memory that it may take.

    `timed`: by a clock without summer time, a time without a zone is one instant.
    """
    cores = resources.threads or "*"
    tree = quote("SparkSession.builder.master(m)", m=f"local[{cores}]")
    options: dict[str, str | int] = {"spark.ui.enabled": "false"}
    if timed:
        options["spark.sql.session.timeZone"] = "UTC"
    if resources.threads:
        options["spark.sql.shuffle.partitions"] = resources.threads
    if resources.memory:
        # The Java machine needs some beside its heap, and Python some beside Java.
        options["spark.driver.memory"] = f"{int(resources.memory * 0.6) >> 20}m"
    for name, value in options.items():
        tree = quote("t.config(n, v)", t=tree, n=name, v=value)
    return quote("t.getOrCreate()", t=tree)


ENGINE = PySpark(
    EngineInfo(
        "pyspark",
        # PySpark needs an older pandas when it runs, and its metadata leave that out.
        ("pyspark", "pandas<3", "pyarrow"),
        work=FRAMES - {Work.GROUP_FUNCTION},
        place=EnginePlace.ELSEWHERE,
        pins=(NEWEST,),
        environment={"SPARK_LOCAL_IP": "127.0.0.1"},
    )
)
write, run = ENGINE.write, ENGINE.run
