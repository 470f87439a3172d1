"""The steps of a group-by as engines take them: derive, reduce columns, combine the reductions.

Most engines aggregate columns, not expressions: `max(v1) - min(v2)` becomes the reductions
`max_v1` and `min_v2` and an output that combines them; `sum(v1 * 2)` derives a column first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ...spec.expression import (
    Agg,
    Bool,
    Call,
    Case,
    Col,
    Compare,
    CompareOp,
    Expr,
    IsMissing,
    Let,
    Lit,
    Not,
    choose_fresh_name,
    list_aggregations,
    list_children,
    list_columns,
    rebuild,
    walk,
)
from ...spec.schema import Schema
from ...spec.vocabulary import WINDOWS
from ...spec.workload import Output, Query


@dataclass(frozen=True, slots=True)
class Reduction:
    """One aggregation of columns: `columns` is empty for size(), has two names for corr(x, y).

    `window` is the window of the language, which has its settings.
    """

    name: str
    function: str
    columns: tuple[str, ...]
    parameter: float | None = None
    window: Agg | None = None

    @property
    def column(self) -> str:
        """Return the only column."""
        (name,) = self.columns
        return name


@dataclass(frozen=True, slots=True)
class Steps:
    """`derived` columns, their `reductions`, and `outputs` over the reductions' names.

    `direct` tells that every output is a reduction of that very name, so nothing is combined.
    """

    derived: tuple[Output, ...]
    reductions: tuple[Reduction, ...]
    outputs: tuple[Output, ...]

    def list_counted(self, given: tuple[Output, ...]) -> frozenset[str]:
        """Return the columns, beside those given, of which it only counts where they are true."""
        made = {output.name for output in self.derived} - {output.name for output in given}
        asked = {n for r in self.reductions if r.function not in {"sum", "any"} for n in r.columns}
        return frozenset(made - asked)

    @property
    def once(self) -> bool:
        """Return whether each reduction is used once, and nothing is named on the way."""
        nodes = [node for output in self.outputs for node in walk(output.expression)]
        used = [node.name for node in nodes if isinstance(node, Col)]
        named = any(isinstance(node, Let) for node in nodes)
        return not named and sorted(used) == sorted(r.name for r in self.reductions)

    @property
    def direct(self) -> bool:
        """Return whether the reductions are the answer as they are."""
        return all(output.expression == Col(output.name) for output in self.outputs)


def decompose(query: Query) -> Steps:
    """Take an aggregate apart; names are those of the outputs where they can be, else readable."""
    taken = {*query.reads, *query.outputs, *(output.name for output in query.derive)}
    derived: list[Output] = list(query.derive)
    reductions: dict[Agg, Reduction] = {}
    asked = query.aggregate or query.transform
    # Beside the rows of a transform, an output's name may be a column's that others read.
    whole = {o.expression: o.name for o in query.aggregate if isinstance(o.expression, Agg)}
    aggregations = list_aggregations(*(output.expression for output in asked))
    read = Counter(argument for agg in aggregations for argument in agg.arguments)
    given: dict[str, Expr] = {name: Col(name) for name in query.reads}
    given |= {output.name: output.expression for output in query.derive}
    for name in _list_own_columns(query):
        del given[name]
    for agg in aggregations:
        if _takes_the_name(agg, whole.get(agg, ""), read, given):
            derived.append(Output(whole[agg], agg.arguments[0]))
        names, parameter = _write_arguments(agg, derived, taken)
        name = whole.get(agg) or choose_fresh_name("_".join((agg.function, *names)), taken)
        taken.add(name)
        window = agg if agg.function in WINDOWS else None
        reductions[agg] = Reduction(name, agg.function, names, parameter, window)
    outputs = tuple(
        replace(output, expression=replace_aggregations(output.expression, reductions))
        for output in asked
    )
    return Steps(tuple(derived), tuple(reductions.values()), outputs)


def _takes_the_name(agg: Agg, name: str, read: Counter[Expr], given: dict[str, Expr]) -> bool:
    """Return whether a column that only this output reads can have the output's name.

    A column of that name is replaced where nothing else reads it.
    """
    values = [a for a in agg.arguments if not isinstance(a, Col | Lit)]
    alone = len(values) == 1 and read[values[0]] == 1
    return alone and bool(name) and name not in given and values[0] not in given.values()


def _list_own_columns(query: Query) -> list[str]:
    """Return the columns of which only the output that has their name reads a value."""
    places = [o.expression for o in (*query.derive, *query.aggregate)]
    readers = Counter(name for node in places for name in set(list_columns(node)))
    read = {*query.reads} - {*query.group_by, *(output.name for output in query.derive)}
    return [
        o.name
        for o in query.aggregate
        if o.name in read and readers[o.name] == 1
        if isinstance(o.expression, Agg) and Col(o.name) not in o.expression.arguments
        if o.name in list_columns(o.expression)
    ]


def replace_aggregations(expression: Expr, reductions: dict[Agg, Reduction]) -> Expr:
    """Put the reductions' names in place of the aggregations."""
    if isinstance(expression, Agg):
        return Col(reductions[expression].name)
    return rebuild(
        expression, tuple(replace_aggregations(c, reductions) for c in list_children(expression))
    )


def reuse_outputs(outputs: Sequence[Output]) -> Iterator[Output]:
    """Yield the outputs, one that holds the whole of an earlier one with that one's name."""
    names: dict[Expr, str] = {}
    for output in outputs:
        yield replace(output, expression=_put_names(output.expression, names))
        if list_columns(output.expression) and not isinstance(output.expression, Col):
            names[output.expression] = output.name


def _put_names(expression: Expr, names: Mapping[Expr, str]) -> Expr:
    if expression in names:
        return Col(names[expression])
    return rebuild(expression, tuple(_put_names(c, names) for c in list_children(expression)))


def map_as_case(node: Call) -> Expr:
    """Return a `map` as a chain of comparisons, for what has no table of values."""
    value, default, *pairs = node.arguments
    tests = (Compare("==", value, key) for key in pairs[::2])
    return Case(tuple(zip(tests, pairs[1::2], strict=True)), default)


def choose_extreme(node: Call, may_miss: Callable[[Expr], bool]) -> Expr:
    """Return the `min` or `max` of values as comparisons, for what knows those of numbers only."""
    op: CompareOp = "<=" if node.function == "min" else ">="
    found, *others = node.arguments
    for other in others:
        kept: Expr = Compare(op, found, other)
        if may_miss(found):
            kept = Bool("or", (IsMissing(found), kept))
        found = Case(((kept, found),), other)
    return found


def hoist(node: Expr) -> tuple[tuple[Output, ...], Expr]:
    """Take the named intermediates out of an expression: statements to write before it."""
    if isinstance(node, Let):
        values, value = hoist(node.value)
        bodies, body = hoist(node.body)
        return (*values, Output(node.name, value), *bodies), body
    parts = [hoist(child) for child in list_children(node)]
    taken = tuple(output for outputs, _ in parts for output in outputs)
    return taken, rebuild(node, tuple(part for _, part in parts))


def is_present(query: Query, column: str, data: Schema) -> bool:
    """Return whether a column cannot be missing once `where` has been applied."""
    if column in data and not data[column].missing:
        return True
    return Not(IsMissing(Col(column))) in split_conjuncts(query.where)


def negate(condition: Expr) -> Expr:
    """Push a `not` inwards to the comparisons: where a value is missing, neither form is true."""
    opposite = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
    match condition:
        case Not(operand):
            return operand
        case Compare(op, left, right):
            return Compare(opposite[op], left, right)  # type: ignore[arg-type]
        case Bool(op, operands):
            return Bool("or" if op == "and" else "and", tuple(map(negate, operands)))
        case Lit(bool() as value):
            return Lit(not value)
        case _:
            return Not(condition)


def split_conjuncts(condition: Expr | None) -> tuple[Expr, ...]:
    """Return the conditions that have to hold together; none for no condition."""
    match condition:
        case None:
            return ()
        case Bool("and", operands):
            return operands
        case _:
            return (condition,)


def _write_arguments(
    agg: Agg, derived: list[Output], taken: set[str]
) -> tuple[tuple[str, ...], float | None]:
    """Return an aggregation's columns (deriving one for an expression) and its parameter."""
    arguments, parameter = agg.arguments, None
    if agg.function in WINDOWS:
        values = agg.arguments[: WINDOWS[agg.function].least]
        return tuple(_write_column(value, derived, taken) for value in values), None
    if agg.function == "quantile":
        arguments, parameter = agg.arguments[:1], _number(agg.arguments[1])
    return tuple(_write_column(argument, derived, taken) for argument in arguments), parameter


def _write_column(argument: Expr, derived: list[Output], taken: set[str]) -> str:
    if isinstance(argument, Col):
        return argument.name
    for output in derived:
        if output.expression == argument:
            return output.name
    name = choose_fresh_name(_describe(argument), taken)
    taken.add(name)
    derived.append(Output(name, argument))
    return name


def _describe(argument: Expr) -> str:
    """Return a name for an expression: its columns, and what is asked of one."""
    read = "_".join(n.name for n in walk(argument) if isinstance(n, Col)) or "value"
    match argument:
        case IsMissing(Col()):
            return f"{read}_missing"
        case Call(function, (Col(), *settings)) if all(isinstance(s, Lit) for s in settings):
            return f"{read}_{'filled' if function == 'coalesce' else function}"
    return read


def _number(node: Expr) -> float:
    match node:
        case Lit(int() | float() as value):
            return float(value)
        case _:
            message = f"the share of a quantile is a number, not {node}"
            raise TypeError(message)


def split_batches(outputs: tuple[Output, ...]) -> list[list[Output]]:
    """Split derived columns so that none reads another of the same step."""
    found: list[list[Output]] = []
    for output in outputs:
        current = {o.name for o in found[-1]} if found else set()
        if not found or current & {output.name, *list_columns(output.expression)}:
            found.append([])
        found[-1].append(output)
    return found
