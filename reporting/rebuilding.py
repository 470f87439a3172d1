"""Reports written anew beside the runs they tell of, from their folder alone."""

from __future__ import annotations

from pathlib import Path

from ..storing import trials
from ..storing.folder import Folder
from . import floors, html, markdown
from .comparison import Comparison
from .floors import Page


def reported(path: Path) -> Comparison:
    """Write the reports of a stored comparison anew, and give it."""
    comparison, folder = Comparison(path), Folder(path)
    folder.write_report("report.md", markdown.render(comparison.view))
    folder.write_report("report.html", html.render(comparison.view))
    return comparison


def reported_floor(path: Path) -> Page:
    """Write the report of a stored search anew, and give what it tells."""
    page = floors.build(trials.read(path))
    Folder(path).write_report(trials.REPORT, html.render_floors(page))
    return page
