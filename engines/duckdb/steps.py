"""Several steps as one statement of DuckDB's."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from ...spec.expression import Col, Let, substitute
from ...spec.workload import Output, Query, RowFunction
from ..writing.passes.inline import writes_once
from ..writing.properties import Facts
from ..writing.sequence import step_name
from .queries import Statement

Step = TypeVar("Step", bound=Statement)


def number_rows(statements: Sequence[Step]) -> list[Step]:
    """Return the statements of steps, with numbered rows where a later one needs their order."""
    found: list[Step] = []
    for place, statement in reversed([*enumerate(statements)]):
        needed = bool(found) and found[0].needs_numbers
        resorted = any(before.query.sort for before in statements[:place])
        found.insert(0, replace(statement, numbered=needed, sorted=resorted))
    return found


def write_statements(statements: Sequence[Statement]) -> str:
    """Write steps as one statement: those before the last are common table expressions."""
    *before, last = (statement.write_text() for statement in statements)
    named = [
        f"{step_name(place)} AS (\n{textwrap.indent(text, '    ')}\n)"
        for place, text in enumerate(before, 1)
    ]
    return f"WITH {', '.join(named)}\n{last}" if named else last


def lift_bindings(query: Query) -> Query:
    """Derive the values that a row function names and reads again, so that their names survive."""
    function, derived = query.apply, list(query.derive)
    if not isinstance(function, RowFunction):
        return query
    body = function.body
    while isinstance(body, Let) and body.name not in {*query.reads, *(o.name for o in derived)}:
        if writes_once(body.body, Col(body.name)):
            body = substitute(body.body, {body.name: body.value})
        else:
            derived.append(Output(body.name, body.value))
            body = body.body
    return replace(query, derive=tuple(derived), apply=replace(function, body=body))


def list_guards(query: Query, facts: Facts) -> tuple[str, ...]:
    """Return the columns without which the row function is not called."""
    function = query.apply
    if not isinstance(function, RowFunction) or function.body is None:
        return ()
    return facts.list_guards(function.body) if function.on_missing == "skip" else ()
