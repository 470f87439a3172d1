"""The statements of a query in pandas' own words, for the engines that run them: pandas, Modin."""

from __future__ import annotations

import ast
from collections.abc import Container
from dataclasses import dataclass, replace
from itertools import groupby

from ...errors import Unsupported
from ...spec.expression import (
    Agg,
    Case,
    Col,
    Lit,
    choose_fresh_name,
    list_aggregations,
    list_columns,
    walk,
)
from ...spec.order import needs_order
from ...spec.pivot import read_plain
from ...spec.schema import Schema
from ...spec.vocabulary import ROLLING
from ...spec.windows import (
    count_steps,
    is_descending,
    is_timed,
    rank_method,
    read_rolling,
    read_span,
)
from ...spec.workload import (
    Extreme,
    GroupFunction,
    Output,
    Pivot,
    Query,
    RowFunction,
)
from ..writing.joins import Joining
from ..writing.passes.correlation import rewrite_corr
from ..writing.program import fill
from ..writing.properties import collect_row_facts, has_missing_key
from ..writing.quote import quote, write_literal
from ..writing.sequence import is_step_name
from ..writing.steps import Reduction, Steps, decompose, hoist, is_present, reuse_outputs
from ..writing.user_functions import apply_to_groups, apply_to_rows, skip_missing
from .chaining import choose_once, write_chain
from .defaults import leave_presence_out, leave_sort_out
from .expressions import SeriesWriter, make_series_writer
from .frames import (
    name_by_columns,
    name_values,
    with_columns,
    write_agg,
    write_frame_agg,
    write_melt,
    write_reduction,
)
from .gaps import fill_gaps
from .joins import write_merges
from .sorting import sort_rows
from .statements import (
    assign_to_chosen,
    drop_alignment,
    write_assignments,
    write_derivation,
    write_filter,
)
from .text_types import TextType, is_choice_or_part
from .words import AGGREGATIONS, METHODS, POPULATION, WHOLE_WINDOWS, WINDOWS

IMPORTS = """\
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
"""
ROWS = "return pa.Table.from_pandas(answer, preserve_index=False)"

# Spans of time as pandas abbreviates them.
SHORT = {"days": "D", "hours": "h", "minutes": "min", "seconds": "s"}
# These have a value whatever is missing.
SURE = {"sum", "count", "size", "n_unique", "any", "all", "row_number", "cumcount"} | {
    "rolling_count"
}

# Modin's correlation of two series is missing as soon as one value is.
WHOLE_SPREAD = {**AGGREGATIONS, "corr": "f[c].corr().iloc[0, 1]"}


LOST_CATEGORY = "pandas' moving windows lose the group of a missing category; use pandas"
OF_KEY = "Modin's moving windows of a key are empty; use pandas"
# Aggregations whose groups are moved to columns: with 0 where a cell has no rows, or missing.
OF_NO_ROWS = {"sum", "count", "size", "n_unique"}
UNSTACKED = {*OF_NO_ROWS, "mean", "min", "max", "median", "std", "var"} | {
    *("first", "last", "any_value")
}


@dataclass(frozen=True, slots=True)
class PandasSteps:
    """Writes the statements of a query over the pandas frame called `frame`.

    `text` is how text is held; `joinings` are the joins before the other clauses, and `table` how
    a table `t` is had for them.
    `restores`: an answer is in the frame's order, where the windows have another. `typed` are
    texts to derive where all are missing, too, and `objects` texts that were chosen before.
    `plain` frames are pandas' own, whose `groupby` has pandas' defaults: it `sorts` the groups, and
    `drops` those without a key, where the query asks for that. `values` of all rows are variables.
    """

    query: Query
    data: Schema
    frame: str = "data"
    text: TextType = TextType.STRINGS
    joinings: tuple[Joining, ...] = ()
    table: str = "t"
    restores: bool = True
    typed: tuple[str, ...] = ()
    objects: frozenset[str] = frozenset()
    plain: bool = False
    sorts: bool = False
    drops: bool = False
    values: tuple[str, ...] = ()

    @property
    def spread(self) -> bool:
        """Return whether the frame is Modin's, spread over processes."""
        return self.text is TextType.SPREAD

    def _decompose(self) -> Steps:
        query = self.query
        return decompose(rewrite_corr(query, self.data) if query.group_by else query)

    def write_body(self, returned: str = "return ANSWER") -> str:
        """Write the whole query; `returned` is how the function ends, with its hole."""
        *lines, answer = write_chain(choose_once(self.write_statements()), self.frame)
        return "\n".join([*lines, fill(returned, ANSWER=answer)])

    def prepare(self, derived: tuple[Output, ...], counted: Container[str] = ()) -> list[str]:
        """Write `where`, and the columns that are derived from the rows it keeps."""
        columns = make_series_writer(self.frame, self.query, self.data, text=self.text)
        where = [write_filter(self.query.where, columns)] if self.query.where else []
        lines = where
        for beside, several in groupby(derived, lambda o: bool(list_aggregations(o.expression))):
            if beside:
                lines += [line for one in several for line in self._derive_beside(one)]
            else:
                lines.append(write_derivation(tuple(several), columns, self.typed, counted))
        return lines

    def _derive_beside(self, output: Output) -> list[str]:
        """Write a derived column in which an aggregation is the value of the row's group."""
        query = replace(self.query, derive=(), aggregate=(), transform=(output,), apply=None)
        taken = decompose(query)
        rows = make_series_writer(self.frame, self.query, self.data, text=self.text)
        if not taken.reductions:
            return [write_derivation((output,), rows)]
        rows = replace(self, query=query)._add_reductions(rows, taken)  # noqa: SLF001 - its own kind
        groups = quote("f.groupby(k, **o)", f=quote(self.frame), k=self.key, o=self._beside_options)
        names = {o.name for o in taken.derived}
        derived = [write_derivation(taken.derived, rows)] if names else []
        value = write_derivation((replace(output, expression=taken.outputs[0].expression),), rows)
        return [*derived, f"groups = {ast.unparse(groups)}", value]

    @property
    def _beside_options(self) -> dict[str, ast.expr]:
        return {name: tree for name, tree in self.options.items() if name != "sort"}

    def combine(self, taken: Steps) -> list[str]:
        """Write the outputs over the reductions in `answer`; the last line is an expression."""
        answer = self._answer()
        made = [o for o in taken.outputs if o.expression != Col(o.name)]
        lines = write_assignments(reuse_outputs(made), answer)
        return [*lines, *self.finish(quote("answer[c]", c=list(self.query.outputs)))]

    def finish(self, tree: ast.expr) -> list[str]:
        """Write having, sort and limit; the last line is the answer's expression."""
        lines = []
        if self.query.having:
            condition = self._answer().write_condition(self.query.having)
            lines = [f"answer = {ast.unparse(tree)}"]
            tree = quote("answer[c]", c=condition)
        if self.query.sort:
            tree = sort_rows(tree, self.query.sort, self, stable=self.query.stable)
        if self.query.limit is not None:
            tree = quote("t.head(n)", t=tree, n=self.query.limit)
        return [*lines, ast.unparse(tree)]

    @property
    def key(self) -> ast.expr:
        """Return the key as `groupby` takes it: a name, or a list of names."""
        names = self.query.group_by
        return write_literal(names[0] if len(names) == 1 else list(names))

    @property
    def options(self) -> dict[str, ast.expr]:
        """Return the options of `groupby`."""
        # cuDF sorts no groups by default.
        asked = self.sorts or self.text is TextType.DEVICE
        options: dict[str, ast.expr] = {} if asked else {"sort": write_literal(False)}
        if not self.drops and has_missing_key(self.query, self.data):
            # pandas drops the group of the missing key by default.
            options["dropna"] = write_literal(False)
        if self.text is TextType.CATEGORIES:
            # pandas 2 gives every combination of categories a group by default.
            options["observed"] = write_literal(True)
        return options

    def write_statements(self) -> list[str]:
        """Write the statements before the answer, and last the answer's expression."""
        if not self.joinings:
            return self._write_query()
        lines, joined = write_merges(self.frame, self.joinings, self.table, spread=self.spread)
        if self.query.whole and not (self.query.where or self.query.derive):
            return [*lines, *self.finish(joined)]
        return [*lines, f"{self.frame} = {ast.unparse(joined)}", *self._write_query()]

    def _write_query(self) -> list[str]:
        query = self.query
        if query.asks_for_rows or query.is_distinct:
            lines = self.prepare(query.derive)
            chosen = None if self.spread else assign_to_chosen(lines, query, self.frame)
            if chosen:
                return [*lines[:-1], *self.finish(chosen)]
            return [*lines, *self.finish(self._write_rows())]
        if query.unpivot:
            melted = write_melt(quote(self.frame), query.unpivot)
            return [*self.prepare(query.derive), *self.finish(melted)]
        if query.gaps:
            return self.finish(fill_gaps(self.frame, query.gaps, self.data, self.text))
        if query.transform:
            return self._transform(self._decompose())
        if query.apply:
            return [*self.prepare(query.derive), *self._apply(query.apply)]
        if query.extreme:
            return [*self.prepare(query.derive), *self._write_extreme(query.extreme)]
        agg = read_plain(query)
        if query.pivot and agg and agg.function in UNSTACKED and not self._is_spread_or_coded:
            return [*self.prepare(query.derive), *self.finish(self._pivot(query.pivot, agg))]
        steps = self._take_defaults() if self.plain and query.group_by else self
        taken = steps._decompose()  # noqa: SLF001 - its own kind
        grouped = steps._group(taken) if query.group_by else self._write_whole(taken)  # noqa: SLF001
        return [*steps.prepare(taken.derived, taken.list_counted(query.derive)), *grouped]

    def _take_defaults(self) -> PandasSteps:
        """Return the steps without what `groupby` does by itself."""
        present = leave_presence_out(self.query, self.data)
        query = leave_sort_out(present, self.data)
        drops, sorts = present != self.query, query != present
        return replace(self, query=query, sorts=sorts, drops=drops)

    @property
    def _is_spread_or_coded(self) -> bool:
        """Return whether the frame is Modin's, which unstacks in pandas, or has categories."""
        return self.spread or self.text is TextType.CATEGORIES

    def _pivot(self, pivot: Pivot, agg: Agg) -> ast.expr:
        """Write the groups of index and column, the column's values moved beside each other."""
        keys = (*self.query.group_by, pivot.column)
        rows = replace(self, query=replace(self.query, group_by=keys))
        groups = quote("f.groupby(k, **o)", f=quote(self.frame), k=rows.key, o=rows.options)
        names = list_columns(agg)
        chosen = quote("g[c]", g=groups, c=names[0]) if names else groups
        values = quote(f"c.{METHODS[agg.function]}()", c=chosen)
        fill = {"fill_value": 0} if agg.function in OF_NO_ROWS else {}
        listed = list(pivot.values)
        wide = quote("v.unstack(**o).reindex(columns=c, **o)", v=values, c=listed, o=fill)
        if any(isinstance(value, int) for value in listed):
            wide = quote("w.rename(columns=str)", w=wide)
        return quote("w.reset_index()", w=wide)

    def _write_rows(self) -> ast.expr:
        """Write the rows that are the answer themselves, or their distinct keys."""
        if self.query.whole:
            return quote(self.frame)
        names = [*(self.query.select or self.query.group_by)]
        chosen = quote("f[n]", f=quote(self.frame), n=names)
        return quote("c.drop_duplicates()", c=chosen) if self.query.is_distinct else chosen

    def _apply(self, function: RowFunction | GroupFunction) -> list[str]:
        """Write an expression as columns, or the user's def, called on each row or group."""
        if isinstance(function, RowFunction) and function.source is None:
            return self._write_columns(function)
        empty = bool(self.query.where) or not self.data.rows
        if isinstance(function, RowFunction):
            lines, answer = apply_to_rows(self.query, self.data, self.frame, empty=empty)
            answer = quote("a.to_frame(n)", a=answer, n=function.output)
        else:
            empty &= self.text is not TextType.SPREAD
            lines, answer = apply_to_groups(
                self.query, self.data, self.frame, self.key, self.options, empty=empty
            )
        return [*lines, *self.finish(answer)]

    def _write_columns(self, function: RowFunction) -> list[str]:
        """Write a row function's expression over columns, its intermediates as variables."""
        assert function.body is not None
        facts = collect_row_facts(self.query, self.data)
        nothing = facts.find_kind(function.body) not in {"int", "float", "decimal"}
        writer = make_series_writer(self.frame, self.query, self.data, text=self.text)
        writer = replace(writer, facts=facts, nothing=nothing)
        named, last = hoist(skip_missing(self.query, self.data, function.body))
        lines = []
        for local in named:
            lines.append(f"{local.name} = {ast.unparse(writer.as_series(local.expression))}")
            writer = writer.write_binding(local)
        # One value for every row needs their index.
        value = writer.as_series(last) if isinstance(last, Lit) else writer.write_value(last)
        return [*lines, *self.finish(quote("pd.DataFrame(c)", c={function.output: value}))]

    def _write_extreme(self, extreme: Extreme) -> list[str]:
        """Sort once and take the head of each group: `nlargest` by group is 15 times slower."""
        rows, column = quote(self.frame), extreme.column
        if not is_present(self.query, column, self.data):
            rows = quote("f.dropna(subset=c)", f=rows, c=[column])
        order = {} if extreme.smallest else {"ascending": write_literal(False)}
        chosen = quote("f.sort_values(c, **o)", f=rows, c=column, o=order)
        if self.query.group_by:
            chosen = quote("s.groupby(k, **o)", s=chosen, k=self.key, o=self.options)
        names = [*self.query.group_by, column]
        chosen = quote("s.head(n)", s=chosen, n=extreme.n)
        if self._has_more_than(names):
            chosen = quote("s[c]", s=chosen, c=names)
        if column != extreme.name:
            chosen = quote("t.rename(columns=n)", t=chosen, n={column: extreme.name})
        return self.finish(chosen)

    def _has_more_than(self, names: list[str]) -> bool:
        """Return whether the frame may have columns that are not asked for, or have an order."""
        plain = self.frame == "data" and not self.joinings and not self.query.derive
        return not plain or list(self.query.reads) != names

    def _group(self, taken: Steps) -> list[str]:
        """Write one `groupby`: the method for one function, else named aggregations."""
        if self._is_inline(taken):
            return self._inline(taken, {r.name: write_reduction(r) for r in taken.reductions})
        unnamed = {"quantile", *POPULATION}
        if self.spread and not taken.direct:
            taken = name_by_columns(taken, self.query.group_by)
        quantile = any(r.function in unnamed for r in taken.reductions)
        if quantile or not any(r.columns for r in taken.reductions):
            return self._by_series(taken)
        reduced = self._reduce(with_columns(taken.reductions, self.query.group_by[0]))
        if taken.direct:
            return self.finish(reduced)
        return [f"answer = {ast.unparse(reduced)}", *self.combine(taken)]

    def _reduce(self, reductions: tuple[Reduction, ...]) -> ast.expr:
        frame, options = quote(self.frame), {"as_index": write_literal(False), **self.options}
        groups = quote("f.groupby(k, **o)", f=frame, k=self.key, o=options)
        plain = quote("f.groupby(k, **o)", f=frame, k=self.key, o=self.options)
        functions = {r.function for r in reductions}
        if len(functions) == 1 and all(r.name == r.column for r in reductions):
            names, method = [r.column for r in reductions], METHODS[functions.pop()]
            if self.spread and self.query.derive and len(names) == 1:
                # Modin copies the keys and the column out of parts of its own for `as_index=False`.
                return quote(f"g[c].{method}().reset_index()", g=plain, c=names[0])
            # Modin takes a third longer to choose columns that are all there are.
            if not self.spread or self._has_more_than([*self.query.group_by, *names]):
                groups = quote("g[c]", g=groups, c=names[0] if len(names) == 1 else names)
            return quote(f"g.{method}()", g=groups)
        # Of a single column, cuDF takes no names.
        write = write_frame_agg if self.text is TextType.DEVICE else write_agg
        return quote("a.reset_index()", a=write(plain, reductions))

    def _is_inline(self, taken: Steps) -> bool:
        """Return whether outputs are written over series read once; a choice gives an array."""
        chooses = any(isinstance(n, Case) for o in taken.outputs for n in walk(o.expression))
        return not taken.direct and taken.once and not self.spread and not chooses

    def _inline(self, taken: Steps, trees: dict[str, ast.expr]) -> list[str]:
        """Write outputs over series of groups: faster than to aggregate first, and as readable."""
        groups = quote("f.groupby(k, **o)", f=quote(self.frame), k=self.key, o=self.options)
        columns = replace(self._answer(), trees=trees)
        values = {output.name: columns.write_value(output.expression) for output in taken.outputs}
        frame = quote("pd.DataFrame(v).reset_index()", v=values)
        return [f"groups = {ast.unparse(groups)}", *self.finish(frame)]

    def _by_series(self, taken: Steps) -> list[str]:
        """Write each reduction as a series of its own: quantiles and sizes have no named form."""
        groups = quote("f.groupby(k, **o)", f=quote(self.frame), k=self.key, o=self.options)
        match taken.reductions:
            case [Reduction(name, function="size")] if taken.direct:
                return self.finish(quote("g.size().reset_index(name=n)", g=groups, n=name))
        values = {r.name: write_reduction(r) for r in taken.reductions}
        frame = quote("pd.DataFrame(v).reset_index()", v=values)
        lines = [f"groups = {ast.unparse(groups)}"]
        if taken.direct:
            return [*lines, *self.finish(frame)]
        return [*lines, f"answer = {ast.unparse(frame)}", *self.combine(taken)]

    def _transform(self, taken: Steps) -> list[str]:
        """Write the outputs beside the keys; each aggregation is broadcast to its group's rows."""
        query = replace(self.query, derive=taken.derived)
        rows = self._add_reductions(
            make_series_writer(self.frame, query, self.data, text=self.text), taken
        )
        lines, values = self.prepare(taken.derived), {}
        moving = any(is_timed(r.window) for r in taken.reductions if r.window)
        ordered = moving or needs_order(self.query)
        lines += self._order_rows() if ordered else []
        windows = (r.window for r in taken.reductions)
        if self.query.group_by and any(w is None or not self._drops_times(w) for w in windows):
            groups = quote(
                "f.groupby(k, **o)", f=quote(self.frame), k=self.key, o=self._beside_options
            )
            lines.append(f"groups = {ast.unparse(groups)}")
        together = not (self.query.group_by or self.spread)
        for names, tree in name_values(self.frame, taken, rows.trees, together=together):
            lines.append(f"{', '.join(names)} = {ast.unparse(tree)}")
            rows = replace(rows, trees={**rows.trees, **{name: ast.Name(name) for name in names}})
        for output in taken.outputs:
            named, body = hoist(output.expression)
            for local in named:
                lines.append(f"{local.name} = {ast.unparse(rows.write_value(local.expression))}")
                rows = rows.write_binding(local)
            values[output.name] = drop_alignment(rows.write_value(body), spread=self.spread)
        keys = list(self.query.group_by)
        for output in self.query.transform:
            if output.expression != Col(output.name):
                break
            keys.append(output.name)
            del values[output.name]
        rest, all_kept = quote(self.frame), keys == [*self.data.names]
        if not (all_kept and is_step_name(self.frame)) or self.joinings or taken.derived:
            rest = quote("f[k]", f=rest, k=write_literal(keys))
        answer = quote("r.assign(**v)", r=rest, v=values)
        if ordered and self.restores and self.data.ordered:
            answer = quote("a.sort_index()", a=answer)
        return [*lines, *self.finish(answer)]

    def _order_rows(self) -> list[str]:
        """Write the rows in the order of the windows; their index is that of the frame."""
        # Only the data's own index is sure to be in the order of its rows, if they have one.
        kept = self.frame == "data" or (self.restores and not self.data.ordered)
        fresh = "f" if kept else "f.reset_index(drop=True)"
        tree = sort_rows(quote(fresh, f=quote(self.frame)), self.query.order_by, self, stable=True)
        return [f"{self.frame} = {ast.unparse(tree)}"]

    def _add_reductions(self, rows: SeriesWriter, taken: Steps) -> SeriesWriter:
        """Return the writer that has the reductions beside the columns."""
        trees = {r.name: self._broadcast(r) for r in taken.reductions}
        trees |= {name: quote(name) for name in self.values}
        sure = {r.name for r in taken.reductions if r.function in SURE}
        whole = (r.name for r in taken.reductions if r.function not in WINDOWS)
        scalars = () if self.query.group_by else (*whole, *self.values)
        return replace(
            rows,
            trees=trees,
            scalars=frozenset(scalars),
            missing=lambda name: name not in sure and (name in trees or rows.missing(name)),
        )

    def _broadcast(self, r: Reduction) -> ast.expr:
        """Write a reduction's or a window's value for each row."""
        if r.window:
            return self._write_window(r, r.window)
        if not self.query.group_by:
            columns = [quote("f[c]", f=quote(self.frame), c=c) for c in r.columns]
            x, y = [*columns, write_literal(None), write_literal(None)][:2]
            holes = {"x": x, "y": y, "q": r.parameter, "f": quote(self.frame), "c": [*r.columns]}
            whole = WHOLE_SPREAD if self.spread else AGGREGATIONS
            return quote(whole[r.function], **holes)
        x = quote("groups[c]", c=r.column if r.columns else self.query.group_by[0])
        if r.function == "quantile":
            return quote("x.transform('quantile', q)", x=x, q=r.parameter)
        if r.function in POPULATION:
            return quote("x.transform(m, ddof=0)", x=x, m=POPULATION[r.function])
        return quote("x.transform(m)", x=x, m=METHODS[r.function])

    def _write_window(self, r: Reduction, agg: Agg) -> ast.expr:
        """Write a window of a column of the groups, or of the whole frame."""
        frame, table = quote(self.frame), WHOLE_WINDOWS
        x = quote("f[c]", f=frame, c=r.column) if r.columns else frame
        count = quote("x.count()", x=x)
        if self.query.group_by:
            table = WINDOWS
            column = r.column if r.columns else self.query.group_by[0]
            # Modin numbers the rows of one column alone: of a frame it may give two columns.
            whole = not (r.columns or self.spread)
            x = quote("groups") if whole else quote("groups[c]", c=column)
            count = quote("x.transform('count')", x=x)
        options = {"method": write_literal(rank_method(agg))}
        if is_descending(agg):
            options["ascending"] = write_literal(False)
        if agg.function in ROLLING or agg.function == "ewm_mean":
            return self._write_moving(agg, x, r.column)
        steps = count_steps(agg)
        default = [] if steps == 1 else [write_literal(steps)]
        f, template = quote(self.frame), table[r.function]
        return quote(template, x=x, n=steps, default=default, o=options, c=count, f=f)

    def _write_moving(self, agg: Agg, x: ast.expr, column: str) -> ast.expr:
        """Write a window that moves with the rows; pandas gives it group by group."""
        if self.text is TextType.CATEGORIES and has_missing_key(self.query, self.data):
            raise Unsupported(self.query.name, LOST_CATEGORY)
        if self.spread and column in self.query.group_by:
            raise Unsupported(f"{agg.function}() of a key", OF_KEY)
        if agg.function in ROLLING:
            rolling = read_rolling(agg)
            least = {"min_periods": write_literal(rolling.at_least)}
            if rolling.span:
                return self._write_roll_time(agg, column)
            options = least if rolling.at_least != rolling.rows else {}
            tree = quote(WINDOWS[agg.function], x=x, w=rolling.rows, p=options)
            tree = quote(f"r.{METHODS[rolling.function]}()", r=tree)
        else:
            tree = quote(WINDOWS[agg.function], x=x, s=read_span(agg))
        if keys := self.query.group_by:
            levels = [*range(len(keys))] if len(keys) > 1 else 0
            frame = quote(self.frame)
            tree = quote("t.reset_index(l, drop=True).reindex(f.index)", t=tree, l=levels, f=frame)
        if agg.function == "ewm_mean" and self._may_miss(column):
            # pandas carries the mean on.
            return quote("t.where(f[c].notna())", t=tree, f=quote(self.frame), c=column)
        return tree

    def _write_roll_time(self, agg: Agg, column: str) -> ast.expr:
        """Write a window of the time up to each row, with all rows of that time.

        pandas counts only those of them that stand before a row: the last has them all.
        """
        if self.spread:
            words = "Modin's moving windows take no column of times; use pandas"
            raise Unsupported(f"{agg.function}() over a time", words)
        rolling, time, frame = read_rolling(agg), self.query.order_by[0].name, quote(self.frame)
        assert rolling.span
        count, unit = rolling.span
        missing, keys = self._drops_times(agg), list(self.query.group_by)
        rows, taken = quote("groups") if keys else frame, column in keys
        if missing or taken:
            rows = frame
            if taken:  # pandas has no windows of a key
                column, key = choose_fresh_name("moved", {*keys, time}), column
                rows = quote("r.assign(**v)", r=rows, v={column: quote("f[c]", f=frame, c=key)})
            rows = quote("r.dropna(subset=t)", r=rows, t=time) if missing else rows
            options = self._beside_options
            rows = quote("f.groupby(k, **o)", f=rows, k=self.key, o=options) if keys else rows
        least = {"min_periods": write_literal(rolling.at_least)} if rolling.at_least != 1 else {}
        tree = quote(
            "r.rolling(w, on=t, **p)[c]",
            r=rows,
            w=f"{count}{SHORT[unit]}",
            t=time,
            p=least,
            c=column,
        )
        tree = quote(f"r.{METHODS[rolling.function]}()", r=tree)
        if not keys:
            tree = quote("t.groupby(f[c]).transform('last')", t=tree, f=frame, c=time)
            return quote("t.reindex(f.index)", t=tree, f=frame) if missing else tree
        by, name = [*keys, time], choose_fresh_name("rolled", {*keys, time})
        last = quote("t.groupby(level=b, **o).last()", t=tree, b=by, o=self._beside_options)
        last = quote("t.reset_index(name=n)", t=last, n=name)
        if untyped := self._list_untyped_keys():  # of missing ones alone, pandas makes floats
            last = quote("t.astype(d)", t=last, d=dict.fromkeys(untyped, "object"))
        merged = quote("f[b].merge(t, how='left')", f=frame, b=by, t=last)
        return quote("t[n].set_axis(f.index)", t=merged, n=name, f=frame)

    def _list_untyped_keys(self) -> list[str]:
        """Return the keys that pandas holds as objects: truth values with gaps, texts it makes."""
        facts = collect_row_facts(self.query, self.data)
        derived = {o.name: o.expression for o in self.query.derive}
        return [
            name
            for name in self.query.group_by
            if name in self.objects
            or (facts.find_kind(Col(name)) == "string" and is_choice_or_part(derived.get(name)))
            or (facts.find_kind(Col(name)) == "bool" and self._may_miss(name))
        ]

    def _drops_times(self, agg: Agg) -> bool:
        """Return whether a window is one of time, and rows without a time have none."""
        return is_timed(agg) and self._may_miss(self.query.order_by[0].name)

    def _may_miss(self, column: str) -> bool:
        query = replace(self.query, derive=self._decompose().derived)
        return make_series_writer(self.frame, query, self.data, text=self.text).missing(column)

    def _write_whole(self, taken: Steps) -> list[str]:
        values = {}
        for r in taken.reductions:
            columns = [quote("f[c]", f=quote(self.frame), c=c) for c in r.columns]
            x, y = [*columns, write_literal(None), write_literal(None)][:2]
            holes = {"x": x, "y": y, "q": r.parameter, "f": quote(self.frame), "c": [*r.columns]}
            whole = WHOLE_SPREAD if self.spread else AGGREGATIONS
            values[r.name] = quote("[v]", v=quote(whole[r.function], **holes))
        frame = quote("pd.DataFrame(v)", v=values)
        if taken.direct:
            return self.finish(frame)
        return [f"answer = {ast.unparse(frame)}", *self.combine(taken)]

    def _answer(self) -> SeriesWriter:
        """Return the writer of the answer: of its columns only the keys are known from the data."""
        keys = tuple(self.data[key] for key in self.query.group_by if key in self.data)
        after = replace(self.query, where=None, derive=())
        return make_series_writer("answer", after, Schema(keys, 0), text=self.text)
