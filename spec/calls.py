"""Reads the calls of an expression: functions, aggregations, windows, bins and parts of text."""

from __future__ import annotations

import ast
import datetime as dt
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from itertools import pairwise

from .bins import (
    MOST_BINS,
    NUMBERED,
    Bins,
    label_edges,
    number_bins,
    write_bins,
)
from .expression import (
    Agg,
    Call,
    Case,
    Col,
    Expr,
    IsMissing,
    Lit,
    Neg,
    Not,
    list_aggregations,
)
from .formats import is_time_format, write_format
from .intervals import SECONDS
from .patterns import count_groups, may_skip_a_group
from .python_syntax import ExpressionError, Slip
from .settings import RULES, SettingError, describe_arity, read_setting, takes_count
from .synonyms import EXPRESSIONS, LEFT_OUT, find_meant
from .vocabulary import (
    AGGREGATIONS,
    ALIASES,
    BINNING,
    CONSTANTS,
    ROW_FUNCTIONS,
    WINDOWS,
    Function,
    Setting,
    suggest,
)

# Functions whose settings can be given by name.
SETTABLE = {*WINDOWS, "first", "last"}
# The first and the last value in the order of a column are those of its least and largest.
ORDERED_BY = {"first": "arg_min", "last": "arg_max"}

# What programs import; the language has their functions without them.
LIBRARIES = {"np", "numpy", "math", "pd", "pandas", "pl", "polars", "datetime", "F"}


class Context(Enum):
    """The clause of an expression, which decides whether it aggregates."""

    ROW = "row"
    AGGREGATE = "aggregate"
    TRANSFORM = "transform"


@dataclass(slots=True)
class CallReader(ABC):
    """Turns the calls in Python's syntax tree into ours, noting every slip.

    `called` may name the function that is called in a way of its own (`math.sqrt`). `offsets` are
    those of the nodes, and `inside` is the aggregation whose arguments are read.
    """

    offset_of: Callable[[ast.AST], int]
    context: Context
    called: Callable[[ast.expr], str | None] | None = None
    slips: list[Slip] = field(default_factory=list)
    offsets: dict[int, int] = field(default_factory=dict)
    inside: str = ""
    # ids are only good while their nodes live, also those of parts that are combined again
    kept: list[Expr] = field(default_factory=list)

    @abstractmethod
    def parse_expr(self, node: ast.expr) -> Expr:
        """Turn one expression into a tree; after a slip, it is a missing value."""

    def close(self) -> None:
        """Raise the slips found, if any."""
        if self.slips:
            raise ExpressionError(tuple(self.slips))

    def add_slip(self, node: ast.AST, message: str) -> Lit:
        """Add a mistake, and return a placeholder."""
        found = Slip(self.offset_of(node), message)
        if found not in self.slips:
            self.slips.append(found)
        return Lit(None)

    def parse_column(self, node: ast.AST, name: str) -> Expr:
        """Read a column; in an aggregate clause, it has to be inside an aggregation."""
        if self.context is Context.AGGREGATE and not self.inside:
            near = f"sum({name})" if name.isidentifier() else f'sum(col("{name}"))'
            near = f"{name}(x)" if name in AGGREGATIONS else near
            return self.add_slip(node, f"{name!r} is used outside an aggregation; write {near}")
        return Col(name)

    def parse_member(self, node: ast.expr) -> Lit:
        """Read a constant of a list."""
        match self.parse_expr(node):
            case Lit(value) as member if value is not None:
                return member
            case Neg(Lit(int() | float() as value)):
                return Lit(-value)
            case Lit():
                return self.add_slip(node, "None cannot be in a list; write 'is None'")
        return self.add_slip(node, "'in' needs constants; compare columns with '=='")

    def parse_call(self, node: ast.Call) -> Expr:
        """Read a call of a function by its name and its arguments."""
        name = self.parse_function_name(node.func)
        if name is None:
            return self.add_slip(node.func, _explain_call(node))
        unnamed = name not in {*SETTABLE, *BINNING} and bool(node.keywords)
        if unnamed or any(isinstance(a, ast.Starred) for a in node.args):
            return self.add_slip(node, f"{name} takes positional arguments only")
        if name == "col":
            return self._read_quoted_column(node)
        if name in CONSTANTS and not (name == "date" and _is_column(node.args)):
            return self._time(node, name)
        match name, node.args:
            case _, [ast.BinOp(later, ast.Sub(), earlier)] if name in SECONDS:
                return Call(name, (self.parse_expr(later), self.parse_expr(earlier)))
            case "split", _:
                return self.add_slip(node, "split gives several texts; take one: split(x, ',')[0]")
            case "len", [ast.Call(func, [text], [])] if self.parse_function_name(func) == "split":
                return Call("count_words", (self.parse_expr(text),))
        return self.apply(node, name)

    def parse_function_name(self, node: ast.expr) -> str | None:
        """Return the name of the function that is called, if it has one."""
        if self.called:
            return self.called(node)
        return node.id if isinstance(node, ast.Name) else None

    def _read_quoted_column(self, node: ast.Call) -> Expr:
        match node.args:
            case [ast.Constant(str(name))]:
                return self.parse_column(node, name)
        return self.add_slip(node, 'col takes one name in quotes: col("unit price")')

    def _time(self, node: ast.Call, name: str) -> Expr:
        match node.args:
            case [ast.Constant(str(given))]:
                message = f"invalid {name} {given!r}; write {CONSTANTS[name]}"
                return _parse_moment(name, given) or self.add_slip(node.args[0], message)
        return self.add_slip(node, f"{name} takes one string; write {CONSTANTS[name]}")

    def apply(self, node: ast.Call, name: str) -> Expr:
        """Read the call of a function by its name in the language."""
        name = ALIASES.get(name, name)
        if name == "map":
            return self._map(node)
        if name in BINNING:
            return self._parse_bins(node, name)
        aggregates = name in AGGREGATIONS and (name not in ROW_FUNCTIONS or len(node.args) < 2)
        aggregates = aggregates or name in WINDOWS
        function = (AGGREGATIONS | WINDOWS if aggregates else ROW_FUNCTIONS).get(name)
        if function is None:
            return self.add_slip(node, self._explain_unknown(name))
        if name in ORDERED_BY and [word.arg for word in node.keywords] == ["order_by"]:
            return self._read_ordered(node, name)
        if node.keywords:
            node = self._place_keywords(node, name, function)
        if not takes_count(function, len(node.args)):
            return self.add_slip(
                node, f"{name} takes {describe_arity(function)}, not {len(node.args)}"
            )
        if aggregates:
            return self._aggregate(node, name, function)
        arguments = self._parse_arguments(node, name, function)
        if name == "extract":
            return self._extract(node, arguments)
        match name, arguments:
            case "coalesce", _ if Lit(None) in arguments:
                kept = tuple(one for one in arguments if one != Lit(None))
                return Call(name, kept) if len(kept) > 1 else next(iter(kept), Lit(None))
            case "format", (time, Lit(str(wanted))) if is_time_format(wanted):
                return write_format(time, wanted)
            case "number", (Lit(str(text)),) if "_" in text or _is_too_large(text):
                return self.add_slip(node, f"no float holds the text {text!r}; write a number")
        return Call(name, arguments)

    def _read_ordered(self, node: ast.Call, name: str) -> Expr:
        """Read `first(x, order_by=t)`: that of the least t, of the rows in which x is there."""
        word = ORDERED_BY[name]
        args = [*node.args, *(keyword.value for keyword in node.keywords)]
        if len(args) != 2:
            return self.add_slip(node, f"{name} takes one value and order_by, not {len(args) - 1}")
        call = ast.copy_location(ast.Call(node.func, args, []), node)
        match found := self._aggregate(call, word, AGGREGATIONS[word]):
            case Agg(_, (value, key)):
                return Agg(word, (value, Case(((Not(IsMissing(value)), key),), Lit(None))))
        return found

    def _place_keywords(self, node: ast.Call, name: str, function: Function) -> ast.Call:
        """Return a call with its keywords at the places of its settings."""
        free = function.settings[max(len(node.args) - function.least, 0) :]
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        for word in node.keywords:
            if word.arg not in free:
                self.add_slip(
                    word.value, f"{name} has no setting {word.arg!r}{suggest(str(word.arg), free)}"
                )
        last = max((place for place, setting in enumerate(free, 1) if setting in given), default=0)
        placed = [
            given.get(setting) or ast.copy_location(ast.Constant(RULES[setting].default), node)
            for setting in free[:last]
        ]
        return ast.copy_location(ast.Call(node.func, [*node.args, *placed], []), node)

    def _parse_arguments(self, node: ast.Call, name: str, function: Function) -> tuple[Expr, ...]:
        """Read a call's values, and its settings, which have to be constants."""
        arguments = [self.parse_expr(argument) for argument in node.args]
        values = function.count_values(len(arguments))
        settings = zip(node.args[values:], arguments[values:], function.settings, strict=False)
        read = [self._read_setting(name, part, given, setting) for part, given, setting in settings]
        return (*arguments[:values], *read)

    def _read_setting(self, name: str, part: ast.expr, given: Expr, setting: Setting) -> Expr:
        try:
            return read_setting(name, setting, given)
        except SettingError as error:
            return self.add_slip(part, str(error))

    def _map(self, node: ast.Call) -> Expr:
        """Read `map(x, {a: 1, b: 2}, 0)`: the value, what else it is, and the pairs in turn."""
        match node.args:
            case [value, ast.Dict(keys, values), *rest] if len(rest) <= 1 and keys:
                default = self.parse_expr(rest[0]) if rest else Lit(None)
                pairs = [
                    part
                    for key, given in zip(keys, values, strict=True)
                    for part in (self._map_key(key, node), self._map_value(given))
                ]
                return Call("map", (self.parse_expr(value), default, *pairs))
        return self.add_slip(node, "map takes a value, a table and a default: map(x, {a: 1}, 0)")

    def _parse_bins(self, node: ast.Call, name: str) -> Expr:
        """Read `bins(x, [0, 18, 65])`, `bins(x, 4)` and `quantile_bins(x, 4)`."""
        given = {word.arg: word.value for word in node.keywords}
        match node.args:
            case [value, ast.List(items)] if name == "bins" and given.keys() <= {"labels", "right"}:
                return self._parse_bins_between(value, items, given)
            case [value, ast.Constant(int(count)) as number] if given.keys() <= {"labels"}:
                if 2 <= count <= MOST_BINS:
                    return self._read_numbered_bins(node, value, count, given.get("labels"))
                return self.add_slip(number, f"{name} makes 2 to {MOST_BINS} bins, not {count}")
        return self.add_slip(node, f"{name} takes a value and {BINNING[name]}")

    def _parse_bins_between(
        self, value: ast.expr, items: list[ast.expr], given: Mapping[str | None, ast.expr]
    ) -> Expr:
        edges = [Lit(part.value) for part in map(self._parse_edge, items)]
        for item, edge in zip(items, edges, strict=True):
            self.offsets[id(edge)] = self.offset_of(item)
        self.kept += edges
        numbers = [edge.value for edge in edges if isinstance(edge.value, int | float)]
        if len(numbers) < len(items):
            return Lit(None)
        if len(items) < 2 or any(low >= high for low, high in pairwise(numbers)):
            first = items[0] if items else value
            return self.add_slip(first, "bins needs two edges or more, each larger than the last")
        right = given.get("right", ast.Constant(value=True))
        if not isinstance(right, ast.Constant) or not isinstance(right.value, bool):
            return self.add_slip(right, "right needs True or False")
        labels = self._read_labels(given.get("labels"), len(items) - 1)
        tested = self.parse_expr(value)
        named = tuple(str(label.value) for label in labels)
        named = named or label_edges(numbers, right=right.value)
        return write_bins(Bins(tested, tuple(numbers), named, right.value), edges)

    def _parse_edge(self, node: ast.expr) -> Lit:
        match self.parse_expr(node):
            case Lit(int() | float() as value) | Neg(Lit(int() | float() as value)) as edge:
                if not isinstance(value, bool):
                    return Lit(-value if isinstance(edge, Neg) else value)
        return self.add_slip(node, "an edge of bins is a number")

    def _read_numbered_bins(
        self, node: ast.Call, value: ast.expr, count: int, labels: ast.expr | None
    ) -> Expr:
        """Read bins whose edges are those of the rows: of the group in transform, else of all."""
        tested = self.parse_expr(value)
        if self.inside or self.context is Context.AGGREGATE or list_aggregations(tested):
            return self.add_slip(
                node, "the edges of these bins come from rows; write them in derive"
            )
        edges = NUMBERED[str(self.parse_function_name(node.func))](tested, count)
        names = self._read_labels(labels, count) or [Lit(place) for place in range(count)]
        return number_bins(tested, edges, names)

    def _read_labels(self, node: ast.expr | None, count: int) -> list[Lit]:
        match node:
            case None:
                return []
            case ast.List(items):
                texts = [item.value for item in items if isinstance(item, ast.Constant)]
                if len({text for text in texts if isinstance(text, str)}) == len(items) == count:
                    return [Lit(text) for text in texts if isinstance(text, str)]
        self.add_slip(node, f"labels needs {count} different texts, one for each bin")
        return []

    def _map_key(self, key: ast.expr | None, node: ast.Call) -> Expr:
        match key:
            case None:
                return self.add_slip(node, "a table of map has keys and values only")
            case ast.Name(name):
                return Lit(name)
        return self.parse_member(key)

    def _map_value(self, node: ast.expr) -> Expr:
        match self.parse_expr(node):
            case Lit() as value:
                return value
            case Neg(Lit(int() | float() as value)):
                return Lit(-value)
        return self.add_slip(node, "a table of map has constants; use if … else for expressions")

    def _extract(self, node: ast.Call, arguments: tuple[Expr, ...]) -> Expr:
        """Read `extract`: its first group, or the whole match where there is none."""
        match arguments:
            case (text, Lit(str(pattern)), *rest):
                groups = count_groups(pattern)
                group = rest[0] if rest else Lit(min(groups, 1))
                if not isinstance(group, Lit) or not 0 <= int(str(group.value)) <= groups:
                    words = f"the last group of the pattern is {groups}; 0 is the whole match"
                    return self.add_slip(node.args[2], f"extract: {words}")
                if group != Lit(0) and may_skip_a_group(pattern):
                    words = "extract: its group has to be in every match; avoid '|', ')?' and ')*'"
                    return self.add_slip(node.args[1], words)
                return Call("extract", (text, Lit(pattern), group))
        return Lit(None)

    def parse_part(self, value: ast.expr, index: ast.expr) -> Expr:
        """Read `split(x, ',')[0]`, or `x[0:3]` and `x[0]`."""
        if isinstance(index, ast.Slice):
            ends = [index.lower or ast.Constant(0), index.upper or ast.Constant(None)]
            if index.step is not None:
                return self.add_slip(index.step, "a slice of text takes no step")
            if isinstance(value, ast.Call) and self.parse_function_name(value.func) == "split":
                return self.add_slip(
                    index, "a part of split is taken by one number: split(x, ',')[0]"
                )
            return self._slice(value, ends)
        match value:
            case ast.Call(func, [text, *separators], []) if (
                self.parse_function_name(func) == "split"
            ):
                return self.split(text, separators, index)
        return self._parse_character(
            value, self._read_setting("[ ]", index, self.parse_expr(index), "place")
        )

    def split(self, text: ast.expr, separators: list[ast.expr], index: ast.expr) -> Expr:
        """Read one part of a split text: `split(x, ',')[0]`."""
        if len(separators) > 1:
            return self.add_slip(separators[1], "split takes a text and a separator")
        separator: Expr = Lit(None)
        if separators:
            separator = self._read_setting(
                "split", separators[0], self.parse_expr(separators[0]), "separator"
            )
        place = self._read_setting("[ ]", index, self.parse_expr(index), "place")
        return Call("split", (self.parse_expr(text), separator, place))

    def _slice(self, value: ast.expr, ends: list[ast.expr]) -> Expr:
        kinds: tuple[Setting, ...] = ("place", "end")
        read = (
            self._read_setting("[ ]", end, self.parse_expr(end), kind)
            for end, kind in zip(ends, kinds, strict=True)
        )
        start, end = read
        match start, end:
            case Lit(int(first)), Lit(int(last)) if first < 0 <= last:
                words = "a slice of text from its end cannot end from its start"
                return self.add_slip(ends[0], words)
        return Call("slice", (self.parse_expr(value), start, end))

    def _parse_character(self, value: ast.expr, place: Expr) -> Expr:
        """Read `x[2]`, the slice of one character."""
        match place:
            case Lit(int(at)):
                return Call(
                    "slice", (self.parse_expr(value), place, Lit(None if at == -1 else at + 1))
                )
        return place

    def _explain_unknown(self, name: str) -> str:
        if meant := EXPRESSIONS.get(name.lower()):
            return f"unknown function {name!r}; did you mean {meant!r}?"
        if why := LEFT_OUT.get(name.lower()):
            return f"no function {name!r}: {why}"
        words = {**ROW_FUNCTIONS, **AGGREGATIONS, **WINDOWS}
        if (meant := find_meant(name)) and meant not in words:
            return f"no function {name!r}; write the clause {meant!r}"
        if self.context is Context.ROW:
            return f"unknown function {name!r}{suggest(name, words if meant else ROW_FUNCTIONS)}"
        what = "aggregation" if self.context is Context.AGGREGATE else "function"
        windows = WINDOWS if self.context is Context.TRANSFORM else ()
        known = [*words] if meant else [*AGGREGATIONS, *ROW_FUNCTIONS, *windows]
        return f"unknown {what} {name!r}{suggest(name, known)}"

    def _aggregate(self, node: ast.Call, name: str, function: Function) -> Expr:
        if name in WINDOWS and self.context is not Context.TRANSFORM:
            return self.add_slip(
                node, f"{name} returns a value for each row; use it in transform only"
            )
        if self.context is Context.ROW:
            return self.add_slip(
                node, f"{name} is an aggregation, and this clause works row by row"
            )
        if self.inside:
            return self.add_slip(
                node, f"{name} is inside {self.inside}; aggregations cannot be nested"
            )
        self.inside = name
        arguments = self._parse_arguments(node, name, function)
        self.inside = ""
        return Agg(name, arguments)


def _is_too_large(text: str) -> bool:
    """Return whether a text is a number that no float holds; engines read it as different ones."""
    try:
        return math.isinf(float(text)) and "inf" not in text.lower()
    except ValueError:
        return False


def _is_column(arguments: list[ast.expr]) -> bool:
    """Return whether `date` is asked of a time, and not the constant of a text."""
    return len(arguments) == 1 and not isinstance(arguments[0], ast.Constant)


def _explain_call(node: ast.Call) -> str:
    match node.func:
        case ast.Attribute(ast.Name(owner) | ast.Attribute(ast.Name(owner), "str" | "dt"), method):
            name, module = find_meant(method) or method, owner in LIBRARIES
            why = f"the language has no {owner}" if module else "columns have no methods"
            if name in {*AGGREGATIONS, *ROW_FUNCTIONS}:
                values = [] if owner in {"str", "dt"} else [owner]
                given = ", ".join([*values, *map(ast.unparse, node.args)])
                return f"{why}; write {name}({'…' if module else given})"
            if meant := EXPRESSIONS.get(method.lower()):
                return f"{why}; did you mean {meant!r}?"
    return "only functions of the workload language can be called"


def _parse_moment(name: str, given: str) -> Lit | None:
    try:
        if name == "date":
            return Lit(dt.date.fromisoformat(given))
        return Lit(dt.datetime.fromisoformat(given))
    except ValueError:
        return None
