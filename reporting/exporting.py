"""One view in every format that a program or a person asks for."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from enum import StrEnum
from typing import Any, assert_never

from . import html, markdown, terminal
from .view import Cell, Row, View


class Format(StrEnum):
    """What `--format` takes."""

    TABLE = "table"
    MARKDOWN = "markdown"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    HTML = "html"


def render(view: View, chosen: Format | str) -> str:
    """Give a comparison in a format; ValueError for a format that is none."""
    match Format(chosen):
        case Format.TABLE:
            return terminal.render(view)
        case Format.MARKDOWN:
            return markdown.render(view)
        case Format.JSON:
            return json.dumps(asdict(view), ensure_ascii=False, indent=2) + "\n"
        case Format.JSONL:
            return "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in records(view))
        case Format.CSV:
            return _csv(view)
        case Format.HTML:
            return html.render(view)
        case other:
            assert_never(other)


def records(view: View) -> Iterator[dict[str, Any]]:
    """Give a flat record a cell: times in seconds, memory in bytes."""
    for row in view.rows:
        for cell in row.cells:
            yield _record(row, cell)


def _record(row: Row, cell: Cell) -> dict[str, Any]:
    ratio = cell.ratio
    return {
        "query": row.query,
        "question": row.question,
        "engine": cell.engine,
        "outcome": cell.word,
        "time": cell.time,
        "ratio": ratio.value if ratio else None,
        "low": ratio.low if ratio else None,
        "high": ratio.high if ratio else None,
        "verdict": str(ratio.verdict) if ratio else None,
        "reason": ratio.reason if ratio else "",
        "peak": cell.peak,
        "startup": cell.startup,
        "load": cell.load,
        "cold": cell.cold,
        "rounds": cell.rounds,
        "noisy": cell.noisy,
        "best": cell.best,
    }


def _csv(view: View) -> str:
    rows = list(records(view))
    if not rows:
        return ""
    file = io.StringIO()
    writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()
