"""How far rounding may carry an answer: error terms and other sides of edges, as queries.

`error_terms` bounds each value by an expression, which the oracle answers beside it.

A step behind a float (`round floor ceil // %`, a comparison) may fall on either side of an edge
within the bound. `find_possibilities` writes the query again with each such step pushed aside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product

from ..engines.writing.sequence import answer_schema
from ..engines.writing.user_functions import skip_missing
from ..errors import DfbenchError
from ..spec.choices import is_choice
from ..spec.expression import (
    Agg,
    Col,
    choose_fresh_name,
    list_children,
    list_columns,
    walk,
)
from ..spec.joins import expand_join
from ..spec.kinds import extend_schema, with_column
from ..spec.schema import Schema
from ..spec.windows import is_descending, rank_method
from ..spec.workload import Output, Query, RowFunction
from .choosing import RoundedRows, is_rank
from .error_terms import ErrorTerms
from .ranks import Ranking

SINGLE_TYPES = {"float", "halffloat"}
# Steps that are pushed one by one; more of them go together, and each alone.
APART = 2


@dataclass(frozen=True, slots=True)
class Possibilities:
    """A query with its error terms, and its `variants` with steps pushed over their edges.

    `errors` names the column of each output's bound. The outputs in `mixed` aggregate steps: where
    variants differ, each row may have fallen for itself, and any value between them is right.
    `choices` names the column of the values that an output may have, where it is free, and `ranks`
    how an output ranks values that may be off. Keys in `rounded` are floats that engines round in
    their own ways, far apart.
    """

    query: Query
    variants: tuple[Query, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    mixed: frozenset[str] = frozenset()
    choices: Mapping[str, str] = field(default_factory=dict)
    ranks: Mapping[str, Ranking] = field(default_factory=dict)
    rounded: tuple[str, ...] = ()


def find_possibilities(query: Query, data: Schema) -> Possibilities:
    """Return a query with error terms beside its outputs, and its variants where edges are near.

    The last `limit` is left out: which rows it keeps is judged on all of them. Raises DfbenchError
    where a step chooses among rounded values in a way that has no bound.
    """
    uncut = replace(query, limit=None)
    nominal = _Rewriting(data, lambda _: 0)
    written = nominal.rewrite(uncut)
    signs = _list_signs(nominal.steps)
    variants = tuple(_Rewriting(data, chosen.__getitem__).rewrite(uncut) for chosen in signs)
    return Possibilities(
        written,
        variants,
        nominal.shown,
        frozenset(nominal.mixed),
        nominal.choices,
        nominal.ranks,
        tuple(key for key in query.group_by if key in nominal.apart),
    )


def _list_signs(steps: int) -> Iterator[tuple[int, ...]]:
    """Yield on which side of its edge each step is pushed."""
    if steps <= APART:
        yield from (signs for signs in product((0, -1, 1), repeat=steps) if any(signs))
        return
    for sign in (-1, 1):
        yield (sign,) * steps
        yield from (tuple(sign * (i == j) for j in range(steps)) for i in range(steps))


def _as_outputs(query: Query, rows: Schema) -> Query:
    """Return a row function's tree as an output, which another may stand beside."""
    match query.apply:
        case RowFunction(output=name, body=body) if body is not None and not query.group_by:
            value = skip_missing(query, rows, body)
            return replace(query, apply=None, transform=(Output(name, value),))
        case _:
            return query


class _Rewriting(ErrorTerms):
    """One pass over a query, which takes each step to the side that `push` gives."""

    def __init__(self, rows: Schema, push: Callable[[int], int]) -> None:
        super().__init__(rows, push)
        self.shown: dict[str, str] = {}
        self.mixed: set[str] = set()
        self.stepped: set[str] = set()
        self.loose: set[str] = set()
        self.apart: set[str] = set()
        self.choices: dict[str, str] = {}
        self.ranks: dict[str, Ranking] = {}

    def rewrite(self, query: Query) -> Query:
        """Rewrite all steps: each sees what the values of the one before may be off."""
        found: list[Query] = []
        for step in query.steps:
            seen, self.rows = expand_join(step, self.rows)
            self.singles |= {c.name for c in self.rows.columns if c.arrow in SINGLE_TYPES}
            self.shown, self.mixed, rows = {}, set(), self.rows
            last = len(found) == len(query.earlier)
            written = self.keep_errors(self.query(_as_outputs(seen, rows), last=last))
            if lost := sorted({*self.errors} & {*(seen.unpivot.on if seen.unpivot else ())}):
                message = f"unpivot makes rows of {', '.join(lost)}, which is rounded"
                raise DfbenchError(message)
            found.append(written)
            if len(found) <= len(query.earlier):
                self.rows = replace(answer_schema(written, rows), tables=rows.tables)
                self.carry_errors(written)
        return replace(found[-1], earlier=tuple(found[:-1]))

    def check(self, step: Query, *, last: bool) -> None:
        """Raise DfbenchError where a step chooses among rounded values: a bound has no form."""
        for output in step.derive:
            known = self.known
            self.mark(output.name, loose=known.is_loose(output.expression))
            (self.apart.add if known.is_apart(output.expression) else self.apart.discard)(
                output.name
            )
        if chosen := self.known.find_choices(step, last=last):
            message = f"a step chooses rows by {', '.join(chosen)}, which is rounded"
            raise DfbenchError(message)
        outputs = (*step.aggregate, *step.transform)
        made = {output.name: self.known.is_loose(output.expression) for output in outputs}
        if extreme := step.extreme:
            made[extreme.name] = extreme.column in self.loose
        for name, loose in made.items():
            self.mark(name, loose=loose)
        self.apart -= {o.name for o in outputs if o.expression != Col(o.name)}

    @property
    def known(self) -> RoundedRows:
        """Return what is known of the rows."""
        return RoundedRows(self.rows, self.loose, self.singles, self.apart)

    def mark(self, name: str, *, loose: bool) -> None:
        """Keep whether engines may disagree about a column's last digits."""
        (self.loose.add if loose else self.loose.discard)(name)

    def keep_errors(self, step: Query) -> Query:
        """Return a step whose answer has the errors of the rows that are it."""
        if not (step.asks_for_rows or step.gaps):
            return step
        self.shown = {
            name: error.name
            for name in step.outputs
            if isinstance(error := self.errors.get(name), Col)
        }
        names = tuple(dict.fromkeys((*step.outputs, *self.shown.values())))
        if step.gaps:
            return replace(step, gaps=replace(step.gaps, columns=names))
        return replace(step, select=names)

    def carry_errors(self, step: Query) -> None:
        """Keep what is known of the columns that a step's answer has."""
        self.errors = {name: Col(error) for name, error in self.shown.items()}
        self.loose &= {*step.outputs}
        self.apart &= {*step.outputs}
        self.singles &= set(step.outputs)
        if self.steps:
            # Any of its values may have fallen over an edge.
            self.stepped = set(step.outputs)

    def query(self, query: Query, *, last: bool) -> Query:
        """Rewrite the clauses in their order."""
        taken = {*query.reads, *query.outputs, *(o.name for o in query.derive), *self.rows.names}
        before = self.steps
        where = self.bound_value(query.where)[0] if query.where else None
        moved = self.steps > before
        derive: list[Output] = []
        for output in query.derive:
            before = self.steps
            derive += self.bound_output(output, taken)
            if self.steps > before or not self.stepped.isdisjoint(list_columns(output.expression)):
                self.stepped.add(output.name)
        self.rows = extend_schema(self.rows, replace(query, derive=tuple(derive)))
        self.check(query, last=last)
        moved = moved or not self.stepped.isdisjoint(query.group_by)
        aggregate, transform = (
            self.bound_outputs(outputs, taken, moved=moved)
            for outputs in (query.aggregate, query.transform)
        )
        query = replace(query, where=where, derive=tuple(derive))
        aggregate = (*aggregate, *self.list_values(aggregate, taken))
        if not query.having:
            transform = (*transform, *self.list_ranked(transform, query.group_by, taken))
        query = replace(query, aggregate=aggregate, transform=transform)
        if query.having:
            for output in (*aggregate, *transform):
                self.rows = with_column(self.rows, output.name, output.expression)
            query = replace(query, having=self.bound_value(query.having)[0])
        return query

    def bound_outputs(
        self, outputs: tuple[Output, ...], taken: set[str], *, moved: bool
    ) -> tuple[Output, ...]:
        written: list[Output] = []
        # Each output is made of the rows: none sees what another may be off.
        of_rows, made = self.errors, dict(self.errors)
        for output in outputs:
            self.errors = dict(of_rows)
            aggregates = [node for node in walk(output.expression) if isinstance(node, Agg)]
            before = self.steps
            read = set(list_columns(*aggregates))
            for agg in aggregates:
                for argument in agg.arguments:
                    self.bound_value(argument)
            inside = self.steps > before or not self.stepped.isdisjoint(read)
            self.steps = before
            if aggregates and (inside or moved):
                self.mixed.add(output.name)
            found = self.bound_output(output, taken)
            made.pop(output.name, None)
            if len(found) > 1:
                self.shown[output.name] = found[1].name
                made[output.name] = Col(found[1].name)
            written += found
        self.errors = made
        return tuple(written)

    def list_values(self, aggregate: tuple[Output, ...], taken: set[str]) -> Iterator[Output]:
        """Yield outputs with the values that the free ones may have."""
        for output in filter(is_choice, aggregate):
            name = choose_fresh_name(f"{output.name} values", taken)
            taken.add(name)
            self.choices[output.name] = name
            yield Output(name, Agg("values", list_children(output.expression)))

    def list_ranked(
        self, transform: tuple[Output, ...], keys: tuple[str, ...], taken: set[str]
    ) -> Iterator[Output]:
        """Yield outputs with the values that others rank, and what each of them may be off."""
        for output in filter(is_rank, transform):
            (ranked, *_), before = list_children(output.expression), self.steps
            value, error = self.bound_value(ranked)
            stepped, self.steps = self.steps > before, before
            if error is None or stepped:
                continue
            names = []
            for kind_of, expression in (("values", value), ("values error", error)):
                names.append(choose_fresh_name(f"{output.name} {kind_of}", taken))
                taken.add(names[-1])
                yield Output(names[-1], expression)
            assert isinstance(output.expression, Agg)
            percent = output.expression.function == "percent_rank"
            method = "percent" if percent else rank_method(output.expression)
            descending = is_descending(output.expression)
            self.ranks[output.name] = Ranking(names[0], names[1], method, descending, keys)

    def bound_output(self, output: Output, taken: set[str]) -> list[Output]:
        """Return an output, and beside it what it may be off where it is not exact."""
        value, error = self.bound_value(output.expression)
        written = [Output(output.name, value)]
        self.errors.pop(output.name, None)
        if not self.singles.isdisjoint(list_columns(output.expression)):
            self.singles.add(output.name)
        if error is not None:
            name = choose_fresh_name(f"{output.name} error", taken)
            taken.add(name)
            self.errors[output.name] = Col(name)
            written.append(Output(name, error))
        return written
