"""Tables of text on a terminal, in Markdown and in HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from . import html, markdown
from .html import Grid

WIDTH = 100  # of the widest table


@dataclass(frozen=True, slots=True)
class Story:
    """Tables with what heads them, what makes them doubtful, and how they are read."""

    title: str
    grids: Sequence[Grid]
    legend: str
    warnings: Sequence[str] = ()


def show(story: Story) -> None:
    """Print the tables; colour only on a terminal."""
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console.width = max(console.width, WIDTH)
    for warning in story.warnings:
        console.print(f"! {warning}")
    for grid in story.grids:
        table = Table(title=grid.caption, title_justify="left", box=None, pad_edge=False)
        for index, heading in enumerate(grid.headings):
            table.add_column(heading, no_wrap=index == 0, overflow="fold")
        for row in grid.rows:
            table.add_row(*row)
        console.print(table)
        console.print()
    console.print(story.legend, style="dim")


def to_markdown(story: Story) -> str:
    """Give the tables as Markdown."""
    warned = (f"> Beware: {markdown.text(warning)}\n" for warning in story.warnings)
    lines = [f"# {markdown.text(story.title)}", "", *warned]
    for grid in story.grids:
        rows = [tuple(map(markdown.text, row)) for row in grid.rows]
        lines += [f"## {markdown.text(grid.caption)}", "", *markdown.table(grid.headings, rows)]
    return "\n".join([*lines, story.legend, ""])


def to_html(story: Story) -> str:
    """Give the tables as one HTML page."""
    return html.render_grids(story.title, story.grids, story.legend, story.warnings)
