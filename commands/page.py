"""`dfbench page`: add comparisons to a static site; nothing that runs is imported."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ..report.site.writing import write_site
from ..report.units import format_count


def write_page(results: Sequence[Path], site: Path) -> None:
    """Write the site and print its page's path."""
    found = write_site(results, site)
    new, total = found.added, format_count(found.total, "comparison")
    sys.stderr.write(f"{total}, {new} new\n")
    sys.stdout.write(f"{os.path.relpath(found.page)}\n")
