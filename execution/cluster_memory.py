"""Measure the peak memory of an external cluster's workers, and check which files they can read.

The worker loads this module by its path in the engine's interpreter, where dfbench may not be
installed: it imports the standard library and the cluster's own library only. The figure is VmHWM,
the largest resident memory of a process since it was last reset (proc(5)).
"""

# ruff: noqa: ANN401 - a client is the library's

from __future__ import annotations

import contextlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Sent as text: cloudpickle would send a reference to this module, which no worker can import.
PROBE = '''
def probe(pids, reset):
    """Return the peak resident bytes of processes together, and set it back where that is asked."""
    import re
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/status") as file:
                total += 1024 * int(re.search(r"VmHWM:\\s+(\\d+)", file.read())[1])
            if reset:
                with open(f"/proc/{pid}/clear_refs", "w") as file:
                    file.write("5")
        except (OSError, TypeError):
            continue
    return total


def own(reset):
    """Return a Dask worker's peak: it is the one process."""
    import os
    return probe([os.getpid()], reset)


def siblings(reset):
    """Return a Ray node's peak: the processes that its raylet has started, and the raylet."""
    import os
    raylet = os.getppid()
    with open(f"/proc/{raylet}/task/{raylet}/children") as file:
        return probe([raylet, *map(int, file.read().split())], reset)


def unread(paths):
    """Return the files that cannot be read from here."""
    import os
    return [path for path in paths if not os.access(path, os.R_OK)]
'''


def measure_peaks(scheduler: str, client: Any, *, reset: bool = False) -> dict[str, int]:
    """Return the peak resident bytes of each worker (on Ray: node) by its address."""
    return _call_on_workers(scheduler, client, "own" if scheduler == "dask" else "siblings", reset)


def check_readable(scheduler: str, client: Any, paths: tuple[str, ...]) -> None:
    """Raise FileNotFoundError if a worker cannot read one of the paths."""
    found = _call_on_workers(scheduler, client, "unread", paths)
    blind = sorted(address for address, files in found.items() if files)
    if blind:
        file = found[blind[0]][0]
        raise FileNotFoundError(
            f"{len(blind)} of {len(found)} workers cannot read {file} ({', '.join(blind)}): "
            "use files in a folder that all workers share"
        )


def _call_on_workers(scheduler: str, client: Any, name: str, argument: Any) -> dict[str, Any]:
    """Call a function of PROBE on each worker or node; return its results by address."""
    functions: dict[str, Any] = {"__name__": "__main__"}
    exec(PROBE, functions)
    if scheduler == "dask":
        found: dict[str, Any] = client.run(functions[name], argument)
        return found
    return _call_on_ray_nodes(functions[name], argument)


def _call_on_ray_nodes(probe: Any, argument: Any) -> dict[str, Any]:
    import ray  # noqa: PLC0415 - the program has it
    from ray.util.scheduling_strategies import (  # noqa: PLC0415
        NodeAffinitySchedulingStrategy,
    )

    found = {}
    for node in ray.nodes():
        if node["Alive"]:
            there = NodeAffinitySchedulingStrategy(node["NodeID"], soft=False)
            task = ray.remote(num_cpus=0)(probe).options(scheduling_strategy=there)
            name = f"{node['NodeManagerAddress']}:{node['NodeManagerPort']}"
            # Ray lists a node as alive for a while after it died.
            with contextlib.suppress(ray.exceptions.RayError):
                found[name] = ray.get(task.remote(argument), timeout=30)
    return found
