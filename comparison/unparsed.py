"""The first text that a query's `parse` cannot read, which each engine reports in its own words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa
from pyarrow import compute as pc

from ..errors import DfbenchError
from ..spec.expression import (
    Call,
    Case,
    Col,
    Compare,
    Expr,
    Lit,
    list_aggregations,
    substitute,
    walk,
)
from ..spec.unparse import write_text
from ..spec.workload import Output, Query, RowFunction
from ..verification.answers import open_answer
from .oracle import answer_exactly
from .plan import Plan

TEXT = "text"


def explain_unparsed(plan: Plan, query: Query) -> str:
    """Return the sentence for the first text that `parse` cannot read; empty if there is none.

    DuckDB answers the texts, Python's `strptime` reads each distinct one.
    """
    for number, step in enumerate(query.steps):
        for call, seen in _list_parsed(step):
            rows = replace(step, earlier=query.earlier[:number])
            try:
                texts = _find_texts(plan, rows, seen)
            except DfbenchError:
                continue
            if found := _find_unread(texts, call):
                row, value = found
                place = "" if rows.earlier or rows.joins else f"row {row + 1}: "
                mend = _describe_mend(seen, value)
                return f"{place}{write_text(call)} cannot read {value!r}; {mend}"
    return ""


def _list_parsed(step: Query) -> Iterator[tuple[Call, Expr]]:
    """Yield each `parse` of a step, with its text in columns of the rows that the step sees."""
    derived: dict[str, Expr] = {}
    for call in _list_calls(step.where):
        yield call, call.arguments[0]
    body = step.apply.body if isinstance(step.apply, RowFunction) else None
    last = [Output("", body)] if body else []
    for output in (*step.derive, *step.aggregate, *step.transform, *last):
        for call in _list_calls(output.expression):
            yield call, substitute(call.arguments[0], derived)
        if output in step.derive:
            derived[output.name] = substitute(output.expression, derived)


def _list_calls(expression: Expr | None) -> Iterator[Call]:
    for node in walk(expression) if expression else ():
        match node:
            case Call("parse", (argument, _)) if not list_aggregations(argument):
                yield node


def _find_texts(plan: Plan, rows: Query, seen: Expr) -> pa.ChunkedArray:
    """Return the texts of all rows; what `where` leaves out is missing."""
    if rows.where and not any(_list_calls(rows.where)):
        seen = Case(((rows.where, seen),), Lit(None))
    output = Output(TEXT, seen)
    asked = Query(rows.name, "", rows.joins, transform=(output,), earlier=rows.earlier)
    kept = answer_exactly(plan, asked)
    texts = open_answer(kept)[TEXT]
    kept.unlink()
    return texts


def _find_unread(texts: pa.ChunkedArray, call: Call) -> tuple[int, str] | None:
    """Return the first row whose text is in another format, from 0, with the text."""
    form = str(call.arguments[1].value)  # type: ignore[union-attr]
    unread = [one for one in pc.unique(texts.drop_null()).to_pylist() if not _reads(one, form)]
    if not unread:
        return None
    row = pc.index(pc.is_in(texts, pa.array(unread)), True).as_py()
    return row, texts[row].as_py()


def _reads(value: str, form: str) -> bool:
    try:
        dt.datetime.strptime(value, form)
    except ValueError:
        return False
    return True


def _describe_mend(seen: Expr, value: str) -> str:
    mend = "correct it, or leave its row out in where"
    is_column = isinstance(seen, Col)
    return f"{mend}: {write_text(Compare('!=', seen, Lit(value)))}" if is_column else mend
