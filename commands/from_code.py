"""`dfbench from`: write pandas code as a workload; nothing of the code is run."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from ..datasets.first_workload import write_new_file
from .own_code import read_workload


def from_code(
    spec: str, data: Sequence[str], answer: str | None, *, verbose: bool, to: Path | None
) -> int:
    """Print or save the workload of code, and remarks on what was not read; return the status."""
    reading = read_workload(spec, data, answer, verbose=verbose)
    if to is None:
        sys.stdout.write(reading.workload)
    else:
        write_new_file(to, reading.workload, "-o")
        sys.stderr.write(f"written to {to}; next: dfbench check {to}\n")
    return 0
