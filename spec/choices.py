"""Aggregations that leave open which value they return: `any_value`, and where it may stand."""

from __future__ import annotations

from .expression import Agg, list_aggregations
from .workload import Output, Query, Tasks

CHOOSING_FREELY = "any_value"


def list_choices(query: Query | Tasks) -> tuple[Output, ...]:
    """Return the outputs that are some value of their group."""
    outputs = query.aggregate if isinstance(query, Query) else ()
    return tuple(output for output in outputs if is_choice(output))


def find_misuse(output: Output) -> str:
    """Return why an output cannot be checked: it computes with a value that is not settled."""
    asked = {agg.function for agg in list_aggregations(output.expression)}
    if CHOOSING_FREELY not in asked or is_choice(output):
        return ""
    return "any_value has to be an output alone: a value computed from it could be any of several"


def is_choice(output: Output) -> bool:
    """Return whether an output is some value of its group."""
    match output.expression:
        case Agg(function):
            return function == CHOOSING_FREELY
    return False
