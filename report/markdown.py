"""A comparison as Markdown, ready to be pasted into a pull request."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from .model import Cell, EngineSummary, FailedRuns, Ratio, Row, StoredProgram, Story, View
from .units import format_seconds, format_size

TIMES = ("start-up", "load", "cold", "hot")
LIMIT = 65_536  # characters that GitHub takes in a pull request's text


def render(view: View) -> str:
    """Return a comparison as Markdown; the programs are left out where it would grow too long."""
    above = (
        _write_top,
        _write_engines,
        _write_questions,
        _write_offered,
        _write_failures,
        _write_agreement,
        _write_stories,
        _write_facts,
    )
    whole = _join(view, (*above, _write_programs, _render_command))
    return whole if len(whole) <= LIMIT else _join(view, (*above, _list_places, _render_command))


def _join(view: View, parts: Iterable[Callable[[View], Iterator[str]]]) -> str:
    return "\n".join(line for part in parts for line in part(view))


def escape(words: str) -> str:
    r"""Return anyone's words so that Markdown shows them as they are, on one line.

    >>> escape("a|b <script> *x*")
    'a\\|b &lt;script&gt; \\*x\\*'
    """
    line = " ".join(words.split())
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_{}\[\]#|~])", r"\\\1", line).replace("@", "&#64;")


def write_fence(code: str, language: str = "") -> str:
    """Return code as a block that no run of backticks inside can end."""
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}{language}\n{code.rstrip()}\n{ticks}"


def _write_top(view: View) -> Iterator[str]:
    yield f"## {escape(view.workload)}"
    yield ""
    if view.about:
        yield from (escape(view.about), "")
    if view.setting:
        yield from (escape(view.setting), "")
    yield from (f"- {escape(sentence)}" for sentence in view.sentences)
    for warning in view.warnings:
        yield f"- **Warning:** {escape(warning)}"
    yield ""


def _write_engines(view: View) -> Iterator[str]:
    if not view.is_timed:
        rows = [
            (escape(c.engine), _format_answered(c), format_size(c.peak), _write_version(c))
            for c in view.columns
        ]
        yield from write_table(("engine", "answered", "peak", "version"), rows)
        return
    against = f"ratio to {view.baseline}"
    headings = ("engine", against, "answered", "rounds", *TIMES, "peak", "version")
    yield from write_table(headings, [_write_engine(column) for column in view.columns])
    yield f"{view.sums}."
    yield ""


def _write_engine(column: EngineSummary) -> tuple[str, ...]:
    times = (column.startup, column.load, column.cold, column.hot)
    ran = (
        escape(column.engine),
        _write_ratio(column.overall),
        _format_answered(column),
        str(column.rounds),
    )
    return (*ran, *map(format_seconds, times), format_size(column.peak), _write_version(column))


def _format_answered(column: EngineSummary) -> str:
    return f"{column.answered} of {column.asked}"


def _write_version(column: EngineSummary) -> str:
    return escape(column.version) or "—"


def _write_questions(view: View) -> Iterator[str]:
    headings = ("question", *view.engines)
    cell = _write_cell if view.is_timed else _format_outcome
    yield from write_table(
        headings, [(_write_question(row), *map(cell, row.cells)) for row in view.rows]
    )
    if not view.is_timed:
        yield from ("Each cell: the outcome; peak memory of all processes.", "")
        return
    yield (
        f"Each cell: time (the median over rounds of each round's fastest hot run); ratio to "
        f"{escape(view.baseline)} (below 1 is faster) with its 95 % interval; peak memory of all "
        "processes. The fastest is **bold**; = means the same within 5 %."
    )
    yield ""


def _write_question(row: Row) -> str:
    return f"{escape(row.title)}: {escape(row.question)}" if row.question else escape(row.title)


def _format_outcome(cell: Cell) -> str:
    return f"{cell.word}<br>{format_size(cell.peak)}" if cell.ok else f"_{cell.word}_"


def _write_cell(cell: Cell) -> str:
    if not cell.ok:
        return f"_{cell.word}_"
    if cell.time is None:
        return f"cold {format_seconds(cell.cold)}<br>{format_size(cell.peak)}"
    time = f"**{format_seconds(cell.time)}**" if cell.best else format_seconds(cell.time)
    return f"{time}<br>{_write_ratio(cell.ratio)}<br>{format_size(cell.peak)}"


def _write_ratio(found: Ratio | None) -> str:
    if found is None:
        return "—"
    return f"{found.text}<br>{escape(found.note)}" if found.note else f"{found.mark}{found.text}"


def _write_offered(view: View) -> Iterator[str]:
    for program in view.offered:
        yield f"### {escape(program.query)} in {escape(program.engine)}, to paste"
        yield from ("", write_fence(program.text, "python"), "")


def _write_failures(view: View) -> Iterator[str]:
    if not view.failures:
        return
    yield from ("### Failures", "")
    for failure in view.failures:
        yield from _write_failure(failure)
    yield ""


def _write_failure(failure: FailedRuns) -> Iterator[str]:
    where = f"**{escape(failure.engine)}**, {escape(failure.query)}"
    evidence = f": {escape(failure.evidence)}" if failure.evidence else ""
    yield f"- {where}: {failure.ending}{evidence}"
    if failure.log.strip():
        yield from _indent(
            _write_details("last lines of the log", write_fence(failure.log, "text"))
        )


def _write_agreement(view: View) -> Iterator[str]:
    if not view.checked:
        return
    yield from ("### Answer check", "")
    for checked in view.checked:
        yield f"- {escape(', '.join(checked.queries))}: {escape(checked.sentence)}"
        for difference in checked.differ:
            if difference.rows:
                rows = "\n".join("  ".join(row) for row in difference.rows)
                summary = f"{difference.engine}: first rows that differ"
                yield from _indent(_write_details(summary, write_fence(rows, "text")))
    yield ""


def _indent(block: Iterable[str]) -> Iterator[str]:
    """Indent a block so that it belongs to the list's item above."""
    for line in "\n".join(block).splitlines():
        yield f"  {line}".rstrip()


def _write_stories(view: View) -> Iterator[str]:
    for one in view.stories:
        yield from write_story(one, "###")


def write_story(content: Story, mark: str = "#") -> Iterator[str]:
    """Return a story under a heading of a mark."""
    yield from (f"{mark} {escape(content.title)}", "")
    for warning in content.warnings:
        yield from (f"> **Warning:** {escape(warning)}", "")
    for grid in content.grids:
        yield from (f"{mark}# {escape(grid.caption)}", "")
        yield from write_table(grid.headings, [tuple(map(escape, row)) for row in grid.rows])
    yield from (escape(content.legend), "")


def _write_facts(view: View) -> Iterator[str]:
    lines = []
    for facts in view.facts:
        lines += [f"**{escape(facts.title)}**", ""]
        lines += [f"- {escape(label)}: {escape(value)}" for label, value in facts.items]
        lines += [""]
    if lines:
        yield from _write_details("Data, limits, machine, versions", "\n".join(lines))
        yield ""


def _write_programs(view: View) -> Iterator[str]:
    for row in view.rows:
        own = [program for program in view.programs if program.query == row.query]
        if own:
            blocks = "\n\n".join(map(_write_program, own))
            yield from _write_details(
                f"Programs of {row.query}: {row.question}".rstrip(": "), blocks
            )
            yield ""


def _list_places(view: View) -> Iterator[str]:
    count = len(view.programs)
    yield f"The {count} programs are too long for a pull request; see `programs/` of the results."
    yield ""


def _write_program(program: StoredProgram) -> str:
    return f"{escape(program.engine)} (`{program.path}`)\n\n{write_fence(program.text, 'python')}"


def _render_command(view: View) -> Iterator[str]:
    if view.command:
        yield from ("Reproduce:", "", write_fence(view.command, "sh"), "")
    if view.source:
        yield from _write_details("The workload", write_fence(view.source, "yaml"))
        yield ""


def _write_details(summary: str, inside: str) -> Iterable[str]:
    return (f"<details><summary>{escape(summary)}</summary>", "", inside, "", "</details>")


def write_table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], first_left: int = 1
) -> Iterator[str]:
    """Return a table, its first columns set to the left; headings are escaped, cells are not."""
    yield f"| {' | '.join(map(escape, headings))} |"
    sides = [":--" if index < first_left else "--:" for index in range(len(headings))]
    yield f"| {' | '.join(sides)} |"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""
