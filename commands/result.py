"""How commands end: a comparison or a search is printed, and becomes an exit status."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ..report import memory_floor
from ..report.comparison import Comparison
from ..report.output import ReportOutput
from ..report.rebuild import rebuild_floor_report
from ..report.sweeps.sweep import Sweep
from ..storage.records import Outcome

FAILED = {Outcome.OUT_OF_MEMORY, Outcome.TIMEOUT, Outcome.CRASHED, Outcome.NOT_INSTALLED}


def finish_comparison(comparison: Comparison, output: ReportOutput, *, strict: bool) -> int:
    """Print and export a comparison and print its folder; return the exit status."""
    failed = print_failures(output.tell(comparison.view))
    sys.stderr.write(f"stored in {os.path.relpath(comparison.path)}\n")
    return 1 if failed else exit_status(comparison, strict=strict)


def finish_sweep(sweep: Sweep, output: ReportOutput) -> int:
    """Print and export a sweep and print its folder; return 1 if an answer was wrong, else 0."""
    output.write(sweep.view)
    sys.stderr.write(f"stored in {os.path.relpath(sweep.path)}\n")
    checks = (a for c in sweep.comparisons for a in c.stored.agreements if not a.unchecked)
    return int(any(check.differ for check in checks))


def finish_floor(path: Path) -> int:
    """Print the memory floors that a search has found so far and its folder; return 0."""
    memory_floor.show(rebuild_floor_report(path))
    sys.stderr.write(f"stored in {os.path.relpath(path)}\n")
    return 0


def exit_status(comparison: Comparison, *, strict: bool) -> int:
    """Return 1 if answers disagree or there is none, 3 under `strict` if one is missing, else 0.

    Under `strict`, an answer that no oracle could check counts as not answered.
    """
    view = comparison.view
    outcomes = {cell.outcome for row in view.rows for cell in row.cells}
    if Outcome.WRONG in outcomes or any(check.differ for check in view.checked):
        return 1
    unchecked = any(row.unchecked for row in view.rows)
    if strict and (unchecked or outcomes & FAILED):
        return 3
    # Nothing is answered, and nothing is left to run.
    return 1 if outcomes and not outcomes & {Outcome.OK, None} else 0


def print_failures(sentences: Sequence[str]) -> bool:
    """Print the conditions that the result does not meet; return whether there are any."""
    for sentence in sentences:
        sys.stderr.write(f"fails: {sentence}\n")
    return bool(sentences)
