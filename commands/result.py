"""How commands end: a comparison or a search is printed, and becomes an exit status."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ..report import memory_floor
from ..report.comparison import Comparison
from ..report.gates import GateFindings
from ..report.output import ReportOutput
from ..report.rebuild import rebuild_floor_report
from ..report.sweeps.sweep import Sweep
from ..storage.records import Outcome

NOT_MET, INCOMPLETE, UNDECIDED = 1, 3, 4  # exit statuses; 2 is an error in the request
FAILED = {Outcome.OUT_OF_MEMORY, Outcome.TIMEOUT, Outcome.CRASHED, Outcome.NOT_INSTALLED}


def finish_comparison(comparison: Comparison, output: ReportOutput, *, strict: bool) -> int:
    """Print and export a comparison and print its folder; return the exit status."""
    status = print_gates(output.tell(comparison.view), strict=output.strict_gates)
    sys.stderr.write(f"stored in {os.path.relpath(comparison.path)}\n")
    return min(filter(None, (status, exit_status(comparison, strict=strict))), default=0)


def finish_sweep(sweep: Sweep, output: ReportOutput) -> int:
    """Print and export a sweep and print its folder; return the exit status."""
    output.write(sweep.view)
    sys.stderr.write(f"stored in {os.path.relpath(sweep.path)}\n")
    return exit_status(*sweep.comparisons, strict=False)


def finish_floor(path: Path) -> int:
    """Print the memory floors found so far and their folder; return 1 if there is none, else 0."""
    found = rebuild_floor_report(path)
    memory_floor.show(found)
    sys.stderr.write(f"stored in {os.path.relpath(path)}\n")
    return 0 if any(floor.floor is not None for floor in found.floors) else NOT_MET


def exit_status(*comparisons: Comparison, strict: bool) -> int:
    """Return 1 if answers disagree or there is none, 3 under `strict` if one is missing, else 0.

    Under `strict`, an answer that no oracle could check counts as not answered. An engine may lack
    a question that it does not support, but not all of them, and a question needs one answer.
    """
    views = [comparison.view for comparison in comparisons]
    rows = [row.cells for view in views for row in view.rows]
    outcomes = {cell.outcome for cells in rows for cell in cells}
    if Outcome.WRONG in outcomes or any(check.differ for view in views for check in view.checked):
        return NOT_MET
    unchecked = any(row.unchecked for view in views for row in view.rows)
    unanswered = not all(any(cell.ok for cell in cells) for cells in rows)
    idle = any(not column.answered for view in views for column in view.columns)
    if strict and (unchecked or unanswered or idle or outcomes & FAILED):
        return INCOMPLETE
    # Nothing is answered, and nothing is left to run.
    return NOT_MET if outcomes and not outcomes & {Outcome.OK, None} else 0


def print_gates(findings: GateFindings, *, strict: bool) -> int:
    """Print what the conditions found; return 1 if one holds, 4 under `strict` if one is open."""
    for sentence in findings.failures:
        sys.stderr.write(f"fails: {sentence}\n")
    for sentence in findings.undecided:
        sys.stderr.write(f"not decided: {sentence}\n")
    if findings.failures:
        return NOT_MET
    return UNDECIDED if strict and findings.undecided else 0
