"""`dfbench diff`: compare two stored comparisons; nothing that runs is imported."""

from __future__ import annotations

from pathlib import Path

from ..errors import ResultsError
from ..report import diff as differences
from ..report.output import ReportOutput
from ..storage import sweeps
from ..storage.folder import StoredComparison, read
from ..storage.records import Outcome
from .result import NOT_MET, print_gates


def diff(old: Path, new: Path, output: ReportOutput, *, force: bool) -> int:
    """Compare two comparisons; return 1 if a condition holds or a new answer is wrong.

    Under `--strict-gates`, return 4 if a condition is not decided.
    """
    stored = _read_newest(old), _read_newest(new)
    if not force:
        differences.check_comparable(*stored)
    found = differences.diff(*stored)
    status = print_gates(output.tell(found), strict=output.strict_gates)
    wrong = any(change.after.outcome is Outcome.WRONG for change in found.changes)
    return NOT_MET if wrong else status


def _read_newest(path: Path) -> StoredComparison:
    """Return a comparison, or the newest one below a folder; ResultsError where that is a sweep."""
    found = sweeps.find_newest(path)
    if (found / sweeps.HEAD).exists():
        raise ResultsError(f"{found}: this is a sweep; name the folder of one of its points")
    return read(found)
