"""The result in sentences: the fastest engine, the ratio, its certainty, memory and failures.

Ratios are times relative to the baseline, as in every table: docs/decisions/ratios.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..storage.folder import StoredComparison
from ..storage.records import Head, Outcome, Phase
from . import statistics
from .labels import describe_labels, name_baseline
from .model import Doubt, EngineSummary, Ratio, Row, Verdict, View
from .recommendation import describe_offer, find_offer, is_own_code
from .units import (
    format_count,
    format_interval,
    format_percent,
    format_seconds,
    format_size,
    join_names,
)

SPILLED = 32 * 2**20  # bytes; a scheduler's own logs are below it
# What an engine's lead over the next one is called.
LEADS = {
    Verdict.FASTER: "clearly fastest on",
    Verdict.SAME: "level with the runner-up on",
    Verdict.UNDECIDED: "ahead, but not certainly, on",
}
NEVER_RUN = {Outcome.UNSUPPORTED, Outcome.NOT_INSTALLED}


def write_findings(view: View, stored: StoredComparison) -> tuple[str, ...]:
    """Return the result in sentences, the most important first."""
    answers = (*_describe_failures(view, stored), *_write_checks(view, stored))
    timed = any(run.times.hot for run in stored.runs)
    # A check times nothing: there the answers come before the memory.
    parts = (
        _describe_partial(view, stored),
        describe_offer(view),
        () if len(view.rows) == 1 and find_offer(view) else _describe_winner(view, stored),
        _describe_upgrades(view),
        *((_describe_memory(view), answers) if timed else (answers, _describe_memory(view))),
        _describe_spills(stored),
        describe_labels(view.engines, stored),
    )
    return tuple(sentence for part in parts for sentence in part)


def describe_warnings(view: View, stored: StoredComparison) -> tuple[str, ...]:
    """Return the warnings that weaken the results."""
    busy = statistics.compute_noisy_share(stored.runs) > statistics.NOISY_SHARE
    return (*stored.warnings, *write_run_warnings(stored), *(() if busy else _write_rounds(view)))


def write_run_warnings(stored: StoredComparison) -> tuple[str, ...]:
    """Return what the runs themselves hold against the results: clusters, cores, noise."""
    if not any(run.times.hot for run in stored.runs):  # a check times nothing
        return tuple(_write_clusters(stored))
    return (*_write_clusters(stored), *_describe_cores(stored), *_describe_noise(stored))


def describe_setting(head: Head) -> str:
    """Return the data, machine, limits and date of a comparison, in one line.

    Values that are missing, or of another type than dfbench writes, are left out.
    """
    dataset, machine = head.dataset, head.machine
    rows, weight, name = (dataset.get(key) for key in ("rows", "bytes", "name"))
    cores, cpu = machine.get("cores"), machine.get("cpu")
    parts = (
        f"{rows:,} rows"
        if isinstance(rows, int) and (rows or weight)  # tasks have neither
        else name
        if isinstance(name, str)
        else "",
        f"{format_size(weight)} of Parquet" if isinstance(weight, int) and weight else "",
        f"{format_count(cores, 'core')} of {cpu}" if isinstance(cores, int) and cpu else "",
        _describe_limits(head.limits),
        head.began[:10],
    )
    return " · ".join(part for part in parts if part)


def _describe_limits(limits: Mapping[str, object]) -> str:
    memory, time, threads = (limits.get(name) for name in ("memory", "time", "threads"))
    bounds = (
        format_size(memory) if isinstance(memory, int) else "",
        format_seconds(time) if isinstance(time, int | float) else "",
        format_count(threads, "thread") if isinstance(threads, int) else "",
    )
    known = [bound for bound in bounds if bound]
    return f"limits per engine: {', '.join(known)}" if known else ""


def _describe_partial(view: View, stored: StoredComparison) -> Iterator[str]:
    ended, planned = count_runs(stored)
    if not stored.runs:
        yield "No run has finished yet: there is nothing to compare."
    elif ended < planned:
        yield f"This comparison is partial: {ended} of {planned} planned runs have finished."
    elif any(cell.outcome is None for row in view.rows for cell in row.cells):
        yield "This comparison is partial: some engines did not run on some questions."


def count_runs(stored: StoredComparison) -> tuple[int, int]:
    """Return how many runs have ended and how many were planned; 0 planned if that is unknown."""
    planned = stored.head.measure.get("planned")
    done = sum(run.outcome not in NEVER_RUN or run.phase is not Phase.DONE for run in stored.runs)
    return done, planned if isinstance(planned, int) else 0


def _describe_winner(view: View, stored: StoredComparison) -> Iterator[str]:
    if not any(cell.ok for row in view.rows for cell in row.cells):
        if view.failures:
            yield "No engine answered any question."
        return
    first, *others = _rank_winners(view) or ([],)
    if first:
        names = join_names([column.engine for column in first])
        yield f"{_describe_headline(names, first, view)}{_lead(view, first, stored)}."
    placed = [f"{c.engine} is {_list_places(view, c.engine)}" for own in others for c in own]
    if placed:
        yield f"{'; '.join(placed)}."
    yield from _describe_alone(view)


def _rank_winners(view: View) -> list[list[EngineSummary]]:
    """Return the engines that lead anywhere, the one that wins most first, equals together."""
    ranks: dict[tuple[int, int, int], list[EngineSummary]] = {}
    for column in view.columns:
        rank = column.fastest, column.level, column.ahead
        if any(rank):
            ranks.setdefault(rank, []).append(column)
    return [ranks[rank] for rank in sorted(ranks, reverse=True)]


def _describe_headline(names: str, first: list[EngineSummary], view: View) -> str:
    """Return how many questions the first engines win clearly, and how many they only lead."""
    column, total = first[0], len(view.rows)
    verb = "is" if len(first) == 1 else "are each"
    counts = {
        LEADS[Verdict.FASTER]: column.fastest,
        LEADS[Verdict.SAME]: column.level,
        LEADS[Verdict.UNDECIDED]: column.ahead,
    }
    parts = [(words, count) for words, count in counts.items() if count]
    (words, count), *rest = parts
    said = [
        f"{words} {_describe_share(count, total)}",
        *(f"{words} {count}" for words, count in rest),
    ]
    start = "" if column.fastest else "No engine is clearly fastest; "
    return f"{start}{names} {verb} {join_names(said)}"


def _list_places(view: View, engine: str) -> str:
    """Return the questions that an engine wins clearly, and those that it only leads."""
    parts = {
        words: [row.query for row in view.rows if row.lead is lead and _leads(row, engine)]
        for lead, words in LEADS.items()
    }
    return join_names(
        [f"{words} {join_names(queries)}" for words, queries in parts.items() if queries]
    )


def _leads(row: Row, engine: str) -> bool:
    return any(cell.best and cell.engine == engine for cell in row.cells)


def _describe_alone(view: View) -> Iterator[str]:
    """Report the questions that a single engine answered: nothing is fast or slow there."""
    if not view.is_timed or any(c.outcome is None for row in view.rows for c in row.cells):
        return
    if len(view.columns) == 1:
        only = view.columns[0].engine
        yield f"Only {only} ran: `dfbench engines` lists the others, and how to install them."
        return
    alone: dict[str, list[str]] = {}
    for row in view.rows:
        able = [cell.engine for cell in row.cells if cell.ok]
        if len(able) == 1:
            alone.setdefault(able[0], []).append(row.query)
    if alone:
        said = join_names(
            [f"{join_names(queries)} by {engine}" for engine, queries in alone.items()]
        )
        yield f"Answered by one engine only: {said}."


def _describe_share(count: int, total: int) -> str:
    """Return so many questions of all of them.

    >>> _describe_share(1, 1), _describe_share(3, 3), _describe_share(2, 3)
    ('the only question', 'all 3 questions', '2 of 3 questions')
    """
    if count < total:
        return f"{count} of {format_count(total, 'question')}"
    return "the only question" if total == 1 else f"all {format_count(total, 'question')}"


def _describe_first(view: View) -> list[str]:
    return [column.engine for first in _rank_winners(view)[:1] for column in first]


def _lead(view: View, first: list[EngineSummary], stored: StoredComparison) -> str:
    if len(first) > 1 or first[0].overall is None or first[0].engine == view.baseline:
        return ""
    column, overall = first[0], first[0].overall
    every = column.over == column.asked
    verb = " and takes" if column.fastest and not (column.level or column.ahead) else "; it takes"
    both = (r.query for r in view.rows if _answers(r, column.engine) and _answers(r, view.baseline))
    baseline = name_baseline(view.baseline, both, stored)
    return f"{verb} {_time_against(baseline, overall, 0 if every else column.over)}"


def _answers(row: Row, engine: str) -> bool:
    return any(cell.ok for cell in row.cells if cell.engine == engine)


def _time_against(other: str, found: Ratio, over: int) -> str:
    """Return a ratio, the engine it is against, and its certainty.

    `over` is the number of questions both answered; 0 means all, which needs no mention.
    """
    where = f" over the {format_count(over, 'question')} both answered" if over else ""
    notes = "; ".join(_describe_certainty(found))
    value = found.text.partition(" [")[0]
    return f"{value} the time of {other}{where}{f' ({notes})' if notes else ''}"


def _describe_upgrades(view: View) -> Iterator[str]:
    for one in view.upgrades:
        parts = {
            ", certainly faster on": one.faster,
            ", certainly slower on": one.slower,
            "; it newly answers": one.won,
            "; it no longer answers": one.lost,
        }
        changes = "".join(f"{words} {join_names(on)}" for words, on in parts.items() if on)
        if not changes and one.older == view.baseline and _describe_first(view) == [one.newer]:
            continue  # the first sentence holds the same ratio
        over = 0 if one.over == len(view.rows) else one.over
        yield f"{one.newer} takes {_time_against(one.older, one.overall, over)}{changes}."


def _describe_certainty(overall: Ratio) -> Iterator[str]:
    if span := format_interval(overall.low, overall.high):
        yield f"95 % interval {span.strip('[]')}"
    elif overall.verdict.is_decided or overall.doubt not in {Doubt.ONE_ROUND, Doubt.NOISE}:
        yield overall.rounds
    if not overall.verdict.is_decided:
        yield f"{overall.verdict}: {overall.reason}"
    elif overall.doubt is Doubt.DRIFT or overall.reason.endswith("questions"):
        yield overall.reason


def _describe_memory(view: View) -> Iterator[str]:
    most = max((column.answered for column in view.columns), default=0)
    full = [c for c in view.columns if c.answered == most and c.peak is not None and most]
    if len(full) < 2:
        return
    least = min(full, key=lambda column: column.peak or 0)
    greatest = max(full, key=lambda column: column.peak or 0)
    between = [c for c in full if c.engine == view.baseline and c not in (least, greatest)]
    yield (
        f"{least.engine} used the least memory, a peak of {format_size(least.peak)}; "
        f"{greatest.engine} used the most, {format_size(greatest.peak)}"
        f"{''.join(f'; {c.engine} used {format_size(c.peak)}' for c in between)}."
    )


def _describe_spills(stored: StoredComparison) -> Iterator[str]:
    """Report the engines that spilled to disk, with the peak size of their temporary files."""
    most: dict[str, int] = {}
    for run in stored.runs:
        if (disk := run.memory.disk or 0) >= SPILLED:
            most[run.engine] = max(most.get(run.engine, 0), disk)
    if most:
        sizes = join_names([f"{format_size(disk)} by {engine}" for engine, disk in most.items()])
        yield f"Temporary files on disk, at their peak: {sizes}."


def _describe_failures(view: View, stored: StoredComparison) -> Iterator[str]:
    limits = stored.head.limits
    for engine in (name for name in view.engines if not is_own_code(name)):
        own = [failure for failure in view.failures if failure.engine == engine]
        for outcome in dict.fromkeys(failure.outcome for failure in own):
            where = list(dict.fromkeys(f.query for f in own if f.outcome is outcome))
            yield f"{engine} {_describe_ending(outcome, where, limits)}."


def _describe_ending(outcome: Outcome, queries: list[str], limits: Mapping[str, object]) -> str:
    where = join_names(queries)
    memory, time = limits.get("memory"), limits.get("time")
    match outcome:
        case Outcome.OUT_OF_MEMORY:
            limit = f" (limit {format_size(memory)})" if isinstance(memory, int) else ""
            return f"ran out of memory on {where}{limit}"
        case Outcome.TIMEOUT:
            limit = f" (limit {format_seconds(time)})" if isinstance(time, int | float) else ""
            return f"timed out on {where}{limit}"
        case Outcome.WRONG:
            return f"returned a wrong answer for {where}"
        case Outcome.UNSUPPORTED:
            return f"does not support {where}"
        case Outcome.CRASHED:
            return f"crashed on {where}"
        case Outcome.NOT_INSTALLED:
            return "is not installed"
        case Outcome.OK:
            raise AssertionError("an ok run is not a failure")


def _write_checks(view: View, stored: StoredComparison) -> Iterator[str]:
    ended, planned = count_runs(stored)
    if not view.checked and ended < planned:
        yield "The answers will be checked after the last run."
        return
    if not view.checked:
        if any(cell.ok for row in view.rows for cell in row.cells):
            yield "No answer was checked."
        return
    for check in (check for check in view.checked if check.unchecked):
        yield f"{join_names(check.queries)}: {check.sentence}."
    checks = [check for check in view.checked if not check.unchecked]
    if not checks:
        return
    answered = {row.query for row in view.rows if any(cell.ok for cell in row.cells)}
    agreed = {query for check in checks if not check.differ for query in check.queries} & answered
    wrong = {c.query for row in view.rows for c in row.cells if c.outcome is Outcome.WRONG}
    clean = len(agreed - wrong)
    total = format_count(len(view.rows), "question")
    if clean == len(view.rows):
        yield f"All answers agree on all {total}." if clean > 1 else "All answers agree."
    else:
        yield f"The answers agree on {clean} of {total}{_describe_unanswered(view)}."


def _describe_unanswered(view: View) -> str:
    """Return which questions were checked for no engine, as none answered them."""
    checked = {query for check in view.checked for query in check.queries}
    left = [row.query for row in view.rows if row.query not in checked]
    return f"; {join_names(left)} {'was' if len(left) == 1 else 'were'} not checked" if left else ""


def _write_clusters(stored: StoredComparison) -> Iterator[str]:
    """Report which limits hold on clusters, and which processes the peaks cover."""
    if note := stored.head.limits.get("clusters"):
        yield str(note)


def _describe_cores(stored: StoredComparison) -> Iterator[str]:
    """Report each engine whose runs used more cores than the limit of threads."""
    for engine in dict.fromkeys(run.engine for run in stored.runs if run.cores):
        wide = [run for run in stored.runs if run.engine == engine and run.cores]
        most = max(run.cores or 0 for run in wide)
        yield (
            f"{engine} used {most} cores in {format_count(len(wide), 'run')}, more than its limit "
            f"of threads: its times are not comparable."
        )


def _describe_noise(stored: StoredComparison) -> Iterator[str]:
    """Report each disturbance of the machine, and what to do about it."""
    noises = [run.noise for run in stored.runs]
    of = format_count(len(noises), "run")
    if busy := sum((n.foreign or 0) > statistics.FOREIGN_CPU for n in noises):
        yield (
            f"Other processes used over {format_percent(statistics.FOREIGN_CPU)} of the CPU during "
            f"{busy} of {of}: stop them and compare again."
        )
    if stolen := sum((n.steal or 0) > statistics.STEAL for n in noises):
        yield (
            f"Other virtual machines used over {format_percent(statistics.STEAL)} of the CPU "
            f"during {stolen} of {of}: compare on a dedicated machine, or at a quieter time."
        )
    if swapped := sum((n.swapped or 0) > statistics.SWAPPED for n in noises):
        yield (
            f"The machine swapped during {swapped} of {of}: use less data, or limit the memory "
            "with `--memory`."
        )
    if throttled := sum((n.throttled or 0) > 0 for n in noises):
        yield (
            f"Heat or a container quota slowed the CPU during {throttled} of {of}: cool the "
            "machine, or give the container whole cores (`docker run --cpuset-cpus`)."
        )


def _write_rounds(view: View) -> Iterator[str]:
    most = max((column.rounds for column in view.columns), default=0)
    once = [column.engine for column in view.columns if column.rounds == 1 < most]
    if most == 1 and any(cell.time for row in view.rows for cell in row.cells):
        yield (
            "Every engine ran only one round, so the variation between rounds is unknown: only "
            f"differences beyond a factor of {statistics.FAR:.0f} are decided."
        )
    if once:
        yield (
            f"{join_names(once)} ran some questions only once: the noise of those times is "
            "estimated from other questions and engines."
        )
    yield from _describe_drift(view)
    undecided = sum(
        cell.ratio is not None and cell.ratio.verdict is Verdict.UNDECIDED
        for row in view.rows
        for cell in row.cells
    )
    fewest = min((column.rounds for column in view.columns if column.rounds), default=0)
    if undecided and 0 < fewest < statistics.ENOUGH_ROUNDS:
        yield (
            f"{format_count(undecided, 'ratio')} {'is' if undecided == 1 else 'are'} undecided: "
            f"more rounds may decide more (`--rounds {statistics.ENOUGH_ROUNDS}`)."
        )


def _describe_drift(view: View) -> Iterator[str]:
    """Report the engines whose ratio to the baseline changes from round to round."""
    drifting = [
        column.engine
        for index, column in enumerate(view.columns)
        if any(
            (found := row.cells[index].ratio) and found.doubt is Doubt.DRIFT for row in view.rows
        )
    ]
    if drifting:
        yield (
            f"The times of {join_names(drifting)} drifted against those of {view.baseline} over "
            "the rounds: their intervals cover the drift. Compare again on a quieter machine."
        )
