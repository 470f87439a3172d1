"""What the kinds of values decide: `+` of texts is a word of its own, some casts do nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Literal, TypeAlias

from ....spec.expression import Agg, Arith, Call, Expr, Let, list_children, rebuild
from ....spec.kinds import with_column
from ....spec.schema import Kind, Schema
from ....spec.workload import Output, Query, RowFunction
from ..properties import Facts, collect_output_facts, collect_row_facts

# The conditions that a library takes the mean of: all, or those without missing values.
Conditions: TypeAlias = Literal["none", "full", "all"]
# What casts a value to the kind that it has.
CASTS: dict[str, Kind] = {"text": "string", "integer": "int", "number": "float"}


def resolve_kinds(query: Query, data: Schema, averages: Conditions = "none") -> Query:
    """Return the query with `concat` for the `+` of texts, and without casts that do nothing.

    The mean of a condition is that of numbers, but for those that the engine `averages`.
    """
    resolve = partial(_resolve, averages=averages)
    return rewrite_expressions(query, data, resolve)


def rewrite_expressions(
    query: Query, data: Schema, rewrite: Callable[[Expr, Facts], Expr]
) -> Query:
    """Return the query with each expression rewritten, over what is known of its columns."""
    rows = collect_row_facts(query, data)

    def walk_every(outputs: tuple[Output, ...]) -> tuple[Output, ...]:
        return tuple(replace(o, expression=rewrite(o.expression, rows)) for o in outputs)

    apply, having = query.apply, query.having
    if isinstance(apply, RowFunction) and apply.body is not None:
        apply = replace(apply, body=rewrite(apply.body, rows))
    return replace(
        query,
        where=query.where and rewrite(query.where, rows),
        derive=walk_every(query.derive),
        aggregate=walk_every(query.aggregate),
        transform=walk_every(query.transform),
        apply=apply,
        having=having and rewrite(having, collect_output_facts(query, rows)),
    )


def _resolve(node: Expr, facts: Facts, averages: Conditions) -> Expr:
    resolve = partial(_resolve, averages=averages)
    if isinstance(node, Let):
        inner = Facts(with_column(facts.data, node.name, node.value), facts.empty)
        return Let(node.name, resolve(node.value, facts), resolve(node.body, inner))
    parts = tuple(resolve(child, facts) for child in list_children(node))
    match node:
        case Arith("+") if facts.find_kind(node) == "string":
            return Call("concat", tuple(text for part in parts for text in _list_texts(part)))
        case Call("text" | "integer" | "number" as cast, (value,)):
            return parts[0] if facts.find_kind(value) == CASTS[cast] else rebuild(node, parts)
        case Agg("count_if"):
            return Agg("sum", parts)
        case Agg("mean", (x,)) if facts.find_kind(x) == "bool" and not _averages(
            averages, x, facts
        ):
            return Agg("mean", (Call("integer", parts),))
        case Agg("prod", (whole,)) if facts.find_kind(whole) in {"int", "decimal"}:
            return Agg("prod", (Call("number", parts),))
        case _:
            return rebuild(node, parts)


def _averages(averages: Conditions, condition: Expr, facts: Facts) -> bool:
    return averages == "all" or (averages == "full" and not facts.may_miss(condition))


def _list_texts(node: Expr) -> tuple[Expr, ...]:
    """Return the texts that a chain of `+` puts together."""
    return node.arguments if isinstance(node, Call) and node.function == "concat" else (node,)
