"""The results of probes as tables: parallel back-ends, and libraries with pandas-like syntax."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..storage import folder, probe_results
from ..storage.probe_results import ProbeOutcome, ProbeResult, Question, Trait
from .model import Grid, Story
from .units import format_ratio, format_seconds

TITLE = "Parallel back-ends"
FAMILY = "Data-frame libraries with pandas-like syntax"
ROADS = tuple(question for question in Question if question is not Question.COSTS)
COSTS = ("start-up", "of which imports", "per task", "per MiB returned", "speed-up")
TRAITS = tuple(trait for trait in Trait if trait is not Trait.SPEED)
LEGEND = (
    "Each cell is the result of a small script in a fresh Python process; the scripts are in "
    "probes/. Notebook: the code is entered interactively, so the main module has no file. Spawn: "
    "multiprocessing's start method on macOS and Windows; the other columns use this system's "
    'default. No guard: without `if __name__ == "__main__"`. Any argument: one that cannot be '
    "pickled. Start-up: imports, the pool and its first result. Per task: the time of 2,000 empty "
    "tasks minus that of 200, per task. Per MiB: the time to return eight arrays of 8 MiB minus "
    "that of eight single bytes, per MiB. Speed-up: the time of a plain Python loop over the "
    "back-end's time, on CPU-bound tasks (above 1 is faster); compiling with numba is excluded. "
    "Dask and Ray also start services, which their start-up includes."
)
FAMILY_LEGEND = (
    "Each cell is the result of a small script; the scripts are in probes/. pandas' syntax: the "
    "number of pandas expressions that run unchanged with the same result. Speed-up: pandas' time "
    "over the library's, for a mean by 100 groups of 5e6 rows (above 1 is faster). Lazy: defining "
    "a column takes less than a fifth of the time to compute it. Data beyond memory: a grouped "
    "mean of a 1.5 GiB file under a limit of 1 GiB. Cluster: where a user's function mapped over "
    "a column runs, with the library's own processes."
)


def describe_stories(stored: folder.StoredComparison) -> tuple[Story, ...]:
    """Return the sections of a comparison whose back-ends and libraries were probed."""
    found, skipped = probe_results.read_lines(stored.path)
    return build_stories(found, stored.head.limits.get("threads") or "all", skipped)


def build_stories(
    found: Sequence[ProbeResult], workers: object, warnings: Sequence[str] = ()
) -> tuple[Story, ...]:
    """Return a section for each kind of subject that was probed."""
    roads = [one for one in found if one.question in Question.__members__]
    frames = [one for one in found if one.question in Trait.__members__]
    sections = []
    if roads:
        sections.append(
            _make_section(TITLE, _make_backend_grids(roads, workers), LEGEND, roads, warnings)
        )
    if frames:
        sections.append(
            _make_section(FAMILY, _make_library_grids(frames), FAMILY_LEGEND, frames, warnings)
        )
    return tuple(sections)


def _make_section(
    title: str,
    grids: Sequence[Grid],
    legend: str,
    found: Iterable[ProbeResult],
    warnings: Sequence[str],
) -> Story:
    evidence = [
        (f.subject, f.question_text, str(f.word), f.evidence)
        for f in found
        if f.word is not ProbeOutcome.YES
    ]
    why = Grid("Reasons", ("", "question", "outcome", "evidence"), evidence)
    busy = [f"{f.subject}, {f.question_text}" for f in found if f.busy]
    rough = (
        f"Other programs ran during these probes, so their figures are rough: {'; '.join(busy)}.",
    )
    return Story(title, (*grids, why), legend, (*warnings, *(rough if busy else ())))


def _make_backend_grids(found: Sequence[ProbeResult], workers: object) -> tuple[Grid, ...]:
    known, names = _index_results(found)
    traits = [(r, *(_choose_word(known.get((r, q.name))) for q in ROADS)) for r in names]
    costs = [(r, *_describe_costs(known.get((r, Question.COSTS.name)))) for r in names]
    return (
        Grid("What works", ("back-end", *ROADS), traits),
        Grid(f"Costs, with {workers} workers", ("back-end", *COSTS), costs),
    )


def _make_library_grids(found: Sequence[ProbeResult]) -> tuple[Grid, ...]:
    known, names = _index_results(found)
    rows = []
    for name in names:
        first, *others = (_choose_word(known.get((name, trait.name))) for trait in TRAITS)
        rows.append((name, first, *_format_speed(known.get((name, Trait.SPEED.name))), *others))
    first, *others = map(str, TRAITS)
    headings = ("library", first, "speed-up", "start-up", *others)
    return (Grid("Syntax, speed and other features", headings, rows),)


def _index_results(
    found: Sequence[ProbeResult],
) -> tuple[Mapping[tuple[str, str], ProbeResult], tuple[str, ...]]:
    known = {(f.subject, f.question): f for f in found}
    return known, tuple(dict.fromkeys(f.subject for f in found))


def _choose_word(found: ProbeResult | None) -> str:
    if found is None:
        return "—"
    return found.evidence if found.word is ProbeOutcome.YES and found.evidence else str(found.word)


def _describe_costs(found: ProbeResult | None) -> tuple[str, ...]:
    if found is None or found.word is not ProbeOutcome.YES:
        return ("—" if found is None else str(found.word), *("—" for _ in COSTS[1:]))
    names = ("start", "imports", "task", "mebibyte")
    return (
        *(format_seconds(found.figures.get(name)) for name in names),
        format_ratio(found.figures.get("speedup")),
    )


def _format_speed(found: ProbeResult | None) -> tuple[str, str]:
    if found is None or found.word is not ProbeOutcome.YES:
        return ("—" if found is None else str(found.word), "—")
    return format_ratio(found.figures.get("speedup")), format_seconds(found.figures.get("start"))
