"""What can be told before the first run: limits that will not hold, engines that will not start."""

from __future__ import annotations

from ..engines.modin import OBJECT_STORE_SHARE
from ..engines.versions import find_info, find_scheduler
from ..execution import machine, sandbox
from ..verification.answers import estimate_memory
from .plan import Plan

MIB, GIB = 2**20, 2**30
VALUE_BYTES = 8  # of a number; a text is longer


def predict_problems(plan: Plan) -> tuple[str, ...]:
    """Describe in sentences what of a plan's limits will not hold, and who will not come far."""
    return (
        *warn_unenforced_limit(plan),
        *warn_too_little_memory(plan),
        *warn_large_answers(plan),
        *warn_cross_joins(plan),
        *warn_small_shared_memory(plan),
        *warn_cluster_limits(plan),
    )


def warn_too_little_memory(plan: Plan) -> tuple[str, ...]:
    """Describe in a sentence which engines need more than the limit to start, before they try."""
    limit = plan.workload.limits.memory
    if limit is None:
        return ()
    return tuple(
        f"{engine.name} needs about {needs // MIB} MiB to start, and the limit is "
        f"{limit // MIB} MiB: expect it to run out of memory"
        for engine in plan.engines
        if (needs := find_info(engine).startup_memory) > limit
    )


def estimate_checking(plan: Plan) -> int:
    """Return about how many bytes the largest answer of a plan may take to compare."""
    most = plan.workload.limits.checking
    sizes = [0]
    for query in plan.workload.queries:
        # There may be as many groups as rows.
        rows = plan.data.rows if query.group_by or query.keeps_rows else 1
        columns = len(plan.data.schema.names) if query.whole else len(query.outputs)
        sizes.append(estimate_memory(rows, columns))
    return max(sizes) if most is None else min(max(sizes), most)


def warn_large_answers(plan: Plan) -> tuple[str, ...]:
    """Describe in a sentence that comparing answers may take more memory than there is."""
    usable, _ = machine.find_usable_memory()
    needs = estimate_checking(plan)
    if usable is None or needs <= usable:
        return ()
    message = (
        f"comparing the largest answer may need {needs // MIB} MiB, and {usable // MIB} MiB are "
        "usable here: bound it with --set limits.checking=2GiB"
    )
    return (message,)


def warn_cross_joins(plan: Plan) -> tuple[str, ...]:
    """Describe in a sentence each cross join whose rows are larger than the memory limit."""
    limit = plan.workload.limits.memory
    if limit is None:
        return ()
    warnings = []
    for query in plan.workload.queries:
        for place, step in enumerate(query.steps, 1):
            # How many rows a step leaves for the next one is not known.
            rows = plan.data.rows if place == 1 else 1
            for join in (join for join in step.joins if join.how == "cross"):
                rows *= dict(plan.data.tables)[join.table].rows
                columns = max(len(step.reads), 1)
                size = rows * columns * VALUE_BYTES
                if size > limit:
                    message = (
                        f"{query.name}: the cross join with {join.table} makes {rows:,} rows, "
                        f"about {size // GIB:,} GiB, and the limit is {limit // MIB:,} MiB: filter "
                        "or group both sides in steps before it, or join on a key"
                    )
                    warnings.append(message)
    return tuple(warnings)


def warn_unenforced_limit(plan: Plan) -> tuple[str, ...]:
    """Describe in a sentence that the kernel does not hold the memory limit here."""
    limit, backend = plan.workload.limits.memory, plan.backend
    if limit is None or backend.name.startswith("cgroup"):
        return ()
    message = (
        f"the limit of {limit // MIB} MiB is not enforced by the kernel here: {backend.promise}; "
        "`dfbench doctor` shows how to enforce it"
    )
    return (message,)


def warn_small_shared_memory(plan: Plan) -> tuple[str, ...]:
    """Describe which engines find too small a /dev/shm for the objects that Ray keeps there."""
    names = [engine.name for engine in plan.engines if "ray" in engine.distributions]
    room = sandbox.measure_shared_memory() if names else None
    memory = plan.workload.limits.memory or machine.find_usable_memory()[0] or 0
    store = int(OBJECT_STORE_SHARE * memory)
    if room is None or room >= store:
        return ()
    message = (
        f"/dev/shm holds {room // MIB} MiB, and {' and '.join(names)} may need {store // MIB} MiB "
        "of it: Ray then stores objects in files, which is slower and not counted as memory "
        "(docker run --shm-size=8g)"
    )
    return (message,)


def warn_cluster_limits(plan: Plan) -> tuple[str, ...]:
    """Describe of the engines on clusters whose limits hold where."""
    return tuple(
        f"{engine.name}: memory and threads are limited for its client on this machine only; the "
        "cluster's workers have their own limits, and peaks are reported per worker"
        for engine in plan.engines
        if find_scheduler(engine)
    )
