"""Read the `def`s of a workload by `ast`: row functions as trees, others by their signatures."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace

from .calls import Context
from .definition_syntax import (
    Putting,
    find_assigned_name,
    find_rebound_name,
    is_fixed,
    is_too_large,
    leaves,
    list_constants,
    list_separators,
    read_moment,
    read_span,
)
from .document import Position
from .expression import (
    Arith,
    Call,
    Col,
    Expr,
    IsMissing,
    Let,
    Lit,
    build_case,
    choose_fresh_name,
    list_columns,
    walk,
)
from .group_functions import ReturnedArrayError, read_group
from .parser import ARITHMETIC, Converter
from .python_syntax import ExpressionError, Slip, index_offsets, parse_python
from .workload import GroupFunction, RowFunction

MODULES = frozenset({"math", "np", "numpy"})
BUILTINS = {
    **{name: name for name in ("abs", "round", "min", "max", "len")},
    "str": "text",
    "int": "integer",
    "float": "number",
}
FROM_MODULES = {
    **{
        name: name
        for name in (
            *("sqrt", "log", "log10", "log2", "log1p", "exp", "expm1", "floor", "ceil", "abs"),
            *("round", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh"),
            *("tanh", "radians", "degrees", "hypot", "sign", "clip"),
        )
    },
    "fabs": "abs",
    "absolute": "abs",
    "minimum": "min",
    "maximum": "max",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arctan2": "atan2",
    "deg2rad": "radians",
    "rad2deg": "degrees",
}
# The methods of a text, with the number of their arguments.
METHODS = {
    "lower": ("lower", 0),
    "upper": ("upper", 0),
    "strip": ("strip", 0),
    "startswith": ("starts_with", 1),
    "endswith": ("ends_with", 1),
    "replace": ("replace", 2),
    "zfill": ("zfill", 1),
    "weekday": ("weekday", 0),
    "date": ("date", 0),
    "strftime": ("format", 1),
}
# The parts of a day or a time.
PARTS = {"year", "month", "day", "hour", "minute", "second"}
NUMBERS = {"pi": math.pi, "e": math.e}
MOST_PATHS = 64  # ways through a def; each doubles what follows an `if` without a return
SEED = "seed"  # a task's parameter of this name is given the task's number

# The names of a program's own functions, modules and variables.
WORDS = (
    "load query rows start started apply sys os pa pd np pl dd mpd data answer part parts done "
    "pool size values complete failed inputs call key group number names index numba dask ray "
    "multiprocessing delayed"
)
TAKEN = frozenset(WORDS.split())

_DEF = re.compile(r"^\s*(?:@|(?:async\s+)?def\b|import\b|from\b|class\b)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Definition:
    """A `def` as it was written, with the way from its syntax back to its text."""

    source: str
    node: ast.FunctionDef
    offset: Callable[[int, int], int]

    @property
    def name(self) -> str:
        """Return the function's name."""
        return self.node.name

    @property
    def parameters(self) -> tuple[str, ...]:
        """Return the names of the arguments, in order."""
        return tuple(a.arg for a in (*self.node.args.posonlyargs, *self.node.args.args))

    def find_offset(self, node: ast.AST) -> int:
        """Return where a part of the def begins in its text."""
        return self.offset(getattr(node, "lineno", 1), getattr(node, "col_offset", 0))

    def make_slip(self, node: ast.AST, message: str) -> Slip:
        """Make a mistake at a part of the def."""
        return Slip(self.find_offset(node), message)


def is_definition(text: str) -> bool:
    """Return whether a text is a `def` rather than an expression."""
    return _DEF.search(text) is not None


def parse_definition(source: str) -> Definition:
    """Find the one `def` of a text, imports before it allowed; ExpressionError otherwise."""
    module, offset = parse_python(source), index_offsets(source)
    defs = [node for node in module.body if isinstance(node, ast.FunctionDef)]
    if not defs:
        raise ExpressionError((Slip(0, "expected a def"),))
    found = Definition(source, defs[0], offset)
    slips = [*_list_strangers(module, found), *_head(found)]
    if slips:
        raise ExpressionError(tuple(slips))
    return found


def _list_strangers(module: ast.Module, found: Definition) -> Iterator[Slip]:
    for node in module.body:
        if isinstance(node, ast.FunctionDef):
            if node is not found.node:
                yield found.make_slip(
                    node, "only one def is allowed; define this one inside the first"
                )
        elif not isinstance(node, ast.Import | ast.ImportFrom):
            yield found.make_slip(node, "only imports are allowed besides the def")


def _head(found: Definition) -> Iterator[Slip]:
    arguments = found.node.args
    if found.name in TAKEN:
        yield found.make_slip(
            found.node, f"programs have a part named {found.name!r}; rename this def"
        )
    for node in found.node.decorator_list:
        yield found.make_slip(node, "leave decorators out; each engine adds its own")
    for extra in (arguments.vararg, arguments.kwarg, *arguments.kwonlyargs):
        if extra:
            yield found.make_slip(extra, f"{extra.arg!r} must be an ordinary positional argument")


def _list_returns(node: ast.FunctionDef) -> Iterator[ast.Return]:
    """Find a def's own returns, not those of a def inside it."""
    waiting: list[ast.AST] = [*node.body]
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, ast.Return):
            yield part
        if not isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting += ast.iter_child_nodes(part)


def _refuse_nothing(found: Definition) -> Slip | None:
    if any(part.value for part in _list_returns(found.node)):
        return None
    return found.make_slip(found.node, f"{found.name} returns nothing")


def parse_task_function(source: str, arguments: Mapping[str, object]) -> Definition:
    """Read a task's `def`, whose parameters must be the arguments given, and `seed`."""
    found = parse_definition(source)
    slips = [slip] if (slip := _refuse_nothing(found)) else []
    required = len(found.parameters) - len(found.node.args.defaults)
    slips += [
        found.make_slip(found.node, f"argument {name!r} has no value in 'arguments'")
        for name in found.parameters[:required]
        if name not in {*arguments, SEED}
    ]
    if slips:
        raise ExpressionError(tuple(slips))
    return found


def group_function(
    source: str, outputs: tuple[str, ...], place: Callable[[int], Position]
) -> GroupFunction:
    """Read a group function; its parameters name the columns it is given as NumPy arrays.

    What is no aggregation makes it opaque, with file, line and column.
    """
    found = parse_definition(source)
    slips = [slip] if (slip := _refuse_nothing(found)) else []
    if not found.parameters:
        message = f"{found.name} needs at least one argument that names a column"
        slips.append(found.make_slip(found.node, message))
    slips += [
        found.make_slip(part, f"returns {n} values, but 'as' names {len(outputs)}")
        for part in _list_returns(found.node)
        if isinstance(part.value, ast.Tuple) and (n := len(part.value.elts)) != len(outputs)
    ]
    if slips:
        raise ExpressionError(tuple(slips))
    made = GroupFunction(found.name, outputs, source, found.parameters)
    try:
        if renamed := find_rebound_name(source, BUILTINS):
            raise ExpressionError((Slip(0, f"{renamed!r} is imported with another meaning"),))
        read = read_group(found.node, len(outputs), found.find_offset)
    except ReturnedArrayError:
        raise
    except ExpressionError as error:
        return replace(made, opaque=describe_opaque(error.slips[0], place))
    except RecursionError:
        return replace(made, opaque=describe_opaque(Slip(0, "nested too deeply"), place))
    return replace(made, body=read.body, named=read.named)


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row function, and for messages the offsets of its columns and of its tree's nodes."""

    function: RowFunction
    columns: tuple[tuple[str, int], ...]
    offset: Callable[[Expr], int] = lambda _: 0


def parse_row_function(source: str, output: str, place: Callable[[int], Position]) -> ReadRow:
    """Read a row function; it is opaque if it cannot be translated, with the place and reason."""
    found = parse_definition(source)
    if (count := len(found.parameters)) != 1:
        message = f"a row function takes one argument, the row; {found.name} takes {count}"
        raise ExpressionError((found.make_slip(found.node, message),))
    if slip := _refuse_nothing(found):
        raise ExpressionError((slip,))
    body = _Body(found, found.parameters[0])
    if slips := tuple(body.find_strays()):
        raise ExpressionError(slips)
    named = RowFunction(
        name=found.name,
        output=output,
        body=None,
        source=source,
        parameter=found.parameters[0],
        columns=body.parse_columns(),
    )
    try:
        tree = body.read()
    except ExpressionError as error:
        return ReadRow(
            replace(named, opaque=describe_opaque(error.slips[0], place)), body.list_places()
        )
    return ReadRow(replace(named, body=tree), body.list_places(), body.find_node_offset)


def describe_opaque(slip: Slip, place: Callable[[int], Position]) -> str:
    """Return why a def has no tree, with file, line and column."""
    where = place(slip.offset)
    mistake = where.origin.describe_mistake(where.index, slip.message)
    return f"{mistake.file}:{mistake.line}:{mistake.column}: {mistake.message}"


@dataclass(slots=True)
class _Body:
    """Reads the statements of a row function into one tree."""

    found: Definition
    parameter: str
    converter: Converter = field(init=False)
    names: dict[str, str] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)
    paths: int = 0

    def __post_init__(self) -> None:
        self.converter = Converter(self.found.find_offset, Context.ROW, self.find_function)
        self.converter.leaf = self.parse_leaf

    def list_places(self) -> tuple[tuple[str, int], ...]:
        """Find every column the def reads, by syntax alone."""
        parts = list(ast.walk(self.found.node))
        called = {id(part.func) for part in parts if isinstance(part, ast.Call)}
        read = (part for part in parts if id(part) not in called)
        named = ((self.parse_column(part), self.found.find_offset(part)) for part in read)
        return tuple((name, offset) for name, offset in named if name is not None)

    def find_node_offset(self, node: Expr) -> int:
        """Return where a node of the tree begins, or the first part of it that has a place."""
        places = self.converter.offsets
        return next((places[id(part)] for part in walk(node) if id(part) in places), 0)

    def parse_columns(self) -> tuple[str, ...]:
        """Return the columns the def reads, in the order of its text."""
        ordered = sorted(self.list_places(), key=lambda pair: pair[1])
        return tuple(dict.fromkeys(name for name, _ in ordered))

    def read(self) -> Expr:
        """Return the def's tree; ExpressionError at the first part that cannot be translated."""
        self.given = set(self.parse_columns())
        if is_too_large(self.found.node):
            raise self.fail(self.found.node, "too long or nested too deeply to translate")
        if renamed := find_rebound_name(self.found.source, BUILTINS):
            raise ExpressionError((Slip(0, f"{renamed!r} is imported with another meaning"),))
        tree = self.parse_block(self.found.node.body)
        self.converter.close()
        if stray := set(list_columns(tree)) - set(self.parse_columns()):
            raise ExpressionError((Slip(0, f"unknown column {min(stray)!r}"),))
        return tree

    def fail(self, node: ast.AST, message: str) -> ExpressionError:
        return ExpressionError((*self.converter.slips, self.found.make_slip(node, message)))

    def parse_column(self, node: ast.AST) -> str | None:
        """Return the column of `x["A"]` and `x.A`, or None for anything else."""
        match node:
            case ast.Subscript(ast.Name(row), ast.Constant(str(name))) if row == self.parameter:
                return name
            case ast.Attribute(ast.Name(row), name) if row == self.parameter:
                return name
        return None

    def find_strays(self) -> Iterator[Slip]:
        """Find each use of the row that names no column: what it reads could not be known."""
        body = [part for statement in self.found.node.body for part in ast.walk(statement)]
        called = {id(part.func) for part in body if isinstance(part, ast.Call)}
        named = (part for part in body if self.parse_column(part) is not None)
        read = {id(getattr(part, "value", None)) for part in named if id(part) not in called}
        for part in body:
            match part:
                case ast.Name(name) if name == self.parameter and id(part) not in read:
                    message = f'read the columns by name: {name}["A"] or {name}.A'
                    yield self.found.make_slip(part, message)

    def find_function(self, node: ast.expr) -> str | None:
        """Return the language's name for the function that Python would call here."""
        match node:
            case ast.Name(name) if name not in self.names:
                return BUILTINS.get(name)
            case ast.Attribute(ast.Name(module), name) if module in MODULES - set(self.names):
                return FROM_MODULES.get(name)
        return None

    def parse_leaf(self, node: ast.expr) -> Expr | None:
        """Read what is allowed in a def only, or return None."""
        if (name := self.parse_column(node)) is not None:
            return Col(name)
        match node:
            case ast.Name(name):
                return self.name(node, name)
            case ast.Attribute(ast.Name(module), name) if module in MODULES and name in NUMBERS:
                return Lit(NUMBERS[name])
            case ast.Call(ast.Attribute(ast.Name(module), "isnan"), [operand], []) if (
                module in MODULES
            ):
                return IsMissing(self.converter.parse_expr(operand))
            case ast.Call() if "datetime" not in self.names and (moment := read_moment(node)):
                return Lit(moment)
            case ast.BinOp(left, ast.Add() | ast.Sub() as op, right) if (
                "datetime" not in self.names and (span := read_span(right))
            ):
                count = -span[0] if isinstance(op, ast.Sub) else span[0]
                return Call("offset", (self.converter.parse_expr(left), Lit(count), Lit(span[1])))
            case ast.Call(ast.Attribute(owner, method), arguments, []) if method in METHODS:
                return self.parse_method(node, owner, method, arguments)
            case ast.Subscript(
                ast.Call(ast.Attribute(owner, "split" | "rsplit" as method), arguments, []), index
            ) if (separators := list_separators(method, arguments, index)) is not None:
                return self.converter.split(owner, separators, index)
            case ast.Call(
                ast.Name("len"), [ast.Call(ast.Attribute(owner, "split"), [], [])], []
            ) if "len" not in self.names:
                return Call("count_words", (self.converter.parse_expr(owner),))
            case ast.Call(ast.Attribute(ast.Dict() as table, "get"), [key, *rest], []):
                default = rest or [ast.Constant(None)]
                arguments = [key, table, *default]
                call = ast.copy_location(ast.Call(ast.Name("map"), arguments, []), node)
                return self.converter.apply(call, "map")
            case ast.Attribute(ast.BinOp(later, ast.Sub(), earlier), "days"):
                return Call(
                    "days", (self.converter.parse_expr(later), self.converter.parse_expr(earlier))
                )
            case ast.Attribute(owner, part) if part in PARTS:
                return Call(part, (self.converter.parse_expr(owner),))
            case ast.JoinedStr(parts):
                return self.read_joined(parts)
        return None

    def parse_method(
        self, node: ast.expr, owner: ast.expr, method: str, arguments: list[ast.expr]
    ) -> Expr:
        word, number = METHODS[method]
        if len(arguments) != number:
            return self.converter.add_slip(
                node, f"{method} with these arguments cannot be translated"
            )
        call = ast.copy_location(ast.Call(ast.Name(word), [owner, *arguments], []), node)
        return self.converter.apply(call, word)

    def read_joined(self, parts: list[ast.expr]) -> Expr:
        """Read an f-string of texts, integers and days as they are."""
        texts: list[Expr] = []
        for part in parts:
            match part:
                case ast.Constant(str(text)):
                    texts.append(Lit(text))
                case ast.FormattedValue(value, -1, None):
                    texts.append(Call("text", (self.converter.parse_expr(value),)))
                case _:
                    return self.converter.add_slip(
                        part, "a format in an f-string cannot be translated"
                    )
        return Call("concat", tuple(texts)) if len(texts) > 1 else (*texts, Lit(""))[0]

    def name(self, node: ast.expr, name: str) -> Expr:
        if name == self.parameter:
            return self.converter.add_slip(
                node, "the row is used as a whole; read its columns by name"
            )
        if name in self.names:
            return Col(self.names[name])
        return self.converter.add_slip(node, f"{name!r} is not assigned on every path to this line")

    def parse_block(self, statements: list[ast.stmt]) -> Expr:
        """Read statements up to the value they return."""
        self.paths += 1
        if self.paths > MOST_PATHS:
            raise self.fail(
                statements[0] if statements else self.found.node,
                "too many paths through the function",
            )
        match statements:
            case []:
                return Lit(None)
            case [ast.Return(value), *_]:
                return self.converter.parse_expr(value) if value else Lit(None)
            case [ast.Pass() | ast.Expr(ast.Constant()), *rest]:
                return self.compare_branches(rest)
            case [ast.Assign([ast.Name(name)], ast.Dict() as table), *rest]:
                return self.compare_branches(self.put(rest, name, table))
            case [
                ast.Assign([ast.Name(name)], ast.Call(ast.Attribute(_, "split")) as parts),
                *rest,
            ] if is_fixed(parts, rest):
                return self.compare_branches(self.put(rest, name, parts))
            case [ast.For(ast.Name(name), sequence, body, []), *rest] if values := list_constants(
                sequence
            ):
                rounds = [part for value in values for part in self.put(body, name, value)]
                return self.compare_branches([*rounds, *self.put(rest, name, values[-1])])
            case [ast.Assign([ast.Name(name)], value), *rest]:
                return self.let(name, self.converter.parse_expr(value), rest)
            case [ast.AnnAssign(ast.Name(name), _, ast.expr() as value), *rest]:
                return self.let(name, self.converter.parse_expr(value), rest)
            case [ast.AugAssign(ast.Name(name) as target, op, value) as node, *rest]:
                return self.let(name, self.read_augmented(node, target, op, value), rest)
            case [ast.If() as node, *rest]:
                return self.parse_choice(node, rest)
        what = type(statements[0]).__name__.lower()
        raise self.fail(
            statements[0], f"'{what}' cannot be translated; engines that call Python run it"
        )

    def put(self, statements: list[ast.stmt], name: str, tree: ast.expr) -> list[ast.stmt]:
        """Return statements with a constant in place of a name; they may not assign it."""
        for part in (part for statement in statements for part in ast.walk(statement)):
            if isinstance(part, ast.Name) and part.id == name and isinstance(part.ctx, ast.Store):
                raise self.fail(part, f"{name!r} is assigned again, which cannot be translated")
        return [Putting(name, tree).visit(deepcopy(statement)) for statement in statements]

    def compare_branches(self, rest: list[ast.stmt]) -> Expr:
        self.paths -= 1
        return self.parse_block(rest)

    def read_augmented(
        self, node: ast.AST, target: ast.Name, op: ast.operator, value: ast.expr
    ) -> Expr:
        if type(op) not in ARITHMETIC:
            raise self.fail(node, "this operator cannot be translated")
        old = self.converter.parse_expr(target)
        return Arith(ARITHMETIC[type(op)], old, self.converter.parse_expr(value))

    def let(self, name: str, value: Expr, rest: list[ast.stmt]) -> Expr:
        """Bind a name in the following statements; a name for a bare column is that column."""
        before = dict(self.names)
        match value:
            case Col(column):
                self.names[name] = column
                tree = self.compare_branches(rest)
            case _:
                fresh = self.choose_name(name)
                self.names[name] = fresh
                tree = Let(fresh, value, self.compare_branches(rest))
        self.names = before
        return tree

    def choose_name(self, name: str) -> str:
        """Return a name that no column and no other value has: names are one scope in a tree."""
        chosen = choose_fresh_name(name, self.given)
        self.given.add(chosen)
        return chosen

    def parse_choice(self, node: ast.If, rest: list[ast.stmt]) -> Expr:
        if name := find_assigned_name(node):
            value = self.read_choice(node, name)
            return self.let(name, value, rest)
        test = self.converter.parse_expr(node.test)
        then = self.parse_block([*node.body, *([] if leaves(node.body) else rest)])
        otherwise = self.parse_block([*node.orelse, *([] if leaves(node.orelse) else rest)])
        return build_case(((test, then),), otherwise)

    def read_choice(self, node: ast.If, name: str) -> Expr:
        """Read `if` branches that all assign the same name."""
        test, then = self.converter.parse_expr(node.test), self.read_assigned_value(node.body)
        match node.orelse:
            case []:
                old = ast.copy_location(ast.Name(name), node)
                return build_case(((test, then),), self.converter.parse_expr(old))
            case [ast.If() as deeper]:
                return build_case(((test, then),), self.read_choice(deeper, name))
        return build_case(((test, then),), self.read_assigned_value(node.orelse))

    def read_assigned_value(self, statements: list[ast.stmt]) -> Expr:
        match statements:
            case [ast.Assign(_, value)]:
                return self.converter.parse_expr(value)
        raise self.fail(statements[0], "this statement cannot be translated")
