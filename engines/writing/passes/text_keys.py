"""Text, for the variants that hold it as categories or as Python's objects."""

from __future__ import annotations

from ....errors import Unsupported
from ....spec.expression import Agg, Call, list_columns, walk
from ....spec.schema import Schema
from ....spec.workload import Query
from ..properties import collect_row_facts
from .join import join_single_frame

EXTREMES = {"min", "max", "arg_min", "arg_max"}
UNORDERED = "Python cannot order texts and missing values; use pandas, or fill(…) the column"


def require_text(query: Query, data: Schema, engine: str) -> Query:
    """Return a query that reads text; Unsupported for any other."""
    if any(name in data and data[name].kind == "string" for name in query.reads):
        return query
    raise Unsupported(query.name, f"it reads no text; use {engine}")


def require_ordered_texts(query: Query, data: Schema) -> Query:
    """Return a query; Unsupported where it takes the least of texts and missing values.

    pandas leaves missing objects in, and Python orders no text beside them.
    """
    facts = collect_row_facts(query, data)
    outputs = (*query.derive, *query.aggregate, *query.transform)
    for node in (part for output in outputs for part in walk(output.expression)):
        if isinstance(node, Agg | Call) and node.function in EXTREMES:
            for text in node.arguments:
                if facts.find_kind(text) == "string" and facts.may_miss(text):
                    raise Unsupported(f"{node.function}() of text", UNORDERED)
    return query


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
