"""The statements of a query in pandas' own words, for the engines that run them: pandas, Modin."""

from __future__ import annotations

import ast
from dataclasses import replace

from ...errors import Unsupported
from ...spec.expression import Col
from ...spec.schema import Schema
from ...spec.workload import Extreme, Query
from .assembling import fill
from .quoting import literal, quote
from .series import deriving, filtering, series, setting
from .steps import Reduction, Steps, corr_as_sums, missing_key, present, steps

AGGREGATIONS = {
    "sum": "sum",
    "mean": "mean",
    "min": "min",
    "max": "max",
    "count": "count",
    "size": "size",
    "n_unique": "nunique",
    "std": "std",
    "var": "var",
    "median": "median",
    "first": "first",
    "last": "last",
    "any": "any",
    "all": "all",
}
WHOLE = {
    **{name: f"x.{method}()" for name, method in AGGREGATIONS.items()},
    "quantile": "x.quantile(q)",
    "first": "next(iter(x.dropna()), None)",
    "last": "next(iter(x.dropna()[::-1]), None)",
    "size": "len(data)",
    "corr": "x.corr(y)",
}


def body(query: Query, data: Schema, returned: str = "return ANSWER") -> str:
    """Write a query over the frame `data`; `returned` is how the function ends, with its hole."""
    *lines, answer = _statements(query, data)
    return "\n".join([*lines, fill(returned, ANSWER=answer)])


def _statements(query: Query, data: Schema) -> list[str]:
    """Write the statements before the answer, and last the answer's expression."""
    if query.apply or query.transform:
        raise Unsupported("apply and transform", "not written yet for pandas")
    frame = series("data", query, data)
    where = filtering(query.where, frame) if query.where else ""
    if query.extreme:
        return [where, deriving(query.derive, frame), *_extreme(query, query.extreme, data)]
    taken = steps(corr_as_sums(query, data) if query.group_by else query)
    lines = [where, deriving(taken.derived, frame)]
    return [*lines, *(_grouped(query, taken, data) if query.group_by else _whole(query, taken))]


def _extreme(query: Query, extreme: Extreme, data: Schema) -> list[str]:
    """Sort once and take the head of each group: `nlargest` by group is 15 times slower."""
    drop = not present(query, extreme.column, data)
    lines = [fill("data = data.dropna(subset=C)", C=literal(extreme.column))] if drop else []
    ordered = quote("data.sort_values(c, ascending=a)", c=extreme.column, a=extreme.smallest)
    if query.group_by:
        chosen = quote(
            "s.groupby(k, **o).head(n)",
            s=ordered,
            k=_key(query),
            o=_options(query, data),
            n=extreme.n,
        )
    else:
        chosen = quote("s.head(n)", s=ordered, n=extreme.n)
    names = {extreme.column: extreme.name}
    chosen = quote("t[c]", t=chosen, c=[*query.group_by, extreme.column])
    if extreme.column != extreme.name:
        chosen = quote("t.rename(columns=n)", t=chosen, n=names)
    return [*lines, *_finished(query, chosen, data)]


def _grouped(query: Query, taken: Steps, data: Schema) -> list[str]:
    """Write one `groupby`: the method for one function over columns, else named aggregations."""
    measures = [r.column for r in taken.reductions if r.columns]
    if not measures or any(r.function == "quantile" for r in taken.reductions):
        return _by_series(query, taken, data)
    # Any column will do for the number of rows.
    named = tuple(r if r.columns else replace(r, columns=(measures[0],)) for r in taken.reductions)
    reduced = _reduced(query, named, data)
    if taken.direct:
        return _finished(query, reduced, data)
    lines = [f"answer = {ast.unparse(reduced)}"]
    return [*lines, *_combined(query, taken, data)]


def _reduced(query: Query, reductions: tuple[Reduction, ...], data: Schema) -> ast.expr:
    options = {"as_index": literal(False), **_options(query, data)}
    groups = quote("data.groupby(k, **o)", k=_key(query), o=options)
    functions = {r.function for r in reductions}
    if len(functions) == 1 and all(r.name == r.column for r in reductions):
        names = [r.column for r in reductions]
        chosen = quote("g[c]", g=groups, c=names[0] if len(names) == 1 else names)
        return quote(f"c.{AGGREGATIONS[functions.pop()]}()", c=chosen)
    named = {r.name: literal((r.column, AGGREGATIONS[r.function])) for r in reductions}
    return quote("g.agg(**n)", g=groups, n=named)


def _by_series(query: Query, taken: Steps, data: Schema) -> list[str]:
    """Write each reduction as a series of its own: quantiles and bare sizes have no named form."""
    groups = quote("data.groupby(k, **o)", k=_key(query), o=_options(query, data))
    values = {}
    for r in taken.reductions:
        column = quote("groups[c]", c=r.column) if r.columns else quote("groups")
        method = "quantile(q)" if r.function == "quantile" else f"{AGGREGATIONS[r.function]}()"
        values[r.name] = quote(f"c.{method}", c=column, q=r.parameter)
    frame = quote("pd.DataFrame(v).reset_index()", v=values)
    lines = [f"groups = {ast.unparse(groups)}"]
    if taken.direct:
        return [*lines, *_finished(query, frame, data)]
    return [*lines, f"answer = {ast.unparse(frame)}", *_combined(query, taken, data)]


def _combined(query: Query, taken: Steps, data: Schema) -> list[str]:
    answer = series("answer", _after(query), data)
    lines = []
    for output in taken.outputs:
        if output.expression != Col(output.name):
            lines += setting(output, answer)
    return [*lines, *_finished(query, quote("answer[c]", c=list(query.outputs)), data)]


def _finished(query: Query, tree: ast.expr, data: Schema) -> list[str]:
    """Write having, sort and limit."""
    lines = []
    if query.having:
        condition = series("answer", _after(query), data).condition(query.having)
        lines = [f"answer = {ast.unparse(tree)}"]
        tree = quote("answer[c]", c=condition)
    if query.sort:
        names = [key.name for key in query.sort]
        by = names[0] if len(names) == 1 else names
        ascending = [not key.descending for key in query.sort]
        if all(ascending):
            tree = quote("t.sort_values(b)", t=tree, b=by)
        else:
            order = ascending[0] if len(set(ascending)) == 1 else ascending
            tree = quote("t.sort_values(b, ascending=a)", t=tree, b=by, a=order)
    if query.limit is not None:
        tree = quote("t.head(n)", t=tree, n=query.limit)
    return [*lines, ast.unparse(tree)]


def _after(query: Query) -> Query:
    """Give the query as its answer's columns see it: nothing is known to be present any more."""
    return replace(query, where=None, derive=())


def _whole(query: Query, taken: Steps) -> list[str]:
    values = {}
    for r in taken.reductions:
        x, y = ([quote("data[c]", c=c) for c in r.columns] + [literal(None)] * 2)[:2]
        values[r.name] = quote("[v]", v=quote(WHOLE[r.function], x=x, y=y, q=r.parameter))
    frame = quote("pd.DataFrame(v)", v=values)
    if taken.direct:
        return _finished(query, frame, Schema((), 0))
    return [f"answer = {ast.unparse(frame)}", *_combined(query, taken, Schema((), 0))]


def _key(query: Query) -> ast.expr:
    return literal(query.group_by[0] if len(query.group_by) == 1 else list(query.group_by))


def _options(query: Query, data: Schema) -> dict[str, ast.expr]:
    options: dict[str, ast.expr] = {"sort": literal(False)}
    if missing_key(query, data):
        # pandas drops the group of the missing key by default.
        options["dropna"] = literal(False)
    return options
