"""Calls of pandas' functions: their arguments by name, each used or refused."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from .values import (
    CodeFunction,
    Const,
    Items,
    Mapping,
    Part,
    UnreadError,
    Value,
    read_parameters,
)

if TYPE_CHECKING:
    from .evaluator import Evaluator

# Options that change neither an answer's rows nor its values.
HARMLESS = {"copy", "inplace", "engine", "low_memory", "verbose", "kind", "engine_kwargs", "cache"}
_ABSENT = Const(None)


@dataclass(slots=True)
class CodeCall:
    """A call: its node, what it is called on, and its arguments by pandas' names.

    `extra` are keyword arguments under names of the code's own (`agg(total=…)`).
    """

    reader: Evaluator
    node: ast.Call
    name: str
    given: dict[str, Value]
    extra: dict[str, Value] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def fail(self, message: str) -> UnreadError:
        """Return the error that this call cannot be read."""
        return UnreadError(self.node, message)

    def has(self, name: str) -> bool:
        """Return whether an argument is given, and is not None."""
        value = self.given.get(name, _ABSENT)
        return not (isinstance(value, Const) and value.value is None)

    def read_value(self, name: str) -> Value:
        """Return an argument; None's constant where it is not given."""
        self.used.add(name)
        return self.given.get(name, _ABSENT)

    def require(self, name: str) -> Value:
        """Return an argument that has to be given."""
        if name not in self.given:
            raise self.fail(f"{self.name} needs its argument {name!r}")
        return self.read_value(name)

    def read_constant(self, name: str, default: object = None) -> Any:  # noqa: ANN401 - as Python has it
        """Return a constant argument as Python's own value."""
        self.used.add(name)
        if name not in self.given:
            return default
        return to_python(self.given[name], self.node, f"{self.name}'s {name!r}")

    def read_items(self, name: str) -> list[Value]:
        """Return an argument that is a list, as the values of its items."""
        match self.require(name):
            case Items(values):
                return list(values)
            case Const(list() | tuple() as values):
                return [Const(one) for one in values]
        raise self.fail(f"{self.name} is read with a list of {name}")

    def read_names(self, name: str) -> list[Any]:
        """Return an argument that is a name or a list of names."""
        found = self.read_constant(name)
        if found is None:
            return []
        return list(found) if isinstance(found, list | tuple) else [found]

    def enter(self, function: CodeFunction, value: Value) -> Value:
        """Return what a function of the code makes of a value, its first argument."""
        names = read_parameters(function)
        if not names:
            raise self.fail("this function takes no argument")
        more = self._list_more(names[1:]) if self.name.endswith("apply") else {}
        return self.reader.enter(self.node, function, {names[0]: value, **more})

    def _list_more(self, names: list[str]) -> dict[str, Value]:
        """Return what `apply` hands on to its function beside the value."""
        items = self.read_items("args") if self.has("args") else []
        if len(items) > len(names) or not self.extra.keys() <= {*names[len(items) :]}:
            raise self.fail("the function does not take these arguments")
        return {**dict(zip(names, items, strict=False)), **self.take_extra()}

    def take_extra(self) -> dict[str, Value]:
        """Return the keyword arguments under names of the code's own."""
        self.used |= self.extra.keys()
        return self.extra

    def close(self) -> None:
        """Refuse the arguments that nothing has looked at."""
        for name in (*self.given, *self.extra):
            if name not in self.used | HARMLESS:
                raise self.fail(f"{self.name} with {name!r} is not read; leave {name!r} out")


Handler: TypeAlias = Callable[..., Value]


@dataclass(frozen=True, slots=True)
class Method:
    """How a method is read, and pandas' names of its arguments in order.

    `*` collects all positional arguments, `*args` those behind the ones before it, and `**` the
    keywords with names of the code's own.
    """

    read: Handler
    arguments: str = ""


def bind(reader: Evaluator, node: ast.Call, name: str, arguments: str) -> CodeCall:
    """Return a call with its arguments by name."""
    names = [word for word in arguments.split() if not word.startswith("*")]
    call = CodeCall(reader, node, name, {})
    positional = list(_list_positional(reader, node))
    if "*args" in arguments.split():
        first = arguments.split().index("*args")
        if len(positional) > first:
            call.given["args"] = Items(tuple(positional[first:]))
            positional = positional[:first]
    if "*" in arguments.split():
        call.given["*"] = Items(tuple(positional))
    elif len(positional) > len(names):
        raise call.fail(f"{name} is called with more arguments than it takes")
    else:
        call.given |= zip(names, positional, strict=False)
    for key, value in _read_keywords(reader, node):
        if key not in names and key not in HARMLESS and "**" in arguments.split():
            call.extra[key] = value
        else:
            call.given[key] = value
    return call


def _list_positional(reader: Evaluator, node: ast.Call) -> Iterator[Value]:
    for argument in node.args:
        match argument:
            case ast.Starred(inner):
                match reader.read_value(inner):
                    case Items(values):
                        yield from values
                    case Const(list() | tuple() as values):
                        yield from map(Const, values)
                    case _:
                        raise UnreadError(argument, "'*' is read with a constant list only")
            case _:
                yield reader.read_value(argument)


def _read_keywords(reader: Evaluator, node: ast.Call) -> Iterator[tuple[str, Value]]:
    for keyword in node.keywords:
        value = reader.read_value(keyword.value)
        if keyword.arg is not None:
            yield keyword.arg, value
            continue
        match value:
            case Mapping(pairs):
                yield from pairs
            case Const(dict() as pairs):
                yield from ((key, Const(one)) for key, one in pairs.items())
            case _:
                raise UnreadError(keyword, "'**' is read with a constant dict only")


def to_python(value: Value, node: ast.AST, what: str) -> Any:  # noqa: ANN401 - as Python has it
    """Return a constant, or a list or dict of constants, as Python's own value."""
    match value:
        case Const(found):
            return found
        case Items(values):
            return [to_python(one, node, what) for one in values]
        case Mapping(pairs):
            return {key: to_python(one, node, what) for key, one in pairs}
    raise UnreadError(node, f"{what} must be a constant")


def make_accessor(kind: str) -> Callable[[ast.AST, Value], Value]:
    """Return what reads `column.str`, `df.loc` and the like."""

    def read(_node: ast.AST, owner: Value) -> Value:
        return Part(kind, owner)

    return read
