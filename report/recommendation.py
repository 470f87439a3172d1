"""Whether a person should leave their own code for an engine: the first sentence of its report.

Only what is certain is claimed: an engine is recommended where it answered all that the code
answered, with the same answers, and its whole interval is on the faster side.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..spec.workload import YOURS
from ..storage.records import Outcome
from .labels import parse_program
from .model import Cell, EngineSummary, Ratio, Row, StoredProgram, Verdict, View
from .units import (
    format_count,
    format_interval,
    format_ratio,
    format_seconds,
    format_size,
    join_names,
)

DOUBTS = {
    Verdict.SLOWER: "Your code is the fastest",
    Verdict.SAME: "No engine is faster than your code by more than 5 %",
}
LIMITED = {Outcome.OUT_OF_MEMORY, Outcome.TIMEOUT}


@dataclass(frozen=True, slots=True)
class Offer:
    """An engine beside the person's code, over the questions that the code answered.

    Times are sums in seconds, peaks the largest in bytes.
    """

    engine: str
    queries: tuple[str, ...]
    ratio: Ratio
    times: tuple[float, float]
    peaks: tuple[int | None, int | None]


def is_own_code(engine: str) -> bool:
    """Return whether an engine is the person's own code, however it loads its data."""
    return engine.partition("/")[0] == YOURS


def describe_offer(view: View) -> Iterator[str]:
    """Yield what to do about one's own code; nothing where it is not the baseline."""
    if not is_own_code(view.baseline):
        return
    offer = find_offer(view)
    if offer and offer.ratio.verdict is Verdict.FASTER:
        yield _describe_gain(offer, view)
    elif offer:
        yield _describe_doubt(offer)
    for row in view.rows:
        yield from _describe_loss(row, view)


def find_offer(view: View) -> Offer | None:
    """Return the best engine beside the person's code; None where nothing can be compared."""
    rows = [row for row in view.rows if _find_cell(row, view.baseline).time is not None]
    disputed = {
        difference.engine
        for check in view.checked
        for difference in check.differ
        if not {row.query for row in rows}.isdisjoint(check.queries)
    }
    offers = [
        _make_offer(column, rows, view.baseline)
        for column in view.columns
        if column.engine != view.baseline
        and column.overall is not None
        and column.over == len(rows)
        and not {column.engine, view.baseline} & disputed
    ]
    return min(offers, key=lambda offer: offer.ratio.value, default=None)


def list_offered(view: View, files: Sequence[str]) -> tuple[StoredProgram, ...]:
    """Return the programs to be pasted: where an engine is certainly faster, or answers alone.

    `files` are the names of the data's files, that of the tables last.
    """
    if not is_own_code(view.baseline):
        return ()
    offer = find_offer(view)
    gained = offer and offer.ratio.verdict is Verdict.FASTER
    chosen = dict.fromkeys(offer.queries, offer.engine) if offer and gained else {}
    for row in view.rows:
        if rescue := _find_rescue(row, view):
            chosen[row.query] = rescue.engine
    return tuple(
        replace(program, text=cut_program(program.text, files))
        for program in view.programs
        if chosen.get(program.query) == program.engine
    )


def cut_program(text: str, files: Sequence[str]) -> str:
    """Return a program as it is pasted: without a title and `rows`, with the names of the files."""
    lines, kept = text.splitlines(), list[str]()
    for node in parse_program(text).body:
        above = [] if isinstance(node, ast.Import | ast.ImportFrom) or not kept else ["", ""]
        match node:
            case ast.Expr() | ast.FunctionDef(name="rows"):
                continue
            case ast.Import(names=[ast.alias(name="sys")]):
                continue
            case ast.If():
                kept += [*above, *_write_call(node, files)]
            case _:
                kept += [*above, *lines[node.lineno - 1 : node.end_lineno]]
    return "\n".join(kept)


def _write_call(guard: ast.If, files: Sequence[str]) -> Iterator[str]:
    """Yield the statements that a program runs by hand, with files instead of arguments."""
    for node in guard.body:
        words = ast.unparse(node)
        for number, file in enumerate(files, 1):
            words = words.replace(f"sys.argv[{number}]", json.dumps(file))
        yield f"answer = {words[6:-1]}" if words.startswith("print(") else words


def _make_offer(column: EngineSummary, rows: Sequence[Row], baseline: str) -> Offer:
    assert column.overall is not None
    new = [_find_cell(row, column.engine) for row in rows]
    old = [_find_cell(row, baseline) for row in rows]
    return Offer(
        column.engine,
        tuple(row.query for row in rows),
        column.overall,
        (_sum_times(new), _sum_times(old)),
        (_find_peak(new), _find_peak(old)),
    )


def _find_cell(row: Row, engine: str) -> Cell:
    return next(cell for cell in row.cells if cell.engine == engine)


def _sum_times(cells: Sequence[Cell]) -> float:
    return sum(cell.time or 0.0 for cell in cells)


def _find_peak(cells: Sequence[Cell]) -> int | None:
    return max((cell.peak for cell in cells if cell.peak is not None), default=None)


def _describe_gain(offer: Offer, view: View) -> str:
    new, old = offer.times
    what = "this" if len(view.rows) == 1 else _name_questions(offer, view)
    return (
        f"{offer.engine} answers {what} in {format_seconds(new)} where your code takes "
        f"{format_seconds(old)} ({_describe_speed(offer.ratio)}){_describe_memory(offer)}; "
        f"{_count_lines(offer.queries, view)}."
    )


def _name_questions(offer: Offer, view: View) -> str:
    if len(offer.queries) == len(view.rows):
        return f"all {len(view.rows)} questions"
    return join_names(offer.queries)


def _describe_speed(found: Ratio) -> str:
    """Return how many times faster: the ratio and its interval turned around."""
    low, high = found.low, found.high
    span = format_interval(1 / high, 1 / low) if low and high else ""
    return f"{format_ratio(1 / found.value)} {span}".rstrip()


def _describe_memory(offer: Offer) -> str:
    new, old = offer.peaks
    if new is None or old is None:
        return ""
    return f", with {format_size(new)} instead of {format_size(old)}"


def _count_lines(queries: Sequence[str], view: View) -> str:
    texts = [program.text for program in view.offered if program.query in queries]
    lines = sum(bool(line.strip()) for text in texts for line in text.splitlines())
    return f"{format_count(lines, 'line')} to paste below"


def _describe_doubt(offer: Offer) -> str:
    """Return that nothing is certainly faster, and what the best engine takes."""
    found = offer.ratio
    start = DOUBTS.get(found.verdict, "No engine is certainly faster than your code")
    return f"{start}: {offer.engine} takes {found.text} its time{_describe_memory(offer)}."


def _find_rescue(row: Row, view: View) -> Cell | None:
    """Return the fastest engine that answers where the code itself does not within the limits."""
    own = _find_cell(row, view.baseline)
    able = [cell for cell in row.cells if cell.time is not None]
    if own.outcome not in LIMITED or not able:
        return None
    return min(able, key=lambda cell: cell.time or 0.0)


def _describe_loss(row: Row, view: View) -> Iterator[str]:
    """Report that the code has no time on a question, and which engine does answer it."""
    own = _find_cell(row, view.baseline)
    failed = [f for f in view.failures if f.engine == view.baseline and f.query == row.query]
    evidence = failed[0].evidence if failed else ""
    differ = [d for c in view.checked if row.query in c.queries for d in c.differ]
    match own.outcome:
        case Outcome.WRONG:
            yield (
                f"Your code answers {row.query} differently from the workload, "
                f"so no engine is faster or slower there: "
                f"{next((str(d) for d in differ if d.engine == own.engine), evidence)}."
            )
        case Outcome.CRASHED:
            yield f"Your code failed on {row.query}: {evidence}."
        case Outcome.NOT_INSTALLED | Outcome.UNSUPPORTED:
            yield f"Your code did not run for {row.query}: {evidence}."
        case Outcome.OUT_OF_MEMORY | Outcome.TIMEOUT:
            ended = "ran out of memory" if own.outcome is Outcome.OUT_OF_MEMORY else "timed out"
            yield f"Your code {ended} on {row.query}{_describe_rescue(row, view)}."
        case Outcome.OK | None:
            pass


def _describe_rescue(row: Row, view: View) -> str:
    rescue = _find_rescue(row, view)
    if rescue is None:
        return ""
    memory = f" with {format_size(rescue.peak)}" if rescue.peak else ""
    answered = f"{rescue.engine} answers in {format_seconds(rescue.time)}{memory}"
    return f", which {answered}; {_count_lines([row.query], view)}"
