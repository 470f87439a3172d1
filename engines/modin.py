"""Modin: pandas' own words on Ray, Dask or MPI, and a forced answer: its calls return early."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, assert_never

from ..errors import EngineError
from ..spec.schema import Schema
from ..spec.workload import Query, Tasks
from . import interactive
from .base import Program, Resources
from .pandas.queries import PandasSteps, reading
from .writing.passes.group_functions import native
from .writing.passes.join import joining
from .writing.passes.widen import widened
from .writing.program import Parts, assemble, fill
from .writing.quote import literal, quote
from .writing.user_functions import NONE, Own, own

FORCED = """\
answer = ANSWER
# Modin's calls return before their work is done.
execute(answer)
return answer
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
TOLD
return client
"""
OBJECT_STORE_SHARE = 0.3  # of the memory, as Ray takes by default of the machine's
SMALLEST_OBJECT_STORE = 75 * 1024 * 1024  # bytes; Ray refuses less
# Modin's own name of what runs it: unidist is its layer over MPI.
BACKENDS = {"ray": "ray", "dask": "dask", "mpi": "unidist"}
NEEDED = {
    "ray": ("ray",),
    "dask": ("distributed",),
    "mpi": ("unidist", "mpi4py", "mpich", "msgpack"),
}
WORKERS_SHARE = 0.8  # of the memory; the rest is the scheduler's, the client's and the answer's


@dataclass(frozen=True, slots=True)
class Modin:
    """Writes pandas for Modin, on a cluster of this machine's cores."""

    name: str = "modin"
    backend: Literal["ray", "dask", "mpi"] = "ray"
    address: str = ""
    native: bool = False

    @property
    def scheduler(self) -> str:
        """Return what is asked how the workers of a cluster elsewhere fare."""
        return self.backend if self.address else ""

    def on(self, address: str) -> Modin:
        """Return Modin on a cluster of Ray's or Dask's that is there already; EngineError for MPI."""
        if self.backend == "mpi":
            message = f"{self.name}@{address}: MPI starts its processes anew for every program"
            raise EngineError(message)
        return replace(self, name=f"{self.name}@{address}", address=address)

    @property
    def distributions(self) -> tuple[str, ...]:
        """Return the distributions whose versions matter."""
        return ("modin", "pandas", *NEEDED[self.backend], "numpy")

    def environment(self, resources: Resources) -> dict[str, str]:
        """Return the number of cores, and what keeps Ray quiet and patient."""
        local = resources.threads and not self.address
        cores = {"MODIN_CPUS": str(resources.threads)} if local else {}
        if self.backend == "mpi" and cores:
            return {**cores, "UNIDIST_CPUS": str(resources.threads)}
        if self.backend != "ray":
            return cores
        return {
            **cores,
            "RAY_USAGE_STATS_ENABLED": "0",
            "RAY_AUTH_MODE": "disabled",
            # A busy machine takes longer than the default to start its first process.
            "RAY_raylet_start_wait_time_s": "120",
            # As Modin itself starts Ray: its workers import pandas at once.
            "__MODIN_AUTOIMPORT_PANDAS__": "1",
        }

    def write(
        self,
        query: Query | Tasks,
        data: Schema,
        resources: Resources = Resources(),  # noqa: B008
    ) -> Program:
        """Write the steps of the query as pandas' statements."""
        query, rows, met = joining(query, data)
        query = native(query, rows, "modin") if self.native else query
        query = widened(query, rows, gaps=False)
        mine = own(query.apply) if query.apply else NONE
        steps = PandasSteps(query, rows, local="t.modin.to_pandas()", met=met)
        statements = steps.body() if steps.finishes else steps.body(FORCED)
        answer = "answer" if steps.finishes else "answer.modin.to_pandas()"
        strings = any(rows[name].kind == "string" for name in query.reads)
        engine = f"Engine.put({BACKENDS[self.backend]!r})"
        if self.backend == "mpi":
            engine += '\nBackend.put("mpi")'
        parts = Parts(
            imports="\n".join([self._imports(statements, strings=strings), *mine.imports]),
            own=mine.source,
            before="\n".join(
                [engine, self._strings() if strings else "", BY_VALUE if self._sends(mine) else ""]
            ),
            load=met.loads(reading) if met else fill("return FRAME", FRAME=reading(query, data)),
            query=statements,
            rows=f"return pa.Table.from_pandas({answer}, preserve_index=False)",
            start=self._start(resources, strings=strings, sends=bool(mine.source)),
            path=met.paths if met else "path",
            data=met.frames if met else "data",
        )
        return assemble(self.name, query, parts)

    def _imports(self, statements: str, *, strings: bool) -> str:
        wanted = {
            "import modin.pandas as pd": True,
            "import pyarrow as pa": True,
            "from modin.config import Engine": True,
            "from modin.utils import execute": "execute(" in statements,
            "import numpy as np": "np." in statements,
            "import pandas": "pandas.DataFrame" in statements
            or (strings and bool(self.address) and self.backend == "dask"),
            "import os": strings and not self.address,
            "import ray": self.backend == "ray",
            "from distributed import Client": self.backend == "dask",
            "import unidist": self.backend == "mpi",
            "from unidist.config import Backend": self.backend == "mpi",
        }
        return "\n".join(line for line, needed in wanted.items() if needed)

    def _strings(self) -> str:
        """Set the type of text here; the processes of a cluster elsewhere are told at the start."""
        return HERE_ALONE if self.address else STRINGS

    def _sends(self, mine: Own) -> bool:
        return bool(mine.source and self.address) and self.backend == "ray"

    def _start(self, resources: Resources, *, strings: bool, sends: bool) -> str:
        if not self.address:
            return fill("return START", START=self._local(resources))
        match self.backend:
            case "ray":
                return fill(RAY_THERE if strings else RAY, ADDRESS=literal(self.address))
            case "dask":
                told = (STRINGS_THERE if strings else "") + (UPLOADED if sends else "")
                return fill(DASK_THERE, ADDRESS=literal(self.address), TOLD=told)
            case "mpi":
                raise AssertionError("MPI has no address")
            case _:
                assert_never(self.backend)

    def _local(self, resources: Resources) -> ast.expr:
        match self.backend:
            case "ray":
                return quote("ray.init(**o)", o=_ray(resources))
            case "dask":
                return quote("Client(**o)", o=_dask(resources))
            case "mpi":
                return quote("unidist.init()")
            case _:
                assert_never(self.backend)


def _ray(resources: Resources) -> dict[str, ast.expr]:
    options = {"num_cpus": literal(resources.threads)} if resources.threads else {}
    if resources.memory is not None:
        store = max(int(resources.memory * OBJECT_STORE_SHARE), SMALLEST_OBJECT_STORE)
        options["object_store_memory"] = literal(store)
    return {**options, "include_dashboard": literal(False)}


def _dask(resources: Resources) -> dict[str, ast.expr]:
    options = {"threads_per_worker": literal(1), "dashboard_address": literal(":0")}
    if resources.threads is None:
        return options
    if resources.memory is not None:
        each = int(resources.memory * WORKERS_SHARE) // resources.threads
        options = {"memory_limit": literal(each), **options}
    return {"n_workers": literal(resources.threads), **options}


ENGINE = Modin()
VARIANTS = (
    Modin("modin/dask", "dask"),
    Modin("modin/mpi", "mpi"),
    Modin("modin/native", native=True),
)
write = ENGINE.write
run = partial(interactive.run, ENGINE)
