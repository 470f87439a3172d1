"""The reports of a sweep, written anew beside its points, from its folder alone."""

from __future__ import annotations

from pathlib import Path

from ...storage import files, sweeps
from ..formats import Format
from .forms import render
from .sweep import Sweep


def write_reports(path: Path) -> Sweep:
    """Write the reports of a stored sweep anew and return it."""
    sweep = Sweep(path)
    files.write(path / sweeps.REPORT, render(sweep.view, Format.MARKDOWN))
    files.write(path / sweeps.PAGE, render(sweep.view, Format.HTML))
    return sweep
