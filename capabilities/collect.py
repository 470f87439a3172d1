"""Probes beside a comparison: each runs once per machine and versions, and is then cached."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Protocol

from ..execution import machine
from ..execution.limits import Backend
from ..storage import probe_results
from ..storage.folder import Folder
from ..storage.probe_results import ProbeOutcome, ProbeResult, Question, Trait
from . import frame_libraries, scripts
from .frame_libraries import LIBRARIES
from .measure import ProbeRunner, write_harness
from .parallel_apis import PARALLEL_APIS
from .probe import Probe

PATIENCE = 30.0  # seconds until a probe hangs
# A subject without its own package is not probed further.
PREREQUISITES = {Question.WORKERS.name, Trait.SYNTAX.name}
# Of the machine, what an answer depends on.
MACHINE_FACTS = ("cpu", "cores", "kernel", "memory", "python")


class ProbeObserver(Protocol):
    """Receives the progress of the probes."""

    def show_probe(self, subject: str, done: int, total: int) -> None:
        """Receive which engine is probed next."""


class Subject(Protocol):
    """An engine's interpreter, and the versions that it has."""

    @property
    def path(self) -> str:
        """Return the interpreter's file."""

    @property
    def python(self) -> str:
        """Return its version."""

    @property
    def versions(self) -> Mapping[str, str]:
        """Return the versions of the engine's distributions."""

    @property
    def problem(self) -> str:
        """Describe why it cannot run; else nothing."""


def collect(  # noqa: PLR0913 - what probes are, where they run, and who hears of it
    subjects: Mapping[str, Subject],
    folder: Folder,
    cache: Path,
    backend: Backend,
    workers: int | None,
    observer: ProbeObserver,
) -> None:
    """Probe a comparison's engines, and store the results in its folder."""
    count, facts = workers or machine.count_usable_cores(), _read_facts()
    wanted = [
        (place, probe)
        for name, place in subjects.items()
        if not place.problem
        for probe in list_probes(name, count)
    ]
    known = {(f.subject, f.question) for f in probe_results.read_lines(folder.path)[0]}
    absent: set[str] = set()
    for done, (place, probe) in enumerate(wanted):
        if (probe.subject, probe.question) in known or probe.subject in absent:
            continue
        observer.show_probe(probe.subject, done, len(wanted))
        prober = ProbeRunner(folder, backend, count, PATIENCE, place.path)
        versions = {**place.versions, "python": place.python, "limits": backend.name}
        found = _find_or_run(prober, probe, cache / "probes", {**facts, **versions})
        probe_results.append(folder.path, found)
        known.add((probe.subject, probe.question))
        if found.word is ProbeOutcome.MISSING and probe.question in PREREQUISITES:
            absent.add(probe.subject)
    if wanted:
        observer.show_probe("", len(wanted), len(wanted))


def list_probes(engine: str, workers: int) -> Iterator[Probe]:
    """Return the probes of an engine: as a back-end, as a library, as both or neither."""
    base, at, version = engine.partition("@")
    for api in PARALLEL_APIS:
        if api.name == base or (api.name, base) == ("numba", "pandas+numba"):
            yield from scripts.list_probes(api, workers, f"{api.name}{at}{version}")
    for library in LIBRARIES:
        if library.name == base:
            own = replace(library, name=engine)
            yield from frame_libraries.list_probes(own, workers)


def _find_or_run(
    prober: ProbeRunner, probe: Probe, kept: Path, facts: Mapping[str, object]
) -> ProbeResult:
    """Return the cached result of the same script on this machine, or run the probe."""
    asked = [asdict(probe), write_harness(session=probe.session), PATIENCE, prober.workers, facts]
    key = hashlib.sha256(json.dumps(asked, default=str, sort_keys=True).encode()).hexdigest()[:32]
    file = kept / f"{key}.json"
    with suppress(OSError, ValueError, KeyError, TypeError):
        found = probe_results.parse_record(json.loads(file.read_text()))
        prober.store(probe)
        return found
    found = prober.ask(probe)
    if not found.busy:  # a rough figure is worth another try
        kept.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps(asdict(found)))
        fresh.replace(file)
    return found


def _read_facts() -> dict[str, object]:
    known = machine.describe()
    return {name: known.get(name) for name in MACHINE_FACTS}
