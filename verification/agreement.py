"""Says which engines gave the oracle's answer, and which of the others agree among themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa

from ..spec.choices import list_choices
from ..spec.order import order_before
from ..spec.workload import Query, RowFunction, Tasks
from ..storage.records import Agreement, Disagreement
from .answers import compare_answers, open_answer
from .choices import settle_choices, settle_keys
from .columns import IncomparableError
from .differences import CheckResult, Requirements, describe_lengths, describe_names
from .distributions import TASK, compare_distributions
from .edges import is_possible
from .ranks import Ranking, settle_ranks
from .row_hashes import Sums
from .values import check_order

Answer: TypeAlias = Path | pa.Table


@dataclass(frozen=True, slots=True)
class Expected:
    """The oracle's answer to a query, all of it where the query has a limit.

    `errors` names the column of what each output may be off, `mixed` the outputs that aggregate
    steps, `variants` asks for the answers with steps pushed over their edges (see `rounding`).
    `choices` names the column of the values that a free output may have, and `ranks` how an output
    ranks values that may be off. Keys in `rounded` may be off in their last digits. `memory`
    bounds, in bytes, what the comparison takes. `sums` are those of its rows' hashes, once known.
    """

    answer: Answer
    errors: Mapping[str, str] | None = None
    mixed: frozenset[str] = frozenset()
    variants: Callable[[], tuple[Answer, ...]] = tuple
    memory: int | None = None
    choices: Mapping[str, str] | None = None
    ranks: Mapping[str, Ranking] | None = None
    rounded: tuple[str, ...] = ()
    sums: Sums = field(default_factory=dict, compare=False, repr=False)

    def settle(self, answer: Answer, asked: Requirements) -> Expected:
        """Return what is expected of an answer, which chooses the free outputs and near ranks."""
        if not (self.choices or self.ranks):
            return self
        given, choices, ranks = open_answer(answer), self.choices or {}, self.ranks or {}

        def settle_one(one: Answer) -> pa.Table:
            chosen = settle_choices(open_answer(one), given, asked.keys, choices)
            return settle_ranks(chosen, given, ranks, positional=asked.positional)

        def settle_variants() -> tuple[Answer, ...]:
            return tuple(map(settle_one, self.variants()))

        settled = settle_one(self.answer)
        return replace(
            self, answer=settled, variants=settle_variants, choices=None, ranks=None, sums={}
        )


def compare_answer(
    expected: Expected, answer: Answer, query: Query | Tasks, rows: int
) -> CheckResult:
    """Compare an answer with the oracle's as the query requires: by value, or statistically."""
    if isinstance(query, Tasks):
        if query.verify == "statistical":
            return compare_distributions(expected.answer, answer)
        return compare_answers(expected.answer, answer, Requirements(keys=(TASK,)))
    if expected.rounded:
        answer = _settle_shared_keys(expected.rounded, expected.answer, answer)
    kept = replace(derive_requirements(query, rows), errors=expected.errors, memory=expected.memory)
    try:
        expected = expected.settle(answer, kept)
    except IncomparableError as different:
        return CheckResult(False, str(different))
    verdict = compare_answers(expected.answer, answer, kept, expected.sums)
    if verdict.agrees:
        return verdict
    others = expected.variants()
    if others and is_possible((expected.answer, *others), answer, kept, expected.mixed):
        return CheckResult(True)
    return verdict


def derive_requirements(query: Query, rows: int = 0) -> Requirements:
    """Return what an answer to a query has to keep; `rows` is the data's number of rows."""
    # a value for each row keeps the frame's order, so that a limit selects its first rows
    by_row = bool(query.transform) or isinstance(query.apply, RowFunction)
    ordered = order_before(query).defined
    return Requirements(
        keys=query.group_by,
        unkeyed=query.asks_for_rows or bool(query.unpivot) or (by_row and not ordered),
        positional=by_row and ordered and not query.sort,
        sort=tuple(key.name for key in query.sort),
        limit=query.limit,
        rows=rows,
    )


def compare_unchecked(one: Answer, other: Answer, query: Query | Tasks, rows: int) -> CheckResult:
    """Compare the answers of two engines where no oracle says which is right.

    Of rows that a limit keeps, only their number and what they are sorted by can be compared.
    """
    if isinstance(query, Tasks):
        return compare_answer(Expected(one), other, query, rows)
    first = open_answer(one)
    second = _settle_shared_keys(_list_computed_keys(query), first, other)
    free = [output.name for output in list_choices(query)]
    if query.limit is None and not free:
        return compare_answer(Expected(first), second, query, rows)
    first, second = (_drop_columns(answer, free) for answer in (first, second))
    if query.limit is None:
        return compare_answer(Expected(first), second, query, rows)
    if reason := describe_names(first, second) or describe_lengths(first, second):
        return CheckResult(False, reason)
    kept = derive_requirements(query, rows)
    if kept.positional:
        return compare_answers(first, second, kept)
    return check_order(first, second, kept, {}) if kept.sort else CheckResult(True)


def _settle_shared_keys(keys: Sequence[str], one: Answer, other: Answer) -> pa.Table:
    """Return an answer with another one's floats as keys, as far as both have them and are near."""
    first, second = map(open_answer, (one, other))
    shared = [n for n in keys if first.column_names.count(n) == second.column_names.count(n) == 1]
    return settle_keys(first, second, shared)


def _list_computed_keys(query: Query) -> list[str]:
    """Return the keys of the groups that are no columns of the data."""
    steps = query.steps
    made = {o.name for step in steps for o in (*step.derive, *step.aggregate, *step.transform)}
    return [key for key in query.group_by if key in made]


def _drop_columns(answer: pa.Table, names: Sequence[str]) -> pa.Table:
    return answer.drop_columns([name for name in names if name in answer.column_names])


def group_answers(
    query: str,
    oracle: tuple[str, Expected],
    answers: Mapping[str, Answer],
    judge: Callable[[Expected, Answer], CheckResult],
) -> Agreement:
    """Compare each engine's answer with the oracle's, and those that differ with one another."""
    name, expected = oracle
    verdicts = {engine: judge(expected, answer) for engine, answer in answers.items()}
    agree = tuple(engine for engine, verdict in verdicts.items() if verdict.agrees)
    wrong = {engine: verdict for engine, verdict in verdicts.items() if not verdict.agrees}
    peers = {engine: answers[engine] for engine in wrong}
    groups = _group_equal_answers(peers, lambda one, other: judge(Expected(one), other))
    differ = tuple(_build_disagreement(e, v, groups[e]) for e, v in wrong.items())
    return Agreement(query=query, oracle=name, agree=agree, differ=differ)


def group_unchecked(
    query: str,
    why: str,
    answers: Mapping[str, Answer],
    judge: Callable[[Answer, Answer], CheckResult],
) -> Agreement:
    """Return the most engines that gave one answer, and how the others' answers differ from it."""
    groups = _group_equal_answers(answers, judge)
    most = max(groups.values(), key=len, default=())
    differ = []
    for engine in (name for name in answers if name not in most):
        verdict = judge(answers[most[0]], answers[engine])
        differ.append(_build_disagreement(engine, verdict, groups[engine]))
    return Agreement(query, "", most, tuple(differ), unchecked=why)


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
