"""Joins: what the joined rows of two tables are, and how the clause is read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, cast

from .document import Log, Scalar
from .fields import Section, open_section
from .grammar import HOW, JOIN
from .schema import Column, Kind, Schema
from .vocabulary import suggest
from .workload import Join, Query

# Appended to the name of a table's column if the dataset has a column of the same name.
SUFFIX = "_right"
# Engines disagree on equal floats: NaN, -0.0 and the last digits.
JOINABLE = "keys must be integers, text, booleans, dates or times"
KEYS: tuple[Kind, ...] = ("int", "string", "bool", "date", "timestamp")


def name_table_columns(data: Schema, join: Join) -> dict[str, str]:
    """Return the table's non-key columns, each with its name in the joined rows."""
    others = (name for name in find_table(data, join.table).names if name not in join.on)
    return {name: name + SUFFIX if name in data else name for name in others}


def join_schemas(data: Schema, join: Join) -> Schema:
    """Return the columns of the joined rows; an inner join may leave none of the rows."""
    inner = join.how == "inner"
    columns = [
        replace(column, nulls=False) if inner and column.name in join.on else column
        for column in data.columns
    ]
    other = find_table(data, join.table)
    for name, shown in name_table_columns(data, join).items():
        column = replace(other[name], name=shown)
        columns.append(column if inner else replace(column, nulls=True))
    return Schema(tuple(columns), 0 if inner else data.rows)


def expand_join(query: Query, data: Schema) -> tuple[Query, Schema]:
    """Return a query over the rows that it sees, and their schema.

    Where the answer is the rows themselves, all of their columns are selected.
    """
    rows = data if query.join is None else join_schemas(data, query.join)
    if not query.asks_for_rows or (query.select and not query.whole):
        return query, rows
    names = (*rows.names, *(o.name for o in query.derive))
    return replace(query, select=names, whole=True), rows


def find_table(data: Schema, name: str) -> Schema:
    """Return a table of a dataset by its name; KeyError if it has none."""
    return dict(data.tables)[name]


@dataclass(frozen=True, slots=True)
class JoinReader:
    """Reads the clause for known columns and tables; `schema` is None while they are unknown."""

    log: Log
    given: Section
    schema: Schema | None
    tables: tuple[str, ...]

    def read(self) -> Join | None:
        """Read the clause; return None after a mistake."""
        given = open_section(self.log, self.given.values["join"], "join", JOIN)
        name = given.scalar("table", "the name of a table")
        on = given.names("on")
        how = cast("Literal['inner', 'left']", given.choice("how", HOW))
        if not (name and on) or not self._is_table(name):
            return None
        join = Join(name.text, tuple(key.text for key in on), how)
        if self.schema is None:
            return join
        sound = [self._is_key(key, self.schema, join.table) for key in on]
        return join if all(sound) and self._is_clear(name, self.schema, join) else None

    def _is_table(self, name: Scalar) -> bool:
        if name.text in self.tables:
            return True
        message = suggest(name.text, self.tables)
        if not self.tables:
            message = "; the dataset has no tables: name their files under 'tables'"
        self.log.add(name.place, f"unknown table {name.text!r}{message}")
        return False

    def _is_key(self, key: Scalar, data: Schema, name: str) -> bool:
        for what, known in (("the dataset", data), (name, find_table(data, name))):
            if key.text not in known:
                message = f"unknown column {key.text!r} in {what}{suggest(key.text, known.names)}"
                self.log.add(key.place, f"{message} (a key has the same name on both sides)")
                return False
        left, right = data[key.text], find_table(data, name)[key.text]
        if left.kind not in KEYS:
            self.log.add(key.place, f"cannot join on {key.text!r}, a {left.kind}; {JOINABLE}")
        elif not _alike(left, right):
            message = f"{key.text!r} is {left.arrow} in the dataset and {right.arrow} in {name}"
            self.log.add(key.place, f"{message}; give both the same type")
        else:
            return True
        return False

    def _is_clear(self, name: Scalar, data: Schema, join: Join) -> bool:
        for column, shown in name_table_columns(data, join).items():
            if shown != column and shown in (*data.names, *find_table(data, join.table).names):
                message = f"both sides have a column {column!r}, and the name {shown!r} is taken"
                self.log.add(name.place, f"{message}; rename one of them in its files")
                return False
        return True


def _alike(one: Column, other: Column) -> bool:
    """Return whether values of two columns can be equal: times need one unit and zone."""
    return one.kind == other.kind and (one.kind != "timestamp" or one.arrow == other.arrow)
