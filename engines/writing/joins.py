"""Joins as programs have them: what is loaded of each table, and the columns of the joined rows."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...errors import Unsupported
from ...spec.expression import choose_fresh_name
from ...spec.joins import find_table, join_schemas, name_table_columns
from ...spec.row_functions import TAKEN
from ...spec.schema import Schema
from ...spec.workload import AsOf, Join, Query
from .quote import write_literal

# Functions that a program may declare, which a table's variable must not hide.
DECLARED = {"product", "sinh", "cosh", "tanh", "trunc", "round_even", "to_local", "to_instant"}


@dataclass(frozen=True, slots=True)
class Joining:
    """Rows and a table that become one frame, as far as later clauses read it.

    `data` are the columns of the rows before the join, and `name` is the table's variable.
    """

    join: Join
    data: Schema
    reads: tuple[str, ...]
    name: str

    @property
    def other(self) -> Schema:
        """Return the columns of the table."""
        return find_table(self.data, self.join.table)

    @property
    def rows(self) -> Schema:
        """Return the columns of the joined rows."""
        return join_schemas(self.data, self.join)

    @property
    def asof(self) -> AsOf:
        """Return the times of an as-of join."""
        assert self.join.asof is not None
        return self.join.asof

    @property
    def right(self) -> tuple[str, ...]:
        """Return the columns that are loaded of the table."""
        shown = name_table_columns(self.data, self.join)
        read = (name for name, new in shown.items() if new in self.reads)
        needed = {*self.join.right_columns, *read} or {self.other.names[0]}
        return tuple(name for name in self.other.names if name in needed)

    @property
    def new_names(self) -> dict[str, str]:
        """Return those of them that have another name in the joined rows."""
        shown = name_table_columns(self.data, self.join)
        return {name: shown[name] for name in self.right if shown.get(name, name) != name}

    @property
    def left(self) -> tuple[str, ...]:
        """Return the columns of the rows that are needed: those that are read, or clash."""
        needed = {*self.join.left_columns, *self.reads, *self.new_names}
        found = tuple(name for name in self.data.names if name in needed)
        return found or self.data.names[:1]

    @property
    def keys(self) -> dict[str, ast.expr]:
        """Return the keys as options: `on`, or `left_on` and `right_on` where names differ."""
        left, right = self.join.on, self.join.right_on
        if not left:
            return {}
        if not right:
            return {"on": name_columns(left)}
        return {"left_on": name_columns(left), "right_on": name_columns(right)}

    @property
    def shown_keys(self) -> dict[str, str]:
        """Return the table's keys that are read beside the rows', each with its name there."""
        shown = name_table_columns(self.data, self.join)
        return {n: shown[n] for n in self.join.right_on if shown.get(n) in self.reads}

    @property
    def matches_missing(self) -> bool:
        """Return whether a missing key could meet a missing key."""
        return any(self.data[a].missing and self.other[b].missing for a, b in self.join.keys)

    @property
    def filled_keys(self) -> tuple[tuple[str, str], ...]:
        """Return the keys that a table has missing values of, and the joined rows have not."""
        how = self.join.how
        pairs = ((a, b, self.data[a].missing, self.other[b].missing) for a, b in self.join.keys)
        return tuple(
            (a, b)
            for a, b, left, right in pairs
            if (left or right)
            and not (left and how in {"left", "outer", "anti"})
            and not (right and how in {"right", "outer"})
        )

    @property
    def unlike(self) -> tuple[tuple[str, str], ...]:
        """Return the keys whose integers have different widths on both sides."""
        kinds = ((a, b, self.data[a], self.other[b]) for a, b in self.join.keys)
        return tuple((a, b) for a, b, x, y in kinds if x.kind == "int" and x.arrow != y.arrow)

    def find_coded_keys(self, side: int) -> tuple[str, ...]:
        """Return one side's keys that are texts with a dictionary there, and not on the other."""
        found = []
        for pair in self.join.keys:
            both = self.data[pair[0]].arrow, self.other[pair[1]].arrow
            coded = [arrow.startswith("dictionary") for arrow in both]
            if sum(coded) == 1 and coded[side]:
                found.append(pair[side])
        return tuple(found)

    def list_sides(self) -> tuple[tuple[Query, Schema], tuple[Query, Schema]]:
        """Return both tables as queries that read no more than is loaded of them."""
        left, right = (Query("", "", select=names) for names in (self.left, self.right))
        return (left, self.data), (right, self.other)

    def hide_keys(self, engine: str) -> None:
        """Raise Unsupported where the table's own keys are read, which this library drops."""
        for key in self.shown_keys.values():
            raise Unsupported(repr(key), f"for {engine}, dfbench writes the rows' keys only")

    def require(self, engine: str, *known: str) -> None:
        """Raise Unsupported for a join that is none of the known ones."""
        if self.join.how not in known:
            words = f"{', '.join(known[:-1])} and {known[-1]}"
            raise Unsupported(
                describe_how(self.join), f"for {engine}, dfbench writes {words} joins"
            )


def describe_how(join: Join) -> str:
    """Return the kind of join in words: `an outer join with shops`."""
    word = {"asof": "as-of"}.get(join.how, join.how)
    article = "an" if word[0] in "aeiou" else "a"
    return f"{article} {word} join with {join.table}"


def list_joinings(query: Query, data: Schema, taken: set[str]) -> tuple[Joining, ...]:
    """Return a step's joins in their order; `taken` are the variables of earlier ones."""
    sides = list(_list_schemas(data, query.joins))
    names = [_name_variable(join.table, taken) for join in query.joins]
    found: list[Joining] = []
    reads = query.reads
    for join, rows, name in reversed(list(zip(query.joins, sides, names, strict=True))):
        found.append(Joining(join, rows, reads, name))
        reads = found[-1].left
    return tuple(reversed(found))


def name_columns(names: Sequence[str]) -> ast.expr:
    """Return columns as libraries take them: a name, or a list of names."""
    return write_literal(names[0] if len(names) == 1 else list(names))


def pair_options(word: str, left: list[str], right: list[str]) -> dict[str, ast.expr]:
    """Return the option of columns: one where the names are alike, else one for each side."""
    if not left:
        return {}
    if left == right:
        return {word: name_columns(left)}
    return {f"left_{word}": name_columns(left), f"right_{word}": name_columns(right)}


def _list_schemas(data: Schema, joins: tuple[Join, ...]) -> Iterator[Schema]:
    for join in joins:
        yield data
        data = join_schemas(data, join)


def _name_variable(table: str, taken: set[str]) -> str:
    """Return the variable of a table; the dataset's own is `data`."""
    used = table.lower() in TAKEN | DECLARED
    name = choose_fresh_name(f"{table}_table" if used else table, taken)
    taken.add(name)
    return name
