"""A large CSV of 20 columns in every engine: dfbench's way to load it over the engine's own.

    python benchmarks/csv_file.py [GB] [--folder FOLDER] [-e ENGINE]...

dfbench reads a CSV once, for all engines, and keeps it as Parquet; an engine then loads that. Its
own time is that of its own reader of CSV files, which every run would pay. Told are both, and their
ratio: `with the reading` is (reading + load) / own, `after it`, as on every later run, load / own.
Each is timed in a fresh process; if one fails, the end of its log is printed. The
folder is removed.
About twice the file's size is needed on the disk, and as much memory as the engine takes.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
from dfbench.datasets.dataset import make_dataset
from dfbench.engines import find
from dfbench.engines.base import Resources
from dfbench.errors import Unsupported
from dfbench.spec.reader import read_text
from dfbench.spec.schema import Schema

THREADS = min(2, os.cpu_count() or 1)
BLOCK = 200_000  # rows written at a time
NUMBERS = {f"n{i}": (0, 10**i) for i in range(1, 9)}
OWN = {
    "pandas": (
        "import pandas as pd\npd.options.future.infer_string = True\ndata = pd.read_csv(PATH)"
    ),
    "polars": "import polars as pl\ndata = pl.read_csv(PATH)",
    "duckdb": (
        "import duckdb\ncon = duckdb.connect(config={'threads': THREADS})\n"
        "con.execute('CREATE TABLE data AS SELECT * FROM read_csv(?)', [PATH])"
    ),
    "datatable": "import datatable as dt\ndata = dt.fread(PATH)",
    "dask": "import dask.dataframe as dd\ndata = dd.read_csv(PATH).persist()",
    "modin": (
        "import ray\nray.init(num_cpus=THREADS, include_dashboard=False)\n"
        "import modin.pandas as pd\nfrom modin.utils import execute\n"
        "data = pd.read_csv(PATH)\nexecute(data)"
    ),
}
TIMED = """
import time
begun = time.perf_counter()
WORK
print(f"took {time.perf_counter() - begun}")
"""


@dataclass(frozen=True, slots=True)
class Took:
    """How long it took, or the last words of what failed."""

    seconds: float | None
    words: str = ""

    def __str__(self) -> str:
        return self.words if self.seconds is None else f"{self.seconds:.1f} s"


def written(path: Path, size: float) -> int:
    """Write a CSV of so many bytes: 8 columns of integers, 6 of floats, 4 of texts, 2 of times."""
    random, rows, header = np.random.default_rng(108), 0, True
    with path.open("wb") as file:
        while file.tell() < size:
            pc.write_csv(block(random), file, pc.WriteOptions(include_header=header))
            rows, header = rows + BLOCK, False
    return rows


def block(random: np.random.Generator) -> pa.Table:
    """Draw some rows."""
    words = pa.array([f"word {i:04d}" for i in range(5000)])
    columns = {name: pa.array(random.integers(*ends, BLOCK)) for name, ends in NUMBERS.items()}
    for place in range(6):
        drawn = np.round(random.uniform(0, 1000, BLOCK), 6)
        columns[f"x{place}"] = pa.array(drawn, mask=random.random(BLOCK) < 0.05 * (place % 2))
    for place in range(4):
        columns[f"t{place}"] = words.take(pa.array(random.integers(0, 5000, BLOCK)))
    seconds = pa.array(random.integers(1.6e9, 1.7e9, BLOCK))
    columns["d"] = seconds.cast(pa.timestamp("s")).cast(pa.date32())
    columns["m"] = seconds.cast(pa.timestamp("s"))
    return pa.table(columns)


def timed(work: str) -> Took:
    """Time a piece of work in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", TIMED.replace("WORK", work)],
        check=False,
        capture_output=True,
        text=True,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("took ")]
    if done.returncode == 0 and lines:
        return Took(float(lines[-1].split()[1]))
    last = (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1]
    return Took(None, last[:100])


def loading(engine: str, schema: Schema, parquet: Path, folder: Path) -> str | Took:
    """Return the program that loads all the columns as dfbench writes it, as a piece of work."""
    outputs = ", ".join(f"c_{name}: count({name})" for name in schema.names)
    text = f"dataset: {{files: big.csv}}\nqueries:\n  all: {{aggregate: {{{outputs}}}}}\n"
    (query,) = read_text(text, "big.yaml", folder).queries
    try:
        program = find(engine).write(query, schema, Resources(threads=THREADS)).text
    except Unsupported as refusal:
        return Took(None, str(refusal))
    (folder / f"load_{engine}.py").write_text(program)
    start = "getattr(program, 'start', lambda: None)()"
    named = f"import sys\nsys.path.insert(0, {str(folder)!r})\nimport load_{engine} as program"
    return f"{named}\nrunning = {start}\ndata = program.load({str(parquet)!r})"


def main() -> None:
    """Make the file, time every engine both ways, and remove it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gigabytes", type=float, nargs="?", default=0.5)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("-e", "--engine", action="append", choices=OWN)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder, prefix="dfbench-csv-") as name:
        measure(Path(name), asked.gigabytes * 1e9, asked.engine or list(OWN))


def measure(folder: Path, size: float, engines: list[str]) -> None:
    """Print a line for the reading, and one for each engine."""
    path = folder / "big.csv"
    rows = written(path, size)
    print(f"{path.stat().st_size / 1e9:.2f} GB, {rows:,} rows, {THREADS} threads", flush=True)
    text = "dataset: {files: big.csv}\nqueries: {all: {aggregate: {n: size()}}}\n"
    dataset = read_text(text, "big.yaml", folder).dataset
    assert dataset is not None
    begun = time.perf_counter()
    data = make_dataset(dataset, folder / "cache")
    reading = time.perf_counter() - begun
    print(f"read once for all engines, and kept as Parquet: {reading:.1f} s", flush=True)
    for engine in engines:
        print(line(engine, reading, data.schema, data.path, folder), flush=True)


def line(engine: str, reading: float, schema: Schema, parquet: Path, folder: Path) -> str:
    """Time one engine both ways."""
    threads = f"import os\nos.environ['POLARS_MAX_THREADS'] = '{THREADS}'\n"
    own = (
        OWN[engine].replace("PATH", repr(str(folder / "big.csv"))).replace("THREADS", str(THREADS))
    )
    work = loading(engine, schema, parquet, folder)
    load = timed(threads + work) if isinstance(work, str) else work
    itself = timed(threads + own)
    line = f"{engine:10} own {itself}, load {load}"
    if itself.seconds is None or load.seconds is None:
        return line
    first, later = (reading + load.seconds) / itself.seconds, load.seconds / itself.seconds
    return f"{line}: {first:.2f} with the reading, {later:.2f} after it"


if __name__ == "__main__":
    main()
