"""Polars chains: a query's clauses as one lazy frame after another, up to the answer."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from ...spec.expression import (
    Agg,
    Arith,
    Call,
    Col,
    Compare,
    Expr,
    Lit,
    choose_fresh_name,
    list_aggregations,
    list_columns,
    walk,
)
from ...spec.intervals import CLOCK, find_step
from ...spec.order import is_ordered, needs_order
from ...spec.pivot import read_plain
from ...spec.schema import Column, Schema
from ...spec.vocabulary import WINDOWS
from ...spec.windows import has_rows
from ...spec.workload import Extreme, GroupFunction, Output, Query
from ..base import Load
from ..writing.chain import Chain, split_named
from ..writing.dialect import Dialect
from ..writing.joins import Joining
from ..writing.program import fill
from ..writing.properties import Facts, collect_row_facts
from ..writing.quote import is_keyword, quote, write_literal
from ..writing.steps import split_batches
from ..writing.user_functions import passes_times
from .gaps import fill_gaps
from .joins import write_polars_join
from .words import POLARS

MOST_ROWS = 2**32 - 1  # of a frame, and the largest number that `head` takes

# What takes the n largest or smallest, by whether it is of groups and whether the smallest. Of
# groups, sorted values are faster than top_k by 1.3 to 2 times, from 2 to 1,000 rows each.
TAKEN = {
    (False, False): "x.top_k(n)",
    (False, True): "x.bottom_k(n)",
    (True, False): "x.sort(descending=True).head(n)",
    (True, True): "x.sort().head(n)",
}


# What `pivot` knows by name.
PIVOTED = {name: name for name in ("sum", "mean", "min", "max", "median")} | {"size": "len"}
# Aggregations that Polars' streaming engine gathers groups for.
OF_WHOLE_GROUPS = frozenset({"median", "quantile", "mode", "arg_max", "arg_min"})
OF_ORDERED_GROUPS = frozenset(
    {"lag", "lead", "diff", "pct_change", "rank", "dense_rank", "percent_rank"}
)
# Types whose sums and means are no narrower than the workload's.
WIDE = {"int64", "double"}
# Functions that aggregate several columns by their names.
MERGED = {"sum", "mean", "min", "max", "median", "count", "first", "last", "n_unique"}
# The seconds by which clocks are changed in summer, where it is not an hour.
CHANGES = dict.fromkeys(("Australia/Lord_Howe", "Australia/LHI"), 1800)
HOUR = CLOCK["hour"]


class FrameChain(Chain):
    """Writes the steps that Narwhals has from Polars; `functions` aggregate columns by name."""

    functions: ClassVar[frozenset[str]] = frozenset({"sum", "mean", "min", "max", "median"})

    def aggregate(self, tree: ast.expr, keys: list[str], outputs: list[ast.expr]) -> ast.expr:
        """Aggregate."""
        if not keys:
            return self.select(tree, outputs)
        by_place, by_name = _split(outputs)
        grouped = quote("t.group_by(*k)", t=tree, k=list(map(write_literal, keys)))
        return quote("g.agg(*o, **n)", g=grouped, o=merge_columns(by_place), n=by_name)

    def add_columns(self, tree: ast.expr, outputs: dict[str, ast.expr]) -> ast.expr:
        """Add columns: by keywords, but for names that are none."""
        if all(map(is_keyword, outputs)):
            return Chain.add_columns(self, tree, outputs)
        by_place, by_name = _split([self.write_named(x, name) for name, x in outputs.items()])
        return quote("t.with_columns(*o, **n)", t=tree, o=by_place, n=by_name)

    def select(self, tree: ast.expr, outputs: list[ast.expr]) -> ast.expr:
        """Keep nothing but these expressions."""
        by_place, by_name = _split(outputs)
        return quote("t.select(*o, **n)", t=tree, o=merge_columns(by_place), n=by_name)

    def write_aggregation(self, agg: Agg) -> ast.expr:
        """Write an aggregation; of a plain column, by the library's own function."""
        tree = Chain.write_aggregation(self, agg)
        match tree:
            case ast.Call(
                ast.Attribute(ast.Call(ast.Attribute(library, "col"), [name]), method), [], []
            ) if method in self.functions:
                return quote(f"m.{method}(n)", m=library, n=name)
            case _:
                return tree

    def write_output(self, output: Output) -> ast.expr:
        """Write a named output; it keeps the name of its first column without being told."""
        if output.expression == Col(output.name):
            return self.write_kept(output.name)
        return rename(
            self.write_comparable_output(output), output.name, root_name(output.expression)
        )

    @property
    def orders_windows(self) -> bool:
        """Return whether each window has the order of the query; else the rows are sorted."""
        return False

    def answer_columns(self, tree: ast.expr) -> ast.expr:
        """Write the answer; over rows in the order of windows, and back in that of the frame."""
        query = self.query
        if query.asks_for_rows and self._derives_in_select:
            return self.select(tree, [*map(self._write_selected, query.select)])
        if not needs_order(query) or self.orders_windows:
            new = self._list_new()
            if new:
                return self.add_columns(
                    tree, {o.name: self.write_comparable_output(o) for o in new}
                )
            if query.group_by or not any(has_rows(o.expression) for o in query.transform):
                return Chain.answer_columns(self, tree)
            return self.select(self.add_derived(tree), [*map(self.write_output, query.transform)])
        row = choose_fresh_name(
            "row", {*query.reads, *query.outputs, *(o.name for o in query.derive)}
        )
        tree = quote("t.with_row_index(r)", t=self.add_derived(tree), r=row)
        tree = quote(
            "t.sort(*k, descending=d, nulls_last=True)",
            t=tree,
            k=[*(write_literal(key.name) for key in query.order_by), write_literal(row)],
            d=[*(key.descending for key in query.order_by), False],
        )
        outputs = (*query.transform, Output(row, Col(row)))
        inner = replace(query, derive=(), order_by=(), transform=outputs)
        numbered = Schema((*self.facts.data.columns, Column(row, "int", "int64")), self.data.rows)
        answer = replace(self, query=inner, known=Facts(numbered)).answer_columns(tree)
        return quote("t.sort(r).drop(r)", t=answer, r=row)

    def _list_new(self) -> tuple[Output, ...]:
        """Return the outputs that are new, if a transform of groups keeps every column."""
        query = self.query
        if not query.group_by or query.derive or self.data.unread:
            return ()
        new = tuple(output for output in query.transform if output.expression != Col(output.name))
        before = query.transform[: len(query.transform) - len(new)]
        kept = (*query.group_by, *(output.name for output in before))
        return new if kept == self.data.names == query.reads else ()

    @property
    def _derives_in_select(self) -> bool:
        """Return whether the columns to derive are among those to select, each of rows alone."""
        derive = self.query.derive
        trees = [output.expression for output in derive]
        alone = all(map(list_columns, trees)) and not list_aggregations(*trees)
        return alone and not self.query.whole and len(split_batches(derive)) == 1

    def _write_selected(self, name: str) -> ast.expr:
        found = next((output for output in self.query.derive if output.name == name), None)
        return self.write_named(self.write_derived(found), name) if found else self.write_kept(name)

    def _meets_changes(self, moment: Expr, unit: str) -> bool:
        """Return whether the clocks of a zone may be changed within a step, and not at its end."""
        zone, step = self.facts.find_zone(moment), find_step(unit)
        if step is None or zone in {"", "UTC"}:
            return False
        number, word = step
        return CHANGES.get(zone, HOUR) % (number * CLOCK[word]) != 0

    def _truncate_local(self, moment: Expr, unit: str) -> ast.expr:
        """Write the time less what a clock of its zone shows to have passed of the step."""
        x = self.write_value(moment)
        shown = quote("x.dt.replace_time_zone(None)", x=x)
        return quote("x - (s - s.dt.truncate(u))", x=x, s=shown, u=self._write_unit(unit))

    def call(self, node: Call) -> ast.expr:
        """Write a row function; a slice of text by `head`, `tail` and `slice`."""
        match node:
            case Call("slice", (text, Lit(start), Lit(end))) if "slice" in self.dialect.functions:
                return slice_text(self.write_value(text), start or 0, end)  # type: ignore[arg-type]
            case Call("offset", (moment, Lit(int(count)), Lit(str(unit)))):
                template = self.dialect.functions["offset"]
                return quote(template, x=self.write_value(moment), o={unit: count})
            case Call("truncate", (moment, Lit(str(unit)))) if self._meets_changes(moment, unit):
                return self._truncate_local(moment, unit)
            # It takes no bare constant.
            case Call("atan2", (y, x)) if "atan2" in self.dialect.functions:
                template = self.dialect.functions["atan2"]
                return quote(template, x=self.write_value(y), y=self.write_value(x))
            case Call("parse", (text, Lit(format_))) if self.facts.find_kind(node) == "timestamp":
                template = self.dialect.variants["parse_time"]
                return quote(template, x=self.write_value(text), y=format_)
            case _:
                return Chain.call(self, node)

    def write_kept(self, name: str) -> ast.expr:
        """Write a column that is selected as it is: by its name."""
        return write_literal(name)

    def sort(self, tree: ast.expr, names: list[str], descending: list[bool]) -> ast.expr:
        """Sort."""
        options: dict[str, ast.expr] = {}
        if any(descending):
            same = descending[0] if len(set(descending)) == 1 else descending
            options["descending"] = write_literal(same)
        if self.sorts_missing(names):
            options["nulls_last"] = write_literal(True)
        if self.query.stable:
            options["maintain_order"] = write_literal(True)
        return quote("t.sort(*b, **o)", t=tree, b=list(map(write_literal, names)), o=options)

    def write_distinct(self, tree: ast.expr, names: list[str]) -> ast.expr:
        """Keep each combination of some columns' values once."""
        return quote("t.unique()", t=self.select(tree, [*map(self.write_kept, names)]))

    def limit(self, tree: ast.expr, n: int) -> ast.expr:
        """Keep the first rows."""
        return quote("t.head(n)", t=tree, n=min(n, MOST_ROWS))


@dataclass(frozen=True, slots=True)
class PolarsChain(FrameChain):
    """Writes Polars' chain of a query; `local` are names of Python's that hold an expression."""

    title: ClassVar[str] = "Polars"
    dialect: ClassVar[Dialect] = POLARS
    functions: ClassVar[frozenset[str]] = FrameChain.functions | {
        "count",
        "first",
        "last",
        "n_unique",
        "std",
        "var",
    }

    local: frozenset[str] = frozenset()
    named: tuple[tuple[Agg, str], ...] = ()

    def name_repeated(self) -> tuple[PolarsChain, list[str]]:
        """Return the chain with names for the aggregations of all rows that it reads again."""
        if self.query.group_by or not self.query.transform:
            return self, []
        nodes = [node for output in self.query.transform for node in walk(output.expression)]
        counts = Counter(node for node in nodes if isinstance(node, Agg))
        named, taken, lines = [], {"data", "pl", *self.query.tables}, []
        for agg, count in counts.items():
            name = choose_fresh_name("_".join((agg.function, *list_columns(agg))), taken)
            if count > 1 and agg.function not in WINDOWS and name.isidentifier():
                taken.add(name)
                named.append((agg, name))
                lines.append(f"{name} = {ast.unparse(self.write_aggregation(agg))}")
        return replace(self, named=tuple(named)), lines

    def write_aggregation(self, agg: Agg) -> ast.expr:
        """Write an aggregation, or the local variable that holds it."""
        name = dict(self.named).get(agg)
        return quote(name) if name else FrameChain.write_aggregation(self, agg)

    def write_column(self, name: str) -> ast.expr:
        """Write a column, or the local variable that holds its expression."""
        return quote(name) if name in self.local else Chain.write_column(self, name)

    def answer_columns(self, tree: ast.expr) -> ast.expr:
        """Write the columns of the answer over the rows; those of a plain pivot by `pivot`."""
        query, agg = self.query, read_plain(self.query)
        if query.gaps:
            return fill_gaps(tree, query.gaps, self.data)
        if query.pivot is None or agg is None or not self._pivots(agg, query.aggregate[0]):
            return FrameChain.answer_columns(self, tree)
        names = list(query.group_by)
        function = PIVOTED.get(agg.function)
        return quote(
            "t.pivot(c, on_columns=v, index=i, values=x, aggregate_function=a)",
            t=self.add_derived(tree),
            c=query.pivot.column,
            v=list(query.pivot.values),
            i=names[0] if len(names) == 1 else names,
            x=next(iter(list_columns(agg)), query.pivot.column),
            a=function or quote(f"pl.element().{agg.function}()"),
        )

    def _pivots(self, agg: Agg, output: Output) -> bool:
        """Return whether `pivot` gives the values as they are compared, in types that hold them."""
        plain = ast.dump(self.write_comparable_output(output)) == ast.dump(
            self.write_value(output.expression)
        )
        wide = all(self.facts.data[name].arrow in WIDE for name in list_columns(agg))
        counts = agg.function in {"size", "count", "min", "max"}
        return plain and agg.function in {*PIVOTED, "count", "std", "var"} and (wide or counts)

    @property
    def orders_windows(self) -> bool:
        """Return whether over() can have the order: by several columns, it mixes equal rows."""
        return len(self.query.order_by) == 1

    def over(self, tree: ast.expr, agg: Agg) -> ast.expr:
        """Write what is over the rows of a group, in the order that the query gives them."""
        if not (self.query.order_by and is_ordered(agg)):
            return FrameChain.over(self, tree, agg)
        keys = [write_literal(key) for key in self.query.group_by]
        return quote("x.over(*k, **o)", x=tree, k=keys, o=self._order_options())

    def _order_options(self) -> dict[str, ast.expr]:
        (key,) = self.query.order_by
        options = {"order_by": write_literal(key.name)}
        if key.descending:
            options["descending"] = write_literal(True)
        if self.facts.may_miss(Col(key.name)):
            options["nulls_last"] = write_literal(True)
        return options

    def select_tree(self, frame: ast.expr, result: ast.expr) -> ast.expr:
        """Write the whole chain to one expression of the rows, written already."""
        return self.finish(self.select(self.write_rows(frame), [result]))

    def keep_extremes(self, tree: ast.expr, extreme: Extreme) -> ast.expr:
        """Take the extreme values of each group as a list, and explode it."""
        keys = [write_literal(key) for key in self.query.group_by]
        taken = TAKEN[bool(keys), extreme.smallest]
        values = quote(taken, x=self.write_column(extreme.column), n=min(extreme.n, MOST_ROWS))
        values = rename(values, extreme.name, extreme.column)
        if not keys:
            return self.select(tree, [values])
        lists = self.aggregate(tree, list(self.query.group_by), [values])
        return quote("t.explode(n)", t=lists, n=extreme.name)

    def write_groups(
        self, frame: ast.expr, whole: ast.expr, function: GroupFunction, collect: str
    ) -> str:
        """Write the loop over groups: at many groups, faster than map_groups by 2 to 5 times."""
        if self.query.where or self.query.derive:
            whole = quote(f"t.{collect}", t=self.write_rows(frame))
        groups = quote(
            "f.group_by(*k)", f=whole, k=[write_literal(key) for key in self.query.group_by]
        )
        known = collect_row_facts(self.query, self.data).data
        arrays = [_write_array(known[name]) for name in function.parameters]
        call = quote("f(*a)", f=quote(function.name), a=arrays)
        if passes_times(self.query, self.data):
            one = len(function.outputs) == 1
            call = quote("as_python(c)" if one else "map(as_python, c)", c=call)
        row = quote("(*key, c)" if len(function.outputs) == 1 else "(*key, *c)", c=call)
        loop = ast.comprehension(quote("key, group"), groups, [], is_async=0)
        names = [*self.query.group_by, *function.outputs]
        answer = quote(
            "pl.DataFrame(answers, schema=n, orient='row', infer_schema_length=None)", n=names
        )
        return fill(
            "answers = ANSWERS\nreturn ANSWER",
            ANSWERS=ast.ListComp(row, [loop]),
            ANSWER=self.finish(answer),
        )


def _write_array(column: Column) -> ast.expr:
    """Write a group's column as an array, of one type whether or not this group has gaps."""
    match column:
        case Column(kind="int", missing=True):
            return quote("group[n].cast(pl.Float64).to_numpy()", n=column.name)
        case Column(kind="bool", missing=True):
            return quote("np.array(group[n].to_list(), dtype=object)", n=column.name)
        case _:
            return quote("group[n].to_numpy()", n=column.name)


def explain_memory(query: Query) -> str:
    """Return why a query is faster in Polars' in-memory engine; empty where it is not."""
    asked = (output.expression for output in (*query.aggregate, *query.transform))
    functions = {agg.function for agg in list_aggregations(*asked)}
    if query.extreme or not functions.isdisjoint(OF_WHOLE_GROUPS | OF_ORDERED_GROUPS):
        return "This needs whole groups, which the streaming engine would first gather."
    if query.whole and any(join.how == "left" for join in query.joins):
        return "A left join of all rows is faster in memory than in the streaming engine."
    return ""


def write_lazy(query: Query, load: Load, data: Schema, joinings: Sequence[Joining]) -> ast.expr:
    """Write the lazy frame of the data, or of the joins."""
    names = query.reads if query.whole else ()
    names = joinings[0].left if joinings and query.select else names
    return join_lazy(_write_frame("data", load, data, names), query, load, joinings)


def join_lazy(rows: ast.expr, query: Query, load: Load, joinings: Sequence[Joining]) -> ast.expr:
    """Write lazy rows joined with one table after another."""
    for met in joinings:
        table = _write_frame(met.name, load, met.other, met.right if query.select else ())
        rows = write_polars_join(rows, table, met, "pl")
    return rows


def _write_frame(name: str, load: Load, data: Schema, names: tuple[str, ...]) -> ast.expr:
    """Write the lazy frame of a table; of a scan, only some columns where others are unread."""
    tree = quote("x" if load is Load.SCAN else "x.lazy()", x=quote(name))
    # All columns of a scan would be in the answer, those that no query names too.
    if load is Load.SCAN and data.unread and names:
        return quote("t.select(*n)", t=tree, n=[*map(write_literal, names)])
    return tree


def write_eager(query: Query, load: Load, collect: str) -> ast.expr:
    """Write the frame of the data, in memory."""
    if load is Load.SCAN:
        return quote(f"data.select(n).{collect}", n=list(query.reads))
    return quote("data")


def _split(outputs: list[ast.expr]) -> tuple[list[ast.expr], dict[str, ast.expr]]:
    """Split outputs into those by position, and those by keyword: all from a first new name on."""
    start = next((i for i, tree in enumerate(outputs) if _is_renamed(tree)), len(outputs))
    named = list(map(_with_name, outputs[start:]))
    if all(map(_is_renamed, named)):
        outputs = [*outputs[:start], *named]
    return split_named(outputs, "alias")


def _is_renamed(tree: ast.expr) -> bool:
    return isinstance(tree, ast.Call) and ast.unparse(tree.func).endswith(".alias")


def _with_name(tree: ast.expr) -> ast.expr:
    """Write the name that an expression has from its leftmost column."""
    name = None if _is_renamed(tree) else _find_leftmost(tree)
    return quote("x.alias(n)", x=tree, n=name) if name else tree


def _find_leftmost(tree: ast.expr) -> str | None:
    match tree:
        case ast.Call(ast.Attribute(ast.Name()), [ast.Constant(str() as name)], []):
            return name
        case ast.Call(ast.Attribute(x)) | ast.BinOp(x):
            return _find_leftmost(x)
        case _:
            return None


def merge_columns(outputs: list[ast.expr]) -> list[ast.expr]:
    """Join neighbours that aggregate columns alike: `pl.sum("v1", "v2")`."""
    merged: list[ast.expr] = []
    for tree in outputs:
        match merged[-1:], tree:
            case (
                [ast.Call(ast.Attribute(ast.Name(), word), [*names], [])],
                ast.Call(ast.Attribute(ast.Name(), other) as function, [name], []),
            ) if word == other and word in MERGED:
                merged[-1] = ast.Call(function, [*names, name], [])
            case _:
                merged.append(tree)
    return merged


def rename(tree: ast.expr, name: str, known: str | None) -> ast.expr:
    """Rename an expression, unless Polars names it so already."""
    return tree if name == known else quote("x.alias(name)", x=tree, name=name)


def root_name(node: Expr) -> str | None:
    """Return the name Polars gives to an expression: that of its leftmost column."""
    match node:
        case Col(name):
            return name
        case Agg("size"):
            return "len"
        case Agg(_, ()):
            return None
        case Agg(_, arguments) | Call(_, arguments):
            return root_name(arguments[0])
        case Arith(_, left, _) | Compare(_, left, _):
            return root_name(left)
        case _:
            return None


def slice_text(text: ast.expr, start: int, end: int | None) -> ast.expr:
    """Write the characters from a place up to another, either of which may count from the end."""
    if start < 0 and end is not None:
        kept = quote("x.str.head(n)", x=text, n=end)
        return quote("x.str.tail(n)", x=kept, n=max(end - start, 0))
    if start < 0:
        return quote("x.str.tail(n)", x=text, n=-start)
    if end is not None and start and end >= 0:
        return quote("x.str.slice(y, z)", x=text, y=start, z=max(end - start, 0))
    kept = text if end is None else quote("x.str.head(n)", x=text, n=end)
    return quote("x.str.slice(y)", x=kept, y=start) if start else kept
