"""The search for memory floors, which `floor` runs, and `compare` where a workload asks for it."""

from __future__ import annotations

from ..comparison import session
from ..comparison.request import Request
from ..report.progress import Progress
from ..spec.workload import Workload
from ..storage import trials
from .result import finish_floor


def search(request: Request, workload: Workload, *, resume: bool) -> int:
    """Search for memory floors, or resume the latest search; return the exit status."""
    progress = Progress()
    if resume:
        path = session.resume_floor(
            trials.find_latest(request.results, workload.name), request, progress
        )
    else:
        path = session.search_floor(request, workload, progress)
    return finish_floor(path)
