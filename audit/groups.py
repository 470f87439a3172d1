"""Findings that say the same of one solution, gathered: their data sets are listed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .findings import Finding, Flag


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one kind about a version of a solution on one question, the worst first."""

    findings: tuple[Finding, ...]

    @property
    def flag(self) -> Flag:
        """Return what is wrong."""
        return self.findings[0].flag

    @property
    def subject(self) -> str:
        """Return the solution with its version, and the questions."""
        first = self.findings[0]
        questions = tuple(dict.fromkeys(f.question for f in self.findings))
        asked = questions[0] if len(questions) == 1 else f"{len(questions)} questions"
        return ", ".join(filter(None, (f"{first.solution} {first.version}", asked)))

    @property
    def data(self) -> str:
        """Return the data sets, that of the evidence first."""
        return ", ".join(dict.fromkeys(finding.data for finding in self.findings))

    @property
    def evidence(self) -> str:
        """Return the evidence of the worst finding."""
        return self.findings[0].evidence


def group(findings: Iterable[Finding]) -> tuple[Group, ...]:
    """Return the groups in the order of their worst findings; findings come the worst first."""
    gathered: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        gathered.setdefault(tuple(_find_key(finding)), []).append(finding)
    return tuple(Group(tuple(several)) for several in gathered.values())


def _find_key(finding: Finding) -> Iterator[str]:
    yield from (finding.flag.value, finding.solution, finding.version)
    # A habit of the solution's script shows alike in all its questions.
    yield finding.evidence if finding.flag is Flag.PARTIAL else finding.question


def summarize(groups: Sequence[Group]) -> str:
    """Return the headline: how many answers cannot be right, and whose they are."""
    total = sum(len(one.findings) for one in groups)
    wrong = [finding for one in groups for finding in one.findings if finding.flag.wrong]
    text = f"{total} findings in {len(groups)} groups"
    if not wrong:
        return f"{text}; no answer is known to be wrong"
    # One answer may have the wrong rows and the wrong sums.
    answers = {(f.solution, f.version, f.data, f.question) for f in wrong}
    names = ", ".join(dict.fromkeys(f.solution for f in wrong))
    count = "1 answer" if len(answers) == 1 else f"{len(answers)} answers"
    return f"{text}; {count} cannot be right ({names})"
