"""DataFusion: its Python data frames over a table in memory."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import partial

from ..errors import Unsupported
from ..spec.schema import Schema
from ..spec.workload import Extreme, Query, RowFunction, Tasks
from . import interactive
from .base import Program, Resources
from .writing.chain import Chain, Dialect
from .writing.passes.join import Joining, joining
from .writing.passes.widen import widened
from .writing.program import Parts, assemble, fill
from .writing.quote import literal, quote

DATAFUSION = Dialect(
    # Double quotes: DataFusion takes a bare name in lower case.
    column="col(n)",
    constant="lit(x)",
    missing="x.is_null()",
    present="x.is_not_null()",
    member="f.in_list(x, [lit(i) for i in v])",
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
    negative="lit(-1) * x",
    functions={
        "abs": "f.abs(x)",
        # Of a negative number, DataFusion raises.
        "sqrt": "f.when(x >= lit(0), f.sqrt(x)).otherwise(lit(None))",
        "log": "f.ln(x)",
        "log10": "f.log10(x)",
        "exp": "f.exp(x)",
        "floor": "f.floor(x)",
        "ceil": "f.ceil(x)",
        "lower": "f.lower(x)",
        "upper": "f.upper(x)",
        "len": "f.character_length(x)",
        "contains": "f.contains(x, lit(y))",
        "starts_with": "f.starts_with(x, lit(y))",
        "year": "f.date_part(lit('year'), x)",
        "month": "f.date_part(lit('month'), x)",
        "day": "f.date_part(lit('day'), x)",
        "truncate": "f.date_trunc(lit(y), x)",
        "truncate_date": "f.date_trunc(lit(y), x).cast(pa.date32())",
        "min": "f.least(*x)",
        "max": "f.greatest(*x)",
    },
    aggregations={
        "sum": "f.sum(x)",
        "sum_truth": "f.sum(x.cast(pa.int64()))",
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
    },
    modulo_float="x - f.floor(x / y) * y",
    floor_divide_float="f.floor(x / y)",
    of_nothing={
        "sum": "f.coalesce(x, lit(0))",
        "sum_truth": "f.coalesce(x, lit(0))",
        "any": "f.coalesce(x, lit(False))",
        "all": "f.coalesce(x, lit(True))",
    },
    composite=False,
    bare=False,
)


class DataFusionChain(Chain):
    """How DataFusion's frames take the steps."""

    title = "DataFusion"
    dialect = DATAFUSION

    def derived(self, tree: ast.expr, outputs: dict[str, ast.expr]) -> ast.expr:
        """Add columns."""
        return quote("t.with_columns(*o)", t=tree, o=[self.named(x, n) for n, x in outputs.items()])

    def grouped(self, tree: ast.expr, keys: list[str], outputs: list[ast.expr]) -> ast.expr:
        """Aggregate."""
        return quote("t.aggregate(k, o)", t=tree, k=[self.column(k) for k in keys], o=outputs)

    def largest(self, tree: ast.expr, extreme: Extreme) -> ast.expr:
        """Keep the first rows of each group by their number."""
        keys = [self.column(key) for key in self.query.group_by]
        order = quote("x.sort(ascending=a)", x=self.column(extreme.column), a=extreme.smallest)
        kept = [*keys, self.named(self.column(extreme.column), extreme.name)]
        if not keys:
            top = quote("t.sort(o).limit(n)", t=tree, o=order, n=extreme.n)
            return self.selected(top, kept)
        number = quote("f.row_number(partition_by=k, order_by=[o])", k=keys, o=order)
        numbered = quote("t.with_column('place', r)", t=tree, r=number)
        return self.selected(
            self.filtered(numbered, [quote("col('place') <= lit(n)", n=extreme.n)]), kept
        )

    def ordered(self, tree: ast.expr, names: list[str], descending: list[bool]) -> ast.expr:
        """Sort."""
        by = [
            quote("x.sort(ascending=a, nulls_first=False)", x=self.column(name), a=not down)
            for name, down in zip(names, descending, strict=True)
        ]
        return quote("t.sort(*b)", t=tree, b=by)

    def column(self, name: str) -> ast.expr:
        """Write a column; one that is not in lower case is quoted, for it is read as SQL reads."""
        plain = name.isidentifier() and name == name.lower()
        return quote("col(n)", n=name if plain else '"' + name.replace('"', '""') + '"')


@dataclass(frozen=True, slots=True)
class DataFusion:
    """Writes DataFusion's data frames; `to_arrow_table` is the call that finishes the answer."""

    name: str = "datafusion"

    @property
    def distributions(self) -> tuple[str, ...]:
        """Return the distributions whose versions matter."""
        return ("datafusion", "pyarrow")

    def environment(self, resources: Resources) -> dict[str, str]:  # noqa: ARG002
        """Return nothing: DataFusion hears its limits from the program."""
        return {}

    def write(
        self,
        query: Query | Tasks,
        data: Schema,
        resources: Resources = Resources(),  # noqa: B008
    ) -> Program:
        """Write one lazy chain over a frame that is cached in memory."""
        query, rows, met = joining(query, data)
        query = widened(query, rows)
        if isinstance(query.apply, RowFunction):
            raise Unsupported(
                query.name, "its partitions come back in any order, and rows have one"
            )
        config = quote("SessionConfig()")
        if resources.threads:
            config = quote("SessionConfig().with_target_partitions(n)", n=resources.threads)
        reads = met.loads(_read) if met else fill("return FRAME", FRAME=_read(query, data))
        load = f"{fill('ctx = SessionContext(CONFIG)', CONFIG=config)}\n{reads}"
        chain = DataFusionChain(query, rows).tree(_joined(met) if met else quote("data"))
        asked = fill("return CHAIN.to_arrow_table()", CHAIN=chain)
        names_used = ", ".join(
            n for n in ("SessionConfig", "SessionContext", "col", "lit") if f"{n}(" in load + asked
        )
        arrow = "import pyarrow as pa\n" if "pa." in asked + load else ""
        functions = "from datafusion import functions as f\n" if "f." in asked + load else ""
        parts = Parts(
            imports=f"{arrow}{functions}from datafusion import {names_used}",
            load=load,
            query=asked,
            rows="return answer",
            path=met.paths if met else "path",
            data=met.frames if met else "data",
        )
        return assemble(self.name, query, parts)


def _read(query: Query, data: Schema) -> ast.expr:
    chain = DataFusionChain(query, data)
    columns = [
        quote("f.nanvl(x, lit(None)).alias(n)", x=chain.column(name), n=name)
        if data[name].nans
        else chain.column(name)
        for name in query.reads
    ]
    frame = quote("ctx.read_parquet(path)")
    if columns:
        frame = quote("t.select(*c)", t=frame, c=columns)
    return quote("t.cache()", t=frame)


def _joined(met: Joining) -> ast.expr:
    other = quote(met.name)
    for name, shown in met.renamed.items():
        other = quote("t.with_column_renamed(n, m)", t=other, n=name, m=shown)
    # Without a name of its own, the key would be of both.
    other = quote("t.alias(n)", t=other, n=met.name)
    options = {"on": met.key}
    if met.join.how == "left":
        options["how"] = literal("left")
    return quote("data.join(t, **o)", t=other, o=options)


ENGINE = DataFusion()
VARIANTS: tuple[DataFusion, ...] = ()
write = ENGINE.write
run = partial(interactive.run, ENGINE)
