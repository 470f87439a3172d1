"""The generators that ship with dfbench, by the name that a workload gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from ..errors import DataError
from ..spec.generated_data import TABLES
from ..spec.workload import Generated
from . import db_benchmark, db_benchmark_join, retail
from .compact_frame import CompactFrame, Progress

Draw: TypeAlias = Callable[[Generated, Path, Progress], Iterator[CompactFrame]]
DB_BENCHMARK_SEED = 108
NAME = re.compile(
    r"(?P<prefix>G1|J1)_(?P<rows>\d+e\d)_(?P<groups>\d+e\d|NA)_(?P<nulls>\d{1,2})_(?P<sorted>[01])"
)


@dataclass(frozen=True, slots=True)
class Generator:
    """How rows are drawn, and after them the tables that a query may join.

    `version` grows with every change that changes a byte of the data.
    """

    prefix: str
    version: int
    draw: Draw


GENERATORS = {
    db_benchmark.NAME: Generator("G1", 1, db_benchmark.draw),
    db_benchmark_join.NAME: Generator("J1", 1, db_benchmark_join.draw),
    retail.NAME: Generator("R1", 1, retail.draw),
}


def find_generator(dataset: Generated) -> Generator:
    """Return the generator that a dataset names; DataError where there is none."""
    if dataset.generator not in GENERATORS:
        known = ", ".join(sorted(GENERATORS))
        raise DataError(f"unknown generator '{dataset.generator}'; expected one of: {known}")
    return GENERATORS[dataset.generator]


def build_name(dataset: Generated) -> str:
    """Name a dataset as db-benchmark does: `G1_1e7_1e2_0_0`; another seed is appended."""
    generator = find_generator(dataset)
    groups = "NA" if dataset.generator in TABLES else format_number(dataset.groups)
    parts = (format_number(dataset.rows), groups, dataset.nulls, int(dataset.sorted))
    seed = "" if dataset.seed == DB_BENCHMARK_SEED else f"_seed{dataset.seed}"
    return f"{generator.prefix}_{'_'.join(map(str, parts))}{seed}"


def parse_name(name: str) -> Generated | None:
    """Return the dataset that db-benchmark names so; None where no generator makes it.

    >>> parse_name("G1_1e7_2e0_0_1").groups
    2
    """
    match = NAME.fullmatch(name)
    if match is None:
        return None
    generator = next(key for key, one in GENERATORS.items() if one.prefix == match["prefix"])
    dataset = Generated(
        generator,
        int(float(match["rows"])),
        nulls=int(match["nulls"]),
        sorted=match["sorted"] == "1",
    )
    if match["groups"] != "NA":
        dataset = replace(dataset, groups=int(float(match["groups"])))
    return dataset if build_name(dataset) == name else None


def format_number(number: int) -> str:
    """Write a number as `1e7` if it has one significant digit, else in full.

    >>> format_number(10_000_000), format_number(2), format_number(2_500)
    ('1e7', '2e0', '2500')
    """
    digits = str(number).rstrip("0")
    return f"{digits}e{len(str(number)) - 1}" if len(digits) == 1 else str(number)
