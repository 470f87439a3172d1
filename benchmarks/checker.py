"""Rows per second and memory of the checker, against pandas' merge-and-compare.

    python benchmarks/checker.py [--rows 1e6]

The answers have the shape of q10: three text keys, three whole ones, a float and a count; the
second has its rows shuffled. Each contestant runs three times in a process of its own; the best
time and the largest anonymous memory beyond the imports count.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

KEYS = ("id1", "id2", "id3", "id4", "id5", "id6")
ROUNDS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=float, default=1e6)
    rows = int(parser.parse_args().rows)
    with tempfile.TemporaryDirectory() as folder:
        paths = Path(folder, "expected.arrow"), Path(folder, "answer.arrow")
        size = write_answers(rows, *paths)
        print(f"{rows:,} rows, an answer of {size / 1e6:.0f} MB")
        results = {c.__name__: measured(c, *paths) for c in (dfbench_compare, pandas_merge)}
    for name, (seconds, memory) in results.items():
        rate = f"{rows / seconds / 1e6:.2f} M rows/s"
        print(f"{name:16} {rate:>16}, {memory / size:.2f} times the answer's size in memory")
    (mine, my_memory), (theirs, their_memory) = results.values()
    speed, memory = theirs / mine, my_memory / their_memory
    print(f"dfbench is {speed:.1f} times as fast, in {memory:.2f} of the memory")


def write_answers(rows: int, expected: Path, answer: Path) -> int:
    """Write an answer and the same one shuffled; give its bytes."""
    random = np.random.default_rng(108)
    many = max(rows // 100, 1)
    table = pa.table(
        {
            "id1": texts(random.integers(0, 100, rows), 100, 3),
            "id2": texts(random.integers(0, 100, rows), 100, 3),
            "id3": texts(random.integers(0, many, rows), many, 10),
            "id4": random.integers(1, 101, rows, dtype=np.int32),
            "id5": random.integers(1, 101, rows, dtype=np.int32),
            "id6": np.arange(rows, dtype=np.int32) % many + 1,
            "v3": random.uniform(0, 100, rows).round(6),
            "count": np.ones(rows, np.int64),
        }
    )
    for path, order in ((expected, np.arange(rows)), (answer, random.permutation(rows))):
        with pa.ipc.new_file(path, table.schema) as writer:
            writer.write_table(table.take(pa.array(order)), max_chunksize=1 << 17)
    return int(table.nbytes)


def texts(codes: np.ndarray[Any, Any], number: int, width: int) -> pa.Array:
    words = pa.array([f"id{i:0{width}d}" for i in range(1, number + 1)])
    return pa.DictionaryArray.from_arrays(
        pa.array(codes.astype(np.int32)), words
    ).dictionary_decode()


def measured(contestant: Callable[[Path, Path], bool], *paths: Path) -> tuple[float, int]:
    """Return the best seconds and the largest memory of a contestant in a fresh process."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=compete, args=(contestant, paths, sender))
    process.start()
    sender.close()
    found: tuple[float, int] = receiver.recv()
    process.join()
    return found


def compete(
    contestant: Callable[[Path, Path], bool], paths: tuple[Path, Path], sender: Connection
) -> None:
    import dfbench.verification.answers  # noqa: F401, PLC0415
    import pandas  # noqa: F401, PLC0415 - both contestants start with the same imports

    before = anonymous()
    peak = [before]
    threading.Thread(target=sample, args=(peak,), daemon=True).start()
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        if not contestant(*paths):
            raise SystemExit(f"{contestant.__name__}: the answers agree, and it says otherwise")
        seconds.append(time.perf_counter() - start)
    sender.send((min(seconds), peak[0] - before))


def sample(peak: list[int]) -> None:
    while True:
        peak[0] = max(peak[0], anonymous())
        time.sleep(0.005)


def anonymous() -> int:
    """Return the process's own bytes, without the files that are read as they lie on disk."""
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("RssAnon"))
    return int(line.split()[1]) * 1024


def dfbench_compare(expected: Path, answer: Path) -> bool:
    from dfbench.verification.answers import compare_answers  # noqa: PLC0415
    from dfbench.verification.differences import Requirements  # noqa: PLC0415

    return compare_answers(expected, answer, Requirements(KEYS)).agrees


def pandas_merge(expected: Path, answer: Path) -> bool:
    one, other = (pa.ipc.open_file(pa.memory_map(str(p))).read_pandas() for p in (expected, answer))
    both = one.merge(other, on=list(KEYS), how="outer", indicator=True, suffixes=("", "_got"))
    close = np.isclose(both["v3"], both["v3_got"], rtol=1e-9, atol=0)
    return bool(
        len(both) == len(one)
        and (both["_merge"] == "both").all()
        and close.all()
        and (both["count"] == both["count_got"]).all()
    )


if __name__ == "__main__":
    main()
