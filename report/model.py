"""The values of a report: what every form lays out, and nothing of how it is found out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ..storage.records import Disagreement, Outcome, Phase
from .units import format_count, format_ratio, format_ratio_interval


class Verdict(StrEnum):
    """What a ratio's interval says against the baseline."""

    FASTER = "faster"
    SLOWER = "slower"
    SAME = "same"
    UNDECIDED = "undecided"
    BASELINE = "baseline"

    @property
    def is_decided(self) -> bool:
        """Return whether one of the two is certainly faster."""
        return self in {Verdict.FASTER, Verdict.SLOWER}


class Doubt(StrEnum):
    """What keeps a ratio from a verdict."""

    ONE_ROUND = "one round"
    NOISE = "rounds differ too much"
    BUSY = "the machine was busy"
    DRIFT = "a drift"


SAME_MARK = "="
# The sign beside an undecided ratio.
MARKS = {Doubt.ONE_ROUND: "¹", Doubt.NOISE: "~", Doubt.BUSY: "!", Doubt.DRIFT: "↗"}


@dataclass(frozen=True, slots=True)
class Ratio:
    """An engine's time over the baseline's: below 1 is faster.

    `reason` says why that verdict, in words; `rounds` how often both ran, in words.
    """

    value: float
    low: float | None
    high: float | None
    verdict: Verdict
    reason: str = ""
    doubt: Doubt | None = None
    rounds: str = ""

    @property
    def mark(self) -> str:
        """Return the sign beside a ratio that does not say who is faster; empty where it does."""
        if self.verdict is Verdict.SAME:
            return SAME_MARK
        if self.verdict is not Verdict.UNDECIDED:
            return ""
        return MARKS[self.doubt or Doubt.NOISE]

    @property
    def text(self) -> str:
        """Return the ratio with its interval, as far as it is known."""
        if self.verdict is Verdict.BASELINE:
            return format_ratio(self.value)
        return format_ratio_interval(self.value, self.low, self.high)

    @property
    def short(self) -> str:
        """Return the ratio alone, with `≈` for "about"."""
        return self.text.replace("about ", "≈").partition(" ")[0]

    @property
    def note(self) -> str:
        """Return why the ratio is undecided; nothing where it is not."""
        return f"undecided: {self.reason}" if self.verdict is Verdict.UNDECIDED else ""


@dataclass(frozen=True, slots=True)
class Cell:
    """An engine on a question: medians over rounds, in seconds and bytes.

    `outcome` is None where nothing ran; `time`, `ratio` and `cold` are None unless all runs are ok.
    """

    engine: str
    query: str
    outcome: Outcome | None
    word: str
    time: float | None = None
    ratio: Ratio | None = None
    peak: int | None = None
    startup: float | None = None
    load: float | None = None
    cold: float | None = None
    warming: tuple[float, ...] = ()
    hot: tuple[float, ...] = ()
    rounds: int = 0
    noisy: float = 0.0
    best: bool = False

    @property
    def ok(self) -> bool:
        """Return whether every run of the engine answered the question."""
        return self.outcome is Outcome.OK


@dataclass(frozen=True, slots=True)
class Row:
    """A question and what became of it: a cell an engine, in the order of the engines.

    `lead` says whether the fastest engine is certainly faster than the next one, None without one,
    `unchecked` that no oracle checked the answers.
    """

    query: str
    question: str
    cells: tuple[Cell, ...]
    lead: Verdict | None = None
    unchecked: bool = False

    @property
    def is_contested(self) -> bool:
        """Return whether the fastest engine is not certainly faster than the next one."""
        return self.lead is not Verdict.FASTER

    @property
    def title(self) -> str:
        """Return the question's name, with a note where no oracle checked its answers."""
        return f"{self.query} (unchecked)" if self.unchecked else self.query


@dataclass(frozen=True, slots=True)
class EngineSummary:
    """An engine over all questions; sums are over the questions that every engine answered.

    `fastest` counts the questions on which it certainly is, `level` those on which it leads by less
    than matters, `ahead` those on which it is not certain that it leads. `over` counts the
    questions behind `overall`, `rounds` the fewest rounds of an answered one.
    """

    engine: str
    version: str
    answered: int
    asked: int
    fastest: int
    level: int
    ahead: int
    overall: Ratio | None
    over: int
    rounds: int
    startup: float | None
    load: float | None
    cold: float | None
    hot: float | None
    peak: int | None


@dataclass(frozen=True, slots=True)
class FailedRuns:
    """Runs of an engine that ended alike on a question, with the evidence of the last."""

    engine: str
    query: str
    outcome: Outcome
    phase: Phase
    count: int
    of: int
    evidence: str
    log: str

    @property
    def ending(self) -> str:
        """Describe how the runs ended, where, and how many of them."""
        cut = self.outcome in {Outcome.OUT_OF_MEMORY, Outcome.TIMEOUT, Outcome.CRASHED}
        where = f" during {self.phase}" if cut and self.phase is not Phase.DONE else ""
        share = f" ({self.count} of {self.of} runs)" if self.count < self.of else ""
        return f"{self.outcome}{where}{share}"


@dataclass(frozen=True, slots=True)
class AnswerCheck:
    """Which engines agree on some questions, as a sentence, and how the others differ.

    `unchecked` means that there was no oracle: engines are compared with each other alone.
    """

    queries: tuple[str, ...]
    sentence: str
    differ: tuple[Disagreement, ...]
    unchecked: bool = False


@dataclass(frozen=True, slots=True)
class StoredProgram:
    """A program as it was run; `path` is relative to the folder."""

    engine: str
    query: str
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Upgrade:
    """The newer and the older engine, the newer's ratio over the questions both answered.

    `faster` and `slower` are the questions where that is certain of the newer; `lost` and `won`
    those that only the older, or only the newer one answers.
    """

    newer: str
    older: str
    overall: Ratio
    over: int
    faster: tuple[str, ...]
    slower: tuple[str, ...]
    lost: tuple[str, ...]
    won: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of text: its first column names the rows."""

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Story:
    """Tables with what heads them, what makes them doubtful, and how they are read."""

    title: str
    grids: Sequence[Grid]
    legend: str
    warnings: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class FactGroup:
    """Some facts under one heading, each a label and its text."""

    title: str
    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class View:
    """A comparison as every report shows it.

    `offered` are the programs that a person may paste instead of their own code.
    """

    workload: str
    about: str
    setting: str
    began: str
    baseline: str
    sentences: tuple[str, ...]
    warnings: tuple[str, ...]
    columns: tuple[EngineSummary, ...]
    rows: tuple[Row, ...]
    common: tuple[str, ...]
    failures: tuple[FailedRuns, ...]
    checked: tuple[AnswerCheck, ...]
    upgrades: tuple[Upgrade, ...]
    stories: tuple[Story, ...]
    facts: tuple[FactGroup, ...]
    programs: tuple[StoredProgram, ...]
    command: str
    source: str
    dfbench: str
    offered: tuple[StoredProgram, ...] = ()

    @property
    def engines(self) -> tuple[str, ...]:
        """Return the engines' names, in the order of the columns."""
        return tuple(column.engine for column in self.columns)

    @property
    def is_timed(self) -> bool:
        """Return whether anything was timed; a check times nothing."""
        return any(cell.time is not None for row in self.rows for cell in row.cells)

    @property
    def common_questions(self) -> str:
        """Describe which questions engines are compared on where their times are summed."""
        if len(self.common) == len(self.rows):
            return "all questions"
        return f"the {format_count(len(self.common), 'question')} that all working engines answered"

    @property
    def sums(self) -> str:
        """Describe which questions the columns' sums are over."""
        if not self.common:
            return "No question was answered by all engines, so load, cold and hot have no sums"
        return f"Load, cold and hot are sums over {self.common_questions}"
