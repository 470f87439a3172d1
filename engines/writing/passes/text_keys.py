"""Keys of text, for the variants that hold them as categories."""

from __future__ import annotations

from ....errors import Unsupported
from ....spec.expression import list_columns
from ....spec.schema import Schema
from ....spec.workload import Query
from .join import join_single_frame


def require_text(query: Query, data: Schema, engine: str) -> Query:
    """Return a query that reads text; Unsupported for any other."""
    if any(name in data and data[name].kind == "string" for name in query.reads):
        return query
    raise Unsupported(query.name, f"it reads no text; use {engine}")


def require_text_keys(query: Query, data: Schema, engine: str) -> Query:
    """Return a query that groups by text and uses it for nothing else; Unsupported otherwise."""
    join_single_frame(query, data)
    if query.apply is None and find_text_keys(query, data):
        return query
    raise Unsupported(query.name, f"no key of it is text that is only grouped by; use {engine}")


def find_text_keys(query: Query, data: Schema) -> tuple[str, ...]:
    """Return the keys of text that no expression reads."""
    read = list_columns(*query.expressions)
    texts = (k for k in query.group_by if k in data and data[k].kind == "string")
    return tuple(key for key in texts if key not in read)
