"""Expressions of method chains: row functions, conditions, aggregations and windows."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import ClassVar

from ...errors import Unsupported
from ...spec.expression import (
    Agg,
    Arith,
    Bool,
    Call,
    Case,
    Cast,
    Col,
    Compare,
    Expr,
    IsIn,
    IsMissing,
    Lit,
    Neg,
    Not,
    Value,
    list_columns,
)
from ...spec.intervals import find_step
from ...spec.schema import Schema
from ...spec.vocabulary import ROLLING, ROW_FUNCTIONS, WINDOWS
from ...spec.windows import count_steps, is_descending, rank_method, read_rolling, read_span
from ...spec.workload import Query
from .dialect import Dialect
from .dispatch import ExpressionWriter
from .properties import Facts, collect_row_facts
from .quote import quote, write_literal
from .sequence import COUNTS
from .steps import map_as_case, negate

BOOLEAN = {"and": ast.BitAnd, "or": ast.BitOr}
# Narrow integers whose sum a library keeps narrow.
NARROW = {"int32", "uint32"}
# The words for the first and the last part of a text, by its place.
ENDS: dict[Expr, str] = {Lit(0): "split_first", Lit(-1): "split_last"}


@dataclass(frozen=True, slots=True)
class ChainExpressions(ExpressionWriter[ast.expr]):
    """Writes a query's expressions in the words of a library.

    `known` replaces the facts of the rows, where a condition is on others. `beside`: aggregations
    stand beside the rows, each with the value of the row's group.
    """

    title: ClassVar[str] = ""
    dialect: ClassVar[Dialect]

    query: Query
    data: Schema
    known: Facts | None = None
    beside: bool = False

    def write_column(self, name: str) -> ast.expr:
        """Write a column."""
        return quote(self.dialect.column, n=name)

    def write_comparable(self, node: Expr) -> ast.expr:
        """Write an expression where a NaN would be seen as a number: it becomes missing."""
        tree = self.write_expression(node)
        return quote(self.dialect.without_nan, x=tree) if self.facts.makes_nan(node) else tree

    def write_value(self, node: Expr) -> ast.expr:
        """Write an expression where the library takes no bare constant."""
        tree = self.write_expression(node)
        return quote(self.dialect.constant, x=tree) if is_constant(node) else tree

    def write_choice(self, node: Expr) -> ast.expr:
        """Write a value that a condition chooses."""
        bare = self.dialect.bare_cases and _is_plain(node)
        return self.write_expression(node) if bare else self._write_alternative(node)

    def _write_alternative(self, node: Expr) -> ast.expr:
        text = isinstance(node, Lit) and isinstance(node.value, str)
        bare = self.dialect.bare_choices and not text
        return self.write_expression(node) if bare else self.write_value(node)

    def write_constant(self, value: Value) -> ast.expr:
        """Write a constant as Python does."""
        return write_literal(value)

    def write_negative(self, operand: Expr) -> ast.expr:
        """Write a number with the other sign; of a constant, as Python does."""
        match operand:
            case Lit(int() | float() as value):
                return write_literal(-value)
            case _:
                return quote(self.dialect.negative, x=self._write_operand("*", operand, operand))

    def is_missing(self, operand: Expr) -> ast.expr:
        """Write the test for a missing value."""
        return quote(self.dialect.missing, x=self.write_seen(operand))

    def write_membership(self, node: IsIn) -> ast.expr:
        """Write the test for one of several constants."""
        listed = [write_literal(v.value) for v in node.values if v.value is not None]
        return quote(self.dialect.member, x=self.write_seen(node.operand), v=listed)

    def write_junction(self, node: Bool) -> ast.expr:
        """Write a chain of `and` or of `or`."""
        return self._join(node.op, list(map(self.write_expression, node.operands)))

    def write_opposite(self, operand: Expr) -> ast.expr:
        """Write the opposite of a condition."""
        if isinstance(operand, IsMissing):
            return quote(self.dialect.present, x=self.write_seen(operand.operand))
        opposite = negate(operand)
        if isinstance(opposite, Not):
            return quote("~x", x=self.write_expression(operand))
        return self.write_expression(opposite)

    def cast(self, node: Cast) -> ast.expr:
        """Write an integer in 64 bits."""
        return quote(self.dialect.wide, x=self.write_expression(node.operand))

    def write_aggregation(self, agg: Agg) -> ast.expr:
        """Write one aggregation."""
        if agg.function in WINDOWS:
            return self.over(self._write_window(agg), agg)
        word = self._write_reduction(agg)
        template = self._write_template(word, self.dialect.aggregations)
        x, y = self._write_arguments(agg)
        if agg.function in self.dialect.counts_missing and self.facts.may_miss(agg.arguments[0]):
            x = quote(self.dialect.drop_missing, x=x)
        if agg.function == "sum" and self._wraps(agg.arguments[0]):
            x = quote(self.dialect.wide, x=x)
        tree = quote(template, x=x, y=y)
        if self.beside or self.query.transform:
            tree = self.over(tree, agg)
        return self.fill_nothing(tree, agg)

    def fill_nothing(self, tree: ast.expr, agg: Agg) -> ast.expr:
        """Fill in what an aggregation of no values lacks."""
        filler = self.dialect.of_nothing.get(self._write_reduction(agg))
        return quote(filler, x=tree) if filler and self._may_be_nothing(agg) else tree

    def _write_reduction(self, agg: Agg) -> str:
        """Name an aggregation; some libraries have their own for a sum of truth values."""
        truth = agg.function == "sum" and self.facts.find_kind(agg.arguments[0]) == "bool"
        return "sum_truth" if truth and "sum_truth" in self.dialect.variants else agg.function

    def _write_window(self, agg: Agg) -> ast.expr:
        """Write a window, but not of which rows."""
        if self.query.order_by and agg.function not in self.dialect.windows:
            raise Unsupported(f"{agg.function}()", f"not implemented for {self.title} yet")
        template = self._write_template(self._choose_window(agg), self.dialect.windows)
        counted = next(iter((*self.query.reads, *self.data.names)), "")
        x = self._write_argument(agg.arguments[0] if agg.arguments else Col(counted))
        if agg.function == "cumsum" and self._wraps(agg.arguments[0]):
            x = quote(self.dialect.wide, x=x)
        method = rank_method(agg)
        options = {"descending": write_literal(True)} if is_descending(agg) else {}
        # What pandas calls first is ordinal in the words of Polars.
        method = "ordinal" if method == "first" else method
        if agg.function in ROLLING:
            return self._write_rolling(template, x, agg)
        if agg.function == "ewm_mean":
            return quote(template, x=x, s=read_span(agg))
        steps = count_steps(agg)
        default = [] if steps == 1 else [write_literal(steps)]
        return quote(template, x=x, n=steps, default=default, m=method, o=options)

    def _choose_window(self, agg: Agg) -> str:
        """Return a window's word, or that for values of which none is missing or infinite."""
        word = f"{agg.function}_complete"
        if word not in self.dialect.variants:
            return agg.function
        unsure = (self.facts.may_miss, self.facts.makes_infinity)
        return agg.function if any(ask(x) for ask in unsure for x in agg.arguments) else word

    def _write_rolling(self, template: str, x: ast.expr, agg: Agg) -> ast.expr:
        rolling = read_rolling(agg)
        least = {"min_samples": write_literal(rolling.at_least)}
        options = least if rolling.at_least != rolling.rows else {}
        if agg.function == "rolling_sum" and self._wraps(agg.arguments[0]):
            x = quote(self.dialect.wide, x=x)
        if rolling.span:
            return self._write_roll_time(x, agg)
        return quote(template, x=x, w=rolling.rows, p=options)

    def _write_roll_time(self, x: ast.expr, agg: Agg) -> ast.expr:
        """Write a window of the time up to each row; a day of a zone has 24 hours."""
        rolling = read_rolling(agg)
        template = self.dialect.variants.get(f"{agg.function}_by")
        if not template or not rolling.span:
            raise Unsupported(
                f"{agg.function}() over a time", f"{self.title} has no windows of time"
            )
        count, unit = rolling.span
        key = self.query.order_by[0]
        if unit == "days" and self.facts.find_zone(Col(key.name)):
            count, unit = 24 * count, "hours"
        # Of no value, there is a sum of 0 unless it is told that it needs one.
        gap = agg.function == "rolling_sum" and self.facts.may_miss(agg.arguments[0])
        needs = gap or rolling.at_least > 1
        least = {"min_samples": write_literal(rolling.at_least)} if needs else {}
        return quote(template, x=x, t=key.name, w=f"{count}{unit[0]}", p=least)

    def over(self, tree: ast.expr, agg: Agg) -> ast.expr:  # noqa: ARG002 - an order depends on it
        """Write an aggregation or a window over the rows of a group."""
        if not self.dialect.over:
            raise Unsupported("transform", f"not implemented for {self.title}")
        keys = [write_literal(key) for key in self.query.group_by]
        return quote(self.dialect.over, x=tree, k=keys) if keys else tree

    @property
    def facts(self) -> Facts:
        """Return the facts of the rows that `where` lets through, unless others are set."""
        return self.known or collect_row_facts(self.query, self.data)

    def _write_arguments(self, agg: Agg) -> tuple[ast.expr, ast.expr]:
        """Write up to two arguments of an aggregation."""
        arguments = agg.arguments
        if agg.function in self.dialect.by_name:
            names = [write_literal(node.name) for node in arguments if isinstance(node, Col)]
            if len(names) == 2:
                return names[0], names[1]
        nothing = write_literal(None)
        x, y = (*map(self._write_argument, arguments), nothing, nothing)[:2]
        return x, y

    def _write_argument(self, argument: Expr) -> ast.expr:
        if isinstance(argument, Lit):
            return write_literal(argument.value)
        return self.write_comparable(argument)

    def _wraps(self, argument: Expr) -> bool:
        """Return whether a sum would leave its 32 bits; fewer are widened by the library."""
        if not self.dialect.narrow or self.facts.find_kind(argument) != "int":
            return False
        types = {self.facts.data[name].arrow for name in list_columns(argument)}
        if types.isdisjoint(NARROW) and not self._is_count(argument):
            return False
        known, rows = self.facts.range(argument), self.facts.data.rows or math.inf
        return rows * max(-known.low, known.high) >= 2**31

    def _may_be_nothing(self, agg: Agg) -> bool:
        empty = not self.query.group_by and (self.query.where or not self.data.rows)
        return bool(empty) or any(map(self.facts.may_miss, agg.arguments))

    def _are_integers(self, *nodes: Expr) -> bool:
        return all(self.facts.find_kind(node) == "int" for node in nodes)

    def _write_operand(self, op: str, node: Expr, other: Expr) -> ast.expr:
        # Of NaN, the power 0 is 1.
        powered = op == "**" and not self.facts.is_nonzero(other)
        tree = self.write_comparable(node) if powered else self.write_expression(node)
        narrow = op != "/" and self._is_narrow(node)
        return quote(self.dialect.wide, x=tree) if narrow else tree

    def _is_narrow(self, node: Expr) -> bool:
        """Return whether the library gives an integer of fewer than 64 bits here."""
        return self.dialect.narrow and self._is_count(node) and self.facts.find_kind(node) == "int"

    def _is_count(self, node: Expr) -> bool:
        """Return whether the result is a count, or one of several values of which one is."""
        match node:
            case Call("min" | "max", arguments):
                return any(map(self._is_count, arguments))
            case Case(branches, otherwise):
                return any(map(self._is_count, (*(value for _, value in branches), otherwise)))
            case Agg("sum" | "cumsum", (argument,)):
                return self.facts.find_kind(argument) == "bool"
            case Call(function) | Agg(function):
                return function in COUNTS
            case _:
                return False

    def write_arithmetic(self, node: Arith) -> ast.expr:
        """Write arithmetic of two operands."""
        say, op = self.dialect, node.op
        x, y = (
            self._write_operand(op, node.left, node.right),
            self._write_operand(op, node.right, node.left),
        )
        if is_constant(node.left) and is_constant(node.right):
            x = quote(say.constant, x=x)
        if op == "/":
            return self._write_quotient(node.right, x, y)
        if op == "**":
            return self._write_power(node, x, y)
        if op in {"//", "%"}:
            if node.right == Lit(0):
                return quote(say.nothing or say.constant, x=None)
            if not self.facts.is_nonzero(node.right):
                y = quote(say.divisor, y=y)
            floats = say.modulo_float if op == "%" else say.floor_divide_float
            natural = op == "%" and self.facts.is_natural(node.left, node.right)
            whole = ("x % y" if natural else say.modulo) if op == "%" else say.floor_divide
            template = whole if self._are_integers(node.left, node.right) else floats or whole
            return quote(template, x=x, y=y)
        return quote(f"x {op} y", x=x, y=y)

    def _write_power(self, node: Arith, x: ast.expr, y: ast.expr) -> ast.expr:
        """Write a power; of a float where a library's integers have no negative exponents."""
        template = self.dialect.variants.get("base")
        whole = self._are_integers(node.left, node.right)
        if template is None or not whole or not self.facts.range(node.right).negative:
            return quote(self.dialect.power, x=x, y=y)
        if isinstance(node.left, Lit) and isinstance(node.left.value, int):
            return self.write_arithmetic(replace(node, left=Lit(float(node.left.value))))
        return quote(self.dialect.power, x=quote(template, x=x), y=y)

    def _write_quotient(self, divisor: Expr, x: ast.expr, y: ast.expr) -> ast.expr:
        """Divide; by what may be zero with the care of a library that raises there."""
        say = self.dialect
        tree = quote(say.divide, x=x, y=y)
        if not say.by_zero or self.facts.is_nonzero(divisor):
            return tree
        infinite = quote(say.by_zero, x=x)
        if divisor == Lit(0):
            return infinite
        return quote(say.otherwise, t=quote(say.when, c=quote("y == 0", y=y), v=infinite), v=tree)

    def write_comparison(self, node: Compare) -> ast.expr:
        """Write a comparison."""
        x, y = self.write_comparable(node.left), self.write_comparable(node.right)
        if is_constant(node.left):
            x = quote(self.dialect.constant, x=x)
        return quote(f"x {node.op} y", x=x, y=y)

    def _join(self, op: str, operands: list[ast.expr]) -> ast.expr:
        tree = operands[0]
        for operand in operands[1:]:
            tree = ast.BinOp(tree, BOOLEAN[op](), operand)
        return tree

    def call(self, node: Call) -> ast.expr:
        """Write a row function."""
        function, arguments = node.function, node.arguments
        if function == "map" and "map" not in self.dialect.functions:
            return self.write_expression(map_as_case(node))
        word = self._write_word(function, arguments)
        template = self._write_template(word, self.dialect.functions)
        if function in {"min", "max"}:
            return self._find_extreme(function, arguments)
        if function == "map":
            return self._map(template, arguments)
        if ROW_FUNCTIONS[function].most is None:
            return self._join_values(template, arguments)
        write = self.write_expression if self.dialect.bare_arguments else self.write_value
        x, *rest = self.write_value(arguments[0]), *map(write, arguments[1:])
        if function == "clip" and self._is_narrow(arguments[0]):
            x = quote(self.dialect.wide, x=x)
        plain = [write_literal(a.value) if isinstance(a, Lit) else None for a in arguments[1:]]
        y, z = (*(p or r for p, r in zip(plain, rest, strict=True)), write_literal(None), None)[:2]
        if function == "truncate" and isinstance(unit := arguments[1], Lit):
            y = write_literal(self._write_unit(str(unit.value)))
        return quote(template, x=x, y=y, z=z or write_literal(None))

    def write_format(self, time: Expr, format_: str) -> ast.expr | None:
        """Write the text of a time; none that libraries write otherwise: years of five digits."""
        template = self.dialect.variants.get("format")
        if template is None or self.facts.is_distant(time):
            return None
        return quote(template, x=self.write_value(time), y=format_)

    def _write_unit(self, unit: str) -> str:
        """Return the library's name of a unit: `15min` is a number of its minutes."""
        units = self.dialect.units
        if unit in units:
            return units[unit]
        number, word = find_step(unit) or (0, "")
        if not number or (number > 1 and not units.get("minute", "").startswith("1")):
            raise Unsupported(f"truncate() to {unit}", f"not implemented for {self.title} yet")
        return f"{number}{units[word].removeprefix('1')}"

    def _join_values(self, template: str, arguments: tuple[Expr, ...]) -> ast.expr:
        """Write a function of any number of values: of all at once, or of two at a time."""
        if "*x" in template:
            return quote(template, x=[self.write_seen(argument) for argument in arguments])
        values = [self.write_seen(arguments[0]), *map(self.write_comparable, arguments[1:])]
        return reduce(lambda x, y: quote(template, x=x, y=y), values)

    def write_seen(self, node: Expr) -> ast.expr:
        """Write one of several values, in which a missing one is seen."""
        return self.write_value(node) if is_constant(node) else self.write_comparable(node)

    def _map(self, template: str, arguments: tuple[Expr, ...]) -> ast.expr:
        """Write a look-up in a table."""
        value, default, *pairs = arguments
        table = ast.Dict(
            [*map(self.write_expression, pairs[::2])], [*map(self.write_expression, pairs[1::2])]
        )
        return quote(template, x=self.write_seen(value), d=table, y=self.write_expression(default))

    def _write_word(self, function: str, arguments: tuple[Expr, ...]) -> str:
        """Return a word, or that for a part of what it means: by a setting, or by a kind."""
        if function == "round" and arguments[1:] and function in self.dialect.functions:
            return self._name_rounding(arguments[1])
        if function == "split" and arguments[1] == Lit(None):
            return "split_words"
        if function == "split" and ENDS.get(arguments[2]) in self.dialect.variants:
            return ENDS[arguments[2]]
        if not any(word.startswith(f"{function}_") for word in self.dialect.variants):
            return function
        exact = f"{function}_ns"
        if exact in self.dialect.variants and self.facts.find_exact_unit(*arguments) == "ns":
            return exact
        varied = f"{function}_{self.facts.find_kind(arguments[0])}"
        return varied if varied in self.dialect.variants else function

    def _name_rounding(self, places: Expr) -> str:
        """Name a rounding by where it is: to places behind the point, or to tens before it."""
        if not isinstance(places, Neg):
            return "round_2"
        if "round_tens" not in self.dialect.variants:
            raise Unsupported("round() to tens", f"{self.title} rounds to decimal places only")
        return "round_tens"

    def _write_template(self, word: str, *tables: Mapping[str, str]) -> str:
        """Return the library's form of a word; Unsupported, with the reason, where it has none."""
        for table in (*tables, self.dialect.variants):
            if word in table:
                return table[word]
        why = self.dialect.unsupported.get(word, f"not implemented for {self.title} yet")
        raise Unsupported(f"{word}()", why)

    def _find_extreme(self, function: str, arguments: tuple[Expr, ...]) -> ast.expr:
        """Write the extreme of a row, missing as soon as one value is."""
        values = [
            self._write_alternative(a) if is_constant(a) else self.write_comparable(a)
            for a in arguments
        ]
        return self.keep_missing(
            quote(self.dialect.functions[function], x=values), values, arguments
        )

    def keep_missing(
        self, tree: ast.expr, values: list[ast.expr], arguments: tuple[Expr, ...]
    ) -> ast.expr:
        """Make a value of several missing where one of them is, for what leaves that out."""
        tests = [
            quote(self.dialect.present, x=value)
            for value, argument in zip(values, arguments, strict=True)
            if self.facts.may_miss(argument)
        ]
        if not tests:
            return tree
        return self.choose([(self._join("and", tests), tree)], self._write_fallback(Lit(None)))

    def write_case(self, node: Case) -> ast.expr:
        """Write the value of the first condition that is true."""
        pairs = [(self._decide(c), self.write_choice(v)) for c, v in node.branches]
        return self.choose(pairs, self._write_fallback(node.otherwise))

    def _decide(self, condition: Expr) -> ast.expr:
        tree = self.write_expression(condition)
        unsure = self.dialect.decided and self.facts.may_miss(condition)
        return quote(self.dialect.decided, x=tree) if unsure else tree

    def choose(
        self, pairs: list[tuple[ast.expr, ast.expr]], otherwise: ast.expr | None
    ) -> ast.expr:
        """Write the value of the first condition that is true; by default, none is missing."""
        say, ((condition, value), *rest) = self.dialect, pairs
        tree = quote(say.when, c=condition, v=value)
        for condition, value in rest:
            tree = quote(say.and_when, t=tree, c=condition, v=value)
        return tree if otherwise is None else quote(say.otherwise, t=tree, v=otherwise)

    def _write_fallback(self, node: Expr) -> ast.expr | None:
        """Write what no condition chooses; None for what the library chooses by itself."""
        bare = node == Lit(None) and self.dialect.without_otherwise
        return None if bare else self.write_choice(node)


def _is_plain(node: Expr) -> bool:
    match node:
        case Lit(str() | int() | float() | None) | Neg(Lit()):
            return True
        case _:
            return False


def is_constant(node: Expr) -> bool:
    """Return whether an expression is a plain value as written, a negative number too."""
    match node:
        case Lit() | Neg(Lit(int() | float())):
            return True
        case _:
            return False
