"""Rebuild the reports of a stored comparison or search from its folder."""

from __future__ import annotations

from pathlib import Path

from ..storage import trials
from ..storage.folder import Folder
from . import html, markdown, memory_floor
from .comparison import Comparison
from .memory_floor import Page


def rebuild_report(path: Path) -> Comparison:
    """Rewrite the reports of a stored comparison and return it."""
    comparison, folder = Comparison(path), Folder(path)
    folder.write_report("report.md", markdown.render(comparison.view))
    folder.write_report("report.html", html.render(comparison.view))
    return comparison


def rebuild_floor_report(path: Path) -> Page:
    """Rewrite the report of a stored search and return its content."""
    page = memory_floor.build(trials.read(path))
    Folder(path).write_report(trials.REPORT, html.render_floors(page))
    return page
