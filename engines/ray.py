"""Ray: tasks on the processes of a cluster of this machine's cores."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import partial

from ..errors import Unsupported
from ..spec.schema import Schema
from ..spec.workload import Query, Tasks
from . import interactive
from .base import Program, Resources
from .writing import tasks as task_programs
from .writing.program import Parts, assemble, fill
from .writing.quote import literal, quote
from .writing.user_functions import own

PARTS_PER_WORKER = 4  # enough to even out, few enough that sending costs little
STORE_SHARE = 0.3  # of the memory, as Ray takes by default of the machine's
CHUNKS = """\
# Four parts for each worker: enough to even out, few enough that sending costs little.
CHUNKS = NUMBER
"""
APPLY = '''\
@ray.remote
def apply(calls):
    """Call the function on each of the arguments."""
    return [FUNCTION(*call) for call in calls]
'''
QUERY = """\
size = len(data) // CHUNKS + 1
parts = [data[i : i + size] for i in range(0, len(data), size)]
done = ray.get([apply.remote(part) for part in parts])
return [value for part in done for value in part]
"""


@dataclass(frozen=True, slots=True)
class Ray:
    """Writes remote functions over parts of the tasks."""

    name: str = "ray"

    @property
    def distributions(self) -> tuple[str, ...]:
        """Return the distributions whose versions matter."""
        return ("ray", "numpy", "pyarrow")

    def environment(self, resources: Resources) -> dict[str, str]:  # noqa: ARG002
        """Keep Ray quiet and patient, and each of its workers on one thread."""
        return {
            "RAY_USAGE_STATS_ENABLED": "0",
            "RAY_AUTH_MODE": "disabled",
            # A busy machine takes longer than the default to start its first process.
            "RAY_raylet_start_wait_time_s": "120",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "MKL_NUM_THREADS": "1",
        }

    def write(
        self,
        query: Query | Tasks,
        data: Schema,  # noqa: ARG002
        resources: Resources = Resources(),  # noqa: B008
    ) -> Program:
        """Write the tasks; frames on Ray are Modin's."""
        if not isinstance(query, Tasks):
            raise Unsupported(query.name, "Ray itself has no frames; the engine modin works on it")
        mine = own(query)
        rows = task_programs.rows(query)
        imports = ["import pyarrow as pa", "import ray", *mine.imports]
        workers = literal(resources.threads) if resources.threads else quote("os.cpu_count()")
        parts = Parts(
            imports="\n".join(
                [
                    *imports,
                    "import numpy as np" if "np." in rows else "",
                    "" if resources.threads else "import os",
                ]
            ),
            before=fill(CHUNKS, NUMBER=_chunks(resources, workers)),
            own=mine.source,
            after=APPLY.replace("FUNCTION", mine.name),
            start=fill("return START", START=_start(resources)),
            load=task_programs.Calls(query).load(),
            query=QUERY,
            rows=rows,
            path="",
        )
        return assemble(self.name, query, parts)


def _chunks(resources: Resources, workers: ast.expr) -> ast.expr:
    if resources.threads:
        return literal(PARTS_PER_WORKER * resources.threads)
    return quote("n * w", n=PARTS_PER_WORKER, w=workers)


def _start(resources: Resources) -> ast.expr:
    options: dict[str, ast.expr] = {}
    if resources.threads:
        options["num_cpus"] = literal(resources.threads)
    if resources.memory is not None:
        options["object_store_memory"] = literal(int(resources.memory * STORE_SHARE))
    options["include_dashboard"] = literal(False)
    return quote("ray.init(**o)", o=options)


ENGINE = Ray()
VARIANTS = ()
write = ENGINE.write
run = partial(interactive.run, ENGINE)
