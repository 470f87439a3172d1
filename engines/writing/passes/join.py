"""Joins: what a program loads of two tables, and the words that engines share for their meeting."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass

from ....errors import Unsupported
from ....spec.joins import SUFFIX, find_table, name_table_columns
from ....spec.row_functions import TAKEN
from ....spec.schema import Schema
from ....spec.workload import Join, Query
from ..quote import literal, quote, to_source
from ..sequence import Step, expand_steps


@dataclass(frozen=True, slots=True)
class Joining:
    """Two tables of a dataset that become one frame, as far as a query reads it."""

    join: Join
    data: Schema
    reads: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return the variable of the table; the dataset's own is `data`."""
        name = self.join.table
        return f"{name}_table" if name.lower() in TAKEN else name

    @property
    def key(self) -> ast.expr:
        """Return the key: a name, or a list of names."""
        on = self.join.on
        return literal(on[0] if len(on) == 1 else list(on))

    @property
    def other(self) -> Schema:
        """Return the columns of the table."""
        return find_table(self.data, self.join.table)

    @property
    def right(self) -> tuple[str, ...]:
        """Return the columns that are loaded of the table."""
        shown = name_table_columns(self.data, self.join)
        needed = {*self.join.on, *(name for name, new in shown.items() if new in self.reads)}
        return tuple(name for name in self.other.names if name in needed)

    @property
    def new_names(self) -> dict[str, str]:
        """Return those of them that have another name in the joined rows."""
        shown = name_table_columns(self.data, self.join)
        return {name: shown[name] for name in self.right if shown.get(name, name) != name}

    @property
    def left(self) -> tuple[str, ...]:
        """Return the columns that are loaded of the dataset: those that are read, or clash."""
        needed = {*self.join.on, *self.reads, *self.new_names}
        return tuple(name for name in self.data.names if name in needed)

    @property
    def matches_missing(self) -> bool:
        """Return whether a missing key could meet a missing key."""
        return any(self.data[key].missing and self.other[key].missing for key in self.join.on)

    @property
    def filled_keys(self) -> tuple[str, ...]:
        """Return the keys that a table has missing values of, and the joined rows have not."""
        left = self.join.how == "left"
        whole = (key for key in self.join.on if not (left and self.data[key].missing))
        return tuple(key for key in whole if self.data[key].missing or self.other[key].missing)

    @property
    def unlike(self) -> tuple[str, ...]:
        """Return the keys whose integers have different widths on both sides."""
        kinds = ((key, self.data[key], self.other[key]) for key in self.join.on)
        return tuple(k for k, one, two in kinds if one.kind == "int" and one.arrow != two.arrow)

    def find_coded_keys(self, data: Schema) -> tuple[str, ...]:
        """Return the keys that are texts with a dictionary in one table, and not in the other."""
        kinds = ((key, self.data[key].arrow, self.other[key].arrow) for key in self.join.on)
        unlike = [key for key, *both in kinds if sum(map(_is_coded, both)) == 1]
        return tuple(key for key in unlike if _is_coded(data[key].arrow))

    def sides(self) -> tuple[tuple[Query, Schema], tuple[Query, Schema]]:
        """Return both tables as queries that read no more than is loaded of them."""
        left, right = (Query("", "", select=names) for names in (self.left, self.right))
        return (left, self.data), (right, self.other)


@dataclass(frozen=True, slots=True)
class Table:
    """What a program loads of one file; `name` and `path` are the program's variables."""

    name: str
    path: str
    query: Query
    data: Schema


@dataclass(frozen=True, slots=True)
class Inputs:
    """A query's first step with the rows that it sees, and the tables that these come from.

    `data` are the columns of the dataset, `rows` those after the join, where there is one. `later`
    are the steps that work on its answer.
    """

    query: Query
    rows: Schema
    data: Schema
    joining: Joining | None = None
    later: tuple[Step, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """Return all steps, each with the rows that it sees."""
        return (Step(self.query, self.rows), *self.later)

    def alone(self, why: str) -> None:
        """Raise Unsupported, with the reason, for a query of several steps."""
        if self.later:
            raise Unsupported("several steps", why)

    @property
    def paths(self) -> str:
        """Return the parameters of `load`."""
        return ", ".join(table.path for table in self.tables())

    @property
    def frames(self) -> str:
        """Return the parameters of `query`."""
        return ", ".join(table.name for table in self.tables())

    def tables(self) -> tuple[Table, ...]:
        """Return what is loaded: the dataset, then the table that it is joined with."""
        if self.joining is None:
            return (Table("data", "path", self.query, self.data),)
        name = self.joining.name
        (left, data), (right, other) = self.joining.sides()
        return Table("data", "path", left, data), Table(name, f"{name}_path", right, other)

    def load(self, read: Callable[[Query, Schema], ast.expr]) -> str:
        """Write `load` by what reads one table from the variable `path`."""
        if self.joining is None:
            return f"return {to_source(read(self.query, self.data))}"
        trees = ((t.name, from_path(read(t.query, t.data), t.path)) for t in self.tables())
        return "\n".join(
            [*(f"{n} = {to_source(tree)}" for n, tree in trees), f"return {self.frames}"]
        )

    def frame(self, join: Callable[[Joining], ast.expr]) -> ast.expr:
        """Write the frame of the rows: `data`, or the two tables as `join` writes them."""
        return quote("data") if self.joining is None else join(self.joining)


def resolve_inputs(query: Query, data: Schema, counts: str) -> Inputs:
    """Return what a query reads: the rows that its steps see, and the tables that are joined.

    `counts` is the type in which a library has numbers of rows.
    """
    first, *later = expand_steps(query, data, counts)
    seen = first.query
    joining = Joining(seen.join, data, seen.reads) if seen.join else None
    return Inputs(seen, first.rows, data, joining, tuple(later))


def single_frame(query: Query, _: Schema) -> Query:
    """Return the query of a single frame; Unsupported for a join."""
    if query.join:
        raise Unsupported(f"a join with {query.join.table}", "this engine has no join of its own")
    return query


def from_path(tree: ast.expr, variable: str) -> ast.expr:
    """Return what reads the file at `path` for a path of another variable."""

    class Replace(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return quote(variable) if node.id == "path" else node

    put = Replace().visit(tree)
    assert isinstance(put, ast.expr)
    return put


def write_merge(met: Joining) -> ast.expr:
    """Write the join in pandas' words, for the engines that have them."""
    truths = [key for key in met.filled_keys if met.data[key].kind == "bool"]
    ours, theirs = ([k for k in truths if side[k].missing] for side in (met.data, met.other))
    # pandas lets a missing key match a missing key.
    gaps = list(met.join.on) if met.matches_missing else theirs
    left, other = _fill_gaps("data", ours, ours), _fill_gaps(met.name, gaps, theirs)
    options = {"on": met.key}
    if met.join.how == "left":
        options["how"] = literal("left")
    if met.new_names:
        options["suffixes"] = literal(("", SUFFIX))
    return quote("d.merge(t, **o)", d=left, t=other, o=options)


def _fill_gaps(name: str, gaps: list[str], truths: list[str]) -> ast.expr:
    """Write a table without the gaps of some columns: truth values are objects because of them."""
    tree = quote("t.dropna(subset=k)", t=quote(name), k=gaps) if gaps else quote(name)
    return quote("t.astype(d)", t=tree, d=dict.fromkeys(truths, "bool")) if truths else tree


def _is_coded(arrow: str) -> bool:
    return arrow.startswith("dictionary")


def write_polars_join(left: ast.expr, right: ast.expr, met: Joining, library: str) -> ast.expr:
    """Write the join in the words of Polars, or of the library that has them from it."""
    for key in met.unlike:
        cast = quote(f"{library}.col(n).cast({library}.Int64)", n=key)
        left, right = (quote("t.with_columns(c)", t=t, c=cast) for t in (left, right))
    text = f"{library}.col(*n).cast({library}.String)"
    if coded := met.find_coded_keys(met.data):
        left = quote("t.with_columns(c)", t=left, c=quote(text, n=[*map(literal, coded)]))
    if coded := met.find_coded_keys(met.other):
        right = quote("t.with_columns(c)", t=right, c=quote(text, n=[*map(literal, coded)]))
    options = {"on": met.key}
    if met.join.how == "left":
        options["how"] = literal("left")
    return quote("t.join(u, **o)", t=left, u=right, o=options)
