"""Expressions on whole frames of pandas: melted, sorted, aggregated by names."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from keyword import iskeyword

from ...errors import Unsupported
from ...spec.expression import Col, Expr, substitute, walk
from ...spec.unpivot import NAMES, VALUES
from ...spec.workload import Unpivot
from ..writing.quote import quote, write_literal
from ..writing.steps import Reduction, Steps
from .words import METHODS, POPULATION


def write_melt(frame: ast.expr, unpivot: Unpivot) -> ast.expr:
    """Write the rows of an unpivot."""
    index = unpivot.index[0] if len(unpivot.index) == 1 else list(unpivot.index)
    options = {"id_vars": write_literal(index)} if unpivot.index else {}
    options["value_vars"] = write_literal(list(unpivot.on))
    if unpivot.names != NAMES:
        options["var_name"] = write_literal(unpivot.names)
    if unpivot.values != VALUES:
        options["value_name"] = write_literal(unpivot.values)
    return quote("f.melt(**o)", f=frame, o=options)


def write_reduction(reduction: Reduction) -> ast.expr:
    """Write one reduction of `groups` as a series."""
    column = quote("groups[c]", c=reduction.column) if reduction.columns else quote("groups")
    if reduction.function == "quantile":
        return quote("c.quantile(q)", c=column, q=reduction.parameter)
    if reduction.function in POPULATION:
        return quote(f"c.{POPULATION[reduction.function]}(ddof=0)", c=column)
    return quote(f"c.{METHODS[reduction.function]}()", c=column)


def write_agg(groups: ast.expr, reductions: tuple[Reduction, ...]) -> ast.expr:
    """Write the shortest `agg`: pandas takes a tenth longer for its tuples of names."""
    if len({r.column for r in reductions}) > 1:
        return write_frame_agg(groups, reductions)
    words = {r.name: write_literal(METHODS[r.function]) for r in reductions}
    return quote("g[c].agg(**w)", g=groups, c=reductions[0].column, w=words)


def write_frame_agg(groups: ast.expr, reductions: tuple[Reduction, ...]) -> ast.expr:
    """Write the `agg` of a whole frame."""
    if all(r.column == r.name for r in reductions):
        words = {r.name: write_literal(METHODS[r.function]) for r in reductions}
        return quote("g.agg(w)", g=groups, w=words)
    named = {r.name: write_literal((r.column, METHODS[r.function])) for r in reductions}
    return quote("g.agg(**n)", g=groups, n=named)


def with_columns(reductions: tuple[Reduction, ...], key: str) -> tuple[Reduction, ...]:
    """Return the number of rows a column too: any measure will do, or the key.

    A number is preferred: of Arrow's texts, pandas counts in its own integers, which miss NaN.
    """
    for taken in PARAMETERS.intersection(r.name for r in reductions):
        raise Unsupported(repr(taken), "agg has a parameter of this name; rename the output")
    measured = [r for r in reductions if r.columns]
    numbers = [r for r in measured if r.function in {"sum", "mean"}]
    measure = next((r.columns[0] for r in (*numbers, *measured)), key)
    return tuple(r if r.columns else replace(r, columns=(measure,)) for r in reductions)


def name_by_columns(taken: Steps, keys: tuple[str, ...]) -> Steps:
    """Return the steps with each reduction named as its column, where no two share a column.

    Modin takes a fifth longer for named aggregations than for a function by column.
    """
    columns = [name for r in taken.reductions for name in r.columns or ("",)]
    used = {*keys, *(output.name for output in taken.outputs), ""}
    if len({*columns}) < len(columns) or not used.isdisjoint(columns):
        return taken
    names: dict[str, Expr] = {r.name: Col(r.column) for r in taken.reductions}
    outputs = (replace(o, expression=substitute(o.expression, names)) for o in taken.outputs)
    reductions = (replace(r, name=r.column) for r in taken.reductions)
    return replace(taken, reductions=tuple(reductions), outputs=tuple(outputs))


def name_values(
    frame: str, taken: Steps, trees: Mapping[str, ast.expr], *, together: bool
) -> Iterator[tuple[list[str], ast.expr]]:
    """Yield what the outputs read more than once, with its names.

    With `together`, the quantiles of a column are asked at once: each by itself would look through
    its values again.
    """
    named = [r for r in taken.reductions if r.name.isidentifier() and not iskeyword(r.name)]
    alike: dict[tuple[str, ...], list[Reduction]] = {}
    for r in named:
        if together and r.function == "quantile":
            alike.setdefault(r.columns, []).append(r)
    several = [found for found in alike.values() if len(found) > 1]
    for found in several:
        shares = [r.parameter for r in found]
        yield (
            [r.name for r in found],
            quote("f[c].quantile(q)", f=quote(frame), c=found[0].column, q=shares),
        )
    read = Counter(
        node.name for o in taken.outputs for node in walk(o.expression) if isinstance(node, Col)
    )
    done = {r.name for found in several for r in found}
    yield from (([r.name], trees[r.name]) for r in named if read[r.name] > 1 and r.name not in done)


# What `agg` would not take for the name of an output.
PARAMETERS = {"func", "engine", "engine_kwargs", "split_every", "split_out"}
