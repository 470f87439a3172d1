"""A difference between two comparisons in every form."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, assert_never

from . import export, html
from .diff import Change, Diff, summarize
from .diff import render as plain
from .formats import Format
from .markdown import escape, write_table
from .model import Ratio
from .units import format_seconds, format_size


def render(found: Diff, form: Format) -> str:
    """Return a difference in a form."""
    match form:
        case Format.TABLE:
            return plain(found)
        case Format.MARKDOWN:
            return "\n".join(_render_markdown(found))
        case Format.JSON:
            return json.dumps(_to_document(found), ensure_ascii=False, indent=2) + "\n"
        case Format.JSONL:
            return export.write_lines(list_records(found))
        case Format.CSV:
            return export.format_csv(list_records(found))
        case Format.HTML:
            return html.render_diff(found)
        case other:
            assert_never(other)


def list_records(found: Diff) -> Iterator[dict[str, Any]]:
    """Return a flat record a pair of engine and question: times in seconds, memory in bytes."""
    for change in found.changes:
        yield {
            "query": change.query,
            "engine": change.engine,
            "before": change.before.word,
            "after": change.after.word,
            "time_before": change.before.time,
            "time_after": change.after.time,
            **export.export_ratio(change.ratio),
            "peak_before": change.before.peak,
            "peak_after": change.after.peak,
        }


def _to_document(found: Diff) -> dict[str, Any]:
    heading = {"old": found.old, "new": found.new, "summary": summarize(found)}
    context = {"obstacles": list(found.obstacles), "notes": list(found.notes)}
    return {**heading, **context, "changes": list(list_records(found))}


def _render_markdown(found: Diff) -> Iterator[str]:
    yield f"## {escape(found.old)} → {escape(found.new)}"
    yield ""
    yield from (f"- **Not comparable:** {escape(what)}" for what in found.obstacles)
    yield from (f"- {escape(note)}" for note in (*found.notes, summarize(found)))
    yield ""
    headings = ("engine", "question", "before", "after", "ratio", "verdict", "peak")
    yield from write_table(headings, [_write_row(change) for change in found.changes], first_left=2)


def _write_row(change: Change) -> tuple[str, ...]:
    sizes = [format_size(cell.peak) for cell in (change.before, change.after)]
    times = [
        format_seconds(cell.time) if cell.time is not None else f"_{cell.word}_"
        for cell in (change.before, change.after)
    ]
    names = (escape(change.engine), escape(change.query))
    return (*names, *times, *_format_ratio(change.ratio), " → ".join(sizes))


def _format_ratio(found: Ratio | None) -> tuple[str, str]:
    if found is None:
        return "—", "—"
    return found.text, found.note or str(found.verdict)
