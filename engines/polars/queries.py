"""Polars chains: a query's clauses as one lazy frame after another, up to the answer."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass

from ...spec.expression import Agg, Col, Expr, Lit, children, columns, walk
from ...spec.schema import Schema
from ...spec.vocabulary import WINDOWS
from ...spec.workload import Extreme, GroupFunction, Output, Query
from ..base import Load
from ..writing.passes.join import Joining, polars_joined
from ..writing.program import fill
from ..writing.properties import Facts, of_outputs, of_rows
from ..writing.quote import literal, quote
from ..writing.steps import present
from .expressions import (
    Rows,
    col,
    conditions,
    expression,
    is_narrow_result,
    named,
    root,
    without_nan,
)

AGGREGATIONS = {
    "sum": "x.sum()",
    "mean": "x.mean()",
    "min": "x.min()",
    "max": "x.max()",
    "count": "x.count()",
    "n_unique": "x.n_unique()",
    "std": "x.std()",
    "var": "x.var()",
    "std_population": "x.std(ddof=0)",
    "var_population": "x.var(ddof=0)",
    "median": "x.median()",
    "first": "x.first()",
    "last": "x.last()",
    "any": "x.any()",
    "all": "x.all()",
    "quantile": "x.quantile(y, interpolation='linear')",
    "corr": "pl.corr(x, y)",
    "rank": "x.rank('min')",
    "lag": "x.shift(n)",
    "lead": "x.shift(-n)",
    "cumsum": "x.cum_sum()",
}
# What takes the n largest or smallest, by whether it is of groups and whether the smallest. Of
# groups, sorted values are faster than top_k by 1.3 to 2 times, from 2 to 1,000 rows each.
TAKEN = {
    (False, False): "x.top_k(n)",
    (False, True): "x.bottom_k(n)",
    (True, False): "x.sort(descending=True).head(n)",
    (True, True): "x.sort().head(n)",
}
# These see a missing value as a value; the language does not.
SEES_MISSING = {"n_unique", "first", "last"}


@dataclass(frozen=True, slots=True)
class Chain:
    """One query over one frame; a whole file's where it is scanned."""

    query: Query
    data: Schema
    load: Load = Load.MEMORY
    met: Joining | None = None

    @property
    def _lazy(self) -> ast.expr:
        frame = "x" if self.load is Load.SCAN else "x.lazy()"
        if self.met is None:
            return quote(frame, x=quote("data"))
        left = self._side(quote(frame, x=quote("data")), self.met.data, self.met.left)
        other = quote(frame, x=quote(self.met.name))
        right = self._side(other, self.met.other, self.met.right)
        return polars_joined(left, right, self.met, "pl")

    def _side(self, tree: ast.expr, data: Schema, names: tuple[str, ...]) -> ast.expr:
        """Leave out what no query speaks of, where all columns of a scan would be the answer."""
        if self.load is Load.SCAN and data.partial and self.query.select:
            return quote("t.select(*n)", t=tree, n=[*map(literal, names)])
        return tree

    def finished(self, collect: str, result: ast.expr | None = None) -> ast.expr:
        """Write the whole chain; `result` is a row function's, written already."""
        tree = self._derive(self._where(self._lazy))
        tree = self._group(tree) if result is None else quote("t.select(r)", t=tree, r=result)
        return quote(f"tree.{collect}", tree=self._ended(tree))

    def groups(self, function: GroupFunction, collect: str) -> str:
        """Write the loop over groups: at many groups, faster than map_groups by 2 to 5 times."""
        frame = quote("data")
        if self.load is Load.SCAN:
            frame = quote(f"data.select(n).{collect}", n=list(self.query.reads))
        if self.query.where or self.query.derive:
            chain = self._derive(self._where(self._lazy))
            frame = quote(f"t.{collect}", t=chain)
        keys = [literal(key) for key in self.query.group_by]
        groups = quote("f.group_by(*k)", f=frame, k=keys)
        arrays = [quote("group[n].to_numpy()", n=name) for name in function.parameters]
        call = quote("f(*a)", f=quote(function.name), a=arrays)
        row = quote("(*key, c)" if len(function.outputs) == 1 else "(*key, *c)", c=call)
        loop = ast.comprehension(quote("key, group"), groups, [], is_async=0)
        names = [*self.query.group_by, *function.outputs]
        answer = quote(
            "pl.DataFrame(answers, schema=n, orient='row', infer_schema_length=None)", n=names
        )
        return fill(
            "answers = ANSWERS\nreturn ANSWER",
            ANSWERS=ast.ListComp(row, [loop]),
            ANSWER=self._ended(answer),
        )

    def _ended(self, tree: ast.expr) -> ast.expr:
        return self._limit(self._sort(self._having(tree)))

    def _where(self, tree: ast.expr) -> ast.expr:
        if self.query.where is None:
            return tree
        tests = conditions(self.query.where, Rows(Facts(self.data)))
        return quote("tree.filter(*c)", tree=tree, c=tests)

    def _derive(self, tree: ast.expr) -> ast.expr:
        for batch in _batches(self.query.derive):
            values = {o.name: _value(o, self._rows, self._window) for o in batch}
            tree = quote("tree.with_columns(**o)", tree=tree, o=values)
        return tree

    @property
    def _rows(self) -> Rows:
        return Rows(of_rows(self.query, self.data))

    def _group(self, tree: ast.expr) -> ast.expr:
        if self.query.extreme:
            return self._extreme(tree, self.query.extreme)
        if self.query.transform:
            return self._transform(tree)
        if self.query.select:
            return tree
        outputs = [self._output(output) for output in self.query.aggregate]
        if not self.query.group_by:
            return quote("tree.select(*o)", tree=tree, o=outputs)
        return quote(
            "tree.group_by(*k).agg(*o)",
            tree=tree,
            k=[literal(key) for key in self.query.group_by],
            o=outputs,
        )

    def _extreme(self, tree: ast.expr, extreme: Extreme) -> ast.expr:
        """Drop missing values first: they would fill short groups."""
        values = col(extreme.column)
        if not present(self.query, extreme.column, self.data):
            tree = quote("tree.filter(x.is_not_null())", tree=tree, x=values)
        taken = TAKEN[bool(self.query.group_by), extreme.smallest]
        values = named(quote(taken, x=values, n=extreme.n), extreme.name, extreme.column)
        if not self.query.group_by:
            return quote("tree.select(x)", tree=tree, x=values)
        return quote(
            "tree.group_by(*k).agg(x).explode(name)",
            tree=tree,
            k=[literal(key) for key in self.query.group_by],
            x=values,
            name=extreme.name,
        )

    def _transform(self, tree: ast.expr) -> ast.expr:
        """Choose keys and outputs; where these are of the group alone, beside the rows first."""
        outputs = list(map(self._output, self.query.transform))
        keys = [literal(key) for key in self.query.group_by]
        if keys or any(_of_a_row(output.expression) for output in self.query.transform):
            return quote("tree.select(*o)", tree=tree, o=[*keys, *outputs])
        names = [literal(output.name) for output in self.query.transform]
        return quote("tree.with_columns(*o).select(*n)", tree=tree, o=outputs, n=names)

    def _output(self, output: Output) -> ast.expr:
        write = self._window if self.query.transform else self._aggregation
        tree = expression(output.expression, write, self._rows)
        if self.query.having or self.query.sort:
            tree = without_nan(output.expression, tree)
        if isinstance(output.expression, Lit):
            tree = quote("pl.lit(x)", x=tree)
        return named(tree, output.name, root(output.expression))

    def _window(self, agg: Agg) -> ast.expr:
        tree, keys = self._aggregation(agg), [literal(key) for key in self.query.group_by]
        return quote("t.over(*k)", t=tree, k=keys) if keys else tree

    def _aggregation(self, agg: Agg) -> ast.expr:
        if agg.function == "size":
            return quote("pl.len()")
        if agg.function == "corr" and all(isinstance(a, Col) for a in agg.arguments):
            return quote(
                "pl.corr(*x)", x=[literal(a.name) for a in agg.arguments if isinstance(a, Col)]
            )
        if agg.function in {"lag", "lead"}:
            n = agg.arguments[1] if len(agg.arguments) > 1 else Lit(1)
            assert isinstance(n, Lit)
            x = self._argument(agg.arguments[0])
            return quote(AGGREGATIONS[agg.function], x=x, n=n.value)
        x, *rest = (self._argument(argument) for argument in agg.arguments)
        if agg.function in SEES_MISSING and self._missing(agg.arguments[0]):
            x = quote("x.drop_nulls()", x=x)
        if agg.function in {"sum", "cumsum"} and self._narrow(agg.arguments[0]):
            x = quote("x.cast(pl.Int64)", x=x)
        return quote(AGGREGATIONS[agg.function], x=x, y=rest[0] if rest else None)

    def _argument(self, argument: Expr) -> ast.expr:
        if isinstance(argument, Lit):
            return literal(argument.value)
        return without_nan(argument, expression(argument, rows=self._rows))

    def _missing(self, argument: Expr) -> bool:
        return not isinstance(argument, Col) or not present(self.query, argument.name, self.data)

    def _narrow(self, argument: Expr) -> bool:
        """Return whether a sum would wrap: Polars widens 8 and 16 bits by itself, but not 32."""
        facts = self._rows.facts
        if facts.kind(argument) != "int":
            return facts.kind(argument) == "bool"
        types = {facts.data[name].arrow for name in columns(argument)}
        return not types.isdisjoint({"int32", "uint32"}) or is_narrow_result(argument)

    def _having(self, tree: ast.expr) -> ast.expr:
        if self.query.having is None:
            return tree
        facts = of_outputs(self.query, of_rows(self.query, self.data))
        tests = conditions(self.query.having, Rows(facts))
        return quote("tree.filter(*c)", tree=tree, c=tests)

    def _sort(self, tree: ast.expr) -> ast.expr:
        names = [key.name for key in self.query.sort]
        descending = [key.descending for key in self.query.sort]
        if not names:
            return tree
        if not any(descending):
            return quote("tree.sort(*n, nulls_last=True)", tree=tree, n=list(map(literal, names)))
        same = descending[0] if len(set(descending)) == 1 else descending
        by = names[0] if len(names) == 1 else names
        return quote("tree.sort(n, descending=d, nulls_last=True)", tree=tree, n=by, d=same)

    def _limit(self, tree: ast.expr) -> ast.expr:
        if self.query.limit is None:
            return tree
        return quote("tree.head(n)", tree=tree, n=self.query.limit)


def _of_a_row(node: Expr) -> bool:
    """Return whether an expression has another value in each row: it reads a column as it is."""
    if isinstance(node, Agg):
        return node.function in WINDOWS
    return isinstance(node, Col) or any(map(_of_a_row, children(node)))


def _value(output: Output, rows: Rows, write: Callable[[Agg], ast.expr]) -> ast.expr:
    """Write a derived column; an aggregation in it is the value of the row's group."""
    tree = expression(output.expression, write, rows)
    if rows.is_narrow(output.expression):
        tree = quote("x.cast(pl.Int64)", x=tree)
    if isinstance(output.expression, Lit):
        return quote("pl.lit(x)", x=tree)
    return without_nan(output.expression, tree)


def _batches(outputs: tuple[Output, ...]) -> list[list[Output]]:
    """Split derived columns so that none reads another of the same `with_columns`."""
    batches: list[list[Output]] = []
    for output in outputs:
        reads = {node.name for node in walk(output.expression) if isinstance(node, Col)}
        if batches and not reads & {o.name for o in batches[-1]}:
            batches[-1].append(output)
        else:
            batches.append([output])
    return batches
