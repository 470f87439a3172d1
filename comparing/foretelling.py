"""What can be told before the first run: engines that will not start within the limit."""

from __future__ import annotations

from .planning import Plan

MIB = 2**20

# Peaks at the end of start-up with two threads, before any data: imports, and a cluster where there
# is one. Python 3.11, pandas 2.3, polars 2.1, dask 2026.8. Ray's is 405 MiB and ten processes, and
# under less than 1 GiB it only reads its own pages again.
STARTS_WITH = {
    "pandas": 48 * MIB,
    "polars": 24 * MIB,
    "duckdb": 15 * MIB,
    "datatable": 23 * MIB,
    "dask": 86 * MIB,
    "dask/distributed": 192 * MIB,
    "modin/dask": 192 * MIB,
    "modin": 1024 * MIB,
    "ray": 1024 * MIB,
}


def short(plan: Plan) -> tuple[str, ...]:
    """Say in a sentence which engines need more than the limit to start, before they try."""
    limit = plan.workload.limits.memory
    if limit is None:
        return ()
    return tuple(
        f"{engine.name} needs about {needs // MIB} MiB to start, and the limit is "
        f"{limit // MIB} MiB: expect it to run out of memory"
        for engine in plan.engines
        if (needs := starts_with(engine.name)) > limit
    )


def starts_with(engine: str) -> int:
    """Give the bytes an engine is known to need to start; 0 where nobody has measured it."""
    name = engine.partition("@")[0]
    families = (name, name.partition("/")[0].partition("+")[0])
    return next((STARTS_WITH[known] for known in families if known in STARTS_WITH), 0)
