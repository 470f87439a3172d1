"""Names in place of what is computed again: a column that the code named is written once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from ..spec.expression import Col, Expr, Let, Lit, list_aggregations, walk
from ..spec.workload import Output
from .meaning import is_condition
from .trees import transform

SHORTEST = 3  # nodes of a tree that is worth a name


def name_repeated(
    derive: tuple[Output, ...],
    outputs: tuple[Output, ...],
    named: Mapping[str, Expr],
) -> tuple[tuple[Output, ...], tuple[Output, ...]]:
    """Return the columns of a step, and its outputs, that use the names of those before them.

    Args:
        derive: The columns that the step makes, each of the step's own columns alone.
        outputs: What its answer has.
        named: Further columns that the code made, in its order, which the step may make too: of
            those that occur more than once, the ones that others use twice.

    """
    found = [*derive]
    for name, expr in reversed([*named.items()]):
        if _is_worth_a_name(expr):
            output = Output(name, expr)
            if _count_uses(output, found, outputs) > 1:
                _insert(output, found)
    known: dict[Expr, str] = {}
    made: list[Output] = []
    for output in found:
        made.append(Output(output.name, _use_names(output.expression, known)))
        if not (isinstance(output.expression, Col | Lit) or is_condition(output.expression, None)):
            known.setdefault(output.expression, output.name)
    return tuple(made), tuple(Output(o.name, _use_names(o.expression, known)) for o in outputs)


def find_repeated(derive: tuple[Output, ...], outputs: tuple[Output, ...]) -> set[Expr]:
    """Return the expressions that occur more than once in the columns of a step."""
    counts = Counter(
        node
        for one in (*derive, *outputs)
        for node in walk(one.expression)
        if not isinstance(node, Col | Lit)
    )
    return {node for node, count in counts.items() if count > 1}


def _is_worth_a_name(expr: Expr) -> bool:
    return len([*walk(expr)]) >= SHORTEST and not list_aggregations(expr)


def _count_uses(output: Output, derive: list[Output], outputs: Iterable[Output]) -> int:
    """Return how often columns and outputs use a column, where each column is computed once."""
    known = {one.expression: one.name for one in derive} | {output.expression: output.name}
    others = [{e: n for e, n in known.items() if n != one.name} for one in derive]
    made = [
        *(_use_names(one.expression, names) for one, names in zip(derive, others, strict=True)),
        *(_use_names(one.expression, known) for one in outputs),
    ]
    return sum(node == Col(output.name) for expr in made for node in walk(expr))


def _insert(output: Output, derive: list[Output]) -> None:
    """Put a column before the first one that uses it."""
    uses = (i for i, one in enumerate(derive) if output.expression in walk(one.expression))
    derive.insert(next(uses, len(derive)), output)


def _use_names(expr: Expr, names: Mapping[Expr, str]) -> Expr:
    """Return an expression with names in place of the expressions that have one."""

    def change(node: Expr) -> Expr | None:
        match node:
            case Col() | Lit() | Let():
                return node
        name = names.get(node)
        return None if name is None else Col(name)

    return transform(expr, change) if names else expr
