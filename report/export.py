"""One view in every format that a program or a person asks for."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any, assert_never

from . import html, markdown, terminal
from .formats import Format
from .model import Cell, Ratio, Row, View

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet reads as a formula (OWASP)


def render(view: View, chosen: Format | str) -> str:
    """Return a comparison in a format; ValueError for a format that is none."""
    match Format(chosen):
        case Format.TABLE:
            return terminal.render(view)
        case Format.MARKDOWN:
            return markdown.render(view)
        case Format.JSON:
            return json.dumps(asdict(view), ensure_ascii=False, indent=2) + "\n"
        case Format.JSONL:
            return write_lines(list_records(view))
        case Format.CSV:
            return format_csv(list_records(view))
        case Format.HTML:
            return html.render(view)
        case other:
            assert_never(other)


def list_records(view: View) -> Iterator[dict[str, Any]]:
    """Return a flat record a cell: times in seconds, memory in bytes."""
    for row in view.rows:
        for cell in row.cells:
            yield _record(row, cell)


def _record(row: Row, cell: Cell) -> dict[str, Any]:
    return {
        "query": row.query,
        "question": row.question,
        "checked": not row.unchecked,
        "engine": cell.engine,
        "outcome": cell.word,
        "time": cell.time,
        **export_ratio(cell.ratio),
        "peak": cell.peak,
        "startup": cell.startup,
        "load": cell.load,
        "cold": cell.cold,
        "rounds": cell.rounds,
        "noisy": cell.noisy,
        "best": cell.best,
    }


def export_ratio(ratio: Ratio | None) -> dict[str, Any]:
    """Return a ratio's part of a record."""
    return {
        "ratio": ratio.value if ratio else None,
        "low": ratio.low if ratio else None,
        "high": ratio.high if ratio else None,
        "verdict": str(ratio.verdict) if ratio else None,
        "reason": ratio.reason if ratio else "",
    }


def write_lines(records: Iterable[dict[str, Any]]) -> str:
    """Return records as JSON, one a line."""
    return "".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records)


def format_csv(records: Iterable[dict[str, Any]]) -> str:
    """Return records as CSV with a head; nothing where there are none."""
    rows = list(records)
    if not rows:
        return ""
    file = io.StringIO()
    writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _as_data(value) for name, value in row.items()} for row in rows)
    return file.getvalue()


def _as_data(value: object) -> object:
    """Return a value that no spreadsheet runs: a text that begins as a formula gets a quote."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
