"""The smallest sufficient memory of each engine: a table on a terminal, and a page with bars."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..storage.records import Outcome, Run
from ..storage.trials import StoredSearch, Trial, TrialCounts
from .units import format_ratio, format_seconds, format_size

BAR = 12  # characters of the longest bar on a terminal
LEGEND = (
    "Smallest: the smallest limit under which every trial finished. Fails at: the largest limit "
    "under which a trial failed. Unlimited: peak memory without a limit, until the query ends. "
    "Time: the fastest hot run at the smallest memory (median over trials). Cost: its ratio to the "
    "time without a limit (above 1 is slower), rough because it rests on few runs. Peak memory is "
    "not what an engine needs: it may use more than necessary, or spill to disk."
)


@dataclass(frozen=True, slots=True)
class Floor:
    """The smallest memory of an engine on a query, in bytes; `why` says it where there is none.

    `low` is the largest limit that failed, `finished` of `of` tries ended well there; `time` and
    `free` are seconds at the floor and without a limit; `ending` is how tries at `low` ended.
    `peak` is the sampled memory of processes without a limit, `charged` what the kernel counted.
    """

    engine: str
    query: str
    floor: int | None
    low: int | None = None
    finished: int = 0
    of: int = 0
    tries: int = 0
    peak: int | None = None
    charged: int | None = None
    time: float | None = None
    free: float | None = None
    ending: str = ""
    why: str = ""

    @property
    def cost(self) -> float | None:
        """Return the time at the floor over the time without a limit."""
        return self.time / self.free if self.time and self.free else None

    @property
    def note(self) -> str:
        """Explain a failure under a limit above the unlimited peak; empty where there is none."""
        if self.floor is None or not self.low or not self.peak or self.low < self.peak:
            return ""
        if self.ending.startswith(Outcome.TIMEOUT):
            why = "it timed out there, for example because it reread files that the limit evicted"
        elif (self.charged or 0) > self.low:
            total = format_size(self.charged)
            why = f"a limit also counts cached files and kernel memory, {total} without a limit"
        else:
            why = "the peak is sampled, and varies between runs"
        where = f"{format_size(self.low)}, above its unlimited peak of {format_size(self.peak)}"
        return f"{self.engine} fails at {where}: {why}."

    @property
    def fails(self) -> str:
        """Describe under which limit it failed, and how often."""
        if self.low is None:
            return "—"
        failed = self.of - self.finished
        return f"{format_size(self.low)} ({failed} of {self.of})"


@dataclass(frozen=True, slots=True)
class Page:
    """All the floors of one search, as reports show them."""

    workload: str
    dataset: str
    held: str
    began: str
    command: str
    warnings: tuple[str, ...]
    floors: tuple[Floor, ...]

    def measure_width(self, count: int | None) -> float:
        """Return a share of the longest bar, in per cent."""
        longest = max((max(f.floor or 0, f.peak or 0) for f in self.floors), default=0)
        return round(100 * (count or 0) / longest, 1) if longest else 0.0


def build(stored: StoredSearch) -> Page:
    """Return a stored search, finished or not, as reports show it."""
    head = stored.head
    places = dict.fromkeys((q, e) for q in head.queries for e in head.engines)
    floors = (_write_floor(e, q, _list_trials(stored.trials, e, q)) for q, e in places)
    rows = head.dataset.get("rows", 0)
    return Page(
        workload=head.workload,
        dataset=f"{head.dataset.get('name', '')}, {rows:,} rows",
        held=str(head.limits.get("promise", "")),
        began=head.began,
        command=head.command,
        warnings=stored.warnings,
        floors=tuple(floors),
    )


def _list_trials(trials: Sequence[Trial], engine: str, query: str) -> list[Trial]:
    return [t for t in trials if (t.run.engine, t.run.query) == (engine, query)]


def _write_floor(engine: str, query: str, trials: Sequence[Trial]) -> Floor:
    free = [trial.run for trial in trials if trial.limit is None]
    bad = next((run for run in free if run.outcome is not Outcome.OK), None)
    if bad:
        return Floor(engine, query, None, why=_describe_ending(bad))
    tried = TrialCounts.gather(trials)
    charged = max((run.memory.charged or 0 for run in free), default=0) or None
    peak = max((run.memory.answering for run in free), default=None)
    low, high = tried.low, tried.high
    if high is None:
        why = f"more than {format_size(low)}" if low else "not searched"
        return Floor(engine, query, None, low=low, peak=peak, why=why)
    at = [trial.run for trial in trials if trial.limit == high]
    below = [t.run for t in trials if t.limit == low and t.run.outcome is not Outcome.OK]
    return Floor(
        engine,
        query,
        high,
        low=low,
        finished=tried.count_finished(low) if low else 0,
        of=tried.count(low) if low else 0,
        tries=len(at),
        peak=peak,
        charged=charged,
        time=_time(at),
        free=_time(free),
        ending=_describe_ending(below[-1]) if below else "",
    )


def _time(runs: Sequence[Run]) -> float | None:
    times = [min(run.times.hot) for run in runs if run.times.hot]
    return median(times) if times else None


def _describe_ending(run: Run) -> str:
    first = run.evidence.partition("\n")[0]
    return f"{run.outcome}: {first}" if first else str(run.outcome)


def render(page: Page, width: int = 80) -> str:
    """Return the floors as plain text."""
    file = io.StringIO()
    console = Console(file=file, width=width, highlight=False, color_system=None, no_color=True)
    _print(page, console)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines()) + "\n"


def show(page: Page) -> None:
    """Print the floors; colour only on a terminal."""
    console = Console(highlight=False)
    if console.is_terminal:
        _print(page, console)
    else:
        console.file.write(render(page, max(console.width, 80)))


def _print(page: Page, console: Console) -> None:
    console.print(Text(f"{page.workload}: smallest sufficient memory, on {page.dataset}"))
    for warning in page.warnings:
        console.print(Text(f"! {warning}", style="yellow"))
    for query in dict.fromkeys(floor.query for floor in page.floors):
        console.print()
        console.print(_write_table(page, query))
        for note in (floor.note for floor in page.floors if floor.query == query and floor.note):
            console.print(Text(note))
    console.print(Text(LEGEND, style="dim"))


def _write_table(page: Page, query: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold underline")
    table.add_column(query, overflow="fold", style="bold")
    for heading in ("smallest", "fails at", "unlimited", "time", "cost"):
        table.add_column(heading, justify="right", overflow="fold")
    table.add_column("", overflow="fold")
    for floor in page.floors:
        if floor.query == query:
            table.add_row(floor.engine, *_write_cells(page, floor))
    return table


def _write_cells(page: Page, floor: Floor) -> tuple[str, ...]:
    if floor.floor is None:
        return ("—", "", format_size(floor.peak), "", "", floor.why)
    bar = "█" * max(1, round(page.measure_width(floor.floor) / 100 * BAR))
    times = format_seconds(floor.time), format_ratio(floor.cost)
    return (format_size(floor.floor), floor.fails, format_size(floor.peak), *times, bar)
