"""Runs programs and counts whose CPU time falls where: in the query, after it, in reading on.

    python cpu_time.py FOUND DATA LOADS PROGRAM...

Appends a line of JSON for each program to the file FOUND: a program may write into any pipe.

LOADS is `whole` for programs whose load reads the data, `scan` for those whose query does.
Standard library alone, for it runs in the engine's interpreter. CPU seconds are those of the whole
process tree.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

IDLE = 0.3  # seconds of watching, before and after
ENOUGH = 0.4  # CPU seconds of the query, and of reading: ticks of 10 ms are small against it
MOST = 25  # executions


def measure_spent() -> float:
    """Return the CPU seconds of this process and all below it, dead ones included."""
    below = {os.getpid()}
    total = 0.0
    # Processes in the order of their start: a parent comes before its children.
    for _, pid, parent, seconds in sorted(_list_processes()):
        if pid in below or parent in below:
            below.add(pid)
            total += seconds
    return total


def _list_processes() -> Iterator[tuple[int, int, int, float]]:
    """Return each process's start, number, parent, and CPU seconds with those of its dead."""
    tick = os.sysconf("SC_CLK_TCK")
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        # As proc(5) counts, less the two fields before: ppid 4, utime to cstime 14-17, start 22.
        yield int(fields[19]), int(folder.name), int(fields[1]), sum(map(int, fields[11:15])) / tick


def measure_idle() -> float:
    """Return the CPU seconds that pass while nothing runs."""
    before = measure_spent()
    time.sleep(IDLE)
    return measure_spent() - before


def load(program: ModuleType, data: str) -> Any:  # noqa: ANN401 - any engine's own types
    """Load a copy of the data, and remove it: a query misses what the load has not read."""
    copy = Path.cwd() / "data.parquet"
    shutil.copy(data, copy)
    loaded = program.load(str(copy))
    copy.unlink()
    return loaded


def measure(program: ModuleType, loaded: object) -> dict[str, float]:
    """Execute a query until that took enough, keep all answers, watch, and read them.

    Reading stops as soon as it took enough too, and counts for the answers that are not read.
    """
    program.rows(program.query(loaded))  # imports, compilers and pools are not the question
    background = measure_idle()
    answers: list[object] = []
    before, began = measure_spent(), time.monotonic()
    while len(answers) < MOST and measure_spent() - before < ENOUGH:
        answers.append(program.query(loaded))
    query, wall = measure_spent() - before, time.monotonic() - began
    after = measure_idle()
    before, began, read = measure_spent(), time.monotonic(), 0
    # The clock of this process is read for nothing; answers of a cluster are read to the end.
    stop = time.process_time() + ENOUGH
    while read < len(answers) and time.process_time() < stop:
        program.rows(answers[read])
        read += 1
    rows, reading = measure_spent() - before, time.monotonic() - began
    # On a busy machine, most of the wall's time is other processes', and no background either.
    noise = background / IDLE
    return {
        "query": max(query - noise * min(wall, query), 0.0),
        "after": max(after - background, 0.0),
        "rows": max(rows - noise * min(reading, rows), 0.0) * len(answers) / read,
        "background": background,
        "wall": wall,
        "executions": len(answers),
    }


def import_program(path: Path) -> ModuleType:
    """Import a program by its name: a pool's processes have to find its functions again."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    sys.path.insert(0, str(path.parent))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Measure each program."""
    found, data, loads, *programs = sys.argv[1:]
    started = None
    for path in programs:
        program = import_program(Path(path))
        if started is None and hasattr(program, "start"):
            started = program.start()
        loaded = load(program, data) if loads == "whole" else program.load(data)
        line = json.dumps(measure(program, loaded))
        with Path(found).open("a") as file:
            file.write(f"{line}\n")


if __name__ == "__main__":
    main()
