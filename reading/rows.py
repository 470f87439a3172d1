"""Rows: what a chain of frame operations asks of a table, before it is written as a query.

`Rows` are those of an origin (a file, or what an operation made of other rows) that conditions
keep, with further columns. A column's name is unique in its rows: a frame that overwrites one maps
the visible name to another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from ..spec.expression import (
    Col,
    Expr,
    choose_fresh_name,
    list_aggregations,
    list_children,
    list_columns,
    substitute,
)
from ..spec.joins import join_schemas
from ..spec.kinds import KindError, with_column
from ..spec.order import is_ordered
from ..spec.schema import Column, Schema
from ..spec.unpivot import unpivot_schema
from ..spec.workload import Join, Output, SortKey, Unpivot
from .categories import CategoryName, write_place

# Operations of a column, all and one in another: each statement may double them.
LONGEST = 10_000
DEEPEST = 100


@dataclass(frozen=True, slots=True)
class Loaded:
    """The rows of a file; `seen` are the columns that the code has named so far.

    pandas has NaN for the missing texts of a `csv` file, whose text is "nan".
    """

    name: str
    csv: bool = False
    seen: set[str] = field(default_factory=set, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Joined:
    """Rows joined with those of a file; `names` are the columns that `rows` are known to have."""

    rows: Rows
    join: Join
    names: frozenset[str] = frozenset()
    seen: set[str] = field(default_factory=set, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Aggregated:
    """One row for each group of keys; without keys, a single row."""

    rows: Rows
    keys: tuple[str, ...]
    outputs: tuple[Output, ...]


@dataclass(frozen=True, slots=True)
class Filled:
    """Groups of periods of time, and a row for each period between them that has no rows."""

    rows: Rows


@dataclass(frozen=True, slots=True)
class Windowed:
    """The same rows, with values made of each row's group, in an order or the rows' own."""

    rows: Rows
    keys: tuple[str, ...]
    outputs: tuple[Output, ...]
    order: tuple[SortKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Sorted:
    """The same rows in another order.

    It is `implied` where groups are in the order of categories, which takes a step of its own: an
    answer of groups is as good in any order. Where it is `unstable`, pandas' of equal rows is any.
    """

    rows: Rows
    by: tuple[SortKey, ...]
    implied: bool = False
    unstable: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Limited:
    """The first n rows."""

    rows: Rows
    n: int


@dataclass(frozen=True, slots=True)
class Distinct:
    """The distinct combinations of columns."""

    rows: Rows
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Largest:
    """The n largest values of a column in each group, or the smallest."""

    rows: Rows
    keys: tuple[str, ...]
    column: str
    n: int
    name: str
    smallest: bool = False


@dataclass(frozen=True, slots=True)
class Unpivoted:
    """A row for each value of several columns; `names` are what the columns are called there."""

    rows: Rows
    form: Unpivot
    names: tuple[tuple[str, str], ...]


Origin: TypeAlias = (
    Loaded
    | Joined
    | Aggregated
    | Filled
    | Windowed
    | Sorted
    | Limited
    | Distinct
    | Largest
    | Unpivoted
)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of an origin that every condition keeps, with derived columns.

    `schema` has all columns, the derived ones included; None where the file is not known.
    """

    origin: Origin
    where: tuple[Expr, ...] = ()
    derived: tuple[Output, ...] = ()
    schema: Schema | None = field(default=None, compare=False, repr=False)

    def inline(self, expr: Expr) -> Expr:
        """Return an expression over the origin's columns alone."""
        names = {*list_columns(expr)}
        made = {one.name: one.expression for one in self.derived if one.name in names}
        return substitute(expr, made) if made else expr


def load(name: str, schema: Schema | None, *, csv: bool = False) -> Rows:
    """Return the rows of a file."""
    return Rows(Loaded(name, csv), schema=schema)


def join(rows: Rows, other: Join, beside: Schema | None, names: frozenset[str]) -> Rows:
    """Return rows joined with a file's; its columns are `beside`, None where they are not known."""
    joined = None
    if rows.schema is not None and beside is not None:
        tables = tuple({**dict(rows.schema.tables), other.table: beside}.items())
        joined = join_schemas(replace(rows.schema, tables=tables), other)
    return Rows(Joined(rows, other, names), schema=joined)


def find_joins(rows: Rows) -> tuple[Rows, tuple[Join, ...]]:
    """Return the rows that the first of joins in a row begins with, and the joins."""
    if not isinstance(rows.origin, Joined):
        return rows, ()
    below = rows.origin.rows
    if below.where or below.derived or not isinstance(below.origin, Joined):
        return below, (rows.origin.join,)
    base, joins = find_joins(below)
    return base, (*joins, rows.origin.join)


def unsort(rows: Rows) -> tuple[Rows, tuple[SortKey, ...]]:
    """Return rows in any order, and the order that they were in."""
    if not isinstance(rows.origin, Sorted):
        return rows, ()
    below, before = unsort(rows.origin.rows)
    for test in rows.where:
        below = keep(below, rows.inline(test))
    return with_columns(below, rows.derived), (*rows.origin.by, *before)


def root_of(rows: Rows) -> Rows:
    """Return the rows of the file that rows are made of."""
    while not isinstance(rows.origin, Loaded):
        rows = rows.origin.rows
    return rows


def list_tables(rows: Rows) -> frozenset[str]:
    """Return the names of the files that rows are joined with."""
    found: set[str] = set()
    while not isinstance(rows.origin, Loaded):
        if isinstance(rows.origin, Joined):
            found.add(rows.origin.join.table)
        rows = rows.origin.rows
    return frozenset(found)


def keep(rows: Rows, condition: Expr) -> Rows:
    """Return the rows for which a condition holds."""
    return replace(rows, where=(*rows.where, condition))


def derive(rows: Rows, name: str, expr: Expr) -> Rows:
    """Return rows with one more column; KindError where its kinds do not fit, or it is too long."""
    schema = rows.schema and with_column(rows.schema, name, expr)
    whole = rows.inline(expr)
    if _is_too_large(whole):
        raise KindError(expr, "a column made of this many operations is not read")
    return replace(rows, derived=(*rows.derived, Output(name, whole)), schema=schema)


def _is_too_large(expr: Expr) -> bool:
    open_nodes, count = [(expr, 1)], 0
    while open_nodes:
        node, depth = open_nodes.pop()
        count += 1
        if depth > DEEPEST or count > LONGEST:
            return True
        open_nodes += [(child, depth + 1) for child in list_children(node)]
    return False


def aggregate(rows: Rows, keys: tuple[str, ...], outputs: tuple[Output, ...]) -> Rows:
    """Return one row for each group."""
    schema = rows.schema and _derive_schema(rows.schema, keys, outputs)
    return Rows(Aggregated(rows, keys, outputs), schema=schema)


def add_windows(
    rows: Rows,
    keys: tuple[str, ...],
    outputs: tuple[Output, ...],
    order: tuple[SortKey, ...] = (),
) -> Rows:
    """Return the same rows with values of each row's group, in an order or the rows' own."""
    schema = rows.schema
    for output in outputs if schema else ():
        schema = schema and with_column(schema, output.name, output.expression)
    return Rows(Windowed(rows, keys, outputs, order), schema=schema)


def sort(
    rows: Rows, by: tuple[SortKey, ...], *, implied: bool = False, unstable: bool = False
) -> Rows:
    """Return the rows in another order; categories are sorted by their places.

    Raises KindError where these are not known.
    """
    rows = _drop_order(rows, {key.name for key in by})
    keys: list[SortKey] = []
    for key in by:
        match key.name:
            case CategoryName(category=category) if not category.is_natural:
                place = find_free_name(rows, f"{key.name}_place")
                rows = derive(rows, place, write_place(rows.inline(Col(key.name)), category))
                keys.append(replace(key, name=place))
        if all(key.name != one.name for one in keys):
            keys.append(key)
    implied = implied and len(keys) > len(by)
    return Rows(Sorted(rows, tuple(keys), implied, unstable), schema=rows.schema)


def _drop_order(rows: Rows, names: set[str]) -> Rows:
    """Return rows without the implied order of columns that they are sorted by again."""
    match rows.origin:
        case Sorted(below, by, implied=True) if names <= {key.name for key in by}:
            return below if not (rows.where or rows.derived) else rows
    return rows


def drop_implied_order(rows: Rows) -> Rows:
    """Return rows in any order where that of groups is only implied."""
    match rows.origin:
        case Sorted(below, implied=True):
            for test in rows.where:
                below = keep(below, rows.inline(test))
            return with_columns(below, rows.derived)
    return rows


def limit(rows: Rows, n: int) -> Rows:
    """Return the first rows."""
    return Rows(Limited(rows, n), schema=rows.schema)


def keep_distinct(rows: Rows, names: tuple[str, ...]) -> Rows:
    """Return the distinct combinations of columns."""
    schema = rows.schema and Schema(tuple(rows.schema[name] for name in names), 0)
    return Rows(Distinct(rows, names), schema=schema)


def select_largest(  # noqa: PLR0913 - what the clause has
    rows: Rows, keys: tuple[str, ...], column: str, n: int, name: str, *, smallest: bool
) -> Rows:
    """Return the largest or smallest values of each group."""
    schema = rows.schema and _derive_schema(rows.schema, keys, (Output(name, Col(column)),))
    return Rows(Largest(rows, keys, column, n, name, smallest), schema=schema)


def unpivot(rows: Rows, form: Unpivot, names: dict[str, str]) -> Rows:
    """Return a row for each value of columns, which have these names in the rows."""
    pairs = tuple(names.items())
    schema = rows.schema
    if schema is not None:
        found = (replace(schema[name], name=label) for label, name in pairs)
        schema = unpivot_schema(form, replace(schema, columns=tuple(found)))
    return Rows(Unpivoted(rows, form, pairs), schema=schema)


def _derive_schema(
    schema: Schema, keys: tuple[str, ...], outputs: tuple[Output, ...]
) -> Schema | None:
    made = schema
    try:
        columns_made: list[Column] = [schema[key] for key in keys]
        for output in outputs:
            made = with_column(schema, output.name, output.expression)
            columns_made.append(made[output.name])
    except KeyError:
        return None
    return Schema(tuple(columns_made), 0)


def find_free_name(rows: Rows, wanted: str) -> str:
    """Return a name that no column of rows has."""
    return choose_fresh_name(wanted, list_names(rows))


def list_names(rows: Rows) -> set[str]:
    """Return all names of columns that are known to be in rows."""
    names = {output.name for output in rows.derived}
    if rows.schema is not None:
        names |= {*rows.schema.names}
    match rows.origin:
        case Loaded(seen=seen) | Joined(seen=seen):
            names |= seen
        case Aggregated(_, keys, outputs) | Windowed(_, keys, outputs):
            names |= {*keys, *(output.name for output in outputs)}
        case Unpivoted(form=form):
            names |= {*form.outputs}
        case Filled(groups):
            names |= list_names(groups)
    below = find_inner_rows(rows)
    return names | list_names(below) if below else names


def find_inner_rows(rows: Rows) -> Rows | None:
    """Return the rows below that have the same rows, before an order or values of groups."""
    match rows.origin:
        case Windowed(rows=below) | Sorted(rows=below):
            return below
    return None


def list_conditions(rows: Rows) -> frozenset[Expr]:
    """Return all conditions on rows that were not aggregated since."""
    below = find_inner_rows(rows)
    own = frozenset(inline_all(rows, test) for test in rows.where)
    return own | list_conditions(below) if below else own


def inline_all(rows: Rows, expr: Expr) -> Expr:
    """Return an expression of the columns that the rows, and those below, have not derived."""
    below = find_inner_rows(rows)
    made = rows.inline(expr)
    return inline_all(below, made) if below else made


def covers(rows: Rows, below: Rows) -> bool:
    """Return whether rows are others with values of a window, by the same conditions."""
    match rows.origin:
        case Windowed(rows=inner) if inner.origin == below.origin:
            same = list_conditions(rows) == list_conditions(below)
            return same and {*below.derived} <= {*inner.derived}
    return False


def widen(below: Rows, rows: Rows, keys: tuple[str, ...], output: Output) -> Rows | None:
    """Return rows with a value of each group of rows that they are a part of."""
    plainly = replace(below, where=tuple(test for test in below.where if test in rows.where))
    base = combine(plainly, rows)
    if base is None or list_conditions(base) != list_conditions(rows):
        return None
    if _depend_on_order((output,)) and find_order(base) != find_order(rows):
        return None
    made = add_windows(base, keys, (output,))
    return replace(made, where=tuple(test for test in below.where if test not in base.where))


def widen_below(target: Rows, other: Rows) -> Rows | None:
    """Return a target's rows with the columns of rows that they are all, or a part of."""
    known = list_conditions(other)
    own = tuple(one for one in target.where if not known & {one, inline_all(target, one)})
    plainly = replace(target, where=tuple(one for one in target.where if one not in own))
    if list_conditions(plainly) != known:
        return None
    bare, _ = unsort(other)  # pandas aligns by index: the target's rows keep their order
    made = combine(plainly, other) or combine(plainly, bare) or combine(bare, plainly)
    if made is None or find_order(made) != find_order(plainly):
        return None
    return replace(made, where=(*made.where, *own))


def combine(target: Rows, other: Rows) -> Rows | None:
    """Return the target's rows with the columns of both; None where they are not the same rows.

    As pandas aligns by index, the other may have rows that the target has filtered out. Columns of
    one name have to be the same ones (see `separate`).
    """
    made = _combine(target, other)
    if made is None or made is target or made is other:
        return made
    return None if _has_namesakes(made) else made


def _has_namesakes(rows: Rows) -> bool:
    """Return whether two different columns of rows have one name."""
    found: dict[str, Expr] = {}
    for output in list_made_columns(rows):
        known = found.setdefault(output.name, output.expression)
        if known is not output.expression and known != output.expression:
            return True
    return False


def list_made_columns(rows: Rows) -> Iterator[Output]:
    """Yield the columns that operations made of the rows, each with what it was made of."""
    yield from rows.derived
    match rows.origin:
        case Aggregated(_, _, outputs):
            yield from outputs
        case Windowed(below, _, outputs):
            yield from outputs
            yield from list_made_columns(below)
        case Sorted(below):
            yield from list_made_columns(below)


def _combine(target: Rows, other: Rows) -> Rows | None:
    if target == other:
        return target
    if made := _meet(target, other):
        return made
    below = find_inner_rows(target)
    if (
        below
        and (made := _combine(below, other))
        and list_conditions(made) == list_conditions(below)
    ):
        return _put_below(target, made)
    return _stack(target, other)


def _meet(target: Rows, other: Rows) -> Rows | None:
    """Combine rows of one origin, or aggregations of the same groups."""
    match target.origin, other.origin:
        case Aggregated(rows, keys, outputs), Aggregated(others, same, more) if keys == same:
            made = combine(rows, others)
            if made is None or list_conditions(made) != list_conditions(others):
                return None
            sides = (rows, outputs), (others, more)
            if any(_depend_on_order(o) and find_order(r) != find_order(made) for r, o in sides):
                return None
            every = tuple(dict.fromkeys((*outputs, *more)))
            origin: Origin = Aggregated(made, keys, every)
            schema = made.schema and _derive_schema(made.schema, keys, every)
        case one, two if one == two:
            origin, schema = one, target.schema
        case _:
            return None
    if not set(other.where) <= set(target.where):
        return None
    derived = tuple(dict.fromkeys((*target.derived, *other.derived)))
    return Rows(origin, target.where, derived, _extend(schema, derived))


def _extend(schema: Schema | None, derived: tuple[Output, ...]) -> Schema | None:
    for output in derived:
        if schema is not None and output.name not in schema:
            schema = with_column(schema, output.name, output.expression)
    return schema


def find_order(rows: Rows) -> tuple[SortKey, ...]:
    """Return the order of rows: the last that they were sorted by, then those before, each once."""
    below = find_inner_rows(rows)
    before = find_order(below) if below else ()
    by = rows.origin.by if isinstance(rows.origin, Sorted) else ()
    last = {key.name for key in by}
    return (*by, *(key for key in before if key.name not in last))


def is_laid_out_as(rows: Rows, others: Rows) -> bool:
    """Return whether rows are the same as others, in the same order."""
    same = list_conditions(rows) == list_conditions(others)
    return same and find_order(rows) == find_order(others)


def sort_fully(rows: Rows) -> Rows:
    """Return rows that are sorted twice, by all of the keys: equal ones stay in their order."""
    below = find_inner_rows(rows)
    if not isinstance(rows.origin, Sorted) or below is None or not find_order(below):
        return rows
    return sort(rows, find_order(rows))


def _depend_on_order(outputs: tuple[Output, ...]) -> bool:
    return any(map(is_ordered, list_aggregations(*(output.expression for output in outputs))))


def with_columns(rows: Rows, derived: tuple[Output, ...]) -> Rows:
    """Return rows with further columns of the origin's."""
    every = tuple(dict.fromkeys((*rows.derived, *derived)))
    return replace(rows, derived=every, schema=_extend(rows.schema, every))


def _has_window(rows: Rows | None, wanted: Windowed) -> bool:
    """Return whether rows have the values of a window already."""
    while rows is not None:
        match rows.origin:
            case Windowed(below, keys, outputs, order) if outputs == wanted.outputs:
                free = order == () and _depend_on_order(outputs)
                same = (keys, order) == (wanted.keys, wanted.order)
                if same and not (free and find_order(below) != find_order(wanted.rows)):
                    return list_conditions(below) == list_conditions(wanted.rows)
        rows = find_inner_rows(rows)
    return False


def _put_below(target: Rows, below: Rows) -> Rows:
    if isinstance(target.origin, Windowed) and _has_window(below, target.origin):
        where = (*below.where, *map(below.inline, target.where))
        derived = (replace(o, expression=below.inline(o.expression)) for o in target.derived)
        return with_columns(replace(below, where=where), tuple(derived))
    match target.origin:
        case Windowed(_, keys, outputs, order):
            origin: Origin = Windowed(below, keys, outputs, order)
            made = add_windows(below, keys, outputs).schema
        case Sorted() as found:
            origin, made = replace(found, rows=below), below.schema
        case _:
            raise AssertionError(target.origin)
    return Rows(origin, target.where, target.derived, _extend(made, target.derived))


def _stack(target: Rows, other: Rows) -> Rows | None:
    """Combine rows with others that have more steps."""
    below = find_inner_rows(other)
    if below is None or other.where:
        return None
    made = _combine(target, below)
    if made is None:
        return None
    match other.origin:
        case Windowed(_, keys, outputs, order) as origin if not _has_window(made, origin):
            if list_conditions(made) != list_conditions(below):
                return None
            if not order and find_order(below) != find_order(made) and _depend_on_order(outputs):
                order = find_order(below)
                if not order:
                    return None
            made = add_windows(made, keys, outputs, order)
    derived = tuple(dict.fromkeys((*made.derived, *other.derived)))
    return replace(made, derived=derived, schema=_extend(made.schema, derived))
