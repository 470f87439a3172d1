"""The answer in sentences: who won, by how much, how certain that is, what failed, what it cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..storage.folder import StoredComparison
from ..storage.records import Head, Outcome, Phase
from . import statistics
from .model import EngineSummary, Ratio, Verdict, View
from .units import counted, listed, seconds, size

SPILLED = 32 * 2**20  # bytes; a scheduler's own logs are below it
NEVER_RUN = {Outcome.UNSUPPORTED, Outcome.NOT_INSTALLED}


def findings(view: View, stored: StoredComparison) -> tuple[str, ...]:
    """Return what a reader who was not there must know, the most important first."""
    answers = (*_failed(view, stored), *_checks(view, stored))
    timed = any(run.times.hot for run in stored.runs)
    # Of a check, which times nothing, the answers are the story.
    parts = (
        _partial(view, stored),
        _winner(view),
        _upgraded(view),
        *((_memory(view), answers) if timed else (answers, _memory(view))),
        _spilled(stored),
    )
    return tuple(sentence for part in parts for sentence in part)


def warnings(view: View, stored: StoredComparison) -> tuple[str, ...]:
    """Return what speaks against believing the figures."""
    busy = statistics.noisy_share(stored.runs) > statistics.NOISY_SHARE
    return (*stored.warnings, *_clusters(stored), *_noise(stored), *(() if busy else _rounds(view)))


def setting(head: Head) -> str:
    """Describe on what data, where, within what and when all was measured, in one line.

    What a head edited by hand does not tell as dfbench wrote it is left out.
    """
    dataset, machine = head.dataset, head.machine
    rows, weight, name = (dataset.get(key) for key in ("rows", "bytes", "name"))
    cores, cpu = machine.get("cores"), machine.get("cpu")
    parts = (
        f"{rows:,} rows"
        if isinstance(rows, int) and rows
        else name
        if isinstance(name, str)
        else "",
        f"{size(weight)} of Parquet" if isinstance(weight, int) and weight else "",
        f"{counted(cores, 'core')} of {cpu}" if isinstance(cores, int) and cpu else "",
        _bounds(head.limits),
        head.began[:10],
    )
    return " · ".join(part for part in parts if part)


def _bounds(limits: Mapping[str, object]) -> str:
    memory, time, threads = (limits.get(name) for name in ("memory", "time", "threads"))
    bounds = (
        size(memory) if isinstance(memory, int) else "",
        seconds(time) if isinstance(time, int | float) else "",
        counted(threads, "thread") if isinstance(threads, int) else "",
    )
    known = [bound for bound in bounds if bound]
    return f"each engine within {listed(known)}" if known else ""


def speedup(ratio: Ratio) -> str:
    """Describe a ratio the way a sentence does: how many times as fast as the baseline.

    >>> speedup(Ratio(0.25, 0.2, 0.5, Verdict.FASTER))
    '4.0× [2.0–5.0]'
    """
    value = _times(1 / ratio.value)
    if ratio.low is None or ratio.high is None:
        return value
    return f"{value} [{_times(1 / ratio.high)[:-1]}–{_times(1 / ratio.low)[:-1]}]"


def _times(value: float) -> str:
    if value < 0.995:
        return f"{value:.2f}×"
    if value < 99.5:
        return f"{value:.1f}×"
    return f"{value:.0f}×" if value < 10_000 else "over 10000×"


def _partial(view: View, stored: StoredComparison) -> Iterator[str]:
    ended, planned = _ended(stored)
    if not stored.runs:
        yield "No run has finished: there is nothing to compare yet."
    elif ended < planned:
        yield f"This comparison is partial: {ended} of {planned} planned runs have ended."
    elif any(cell.outcome is None for row in view.rows for cell in row.cells):
        yield "This comparison is partial: some engines did not run on some questions."


def _ended(stored: StoredComparison) -> tuple[int, int]:
    """Count the runs that have ended, and those that were planned, as far as that is known."""
    planned = stored.head.measure.get("planned")
    done = sum(run.outcome not in NEVER_RUN or run.phase is not Phase.DONE for run in stored.runs)
    return done, planned if isinstance(planned, int) else 0


def _winner(view: View) -> Iterator[str]:
    won = max((column.fastest for column in view.columns), default=0)
    if not won:
        if view.failures and not any(cell.ok for row in view.rows for cell in row.cells):
            yield "No engine answered any question."
        return
    first = [column for column in view.columns if column.fastest == won]
    decided = sum(row.cells != () for row in view.rows)
    names = listed([column.engine for column in first])
    each = " each" if len(first) > 1 else ""
    total = counted(decided, "question")
    sentence = f"{names} answered {won} of {total} fastest{each}"
    yield f"{sentence}{_doubt(view, first)}{_lead(view, first)}."
    others = [c for c in view.columns if 0 < c.fastest < won]
    if others:
        yield listed([f"{c.engine} was fastest on {_won(view, c.engine)}" for c in others]) + "."


def _first(view: View) -> list[str]:
    won = max((column.fastest for column in view.columns), default=0)
    return [column.engine for column in view.columns if won and column.fastest == won]


def _won(view: View, engine: str) -> str:
    return listed([r.query for r in view.rows for c in r.cells if c.best and c.engine == engine])


def _doubt(view: View, first: list[EngineSummary]) -> str:
    names = {column.engine for column in first}
    doubtful = sum(r.contested for r in view.rows for c in r.cells if c.best and c.engine in names)
    return f" ({doubtful} of them undecided)" if doubtful else ""


def _lead(view: View, first: list[EngineSummary]) -> str:
    if len(first) > 1 or first[0].overall is None or first[0].engine == view.baseline:
        return ""
    column, overall = first[0], first[0].overall
    over = "" if column.over == column.asked else f" over the {column.over} both answered"
    return f", {speedup(overall)} as fast as {view.baseline}{over}{_certainty(overall)}"


def _upgraded(view: View) -> Iterator[str]:
    for one in view.upgrades:
        over = "" if one.over == len(view.rows) else f" over the {one.over} both answered"
        parts = {
            "certainly faster on": one.faster,
            "certainly slower on": one.slower,
            "and answers, as the older does not,": one.won,
            "and no longer answers": one.lost,
        }
        told = "".join(f", {words} {listed(on)}" for words, on in parts.items() if on)
        if not told and one.older == view.baseline and _first(view) == [one.newer]:
            continue  # the first sentence has said it
        ratio = f"{speedup(one.overall)} as fast as {one.older}"
        yield f"{one.newer} is {ratio}{over}{_certainty(one.overall)}{told}."


def _certainty(overall: Ratio) -> str:
    if overall.verdict.decided:
        return " (by one round)" if overall.low is None else ""
    reason = f": {overall.reason}" if overall.reason else ""
    return f" ({overall.verdict}{reason})"


def _memory(view: View) -> Iterator[str]:
    most = max((column.answered for column in view.columns), default=0)
    full = [c for c in view.columns if c.answered == most and c.peak is not None and most]
    if len(full) < 2:
        return
    least = min(full, key=lambda column: column.peak or 0)
    greatest = max(full, key=lambda column: column.peak or 0)
    between = [c for c in full if c.engine == view.baseline and c not in (least, greatest)]
    yield (
        f"{least.engine} needed the least memory, {size(least.peak)} at most; "
        f"{greatest.engine} the most, {size(greatest.peak)}"
        f"{''.join(f'; {c.engine} needed {size(c.peak)}' for c in between)}."
    )


def _spilled(stored: StoredComparison) -> Iterator[str]:
    """Describe who has gone to the disk for want of memory, and how much was there at one time."""
    most: dict[str, int] = {}
    for run in stored.runs:
        if (disk := run.memory.disk or 0) >= SPILLED:
            most[run.engine] = max(most.get(run.engine, 0), disk)
    if most:
        told = listed([f"{engine} {size(disk)}" for engine, disk in most.items()])
        yield f"Temporary files on the disk, at most at one time: {told}."


def _failed(view: View, stored: StoredComparison) -> Iterator[str]:
    limits = stored.head.limits
    for engine in view.engines:
        own = [failure for failure in view.failures if failure.engine == engine]
        for outcome in dict.fromkeys(failure.outcome for failure in own):
            where = list(dict.fromkeys(f.query for f in own if f.outcome is outcome))
            yield f"{engine} {_ending(outcome, where, limits)}."


def _ending(outcome: Outcome, queries: list[str], limits: Mapping[str, object]) -> str:
    where = listed(queries)
    memory, time = limits.get("memory"), limits.get("time")
    match outcome:
        case Outcome.OUT_OF_MEMORY:
            at = f" at {size(memory)}" if isinstance(memory, int) else ""
            return f"ran out of memory on {where}{at}"
        case Outcome.TIMEOUT:
            within = f" within {seconds(time)}" if isinstance(time, int | float) else " in time"
            return f"did not answer {where}{within}"
        case Outcome.WRONG:
            return f"gave a wrong answer to {where}"
        case Outcome.UNSUPPORTED:
            return f"cannot say {where}"
        case Outcome.CRASHED:
            return f"crashed on {where}"
        case Outcome.NOT_INSTALLED:
            return "is not installed"
        case Outcome.OK:
            raise AssertionError("an ok run is no failure")


def _checks(view: View, stored: StoredComparison) -> Iterator[str]:
    ended, planned = _ended(stored)
    if not view.checked and ended < planned:
        yield "The answers are compared with one another when all runs have ended."
        return
    if not view.checked:
        if any(cell.ok for row in view.rows for cell in row.cells):
            yield "No answer was checked."
        return
    clean = sum(len(checked.queries) for checked in view.checked if not checked.differ)
    total = counted(len(view.rows), "question")
    if clean == len(view.rows):
        yield f"All answers agree, on all {total}." if clean > 1 else "All answers agree."
    else:
        yield f"All answers agree on {clean} of {total}."


def _clusters(stored: StoredComparison) -> Iterator[str]:
    """Tell of engines on clusters whose limits hold where, and whose the peaks are."""
    if told := stored.head.limits.get("clusters"):
        yield str(told)


def _noise(stored: StoredComparison) -> Iterator[str]:
    """Return each way in which the machine was restless, and what to do about it."""
    if not any(run.times.hot for run in stored.runs):
        return  # a check has no times to doubt
    noises = [run.noise for run in stored.runs]
    of = counted(len(noises), "run")
    if busy := sum((n.foreign or 0) > statistics.FOREIGN_CPU for n in noises):
        yield (
            f"The machine was busy beside {busy} of {of} (other programs took over "
            f"{statistics.FOREIGN_CPU:.0%} of the processors): stop what else runs and compare "
            "again."
        )
    if stolen := sum((n.steal or 0) > statistics.STEAL for n in noises):
        yield (
            f"The host took over {statistics.STEAL:.0%} of the processors for others during "
            f"{stolen} of {of}: compare on a machine of your own, or at a quieter time."
        )
    if swapped := sum((n.swapped or 0) > statistics.SWAPPED for n in noises):
        yield (
            f"The machine swapped during {swapped} of {of}: take less data, or hold memory by "
            "`--memory`."
        )
    if throttled := sum((n.throttled or 0) > 0 for n in noises):
        yield (
            f"Heat or a container's quota slowed the processors during {throttled} of {of}: cool "
            "the machine, or give the container whole cores (`docker run --cpuset-cpus`)."
        )


def _rounds(view: View) -> Iterator[str]:
    most = max((column.rounds for column in view.columns), default=0)
    once = [column.engine for column in view.columns if column.rounds == 1 < most]
    if most == 1 and any(cell.time for row in view.rows for cell in row.cells):
        yield (
            "Every engine ran one round only, which tells nothing of how far rounds differ: only "
            f"what lies beyond a factor of {statistics.FAR:.0f} is decided."
        )
    if once:
        yield (
            f"{listed(once)} ran one round only, and {'is' if len(once) == 1 else 'are'} taken to "
            "be as restless as the most restless other engine: only large differences are decided."
        )
    undecided = sum(
        cell.ratio is not None and cell.ratio.verdict is Verdict.UNDECIDED
        for row in view.rows
        for cell in row.cells
    )
    fewest = min((column.rounds for column in view.columns if column.rounds), default=0)
    if undecided and 0 < fewest < statistics.BOOTSTRAP_ROUNDS:
        yield (
            f"{undecided} of the ratios {'is' if undecided == 1 else 'are'} undecided; more rounds "
            f"decide more: `--rounds {statistics.BOOTSTRAP_ROUNDS}`."
        )
