"""Modin: pandas' own words on Ray, Dask or MPI, and a forced answer: its calls return early."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, assert_never

from ..errors import EngineError, Unsupported
from ..spec.expression import (
    Arith,
    Call,
    Expr,
    Let,
    Lit,
    list_children,
    list_columns,
    rebuild,
)
from ..spec.kinds import with_column
from ..spec.schema import Schema
from ..spec.workload import GroupFunction, Query
from .adapter import Adapter, Pass
from .base import Resources
from .info import FUNCTIONS, MIB, NEWEST, RAY_MEMORY, EngineInfo, EnginePlace, Work
from .pandas.queries import PandasSteps
from .pandas.reading import has_text, write_reading
from .pandas.sequence import write_later, write_steps
from .pandas.text_types import TextType
from .writing.passes.choices import share_first
from .writing.passes.group_functions import require_aggregations
from .writing.passes.join import Inputs, from_path
from .writing.passes.kinds import rewrite_expressions
from .writing.passes.widen import widen_beside_floats
from .writing.passes.zeros import sum_zeros
from .writing.program import NONE, Parts, fill
from .writing.properties import Facts, collect_row_facts
from .writing.quote import quote, to_source, write_literal
from .writing.sequence import StepQuery, step_name
from .writing.user_functions import as_definition, find_called, make_own, require_function

FORCED = """\
answer = ANSWER
# Modin's calls return before their work is done.
execute(answer)
return answer
"""
LOADED = """\
# Modin returns before it has read the file.
execute({frames})
return {frames}
"""
STRINGS = """\
# The default of pandas 3, in the workers too: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True
os.environ["PANDAS_FUTURE_INFER_STRING"] = "1"
"""
BY_VALUE = """\
# The workers of a cluster elsewhere have no file to import the function from.
ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])
"""
HERE_ALONE = """\
# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True
"""
RAY = "return ray.init(address=ADDRESS)"
RAY_THERE = """\
# The option for text, for the workers too.
variables = {"PANDAS_FUTURE_INFER_STRING": "1"}
return ray.init(address=ADDRESS, runtime_env={"env_vars": variables})
"""
STRINGS_THERE = """\
# The option for text, for the workers too.
client.run(pandas.set_option, "future.infer_string", True)
"""
UPLOADED = """\
# The workers import the function from this file.
client.upload_file(__file__)
"""
DASK_THERE = """\
client = Client(ADDRESS)
SETUP
return client
"""
# Kinds whose values Modin cannot order beside missing ones.
UNORDERED = ("string", "bool", "date")
OBJECT_STORE_SHARE = 0.3  # of the memory, as Ray takes by default of the machine's
SMALLEST_OBJECT_STORE = 75 * 1024 * 1024  # bytes; Ray refuses less
# Modin's own name of what runs it: unidist is its layer over MPI.
BACKENDS = {"ray": "ray", "dask": "dask", "mpi": "unidist"}
WORKERS_SHARE = 0.8  # of the memory; the rest is the scheduler's, the client's and the answer's


IMPORTS = """\
import modin.pandas as pd
import numpy as np
import os
import pandas
import pyarrow as pa
import ray
import unidist
from distributed import Client
from modin.config import Engine
from modin.utils import execute
from unidist.config import Backend
"""


def require_ordered_key(query: Query, data: Schema) -> Query:
    """Return a query; Unsupported where Modin's `apply` cannot divide the rows by the first key.

    Modin 0.37.1 divides the groups of `apply` by quantiles of the first key; those of objects
    beside missing values raise, as soon as there are rows for two partitions.
    """
    if not isinstance(query.apply, GroupFunction) or not query.group_by:
        return query
    key = collect_row_facts(query, data).data[query.group_by[0]]
    if key.missing and key.kind in UNORDERED:
        why = f"Modin's apply cannot order {key.kind} keys with missing values; use modin/native"
        raise Unsupported(query.name, why)
    return query


def take_roots_as_powers(query: Query, data: Schema) -> Query:
    """Return a query with `x ** 0.5` for roots: Modin leaves NumPy's functions to pandas."""
    return rewrite_expressions(query, data, _take_power)


def _take_power(node: Expr, facts: Facts) -> Expr:
    if isinstance(node, Let):
        inner = replace(facts, data=with_column(facts.data, node.name, node.value))
        return Let(node.name, _take_power(node.value, facts), _take_power(node.body, inner))
    parts = tuple(_take_power(child, facts) for child in list_children(node))
    match node:
        # Of -inf, that power would be inf.
        case Call("sqrt", (x,)) if list_columns(x) and not facts.makes_infinity(x):
            return Arith("**", parts[0], Lit(0.5))
        case _:
            return rebuild(node, parts)


@dataclass(frozen=True, slots=True)
class Modin(Adapter):
    """Writes pandas for Modin, on a cluster of this machine's cores."""

    averages_conditions = "full"

    passes: tuple[Pass, ...] = (
        require_ordered_key,
        take_roots_as_powers,
        share_first,
        partial(sum_zeros, pivots=False),
        widen_beside_floats,
    )
    backend: Literal["ray", "dask", "mpi"] = "ray"
    address: str = ""

    @property
    def scheduler(self) -> str:
        """Return the scheduler that reports on the workers of a cluster elsewhere."""
        return self.backend if self.address else ""

    def on(self, address: str) -> Modin:
        """Return Modin on an existing cluster of Ray or Dask; EngineError for MPI."""
        if self.backend == "mpi":
            message = f"{self.name}@{address}: MPI starts new processes for every program"
            raise EngineError(message)
        info = replace(self.info, name=f"{self.name}@{address}", threads=())
        return replace(self, info=info, address=address)

    def write_parts(self, inputs: Inputs, resources: Resources) -> Parts:
        """Write the steps of the query as pandas' statements."""
        query, rows = inputs.query, inputs.rows
        mine = make_own(called) if (called := find_called(query)) else NONE
        steps = PandasSteps(query, rows, text=TextType.SPREAD, joinings=inputs.joinings, plain=True)
        spread = _count_modin_steps(inputs)
        answer = "answer.modin.to_pandas()" if spread > len(inputs.later) else "answer"
        strings = has_text(inputs)
        return Parts(
            imports=IMPORTS,
            own=mine,
            before=self._write_start(strings=strings, sends=bool(mine.source)),
            load=_load(inputs),
            query=_write_steps(steps, inputs.later, spread),
            rows=f"return pa.Table.from_pandas({answer}, preserve_index=False)",
            start=self._start(resources, strings=strings, sends=bool(mine.source)),
        )

    def _write_start(self, *, strings: bool, sends: bool) -> str:
        """Write the choice of the back-end, and the options that it needs."""
        lines = [f"Engine.put({BACKENDS[self.backend]!r})"]
        if self.backend == "mpi":
            lines.append('Backend.put("mpi")')
        if strings:
            # The processes of a cluster elsewhere get the option when the program starts.
            lines.append(HERE_ALONE if self.address else STRINGS)
        if sends and self.address and self.backend == "ray":
            lines.append(BY_VALUE)
        return "\n".join(lines)

    def _start(self, resources: Resources, *, strings: bool, sends: bool) -> str:
        if not self.address:
            return fill("return START", START=self._write_local_start(resources))
        match self.backend:
            case "ray":
                return fill(RAY_THERE if strings else RAY, ADDRESS=write_literal(self.address))
            case "dask":
                setup = (STRINGS_THERE if strings else "") + (UPLOADED if sends else "")
                return fill(DASK_THERE, ADDRESS=write_literal(self.address), SETUP=setup)
            case "mpi":
                raise AssertionError("MPI has no address")
            case _:
                assert_never(self.backend)

    def _write_local_start(self, resources: Resources) -> ast.expr:
        match self.backend:
            case "ray":
                return quote("ray.init(**o)", o=_start_ray(resources))
            case "dask":
                return quote("Client(**o)", o=_start_dask(resources))
            case "mpi":
                return quote("unidist.init()")
            case _:
                assert_never(self.backend)


def _count_modin_steps(inputs: Inputs) -> int:
    """Return how many steps see all rows: the others work on a smaller answer, in pandas."""
    queries = [inputs.query, *(step.query for step in inputs.later)]
    reducing = (at for at, q in enumerate(queries, 1) if not (q.keeps_rows or q.unpivot))
    return next(reducing, len(queries))


def _write_steps(first: PandasSteps, later: Sequence[StepQuery], count: int) -> str:
    """Write so many steps for Modin, and those behind them for pandas."""
    spread, rest = later[: count - 1], later[count - 1 :]
    if not rest:
        return write_steps(first, spread, FORCED)
    ended = write_steps(first, spread, f"{step_name(count)} = ANSWER.modin.to_pandas()")
    small = write_later(rest, table="t.modin.to_pandas()", before=count)
    return "\n".join([ended, re.sub(r"\bpd\.", "pandas.", small)])


def _load(inputs: Inputs) -> str:
    """Write `load`: each table read, and waited for."""
    lines = [
        f"{t.name} = {to_source(from_path(write_reading(t.query, t.data), t.path))}"
        for t in inputs.list_tables()
    ]
    return "\n".join([*lines, LOADED.format(frames=inputs.frames)])


def _start_ray(resources: Resources) -> dict[str, ast.expr]:
    options = {"num_cpus": write_literal(resources.threads)} if resources.threads else {}
    if resources.memory is not None:
        store = max(int(resources.memory * OBJECT_STORE_SHARE), SMALLEST_OBJECT_STORE)
        options["object_store_memory"] = write_literal(store)
    return {**options, "include_dashboard": write_literal(False)}


def _start_dask(resources: Resources) -> dict[str, ast.expr]:
    options = {"threads_per_worker": write_literal(1), "dashboard_address": write_literal(":0")}
    if resources.threads is None:
        return options
    if resources.memory is not None:
        each = int(resources.memory * WORKERS_SHARE) // resources.threads
        options = {"memory_limit": write_literal(each), **options}
    return {"n_workers": write_literal(resources.threads), **options}


RAY_SETTINGS = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_AUTH_MODE": "disabled",
    # A busy machine takes longer than the default to start its first process.
    "RAY_raylet_start_wait_time_s": "120",
    # As Modin itself starts Ray: its workers import pandas at once.
    "__MODIN_AUTOIMPORT_PANDAS__": "1",
}
INFO = EngineInfo(
    "modin",
    ("modin", "pandas", "ray", "numpy"),
    pins=(NEWEST,),
    default_for=Work.QUERY,
    default_variant="ray",
    threads=("MODIN_CPUS",),
    environment=RAY_SETTINGS,
    sample=24,
    startup_memory=RAY_MEMORY,
    downgrades="pandas to 2.3",
)
DASK = INFO.make_variant(
    "dask",
    requirements=("modin", "pandas", "distributed", "numpy"),
    environment={},
    sample=48,
    startup_memory=192 * MIB,
)
# unidist is Modin's layer over MPI.
MPI = INFO.make_variant(
    "mpi",
    requirements=("modin", "pandas", "unidist", "mpi4py", "mpich", "msgpack", "numpy"),
    place=EnginePlace.MPI,
    pins=(NEWEST,),
    threads=("MODIN_CPUS", "UNIDIST_CPUS"),
    environment={},
)
ENGINE = Modin(INFO)
VARIANTS = (
    Modin(DASK, backend="dask"),
    Modin(MPI, backend="mpi"),
    Modin(
        INFO.make_variant("apply", work=FUNCTIONS),
        (
            partial(require_function, engine="modin"),
            require_ordered_key,
            widen_beside_floats,
            as_definition,
        ),
    ),
    Modin(
        INFO.make_variant("native", work=frozenset({Work.GROUP_FUNCTION})),
        (partial(require_aggregations, engine="modin"), widen_beside_floats),
    ),
)
write, run = ENGINE.write, ENGINE.run
