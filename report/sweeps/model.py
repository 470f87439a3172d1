"""The values of a sweep's report: what every form lays out."""

from __future__ import annotations

from dataclasses import dataclass

from ..model import Story


@dataclass(frozen=True, slots=True)
class Line:
    """An engine's curve on a question: every run, the curve with its interval, and its end.

    Runs are sizes with seconds, the curve's samples sizes with seconds, low and high. `end` is the
    size at which it does not survive, `ending` how that showed.
    """

    engine: str
    runs: tuple[tuple[float, float], ...]
    samples: tuple[tuple[float, float, float, float], ...]
    end: float | None = None
    ending: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """The curves of a question, in one facet of the sweep; `title` has the facet's numbers."""

    title: str
    query: str
    question: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class PointLink:
    """A point of the sweep: its numbers, the folder of its comparison, and where its report is."""

    text: str
    folder: str
    href: str


@dataclass(frozen=True, slots=True)
class SweepView:
    """A sweep as every report tells it; `axis` names what the curves run over."""

    workload: str
    about: str
    setting: str
    axis: str
    unit: str
    logarithmic: bool
    sentences: tuple[str, ...]
    warnings: tuple[str, ...]
    panels: tuple[Panel, ...]
    stories: tuple[Story, ...]
    points: tuple[PointLink, ...]
    command: str
