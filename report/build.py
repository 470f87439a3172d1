"""One comparison as every report tells it: sentences, a table, failures, agreement, facts.

All that a report says is decided here, from the stored folder alone; the terminal, Markdown, HTML
and the exports only lay it out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

from ..storage.folder import Stored, program_path
from ..storage.records import Agreement, Disagreement, Outcome, Phase, Run
from . import break_even, capabilities, sentences, statistics
from .context import Facts, gather, version
from .sections import Story
from .statistics import Ratio, Verdict
from .units import counted
from .upgrades import Upgrade, upgrades
from .verdicts import Material, against, gathered, judged_over, outcome_of, undecided

NOT_RUN = "not run"
# What a comparison may tell beside: each gives sections of its own, which every form shows.
STORIES: tuple[Callable[[Stored], Iterable[Story]], ...] = (
    break_even.stories,
    capabilities.stories,
)


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

    `contested` says that the fastest engine is not certainly faster than the next one.
    """

    query: str
    question: str
    cells: tuple[Cell, ...]
    contested: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """An engine over all questions; sums are over the questions that every engine answered.

    `over` counts the questions behind `overall`, `rounds` the fewest rounds of an answered one.
    """

    engine: str
    version: str
    answered: int
    asked: int
    fastest: int
    overall: Ratio | None
    over: int
    rounds: int
    startup: float | None
    load: float | None
    cold: float | None
    hot: float | None
    peak: int | None


@dataclass(frozen=True, slots=True)
class Failure:
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
class Checked:
    """Which engines agree on some questions, as a sentence, and how the others differ."""

    queries: tuple[str, ...]
    sentence: str
    differ: tuple[Disagreement, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """A program as it was run; `path` is relative to the folder."""

    engine: str
    query: str
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class View:
    """A comparison as every report tells it."""

    workload: str
    about: str
    setting: str
    began: str
    baseline: str
    sentences: tuple[str, ...]
    warnings: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    common: tuple[str, ...]
    failures: tuple[Failure, ...]
    checked: tuple[Checked, ...]
    upgrades: tuple[Upgrade, ...]
    stories: tuple[Story, ...]
    facts: tuple[Facts, ...]
    programs: tuple[Program, ...]
    command: str
    source: str
    dfbench: str

    @property
    def engines(self) -> tuple[str, ...]:
        """Return the engines' names, in the order of the columns."""
        return tuple(column.engine for column in self.columns)

    @property
    def shared(self) -> str:
        """Describe which questions engines are compared on where their times are summed."""
        if len(self.common) == len(self.rows):
            return "all questions"
        return f"the {counted(len(self.common), 'question')} that all working engines answered"

    @property
    def sums(self) -> str:
        """Describe which questions the columns' sums are over."""
        if not self.common:
            return "No question was answered by all engines: load, cold and hot have no sums"
        return f"Load, cold and hot are sums over {self.shared}"


def build(stored: Stored) -> View:
    """Return a stored comparison as the reports tell it."""
    material = gathered(stored)
    rows = tuple(_row(query, material) for query in material.queries)
    common = _common(rows)
    columns = tuple(_column(engine, rows, common, material) for engine in material.engines)
    head = stored.head
    view = View(
        workload=head.workload,
        about=head.about,
        setting=sentences.setting(head),
        began=head.began,
        baseline=material.baseline,
        sentences=(),
        warnings=(),
        columns=columns,
        rows=rows,
        common=common,
        failures=tuple(f for row in rows for c in row.cells for f in _failures(c, material)),
        checked=_checked(stored.agreements),
        upgrades=tuple(upgrades(columns, rows, material)),
        stories=tuple(story for told in STORIES for story in told(stored)),
        facts=gather(head, stored.runs),
        programs=_programs(material),
        command=head.command,
        source=head.source,
        dfbench=head.dfbench,
    )
    return replace(
        view, sentences=sentences.findings(view, stored), warnings=sentences.warnings(view, stored)
    )


def _row(query: str, material: Material) -> Row:
    cells = {engine: _cell(engine, query, material) for engine in material.engines}
    base = cells.get(material.baseline)
    if base:
        cells = {e: replace(c, ratio=against(c, base, material)) for e, c in cells.items()}
    ranked = sorted((c for c in cells.values() if c.time is not None), key=_time)
    contested = len(ranked) > 1 and undecided(ranked[0], ranked[1], material)
    ran = sum(cell.outcome is not None for cell in cells.values())
    if ranked and ran == len(cells):  # who has not run yet may be faster
        cells[ranked[0].engine] = replace(ranked[0], best=True)
    question = str(material.stored.head.queries.get(query, ""))
    return Row(query, question, tuple(cells.values()), contested)


def _time(cell: Cell) -> float:
    return cell.time or 0.0


def _cell(engine: str, query: str, material: Material) -> Cell:
    own = material.runs.get((engine, query), ())
    if not own:
        return Cell(engine, query, None, NOT_RUN)
    outcome = Outcome.WRONG if (engine, query) in material.wrong else outcome_of(own)
    ended = sum(run.outcome is outcome for run in own)
    partly = 0 < ended < len(own)
    ok = outcome is Outcome.OK
    return Cell(
        engine,
        query,
        outcome,
        f"{outcome}, {ended} of {len(own)}" if partly else str(outcome),
        time=_median(material.samples[engine, query].values()) if ok else None,
        peak=max((run.memory.peak for run in own if run.memory.peak is not None), default=None),
        startup=_median(run.times.startup for run in own),
        load=_median(run.times.load for run in own),
        cold=_median(run.times.cold for run in own) if ok else None,
        warming=tuple(time for run in own for time in _warming(run)) if ok else (),
        hot=tuple(time for run in own for time in run.times.hot) if ok else (),
        rounds=len(own),
        noisy=statistics.noisy_share(own),
    )


def _warming(run: Run) -> tuple[float, ...]:
    first = () if run.times.cold is None else (run.times.cold,)
    return (*first, *run.times.warmups)


def _common(rows: Sequence[Row]) -> tuple[str, ...]:
    """Return the questions answered by every engine that answered any."""
    able = {c.engine for row in rows for c in row.cells if c.ok}
    return tuple(
        row.query for row in rows if able and all(c.ok for c in row.cells if c.engine in able)
    )


def _column(engine: str, rows: Sequence[Row], common: Sequence[str], material: Material) -> Column:
    cells = [cell for row in rows for cell in row.cells if cell.engine == engine]
    bases = [cell for row in rows for cell in row.cells if cell.engine == material.baseline]
    pairs = [(c, b) for c, b in zip(cells, bases, strict=False) if c.ok and b.ok]
    shared = [cell for cell in cells if cell.query in common and cell.ok]
    overall = judged_over(pairs, material)
    if overall and engine == material.baseline:
        overall = Ratio(1.0, None, None, Verdict.BASELINE)
    return Column(
        engine,
        version(engine, material.stored.head.engines.get(engine)),
        answered=sum(cell.ok for cell in cells),
        asked=len(cells),
        fastest=sum(cell.best for cell in cells),
        overall=overall,
        over=len(pairs),
        rounds=min((cell.rounds for cell in cells if cell.ok), default=0),
        startup=_median(cell.startup for cell in cells if cell.ok),
        load=_total(shared, lambda cell: cell.load),
        cold=_total(shared, lambda cell: cell.cold),
        hot=_total(shared, lambda cell: cell.time),
        peak=max((cell.peak for cell in cells if cell.ok and cell.peak is not None), default=None),
    )


def _total(cells: Sequence[Cell], part: Callable[[Cell], float | None]) -> float | None:
    values = [part(cell) for cell in cells]
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


def _failures(cell: Cell, material: Material) -> Iterable[Failure]:
    own = material.of(cell)
    differs = material.wrong.get((cell.engine, cell.query))
    bad = [run for run in own if run.outcome is not Outcome.OK]
    for outcome in dict.fromkeys(run.outcome for run in bad):
        alike = [run for run in bad if run.outcome is outcome]
        last = alike[-1]
        evidence = last.evidence or (differs.reason if differs else "")
        yield Failure(
            cell.engine, cell.query, outcome, last.phase, len(alike), len(own), evidence, last.log
        )
    if differs and not any(run.outcome is Outcome.WRONG for run in bad):
        yield Failure(
            cell.engine, cell.query, Outcome.WRONG, Phase.DONE, len(own), len(own),
            differs.reason, "",
        )  # fmt: skip


def _checked(agreements: Sequence[Agreement]) -> tuple[Checked, ...]:
    """Tell of questions on which the same was found together."""
    alike: dict[tuple[str, tuple[Disagreement, ...]], list[str]] = {}
    for agreement in agreements:
        found = (_agreeing(agreement), agreement.differ)
        alike.setdefault(found, []).append(agreement.query)
    return tuple(Checked(tuple(queries), said, differ) for (said, differ), queries in alike.items())


def _agreeing(agreement: Agreement) -> str:
    agree = [engine for engine in agreement.agree if engine != agreement.oracle]
    verb = "agrees" if len(agree) == 1 else "agree"
    differ = [f"{d.engine} differs: {d.reason}" for d in agreement.differ]
    return "; ".join((f"{counted(len(agree), 'engine')} {verb} with {agreement.oracle}", *differ))


def _programs(material: Material) -> tuple[Program, ...]:
    programs = material.stored.programs
    return tuple(
        Program(engine, query, program_path(engine, query), programs[engine, query])
        for query in material.queries
        for engine in material.engines
        if (engine, query) in programs
    )
