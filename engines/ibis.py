"""Ibis: a portable layer that compiles to SQL, here on DuckDB, so that its price can be read."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from ..spec.expression import Call, Expr, Lit
from ..spec.intervals import find_step
from ..spec.joins import SUFFIX
from ..spec.schema import Schema
from ..spec.vocabulary import ROLLING, ROW_FUNCTIONS
from ..spec.workload import Extreme, Gaps, Query, Unpivot
from .adapter import Adapter, Pass
from .base import Resources
from .info import FRAMES, NEWEST, EngineInfo, EnginePlace, Work
from .writing.chain import Chain, split_named
from .writing.dialect import Dialect
from .writing.joins import Joining, name_columns
from .writing.numbered import Frame, NumberedChain, WindowKey, plan_chains, write_chains
from .writing.passes.constants import derive_constants
from .writing.passes.join import Inputs
from .writing.passes.widen import widen
from .writing.program import Parts, fill
from .writing.quote import Hole, is_keyword, quote, to_source, write_literal

AGGREGATIONS = {
    "sum": "x.sum()",
    "mean": "x.mean()",
    "min": "x.min()",
    "max": "x.max()",
    "count": "x.count()",
    "size": "_.count()",
    "n_unique": "x.nunique()",
    "std": "x.std()",
    "var": "x.var()",
    "median": "x.median()",
    "any": "x.any()",
    "all": "x.all()",
    "quantile": "x.quantile(y)",
    "corr": "x.corr(y, how='pop')",
    "first": "x.first(order_by=n)",
    "last": "x.last(order_by=n)",
    "any_value": "x.arbitrary()",
    "prod": "product(x)",
}
# What DuckDB has and Ibis has no word for: Ibis calls it when it is declared.
BUILTINS = {
    "product": "@ibis.udf.agg.builtin\ndef product(x: float) -> float: ...",
    **{
        name: f"@ibis.udf.scalar.builtin\ndef {name}(x: float) -> float: ..."
        for name in ("sinh", "cosh", "tanh", "trunc")
    },
    "round_even": "@ibis.udf.scalar.builtin\ndef round_even(x: float, places: int) -> float: ...",
    "to_local": (
        '@ibis.udf.scalar.builtin(name="timezone")\n'
        "def to_local(zone: str, time: datetime) -> datetime: ..."
    ),
    "to_instant": (
        '@ibis.udf.scalar.builtin(name="timezone")\n'
        "def to_instant(zone: str, time: datetime) -> ibis.dtype(\"timestamp('UTC')\"): ..."
    ),
}
# DuckDB's any value is the first one of the window's rows.
WINDOWS = {
    "rank": "ibis.rank().over(**by_value) + 1",
    "dense_rank": "ibis.dense_rank().over(**by_value) + 1",
    "percent_rank": (
        "ibis.rank().over(**by_value) / ibis.greatest(x.count().over(**group) - 1, 1)"
    ),
    "row_number": "ibis.row_number().over(**ordered) + 1",
    "cumcount": "ibis.row_number().over(**ordered)",
    "lag": "x.lag(*steps).over(**ordered)",
    "lead": "x.lead(*steps).over(**ordered)",
    "diff": "x - x.lag(*steps).over(**ordered)",
    "pct_change": "x / x.lag(*steps).over(**ordered) - 1",
    "cumsum": "x.sum().over(**up_to)",
    "cummin": "x.min().over(**up_to)",
    "cummax": "x.max().over(**up_to)",
    "ffill": "x.arbitrary().over(**back)",
    "bfill": "x.arbitrary().over(**following)",
    **{name: f"{AGGREGATIONS[reduced]}.over(**rolling)" for name, reduced in ROLLING.items()},
}
IBIS = Dialect(
    column="_[n]",
    constant="ibis.literal(x)",
    missing="x.isnull()",
    present="x.notnull()",
    member="x.isin(v)",
    without_nan="x.nullif(float('nan'))",
    named="x.name(n)",
    when="ibis.cases((c, v))",
    and_when="t",
    otherwise="t",
    bare_cases=True,
    wide="x.cast('int64')",
    divisor="y.nullif(0)",
    modulo="(x % y + y) % y",
    floor_divide="(x / y).floor()",
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
        "log1p": "(x + 1).ln()",
        "expm1": "x.exp() - 1",
        "sin": "x.sin()",
        "cos": "x.cos()",
        "tan": "x.tan()",
        "asin": "x.asin()",
        "acos": "x.acos()",
        "atan": "x.atan()",
        "atan2": "x.atan2(y)",
        "radians": "x.radians()",
        "degrees": "x.degrees()",
        "sinh": "sinh(x)",
        "cosh": "cosh(x)",
        "tanh": "tanh(x)",
        "round": "round_even(x, 0)",
        "sign": "x.sign()",
        "hypot": "(x ** 2 + y ** 2).sqrt()",
        "clip": "x.clip(y, z)",
        "coalesce": "ibis.coalesce(*x)",
        "upper": "x.upper()",
        # Ibis' strip leaves all spaces that ASCII has not.
        "strip": r"x.re_replace('^[\\s\\p{Z}]+|[\\s\\p{Z}]+$', '')",
        "ends_with": "x.endswith(y)",
        "is_numeric": "x.re_search('^[0-9]+$')",
        "matches": "x.re_search(y)",
        "extract": "x.re_search(y).ifelse(x.re_extract(y, z), ibis.null())",
        "replace": "x.replace(y, z)",
        "count_words": (
            r"x.re_replace('^[\\s\\p{Z}]+', '')"
            r".re_replace('[^\\s\\p{Z}]+[\\s\\p{Z}]*', 'w').length()"
        ),
        "split": "x.split(y)[z]",
        "slice": "x[y:z]",
        "zfill": "x.lpad(y, '0')",
        "concat": "x + y",
        "text": "x.cast('string')",
        "number": "x.cast('float64')",
        "hour": "x.hour()",
        "minute": "x.minute()",
        "second": "x.second()",
        "weekday": "x.day_of_week.index()",
        "day_of_year": "x.day_of_year()",
        "week": "x.week_of_year()",
        "quarter": "x.quarter()",
        "offset": "x + ibis.interval(y, unit=z)",
        "year": "x.year()",
        "month": "x.month()",
        "day": "x.day()",
        "date": "x.date()",
        "truncate": "x.truncate(y)",
        "min": "ibis.least(*x)",
        "max": "ibis.greatest(*x)",
    },
    aggregations=AGGREGATIONS,
    windows=WINDOWS,
    unsupported={"ewm_mean": "Ibis has no exponentially weighted mean"},
    modulo_float="x - (x / y).floor() * y",
    of_nothing={
        "sum": "x.coalesce(0)",
        "prod": "x.coalesce(1.0)",
        "any": "x.coalesce(False)",
        "all": "x.coalesce(True)",
    },
    variants={
        "format": "x.strftime(y)",
        "first_beside": "x.arbitrary().over(**whole)",
        "last_beside": "x.arbitrary().over(**whole_back)",
        "percent_rank_complete": "ibis.percent_rank().over(**by_value)",
        "rank_max": "ibis.rank().over(**by_value) + x.count().over(**equals)",
        "rank_average": ("ibis.rank().over(**by_value) + (x.count().over(**equals) + 1) / 2"),
        "rank_first": "ibis.row_number().over(**by_value_and_row) + 1",
        "number_string": "x.try_cast('float64')",
        "integer_string": "x.re_extract('^[+-]?[0-9]+$', 0).try_cast('int64')",
        "integer_float": "trunc(x).try_cast('int64')",
        "integer_bool": "x.cast('int64')",
        "integer_int": "x.cast('int64')",
        "parse_date": "x.as_timestamp(y).date()",
        "parse_timestamp": "x.as_timestamp(y).cast('timestamp')",
        "days_date": "x.delta(y, unit='day')",
        "round_2": "round_even(x, y)",
        "round_tens": "round_even(x, y)",
        "split_words": (
            r"x.re_replace('^[\\s\\p{Z}]+|[\\s\\p{Z}]+$', '')"
            r".re_split('[\\s\\p{Z}]+')[z].nullif('')"
        ),
        "zfill_signed": (
            "x.re_search('^[+-]').ifelse(x[0:1] + x[1:].lpad(z, '0'), x.lpad(y, '0'))"
        ),
    },
    units={
        "year": "Y",
        "quarter": "Q",
        "month": "M",
        "week": "W",
        "day": "D",
        "hour": "h",
        "minute": "m",
        "second": "s",
    },
    over="x.over(**w)",
    drop_rows="t.drop_null(n)",
    without_otherwise=True,
)
# What is the same on every clock, and what reads one.
SPANS = {"days": 86400, "hours": 3600, "minutes": 60, "seconds": 1}
CLOCKS = {
    name
    for name, row in ROW_FUNCTIONS.items()
    if row.takes in {"date", "timestamp"} and name not in {"offset", *SPANS}
}
# What Ibis' tables have themselves.
_METHODS = """
agg aggregate alias anti_join any_inner_join any_left_join as_scalar as_table asof_join bind
cache cast columns compile count cross_join describe difference distinct drop drop_null dropna
equals execute fill_null fillna filter get_backend get_name group_by head info inner_join
intersect join left_join limit mutate nunique op order_by outer_join pipe pivot_longer
pivot_wider preview projection relocate rename right_join rowid sample schema select semi_join
sql to_array to_csv to_delta to_json to_pandas to_pandas_batches to_parquet to_parquet_dir
to_polars to_pyarrow to_pyarrow_batches to_sql to_torch to_xlsx topk try_cast unbind union
unnest unpack value_counts view visualize window_by
"""
METHODS = frozenset(_METHODS.split())
# Names that `aggregate` has for itself.
OPTIONS = {"metrics", "by", "having"}


def _is_plain_name(name: str) -> bool:
    """Return whether a column can be written as a table's attribute."""
    return is_keyword(name) and not name.startswith("_") and name not in METHODS


def _slice_from_end(text: ast.expr, start: int, end: int | None) -> ast.expr:
    """Write a slice of which an end is counted from the end: Ibis counts from the start."""
    if start >= 0:
        assert end is not None
        return quote(
            "x.substr(a, ibis.greatest(x.length() - n, 0))", x=text, a=start, n=start - end
        )
    if end is None:
        return quote("x.right(n)", x=text, n=-start)
    return _slice_from_end(quote("x.right(n)", x=text, n=-start), 0, end)


class IbisChain(NumberedChain):
    """How Ibis' tables take the steps."""

    title = "Ibis"
    dialect = IBIS
    sorted_by_row = "t.order_by(r)"
    numbers = "ibis.row_number().over(**w)"

    def write_span(
        self, keys: list[ast.expr], order: list[WindowKey], frame: Frame | None = None
    ) -> Hole:
        """Write the rows that a window sees as options."""
        return _write_options(keys, order, rows=write_literal(frame) if frame else None)

    def write_time_span(self, keys: list[ast.expr], key: WindowKey, microseconds: int) -> Hole:
        """Write the rows of a time up to each row as options."""
        span = quote("(-ibis.interval(microseconds=n), 0)", n=microseconds)
        return _write_options(keys, [key], range=span)

    def unpivot(self, tree: ast.expr, unpivot: Unpivot) -> ast.expr:
        """Write a row for each value of several columns; all others would be kept."""
        kept = Chain.select(self, tree, [*map(write_literal, (*unpivot.index, *unpivot.on))])
        return quote(
            "t.pivot_longer(ibis.selectors.cols(*c), names_to=n, values_to=v)",
            t=kept,
            c=[*map(write_literal, unpivot.on)],
            n=unpivot.names,
            v=unpivot.values,
        )

    def fill_gaps(self, rows: ast.expr, gaps: Gaps) -> ast.expr:
        """Join each group's range of times with the rows; those without a time stay."""
        dated = self.data[gaps.time].kind == "date"
        number, word = find_step(gaps.unit) or (1, gaps.unit)
        time = quote(f"r.{gaps.time}" if _is_plain_name(gaps.time) else "r[t]", r=rows, t=gaps.time)
        ends = [quote(f"t.{end}()", t=time) for end in ("min", "max")]
        # Ibis' ranges are of times.
        ends = [quote("x.cast('timestamp')", x=end) for end in ends] if dated else ends
        step = quote("ibis.interval(**o)", o={f"{word}s": write_literal(number)})
        # The end of Ibis' range is not in it.
        series = quote("ibis.range(a, b + i, i)", a=ends[0], b=ends[1], i=step)
        times = self.write_named(series, gaps.time)
        every = quote(
            "t.unnest(n)", t=self.aggregate(rows, list(gaps.others), [times]), n=gaps.time
        )
        if dated:
            every = quote("t.cast({n: 'date'})", t=every, n=gaps.time)
        tree = quote("t.left_join(r, k)", t=every, r=rows, k=self._list_same(rows, gaps))
        zeros = {name: write_literal(value) for name, value in gaps.zeros}
        tree = quote("t.fill_null(z)", t=tree, z=zeros) if zeros else tree
        tree = Chain.select(self, tree, [*map(write_literal, gaps.columns)])
        if not self.data[gaps.time].missing:
            return tree
        test = quote(IBIS.missing, x=self.write_column(gaps.time))
        return quote("t.union(r)", t=tree, r=self.filter(rows, [test]))

    def _list_same(self, rows: ast.expr, gaps: Gaps) -> list[ast.expr]:
        """Return what joins times with rows; a missing key is one key."""
        return [
            quote("x.identical_to(r[k])", x=self.write_column(key), r=rows, k=key)
            if key != gaps.time and self.data[key].missing
            else write_literal(key)
            for key in gaps.keys
        ]

    def select(self, tree: ast.expr, outputs: list[ast.expr]) -> ast.expr:
        """Keep nothing but these expressions, and the rows' number."""
        by_place, by_name = split_named([*self.list_row(), *outputs], "name")
        return quote("t.select(*o, **n)", t=tree, o=by_place, n=by_name)

    def add_columns(self, tree: ast.expr, outputs: dict[str, ast.expr]) -> ast.expr:
        """Add columns."""
        return quote("t.mutate(**o)", t=tree, o=outputs)

    def aggregate(self, tree: ast.expr, keys: list[str], outputs: list[ast.expr]) -> ast.expr:
        """Aggregate."""
        by_place, by_name = split_named(outputs, "name")
        if not keys and not by_name.keys() & OPTIONS:
            return quote("t.aggregate(*o, **n)", t=tree, o=by_place, n=by_name)
        if not keys:
            return quote("t.aggregate(o)", t=tree, o=ast.List(outputs, ast.Load()))
        groups = quote("t.group_by(*k)", t=tree, k=list(map(write_literal, keys)))
        return quote("g.aggregate(*o, **n)", g=groups, o=by_place, n=by_name)

    def write_column(self, name: str) -> ast.expr:
        """Write a column: as an attribute where a table has no other of that name."""
        if _is_plain_name(name):
            return quote(f"_.{name}")
        return Chain.write_column(self, name)

    def write_kept(self, name: str) -> ast.expr:
        """Write a column that is selected as it is: by its name."""
        return write_literal(name)

    def keep_extremes(self, tree: ast.expr, extreme: Extreme) -> ast.expr:
        """Keep the first rows of each group by their number."""
        keys = list(map(write_literal, self.query.group_by))
        order = quote("x" if extreme.smallest else "x.desc()", x=self.write_column(extreme.column))
        kept = [*keys, self.write_renamed(extreme.column, extreme.name)]
        if not keys:
            top = quote("t.order_by(o).limit(n)", t=tree, o=order, n=extreme.n)
            return self.select(top, kept)
        by = keys[0] if len(keys) == 1 else keys
        over = quote("ibis.row_number().over(group_by=k, order_by=o)", k=by, o=order)
        number = quote("x < n", x=over, n=extreme.n)
        return self.select(self.filter(tree, [number]), kept)

    def sort(self, tree: ast.expr, names: list[str], descending: list[bool]) -> ast.expr:
        """Sort."""
        by = [
            quote("ibis.desc(n)", n=name) if down else write_literal(name)
            for name, down in zip(names, descending, strict=True)
        ]
        return quote("t.order_by(*b)", t=tree, b=by)

    def call(self, node: Call) -> ast.expr:
        """Write a row function."""
        match node:
            case Call("slice", (text, Lit(int(start)), Lit(int() | None as end))) if (
                start < 0 or (end or 0) < 0
            ):
                return _slice_from_end(self.write_value(text), start, end)
            case Call("map", (value, default, *pairs)):
                return self._look_up(value, default, pairs)
            case Call("zfill", (text, Lit(int(width)))) if not self._is_natural(text):
                template = IBIS.variants["zfill_signed"]
                return quote(template, x=self.write_value(text), y=width, z=max(width - 1, 0))
            case Call(word, (later, earlier)) if word in SPANS and not self._are_days(later):
                return self._count_units(later, earlier, SPANS[word])
            case Call("round", (number, *_)) if self.facts.find_kind(number) == "int":
                return quote("x.cast('int64')", x=Chain.call(self, node))
            case Call("parse", (text, Lit(format_))):
                template = IBIS.variants[f"parse_{self.facts.find_kind(node)}"]
                return quote(template, x=self.write_value(text), y=str(format_))
            case Call("truncate", (moment, Lit(unit))):
                return self._truncate(moment, str(unit))
            case Call("date", (day,)) if self._are_days(day):
                return self.write_value(day)
            case Call(function, (moment,)) if function in CLOCKS:
                return quote(IBIS.functions[function], x=self._write_clock(moment))
        return Chain.call(self, node)

    def _is_natural(self, text: Expr) -> bool:
        """Return whether a text is that of a number without a sign."""
        match text:
            case Call("text", (number,)):
                return not self.facts.range(number).negative
            case _:
                return False

    def _are_days(self, time: Expr) -> bool:
        return self.facts.find_kind(time) == "date"

    def _count_units(self, later: Expr, earlier: Expr, seconds: int) -> ast.expr:
        """Write the whole units between two times; a constant takes no column as its argument."""
        template, x, y = "x.delta(y, unit='microsecond')", later, earlier
        if isinstance(later, Lit):
            template, x, y = f"-{template}", earlier, later
        passed = quote(template, x=self.write_value(x), y=self.write_expression(y))
        return quote("x // n", x=passed, n=seconds * 1_000_000)

    def _look_up(self, value: Expr, default: Expr, pairs: list[Expr]) -> ast.expr:
        """Write a look-up in a table as the cases of a value."""
        keys, given = map(self.write_expression, pairs[::2]), map(self.write_choice, pairs[1::2])
        cases: list[ast.expr] = [
            ast.Tuple([*pair], ast.Load()) for pair in zip(keys, given, strict=True)
        ]
        fallback = self._write_fallback(default)
        options = {} if fallback is None else {"else_": fallback}
        return quote("x.cases(*p, **o)", x=self.write_comparable(value), p=cases, o=options)

    def write_seen(self, node: Expr) -> ast.expr:
        """Write a value; a text as it is: a literal of Ibis' takes no column that is not bound."""
        return (
            self.write_expression(node) if isinstance(node, Lit) else Chain.write_seen(self, node)
        )

    def write_format(self, time: Expr, format_: str) -> ast.expr | None:
        """Write the text of a time, as a clock in its zone shows it."""
        if self.facts.is_distant(time):
            return None
        return quote(IBIS.variants["format"], x=self._write_clock(time), y=format_)

    def _write_clock(self, time: Expr) -> ast.expr:
        """Write a time; one with a zone, which Ibis has in UTC, as a clock there shows it."""
        x, zone = self.write_value(time), self.facts.find_zone(time)
        return quote("to_local(z, x)", z=zone, x=x) if zone else x

    def _truncate(self, time: Expr, unit: str) -> ast.expr:
        """Write the start of a time's unit; 15 minutes are a bucket."""
        step, clock = find_step(unit), self._write_clock(time)
        number, word = step or (1, unit)
        start = quote("x.truncate(u)", x=clock, u=IBIS.units[word])
        if number > 1:
            start = quote("x.bucket(**o)", x=clock, o={f"{word}s": write_literal(number)})
        zone = self.facts.find_zone(time)
        if zone and step:
            # Once a year, a clock shows an hour twice: its start is found from the time since.
            return quote("x - (c - s)", x=self.write_value(time), c=clock, s=start)
        return quote("to_instant(z, s)", z=zone, s=start) if zone else start

    def choose(
        self, pairs: list[tuple[ast.expr, ast.expr]], otherwise: ast.expr | None
    ) -> ast.expr:
        """Write the cases as pairs."""
        tuples: list[ast.expr] = [ast.Tuple([c, v], ast.Load()) for c, v in pairs]
        options = {} if otherwise is None else {"else_": otherwise}
        return quote("ibis.cases(*p, **o)", p=tuples, o=options)


def _write_options(
    keys: list[ast.expr], order: list[WindowKey], **frame: ast.expr | None
) -> dict[str, ast.expr]:
    by = _write_one([*map(_write_key, order)])
    named = {"group_by": _write_one(keys), "order_by": by, **frame}
    return {name: value for name, value in named.items() if value is not None}


def _write_one(parts: list[ast.expr]) -> ast.expr | None:
    """Write one part as it is, and several as a list; None where there are none."""
    if len(parts) < 2:
        return parts[0] if parts else None
    return ast.List(parts, ast.Load())


def _write_key(key: WindowKey) -> ast.expr:
    options = {"nulls_first": write_literal(True)} if key.missing and key.nulls_first else {}
    if key.name and not (key.descending or options):
        return write_literal(key.name)
    if not (key.descending or options):
        return key.value
    word = "desc" if key.descending else "asc"
    if key.name:
        return quote(f"ibis.{word}(n, **o)", n=key.name, o=options)
    return quote(f"x.{word}(**o)", x=key.value, o=options)


NANS = """\
NAME_file = con.create_table("NAME_file", TABLE)
# NaN is missing. Not in one step: a Parquet file's statistics leave NaN out, and DuckDB would
# decide by them that there is none.
"""


@dataclass(frozen=True, slots=True)
class Ibis(Adapter):
    """Writes Ibis over DuckDB; `to_pyarrow` is the call that finishes the answer."""

    passes: tuple[Pass, ...] = (derive_constants, widen)

    def write_parts(self, inputs: Inputs, resources: Resources) -> Parts:
        """Write one lazy chain over a table of DuckDB's own."""
        chains = plan_chains(IbisChain, inputs)
        number = quote("_.rowid()")
        frame = quote("data")
        if chains[0].numbered:
            frame = chains[0].add_columns(frame, {chains[0].row: number})
        query = write_chains(chains, inputs, frame, _write_join, ".to_pyarrow()")
        used = {node.id for node in ast.walk(ast.parse(query)) if isinstance(node, ast.Name)}
        options = {"threads": write_literal(resources.threads)} if resources.threads else {}
        connect = quote("ibis.duckdb.connect(**o)", o=options)
        return Parts(
            imports="import ibis\nfrom ibis import _",
            before="\n\n\n".join(text for name, text in BUILTINS.items() if name in used),
            load="\n".join([f"con = {to_source(connect)}", *_load(inputs)]),
            query=query,
            rows="return answer",
        )


def _load(inputs: Inputs) -> list[str]:
    """Write the statements that load the tables."""
    if inputs.is_single:
        return _load_table(inputs.query, inputs.data, "data", "path")
    tables = inputs.list_tables()
    lines = [_load_table(t.query, t.data, t.name, t.path, f"{t.name} =") for t in tables]
    return [*(line for written in lines for line in written), f"return {inputs.frames}"]


def _load_table(
    query: Query, data: Schema, name: str, path: str, word: str = "return"
) -> list[str]:
    """Write the statements that load a file into a table of DuckDB's own; the last one names it."""
    names = list(query.reads)
    table = quote("con.read_parquet(p)", p=quote(path))
    if names:
        table = quote("t.select(*n)", t=table, n=list(map(write_literal, names)))
    nans = {n: quote("_[n].nullif(float('nan'))", n=n) for n in names if data[n].nans}
    if not nans:
        return [f"{word} {to_source(quote('con.create_table(n, t)', n=name, t=table))}"]
    changed = quote("f.mutate(**o)", f=quote(f"{name}_file"), o=nans)
    made = to_source(quote("con.create_table(n, t)", n=name, t=changed))
    return [fill(NANS.replace("NAME", name), TABLE=table), f"{word} {made}"]


def _write_join(rows: ast.expr, met: Joining) -> ast.expr:
    met.require("Ibis", "inner", "left", "right", "outer", "semi", "anti", "cross")
    join, table = met.join, quote(met.name)
    if join.how == "cross":
        return quote("d.cross_join(t)", d=rows, t=table)
    keys = name_columns(join.on)
    if join.right_on:
        keys = write_literal(list(join.keys))
    if join.how == "inner":
        return quote("d.join(t, k)", d=rows, t=table, k=keys)
    joined = quote("d.join(t, k, how=h)", d=rows, t=table, k=keys, h=join.how)
    if join.how in {"semi", "anti"} or not join.shared:
        return joined
    # The keys of both are there, each missing where its side has no row.
    if join.how != "left":
        both = {k: quote("_[k].coalesce(_[o])", k=k, o=k + SUFFIX) for k in join.shared}
        joined = quote("j.mutate(**o)", j=joined, o=both)
    return quote("j.drop(*n)", j=joined, n=[write_literal(key + SUFFIX) for key in join.shared])


ENGINE = Ibis(
    EngineInfo(
        "ibis",
        ("ibis-framework[duckdb]", "duckdb", "pyarrow"),
        work=FRAMES - {Work.GROUP_FUNCTION},
        place=EnginePlace.ELSEWHERE,
        pins=(NEWEST,),
    )
)
write, run = ENGINE.write, ENGINE.run
