"""Joins as DuckDB's FROM clause: tables in a row, and a subquery where names have to be told."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..writing.joins import Joining
from ..writing.sql import quote_name, write_clause

WORDS = {
    "inner": "JOIN",
    "left": "LEFT JOIN",
    "right": "RIGHT JOIN",
    "outer": "FULL JOIN",
    "semi": "SEMI JOIN",
    "anti": "ANTI JOIN",
    "asof": "ASOF LEFT JOIN",
}


@dataclass(frozen=True, slots=True)
class JoinWords:
    """How a dialect tells columns and times: the time between two, and an instant as a number.

    `keeps_tables`: a column that is selected with its table has that in its name.
    """

    days: str = "{0} - {1}"
    micros: str = "epoch_us({0})"
    keeps_tables: bool = False


DUCKDB = JoinWords()


@dataclass(frozen=True, slots=True)
class FromClause:
    """What stands in FROM, and the tables that own its columns; all others are `table`'s."""

    text: str
    table: str
    owners: tuple[tuple[str, str], ...] = ()
    words: JoinWords = DUCKDB

    def qualify(self, name: str) -> str:
        """Write a column with its table."""
        return f"{dict(self.owners).get(name, self.table)}.{quote_name(name)}"

    def write_kept(self, name: str) -> str:
        """Write a column that is selected with its table."""
        shown = f" AS {quote_name(name)}" if self.words.keeps_tables else ""
        return f"{self.qualify(name)}{shown}"


def write_source(table: str, joinings: Sequence[Joining], words: JoinWords = DUCKDB) -> str:
    """Write the FROM clause of a table that is joined with others, one after another."""
    source, alike = FromClause(table, table, words=words), _differ_in_case(joinings)
    for place, met in enumerate(joinings):
        last = place == len(joinings) - 1
        if _is_plain(met, last=last) and not alike:
            text = f"{source.text}{_choose_separator(source)}{write_join(source, met)}"
            new = (name for name in met.right if name not in met.join.shared)
            added = tuple((name, quote_name(met.name)) for name in new)
            source = replace(source, text=text, owners=(*added, *source.owners))
        else:
            name = f"joined_{place + 1}" if not last else ""
            inner = write_subquery(source, met, chosen=alike)
            text = f"(\n{textwrap.indent(inner, '    ')}\n)"
            source = FromClause(f"{text} AS {name}" if name else text, name, words=words)
    return source.text


def _differ_in_case(joinings: Sequence[Joining]) -> bool:
    """Return whether names of the joined tables differ only in case: to SQL they are one."""
    names = {name for met in joinings for name in (*met.data.names, *met.right)}
    return len({name.lower() for name in names}) < len(names)


def write_subquery(source: FromClause, met: Joining, *, chosen: bool = False) -> str:
    """Write a join with its columns, each under its name in the joined rows.

    With `chosen` they are those alone that are read, each with its table.
    """
    own, shared = quote_name(met.name), met.join.shared
    plain = not met.join.right_on and not chosen
    kept = [f"{source.table}.*"]
    left, right = met.left, [name for name in met.right if name not in shared]
    if chosen:
        left = tuple(name for name in left if name in met.reads) or left[:1]
        right = [name for name in right if met.new_names.get(name, name) in met.reads]
    if chosen or source.owners or met.join.how in {"right", "outer"}:
        named = shared if met.join.how in {"right", "outer"} else ()
        kept = [source.write_kept(name) for name in left if name not in named]
        kept += [quote_name(key) if plain else _write_coalesce(source, own, key) for key in named]
    items = [_write_item(source, met, name, qualified=chosen) for name in right]
    clause = write_clause("SELECT", [*kept, *items], ",")
    return f"{clause}\nFROM {source.text}{_choose_separator(source)}{write_join(source, met)}"


def _is_plain(met: Joining, *, last: bool) -> bool:
    """Return whether every column of a join has one name, and one table that has it."""
    join = met.join
    if not join.adds_columns or join.how == "cross":
        return not met.new_names
    told = _reads_clashing(met, last=last) or join.asof or (join.right_on and join.shared)
    return not told and (last or join.how not in {"right", "outer"})


def _reads_clashing(met: Joining, *, last: bool) -> bool:
    """Return whether a name is read that both sides have; in ON, each stands with its table."""
    names = (name for pair in met.new_names.items() for name in pair)
    return bool(met.new_names) and not (last and {*names}.isdisjoint(met.reads))


def _choose_separator(source: FromClause) -> str:
    return "\n" if source.owners or "\n" in source.text else " "


def write_join(source: FromClause, met: Joining) -> str:
    """Write the join of a table, and what is equal."""
    own, join = quote_name(met.name), met.join
    if join.how == "cross":
        return f"CROSS JOIN {own}"
    word = WORDS[join.how]
    if not join.right_on and not join.asof:
        return f"{word} {own} USING ({', '.join(map(quote_name, join.on))})"
    equal = [f"{source.qualify(a)} = {own}.{quote_name(b)}" for a, b in join.keys]
    if join.asof:
        equal.append(f"{source.qualify(join.asof.left)} >= {own}.{quote_name(join.asof.right)}")
    return f"{word} {_write_last(met) if join.asof else own} ON {' AND '.join(equal)}"


def _write_last(met: Joining) -> str:
    """Write a table with the last row of equal keys and times alone."""
    own = quote_name(met.name)
    same = ", ".join(map(quote_name, met.join.right_columns))
    distinct = f"SELECT DISTINCT ON ({same}) * FROM {own}"
    return f"(\n    {distinct}\n    ORDER BY {same}, rowid DESC\n) AS {own}"


def _write_coalesce(source: FromClause, own: str, key: str) -> str:
    name = quote_name(key)
    return f"coalesce({source.qualify(key)}, {own}.{name}) AS {name}"


def _write_item(source: FromClause, met: Joining, name: str, *, qualified: bool) -> str:
    """Write a column of the table; none where its row is too early for an as-of join."""
    own = f"{quote_name(met.name)}.{quote_name(name)}"
    shown = quote_name(met.new_names.get(name, name))
    if met.join.asof and met.join.asof.within is not None:
        return f"CASE WHEN {_write_near(source, met)} THEN {own} END AS {shown}"
    if name in met.new_names:
        return f"{own} AS {shown}"
    return own if qualified else shown


def _write_near(source: FromClause, met: Joining) -> str:
    asof = met.asof
    assert asof.within is not None
    times = source.qualify(asof.left), f"{quote_name(met.name)}.{quote_name(asof.right)}"
    match met.data[asof.left].kind:
        case "timestamp":
            later, earlier = map(source.words.micros.format, times)
            return f"{later} - {earlier} <= {round(asof.within * 1_000_000)}"
        case "date":
            return f"{source.words.days.format(*times)} <= {int(asof.within // 86400)}"
        case _:
            return f"{times[0]} - {times[1]} <= {int(asof.within)}"
