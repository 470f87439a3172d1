"""The statements of pandas with Numba: `engine="numba"` in group-bys, and compiled loops."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from ...spec.expression import (
    Arith,
    Bool,
    Col,
    Expr,
    IsMissing,
    Lit,
    Not,
    list_columns,
    walk,
)
from ...spec.workload import Extreme, GroupFunction, Output, RowFunction
from ..pandas.expressions import make_series_writer
from ..pandas.queries import PandasSteps
from ..pandas.words import METHODS
from ..writing.loops import LOOP_NAMES, build_row_loop, loop_name
from ..writing.program import fill
from ..writing.properties import Facts, collect_row_facts
from ..writing.quote import quote, to_source
from ..writing.steps import Reduction, Steps, decompose, is_present
from ..writing.user_functions import list_missing_inputs
from .functions import Lifting, group_statements, write_array, write_group_loop, write_row_loop
from .kernels import CORR, EXTREME, GROUPED

# What pandas' own `engine="numba"` knows in a group-by.
COMPILED = {"sum", "mean", "min", "max", "std", "var"}
# Where a group has no values, pandas 2.3.3's compiled mean raises, and min and max give whatever
# the memory held.
FILLED = {
    "mean": "x.sum(engine='numba') / x.count()",
    "min": "x.min(engine='numba').where(x.count() > 0)",
    "max": "x.max(engine='numba').where(x.count() > 0)",
}
# What pandas holds as 64 bits, with NaN where a value is missing.
NUMBERS = {"int64", "double"}
# Of these, arrays and series give the same.
KEPT = {"+", "-", "*", "**"}
# Beyond this, keeping the extremes of every group at hand costs more than sorting once.
MOST_EXTREMES = 16


@dataclass(frozen=True, slots=True)
class NumbaSteps(PandasSteps):
    """The statements of pandas, with loops of our own in three places: rows, extremes, corr."""

    @property
    def facts(self) -> Facts:
        """Return what is known of the rows."""
        return collect_row_facts(self.query, self.data)

    def write_loops(self) -> str:
        """Write the compiled functions that the statements call."""
        match self.query.apply:
            case RowFunction(body=None) as function:
                skipped = list_missing_inputs(self.query, self.data)
                return write_row_loop(function, self.facts, skipped)[1]
            case RowFunction() as function:
                lifting, lifted = self._lift(function)
                return build_row_loop(lifted, lifting.facts, lifting.arrays)
            case GroupFunction() as function:
                return write_group_loop(function, self.facts)[1]
            case None:
                pass
        if self.query.extreme and self._is_few(self.query.extreme):
            return self._write_extreme_loop(self.query.extreme)
        if self._only_corr:
            return self._write_corr_loop()
        taken = self._decompose()
        if not self._loops_over_gaps(taken):
            return ""
        return "\n\n".join(dict.fromkeys(GROUPED[r.function] for r in taken.reductions))

    def write_statements(self) -> list[str]:
        """Write the statements before the answer, and last the answer's expression."""
        query = self.query
        if query.apply:
            return [*self.prepare(query.derive), *self._apply(query.apply)]
        if query.extreme and self._is_few(query.extreme):
            where = _drop_presence(query.where, query.extreme.column)
            kept = replace(self, query=replace(query, where=where))
            return [*kept.prepare(query.derive), *self._write_top(query.extreme)]
        if self._only_corr:
            taken = decompose(query)
            return [*self.prepare(taken.derived), *self._correlate(taken)]
        return PandasSteps.write_statements(self)  # `super()` fails in a slots dataclass

    def _apply(self, function: RowFunction | GroupFunction) -> list[str]:
        """Write the call of the compiled loop over the rows or the groups."""
        match function:
            case RowFunction(body=None):
                loop, _ = write_row_loop(function, self.facts, ())
                rows = quote("f[c]", f=quote(self.frame), c=list(function.columns))
                call = quote("l(f.to_records(index=False))", l=quote(loop), f=rows)
                return self._write_column(function, call)
            case RowFunction():
                return self._write_lifted(function)
            case GroupFunction():
                loop, _ = write_group_loop(function, self.facts)
                groups = quote("f.groupby(k, **o)", f=quote(self.frame), k=self.key, o=self.options)
                lines, answer = group_statements(self.query, function, loop, self.frame, groups)
                return [*lines, *self.finish(answer)]

    def _lift(self, function: RowFunction) -> tuple[Lifting, RowFunction]:
        assert function.body is not None
        lifting = Lifting(self.facts, {*self.facts.data.names, *LOOP_NAMES})
        return lifting, lifting.lift(function, function.body)

    def _write_lifted(self, function: RowFunction) -> list[str]:
        """Write the loop's call with the columns, and with what pandas computes for it."""
        lifting, lifted = self._lift(function)
        assert lifted.body is not None
        writer = make_series_writer(self.frame, self.query, self.data)
        arrays = [
            write_array(lifting.arrays[name], writer)
            if name in lifting.arrays
            else _write_array(self.frame, name)
            for name in list_columns(lifted.body)
        ]
        return self._write_column(function, quote("f(*a)", f=quote(loop_name(lifted)), a=arrays))

    def _write_column(self, function: RowFunction, call: ast.expr) -> list[str]:
        return self.finish(quote("pd.DataFrame(c)", c={function.output: call}))

    def _is_few(self, extreme: Extreme) -> bool:
        numeric = self.facts.find_kind(Col(extreme.column)) in {"int", "float"}
        return numeric and extreme.n <= MOST_EXTREMES and len(self.query.group_by) in {1, 2}

    def _write_extreme_loop(self, extreme: Extreme) -> str:
        name, beats = ("smallest", "<") if extreme.smallest else ("largest", ">")
        sure = extreme.column in self.data and not self.data[extreme.column].missing
        missing = "" if sure else "if np.isnan(value):\n    continue"
        text = EXTREME.replace("NAME", name).replace("BEATS", beats)
        return fill(text, MISSING=missing)

    def _write_top(self, extreme: Extreme) -> list[str]:
        """Write one pass over the rows that keeps each group's extremes: no sorting."""
        lines, groups, keys = self._factorize_keys()
        name = "smallest" if extreme.smallest else "largest"
        values = _write_array(self.frame, extreme.column)
        call = f"top, found = {name}(group, VALUES, {groups}, {extreme.n})"
        columns = {key: quote("k.repeat(found)", k=tree) for key, tree in keys.items()}
        columns[extreme.name] = quote("top[np.arange(n) < found[:, None]]", n=extreme.n)
        frame = quote("pd.DataFrame(c)", c=columns)
        return [*lines, fill(call, VALUES=values), *self.finish(frame)]

    @property
    def _only_corr(self) -> bool:
        query = self.query
        if len(query.group_by) not in {1, 2} or query.apply or query.extreme or query.transform:
            return False
        return {reduction.function for reduction in decompose(query).reductions} == {"corr"}

    def _write_corr_loop(self) -> str:
        read = {
            name for reduction in decompose(self.query).reductions for name in reduction.columns
        }
        sure = all(
            name in self.data and is_present(self.query, name, self.data) for name in sorted(read)
        )
        missing = "" if sure else "if np.isnan(x[i]) or np.isnan(y[i]):\n    continue"
        return fill(CORR, MISSING=missing)

    def _correlate(self, taken: Steps) -> list[str]:
        lines, groups, keys = self._factorize_keys()
        count = ast.parse(groups, mode="eval").body
        arrays = {}
        for r in taken.reductions:
            x, y = (_write_array(self.frame, name) for name in r.columns)
            arrays[r.name] = quote("corr(group, x, y, g)", x=x, y=y, g=count)
        return [*lines, *self._combine_arrays(keys, arrays, taken)]

    def _loops_over_gaps(self, taken: Steps) -> bool:
        """Return whether loops of our own reduce the groups: of numbers, some of them missing."""
        query = self.query
        if len(query.group_by) not in {1, 2} or not query.aggregate or query.pivot:
            return False
        if not self.data.rows or any(r.function not in GROUPED for r in taken.reductions):
            return False
        names = {r.column for r in taken.reductions}
        given = names.intersection(self.data.names) - {o.name for o in taken.derived}
        if given != names or any(self.data[name].arrow not in NUMBERS for name in names):
            return False
        gaps = {name for name in names if self.facts.may_miss(Col(name))}
        worth = len(taken.reductions) > 1 or taken.reductions[0].function in FILLED
        return worth and bool(gaps) and all(self.data[n].kind == "float" for n in names - gaps)

    def _reduce_gaps(self, taken: Steps) -> list[str]:
        lines, groups, keys = self._factorize_keys()
        count = ast.parse(groups, mode="eval").body
        arrays = {}
        for r in taken.reductions:
            x = _write_array(self.frame, r.column)
            arrays[r.name] = quote(f"group_{r.function}(group, x, g)", x=x, g=count)
        return [*lines, *self._combine_arrays(keys, arrays, taken)]

    def _combine_arrays(
        self, keys: dict[str, ast.expr], arrays: dict[str, ast.expr], taken: Steps
    ) -> list[str]:
        """Write the groups with what the loops give, in place where an output is arithmetic."""
        if not taken.once or not all(map(_is_arithmetic, taken.outputs)):
            return self._end([], quote("pd.DataFrame(v)", v={**keys, **arrays}), taken)
        columns = replace(self._answer(), trees=arrays)
        values = {o.name: columns.write_value(o.expression) for o in taken.outputs}
        return self.finish(quote("pd.DataFrame(v)", v={**keys, **values}))

    def _end(self, lines: list[str], frame: ast.expr, taken: Steps) -> list[str]:
        if taken.direct:
            return [*lines, *self.finish(frame)]
        return [*lines, f"answer = {to_source(frame)}", *self.combine(taken)]

    def _factorize_keys(self) -> tuple[list[str], str, dict[str, ast.expr]]:
        """Return the statements that number the groups, their count, and each key's values."""
        calls = [self._factorize(key) for key in self.query.group_by]
        if len(calls) == 1:
            (key,) = self.query.group_by
            return [f"group, keys = {calls[0]}"], "len(keys)", {key: quote("keys")}
        first, second = self.query.group_by
        lines = [
            f"first, firsts = {calls[0]}",
            f"second, seconds = {calls[1]}",
            "group, pairs = pd.factorize(first * len(seconds) + second)",
        ]
        keys = {
            first: quote("firsts[pairs // len(seconds)]"),
            second: quote("seconds[pairs % len(seconds)]"),
        }
        return lines, "len(pairs)", keys

    def _factorize(self, key: str) -> str:
        tree = quote("pd.factorize(f[k])", f=quote(self.frame), k=key)
        if self.facts.may_miss(Col(key)):
            tree = quote("pd.factorize(f[k], use_na_sentinel=False)", f=quote(self.frame), k=key)
        return to_source(tree)

    def _compiles(self, reduction: Reduction, facts: Facts) -> bool:
        numeric = reduction.columns and facts.find_kind(Col(reduction.columns[0])) in {
            "int",
            "float",
        }
        return reduction.function in COMPILED and bool(numeric)

    def _fills(self, reduction: Reduction, facts: Facts) -> bool:
        """Return whether a reduction's groups may be without values that it needs."""
        return reduction.function in FILLED and facts.may_miss(Col(reduction.column))

    def _group(self, taken: Steps) -> list[str]:
        facts = collect_row_facts(replace(self.query, derive=taken.derived), self.data)
        compiled = {r for r in taken.reductions if self._compiles(r, facts)}
        if self._loops_over_gaps(taken):
            return self._reduce_gaps(taken)
        if not compiled or not self.data.rows:
            return PandasSteps._group(self, taken)  # noqa: SLF001 - as above
        groups = quote("f.groupby(k, **o)", f=quote(self.frame), k=self.key, o=self.options)
        functions = {reduction.function for reduction in taken.reductions}
        filled = {r for r in compiled if self._fills(r, facts)}
        alike = len(functions) == 1 and all(r.name == r.column for r in compiled) and not filled
        if alike and len(compiled) == len(taken.reductions):
            names = [reduction.column for reduction in taken.reductions]
            chosen = quote("g[c]", g=groups, c=names[0] if len(names) == 1 else names)
            method = f"c.{METHODS[functions.pop()]}(engine='numba').reset_index()"
            lines, frame = [], quote(method, c=chosen)
        else:
            values = {
                r.name: quote(FILLED[r.function], x=quote("groups[c]", c=r.column))
                if r in filled
                else _write_reduction(r, compiled=r in compiled)
                for r in taken.reductions
            }
            if self._is_inline(taken):
                return self._inline(taken, values)
            lines = [f"groups = {to_source(groups)}"]
            frame = quote("pd.DataFrame(v).reset_index()", v=values)
        return self._end(lines, frame, taken)


def _write_reduction(reduction: Reduction, *, compiled: bool) -> ast.expr:
    if not reduction.columns:
        return quote("groups.size()")
    if reduction.function == "quantile":
        return quote("groups[c].quantile(q)", c=reduction.column, q=reduction.parameter)
    engine = "engine='numba'" if compiled else ""
    return quote(f"groups[c].{METHODS[reduction.function]}({engine})", c=reduction.column)


def _is_arithmetic(output: Output) -> bool:
    """Return whether an output is arithmetic that arrays have as series do."""
    nodes = walk(output.expression)
    return all(isinstance(n, Col | Lit) or (isinstance(n, Arith) and n.op in KEPT) for n in nodes)


def _write_array(frame: str, column: str) -> ast.expr:
    return quote("f[c].to_numpy()", f=quote(frame), c=column)


def _drop_presence(condition: Expr | None, column: str) -> Expr | None:
    """Leave `column is not None` out: the loop passes over missing values by itself."""
    test = Not(IsMissing(Col(column)))
    match condition:
        case Bool("and", operands):
            rest = tuple(operand for operand in operands if operand != test)
            return Bool("and", rest) if len(rest) > 1 else rest[0]
        case _:
            return None if condition == test else condition
