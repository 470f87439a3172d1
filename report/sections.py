"""Sections beside a comparison's own: tables of text that every form tells alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of text: its first column names the rows."""

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Story:
    """Tables with what heads them, what makes them doubtful, and how they are read."""

    title: str
    grids: Sequence[Grid]
    legend: str
    warnings: Sequence[str] = ()
