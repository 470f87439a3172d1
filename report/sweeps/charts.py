"""The curves of a sweep as geometry: what the template draws as SVG, one panel a question.

Drawn by hand as the other charts are (docs/decisions/sweeps.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..charts import LogScale, Tick
from ..units import format_seconds, format_size
from .model import Line, Panel, SweepView

WIDTH, HEIGHT = 480, 300
LEFT, RIGHT, FOOT = 64, 118, 40  # room for the labels of times, engines and sizes
LABEL_HEIGHT, LABEL_GAP, TICK_WIDTH, CHARACTER = 15, 9, 40, 8
LETTER = 10  # width of a letter of an engine's label on a narrow screen, where letters are larger
LONGEST, SHOWN = 16, 7  # characters of a label, and of a longer name's start
COLOURS = 8


@dataclass(frozen=True, slots=True)
class CurveShape:
    """An engine's curve: paths of its runs, its line and its interval, and its label's height.

    `end` is where it ran out of memory or time, and `to_end` the path there from its nearest point.
    """

    label: str
    colour: int
    dots: str
    line: str
    band: str
    x: float
    y: float
    label_y: float
    end: tuple[float, float] | None
    to_end: str
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A question's curves with both axes; `summary` says in words what is drawn."""

    title: str
    query: str
    question: str
    shapes: tuple[CurveShape, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    summary: str
    right: int
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    foot: int = HEIGHT - FOOT


@dataclass(frozen=True, slots=True)
class _Axes:
    """Where sizes and seconds lie in a chart."""

    sizes: LogScale | None
    low: float
    high: float
    times: LogScale
    unit: str
    right: int

    def place_size(self, size: float) -> float:
        inner = self.right - LEFT
        if self.sizes:
            return round(LEFT + self.sizes(size) * inner, 1)
        return round(LEFT + (size - self.low) / (self.high - self.low or 1) * inner, 1)

    def name_size(self, size: float) -> str:
        return format_size(int(size)) if self.unit == "memory" else format_short_count(size)

    def place_time(self, time: float) -> float:
        height = HEIGHT - FOOT
        return round(min(max(height * (1 - self.times(time)), 0.0), float(height)), 1)


def draw(view: SweepView) -> tuple[Chart, ...]:
    """Place out the curves of every question; all charts of a sweep have the same axes."""
    lines = [line for panel in view.panels for line in panel.lines]
    sizes = sorted({s for line in lines for s in (*(x for x, _ in line.runs), line.end or 0) if s})
    times = [time for line in lines for _, time in line.runs]
    if not sizes or not times:
        return ()
    across = LogScale.of(sizes) if view.logarithmic else None
    labels = shorten_names(list(dict.fromkeys(line.engine for line in lines)))
    right = WIDTH - max(RIGHT, LABEL_GAP + LETTER * max(map(len, labels.values())))
    axes = _Axes(across, min(sizes), max(sizes), LogScale.of(times), view.unit, right)
    return tuple(_draw_panel(panel, axes, sizes, labels) for panel in view.panels)


def shorten_names(names: Sequence[str]) -> dict[str, str]:
    """Return a label for each name: long ones lose their middle, and no two are alike.

    >>> list(shorten_names(["polars", "dask@tcp://10.0.0.1:8786"]).values())
    ['polars', 'dask@…0.0.1:8786']
    """
    for left_off in range(max(map(len, names))):
        labels = {name: _shorten(name, left_off) for name in names}
        if len(set(labels.values())) == len(labels):
            return labels
    return {name: name for name in names}


def _shorten(name: str, left_off: int) -> str:
    """Return the start of a long name and its end, or what is so many characters before that."""
    if len(name) <= LONGEST:
        return name
    start = name[: min(name.find("@") + 1 or SHOWN, SHOWN)]
    rest, mark = name[len(start) : len(name) - left_off], "…" if left_off else ""
    return f"{start}…{rest[len(start) + 1 + len(mark) - LONGEST :].lstrip('.')}{mark}"


def _draw_panel(
    panel: Panel, axes: _Axes, sizes: Sequence[float], labels: Mapping[str, str]
) -> Chart:
    names = list(labels)
    shapes = [
        _write_shape(line, labels[line.engine], axes, names.index(line.engine) % COLOURS)
        for line in panel.lines
    ]
    height = HEIGHT - FOOT
    up = tuple(
        Tick(round(height - tick.at, 1), tick.label) for tick in axes.times.choose_ticks(height)
    )
    ticks = _thin_out([Tick(axes.place_size(size), axes.name_size(size)) for size in sizes])
    summary = "; ".join(shape.text for shape in shapes)
    placed = _place_labels(shapes)
    return Chart(panel.title, panel.query, panel.question, placed, ticks, up, summary, axes.right)


def _write_shape(line: Line, label: str, axes: _Axes, colour: int) -> CurveShape:
    points = [(axes.place_size(s), axes.place_time(t)) for s, t, *_ in line.samples]
    dots = [(axes.place_size(s), axes.place_time(t)) for s, t in line.runs]
    drawn = points or sorted(dots) or [(float(LEFT), 0.0)]
    x, y = drawn[-1]
    end, to_end = _place_end(line, axes, drawn)
    over = [(axes.place_size(s), axes.place_time(high)) for s, _, _, high in line.samples]
    under = [(axes.place_size(s), axes.place_time(low)) for s, _, low, _ in line.samples]
    return CurveShape(
        label=label,
        colour=colour,
        dots="".join(f"M{a:g} {b:g}h0" for a, b in dots),
        line=_draw_path(points),
        band=f"{_draw_path([*over, *reversed(under)])}z" if points else "",
        x=x,
        y=y,
        label_y=y,
        end=end,
        to_end=to_end,
        text=_describe(line, axes),
    )


def _place_end(
    line: Line, axes: _Axes, drawn: Sequence[tuple[float, float]]
) -> tuple[tuple[float, float] | None, str]:
    """Return where a curve's end is marked, as high as its nearest point, and the path there."""
    if line.end is None:
        return None, ""
    at = axes.place_size(line.end)
    nearest = min(drawn, key=lambda point: abs(point[0] - at))
    end = (at, nearest[1])
    return end, _draw_path([nearest, end])


def _draw_path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) if points else ""


def _describe(line: Line, axes: _Axes) -> str:
    """Return a curve in words, for who does not see it."""
    said = line.engine
    if line.samples:
        first, last = line.samples[0], line.samples[-1]
        said += f" from {format_seconds(first[1])} at {axes.name_size(first[0])} "
        said += f"to {format_seconds(last[1])} at {axes.name_size(last[0])}"
    if line.end is None:
        return said
    return f"{said}, ends at {axes.name_size(line.end)}: {line.ending}"


def _place_labels(shapes: Sequence[CurveShape]) -> tuple[CurveShape, ...]:
    """Set the labels at the right one below the other where they would overlap."""
    placed: list[CurveShape] = []
    for shape in sorted(shapes, key=lambda shape: shape.y):
        least = placed[-1].label_y + LABEL_HEIGHT if placed else 8.0
        placed.append(replace(shape, label_y=round(max(shape.y, least), 1)))
    low = float(HEIGHT - FOOT)
    for index in range(len(placed) - 1, -1, -1):
        placed[index] = replace(placed[index], label_y=min(placed[index].label_y, low))
        low = placed[index].label_y - LABEL_HEIGHT
    return tuple(placed)


def _thin_out(ticks: Sequence[Tick]) -> tuple[Tick, ...]:
    kept: list[Tick] = []
    for tick in ticks:
        width = max(TICK_WIDTH, CHARACTER * len(tick.label))
        if not kept or tick.at - kept[-1].at >= width:
            kept.append(tick)
    return tuple(kept)


def format_short_count(number: float) -> str:
    """Return a size as an axis shows it.

    >>> format_short_count(46000.0), format_short_count(1e7), format_short_count(2.5)
    ('46k', '10M', '2.5')
    """
    for unit, factor in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if number >= factor:
            return f"{number / factor:.3g}{unit}"
    return f"{number:.3g}"
