"""One comparison as every report shows it: sentences, a table, failures, agreement, facts.

All that a report says is decided here, from the stored folder alone; the terminal, Markdown, HTML
and the exports only lay it out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from statistics import median

from ..storage.folder import StoredComparison, build_program_path
from ..storage.records import Agreement, Disagreement, Head, Outcome, Phase, Run
from . import break_even, capabilities, recommendation, sentences, statistics
from .context import format_version, gather
from .model import (
    AnswerCheck,
    Cell,
    EngineSummary,
    FailedRuns,
    Ratio,
    Row,
    StoredProgram,
    Story,
    Verdict,
    View,
)
from .units import format_count
from .upgrades import list_upgrades
from .verdicts import Material, collect, compute_ratio, find_outcome, judge_lead, judge_over

NOT_RUN = "not run"
# Optional sections of a report, shown in every format.
STORIES: tuple[Callable[[StoredComparison], Iterable[Story]], ...] = (
    break_even.describe_stories,
    capabilities.describe_stories,
)


def build(stored: StoredComparison) -> View:
    """Return a stored comparison as the reports show it."""
    material = collect(stored)
    rows = tuple(_build_row(query, material) for query in material.queries)
    common = _find_common(rows)
    columns = tuple(
        _summarize_engine(engine, rows, common, material) for engine in material.engines
    )
    head = stored.head
    view = View(
        workload=head.workload,
        about=head.about,
        setting=sentences.describe_setting(head),
        began=head.began,
        baseline=material.baseline,
        sentences=(),
        warnings=(),
        columns=columns,
        rows=rows,
        common=common,
        failures=tuple(
            f for row in rows for c in row.cells for f in _collect_failures(c, material)
        ),
        checked=_group_checks(stored.agreements),
        upgrades=tuple(list_upgrades(columns, rows, material)),
        stories=tuple(story for section in STORIES for story in section(stored)),
        facts=gather(head, stored.runs),
        programs=_list_programs(material),
        command=head.command,
        source=head.source,
        dfbench=head.dfbench,
    )
    view = replace(view, offered=recommendation.list_offered(view, _list_files(stored.head)))
    return replace(
        view,
        sentences=sentences.write_findings(view, stored),
        warnings=sentences.describe_warnings(view, stored),
    )


def _list_files(head: Head) -> list[str]:
    """Return names for the data's Parquet files, those of its tables last."""
    names = [str(head.dataset.get("name") or "data"), *head.dataset.get("tables", ())]
    return [f"{name}.parquet" for name in names]


def _build_row(query: str, material: Material) -> Row:
    cells = {engine: _build_cell(engine, query, material) for engine in material.engines}
    base = cells.get(material.baseline)
    if base:
        cells = {e: replace(c, ratio=compute_ratio(c, base, material)) for e, c in cells.items()}
    ranked = sorted((c for c in cells.values() if c.time is not None), key=_time)
    lead = judge_lead(ranked[0], ranked[1], material) if len(ranked) > 1 else None
    ran = sum(cell.outcome is not None for cell in cells.values())
    # Who has not run yet may be faster; who ran alone is not.
    if len(ranked) > 1 and ran == len(cells):
        cells[ranked[0].engine] = replace(ranked[0], best=True)
    question = str(material.stored.head.queries.get(query, ""))
    checks = [not a.unchecked for a in material.stored.agreements if a.query == query]
    answered = any(cell.outcome is Outcome.OK for cell in cells.values())
    unchecked = not all(checks) if checks else answered
    return Row(query, question, tuple(cells.values()), lead, unchecked)


def _time(cell: Cell) -> float:
    return cell.time or 0.0


def _build_cell(engine: str, query: str, material: Material) -> Cell:
    own = material.runs.get((engine, query), ())
    if not own:
        return Cell(engine, query, None, NOT_RUN)
    outcome = Outcome.WRONG if (engine, query) in material.wrong else find_outcome(own)
    ended = sum(run.outcome is outcome for run in own)
    partly = 0 < ended < len(own)
    ok = outcome is Outcome.OK
    differs = outcome is Outcome.WRONG and recommendation.is_own_code(engine)
    word = "differs" if differs else str(outcome)
    return Cell(
        engine,
        query,
        outcome,
        f"{word}, {ended} of {len(own)}" if partly else word,
        time=_compute_median(material.timings.samples[engine, query].values()) if ok else None,
        peak=max((run.memory.peak for run in own if run.memory.peak is not None), default=None),
        startup=_compute_median(run.times.startup for run in own),
        load=_compute_median(run.times.load for run in own),
        cold=_compute_median(run.times.cold for run in own) if ok else None,
        warming=tuple(time for run in own for time in _list_warmups(run)) if ok else (),
        hot=tuple(time for run in own for time in run.times.hot) if ok else (),
        rounds=len(own),
        noisy=statistics.compute_noisy_share(own),
    )


def _list_warmups(run: Run) -> tuple[float, ...]:
    first = () if run.times.cold is None else (run.times.cold,)
    return (*first, *run.times.warmups)


def _find_common(rows: Sequence[Row]) -> tuple[str, ...]:
    """Return the questions answered by every engine that answered any."""
    able = {c.engine for row in rows for c in row.cells if c.ok}
    return tuple(
        row.query for row in rows if able and all(c.ok for c in row.cells if c.engine in able)
    )


def _summarize_engine(
    engine: str, rows: Sequence[Row], common: Sequence[str], material: Material
) -> EngineSummary:
    cells = [cell for row in rows for cell in row.cells if cell.engine == engine]
    bases = [cell for row in rows for cell in row.cells if cell.engine == material.baseline]
    pairs = [(c, b) for c, b in zip(cells, bases, strict=False) if c.ok and b.ok]
    shared = [cell for cell in cells if cell.query in common and cell.ok]
    overall = judge_over(pairs, material)
    leads = [row.lead for row in rows for c in row.cells if c.engine == engine and c.best]
    if overall and engine == material.baseline:
        overall = Ratio(1.0, None, None, Verdict.BASELINE)
    return EngineSummary(
        engine,
        format_version(engine, material.stored.head.engines.get(engine)),
        answered=sum(cell.ok for cell in cells),
        asked=len(cells),
        fastest=leads.count(Verdict.FASTER),
        level=leads.count(Verdict.SAME),
        ahead=leads.count(Verdict.UNDECIDED),
        overall=overall,
        over=len(pairs),
        rounds=min((cell.rounds for cell in cells if cell.ok), default=0),
        startup=_compute_median(cell.startup for cell in cells if cell.ok),
        load=_sum_known(shared, lambda cell: cell.load),
        cold=_sum_known(shared, lambda cell: cell.cold),
        hot=_sum_known(shared, lambda cell: cell.time),
        peak=max((cell.peak for cell in cells if cell.ok and cell.peak is not None), default=None),
    )


def _sum_known(cells: Sequence[Cell], part: Callable[[Cell], float | None]) -> float | None:
    values = [part(cell) for cell in cells]
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None


def _compute_median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


def _collect_failures(cell: Cell, material: Material) -> Iterable[FailedRuns]:
    own = material.of(cell)
    differs = material.wrong.get((cell.engine, cell.query))
    bad = [run for run in own if run.outcome is not Outcome.OK]
    for outcome in dict.fromkeys(run.outcome for run in bad):
        alike = [run for run in bad if run.outcome is outcome]
        last = alike[-1]
        evidence = last.evidence or (differs.reason if differs else "")
        yield FailedRuns(
            cell.engine, cell.query, outcome, last.phase, len(alike), len(own), evidence, last.log
        )
    if differs and not any(run.outcome is Outcome.WRONG for run in bad):
        yield FailedRuns(
            cell.engine, cell.query, Outcome.WRONG, Phase.DONE, len(own), len(own),
            differs.reason, "",
        )  # fmt: skip


def _group_checks(agreements: Sequence[Agreement]) -> tuple[AnswerCheck, ...]:
    """Group the questions that have the same finding."""
    alike: dict[tuple[str, tuple[Disagreement, ...], bool], list[str]] = {}
    for agreement in agreements:
        found = (_describe_agreement(agreement), agreement.differ, bool(agreement.unchecked))
        alike.setdefault(found, []).append(agreement.query)
    return tuple(
        AnswerCheck(tuple(queries), sentence, differ, unchecked)
        for (sentence, differ, unchecked), queries in alike.items()
    )


def _describe_agreement(agreement: Agreement) -> str:
    if agreement.unchecked:
        return _describe_unchecked(agreement)
    agree = [engine for engine in agreement.agree if engine != agreement.oracle]
    verb = "agrees" if len(agree) == 1 else "agree"
    differ = [f"{d.engine} differs: {d}" for d in agreement.differ]
    return "; ".join(
        (f"{format_count(len(agree), 'engine')} {verb} with {agreement.oracle}", *differ)
    )


def _describe_unchecked(agreement: Agreement) -> str:
    """Return why nothing says which answers are right, and how many engines gave the same one."""
    agree = len(agreement.agree)
    found = f"{format_count(agree, 'engine')} {'agrees' if agree == 1 else 'agree'}"
    if agree == 1 and not agreement.differ:
        found = f"only {agreement.agree[0]} answered"
    elif agreement.differ:
        names = ", ".join(d.engine for d in agreement.differ)
        number = len(agreement.differ)
        found += f", {number} {'differs' if number == 1 else 'differ'} ({names})"
    return f"unchecked, no oracle ({agreement.unchecked}); {found}"


def _list_programs(material: Material) -> tuple[StoredProgram, ...]:
    programs = material.stored.programs
    return tuple(
        StoredProgram(engine, query, build_program_path(engine, query), programs[engine, query])
        for query in material.queries
        for engine in material.engines
        if (engine, query) in programs
    )
