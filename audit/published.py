"""Reads the result file that db-benchmark publishes: `time.csv`, a line for each timed run."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TextIO

from ..errors import ResultsError

NEEDED = (
    "batch",
    "timestamp",
    "task",
    "data",
    "in_rows",
    "question",
    "out_rows",
    "solution",
    "version",
    "run",
    "time_sec",
    "chk",
    "chk_time_sec",
)
# How the file says that there is no value: scripts in R write NA, those in Python nothing or nan.
NOTHING = {"", "NA", "NaN", "nan", "None"}


@dataclass(frozen=True, slots=True)
class PublishedRun:
    """One timed run as it was published; None where the file says nothing.

    `check` holds the answer's checksums as text, so that the digits that were printed are known.
    """

    line: int
    batch: int
    day: date
    task: str
    data: str
    in_rows: float | None
    question: str
    out_rows: float | None
    solution: str
    version: str
    run: int
    seconds: float | None
    check: tuple[str, ...]
    check_seconds: float | None


def read(path: Path) -> tuple[PublishedRun, ...]:
    """Read a result file, plain or compressed as `.gz`.

    Lines of batches without a number are left out, as db-benchmark's report does.
    Raises ResultsError for what is no such file, with the line where there is one.
    """
    try:
        with _open(path) as file:
            return tuple(_read_entries(path, csv.DictReader(file)))
    except FileNotFoundError:
        raise ResultsError(f"{path}: no such file; check the path") from None
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as error:
        raise ResultsError(f"{path}: cannot be read as CSV ({error})") from error


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", newline="", encoding="utf-8")
    return path.open(newline="", encoding="utf-8")


def _read_entries(path: Path, lines: csv.DictReader[str]) -> list[PublishedRun]:
    lacking = [name for name in NEEDED if name not in (lines.fieldnames or ())]
    if lacking:
        raise ResultsError(
            f"{path}: no column {', '.join(lacking)}; name the time.csv that db-benchmark publishes"
        )
    return [_read_entry(path, lines.line_num, line) for line in lines if _number(line["batch"])]


def _read_entry(path: Path, number: int, line: Mapping[str, str | None]) -> PublishedRun:
    try:
        moment = datetime.fromtimestamp(float(line["timestamp"] or ""), UTC)
        return PublishedRun(
            line=number,
            batch=int(float(line["batch"] or "")),
            day=moment.date(),
            task=line["task"] or "",
            data=line["data"] or "",
            in_rows=_number(line["in_rows"]),
            question=line["question"] or "",
            out_rows=_number(line["out_rows"]),
            solution=line["solution"] or "",
            version=line["version"] or "",
            run=int(float(line["run"] or "")),
            seconds=_number(line["time_sec"]),
            check=_check(line["chk"]),
            check_seconds=_number(line["chk_time_sec"]),
        )
    except (ValueError, OverflowError, OSError) as error:
        raise ResultsError(f"{path}:{number}: cannot be read as a timed run ({error})") from error


def _number(text: str | None) -> float | None:
    return None if text is None or text.strip() in NOTHING else float(text)


def _check(text: str | None) -> tuple[str, ...]:
    """Return the checksums of an answer, empty where one was not logged; none where none was."""
    parts = (part.strip() for part in (text or "").split(";"))
    logged = tuple("" if part in NOTHING else part for part in parts)
    return logged if any(logged) else ()
