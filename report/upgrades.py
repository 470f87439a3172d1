"""A version of an engine against the one before it: what a person asks before an upgrade."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from packaging.version import InvalidVersion, Version

from .model import Cell, EngineSummary, Row, Upgrade, Verdict
from .verdicts import Material, judge_on, judge_over


def list_upgrades(
    columns: Sequence[EngineSummary], rows: Sequence[Row], material: Material
) -> Iterator[Upgrade]:
    """Return each engine that is there in several versions, a pair after the other."""
    for older, newer in _list_pairs(columns):
        cells = [
            (_find_cell(row, newer), _find_cell(row, older))
            for row in rows
            if {newer, older} <= _list_engines(row)
        ]
        both = [pair for pair in cells if all(cell.ok for cell in pair)]
        overall = judge_over(both, material) if both else None
        if overall is None:
            continue
        judged = {new.query: judge_on(new, old, material) for new, old in both}
        verdicts = {query: found.verdict for query, found in judged.items() if found}
        yield Upgrade(
            newer,
            older,
            overall,
            len(both),
            faster=tuple(q for q, verdict in verdicts.items() if verdict is Verdict.FASTER),
            slower=tuple(q for q, verdict in verdicts.items() if verdict is Verdict.SLOWER),
            lost=tuple(new.query for new, old in cells if old.ok and not new.ok),
            won=tuple(new.query for new, old in cells if new.ok and not old.ok),
        )


def _list_pairs(columns: Sequence[EngineSummary]) -> Iterator[tuple[str, str]]:
    """Return the older and the newer of versions that follow each other."""
    for base in dict.fromkeys(column.engine.partition("@")[0] for column in columns):
        own = [c for c in columns if c.engine.partition("@")[0] == base and _number(c)]
        own.sort(key=lambda column: _number(column) or Version("0"))
        yield from ((a.engine, b.engine) for a, b in pairwise(own) if _number(a) != _number(b))


def _number(column: EngineSummary) -> Version | None:
    try:
        return Version(column.version.partition(" ")[0])
    except InvalidVersion:
        return None


def _list_engines(row: Row) -> set[str]:
    return {cell.engine for cell in row.cells}


def _find_cell(row: Row, engine: str) -> Cell:
    return next(cell for cell in row.cells if cell.engine == engine)
