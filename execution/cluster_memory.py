"""Asks the workers of a cluster that is there already for their peak memory, and what they read.

The worker loads it by its path in the engine's interpreter, where dfbench need not be installed:
standard library, and the library that the program has connected. The kernel of each machine counts
a process's largest resident memory since it was last set back.
"""

# ruff: noqa: ANN401 - a client is the library's

from __future__ import annotations

import contextlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Sent as text: what cloudpickle would send by name, no worker could import.
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
    """Return each worker's, or node's, peak resident bytes by its address."""
    return _call_on_workers(scheduler, client, "own" if scheduler == "dask" else "siblings", reset)


def check_readable(scheduler: str, client: Any, paths: tuple[str, ...]) -> None:
    """Raise FileNotFoundError where a worker cannot read what the client can."""
    found = _call_on_workers(scheduler, client, "unread", paths)
    blind = sorted(address for address, files in found.items() if files)
    if blind:
        file = found[blind[0]][0]
        raise FileNotFoundError(
            f"{len(blind)} of {len(found)} workers cannot read {file} ({', '.join(blind)}): "
            "use files in a folder that all workers share"
        )


def _call_on_workers(scheduler: str, client: Any, name: str, argument: Any) -> dict[str, Any]:
    """Call a function of the probe on each worker, or node; give what it returned by address."""
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
            # A node that has just died counts as alive for a while; it has no peak.
            with contextlib.suppress(ray.exceptions.RayError):
                found[name] = ray.get(task.remote(argument), timeout=30)
    return found
