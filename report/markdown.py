"""A comparison as Markdown, ready to be pasted into a pull request."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from .model import Cell, EngineSummary, FailedRuns, Ratio, Row, StoredProgram, Story, View
from .units import seconds, size

TIMES = ("start-up", "load", "cold", "hot")
LIMIT = 65_536  # characters that GitHub takes in a pull request's text


def render(view: View) -> str:
    """Return a comparison as Markdown; the programs are left out where it would grow too long."""
    above = (_top, _engines, _questions, _write_offered, _failures, _agreement, _stories, _facts)
    whole = _join(view, (*above, _programs, _render_command))
    return whole if len(whole) <= LIMIT else _join(view, (*above, _places, _render_command))


def _join(view: View, parts: Iterable[Callable[[View], Iterator[str]]]) -> str:
    return "\n".join(line for part in parts for line in part(view))


def text(words: str) -> str:
    r"""Return anyone's words so that Markdown shows them as they are, on one line.

    >>> text("a|b <script> *x*")
    'a\\|b &lt;script&gt; \\*x\\*'
    """
    line = " ".join(words.split())
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_{}\[\]#|~])", r"\\\1", line).replace("@", "&#64;")


def fence(code: str, language: str = "") -> str:
    """Return code as a block that no run of backticks inside can end."""
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}{language}\n{code.rstrip()}\n{ticks}"


def _top(view: View) -> Iterator[str]:
    yield f"## {text(view.workload)}"
    yield ""
    if view.about:
        yield from (text(view.about), "")
    if view.setting:
        yield from (text(view.setting), "")
    yield from (f"- {text(sentence)}" for sentence in view.sentences)
    for warning in view.warnings:
        yield f"- **Warning:** {text(warning)}"
    yield ""


def _engines(view: View) -> Iterator[str]:
    if not view.is_timed:
        rows = [
            (text(c.engine), _format_answered(c), size(c.peak), _version(c)) for c in view.columns
        ]
        yield from table(("engine", "answered", "peak", "version"), rows)
        return
    against = f"ratio to {view.baseline}"
    headings = ("engine", against, "answered", "rounds", *TIMES, "peak", "version")
    yield from table(headings, [_engine(column) for column in view.columns])
    yield f"{view.sums}."
    yield ""


def _engine(column: EngineSummary) -> tuple[str, ...]:
    times = (column.startup, column.load, column.cold, column.hot)
    ran = (
        text(column.engine),
        _ratio(column.overall),
        _format_answered(column),
        str(column.rounds),
    )
    return (*ran, *map(seconds, times), size(column.peak), _version(column))


def _format_answered(column: EngineSummary) -> str:
    return f"{column.answered} of {column.asked}"


def _version(column: EngineSummary) -> str:
    return text(column.version) or "—"


def _questions(view: View) -> Iterator[str]:
    headings = ("question", *view.engines)
    cell = _cell if view.is_timed else _format_outcome
    yield from table(headings, [(_question(row), *map(cell, row.cells)) for row in view.rows])
    if not view.is_timed:
        yield from ("Each cell: the outcome; peak memory of all processes.", "")
        return
    yield (
        f"Each cell: time (the median over rounds of each round's fastest hot run); ratio to "
        f"{text(view.baseline)} (below 1 is faster) with its 95 % interval; peak memory of all "
        "processes. The fastest is **bold**; = means the same within 5 %."
    )
    yield ""


def _question(row: Row) -> str:
    return f"{text(row.title)}: {text(row.question)}" if row.question else text(row.title)


def _format_outcome(cell: Cell) -> str:
    return f"{cell.word}<br>{size(cell.peak)}" if cell.ok else f"_{cell.word}_"


def _cell(cell: Cell) -> str:
    if not cell.ok:
        return f"_{cell.word}_"
    if cell.time is None:
        return f"cold {seconds(cell.cold)}<br>{size(cell.peak)}"
    time = f"**{seconds(cell.time)}**" if cell.best else seconds(cell.time)
    return f"{time}<br>{_ratio(cell.ratio)}<br>{size(cell.peak)}"


def _ratio(found: Ratio | None) -> str:
    if found is None:
        return "—"
    return f"{found.text}<br>{text(found.note)}" if found.note else f"{found.mark}{found.text}"


def _write_offered(view: View) -> Iterator[str]:
    for program in view.offered:
        yield f"### {text(program.query)} in {text(program.engine)}, to paste"
        yield from ("", fence(program.text, "python"), "")


def _failures(view: View) -> Iterator[str]:
    if not view.failures:
        return
    yield from ("### Failures", "")
    for failure in view.failures:
        yield from _failure(failure)
    yield ""


def _failure(failure: FailedRuns) -> Iterator[str]:
    where = f"**{text(failure.engine)}**, {text(failure.query)}"
    evidence = f": {text(failure.evidence)}" if failure.evidence else ""
    yield f"- {where}: {failure.ending}{evidence}"
    if failure.log.strip():
        yield from _indent(_details("last lines of the log", fence(failure.log, "text")))


def _agreement(view: View) -> Iterator[str]:
    if not view.checked:
        return
    yield from ("### Answer check", "")
    for checked in view.checked:
        yield f"- {text(', '.join(checked.queries))}: {text(checked.sentence)}"
        for difference in checked.differ:
            if difference.rows:
                rows = "\n".join("  ".join(row) for row in difference.rows)
                summary = f"{difference.engine}: first rows that differ"
                yield from _indent(_details(summary, fence(rows, "text")))
    yield ""


def _indent(block: Iterable[str]) -> Iterator[str]:
    """Indent a block so that it belongs to the list's item above."""
    for line in "\n".join(block).splitlines():
        yield f"  {line}".rstrip()


def _stories(view: View) -> Iterator[str]:
    for one in view.stories:
        yield from story(one, "###")


def story(content: Story, mark: str = "#") -> Iterator[str]:
    """Return a story under a heading of a mark."""
    yield from (f"{mark} {text(content.title)}", "")
    for warning in content.warnings:
        yield from (f"> **Warning:** {text(warning)}", "")
    for grid in content.grids:
        yield from (f"{mark}# {text(grid.caption)}", "")
        yield from table(grid.headings, [tuple(map(text, row)) for row in grid.rows])
    yield from (text(content.legend), "")


def _facts(view: View) -> Iterator[str]:
    lines = []
    for facts in view.facts:
        lines += [f"**{text(facts.title)}**", ""]
        lines += [f"- {text(label)}: {text(value)}" for label, value in facts.items]
        lines += [""]
    if lines:
        yield from _details("Data, limits, machine, versions", "\n".join(lines))
        yield ""


def _programs(view: View) -> Iterator[str]:
    for row in view.rows:
        own = [program for program in view.programs if program.query == row.query]
        if own:
            blocks = "\n\n".join(map(_program, own))
            yield from _details(f"Programs of {row.query}: {row.question}".rstrip(": "), blocks)
            yield ""


def _places(view: View) -> Iterator[str]:
    count = len(view.programs)
    yield f"The {count} programs are too long for a pull request; see `programs/` of the results."
    yield ""


def _program(program: StoredProgram) -> str:
    return f"{text(program.engine)} (`{program.path}`)\n\n{fence(program.text, 'python')}"


def _render_command(view: View) -> Iterator[str]:
    if view.command:
        yield from ("Reproduce:", "", fence(view.command, "sh"), "")
    if view.source:
        yield from _details("The workload", fence(view.source, "yaml"))
        yield ""


def _details(summary: str, inside: str) -> Iterable[str]:
    return (f"<details><summary>{text(summary)}</summary>", "", inside, "", "</details>")


def table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], first_left: int = 1
) -> Iterator[str]:
    """Return a table, its first columns set to the left; headings are escaped, cells are not."""
    yield f"| {' | '.join(map(text, headings))} |"
    sides = [":--" if index < first_left else "--:" for index in range(len(headings))]
    yield f"| {' | '.join(sides)} |"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""
