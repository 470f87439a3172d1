"""A smaller part of the faults, under every limit of this machine; `make faults` runs all."""

from __future__ import annotations

from pathlib import Path

import pytest
from dfbench.errors import LimitError

from tests.faults.harness import choose, provoke
from tests.faults.programs import FAULTS

SMALL = (
    "allocate",
    "allocate in a pool",
    "allocate in a daemon",
    "fill shared memory",
    "leave shared memory",
    "leave files",
    "ignore SIGTERM",
    "stop itself",
    "segfault",
    "kill the supervisor",
    "exit 0",
    "answer garbage",
    "close the pipe",
    "print megabytes",
    "daemonise without environment",
    "raise MemoryError",
)


@pytest.mark.parametrize("backend", ["cgroup2", "cgroup1", "watchdog"])
@pytest.mark.parametrize("name", SMALL)
def test_a_fault_ends_as_it_must_and_leaves_nothing(
    name: str, backend: str, tmp_path: Path
) -> None:
    try:
        means = choose(backend)
    except LimitError as error:
        pytest.skip(str(error))
    fault = FAULTS[name]
    run, remains, _ = provoke(fault, tmp_path, means)
    assert run.outcome in fault.right, run.evidence
    assert fault.evidence in run.evidence
    assert not remains
