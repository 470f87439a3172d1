"""Narwhals: a portable layer in Polars' words, here on Polars, so that its price can be read."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import ClassVar

from ..spec.schema import Schema
from ..spec.workload import Extreme, Query
from .adapter import Adapter, Pass
from .base import Resources
from .info import FRAMES, NEWEST, EngineInfo, Work
from .polars.queries import FrameChain
from .writing.chain import Dialect, write_chain
from .writing.passes.constants import derive_constants
from .writing.passes.join import Inputs, Joining, write_polars_join
from .writing.passes.time_zones import convert_constants
from .writing.passes.widen import widen
from .writing.program import Parts, fill
from .writing.quote import literal, quote

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
        "floor": "x.floor()",
        "ceil": "x.ceil()",
        "round": "x.round()",
        "lower": "x.str.to_lowercase()",
        "len": "x.str.len_chars()",
        "contains": "x.str.contains(y, literal=True)",
        "starts_with": "x.str.starts_with(y)",
        "year": "x.dt.year()",
        "month": "x.dt.month()",
        "day": "x.dt.day()",
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
    },
    unsupported={
        "first": "a lazy Narwhals frame has no order of rows",
        "last": "a lazy Narwhals frame has no order of rows",
        "lag": "a lazy Narwhals frame has no order of rows",
        "lead": "a lazy Narwhals frame has no order of rows",
        "cumsum": "a lazy Narwhals frame has no order of rows",
        "rank": "not implemented for Narwhals yet",
    },
    variants={
        "round_2": "x.round(y)",
    },
    narrow=True,
    counts_missing=frozenset({"n_unique"}),
    drop_missing="x.drop_nulls()",
    units={"year": "1y", "month": "1mo", "day": "1d", "hour": "1h"},
    over="x.over(*k)",
    drop_rows="t.drop_nulls(n)",
    without_otherwise=True,
    by_name=frozenset({"corr"}),
)


class NarwhalsChain(FrameChain):
    """How Narwhals' lazy frames take the steps."""

    title = "Narwhals"
    dialect = NARWHALS

    def keep_extremes(self, tree: ast.expr, extreme: Extreme) -> ast.expr:
        """Rank within the groups: Narwhals has no top_k of a group."""
        keys = list(self.query.group_by)
        column = self.column(extreme.column)
        kept = [*map(literal, keys), self.write_named(column, extreme.name)]
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
            k=list(map(literal, keys)),
        )
        return self.select(self.filter(tree, [quote("r <= n", r=rank, n=extreme.n)]), kept)


@dataclass(frozen=True, slots=True)
class Narwhals(Adapter):
    """Writes Narwhals over Polars; `collect` is the call that finishes the answer."""

    counts: ClassVar[str] = "uint32"

    passes: tuple[Pass, ...] = (derive_constants, widen, convert_constants)

    def parts(self, inputs: Inputs, resources: Resources) -> Parts:  # noqa: ARG002
        """Write one lazy chain from the frame to the answer."""
        frame = quote("data.lazy()") if inputs.joining is None else _write_join(inputs.joining)
        chain = write_chain(NarwhalsChain, inputs, frame)
        return Parts(
            imports="import narwhals as nw",
            load=inputs.load(_write_read),
            query=fill("return CHAIN.collect()", CHAIN=chain),
            rows="return answer.to_arrow()",
        )


def _write_read(query: Query, data: Schema) -> ast.expr:
    # Of no columns, no rows would be read.
    names = list(query.reads) or list(data.names[:1])
    frame = quote("nw.read_parquet(path, backend='polars', columns=names)", names=names)
    nans = [literal(name) for name in query.reads if data[name].nans]
    if nans:
        # NaN is a number to Polars, and missing to the workload.
        return quote("f.with_columns(nw.col(*n).fill_nan(None))", f=frame, n=nans)
    return frame


def _write_join(joining: Joining) -> ast.expr:
    other = quote("t.lazy()", t=quote(joining.name))
    return write_polars_join(quote("data.lazy()"), other, joining, "nw")


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
