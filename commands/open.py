"""`dfbench open`: open the report of a comparison in the browser."""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path

from ..report.rebuild import rebuild_report
from ..storage.folder import newest


def open_report(path: Path) -> None:
    """Open a comparison's report in the browser, and print its path."""
    page = (newest(path) / "report.html").absolute()
    if not page.exists():
        rebuild_report(page.parent)
    webbrowser.open(page.as_uri())
    sys.stdout.write(f"{page}\n")
