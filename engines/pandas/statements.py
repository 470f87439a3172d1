"""Statements of pandas that filter rows and assign columns."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterable, Sequence
from dataclasses import replace

from ...spec.expression import (
    Bool,
    Case,
    Col,
    Expr,
    IsMissing,
    Lit,
    Not,
    list_columns,
)
from ...spec.kinds import with_column
from ...spec.workload import Output, Query
from ..writing.program import fill
from ..writing.quote import quote
from ..writing.steps import hoist
from .conditions import decides
from .expressions import SeriesWriter


def write_filter(condition: Expr, series: SeriesWriter) -> str:
    """Write the statement that keeps the rows of a condition: `dropna` for `is not None`."""
    conjuncts = condition.operands if isinstance(condition, Bool) and condition.op == "and" else ()
    conjuncts = conjuncts or (condition,)
    present = [x.operand.operand.name for x in conjuncts if _is_presence(x)]  # type: ignore[union-attr]
    others = tuple(x for x in conjuncts if not _is_presence(x))
    lines = []
    if present:
        lines.append(
            fill(f"{series.frame} = {series.frame}.dropna(subset=S)", S=quote("s", s=present))
        )
    if others:
        kept = others[0] if len(others) == 1 else Bool("and", others)
        code = fill(
            f"{series.frame} = {series.frame}[CONDITION]", CONDITION=series.write_condition(kept)
        )
        lines.append(code)
    return "\n".join(lines)


def write_assignment(output: Output, series: SeriesWriter) -> list[str]:
    """Write the statements that set one column, named intermediates as local variables first."""
    named, body = hoist(output.expression)
    lines = []
    for local in named:
        lines.append(f"{local.name} = {ast.unparse(series.write_value(local.expression))}")
        series = series.write_binding(local)
    return [*lines, f"{series.frame}[{output.name!r}] = {ast.unparse(series.write_value(body))}"]


def write_assignments(outputs: Iterable[Output], series: SeriesWriter) -> list[str]:
    """Write the statements that set columns; equal intermediates of several are named once."""
    lines: list[str] = []
    known: dict[str, str] = {}
    for line in (line for output in outputs for line in write_assignment(output, series)):
        name = line.partition(" = ")[0]
        if known.get(name) == line:
            continue
        # What others were made of may have another value now.
        known = {name: line} if name in known else {**known, name: line}
        lines.append(line)
    return lines


def write_derivation(
    outputs: tuple[Output, ...],
    series: SeriesWriter,
    typed: Container[str] = (),
    counted: Container[str] = (),
) -> str:
    """Write the statements that add derived columns, one `assign` for those that can share it.

    The `typed` ones are texts where all are missing, too; of the `counted` ones, it only matters
    where they are true.
    """
    lines: list[str] = []
    batch: dict[str, ast.expr] = {}
    if series.parted:
        series, outputs = _fill_constants(outputs, series)
    for output in outputs:
        if batch and set(list_columns(output.expression)) & set(batch):
            lines.append(_assign(series.frame, batch))
            batch = {}
        write = series.write_typed if output.name in typed else series.write_value
        if output.name in counted and decides(output.expression):
            write = series.write_condition
        batch[output.name] = write(output.expression)
    return "\n".join([*lines, *([_assign(series.frame, batch)] if batch else [])])


def assign_to_chosen(lines: Sequence[str], query: Query, frame: str) -> ast.expr | None:
    """Return the derived columns added to the chosen ones alone, where these come first."""
    made, select = [o.name for o in query.derive], list(query.select)
    kept = select[: -len(made)]
    if query.whole or not made or not kept or select != [*kept, *made]:
        return None
    match ast.parse(lines[-1]).body:
        case [ast.Assign(value=ast.Call(ast.Attribute(ast.Name(), "assign")) as call)] if [
            keyword.arg for keyword in call.keywords
        ] == made:
            call.func = quote("f[k].assign", f=quote(frame), k=kept)
            return call
    return None


def _fill_constants(
    outputs: tuple[Output, ...], series: SeriesWriter
) -> tuple[SeriesWriter, tuple[Output, ...]]:
    """Return a choice of constants as a column of one of them, and what replaces it there.

    Dask makes a series of a constant by assigning it.
    """
    found = []
    for output in outputs:
        match output.expression:
            case Case(branches, Lit() as constant) if constant != Lit(None):
                chosen = Case(branches, Col(output.name))
            case Case(((condition, Lit() as constant),), Lit(None)):
                chosen = Case(((condition, Col(output.name)),), Lit(None))
            case _:
                found.append(output)
                continue
        assert series.facts is not None
        rows = with_column(series.facts.data, output.name, constant)
        series = replace(series, facts=replace(series.facts, data=rows))
        if series.is_series(output.expression) or not series.is_series(chosen):
            found.append(output)
            continue
        found += [Output(output.name, constant), replace(output, expression=chosen)]
    return series, tuple(found)


def _assign(frame: str, values: dict[str, ast.expr]) -> str:
    return f"{frame} = " + ast.unparse(quote("frame.assign(**v)", frame=quote(frame), v=values))


def _is_presence(condition: Expr) -> bool:
    match condition:
        case Not(IsMissing(Col())):
            return True
        case _:
            return False


def drop_alignment(tree: ast.expr, *, spread: bool) -> ast.expr:
    """Return what `assign` takes: pandas' own gives each row the value of its label."""
    match tree:
        case ast.Call(ast.Attribute(value, "reindex"), [ast.Attribute(attr="index")], []):
            return tree if spread else value
    return tree
