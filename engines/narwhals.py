"""Narwhals: a portable layer in Polars' words, here on Polars, so that its price can be read."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import partial

from ..spec.schema import Schema
from ..spec.workload import Extreme, Query, Tasks
from . import interactive
from .base import Program, Resources
from .polars.queries import FrameChain
from .writing.chain import Dialect
from .writing.passes.join import joining, polars_joined
from .writing.passes.time_zones import in_zone
from .writing.passes.widen import widened
from .writing.program import Parts, assemble, fill
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
        "round_2": "x.round(y)",
        "lower": "x.str.to_lowercase()",
        "upper": "x.str.to_uppercase()",
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
    narrow=True,
    counts_missing=frozenset({"n_unique"}),
    drop_missing="x.drop_nulls()",
    units={"year": "1y", "month": "1mo", "day": "1d", "hour": "1h"},
    over="x.over(*k)",
)


class NarwhalsChain(FrameChain):
    """How Narwhals' lazy frames take the steps."""

    title = "Narwhals"
    dialect = NARWHALS

    def largest(self, tree: ast.expr, extreme: Extreme) -> ast.expr:
        """Rank within the groups: Narwhals has no top_k of a group."""
        keys = list(self.query.group_by)
        column = self.column(extreme.column)
        kept = [*map(literal, keys), self.named(column, extreme.name)]
        if not keys:
            top = quote(
                "t.top_k(n, by=b, reverse=r)",
                t=tree,
                n=extreme.n,
                b=extreme.column,
                r=extreme.smallest,
            )
            return self.selected(top, kept)
        rank = quote(
            "x.rank('ordinal', descending=d).over(*k)",
            x=column,
            d=not extreme.smallest,
            k=list(map(literal, keys)),
        )
        return self.selected(self.filtered(tree, [quote("r <= n", r=rank, n=extreme.n)]), kept)


@dataclass(frozen=True, slots=True)
class Narwhals:
    """Writes Narwhals over Polars; `collect` is the call that finishes the answer."""

    name: str = "narwhals"

    @property
    def distributions(self) -> tuple[str, ...]:
        """Return the distributions whose versions matter."""
        return ("narwhals", "polars")

    def environment(self, resources: Resources) -> dict[str, str]:
        """Return the number of threads of Polars."""
        return {"POLARS_MAX_THREADS": str(resources.threads)} if resources.threads else {}

    def write(
        self,
        query: Query | Tasks,
        data: Schema,
        resources: Resources = Resources(),  # noqa: ARG002, B008
    ) -> Program:
        """Write one lazy chain from the frame to the answer."""
        query, rows, met = joining(query, data)
        query = in_zone(widened(query, rows), rows)
        frame = quote("data.lazy()")
        if met:
            other = quote("t.lazy()", t=quote(met.name))
            frame = polars_joined(frame, other, met, "nw")
        chain = NarwhalsChain(query, rows).tree(frame)
        parts = Parts(
            imports="import narwhals as nw",
            load=met.loads(_read) if met else fill("return FRAME", FRAME=_read(query, data)),
            query=fill("return CHAIN.collect()", CHAIN=chain),
            rows="return answer.to_arrow()",
            path=met.paths if met else "path",
            data=met.frames if met else "data",
        )
        return assemble(self.name, query, parts)


def _read(query: Query, data: Schema) -> ast.expr:
    # Of no columns, no rows would be read.
    names = list(query.reads) or list(data.names[:1])
    frame = quote("nw.read_parquet(path, backend='polars', columns=names)", names=names)
    nans = [literal(name) for name in query.reads if data[name].nans]
    if nans:
        # NaN is a number to Polars, and missing to the workload.
        return quote("f.with_columns(nw.col(*n).fill_nan(None))", f=frame, n=nans)
    return frame


ENGINE = Narwhals()
VARIANTS: tuple[Narwhals, ...] = ()
write = ENGINE.write
run = partial(interactive.run, ENGINE)
