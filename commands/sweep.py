"""`dfbench sweep`: run a workload at many sizes, and report curves and crossovers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..comparison.request import Request
from ..errors import ResultsError
from ..report.formats import Format
from ..report.output import ReportOutput, prepare
from ..report.progress import Progress
from ..report.sweeps.forms import check_form
from ..spec.sweep import Axis
from ..storage import sweeps
from ..sweeps import session
from ..sweeps.points import read_axes
from .options import SweepOutput
from .result import finish_sweep


def sweep(request: Request, over: Sequence[str], output: ReportOutput, *, resume: bool) -> int:
    """Run a sweep, or resume the latest one; return the exit status."""
    workload, progress = request.read(), Progress()
    if resume:
        path = sweeps.find_latest(request.results, workload.name)
        check_axes(path, read_axes(workload, over) if over else ())
        return finish_sweep(session.resume(path, request, progress), output)
    axes = read_axes(workload, over)
    return finish_sweep(session.sweep(request, workload, axes, progress), output)


def check_axes(path: Path, asked: Sequence[Axis]) -> None:
    """Raise ResultsError where a stored sweep is over other values than those asked for."""
    head = sweeps.read_head(path)
    if asked and head.axes != {axis.name: list(axis.values) for axis in asked}:
        stored = " ".join(f"{name}={','.join(map(str, v))}" for name, v in head.axes.items())
        raise ResultsError(
            f"{path}: this sweep is over {stored}, not {' '.join(axis.text for axis in asked)}; "
            "leave out --over, or start a new sweep without --resume"
        )


def prepare_output(options: SweepOutput) -> ReportOutput:
    """Return where a sweep is written; DfbenchError for a form that it does not have."""
    files = {
        Format.HTML: options.export_html,
        Format.MARKDOWN: options.export_markdown,
        Format.JSON: options.export_json,
    }
    prepared = prepare(options.form, (), files)
    check_form(prepared.form)
    return prepared
