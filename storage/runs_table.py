"""The runs of a comparison as one Parquet table."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from .files import replace_file, report_errors
from .records import Run


def write_table(path: Path, runs: Iterable[Run]) -> None:
    """Write runs as one flat Parquet table: a row a run, times in seconds, memory in bytes."""
    with report_errors(path), replace_file(path) as temporary:
        pq.write_table(_build_table(runs), temporary)


def _build_table(runs: Iterable[Run]) -> pa.Table:
    text, number, whole = pa.string(), pa.float64(), pa.int64()
    seconds = ("interpreter", "startup", "load", "cold", "collect", "wall", "cpu")
    schema = pa.schema(
        [(name, text) for name in ("engine", "query", "outcome", "phase", "evidence", "program")]
        + [("round", whole), ("rows", whole)]
        + [(name, number) for name in seconds]
        + [("warmups", pa.list_(number)), ("hot", pa.list_(number))]
        + [(f"{name}_memory", whole) for name in ("peak", "startup", "load", "query", "charged")]
        + [("temporary_files", whole)]
        + [("memory_measure", text), ("foreign", number), ("steal", number)]
        + [("swapped", whole), ("throttled", whole), ("began", text)]
    )
    return pa.Table.from_pylist([_flatten(run) for run in runs], schema=schema)


def _flatten(run: Run) -> dict[str, Any]:
    record = run.to_dict()
    times, memory, noise = record.pop("times"), record.pop("memory"), record.pop("noise")
    measure = memory.pop("measure")
    peaks = {f"{name}_memory": value for name, value in memory.items()}
    return {**record, **times, **peaks, **noise, "memory_measure": measure}
