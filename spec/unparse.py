"""Write trees as Python text, and queries as questions in words."""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Sequence
from keyword import iskeyword
from typing import assert_never
from unicodedata import normalize

from .bins import Bins, NumberedBins, read_bins, read_numbered
from .calls import ORDERED_BY
from .expression import (
    Agg,
    Arith,
    Bool,
    Call,
    Case,
    Cast,
    Col,
    Compare,
    Demean,
    Expr,
    IsIn,
    IsMissing,
    Let,
    Lit,
    Neg,
    Not,
    Value,
)
from .formats import read_format
from .parser import ARITHMETIC, COMPARISONS
from .settings import RULES
from .vocabulary import Setting
from .windows import read_settings
from .workload import GroupFunction, Join, Output, Query, RowFunction, SortKey

# Settings that are written with their names.
NAMED: tuple[Setting, ...] = ("method", "descending", "at_least")
_ARITHMETIC = {word: op for op, word in ARITHMETIC.items()}
_COMPARISONS = {word: op for op, word in COMPARISONS.items()}
_ORDERED = {word: name for name, word in ORDERED_BY.items()}


def write_text(node: Expr) -> str:
    """Write a tree as the language's own text, with the fewest brackets.

    >>> write_text(Arith("*", Lit(2), Arith("+", Col("A"), Lit(1))))
    '2 * (A + 1)'
    """
    return ast.unparse(_unparse_syntax(node))


def _unparse_syntax(node: Expr) -> ast.expr:
    match node:
        case Col(name):
            return _unparse_column(name)
        case Lit(value):
            return _unparse_constant(value)
        case Arith(op, left, right):
            return ast.BinOp(_unparse_syntax(left), _ARITHMETIC[op](), _unparse_syntax(right))
        case Neg(operand):
            return ast.UnaryOp(ast.USub(), _unparse_syntax(operand))
        case Not(IsMissing(operand)):
            return ast.Compare(_unparse_syntax(operand), [ast.IsNot()], [ast.Constant(None)])
        case Not(IsIn(operand, values)):
            return ast.Compare(_unparse_syntax(operand), [ast.NotIn()], [_unparse_members(values)])
        case Not(operand):
            return ast.UnaryOp(ast.Not(), _unparse_syntax(operand))
        case Compare(op, left, right):
            return ast.Compare(
                _unparse_syntax(left), [_COMPARISONS[op]()], [_unparse_syntax(right)]
            )
        case IsMissing(operand):
            return ast.Compare(_unparse_syntax(operand), [ast.Is()], [ast.Constant(None)])
        case IsIn(operand, values):
            return ast.Compare(_unparse_syntax(operand), [ast.In()], [_unparse_members(values)])
        case Bool(op, operands):
            word = ast.And() if op == "and" else ast.Or()
            return ast.BoolOp(word, [_unparse_syntax(operand) for operand in operands])
        case Call("split", (value, Lit(separator), Lit(place))):
            parts = [_unparse_syntax(value), *([_unparse_constant(separator)] if separator else [])]
            return ast.Subscript(_call("split", *parts), _unparse_constant(place))
        case Call("days" | "hours" | "minutes" | "seconds" as unit, (later, earlier)):
            return _call(
                unit, ast.BinOp(_unparse_syntax(later), ast.Sub(), _unparse_syntax(earlier))
            )
        case Call("offset", (value, Lit(int(count)), Lit(str(unit)))):
            shift: ast.operator = ast.Sub() if count < 0 else ast.Add()
            return ast.BinOp(_unparse_syntax(value), shift, _call(unit, ast.Constant(abs(count))))
        case Call("map", (value, default, *pairs)):
            table = ast.Dict(
                [*map(_unparse_syntax, pairs[::2])], [*map(_unparse_syntax, pairs[1::2])]
            )
            return _call("map", _unparse_syntax(value), table, _unparse_syntax(default))
        case Call("slice", (value, Lit(start), Lit(end))):
            ends = (
                _unparse_constant(start) if start else None,
                None if end is None else _unparse_constant(end),
            )
            return ast.Subscript(_unparse_syntax(value), ast.Slice(*ends))
        case Agg():
            return _aggregate(node)
        case Call() | Case() if form := read_format(node):
            return _call("format", _unparse_syntax(form[0]), ast.Constant(form[1]))
        case Call(function, arguments):
            return _call(function, *map(_unparse_syntax, arguments))
        case Cast(operand, kind):
            return _call(kind, _unparse_syntax(operand))
        case Demean(operand, keys):
            return _call("demean", *(_unparse_syntax(part) for part in (operand, *keys)))
        case Case(branches, otherwise):
            if bins := read_bins(node):
                return _unparse_bins(bins)
            numbered = read_numbered(node)
            return _write_bins(numbered) if numbered else _unparse_choice(branches, otherwise)
        case Let(name, value, body):
            return ast.NamedExpr(ast.Name(name), _bind(value, body))
        case _:
            assert_never(node)


def _bind(value: Expr, body: Expr) -> ast.expr:
    return ast.Tuple([_unparse_syntax(value), _unparse_syntax(body)])


def _unparse_column(name: str) -> ast.expr:
    return ast.Name(name) if _is_word(name) else _call("col", ast.Constant(name))


def _is_word(name: str) -> bool:
    """Return whether Python reads a name unchanged: not a keyword, and in normal form."""
    return name.isidentifier() and not iskeyword(name) and normalize("NFKC", name) == name


def _call(function: str, *arguments: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(function), list(arguments), [])


def _aggregate(agg: Agg) -> ast.expr:
    """Write a call whose last settings have their names; one that is the default is left out."""
    if ordered := _write_ordered(agg):
        return ordered
    settings = {n: s.value for n, s in read_settings(agg).items() if n in NAMED}
    values = agg.arguments[: len(agg.arguments) - len(settings)]
    given = {n: value for n, value in settings.items() if value != RULES[n].default}
    keywords = [ast.keyword(n, _unparse_constant(value)) for n, value in given.items()]
    return ast.Call(ast.Name(agg.function), list(map(_unparse_syntax, values)), keywords)


def _write_ordered(agg: Agg) -> ast.expr | None:
    """Write `first(x, order_by=t)` as it is asked; None for any other aggregation."""
    match agg:
        case Agg(word, (value, Case(((Not(IsMissing(there)), key),), Lit(None)))) if (
            there == value and word in _ORDERED
        ):
            by = ast.keyword("order_by", _unparse_syntax(key))
            return ast.Call(ast.Name(_ORDERED[word]), [_unparse_syntax(value)], [by])
    return None


def _unparse_members(values: tuple[Lit, ...]) -> ast.expr:
    return ast.Tuple([_unparse_constant(value.value) for value in values])


def _unparse_constant(value: Value) -> ast.expr:
    match value:
        case dt.datetime():
            return _call("timestamp", ast.Constant(value.isoformat(" ")))
        case dt.date():
            return _call("date", ast.Constant(value.isoformat()))
    return ast.Constant(value)


def _unparse_bins(bins: Bins) -> ast.expr:
    call = ast.Call(ast.Name("bins"), [_unparse_syntax(bins.value), _list(bins.edges)], [])
    if not bins.right:
        call.keywords.append(ast.keyword("right", ast.Constant(value=False)))
    if bins.is_labelled:
        call.keywords.append(ast.keyword("labels", _list(bins.labels)))
    return call


def _write_bins(bins: NumberedBins) -> ast.expr:
    call = ast.Call(
        ast.Name(bins.word), [_unparse_syntax(bins.value), _unparse_constant(bins.count)], []
    )
    if bins.labels:
        call.keywords.append(ast.keyword("labels", _list(bins.labels)))
    return call


def _list(values: Sequence[Value]) -> ast.expr:
    return ast.List([_unparse_constant(value) for value in values])


def _unparse_choice(branches: tuple[tuple[Expr, Expr], ...], otherwise: Expr) -> ast.expr:
    made = _unparse_syntax(otherwise)
    for test, value in reversed(branches):
        made = ast.IfExp(_unparse_syntax(test), _unparse_syntax(value), made)
    return made


# A question is read in a column of a report, where hundreds of sums are no sentence.
MOST_NAMED = 12


def _list_some(parts: Sequence[str]) -> str:
    if len(parts) <= MOST_NAMED:
        return ", ".join(parts)
    named = MOST_NAMED // 2
    return f"{', '.join(parts[:named])} and {len(parts) - named} more"


def unparse_question(query: Query) -> str:
    """Write a query as a sentence: `sum v1, mean v3 by id3`; several steps as several."""
    return ", then ".join(_describe_step(step) or "its rows" for step in query.steps)


def _describe_step(query: Query) -> str:
    parts = [] if query.asks_for_rows and query.whole else [_describe_answer(query)]
    if query.joins:
        parts += ["of"] if parts else []
        parts.append(" and ".join(map(_describe_join, query.joins)))
    if query.group_by and not (
        (query.is_distinct and not query.pivot) or isinstance(query.apply, RowFunction)
    ):
        parts.append(f"by {_list_some(query.group_by)}")
    if query.gaps:
        parts.append(f"with each {query.gaps.unit} of {query.gaps.time}")
    if query.order_by:
        parts.append(f"in order of {', '.join(map(_sort_key, query.order_by))}")
    if query.where is not None:
        parts.append(f"where {write_text(query.where)}")
    return " ".join(parts)


def _sort_key(key: SortKey) -> str:
    return f"{key.name} descending" if key.descending else key.name


def _describe_join(join: Join) -> str:
    words = "as-of" if join.asof else join.how
    pairs = (*join.keys, *([(join.asof.left, join.asof.right)] if join.asof else []))
    keys = ", ".join(one if one == other else f"{one} = {other}" for one, other in pairs)
    return f"the {words} join with {join.table}{f' on {keys}' if keys else ''}"


def _describe_answer(query: Query) -> str:
    match query.apply:
        case RowFunction(name, output, body, None) if body is not None and name in (output, "row"):
            return f"{write_text(body)} of each row"
        case RowFunction(name=name):
            return f"{name} of each row"
        case GroupFunction(name=name, parameters=names):
            return f"{name} of {_list_some(names)}"
        case _:
            pass
    if extreme := query.extreme:
        found = f"{'smallest' if extreme.smallest else 'largest'} {extreme.n} {extreme.column}"
        return f"rows of the {found}" if extreme.rows else found
    if long := query.unpivot:
        kept = f" beside {_list_some(long.index)}" if long.index else ""
        return f"{_list_some(long.on)} as rows{kept}"
    if pivot := query.pivot:
        return f"{_unparse_output(Output('', pivot.cell))} for each {pivot.column}"
    if query.is_distinct:
        return f"distinct {_list_some(query.group_by)}"
    if query.select:
        return _list_some(query.select)
    return _list_some([_unparse_output(made) for made in (*query.aggregate, *query.transform)])


def _unparse_output(output: Output) -> str:
    match output.expression:
        case Agg("size", ()):
            return "number of rows"
        case Agg(function, (Col(name),)):
            return f"{function} {name}"
    return write_text(output.expression)
