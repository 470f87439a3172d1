"""The statements of pandas with Numba: `engine="numba"` in group-bys, and compiled loops."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from ...spec.expression import (
    Bool,
    Col,
    Expr,
    IsMissing,
    Not,
    columns,
)
from ...spec.workload import Extreme, RowFunction
from ..pandas.queries import PandasSteps
from ..pandas.words import METHODS
from ..writing.loops import is_numeric, loop_name, row_loop
from ..writing.program import fill
from ..writing.properties import Facts, row_facts
from ..writing.quote import quote, to_source
from ..writing.steps import Reduction, Steps, decompose, is_present

# What pandas' own `engine="numba"` knows in a group-by.
COMPILED = {"sum", "mean", "min", "max", "std", "var"}
# Where a group has no values, pandas 2.3.3's compiled mean raises, and min and max give whatever
# the memory held.
FILLED_ONLY = {"mean", "min", "max"}
# Beyond this, keeping the extremes of every group at hand costs more than sorting once.
MOST_EXTREMES = 16

EXTREME = '''
@njit
def NAME(group, values, groups, n):
    """Find the n NAME values of each group, and how many there are."""
    top = np.empty((groups, n), values.dtype)
    found = np.zeros(groups, np.int64)
    for i in range(len(values)):
        g, value = group[i], values[i]
        MISSING
        if found[g] < n:
            k = found[g]
            found[g] += 1
        elif value BEATS top[g, n - 1]:
            k = n - 1
        else:
            continue
        while k > 0 and value BEATS top[g, k - 1]:
            top[g, k] = top[g, k - 1]
            k -= 1
        top[g, k] = value
    return top, found
'''
CORR = '''
@njit
def corr(group, x, y, groups):
    """Correlate x and y in each group by Welford's updates, in one pass."""
    n = np.zeros(groups)
    mean_x, mean_y = np.zeros(groups), np.zeros(groups)
    xx, yy, xy = np.zeros(groups), np.zeros(groups), np.zeros(groups)
    for i in range(len(group)):
        MISSING
        g = group[i]
        n[g] += 1
        dx, dy = x[i] - mean_x[g], y[i] - mean_y[g]
        mean_x[g] += dx / n[g]
        mean_y[g] += dy / n[g]
        xx[g] += dx * (x[i] - mean_x[g])
        yy[g] += dy * (y[i] - mean_y[g])
        xy[g] += dx * (y[i] - mean_y[g])
    return xy / np.sqrt(xx * yy)
'''


@dataclass(frozen=True, slots=True)
class NumbaSteps(PandasSteps):
    """The statements of pandas, with loops of our own in three places: rows, extremes, corr."""

    @property
    def facts(self) -> Facts:
        """Return what is known of the rows."""
        return row_facts(self.query, self.data)

    @property
    def is_compiled(self) -> bool:
        """Return whether the row function can be a loop over numbers."""
        function = self.query.apply
        if not isinstance(function, RowFunction) or function.body is None:
            return False
        return is_numeric(function, self.facts)

    def loops(self) -> str:
        """Write the compiled functions that the statements call."""
        if self.is_compiled:
            assert isinstance(self.query.apply, RowFunction)
            return row_loop(self.query.apply, self.facts)
        if self.query.extreme and self._few(self.query.extreme):
            return self._extreme_loop(self.query.extreme)
        return self._corr_loop() if self._only_corr else ""

    def _statements(self) -> list[str]:
        query = self.query
        if self.is_compiled:
            assert isinstance(query.apply, RowFunction)
            return [*self.prepare(query.derive), *self._rows(query.apply)]
        if query.extreme and self._few(query.extreme):
            where = _without_presence(query.where, query.extreme.column)
            kept = replace(self, query=replace(query, where=where))
            return [*kept.prepare(query.derive), *self._top(query.extreme)]
        if self._only_corr:
            taken = decompose(query)
            return [*self.prepare(taken.derived), *self._correlate(taken)]
        return PandasSteps._statements(self)  # noqa: SLF001 - `super()` fails in a slots dataclass

    def _rows(self, function: RowFunction) -> list[str]:
        assert function.body is not None
        arrays = [_array(self.frame, name) for name in columns(function.body)]
        call = quote("f(*a)", f=quote(loop_name(function)), a=arrays)
        return self.finish(quote("pd.DataFrame(c)", c={function.output: call}))

    def _few(self, extreme: Extreme) -> bool:
        numeric = self.facts.kind(Col(extreme.column)) in {"int", "float"}
        return numeric and extreme.n <= MOST_EXTREMES and len(self.query.group_by) in {1, 2}

    def _extreme_loop(self, extreme: Extreme) -> str:
        name, beats = ("smallest", "<") if extreme.smallest else ("largest", ">")
        sure = extreme.column in self.data and not self.data[extreme.column].missing
        missing = "" if sure else "if np.isnan(value):\n    continue"
        text = EXTREME.replace("NAME", name).replace("BEATS", beats)
        return fill(text, MISSING=missing)

    def _top(self, extreme: Extreme) -> list[str]:
        """Write one pass over the rows that keeps each group's extremes: no sorting."""
        lines, groups, keys = self._factorize_keys()
        name = "smallest" if extreme.smallest else "largest"
        values = _array(self.frame, extreme.column)
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
        return all(reduction.function == "corr" for reduction in decompose(query).reductions)

    def _corr_loop(self) -> str:
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
        values = dict(keys)
        for reduction in taken.reductions:
            x, y = (_array(self.frame, name) for name in reduction.columns)
            values[reduction.name] = quote(
                "corr(group, x, y, g)", x=x, y=y, g=ast.parse(groups, mode="eval").body
            )
        frame = quote("pd.DataFrame(v)", v=values)
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
        if reduction.function not in COMPILED:
            return False
        column = Col(reduction.column)
        empty = reduction.function in FILLED_ONLY and facts.may_miss(column)
        return facts.kind(column) in {"int", "float"} and not empty

    def _group(self, taken: Steps) -> list[str]:
        facts = row_facts(replace(self.query, derive=taken.derived), self.data)
        compiled = {r for r in taken.reductions if self._compiles(r, facts)}
        if not compiled or not self.data.rows:
            return PandasSteps._group(self, taken)  # noqa: SLF001 - as above
        groups = quote("f.groupby(k, **o)", f=quote(self.frame), k=self.key, o=self.options)
        functions = {reduction.function for reduction in taken.reductions}
        alike = len(functions) == 1 and all(r.name == r.column for r in compiled)
        if alike and len(compiled) == len(taken.reductions):
            names = [reduction.column for reduction in taken.reductions]
            chosen = quote("g[c]", g=groups, c=names[0] if len(names) == 1 else names)
            method = f"c.{METHODS[functions.pop()]}(engine='numba').reset_index()"
            lines, frame = [], quote(method, c=chosen)
        else:
            values = {r.name: _write_reduction(r, compiled=r in compiled) for r in taken.reductions}
            lines = [f"groups = {to_source(groups)}"]
            frame = quote("pd.DataFrame(v).reset_index()", v=values)
        if taken.direct:
            return [*lines, *self.finish(frame)]
        return [*lines, f"answer = {to_source(frame)}", *self.combine(taken)]


def _write_reduction(reduction: Reduction, *, compiled: bool) -> ast.expr:
    if not reduction.columns:
        return quote("groups.size()")
    if reduction.function == "quantile":
        return quote("groups[c].quantile(q)", c=reduction.column, q=reduction.parameter)
    engine = "engine='numba'" if compiled else ""
    return quote(f"groups[c].{METHODS[reduction.function]}({engine})", c=reduction.column)


def _array(frame: str, column: str) -> ast.expr:
    return quote("f[c].to_numpy()", f=quote(frame), c=column)


def _without_presence(condition: Expr | None, column: str) -> Expr | None:
    """Leave `column is not None` out: the loop passes over missing values by itself."""
    test = Not(IsMissing(Col(column)))
    match condition:
        case Bool("and", operands):
            rest = tuple(operand for operand in operands if operand != test)
            return Bool("and", rest) if len(rest) > 1 else rest[0]
        case _:
            return None if condition == test else condition
