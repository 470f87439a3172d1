"""Polars: lazy expressions, collected by the streaming engine (the default since Polars 2)."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import assert_never

from ..errors import Unsupported
from ..spec.expression import (
    Agg,
    Arith,
    Bool,
    Call,
    Case,
    Col,
    Compare,
    Expr,
    IsIn,
    IsMissing,
    Let,
    Lit,
    Neg,
    Not,
    children,
    columns,
    walk,
)
from ..spec.schema import Schema
from ..spec.vocabulary import WINDOWS
from ..spec.workload import Extreme, GroupFunction, Output, Query, RowFunction, Tasks
from . import trying
from .base import Load, Program, Resources
from .writing.assembling import Parts, assemble, fill
from .writing.facts import Facts, nonzero, of_outputs, of_rows
from .writing.functions import NONE, Own, inputs_missing, own, reads_attributes, skipping
from .writing.loops import is_numeric, is_whole, loop_name, row_kernel
from .writing.quoting import literal, quote
from .writing.series import can_be_missing
from .writing.steps import hoisted, negated, present, substituted
from .writing.tasks import of_frame
from .writing.widening import widened

ROW_FUNCTIONS = {
    "abs": "x.abs()",
    "int64": "x.cast(pl.Int64)",
    "sqrt": "x.sqrt()",
    "log": "x.log()",
    "log10": "x.log10()",
    "exp": "x.exp()",
    "floor": "x.floor()",
    "ceil": "x.ceil()",
    "round": "x.round()",
    "lower": "x.str.to_lowercase()",
    "upper": "x.str.to_uppercase()",
    "len": "x.str.len_chars()",
    "contains": "x.str.contains(y, literal=True)",
    "starts_with": "x.str.starts_with(y)",
    "year": "x.dt.year()",
    "month": "x.dt.month()",
    "day": "x.dt.day()",
}
HORIZONTAL = {"min": "pl.min_horizontal(*x)", "max": "pl.max_horizontal(*x)"}

AGGREGATIONS = {
    "sum": "x.sum()",
    "mean": "x.mean()",
    "min": "x.min()",
    "max": "x.max()",
    "count": "x.count()",
    "n_unique": "x.n_unique()",
    "std": "x.std()",
    "var": "x.var()",
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
# These see a missing value as a value; the language does not.
SEES_MISSING = {"n_unique", "first", "last"}

# Python's kinds as Polars names them, for what map_elements returns.
DTYPES = {"int": "pl.Int64", "float": "pl.Float64", "string": "pl.String", "bool": "pl.Boolean"}
# Functions whose results are integers of fewer than 64 bits, or without a sign.
NARROW_RESULTS = {"len", "year", "month", "day", "count", "size", "n_unique", "rank"}
TRUNCATED = {"year": "1y", "month": "1mo", "day": "1d", "hour": "1h"}

BOOLEAN = {"and": ast.BitAnd, "or": ast.BitOr}
# Functions and operators whose float results can be NaN, which Polars does not take as missing.
MAKES_NAN = {"sqrt", "log", "log10", "std", "var", "corr"}

# Of the limit. Above some half of it, a group-by that spills is killed before it has spilled.
SPILLS_ABOVE = 0.5


@dataclass(frozen=True, slots=True)
class Polars:
    """Writes lazy Polars; `collect` is the call that finishes the answer."""

    name: str = "polars"
    collect: str = "collect()"
    calls: bool = False
    compiles: bool = False
    load: Load = Load.MEMORY

    @property
    def distributions(self) -> tuple[str, ...]:
        """Give the distributions whose versions matter."""
        if self.name == "polars/gpu":
            return ("polars", "cudf-polars-cu12")
        return ("polars", "numba", "numpy") if self.compiles else ("polars",)

    def environment(self, resources: Resources) -> dict[str, str]:
        """Give the threads, and the bytes beyond which Polars spills; it reads both at import."""
        told = {"POLARS_MAX_THREADS": str(resources.threads)} if resources.threads else {}
        if resources.memory is not None:
            budget = int(resources.memory * SPILLS_ABOVE) // 2**20
            told["POLARS_OOC_MEMORY_BUDGET_MB"] = str(max(budget, 1))
        return told

    def write(
        self,
        query: Query | Tasks,
        data: Schema,
        resources: Resources = Resources(),  # noqa: ARG002, B008
    ) -> Program:
        """Write one lazy chain from the frame to the answer."""
        query = widened(of_frame(query), data)
        _check_names(query)
        if self.compiles:
            return self._compiled(query, data)
        if self.calls and not isinstance(query.apply, RowFunction):
            raise Unsupported(query.name, "map_elements calls functions of rows; polars says it")
        mine, after = _own(query, data, calls=self.calls)
        body = _body(_Chain(query, data, self.load), self.collect, calls=self.calls)
        parts = Parts(
            imports="\n".join(["import polars as pl", *mine.imports, *_modules(after)]),
            own=mine.source,
            after=after,
            load=fill("return FRAME", FRAME=_load(query, data, self.load)),
            query=body,
            rows="return answer.to_arrow()",
        )
        return assemble(self.name, query, parts)

    def _compiled(self, query: Query, data: Schema) -> Program:
        """Write a row function as a ufunc that Numba compiles, over whole columns."""
        function, facts = query.apply, of_rows(query, data)
        if not isinstance(function, RowFunction):
            raise Unsupported(query.name, "this is for row functions; polars says it")
        if function.body is None:
            raise Unsupported(function.name, function.opaque)
        if not is_numeric(function, facts):
            raise Unsupported(function.name, "Numba's ufuncs take numbers and give one")
        dtype = "pl.Int64" if is_whole(function, facts) else "pl.Float64"
        # A ufunc takes no null; to_numpy makes them NaN.
        call = quote(
            "lambda columns: pl.Series(f(*[column.to_numpy() for column in columns]))",
            f=quote(loop_name(function)),
        )
        names = list(columns(function.body))
        result = quote(f"pl.map_batches(n, c, return_dtype={dtype})", n=names, c=call)
        result = _named(result, function.output, names[0])
        kernel = row_kernel(function, facts)
        chain = _Chain(query, data, self.load)
        numpy = "import numpy as np\n" if "np." in kernel else ""
        parts = Parts(
            imports=f"{numpy}import polars as pl\nfrom numba import guvectorize",
            before=kernel,
            load=fill("return FRAME", FRAME=_load(query, data, self.load)),
            query=fill("return CHAIN", CHAIN=chain.finished(self.collect, result)),
            rows="return answer.to_arrow()",
        )
        return assemble(self.name, query, parts)


def _check_names(query: Query) -> None:
    """Refuse names that Polars reads as patterns of names."""
    for name in (*query.reads, *query.outputs, *(output.name for output in query.derive)):
        if name == "*" or (name.startswith("^") and name.endswith("$")):
            raise Unsupported(repr(name), "to pl.col, this is a pattern of names")


def _own(query: Query, data: Schema, *, calls: bool) -> tuple[Own, str]:
    """Give the user's function where Python calls it, and what Polars needs around it."""
    match query.apply:
        case GroupFunction() as function:
            return own(function), ""
        case RowFunction() as function if calls:
            return own(function), _wrapper(query, function, data)
        case _:
            return NONE, ""


def _modules(text: str) -> list[str]:
    return ["from types import SimpleNamespace"] if "SimpleNamespace" in text else []


def _body(chain: _Chain, collect: str, *, calls: bool) -> str:
    query, data = chain.query, chain.data
    match query.apply:
        case GroupFunction() as function:
            return chain.groups(function, collect)
        case RowFunction() as function if calls:
            result = _named(_called(query, function, data), function.output, None)
            return fill("return CHAIN", CHAIN=chain.finished(collect, result))
        case RowFunction() as function:
            lines, result = _lowered(query, function, data)
            end = fill("return CHAIN", CHAIN=chain.finished(collect, result))
            return "\n".join([*lines, end])
        case None:
            return fill("return CHAIN", CHAIN=chain.finished(collect))


def _lowered(query: Query, function: RowFunction, data: Schema) -> tuple[list[str], ast.expr]:
    """Write the function's tree: its named intermediates as expressions with that name."""
    if function.body is None:
        raise Unsupported(function.name, function.opaque)
    facts = of_rows(query, data)
    named, body = hoisted(skipping(query, data, function.body))
    lines, local = [], _Rows(facts)
    for output in named:
        value = _without_nan(output.expression, _expression(output.expression, rows=local))
        lines.append(fill(f"{output.name} = VALUE", VALUE=value))
        local = replace(local, names=local.names | {output.name})
    result = _expression(body, rows=local)
    if isinstance(body, Lit):
        # A literal alone would be one row.
        result = quote("pl.repeat(x, pl.len())", x=result)
    elif query.having or query.sort:
        result = _without_nan(body, result)
    root = None if named else _root(body)
    return lines, _named(result, function.output, root)


CALLED = """\
def apply(row):
    \"\"\"ABOUT\"\"\"
    SKIPPED
    RETURNED
"""


def _wrapper(query: Query, function: RowFunction, data: Schema) -> str:
    """Write what stands between Polars and the function: a struct's value is a dict."""
    skipped, attributes = inputs_missing(query, data), reads_attributes(function)
    row = "SimpleNamespace(**row)" if attributes else "row"
    missing = " or ".join(f"row[{name!r}] is None" for name in skipped)
    skips = fill(f"if {missing}:\n    return None") if skipped else ""
    if _mixes(query, function, data):
        about = "Call the function on one row: Polars takes no integer among floats."
        value = f"value = {function.name}({row})\nreturn None if value is None else float(value)"
    elif skipped or attributes:
        about = "Call the function on one row."
        value = f"return {function.name}({row})"
    else:
        return ""
    return fill(CALLED.replace("ABOUT", about), SKIPPED=skips, RETURNED=value)


def _called(query: Query, function: RowFunction, data: Schema) -> ast.expr:
    name = "apply" if _wrapper(query, function, data) else function.name
    inputs = quote("pl.struct(*c)", c=[literal(column) for column in function.columns])
    options = {}
    if function.body is not None:
        known = of_rows(query, data).kind(function.body)
        if known in DTYPES:
            options["return_dtype"] = quote(DTYPES[known])
    return quote("s.map_elements(f, **o)", s=inputs, f=quote(name), o=options)


def _mixes(query: Query, function: RowFunction, data: Schema) -> bool:
    """Tell whether a function of floats may return an integer."""
    if function.body is None:
        return False
    facts = of_rows(query, data)
    return facts.kind(function.body) == "float" and _may_be_whole(function.body, facts)


def _may_be_whole(node: Expr, facts: Facts) -> bool:
    match node:
        case Case(branches, otherwise):
            return any(_may_be_whole(v, facts) for v in (*(v for _, v in branches), otherwise))
        case Let(name, value, body):
            return _may_be_whole(substituted(body, {name: value}), facts)
        case Call("min" | "max", arguments):
            return any(_may_be_whole(argument, facts) for argument in arguments)
        case _:
            return facts.kind(node) != "float" and node != Lit(None)


def _load(query: Query, data: Schema, load: Load) -> ast.expr:
    if load is Load.SCAN:
        # Which columns are needed, Polars sees by itself.
        frame = quote("pl.scan_parquet(path)")
    else:
        # Of no columns, Polars would count no rows.
        columns_read = list(query.reads) or list(data.names[:1])
        frame = quote("pl.read_parquet(path, columns=names)", names=columns_read)
    nans = [name for name in query.reads if data[name].nans]
    if nans:
        # NaN is a number to Polars, and missing to the workload.
        return quote("frame.with_columns(pl.col(names).fill_nan(None))", frame=frame, names=nans)
    return frame


@dataclass(frozen=True, slots=True)
class _Chain:
    query: Query
    data: Schema
    load: Load = Load.MEMORY

    @property
    def _lazy(self) -> ast.expr:
        return quote("data") if self.load is Load.SCAN else quote("data.lazy()")

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
        conditions = _conditions(self.query.where, _Rows(Facts(self.data)))
        return quote("tree.filter(*c)", tree=tree, c=conditions)

    def _derive(self, tree: ast.expr) -> ast.expr:
        for batch in _batches(self.query.derive):
            values = {o.name: _value(o, self._rows) for o in batch}
            tree = quote("tree.with_columns(**o)", tree=tree, o=values)
        return tree

    @property
    def _rows(self) -> _Rows:
        return _Rows(of_rows(self.query, self.data))

    def _group(self, tree: ast.expr) -> ast.expr:
        if self.query.extreme:
            return self._extreme(tree, self.query.extreme)
        if self.query.transform:
            return self._transform(tree)
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
        """Drop missing values first: top_k fills short groups with nulls otherwise."""
        values = _col(extreme.column)
        if not present(self.query, extreme.column, self.data):
            tree = quote("tree.filter(x.is_not_null())", tree=tree, x=values)
        function = "bottom_k" if extreme.smallest else "top_k"
        values = _named(
            quote(f"x.{function}(n)", x=values, n=extreme.n), extreme.name, extreme.column
        )
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
        tree = _expression(output.expression, write, self._rows)
        if self.query.having or self.query.sort:
            tree = _without_nan(output.expression, tree)
        if isinstance(output.expression, Lit):
            tree = quote("pl.lit(x)", x=tree)
        return _named(tree, output.name, _root(output.expression))

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
        return _without_nan(argument, _expression(argument, rows=self._rows))

    def _missing(self, argument: Expr) -> bool:
        return not isinstance(argument, Col) or not present(self.query, argument.name, self.data)

    def _narrow(self, argument: Expr) -> bool:
        """Tell whether a sum would wrap: Polars widens 8 and 16 bits by itself, but not 32."""
        facts = self._rows.facts
        if facts.kind(argument) != "int":
            return facts.kind(argument) == "bool"
        types = {facts.data[name].arrow for name in columns(argument)}
        return not types.isdisjoint({"int32", "uint32"}) or _narrow_result(argument)

    def _having(self, tree: ast.expr) -> ast.expr:
        if self.query.having is None:
            return tree
        facts = of_outputs(self.query, of_rows(self.query, self.data))
        conditions = _conditions(self.query.having, _Rows(facts))
        return quote("tree.filter(*c)", tree=tree, c=conditions)

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
    """Tell whether an expression has another value in each row: it reads a column as it is."""
    if isinstance(node, Agg):
        return node.function in WINDOWS
    return isinstance(node, Col) or any(map(_of_a_row, children(node)))


def _value(output: Output, rows: _Rows) -> ast.expr:
    tree = _expression(output.expression, rows=rows)
    if rows.is_narrow(output.expression):
        tree = quote("x.cast(pl.Int64)", x=tree)
    if isinstance(output.expression, Lit):
        return quote("pl.lit(x)", x=tree)
    return _without_nan(output.expression, tree)


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


def _conditions(condition: Expr, rows: _Rows) -> list[ast.expr]:
    """Give the conjuncts: `filter` takes several, and a missing one counts as not true."""
    if isinstance(condition, Bool) and condition.op == "and":
        return [_expression(operand, rows=rows) for operand in condition.operands]
    return [_expression(condition, rows=rows)]


def _named(tree: ast.expr, name: str, root: str | None) -> ast.expr:
    return tree if name == root else quote("x.alias(name)", x=tree, name=name)


def _root(node: Expr) -> str | None:
    """Give the name Polars gives to an expression: that of its leftmost column."""
    match node:
        case Col(name):
            return name
        case Agg("size"):
            return "len"
        case Agg(_, arguments) | Call(_, arguments):
            return _root(arguments[0])
        case Arith(_, left, _) | Compare(_, left, _):
            return _root(left)
        case _:
            return None


def _col(name: str) -> ast.expr:
    return quote("pl.col(name)", name=name)


def _narrow_result(node: Expr) -> bool:
    match node:
        case Call("min" | "max", arguments):
            return any(map(_narrow_result, arguments))
        case Case(branches, otherwise):
            return any(map(_narrow_result, (*(value for _, value in branches), otherwise)))
        case Call(function) | Agg(function):
            return function in NARROW_RESULTS
    return False


def _refuse(agg: Agg) -> ast.expr:
    raise Unsupported(f"{agg.function}()", "an aggregation has no meaning here")


@dataclass(frozen=True, slots=True)
class _Rows:
    """What is known where a row function is written: facts, and the names of its variables."""

    facts: Facts
    names: frozenset[str] = frozenset()

    def wide(self, op: str, node: Expr, other: Expr, tree: ast.expr) -> ast.expr:
        """Widen an operand whose few bits could overflow."""
        if self.is_narrow(node):
            return quote("x.cast(pl.Int64)", x=tree)
        if isinstance(node, Agg) and node.function == "sum" and self._of_bools(node):
            return quote("x.cast(pl.Int64)", x=tree)
        known = isinstance(node, Col) and node.name not in self.names
        if known and self.facts.overflows(op, node, other):
            return quote("x.cast(pl.Int64)", x=tree)
        return tree

    def is_narrow(self, node: Expr) -> bool:
        """Tell whether Polars gives an integer of fewer than 64 bits here."""
        bound = not self.names.isdisjoint(columns(node))
        return _narrow_result(node) and (bound or self.facts.kind(node) == "int")

    def lacking(self, arguments: tuple[Expr, ...]) -> list[Expr]:
        """Give the arguments that may be missing."""
        return [a for a in arguments if self._may_miss(a)]

    def _may_miss(self, node: Expr) -> bool:
        if self.names.isdisjoint(columns(node)):
            return self.facts.may_miss(node)
        return can_be_missing(node, lambda n: n in self.names or self.facts.data[n].missing)

    def _of_bools(self, node: Agg) -> bool:
        return self.facts.kind(node.arguments[0]) == "bool"


def _expression(
    node: Expr,
    aggregation: Callable[[Agg], ast.expr] = _refuse,
    rows: _Rows | None = None,
) -> ast.expr:
    def write(inner: Expr) -> ast.expr:
        return _expression(inner, aggregation, rows)

    match node:
        case Col(name) if rows and name in rows.names:
            return quote(name)
        case Col(name):
            return _col(name)
        case Lit(value):
            return literal(value)
        case Arith(op, left, right) if rows:
            x = rows.wide(op, left, right, write(left))
            if op == "**" and not nonzero(right):  # of NaN, the power 0 is 1
                x = _without_nan(left, x)
            y = rows.wide(op, right, left, write(right))
            return _arithmetic(op, right, x, y)
        case Arith(op, left, right):
            return _arithmetic(op, right, write(left), write(right))
        case Neg(operand) if rows:
            return quote("-x", x=rows.wide("*", operand, operand, write(operand)))
        case Neg(operand):
            return quote("-x", x=write(operand))
        case Compare(op, left, right):
            x, y = (_without_nan(side, write(side)) for side in (left, right))
            return quote(f"x {op} y", x=x, y=y)
        case IsMissing(operand):
            return quote("x.is_null()", x=_without_nan(operand, write(operand)))
        case Not(IsMissing(operand)):
            return quote("x.is_not_null()", x=_without_nan(operand, write(operand)))
        case IsIn(operand, values):
            return quote("x.is_in(v)", x=write(operand), v=[value.value for value in values])
        case Bool(op, operands):
            return _joined(op, [write(operand) for operand in operands])
        case Not(operand):
            opposite = negated(operand)
            if isinstance(opposite, Not):
                return quote("~x", x=write(operand))
            return write(opposite)
        case Call("min" | "max", arguments) if rows and (lacking := rows.lacking(arguments)):
            written = _call(node.function, [write(argument) for argument in arguments])
            tests = [_without_nan(argument, write(argument)) for argument in lacking]
            test = _joined("or", [quote("x.is_null()", x=tree) for tree in tests])
            # Polars leaves missing values out of the extremes of a row.
            return quote("pl.when(t).then(None).otherwise(w)", t=test, w=written)
        case Call("truncate", (moment, Lit(str() as unit))):
            return quote("x.dt.truncate(u)", x=write(moment), u=TRUNCATED[unit])
        case Call(function, arguments):
            return _call(function, [write(argument) for argument in arguments])
        case Case(branches, otherwise):
            return _case([(write(c), write(v)) for c, v in branches], write(otherwise))
        case Let(name, value, body):
            return write(substituted(body, {name: value}))
        case Agg():
            return aggregation(node)
        case _:
            assert_never(node)


def _arithmetic(op: str, divisor: Expr, x: ast.expr, y: ast.expr) -> ast.expr:
    if isinstance(x, ast.Constant) and isinstance(y, ast.Constant):
        x = quote("pl.lit(x)", x=x)
    result = quote(f"x {op} y", x=x, y=y)
    if op in {"//", "%"} and divisor == Lit(0):
        return quote("pl.lit(None, pl.Float64)")
    if op == "//" and not isinstance(divisor, Lit):
        # Integers give null by zero; floats would give an infinity.
        return quote("pl.when(y != 0).then(r)", y=y, r=result)
    return result


def _joined(op: str, operands: list[ast.expr]) -> ast.expr:
    tree = operands[0]
    for operand in operands[1:]:
        tree = ast.BinOp(tree, BOOLEAN[op](), operand)
    return tree


def _call(function: str, arguments: list[ast.expr]) -> ast.expr:
    if function in HORIZONTAL:
        return quote(HORIZONTAL[function], x=arguments)
    if function not in ROW_FUNCTIONS:
        raise Unsupported(f"{function}()", "no Polars expression is known for it")
    if function == "round" and len(arguments) == 2:
        return quote("x.round(y)", x=arguments[0], y=arguments[1])
    return quote(ROW_FUNCTIONS[function], x=arguments[0], y=arguments[-1])


def _case(branches: list[tuple[ast.expr, ast.expr]], otherwise: ast.expr) -> ast.expr:
    tree = quote("pl")
    for condition, value in branches:
        tree = quote("t.when(c).then(v)", t=tree, c=condition, v=_constant(value))
    return quote("t.otherwise(v)", t=tree, v=_constant(otherwise))


def _constant(tree: ast.expr) -> ast.expr:
    """Mark text as a value: Polars takes a bare string for a column's name."""
    if isinstance(tree, ast.Constant) and isinstance(tree.value, str):
        return quote("pl.lit(x)", x=tree)
    return tree


def _without_nan(node: Expr, tree: ast.expr) -> ast.expr:
    """Turn NaN into null where an expression can make one: Polars takes NaN as a large number."""
    return quote("x.fill_nan(None)", x=tree) if _makes_nan(node) else tree


def _makes_nan(node: Expr) -> bool:
    match node:
        case Arith("/" | "%", _, right) if not nonzero(right):
            return True
        case Arith("**", _, right) if not isinstance(right, Lit):
            return True
        case Call(function, _) | Agg(function, _) if function in MAKES_NAN:
            return True
        case Arith(_, left, right):
            return _makes_nan(left) or _makes_nan(right)
        case Neg(operand):
            return _makes_nan(operand)
        case Call(_, arguments):
            return any(map(_makes_nan, arguments))
        case Case(branches, otherwise):
            return _makes_nan(otherwise) or any(_makes_nan(value) for _, value in branches)
        case _:
            return False


ENGINE = Polars()
VARIANTS = (
    Polars("polars/in-memory", 'collect(engine="in-memory")'),
    Polars("polars/map_elements", calls=True),
    # What the device cannot do raises: by default it is done on the processor, unsaid.
    Polars("polars/gpu", "collect(engine=pl.GPUEngine(raise_on_fail=True))"),
    Polars("polars/numba", compiles=True),
)
write = ENGINE.write
run = partial(trying.run, ENGINE)
