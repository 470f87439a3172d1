"""The libraries of the pandas family, and probes of what each can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..engines.writing.program import format_code
from ..storage.probe_results import Trait
from .parallel_apis import PYTHON_WHO
from .probe import MEMORY, RAY, Probe

# Of pandas' documentation, each a line of "10 minutes to pandas" or close to one.
EXPRESSIONS = """\
EXPRESSIONS = (
    'df["A"]',
    'df[["A", "B"]]',
    'df.head(2)',
    'df[df["A"] > 2]',
    'df.loc[df["B"] == 1, "A"]',
    'df.iloc[1]',
    'df["A"] * 2 + 1',
    'df.assign(C=df["A"] + df["B"])',
    'df.rename(columns={"A": "C"})',
    'df.drop(columns="A")',
    'df.sort_values("A")',
    'df.drop_duplicates("B")',
    'df["A"].mean()',
    'df["A"].fillna(0)',
    'df["B"].value_counts()',
    'df["S"].str.upper()',
    'df["A"].map(lambda x: x + 1)',
    'df.apply(lambda row: row["A"] + row["B"], axis=1)',
    'df.groupby("B")["A"].mean()',
    'df.groupby("B").agg({"A": "sum"})',
    'df.merge(df, on="B")',
    'df["A"].cumsum()',
    'df.pivot_table(index="B", values="A", aggfunc="sum")',
    'pd.concat([df, df])',
)
"""
SYNTAX = '''\
"""HEADING"""

import json

import numpy as np
import pandas
IMPORTS


EXPRESSIONS


def plain(answer):
    """Return an answer as sorted text: neither order nor class counts."""
    answer = FINISHED
    values = np.ravel(np.asarray(answer, dtype=object))
    return sorted(f"{x:.6g}" if isinstance(x, float | int) else str(x) for x in values)


def main():
    source = pandas.DataFrame(
        {"A": [3.0, 1.0, 2.0, 4.0], "B": [1, 1, 2, 2], "S": ["a", "b", "c", "d"]}
    )
    frame = FRAME
    differ = []
    for text in EXPRESSIONS:
        right = plain(eval(text, {"df": source, "pd": pandas}))
        try:
            alike = plain(eval(text, {"df": frame, "pd": MODULE})) == right
        except Exception:  # whatever a library raises, it is not alike
            alike = False
        if not alike:
            differ.append(text)
    asked = len(EXPRESSIONS)
    print(json.dumps({"alike": asked - len(differ), "asked": asked, "differ": differ}))


if __name__ == "__main__":
    main()
'''
SPEED = '''\
"""HEADING"""

import time

BEGAN = time.perf_counter()

IMPORTS

IMPORTED = time.perf_counter()

import json

import numpy as np
import pandas


def fastest(call):
    """Return the seconds of the fastest of three calls."""
    times = []
    for _ in range(3):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return min(times)


def main():
    draw = np.random.default_rng(1)
    rows = 5_000_000
    source = pandas.DataFrame({"A": draw.random(rows), "B": draw.integers(0, 100, rows)})
    began = time.perf_counter()
    frame = FRAME
    MEAN
    figures = {"imports": IMPORTED - BEGAN, "first": time.perf_counter() - began}
    figures["own"] = fastest(lambda: MEAN)
    figures["pandas"] = fastest(lambda: source.groupby("B")["A"].mean())
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
'''
LAZY = '''\
"""HEADING"""

import json
import time

import numpy as np
import pandas
IMPORTS


def main():
    source = pandas.DataFrame({"A": np.random.default_rng(1).random(5_000_000)})
    frame = FRAME
    tries = []
    for _ in range(3):
        began = time.perf_counter()
        column = COLUMN
        described = time.perf_counter() - began
        DONE
        tries.append((time.perf_counter() - began, described))
    done, described = min(tries)
    print(json.dumps({"described": described, "done": done}))


if __name__ == "__main__":
    main()
'''
BEYOND = '''\
"""HEADING"""

import json
import tempfile
from pathlib import Path

IMPORTS

PARTS, ROWS = 48, 2_000_000  # of 16 bytes: 1.5 GiB, of which 1 may be used


def write(path):
    """Write the file part by part: A counts to 1000, B is A's last two digits."""
    WRITING


def main():
    with tempfile.TemporaryDirectory() as place:
        path = str(Path(place) / "data")
        write(path)
        means = dict(MEANS)
    answer = [round(means[key], 6) for key in (0, 1, 99)]
    print(json.dumps({"answer": answer, "right": [450.0, 451.0, 549.0]}))


if __name__ == "__main__":
    main()
'''
PARQUET = """\
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

numbers = np.arange(ROWS) % 1000
part = pa.table({"A": numbers.astype("float64"), "B": numbers % 100})
with pq.ParquetWriter(path, part.schema, compression="zstd") as file:
    for _ in range(PARTS):
        file.write_table(part)
"""
CSV = """\
part = "".join(f"{n}.0,{n % 100}\\n" for n in range(1000)) * (ROWS // 1000)
with open(path, "w") as file:
    file.write("A,B\\n")
    for _ in range(PARTS):
        file.write(part)
"""
DATABASE = '''\
"""HEADING"""

import json
import sqlite3
import tempfile
from pathlib import Path

IMPORTS


def main():
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "data.db"
        database = sqlite3.connect(path)
        database.execute("CREATE TABLE t (id INTEGER, A REAL)")
        database.executemany("INSERT INTO t VALUES (?, ?)", [(1, 1.0), (2, 2.0)])
        database.commit()
        frame = READ
        answer = sorted(float(x) for x in CONTENTS)
    print(json.dumps({"answer": answer, "right": [1.0, 2.0]}))


if __name__ == "__main__":
    main()
'''
CLUSTER = '''\
"""HEADING"""

import json

import pandas
IMPORTS


WHO


def main():
    source = pandas.DataFrame({"A": [1.0] * 64})
    BEGUN
    frame = FRAME
    print(json.dumps([float(x) for x in MAPPED]))


if __name__ == "__main__":
    main()
'''


@dataclass(frozen=True, slots=True)
class FrameLibrary:
    """How a library of frames says things, as its documentation does.

    `frame` makes one of pandas' `source`; `finished` gives an `answer` as pandas' or a plain value;
    `mean` is the mean of A by B, `column` describes a column and `done` makes it; `means` are pairs
    of B and the mean of A in the file at `path`, written as `writing`; `read` gives the table t of
    `database`; `values` its column A; `mapped` applies `who` to A, `begun` starts what that needs.
    """

    name: str
    imports: str
    module: str
    frame: str
    finished: str
    mean: str
    column: str
    done: str
    means: str
    read: str
    values: str
    mapped: str
    begun: str = "pass"
    writing: str = PARQUET
    environment: Mapping[str, str] = field(default_factory=dict)


QUERY = '"SELECT * FROM t", database'
MEANS = '.groupby("B")["A"].mean()'
LIBRARIES = (
    FrameLibrary(
        "pandas",
        "import pandas as pd",
        module="pd",
        frame="source.copy()",
        finished="answer",
        mean=f"frame{MEANS}",
        column='frame["A"] ** 0.5 * 2 + 1',
        done="column",
        means=f"pd.read_parquet(path){MEANS}.items()",
        read=f"pd.read_sql({QUERY})",
        values='frame["A"]',
        mapped='frame["A"].map(who)',
    ),
    FrameLibrary(
        "polars",
        "import polars as pl",
        module="pl",
        frame="pl.DataFrame(source)",
        finished="answer",
        mean='frame.group_by("B").agg(pl.col("A").mean())',
        column='frame.lazy().select(pl.col("A") ** 0.5 * 2 + 1)',
        done="column.collect()",
        means='pl.scan_parquet(path).group_by("B").agg(pl.col("A").mean()).collect().rows()',
        read=f"pl.read_database({QUERY})",
        values='frame["A"]',
        mapped='frame["A"].map_elements(who, return_dtype=pl.Float64)',
    ),
    FrameLibrary(
        "dask",
        "import dask.dataframe as dd",
        module="dd",
        frame="dd.from_pandas(source, npartitions=2 * WORKERS)",
        finished='answer.compute() if hasattr(answer, "compute") else answer',
        mean=f"frame{MEANS}.compute()",
        column='frame["A"] ** 0.5 * 2 + 1',
        done="column.compute()",
        means=f"dd.read_parquet(path, split_row_groups=True){MEANS}.compute().items()",
        read='dd.read_sql_table("t", f"sqlite:///{path}", index_col="id")',
        values='frame["A"].compute()',
        mapped='frame["A"].map(who, meta=("A", float)).compute()',
        begun="from dask.distributed import Client\n\n"
        "    client = Client(n_workers=WORKERS, threads_per_worker=1)",
    ),
    FrameLibrary(
        "modin",
        "import modin.pandas as mpd\nimport ray\nfrom modin.utils import execute\n\n"
        "ray.init(num_cpus=WORKERS, include_dashboard=False)",
        module="mpd",
        frame="mpd.DataFrame(source)",
        finished="answer",
        mean=f"execute(frame{MEANS})",
        column='frame["A"] ** 0.5 * 2 + 1',
        done="execute(column)",
        means=f"mpd.read_parquet(path){MEANS}.items()",
        read=f"mpd.read_sql({QUERY})",
        values='frame["A"]',
        mapped='frame["A"].map(who)',
        environment={**RAY, "MODIN_ENGINE": "ray"},
    ),
    FrameLibrary(
        "datatable",
        "import datatable as dt\nfrom datatable import f",
        module="dt",
        frame="dt.Frame(source)",
        finished='answer.to_pandas() if hasattr(answer, "to_pandas") else answer',
        mean="frame[:, dt.mean(f.A), dt.by(f.B)]",
        column="frame[:, f.A ** 0.5 * 2 + 1]",
        done="column.materialize()",
        means='dt.fread(path, sep=",", memory_limit=2**27)'
        "[:, dt.mean(f.A), dt.by(f.B)].to_tuples()",
        read=f"dt.read_sql({QUERY})",
        values='frame["A"].to_list()[0]',
        mapped='frame["A"].map(who)',
        writing=CSV,
    ),
)
SMALL_LIMIT = 2**30  # bytes, for a file that has half as much again


def list_probes(library: FrameLibrary, workers: int) -> tuple[Probe, ...]:
    """Return a library's probes."""
    return tuple(build_probe(library, trait, workers) for trait in Trait)


def build_probe(library: FrameLibrary, asked: Trait, workers: int) -> Probe:
    """Return the probe that asks a library for a trait."""
    return Probe(
        library.name,
        asked.name,
        format_code(write_script(library, asked, workers)),
        library.environment,
        memory=SMALL_LIMIT if asked is Trait.BEYOND else MEMORY,
        times=6 if asked is Trait.BEYOND else 2,
    )


def write_script(library: FrameLibrary, asked: Trait, workers: int) -> str:
    """Write a probe."""
    template, holes = _choose_template(library, asked)
    holes = {
        **holes,
        "HEADING": f"How {library.name} does: {asked}.",
        "IMPORTS": library.imports,
        "FRAME": library.frame,
        "MODULE": library.module,
    }
    for hole, text in holes.items():
        template = template.replace(hole, text)
    return template.replace("WORKERS", str(workers))


def _choose_template(library: FrameLibrary, asked: Trait) -> tuple[str, dict[str, str]]:
    match asked:
        case Trait.SYNTAX:
            return SYNTAX.replace("EXPRESSIONS\n\n\ndef", f"{EXPRESSIONS}\n\ndef", 1), {
                "FINISHED": library.finished
            }
        case Trait.SPEED:
            return SPEED, {"MEAN": library.mean}
        case Trait.LAZY:
            return LAZY, {"COLUMN": library.column, "DONE": library.done}
        case Trait.BEYOND:
            writing = library.writing.rstrip().replace("\n", "\n    ")
            return BEYOND, {"WRITING": writing, "MEANS": library.means}
        case Trait.DATABASE:
            return DATABASE, {"READ": library.read, "CONTENTS": library.values}
        case Trait.CLUSTER:
            return CLUSTER, {
                "WHO": PYTHON_WHO,
                "BEGUN": library.begun,
                "MAPPED": library.mapped,
            }
