"""Rows per second and memory of the checker, against pandas' merge-and-compare.

    python benchmarks/checker.py [--rows 1e6]

Two shapes of answers: that of q10 (three text keys, three integer keys, a float and a count), and
joined rows, which have no key (four texts, three integers, two floats). The second answer has its
rows shuffled, and each float off by its last digit, as an engine that adds in another order. Each
contestant runs three times in a process of its own; the best time and the largest anonymous memory
beyond the imports count.
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
    shapes = {
        "q10": (build_q10, (compare_q10, merge_q10)),
        "joined": (build_joined, (compare_joined,)),
    }
    for name, (build, contestants) in shapes.items():
        with tempfile.TemporaryDirectory() as folder:
            paths = Path(folder, "expected.arrow"), Path(folder, "answer.arrow")
            size = write_answers(build(rows), *paths)
            print(f"{name}: {rows:,} rows, an answer of {size / 1e6:.0f} MB")
            report([(c.__name__, *measure(c, *paths)) for c in contestants], rows, size)


def report(results: list[tuple[str, float, int]], rows: int, size: int) -> None:
    for name, seconds, memory in results:
        rate = f"{seconds:.2f} s, {rows / seconds / 1e6:.2f} M rows/s"
        print(f"  {name:16} {rate:>26}, {memory / size:.2f} times the answer's size in memory")
    if len(results) > 1:
        (_, mine, my_memory), (_, theirs, their_memory) = results
        speed, memory = theirs / mine, my_memory / their_memory
        print(f"  dfbench is {speed:.1f} times as fast, in {memory:.2f} of the memory")


def build_q10(rows: int) -> pa.Table:
    random = np.random.default_rng(108)
    many = max(rows // 100, 1)
    return pa.table(
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


def build_joined(rows: int) -> pa.Table:
    random = np.random.default_rng(109)
    sizes = max(rows // 1_000_000, 10), max(rows // 1_000, 100), rows
    keys = [random.integers(0, size, rows) for size in sizes]
    columns = {f"id{i}": values for i, values in enumerate(keys, 1)}
    named = {f"id{i}": texts(values, int(values.max()) + 1, 0) for i, values in enumerate(keys, 4)}
    measures = {name: random.uniform(0, 100, rows).round(6) for name in ("v1", "v2")}
    return pa.table({**columns, **named, "id4_right": named["id4"], **measures})


def write_answers(table: pa.Table, expected: Path, answer: Path) -> int:
    """Write an answer, and the same one shuffled with its floats off a little; return its bytes."""
    order = pa.array(np.random.default_rng(110).permutation(table.num_rows))
    for path, written in ((expected, table), (answer, move_floats(table.take(order)))):
        with pa.ipc.new_file(path, table.schema) as writer:
            writer.write_table(written, max_chunksize=1 << 17)
    return int(table.nbytes)


def move_floats(table: pa.Table) -> pa.Table:
    for place, field in enumerate(table.schema):
        if field.type == pa.float64():
            moved = np.nextafter(table.column(place).to_numpy(), np.inf)
            table = table.set_column(place, field, pa.array(moved))
    return table


def texts(codes: np.ndarray[Any, Any], number: int, width: int) -> pa.Array:
    words = pa.array([f"id{i:0{width}d}" for i in range(1, number + 1)])
    return pa.DictionaryArray.from_arrays(
        pa.array(codes.astype(np.int32)), words
    ).dictionary_decode()


def measure(contestant: Callable[[Path, Path], bool], *paths: Path) -> tuple[float, int]:
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


def compare_q10(expected: Path, answer: Path) -> bool:
    from dfbench.verification.answers import compare_answers  # noqa: PLC0415
    from dfbench.verification.differences import Requirements  # noqa: PLC0415

    return compare_answers(expected, answer, Requirements(KEYS)).agrees


def compare_joined(expected: Path, answer: Path) -> bool:
    from dfbench.verification.answers import compare_answers  # noqa: PLC0415
    from dfbench.verification.differences import Requirements  # noqa: PLC0415

    return compare_answers(expected, answer, Requirements(unkeyed=True)).agrees


def merge_q10(expected: Path, answer: Path) -> bool:
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
