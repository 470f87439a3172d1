"""Two comparisons of one workload, an old and a new: what became faster, slower, or failed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import ResultsError
from ..storage.folder import StoredComparison
from ..storage.records import Head
from . import build, statistics
from .context import format_value
from .model import Cell, Ratio, Verdict, View
from .units import format_count, format_seconds, format_size
from .verdicts import Material, collect

# Facts that change from run to run, or with the place where things lie, and mean nothing here.
PASSING = {"load", "path", "paths", "file", "files", "governor", "available"}
MACHINE = ("cpu", "cores", "memory", "architecture")


@dataclass(frozen=True, slots=True)
class Change:
    """An engine on a question, before and after; `word` says it in words."""

    engine: str
    query: str
    before: Cell
    after: Cell
    ratio: Ratio | None
    word: str


@dataclass(frozen=True, slots=True)
class Diff:
    """What lies between two comparisons; `obstacles` are why they should not be compared."""

    old: str
    new: str
    obstacles: tuple[str, ...]
    notes: tuple[str, ...]
    changes: tuple[Change, ...]


def check_comparable(old: StoredComparison, new: StoredComparison) -> None:
    """Raise ResultsError, saying what differs, where two comparisons should not be compared."""
    found = list_obstacles(old, new)
    if found:
        raise ResultsError(
            f"{old.path} and {new.path} are not comparable: {'; '.join(found)}; "
            "use `--force` to compare them anyway"
        )


def diff(old: StoredComparison, new: StoredComparison) -> Diff:
    """Compare two comparisons, obstacles or not."""
    views = build.build(old), build.build(new)
    materials = collect(old), collect(new)
    before, after = (_index_cells(shown) for shown in views)
    changes = tuple(
        _compare_cells(before[place], after[place], *materials)
        for place in before
        if place in after
    )
    lonely = tuple(_note_missing(before, after, "new")) + tuple(_note_missing(after, before, "old"))
    notes = (*_list_notes(old, new), *lonely)
    return Diff(
        *_shorten_paths(old.path, new.path), list_obstacles(old, new), notes, _rank(changes)
    )


def _shorten_paths(old: Path, new: Path) -> tuple[str, str]:
    """Name two folders by where their paths part."""
    one, other = old.absolute(), new.absolute()
    shared = Path(os.path.commonpath((one.parent, other.parent)))
    return str(one.relative_to(shared)), str(other.relative_to(shared))


def _rank(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Put what ended differently first, then what is certainly faster or slower."""
    ended = [c for c in changes if c.ratio is None and c.before.word != c.after.word]
    decided = [c for c in changes if c.ratio and c.ratio.verdict.is_decided]
    return tuple(dict.fromkeys((*ended, *decided, *changes)))


def list_obstacles(old: StoredComparison, new: StoredComparison) -> tuple[str, ...]:
    """Describe what differs of workload, data, limits and machine."""
    one, other = old.head, new.head
    workload = {"workload": one.workload}, {"workload": other.workload}
    machine = (_describe_machine(head) for head in (one, other))
    asked = (
        (f"the question of {name} ({asked!r}, then {other.queries[name]!r})")
        for name, asked in one.queries.items()
        if name in other.queries and other.queries[name] != asked
    )
    return (
        *_list_differences("", *workload),
        *asked,
        *_list_differences("dataset ", one.dataset, other.dataset),
        *_list_differences("limit of ", one.limits, other.limits),
        *_list_differences("machine's ", *machine),
    )


def _describe_machine(head: Head) -> dict[str, object]:
    """Return what makes a machine another one; its memory as it reads: kernels differ a little."""
    facts = {name: head.machine.get(name) for name in MACHINE}
    memory = facts["memory"]
    return {**facts, "memory": format_size(memory) if isinstance(memory, int) else memory}


def render(found: Diff) -> str:
    """Return a difference as text."""
    lines = [f"{found.old} → {found.new}"]
    lines += [f"! not comparable: {what}" for what in found.obstacles]
    lines += [f"- {note}" for note in found.notes]
    lines += [f"- {summarize(found)}", ""]
    width = max((len(f"{c.engine} {c.query}") for c in found.changes), default=0)
    lines += [f"{f'{c.engine} {c.query}':<{width}}  {c.word}" for c in found.changes]
    return "\n".join(lines) + "\n"


def summarize(found: Diff) -> str:
    """Count what changed, in one line."""
    verdicts = [change.ratio.verdict for change in found.changes if change.ratio]
    faster, slower = verdicts.count(Verdict.FASTER), verdicts.count(Verdict.SLOWER)
    same, undecided = verdicts.count(Verdict.SAME), verdicts.count(Verdict.UNDECIDED)
    pairs = format_count(len(found.changes), "pair")
    return (
        f"{pairs} of engine and question: {faster} faster, {slower} slower, {same} the same, "
        f"{undecided} undecided"
    )


def _compare_cells(before: Cell, after: Cell, old: Material, new: Material) -> Change:
    found = _judge(before, after, old, new)
    return Change(
        before.engine, before.query, before, after, found, _describe_change(before, after, found)
    )


def _judge(before: Cell, after: Cell, old: Material, new: Material) -> Ratio | None:
    if before.time is None or after.time is None:
        return None
    noisy = statistics.compute_noisy_share([*old.of(before), *new.of(after)])
    return new.timings.judge_since(old.timings, after.engine, after.query, noisy)


def _describe_change(before: Cell, after: Cell, found: Ratio | None) -> str:
    if found is None:
        same = before.word == after.word
        return f"{before.word}, unchanged" if same else f"{before.word} → {after.word}"
    times = f"{format_seconds(before.time)} → {format_seconds(after.time)}"
    reason = f" ({found.reason})" if found.reason else ""
    return f"{times}, {found.text}, {found.verdict}{reason}"


def _index_cells(shown: View) -> dict[tuple[str, str], Cell]:
    return {(cell.engine, cell.query): cell for row in shown.rows for cell in row.cells}


def _note_missing(
    here: Mapping[tuple[str, str], Cell], there: Mapping[tuple[str, str], Cell], where: str
) -> Iterator[str]:
    missing = [f"{engine} {query}" for engine, query in here if (engine, query) not in there]
    if missing:
        yield f"not in the {where} comparison: {', '.join(missing)}"


def _list_notes(old: StoredComparison, new: StoredComparison) -> Iterator[str]:
    yield from _list_differences("", {"dfbench": old.head.dfbench}, {"dfbench": new.head.dfbench})
    for engine, versions in old.head.engines.items():
        if engine in new.head.engines:
            yield from _list_differences(f"{engine}: ", versions, new.head.engines[engine])
    kernel = ({k: h.machine.get(k) for k in ("kernel", "os")} for h in (old.head, new.head))
    yield from _list_differences("", *kernel)
    changed = [
        f"{engine} {query}"
        for (engine, query), text in old.programs.items()
        if new.programs.get((engine, query), text) != text
    ]
    if changed:
        yield f"programs that changed: {', '.join(changed)}"


def _list_differences(
    what: str, old: Mapping[str, object], new: Mapping[str, object]
) -> tuple[str, ...]:
    return tuple(
        f"{what}{name} is {format_value(name, new.get(name))}, "
        f"was {format_value(name, old.get(name))}"
        for name in dict.fromkeys((*old, *new))
        if name not in PASSING and old.get(name) != new.get(name)
    )
