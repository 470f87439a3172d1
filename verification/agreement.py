"""Says which engines gave the oracle's answer, and which of the others agree among themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa

from ..spec.workload import Query, RowFunction, Tasks
from ..storage.records import Agreement, Disagreement
from .answers import compare
from .differences import Asked, Verdict
from .distributions import TASK, alike
from .error_bounds import floors

Answer: TypeAlias = Path | pa.Table


def judged(expected: Answer, answer: Answer, query: Query | Tasks, rows: int) -> Verdict:
    """Compare an answer with the oracle's in the way that is asked: by value, or statistically."""
    if isinstance(query, Tasks):
        if query.verify == "statistical":
            return alike(expected, answer)
        return compare(expected, answer, Asked(keys=(TASK,)))
    return compare(expected, answer, asked(query, rows))


def asked(
    query: Query, rows: int = 0, typical: Mapping[str, float] | None = None, groups: int = 1
) -> Asked:
    """Return what an answer to a query has to keep.

    `rows` is the data's number of rows, `groups` the answer's, `typical` the mean absolute value of
    the data's columns; without them the tolerance is the narrower one.
    """
    # a value for each row keeps the frame's order, so that a limit gives its first rows
    by_row = bool(query.transform) or isinstance(query.apply, RowFunction)
    positional = by_row and not query.sort
    return Asked(
        keys=query.group_by,
        unkeyed=query.asks_for_rows,
        positional=positional,
        sort=tuple(key.name for key in query.sort),
        cut=query.limit is not None and not positional,
        rows=rows,
        floors=floors(query, typical or {}, rows / max(groups, 1)),
    )


def agreement(
    query: str,
    oracle: tuple[str, Path | pa.Table],
    answers: Mapping[str, Path | pa.Table],
    judge: Callable[[Answer, Answer], Verdict],
) -> Agreement:
    """Compare each engine's answer with the oracle's, and those that differ with one another."""
    name, expected = oracle
    verdicts = {engine: judge(expected, answer) for engine, answer in answers.items()}
    agree = tuple(engine for engine, verdict in verdicts.items() if verdict.agrees)
    wrong = {engine: verdict for engine, verdict in verdicts.items() if not verdict.agrees}
    groups = _alike({engine: answers[engine] for engine in wrong}, judge)
    differ = tuple(_disagreement(e, v, groups[e]) for e, v in wrong.items())
    return Agreement(query=query, oracle=name, agree=agree, differ=differ)


def _alike(
    answers: Mapping[str, Answer], judge: Callable[[Answer, Answer], Verdict]
) -> dict[str, tuple[str, ...]]:
    """Return each engine the ones that gave the same answer, itself included."""
    groups: list[list[str]] = []
    for engine, answer in answers.items():
        same = (g for g in groups if judge(answers[g[0]], answer).agrees)
        group = next(same, None)
        if group is None:
            groups.append([engine])
        else:
            group.append(engine)
    return {engine: tuple(group) for group in groups for engine in group}


def _disagreement(engine: str, verdict: Verdict, group: tuple[str, ...]) -> Disagreement:
    others = [name for name in group if name != engine]
    company = f" (agrees with {', '.join(others)})" if others else ""
    return Disagreement(engine, verdict.reason + company, verdict.rows)
