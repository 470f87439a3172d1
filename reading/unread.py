"""What code that is not read leaves behind: unknown names and columns, and frames to be given."""

from __future__ import annotations

import ast
from abc import abstractmethod
from dataclasses import dataclass, field, replace
from typing import cast

from ..spec.expression import Col
from ..spec.kinds import KindError
from .evaluator import Evaluator
from .model import LoadedFrame
from .rows import Loaded, Rows, find_inner_rows, is_laid_out_as, root_of
from .shown import is_in_place, list_frames
from .values import (
    CodeFunction,
    Const,
    Frame,
    Grouped,
    Items,
    Label,
    Library,
    Mapping,
    Series,
    Unknown,
    UnreadError,
    Value,
)

# Methods that change what they are of.
CHANGING = {
    *("insert", "pop", "update", "isetitem", "__setitem__", "__delitem__"),
    *("append", "extend", "remove", "clear", "add", "setdefault", "sort", "reverse"),
}
GIVEN = "{0!r} is read here as it is before this line: save it, and give --data {1}=FILE"


@dataclass(slots=True)
class UnreadCode(Evaluator):
    """Forgets what unread statements change, and reads what follows of frames to be given.

    `roots` are the frames that stand for those that the code makes unread, by the latter's id.
    """

    roots: dict[int, tuple[Value, Frame]] = field(default_factory=dict)

    @abstractmethod
    def read_attempt(self, statement: ast.stmt) -> UnreadError | None:
        """Read a statement; return why it cannot be read."""

    def read_of_roots(self, statement: ast.stmt, why: str, before: tuple[int, int]) -> bool:
        """Read a statement of frames that the code makes unread, as if they were given.

        Each has the rows that it has before the statement.
        """
        kept, frames = self.remarks[before[0] :], len(self.frames)
        opened: list[tuple[str, Value, Frame]] = []
        while found := self.find_spoilt(statement, why):
            for name, value in found.items():
                root = self.open_root(name, value, statement.lineno - 1)
                opened.append((name, value, root))
                self.swap(value, root)
            self.forget_attempt(before)
            failure = self.read_attempt(statement)
            if failure is None:
                self.close_roots(statement, opened)
                return True
            why = str(failure)
        if opened:
            for _, value, root in opened:
                self.swap(root, value)
            self.drop_roots(frames)
            self.forget_attempt(before)
            self.remarks += kept
        return False

    def forget_attempt(self, before: tuple[int, int]) -> None:
        """Forget what was noted of a statement that is read again."""
        del self.remarks[before[0] :]
        for binding in self.bindings[before[1] :]:
            self.bound[id(binding.value)].remove(binding)
        del self.bindings[before[1] :]

    def find_spoilt(self, statement: ast.stmt, why: str) -> dict[str, Value]:
        """Return what a statement uses as a frame that was not read, or lacks a column for it."""
        found: dict[str, Value] = {}
        for name in list_frames(statement) if len(self.scopes) == 1 else ():
            match self.find(name):
                case Unknown(code=True) as value:
                    found[name] = value
                case Frame() as value if why in value.unread.values():
                    found[name] = value
        return found

    def open_root(self, name: str, value: Value, line: int) -> Frame:
        """Return a frame with the rows of one that the code makes, and any columns."""
        if id(value) not in self.roots:
            loaded = LoadedFrame(f"{name}_{line}", "", "", (), line, line, name)
            self.roots[id(value)] = value, _name_columns(self.load(loaded), value)
        return self.roots[id(value)][1]

    def drop_roots(self, count: int) -> None:
        """Forget the frames that were loaded after the first ones."""
        dropped = {one.name for one in self.frames[count:]}
        kept = (one for one in self.roots.items() if _root_name(one[1][1]) not in dropped)
        self.roots = dict(kept)
        del self.frames[count:]

    def close_roots(self, statement: ast.stmt, opened: list[tuple[str, Value, Frame]]) -> None:
        """Put frames that lack columns back: these have what else is read of them."""
        own = _list_bound(statement)
        for name, value, root in opened:
            if root.rows.schema is None:
                self.note(statement, GIVEN.format(name, _root_name(root)))
            if isinstance(value, Frame) and name not in own:
                changed = self.find(name)
                self.swap(root, value)
                if isinstance(changed, Frame) and changed is not root:
                    if root.rows.schema is None:
                        self.use(changed)
                    self.swap(changed, value)
                    why = f"it is made of what was not read (line {statement.lineno})"
                    self.forget(statement, why)

    def leave(self, statement: ast.stmt, node: ast.AST, text: str) -> None:
        """Note why a statement is not read, and forget what it changes."""
        self.add_remark(node, text)
        self.forget(statement, f"it was not read (line {statement.lineno})")

    def forget(self, statement: ast.stmt, why: str) -> None:
        """Bind what an unread statement changes, names and columns, to nothing known."""
        for node in ast.walk(statement):
            match node:
                case (
                    ast.Name(name, ast.Store())
                    | ast.FunctionDef(name)
                    | ast.AsyncFunctionDef(name)
                    | ast.ClassDef(name)
                ):
                    self.names[name] = Unknown(f"{name!r} is used here, and {why}", code=True)
                case ast.Subscript(_, _, ast.Store()) | ast.Attribute(_, _, ast.Store()):
                    self.forget_part(node, why)
                case ast.Name(name, ast.Load()):
                    self.forget_changed_by(name, why)
                case ast.Call(ast.Name("exec" | "eval" | "globals" | "setattr")):
                    self.forget_frames(why)
                case ast.Call(ast.Attribute(owner), _, keywords) if is_in_place(keywords):
                    self.forget_part(owner, why)
                case ast.Call(ast.Attribute(owner, name)) if name in CHANGING:
                    self.forget_part(owner, why)
                case ast.Call(ast.Name(name), arguments) if self.changes_arguments(name):
                    for argument in arguments:
                        self.forget_part(argument, why)

    def forget_changed_by(self, name: str, why: str) -> None:
        """Forget the lists and dicts that a function of the code may change outside of it."""
        function = self.find(name)
        for node in ast.walk(function.node) if isinstance(function, CodeFunction) else ():
            match node:
                case ast.Call(ast.Attribute(ast.Name() as owner, method)) if method in CHANGING:
                    self.forget_part(owner, why)
                case ast.Subscript(ast.Name() as owner, _, ast.Store()):
                    self.forget_part(owner, why)

    def forget_frames(self, why: str) -> None:
        """Forget all frames and columns: code that is a text, or another's, may change any."""
        for name, value in [*self.scopes[0].items()]:
            if isinstance(value, Frame | Series):
                text = f"{name!r} is used here, and {why}"
                self.swap(value, Unknown(text, code=True))

    def changes_arguments(self, name: str) -> bool:
        """Return whether a function of the code assigns parts of values, or changes them."""
        function = self.find(name)
        if not isinstance(function, CodeFunction):
            return False
        return any(
            isinstance(getattr(node, "ctx", None), ast.Store) and not isinstance(node, ast.Name)
            for node in ast.walk(function.node)
        ) or any(
            isinstance(node, ast.Call) and is_in_place(node.keywords)
            for node in ast.walk(function.node)
        )

    def forget_part(self, target: ast.expr, why: str) -> None:
        """Forget the columns that a target names, or the whole value where it names none."""
        base = target
        while isinstance(base, ast.Subscript | ast.Attribute):
            base = base.value
        value = self.find(base.id) if isinstance(base, ast.Name) else None
        if value is None or isinstance(value, Unknown | Library):
            return
        if isinstance(value, Series):
            self.forget_shared(value, why)
        for inner in _list_frames(value):
            self.swap(inner, Unknown(f"this frame is used here, and {why}", code=True))
        new: Value = Unknown(f"{ast.unparse(base)!r} is used here, and {why}", code=True)
        labels = self.find_labels(target)
        if isinstance(value, Frame) and target is not base and _is_index(target):
            new = value.without_index(f"the index is used here, and {why}")
        elif isinstance(value, Frame) and labels:
            new = value
            for label in labels:
                new = new.without(label, f"{label!r} is used here, and {why}")
        self.swap(value, new)

    def swap(self, old: Value, new: Value) -> None:
        """Put a value in the place of another, under all of its names and in lists."""
        for names in self.scopes:
            for name, value in names.items():
                names[name] = _swap(value, old, new)

    def forget_views(self, node: ast.AST, frame: Frame, label: Label) -> None:
        """Forget the columns that a change of values within a frame may change, too."""
        if frame.view and (shared := [x for x in self.find_sharing(frame.rows) if x is not frame]):
            why = "pandas changes these rows in both frames: write .copy() first"
            for other in shared:
                self.swap(other, other.without(label, why))
            raise UnreadError(node, why)
        why = f"this is a column of a frame whose {label!r} is changed within: take it after that"
        for names in self.scopes:
            for name, value in names.items():
                if _is_view(value, frame, frame.find(label)):
                    names[name] = Unknown(why)

    def forget_shared(self, column: Series, why: str) -> bool:
        """Forget a column in the frames that it is of; return whether there is one."""
        label = column.name
        if label is None:
            return False
        sharing = self.find_sharing(column.rows)
        found = [frame for frame in sharing if _is_view(column, frame, frame.find(label))]
        for frame in found:
            self.swap(frame, frame.without(label, f"{label!r} is used here, and {why}"))
        return bool(found)

    def find_sharing(self, rows: Rows) -> list[Frame]:
        """Return the frames of the file that rows are of."""
        root = root_of(rows).origin
        values = [value for names in self.scopes for value in names.values()]
        frames = {id(one): one for one in values if isinstance(one, Frame)}
        return [one for one in frames.values() if root_of(one.rows).origin == root]

    def find_labels(self, target: ast.expr) -> list[str]:
        """Return the columns of `df["c"]`, `df.c` and `df.loc[mask, "c"]`; none if not told."""
        match target:
            case ast.Subscript(ast.Name(), index):
                pass
            case ast.Attribute(ast.Name(), label) if label not in {"columns", "index"}:
                return [label]
            case ast.Subscript(ast.Attribute(ast.Name(), "loc" | "at"), ast.Tuple([_, index])):
                pass
            case _:
                return []
        try:
            found = self.read_value(index)
        except (UnreadError, KeyError, KindError):
            return []
        labels = found.value if isinstance(found, Const) else None
        labels = [labels] if isinstance(labels, str) else labels
        known = isinstance(labels, list) and all(isinstance(one, str) for one in labels)
        return cast("list[str]", labels) if known else []


def _swap(value: Value, old: Value, new: Value) -> Value:
    if value is old:
        return new
    if isinstance(value, Items) and any(one is old for one in value.values):
        return Items(tuple(new if one is old else one for one in value.values))
    if isinstance(value, Grouped) and value.frame is old and value.selected is None:
        return _group_again(value, new)
    return value


def _list_frames(value: Value) -> list[Frame]:
    """Return the frames in a list or a dict."""
    match value:
        case Items(values):
            return [one for one in values if isinstance(one, Frame)]
        case Mapping(pairs):
            return [one for _, one in pairs if isinstance(one, Frame)]
    return []


def _is_view(value: Value, frame: Frame, name: str | None) -> bool:
    """Return whether a value is a column of a frame itself, or groups of it."""
    match value:
        case Series(expr=Col(own), element=False, keys=None, copied=False):
            rows = value.rows
        case Grouped(frame=Frame(rows=rows), single=True, selected=((_, Col(own)),)):
            pass
        case _:
            return False
    return own == name and _find_base(rows).origin == _find_base(frame.rows).origin


def _find_base(rows: Rows) -> Rows:
    """Return the rows that others are, before values of windows and in any order."""
    below = find_inner_rows(rows)
    return _find_base(below) if below else rows


def _group_again(groups: Grouped, new: Value) -> Value:
    """Return groups whose frame is changed: they have its columns, by the keys that it had."""
    if isinstance(new, Frame) and is_laid_out_as(new.rows, groups.frame.rows):
        return replace(groups, frame=new)
    return Unknown("the frame of these groups is changed since: group it after the change")


def _name_columns(root: Frame, value: Value) -> Frame:
    """Return a frame that is not given with the columns that the code's own has, where known."""
    if root.complete or not isinstance(value, Frame) or not value.complete or value.index:
        return root
    labels = [label for label in value.columns if isinstance(label, str)]
    if len(labels) < len(value.columns):
        return root
    return replace(root, columns={label: label for label in labels}, complete=True)


def _root_name(root: Frame) -> str:
    return cast("Loaded", root.rows.origin).name


def _list_bound(statement: ast.stmt) -> set[str]:
    names = (one for one in ast.walk(statement) if isinstance(one, ast.Name))
    return {one.id for one in names if isinstance(one.ctx, ast.Store)}


def _is_index(target: ast.expr) -> bool:
    return isinstance(target, ast.Attribute) and target.attr == "index"
