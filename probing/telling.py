"""Tell what probes found, from their folder alone."""

from __future__ import annotations

import os
import sys

from ..reporting import grids
from ..reporting.grids import Story
from ..storing.folder import Folder
from . import findings, page


def told(folder: Folder) -> None:
    """Write the reports of stored findings anew, and print them."""
    stored = findings.read(folder.path)
    story = Story(page.TITLE, page.build(stored), page.LEGEND, page.beware(stored))
    folder.write_report("traits.md", grids.to_markdown(story))
    folder.write_report("traits.html", grids.to_html(story))
    grids.show(story)
    sys.stderr.write(f"stored in {os.path.relpath(folder.path)}\n")
