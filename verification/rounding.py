"""How far rounding may carry an answer: error terms and other sides of edges, as queries.

An honest engine adds in another order, and so errs by the size of what it adds, not of the sum. The
bound of each value is itself an expression of the language (`sum(abs(v))` times a few units in the
last place), so the oracle answers it beside the value.

With n terms, unit u (2**-53, or 2**-24 where a column is float32), g = (n/4 + 32) u and the root of
the mean square q, the terms are, to first order:

    sum    g sum|x|          Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., 4.2:
    mean   g mean|x|         n u at most; a plain loop over equal values loses a quarter
    var    g var + 64 u q std + (g q)**2               Chan, Golub, LeVeque 1983, table 1:
    std    g std + 32 u q + min(g q, (g q)**2 / std)   updates lose the condition number once;
    corr   4 g + 64 u qx qy / (stdx stdy) + 1e-11      a difference of squares loses it twice

What an argument may be off is carried through by derivatives.

A step behind a float (`round floor ceil // %`, a comparison) may fall on either side of an edge
within the bound. `find_possibilities` writes the query again with each such step pushed aside.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import assert_never

from ..engines.writing.sequence import answer_schema
from ..engines.writing.user_functions import skip_missing
from ..errors import DfbenchError
from ..spec.choices import is_choice
from ..spec.expression import (
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
    choose_fresh_name,
    list_children,
    list_columns,
    rebuild,
    substitute,
    walk,
)
from ..spec.joins import expand_join
from ..spec.kinds import extend_schema, find_kind, with_column
from ..spec.schema import Schema
from ..spec.vocabulary import CHOOSING
from ..spec.windows import expand_change, is_descending, rank_method
from ..spec.workload import Output, Query, RowFunction
from .bounds import (
    absolute,
    add_up,
    aggregate_error,
    bound_power,
    bound_spread_by_values,
    over,
    plus,
    root,
    scale,
    shift,
    times,
    write_mean_square,
)
from .choosing import RoundedRows, is_rank
from .ranks import Ranking

DOUBLE = 2.0**-53
SINGLE = 2.0**-24
SINGLE_TYPES = {"float", "halffloat"}
# Steps that are pushed one by one; more of them go together, and each alone.
APART = 2
# Of a float: what no engine's mathematical library leaves of a result (glibc: 1 to 2).
LIBRARY = 4
# Of a correlation near zero: what moments in one pass leave, up to a mean of 300 deviations.
CORRELATED, CORRELATED_SINGLE = 1e-11, 1e-4
STEPS = {"round", "floor", "ceil", "sign", "integer"}


# By how much more than its argument a function's value may be off: its slope at most.
SLOPES: dict[str, Callable[[Expr, Expr], Expr]] = {
    **dict.fromkeys(("sin", "cos", "atan", "tanh", "number"), lambda _, __: Lit(1.0)),
    "tan": lambda _, value: Arith("+", Lit(1), Arith("*", value, value)),
    "radians": lambda _, __: Lit(math.pi / 180),
    "degrees": lambda _, __: Lit(180 / math.pi),
    **dict.fromkeys(
        ("sinh", "cosh", "expm1"), lambda _, value: Arith("+", Lit(1), Call("abs", (value,)))
    ),
    "log2": lambda x, _: Arith("/", Lit(1 / math.log(2)), Call("abs", (x,))),
    "log1p": lambda x, _: Arith("/", Lit(1), Call("abs", (Arith("+", Lit(1), x),))),
}


@dataclass(frozen=True, slots=True)
class Possibilities:
    """A query with its error terms, and its `variants` with steps pushed over their edges.

    `errors` names the column of each output's bound. The outputs in `mixed` aggregate steps: where
    variants differ, each row may have fallen for itself, and any value between them is right.
    `choices` names the column of the values that an output may have, where it is free, and `ranks`
    how an output ranks values that may be off. Keys in `rounded` are floats that engines round in
    their own ways, far apart.
    """

    query: Query
    variants: tuple[Query, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    mixed: frozenset[str] = frozenset()
    choices: Mapping[str, str] = field(default_factory=dict)
    ranks: Mapping[str, Ranking] = field(default_factory=dict)
    rounded: tuple[str, ...] = ()


def find_possibilities(query: Query, data: Schema) -> Possibilities:
    """Return a query with error terms beside its outputs, and its variants where edges are near.

    The last `limit` is left out: which rows it keeps is judged on all of them. Raises DfbenchError
    where a step chooses among rounded values in a way that has no bound.
    """
    uncut = replace(query, limit=None)
    nominal = _Rewriting(data, lambda _: 0)
    written = nominal.rewrite(uncut)
    signs = _list_signs(nominal.steps)
    variants = tuple(_Rewriting(data, chosen.__getitem__).rewrite(uncut) for chosen in signs)
    return Possibilities(
        written,
        variants,
        nominal.shown,
        frozenset(nominal.mixed),
        nominal.choices,
        nominal.ranks,
        tuple(key for key in query.group_by if key in nominal.apart),
    )


def _list_signs(steps: int) -> Iterator[tuple[int, ...]]:
    """Yield on which side of its edge each step is pushed."""
    if steps <= APART:
        yield from (signs for signs in product((0, -1, 1), repeat=steps) if any(signs))
        return
    for sign in (-1, 1):
        yield (sign,) * steps
        yield from (tuple(sign * (i == j) for j in range(steps)) for i in range(steps))


def _as_outputs(query: Query, rows: Schema) -> Query:
    """Return a row function's tree as an output, which another may stand beside."""
    match query.apply:
        case RowFunction(output=name, body=body) if body is not None and not query.group_by:
            value = skip_missing(query, rows, body)
            return replace(query, apply=None, transform=(Output(name, value),))
        case _:
            return query


class _Rewriting:
    """One pass over a query; `push` gives the side of the nth step: -1, 0 or 1."""

    def __init__(self, rows: Schema, push: Callable[[int], int]) -> None:
        self.rows = rows
        self.push = push
        self.steps = 0
        self.errors: dict[str, Expr] = {}
        self.shown: dict[str, str] = {}
        self.mixed: set[str] = set()
        self.stepped: set[str] = set()
        self.loose: set[str] = set()
        self.singles: set[str] = set()
        self.apart: set[str] = set()
        self.choices: dict[str, str] = {}
        self.ranks: dict[str, Ranking] = {}

    def rewrite(self, query: Query) -> Query:
        """Rewrite all steps: each sees what the values of the one before may be off."""
        found: list[Query] = []
        for step in query.steps:
            seen, self.rows = expand_join(step, self.rows)
            self.singles |= {c.name for c in self.rows.columns if c.arrow in SINGLE_TYPES}
            self.shown, self.mixed, rows = {}, set(), self.rows
            last = len(found) == len(query.earlier)
            written = self.keep_errors(self.query(_as_outputs(seen, rows), last=last))
            if lost := sorted({*self.errors} & {*(seen.unpivot.on if seen.unpivot else ())}):
                message = f"unpivot makes rows of {', '.join(lost)}, which is rounded"
                raise DfbenchError(message)
            found.append(written)
            if len(found) <= len(query.earlier):
                self.rows = replace(answer_schema(written, rows), tables=rows.tables)
                self.carry_errors(written)
        return replace(found[-1], earlier=tuple(found[:-1]))

    def check(self, step: Query, *, last: bool) -> None:
        """Raise DfbenchError where a step chooses among rounded values: a bound has no form."""
        for output in step.derive:
            known = self.known
            self.mark(output.name, loose=known.is_loose(output.expression))
            (self.apart.add if known.is_apart(output.expression) else self.apart.discard)(
                output.name
            )
        if chosen := self.known.find_choices(step, last=last):
            message = f"a step chooses rows by {', '.join(chosen)}, which is rounded"
            raise DfbenchError(message)
        outputs = (*step.aggregate, *step.transform)
        made = {output.name: self.known.is_loose(output.expression) for output in outputs}
        if extreme := step.extreme:
            made[extreme.name] = extreme.column in self.loose
        for name, loose in made.items():
            self.mark(name, loose=loose)
        self.apart -= {o.name for o in outputs if o.expression != Col(o.name)}

    @property
    def known(self) -> RoundedRows:
        """Return what is known of the rows."""
        return RoundedRows(self.rows, self.loose, self.singles, self.apart)

    def mark(self, name: str, *, loose: bool) -> None:
        """Keep whether engines may disagree about a column's last digits."""
        (self.loose.add if loose else self.loose.discard)(name)

    def keep_errors(self, step: Query) -> Query:
        """Return a step whose answer has the errors of the rows that are it."""
        if not (step.asks_for_rows or step.gaps):
            return step
        self.shown = {
            name: error.name
            for name in step.outputs
            if isinstance(error := self.errors.get(name), Col)
        }
        names = tuple(dict.fromkeys((*step.outputs, *self.shown.values())))
        if step.gaps:
            return replace(step, gaps=replace(step.gaps, columns=names))
        return replace(step, select=names)

    def carry_errors(self, step: Query) -> None:
        """Keep what is known of the columns that a step's answer has."""
        self.errors = {name: Col(error) for name, error in self.shown.items()}
        self.loose &= {*step.outputs}
        self.apart &= {*step.outputs}
        self.singles &= set(step.outputs)
        if self.steps:
            # Any of its values may have fallen over an edge.
            self.stepped = set(step.outputs)

    def query(self, query: Query, *, last: bool) -> Query:
        """Rewrite the clauses in their order."""
        taken = {*query.reads, *query.outputs, *(o.name for o in query.derive), *self.rows.names}
        before = self.steps
        where = self.bound_value(query.where)[0] if query.where else None
        moved = self.steps > before
        derive: list[Output] = []
        for output in query.derive:
            before = self.steps
            derive += self.bound_output(output, taken)
            if self.steps > before or not self.stepped.isdisjoint(list_columns(output.expression)):
                self.stepped.add(output.name)
        self.rows = extend_schema(self.rows, replace(query, derive=tuple(derive)))
        self.check(query, last=last)
        moved = moved or not self.stepped.isdisjoint(query.group_by)
        aggregate, transform = (
            self.bound_outputs(outputs, taken, moved=moved)
            for outputs in (query.aggregate, query.transform)
        )
        query = replace(query, where=where, derive=tuple(derive))
        aggregate = (*aggregate, *self.list_values(aggregate, taken))
        if not query.having:
            transform = (*transform, *self.list_ranked(transform, query.group_by, taken))
        query = replace(query, aggregate=aggregate, transform=transform)
        if query.having:
            for output in (*aggregate, *transform):
                self.rows = with_column(self.rows, output.name, output.expression)
            query = replace(query, having=self.bound_value(query.having)[0])
        return query

    def bound_outputs(
        self, outputs: tuple[Output, ...], taken: set[str], *, moved: bool
    ) -> tuple[Output, ...]:
        written: list[Output] = []
        # Each output is made of the rows: none sees what another may be off.
        of_rows, made = self.errors, dict(self.errors)
        for output in outputs:
            self.errors = dict(of_rows)
            aggregates = [node for node in walk(output.expression) if isinstance(node, Agg)]
            before = self.steps
            read = set(list_columns(*aggregates))
            for agg in aggregates:
                for argument in agg.arguments:
                    self.bound_value(argument)
            inside = self.steps > before or not self.stepped.isdisjoint(read)
            self.steps = before
            if aggregates and (inside or moved):
                self.mixed.add(output.name)
            found = self.bound_output(output, taken)
            made.pop(output.name, None)
            if len(found) > 1:
                self.shown[output.name] = found[1].name
                made[output.name] = Col(found[1].name)
            written += found
        self.errors = made
        return tuple(written)

    def list_values(self, aggregate: tuple[Output, ...], taken: set[str]) -> Iterator[Output]:
        """Yield outputs with the values that the free ones may have."""
        for output in filter(is_choice, aggregate):
            name = choose_fresh_name(f"{output.name} values", taken)
            taken.add(name)
            self.choices[output.name] = name
            yield Output(name, Agg("values", list_children(output.expression)))

    def list_ranked(
        self, transform: tuple[Output, ...], keys: tuple[str, ...], taken: set[str]
    ) -> Iterator[Output]:
        """Yield outputs with the values that others rank, and what each of them may be off."""
        for output in filter(is_rank, transform):
            (ranked, *_), before = list_children(output.expression), self.steps
            value, error = self.bound_value(ranked)
            stepped, self.steps = self.steps > before, before
            if error is None or stepped:
                continue
            names = []
            for kind_of, expression in (("values", value), ("values error", error)):
                names.append(choose_fresh_name(f"{output.name} {kind_of}", taken))
                taken.add(names[-1])
                yield Output(names[-1], expression)
            assert isinstance(output.expression, Agg)
            percent = output.expression.function == "percent_rank"
            method = "percent" if percent else rank_method(output.expression)
            descending = is_descending(output.expression)
            self.ranks[output.name] = Ranking(names[0], names[1], method, descending, keys)

    def bound_output(self, output: Output, taken: set[str]) -> list[Output]:
        """Return an output, and beside it what it may be off where it is not exact."""
        value, error = self.bound_value(output.expression)
        written = [Output(output.name, value)]
        self.errors.pop(output.name, None)
        if not self.singles.isdisjoint(list_columns(output.expression)):
            self.singles.add(output.name)
        if error is not None:
            name = choose_fresh_name(f"{output.name} error", taken)
            taken.add(name)
            self.errors[output.name] = Col(name)
            written.append(Output(name, error))
        return written

    def bound_value(self, node: Expr) -> tuple[Expr, Expr | None]:
        """Return an expression with its steps pushed, and what it may be off: None is exact."""
        match node:
            case Col(name):
                return node, self.errors.get(name)
            case Lit() | IsMissing():
                return node, None
            case Arith("//" | "%"):
                return self.bound_quotient(node)
            case Arith():
                return self.bound_arithmetic(node)
            case Neg(operand):
                value, error = self.bound_value(operand)
                return Neg(value), error
            case Compare():
                return self.bound_comparison(node), None
            case IsIn(operand, values):
                value, error = self.bound_value(operand)
                if error is None:
                    return IsIn(value, values), None
                equal = tuple(Compare("==", operand, one) for one in values)
                return self.bound_value(Bool("or", equal) if len(equal) > 1 else equal[0])
            case Bool() | Not():
                return rebuild(
                    node, tuple(self.bound_value(part)[0] for part in list_children(node))
                ), None
            case Call():
                return self.call(node)
            case Case():
                return self.bound_case(node)
            case Let(name, value, body):
                return self.bound_value(substitute(body, {name: value}))
            case Agg():
                return self.bound_aggregation(node)
            case Cast() | Demean():
                raise AssertionError("an adapter's own: no query of a workload holds it")
            case _:
                assert_never(node)

    def bound_arithmetic(self, node: Arith) -> tuple[Expr, Expr | None]:
        (x, ex), (y, ey) = self.bound_value(node.left), self.bound_value(node.right)
        value = Arith(node.op, x, y)
        if ex is ey is None and self.is_exact(node):
            return value, None
        rounded = times(absolute(value), self.find_unit(node) * (LIBRARY if node.op == "**" else 1))
        match node.op:
            case "*":
                carried = plus(scale(absolute(x), ey), scale(absolute(y), ex))
                both = scale(ex, ey) if ex is not None else None
                carried = plus(carried, both)
            case "/":
                carried = over(plus(ex, scale(absolute(value), ey)), absolute(y))
            case "**" if isinstance(y, Lit) and isinstance(y.value, int) and y.value >= 1:
                # Not by the share of itself: of a correlation that is zero, the square may be off.
                carried = bound_power(x, ex, y.value)
            case "**":
                share = plus(over(scale(absolute(y), ex), absolute(x)), ey)
                carried = scale(absolute(value), share)
            case _:
                carried = plus(ex, ey)
        return value, plus(carried, rounded)

    def bound_quotient(self, node: Arith) -> tuple[Expr, Expr | None]:
        """Write `//` and `%`: the quotient of floats may lie on either side of a whole number."""
        (x, ex), (y, ey) = self.bound_value(node.left), self.bound_value(node.right)
        value: Expr = Arith(node.op, x, y)
        if ex is ey is None and self.is_exact(node):
            return value, None
        true = Arith("/", x, y)
        off = plus(
            times(absolute(true), 2 * self.find_unit(node)),
            over(plus(ex, scale(absolute(true), ey)), absolute(y)),
        )
        sign = self.take_side()
        if sign:
            whole = Call("floor", (shift(true, off, sign),))
            other = whole if node.op == "//" else Arith("-", x, Arith("*", y, whole))
            value = Case(((Compare("==", y, Lit(0)), Lit(None)),), other)
        if node.op == "//":
            return value, None
        size = Arith("+", absolute(x), absolute(y))
        return value, plus(
            times(size, 2 * self.find_unit(node)), plus(ex, scale(absolute(true), ey))
        )

    def bound_comparison(self, node: Compare) -> Expr:
        (x, ex), (y, ey) = self.bound_value(node.left), self.bound_value(node.right)
        off = plus(ex, ey)
        if off is None:
            return Compare(node.op, x, y)
        sign = self.take_side()
        if not sign:
            return Compare(node.op, x, y)
        if node.op not in {"==", "!="}:
            return Compare(node.op, shift(x, off, sign), y)
        near = Compare("<=", absolute(Arith("-", x, y)), off)
        equal = near if sign > 0 else Bool("and", (near, Compare("<", off, Lit(0))))
        return equal if node.op == "==" else Not(equal)

    def call(self, node: Call) -> tuple[Expr, Expr | None]:
        parts = [self.bound_value(argument) for argument in node.arguments]
        if node.function in STEPS:
            return self.step(node, parts)
        x, ex = parts[0]
        value = Call(node.function, tuple(part for part, _ in parts))
        unit = self.find_unit(node)
        match node.function:
            case "abs":
                return value, ex
            case "sqrt":
                carried = over(ex, root(Call("max", (absolute(x), ex)))) if ex is not None else None
                return value, plus(carried, times(absolute(value), unit))
            case "log" | "log10":
                return value, plus(over(ex, absolute(x)), times(absolute(value), LIBRARY * unit))
            case "exp":
                return value, scale(absolute(value), plus(ex, Lit(LIBRARY * unit)))
            case "asin" | "acos":
                away = over(ex, root(Arith("-", Lit(1), Arith("*", x, x))))
                near = times(root(ex), 2) if ex is not None else None  # where the slope is steep
                carried = Call("min", (away, near)) if away and near else None
                return value, plus(carried, times(absolute(value), LIBRARY * unit))
            case "hypot" | "atan2":
                carried = plus(ex, parts[1][1])
                if node.function == "atan2":
                    carried = over(carried, Call("hypot", (x, parts[1][0])))
                return value, plus(carried, times(absolute(value), LIBRARY * unit))
            case function if function in SLOPES:
                carried = scale(SLOPES[function](x, value), ex)
                # One of its arguments is 1 + x, or its result less 1, where engines have no better.
                least = Lit(LIBRARY * unit) if function in {"log1p", "expm1"} else None
                return value, plus(plus(carried, times(absolute(value), LIBRARY * unit)), least)
            case "clip":
                return value, ex
            case "coalesce" | "map":
                return value, add_up([error for _, error in parts if error is not None])
            case "min" | "max":
                return value, add_up([error for _, error in parts if error is not None])
            case _:
                return value, None

    def step(self, node: Call, parts: list[tuple[Expr, Expr | None]]) -> tuple[Expr, Expr | None]:
        """Write a rounding: its argument may lie on either side of an edge.

        Places behind the point are a power of ten away, which has no end in binary: then the edge
        itself is only nearly where it should be.
        """
        (x, off), *places = parts
        rest = tuple(part for part, _ in places)
        unit = self.find_unit(node)
        if places and not self.is_exact(node):
            off = plus(off, times(absolute(x), 2 * unit))
        if off is None:
            return Call(node.function, (x, *rest)), None
        sign = self.take_side()
        value = Call(node.function, (shift(x, off, sign) if sign else x, *rest))
        return value, times(absolute(value), 2 * unit) if places else None

    def bound_case(self, node: Case) -> tuple[Expr, Expr | None]:
        branches, errors = [], []
        for condition, result in node.branches:
            test = self.bound_value(condition)[0]
            value, error = self.bound_value(result)
            branches.append((test, value))
            errors.append((test, error if error is not None else Lit(0.0)))
        otherwise, last = self.bound_value(node.otherwise)
        value = Case(tuple(branches), otherwise)
        if last is None and all(error == Lit(0.0) for _, error in errors):
            return value, None
        return value, Case(tuple(errors), last if last is not None else Lit(0.0))

    def bound_aggregation(self, node: Agg) -> tuple[Expr, Expr | None]:
        if node.function in {"diff", "pct_change"}:
            return self.bound_value(expand_change(node))
        parts = [self.bound_value(argument) for argument in node.arguments]
        value = Agg(node.function, tuple(part for part, _ in parts))
        if not parts:
            return value, None
        x, ex = parts[0]
        grown = self.count_units(x, self.find_unit(node))
        own: Expr | None
        match node.function:
            case "mean" if self.find_kind(x) == "bool":
                return value, times(value, 2 * DOUBLE)
            case "prod":
                share = over(ex, absolute(x))
                return value, scale(
                    absolute(value), plus(times(grown, 4), aggregate_error("sum", share))
                )
            case "sum" | "cumsum" | "mean":
                whole = node.function != "mean" and self.is_exact(x)
                own = None if whole else Arith("*", Agg(node.function, (absolute(x),)), grown)
                return value, plus(own, aggregate_error(node.function, ex))
            case "rolling_sum" | "rolling_mean":
                # What has left a window may have left its rounding behind.
                whole = node.function == "rolling_sum" and self.is_exact(x)
                own = None if whole else Arith("*", Agg("sum", (absolute(x),)), grown)
                passed = "sum" if node.function == "rolling_sum" else "max"
                return value, plus(own, aggregate_error(passed, ex))
            case "rolling_std":
                most = Agg("max", (absolute(x),))
                squares = times(Arith("*", Arith("*", most, most), grown), 64)
                own = Call("min", (root(squares), Arith("/", squares, absolute(value))))
                return value, plus(own, aggregate_error("max", ex))
            case "rolling_median" | "ewm_mean":
                own = Arith("*", Agg("max", (absolute(x),)), grown)
                return value, plus(own, aggregate_error("max", ex))
            case "var" | "std":
                return value, plus(
                    self.bound_spread(value, x, grown), bound_spread_by_values(value, ex)
                )
            case "median" | "quantile":
                own = Arith("*", Agg("max", (absolute(x),)), grown)
                return value, plus(own, aggregate_error("max", ex))
            case "corr":
                return value, self.bound_correlation(x, parts[1][0], grown)
            case "lag" | "lead" if ex is not None:
                return value, Agg(node.function, (ex, *value.arguments[1:]))
            case function if function in CHOOSING:
                return value, aggregate_error("max", ex)
            case _:
                return value, None

    def bound_spread(self, value: Agg, x: Expr, grown: Expr) -> Expr:
        """Return what a variance or a standard deviation may be off by its own summing."""
        size = write_mean_square(x)
        unit, mean = self.find_unit(x), Arith("*", root(size), grown)  # what the mean may be off
        own = Arith("*", absolute(value), grown)
        if value.function == "var":
            passed = times(root(Arith("*", size, absolute(value))), 64 * unit)
            return Arith("+", Arith("+", own, passed), Arith("*", mean, mean))
        missed = Call("min", (mean, Arith("/", Arith("*", mean, mean), absolute(value))))
        return Arith("+", Arith("+", own, times(root(size), 32 * unit)), missed)

    def bound_correlation(self, x: Expr, y: Expr, grown: Expr) -> Expr:
        ratios = (Arith("/", write_mean_square(one), Agg("var", (one,))) for one in (x, y))
        unit = max(self.find_unit(x), self.find_unit(y))
        passed = times(root(Arith("*", *ratios)), 64 * unit)
        least = CORRELATED if unit == DOUBLE else CORRELATED_SINGLE
        return Arith("+", Arith("+", times(grown, 4), passed), Lit(least))

    def count_units(self, x: Expr, unit: float) -> Expr:
        """Return how many units the sum of a group's values may lose, as a share of its size."""
        terms: Expr = Arith("+", Arith("*", Agg("count", (x,)), Lit(0.25)), Lit(32.0))
        if unit == SINGLE:  # blocks of a few hundred, as all that sum float32 in float32 take
            terms = Call("min", (terms, Lit(4096.0)))
        return times(terms, unit)

    def take_side(self) -> int:
        """Return the side of the next step."""
        self.steps += 1
        return self.push(self.steps - 1)

    def is_exact(self, node: Expr) -> bool:
        return self.find_kind(node) not in {"float", "null"}

    def find_kind(self, node: Expr) -> str:
        return find_kind(node, self.rows)

    def find_unit(self, node: Expr) -> float:
        """Return the unit of rounding: float32's where any column of an expression has so few."""
        return DOUBLE if self.singles.isdisjoint(list_columns(node)) else SINGLE
