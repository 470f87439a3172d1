"""`dfbench data`: make a workload's data."""

from __future__ import annotations

import sys

from ..comparison.preparation import find_dataset
from ..comparison.request import Request
from ..datasets.dataset import make_dataset
from ..report.progress import Progress


def make_data(request: Request) -> None:
    """Make a workload's data and print its path; DataError where the workload has none."""
    made = make_dataset(find_dataset(request.read()), request.cache, Progress().show_data)
    sys.stdout.write(f"{made.path}\n")
    sys.stderr.write(f"{made.name}: {made.rows:,} rows, {made.bytes / 2**20:,.1f} MiB\n")
