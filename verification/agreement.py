"""Says which engines gave the oracle's answer, and which of the others agree among themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa

from ..spec.workload import Query, RowFunction, Tasks
from ..storage.records import Agreement, Disagreement
from .answers import compare_answers
from .differences import CheckResult, Requirements
from .distributions import TASK, compare_distributions
from .error_bounds import bound_errors

Answer: TypeAlias = Path | pa.Table


def compare_answer(
    expected: Answer, answer: Answer, query: Query | Tasks, rows: int
) -> CheckResult:
    """Compare an answer with the oracle's in the way that is asked: by value, or statistically."""
    if isinstance(query, Tasks):
        if query.verify == "statistical":
            return compare_distributions(expected, answer)
        return compare_answers(expected, answer, Requirements(keys=(TASK,)))
    return compare_answers(expected, answer, derive_requirements(query, rows))


def derive_requirements(
    query: Query, rows: int = 0, typical: Mapping[str, float] | None = None, groups: int = 1
) -> Requirements:
    """Return what an answer to a query has to keep.

    `rows` is the data's number of rows, `groups` the answer's, `typical` the mean absolute value of
    the data's columns; without them the tolerance is the narrower one.
    """
    # a value for each row keeps the frame's order, so that a limit gives its first rows
    by_row = bool(query.transform) or isinstance(query.apply, RowFunction)
    positional = by_row and not query.sort
    return Requirements(
        keys=query.group_by,
        unkeyed=query.asks_for_rows,
        positional=positional,
        sort=tuple(key.name for key in query.sort),
        cut=query.limit is not None and not positional,
        rows=rows,
        floors=bound_errors(query, typical or {}, rows / max(groups, 1)),
    )


def group_answers(
    query: str,
    oracle: tuple[str, Path | pa.Table],
    answers: Mapping[str, Path | pa.Table],
    judge: Callable[[Answer, Answer], CheckResult],
) -> Agreement:
    """Compare each engine's answer with the oracle's, and those that differ with one another."""
    name, expected = oracle
    verdicts = {engine: judge(expected, answer) for engine, answer in answers.items()}
    agree = tuple(engine for engine, verdict in verdicts.items() if verdict.agrees)
    wrong = {engine: verdict for engine, verdict in verdicts.items() if not verdict.agrees}
    groups = _group_equal_answers({engine: answers[engine] for engine in wrong}, judge)
    differ = tuple(_build_disagreement(e, v, groups[e]) for e, v in wrong.items())
    return Agreement(query=query, oracle=name, agree=agree, differ=differ)


def _group_equal_answers(
    answers: Mapping[str, Answer], judge: Callable[[Answer, Answer], CheckResult]
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


def _build_disagreement(engine: str, verdict: CheckResult, group: tuple[str, ...]) -> Disagreement:
    others = [name for name in group if name != engine]
    company = f" (agrees with {', '.join(others)})" if others else ""
    return Disagreement(engine, verdict.reason + company, verdict.rows)
