"""Audit db-benchmark's published results: find what cannot be right, each with its evidence.

What is published for a solution is its newest batch on each data set. Its answers are compared with
the computed right answer, if there is one and a solution agrees with it; otherwise with what most
solutions say, each family of solutions with one voice. Where there is no majority, nothing is
flagged. What the rules leave alone is as much part of them as what they flag: see the constants.
"""

from __future__ import annotations

import json
import operator
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Generic, TypeVar

from .checksums import NOISE, agree, count_logged, measure_distance
from .published import PublishedRun
from .right_answers import Place, RightAnswer

# Sums of 32 bits and approximate medians are off by up to so much; db-benchmark's own report
# accepts it within a solution.
IMPRECISE = 1e-3
# So many families must agree before another is called wrong; one voice against one says nothing.
FEWEST_VOICES = 2
# Of two runs, each checks a finished answer in much less time than it takes to give it.
UNFINISHED_SHARE = 5.0
UNFINISHED_SECONDS = 1.0
STALE_DAYS = 365
MOST_NAMES = 4  # so many solutions are named in evidence
# Solutions that share their code, and so their mistakes.
FAMILIES = {
    "duckdb-latest": "duckdb",
    "R-arrow": "arrow",
    "dask": "pandas",
    "modin": "pandas",
    "pydatatable": "data.table",
    "collapse": "data.table",
}
ROWS = re.compile(r"^[A-Z]\d_(\d+(?:\.\d+)?e\d+)_")

Answer = TypeVar("Answer")


class Flag(StrEnum):
    """What is wrong with a published result, the gravest first."""

    TRUNCATED = "truncated data"
    DIFFERENT = "different answer"
    ROWS = "different number of rows"
    UNSTEADY = "unsteady answer"
    IMPRECISE = "imprecise answer"
    PARTIAL = "partial checksums"
    UNFINISHED = "unfinished answer"
    STALE = "stale version"

    @property
    def wrong(self) -> bool:
        """Return whether the answer cannot be right; the others are for a reader to judge."""
        return self in {Flag.TRUNCATED, Flag.DIFFERENT, Flag.ROWS, Flag.UNSTEADY}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that cannot be right, where, and how that is known; `line` is of the file.

    `off` is the relative distance from the right answer, 0 where there is nothing to measure.
    """

    flag: Flag
    solution: str
    version: str
    data: str
    question: str
    evidence: str
    line: int
    off: float = 0.0


@dataclass(frozen=True, slots=True)
class Reference(Generic[Answer]):
    """The answer that others are compared with, and where it comes from."""

    answer: Answer
    source: str


def write_lines(findings: Iterable[Finding]) -> str:
    """Return one JSON object a line."""
    return "".join(json.dumps(asdict(finding)) + "\n" for finding in findings)


def audit(
    entries: Iterable[PublishedRun], computed: Mapping[Place, RightAnswer] = MappingProxyType({})
) -> tuple[Finding, ...]:
    """Return what cannot be right among published results, the worst first.

    `computed` has the right answers that are known, by data set and question.
    """
    everything = tuple(entries)
    shown = _select_published(everything)
    found = [
        *_flag_truncated(shown),
        *_flag_answers(shown, computed),
        *_flag_row_counts(shown, computed),
        *_flag_unsteady(shown),
        *_flag_unfinished(shown),
        *_flag_stale(everything, shown),
    ]
    order = list(Flag)
    return tuple(
        sorted(found, key=lambda f: (order.index(f.flag), -f.off, f.solution, f.data, f.line))
    )


def _select_published(entries: Sequence[PublishedRun]) -> tuple[PublishedRun, ...]:
    """Keep each solution's newest batch on each data set: the report shows no other."""
    newest: dict[tuple[str, str, str], int] = {}
    for entry in entries:
        place = entry.solution, entry.task, entry.data
        newest[place] = max(newest.get(place, 0), entry.batch)
    return tuple(e for e in entries if newest[e.solution, e.task, e.data] == e.batch)


def _flag_truncated(entries: Sequence[PublishedRun]) -> Iterator[Finding]:
    """Flag data of which fewer rows were read than its name says, once for each data set."""
    reported = set()
    for entry in entries:
        named = ROWS.match(entry.data)
        if named is None or entry.in_rows in {None, float(named[1])}:
            continue
        if (entry.solution, entry.data) not in reported:
            reported.add((entry.solution, entry.data))
            evidence = f"read {entry.in_rows:,.0f} rows of {float(named[1]):,.0f}"
            yield _make_finding(Flag.TRUNCATED, entry, evidence, question="")


def _flag_answers(
    entries: Sequence[PublishedRun], computed: Mapping[Place, RightAnswer]
) -> Iterator[Finding]:
    """Flag answers whose checksums contradict the right ones, or are not all logged."""
    checked = [entry for entry in entries if entry.check]
    for asked in _group_by_question(checked):
        place = _find_place(asked)
        right = place in computed and computed[place].check
        reference = _find_reference(asked, lambda e: e.check, agree, right or None)
        if reference is not None:
            for entry in asked.values():
                yield from _compare_checks(entry, reference)


def _compare_checks(
    entry: PublishedRun, reference: Reference[tuple[str, ...]]
) -> Iterator[Finding]:
    right = reference.answer
    off = measure_distance(entry.check, right)
    logged, all_of_them = count_logged(entry.check), count_logged(right)
    if off > NOISE:
        flag = Flag.DIFFERENT if off > IMPRECISE else Flag.IMPRECISE
        evidence = f"{_join_sums(entry.check)} instead of {_join_sums(right)} {reference.source}"
        yield _make_finding(flag, entry, f"{evidence}: off by {off:.1g} of it", off=off)
    elif logged < all_of_them:
        evidence = f"logs {logged} of {all_of_them} checksums: the rest is unchecked"
        yield _make_finding(Flag.PARTIAL, entry, evidence)


def _flag_row_counts(
    entries: Sequence[PublishedRun], computed: Mapping[Place, RightAnswer]
) -> Iterator[Finding]:
    counted = [entry for entry in entries if entry.out_rows is not None]
    for asked in _group_by_question(counted):
        place = _find_place(asked)
        right = float(computed[place].rows) if place in computed else None
        reference = _find_reference(asked, lambda e: e.out_rows or 0.0, operator.eq, right)
        if reference is not None:
            for entry in asked.values():
                yield from _compare_rows(entry, reference)


def _compare_rows(entry: PublishedRun, reference: Reference[float]) -> Iterator[Finding]:
    rows, right = entry.out_rows or 0.0, reference.answer
    if rows != right:
        evidence = f"{rows:,.0f} rows instead of {right:,.0f} {reference.source}"
        off = abs(rows - right) / max(right, 1.0)
        yield _make_finding(Flag.ROWS, entry, evidence, off=off)


def _flag_unsteady(entries: Sequence[PublishedRun]) -> Iterator[Finding]:
    """Flag a solution whose runs in one batch do not agree with themselves."""
    runs = _group((e for e in entries if e.check), lambda e: (*_locate(e), e.solution))
    for several in runs.values():
        first = several[0]
        for entry in several[1:]:
            off = measure_distance(entry.check, first.check)
            if off > NOISE:
                earlier = f"{_join_sums(first.check)} in run {first.run}"
                later = f"{_join_sums(entry.check)} in run {entry.run}"
                yield _make_finding(Flag.UNSTEADY, entry, f"{earlier}, but {later}", off=off)
                break


def _flag_unfinished(entries: Sequence[PublishedRun]) -> Iterator[Finding]:
    """Flag queries that took far less than checking their answer, in every run of theirs."""
    runs = _group(entries, lambda e: (*_locate(e), e.solution))
    for several in runs.values():
        if len(several) > 1 and all(map(_is_unfinished, several)):
            quickest = min(several, key=lambda e: e.seconds or 0.0)
            evidence = (
                f"{quickest.seconds:g} s, and then {quickest.check_seconds:g} s to check the"
                " answer: the answer may not have been complete when its time was measured"
            )
            yield _make_finding(Flag.UNFINISHED, quickest, evidence)


def _is_unfinished(entry: PublishedRun) -> bool:
    if entry.seconds is None or entry.check_seconds is None:
        return False
    longer = entry.check_seconds > UNFINISHED_SHARE * entry.seconds
    return longer and entry.check_seconds >= UNFINISHED_SECONDS


def _flag_stale(
    everything: Sequence[PublishedRun], shown: Sequence[PublishedRun]
) -> Iterator[Finding]:
    """Flag each solution that is published in a version behind its own newest, or a year old."""
    last = max((entry.day for entry in everything), default=None)
    newest = {
        solution: max(several, key=lambda e: e.batch)
        for solution, several in _group(everything, lambda e: e.solution).items()
    }
    for solution, several in _group(shown, lambda e: e.solution).items():
        own = newest[solution]
        stale = _find_stale(several, own, last)
        if not stale:
            continue
        oldest = min(stale, key=lambda e: e.batch)
        if _is_behind(oldest, own):
            evidence = f"from {oldest.day}; {own.version} was run on {own.data} on {own.day}"
        else:
            evidence = f"from {oldest.day}; the newest result in the file is from {last}"
        finding = _make_finding(Flag.STALE, oldest, evidence, question="")
        yield replace(finding, data=", ".join(dict.fromkeys(e.data for e in stale)))


def _find_stale(
    shown: Sequence[PublishedRun], own: PublishedRun, last: date | None
) -> list[PublishedRun]:
    """Return one entry for each data set of a solution on which its version is stale."""
    one_each = {entry.data: entry for entry in reversed(shown)}
    return [
        entry
        for entry in reversed(one_each.values())
        if _is_behind(entry, own) or (last and (last - entry.day).days > STALE_DAYS)
    ]


def _is_behind(entry: PublishedRun, newest: PublishedRun) -> bool:
    return _parse_release(newest.version) > _parse_release(entry.version)


def _parse_release(version: str) -> tuple[int, ...]:
    """Return a version's numbers, to be put in order; its letters (rc, dev) say nothing here."""
    return tuple(
        int(number) for number in re.findall(r"\d+", version.split("+", maxsplit=1)[0])[:3]
    )


def _group_by_question(entries: Sequence[PublishedRun]) -> Iterator[dict[str, PublishedRun]]:
    """Return each question's entries by solution: the last run, whose answer was checked."""
    for asked in _group(entries, _locate).values():
        yield {entry.solution: entry for entry in sorted(asked, key=lambda e: e.run)}


def _find_reference(
    asked: Mapping[str, PublishedRun],
    answer: Callable[[PublishedRun], Answer],
    same: Callable[[Answer, Answer], bool],
    computed: Answer | None,
) -> Reference[Answer] | None:
    """Return the computed answer where a solution agrees with it, else the majority's.

    If none agrees with the computed answer, the question means something else to all of them.
    """
    if computed is not None:
        agreeing = [name for name, entry in asked.items() if same(computed, answer(entry))]
        if agreeing:
            return Reference(computed, f"(computed; {_join_names(agreeing)} agree)")
    return _find_majority(asked, answer, same)


def _find_majority(
    asked: Mapping[str, PublishedRun],
    answer: Callable[[PublishedRun], Answer],
    same: Callable[[Answer, Answer], bool],
) -> Reference[Answer] | None:
    """Return the answer of more than half of the families; None without one.

    A family whose members differ has no voice.
    """
    voices: dict[str, list[PublishedRun]] = defaultdict(list)
    for solution, entry in asked.items():
        voices[FAMILIES.get(solution, solution)].append(entry)
    united = {
        family: max(map(answer, members), key=_count_parts)
        for family, members in voices.items()
        if all(same(answer(member), answer(members[0])) for member in members)
    }
    for usual in sorted(united.values(), key=_count_parts, reverse=True):
        agreeing = [family for family, other in united.items() if same(usual, other)]
        if len(agreeing) >= FEWEST_VOICES and 2 * len(agreeing) > len(voices):
            names = [name for name, entry in asked.items() if same(usual, answer(entry))]
            return Reference(usual, f"({_join_names(names)} agree)")
    return None


def _count_parts(answer: object) -> int:
    """Return how much an answer says: the majority's is the one with all its checksums."""
    return count_logged(answer) if isinstance(answer, tuple) else 1


def _find_place(asked: Mapping[str, PublishedRun]) -> Place:
    one = next(iter(asked.values()))
    return one.data, one.question


def _locate(entry: PublishedRun) -> tuple[str, str, str]:
    return entry.task, entry.data, entry.question


def _group(
    entries: Iterable[PublishedRun], key: Callable[[PublishedRun], Answer]
) -> dict[Answer, list[PublishedRun]]:
    groups: dict[Answer, list[PublishedRun]] = defaultdict(list)
    for entry in entries:
        groups[key(entry)].append(entry)
    return groups


def _join_sums(check: Sequence[str]) -> str:
    return "; ".join(one or "nothing" for one in check)


def _join_names(names: Iterable[str]) -> str:
    known = sorted(names)
    if len(known) <= MOST_NAMES:
        return ", ".join(known)
    return f"{len(known)} solutions ({', '.join(known[: MOST_NAMES - 1])}…)"


def _make_finding(
    flag: Flag, entry: PublishedRun, evidence: str, question: str | None = None, off: float = 0.0
) -> Finding:
    return Finding(
        flag=flag,
        solution=entry.solution,
        version=entry.version,
        data=entry.data,
        question=entry.question if question is None else question,
        evidence=evidence,
        line=entry.line,
        off=off,
    )
