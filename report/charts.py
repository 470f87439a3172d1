"""The charts of the HTML report as geometry: what the template draws as SVG and boxes.

Drawn by hand and not by a charting library: the report stays a few ten kilobytes, needs no script,
follows the reader's colours, and its labels are text that wraps on a narrow screen.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from .model import Cell, EngineSummary, View
from .units import format_seconds, format_size

SPAN = 1000  # width of a strip in its own units; it stretches to the screen's
MIDDLE = 8
PLOT_WIDTH, PLOT_HEIGHT, PLOT_LEFT, PLOT_FOOT = 480, 300, 64, 40
LABEL_HEIGHT = 17


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis, with its label."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Strip:
    """All runs of an engine on a question, as paths of dots; `at` is the shown time's place."""

    engine: str
    hot: str
    warming: str
    at: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Strips:
    """One question's strips, an engine each."""

    query: str
    question: str
    strips: tuple[Strip, ...]


@dataclass(frozen=True, slots=True)
class Runs:
    """Every run of every cell on one logarithmic axis of time."""

    ticks: tuple[Tick, ...]
    rows: tuple[Strips, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar, in per cent of the longest bar."""

    name: str
    width: float
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """Where an engine's time goes, on average over the questions that all engines answered."""

    engine: str
    parts: tuple[Segment, ...]
    text: str


@dataclass(frozen=True, slots=True)
class ScatterPoint:
    """An engine at its time and peak memory; `label` is the height of its label."""

    engine: str
    x: float
    y: float
    label: float
    left: bool
    text: str


@dataclass(frozen=True, slots=True)
class Scatter:
    """Peak memory against time, an engine a point."""

    points: tuple[ScatterPoint, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    width: int = PLOT_WIDTH
    height: int = PLOT_HEIGHT
    left: int = PLOT_LEFT
    foot: int = PLOT_HEIGHT - PLOT_FOOT


@dataclass(frozen=True, slots=True)
class LogScale:
    """A logarithmic scale from the least to the greatest of some numbers, with some room."""

    low: float
    high: float

    @classmethod
    def of(cls, numbers: Iterable[float]) -> LogScale:
        """Return the scale that holds some numbers."""
        logs = [math.log10(number) for number in numbers if number > 0] or [0.0]
        room = max(0.04 * (max(logs) - min(logs)), 0.05)
        return cls(min(logs) - room, max(logs) + room)

    def __call__(self, number: float) -> float:
        """Return where a number lies, 0 to 1."""
        """Return where a number lies, 0 to 1."""
        if number <= 0:
            return 0.0
        return (math.log10(number) - self.low) / (self.high - self.low)

    def choose_ticks(self, scale: float) -> tuple[Tick, ...]:
        """Return two to six round times on an axis of a length."""
        decades = range(math.floor(self.low), math.ceil(self.high) + 1)
        span = self.high - self.low
        steps = (1, 2, 5) if span < 1.5 else (1, 3) if span < 3 else (1,)
        values = [step * 10.0**decade for decade in decades for step in steps]
        inside = [value for value in values if 0 <= self(value) <= 1]
        return tuple(
            Tick(round(self(v) * scale, 1), strip_zeros(format_seconds(v))) for v in inside
        )


def describe_runs(view: View) -> Runs:
    """Place out every run of every cell."""
    cells = [cell for row in view.rows for cell in row.cells]
    scale = LogScale.of(time for cell in cells for time in (*cell.hot, *cell.warming))
    rows = tuple(
        Strips(row.query, row.question, tuple(_strip(cell, scale) for cell in row.cells))
        for row in view.rows
    )
    return Runs(scale.choose_ticks(100), rows)


def _strip(cell: Cell, scale: LogScale) -> Strip:
    at = None if cell.time is None else round(scale(cell.time) * SPAN, 1)
    text = format_seconds(cell.time) if cell.time is not None else cell.word
    return Strip(
        cell.engine, _draw_dots(cell.hot, scale), _draw_dots(cell.warming, scale), at, text
    )


def _draw_dots(times: Sequence[float], scale: LogScale) -> str:
    """Return a path of points: a line of no length with round ends is a dot of any size."""
    return "".join(f"M{scale(time) * SPAN:.0f} {MIDDLE}h0" for time in times)


def draw_bars(view: View) -> tuple[Bar, ...]:
    """Place where each engine's time goes: start-up, load, cold and hot on average per question."""
    count = len(view.common)
    parts = [
        (column, _split_parts(column, count)) for column in view.columns if column.hot is not None
    ]
    longest = max((sum(part.values()) for _, part in parts), default=0.0) or 1.0
    return tuple(_draw_bar(column.engine, part, longest) for column, part in parts if count)


def _split_parts(column: EngineSummary, count: int) -> dict[str, float]:
    sums = {"load": column.load, "cold": column.cold, "hot": column.hot}
    means = {name: (total or 0.0) / max(count, 1) for name, total in sums.items()}
    return {"start-up": column.startup or 0.0, **means}


def _draw_bar(engine: str, parts: dict[str, float], longest: float) -> Bar:
    drawn = tuple(
        Segment(name, round(time / longest * 100, 2), format_seconds(time))
        for name, time in parts.items()
    )
    return Bar(engine, drawn, ", ".join(f"{part.name} {part.text}" for part in drawn))


def draw_scatter(view: View) -> Scatter | None:
    """Place out peak memory against time; None with fewer than two engines to show."""
    shown = [(c.engine, c.hot, c.peak) for c in view.columns if c.hot and c.peak is not None]
    if len(shown) < 2:
        return None
    across = LogScale.of(hot for _, hot, _ in shown if hot)
    top = max(peak for *_, peak in shown if peak is not None) * 1.08 or 1.0
    inner = PLOT_WIDTH - PLOT_LEFT
    points = [
        _place_point(engine, PLOT_LEFT + across(hot or 0) * inner, hot or 0, peak or 0, top)
        for engine, hot, peak in shown
    ]
    ticks = tuple(Tick(PLOT_LEFT + tick.at, tick.label) for tick in across.choose_ticks(inner))
    return Scatter(_place_labels(points), ticks, _choose_memory_ticks(top))


def _place_point(engine: str, x: float, time: float, peak: int, top: float) -> ScatterPoint:
    y = round(_measure_height(peak, top), 1)
    return ScatterPoint(
        engine, round(x, 1), y, y, False, f"{engine}: {format_seconds(time)}, {format_size(peak)}"
    )


def _measure_height(peak: float, top: float) -> float:
    return (PLOT_HEIGHT - PLOT_FOOT) * (1 - peak / top)


def _place_labels(points: Sequence[ScatterPoint]) -> tuple[ScatterPoint, ...]:
    """Set each label where it covers neither another nor a point: right, left, lower, higher."""
    placed: list[ScatterPoint] = []
    for point in sorted(points, key=lambda point: point.y):
        tries = [
            replace(point, left=left, label=round(point.y + step * LABEL_HEIGHT, 1))
            for step in (0, 1, -1, 2, -2, 3)
            for left in (False, True)
        ]
        free = (one for one in tries if _is_free(one, placed, points))
        placed.append(next(free, tries[0]))
    return tuple(placed)


def _is_free(
    label: ScatterPoint, placed: Sequence[ScatterPoint], points: Sequence[ScatterPoint]
) -> bool:
    start, end = _measure_extent(label)
    if start < PLOT_LEFT or end > PLOT_WIDTH:
        return False
    others = [(*_measure_extent(other), other.label) for other in placed]
    dots = [(p.x - 5, p.x + 5, p.y) for p in points if p.engine != label.engine]
    return not any(
        start < right and left < end and abs(y - label.label) < LABEL_HEIGHT
        for left, right, y in (*others, *dots)
    )


def _measure_extent(point: ScatterPoint) -> tuple[float, float]:
    """Return where a label begins and ends (7.5 units a character)."""
    length = 7.5 * len(point.engine) + 9
    return (point.x - length, point.x) if point.left else (point.x, point.x + length)


def _choose_memory_ticks(top: float) -> tuple[Tick, ...]:
    step = 2.0 ** math.floor(math.log2(top / 2))  # two to four ticks, all round in binary units
    values = [step * number for number in range(1, int(top // step) + 1)]
    return tuple(
        Tick(round(_measure_height(v, top), 1), strip_zeros(format_size(int(v))))
        for v in (0, *values)
    )


def strip_zeros(text: str) -> str:
    """Return a label without the zeros that say nothing on an axis.

    >>> strip_zeros("10.0 ms"), strip_zeros("1.00 s"), strip_zeros("100 ms")
    ('10 ms', '1 s', '100 ms')
    """
    number, _, unit = text.partition(" ")
    return f"{number.rstrip('0').rstrip('.') if '.' in number else number} {unit}"
