"""Run every fault under every limit that this machine has, and kill the parent at random moments.

    python -m tests.faults [FAULTY RUNS] [KILLS] [--seed 0] [--backend NAME]...

Prints counts; the exit code is 1 when an outcome was wrong or anything was left.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
import uuid
from collections import Counter
from itertools import cycle, islice
from pathlib import Path

from dfbench.errors import LimitError
from dfbench.execution.limits import NAMES, Backend, choose_backend, clean_up
from dfbench.storage.records import Outcome

from .harness import gone, left, provoke, victim
from .programs import FAULTS, Fault

# Every run ends within this many seconds of its cause, the start of two interpreters included.
SLOWEST = 5.0


def backends(names: list[str]) -> list[Backend]:
    found = []
    for name in names:
        try:
            found.append(choose_backend(name))
        except LimitError as error:
            print(f"left out: {error}", file=sys.stderr)
    return found


def cases(seed: int, means: list[Backend]) -> list[tuple[str, Fault, Backend]]:
    pairs = [
        (name, fault, backend)
        for backend in means
        for name, fault in FAULTS.items()
        if not (fault.needs_limit and backend.name == "none")
    ]
    random.Random(seed).shuffle(pairs)
    return pairs


def faulty_runs(count: int, pairs: list[tuple[str, Fault, Backend]], folder: Path) -> Counter[str]:
    counts: Counter[str] = Counter()
    for name, fault, backend in islice(cycle(pairs), count):
        run, remains, seconds = provoke(fault, folder, backend)
        cause = fault.seconds if fault.right == {Outcome.TIMEOUT} else 0
        late = seconds > cause + SLOWEST
        wrong = run.outcome not in fault.right or fault.evidence not in run.evidence
        counts["faulty runs"] += 1
        counts["wrong outcomes"] += wrong
        counts["left-overs"] += bool(remains)
        counts["late"] += late
        if wrong or remains or late:
            told = f"{run.outcome}: {run.evidence}"
            print(f"{name} under {backend.name}: {told} {remains} {seconds:.1f} s, {run.times}")
    return counts


def kills(
    count: int, pairs: list[tuple[str, Fault, Backend]], seed: int, folder: Path
) -> Counter[str]:
    """Kill the parent, and in every third case its supervisor too, then clean up."""
    counts: Counter[str] = Counter()
    chance = random.Random(seed)
    for number, (name, _, backend) in enumerate(islice(cycle(pairs), count)):
        mark = uuid.uuid4().hex
        before = left(mark)
        with victim(backend.name, name, mark, folder) as parent:
            time.sleep(chance.uniform(0.05, 1.0))
            if number % 3 == 2:
                signal_children(parent.pid)
        remains = gone(mark, before, 1.0 if number % 3 == 2 else 5.0)
        if remains:
            clean_up()
            remains = gone(mark, before)
            counts["needed the next start"] += 1
        counts["kills"] += 1
        counts["left-overs after kills"] += bool(remains)
        if remains:
            print(f"killed during {name} under {backend.name}: {remains}")
    return counts


def signal_children(pid: int) -> None:
    """Kill the supervisor first, as a machine that ends everything might."""
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        os.kill(int(child), signal.SIGKILL)


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("runs", type=int, nargs="?", default=500)
    options.add_argument("kills", type=int, nargs="?", default=200)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--backend", action="append", choices=NAMES)
    asked = options.parse_args()
    pairs = cases(asked.seed, backends(asked.backend or list(NAMES)))
    with tempfile.TemporaryDirectory() as folder:
        counts = faulty_runs(asked.runs, pairs, Path(folder))
        counts.update(kills(asked.kills, pairs, asked.seed, Path(folder)))
    named = (
        "faulty runs",
        "wrong outcomes",
        "left-overs",
        "late",
        "kills",
        "left-overs after kills",
    )
    for name in (*named, "needed the next start"):
        print(f"{name}: {counts[name]}")
    return int(
        any(counts[name] for name in ("wrong outcomes", "left-overs", "left-overs after kills"))
    )


if __name__ == "__main__":
    sys.exit(main())
