"""What `dfbench traits` does: probe roads, store what is found, and tell it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from ..errors import EngineError
from ..running import limits, machine
from ..storing.folder import create
from ..storing.records import Head
from . import findings
from .measuring import MEMORY, Prober
from .roads import ROADS, Road
from .scripts import Question
from .telling import told


def traits(
    names: Sequence[str], results: Path, workers: int | None, patience: float, command: str
) -> None:
    """Probe the roads, or those that are named, and print and store the tables."""
    limits.sweep()
    roads, backend = chosen(names), limits.choose()
    count = workers or machine.cores()
    folder = create(results, _head(roads, backend, count, patience, command), findings.HEAD)
    try:
        for found in Prober(folder, backend, count, patience).probe(roads, tuple(Question)):
            asked = Question[found.question].value
            sys.stderr.write(f"{found.road}, {asked}: {found.word} {found.evidence}\n")
    finally:  # Ctrl-C keeps what was found
        told(folder)


def chosen(names: Sequence[str]) -> tuple[Road, ...]:
    """Give the roads of these names, or all; EngineError for an unknown one."""
    known = {road.name: road for road in ROADS}
    for name in names:
        if name not in known:
            raise EngineError(f"{name}: no such road; there are {', '.join(known)}")
    return tuple(known[name] for name in names) or ROADS


def _head(
    roads: Sequence[Road], backend: limits.Backend, workers: int, patience: float, command: str
) -> Head:
    held = {"backend": backend.name, "promise": backend.promise}
    return Head(
        workload=findings.NAME,
        about="what each way to run Python in parallel can do and costs",
        source="",
        command=command,
        began=datetime.now(UTC).isoformat(timespec="seconds"),
        queries={question.name: question.value for question in Question},
        engines={road.name: {"python": sys.executable} for road in roads},
        dataset={},
        limits={"memory": MEMORY, "time": patience, "threads": workers, **held},
        measure={},
        machine=machine.describe(),
        baseline="",
        dfbench=metadata.version("dataframe-bench"),
    )
