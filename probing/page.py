"""The findings as two tables, what roads can do and what they cost, on a terminal and in files."""

from __future__ import annotations

from ..reporting.stories import Grid
from ..reporting.units import ratio, seconds
from .findings import Finding, Stored, Word
from .scripts import Question

TITLE = "Roads to parallel Python"
ASKED = tuple(question for question in Question if question is not Question.COSTS)
COSTS = ("start-up", "of it imports", "a task", "a MiB returned", "speed-up")
LEGEND = (
    "Each cell is a small script that was run by itself in a fresh Python; programs/ has them. "
    "Notebook: typed into a session, so that the main module has no file. Spawn: under "
    "multiprocessing's start method of macOS and Windows; the other columns have this system's "
    "own. Start-up: imports, the pool and its first answer. A task: 2,000 empty ones less 200, "
    "each. A MiB: eight arrays of 8 MiB returned less eight of a byte, each MiB. Speed-up: over a "
    "plain Python loop, on CPU-bound tasks; numba's holds its compiling, which was done before. "
    "Dask and Ray start more than the pools: what they keep running is in the start-up."
)


def build(stored: Stored) -> tuple[Grid, ...]:
    """Give the tables: traits, costs, and the evidence for each no."""
    found = {(f.road, f.question): f for f in stored.findings}
    roads = tuple(dict.fromkeys(f.road for f in stored.findings))
    workers = stored.head.limits.get("threads", "?")
    traits = [(r, *(_word(found.get((r, q.name)), q) for q in ASKED)) for r in roads]
    costs = [(r, *_costs(found.get((r, Question.COSTS.name)))) for r in roads]
    evidence = [
        (f.road, Question[f.question].value, str(f.word), f.evidence)
        for f in stored.findings
        if f.word is not Word.YES
    ]
    return (
        Grid("What works", ("road", *ASKED), traits),
        Grid(f"What it costs, with {workers} workers", ("road", *COSTS), costs),
        Grid("Why not", ("road", "question", "outcome", "evidence"), evidence),
    )


def beware(stored: Stored) -> tuple[str, ...]:
    """Say what makes the figures doubtful."""
    load, cores = stored.head.machine.get("load"), stored.head.machine.get("cores")
    if load and cores and load > cores / 2:
        busy = f"the machine was busy (load {load} on {cores} cores): costs and speed-ups are rough"
        return (*stored.warnings, busy)
    return stored.warnings


def _word(found: Finding | None, question: Question) -> str:
    if found is None:
        return "—"
    if question is Question.WORKERS and found.word is Word.YES:
        return found.evidence
    return str(found.word)


def _costs(found: Finding | None) -> tuple[str, ...]:
    if found is None or found.word is not Word.YES:
        return ("—" if found is None else str(found.word), *("—" for _ in COSTS[1:]))
    names = ("start", "imports", "task", "mebibyte")
    told = (seconds(found.figures.get(name)) for name in names)
    return (*told, ratio(found.figures.get("speedup")))
