"""The whole kit on one engine, part after part: what `dfbench engine test NAME` runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import TimeoutExpired
from tempfile import TemporaryDirectory

from ...comparison import session
from ...comparison.request import Request
from ...engines import find
from ...errors import EngineError
from ...storage.records import Outcome, Run
from . import canaries, golden
from .answers import CaseResult, CaseRunner, find_interpreter, open_runner
from .cases import CASES, ConformanceCase
from .known_failures import find_mark

# Without missing values, and with them: where engines differ most.
MISSING = ("missing", "sold_missing")
LIMITED_ROWS = "1e6"
# Of the peak that an engine needs where it has room: not enough, unless it spills.
TIGHT = 0.5
ROOM = "4GiB"
NO_TIME = "50ms"  # less than an interpreter takes to start and read
ENDS = {Outcome.OK, Outcome.OUT_OF_MEMORY, Outcome.TIMEOUT}


@dataclass(frozen=True, slots=True)
class KitPart:
    """How an engine met one part of the kit; `known` are failures that dfbench has marks for."""

    name: str
    met: int = 0
    unsupported: int = 0
    known: int = 0
    failures: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Return the number of cases."""
        return self.met + self.unsupported + self.known + len(self.failures)


def test(name: str, reviewed: Path | None) -> Iterator[KitPart]:
    """Return each part of the kit as it ends; `reviewed` is a folder of golden programs.

    Raises EngineError where the engine is unknown or not installed.
    """
    problem = find_interpreter(find(name)).problem
    if problem:
        raise EngineError(f"{name}: {problem}")
    yield _list_programs(name, reviewed)
    with TemporaryDirectory(prefix="dfbench-kit-") as made:
        folder = Path(made)
        yield from _check_answers(name, folder)
        yield from _list_questions(name, folder)
        yield _check_spending(name, folder, "finished answers", 2)
        yield _check_spending(name, folder, "one thread", 1)
        yield _check_limits(name, folder)


def _list_programs(name: str, reviewed: Path | None) -> KitPart:
    engine = find(name)
    written, again = golden.write_golden(engine), golden.write_golden(engine)
    found = [
        f"{file} {problem}"
        for file, text in written.programs.items()
        for problem in golden.list_problems(text, engine.distributions[0])
    ]
    found += [
        f"{file} differs each time it is written"
        for file, text in written.programs.items()
        if again.programs.get(file) != text
    ]
    if reviewed:
        mend = f"review it, then: dfbench engine golden {name} {reviewed}"
        found += [
            f"{difference}; {mend}" for difference in golden.list_differences(written, reviewed)
        ]
    met = max(0, len(written.programs) - len(found))
    return KitPart("golden programs", met, len(written.refused), 0, tuple(found))


def _check_answers(name: str, folder: Path) -> Iterator[KitPart]:
    with open_runner(name, folder) as runner:
        plain = [case for case in CASES if case.frame not in MISSING]
        yield _run_cases("answers", runner, plain)
        yield _run_cases("missing values", runner, [c for c in CASES if c.frame in MISSING])


def _run_cases(title: str, runner: CaseRunner, cases: list[ConformanceCase]) -> KitPart:
    results = [(case.name, runner.run(case)) for case in cases]
    wrong = [(case, found) for case, found in results if found.outcome == "wrong"]
    known = [
        case for case, _ in wrong if (m := find_mark(runner.engine, case)) and m.outcome == "wrong"
    ]
    return KitPart(
        title,
        sum(found.outcome == "answered" for _, found in results),
        sum(found.outcome == "unsupported" for _, found in results),
        len(known),
        tuple(f"{case}: {_write_line(found)}" for case, found in wrong if case not in known),
    )


def _write_line(found: CaseResult) -> str:
    """Return the line of an explanation that says most: an error's last, a difference's first."""
    lines = found.reason.strip().splitlines() or [""]
    return lines[-1] if lines[0].startswith("Traceback") else lines[0]


def _list_questions(name: str, folder: Path) -> Iterator[KitPart]:
    for title, workload in (
        ("ten questions", "groupby"),
        ("functions", "apply"),
        ("tasks", "random_walk"),
    ):
        request = Request(workload, (name,), results=folder / title)
        found = session.check(request, request.read())
        yield _judge_runs(title, found.stored.runs, {Outcome.OK})


def _judge_runs(title: str, runs: tuple[Run, ...], right: set[Outcome]) -> KitPart:
    unsupported = [run for run in runs if run.outcome is Outcome.UNSUPPORTED]
    fine = {*right, Outcome.UNSUPPORTED}
    other = [run for run in runs if run.outcome not in fine or run.cores]
    failures = tuple(f"{run.query}: {run.outcome}, {run.evidence}" for run in other)
    met = len(runs) - len(unsupported) - len(failures)
    return KitPart(title, met, len(unsupported), 0, failures)


def _check_spending(name: str, folder: Path, title: str, threads: int) -> KitPart:
    place = folder / f"threads-{threads}"
    place.mkdir()
    try:
        data = canaries.make_data(name)
        found = canaries.count_spent(name, find_interpreter(find(name)), data, place, threads)
    except (RuntimeError, TimeoutExpired) as error:
        return KitPart(title, failures=(str(error).strip().splitlines()[-1],))
    failures = tuple(
        f"{query}: {seconds.left:.0%} of the work came after the query had returned"
        if threads > 1
        else f"{query}: {seconds.query:.2f} s of work in {seconds.wall:.2f} s"
        for query, seconds in found.items()
        if not (seconds.is_finished if threads > 1 else seconds.is_alone)
    )
    return KitPart(title, len(found) - len(failures), 0 if found else 1, 0, failures)


def _check_limits(name: str, folder: Path) -> KitPart:
    """Run a question with room, with half of that, and in no time: each has its right ending.

    Only what answers with room is run without.
    """
    free = _run_limited(name, folder / "room", {"limits.memory": ROOM})
    if free is None:
        return KitPart("limits", unsupported=3)
    if free.outcome is not Outcome.OK:
        return _judge_runs("limits", (free,), {Outcome.OK})
    peak = free.memory.peak or 0
    tight = _run_limited(name, folder / "tight", {"limits.memory": str(int(TIGHT * peak))})
    late = _run_limited(name, folder / "late", {"limits.time": NO_TIME})
    assert tight is not None
    assert late is not None
    parts = [
        _judge_runs("limits", (free,), {Outcome.OK}),
        _judge_runs("limits", (tight,), ENDS),
        _judge_runs("limits", (late,), {Outcome.TIMEOUT}),
    ]
    return KitPart(
        "limits", sum(p.met for p in parts), failures=sum((p.failures for p in parts), ())
    )


def _run_limited(name: str, folder: Path, limits: dict[str, str]) -> Run | None:
    asked = {
        "dataset.rows": LIMITED_ROWS,
        "measure.rounds": "1",
        "measure.warmups": "0",
        "measure.runs": "1",
        "limits.threads": "1",
        **limits,
    }
    request = Request("groupby", (name,), ("q1",), asked, results=folder)
    (run,) = session.compare(request, request.read()).stored.runs
    return None if run.outcome is Outcome.UNSUPPORTED else run
