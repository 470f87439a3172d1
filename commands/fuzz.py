"""`dfbench fuzz`: print each disagreement as it is found, and a summary."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from ..comparison.request import split_names
from ..testing.fuzz.campaign import Tally, fuzz

PROGRESS_EVERY = 400  # workloads: a line a minute or two; a multiple of a batch
ENGINES = ("pandas", "polars", "duckdb", "datatable", "dask")


def run_fuzz(engines: Sequence[str], count: int, seed: int, folder: Path, most: int) -> int:
    """Ask engines random workloads; return 1 if an answer is not the oracle's or it was stopped.

    `folder` receives the cases that differ; after `most` of them it ends.
    """

    def print_progress(tally: Tally) -> None:
        if tally.workloads % PROGRESS_EVERY == 0:
            sys.stderr.write(f"{tally.workloads:,} of {count:,} asked, ")
            sys.stderr.write(f"{tally.per_minute:,.0f} a minute\n")

    tally = fuzz(
        split_names(engines) or ENGINES, count, seed, folder, most, _print_case, print_progress
    )
    sys.stdout.write("\n".join([*summarize(tally), ""]))
    return 1 if tally.disagreements or tally.stopped else 0


def summarize(tally: Tally) -> list[str]:
    """Return the lines of the summary."""
    asked = f"{tally.workloads:,} workloads in {tally.seconds:,.0f} s"
    wrong = f"{len(tally.disagreements)} answers disagree with Python's"
    lines = ["stopped before its end"] if tally.stopped else []
    lines += [f"{asked}: {tally.per_minute:,.0f} per minute, {wrong}"]
    lines += [
        f"{engine}: {answers:,} answered, {tally.unsupported[engine]:,} unsupported"
        for engine, answers in sorted(tally.answers.items())
    ]
    lines += [
        f"{engine}: its process crashed {times} times, but not when the workload was repeated"
        for engine, times in sorted((+tally.died).items())
    ]
    return lines + [f"known: {name}, {times} times" for name, times in sorted(tally.known.items())]


def _print_case(words: str) -> None:
    sys.stdout.write(f"{words}\n\n")
    sys.stdout.flush()
