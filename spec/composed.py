"""Aggregations that other words express: steps that put a group's values beside its rows first.

`arg_max(x, by)` is the smallest x among the rows in which `by` is the group's largest value. Every
engine that has transforms has these words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from .document import Node, TextNode
from .expression import (
    Agg,
    Arith,
    Bool,
    Case,
    Col,
    Compare,
    Expr,
    IsMissing,
    Lit,
    Not,
    choose_fresh_name,
    list_aggregations,
    list_children,
    list_columns,
    rebuild,
)
from .gaps import split_gaps
from .vocabulary import COMPOSED
from .workload import Output, Query, SortKey

Key = TypeVar("Key")
QUANTILES = re.compile(r"(\s*quantile\(.*,\s*)\[(.*)\](\s*\)\s*)", re.DOTALL)

BESIDE = {"arg_max": "max", "arg_min": "min"}


def compose(query: Query) -> Query:
    """Return a query with the steps that its composed aggregations and whole rows need."""
    steps = [made for step in query.steps for made in _compose_step(step)]
    if len(steps) == len(query.steps):
        return query
    *earlier, last = steps
    named = replace(last, name=query.name, question=query.question, text=query.text)
    return replace(named, earlier=tuple(replace(step, name=query.name) for step in earlier))


def spread_quantiles(name: TextNode, node: Node) -> list[tuple[TextNode, Node]]:
    """Return an output for each share of `quantile(x, [0.25, 0.75])`: `name_25` and `name_75`."""
    found = QUANTILES.fullmatch(node.text) if isinstance(node, TextNode) else None
    if not found or not isinstance(node, TextNode):
        return [(name, node)]
    start, listed, end = found.groups()
    # Each character keeps its place in the file.
    texts = [(share, f"{start}{share.ljust(len(listed) + 2)}{end}") for share in listed.split(",")]
    return [
        (replace(name, text=f"{name.text}_{_write_percent(share)}"), replace(node, text=text))
        for share, text in texts
    ]


def _write_percent(share: str) -> str:
    try:
        return f"{100 * float(share):.10g}".replace(".", "_")
    except ValueError:
        return "x"


def _compose_step(step: Query) -> list[Query]:
    if beside := _put_beside(step):
        first, rest = beside
        return [first, *_compose_step(rest)]
    if step.extreme and step.extreme.rows:
        return _keep_rows(step)
    if step.gaps and step.aggregate:
        groups, *filled = split_gaps(step)
        return [*_compose_step(groups), *filled]
    asked = list_aggregations(*(output.expression for output in (*step.aggregate, *step.transform)))
    if not any(agg.function in COMPOSED for agg in asked):
        return [step]
    return _Composition.of(step).list_steps()


def _put_beside(step: Query) -> tuple[Query, Query] | None:
    """Return what `where`, or derived columns, need of all rows as a step of its own, and the rest.

    Bins of a number are told by values of all rows: of those that the clause sees.
    """
    if step.where is not None and list_aggregations(step.where):
        name = choose_fresh_name(
            "bin", {*step.reads, *step.outputs, *(o.name for o in step.derive)}
        )
        made, where = _take_bins(step.where, name)
        kept: tuple[Output, ...] = ()
        found, rest = made, replace(step, where=where)
        first = replace(_keep_rows_alone(step), where=None)
    else:
        first_of = next(
            (n for n, o in enumerate(step.derive) if list_aggregations(o.expression)), None
        )
        if first_of is None:
            return None
        kept, later = step.derive[:first_of], step.derive[first_of:]
        found = _drop_dependent(later)
        rest = replace(step, where=None, derive=tuple(o for o in later if o not in found))
        first = _keep_rows_alone(step)
    rest = replace(rest, joins=(), earlier=())
    new = {output.name for output in found}
    carried = (Output(name, Col(name)) for name in rest.reads if name not in new)
    return replace(first, derive=kept, transform=(*carried, *found)), rest


def _keep_rows_alone(step: Query) -> Query:
    """Return a step's rows: its joins and `where` alone."""
    return Query(step.name, "", joins=step.joins, where=step.where)


def _drop_dependent(outputs: Sequence[Output]) -> tuple[Output, ...]:
    """Return the outputs over all rows that read none of these outputs."""
    names = {output.name for output in outputs}
    return tuple(
        output
        for output in outputs
        if list_aggregations(output.expression)
        and names.isdisjoint(list_columns(output.expression))
    )


def _take_bins(node: Expr, name: str) -> tuple[tuple[Output, ...], Expr]:
    """Return the bins in a condition as columns, and the condition over them."""
    if isinstance(node, Case) and list_aggregations(node):
        return (Output(name, node),), Col(name)
    found: list[Output] = []
    parts = []
    for part in list_children(node):
        taken, rest = _take_bins(part, f"{name}_{len(found) + 2}" if found else name)
        found += taken
        parts.append(rest)
    return tuple(found), rebuild(node, tuple(parts))


def _keep_rows(step: Query) -> list[Query]:
    """Return the rows' places in their groups, and then the rows of the first places."""
    extreme = step.extreme
    assert extreme is not None
    names = tuple(dict.fromkeys((*step.group_by, *step.select)))
    place = choose_fresh_name("place", {*names, *step.reads})
    order = (SortKey(extreme.column, not extreme.smallest),)
    carried = [Output(name, Col(name)) for name in names if name not in step.group_by]
    transform = (*carried, Output(place, Agg("row_number", ())))
    first = replace(
        _open(step), extreme=None, order_by=order, transform=transform, select=(), earlier=()
    )
    there = Not(IsMissing(Col(extreme.column)))
    where = Bool("and", (Compare("<=", Col(place), Lit(extreme.n)), there))
    last = replace(step, joins=(), where=where, derive=(), group_by=(), extreme=None, earlier=())
    return [first, last]


def _open(step: Query) -> Query:
    """Return a step that others follow: they filter its answer and sort it."""
    return replace(step, having=None, sort=(), limit=None, stable=False)


@dataclass(slots=True)
class _Composition:
    """One step on its way: what it derives, and the values that stand beside its rows.

    `counted` has a column of numbers of rows for each column whose mode is asked, `beside` a column
    for each aggregation of a group.
    """

    step: Query
    taken: set[str]
    derived: dict[Expr, str] = field(default_factory=dict)
    counted: dict[str, str] = field(default_factory=dict)
    beside: dict[Agg, str] = field(default_factory=dict)

    @classmethod
    def of(cls, step: Query) -> _Composition:
        taken = {*step.reads, *step.outputs, *(output.name for output in step.derive)}
        return cls(replace(step, earlier=()), taken)

    def list_steps(self) -> list[Query]:
        step = self.step
        asked = step.aggregate or step.transform
        outputs = tuple(replace(o, expression=self.write(o.expression)) for o in asked)
        read = list_columns(*(output.expression for output in outputs))
        ordering = [key.name for key in step.order_by]
        stages = [
            ((*step.group_by, name), {count: Agg("count", (Col(name),))})
            for name, count in self.counted.items()
        ]
        values = {name: agg for agg, name in self.beside.items()}
        made = [*self.counted.values(), *values]
        stages.append((step.group_by, values))
        carried = dict.fromkeys((*step.group_by, *read, *ordering, *list_columns(*values.values())))
        there = [name for name in (*carried, *self.counted) if name not in made]
        derive = (*step.derive, *(Output(name, node) for node, name in self.derived.items()))
        rows = replace(_open(step), aggregate=(), order_by=(), derive=derive)
        found = []
        for keys, stage in stages:
            keys = tuple(dict.fromkeys(keys))  # noqa: PLW2901
            kept = (Output(name, Col(name)) for name in dict.fromkeys(there) if name not in keys)
            new = (Output(name, node) for name, node in stage.items())
            found.append(replace(rows, group_by=keys, transform=(*kept, *new)))
            there += stage
            rows = Query(step.name, "")
        last = replace(step, joins=(), where=None, derive=())
        if step.aggregate:
            return [*found, replace(last, aggregate=outputs)]
        return [*found, replace(last, transform=outputs)]

    def write(self, node: Expr) -> Expr:
        """Write an expression over aggregations in the words of engines."""
        match node:
            case Agg("arg_max" | "arg_min" as name, (x, by)):
                chosen = self.name_column(by)
                best = self.name_value(Agg(BESIDE[name], (chosen,)))
                return _write_smallest(Compare("==", chosen, best), x)
            case Agg("mode", (x,)):
                value = self.name_column(x)
                count = self.count(value.name)
                most = self.name_value(Agg("max", (count,)))
                return _write_smallest(Compare("==", count, most), value)
            case Agg("skew", (x,)):
                return self.write_skewness(self.name_column(x))
            case _:
                return rebuild(node, tuple(map(self.write, list_children(node))))

    def write_skewness(self, x: Col) -> Expr:
        """Return the adjusted Fisher-Pearson skewness, as pandas and DuckDB have it."""
        n = Agg("count", (x,))
        away = Arith("-", x, self.name_value(Agg("mean", (x,))))
        third = Agg("sum", (Arith("*", Arith("*", away, away), away),))
        share = Arith("/", n, Arith("*", Arith("-", n, Lit(1)), Arith("-", n, Lit(2))))
        spread = Arith("**", Agg("std", (x,)), Lit(3))
        varied = Compare(">", Agg("max", (x,)), Agg("min", (x,)))
        known = Bool("and", (Compare(">", n, Lit(2)), varied))
        return Case(((known, Arith("/", Arith("*", share, third), spread)),), Lit(None))

    def name_column(self, node: Expr) -> Col:
        """Return the column of a value, which is derived if it is none."""
        if isinstance(node, Col):
            return node
        return Col(self.choose_name(self.derived, node, "_".join((*list_columns(node), "value"))))

    def name_value(self, agg: Agg) -> Col:
        """Return the column of a group's value beside its rows."""
        return Col(self.choose_name(self.beside, agg, "_".join((agg.function, *list_columns(agg)))))

    def count(self, name: str) -> Col:
        return Col(self.choose_name(self.counted, name, f"{name}_rows"))

    def choose_name(self, names: dict[Key, str], key: Key, name: str) -> str:
        """Return the name that something has, or a new one."""
        if key not in names:
            names[key] = choose_fresh_name(name, self.taken)
            self.taken.add(names[key])
        return names[key]


def _write_smallest(condition: Expr, value: Expr) -> Expr:
    return Agg("min", (Case(((condition, value),), Lit(None)),))
