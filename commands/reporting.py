"""What `report` and `diff` do: tell of what is stored, without the means to run anything."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ..errors import ResultsError
from ..report import diff as differing
from ..report import memory_floor
from ..report.comparison import Comparison
from ..report.formats import Format
from ..report.output import ReportOutput, prepare
from ..report.rebuild import reported, reported_floor
from ..storage import trials
from ..storage.folder import newest, read
from ..storage.records import Outcome

EXPORTS = (Format.HTML, Format.MARKDOWN, Format.JSON, Format.JSONL, Format.CSV)
FAILED = {Outcome.OUT_OF_MEMORY, Outcome.TIMEOUT, Outcome.CRASHED, Outcome.NOT_INSTALLED}


def output(form: str, conditions: Sequence[str] | None, *files: str | None) -> ReportOutput:
    """Return where a story goes, with a file or None for each of the exports.

    Every file is opened once: a mistake is told before anything runs.
    """
    return prepare(form, conditions or (), dict(zip(EXPORTS, files, strict=True)))


def report(path: Path, output: ReportOutput, *, strict: bool) -> int:
    """Rebuild the reports of a comparison, or of the newest one in a folder; give the exit code.

    A search for floors is told by its own folder.
    """
    if (path / trials.HEAD).exists():
        memory_floor.show(reported_floor(path))
        return 0
    comparison = Comparison(newest(path))
    output.check(comparison.view.engines)
    try:
        reported(comparison.path)
    except ResultsError as error:  # a full disk, or somebody else's folder: it can be read still
        sys.stderr.write(f"dfbench: {error}\n")
    return told(comparison, output, strict=strict)


def diff(old: Path, new: Path, output: ReportOutput, *, force: bool) -> int:
    """Compare two comparisons; give 1 where a condition fails or a new answer is wrong."""
    stored = read(newest(old)), read(newest(new))
    if not force:
        differing.comparable(*stored)
    found = differing.diff(*stored)
    failed = _failed(output.tell(found))
    wrong = any(change.after.outcome is Outcome.WRONG for change in found.changes)
    return 1 if failed or wrong else 0


def told(comparison: Comparison, output: ReportOutput, *, strict: bool) -> int:
    """Print and export a comparison, and say where it is; give the exit code."""
    failed = _failed(output.tell(comparison.view))
    sys.stderr.write(f"stored in {os.path.relpath(comparison.path)}\n")
    return 1 if failed else exit_code(comparison, strict=strict)


def exit_code(comparison: Comparison, *, strict: bool) -> int:
    """Return 1 when answers disagree, 3 under `strict` when an engine did not finish, else 0."""
    outcomes = {cell.outcome for row in comparison.view.rows for cell in row.cells}
    if Outcome.WRONG in outcomes:
        return 1
    return 3 if strict and outcomes & FAILED else 0


def _failed(sentences: Sequence[str]) -> bool:
    for sentence in sentences:
        sys.stderr.write(f"fails: {sentence}\n")
    return bool(sentences)
