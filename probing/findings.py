"""What probes found, on disk: a folder like a comparison's, with a line for each finding.

results/traits/<time>-<n>/
    traits.json                 the head: as a comparison's
    probes.jsonl                one line a finding, on the disk before the next probe begins
    programs/<road>/<question>.py
    traits.md, traits.html
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from ..storing import folder
from ..storing.records import Head

NAME = "traits"
HEAD = "traits.json"
LINES = "probes.jsonl"


class Word(StrEnum):
    """How a probe ended."""

    YES = "yes"
    NO = "no"
    HANGS = "hangs"
    MISSING = "not installed"


@dataclass(frozen=True, slots=True)
class Finding:
    """A road's answer to a question (its name), with evidence; figures are seconds and ratios."""

    road: str
    question: str
    word: Word
    evidence: str = ""
    figures: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stored:
    """Findings read back; `warnings` say what could not be read."""

    path: Path
    head: Head
    findings: tuple[Finding, ...]
    warnings: tuple[str, ...] = ()


def append(path: Path, found: Finding) -> None:
    """Add a finding; it is on the disk when this returns."""
    folder.append_record(path / LINES, asdict(found))


def read(path: Path) -> Stored:
    """Read findings; ResultsError where there are none."""
    head, warnings = folder.read_head(path, HEAD)
    findings, skipped = folder.read_lines(path / LINES, _finding)
    return Stored(path, head, findings, (*warnings, *skipped))


def _finding(record: dict[str, Any]) -> Finding:
    known = {name: record[name] for name in Finding.__dataclass_fields__}
    return Finding(**{**known, "word": Word(known["word"])})
