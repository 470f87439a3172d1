"""Method chains: what lazy data-frame libraries share of the steps of a query."""

from __future__ import annotations

import ast
from abc import abstractmethod
from dataclasses import dataclass, replace

from ...errors import Unsupported
from ...spec.expression import (
    Agg,
    Col,
    Expr,
    IsMissing,
    Not,
    list_aggregations,
    list_columns,
    walk,
)
from ...spec.kinds import with_column
from ...spec.unpivot import NAMES, VALUES
from ...spec.workload import Extreme, Gaps, GroupFunction, Output, RowFunction, Unpivot
from .chain_expressions import ChainExpressions, is_constant
from .passes.join import Inputs, WriteJoin
from .properties import Facts, collect_output_facts
from .quote import is_keyword, quote, write_literal
from .steps import decompose, hoist, is_present, split_batches, split_conjuncts
from .user_functions import skip_missing


@dataclass(frozen=True, slots=True)
class Chain(ChainExpressions):
    """Writes the chain of a query; a library's own class says how its frames take the steps."""

    def write_tree(self, frame: ast.expr) -> ast.expr:
        """Write the whole chain over a frame's expression."""
        tree = self.write_where(frame)
        match self.query.apply:
            case GroupFunction(name=name):
                raise Unsupported(name, f"group functions are not implemented for {self.title}")
            case RowFunction() as function:
                tree = self._write_row_function(tree, function)
            case None:
                tree = self.answer_columns(tree)
        return self.finish(tree)

    # How a library's frames take the steps: these differ.

    def filter(self, tree: ast.expr, conditions: list[ast.expr]) -> ast.expr:
        """Keep the rows for which all conditions are true."""
        return quote("t.filter(*c)", t=tree, c=conditions)

    def add_columns(self, tree: ast.expr, outputs: dict[str, ast.expr]) -> ast.expr:
        """Add columns."""
        return quote("t.with_columns(**o)", t=tree, o=outputs)

    def select(self, tree: ast.expr, outputs: list[ast.expr]) -> ast.expr:
        """Keep nothing but these expressions."""
        return quote("t.select(*o)", t=tree, o=outputs)

    @abstractmethod
    def aggregate(self, tree: ast.expr, keys: list[str], outputs: list[ast.expr]) -> ast.expr:
        """Aggregate the rows of each group; all rows where there are no keys."""

    @abstractmethod
    def keep_extremes(self, tree: ast.expr, extreme: Extreme) -> ast.expr:
        """Keep the extreme rows of each group: keys, and the column under its new name."""

    def fill_gaps(self, rows: ast.expr, gaps: Gaps) -> ast.expr:
        """Add the times that rows lack, which a variable holds: they are read twice."""
        del rows, gaps
        raise Unsupported("fill_gaps", f"not implemented for {self.title} yet")

    def write_distinct(self, tree: ast.expr, names: list[str]) -> ast.expr:
        """Keep each combination of some columns' values once."""
        return quote("t.distinct()", t=self.select(tree, [*map(self.write_kept, names)]))

    @abstractmethod
    def sort(self, tree: ast.expr, names: list[str], descending: list[bool]) -> ast.expr:
        """Sort, missing values last."""

    def limit(self, tree: ast.expr, n: int) -> ast.expr:
        """Keep the first rows."""
        return quote("t.limit(n)", t=tree, n=n)

    def write_kept(self, name: str) -> ast.expr:
        """Write a column that is selected as it is."""
        return self.write_column(name)

    # What they share.

    def write_rows(self, frame: ast.expr) -> ast.expr:
        """Filter the rows, and derive their columns."""
        return self._add_batches(self.write_where(frame), self.query.derive)

    def write_where(self, tree: ast.expr) -> ast.expr:
        """Keep the rows that the query asks for."""
        # Before the filter, a column may still be missing.
        before = replace(self, known=Facts(self.data))
        return before.keep(tree, self.query.where)

    def keep(self, tree: ast.expr, condition: Expr | None) -> ast.expr:
        """Keep the rows of a condition: `drop_nulls`, where a library has it, and `filter`."""
        found = split_conjuncts(condition)
        present = [
            name for name in map(_find_present_column, found) if name and self.dialect.drop_rows
        ]
        if present:
            subset = write_literal(present[0] if len(present) == 1 else present)
            tree = quote(self.dialect.drop_rows, t=tree, n=subset)
            found = tuple(c for c in found if _find_present_column(c) is None)
        return self.filter(tree, list(map(self.write_expression, found))) if found else tree

    def write_named(self, tree: ast.expr, name: str) -> ast.expr:
        """Return an expression its name in the answer."""
        return quote(self.dialect.named, x=tree, n=name)

    def add_derived(self, tree: ast.expr) -> ast.expr:
        """Add the columns that the query derives."""
        return self._add_batches(tree, self.query.derive)

    def answer_columns(self, tree: ast.expr) -> ast.expr:
        """Write the columns of the answer over the rows."""
        query = self.query
        if query.transform:
            return self.answer_transform(self._add_batches(tree, query.derive))
        if query.extreme:
            tree = self._add_batches(tree, query.derive)
            if not is_present(query, query.extreme.column, self.data):
                test = quote(self.dialect.present, x=self.write_column(query.extreme.column))
                tree = self.filter(tree, [test])
            return self.keep_extremes(tree, query.extreme)
        if query.gaps:
            return self.fill_gaps(tree, query.gaps)
        if query.unpivot:
            return self.unpivot(self._add_batches(tree, query.derive), query.unpivot)
        if query.asks_for_rows:
            tree = self._add_batches(tree, query.derive)
            return tree if query.whole else self.select(tree, [*map(self.write_kept, query.select)])
        keys = list(query.group_by)
        if query.is_distinct:
            return self.write_distinct(self._add_batches(tree, query.derive), keys)
        if not self.dialect.shares and is_repeated(query.aggregate):
            return self._aggregate_once(self._add_batches(tree, query.derive), keys)
        tree = self._add_batches(tree, query.derive)
        return self.aggregate(tree, keys, [self.write_output(o) for o in query.aggregate])

    def answer_transform(self, tree: ast.expr) -> ast.expr:
        """Write the columns of a transform beside the keys of its groups."""
        query = self.query
        if not query.group_by:
            # Only beside the rows does an aggregation alone have a value for each.
            made = {
                o.name: self.write_comparable_output(o)
                for o in query.transform
                if o.expression != Col(o.name)
            }
            tree = self.add_columns(tree, made) if made else tree
            return self.select(tree, [self.write_kept(o.name) for o in query.transform])
        kept = [self.write_kept(key) for key in query.group_by]
        return self.select(tree, [*kept, *map(self.write_output, query.transform)])

    def unpivot(self, tree: ast.expr, unpivot: Unpivot) -> ast.expr:
        """Write a row for each value of several columns."""
        index = unpivot.index[0] if len(unpivot.index) == 1 else list(unpivot.index)
        options = {"index": write_literal(index)} if unpivot.index else {}
        if unpivot.names != NAMES:
            options["variable_name"] = write_literal(unpivot.names)
        if unpivot.values != VALUES:
            options["value_name"] = write_literal(unpivot.values)
        return quote(self.dialect.unpivot, t=tree, c=list(unpivot.on), o=options)

    def _aggregate_once(self, tree: ast.expr, keys: list[str]) -> ast.expr:
        """Aggregate what several outputs use, then combine it."""
        taken, schema, reduced = decompose(self.query), self.facts.data, []
        aggs = list_aggregations(*(o.expression for o in self.query.aggregate))
        for agg, reduction in zip(aggs, taken.reductions, strict=True):
            value = self.write_comparable(agg)
            wide = quote(self.dialect.wide, x=value) if self._is_narrow(agg) else value
            reduced.append(self.write_named(wide, reduction.name))
            schema = with_column(schema, reduction.name, agg)
        combined = replace(self, known=Facts(schema))
        kept = map(self.write_kept, keys)
        return self.select(
            self.aggregate(tree, keys, reduced), [*kept, *map(combined.write_output, taken.outputs)]
        )

    def write_renamed(self, column: str, name: str) -> ast.expr:
        """Write a column that is selected under a name, which may be its own."""
        kept = column == name
        return self.write_kept(name) if kept else self.write_named(self.write_column(column), name)

    def write_output(self, output: Output) -> ast.expr:
        """Write a named output."""
        return self.write_named(self.write_comparable_output(output), output.name)

    def write_comparable_output(self, output: Output) -> ast.expr:
        """Write an output, without NaN where it is compared or sorted."""
        seen = self.query.having or self.query.sort or self.query.passed
        return (
            self.write_comparable(output.expression)
            if seen
            else self.write_value(output.expression)
        )

    def _write_row_function(self, tree: ast.expr, function: RowFunction) -> ast.expr:
        if function.body is None:
            raise Unsupported(function.name, function.opaque)
        between, body = hoist(skip_missing(self.query, self.data, function.body))
        outputs = (*self.query.derive, *between)
        rows = replace(self, query=replace(self.query, derive=outputs))
        tree = rows._add_batches(tree, outputs)  # noqa: SLF001 - its own kind
        value = rows.write_comparable_output(Output("", body))
        return self.select(tree, [self.write_named(value, function.output)])

    def _add_batches(self, tree: ast.expr, outputs: tuple[Output, ...]) -> ast.expr:
        for batch in split_batches(outputs):
            written = {o.name: self.write_derived(o) for o in batch}
            tree = self.add_columns(tree, written)
        return tree

    def write_derived(self, output: Output) -> ast.expr:
        """Write the value of a derived column."""
        node = output.expression
        if is_constant(node):
            return self.write_value(node)
        # An aggregation in a derived column is the value of the row's group.
        tree = replace(self, beside=True).write_comparable(node)
        narrow = self._is_narrow(node) and (self.query.passed or self._is_read(output.name))
        return quote(self.dialect.wide, x=tree) if narrow else tree

    def _is_read(self, name: str) -> bool:
        """Return whether an expression or a function of the query reads a column."""
        read = any(name in list_columns(node) for node in self.query.expressions)
        return read or self.query.apply is not None

    def finish(self, tree: ast.expr) -> ast.expr:
        """Filter, sort and cut the answer."""
        if self.query.having:
            answer = replace(self, known=collect_output_facts(self.query, self.facts))
            tree = answer.keep(tree, self.query.having)
        if self.query.sort:
            if self.query.stable and not self.dialect.sorts_stably:
                why = f"a sort of {self.title} changes the order of equal rows"
                raise Unsupported("a step behind sorted rows", why)
            names = [key.name for key in self.query.sort]
            tree = self.sort(tree, names, [key.descending for key in self.query.sort])
        if self.query.limit is not None:
            tree = self.limit(tree, self.query.limit)
        return tree

    def sorts_missing(self, names: list[str]) -> bool:
        """Return whether a sorted column of the answer may be missing."""
        answer = collect_output_facts(self.query, self.facts)
        present = set(map(_find_present_column, split_conjuncts(self.query.having)))
        return any(
            name not in answer.data or answer.may_miss(Col(name))
            for name in names
            if name not in present
        )


def is_repeated(outputs: tuple[Output, ...]) -> bool:
    """Return whether an aggregation occurs more than once."""
    found = [n for o in outputs for n in walk(o.expression) if isinstance(n, Agg) and n.arguments]
    return len(set(found)) < len(found)


def split_named(outputs: list[ast.expr], word: str) -> tuple[list[ast.expr], dict[str, ast.expr]]:
    """Split outputs into those by position, and the last ones, whose names can be keywords.

    `word` is the method that names an expression.
    """
    named: dict[str, ast.expr] = {}
    for number, tree in reversed(list(enumerate(outputs))):
        match tree:
            case ast.Call(ast.Attribute(x, attr=method), [ast.Constant(str() as name)]) if (
                method == word and is_keyword(name) and name != "self"
            ):
                named = {name: x, **named}
            case _:
                return outputs[: number + 1], named
    return [], named


def _find_present_column(condition: Expr) -> str | None:
    """Return the column that a condition asks to be there; None for another condition."""
    match condition:
        case Not(IsMissing(Col(name))):
            return name
        case _:
            return None


def write_chain(chain: type[Chain], inputs: Inputs, frame: ast.expr, join: WriteJoin) -> ast.expr:
    """Write the chain of all steps over a frame; `join` writes a join of rows and a table."""
    for step in inputs.steps:
        for met in step.joinings:
            frame = join(frame, met)
        frame = chain(step.query, step.rows).write_tree(frame)
    return frame
