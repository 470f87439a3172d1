"""DataFusion: its Python data frames over a table in memory."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from functools import partial
from graphlib import CycleError, TopologicalSorter

from ..errors import Unsupported
from ..spec.expression import Call, Expr, IsIn, Lit
from ..spec.intervals import find_step
from ..spec.patterns import count_groups
from ..spec.schema import Schema
from ..spec.vocabulary import ROLLING
from ..spec.workload import Extreme, Gaps, Query, Unpivot
from .adapter import Adapter, Pass
from .base import Resources
from .info import FRAMES, NEWEST, EngineInfo, EnginePlace, Work
from .writing.chain import Chain
from .writing.dialect import Dialect
from .writing.joins import Joining, describe_how, pair_options
from .writing.numbered import Frame, NumberedChain, WindowKey, plan_chains, write_chains
from .writing.passes.constants import derive_constants
from .writing.passes.join import Inputs
from .writing.passes.widen import widen
from .writing.program import Parts, fill
from .writing.quote import Hole, quote, write_literal

AGGREGATIONS = {
    "sum": "f.sum(x)",
    "mean": "f.avg(x)",
    "min": "f.min(x)",
    "max": "f.max(x)",
    "count": "f.count(x)",
    "size": "f.count_star()",
    "n_unique": "f.count(x, distinct=True)",
    "std": "f.stddev(x)",
    "var": "f.var(x)",
    "median": "f.median(x)",
    "any": "f.bool_or(x)",
    "all": "f.bool_and(x)",
    "quantile": "f.percentile_cont(x, y)",
    "corr": "f.corr(x, y)",
    "first": "f.first_value(x, filter=present, order_by=n)",
    "last": "f.last_value(x, filter=present, order_by=n)",
    "any_value": "f.any_value(x)",
    "prod": "f.array_product(f.array_agg(x))",
}
# Parts of times, in microseconds.
LENGTHS = {"days": 86_400, "hours": 3600, "minutes": 60, "seconds": 1}
BIN = "f.date_bin(i, x, '1970-01-01').cast(pa.timestamp('us'))"  # it counts nanoseconds
STRIP = r"f.regexp_replace(x, '^[\\s\\p{Z}]+|[\\s\\p{Z}]+$', '', 'g')"
ZFILL = """\
f.when(
    f.in_list(f.left(x, 1), [lit('-'), lit('+')]),
    f.concat(
        f.left(x, 1), f.lpad(f.substr(x, 2), f.greatest(f.character_length(x), lit(y)) - 1, '0')
    ),
).otherwise(f.lpad(x, f.greatest(f.character_length(x), lit(y)), '0'))
"""
WINDOWS = {
    "rank": "f.rank().over(by_value)",
    "dense_rank": "f.dense_rank().over(by_value)",
    "percent_rank": (
        "(f.rank().over(by_value) - lit(1)).cast(pa.float64())"
        " / f.greatest(f.count(x).over(group) - lit(1), lit(1))"
    ),
    "row_number": "f.row_number().over(ordered)",
    "cumcount": "f.row_number().over(ordered) - lit(1)",
    "lag": "f.lag(x, *steps).over(ordered)",
    "lead": "f.lead(x, *steps).over(ordered)",
    "diff": "x - f.lag(x, *steps).over(ordered)",
    "pct_change": "x.cast(pa.float64()) / f.lag(x, *steps).over(ordered) - lit(1)",
    "cumsum": "f.sum(x).over(up_to)",
    "cummin": "f.min(x).over(up_to)",
    "cummax": "f.max(x).over(up_to)",
    "ffill": "f.last_value(x, null_treatment=NullTreatment.IGNORE_NULLS).over(up_to)",
    # From the last row back: DataFusion's first value has no window that begins at the row.
    "bfill": "f.last_value(x, null_treatment=NullTreatment.IGNORE_NULLS).over(back_up_to)",
    **{name: f"{AGGREGATIONS[reduced]}.over(rolling)" for name, reduced in ROLLING.items()},
}
DATAFUSION = Dialect(
    # Double quotes: DataFusion takes a bare name in lower case.
    column="col(n)",
    constant="lit(x)",
    missing="x.is_null()",
    present="x.is_not_null()",
    member="f.in_list(x, v)",
    bare_arguments=False,
    without_nan="f.nanvl(x, lit(None))",
    named="x.alias(n)",
    when="f.when(c, v)",
    and_when="t.when(c, v)",
    otherwise="t.otherwise(v)",
    wide="x.cast(pa.int64())",
    divisor="f.nullif(y, lit(0))",
    modulo="(x % y + y) % y",
    floor_divide="f.floor(x.cast(pa.float64()) / y)",
    divide="x.cast(pa.float64()) / y",
    power="f.power(x, y)",
    negative="-1 * x",
    functions={
        "abs": "f.abs(x)",
        # Of a negative number, DataFusion raises.
        "sqrt": "f.when(x >= 0, f.sqrt(x)).otherwise(lit(None))",
        "log": "f.ln(x)",
        "log10": "f.log10(x)",
        "exp": "f.exp(x)",
        "floor": "f.floor(x)",
        "ceil": "f.ceil(x)",
        "lower": "f.lower(x)",
        "len": "f.character_length(x)",
        "contains": "f.contains(x, y)",
        "starts_with": "f.starts_with(x, y)",
        "log2": "f.log2(x)",
        "log1p": "f.ln(x + 1)",
        "expm1": "f.exp(x) - 1",
        "sin": "f.sin(x)",
        "cos": "f.cos(x)",
        "tan": "f.tan(x)",
        "asin": "f.asin(x)",
        "acos": "f.acos(x)",
        "atan": "f.atan(x)",
        "atan2": "f.atan2(x, y)",
        "sinh": "f.sinh(x)",
        "cosh": "f.cosh(x)",
        "tanh": "f.tanh(x)",
        "radians": "f.radians(x)",
        "degrees": "f.degrees(x)",
        "sign": "f.signum(x)",
        "hypot": "f.sqrt(x * x + y * y)",
        "clip": "f.when(x < y, lit(y)).when(x > z, lit(z)).otherwise(x)",
        "coalesce": "f.coalesce(*x)",
        "upper": "f.upper(x)",
        "strip": STRIP,
        "ends_with": "f.ends_with(x, y)",
        "is_numeric": "f.regexp_like(x, '^[0-9]+$')",
        "matches": "f.regexp_like(x, y)",
        "replace": "f.replace(x, y, z)",
        "count_words": r"f.regexp_count(x, '[^\\s\\p{Z}]+')",
        "extract": "f.regexp_match(x, y)[z]",
        "split": "f.array_element(f.string_to_array(x, y), z)",
        "zfill": ZFILL,
        "integer": "x.try_cast(pa.int64())",
        "parse": "f.to_date(x, y)",
        **{
            word: (
                f"f.floor((x - y).cast(pa.duration('us')).cast(pa.int64()) / {seconds}e6)"
                ".cast(pa.int64())"
            )
            for word, seconds in LENGTHS.items()
        },
        "text": "x.cast(pa.string())",
        "hour": "f.date_part('hour', x)",
        "minute": "f.date_part('minute', x)",
        "second": "f.date_part('second', x)",
        "weekday": "f.date_part('isodow', x) - 1",
        "day_of_year": "f.date_part('doy', x)",
        "week": "f.date_part('week', x)",
        "quarter": "f.date_part('quarter', x)",
        "year": "f.date_part('year', x)",
        "month": "f.date_part('month', x)",
        "day": "f.date_part('day', x)",
        "date": "x.cast(pa.date32())",
        "truncate": "f.date_trunc(y, x)",
        "min": "f.least(*x)",
        "max": "f.greatest(*x)",
    },
    aggregations=AGGREGATIONS,
    windows=WINDOWS,
    unsupported={
        "round": "DataFusion rounds half away from zero",
        "ewm_mean": "DataFusion has no exponentially weighted mean",
    },
    variants={
        "format": "f.to_char(x, y)",
        "first_beside": "f.first_value(x, null_treatment=NullTreatment.IGNORE_NULLS).over(whole)",
        "last_beside": "f.last_value(x, null_treatment=NullTreatment.IGNORE_NULLS).over(whole)",
        "percent_rank_complete": "f.percent_rank().over(by_value)",
        "rank_max": "f.rank().over(by_value) + f.count(x).over(equals) - lit(1)",
        "rank_average": (
            "f.rank().over(by_value)"
            " + (f.count(x).over(equals) - lit(1)).cast(pa.float64()) / lit(2)"
        ),
        "rank_first": "f.row_number().over(by_value_and_row)",
        "cumsum_truth": "f.sum(x.cast(pa.int64())).over(up_to)",
        "prod_beside": "f.array_product(f.array_agg(x).over(group))",
        "split_first": "f.split_part(x, y, 1)",
        "split_last": "f.split_part(x, y, -1)",
        "split_words": r"""f.array_element(
            f.string_to_array(f.regexp_replace(STRIP, '[\\s\\p{Z}]+', ' ', 'g'), ' '), z
        )""".replace("STRIP", STRIP),
        "integer_string": "f.regexp_match(x, '^[+-]?[0-9]+$')[0].try_cast(pa.int64())",
        "number_string": "x.try_cast(pa.float64())",
        "days_date": "x - y",
        "parse_timestamp": "f.to_timestamp_micros(x, y)",
        "number_int": "x.cast(pa.float64())",
        "number_float": "x",
        "number_bool": "x.cast(pa.float64())",
        "integer_int": "x.cast(pa.int64())",
        "integer_bool": "x.cast(pa.int64())",
        "truncate_date": "f.date_trunc(y, x).cast(pa.date32())",
        "sum_truth": "f.sum(x.cast(pa.int64()))",
    },
    units={
        unit: unit
        for unit in ("year", "quarter", "month", "week", "day", "hour", "minute", "second")
    },
    modulo_float="x - f.floor(x / y) * y",
    floor_divide_float="f.floor(x / y)",
    of_nothing={
        "sum": "f.coalesce(x, lit(0))",
        "sum_truth": "f.coalesce(x, lit(0))",
        "any": "f.coalesce(x, lit(False))",
        "all": "f.coalesce(x, lit(True))",
        "prod": "f.coalesce(x, lit(1.0))",
    },
    over="x.over(w)",
)


def _order_columns(outputs: dict[str, ast.expr]) -> list[str]:
    """Put a column that replaces another behind those that read it: they are added in turn."""
    readers = {
        name: [other for other, tree in outputs.items() if other != name and _reads(tree, name)]
        for name in outputs
    }
    if not any(readers.values()):
        return list(outputs)
    try:
        return list(TopologicalSorter(readers).static_order())
    except CycleError:
        why = "DataFusion adds columns one after another"
        raise Unsupported("columns that replace one another", why) from None


def _reads(tree: ast.expr, name: str) -> bool:
    column = ast.dump(quote("col(n)", n=name))
    return any(ast.dump(node) == column for node in ast.walk(tree) if isinstance(node, ast.Call))


class DataFusionChain(NumberedChain):
    """How DataFusion's frames take the steps."""

    title = "DataFusion"
    dialect = DATAFUSION
    keeps_places = False
    numbers = "f.row_number().over(w)"

    def write_span(
        self, keys: list[ast.expr], order: list[WindowKey], frame: Frame | None = None
    ) -> Hole:
        """Write the rows that a window sees."""
        options: dict[str, ast.expr] = {}
        if keys:
            options["partition_by"] = ast.List(keys, ast.Load())
        if order:
            options["order_by"] = ast.List([*map(_write_key, order)], ast.Load())
        if frame:
            bounds = [write_literal(None if end is None else abs(end)) for end in frame]
            options["window_frame"] = quote("WindowFrame('rows', *b)", b=bounds)
        return quote("Window(**o)", o=options)

    def write_time_span(self, keys: list[ast.expr], key: WindowKey, microseconds: int) -> Hole:
        """Write the rows of a time up to each row, by its microseconds: frames take numbers."""
        value = quote("x.cast(pa.timestamp('us')).cast(pa.int64())", x=key.value)
        groups: dict[str, ast.expr] = {"partition_by": ast.List(keys, ast.Load())} if keys else {}
        return quote(
            "Window(**o, order_by=[b], window_frame=WindowFrame('range', n, 0))",
            o=groups,
            b=_write_key(replace(key, name="", value=value)),
            n=microseconds,
        )

    def list_keys(self) -> list[ast.expr]:
        """Return what parts rows into groups."""
        return [*map(self.write_column, self.query.group_by)]

    def call(self, node: Call) -> ast.expr:
        """Write a row function; DataFusion's concat leaves out what is missing."""
        match node:
            case Call("concat", arguments):
                values = [*map(self.write_value, arguments)]
                return self.keep_missing(quote("f.concat(*x)", x=values), values, arguments)
            case Call("slice", (text, Lit(start), Lit(end))):
                x = self.write_value(text)
                return _slice(x, int(str(start or 0)), None if end is None else int(str(end)))
            case Call("extract", (text, Lit(str(pattern)), Lit(int(group)))):
                # The whole match is what a pattern without groups returns.
                searched = f"({pattern})" if count_groups(pattern) and not group else pattern
                return Chain.call(
                    self, Call("extract", (text, Lit(searched), Lit(max(group - 1, 0))))
                )
            case Call("split", (text, by, Lit(int(place)))) if place not in {0, -1} or by == Lit(
                None
            ):
                counted = Lit(place + 1 if place >= 0 else place)
                return Chain.call(self, Call("split", (text, by, counted)))
            case Call("offset", (moment, Lit(int(count)), Lit(str(unit)))):
                return self._add_time(moment, count, unit)
            case Call(word, (a, b)) if word in LENGTHS and not self._is_day(a):
                x, y = map(self.write_value, (a, b))
                return quote(self.dialect.functions[word], x=x, y=y)
            case Call("parse", (text, Lit(form))) if self.facts.find_kind(node) == "timestamp":
                template = self.dialect.variants["parse_timestamp"]
                return quote(template, x=self.write_value(text), y=form)
            case Call("truncate", (moment, Lit(str(unit)))) if unit not in self.dialect.units:
                return self._truncate_to_step(moment, unit)
            case _:
                return Chain.call(self, node)

    def _is_day(self, time: Expr) -> bool:
        return self.facts.find_kind(time) == "date"

    def _add_time(self, moment: Expr, count: int, unit: str) -> ast.expr:
        """Write a time some while later; a day of a zone has 24 hours, as any other."""
        op = "-" if count < 0 else "+"
        x, n = self.write_value(moment), abs(count)
        if self._is_day(moment):
            return quote(f"x {op} lit(n)", x=x, n=n)
        return quote(f"x {op} lit(timedelta({unit}=n))", x=x, n=n)

    def _truncate_to_step(self, moment: Expr, unit: str) -> ast.expr:
        """Write the start of some hours, minutes or seconds, as a clock shows it."""
        number, word = find_step(unit) or (0, "")
        x, zone = self.write_value(moment), self.facts.find_zone(moment)
        shown = quote("f.to_local_time(x)", x=x) if zone else x
        binned = quote(BIN, i=f"{number} {word}s", x=shown)
        # Once a year, a clock shows an hour twice: its start is found from the time since.
        return quote("x - (s - b)", x=x, s=shown, b=binned) if zone else binned

    def unpivot(self, tree: ast.expr, unpivot: Unpivot) -> ast.expr:
        """Write a row for each value of several columns, from a list of them."""
        names = quote("f.make_array(*v)", v=[quote("lit(n)", n=name) for name in unpivot.on])
        values = quote("f.make_array(*v)", v=[*map(self.write_column, unpivot.on)])
        lists = [
            *map(self.write_kept, unpivot.index),
            self.write_named(names, unpivot.names),
            self.write_named(values, unpivot.values),
        ]
        made = [_quote_name(unpivot.names), _quote_name(unpivot.values)]
        return quote(
            "t.unnest_columns(*n)", t=self.select(tree, lists), n=[*map(write_literal, made)]
        )

    def fill_gaps(self, rows: ast.expr, gaps: Gaps) -> ast.expr:
        """Add a row for each time of a group; of those with equal keys, one has the values."""
        number, word = (
            (3, "month") if gaps.unit == "quarter" else find_step(gaps.unit) or (1, gaps.unit)
        )
        time, name = self.write_column(gaps.time), _quote_name(gaps.time)
        step = quote("lit(i).cast(pa.month_day_nano_interval())", i=f"{number} {word}")
        series = quote("f.generate_series(f.min(t), f.max(t), i)", t=time, i=step)
        lists = self.aggregate(rows, [*gaps.others], [self.write_named(series, gaps.time)])
        every = quote("l.unnest_columns(n, preserve_nulls=False)", l=lists, n=name)
        if self.data[gaps.time].kind == "timestamp":
            made = quote("t.cast(pa.timestamp('us'))", t=time)
            every = self.add_columns(every, {gaps.time: made})
        both = quote("r.union_by_name(e)", r=rows, e=every)
        values = [name for name in gaps.columns if name not in gaps.keys]
        return self.aggregate(both, [*gaps.keys], [*map(partial(self._fill, gaps), values)])

    def _fill(self, gaps: Gaps, name: str) -> ast.expr:
        """Write a value, or what it is where there was no row."""
        tree, zeros = quote("f.any_value(x)", x=self.write_column(name)), dict(gaps.zeros)
        if name in zeros:
            tree = quote("f.coalesce(x, lit(z))", x=tree, z=write_literal(zeros[name]))
        return self.write_named(tree, name)

    def add_columns(self, tree: ast.expr, outputs: dict[str, ast.expr]) -> ast.expr:
        """Add columns."""
        if len(outputs) == 1:
            ((name, value),) = outputs.items()
            return quote("t.with_column(n, x)", t=tree, n=name, x=value)
        added = [self.write_named(outputs[name], name) for name in _order_columns(outputs)]
        return quote("t.with_columns(*o)", t=tree, o=added)

    def aggregate(self, tree: ast.expr, keys: list[str], outputs: list[ast.expr]) -> ast.expr:
        """Aggregate."""
        return quote("t.aggregate(k, o)", t=tree, k=[*map(self.write_kept, keys)], o=outputs)

    def keep_extremes(self, tree: ast.expr, extreme: Extreme) -> ast.expr:
        """Keep the first rows of each group by their number."""
        keys = [_quote_name(key) for key in self.query.group_by]
        order = quote(
            "x.sort(ascending=a)", x=self.write_column(extreme.column), a=extreme.smallest
        )
        names = map(self.write_kept, self.query.group_by)
        kept = [*names, self.write_renamed(extreme.column, extreme.name)]
        if not keys:
            top = quote("t.sort(o).limit(n)", t=tree, o=order, n=extreme.n)
            return self.select(top, kept)
        by = keys[0] if len(keys) == 1 else keys
        number = quote("f.row_number(partition_by=k, order_by=o)", k=by, o=order)
        numbered = quote("t.with_column('place', r)", t=tree, r=number)
        return self.select(self.filter(numbered, [quote("col('place') <= n", n=extreme.n)]), kept)

    def sort(self, tree: ast.expr, names: list[str], descending: list[bool]) -> ast.expr:
        """Sort."""
        missing = {"nulls_first": write_literal(False)} if self.sorts_missing(names) else {}
        by = [
            self._write_sort_key(name, {"ascending": write_literal(False)} | missing)
            if down
            else self._write_sort_key(name, missing)
            for name, down in zip(names, descending, strict=True)
        ]
        return quote("t.sort(*b)", t=tree, b=by)

    def _write_sort_key(self, name: str, options: dict[str, ast.expr]) -> ast.expr:
        if not options:
            return self.write_kept(name)
        return quote("x.sort(**o)", x=self.write_column(name), o=options)

    def write_membership(self, node: IsIn) -> ast.expr:
        """Write the test for one of several constants."""
        listed = [quote("lit(x)", x=v.value) for v in node.values if v.value is not None]
        return quote("f.in_list(x, v)", x=self.write_seen(node.operand), v=ast.List(listed))

    def write_column(self, name: str) -> ast.expr:
        """Write a column; one that is not in lower case is quoted, for it is read as SQL reads."""
        return quote("col(n)", n=_quote_name(name))

    def write_kept(self, name: str) -> ast.expr:
        """Write a column that is selected as it is: by its name, where that needs no quotes."""
        return write_literal(name) if _is_plain(name) else self.write_column(name)


def _slice(x: ast.expr, start: int, end: int | None) -> ast.expr:
    """Write the characters from a place up to another, which both may count from the end."""
    if end is None:
        template = "f.right(x, n)" if start < 0 else "f.substr(x, n)"
        return quote(template, x=x, n=-start if start < 0 else start + 1)
    if start > 0 and end >= 0:
        return quote("f.substring(x, s, n)", x=x, s=start + 1, n=max(end - start, 0))
    kept = quote("f.left(x, n)", x=x, n=end)
    if start < 0:
        return quote("f.right(x, n)", x=kept, n=max(end - start, 0))
    return quote("f.substr(x, n)", x=kept, n=start + 1) if start else kept


def _write_key(key: WindowKey) -> ast.expr:
    if not (key.descending or key.missing):
        return write_literal(key.name) if _is_plain(key.name) else quote("x.sort()", x=key.value)
    options = {"ascending": not key.descending, "nulls_first": key.nulls_first}
    return quote("x.sort(**o)", x=key.value, o={n: write_literal(v) for n, v in options.items()})


def _is_plain(name: str) -> bool:
    return name.isidentifier() and name == name.lower()


IMPORTS = """\
from datetime import timedelta

import pyarrow as pa
from datafusion import SessionConfig, SessionContext, col, lit
from datafusion import functions as f
from datafusion.common import NullTreatment
from datafusion.expr import Window, WindowFrame
"""


@dataclass(frozen=True, slots=True)
class DataFusion(Adapter):
    """Writes DataFusion's data frames; `to_arrow_table` is the call that finishes the answer."""

    passes: tuple[Pass, ...] = (derive_constants, widen)

    def write_parts(self, inputs: Inputs, resources: Resources) -> Parts:
        """Write one lazy chain over a frame that is cached in memory."""
        chains = plan_chains(DataFusionChain, inputs)
        read = partial(_write_read, inputs.data, chains[0])
        context = fill("ctx = SessionContext(CONFIG)", CONFIG=_write_config(resources))
        query = write_chains(chains, inputs, quote("data"), _write_join, ".to_arrow_table()")
        return Parts(
            imports=IMPORTS,
            load=f"{context}\n{inputs.load(read)}",
            query=query,
            rows="return answer",
        )


def _write_config(resources: Resources) -> ast.expr:
    if resources.threads:
        return quote("SessionConfig().with_target_partitions(n)", n=resources.threads)
    return quote("SessionConfig()")


def _write_read(rows: Schema, first: NumberedChain, query: Query, data: Schema) -> ast.expr:
    chain = DataFusionChain(query, data)
    columns = [
        quote("f.nanvl(x, lit(None)).alias(n)", x=chain.write_column(name), n=name)
        if data[name].nans
        else chain.write_kept(name)
        for name in query.reads
    ]
    if first.numbered and data is rows:
        columns.append(quote("f.file_row_index().alias(n)", n=first.row))
    frame = quote("ctx.read_parquet(path)")
    if columns:
        frame = quote("t.select(*c)", t=frame, c=columns)
    return quote("t.cache()", t=frame)


def _quote_name(name: str) -> str:
    return name if _is_plain(name) else '"' + name.replace('"', '""') + '"'


def _write_join(rows: ast.expr, joining: Joining) -> ast.expr:
    if joining.join.how == "asof":
        raise Unsupported(describe_how(joining.join), "DataFusion's frames have no as-of join")
    other = quote(joining.name)
    for name, shown in joining.new_names.items():
        other = quote("t.with_column_renamed(n, m)", t=other, n=name, m=shown)
    # Without a name of its own, the key would be of both.
    other = quote("t.alias(n)", t=other, n=joining.name)
    match rows:
        case ast.Call(ast.Attribute(attr="join" | "select")):  # so would the keys of made rows
            rows = quote("d.alias('data')", d=rows)
    if joining.join.how == "cross":
        return quote("d.join_on(t, lit(True))", d=rows, t=other)
    keys = ((ours, joining.new_names.get(theirs, theirs)) for ours, theirs in joining.join.keys)
    left, right = zip(*keys, strict=True)
    options = pair_options("on", *([_quote_name(name) for name in side] for side in (left, right)))
    if joining.join.how != "inner":
        how = {"outer": "full"}.get(joining.join.how, joining.join.how)
        options["how"] = write_literal(how)
    return quote("d.join(t, **o)", d=rows, t=other, o=options)


ENGINE = DataFusion(
    EngineInfo(
        "datafusion",
        ("datafusion", "pyarrow"),
        work=FRAMES - {Work.GROUP_FUNCTION},
        place=EnginePlace.ELSEWHERE,
        pins=(NEWEST,),
    )
)
write, run = ENGINE.write, ENGINE.run
