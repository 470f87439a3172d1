"""`dfbench check`: run every program once on little data and check its answers."""

from __future__ import annotations

from ..comparison import session
from ..comparison.request import Request
from ..report.output import ReportOutput
from ..report.progress import Progress
from .result import finish_comparison


def check(request: Request, *, strict: bool) -> int:
    """Check a workload's answers; return the exit status."""
    comparison = session.check(request, request.read(), Progress())
    return finish_comparison(comparison, ReportOutput(), strict=strict)
