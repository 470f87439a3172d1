"""`dfbench selftest`: compare an engine with itself, and count the false verdicts."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from ..comparison import session
from ..comparison.plan import narrow
from ..comparison.request import Request
from ..engines import find_missing, load_engines
from ..errors import EngineError
from ..report import selftest as selftests
from ..report.progress import Progress
from ..spec.workload import Workload
from ..storage.folder import find_newest, read

TESTED = 5  # queries: enough to borrow each other's spread, few enough to be short


def selftest(request: Request, count: int, rounds: int) -> int:
    """Compare an engine with itself by real runs; return 1 if verdicts are false too often."""
    narrowed = request if request.engines else replace(request, engines=_choose_engines())
    workload = narrowed.read()
    if not narrowed.queries:
        workload = narrow(workload, (), _choose_first_queries(workload))
    needed = selftests.count_rounds(len(workload.engines) * len(workload.questions), count, rounds)
    measure = replace(workload.measure, rounds=needed, budget=None)
    overrides = {"measure.rounds": str(needed), "measure.budget": "null"}
    merged = tuple({**dict(workload.overrides), **overrides}.items())
    workload = replace(workload, measure=measure, overrides=merged)
    return check_verdicts(session.compare(narrowed, workload, Progress()).path, rounds)


def check_verdicts(path: Path, rounds: int) -> int:
    """Test verdicts on the rounds of a comparison; return 1 if they are false too often."""
    found = selftests.build(read(find_newest(path)), rounds)
    sys.stdout.write(selftests.render(found))
    return 0 if found.has_passed else 1


def _choose_engines() -> tuple[str, ...]:
    """Return engines that start fast: several, as a single round borrows another's spread."""
    here = [engine.name for engine in load_engines().values() if not find_missing(engine)]
    if not here:
        raise EngineError("no engine is installed; `make install` installs all of them")
    return tuple(name for name in ("pandas", "polars", "duckdb") if name in here) or (here[0],)


def _choose_first_queries(workload: Workload) -> tuple[str, ...]:
    return tuple(query.name for query in workload.queries[:TESTED])
