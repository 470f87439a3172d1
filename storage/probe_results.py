"""What probes found: in a comparison's folder, a line for each finding, and the scripts.

probes.jsonl                one line a finding, on the disk before the next probe begins
probes/<subject>/<question>.py
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from . import files

LINES = "probes.jsonl"
PROBES = "probes"


class Question(StrEnum):
    """What is asked of a road to parallel Python; the value heads the table's column."""

    WORKERS = "workers"
    LAMBDA = "lambda"
    CLOSURE = "closure"
    NOTEBOOK = "notebook"
    SPAWN = "spawn"
    NOTEBOOK_SPAWN = "notebook spawn"
    UNGUARDED = "no guard, spawn"
    ARGUMENT = "any argument"
    COSTS = "costs"


class Trait(StrEnum):
    """What is asked of a library of frames; the value heads the table's column."""

    SYNTAX = "pandas' syntax"
    SPEED = "speed"
    LAZY = "lazy"
    BEYOND = "data beyond memory"
    DATABASE = "reads a database"
    CLUSTER = "cluster of processes"


ASKED = {**Question.__members__, **Trait.__members__}
# What is measured in seconds: on a busy machine it is worth another try.
TIMED = {Question.COSTS.name, Trait.SPEED.name, Trait.LAZY.name}


class ProbeOutcome(StrEnum):
    """How a probe ended."""

    YES = "yes"
    NO = "no"
    HANGS = "hangs"
    MISSING = "not installed"


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """The answer of a road or a library to a question (its name), with evidence.

    Figures are seconds, counts and ratios. `busy` tells that other programs ran meanwhile.
    """

    subject: str
    question: str
    word: ProbeOutcome
    evidence: str = ""
    figures: dict[str, float] = field(default_factory=dict)
    busy: bool = False

    @property
    def question_text(self) -> str:
        """Return the question's words."""
        return str(ASKED[self.question])


def append(path: Path, found: ProbeResult) -> None:
    """Add a finding; it is on the disk when this returns."""
    files.append_record(path / LINES, asdict(found))


def read_lines(path: Path) -> tuple[tuple[ProbeResult, ...], tuple[str, ...]]:
    """Read a folder's findings, and say which could not be read; the last of each counts."""
    found, skipped = files.read_lines(path / LINES, parse_record)
    return tuple({(one.subject, one.question): one for one in found}.values()), skipped


def parse_record(record: dict[str, Any]) -> ProbeResult:
    """Read a finding; ValueError for a word or a question that is none."""
    known = {name: record[name] for name in ProbeResult.__dataclass_fields__ if name in record}
    if known["question"] not in ASKED:
        raise ValueError(f"unknown question {known['question']!r}")
    return ProbeResult(**{**known, "word": ProbeOutcome(known["word"])})
