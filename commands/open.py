"""`dfbench open`: open the report of a comparison in the browser."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path

from ..report.rebuild import rebuild_report
from ..report.sweeps.rebuild import write_reports
from ..storage import sweeps


def open_report(path: Path) -> None:
    """Open the report of a comparison or of a sweep in the browser, and print its path."""
    path = sweeps.find_newest(path)
    if (path / sweeps.HEAD).exists():
        page = (path / sweeps.PAGE).absolute()
        rebuild: Callable[[Path], object] = write_reports
    else:
        page, rebuild = (path / "report.html").absolute(), rebuild_report
    if not page.exists():
        rebuild(page.parent)
    webbrowser.open(page.as_uri())
    sys.stdout.write(f"{page}\n")
