"""A stored sweep in a notebook: it shows its curves, and has each point's comparison."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ...storage import sweeps
from ...storage.sweeps import StoredSweep
from .. import export
from ..comparison import Comparison
from ..formats import Format
from .build import build
from .forms import render, render_notebook
from .model import SweepView

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True)
class Sweep:
    """A sweep read from its folder; nothing is written, and nothing runs."""

    path: Path

    @cached_property
    def stored(self) -> StoredSweep:
        """Return the head and the comparison of each point, as they are stored."""
        return sweeps.read(self.path)

    @cached_property
    def view(self) -> SweepView:
        """Return what all reports tell."""
        return build(self.stored)

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """Return the comparison of each point."""
        return tuple(Comparison(point.comparison.path) for point in self.stored.points)

    def __repr__(self) -> str:
        return render(self.view, Format.TABLE)

    def _repr_html_(self) -> str:
        return render_notebook(self.view)

    def to_frame(self) -> pandas.DataFrame:
        """Return a row a point, engine and question: the axes' values, seconds and bytes."""
        import pandas as pd  # an engine, so perhaps not installed  # noqa: PLC0415

        pairs = zip(self.stored.points, self.comparisons, strict=True)
        rows = [{**p.values, **record} for p, c in pairs for record in export.list_records(c.view)]
        return pd.DataFrame(rows)

    def report(self) -> str:
        """Return the report as Markdown."""
        return render(self.view, Format.MARKDOWN)
