"""Joins: what the joined rows of two tables are, and how the clause is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, cast

from .document import Fields, Log, Node, TextNode
from .fields import Section, open_section
from .grammar import ASOF, HOW, JOIN
from .schema import Column, Kind, Schema
from .vocabulary import suggest
from .workload import AsOf, How, Join, Query

# Appended to the name of a table's column if the dataset has a column of the same name.
SUFFIX = "_right"
# Engines disagree on equal floats: NaN, -0.0 and the last digits.
JOINABLE = "keys must be integers, text, booleans, dates or times"
KEYS: tuple[Kind, ...] = ("int", "string", "bool", "date", "timestamp")
TIMES: tuple[Kind, ...] = ("int", "date", "timestamp")
AS_TIMES = "times, dates or integers"
NAMES_DIFFER = " (if its name differs in the table: on: {name: other name})"
# The type of a key whose integers or texts have different types on both sides.
WIDE: dict[Kind, str] = {"int": "int64", "string": "string"}
# A key's name on each side.
Pair: TypeAlias = tuple[TextNode, TextNode]


def name_table_columns(data: Schema, join: Join) -> dict[str, str]:
    """Return the table's columns beside the rows' own, each with its name in the joined rows.

    A key that has one name on both sides is a single column of the joined rows.
    """
    if not join.adds_columns:
        return {}
    others = (name for name in find_table(data, join.table).names if name not in join.shared)
    return {name: name + SUFFIX if name in data else name for name in others}


def join_schemas(data: Schema, join: Join) -> Schema:
    """Return the columns of the joined rows, and at least how many there are."""
    other = find_table(data, join.table)
    columns = [_join_column(column, other, join) for column in data.columns]
    certain = join.how in {"inner", "cross", "right"}
    for name, shown in name_table_columns(data, join).items():
        column = replace(other[name], name=shown)
        matched = join.how == "inner" and name in join.right_on
        gaps = not certain or (column.nulls and not matched)
        columns.append(replace(column, nulls=gaps))
    return Schema(tuple(columns), _count_rows(data.rows, other.rows, join), data.tables)


def _join_column(column: Column, other: Schema, join: Join) -> Column:
    """Return a column of the rows as the joined rows have it."""
    match join.how:
        case "inner" | "semi" if column.name in join.on:
            return replace(column, nulls=False)
        case "right" | "outer" if column.name in join.shared:
            return _merge_key(column, other[column.name], join)
        case "right" | "outer":
            return replace(column, nulls=True)
        case _:
            return column


def _merge_key(left: Column, right: Column, join: Join) -> Column:
    """Return a key that has the values of both sides."""
    lows, highs = (left.low, right.low), (left.high, right.high)
    low = None if None in lows else min(x for x in lows if x is not None)
    high = None if None in highs else max(x for x in highs if x is not None)
    nulls = right.nulls or (left.nulls and join.how == "outer")
    arrow = left.arrow if left.arrow == right.arrow else WIDE.get(left.kind, left.arrow)
    odd = (left.odd_numbers or frozenset()) | (right.odd_numbers or frozenset())
    return replace(left, arrow=arrow, nulls=nulls, low=low, high=high, odd_numbers=odd, apart=False)


def _count_rows(left: int, right: int, join: Join) -> int:
    match join.how:
        case "inner" | "semi" | "anti":
            return 0
        case "left" | "asof":
            return left
        case "right":
            return right
        case "outer":
            return max(left, right)
        case "cross":
            return left * right


def join_tables(data: Schema, joins: Sequence[Join]) -> Schema:
    """Return the columns of the rows after one join after another."""
    for join in joins:
        data = join_schemas(data, join)
    return data


def expand_join(query: Query, data: Schema) -> tuple[Query, Schema]:
    """Return a query over the rows that it sees, and their schema.

    Where the answer is the rows themselves, all of their columns are selected.
    """
    rows = join_tables(data, query.joins)
    if not query.asks_for_rows or (query.select and not query.whole):
        return query, rows
    names = (*rows.names, *(o.name for o in query.derive))
    return replace(query, select=names, whole=True), rows


def find_table(data: Schema, name: str) -> Schema:
    """Return a table of a dataset by its name; KeyError if it has none."""
    return dict(data.tables)[name]


@dataclass(frozen=True, slots=True)
class JoinReader:
    """Reads one join for known columns and tables; `schema` is None while they are unknown."""

    log: Log
    node: Node
    schema: Schema | None
    tables: tuple[str, ...]

    def read(self) -> Join | None:
        """Read the join; return None after a mistake."""
        given = open_section(self.log, self.node, "join", JOIN)
        name = given.parse_scalar("table", "the name of a table")
        how = "asof" if "asof" in given else cast("How", given.parse_choice("how", HOW))
        pairs, times = self._read_pairs(given, how)
        if name is None or not self._is_table(name) or not self._is_complete(given, how, pairs):
            return None
        join = _make_join(name.text, how, pairs, times)
        if self.schema is None:
            return join
        known = [pair for pair in pairs if not self._misses(pair, self.schema, join.table)]
        sound = [self._is_key(pair, self.schema, join) for pair in known]
        if len(sound) < len(pairs) or not all(sound):
            return None
        return join if self._is_clear(name, self.schema, join) else None

    def _read_pairs(self, given: Section, how: How) -> tuple[list[Pair], AsofPair]:
        """Return the columns that are compared, the times of an as-of join last."""
        if how != "asof":
            return _read_names(given, "on"), AsofPair()
        asof = open_section(self.log, given.values["asof"], "asof", ASOF)
        for key in ("on", "how"):
            if key in given:
                self.log.add(given.at(key), f"an as-of join has no {key!r}; keys go under asof.by")
        times = _read_names(asof, "on")
        if len(times) > 1:
            self.log.add(times[1][0].place, "an as-of join compares one time; keys go under by")
        within = asof.time("within", None)
        return [*_read_names(asof, "by"), *times[:1]], AsofPair(bool(times), within)

    def _is_complete(self, given: Section, how: How, pairs: list[Pair]) -> bool:
        if how == "cross" and pairs:
            self.log.add(given.at("on"), "a cross join has no keys; leave 'on' out")
        elif how not in {"cross", "asof"} and "on" not in given:
            given.add_missing("join needs 'on'")
        return bool(pairs) != (how == "cross")

    def _is_table(self, name: TextNode) -> bool:
        if name.text in self.tables:
            return True
        message = suggest(name.text, self.tables)
        if not self.tables:
            message = "; the dataset has no tables: name their files under 'tables'"
        self.log.add(name.place, f"unknown table {name.text!r}{message}")
        return False

    def _misses(self, pair: Pair, data: Schema, name: str) -> bool:
        """Report a key that one of the sides does not have."""
        missed = False
        for key, what, known in zip(
            pair, ("the rows", name), (data, find_table(data, name)), strict=True
        ):
            if key.text not in known and not missed:
                message = f"unknown column {key.text!r} in {what}{suggest(key.text, known.names)}"
                other = "" if pair[0] is not pair[1] else NAMES_DIFFER
                self.log.add(key.place, f"{message}{other}")
                missed = True
        return missed

    def _is_key(self, pair: Pair, data: Schema, join: Join) -> bool:
        left, right = data[pair[0].text], find_table(data, join.table)[pair[1].text]
        is_time = join.asof is not None and join.asof.left == left.name
        if is_time and left.kind not in TIMES:
            what = f"asof cannot compare {left.name!r}, a {left.kind}; use {AS_TIMES}"
            self.log.add(pair[0].place, what)
        elif left.kind not in KEYS:
            message = f"cannot join on {left.name!r}, a {left.kind}; {JOINABLE}"
            self.log.add(pair[0].place, message)
        elif not _can_be_equal(left, right):
            own = "" if left.name == right.name else f"{right.name!r} is "
            message = f"{left.name!r} is {left.arrow} in the rows and {own}{right.arrow}"
            self.log.add(pair[1].place, f"{message} in {join.table}; give both the same type")
        else:
            return True
        return False

    def _is_clear(self, name: TextNode, data: Schema, join: Join) -> bool:
        for column, shown in name_table_columns(data, join).items():
            if shown != column and shown in (*data.names, *find_table(data, join.table).names):
                message = f"both sides have a column {column!r}, and the name {shown!r} is taken"
                self.log.add(name.place, f"{message}; rename one of them in its files")
                return False
        return True


@dataclass(frozen=True, slots=True)
class AsofPair:
    """What is read of an as-of join: whether its last pair is the times, and how near they are."""

    given: bool = False
    within: float | None = None


def _make_join(table: str, how: How, pairs: list[Pair], times: AsofPair) -> Join:
    left, right = (tuple(pair[side].text for pair in pairs) for side in (0, 1))
    if not times.given:
        return Join(table, left, how, right if right != left else ())
    asof = AsOf(left[-1], right[-1], times.within)
    return Join(table, left[:-1], how, right[:-1] if right[:-1] != left[:-1] else (), asof)


def _read_names(given: Section, key: str) -> list[Pair]:
    """Return keys with their names on both sides: one name, a list, or a mapping of names."""
    if not isinstance(given.values.get(key), Fields):
        return [(name, name) for name in given.parse_names(key)]
    pairs = given.parse_pairs(key, "a mapping of the rows' names to the table's")
    found = []
    for left, right in pairs:
        if isinstance(right, TextNode) and not right.empty:
            found.append((left, right))
        else:
            given.log.add(right.place, f"{left.text} needs the name of the table's column")
    return found


def _can_be_equal(one: Column, other: Column) -> bool:
    """Return whether values of two columns can be equal: times need one unit and zone."""
    return one.kind == other.kind and (one.kind != "timestamp" or one.arrow == other.arrow)
