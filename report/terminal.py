"""A comparison on a terminal: sentences, the engines, then questions × engines, in 80 columns."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import TextIO

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from .model import MARKS, Cell, Doubt, EngineSummary, Grid, Ratio, Row, Story, Verdict, View
from .units import format_count, format_seconds, format_size

WIDTH = 80
GRID_WIDTH = 100  # a table of text is torn where it has less
CELL = 22  # "* 12.3 ms 0.24× 1.2 GiB" in three aligned columns
COLOURS = {Verdict.FASTER: "green", Verdict.SLOWER: "red"}
LEGEND = (
    "Each cell: time, its ratio to {baseline} (below 1 is faster), peak memory of all processes. "
    "* fastest (? if undecided); = same within 5 %; ≈ about. {doubts}"
    "Time: median over rounds of each round's fastest hot run."
)
UNTIMED = "Each cell: the outcome, and the peak memory of all processes."
MOST_CHECKED = 30  # a check of more questions lists those that an engine did not answer
DOUBTS = {
    Doubt.ONE_ROUND: "one round",
    Doubt.NOISE: "rounds differ too much",
    Doubt.BUSY: "busy machine",
    Doubt.DRIFT: "drift over the rounds",
}


def show(view: View, file: TextIO | None = None) -> None:
    """Print a comparison; colour only on a terminal, and not under NO_COLOR."""
    console = Console(file=file, highlight=False, soft_wrap=False)
    if console.is_terminal:
        console.print(write_body(view, console.width), crop=False)
    else:
        console.file.write(render(view, console.width))


def render(view: View, width: int = WIDTH) -> str:
    """Return a comparison as plain text of a width."""
    file = io.StringIO()
    console = Console(file=file, width=width, highlight=False, color_system=None, no_color=True)
    console.print(write_body(view, width), crop=False)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines()) + "\n"


def write_body(view: View, width: int) -> RenderableType:
    """Return a comparison as rich lays it out in a width."""
    parts: list[RenderableType] = [Text(_write_title(view), style="bold")]
    parts += [Text(view.setting, style="dim")] if view.setting else []
    parts += [_indent_wrapped("-", sentence) for sentence in view.sentences]
    parts += [_indent_wrapped("!", warning, "yellow") for warning in view.warnings]
    if any(cell.outcome for row in view.rows for cell in row.cells):
        parts += [Text(), _write_engines(view)]
        parts += [Text(f"{view.sums}.", style="dim")] if view.is_timed else []
        parts += [*_write_questions(view, width), Text(_write_legend(view), style="dim")]
    parts += [*_write_failures(view), *_write_differences(view)]
    for story in view.stories:
        parts += [Text(), Text(story.title, style="bold"), *_write_story(story)]
    for program in view.offered:
        title = Text(f"{program.query} in {program.engine}, to paste", style="bold")
        parts += [Text(), title, Text(program.text, no_wrap=True, overflow="ignore")]
    return Group(*parts)


def _indent_wrapped(mark: str, words: str, style: str = "") -> Table:
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_row(mark, Text(words, style=style))
    return table


def _write_title(view: View) -> str:
    return f"{view.workload}: {view.about}" if view.about else view.workload


def _write_legend(view: View) -> str:
    """Return how cells are read, with the marks of the doubts that there are."""
    if not view.is_timed:
        return " ".join([*([UNTIMED] if _list_rows(view) else []), *_count_unlisted(view)])
    ratios = [cell.ratio for row in view.rows for cell in row.cells]
    ratios += [column.overall for column in view.columns]
    marks = {one.mark for one in ratios if one and one.verdict is Verdict.UNDECIDED}
    said = [f"{MARKS[doubt]} {words}" for doubt, words in DOUBTS.items() if MARKS[doubt] in marks]
    doubts = f"Undecided: {', '.join(said)}. " if said else ""
    return LEGEND.format(baseline=view.baseline, doubts=doubts)


def _list_rows(view: View) -> tuple[Row, ...]:
    """Return the questions to list; of a long check, those that not every engine answered."""
    if view.is_timed or len(view.rows) <= MOST_CHECKED:
        return view.rows
    return tuple(row for row in view.rows if not all(cell.ok for cell in row.cells))


def _count_unlisted(view: View) -> Iterator[str]:
    if unlisted := len(view.rows) - len(_list_rows(view)):
        yield (
            f"{format_count(unlisted, 'question')} that every engine answered are not listed: "
            "`dfbench report --format markdown` lists them."
        )


def _write_engines(view: View) -> Table:
    table = _make_table()
    table.add_column("engine", overflow="fold")
    if not view.is_timed:
        table.add_column("ok", justify="right")
        table.add_column("peak", justify="right")
        for column in view.columns:
            answered = f"{column.answered}/{column.asked}"
            table.add_row(escape(column.engine), answered, format_size(column.peak))
        return table
    for heading in ("ok", f"to {view.baseline}", "start-up", "load", "cold", "hot", "peak"):
        table.add_column(heading, justify="right", overflow="fold")
    for column in view.columns:
        table.add_row(*_write_engine(column))
    return table


def _write_engine(column: EngineSummary) -> tuple[str | Text, ...]:
    overall = column.overall
    against = _write_ratio(overall) if overall else Text("—")
    times = (column.startup, column.load, column.cold, column.hot)
    answered = f"{column.answered}/{column.asked}"
    name = escape(column.engine)
    return (
        name,
        answered,
        against,
        *(format_seconds(time) for time in times),
        format_size(column.peak),
    )


def _write_questions(view: View, width: int) -> Iterator[RenderableType]:
    if not _list_rows(view):
        return
    room = max(1, (width - _name_width(view)) // (CELL + 2))
    for first in range(0, len(view.engines), _spread_evenly(len(view.engines), room)):
        chosen = range(
            first, min(first + _spread_evenly(len(view.engines), room), len(view.engines))
        )
        yield Text()
        yield _write_matrix(view, chosen, width)


def _spread_evenly(count: int, room: int) -> int:
    """Spread columns evenly over as few tables as the room allows."""
    tables = -(-count // room)
    return -(-count // tables)


def _name_width(view: View) -> int:
    return min(22, max((len(row.title) for row in view.rows), default=0))


def _write_matrix(view: View, chosen: Sequence[int], width: int) -> Table:
    table = _make_table()
    table.add_column("", overflow="fold", max_width=_name_width(view), style="bold")
    for index in chosen:
        table.add_column(escape(view.engines[index]), justify="right", overflow="fold", width=CELL)
    spare = width - _name_width(view) - len(chosen) * (CELL + 2) - 2
    asks = spare >= 20 and any(row.question for row in view.rows)
    if asks:
        table.add_column("question", overflow="fold", max_width=spare, style="dim")
    for row in _list_rows(view):
        question = (escape(row.question),) if asks else ()
        cells = [
            _write_cell(row, i) if view.is_timed else _format_outcome(row.cells[i]) for i in chosen
        ]
        table.add_row(escape(row.title), *cells, *question)
    return table


def _format_outcome(cell: Cell) -> Text:
    return Text(f"{cell.word} {format_size(cell.peak):>8}") if cell.ok else _format_failure(cell)


def _format_failure(cell: Cell) -> Text:
    return Text(cell.word, style="dim" if cell.outcome is None else "magenta")


def _write_cell(row: Row, index: int) -> Text:
    cell = row.cells[index]
    if not cell.ok:
        return _format_failure(cell)
    mark = ("?" if row.is_contested else "*") if cell.best else " "
    if cell.time is None:
        return Text(f"cold {format_seconds(cell.cold)} {format_size(cell.peak):>8}")
    style = "bold" if cell.best else ""
    text = Text(f"{mark} {_narrow(format_seconds(cell.time)):>6} ", style=style)
    return text.append_text(_format_ratio(cell)).append(f" {_narrow(format_size(cell.peak)):>5}")


def _narrow(text: str) -> str:
    return text.replace(" ", "").replace("iB", "")


def _format_ratio(cell: Cell) -> Text:
    if cell.ratio is None:
        return Text(f"{'—':>6} ")
    return _write_ratio(cell.ratio)


def _write_ratio(found: Ratio) -> Text:
    """Return a ratio in seven columns where its digits fit."""
    return Text(f"{found.short:>6}{found.mark:1}", style=COLOURS.get(found.verdict, ""))


def _write_failures(view: View) -> Iterator[RenderableType]:
    shown = [failure for failure in view.failures if failure.evidence]
    if shown:
        yield Text()
        yield Text("Failures", style="bold")
    for failure in shown:
        where = f"{failure.engine} {failure.query}"
        yield _indent_wrapped("-", f"{where}: {failure.ending}: {failure.evidence}")


def _write_differences(view: View) -> Iterator[RenderableType]:
    """Yield the first rows of each answer that differs."""
    for check in view.checked:
        for found in (one for one in check.differ if one.rows):
            title = f"{found.engine} {', '.join(check.queries)}: first rows that differ"
            table = _make_table()
            for heading in found.rows[0]:
                table.add_column(escape(heading), overflow="fold")
            for row in found.rows[1:]:
                table.add_row(*map(Text, row))
            yield from (Text(), Text(title, style="bold"), table)


def render_sections(
    title: str, sentences: Sequence[str], warnings: Sequence[str], stories: Sequence[Story]
) -> str:
    """Return sentences and stories as plain text."""
    file = io.StringIO()
    console = Console(file=file, width=GRID_WIDTH, highlight=False, color_system=None)
    console.print(Text(title))
    console.print(Group(*(_indent_wrapped("-", sentence) for sentence in sentences)))
    console.print(Group(*(_indent_wrapped("!", warning) for warning in warnings)))
    for story in stories:
        console.print(Group(Text(), Text(story.title), *_write_story(story)))
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines()) + "\n"


def tell(story: Story) -> None:
    """Print a story; colour only on a terminal."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, GRID_WIDTH)
    console.print(Group(*_write_story(story)))


def _write_story(story: Story) -> Iterator[RenderableType]:
    for warning in story.warnings:
        yield _indent_wrapped("!", warning, "yellow")
    for grid in story.grids:
        yield _write_grid(grid)
        yield Text()
    yield Text(story.legend, style="dim")


def _write_grid(grid: Grid) -> Table:
    table = Table(title=Text(grid.caption), title_justify="left", box=None, pad_edge=False)
    for index, heading in enumerate(grid.headings):
        table.add_column(escape(heading), no_wrap=index == 0, overflow="fold")
    for row in grid.rows:
        table.add_row(*map(Text, row))
    return table


def _make_table() -> Table:
    return Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold underline")
