"""Rows as the clauses of a query: one step for each operation, joined where one query can ask both.

Each step is built for the columns that the later ones need, so that none is carried along unused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import assert_never

from ..spec.expression import (
    Col,
    Expr,
    IsMissing,
    Not,
    build_chain,
    is_aggregated,
    list_aggregations,
    list_columns,
    substitute,
)
from ..spec.joins import SUFFIX
from ..spec.order import ORDERED
from ..spec.workload import Join, Output, SortKey, Unpivot
from .meaning import as_filter, as_value, shorten_presence
from .orders import complete_orders
from .repeated import find_repeated, name_repeated
from .rows import (
    Aggregated,
    Distinct,
    Filled,
    Joined,
    Largest,
    Limited,
    Loaded,
    Rows,
    Sorted,
    Unpivoted,
    Windowed,
    drop_implied_order,
    find_joins,
)


class UnknownColumnsError(Exception):
    """All columns of a file are needed, and they are not known."""


@dataclass(frozen=True, slots=True)
class Step:
    """The clauses of one step, as values; `answer` names the one that makes its result."""

    answer: str = ""
    joins: tuple[Join, ...] = ()
    where: tuple[Expr, ...] = ()
    derive: tuple[Output, ...] = ()
    group_by: tuple[str, ...] = ()
    outputs: tuple[Output, ...] = ()
    names: tuple[str, ...] = ()
    largest: Largest | None = None
    unpivot: Unpivot | None = None
    apply: dict[str, str] = field(default_factory=dict)
    gaps: bool = False
    having: tuple[Expr, ...] = ()
    order_by: tuple[SortKey, ...] = ()
    sort: tuple[SortKey, ...] = ()
    limit: int | None = None


def write_steps(rows: Rows, outputs: tuple[Output, ...] | None) -> tuple[Step, ...]:
    """Return the steps of a query for these outputs of rows; None: all of their columns."""
    rows = drop_implied_order(complete_orders(rows))
    needed = None if outputs is None else _list_names(output.expression for output in outputs)
    found = _Writer(rows, True).write(needed)
    last = _find_last_step(rows, outputs)
    return _name_repeated([_leave_out_groups(one) for one in _merge([*found, last])], rows)


def write_call(rows: Rows, reads: tuple[str, ...], apply: dict[str, str]) -> tuple[Step, ...]:
    """Return the steps of a query that calls a def of each row."""
    needed = frozenset(reads)
    found = _Writer(rows, True).write(needed)
    last = replace(_open_step(rows, needed), answer="apply", apply=apply)
    return _name_repeated(_merge([*found, last]), rows)


def _name_repeated(steps: list[Step], rows: Rows) -> tuple[Step, ...]:
    """Return steps that name what they would compute again, as the code named it."""
    found: list[Step] = []
    for step in steps:
        exprs = [o.expression for o in (*step.derive, *step.outputs)]
        taken = {*list_columns(*exprs, *step.where), *step.group_by, *step.names}
        taken |= {o.name for o in step.derive} | {k.name for k in (*step.order_by, *step.sort)}
        again = find_repeated(step.derive, step.outputs) if step.answer else set()
        named = {n: e for n, e in _list_named(rows, taken) if e in again} if again else {}
        derive, outputs = name_repeated(step.derive, step.outputs, named)
        found.append(replace(step, derive=derive, outputs=outputs))
    return tuple(found)


def _leave_out_groups(step: Step) -> Step:
    """Leave a group without a key out behind the aggregation, where its key is an expression.

    A condition of the rows would compute it a second time.
    """
    tests = dict.fromkeys(map(shorten_presence, step.where))
    if step.answer != "aggregate" or step.gaps:
        return replace(step, where=tuple(tests))
    derived: dict[str, Expr] = {}
    for one in step.derive:
        derived[one.name] = substitute(one.expression, derived)
    made = {name: derived[name] for name in step.group_by if name in derived}
    keys = {_drop_missing(e): name for name, e in made.items() if not isinstance(e, Col)}
    having = (*(_drop_missing(Col(keys[one])) for one in tests if one in keys), *step.having)
    return replace(step, where=tuple(one for one in tests if one not in keys), having=having)


def _drop_missing(expr: Expr) -> Expr:
    return Not(IsMissing(expr))


def _list_named(rows: Rows, taken: set[str]) -> Iterator[tuple[str, Expr]]:
    """Yield the columns made of those that are taken, of rows and of what they are made of."""
    if not isinstance(rows.origin, Loaded):
        yield from _list_named(rows.origin.rows, taken)
    for one in rows.derived:
        if one.name not in taken and taken.issuperset(list_columns(one.expression)):
            yield one.name, _make_value(one.expression, rows)


def _list_names(expressions: Iterable[Expr]) -> frozenset[str]:
    return frozenset(list_columns(*expressions))


def _find_last_step(rows: Rows, outputs: tuple[Output, ...] | None) -> Step:
    step = _open_step(rows, None if outputs is None else _list_names(o.expression for o in outputs))
    if outputs is None:
        return step
    written = _make_values(outputs, rows)
    if all(output.expression == Col(output.name) for output in written):
        return replace(step, answer="select", names=tuple(output.name for output in written))
    inlined = tuple(Output(o.name, _make_value(rows.inline(o.expression), rows)) for o in outputs)
    return replace(step, answer="transform", derive=(), outputs=inlined)


def _open_step(rows: Rows, needed: frozenset[str] | None) -> Step:
    """Return the conditions of rows, and the derived columns that are needed."""
    where = tuple(as_filter(rows.inline(one), rows.schema) for one in rows.where)
    _, joins = find_joins(rows)
    derived = _keep_needed(rows.derived, needed)
    return Step(joins=joins, where=where, derive=_make_values(derived, rows))


def _keep_needed(derived: tuple[Output, ...], needed: frozenset[str] | None) -> tuple[Output, ...]:
    if needed is None:
        return derived
    return tuple(output for output in derived if output.name in needed)


def _make_values(outputs: tuple[Output, ...], rows: Rows) -> tuple[Output, ...]:
    return tuple(Output(o.name, _make_value(o.expression, rows)) for o in outputs)


def _make_value(expr: Expr, rows: Rows) -> Expr:
    return as_value(expr, rows.schema)


def _find_origin_needs(rows: Rows, needed: frozenset[str] | None) -> frozenset[str] | None:
    """Return the columns of the origin that rows need for their own columns."""
    if needed is None:
        return None
    inlined = [rows.inline(Col(name)) for name in needed]
    return _list_names([*inlined, *map(rows.inline, rows.where)])


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the steps before those of rows; `ordered` tells whether their order matters."""

    rows: Rows
    ordered: bool

    def write(self, needed: frozenset[str] | None) -> list[Step]:
        """Return the steps that make the origin, with the columns needed (None: all)."""
        needed = _find_origin_needs(self.rows, needed)
        match self.rows.origin:
            case Loaded():
                return []
            case Joined() as joined:
                return self.write_joined(joined, needed)
            case Aggregated(below, keys, outputs):
                kept = _keep_some(_keep_needed(outputs, needed), outputs)
                step = Step("aggregate", group_by=keys, outputs=kept)
                return self.close(below, step, {*keys}, kept, ordered=_is_ordered(kept))
            case Filled(groups):
                *before, last = _Writer(groups, False).write(needed)
                return [*before, replace(last, gaps=True)]
            case Windowed() as windowed:
                return self.write_window(windowed, needed)
            case Sorted(below, by):
                if not self.ordered:
                    return self.pass_on(below, needed)
                names = frozenset(key.name for key in by)
                wanted = None if needed is None else needed | names
                return self.close(below, Step(sort=by), wanted, (), ordered=True)
            case Limited(below, n):
                return self.close(below, Step(limit=n), needed, (), ordered=True)
            case Distinct(below, names):
                return self.close(below, Step("distinct", names=names), {*names}, (), ordered=False)
            case Largest(below, keys, column) as found:
                step = Step("largest", group_by=keys, largest=found)
                return self.close(below, step, {*keys, column}, (), ordered=False)
            case Unpivoted() as found:
                return self.write_unpivot(found)
            case _:
                assert_never(self.rows.origin)

    def write_window(
        self,
        windowed: Windowed,
        needed: frozenset[str] | None,
    ) -> list[Step]:
        below, keys, outputs = windowed.rows, windowed.keys, windowed.outputs
        kept = _keep_needed(outputs, needed)
        if not kept:
            return self.pass_on(below, needed)
        made = {output.name for output in kept}
        if needed is None:
            if below.schema is None:
                raise UnknownColumnsError
            known = below.schema.names
            passed = [name for name in known if name not in keys]
        else:
            passed = sorted(needed - made - {*keys})
        every = (*(Output(name, Col(name)) for name in passed), *kept)
        step = Step("transform", group_by=keys, outputs=every, order_by=windowed.order)
        ordered = self.ordered or _is_ordered(kept)
        order = {key.name for key in windowed.order}
        return self.close(below, step, {*keys, *passed, *order}, kept, ordered=ordered)

    def write_unpivot(self, found: Unpivoted) -> list[Step]:
        """Return the steps of a row for each value, of columns under the names that it shows."""
        last = Step("unpivot", unpivot=found.form)
        names = {name for _, name in found.names}
        if all(label == name for label, name in found.names):
            return self.close(found.rows, last, names, (), ordered=False)
        outputs = tuple(Output(label, Col(name)) for label, name in found.names)
        step = Step("transform", outputs=outputs)
        return [*self.close(found.rows, step, names, outputs, ordered=False), last]

    def write_joined(self, joined: Joined, needed: frozenset[str] | None) -> list[Step]:
        """Return the steps of the rows that joins begin with: those of a file have none."""
        base, joins = find_joins(self.rows)
        if isinstance(base.origin, Loaded) and not base.derived and not base.where:
            return []
        keys = {name for join in joins for name in join.left_columns}
        # a column that is left out would give its name to one of the table's
        names = (
            None if needed is None else (needed | keys) & joined.names | self.find_shadowed(joined)
        )
        return self.close(base, Step(), names, (), ordered=False)

    def find_shadowed(self, joined: Joined) -> frozenset[str]:
        """Return the columns whose names the joined table has too."""
        known = frozenset(self.rows.schema.names) if self.rows.schema else frozenset[str]()
        return frozenset(name for name in joined.names if f"{name}{SUFFIX}" in known)

    def pass_on(self, below: Rows, needed: frozenset[str] | None) -> list[Step]:
        """Return the steps of the rows below, whose own clauses a step without answer holds."""
        return self.close(below, Step(), needed, (), ordered=self.ordered)

    def close(
        self,
        below: Rows,
        step: Step,
        names: Iterable[str] | None,
        outputs: tuple[Output, ...],
        *,
        ordered: bool,
    ) -> list[Step]:
        """Return the steps of the rows below, then the step over their clauses."""
        made = _list_names(output.expression for output in outputs)
        needed = None if names is None else frozenset(names) | made
        before = _Writer(below, ordered).write(needed)
        opened = _open_step(below, needed)
        valued = _make_values(step.outputs, below)
        whole = replace(
            step, joins=opened.joins, where=opened.where, derive=opened.derive, outputs=valued
        )
        return [*before, whole]


def _keep_some(kept: tuple[Output, ...], outputs: tuple[Output, ...]) -> tuple[Output, ...]:
    """Return what is kept, or one output: a query needs an answer."""
    return kept or outputs[:1]


def _is_ordered(outputs: tuple[Output, ...]) -> bool:
    found = list_aggregations(*(output.expression for output in outputs))
    return any(agg.function in ORDERED for agg in found)


def _merge(steps: list[Step]) -> list[Step]:
    """Join each step with the one before it where one query can ask both."""
    found: list[Step] = []
    for step in steps:
        while found and (joined := _join(found[-1], step)) is not None:
            found.pop()
            step = joined  # noqa: PLW2901 - what is joined may join what is before it
        if found and (pair := _reorder(found[-1], step)):
            found[-1], step = pair  # noqa: PLW2901
        if found and _is_empty(found[-1]):
            found.pop()
        if not _is_empty(step) or not found:
            found.append(step)
    return found


def _is_empty(step: Step) -> bool:
    return step == Step()


def _join(before: Step, step: Step) -> Step | None:
    """Return two steps as one; None where no query asks both at once."""
    if before.answer == "unpivot":
        return None
    if _only_prepares(before) and not step.joins:
        return _prepend(before, step)
    if step.answer in {"", "select", "transform"} and not step.group_by and not step.joins:
        if not (step.answer or step.derive) or _keeps_all(before, step):
            return _append(before, step)
        return _project(before, step)
    return None


def _keeps_all(before: Step, step: Step) -> bool:
    """Return whether a step chooses just the columns that the one before it has."""
    names = (*before.group_by, *(output.name for output in before.outputs))
    made = before.answer in {"aggregate", "transform"}
    return made and step.answer == "select" and step.names == names and not step.derive


def _only_prepares(step: Step) -> bool:
    return not (step.answer or step.sort or step.limit is not None or step.having)


def _prepend(before: Step, step: Step) -> Step:
    """Put a step's conditions and columns before another's."""
    derived = {output.name: output.expression for output in before.derive}
    where = tuple(substitute(one, derived) for one in step.where)
    return replace(
        step,
        joins=before.joins,
        where=(*before.where, *where),
        derive=(*before.derive, *step.derive),
    )


def _append(before: Step, step: Step) -> Step | None:
    """Put a step's condition, order and limit behind another's answer."""
    if before.limit is not None and (step.where or step.sort):
        return None
    if not before.answer and step.where:
        return None
    if before.sort and step.sort and len(before.sort) and before.limit is not None:
        return None
    limits = [n for n in (before.limit, step.limit) if n is not None]
    return replace(
        before,
        having=(*before.having, *step.where),
        sort=step.sort or before.sort,
        limit=min(limits, default=None),
    )


def _project(before: Step, step: Step) -> Step | None:
    """Put the columns of a step in place of another's outputs."""
    wanted = _find_wanted(step)
    if before.answer not in {"aggregate", "transform"} or step.where or wanted is None:
        return None
    if any(list_aggregations(output.expression) for output in wanted):
        return None
    keys = before.group_by
    if tuple(o.name for o in wanted[: len(keys)]) != keys:
        return None
    if any(o.expression != Col(o.name) for o in wanted[: len(keys)]):
        return None
    values = {output.name: output.expression for output in before.outputs}
    rest = wanted[len(keys) :]
    made = tuple(Output(o.name, substitute(o.expression, values)) for o in rest)
    if not made or (
        before.answer == "aggregate" and not all(is_aggregated(o.expression) for o in made)
    ):
        return None
    if before.answer == "transform" and _nests(rest, values):
        return None
    names = {key: key for key in keys}
    names |= {old: o.name for old, expr in values.items() for o in made if o.expression == expr}
    used = {key.name for key in before.sort} | {*list_columns(*before.having)}
    if not used <= names.keys():
        return None
    renamed = {old: Col(new) for old, new in names.items()}
    return replace(
        before,
        outputs=made,
        having=tuple(substitute(one, renamed) for one in before.having),
        sort=step.sort or tuple(replace(key, name=names[key.name]) for key in before.sort),
        limit=before.limit if step.limit is None else step.limit,
    )


def _reorder(before: Step, step: Step) -> tuple[Step, Step] | None:
    """Move what a step computes into the transform before it, which leaves it to choose columns."""
    wanted = _find_wanted(step)
    if before.answer != "transform" or step.answer != "transform" or wanted is None:
        return None
    keys = [output for output in wanted if output.name in before.group_by]
    if any(output.expression != Col(output.name) for output in keys):
        return None
    rest = tuple(output for output in wanted if output not in keys)
    lead = tuple(Output(key, Col(key)) for key in before.group_by)
    made = _project(before, replace(step, outputs=(*lead, *rest), derive=()))
    if made is None:
        return None
    return made, Step(
        "select", names=tuple(o.name for o in wanted), sort=step.sort, limit=step.limit
    )


def _find_wanted(step: Step) -> tuple[Output, ...] | None:
    """Return the columns that a step chooses or makes; None where it keeps all."""
    if not step.answer:
        return None
    derived = {output.name: output.expression for output in step.derive}
    chosen = step.outputs or tuple(Output(name, Col(name)) for name in step.names)
    return tuple(Output(o.name, substitute(o.expression, derived)) for o in chosen)


def _nests(outputs: tuple[Output, ...], values: dict[str, Expr]) -> bool:
    """Return whether an aggregation would be of another."""
    inner = {name for name, expr in values.items() if list_aggregations(expr)}
    aggs = list_aggregations(*(output.expression for output in outputs))
    return any(inner & {*list_columns(agg)} for agg in aggs)


def read_condition(parts: tuple[Expr, ...]) -> Expr | None:
    """Return conditions as one."""
    if len(parts) < 2:
        return parts[0] if parts else None
    return build_chain("and", *parts)
