"""Rows per second of the generators, against plain NumPy and pyarrow scripts of the same tables.

    python benchmarks/generator.py [rows] [--join] [--folder FOLDER] [--alone]

Each side runs in a process of its own, alternating; the best of `ROUNDS` counts. The plain script
draws the same columns without R's stream, as a person would write it, and holds the whole table.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 3

OURS = """
import sys
from pathlib import Path
from dfbench.datasets.dataset import make
from dfbench.spec.workload import Generated
make(Generated(sys.argv[3], int(sys.argv[1]), 100), Path(sys.argv[2]))
"""

GROUPBY = """
import sys
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
n, k = int(sys.argv[1]), 100
random = np.random.default_rng(108)
few = pa.array([f"id{i:03d}" for i in range(1, k + 1)])
many = pa.array([f"id{i:010d}" for i in range(1, n // k + 1)])
table = pa.table({
    "id1": few.take(pa.array(random.integers(0, k, n))),
    "id2": few.take(pa.array(random.integers(0, k, n))),
    "id3": many.take(pa.array(random.integers(0, n // k, n))),
    "id4": random.integers(1, k + 1, n),
    "id5": random.integers(1, k + 1, n),
    "id6": random.integers(1, n // k + 1, n),
    "v1": random.integers(1, 6, n),
    "v2": random.integers(1, 16, n),
    "v3": np.round(random.uniform(0, 100, n), 6),
})
pq.write_table(table, sys.argv[2] + "/plain.parquet")
"""

JOIN = """
import sys
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
n = int(sys.argv[1])
random = np.random.default_rng(108)
sizes = {"id1": max(n // 10**6, 10), "id2": max(n // 1000, 10), "id3": n}
keys = {name: random.permutation(size + size // 10) + 1 for name, size in sizes.items()}
def drawn(name, values, rows):
    more = random.choice(values, rows - len(values))
    return random.permutation(np.concatenate([values, more]))
def table(columns, measure, rows):
    texts = {
        f"id{int(name[2:]) + 3}": pa.array(np.char.add("id", column.astype(str)))
        for name, column in columns.items()
    }
    return pa.table({**columns, **texts, measure: np.round(random.uniform(0, 100, rows), 6)})
left = {name: key[: sizes[name]] for name, key in keys.items()}
right = {
    name: np.delete(key, np.s_[sizes[name] * 9 // 10 : sizes[name]]) for name, key in keys.items()
}
x = {name: drawn(name, values, n) for name, values in left.items()}
pq.write_table(table(x, "v1", n), sys.argv[2] + "/x.parquet")
for count, (name, rows) in enumerate(sizes.items(), 1):
    columns = {key: drawn(key, right[key], rows) for key in list(sizes)[:count]}
    pq.write_table(table(columns, "v2", rows), sys.argv[2] + f"/{name}.parquet")
"""


def measured(program: str, rows: int, folder: str, generator: str) -> tuple[float, int]:
    """Return the seconds from start to end of a fresh process, and its peak memory in bytes."""
    began = time.perf_counter()
    command = [sys.executable, "-c", program, str(rows), folder, generator]
    with subprocess.Popen(command) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"the program ended with {process.returncode}")
    return time.perf_counter() - began, usage.ru_maxrss * 1024


def in_an_empty_folder(program: str, rows: int, folder: Path, generator: str) -> tuple[float, int]:
    """Return the time and the peak of one run in an empty folder."""
    with tempfile.TemporaryDirectory(dir=folder) as empty:
        return measured(program, rows, empty, generator)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="?", type=float, default=1e7)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--join", action="store_true", help="the four tables of the joins")
    parser.add_argument("--alone", action="store_true", help="leave the plain script out")
    asked = parser.parse_args()
    rows = int(asked.rows)
    generator = "db-benchmark-join" if asked.join else "db-benchmark-groupby"
    plain = JOIN if asked.join else GROUPBY
    programs = {"dfbench": OURS} if asked.alone else {"dfbench": OURS, "plain": plain}
    runs: dict[str, list[tuple[float, int]]] = {name: [] for name in programs}
    for _ in range(1 if asked.alone else ROUNDS):
        for name, program in programs.items():
            runs[name].append(in_an_empty_folder(program, rows, asked.folder, generator))
    least = {name: (min(s for s, _ in of), max(p for _, p in of)) for name, of in runs.items()}
    for name, (seconds, peak) in least.items():
        print(f"{name:8} {seconds:7.2f} s  {rows / seconds / 1e6:6.2f} M rows/s", end="")
        print(f"  peak {peak / 2**30:5.2f} GiB")
    if not asked.alone:
        ours, plain = least["dfbench"], least["plain"]
        print(f"rows per second, dfbench / plain: {plain[0] / ours[0]:.2f}")
        print(f"peak memory,     dfbench / plain: {ours[1] / plain[1]:.2f}")


if __name__ == "__main__":
    main()
