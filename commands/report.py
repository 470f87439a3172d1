"""`dfbench report`: rebuild the reports of a stored comparison; nothing that runs is imported."""

from __future__ import annotations

import sys
from pathlib import Path

from ..errors import ResultsError
from ..report import memory_floor
from ..report.comparison import Comparison
from ..report.output import ReportOutput
from ..report.rebuild import rebuild_floor_report, rebuild_report
from ..report.sweeps.rebuild import write_reports
from ..storage import sweeps, trials
from .result import finish_comparison, finish_sweep


def report(path: Path, output: ReportOutput, *, strict: bool) -> int:
    """Rebuild and print the reports of a comparison or sweep; return the exit status.

    A folder of results prints its newest comparison or sweep, and that of a search for memory
    floors prints the search.
    """
    if (path / trials.HEAD).exists():
        memory_floor.show(rebuild_floor_report(path))
        return 0
    path = sweeps.find_newest(path)
    if (path / sweeps.HEAD).exists():
        return finish_sweep(write_reports(path), output)
    comparison = Comparison(path)
    output.check(comparison.view.engines)
    try:
        rebuild_report(comparison.path)
    except ResultsError as error:  # a full disk, or somebody else's folder: it can be read still
        sys.stderr.write(f"dfbench: {error}\n")
    return finish_comparison(comparison, output, strict=strict)
