"""datatable: `frame[rows, columns, by(keys)]`; columns are lazy until they are materialized."""

from __future__ import annotations

import ast
import datetime as dt
import re
import unicodedata
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
)
from ..spec.schema import Schema
from ..spec.vocabulary import UNITS, WINDOWS
from ..spec.workload import Extreme, Output, Query, RowFunction, Tasks
from . import trying
from .base import Program, Resources
from .writing.assembling import Parts, assemble, fill
from .writing.facts import Facts, makes_double, nonzero, of_outputs, of_rows
from .writing.joins import Joining, joining
from .writing.quoting import literal, quote, source
from .writing.steps import fresh, negated, present, rebuilt, substituted
from .writing.widening import widened

FUNCTIONS = {
    "abs": "dt.math.abs(x)",
    "int64": "dt.as_type(x, dt.int64)",
    "sqrt": "dt.math.sqrt(x)",
    "log": "dt.math.log(x)",
    "log10": "dt.math.log10(x)",
    "exp": "dt.math.exp(x)",
    "floor": "dt.math.floor(x)",
    "ceil": "dt.math.ceil(x)",
    "len": "dt.str.len(x)",
    "year": "dt.time.year(x)",
    "month": "dt.time.month(x)",
    "day": "dt.time.day(x)",
    "min": "dt.rowmin(*x)",
    "max": "dt.rowmax(*x)",
}
DATED = {"year", "month", "day", "truncate"}
PATTERNS = {"contains": ".*{}.*", "starts_with": "{}.*"}
AGGREGATIONS = {
    "sum": "dt.sum(x)",
    "mean": "dt.mean(x)",
    "min": "dt.min(x)",
    "max": "dt.max(x)",
    "count": "dt.count(x)",
    "n_unique": "dt.nunique(x)",
    "std": "dt.sd(x)",
    "var": "dt.sd(x) ** 2",
    "median": "dt.median(x)",
    "first": "dt.first(x)",
    "last": "dt.last(x)",
    "corr": "dt.corr(x, y)",
}
BOOLEAN = {"and": ast.BitAnd, "or": ast.BitOr}
# From Arrow, datatable reads an unsigned number's bits as signed, and a dictionary's codes.
LOADABLE = {
    "uint8": "pa.int16()",
    "uint16": "pa.int32()",
    "uint32": "pa.int64()",
    "uint64": "pa.int64()",
    "halffloat": "pa.float32()",
    "string_view": "pa.string()",
    "dictionary": "pa.string()",
}
# `from datatable import …`, as its documentation writes.
NAMES = ("by", "f", "g", "ifelse", "join", "sort")


@dataclass(frozen=True, slots=True)
class Datatable:
    """Writes brackets after brackets; `materialize` is the call that finishes the answer."""

    name: str = "datatable"

    @property
    def distributions(self) -> tuple[str, ...]:
        """Give the distributions whose versions matter."""
        return ("datatable", "pyarrow")

    def environment(self, resources: Resources) -> dict[str, str]:  # noqa: ARG002
        """Give nothing: datatable hears its number of threads from the program alone."""
        return {}

    def write(
        self,
        query: Query | Tasks,
        data: Schema,
        resources: Resources = Resources(),  # noqa: B008
    ) -> Program:
        """Write one chain of brackets."""
        query, rows, met = joining(query, data)
        query = widened(query, rows)
        _check_names(query)
        rewritten = _summable(query, of_rows(query, rows))
        chain = _Chain(rewritten, of_rows(rewritten, rows), rows).finished()
        load, imports = _both_loaded(met) if met else _load(query, data)
        joined, chain = _meeting(met, query, chain) if met else ("", chain)
        asked = fill(f"{joined}\n{FINISHED}", CHAIN=chain)
        threads = f"dt.options.nthreads = {resources.threads}" if resources.threads else ""
        names = [name for name in NAMES if re.search(rf"\b{name}\b[.(\[]", asked)]
        parts = Parts(
            imports="\n".join(["import datatable as dt", *imports, _from_datatable(names)]),
            before=threads,
            load=load,
            query=asked,
            rows="return answer.to_arrow()",
            path=met.paths if met else "path",
            data=met.frames if met else "data",
        )
        return assemble(self.name, query, parts)


FINISHED = """\
answer = CHAIN
# Columns are lazy, and views of rows too, until they are materialized.
answer.materialize()
return answer
"""


def _check_names(query: Query) -> None:
    """Refuse names that datatable would change: it writes a point for what does not print."""
    for name in (*query.reads, *query.outputs, *(output.name for output in query.derive)):
        if any(ord(character) < 32 for character in name):
            raise Unsupported(repr(name), "datatable would put a point for what does not print")


def _from_datatable(names: list[str]) -> str:
    return f"from datatable import {', '.join(names)}" if names else ""


KEYED = """\
# What is joined has a key; a key's values are unique, and come first.
TABLE = CHOSEN
TABLE.key = KEY
"""


def _meeting(met: Joining, query: Query, chain: ast.expr) -> tuple[str, ast.expr]:
    """Write the join: datatable's keeps the rows that match nothing; an inner one drops them.

    Gives the statements before the chain of the other clauses, and the chain.
    """
    names = dict.fromkeys((*met.join.on, *met.right))
    columns = {met.renamed.get(name, name): _f(name) for name in names}
    inner = met.join.how == "inner"
    full = (n for n in met.right if n not in met.join.on and not met.other[n].missing)
    # A number is compared faster than a text.
    numbers_first = sorted(full, key=lambda name: met.other[name].kind == "string")
    sure = next((met.renamed.get(name, name) for name in numbers_first), "")
    table = quote(met.name)
    if inner and not sure:
        sure = fresh("matched", {*columns, *met.data.names})
        columns[sure] = literal(True)
    chosen = quote("t[:, c]", t=table, c=columns)
    if met.matches_missing:
        tests = [quote("x != None", x=_f(name)) for name in met.join.on]
        # datatable lets a missing key match a missing key.
        chosen = quote("t[r, c]", t=table, r=_joined("and", tests), c=columns)
    found = quote("data[:, :, join(t)]", t=table)
    if inner:
        found = quote("data[x != None, :, join(t)]", x=_column("g", sure), t=table)
    if query.select and not query.derive and sure not in query.reads and inner:
        found = quote("d[:, n]", d=found, n=list(query.reads))
    keyed = fill(KEYED.replace("TABLE", met.name), CHOSEN=chosen, KEY=met.key)
    if source(chain) == "data":
        return keyed, found
    return f"{keyed}\ndata = {source(found)}", chain


def _load(query: Query, data: Schema) -> tuple[str, list[str]]:
    """Write `load` and give what it imports."""
    lines, frame, imports = _loaded(query, data, "path")
    return "\n".join([*lines, f"return {frame}"]), imports


def _both_loaded(met: Joining) -> tuple[str, list[str]]:
    lines, imports = [], []
    for (query, data), name in zip(met.sides(), ("data", met.name), strict=True):
        read, frame, modules = _loaded(query, data, "path" if name == "data" else f"{name}_path")
        lines += [*read, f"{name} = {frame}"]
        imports += modules
    return "\n".join([*lines, f"return {met.frames}"]), imports


def _loaded(query: Query, data: Schema, path: str) -> tuple[list[str], str, list[str]]:
    """Write the statements and the expression that load a file, and give what they import."""
    if not data.rows:
        raise Unsupported("a frame without rows", "from Arrow, datatable reads no columns then")
    # Of no columns, datatable would count no rows.
    names = list(query.reads) or list(data.names[:1])
    lines = [source(quote("pq.read_table(p, columns=c)", p=quote(path), c=names))]
    lines[0] = f"table = {lines[0]}"
    imports = ["import pyarrow.parquet as pq"]
    for name in names:
        if (data[name].most or 0) >= 2**63:
            raise Unsupported(repr(name), "datatable has no integers above 2**63")
    types = {name: _loadable(data[name].arrow) for name in names}
    if any(types.values()):
        imports.append("import pyarrow as pa")
        lines.append("# datatable would read their bits: unsigned numbers, codes of dictionaries.")
        for name, target in types.items():
            if target:
                lines += _column_set(name, f"column.cast({target})")
    nans = [name for name in query.reads if data[name].nans]
    if nans:
        imports.append("import pyarrow.compute as pc")
        lines.append("# In a column from Arrow, NaN would be a number.")
        for name in nans:
            lines += _column_set(name, "pc.if_else(pc.is_nan(column), None, column)")
    return lines, "dt.Frame(table.combine_chunks())", imports


def _column_set(name: str, value: str) -> list[str]:
    text = source(literal(name))
    return [
        f"column = table[{text}]",
        f"table = table.set_column(table.column_names.index({text}), {text}, {value})",
    ]


def _loadable(arrow: str) -> str | None:
    if arrow.startswith("decimal"):
        raise Unsupported("a decimal column", "datatable has no such type")
    return LOADABLE.get(arrow.split("<", maxsplit=1)[0])


def _summable(query: Query, facts: Facts) -> Query:
    """Derive what `dt.sum` refuses: an expression that its older half makes, as of `dt.math`.

    And a copy of a key that is aggregated: within its group, a key is a single value.
    """
    derived = list(query.derive)
    taken = {*query.reads, *query.outputs, *(output.name for output in derived)}

    def named(argument: Expr, name: str) -> Expr:
        for output in derived:
            if output.expression == argument:
                return Col(output.name)
        derived.append(Output(fresh(name, taken), argument))
        taken.add(derived[-1].name)
        return Col(derived[-1].name)

    def copied(node: Expr) -> Expr:
        keys = [name for name in columns(node) if name in query.group_by]
        return substituted(node, {name: named(Col(name), name) for name in keys})

    def rewritten(node: Expr) -> Expr:
        match node:
            case Agg("sum", (Neg(operand),)):
                return Neg(rewritten(Agg("sum", (operand,))))
            case Agg("sum", (argument,)) if name := _older(argument, facts):
                return Agg("sum", (named(argument, name),))
            case Agg() if not {*columns(node)}.isdisjoint(query.group_by):
                return copied(node)
            case _:
                return rebuilt(node, tuple(map(rewritten, children(node))))

    aggregate, transform = (
        tuple(replace(o, expression=rewritten(o.expression)) for o in outputs)
        for outputs in (query.aggregate, query.transform)
    )
    return replace(query, derive=tuple(derived), aggregate=aggregate, transform=transform)


def _older(node: Expr, facts: Facts) -> str:
    """Give a name to what `dt.math` makes, which is another class of expression; else nothing."""
    match node:
        case Call(function) if "dt.math" in FUNCTIONS.get(function, ""):
            return function
        case Call("round", (_,)):
            return "round"
        case Arith("//", left, right) if not _whole(facts, left, right):
            return "quotient"
        case _:
            return ""


def _whole(facts: Facts, *nodes: Expr) -> bool:
    return all(facts.kind(node) == "int" and not makes_double(node) for node in nodes)


@dataclass(frozen=True, slots=True)
class _Chain:
    query: Query
    facts: Facts
    data: Schema

    def finished(self) -> ast.expr:
        tree = quote("data")
        for step in (self._rows, self._columns, self._having, self._sort, self._limit):
            tree = step(tree)
        return tree

    def _rows(self, tree: ast.expr) -> ast.expr:
        """Filter rows and derive columns, in one pair of brackets where it can be."""
        writer = _Writer(self.facts)
        rows = writer.condition(self.query.where) if self.query.where else None
        for batch in _batches(self.query.derive):
            new = {output.name: self._derived(output) for output in batch}
            tree = _bracketed(tree, rows, quote("f[:].extend(o)", o=new))
            rows = None
        if rows is None:
            return tree
        if isinstance(self.query.apply, RowFunction) or not self.query.derive:
            return quote("t[c, :]", t=tree, c=rows)
        return tree

    def _derived(self, output: Output) -> ast.expr:
        tree = _Writer(self.facts).value(output.expression)
        if output.name in self.query.group_by and self.facts.kind(output.expression) == "float":
            # -0.0 and 0.0 would be two groups.
            return quote("x + 0", x=tree)
        return tree

    def _columns(self, tree: ast.expr) -> ast.expr:
        if self.query.extreme:
            return self._extreme(tree, self.query.extreme)
        match self.query.apply:
            case RowFunction() as function:
                return quote("t[:, o]", t=tree, o={function.output: self._applied(function)})
            case None:
                pass
            case other:
                raise Unsupported(other.name, "datatable calls no Python function on groups")
        if self.query.transform:
            return self._transformed(tree)
        if self.query.select:
            return tree
        writer = _Writer(self.facts, self._aggregation)
        outputs = {o.name: writer.value(o.expression) for o in self.query.aggregate}
        return self._grouped(quote("t[:, o]", t=tree, o=outputs))

    def _transformed(self, tree: ast.expr) -> ast.expr:
        """Give the rows numbers to sort by: the answer comes group by group."""
        query, writer = self.query, _Writer(self.facts, self._aggregation)
        outputs = {o.name: writer.value(o.expression) for o in query.transform}
        if not query.group_by:
            extended = quote("t[:, f[:].extend(o)]", t=tree, o=outputs)
            return quote("t[:, n]", t=extended, n=list(query.outputs))
        row = fresh("row", {*query.reads, *query.outputs, *(o.name for o in query.derive)})
        tree = quote("t[:, f[:].extend(r)]", t=tree, r={row: quote("dt.cumcount()")})
        tree = self._grouped(quote("t[:, o]", t=tree, o={row: _f(row), **outputs}))
        names = literal([*query.group_by, *query.outputs[len(query.group_by) :]])
        return quote("t[:, :, sort(r)][:, n]", t=tree, r=row, n=names)

    def _window(self, agg: Agg) -> ast.expr:
        if agg.function == "rank":
            raise Unsupported("rank()", "datatable numbers no equal values alike")
        argument, *rest = agg.arguments
        step = rest[0].value if rest and isinstance(rest[0], Lit) else 1
        x = _Writer(self.facts).value(argument)
        if agg.function == "cumsum":
            if self.facts.may_miss(argument):
                total = quote("dt.cumsum(ifelse(x == None, 0, x))", x=x)
                return quote("ifelse(x == None, None, t)", x=x, t=total)
            return quote("dt.cumsum(x)", x=x)
        return quote("dt.shift(x, n)", x=x, n=step if agg.function == "lag" else -int(str(step)))

    def _grouped(self, tree: ast.expr, *more: ast.expr) -> ast.expr:
        """Put `by(…)` and what follows it into the last brackets."""
        assert isinstance(tree, ast.Subscript)
        assert isinstance(tree.slice, ast.Tuple)
        by = [quote("by(*k)", k=list(map(literal, self.query.group_by)))]
        tree.slice.elts += [*(by if self.query.group_by else []), *more]
        return tree

    def _extreme(self, tree: ast.expr, extreme: Extreme) -> ast.expr:
        column = _f(extreme.column)
        if not present(self.query, extreme.column, self.data):
            tree = quote("t[x != None, :]", t=tree, x=column)
        order = "sort(x)" if extreme.smallest else "sort(x, reverse=True)"
        numeric = self.facts.kind(Col(extreme.column)) in {"int", "float"}
        order = "sort(-x)" if numeric and not extreme.smallest else order
        top = quote("t[:n, o]", t=tree, n=extreme.n, o={extreme.name: column})
        return self._grouped(top, quote(order, x=column))

    def _applied(self, function: RowFunction) -> ast.expr:
        if function.body is None:
            raise Unsupported(function.name, function.opaque)
        guards = self.facts.guards(function.body) if function.on_missing == "skip" else ()
        tests: tuple[Expr, ...] = tuple(IsMissing(Col(column)) for column in guards)
        body = function.body
        while isinstance(body, Let):
            body = substituted(body.body, {body.name: body.value})
        if not tests:
            return _Writer(self.facts).value(body)
        guard = (Bool("or", tests) if len(tests) > 1 else tests[0], Lit(None))
        match body:
            case Case(branches, otherwise):
                body = Case((guard, *branches), otherwise)
            case _:
                body = Case((guard,), body)
        return _Writer(self.facts).value(body)

    def _aggregation(self, agg: Agg) -> ast.expr:
        writer = _Writer(self.facts)
        if agg.function in WINDOWS:
            return self._window(agg)
        match agg:
            case Agg("size"):
                return quote("dt.count()")
            case Agg("any", (condition,)):
                return quote("s > 0", s=self._holding(condition))
            case Agg("all", (condition,)):
                return quote("s == 0", s=self._holding(negated(condition)))
            case Agg("sum", (condition,)) if self.facts.kind(condition) == "bool":
                return self._holding(condition)
            case _:
                self._check(agg)
        x, *rest = map(writer.value, agg.arguments)
        return quote(AGGREGATIONS[agg.function], x=x, y=rest[0] if rest else None)

    def _holding(self, condition: Expr) -> ast.expr:
        """Count the rows where a condition holds."""
        tree = _Writer(self.facts).condition(condition)
        if isinstance(condition, (Compare, Col)) and not isinstance(tree, ast.BinOp):
            return quote("dt.sum(c)", c=tree)
        return quote("dt.sum(ifelse(c, 1, 0))", c=tree)

    def _check(self, agg: Agg) -> None:
        if agg.function not in AGGREGATIONS:
            raise Unsupported(f"{agg.function}()", "datatable has no such reducer")
        if agg.function in {"first", "last"} and self.facts.may_miss(agg.arguments[0]):
            raise Unsupported(f"{agg.function}()", "datatable's counts a missing value as one")
        if agg.function in {"min", "max"} and self.facts.kind(agg.arguments[0]) == "string":
            raise Unsupported(f"{agg.function}() of text", "datatable compares numbers and dates")

    def _having(self, tree: ast.expr) -> ast.expr:
        if self.query.having is None:
            return tree
        facts = of_outputs(self.query, self.facts)
        return quote("t[c, :]", t=tree, c=_Writer(facts).condition(self.query.having))

    def _sort(self, tree: ast.expr) -> ast.expr:
        names = [literal(key.name) for key in self.query.sort]
        descending = [key.descending for key in self.query.sort]
        if not names:
            return tree
        if not any(descending):
            return quote("t[:, :, sort(*n, na_position='last')]", t=tree, n=names)
        same = descending[0] if len(set(descending)) == 1 else descending
        order = quote("sort(*n, reverse=d, na_position='last')", n=names, d=same)
        return quote("t[:, :, s]", t=tree, s=order)

    def _limit(self, tree: ast.expr) -> ast.expr:
        if self.query.limit is None:
            return tree
        return quote("t[:n, :]", t=tree, n=self.query.limit)


def _bracketed(tree: ast.expr, rows: ast.expr | None, selected: ast.expr) -> ast.expr:
    if rows is None:
        return quote("t[:, o]", t=tree, o=selected)
    return quote("t[c, o]", t=tree, c=rows, o=selected)


def _batches(outputs: tuple[Output, ...]) -> list[list[Output]]:
    """Split derived columns so that none reads another of the same brackets."""
    batches: list[list[Output]] = []
    for output in outputs:
        reads = set(columns(output.expression))
        if not batches or reads & {o.name for o in batches[-1]}:
            batches.append([])
        batches[-1].append(output)
    return batches


def _f(name: str) -> ast.expr:
    """Write a column of the frame."""
    return _column("f", name)


def _column(frame: str, name: str) -> ast.expr:
    """Write a column: as an attribute where its name can be one."""
    plain = unicodedata.normalize("NFKC", name) == name
    if name.isidentifier() and not name.startswith("_") and plain:
        try:
            return ast.parse(f"{frame}.{name}", mode="eval").body
        except SyntaxError:
            pass
    return quote("f[name]", f=quote(frame), name=name)


def _refuse(agg: Agg) -> ast.expr:
    raise Unsupported(f"{agg.function}()", "an aggregation has no meaning here")


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes expressions; in datatable a comparison with a missing value is False, `!=` True."""

    facts: Facts
    aggregation: Callable[[Agg], ast.expr] = _refuse

    def value(self, node: Expr) -> ast.expr:
        """Write an expression for its value, missing where the language says so."""
        match node:
            case Col(name):
                return _f(name)
            case Lit(dt.datetime() | dt.date() as value):
                return _moment(value)
            case Lit(value):
                return literal(value)
            case Arith(op, left, right):
                return self._arithmetic(op, left, right)
            case Neg(operand):
                return quote("-x", x=self.value(operand))
            case Compare() | Bool() | Not() | IsIn():
                return self._three_valued(node)
            case IsMissing():
                return self.condition(node)
            case Call(function, arguments):
                return self._call(function, arguments)
            case Case(branches, otherwise):
                return self._case(branches, otherwise)
            case Let(name, value, body):
                return self.value(substituted(body, {name: value}))
            case Agg():
                return self.aggregation(node)
            case _:
                assert_never(node)

    def condition(self, node: Expr) -> ast.expr:
        """Write a condition that is True where it surely holds, and False elsewhere."""
        match node:
            case Compare(op, left, right):
                return self._comparison(op, left, right)
            case IsMissing(operand):
                return quote("x == None", x=self.value(operand))
            case Not(IsMissing(operand)):
                return quote("x != None", x=self.value(operand))
            case IsIn(operand, values):
                return _joined("or", [self._comparison("==", operand, v) for v in _given(values)])
            case Not(IsIn(operand, values)):
                return self._not_in(operand, values)
            case Bool(op, operands):
                return _joined(op, [self.condition(operand) for operand in operands])
            case Not(operand):
                return self._opposite(operand)
            case _:
                tree = self.value(node)
                return quote("x == True", x=tree) if self.facts.may_miss(node) else tree

    def _three_valued(self, node: Expr) -> ast.expr:
        if not self.facts.may_miss(node):
            return self.condition(node)
        holds, fails = self.condition(node), self.condition(negated(node))
        return quote("ifelse(a, True, b, False, None)", a=holds, b=fails)

    def _comparison(self, op: str, left: Expr, right: Expr) -> ast.expr:
        tree = quote(f"x {op} y", x=self.value(left), y=self.value(right))
        missing = [side for side in (left, right) if self.facts.may_miss(side)]
        if op == "!=":
            return self._present(tree, missing)
        # Of two missing values, neither is the smaller or the larger, but they equal each other.
        both = "=" in op and len(missing) == 2
        return self._present(tree, missing[:1]) if both else tree

    def _not_in(self, operand: Expr, values: tuple[Lit, ...]) -> ast.expr:
        x = self.value(operand)
        parts = [quote("x != v", x=x, v=self.value(value)) for value in _given(values)]
        tree = _joined("and", parts)
        return self._present(tree, [operand] if self.facts.may_miss(operand) else [])

    def _present(self, tree: ast.expr, nodes: list[Expr]) -> ast.expr:
        parts = [quote("x != None", x=self.value(node)) for node in nodes]
        return _joined("and", [tree, *parts])

    def _opposite(self, operand: Expr) -> ast.expr:
        opposite = negated(operand)
        if not isinstance(opposite, Not):
            return self.condition(opposite)
        x = self.value(operand)
        return quote("x == False", x=x) if self.facts.may_miss(operand) else quote("~x", x=x)

    def _arithmetic(self, op: str, left: Expr, right: Expr) -> ast.expr:
        x, y = self._wide(op, left, right), self._wide(op, right, left)
        whole = _whole(self.facts, left, right)
        if op == "%" and not whole:
            return quote("x - y * dt.math.floor(x / y)", x=x, y=y)
        if op == "//" and not whole:
            floor = quote("dt.math.floor(x / y)", x=x, y=y)
            return floor if nonzero(right) else quote("ifelse(y != 0, r, None)", y=y, r=floor)
        return quote(f"x {op} y", x=x, y=y)

    def _wide(self, op: str, node: Expr, other: Expr) -> ast.expr:
        """Write an operand; arithmetic on fewer than 64 bits would wrap."""
        x = self.value(node)
        if self.facts.overflows(op, node, other):
            return quote("dt.as_type(x, dt.int64)", x=x)
        return x

    def _truncated(self, moment: Expr, unit: str) -> ast.expr:
        """Write a truncation by the parts that are kept."""
        timed = self.facts.kind(moment) == "timestamp"
        kept = UNITS[: UNITS.index(unit) + 1]
        parts = [quote(f"dt.time.{u}(x)", x=self.value(moment)) for u in kept]
        blank = [literal(1)] * (3 - len(parts)) + [literal(0)] * 3
        if timed:
            return quote("dt.time.ymdt(*p)", p=[*parts, *blank][:6])
        return quote("dt.time.ymd(*p)", p=[*parts, *blank][:3])

    def _call(self, function: str, arguments: tuple[Expr, ...]) -> ast.expr:
        if function in DATED and self.facts.zone(arguments[0]):
            raise Unsupported(f"{function}() of a time with a zone", "datatable's times have none")
        match function, arguments:
            case "truncate", (moment, Lit(unit)):
                return self._truncated(moment, str(unit))
        parts = list(map(self.value, arguments))
        if function == "round" and len(parts) == 1:
            return quote("dt.math.rint(x)", x=parts[0])
        if function == "round":
            return quote("dt.math.rint(x * 10**n) / 10**n", x=parts[0], n=parts[1])
        if function in {"min", "max"}:
            return self._extreme(quote(FUNCTIONS[function], x=parts), arguments)
        if function in PATTERNS and isinstance(arguments[1], Lit):
            escaped = re.sub(r"([\\^$.|?*+()\[\]{}/])", r"\\\1", str(arguments[1].value))
            pattern = PATTERNS[function].format(escaped)
            return quote("dt.re.match(x, p)", x=parts[0], p=pattern)
        if function not in FUNCTIONS:
            raise Unsupported(f"{function}()", "datatable has no such function")
        return quote(FUNCTIONS[function], x=parts[0])

    def _extreme(self, tree: ast.expr, arguments: tuple[Expr, ...]) -> ast.expr:
        """Keep what is missing missing: datatable's leave it out."""
        tests = [IsMissing(argument) for argument in arguments if self.facts.may_miss(argument)]
        if not tests:
            return tree
        condition = _joined("or", list(map(self.condition, tests)))
        return quote("ifelse(c, None, x)", c=condition, x=tree)

    def _case(self, branches: tuple[tuple[Expr, Expr], ...], otherwise: Expr) -> ast.expr:
        parts = [part for c, v in branches for part in (self.condition(c), self.value(v))]
        while isinstance(otherwise, Case):
            parts += [p for c, v in otherwise.branches for p in (self.condition(c), self.value(v))]
            otherwise = otherwise.otherwise
        return quote("ifelse(*p)", p=[*parts, self.value(otherwise)])


def _moment(value: dt.date) -> ast.expr:
    if not isinstance(value, dt.datetime):
        return quote("dt.time.ymd(*p)", p=[*map(literal, (value.year, value.month, value.day))])
    if value.tzinfo:
        raise Unsupported("a time with a zone", "datatable's times have none")
    return quote("dt.time.ymdt(*p)", p=[*map(literal, value.timetuple()[:6])])


def _given(values: tuple[Lit, ...]) -> list[Lit]:
    return [value for value in values if value.value is not None]


def _joined(op: str, parts: list[ast.expr]) -> ast.expr:
    if not parts:
        return literal(op == "and")
    tree = parts[0]
    for part in parts[1:]:
        tree = ast.BinOp(tree, BOOLEAN[op](), part)
    return tree


ENGINE = Datatable()
VARIANTS: tuple[Datatable, ...] = ()
write = ENGINE.write
run = partial(trying.run, ENGINE)
