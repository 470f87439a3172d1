"""A comparison as one HTML file: read offline and without a script, passed on as it is."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from . import charts, memory_floor
from .diff import Diff, summarize
from .model import Cell, Story, View
from .units import format_ratio, format_seconds, format_size

TEMPLATES = Path(__file__).parent / "templates"
# What a narrow screen keeps on one line: a date, an interval, a number with its unit.
UNBROKEN = re.compile(
    r"\b\d{4}-\d\d-\d\d\b|\b\d[\d.]*–\d[\d.]*|\b\d[\d.]* (?:[KMGT]?i?B|[mµ]?s|%)(?!\w)"
    r"|(?<= )-[a-z](?= )"
)
STEPS = 4  # of colour each way: at a quarter and at four times the baseline's time, full


def render(view: View) -> str:
    """Return a comparison as one HTML page; everything from the folder is escaped."""
    return _render_page("report.html.jinja", view)


def render_fragment(view: View) -> str:
    """Return the sentences, table, chart and failures, for a notebook."""
    return _render_page("notebook.html.jinja", view)


def render_diff(found: Diff) -> str:
    """Return a difference between two comparisons as one HTML page."""
    return (
        _render_environment()
        .get_template("diff.html.jinja")
        .render(diff=found, summary=summarize(found))
    )


def render_floors(page: memory_floor.Page) -> str:
    """Return the smallest memory of each engine as one HTML page."""
    template = _render_environment().get_template("floor.html.jinja")
    return template.render(page=page, legend=memory_floor.LEGEND)


def render_story(story: Story) -> str:
    """Return a story as an HTML page of its own."""
    return _render_environment().get_template("story.html.jinja").render(story=story)


def choose_heat(cell: Cell) -> int:
    """Return a cell's colour: -4 (much faster) to 4 (much slower); where neither is faster 0."""
    if cell.ratio is None or not cell.ratio.verdict.is_decided:
        return 0
    return choose_ratio_heat(cell.ratio.value)


def choose_ratio_heat(value: float) -> int:
    """Return the colour of a ratio above 0 that is decided: -4 to 4."""
    steps = math.copysign(math.ceil(abs(math.log2(value)) * 2), value - 1)
    return int(max(-STEPS, min(STEPS, steps)))


def format_code(words: str) -> Markup:
    """Return a sentence with its backticks as code elements; all of it is escaped.

    No line breaks within a date, an interval, an option such as -e, or a number and its unit.

    >>> format_code("try `--rounds 6` & <wait>")
    Markup('try <code>--rounds 6</code> &amp; &lt;wait&gt;')
    >>> format_code("since 2026-01-31")
    Markup('since <span class="whole">2026-01-31</span>')
    >>> format_code("`show -e polars`")
    Markup('<code>show <span class="whole">-e</span> polars</code>')
    """
    whole = UNBROKEN.sub(r'<span class="whole">\g<0></span>', str(escape(words)))
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", whole))


def render_page(name: str, **values: object) -> str:
    """Return a template filled with values; everything in them is escaped."""
    return _render_environment().get_template(name).render(**values)


def order_engines(view: View) -> View:
    """Return a report with the fastest engine first, so that a narrow screen shows it and the next.

    Engines that answered more questions stand before others; those without a ratio stand last.
    """
    ratios = {c.engine: c.overall.value if c.overall else math.inf for c in view.columns}
    columns = sorted(view.columns, key=lambda c: (-c.answered, ratios[c.engine]))
    place = {column.engine: number for number, column in enumerate(columns)}
    rows = (
        replace(row, cells=tuple(sorted(row.cells, key=lambda c: place[c.engine])))
        for row in view.rows
    )
    return replace(view, columns=tuple(columns), rows=tuple(rows))


def _render_page(name: str, view: View) -> str:
    view = order_engines(view)
    return render_page(
        name,
        view=view,
        runs=charts.describe_runs(view),
        bars=charts.draw_bars(view),
        scatter=charts.draw_scatter(view),
    )


@cache  # a site has hundreds of pages, and each environment compiles its templates again
def _render_environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "seconds": format_seconds,
        "size": format_size,
        "ratio": format_ratio,
        "heat": choose_heat,
        "heat_ratio": choose_ratio_heat,
        "format_code": format_code,
    }
    return environment
