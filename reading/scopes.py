"""The names of the code with their values, what was made of them, and remarks."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import cast

from ..spec.expression import choose_fresh_name
from ..spec.schema import Schema
from .categories import Category, CategoryName
from .category_columns import describe_rows
from .model import LoadedFrame, Remark
from .rows import Loaded, Rows, load, root_of
from .values import (
    Called,
    Frame,
    Label,
    Library,
    Part,
    Scalar,
    Series,
    Value,
)

Names = dict[str, Value]


@dataclass(slots=True)
class Binding:
    """A value under a name, where it was made, and whether another value was made of it.

    `column` is the column that was assigned to a frame.
    """

    name: str
    value: Value
    node: ast.AST
    used: bool = False
    shown: bool = False
    code: str = ""
    column: Label | None = None


@dataclass(slots=True)
class Scopes:
    """Names by scope; `schema_of` returns the columns of a file that the code reads, if known.

    `find_texts` returns the first texts of a column of such a file, `find_categories` its columns
    that pandas reads as categories.
    """

    schema_of: Callable[[LoadedFrame], Schema | None]
    find_texts: Callable[[LoadedFrame, str], list[str]]
    find_categories: Callable[[LoadedFrame], dict[str, Category]]
    scopes: list[Names] = field(default_factory=lambda: [{}])
    bindings: list[Binding] = field(default_factory=list)
    bound: dict[int, list[Binding]] = field(default_factory=dict)  # by the value's id
    remarks: list[Remark] = field(default_factory=list)
    frames: list[LoadedFrame] = field(default_factory=list)

    def add_remark(self, node: ast.AST, text: str, *, skipped: bool = False) -> None:
        """Note a sentence at a place, once."""
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1
        found = Remark(line, column, text, "skipped" if skipped else "unread")
        if found not in self.remarks:
            self.remarks.append(found)

    def note(self, node: ast.AST, text: str) -> None:
        """Note how the meaning of what is read may differ from pandas', once."""
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1
        found = Remark(line, column, text, "note")
        if found not in self.remarks:
            self.remarks.append(found)

    @property
    def names(self) -> Names:
        """Return the innermost names."""
        return self.scopes[-1]

    def add(self, binding: Binding) -> None:
        """Note a value, which may be an answer."""
        self.bindings.append(binding)
        self.bound.setdefault(id(binding.value), []).append(binding)

    def use(self, value: Value) -> None:
        """Note that another value is made of a value."""
        for binding in self.bound.get(id(value), ()):
            binding.used = True

    def bind(self, name: str, value: Value, node: ast.AST) -> None:
        """Give a name a value."""
        self.names[name] = value
        if len(self.scopes) == 1:
            self.add(Binding(name, value, node))

    def bind_shown(self, value: Value, node: ast.expr) -> None:
        """Note a value of data that stands alone, or is shown."""
        match value:
            case Frame() | Series() | Scalar() | Called() | Part("wide" | "places" | "totals") if (
                len(self.scopes) == 1
            ):
                self.add(Binding("", value, node))

    def find(self, name: str) -> Value | None:
        """Return the value of a name, from the innermost scope out; None where it has none."""
        for names in reversed(self.scopes):
            if name in names:
                return names[name]
        return Library(f"builtins.{name}") if hasattr(builtins, name) else None

    def list_visible(self) -> Names:
        """Return the names that a function made here can see."""
        return {} if len(self.scopes) == 1 else dict(self.names)

    def declare_frame(self, name: str, node: ast.AST) -> Frame:
        """Return a frame that the code is given under a name."""
        line = getattr(node, "lineno", 1)
        frame = LoadedFrame(name, "", "", (), line, line)
        return self.load(frame)

    def load(self, frame: LoadedFrame) -> Frame:
        """Return the frame of a file."""
        taken = {one.name for one in self.frames}
        frame = replace(frame, name=choose_fresh_name(frame.name, taken))
        schema = self.schema_of(frame)
        found = self.find_categories(frame)
        self.frames.append(replace(frame, categories=tuple(found.items())))
        rows = load(frame.name, schema, csv=frame.reader == "read_csv")
        of_rows = describe_rows(rows)  # a CSV file has categories for the texts that it has
        coded: dict[Label, str] = {
            name: CategoryName(name, one if one.labels else replace(one, rows=of_rows))
            for name, one in found.items()
        }
        if schema is None:
            return Frame(rows, coded, complete=False).number_rows()
        named: dict[Label, str] = {name: coded.get(name, name) for name in schema.names}
        return Frame(rows, named).number_rows()

    def find_first_texts(self, rows: Rows, column: str) -> list[str]:
        """Return the first texts of a column of the file that rows are of, where it is there."""
        origin = cast("Loaded", root_of(rows).origin)
        return self.find_texts(next(one for one in self.frames if one.name == origin.name), column)
