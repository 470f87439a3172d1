"""Narwhals: a portable layer in Polars' words, here on Polars, so that its price can be read."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import ClassVar

from ..errors import Unsupported
from ..spec.expression import Call, Lit, choose_fresh_name, list_aggregations
from ..spec.order import is_ordered
from ..spec.schema import Schema
from ..spec.workload import Extreme, Query
from .adapter import Adapter, Pass
from .base import Resources
from .info import FRAMES, NEWEST, EngineInfo, Work
from .polars.joins import cast_keys, merge_keys, write_polars_join
from .polars.queries import FrameChain
from .polars.words import LENGTHS, UNITS
from .writing.chain import write_chain
from .writing.dialect import Dialect
from .writing.joins import Joining
from .writing.passes.constants import derive_constants
from .writing.passes.join import Inputs
from .writing.passes.one_type import unify_numbers
from .writing.passes.time_zones import convert_constants
from .writing.passes.widen import widen
from .writing.program import Parts, fill
from .writing.quote import quote, write_literal
from .writing.sequence import StepQuery

NARWHALS = Dialect(
    column="nw.col(n)",
    constant="nw.lit(x)",
    missing="x.is_null()",
    present="~x.is_null()",
    member="x.is_in(v)",
    without_nan="x.fill_nan(None)",
    named="x.alias(n)",
    when="nw.when(c).then(v)",
    and_when="t.when(c).then(v)",
    otherwise="t.otherwise(v)",
    bare_choices=True,
    wide="x.cast(nw.Int64)",
    divisor="nw.when(y != 0).then(y)",
    modulo="x % y",
    floor_divide="x // y",
    functions={
        "abs": "x.abs()",
        "sqrt": "x.sqrt()",
        "log": "x.log()",
        "log10": "x.log(base=10)",
        "exp": "x.exp()",
        "log2": "x.log(base=2)",
        "sin": "x.sin()",
        "cos": "x.cos()",
        "expm1": "x.exp() - 1",
        "hypot": "(x ** 2 + y ** 2).sqrt()",
        "clip": "x.clip(y, z)",
        "coalesce": "nw.coalesce(*x)",
        "map": "x.replace_strict(d, default=y)",
        "floor": "x.floor()",
        "ceil": "x.ceil()",
        "round": "x.round()",
        "lower": "x.str.to_lowercase()",
        "upper": "x.str.to_uppercase()",
        "strip": "x.str.strip_chars()",
        "len": "x.str.len_chars()",
        "contains": "x.str.contains(y, literal=True)",
        "starts_with": "x.str.starts_with(y)",
        "ends_with": "x.str.ends_with(y)",
        "is_numeric": "x.str.contains('^[0-9]+$')",
        "matches": "x.str.contains(y)",
        "replace": "x.str.replace_all(y, z, literal=True)",
        "slice": "x.str.slice(y, z)",
        "zfill": "x.str.zfill(y)",
        "concat": "x + y",
        "text": "x.cast(nw.String)",
        "year": "x.dt.year()",
        "month": "x.dt.month()",
        "day": "x.dt.day()",
        "hour": "x.dt.hour()",
        "minute": "x.dt.minute()",
        "second": "x.dt.second()",
        "weekday": "x.dt.weekday() - 1",
        "day_of_year": "x.dt.ordinal_day()",
        "quarter": "(x.dt.month() + 2) // 3",
        "date": "x.dt.date()",
        **{
            word: f"(x - y).dt.total_microseconds() // {seconds}000000"
            for word, seconds in LENGTHS.items()
        },
        "offset": "x.dt.offset_by(o)",
        "parse": "x.str.to_date(y)",
        "truncate": "x.dt.truncate(y)",
        "min": "nw.min_horizontal(*x)",
        "max": "nw.max_horizontal(*x)",
    },
    aggregations={
        "sum": "x.sum()",
        "mean": "x.mean()",
        "min": "x.min()",
        "max": "x.max()",
        "count": "x.count()",
        "size": "nw.len()",
        "n_unique": "x.n_unique()",
        "std": "x.std()",
        "var": "x.var()",
        "median": "x.median()",
        "any": "x.any()",
        "all": "x.all()",
        "quantile": "x.quantile(y, interpolation='linear')",
        "corr": "nw.corr(x, y)",
        "first": "x.first()",
        "last": "x.last()",
        "any_value": "x.any_value(ignore_nulls=True)",
    },
    windows={
        "rank": "x.rank(m, **o)",
        "dense_rank": "x.rank(m, **o)",
        "percent_rank": "(x.rank(m, **o) - 1) / (x.count() - 1).clip(1)",
        "row_number": "x.is_null().cum_count()",
        "cumcount": "x.is_null().cum_count() - 1",
        "lag": "x.shift(n)",
        "lead": "x.shift(-n)",
        "diff": "x - x.shift(n)",
        "pct_change": "x / x.shift(n) - 1",
        "cumsum": "x.cum_sum()",
        "cummin": "x.cum_min()",
        "cummax": "x.cum_max()",
        "ffill": "x.fill_null(strategy='forward')",
        "bfill": "x.fill_null(strategy='backward')",
        "rolling_sum": "x.rolling_sum(w, **p)",
        "rolling_mean": "x.rolling_mean(w, **p)",
        "rolling_std": "x.rolling_std(w, **p)",
        "rolling_count": "(~x.is_null()).cast(nw.Int64).rolling_sum(w, min_samples=1)",
        "ewm_mean": "x.ewm_mean(span=s)",
    },
    unsupported={
        **dict.fromkeys(
            ("tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh"),
            "Narwhals has only sine and cosine",
        ),
        **dict.fromkeys(
            ("radians", "degrees", "sign", "log1p"), "Narwhals has no such function of numbers"
        ),
        "prod": "Narwhals has no product of a column",
        **dict.fromkeys(
            ("rolling_min", "rolling_max", "rolling_median"),
            "Narwhals has only rolling sum, mean, std, var and count",
        ),
        "week": "Narwhals has no week of a date",
        "count_words": "Narwhals counts no matches of a pattern",
        "extract": "Narwhals extracts no part of a text",
        "split": "Narwhals' list.get raises beyond the last part",
        "integer": "Narwhals' cast raises where a text is not a number",
        "number": "Narwhals' cast raises where a text is not a number",
    },
    variants={
        "base": "x.cast(nw.Float64)",
        "format": "x.dt.to_string(y)",
        "round_2": "x.round(y)",
        "date_date": "x",
        **{
            f"{word}_ns": f"(x - y).dt.total_nanoseconds() // {seconds}000000000"
            for word, seconds in LENGTHS.items()
        },
        "integer_bool": "x.cast(nw.Int64)",
        "parse_time": "x.str.to_datetime(y)",
    },
    narrow=True,
    counts_missing=frozenset({"n_unique", "first", "last"}),
    drop_missing="x.drop_nulls()",
    units={unit: short for unit, short in UNITS.items() if unit != "week"},
    over="x.over(*k)",
    unpivot="t.unpivot(c, **o)",
    drop_rows="t.drop_nulls(n)",
    without_otherwise=True,
    by_name=frozenset({"corr"}),
)


class NarwhalsChain(FrameChain):
    """How Narwhals' lazy frames take the steps."""

    title = "Narwhals"
    dialect = NARWHALS

    def call(self, node: Call) -> ast.expr:
        """Write a row function; Unsupported for a slice of text that ends before the end."""
        match node:
            case Call("offset", (moment, Lit(int(count)), Lit(str(unit)))):
                number, letter = (24 * count, "h") if unit == "days" else (count, unit[0])
                if self.facts.find_kind(moment) == "date":
                    number, letter = count, "d"
                step = f"{number}{letter}"
                return quote(
                    self.dialect.functions["offset"], x=self.write_expression(moment), o=step
                )
            case Call("slice", (_, _, Lit(int(end)))) if end < 0:
                raise Unsupported(f"[:{end}]", "Narwhals' head counts from the start only")
            case _:
                return FrameChain.call(self, node)

    def keep_extremes(self, tree: ast.expr, extreme: Extreme) -> ast.expr:
        """Rank within the groups: Narwhals has no top_k of a group."""
        keys = list(self.query.group_by)
        column = self.write_column(extreme.column)
        kept = [*map(write_literal, keys), self.write_renamed(extreme.column, extreme.name)]
        if not keys:
            top = quote(
                "t.top_k(n, by=b, reverse=r)",
                t=tree,
                n=extreme.n,
                b=extreme.column,
                r=extreme.smallest,
            )
            return self.select(top, kept)
        rank = quote(
            "x.rank('ordinal', descending=d).over(*k)",
            x=column,
            d=not extreme.smallest,
            k=list(map(write_literal, keys)),
        )
        return self.select(self.filter(tree, [quote("r <= n", r=rank, n=extreme.n)]), kept)


@dataclass(frozen=True, slots=True)
class Narwhals(Adapter):
    """Writes Narwhals over Polars; `collect` is the call that finishes the answer."""

    counts: ClassVar[str] = "uint32"

    passes: tuple[Pass, ...] = (derive_constants, widen, convert_constants, unify_numbers)

    def write_parts(self, inputs: Inputs, resources: Resources) -> Parts:  # noqa: ARG002
        """Write one chain from the frame to the answer: lazy, unless the order of rows counts."""
        eager = any(map(_is_ordered, inputs.steps))
        frame = "t" if eager else "t.lazy()"

        def join(rows: ast.expr, met: Joining) -> ast.expr:
            return _write_join(rows, met, quote(frame, t=quote(met.name)))

        chain = write_chain(NarwhalsChain, inputs, quote(frame, t=quote("data")), join)
        return Parts(
            imports="import narwhals as nw",
            load=inputs.load(_write_read),
            query=fill("return CHAIN" if eager else "return CHAIN.collect()", CHAIN=chain),
            rows="return answer.to_arrow()",
        )


def _write_read(query: Query, data: Schema) -> ast.expr:
    # Of no columns, no rows would be read.
    names = list(query.reads) or list(data.names[:1])
    frame = quote("nw.read_parquet(path, backend='polars', columns=names)", names=names)
    nans = [write_literal(name) for name in query.reads if data[name].nans]
    if nans:
        # NaN is a number to Polars, and missing to the workload.
        return quote("f.with_columns(nw.col(*n).fill_nan(None))", f=frame, n=nans)
    return frame


def _is_ordered(step: StepQuery) -> bool:
    """Return whether a step needs the order of rows, which a lazy frame of Narwhals has not."""
    outputs = (*step.query.aggregate, *step.query.transform)
    return any(map(is_ordered, list_aggregations(*(output.expression for output in outputs))))


def _write_join(rows: ast.expr, met: Joining, table: ast.expr) -> ast.expr:
    met.require("Narwhals", "inner", "left", "outer", "semi", "anti", "cross")
    if met.join.how == "outer":
        rows, table = cast_keys(rows, table, met, "nw")
        joined = quote(
            "d.join(t, **o)", d=rows, t=table, o={**met.keys, "how": write_literal("full")}
        )
        return merge_keys(joined, met, "nw")
    if not met.shown_keys:
        return write_polars_join(rows, table, met, "nw")
    # Narwhals drops the keys of the table: copies stay, which have their names after the join.
    keys = met.shown_keys
    taken = {*met.data.names, *met.other.names}
    names = {new: new for new in keys.values()}
    for name in (name for name, new in keys.items() if name == new):
        names[name] = choose_fresh_name(f"{name}_kept", taken)
    copies = {names[new]: quote("nw.col(n)", n=name) for name, new in keys.items()}
    table = quote("t.with_columns(**c)", t=table, c=copies)
    met = replace(met, reads=tuple(name for name in met.reads if name not in keys.values()))
    joined = write_polars_join(rows, table, met, "nw")
    renamed = {copy: name for name, copy in names.items() if copy != name}
    return quote("t.rename(n)", t=joined, n=renamed) if renamed else joined


ENGINE = Narwhals(
    EngineInfo(
        "narwhals",
        ("narwhals", "polars"),
        work=FRAMES - {Work.GROUP_FUNCTION},
        pins=(NEWEST,),
        threads=("POLARS_MAX_THREADS",),
    )
)
write, run = ENGINE.write, ENGINE.run
