"""What a program loads: the dataset, and the tables that its joins read."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass

from ....errors import Unsupported
from ....spec.schema import Schema
from ....spec.workload import Query
from ..joins import Joining
from ..quote import quote, to_source
from ..sequence import StepQuery, expand_steps


@dataclass(frozen=True, slots=True)
class Table:
    """What a program loads of one file; `name` and `path` are the program's variables.

    `ordered` tells that the order of its rows counts: as among equal times of an as-of join.
    """

    name: str
    path: str
    query: Query
    data: Schema
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Inputs:
    """A query's first step with the rows that it sees, and the tables that these come from.

    `data` are the columns of the dataset, `rows` those after the joins, where there are any.
    `later` are the steps that work on its answer.
    """

    query: Query
    rows: Schema
    data: Schema
    joinings: tuple[Joining, ...] = ()
    later: tuple[StepQuery, ...] = ()

    @property
    def steps(self) -> tuple[StepQuery, ...]:
        """Return all steps, each with the rows that it sees."""
        return (StepQuery(self.query, self.rows, self.joinings), *self.later)

    @property
    def is_single(self) -> bool:
        """Return whether the dataset's own frame is all that is loaded."""
        return not any(step.joinings for step in self.steps)

    def refuse_steps(self, why: str) -> None:
        """Raise Unsupported, with the reason, for a query of several steps."""
        if self.later:
            raise Unsupported("several steps", why)

    @property
    def paths(self) -> str:
        """Return the parameters of `load`."""
        return ", ".join(table.path for table in self.list_tables())

    @property
    def frames(self) -> str:
        """Return the parameters of `query`."""
        return ", ".join(table.name for table in self.list_tables())

    def list_tables(self) -> tuple[Table, ...]:
        """Return what is loaded: the dataset, then the table of each join."""
        query = self.query
        if self.joinings:
            query = Query("", "", select=self.joinings[0].left)
        return (
            Table("data", "path", query, self.data),
            *(_describe_table(met) for step in self.steps for met in step.joinings),
        )

    def load(self, read: Callable[[Query, Schema], ast.expr]) -> str:
        """Write `load` by what reads one table from the variable `path`."""
        if self.is_single:
            return f"return {to_source(read(self.query, self.data))}"
        trees = ((t.name, from_path(read(t.query, t.data), t.path)) for t in self.list_tables())
        return "\n".join(
            [*(f"{n} = {to_source(tree)}" for n, tree in trees), f"return {self.frames}"]
        )


def _describe_table(met: Joining) -> Table:
    query, ordered = Query("", "", select=met.right), met.join.asof is not None
    return Table(met.name, f"{met.name}_path", query, met.other, ordered)


# Writes a join of the rows, of an expression already.
WriteJoin = Callable[[ast.expr, Joining], ast.expr]


def resolve_inputs(query: Query, data: Schema, counts: str) -> Inputs:
    """Return what a query reads: the rows that its steps see, and the tables that are joined.

    `counts` is the type in which a library has numbers of rows.
    """
    first, *later = expand_steps(query, data, counts)
    return Inputs(first.query, first.rows, data, first.joinings, tuple(later))


def join_single_frame(query: Query, _: Schema) -> Query:
    """Return the query of a single frame; Unsupported for a join."""
    for join in query.joins:
        raise Unsupported(f"a join with {join.table}", "this engine has no join of its own")
    return query


def from_path(tree: ast.expr, variable: str) -> ast.expr:
    """Return what reads the file at `path` for a path of another variable."""
    return rename_variable(tree, "path", variable)


def rename_variable(tree: ast.expr, old: str, new: str) -> ast.expr:
    """Return an expression in which a variable has another name."""

    class Replace(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return quote(new) if node.id == old else node

    put = Replace().visit(tree)
    assert isinstance(put, ast.expr)
    return put
