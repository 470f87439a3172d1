"""The formats that a report can have."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """What `--format` takes, and what `--export-*` writes."""

    TABLE = "table"
    MARKDOWN = "markdown"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    HTML = "html"
