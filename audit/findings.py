"""Audits db-benchmark's published results: what cannot be right, each with its evidence.

What is published for a solution is its newest batch on each data set. Its answers are held against
what most of the other solutions say, each family of solutions with one voice; where there is no
majority, nothing is flagged. What the rules leave alone is as much part of them as what they flag:
see the constants.
"""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TypeVar

from .published import Entry

# Two sums of the same floats differ by less, in whatever order and 64-bit width they were added.
NOISE = 1e-6
# Sums of 32 bits and approximate medians are off by up to so much; db-benchmark's own report
# accepts it within a solution.
IMPRECISE = 1e-3
# So many families must agree before another is called wrong; one voice against one says nothing.
FEWEST_VOICES = 2
# Of two runs, each checks a finished answer in much less time than it takes to give it.
UNFINISHED_SHARE = 5.0
UNFINISHED_SECONDS = 1.0
STALE_DAYS = 365
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
    UNFINISHED = "unfinished answer"
    STALE = "stale version"

    @property
    def wrong(self) -> bool:
        """Return whether the answer cannot be right; the others are for a reader to judge."""
        return self in {Flag.TRUNCATED, Flag.DIFFERENT, Flag.ROWS, Flag.UNSTEADY}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that cannot be right, where, and how that is known; `line` is of the file."""

    flag: Flag
    solution: str
    version: str
    data: str
    question: str
    evidence: str
    line: int

    @property
    def where(self) -> str:
        """Return the place as a person reads it."""
        return ", ".join(
            filter(None, (f"{self.solution} {self.version}", self.data, self.question))
        )


def lines(findings: Iterable[Finding]) -> str:
    """Return one JSON object a line."""
    return "".join(json.dumps(asdict(finding)) + "\n" for finding in findings)


def audit(entries: Iterable[Entry]) -> tuple[Finding, ...]:
    """Return what cannot be right among published results, the gravest first."""
    everything = tuple(entries)
    shown = _select_published(everything)
    found = [
        *_flag_truncated(shown),
        *_flag_answers(shown),
        *_flag_row_counts(shown),
        *_flag_unsteady(shown),
        *_flag_unfinished(shown),
        *_flag_stale(everything, shown),
    ]
    order = list(Flag)
    return tuple(sorted(found, key=lambda f: (order.index(f.flag), f.solution, f.data, f.line)))


def _select_published(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Keep each solution's newest batch on each data set: the report shows no other."""
    newest: dict[tuple[str, str, str], int] = {}
    for entry in entries:
        place = entry.solution, entry.task, entry.data
        newest[place] = max(newest.get(place, 0), entry.batch)
    return tuple(e for e in entries if newest[e.solution, e.task, e.data] == e.batch)


def _flag_truncated(entries: Sequence[Entry]) -> Iterator[Finding]:
    """Flag data of which fewer rows were read than its name says, once for each data set."""
    told = set()
    for entry in entries:
        named = ROWS.match(entry.data)
        if named is None or entry.in_rows in {None, float(named[1])}:
            continue
        if (entry.solution, entry.data) not in told:
            told.add((entry.solution, entry.data))
            evidence = f"read {entry.in_rows:,.0f} rows of {float(named[1]):,.0f}"
            yield _make_finding(Flag.TRUNCATED, entry, evidence, question="")


def _flag_answers(entries: Sequence[Entry]) -> Iterator[Finding]:
    """Flag answers that differ from what most families say, and how much."""
    checked = [entry for entry in entries if entry.check]
    for asked in _group_by_question(checked):
        consensus = _find_majority(asked, lambda e: e.check, _is_same)
        if consensus is None:
            continue
        usual, voices = consensus
        for entry in asked.values():
            off = _distance(entry.check, usual)
            if off > NOISE and not _is_same(entry.check, usual):
                flag = Flag.DIFFERENT if off > IMPRECISE else Flag.IMPRECISE
                evidence = (
                    f"{_join_sums(entry.check)}, and {_join_sums(usual)} say {_join_names(voices)}"
                )
                if math.isfinite(off):
                    evidence += f": off by {off:.1g} of it"
                yield _make_finding(flag, entry, evidence)


def _flag_row_counts(entries: Sequence[Entry]) -> Iterator[Finding]:
    counted = [entry for entry in entries if entry.out_rows is not None]
    for asked in _group_by_question(counted):
        consensus = _find_majority(asked, lambda e: e.out_rows, lambda a, b: a == b)
        if consensus is None:
            continue
        usual, voices = consensus
        for entry in asked.values():
            if entry.out_rows != usual:
                evidence = f"{entry.out_rows:,.0f} rows, and {usual:,.0f} say {_join_names(voices)}"
                yield _make_finding(Flag.ROWS, entry, evidence)


def _flag_unsteady(entries: Sequence[Entry]) -> Iterator[Finding]:
    """Flag a solution whose runs in one batch do not agree with themselves."""
    runs = _group((e for e in entries if e.check), lambda e: (*_place(e), e.solution))
    for several in runs.values():
        first = several[0]
        for entry in several[1:]:
            if (
                not _is_same(first.check, entry.check)
                and _distance(first.check, entry.check) > NOISE
            ):
                earlier = f"{_join_sums(first.check)} in run {first.run}"
                later = f"{_join_sums(entry.check)} in run {entry.run}"
                yield _make_finding(Flag.UNSTEADY, entry, f"{earlier}, but {later}")
                break


def _flag_unfinished(entries: Sequence[Entry]) -> Iterator[Finding]:
    """Flag queries that took far less than checking their answer, in every run of theirs."""
    runs = _group(entries, lambda e: (*_place(e), e.solution))
    for several in runs.values():
        if len(several) > 1 and all(map(_is_unfinished, several)):
            quickest = min(several, key=lambda e: e.seconds or 0.0)
            evidence = (
                f"{quickest.seconds:g} s, and then {quickest.check_seconds:g} s to check the"
                " answer: the answer may not have been complete when its time was measured"
            )
            yield _make_finding(Flag.UNFINISHED, quickest, evidence)


def _is_unfinished(entry: Entry) -> bool:
    if entry.seconds is None or entry.check_seconds is None:
        return False
    longer = entry.check_seconds > UNFINISHED_SHARE * entry.seconds
    return longer and entry.check_seconds >= UNFINISHED_SECONDS


def _flag_stale(everything: Sequence[Entry], shown: Sequence[Entry]) -> Iterator[Finding]:
    """Flag data sets whose published version is behind the solution's own, or a year behind all."""
    last = max((entry.day for entry in everything), default=None)
    newest = {
        solution: max(several, key=lambda e: e.batch)
        for solution, several in _group(everything, lambda e: e.solution).items()
    }
    for several in _group(shown, lambda e: (e.solution, e.task, e.data)).values():
        entry = several[0]
        own = newest[entry.solution]
        if _parse_release(own.version) > _parse_release(entry.version):
            evidence = f"of {entry.day}; {own.version} was run on {own.data} on {own.day}"
        elif last and (last - entry.day).days > STALE_DAYS:
            evidence = f"of {entry.day}; the newest result of the file is of {last}"
        else:
            continue
        yield _make_finding(Flag.STALE, entry, evidence, question="")


def _parse_release(version: str) -> tuple[int, ...]:
    """Return a version's numbers, to be put in order; its letters (rc, dev) say nothing here."""
    return tuple(
        int(number) for number in re.findall(r"\d+", version.split("+", maxsplit=1)[0])[:3]
    )


def _group_by_question(entries: Sequence[Entry]) -> Iterator[dict[str, Entry]]:
    """Return each question's entries by solution: the last run, whose answer was checked."""
    for asked in _group(entries, _place).values():
        yield {entry.solution: entry for entry in sorted(asked, key=lambda e: e.run)}


def _find_majority(
    asked: Mapping[str, Entry],
    answer: Callable[[Entry], Answer],
    same: Callable[[Answer, Answer], bool],
) -> tuple[Answer, tuple[str, ...]] | None:
    """Return the answer of more than half of the families, and who gives it; None without one.

    A family whose members differ has no voice.
    """
    voices: dict[str, list[Entry]] = defaultdict(list)
    for solution, entry in asked.items():
        voices[FAMILIES.get(solution, solution)].append(entry)
    united = {
        family: answer(members[0])
        for family, members in voices.items()
        if all(same(answer(member), answer(members[0])) for member in members)
    }
    for usual in united.values():
        agreeing = [family for family, other in united.items() if same(usual, other)]
        if len(agreeing) >= FEWEST_VOICES and 2 * len(agreeing) > len(voices):
            told = tuple(name for name, entry in asked.items() if same(usual, answer(entry)))
            return usual, told
    return None


def _is_same(one: Sequence[str], other: Sequence[str]) -> bool:
    """Return whether two answers are one but for noise and for the digits that were not printed."""
    if len(one) != len(other):
        return False
    return all(_is_close(a, b) for a, b in zip(one, other, strict=True))


def _is_close(one: str, other: str) -> bool:
    units = _half_unit(one), _half_unit(other)
    # Two whole numbers are counts, or sums of integers; beside a fraction, a whole one is rounded.
    allowed = 0.0 if units == (0.5, 0.5) else max(units)
    return math.isclose(float(one), float(other), rel_tol=NOISE, abs_tol=allowed)


def _half_unit(text: str) -> float:
    """Return half a unit of the last digit that was printed."""
    mantissa, _, exponent = text.lower().partition("e")
    return float(0.5 * 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2])))


def _distance(one: Sequence[str], usual: Sequence[str]) -> float:
    """Return an answer's relative distance from the usual one; infinite if lengths differ."""
    if len(one) != len(usual):
        return math.inf
    pairs = [(float(a), float(b)) for a, b in zip(one, usual, strict=True)]
    return max(abs(a - b) / abs(b) if b else abs(a) * math.inf if a else 0.0 for a, b in pairs)


def _place(entry: Entry) -> tuple[str, str, str]:
    return entry.task, entry.data, entry.question


def _group(entries: Iterable[Entry], key: Callable[[Entry], Answer]) -> dict[Answer, list[Entry]]:
    groups: dict[Answer, list[Entry]] = defaultdict(list)
    for entry in entries:
        groups[key(entry)].append(entry)
    return groups


def _join_sums(check: Sequence[str]) -> str:
    return "; ".join(check)


def _join_names(voices: Sequence[str]) -> str:
    names = sorted(voices)
    return ", ".join(names) if len(names) <= 4 else f"{len(names)} others ({', '.join(names[:3])}…)"


def _make_finding(flag: Flag, entry: Entry, evidence: str, question: str | None = None) -> Finding:
    return Finding(
        flag=flag,
        solution=entry.solution,
        version=entry.version,
        data=entry.data,
        question=entry.question if question is None else question,
        evidence=evidence,
        line=entry.line,
    )
