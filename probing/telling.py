"""Tell what probes found, from their folder alone."""

from __future__ import annotations

import os
import sys

from ..reporting import html, markdown, terminal
from ..reporting.stories import Story
from ..storing.folder import Folder
from . import findings, page


def told(folder: Folder) -> None:
    """Write the reports of stored findings anew, and print them."""
    stored = findings.read(folder.path)
    story = Story(page.TITLE, page.build(stored), page.LEGEND, page.beware(stored))
    folder.write_report("traits.md", "\n".join(markdown.story(story)))
    folder.write_report("traits.html", html.render_story(story))
    terminal.tell(story)
    sys.stderr.write(f"stored in {os.path.relpath(folder.path)}\n")
