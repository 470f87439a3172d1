"""`dfbench sweep`: run a workload at many sizes, and report curves and crossovers."""

from __future__ import annotations

from collections.abc import Sequence

from ..comparison.request import Request
from ..report.formats import Format
from ..report.output import ReportOutput, prepare
from ..report.progress import Progress
from ..report.sweeps.forms import check_form
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
        return finish_sweep(session.resume(path, request, progress), output)
    axes = read_axes(workload, over)
    return finish_sweep(session.sweep(request, workload, axes, progress), output)


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
