"""Read expressions, with symbolic values in place of frames."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from . import alignment, operators
from .aggregation import REDUCING
from .assignment import operate
from .attributes import require_own_column
from .calls import CodeCall, Method, bind, to_python
from .categories import as_plain
from .columns import apply_function, convert, look_up, to_text
from .groups import describe_pandas_1, select_groups
from .libraries import CONSTANTS, LIBRARIES
from .model import LoadedFrame
from .names import UNASKED, USUAL, shorten
from .nearest import SYNTAX, describe_unknown_method
from .patterns import has_match
from .periods import make_period_key
from .python_values import find_identity_mistake, is_of_type, join_texts, write_mapped
from .scopes import Names, Scopes
from .selection import require_column, select
from .tables import ATTRIBUTES, DRAWING, METHODS
from .totals import operate_totals
from .values import (
    CodeFunction,
    Const,
    Frame,
    Grouped,
    Items,
    Label,
    Library,
    Mapping,
    Part,
    Scalar,
    Series,
    Unknown,
    UnreadError,
    Value,
    read_parameters,
)

MOST_TURNS = 200  # of a loop over a constant list
DEEPEST = 30  # calls of functions in functions
MOST_PATHS = 64  # ways through a function


@dataclass(slots=True)
class Evaluator(Scopes, ABC):
    """Reads expressions, calls and functions; a subclass reads the statements of functions."""

    paths: int = 0
    patient: bool = True  # statements are read each for itself

    @abstractmethod
    def run(self, statements: list[ast.stmt]) -> None:
        """Read statements, each for itself."""

    @abstractmethod
    def replace(self, owner: ast.expr, old: Value, new: Value, column: Label | None = None) -> None:
        """Put a changed frame in the place of the old one, under all of its names."""

    @abstractmethod
    def execute(self, statement: ast.stmt) -> None:
        """Read one statement of a function."""

    @abstractmethod
    def assign(self, target: ast.expr, value: Value, node: ast.AST) -> None:
        """Bind a target of an assignment."""

    def read_items(self, node: ast.expr) -> list[Value] | None:
        """Return the items of a constant list; None where it is none."""
        match self.read_value(node):
            case Items(values):
                return list(values)
            case Const(list() | tuple() | set() | dict() | range() | str() as values):
                return [Const(one) for one in values]
            case Mapping(pairs):
                return [Const(key) for key, _ in pairs]
            case Part("paths", pattern):
                return [Part("path", pattern)]
            case Unknown(why=why):
                raise UnreadError(node, why)
        return None

    def read_value(self, node: ast.expr) -> Value:
        """Return the value of an expression."""
        match node:
            case ast.Constant(found):
                return Const(found)
            case ast.Name(name):
                return self.name(node, name)
            case ast.Attribute(owner, name):
                return self.read_attribute(node, self.find_owner(owner), name)
            case ast.Subscript(ast.Call(ast.Attribute(owner, name), []) as call, index):
                groups = self.find_owner(owner)
                if isinstance(groups, Grouped) and name in REDUCING:
                    return self.reduce_selected(node, call, groups, index)
                return self.read_item(node, self.read_method(call, groups, name), index)
            case ast.Subscript(owner, index):
                return self.read_item(node, self.find_owner(owner), index)
            case ast.Call():
                return self.call(node)
            case ast.BinOp(left, op, right):
                sides = self.read_value(left), self.read_value(right)
                if any(isinstance(side, Frame) for side in sides):
                    return operate(node, op, *sides)
                if any(isinstance(side, Part) and side.kind == "totals" for side in sides):
                    return operate_totals(node, op, *sides)
                return operators.read_binary(node, op, *sides)
            case ast.UnaryOp(op, operand):
                return self.read_unary(node, op, self.read_value(operand))
            case ast.BoolOp(op, values):
                return self.read_boolean(node, op, [self.read_value(one) for one in values])
            case ast.Compare():
                return self.read_comparison(node)
            case ast.IfExp(test, body, orelse):
                return self.read_choice(node, self.read_value(test), body, orelse)
            case ast.List(items) | ast.Tuple(items) | ast.Set(items):
                return _collect(type(node), list(self.spread(items)))
            case ast.Dict():
                return self.read_mapping(node)
            case ast.Lambda():
                return CodeFunction(node, self.list_visible())
            case ast.JoinedStr(parts):
                return join_texts(node, [self.read_text(part) for part in parts])
            case ast.ListComp(item, [generator]) | ast.GeneratorExp(item, [generator]):
                return self.read_comprehension(item, generator)
            case ast.Slice(lower, upper, step):
                ends = (
                    self.read_value(one) if one else Const(None) for one in (lower, upper, step)
                )
                return Const(slice(*(to_python(one, node, "a bound of a slice") for one in ends)))
        what = SYNTAX.get(type(node), type(node).__name__)
        raise UnreadError(node, f"Python's {what} is not read here")

    def reduce_selected(
        self, node: ast.Subscript, call: ast.Call, groups: Grouped, index: ast.expr
    ) -> Value:
        """Return `groups.max()["c"]`: as `groups["c"].max()` where not all columns are known."""
        name = cast("ast.Attribute", call.func).attr
        if groups.selected is None and not groups.frame.whole:
            return self.read_method(call, select_groups(node, groups, self.read_value(index)), name)
        return self.read_item(node, self.read_method(call, groups, name), index)

    def find_owner(self, node: ast.expr) -> Value:
        """Return what an attribute or an item is of: an unknown name is a frame that is given."""
        if isinstance(node, ast.Name) and node.id in USUAL and self.find(node.id) is None:
            return Library(USUAL[node.id])
        if isinstance(node, ast.Name) and self.find(node.id) is None:
            self.scopes[0][node.id] = self.declare_frame(node.id, node)
        return self.read_value(node)

    def name(self, node: ast.Name, name: str) -> Value:
        """Return the value of a name, and note that it is used."""
        found = self.find(name)
        if found is None:
            raise UnreadError(node, f"the name {name!r} is not assigned in this code")
        self.use(found)
        return found

    def read_attribute(self, node: ast.Attribute, owner: Value, name: str) -> Value:
        """Return an attribute: a column, a constant, an accessor, or a method before its call."""
        match owner:
            case Library(library):
                dotted = f"{library}.{name}"
                return Const(CONSTANTS[dotted]) if dotted in CONSTANTS else Library(dotted)
            case Unknown(skipped=True):
                return owner
            case Unknown(why=why):
                raise UnreadError(node, why)
            case Part("row", Frame() as frame) if name not in METHODS["row"]:
                require_own_column(node, owner, name)
                return self.read_row_item(node, frame, name)
        table = ATTRIBUTES.get(_find_kind(owner), {})
        if name in table:
            found: Value = table[name](node, owner)
            return found
        if isinstance(owner, Frame) and name == "ix" and "ix" not in owner.columns:
            raise UnreadError(node, "pandas 2 removed ix: write loc, or iloc")
        if isinstance(owner, Frame) and name not in METHODS["Frame"]:
            require_own_column(node, owner, name)
            return select(node, owner, Const(name))
        if isinstance(owner, Grouped) and name not in METHODS["Grouped"]:
            require_own_column(node, owner, name)
            return select_groups(node, owner, Const(name))
        return Part("method", owner, (name,))

    def read_row_item(self, node: ast.AST, frame: Frame, label: object) -> Value:
        """Return a row's value of a column."""
        labels = list(frame.columns)
        if isinstance(label, int) and frame.complete and all(isinstance(x, str) for x in labels):
            label = labels[label] if -len(labels) <= label < len(labels) else label
        found = select(node, frame, Const(label))
        if not isinstance(found, Series):
            raise UnreadError(node, "name one column of the row")
        return Series(found.rows, as_plain(found.expr), found.name, scope=found.scope, element=True)

    def read_item(self, node: ast.Subscript, owner: Value, index: ast.expr) -> Value:
        """Return `owner[index]`."""
        match owner:
            case Unknown(skipped=True):
                return owner
            case Unknown(why=why):
                raise UnreadError(node, why)
            case Part("row", Frame() as frame):
                return self.read_row_item(
                    node, frame, to_python(self.read_value(index), node, "a column")
                )
            case Const(found):
                return self.read_constant_item(node, found, self.read_value(index))
            case Items(values):
                at = to_python(self.read_value(index), node, "an index")
                return cast("Value", _find_item(node, values, at))
            case Mapping(pairs):
                key = to_python(self.read_value(index), node, "a key")
                return cast("Value", _find_item(node, dict(pairs), key))
        getter = ATTRIBUTES.get(_find_kind(owner), {}).get("[]")
        if getter is None:
            raise UnreadError(node, f"an item of {alignment.describe(owner)} is not read")
        parts = index.elts if isinstance(index, ast.Tuple) else [index]
        if _find_kind(owner) not in {"loc", "iloc"}:
            parts = [index]
        found = [self.read_value(part) for part in parts]
        if isinstance(owner, Grouped) and (text := describe_pandas_1(owner, found[0])):
            self.note(node, text)
        made: Value = getter(node, owner, *found)
        return made

    def read_constant_item(self, node: ast.AST, found: object, index: Value) -> Value:
        """Return an item of a constant, or what a dict has for each value of a column."""
        if isinstance(found, dict) and isinstance(index, Series):
            return look_up(node, index, found)
        return Const(_find_item(node, found, to_python(index, node, "an index")))

    def read_unary(self, node: ast.AST, op: ast.unaryop, value: Value) -> Value:
        """Return `-x`, `+x`, `~x` or `not x`."""
        match op:
            case ast.USub():
                return operators.negate_value(node, value)
            case ast.UAdd():
                return value
            case ast.Invert():
                return operators.invert_bits(node, value)
        return operators.invert(node, value)

    def read_boolean(self, node: ast.AST, op: ast.boolop, values: list[Value]) -> Value:
        """Return `and` or `or` of single values."""
        word = "and" if isinstance(op, ast.And) else "or"
        constants = [one for one in values if isinstance(one, Const)]
        if len(constants) == len(values):
            found = constants[0]
            for one in constants[1:]:
                if bool(found.value) == (word == "or"):
                    break
                found = one
            return found
        if any(isinstance(one, Series) and not one.element for one in values):
            raise UnreadError(node, f"'{word}' of columns raises in pandas; write & or |")
        return operators.choose_first(node, word, *values)

    def read_comparison(self, node: ast.Compare) -> Value:
        """Return a comparison, or a chain of them."""
        sides = [self.read_value(one) for one in (node.left, *node.comparators)]
        match sides:
            case [Part("type" | "match") as part, other] if type(node.ops[0]) in _SAMENESS:
                known = part.kind == "type"
                made = is_of_type(node, part.owner, other) if known else has_match(node, part)
                return (
                    made if known == _SAMENESS[type(node.ops[0])] else operators.invert(node, made)
                )
        if isinstance(sides[0], Series):
            self.check_identity(node, sides[0])
        parts = [
            operators.compare(node, op, left, right)
            for left, op, right in zip(sides[:-1], node.ops, sides[1:], strict=True)
        ]
        return parts[0] if len(parts) == 1 else operators.combine_conditions(node, "and", *parts)

    def check_identity(self, node: ast.Compare, value: Series) -> None:
        """Refuse `x is None` and `x is np.nan` where missing values are other objects."""
        none = [isinstance(one, ast.Constant) and one.value is None for one in node.comparators]
        how = find_identity_mistake(value, none=none[0]) if value.element else ""
        if isinstance(node.ops[0], ast.Is | ast.IsNot) and how:
            raise UnreadError(node, f"{how}; write pd.isna(x)")

    def read_choice(self, node: ast.AST, test: Value, body: ast.expr, orelse: ast.expr) -> Value:
        """Return `a if test else b`."""
        test = _as_test(node, test)
        if isinstance(test, Const):
            return self.read_value(body if test.value else orelse)
        return operators.choose(node, test, self.read_value(body), self.read_value(orelse))

    def spread(self, items: list[ast.expr]) -> Iterator[Value]:
        """Yield the values of a list's items."""
        for item in items:
            if isinstance(item, ast.Starred):
                found = self.read_items(item.value)
                if found is None:
                    raise UnreadError(item, "'*' is read for constant lists")
                yield from found
            else:
                yield self.read_value(item)

    def read_mapping(self, node: ast.Dict) -> Value:
        """Return a dict."""
        pairs: list[tuple[object, Value]] = []
        for key, value in zip(node.keys, node.values, strict=True):
            made = self.read_value(value)
            if key is not None:
                pairs.append((to_python(self.read_value(key), key, "a key"), made))
                continue
            match made:
                case Mapping(more):
                    pairs += more
                case Const(dict() as more):
                    pairs += [(name, Const(one)) for name, one in more.items()]
                case _:
                    raise UnreadError(value, "'**' is read for constant dicts")
        if all(isinstance(value, Const) for _, value in pairs):
            return Const({key: value.value for key, value in pairs if isinstance(value, Const)})
        return Mapping(tuple(pairs))

    def read_text(self, node: ast.expr) -> Value:
        """Return a part of an f-string as a text."""
        match node:
            case ast.Constant(found):
                return Const(found)
            case ast.FormattedValue(inner, conversion, None) if conversion == -1:
                value = self.read_value(inner)
                return value if isinstance(value, Const) else to_text(node, value)
        raise UnreadError(node, "this f-string is not read")

    def read_comprehension(self, item: ast.expr, generator: ast.comprehension) -> Value:
        """Return a list comprehension over constants."""
        turns = self.read_items(generator.iter)
        if turns is None or len(turns) > MOST_TURNS:
            message = "a comprehension is read over a constant list only"
            raise UnreadError(generator.iter, message)
        made = []
        self.scopes.append(dict(self.names) if len(self.scopes) > 1 else {})
        try:
            for turn in turns:
                self.assign(generator.target, turn, ast.Pass(lineno=item.lineno, col_offset=0))
                tests = [
                    to_python(self.read_value(one), one, "a condition") for one in generator.ifs
                ]
                if all(tests):
                    made.append(self.read_value(item))
        finally:
            self.scopes.pop()
        if any(isinstance(one, CodeFunction) for one in made):
            raise UnreadError(item, "functions that a comprehension makes share its last value")
        return _collect(ast.List, made)

    def call(self, node: ast.Call) -> Value:
        """Return the value of a call."""
        match node.func:
            case ast.Attribute(owner, name):
                return self.read_method(node, self.find_owner(owner), name)
        match self.read_value(node.func):
            case CodeFunction() as function:
                return self.call_function(node, function)
            case Library(name):
                return self.read_function(node, name)
            case Unknown(skipped=True) as skipped:
                return skipped
            case Unknown(why=why):
                raise UnreadError(node, why)
        raise UnreadError(node, "this call is not read")

    def read_method(self, node: ast.Call, owner: Value, name: str) -> Value:
        """Return the value of a method's call."""
        match owner:
            case Library(library):
                return self.read_function(node, f"{library}.{name}")
            case Unknown(skipped=True):
                return owner
            case Unknown(why=why):
                raise UnreadError(node, why)
        table = METHODS.get(_find_kind(owner), {})
        if name in DRAWING and name not in table:
            self.show(cast("ast.Attribute", node.func).value)
            return Unknown("a plot has no data", skipped=True)
        if name not in table:
            raise UnreadError(node, describe_unknown_method(owner, name, table))
        return self.apply(node, name, table[name], owner)

    def show(self, node: ast.expr) -> None:
        """Note that a value is shown, which makes it an answer."""
        match node:
            case ast.Name(name):
                for binding in self.bound.get(id(self.names.get(name)), ()):
                    binding.shown |= binding.name == name
            case ast.Call() | ast.Subscript() | ast.BinOp():
                try:
                    value = self.read_value(node)
                except UnreadError:
                    return
                self.bind_shown(value, node)

    def apply(self, node: ast.Call, name: str, method: Method, *owner: Value) -> Value:
        """Read a call as its table has it."""
        call = bind(self, node, name, method.arguments)
        made = method.read(call, *owner)
        call.close()
        return made

    def read_function(self, node: ast.Call, name: str) -> Value:
        """Return the value of a library function's call."""
        name = shorten(name)
        if name.startswith("builtins.str.") and node.args:
            method = ast.Attribute(node.args[0], name.rpartition(".")[2], ast.Load())
            called = ast.Call(ast.copy_location(method, node), node.args[1:], node.keywords)
            return self.call(ast.copy_location(called, node))
        if name in LIBRARIES:
            return self.apply(node, name, LIBRARIES[name])
        if mapped := write_mapped(node, name):
            return self.read_value(mapped)
        if name.startswith("pd.read_") or name.endswith(".load_dataset"):
            return self.read_elsewhere(node, name)
        root = name.split(".")[0]
        if root in UNASKED or name.rpartition(".")[2] in {"now", "today", "utcnow"}:
            return Unknown(f"what {name} returns has no data", skipped=True)
        if root in {"pd", "np", "math", "builtins"}:
            raise UnreadError(node, f"{name.removeprefix('builtins.')} is not read")
        message = f"what {name} returns is not known; save it to a file and read that"
        raise UnreadError(node, message)

    def read_elsewhere(self, node: ast.Call, name: str) -> Value:
        """Return the frame of a file or a database that no workload reads: its rows are given."""
        text = f"the rows of {name} are read from a file: save them to Parquet, and give --data"
        self.add_remark(node, text)
        end = node.end_lineno or node.lineno
        reader = name.rpartition(".")[2]
        return self.load(LoadedFrame("data", "", reader, (), node.lineno, end))

    def call_library(self, node: ast.Call, name: str, argument: Value) -> Value:
        """Return the value of a library function called with one value: `apply(np.sqrt)`."""
        name = shorten(name)
        if name.startswith("builtins.str."):
            word = name.rpartition(".")[2]
            method = METHODS["element"].get(word)
            if method is None:
                raise UnreadError(node, f"{word} of this value is not read")
            return method.read(CodeCall(self, node, word, {}), argument)
        if name not in LIBRARIES:
            raise UnreadError(node, f"{name.removeprefix('builtins.')} is not read")
        method = LIBRARIES[name]
        words = method.arguments.split()
        given: Value = Items((argument,)) if words[0] == "*" else argument
        return method.read(CodeCall(self, node, name, {words[0]: given}))

    def apply_function(self, call: CodeCall, column: Series, function: Value) -> Value:
        """Return what a function makes of each value of a column."""
        return apply_function(call, column, function)

    def convert(self, node: ast.AST, column: Value, name: str) -> Value:
        """Return a column in another type."""
        return convert(node, column, name)

    def read_period(self, node: ast.AST, frame: Frame, key: str, name: str) -> Series:
        """Return the periods of a column of times."""
        return make_period_key(node, frame, key, name)

    def require_column(self, node: ast.AST, frame: Frame, label: str) -> str:
        """Return a column's name in the rows."""
        return require_column(node, frame, label)

    def call_function(self, node: ast.Call, function: CodeFunction) -> Value:
        """Read a call of a function of the code, as if its body stood here."""
        given = bind(self, node, "the function", " ".join(read_parameters(function)))
        return self.enter(node, function, given.given)

    def enter(self, node: ast.AST, function: CodeFunction, given: Names) -> Value:
        """Return what a function returns for arguments by name."""
        if len(self.scopes) > DEEPEST:
            raise UnreadError(node, "these functions call each other too deeply")
        names = {**function.names, **self.read_defaults(function), **given}
        for name in read_parameters(function):
            if name not in names:
                raise UnreadError(node, f"the argument {name!r} is missing")
        self.scopes.append(names)
        patient, self.patient = self.patient, self.patient and _is_of_frames(given)
        try:
            if isinstance(function.node, ast.Lambda):
                return self.read_value(function.node.body)
            found = self.read_block(function.node.body)
        finally:
            self.scopes.pop()
            self.patient = patient
        if isinstance(found, Unknown):
            raise UnreadError(node, found.why)
        return Const(None) if found is None else found

    def read_defaults(self, function: CodeFunction) -> Names:
        """Return the default values of a function's arguments."""
        arguments = function.node.args
        if arguments.vararg or arguments.kwarg:
            raise UnreadError(function.node, "a function with *args or **kwargs is not read")
        every = [*arguments.posonlyargs, *arguments.args]
        values = arguments.defaults
        pairs = list(zip(every[len(every) - len(values) :], values, strict=True))
        pairs += [
            (one, default)
            for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
            if default is not None
        ]
        return {one.arg: self.read_value(default) for one, default in pairs}

    def read_block(self, statements: list[ast.stmt]) -> Value | None:
        """Read a function's statements up to the value they return."""
        for number, statement in enumerate(statements):
            match statement:
                case ast.Return(value):
                    return self.read_value(value) if value else Const(None)
                case ast.If(test, body, orelse):
                    rest = statements[number + 1 :]
                    return self.fork(
                        statement, self.read_value(test), [*body, *rest], [*orelse, *rest]
                    )
                case ast.Try():
                    raise UnreadError(statement, "'try' in a function is not read")
                case ast.Expr(ast.Constant()):
                    continue
            if self.patient:
                self.run([statement])
            else:
                self.execute(statement)
        return None

    def fork(
        self, node: ast.AST, test: Value, then: list[ast.stmt], other: list[ast.stmt]
    ) -> Value | None:
        """Read both ways through an `if` over data."""
        test = _as_test(node, test)
        if isinstance(test, Const):
            return self.read_block(then if test.value else other)
        if not isinstance(test, Scalar) and not (isinstance(test, Series) and test.element):
            raise UnreadError(node, "an 'if' needs one condition, and this is a column")
        self.paths += 1
        if self.paths > MOST_PATHS:
            raise UnreadError(node, "there are too many ways through this function")
        before = dict(self.names)
        one = self.read_block(then)
        self.scopes[-1] = before
        two = self.read_block(other)
        self.paths -= 1
        return operators.choose(node, test, one or Const(None), two or Const(None))


def _is_of_frames(given: Names) -> bool:
    """Return whether a function is given a frame, and not one of a group or a row."""
    return any(isinstance(one, Frame) and not one.scope for one in given.values())


def _as_test(node: ast.AST, value: Value) -> Value:
    is_match = isinstance(value, Part) and value.kind == "match"
    return has_match(node, cast("Part", value)) if is_match else value


# Whether an operator asks for the same, in `type(x) == str` and `match is None`.
_SAMENESS = {ast.Eq: True, ast.Is: True, ast.NotEq: False, ast.IsNot: False}


def _find_kind(owner: Value) -> str:
    """Return the name of the table of an object's methods."""
    match owner:
        case Part(kind):
            return kind
        case Series(element=True):
            return "element"
        case Const(str()):
            return "text"
        case Const(dict()):
            return "dict"
        case Const(list()):
            return "list"
    return type(owner).__name__


def _collect(kind: type[ast.expr], values: list[Value]) -> Value:
    if all(isinstance(one, Const) for one in values):
        plainly = [one.value for one in values if isinstance(one, Const)]
        return Const(tuple(plainly) if kind is ast.Tuple else plainly)
    return Items(tuple(values))


def _find_item(node: ast.AST, found: object, at: object) -> object:
    try:
        return found[at]  # type: ignore[index]
    except (TypeError, KeyError, IndexError) as error:
        raise UnreadError(node, f"Python raises here: {type(error).__name__}: {error}") from None
