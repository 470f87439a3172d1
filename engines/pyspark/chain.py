"""Chains of Spark: how its frames take the steps, and its columns the words."""

from __future__ import annotations

import ast
import datetime as dt
from dataclasses import replace
from itertools import pairwise

from ...errors import Unsupported
from ...spec.expression import Agg, Call, Expr, Lit, Value
from ...spec.formats import PIECES
from ...spec.intervals import find_step
from ...spec.patterns import for_python
from ...spec.workload import Extreme, Gaps, Unpivot
from ..writing.chain import Chain
from ..writing.chain_expressions import ENDS, is_constant
from ..writing.numbered import Frame, NumberedChain, WindowKey
from ..writing.quote import Hole, quote, write_literal
from .words import DIGITS, PARTS, PATTERNS, PYSPARK, SPANS, SPECIAL, STEPS


class SparkChain(NumberedChain):
    """How Spark's frames take the steps."""

    title = "PySpark"
    dialect = PYSPARK
    sorted_by_row = "t.orderBy(r)"
    numbers = "F.row_number().over(w)"

    def write_time_span(self, keys: list[ast.expr], key: WindowKey, microseconds: int) -> Hole:
        """Write the rows of a time up to each row, by its microseconds: frames take numbers."""
        value = quote("F.unix_micros(x.cast('timestamp'))", x=key.value)
        return quote(
            "w.rangeBetween(-n, 0)",
            w=self.write_span(keys, [replace(key, name="", value=value)]),
            n=microseconds,
        )

    def write_span(
        self, keys: list[ast.expr], order: list[WindowKey], frame: Frame | None = None
    ) -> Hole:
        """Write the rows that a window sees."""
        by = [*map(_write_key, order)]
        tree = quote("Window")
        if keys or not by:
            tree = quote("w.partitionBy(*k)", w=tree, k=keys)
        if by:
            tree = quote("w.orderBy(*b)", w=tree, b=by)
        if not frame:
            return tree
        ends = zip(frame, ("unboundedPreceding", "unboundedFollowing"), strict=True)
        bounds = [quote(f"Window.{w}") if e is None else write_literal(e) for e, w in ends]
        return quote("w.rowsBetween(*b)", w=tree, b=bounds)

    def unpivot(self, tree: ast.expr, unpivot: Unpivot) -> ast.expr:
        """Write a row for each value of several columns."""
        index, on = list(unpivot.index), list(unpivot.on)
        return quote(
            "t.unpivot(i, c, n, v)", t=tree, i=index, c=on, n=unpivot.names, v=unpivot.values
        )

    def fill_gaps(self, rows: ast.expr, gaps: Gaps) -> ast.expr:
        """Add the times of each group's sequence that no row has; a missing key is one key."""
        keys = [*map(write_literal, gaps.others)]
        number, word = find_step(gaps.unit) or STEPS.get(gaps.unit, (1, gaps.unit))
        step = quote("F.expr(i)", i=f"INTERVAL {number} {word.upper()}")
        times = quote("F.explode(F.sequence(F.min(t), F.max(t), i)).alias(t)", t=gaps.time, i=step)
        every = self.aggregate(rows, list(gaps.others), [times])
        names = [*keys, write_literal(gaps.time)]
        added = quote("e.subtract(r.select(*n))", e=every, r=rows, n=names)
        tree = quote("r.unionByName(a, allowMissingColumns=True)", r=rows, a=added)
        zeros = {name: write_literal(value) for name, value in gaps.zeros}
        return quote("t.fillna(z)", t=tree, z=zeros) if zeros else tree

    def filter(self, tree: ast.expr, conditions: list[ast.expr]) -> ast.expr:
        """Keep the rows for which all conditions are true; `where` takes one."""
        for condition in conditions:
            tree = quote("t.where(c)", t=tree, c=condition)
        return tree

    def add_columns(self, tree: ast.expr, outputs: dict[str, ast.expr]) -> ast.expr:
        """Add columns."""
        if len(outputs) == 1:
            ((name, value),) = outputs.items()
            return quote("t.withColumn(n, x)", t=tree, n=name, x=value)
        return quote("t.withColumns(o)", t=tree, o=outputs)

    def aggregate(self, tree: ast.expr, keys: list[str], outputs: list[ast.expr]) -> ast.expr:
        """Aggregate."""
        if not keys:
            return quote("t.agg(*o)", t=tree, o=outputs)
        return quote("t.groupBy(*k).agg(*o)", t=tree, k=list(map(write_literal, keys)), o=outputs)

    def write_aggregation(self, agg: Agg) -> ast.expr:
        """Write an aggregation; Spark's functions take plain columns by their names."""
        tree = NumberedChain.write_aggregation(self, agg)
        match tree:
            case ast.Call(ast.Attribute(ast.Call(function, arguments, []), "over"), [window]):
                called = quote("f(*a)", f=function, a=[*map(_name_column, arguments)])
                return quote("x.over(w)", x=called, w=window)
            case ast.Call(function, arguments, []):
                return quote("f(*a)", f=function, a=[*map(_name_column, arguments)])
            case _:
                return tree

    def keep_extremes(self, tree: ast.expr, extreme: Extreme) -> ast.expr:
        """Keep the first rows of each group by their number."""
        keys = list(map(write_literal, self.query.group_by))
        order = quote("x" if extreme.smallest else "x.desc()", x=self.write_column(extreme.column))
        kept = [*keys, self.write_renamed(extreme.column, extreme.name)]
        if not keys:
            top = quote("t.orderBy(o).limit(n)", t=tree, o=order, n=extreme.n)
            return self.select(top, kept)
        window = quote("Window.partitionBy(*k).orderBy(o)", k=keys, o=order)
        numbered = quote("t.withColumn('place', F.row_number().over(w))", t=tree, w=window)
        return self.select(self.filter(numbered, [quote("F.col('place') <= n", n=extreme.n)]), kept)

    def sort(self, tree: ast.expr, names: list[str], descending: list[bool]) -> ast.expr:
        """Sort."""
        up = "F.asc_nulls_last(n)" if self.sorts_missing(names) else "n"
        by = [
            quote("F.desc(n)" if down else up, n=name)
            for name, down in zip(names, descending, strict=True)
        ]
        return quote("t.orderBy(*b)", t=tree, b=by)

    def write_value(self, node: Expr) -> ast.expr:
        """Write a value; a constant time has no zone, as the times of a column without one."""
        tree = Chain.write_value(self, node)
        match node:
            case Lit(dt.datetime(tzinfo=None)):
                return quote("x.cast('timestamp_ntz')", x=tree)
            case _:
                return tree

    def call(self, node: Call) -> ast.expr:
        """Write a row function; what Spark takes by the session's clock, by that of the column."""
        match node:
            case Call(function, (moment,)) if function in PARTS:
                return quote(self.dialect.functions[function], x=self._write_clock(moment))
            case Call("matches" | "extract" as word, (text, Lit(str(pattern)), *group)):
                searched = Lit(for_python(pattern, r"\z"))
                return Chain.call(self, Call(word, (text, searched, *group)))
            case Call("truncate", (moment, Lit(str(unit)))):
                return self._truncate(moment, unit)
            case Call("offset", (time, Lit(int(count)), Lit(str(unit)))):
                return self._shift(time, count, unit)
            case Call(word, (later, earlier)) if word in SPANS:
                return self._count_units(later, earlier, word)
            case Call("parse", (text, Lit(str(format_)))):
                return self._parse(node, text, format_)
            case Call("slice", (text, Lit(int(start)), Lit(int() | None as end))):
                return _slice(self.write_value(text), start, end)
            case Call("zfill", (Call("text", (number,)) as text, Lit(int(width)))) if (
                self.facts.range(number).low >= 0 and self.facts.range(number).high < 10**width
            ):
                return quote("F.lpad(x, n, '0')", x=self.write_value(text), n=width)
            case Call("split", (text, Lit(separator), Lit(int(place)))) if (
                separator is None or Lit(place) not in ENDS
            ):
                return self._split(text, separator, place)
            case Call("map", (value, default, *pairs)) if self._is_table(value, pairs):
                return self._look_up(value, default, pairs)
            case _:
                return Chain.call(self, node)

    def _truncate(self, time: Expr, unit: str) -> ast.expr:
        """Write the start of a time's unit; of a zone, by the clock there, which UTC shows."""
        if self.facts.find_kind(time) == "date":
            return quote("F.trunc(x, u)", x=self.write_value(time), u=unit)
        x, zone, step = self.write_value(time), self.facts.find_zone(time), find_step(unit)
        clock = quote("F.from_utc_timestamp(x, z)", x=x, z=zone) if zone else x
        number, word = step or (1, unit)
        start = quote("F.date_trunc(u, x)", x=clock, u=word)
        if number > 1:
            length = f"INTERVAL {number} {word.upper()}S"
            start = quote("F.time_bucket(F.expr(i), x)", x=clock, i=length)
        if zone and step:
            # Once a year, a clock shows an hour twice: its start is found from the time since.
            return quote("x - (c - s)", x=x, c=clock, s=start)
        if zone:
            return quote("F.to_utc_timestamp(s, z)", s=start, z=zone)
        # Of a time without a zone, date_trunc makes one of the session's.
        return start if number > 1 else quote("s.cast('timestamp_ntz')", s=start)

    def _shift(self, time: Expr, count: int, unit: str) -> ast.expr:
        """Write the time that is some units later."""
        x = self.write_value(time)
        if self.facts.find_kind(time) == "date":
            return quote("F.date_add(x, n)", x=x, n=count)
        op, length = "-" if count < 0 else "+", f"INTERVAL {abs(count)} {unit.upper()}"
        return quote(f"x {op} F.expr(i)", x=x, i=length)

    def _count_units(self, later: Expr, earlier: Expr, word: str) -> ast.expr:
        """Write the whole units between two times, rounded down."""
        x, y = self.write_value(later), self.write_value(earlier)
        if self.facts.find_kind(later) == "date":
            return quote("F.date_diff(x, y)", x=x, y=y)
        passed = quote("F.timestamp_diff('MICROSECOND', y, x)", x=x, y=y)
        return quote("F.floor(p / n)", p=passed, n=SPANS[word] * 1_000_000)

    def _parse(self, node: Call, text: Expr, format_: str) -> ast.expr:
        """Write the day or time that a text is."""
        if "%y" in format_:
            why = "Spark takes every year of two digits for one after 2000"
            raise Unsupported("parse() with %y", why)
        pattern, x = _write_parsed(format_), self.write_value(text)
        if self.facts.find_kind(node) == "date":
            return quote("F.to_date(x, p)", x=x, p=pattern)
        return quote("F.to_timestamp_ntz(x, F.lit(p))", x=x, p=pattern)

    def _split(self, text: Expr, separator: Value, place: int) -> ast.expr:
        """Write one part of a text, missing where there is none."""
        x = self.write_value(text)
        parts = quote(self.dialect.variants["split_words"], x=x)
        if separator is not None:
            parts = quote("F.split(x, p)", x=x, p=SPECIAL.sub(r"\\\g<0>", str(separator)))
        template = "F.get(p, n)" if place >= 0 else "F.try_element_at(p, F.lit(n))"
        return quote(template, p=parts, n=place)

    def _is_table(self, value: Expr, pairs: list[Expr]) -> bool:
        """Return whether keys and entries are constants of one kind, so that a map holds them."""
        kinds = {self.facts.find_kind(value), *map(self.facts.find_kind, pairs[::2])}
        plain = all(map(is_constant, pairs)) and Lit(None) not in pairs
        entries = {self.facts.find_kind(entry) for entry in pairs[1::2]}
        return plain and len(kinds) == 1 and "float" not in kinds and len(entries) == 1

    def _look_up(self, value: Expr, default: Expr, pairs: list[Expr]) -> ast.expr:
        """Write a look-up in a table as a map's element."""
        written = [*map(self.write_expression, pairs)]
        template = "F.create_map([F.lit(x) for pair in d.items() for x in pair])[v]"
        table = ast.Dict([*written[::2]], written[1::2])
        found = quote(template, d=table, v=self.write_comparable(value))
        if default == Lit(None):
            return found
        return quote("F.coalesce(x, y)", x=found, y=self.write_seen(default))

    def write_format(self, time: Expr, format_: str) -> ast.expr | None:
        """Write the text of a time, as a clock in its zone shows it, in Java's patterns."""
        pieces = PIECES.findall(format_)
        pattern = "".join(PATTERNS.get(piece) or _quote_text(piece) for piece in pieces)
        if self.facts.is_distant(time):
            return None
        return quote(self.dialect.variants["format"], x=self._write_clock(time), y=pattern)

    def _write_clock(self, time: Expr) -> ast.expr:
        x, zone = self.write_value(time), self.facts.find_zone(time)
        return quote("F.convert_timezone(None, F.lit(z), x)", z=zone, x=x) if zone else x

    def write_column(self, name: str) -> ast.expr:
        """Write a column; a name with a dot in it stands between backticks."""
        return quote("F.col(n)", n=name if name.isidentifier() else f"`{name.replace('`', '``')}`")


def _write_key(key: WindowKey) -> ast.expr:
    """Write what a window is ordered by: Spark sorts missing values first unless it is told."""
    if not (key.descending or key.missing):
        return write_literal(key.name) if key.name.isidentifier() else key.value
    word = "desc" if key.descending else "asc"
    end = ("_nulls_first" if key.nulls_first else "_nulls_last") if key.missing else ""
    return quote(f"x.{word}{end}()", x=key.value)


def _quote_text(text: str) -> str:
    """Return what stands between the parts of a time; letters between quotes."""
    text = text.replace("%%", "%").replace("'", "''")
    return f"'{text}'" if any(map(str.isalpha, text)) or set(text) & set("#[]{}") else text


def _write_parsed(format_: str) -> str:
    """Return Java's pattern of a format that is read: one letter takes one digit or two.

    Digits that stand side by side have to be two each.
    """
    pieces = PIECES.findall(format_)
    tight = any(a in DIGITS and b in DIGITS for a, b in pairwise(pieces))
    return "".join(
        (PATTERNS[piece] if tight or piece not in DIGITS or piece == "%Y" else PATTERNS[piece][:1])
        if piece in PATTERNS
        else _quote_text(piece)
        for piece in pieces
    )


def _slice(text: ast.expr, start: int, end: int | None) -> ast.expr:
    """Write a slice; Spark counts places from 1, and from the end too."""
    if end is None:
        template = "F.right(x, F.lit(a))" if start < 0 else "F.substr(x, F.lit(a))"
        return quote(template, x=text, a=-start if start < 0 else start + 1)
    if (start < 0) == (end < 0):
        place = start if start < 0 else start + 1
        return quote("F.substring(x, a, n)", x=text, a=place, n=max(end - start, 0))
    length = quote("F.length(x) - n", x=text, n=start - end)
    return quote("F.substr(x, F.lit(a), n)", x=text, a=start + 1, n=length)


def _name_column(argument: ast.expr) -> ast.expr:
    match argument:
        case ast.Call(ast.Attribute(ast.Name(), "col"), [name], []):
            return name
        case _:
            return argument
