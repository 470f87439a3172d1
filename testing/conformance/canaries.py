"""No work is left when a load or a query has returned; an engine's switch holds it to one thread.

The data is removed after the load, so that a query cannot read what the load left.
The CPU time of the whole process tree is counted, never the wall's: what the query took, what is
spent while nothing is asked afterwards, and what reading the whole answer takes.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from ...datasets.cache import default_folder
from ...datasets.dataset import Dataset, make_dataset
from ...engines import find
from ...engines.base import Program, Resources
from ...engines.info import Work
from ...engines.scan import SCAN
from ...engines.versions import find_info
from ...environments.provider import Interpreter
from ...errors import Unsupported
from ...execution.sandbox import THREAD_VARIABLES
from ...spec.reader import read_text
from ...spec.workload import Generated

# When a program reads: all data in its load, or within the query what that needs.
Loads = Literal["whole", "scan"]
SCRIPT = Path(__file__).with_name("cpu_time.py")
# Of all CPU seconds, those after the query had returned. Turning an answer into Arrow is some of
# it (measured: up to 0.14); a program that leaves its work undone is above 0.6.
LEFT = 0.3
# A tick of the clock for each process of a cluster, and its scheduler's own work.
OVER, TICKS = 1.15, 0.05
PATIENCE = 240.0
ROWS = 10**6
# For functions alone: Python calls them a few hundred thousand times in the CPU time that counts.
FUNCTION_ROWS = 2 * 10**5

WORKLOAD = """
workload: completion
dataset: {generate: db-benchmark-groupby, rows: 1e6, groups: 100}
queries:
  few: {group_by: id4, aggregate: {v1: sum(v1)}}
  many: {group_by: [id4, id5], aggregate: {v3: sum(v3), n: size()}}
  row: {apply: {rows: "2 * v2 if v1 % 2 == 0 else v2", as: result}}
"""


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU seconds of a program's executions: in the query, after it, in reading its answers on."""

    query: float
    after: float
    rows: float
    background: float
    wall: float
    executions: int

    @property
    def left(self) -> float:
        """Return the share that was spent after the query had returned."""
        later = self.after + self.rows
        return later / (self.query + later)

    @property
    def is_finished(self) -> bool:
        """Return whether the answer was there when the query returned."""
        return self.left < LEFT

    @property
    def is_alone(self) -> bool:
        """Return whether no more than one thread worked."""
        return self.query <= OVER * self.wall + TICKS


def make_data(name: str) -> Dataset:
    """Return the data of an engine's questions, made where they are not there yet."""
    rows = ROWS if Work.QUERY in find_info(find(name)).work else FUNCTION_ROWS
    return make_dataset(Generated("db-benchmark-groupby", rows), default_folder(os.environ))


def list_programs(name: str, data: Dataset, resources: Resources) -> dict[str, Program]:
    """Write those of the questions that an engine can say."""
    written = {}
    for query in read_text(WORKLOAD, "completion.yaml", Path()).queries:
        try:
            written[query.name] = find(name).write(query, data.schema, resources)
        except Unsupported:
            continue
    # One question of rows is enough for an engine that answers groups too.
    if len(written) > 2:
        del written["row"]
    return written


def count_spent(  # noqa: PLR0913 - a process is of an engine, its interpreter, data, folder and threads
    name: str,
    place: Interpreter,
    data: Dataset,
    folder: Path,
    threads: int,
    beside: Mapping[str, str] | None = None,
) -> dict[str, Spent]:
    """Run the questions on so many threads, no core taken away, and count what each spends.

    `beside` are the texts of further programs, by name, that the same process runs after them.
    """
    resources = Resources(threads=threads, versions=place.versions)
    texts = {query: made.text for query, made in list_programs(name, data, resources).items()}
    texts |= beside or {}
    environment = {
        **dict.fromkeys(THREAD_VARIABLES, str(threads)),
        **find(name).environment(replace(resources, versions={})),
    }
    loads: Loads = "scan" if name.endswith(SCAN) else "whole"
    found = measure(place.path, folder, data, list(texts.values()), environment, loads)
    return dict(zip(texts, found, strict=True))


def measure(  # noqa: PLR0913 - what a process is started with
    python: str,
    folder: Path,
    data: Dataset,
    texts: list[str],
    environment: Mapping[str, str],
    loads: Loads = "whole",
) -> list[Spent]:
    """Run programs in one process, and count what each spends; RuntimeError where one fails."""
    files = []
    for number, text in enumerate(texts):
        files.append(folder / f"program_{number}.py")
        files[-1].write_text(text)
    found = folder / "found.jsonl"
    found.unlink(missing_ok=True)
    done = subprocess.run(
        [python, str(SCRIPT), str(found), str(data.path), loads, *map(str, files)],
        # The paths of Ray's sockets may have 107 characters.
        env={**os.environ, "RAY_TMPDIR": "/tmp", **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return [Spent(**json.loads(line)) for line in found.read_text().splitlines()]
