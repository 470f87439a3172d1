"""`dfbench from`: write pandas code as a workload; nothing of the code is run."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from ..datasets.first_workload import write_new_file
from ..errors import CodeError
from ..reading import open_source, parse_data, read_code
from .own_code import print_remarks


def from_code(
    spec: str, data: Sequence[str], answer: str | None, *, verbose: bool, to: Path | None
) -> int:
    """Print or save the workload of code, and remarks on what was not read; return the status."""
    reading = read_code(open_source(spec), parse_data(data), answer)
    print_remarks(reading, verbose=verbose)
    if not reading.workload:
        raise CodeError(f"{reading.source.path}: no value was read of which a query can be made")
    if to is None:
        sys.stdout.write(reading.workload)
    else:
        write_new_file(to, reading.workload, "-o")
        sys.stderr.write(f"written to {to}; next: dfbench check {to}\n")
    return 0
