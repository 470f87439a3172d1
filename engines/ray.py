"""Ray: tasks on the processes of a cluster of this machine's cores."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from ..errors import Unsupported
from ..spec.workload import Tasks
from .adapter import Adapter
from .base import Resources
from .info import RAY_MEMORY, EngineInfo, Work
from .writing.passes.join import Inputs
from .writing.program import Parts, fill
from .writing.quote import quote, write_literal
from .writing.tasks import Calls, write_columns
from .writing.user_functions import make_own

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


IMPORTS = """\
import numpy as np
import os
import pyarrow as pa
import ray
"""


@dataclass(frozen=True, slots=True)
class Ray(Adapter):
    """Writes remote functions over parts of the tasks."""

    def write_parts(self, inputs: Inputs, resources: Resources) -> Parts:  # noqa: ARG002
        """Raise Unsupported: frames on Ray are Modin's."""
        why = "Ray has no data frames; use modin, which runs on Ray"
        raise Unsupported(inputs.query.name, why)

    def write_tasks(self, tasks: Tasks, resources: Resources) -> Parts:
        """Write the tasks in chunks, each a remote call."""
        mine = make_own(tasks)
        return Parts(
            imports=IMPORTS,
            before=fill(CHUNKS, NUMBER=_write_chunks(resources)),
            own=mine,
            after=APPLY.replace("FUNCTION", mine.name),
            start=fill("return START", START=_start(resources)),
            load=Calls(tasks).load(),
            query=QUERY,
            rows=write_columns(tasks),
        )


def _write_chunks(resources: Resources) -> ast.expr:
    if resources.threads:
        return write_literal(PARTS_PER_WORKER * resources.threads)
    return quote("n * os.cpu_count()", n=PARTS_PER_WORKER)


def _start(resources: Resources) -> ast.expr:
    options: dict[str, ast.expr] = {}
    if resources.threads:
        options["num_cpus"] = write_literal(resources.threads)
    if resources.memory is not None:
        options["object_store_memory"] = write_literal(int(resources.memory * STORE_SHARE))
    options["include_dashboard"] = write_literal(False)
    return quote("ray.init(**o)", o=options)


ENGINE = Ray(
    EngineInfo(
        "ray",
        ("ray", "numpy", "pyarrow"),
        work=frozenset({Work.TASK}),
        # Ray is to be quiet and patient, and each of its workers on one thread.
        environment={
            "RAY_USAGE_STATS_ENABLED": "0",
            "RAY_AUTH_MODE": "disabled",
            # A busy machine takes longer than the default to start its first process.
            "RAY_raylet_start_wait_time_s": "120",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "MKL_NUM_THREADS": "1",
        },
        startup_memory=RAY_MEMORY,
    )
)
write, run = ENGINE.write, ENGINE.run
