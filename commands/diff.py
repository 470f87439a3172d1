"""`dfbench diff`: compare two stored comparisons; nothing that runs is imported."""

from __future__ import annotations

from pathlib import Path

from ..report import diff as differences
from ..report.output import ReportOutput
from ..storage.folder import newest, read
from ..storage.records import Outcome
from .result import print_failures


def diff(old: Path, new: Path, output: ReportOutput, *, force: bool) -> int:
    """Compare two comparisons; return 1 if a condition fails or a new answer is wrong, else 0."""
    stored = read(newest(old)), read(newest(new))
    if not force:
        differences.comparable(*stored)
    found = differences.diff(*stored)
    failed = print_failures(output.tell(found))
    wrong = any(change.after.outcome is Outcome.WRONG for change in found.changes)
    return 1 if failed or wrong else 0
