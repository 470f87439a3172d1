"""The findings of probes as tables: roads to parallel Python, and the libraries of frames."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..storage import folder, probe_results
from ..storage.probe_results import ProbeOutcome, ProbeResult, Question, Trait
from .model import Grid, Story
from .units import ratio, seconds

TITLE = "Roads to parallel Python"
FAMILY = "The pandas family"
ROADS = tuple(question for question in Question if question is not Question.COSTS)
COSTS = ("start-up", "of it imports", "a task", "a MiB returned", "speed-up")
TRAITS = tuple(trait for trait in Trait if trait is not Trait.SPEED)
LEGEND = (
    "Each cell is a small script that was run by itself in a fresh Python; probes/ has them. "
    "Notebook: typed into a session, so that the main module has no file. Spawn: under "
    "multiprocessing's start method of macOS and Windows; the other columns have this system's "
    'own. No guard: without `if __name__ == "__main__"`. Any argument: one that cannot be pickled. '
    "Start-up: imports, the pool and its first answer. A task: 2,000 empty ones less 200, "
    "each. A MiB: eight arrays of 8 MiB returned less eight of a byte, each MiB. Speed-up: over a "
    "plain Python loop, on CPU-bound tasks; numba's holds its compiling, which was done before. "
    "Dask and Ray start more than the pools: what they keep running is in the start-up."
)
FAMILY_LEGEND = (
    "Each cell is a script that was run by itself; probes/ has them. pandas' syntax: expressions "
    "of pandas that the library answers alike, unchanged. Speed: a mean by 100 groups of 5e6 rows "
    "over pandas' own. Lazy: describing a column takes less than a fifth of its time. Data beyond "
    "memory: a mean by groups of a file of 1.5 GiB under a limit of 1 GiB. Cluster: where a user's "
    "function runs that is mapped over a column, with the library's own processes."
)


def stories(stored: folder.StoredComparison) -> tuple[Story, ...]:
    """Return the sections of a comparison whose roads and libraries were probed."""
    found, skipped = probe_results.lines(stored.path)
    return told(found, stored.head.limits.get("threads") or "all", skipped)


def told(
    found: Sequence[ProbeResult], workers: object, warnings: Sequence[str] = ()
) -> tuple[Story, ...]:
    """Return a section for each kind of subject that was asked."""
    roads = [one for one in found if one.question in Question.__members__]
    frames = [one for one in found if one.question in Trait.__members__]
    sections = []
    if roads:
        sections.append(_section(TITLE, _roads(roads, workers), LEGEND, roads, warnings))
    if frames:
        sections.append(_section(FAMILY, _frames(frames), FAMILY_LEGEND, frames, warnings))
    return tuple(sections)


def _section(
    title: str,
    grids: Sequence[Grid],
    legend: str,
    found: Iterable[ProbeResult],
    warnings: Sequence[str],
) -> Story:
    evidence = [
        (f.subject, f.asked, str(f.word), f.evidence)
        for f in found
        if f.word is not ProbeOutcome.YES
    ]
    why = Grid("Why not", ("", "question", "outcome", "evidence"), evidence)
    busy = [f"{f.subject}, {f.asked}" for f in found if f.busy]
    beware = (f"other programs ran beside: {'; '.join(busy)}: such figures are rough",)
    return Story(title, (*grids, why), legend, (*warnings, *(beware if busy else ())))


def _roads(found: Sequence[ProbeResult], workers: object) -> tuple[Grid, ...]:
    known, names = _by_place(found)
    traits = [(r, *(_word(known.get((r, q.name))) for q in ROADS)) for r in names]
    costs = [(r, *_costs(known.get((r, Question.COSTS.name)))) for r in names]
    return (
        Grid("What works", ("road", *ROADS), traits),
        Grid(f"What it costs, with {workers} workers", ("road", *COSTS), costs),
    )


def _frames(found: Sequence[ProbeResult]) -> tuple[Grid, ...]:
    known, names = _by_place(found)
    rows = []
    for name in names:
        first, *others = (_word(known.get((name, trait.name))) for trait in TRAITS)
        rows.append((name, first, *_speed(known.get((name, Trait.SPEED.name))), *others))
    first, *others = map(str, TRAITS)
    headings = ("library", first, "speed", "start-up", *others)
    return (Grid("Syntax, speed and other features", headings, rows),)


def _by_place(
    found: Sequence[ProbeResult],
) -> tuple[Mapping[tuple[str, str], ProbeResult], tuple[str, ...]]:
    known = {(f.subject, f.question): f for f in found}
    return known, tuple(dict.fromkeys(f.subject for f in found))


def _word(found: ProbeResult | None) -> str:
    if found is None:
        return "—"
    return found.evidence if found.word is ProbeOutcome.YES and found.evidence else str(found.word)


def _costs(found: ProbeResult | None) -> tuple[str, ...]:
    if found is None or found.word is not ProbeOutcome.YES:
        return ("—" if found is None else str(found.word), *("—" for _ in COSTS[1:]))
    names = ("start", "imports", "task", "mebibyte")
    return (
        *(seconds(found.figures.get(name)) for name in names),
        ratio(found.figures.get("speedup")),
    )


def _speed(found: ProbeResult | None) -> tuple[str, str]:
    if found is None or found.word is not ProbeOutcome.YES:
        return ("—" if found is None else str(found.word), "—")
    return ratio(found.figures.get("speedup")), seconds(found.figures.get("start"))
