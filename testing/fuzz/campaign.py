"""Asks engines random queries in batches, in processes that stay warm, and keeps what disagrees."""

from __future__ import annotations

import itertools
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import TypeAlias

from ...engines import find
from ...engines.base import Resources
from ...engines.writing.program import skip_formatting
from ...errors import DataError, Unsupported, WorkloadError
from ...execution.warm_process import DIED, WarmProcess
from ...spec.kinds import KindError
from ...spec.unparse import unparse_question
from ...spec.workload import Query
from ..conformance.answers import start_process
from . import expectations, reproducers
from .cases import Data, FuzzCase, list_cases
from .frames import Tables
from .known_bugs import find_known_bug
from .shrink import shrink

BATCH = 40
# Python 3.11 counts how deep syntax trees are for all threads at once, and fails where two parse:
# a finalizer that runs meanwhile lets the other go on.
WRITING = Lock()
RESOURCES = Resources(threads=2)
PATIENCE = 300.0  # seconds: on a busy machine, an engine's start alone may take a minute


@dataclass(frozen=True, slots=True)
class FuzzFinding:
    """An engine's answer that is not the oracle's, shrunk, and the folder that shows it."""

    engine: str
    query: Query
    tables: Tables
    said: str
    folder: Path


@dataclass(slots=True)
class Tally:
    """The counts of a campaign: workloads, answers, disagreements."""

    workloads: int = 0
    seconds: float = 0.0
    stopped: bool = False
    answers: Counter[str] = field(default_factory=Counter)
    unsupported: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    died: Counter[str] = field(default_factory=Counter)
    disagreements: list[FuzzFinding] = field(default_factory=list)

    @property
    def per_minute(self) -> float:
        """Return the workloads per minute, each run on every engine."""
        return 60 * self.workloads / self.seconds if self.seconds else 0.0


def _read_last_words(error: str) -> str:
    """Return what was raised: behind a traceback's frames, the first line without an indent."""
    lines = error.strip().splitlines()
    frames = [place for place, line in enumerate(lines) if line.startswith("  File ")]
    behind = lines[frames[-1] + 1 :] if frames else lines
    return next((line for line in behind if line[:1].strip()), error)


class EngineProcess:
    """One engine's warm process; it is started again where a program ended it."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.engine = find(name)
        self.folder = folder / name.replace("/", "_").replace("+", "_")
        self.folder.mkdir(parents=True, exist_ok=True)
        self.count = itertools.count()
        self.died = 0  # times that it died of a case, and not when it was asked again
        self.warm: WarmProcess | None = None

    def judge(self, case: FuzzCase) -> str | None:
        """Return what is wrong with an answer, or nothing; Unsupported where there is none."""
        with WRITING, skip_formatting():
            program = self.engine.write(case.query, case.data.schema, RESOURCES)
        # Workers of a cluster import the program by its name, so no two may share one.
        text = self.folder / f"{self.folder.name}_{next(self.count)}.py"
        text.write_text(program.text, encoding="utf-8")
        answer, (frame, *others) = self.folder / "answer.arrow", case.data.paths
        try:
            if error := self._start().answer(text, frame, answer, *others, patience=PATIENCE):
                return _read_last_words(error)
            verdict = expectations.check_agreement(case.query, case.data.tables, answer)
        finally:
            text.unlink()
        return None if verdict.agrees else f"{verdict.reason} {verdict.rows[1:4]}"

    def _start(self) -> WarmProcess:
        if self.warm is None or not self.warm.alive:
            self.warm = start_process(self.engine.name, self.folder)
        return self.warm

    def end(self) -> None:
        """End the process."""
        if self.warm:
            self.warm.end()


def fuzz(  # noqa: PLR0913 - each is an option
    names: Sequence[str],
    count: int,
    seed: int,
    folder: Path,
    most: int,
    report: Callable[[str], None],
    progress: Callable[[Tally], None] = lambda _: None,
) -> Tally:
    """Run so many workloads on each engine; stop once so many disagree.

    Ctrl-C stops it too; the results so far are still reported.
    """
    tally, begun = Tally(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="dfbench-fuzz-") as work:
        engines = [EngineProcess(name, Path(work)) for name in names]
        asked = itertools.islice(list_cases(seed, Path(work)), count)
        try:
            with ThreadPoolExecutor(len(engines)) as pool:
                while batch := list(itertools.islice(asked, BATCH)):
                    found = pool.map(lambda engine: _batch(engine, batch), engines)
                    wrong = [one for answers in found for one in _count(tally, answers)]
                    tally.workloads += len(batch)
                    tally.died = Counter({engine.name: engine.died for engine in engines})
                    tally.seconds = time.monotonic() - begun
                    progress(tally)
                    for one in wrong[: most - len(tally.disagreements)]:
                        tally.disagreements.append(_shrink(one, engines, folder, Path(work)))
                        report(_describe(tally.disagreements[-1]))
                    if len(tally.disagreements) >= most:
                        break
        except KeyboardInterrupt:
            tally.stopped = True
        finally:
            for engine in engines:
                engine.end()
    return tally


Answer: TypeAlias = tuple[EngineProcess, FuzzCase, str | None]
UNSUPPORTED = "unsupported"


def _batch(engine: EngineProcess, batch: Sequence[FuzzCase]) -> list[Answer]:
    return [(engine, case, _ask_twice(engine, case)) for case in batch]


def _ask_twice(engine: EngineProcess, case: FuzzCase) -> str | None:
    """Run a case, and repeat it if the process died: an earlier case may have been the cause."""
    said = _run_once(engine, case)
    if said != DIED:
        return said
    again = _run_once(engine, case)
    engine.died += again != DIED
    return again


def _run_once(engine: EngineProcess, case: FuzzCase) -> str | None:
    try:
        return engine.judge(case)
    except Unsupported:
        return UNSUPPORTED
    except Exception as error:  # noqa: BLE001 - a writer that fails is what is looked for
        return f"no program: {error!r}"


def _count(tally: Tally, answers: Sequence[Answer]) -> list[Answer]:
    """Count the answers, and give those that are wrong."""
    wrong: list[Answer] = []
    for engine, case, said in answers:
        tally.answers[engine.name] += said != UNSUPPORTED
        tally.unsupported[engine.name] += said == UNSUPPORTED
        if said in {None, UNSUPPORTED}:
            continue
        if bug := find_known_bug(engine.name, case.query, case.data.tables):
            tally.known[f"{bug.engine}: {bug.name}"] += 1
        else:
            wrong.append((engine, case, said))
    return wrong


def _shrink(
    wrong: Answer, engines: Sequence[EngineProcess], folder: Path, work: Path
) -> FuzzFinding:
    engine, case, said = wrong

    def disagrees(query: Query, tables: Tables) -> bool:
        try:
            smaller = FuzzCase(query, Data.of(tables, work / "smaller"))
            if not smaller.is_fair or find_known_bug(engine.name, query, tables):
                return False
            return engine.judge(replace(smaller, query=reproducers.read_back(query))) is not None
        except (Unsupported, WorkloadError, KindError, DataError):
            return False
        except Exception as error:  # noqa: BLE001 - as above
            return bool(said and said.startswith("no program") and repr(error) in said)

    query, tables = shrink(case.query, case.data.tables, disagrees)
    query = replace(query, question=unparse_question(query))
    small = FuzzCase(query, Data.of(tables, work / "smaller"))
    again = _ask_twice(engine, small) or said or ""
    place = folder / f"{engine.name.replace('/', '-')}-{reproducers.digest(query, tables)}"
    about = _describe_disagreement(engine.name, query, tables, again)
    reproducers.save(place, query, tables, _list_programs(engines, small), about)
    return FuzzFinding(engine.name, query, tables, again, place)


def _list_programs(engines: Sequence[EngineProcess], case: FuzzCase) -> dict[str, str]:
    written = {}
    for engine in engines:
        try:
            written[engine.name] = engine.engine.write(case.query, case.data.schema, RESOURCES).text
        except Exception as error:  # noqa: BLE001 - stored in place of the program
            written[engine.name] = f"# no program: {error!r}\n"
    return written


def _describe_disagreement(engine: str, query: Query, tables: Tables, said: str) -> str:
    rows = expectations.answer_rows(query, tables)
    return (
        f"# {engine} disagrees\n\n{said}\n\n```yaml\n{reproducers.write_workload(query)}```\n\n"
        f"data: `{reproducers.write_data(tables)}`\n\nPython's own answer: `{rows}`\n"
    )


def _describe(found: FuzzFinding) -> str:
    asked = reproducers.write_workload(found.query).partition("queries:\n")[2]
    data = reproducers.write_data(found.tables)
    return f"{found.engine}: {found.said}\n{asked}  {data}\n  {found.folder}"
