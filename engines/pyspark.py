"""PySpark on this machine: a local session, its data frames cached in memory."""

from __future__ import annotations

import ast
import datetime as dt
from dataclasses import dataclass, replace
from functools import partial

from ..errors import Unsupported
from ..spec.expression import Agg, Call, Expr, Lit
from ..spec.formats import PIECES
from ..spec.patterns import for_python
from ..spec.schema import Schema
from ..spec.vocabulary import ROLLING, ROW_FUNCTIONS
from ..spec.workload import Extreme, Query, Unpivot
from .adapter import Adapter, Pass
from .base import Resources
from .info import FRAMES, NEWEST, EngineInfo, EnginePlace, Work
from .writing.chain import Chain
from .writing.dialect import Dialect
from .writing.joins import Joining, name_columns
from .writing.numbered import Frame, NumberedChain, WindowKey, plan_chains, write_chains
from .writing.passes.constants import derive_constants
from .writing.passes.join import Inputs
from .writing.passes.widen import widen
from .writing.program import Parts, fill
from .writing.quote import Hole, quote, write_literal

# Java's patterns of what formats of times ask for.
DAYS = {"%Y": "yyyy", "%m": "MM", "%d": "dd", "%j": "DDD"}
CLOCK = {"%H": "HH", "%M": "mm", "%S": "ss"}
NAMES = {"%B": "MMMM", "%b": "MMM", "%A": "EEEE", "%a": "EEE"}
PATTERNS = DAYS | CLOCK | NAMES

# What reads a clock or a calendar.
PARTS = {n for n, row in ROW_FUNCTIONS.items() if row.takes in {"date", "timestamp"}}

AGGREGATIONS = {
    "sum": "F.sum(x)",
    "mean": "F.mean(x)",
    "min": "F.min(x)",
    "max": "F.max(x)",
    "count": "F.count(x)",
    "size": "F.count('*')",
    "n_unique": "F.count_distinct(x)",
    "std": "F.stddev(x)",
    "var": "F.variance(x)",
    "median": "F.median(x)",
    "any": "F.bool_or(x)",
    "all": "F.bool_and(x)",
    "quantile": "F.percentile(x, y)",
    "corr": "F.corr(x, y)",
    "first": "F.min_by(x, F.when(present, r))",
    "last": "F.max_by(x, F.when(present, r))",
    "any_value": "F.any_value(x, True)",
}
WINDOWS = {
    "rank": "F.rank().over(by_value)",
    "dense_rank": "F.dense_rank().over(by_value)",
    "percent_rank": (
        "(F.rank().over(by_value) - 1) / F.greatest(F.count(x).over(group) - 1, F.lit(1))"
    ),
    "row_number": "F.row_number().over(ordered)",
    "cumcount": "F.row_number().over(ordered) - 1",
    "lag": "F.lag(x, *steps).over(ordered)",
    "lead": "F.lead(x, *steps).over(ordered)",
    "diff": "x - F.lag(x, *steps).over(ordered)",
    "pct_change": (
        "F.when(F.lag(x, *steps).over(ordered) == 0, x * float('inf'))"
        ".otherwise(x / F.lag(x, *steps).over(ordered)) - 1"
    ),
    "cumsum": "F.sum(x).over(up_to)",
    "cummin": "F.min(x).over(up_to)",
    "cummax": "F.max(x).over(up_to)",
    "ffill": "F.last(x, ignorenulls=True).over(up_to)",
    "bfill": "F.first(x, ignorenulls=True).over(following)",
    **{
        name: f"{AGGREGATIONS[reduced]}.over(rolling)"
        for name, reduced in ROLLING.items()
        if reduced != "median"
    },
}
PYSPARK = Dialect(
    column="F.col(n)",
    constant="F.lit(x)",
    missing="x.isNull()",
    present="x.isNotNull()",
    member="x.isin(v)",
    without_nan="F.nullif(x, F.lit(float('nan')))",
    named="x.alias(n)",
    when="F.when(c, v)",
    and_when="t.when(c, v)",
    otherwise="t.otherwise(v)",
    bare_cases=True,
    wide="x.cast('long')",
    divisor="F.nullif(y, F.lit(0))",
    modulo="(x % y + y) % y",
    floor_divide="F.floor(x / y)",
    by_zero="x * float('inf')",
    functions={
        "abs": "F.abs(x)",
        "sqrt": "F.sqrt(x)",
        # Of zero, Spark's are missing.
        "log": "F.when(x == 0, F.lit(float('-inf'))).otherwise(F.ln(x))",
        "log10": "F.when(x == 0, F.lit(float('-inf'))).otherwise(F.log10(x))",
        "exp": "F.exp(x)",
        "floor": "F.floor(x)",
        "ceil": "F.ceil(x)",
        "round": "F.bround(x, 0)",
        "lower": "F.lower(x)",
        "len": "F.length(x)",
        "contains": "x.contains(y)",
        "starts_with": "x.startswith(y)",
        "log2": "F.when(x == 0, F.lit(float('-inf'))).otherwise(F.log2(x))",
        "log1p": "F.log1p(x)",
        "expm1": "F.expm1(x)",
        "sin": "F.sin(x)",
        "cos": "F.cos(x)",
        "tan": "F.tan(x)",
        "asin": "F.asin(x)",
        "acos": "F.acos(x)",
        "atan": "F.atan(x)",
        "atan2": "F.atan2(x, y)",
        "sinh": "F.sinh(x)",
        "cosh": "F.cosh(x)",
        "tanh": "F.tanh(x)",
        "radians": "F.radians(x)",
        "degrees": "F.degrees(x)",
        "hypot": "F.hypot(x, y)",
        "sign": "F.signum(x)",
        "clip": "F.when(x < y, F.lit(y)).when(x > z, F.lit(z)).otherwise(x)",
        "coalesce": "F.coalesce(*x)",
        "upper": "F.upper(x)",
        "strip": r"F.regexp_replace(x, '^[\\s\\p{Z}]+|[\\s\\p{Z}]+\\z', '')",
        "extract": "F.when(x.rlike(y), F.regexp_extract(x, y, z))",
        "ends_with": "x.endswith(y)",
        "is_numeric": r"x.rlike('^[0-9]+\\z')",
        "matches": "x.rlike(y)",
        "replace": "F.replace(x, F.lit(y), F.lit(z))",
        "concat": "F.concat(*x)",
        "text": "x.cast('string')",
        "number": "x.cast('double')",
        "hour": "F.hour(x)",
        "minute": "F.minute(x)",
        "second": "F.second(x)",
        "weekday": "F.weekday(x)",
        "day_of_year": "F.dayofyear(x)",
        "week": "F.weekofyear(x)",
        "quarter": "F.quarter(x)",
        "year": "F.year(x)",
        "month": "F.month(x)",
        "day": "F.day(x)",
        "date": "F.to_date(x)",
        # Of a time without a zone, Spark makes one of the session's.
        "truncate": "F.date_trunc(y, x).cast('timestamp_ntz')",
        "min": "F.least(*x)",
        "max": "F.greatest(*x)",
    },
    aggregations=AGGREGATIONS,
    windows=WINDOWS,
    unsupported={
        "rolling_median": "Spark's median takes no rows in order",
        "ewm_mean": "Spark's data frames have no exponentially weighted mean",
    },
    variants={
        "format": "F.date_format(x, y)",
        "first_beside": "F.first(x, ignorenulls=True).over(whole)",
        "last_beside": "F.last(x, ignorenulls=True).over(whole)",
        "percent_rank_complete": "F.percent_rank().over(by_value)",
        "rank_max": "F.count(x).over(by_value)",
        "rank_average": "(F.rank().over(by_value) + F.count(x).over(by_value)) / 2",
        "rank_first": "F.row_number().over(by_value_and_row)",
        "n_unique_beside": "F.size(F.collect_set(x).over(group))",
        "cumsum_truth": "F.count_if(x).over(up_to)",
        "number_string": "x.try_cast('double')",
        "integer_bool": "x.cast('long')",
        "integer_float": "x.try_cast('long')",
        "integer_string": r"F.regexp_extract(x, '^[+-]?[0-9]+\\z', 0).try_cast('long')",
        "split_first": "F.split_part(x, F.lit(y), F.lit(1))",
        "split_last": "F.split_part(x, F.lit(y), F.lit(-1))",
        "integer_int": "x.cast('long')",
        "round_2": "F.bround(x, y)",
        "round_tens": "F.bround(x, y)",
        "truncate_date": "F.trunc(x, y)",
        "sum_truth": "F.count_if(x)",
    },
    units={
        unit: unit
        for unit in ("year", "quarter", "month", "week", "day", "hour", "minute", "second")
    },
    modulo_float="x - F.floor(x / y) * y",
    of_nothing={
        "sum": "F.coalesce(x, F.lit(0))",
        "any": "F.coalesce(x, F.lit(False))",
        "all": "F.coalesce(x, F.lit(True))",
    },
    over="x.over(w)",
)


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
        return quote(
            "t.withColumns(o)",
            t=tree,
            o=ast.Dict([*map(write_literal, outputs)], [*outputs.values()]),
        )

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
            case Call("truncate", (moment, _)) if self.facts.find_zone(moment):
                why = "Spark truncates in the session's time zone"
                raise Unsupported("truncate() of a time with a zone", why)
            case _:
                return Chain.call(self, node)

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


START = """\
# As many partitions of a shuffle as there are cores: the default is for a cluster.
return SPARK
"""


IMPORTS = """\
from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F
"""


def _reads_times(inputs: Inputs) -> bool:
    tables = inputs.list_tables()
    return any(t.data[n].kind in {"date", "timestamp"} for t in tables for n in t.query.reads)


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


def _name_column(argument: ast.expr) -> ast.expr:
    match argument:
        case ast.Call(ast.Attribute(ast.Name(), "col"), [name], []):
            return name
        case _:
            return argument


@dataclass(frozen=True, slots=True)
class PySpark(Adapter):
    """Writes PySpark; `toArrow` is the call that finishes the answer."""

    passes: tuple[Pass, ...] = (derive_constants, widen)

    def write_parts(self, inputs: Inputs, resources: Resources) -> Parts:
        """Write one lazy chain over a frame that is cached in memory."""
        chains = plan_chains(SparkChain, inputs)
        query = write_chains(chains, inputs, quote("data"), _write_join, ".toArrow()")
        return Parts(
            imports=IMPORTS,
            start=fill(START, SPARK=_write_session(resources, timed=_reads_times(inputs))),
            load=_load(inputs, chains[0]),
            query=query,
            rows="return answer",
        )


def _load(inputs: Inputs, first: NumberedChain) -> str:
    """Write `load`; a count fills the cache."""
    read = partial(_write_read, inputs.data, first)
    if inputs.is_single:
        frame = read(inputs.query, inputs.data)
        return fill("data = FRAME\ndata.count()\nreturn data", FRAME=frame)
    counts = "".join(f"{table.name}.count()\n" for table in inputs.list_tables())
    return inputs.load(read).replace("return ", f"{counts}return ")


def _write_read(rows: Schema, first: NumberedChain, query: Query, data: Schema) -> ast.expr:
    names = list(query.reads)
    columns = [*map(write_literal, names)]
    if first.numbered and data is rows:
        columns.append(quote("F.col('_metadata.row_index').alias(n)", n=first.row))
    frame = quote("SparkSession.active().read.parquet(path)")
    if columns:
        frame = quote("t.select(*c)", t=frame, c=columns)
    nans = {n: quote("F.nullif(F.col(n), F.lit(float('nan')))", n=n) for n in names if data[n].nans}
    if nans:
        frame = quote(
            "t.withColumns(o)", t=frame, o=ast.Dict([*map(write_literal, nans)], [*nans.values()])
        )
    return quote("t.cache()", t=frame)


def _write_join(rows: ast.expr, met: Joining) -> ast.expr:
    met.require("Spark", "inner", "left", "semi", "anti", "cross")
    other = quote(met.name)
    names = met.new_names | {theirs: ours for ours, theirs in met.join.keys if ours != theirs}
    if len(names) == 1:
        ((theirs, new),) = names.items()
        other = quote("t.withColumnRenamed(n, m)", t=other, n=theirs, m=new)
    elif names:
        other = quote("t.withColumnsRenamed(n)", t=other, n=names)
    if met.join.how == "cross":
        return quote("d.crossJoin(t)", d=rows, t=other)
    met.hide_keys("Spark")
    options = {} if met.join.how == "inner" else {"how": write_literal(met.join.how)}
    return quote("d.join(t, k, **o)", d=rows, t=other, k=name_columns(met.join.on), o=options)


def _write_session(resources: Resources, *, timed: bool) -> ast.expr:
    """Write the session: local, quiet, in the memory that it may take.

    `timed`: by a clock without summer time, a time without a zone is one instant.
    """
    cores = resources.threads or "*"
    tree = quote("SparkSession.builder.master(m)", m=f"local[{cores}]")
    options: dict[str, str | int] = {"spark.ui.enabled": "false"}
    if timed:
        options["spark.sql.session.timeZone"] = "UTC"
    if resources.threads:
        options["spark.sql.shuffle.partitions"] = resources.threads
    if resources.memory:
        # The Java machine needs some beside its heap, and Python some beside Java.
        options["spark.driver.memory"] = f"{int(resources.memory * 0.6) >> 20}m"
    for name, value in options.items():
        tree = quote("t.config(n, v)", t=tree, n=name, v=value)
    return quote("t.getOrCreate()", t=tree)


ENGINE = PySpark(
    EngineInfo(
        "pyspark",
        # PySpark needs an older pandas when it runs, and its metadata leave that out.
        ("pyspark", "pandas<3", "pyarrow"),
        work=FRAMES - {Work.GROUP_FUNCTION},
        place=EnginePlace.ELSEWHERE,
        pins=(NEWEST,),
        environment={"SPARK_LOCAL_IP": "127.0.0.1"},
    )
)
write, run = ENGINE.write, ENGINE.run
