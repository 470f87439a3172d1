"""Badges: what a comparison found of an engine, as a small SVG for other pages."""

from __future__ import annotations

from dataclasses import dataclass

from ..units import format_two_digits
from .model import EngineEntry, Entry

CHARACTER = 6.6  # units of width, at 11 units of height
PADDING = 8
GOOD, PLAIN, BAD = "#1f6f43", "#4a5568", "#a3195b"


@dataclass(frozen=True, slots=True)
class Badge:
    """A badge: the words on the left and on the right, and the colour behind the right ones."""

    left: str
    right: str
    colour: str

    @property
    def split(self) -> float:
        """Return where the right side begins."""
        return _measure(self.left)

    @property
    def width(self) -> float:
        """Return the width of both sides."""
        return self.split + _measure(self.right)


def make_badge(entry: Entry, engine: EngineEntry) -> Badge | None:
    """Return the badge of an engine; None for the baseline, and where there is no ratio."""
    if engine.hot is None or engine.hot.word == "baseline":
        return None
    message = f"{_describe_ratio(engine, entry.baseline)}, {entry.checked}"
    missed = engine.asked - engine.answered
    message += f", {missed} of {engine.asked} unanswered" if missed else ""
    good = engine.hot.word == "faster" and entry.checked.startswith("all") and not missed
    colour = GOOD if good else BAD if entry.checked.startswith("wrong") else PLAIN
    return Badge(f"dfbench {entry.workload} {entry.describe_size()}", message, colour)


def _describe_ratio(engine: EngineEntry, baseline: str) -> str:
    assert engine.hot is not None
    if engine.hot.word in {"faster", "slower"}:
        return f"{engine.engine} {format_two_digits(1 / engine.hot.value)}x {baseline}"
    words = {"same": "as fast as", "undecided": "undecided against"}
    return f"{engine.engine} {words.get(engine.hot.word, engine.hot.word)} {baseline}"


def _measure(words: str) -> float:
    return round(CHARACTER * len(words) + 2 * PADDING, 1)
