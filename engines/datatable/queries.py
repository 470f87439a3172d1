"""datatable chains: a query's clauses as brackets after brackets, up to the answer."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass, replace

from ...errors import Unsupported
from ...spec.expression import (
    Agg,
    Arith,
    Bool,
    Call,
    Case,
    Col,
    Expr,
    IsMissing,
    Let,
    Lit,
    Neg,
    choose_fresh_name,
    list_aggregations,
    list_children,
    list_columns,
    rebuild,
    substitute,
    walk,
)
from ...spec.kinds import with_column
from ...spec.order import needs_order
from ...spec.schema import Schema
from ...spec.windows import count_steps, expand_change
from ...spec.workload import Extreme, Output, Query, RowFunction, SortKey, Unpivot
from ..writing.properties import CHANGES, NARROW, Facts, collect_output_facts, makes_double
from ..writing.quote import quote, to_source, write_literal
from ..writing.steps import Reduction, is_present, negate, replace_aggregations, split_batches
from .expressions import DatatableWriter, f, is_whole
from .words import AGGREGATIONS, FUNCTIONS, UNSUPPORTED, WINDOWS

CUMULATIVE = frozenset({"cumsum", "cummin", "cummax"})
ENDS = "# Of no rows, a cumulative function would end the process."
ONE_OF_NONE = frozenset({"first", "last", "any_value", "median"})
ADDS = "# Of no rows, first, last and median by group have a value each, without the slice."


@dataclass(frozen=True, slots=True)
class BracketChain:
    """One query over one frame; without a tree of its own, that is the data's.

    `loses_rows` says that the frame is what a join or an earlier step has left.
    """

    query: Query
    facts: Facts
    data: Schema
    frame: ast.expr | None = None
    loses_rows: bool = False

    def write(self) -> tuple[list[str], ast.expr]:
        """Write the statements before the answer, and the brackets from the frame to it."""
        frame = self.frame or quote("data")
        lines: list[str] = []
        tree = self._write_rows(frame)
        if self._may_end:
            lines, tree = [ENDS, f"data = {to_source(tree)}"], quote("data")
        behind, named = self._name_values(tree)
        if named:
            lines, tree = [*lines, *named], behind._write_columns(quote("data"))  # noqa: SLF001 - its own kind
        elif self._updates:
            lines, tree = self._update(tree, copy=tree is frame)
        else:
            tree = self._write_columns(tree)
        if self._may_add:
            lines, tree = [*lines, ADDS], quote("t[0:, :]", t=tree)
        if self.query.unpivot and self._may_be_empty:
            lines, tree = _keep_columns(tree)
        for step in (self._filter_groups, self._sort, self._limit):
            tree = step(tree)
        return lines, tree

    @property
    def _may_be_empty(self) -> bool:
        """Return whether no row may be left."""
        return self.query.where is not None or self.loses_rows

    @property
    def _may_end(self) -> bool:
        """Return whether a window over all rows would end the process where none is left."""
        return self._may_be_empty and not self.query.group_by and self._calls(CUMULATIVE)

    @property
    def _may_add(self) -> bool:
        """Return whether no rows would have a group, in some of the columns."""
        return self._may_be_empty and bool(self.query.group_by) and self._calls(ONE_OF_NONE)

    def _calls(self, functions: frozenset[str]) -> bool:
        outputs = (*self.query.aggregate, *self.query.transform)
        called = list_aggregations(*(output.expression for output in outputs))
        return any(agg.function in functions for agg in called)

    @property
    def _has_windows(self) -> bool:
        return bool(list_aggregations(*(o.expression for o in self.query.transform)))

    @property
    def _new(self) -> list[Output]:
        """Return the outputs of a transform that are no columns of the rows as they are."""
        return [o for o in self.query.transform if o.expression != Col(o.name)]

    @property
    def _updates(self) -> bool:
        """Return whether columns are added to the rows of groups, which keep their places.

        A column that is replaced is already another one where a later column reads it.
        """
        read = {o.name: list_columns(o.expression) for o in self._new}
        replaced = [name for name in read if name in self.facts.data]
        alone = not any(a in read[b] for a in replaced for b in read if a != b)
        return bool(self.query.group_by) and self._has_windows and self.data.ordered and alone

    def _update(self, tree: ast.expr, *, copy: bool) -> tuple[list[str], ast.expr]:
        """Write a frame of its own, the columns added to it group by group, and the answer."""
        answer = quote("data")
        if needs_order(self.query):
            row = self._name_of_row()
            tree, answer = self._number(tree, row), quote("data[:, :, sort(r)]", r=row)
        elif copy:
            tree = quote("t.copy()", t=tree)
        writer = DatatableWriter(self.facts, self._write_aggregation)
        added = {o.name: writer.write_expression(o.expression) for o in self._new}
        update = self._group(quote("data[:, dt.update(**a)]", a=added))
        lines = [f"data = {to_source(tree)}", to_source(update)]
        return lines, quote("t[:, n]", t=answer, n=list(self.query.outputs))

    def _name_of_row(self) -> str:
        query = self.query
        return choose_fresh_name(
            "row", {*query.reads, *query.outputs, *(o.name for o in query.derive)}
        )

    def _number(self, tree: ast.expr, row: str) -> ast.expr:
        """Write the rows in the windows' order, each with its number in the frame's."""
        numbered = quote("t[:, f[:].extend(r)]", t=tree, r={row: quote("dt.cumcount()")})
        return (
            _sort_rows(numbered, self.query.order_by, self.facts)
            if needs_order(self.query)
            else numbered
        )

    def _write_rows(self, tree: ast.expr) -> ast.expr:
        """Filter rows and derive columns, in one pair of brackets where it can be."""
        writer = DatatableWriter(self.facts)
        rows = writer.write_condition(self.query.where) if self.query.where else None
        if self._chooses_derived:
            derived = {output.name: self._derive(output) for output in self.query.derive}
            chosen = {name: derived.get(name, f(name)) for name in self.query.select}
            return _write_brackets(tree, rows, quote("o", o=chosen))
        for batch in split_batches(self.query.derive):
            new = {output.name: self._derive(output) for output in batch}
            tree = _write_brackets(tree, rows, quote("f[:].extend(o)", o=new))
            rows = None
        if rows is None:
            return tree
        if isinstance(self.query.apply, RowFunction) or not self.query.derive:
            return quote("t[c, :]", t=tree, c=rows)
        return tree

    @property
    def _chooses_derived(self) -> bool:
        """Return whether one pair of brackets derives columns and chooses them, beside others."""
        query = self.query
        if not (query.asks_for_rows and query.derive and query.select):
            return False
        made = {o.name: o.expression for o in query.derive}
        alone = len(split_batches(query.derive)) == 1 and not list_aggregations(*made.values())
        read = (name in self.facts.data and name not in made for name in query.select)
        return alone and any(read)

    def _derive(self, output: Output) -> ast.expr:
        tree, kind = (
            DatatableWriter(self.facts).write_expression(output.expression),
            self.facts.find_kind(output.expression),
        )
        if kind == "float" and output.name in self.query.group_by:
            # -0.0 and 0.0 would be two groups.
            return quote("x + 0", x=tree)
        if kind == "int" and makes_double(output.expression):
            # A power of integers is a float to datatable, and `//` takes none.
            return quote("dt.as_type(x, dt.int64)", x=tree)
        return tree

    def _write_columns(self, tree: ast.expr) -> ast.expr:
        if self.query.extreme:
            return self._write_extreme(tree, self.query.extreme)
        match self.query.apply:
            case RowFunction() as function:
                return quote("t[:, o]", t=tree, o={function.output: self._apply(function)})
            case None:
                pass
            case other:
                raise Unsupported(other.name, "datatable calls no Python function on groups")
        if self.query.transform:
            return self._transform(tree)
        if self.query.gaps:
            raise Unsupported("fill_gaps", "datatable makes no ranges of times")
        if self.query.unpivot:
            return self._unpivot(tree, self.query.unpivot)
        if self.query.asks_for_rows:
            made = self.query.whole or self._chooses_derived
            return tree if made else quote("t[:, n]", t=tree, n=[*self.query.select])
        if self.query.is_distinct:
            counted = self._group(quote("t[:, dt.count()]", t=tree))
            return quote("t[:, n]", t=counted, n=[*self.query.group_by])
        writer = DatatableWriter(self.facts, self._write_aggregation)
        outputs = {o.name: writer.write_expression(o.expression) for o in self.query.aggregate}
        return self._group(quote("t[:, o]", t=tree, o=outputs))

    def _unpivot(self, tree: ast.expr, unpivot: Unpivot) -> ast.expr:
        """Write the rows of each column, one below the other."""
        kept = {name: self._write_wide(f(name), (name,)) for name in unpivot.index}
        value = self._write_wide(quote("f[name]"), unpivot.on)
        rows = {**kept, unpivot.names: quote("name"), unpivot.values: value}
        return quote("dt.rbind([t[:, o] for name in n])", t=tree, o=rows, n=list(unpivot.on))

    def _write_wide(self, value: ast.expr, names: tuple[str, ...]) -> ast.expr:
        """Write the values of columns as they can be bound: the least int32 is a missing value."""
        found = [self.facts.data[name] for name in names]
        if not any(column.arrow in NARROW for column in found):
            return value
        kind = "float64" if any(column.kind == "float" for column in found) else "int64"
        return quote(f"dt.as_type(x, dt.{kind})", x=value)

    def _transform(self, tree: ast.expr) -> ast.expr:
        """Write values of each row, or windows over all rows or over groups without an order."""
        query, writer = self.query, DatatableWriter(self.facts, self._write_aggregation)
        outputs = {o.name: writer.write_expression(o.expression) for o in query.transform}
        if not self._has_windows:
            return quote("t[:, o]", t=tree, o={**{k: f(k) for k in query.group_by}, **outputs})
        ordered = needs_order(query)
        if not query.group_by and not ordered:
            return self._extend(tree, outputs)
        if not self.data.ordered:
            tree = _sort_rows(tree, query.order_by, self.facts) if ordered else tree
            return self._group(quote("t[:, o]", t=tree, o=outputs))
        row = self._name_of_row()
        tree, outputs = self._number(tree, row), {row: f(row), **outputs}
        if query.group_by:
            extended = self._group(quote("t[:, o]", t=tree, o=outputs))
        else:
            extended = self._extend(tree, outputs)
        return quote("t[:, :, sort(r)][:, n]", t=extended, r=row, n=list(query.outputs))

    def _name_values(self, tree: ast.expr) -> tuple[BracketChain, list[str]]:
        """Write the statement that adds values of all rows as columns, and the query behind it.

        Without it, what is read time and again is also reduced time and again.
        """
        query, data = self.query, self.facts.data
        read = Counter(
            node for o in query.transform for node in walk(o.expression) if isinstance(node, Agg)
        )
        if (
            query.group_by
            or max(read.values(), default=1) == 1
            or not WINDOWS.keys().isdisjoint(agg.function for agg in read)
        ):
            return self, []
        taken = {*data.names, *query.outputs}
        made: dict[Agg, Reduction] = {}
        for agg in read:
            columns = list_columns(agg)
            name = choose_fresh_name("_".join((agg.function, *columns)), taken)
            taken.add(name)
            made[agg] = Reduction(name, agg.function, columns)
            data = with_column(data, name, agg)
        new = {r.name: self._write_aggregation(agg) for agg, r in made.items()}
        transform = tuple(
            replace(o, expression=replace_aggregations(o.expression, made)) for o in query.transform
        )
        behind = replace(
            self, query=replace(query, transform=transform), facts=replace(self.facts, data=data)
        )
        return behind, [f"data = {to_source(quote('t[:, f[:].extend(o)]', t=tree, o=new))}"]

    def _extend(self, tree: ast.expr, outputs: dict[str, ast.expr]) -> ast.expr:
        """Write values beside the rows, and keep them alone; a column's name stays the column's."""
        if len(self._new) < len(self.query.transform):  # a column of the rows gives the length
            return quote("t[:, o]", t=tree, o=outputs)
        taken = {*self.facts.data.names, *outputs}
        hides = {name for name in outputs if name in self.facts.data}
        names = {
            name: choose_fresh_name(name, taken) if name in hides else name for name in outputs
        }
        new = {names[name]: value for name, value in outputs.items()}
        extended = quote("t[:, f[:].extend(o)]", t=tree, o=new)
        if not hides:
            return quote("t[:, n]", t=extended, n=list(outputs))
        return quote("t[:, o]", t=extended, o={name: f(new) for name, new in names.items()})

    def _write_window(self, agg: Agg) -> ast.expr:
        if agg.function in CHANGES:
            return DatatableWriter(self.facts, self._write_aggregation).write_expression(
                expand_change(agg)
            )
        template = WINDOWS[agg.function]
        if not agg.arguments:
            return quote(template)
        (argument, *_), missing = agg.arguments, self.facts.may_miss(agg.arguments[0])
        x = DatatableWriter(self.facts).write_expression(argument)
        filled = quote("ifelse(x == None, 0, x)", x=x) if agg.function == "cumsum" else x
        steps = count_steps(agg)
        default = [] if steps == 1 else [write_literal(steps)]
        tree = quote(template, x=filled if missing else x, n=steps, default=default)
        if self._may_end and agg.function in CUMULATIVE:
            tree = quote("t if data.nrows else x", t=tree, x=x)
        if missing and agg.function in {"cumsum", "cummin", "cummax"}:
            # datatable carries the value on.
            return quote("ifelse(x == None, None, t)", x=x, t=tree)
        return tree

    def _group(self, tree: ast.expr, *more: ast.expr) -> ast.expr:
        """Put `by(…)` and what follows it into the last brackets."""
        assert isinstance(tree, ast.Subscript)
        assert isinstance(tree.slice, ast.Tuple)
        by = [quote("by(*k)", k=list(map(write_literal, self.query.group_by)))]
        tree.slice.elts += [*(by if self.query.group_by else []), *more]
        return tree

    def _write_extreme(self, tree: ast.expr, extreme: Extreme) -> ast.expr:
        column = f(extreme.column)
        if not is_present(self.query, extreme.column, self.data):
            tree = quote("t[x != None, :]", t=tree, x=column)
        order = "sort(x)" if extreme.smallest else "sort(x, reverse=True)"
        numeric = self.facts.find_kind(Col(extreme.column)) in {"int", "float"}
        order = "sort(-x)" if numeric and not extreme.smallest else order
        top = quote("t[:n, o]", t=tree, n=extreme.n, o={extreme.name: column})
        return self._group(top, quote(order, x=column))

    def _apply(self, function: RowFunction) -> ast.expr:
        if function.body is None:
            raise Unsupported(function.name, function.opaque)
        guards = self.facts.list_guards(function.body) if function.on_missing == "skip" else ()
        tests: tuple[Expr, ...] = tuple(IsMissing(Col(column)) for column in guards)
        body = function.body
        while isinstance(body, Let):
            body = substitute(body.body, {body.name: body.value})
        if not tests:
            return DatatableWriter(self.facts).write_expression(body)
        guard = (Bool("or", tests) if len(tests) > 1 else tests[0], Lit(None))
        match body:
            case Case(branches, otherwise):
                body = Case((guard, *branches), otherwise)
            case _:
                body = Case((guard,), body)
        return DatatableWriter(self.facts).write_expression(body)

    def _write_aggregation(self, agg: Agg) -> ast.expr:
        writer = DatatableWriter(self.facts)
        if agg.function in WINDOWS:
            return self._write_window(agg)
        match agg:
            case Agg("size"):
                return quote(AGGREGATIONS["size"])
            case Agg("any", (condition,)):
                return quote(AGGREGATIONS["any"], s=self._count_true(condition))
            case Agg("all", (condition,)):
                return quote(AGGREGATIONS["all"], s=self._count_true(negate(condition)))
            case Agg("sum", (condition,)) if self.facts.find_kind(condition) == "bool":
                return self._count_true(condition)
            case _:
                self._check(agg)
        x, *rest = map(writer.write_expression, agg.arguments)
        return quote(AGGREGATIONS[agg.function], x=x, y=rest[0] if rest else None)

    def _count_true(self, condition: Expr) -> ast.expr:
        """Count the rows where a condition holds."""
        tree = DatatableWriter(self.facts).write_condition(condition)
        if isinstance(tree, ast.Compare) or isinstance(condition, Col):
            return quote("dt.sum(c)", c=tree)
        return quote("dt.sum(ifelse(c, 1, 0))", c=tree)

    def _check(self, agg: Agg) -> None:
        if agg.function in UNSUPPORTED:
            raise Unsupported(f"{agg.function}()", UNSUPPORTED[agg.function])
        if agg.function in {"first", "last", "any_value"} and self.facts.may_miss(agg.arguments[0]):
            raise Unsupported(f"{agg.function}()", "datatable counts a missing value too")
        if agg.function in {"min", "max"} and self.facts.find_kind(agg.arguments[0]) == "string":
            raise Unsupported(
                f"{agg.function}() of text", "datatable compares only numbers and dates"
            )

    def _filter_groups(self, tree: ast.expr) -> ast.expr:
        if self.query.having is None:
            return tree
        facts = collect_output_facts(self.query, self.facts)
        return quote("t[c, :]", t=tree, c=DatatableWriter(facts).write_condition(self.query.having))

    def _sort(self, tree: ast.expr) -> ast.expr:
        facts = collect_output_facts(self.query, self.facts)
        return _sort_rows(tree, self.query.sort, facts) if self.query.sort else tree

    def _limit(self, tree: ast.expr) -> ast.expr:
        if self.query.limit is None:
            return tree
        return quote("t[:n, :]", t=tree, n=self.query.limit)


def _sort_rows(tree: ast.expr, keys: tuple[SortKey, ...], facts: Facts) -> ast.expr:
    """Write rows in the order of columns, missing values last; equal ones stay as they are."""
    names = [write_literal(key.name) for key in keys]
    descending = [key.descending for key in keys]
    options: dict[str, ast.expr] = {}
    if any(descending):
        same = descending[0] if len(set(descending)) == 1 else descending
        options["reverse"] = write_literal(same)
    if any(facts.may_miss(Col(key.name)) for key in keys):
        options["na_position"] = write_literal("last")
    return quote("t[:, :, sort(*n, **o)]", t=tree, n=names, o=options)


def _keep_columns(bound: ast.expr) -> tuple[list[str], ast.expr]:
    """Write frames that are bound together, which would lose the columns of no rows."""
    assert isinstance(bound, ast.Call)
    lines = [f"parts = {to_source(bound.args[0])}", "# Of no rows, rbind drops the columns."]
    return lines, quote("dt.rbind(parts) if parts[0].nrows else parts[0]")


def _write_brackets(tree: ast.expr, rows: ast.expr | None, selected: ast.expr) -> ast.expr:
    if rows is None:
        return quote("t[:, o]", t=tree, o=selected)
    return quote("t[c, o]", t=tree, c=rows, o=selected)


def derive_sums(query: Query, facts: Facts) -> Query:
    """Derive what `dt.sum` refuses: an expression that its older half makes, as of `dt.math`.

    And a copy of a key that is aggregated: within its group, a key is a single value.
    """
    derived = list(query.derive)
    taken = {*query.reads, *query.outputs, *(output.name for output in derived)}

    def name_argument(argument: Expr, name: str) -> Expr:
        for output in derived:
            if output.expression == argument:
                return Col(output.name)
        derived.append(Output(choose_fresh_name(name, taken), argument))
        taken.add(derived[-1].name)
        return Col(derived[-1].name)

    def copy_keys(node: Expr) -> Expr:
        keys = [name for name in list_columns(node) if name in query.group_by]
        return substitute(node, {name: name_argument(Col(name), name) for name in keys})

    def rewrite(node: Expr) -> Expr:
        match node:
            case Agg("sum", (Neg(operand),)):
                return Neg(rewrite(Agg("sum", (operand,))))
            case Agg("sum", (argument,)) if name := _find_older(argument, facts):
                return Agg("sum", (name_argument(argument, name),))
            case Agg() if not {*list_columns(node)}.isdisjoint(query.group_by):
                return copy_keys(node)
            case _:
                return rebuild(node, tuple(map(rewrite, list_children(node))))

    aggregate, transform = (
        tuple(replace(o, expression=rewrite(o.expression)) for o in outputs)
        for outputs in (query.aggregate, query.transform)
    )
    return replace(query, derive=tuple(derived), aggregate=aggregate, transform=transform)


def _find_older(node: Expr, facts: Facts) -> str:
    """Return a name to what `dt.math` makes, which is another class of expression; else nothing."""
    match node:
        case Call(function) if "dt.math" in FUNCTIONS.get(function, ""):
            return function
        case Call("round", (_,)):
            return "round"
        case Arith("//", left, right) if not is_whole(facts, left, right):
            return "quotient"
        case _:
            return ""
