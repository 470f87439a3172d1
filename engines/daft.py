"""Daft: lazy data frames on its native runner."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from functools import partial

from ..errors import Unsupported
from ..spec.expression import Agg, Call, Col, Demean, Expr, Lit, choose_fresh_name
from ..spec.intervals import CLOCK, find_step
from ..spec.joins import SUFFIX
from ..spec.schema import Schema
from ..spec.vocabulary import ROLLING
from ..spec.workload import Extreme, Gaps, Query, Unpivot
from .adapter import Adapter, Pass
from .base import Resources
from .info import FRAMES, NEWEST, EngineInfo, EnginePlace, Work
from .writing.chain import Chain
from .writing.dialect import Dialect
from .writing.joins import Joining, describe_how
from .writing.numbered import Frame, NumberedChain, WindowKey, plan_chains, write_chains
from .writing.passes.constants import derive_constants
from .writing.passes.correlation import rewrite_corr
from .writing.passes.ends import derive_ends
from .writing.passes.join import Inputs
from .writing.passes.widen import widen
from .writing.program import Parts
from .writing.quote import Hole, quote, write_literal
from .writing.steps import choose_extreme

AGGREGATIONS = {
    "sum": "x.sum()",
    "mean": "x.mean()",
    "min": "x.min()",
    "max": "x.max()",
    "count": "x.count()",
    "size": "x.count('all')",
    "n_unique": "x.count_distinct()",
    "std": "x.stddev()",
    "var": "x.var()",
    "median": "x.median()",
    "any": "x.bool_or()",
    "all": "x.bool_and()",
    "quantile": "x.percentile(y)",
    "any_value": "x.any_value(ignore_nulls=True)",
    "prod": "x.product()",
}
LENGTHS = {"days": 86_400, "hours": 3600, "minutes": 60, "seconds": 1}
FROM_END = "x.left((x.length().cast('int64') - n).clip(0))"
# Of a day, the first one of a unit whose length changes, or whose first day is no Thursday.
STARTS = {
    "week": "date_sub(x, x.day_of_week())",
    "month": "date_sub(x, x.day() - 1)",
    "quarter": "add_months(date_sub(x, x.day() - 1), x.quarter() * 3 - 2 - x.month())",
    "year": "date_sub(x, x.day_of_year() - 1)",
}
MONTHS = "(b.year() - a.year()) * 12 + b.month() - a.month()"
# How many of a unit's starts follow a day up to another, and the start at a place.
PLACES = {
    "day": ("date_diff(b, a)", "date_add(a, p)"),
    "week": ("date_diff(b, a) // 7", "date_add(a, p * 7)"),
    "month": (MONTHS, "add_months(a, p)"),
    "quarter": (f"({MONTHS}) // 3", "add_months(a, p * 3)"),
    "year": ("b.year() - a.year()", "add_months(a, p * 12)"),
}
ZFILL = """\
when(
    x.length() < y,
    when(x.left(1).is_in(['-', '+']), x.left(1) + x.substr(1).lpad(z, '0'))
    .otherwise(x.lpad(y, '0')),
).otherwise(x)
"""
WINDOWS = {
    "rank": "rank().over(by_value)",
    "dense_rank": "dense_rank().over(by_value)",
    "percent_rank": (
        "(rank().over(by_value) - 1) / when(x.count().over(group) > 1, x.count().over(group) - 1)"
        ".otherwise(1)"
    ),
    "row_number": "row_number().over(ordered)",
    "cumcount": "row_number().over(ordered) - 1",
    "lag": "x.lag(n).over(ordered)",
    "lead": "x.lead(n).over(ordered)",
    "diff": "x - x.lag(n).over(ordered)",
    "pct_change": "x / x.lag(n).over(ordered) - 1",
    "cumsum": "x.sum().over(up_to)",
    "cummin": "x.min().over(up_to)",
    "cummax": "x.max().over(up_to)",
    "ffill": "x.last_value(ignore_nulls=True).over(up_to)",
    "bfill": "x.first_value(ignore_nulls=True).over(following)",
    **{name: f"{AGGREGATIONS[reduced]}.over(rolling)" for name, reduced in ROLLING.items()},
}
DAFT = Dialect(
    column="col(n)",
    constant="lit(x)",
    missing="x.is_null()",
    present="x.not_null()",
    member="x.is_in(v)",
    without_nan="when(x.not_nan(), x)",
    named="x.alias(n)",
    when="when(c, v)",
    and_when="t.when(c, v)",
    otherwise="t.otherwise(v)",
    wide="x.cast('int64')",
    divisor="when(y != 0, y)",
    modulo="(x % y + y) % y",
    floor_divide="(x / y).floor()",
    power="x.pow(y)",
    negative="x.negate()",
    decided="x.fill_null(False)",
    functions={
        "abs": "x.abs()",
        "sqrt": "x.sqrt()",
        "log": "x.ln()",
        "log10": "x.log10()",
        "exp": "x.exp()",
        "floor": "x.floor()",
        "ceil": "x.ceil()",
        "lower": "x.lower()",
        "len": "x.length()",
        "contains": "x.contains(y)",
        "starts_with": "x.startswith(y)",
        "log2": "x.log2()",
        "log1p": "x.log1p()",
        "expm1": "x.expm1()",
        "sin": "x.sin()",
        "cos": "x.cos()",
        "tan": "x.tan()",
        "asin": "x.arcsin()",
        "acos": "x.arccos()",
        "atan": "x.arctan()",
        "atan2": "x.arctan2(y)",
        "sinh": "x.sinh()",
        "cosh": "x.cosh()",
        "tanh": "x.tanh()",
        "radians": "x.radians()",
        "degrees": "x.degrees()",
        "sign": "x.sign()",
        "hypot": "(x * x + y * y).sqrt()",
        "clip": "x.clip(y, z)",
        "coalesce": "coalesce(*x)",
        "upper": "x.upper()",
        "strip": r"x.regexp_replace('^[\\s\\p{Z}]+|[\\s\\p{Z}]+$', '')",
        "extract": "x.regexp_extract(y, z)",
        "ends_with": "x.endswith(y)",
        "is_numeric": "x.regexp('^[0-9]+$')",
        "matches": "x.regexp(y)",
        "replace": "x.replace(y, z)",
        "split": "x.split(y).get(z)",
        "count_words": r"x.regexp_count('[^\\s\\p{Z}]+')",
        "zfill": ZFILL,
        "integer": "x.cast('int64')",
        "concat": "x + y",
        "text": "x.cast('string')",
        "number": "x.cast('float64')",
        "hour": "x.hour()",
        "minute": "x.minute()",
        "second": "x.second()",
        "weekday": "x.day_of_week()",
        "day_of_year": "x.day_of_year()",
        "week": "x.week_of_year()",
        "quarter": "x.quarter()",
        "year": "x.year()",
        "month": "x.month()",
        "day": "x.day()",
        "date": "x.date()",
        **{
            word: (
                f"((x.to_unix_epoch('us') - y.to_unix_epoch('us')) / {seconds}e6)"
                ".floor().cast('int64')"
            )
            for word, seconds in LENGTHS.items()
        },
        "parse": "x.to_date(y)",
        "truncate": "date_trunc(y, x)",
        "min": "columns_min(*x)",
        "max": "columns_max(*x)",
    },
    aggregations=AGGREGATIONS,
    windows=WINDOWS,
    unsupported={
        "round": "Daft rounds half away from zero",
        "corr": "Daft's corr takes the two values of one row",
        "ewm_mean": "Daft has no exponentially weighted mean",
    },
    variants={
        "format": "x.strftime(y)",
        "first_beside": "x.first_value(ignore_nulls=True).over(whole)",
        "last_beside": "x.last_value(ignore_nulls=True).over(whole)",
        "percent_rank_complete": WINDOWS["percent_rank"],
        "rank_max": "rank().over(by_value) + x.count().over(equals) - 1",
        "rank_average": "(rank().over(by_value) * 2 + x.count().over(equals) - 1) / 2",
        "rank_first": "row_number().over(by_value_and_row)",
        "cumsum_truth": "x.cast('int64').sum().over(up_to)",
        "text_date": "x.strftime('%Y-%m-%d')",
        "integer_string": "x.regexp_extract('^[+-]?[0-9]+$', 0).cast('int64')",
        "parse_timestamp": "x.to_datetime(y)",
        "days_date": "date_diff(x, y)",
        "split_words": r"x.regexp_extract_all('[^\\s\\p{Z}]+').get(z)",
        "sum_truth": "x.cast('int64').sum()",
    },
    modulo_float="x - (x / y).floor() * y",
    of_nothing={
        "sum": "x.fill_null(0)",
        "sum_truth": "x.fill_null(0)",
        "any": "x.fill_null(False)",
        "all": "x.fill_null(True)",
        "prod": "x.fill_null(1.0)",
    },
    over="x.over(w)",
    bare_cases=True,
    without_otherwise=True,
    shares=False,
)


class DaftChain(NumberedChain):
    """How Daft's frames take the steps."""

    title = "Daft"
    dialect = DAFT
    without_column = "t.exclude(r)"
    numbers = "row_number().over(w)"
    no_time_windows = "Daft's ranges leave out rows of the same time"

    def write_span(
        self, keys: list[ast.expr], order: list[WindowKey], frame: Frame | None = None
    ) -> Hole:
        """Write the rows that a window sees; those of no groups as of one."""
        tree = quote("Window().partition_by(*k)", k=keys or [quote("lit(1)")])
        if order:
            by = [write_literal(key.name) if key.name else key.value for key in order]
            tree = quote("w.order_by(*b, **o)", w=tree, b=by, o=_write_directions(order))
        if not frame:
            return tree
        ends = zip(frame, ("unbounded_preceding", "unbounded_following"), strict=True)
        bounds = [quote(f"Window.{w}") if e is None else write_literal(e) for e, w in ends]
        return quote("w.rows_between(*b)", w=tree, b=bounds)

    def write_named(self, tree: ast.expr, name: str) -> ast.expr:
        """Return an expression its name in the answer, which its first column may give it."""
        return tree if _find_name(tree) == name else Chain.write_named(self, tree, name)

    def write_kept(self, name: str) -> ast.expr:
        """Write a column that is selected as it is: by its name."""
        return write_literal(name)

    def write_tree(self, frame: ast.expr) -> ast.expr:
        """Write the whole chain: Daft's correlation is of a row's two values, no aggregation."""
        return Chain.write_tree(replace(self, query=rewrite_corr(self.query, self.data)), frame)

    def unpivot(self, tree: ast.expr, unpivot: Unpivot) -> ast.expr:
        """Write a row for each value of several columns."""
        template = "t.unpivot(i, c, variable_name=n, value_name=v)"
        index, on = list(unpivot.index), list(unpivot.on)
        return quote(template, t=tree, i=index, c=on, n=unpivot.names, v=unpivot.values)

    def fill_gaps(self, rows: ast.expr, gaps: Gaps) -> ast.expr:
        """Add a row for each time of a group; of those with equal keys, one has the values."""
        time = self.write_column(gaps.time)
        first, last, place = (
            choose_fresh_name(n, {*gaps.columns}) for n in ("first", "last", "place")
        )
        ends = [
            quote(f"t.{end}().alias(n)", t=time, n=n) for end, n in (("min", first), ("max", last))
        ]
        lists = self.aggregate(rows, [*gaps.others], ends)
        count, later = self._write_places(
            gaps, *(quote("col(n)", n=n) for n in (first, last, place))
        )
        lists = self.add_columns(lists, {place: quote("seq(n + 1)", n=count)})
        made = [*map(self.write_kept, gaps.others), self.write_named(later, gaps.time)]
        every = self.select(quote("l.explode(p)", l=lists, p=place), made)
        if self.data[gaps.time].missing or not gaps.others:
            every = self.filter(every, [quote(self.dialect.present, x=time)])
        both = quote("r.union_all_by_name(e)", r=rows, e=every)
        values = [name for name in gaps.columns if name not in gaps.keys]
        return self.aggregate(both, [*gaps.keys], [*map(partial(self._fill, gaps), values)])

    def _write_places(
        self, gaps: Gaps, first: ast.expr, last: ast.expr, row: ast.expr
    ) -> tuple[ast.expr, ast.expr]:
        """Write how many times follow the first one, and the time at a place."""
        number, word = find_step(gaps.unit) or (1, gaps.unit)
        place = quote("p.cast('int64')", p=row)
        timed = self.data[gaps.time].kind == "timestamp"
        if word in CLOCK:
            step = number * CLOCK[word] * 1_000_000
            count = "(b.to_unix_epoch('us') - a.to_unix_epoch('us')) // n"
            later = quote("a.to_unix_epoch('us') + p * n", a=first, p=place, n=step)
            tree = quote("t.cast(DataType.timestamp('us'))", t=later)
            return quote(count, a=first, b=last, n=step), tree
        a, b = (quote("x.date()", x=x) if timed else x for x in (first, last))
        many, later_by = PLACES[word]
        day = quote(later_by, a=a, p=place)
        return quote(many, a=a, b=b), self._write_midnight(day, Col(gaps.time)) if timed else day

    def _fill(self, gaps: Gaps, name: str) -> ast.expr:
        """Write a value, or what it is where there was no row."""
        tree = quote("x.any_value(ignore_nulls=True)", x=self.write_column(name))
        zeros = dict(gaps.zeros)
        if name in zeros:
            tree = quote("x.fill_null(z)", x=tree, z=write_literal(zeros[name]))
        return self.write_named(tree, name)

    def filter(self, tree: ast.expr, conditions: list[ast.expr]) -> ast.expr:
        """Keep the rows for which all conditions are true; `where` takes one."""
        for condition in conditions:
            tree = quote("t.where(c)", t=tree, c=condition)
        return tree

    def add_columns(self, tree: ast.expr, outputs: dict[str, ast.expr]) -> ast.expr:
        """Add columns."""
        if len(outputs) == 1:
            ((name, value),) = outputs.items()
            return quote("t.with_column(n, x)", t=tree, n=name, x=value)
        return quote("t.with_columns(o)", t=tree, o=outputs)

    def aggregate(self, tree: ast.expr, keys: list[str], outputs: list[ast.expr]) -> ast.expr:
        """Aggregate."""
        if not keys:
            return quote("t.agg(*o)", t=tree, o=outputs)
        return quote("t.groupby(*k).agg(*o)", t=tree, k=list(map(write_literal, keys)), o=outputs)

    def keep_extremes(self, tree: ast.expr, extreme: Extreme) -> ast.expr:
        """Keep the first rows of each group by their number."""
        keys = list(map(write_literal, self.query.group_by))
        kept = [*keys, self.write_renamed(extreme.column, extreme.name)]
        down = not extreme.smallest
        if not keys:
            top = quote("t.sort(c, desc=d).limit(n)", t=tree, c=extreme.column, d=down, n=extreme.n)
            return self.select(top, kept)
        window = quote(
            "Window().partition_by(*k).order_by(c, desc=d)", k=keys, c=extreme.column, d=down
        )
        numbered = quote("t.with_column('place', row_number().over(w))", t=tree, w=window)
        return self.select(self.filter(numbered, [quote("col('place') <= n", n=extreme.n)]), kept)

    def write_aggregation(self, agg: Agg) -> ast.expr:
        """Count rows by any column: Daft has no aggregation without one."""
        if agg.function == "size":
            names = (*self.query.group_by, *self.query.reads, *self.data.names)
            tree = quote("col(n).count('all')", n=names[0])
            return self.over(tree, agg) if self.query.transform or self.beside else tree
        return NumberedChain.write_aggregation(self, agg)

    def demean(self, node: Demean) -> ast.expr:
        """Write a column less the mean of its group, or of all rows."""
        x = self.write_expression(node.operand)
        keys = [write_literal(key.name) for key in node.keys] or [quote("lit(1)")]
        return quote("x - x.mean().over(Window().partition_by(*k))", x=x, k=keys)

    def call(self, node: Call) -> ast.expr:
        """Write a row function."""
        match node:
            case Call("min" | "max") if self.facts.find_kind(node) not in {"int", "float"}:
                return self.write_expression(choose_extreme(node, self.facts.may_miss))
            case Call("truncate", (moment, Lit(unit))):
                return self._truncate(moment, str(unit))
            case Call("slice", (text, Lit(start), Lit(end))):
                return self._slice(
                    text, int(str(start or 0)), None if end is None else int(str(end))
                )
            case Call("zfill", (text, Lit(int(width)))):
                return quote(ZFILL, x=self.write_value(text), y=width, z=max(width - 1, 0))
            case Call("offset", (moment, Lit(int(count)), Lit(str(unit)))):
                return self._add_time(moment, count, unit)
            case Call("parse", (text, Lit(form))) if self.facts.find_kind(node) == "timestamp":
                template = self.dialect.variants["parse_timestamp"]
                return quote(template, x=self.write_value(text), y=form)
            case Call(word, (a, b)) if word in LENGTHS and not self._is_day(a):
                x, y = map(self.write_value, (a, b))
                return quote(self.dialect.functions[word], x=x, y=y)
            case _:
                return Chain.call(self, node)

    def _is_day(self, time: Expr) -> bool:
        return self.facts.find_kind(time) == "date"

    def _add_time(self, moment: Expr, count: int, unit: str) -> ast.expr:
        """Write a time some while later; a day of a zone has 24 hours, as any other."""
        if unit == "days" and self.facts.find_zone(moment):
            count, unit = 24 * count, "hours"
        op = "-" if count < 0 else "+"
        return quote(f"x {op} interval({unit}=n)", x=self.write_value(moment), n=abs(count))

    def _slice(self, text: Expr, start: int, end: int | None) -> ast.expr:
        """Write the characters from a place up to another, which both may count from the end."""
        x = self.write_value(text)
        if end is not None and (start <= 0 or end < 0):
            x = quote("x.left(n)" if end >= 0 else FROM_END, x=x, n=abs(end))
        if start < 0:
            return quote("x.right(n)", x=x, n=-start if end is None else max(end - start, 0))
        if not start:
            return x
        length = [max(end - start, 0)] if end is not None and end >= 0 else []
        cut = quote("x.substr(s, *n)", x=x, s=start, n=[*map(write_literal, length)])
        # Beyond the end, Daft's substr is missing.
        missing = self.facts.may_miss(text)
        return quote("coalesce(c, x.left(0))" if missing else "c.fill_null('')", c=cut, x=x)

    def _truncate(self, moment: Expr, unit: str) -> ast.expr:
        """Write the start of a unit, as a clock shows it: Daft's own units have one length."""
        x, zone = self.write_value(moment), self.facts.find_zone(moment)
        if unit in STARTS:
            day = x if self.facts.find_kind(moment) == "date" else quote("x.date()", x=x)
            start = quote(STARTS[unit], x=day)
            return start if day is x else self._write_midnight(start, moment)
        if self.facts.find_kind(moment) == "date":
            return x
        number, word = find_step(unit) or (1, unit)
        shown = quote("x.replace_time_zone(None)", x=x) if zone else x
        span = f"{number} {word}{'s' * (number > 1)}"
        start = quote(self.dialect.functions["truncate"], x=shown, y=span)
        if zone and unit == "day":
            return quote("x.replace_time_zone(z)", x=start, z=zone)
        # Once a year, a clock shows an hour twice: its start is found from the time since.
        return quote("x - (s - b)", x=x, s=shown, b=start) if zone else start

    def _write_midnight(self, day: ast.expr, moment: Expr) -> ast.expr:
        """Write the time at which a day begins, with the zone of another time."""
        tree, zone = quote("d.cast(DataType.timestamp('us'))", d=day), self.facts.find_zone(moment)
        return quote("x.replace_time_zone(z)", x=tree, z=zone) if zone else tree

    def sort(self, tree: ast.expr, names: list[str], descending: list[bool]) -> ast.expr:
        """Sort."""
        alike = len(set(descending)) == 1
        options = {"desc": write_literal(descending[0] if alike else descending)}
        if not any(descending):
            options = {}
        if any(descending) and self.sorts_missing(names):
            options["nulls_first"] = write_literal(False)
        by = write_literal(names[0] if len(names) == 1 else names)
        return quote("t.sort(b, **o)", t=tree, b=by, o=options)


def _write_directions(order: list[WindowKey]) -> dict[str, ast.expr]:
    """Write which keys descend, and where missing values are: first, unless Daft is told."""
    options: dict[str, ast.expr] = {}
    if any(key.descending for key in order):
        options["desc"] = _write_flags([key.descending for key in order])
    if any(key.missing for key in order):
        options["nulls_first"] = _write_flags([key.nulls_first for key in order])
    return options


def _write_flags(flags: list[bool]) -> ast.expr:
    return write_literal(flags[0] if len(set(flags)) == 1 else flags)


def _find_name(tree: ast.expr) -> str | None:
    """Return the name of an aggregated column: Daft keeps it."""
    match tree:
        case ast.Call(ast.Name("col"), [ast.Constant(str() as name)]):
            return name
        case ast.Call(ast.Attribute(inner, attr=word)) if word != "over":
            return _find_name(inner)
        case _:
            return None


IMPORTS = """\
import daft
from daft import DataType, Window, col, interval, lit
from daft.functions import add_months, coalesce, columns_max, columns_min, when
from daft.functions import date_add, date_diff, date_sub, date_trunc, seq
from daft.functions import dense_rank, monotonically_increasing_id, rank, row_number
"""


@dataclass(frozen=True, slots=True)
class Daft(Adapter):
    """Writes Daft; `collect` is the call that finishes the answer."""

    passes: tuple[Pass, ...] = (derive_constants, derive_ends, widen)

    def write_parts(self, inputs: Inputs, resources: Resources) -> Parts:  # noqa: ARG002
        """Write one lazy chain over a frame that is collected in memory."""
        chains = plan_chains(DaftChain, inputs)
        query = write_chains(chains, inputs, quote("data"), _write_join, ".collect()")
        return Parts(
            imports=IMPORTS,
            load=inputs.load(partial(_write_read, inputs.data, chains[0])),
            query=query,
            rows="return answer.to_arrow()",
        )


def _write_read(rows: Schema, first: NumberedChain, query: Query, data: Schema) -> ast.expr:
    names = list(query.reads)
    columns: list[ast.expr] = [write_literal(name) for name in names]
    for i, name in enumerate(names):
        if data[name].nans:
            columns[i] = quote("when(col(n).not_nan(), col(n)).alias(n)", n=name)
    frame = quote("daft.read_parquet(path)")
    if names:
        frame = quote("t.select(*c)", t=frame, c=columns)
    if first.numbered and data is rows:
        number = quote("monotonically_increasing_id()")
        frame = quote("t.with_column(n, x)", t=frame, n=first.row, x=number)
    return quote("t.collect()", t=frame)


def _write_join(rows: ast.expr, joining: Joining) -> ast.expr:
    if joining.join.asof:
        why = "of equal times, Daft's join_asof takes any"
        raise Unsupported(describe_how(joining.join), why)
    options = joining.keys
    if joining.join.how != "inner":
        options["how"] = write_literal(joining.join.how)
    if joining.new_names:
        options["suffix"] = write_literal(SUFFIX)
    return quote("d.join(t, **o)", d=rows, t=quote(joining.name), o=options)


ENGINE = Daft(
    EngineInfo(
        "daft",
        ("daft", "pyarrow"),
        work=FRAMES - {Work.GROUP_FUNCTION},
        place=EnginePlace.ELSEWHERE,
        pins=(NEWEST,),
        # It takes the threads of the cores that it may run on.
        environment={"DAFT_ANALYTICS_ENABLED": "0", "DAFT_PROGRESS_BAR": "0"},
    )
)
write, run = ENGINE.write, ENGINE.run
