"""What a name of the code stands for: a frame, a column, groups, a constant, a function."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from ..spec.expression import Col, Expr
from ..spec.workload import Output
from .rows import Rows

Label: TypeAlias = str | int | tuple[str, ...]


class UnreadError(Exception):
    """Code that cannot be read: where, why, and the nearest thing that can be."""

    def __init__(self, node: ast.AST, message: str) -> None:
        self.node = node
        super().__init__(message)


@dataclass(frozen=True, slots=True, eq=False)
class RowLabels:
    """What rows are called since they were numbered: their places then, when they were `rows`."""

    rows: Rows


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A data frame: rows, and the visible columns with their names in the rows.

    `complete` tells whether `columns` are all of them; otherwise the file's columns are visible
    too, but for the dropped ones. The index is a column by another name. `scope` are the keys of
    the groups whose rows these are, in a function of groups. A column that the code assigns and
    that could not be read has a name that no rows have: `unread` has these names, and why. `spans`
    are those of them that are differences of times, of which an expression counts the days.
    `labels` are those of its rows where they are known. A `view` shares its values with the frame
    whose first rows it has.
    """

    rows: Rows
    columns: dict[Label, str]
    complete: bool = True
    index: dict[Label, str] = field(default_factory=dict)
    dropped: frozenset[str] = frozenset()
    scope: tuple[str, ...] = ()
    unread: dict[str, str] = field(default_factory=dict)
    spans: dict[str, Expr] = field(default_factory=dict)
    labels: RowLabels | None = None
    view: bool = False

    def without(self, label: Label, why: str) -> Frame:
        """Return the frame with a column whose values are not known."""
        name = f"unread {label}"
        columns, unread = {**self.columns, label: name}, {**self.unread, name: why}
        return replace(self, columns=columns, unread=unread)

    def without_index(self, why: str) -> Frame:
        """Return the frame with an index that is not known."""
        return replace(
            self, index={"index": "unread index"}, unread={**self.unread, "unread index": why}
        )

    def number_rows(self) -> Frame:
        """Return the frame with its rows' places as their labels."""
        return replace(self, labels=RowLabels(self.rows))

    @property
    def lacks(self) -> bool:
        """Return whether one of its columns, or its index, could not be read."""
        return not self.unread.keys().isdisjoint(self.outputs.values())

    @property
    def whole(self) -> bool:
        """Return whether all columns are known, and have been read."""
        return self.complete and not self.lacks

    def require_whole(self, node: ast.AST, unknown: str) -> None:
        """Raise UnreadError where a column was not read, or, with `unknown`, some are not known."""
        if not self.complete:
            raise UnreadError(node, unknown)
        for name, why in self.unread.items():
            if name in self.outputs.values():
                raise UnreadError(node, why)

    def find(self, label: Label) -> str | None:
        """Return a column's name in the rows; None where there is no such column."""
        if label in self.columns:
            return self.columns[label]
        if label in self.index:
            return self.index[label]
        if self.complete or not isinstance(label, str) or label in self.dropped:
            return None
        schema = self.rows.schema
        return label if schema is None or label in schema else None

    @property
    def outputs(self) -> dict[Label, str]:
        """Return the columns as `reset_index` orders them."""
        return {**self.index, **self.columns}


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """A series: an expression over rows.

    `keys` are those of the groups that the expression's aggregations range over; None where it has
    none. An aggregation of the column ranges over groups of `scope`. An `element` is the single
    value that a function of a row, or of a series' values, is given. `placed` tells that its
    values are found by their places, not by the labels of the frame's rows; `labels` are these
    where they are known. What is `copied` shares no values with a frame.
    """

    rows: Rows
    expr: Expr
    name: Label | None = None
    keys: tuple[str, ...] | None = None
    index: dict[Label, str] = field(default_factory=dict)
    scope: tuple[str, ...] = ()
    element: bool = False
    placed: bool = False
    labels: RowLabels | None = None
    copied: bool = False

    def with_expr(self, expr: Expr) -> Series:
        """Return a column of the same rows and name."""
        return replace(self, expr=expr)


@dataclass(frozen=True, slots=True, eq=False)
class Scalar:
    """A number made of rows: of all of them, or of each group of keys."""

    rows: Rows
    expr: Expr
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Grouped:
    """Groups of a frame's rows; `selected` are the columns that an aggregation works on.

    `single` tells a SeriesGroupBy, whose answer is a series. `times` is the key of periods whose
    gaps pandas fills: those without rows are groups, too.
    """

    frame: Frame
    keys: dict[Label, str]
    selected: tuple[tuple[Label, Expr], ...] | None = None
    single: bool = False
    sort: bool = True
    as_index: bool = True
    dropna: bool = True
    group_keys: bool = True
    times: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Const:
    """A constant of Python: a number, a text, None, or a list, tuple or dict of them."""

    value: Any


class Array(list[Any]):
    """Constants in an array of NumPy, which computes with them one by one."""

    def __getitem__(self, key: Any) -> Any:  # noqa: ANN401 - as Python's lists have it
        """Return one constant, or some as an array, too."""
        found = super().__getitem__(key)
        return Array(found) if isinstance(key, slice) else found


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """A list or a tuple of values that are not all constants."""

    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Mapping:
    """A dict of values that are not all constants."""

    pairs: tuple[tuple[Any, Value], ...]


@dataclass(frozen=True, slots=True, eq=False)
class CodeFunction:
    """A lambda or a def of the code, with the names that it can see."""

    node: ast.Lambda | ast.FunctionDef
    names: dict[str, Value]


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """A module, or a function in it, by its dotted name: `pandas.cut`."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What stands between an object and its method: `df.loc`, `column.str`, `row`."""

    kind: str
    owner: Value
    details: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Called:
    """A series that engines make by calling a def of one row; `why` it has no expression."""

    rows: Rows
    source: str
    columns: tuple[str, ...]
    name: str | None
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class Unknown:
    """A value that was not read, and why; `code` tells one that the code makes or changes."""

    why: str
    skipped: bool = False
    code: bool = False


Value: TypeAlias = (
    Frame
    | Series
    | Scalar
    | Grouped
    | Const
    | Items
    | Mapping
    | CodeFunction
    | Library
    | Part
    | Called
    | Unknown
)


def have_other_labels(one: Frame | Series, other: Frame | Series) -> bool:
    """Return whether rows have indexes of different columns, by which pandas aligns them.

    Of two that have levels in common, pandas joins the levels.
    """
    if any(isinstance(side, Series) and (side.placed or side.element) for side in (one, other)):
        return False
    left, right = {*one.index.values()}, {*other.index.values()}
    return left != right and not (left and right and (left < right or right < left))


def take_column(frame: Frame, label: Label, name: str) -> Series:
    """Return a frame's column."""
    return make_column(frame, Col(name), label)


def make_column(frame: Frame, expr: Expr, label: Label | None = None) -> Series:
    """Return a column with the index and the labels of a frame's rows."""
    return Series(
        frame.rows,
        expr,
        label,
        index=frame.index,
        scope=frame.scope,
        labels=frame.labels,
    )


def list_outputs(pairs: dict[str, Expr]) -> tuple[Output, ...]:
    """Return named expressions as outputs."""
    return tuple(Output(name, expr) for name, expr in pairs.items())


def read_parameters(function: CodeFunction) -> list[str]:
    """Return the names of a function's arguments."""
    arguments = function.node.args
    every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    return [one.arg for one in every]
