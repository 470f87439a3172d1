"""Read code statement by statement, with symbolic values in place of frames."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import cast

from ..spec.kinds import KindError
from . import operators
from .accessors import assign_parts
from .assignment import SEVERAL, assign_column, assign_columns, drop_columns, rename_all, set_index
from .calls import to_python
from .category_columns import keep_category
from .evaluator import MOST_TURNS
from .names import READ, SETTINGS
from .rows import Loaded, Rows, Sorted
from .scopes import Binding
from .selection import find_column, select
from .series import as_frame
from .shown import (
    find_drawn,
    find_groups,
    find_used_change,
    is_in_place,
    is_look,
    list_assigned,
    only_show,
)
from .tables import DRAWING, LOOKING, SHOWING
from .unread import UnreadCode
from .values import (
    Called,
    CodeFunction,
    Const,
    Frame,
    Grouped,
    Items,
    Label,
    Library,
    Mapping,
    Part,
    Series,
    Unknown,
    UnreadError,
    Value,
)

CHAINED = "a chained assignment changes a copy, or the frame: write .loc"
KEYED = "pandas 2 raises here: the groups' keys are in the index of what apply returns"
CHANGED = "a change of the column that was taken of it changes it"
SHARED = "this changes the frame that the column is of, too: write df['column'] = …"
NO_COLUMN = "pandas sets an attribute here, and makes no column: write df[{0!r}] = …"
BESIDE_CELLS = "a column beside the cells of a wide table is not read; compute it of the groups"
INFINITE = "use_inf_as_na makes infinities missing: a workload keeps them"
BY_PLACE = "rows are changed by a condition, not by their labels: df.loc[mask, 'column'] = …"
TOO_DEEP = "this is nested too deeply to be read"


@dataclass(slots=True)
class CodeInterpreter(UnreadCode):
    """Reads statements, each for itself: what cannot be read is a remark."""

    def run(self, statements: list[ast.stmt]) -> None:
        """Read the statements of a script, each for itself: what cannot be read is a remark."""
        for statement in statements:
            before = len(self.remarks), len(self.bindings)
            failure = self.read_attempt(statement)
            if failure and not self.read_of_roots(statement, str(failure), before):
                if is_look(statement, str(failure)):
                    text = "skipped: it is of all columns, which need --data to be known"
                    self.add_remark(statement, text, skipped=True)
                else:
                    self.leave(statement, failure.node, str(failure))

    def read_attempt(self, statement: ast.stmt) -> UnreadError | None:
        """Read a statement; return why it cannot be read."""
        try:
            self.execute(statement)
        except UnreadError as error:
            return error
        except KeyError as error:
            return UnreadError(statement, f"unknown column {error}")
        except KindError as error:
            return UnreadError(statement, str(error))
        except RecursionError:
            return UnreadError(statement, TOO_DEEP)
        except Exception as error:  # noqa: BLE001 - code of any form is a sentence, no traceback
            text = f"dfbench fails to read this, please report it: {error!r}"
            return UnreadError(statement, text)
        return None

    def execute(self, statement: ast.stmt) -> None:
        """Read one statement."""
        if (changed := find_used_change(statement)) is not None:
            raise UnreadError(changed, "with inplace=True this is None; leave inplace out")
        match statement:
            case ast.Import(names):
                for name in names:
                    whole = name.name if name.asname else name.name.split(".")[0]
                    self.names[name.asname or whole] = Library(whole)
            case ast.ImportFrom(module, names):
                self.import_from(statement, module or "", names)
            case ast.Assign(targets, value) if drawn := find_drawn(value):
                self.show(drawn)
                for target in targets:
                    self.assign(target, Unknown("a plot has no data", skipped=True), statement)
            case ast.Assign(targets, value):
                made = self.read_value(value)
                for target in targets:
                    self.assign(target, made, statement)
            case ast.AnnAssign(target, _, ast.expr() as value):
                self.assign(target, self.read_value(value), statement)
            case ast.AugAssign(target, op, value):
                self.augment(statement, target, op, value)
            case ast.Expr(value):
                self.read_expression(value)
            case ast.FunctionDef(name):
                self.names[name] = CodeFunction(statement, self.names)
            case ast.If(test, body, orelse):
                self.read_branch(test, body, orelse)
            case ast.For() | ast.While() if self.passes_over(statement):
                self.forget(statement, "a loop makes it that only shows values")
                self.add_remark(statement, "skipped: no answer needs it", skipped=True)
            case ast.For():
                self.loop(statement)
            case ast.Delete(targets):
                for target in targets:
                    self.delete(target)
            case ast.Try(body, _, orelse, final):
                self.run_each([*body, *orelse, *final])
            case ast.With(_, body):
                self.forget(ast.With(statement.items, []), "it is not of pandas")
                self.run_each(body)
            case ast.Global(names) if len(self.scopes) > 1:
                for one in names:
                    why = f"{one!r} is used here, and a function changes it"
                    self.scopes[0][one] = Unknown(why, code=True)
                raise UnreadError(statement, "a function with 'global' is not read; return values")
            case ast.Pass() | ast.Global() | ast.Assert() | ast.AnnAssign():
                pass
            case _:
                what = type(statement).__name__.lower().removesuffix("def")
                what = what.replace("async", "async ").replace("function", "def")
                raise UnreadError(statement, f"'{what}' statements are not read")

    def run_each(self, statements: list[ast.stmt]) -> None:
        """Read the statements inside another: at the top of a script each for itself."""
        if self.patient:
            self.run(statements)
        else:
            for statement in statements:
                self.execute(statement)

    def import_from(self, node: ast.stmt, module: str, names: list[ast.alias]) -> None:
        """Bind imported names."""
        for name in names:
            if name.name == "*":
                message = f"'from {module} import *' hides which names it imports; list them"
                raise UnreadError(node, message)
            self.names[name.asname or name.name] = Library(f"{module}.{name.name}")

    def read_branch(self, test: ast.expr, body: list[ast.stmt], orelse: list[ast.stmt]) -> None:
        """Read the branch of an `if` whose condition is known."""
        match test:
            case ast.Compare(ast.Name("__name__"), [ast.Eq()], [ast.Constant("__main__")]):
                self.run_each(body)
                return
        match self.read_value(test):
            case Const(found):
                self.run_each(body if found else orelse)
            case Unknown(why=why):
                raise UnreadError(test, why)
            case _ if len(self.scopes) == 1 and only_show([*body, *orelse], self.is_foreign):
                self.pass_over(test)
            case _:
                raise UnreadError(test, "an 'if' over data is read in functions of rows only")

    def passes_over(self, loop: ast.For | ast.While) -> bool:
        """Return whether a loop only shows values, and is not of constants: no answer needs it."""
        if len(self.scopes) > 1 or not only_show([loop], self.is_foreign):
            return False
        if any(name in self.names for name in list_assigned(loop)):
            return False
        try:
            turns = self.read_items(loop.iter) if isinstance(loop, ast.For) else None
        except (UnreadError, KeyError, KindError):
            return True
        return turns is None or len(turns) > MOST_TURNS

    def loop(self, statement: ast.For) -> None:
        """Unroll a loop over constants."""
        match statement.iter:
            case ast.Call(ast.Name("range"), [*_, ast.Call(ast.Name("len"))]):
                turns = None
            case _:
                turns = self.read_items(statement.iter)
        if turns is None:
            message = "a loop over data is not read; the nearest are groupby and apply"
            raise UnreadError(statement, message)
        if len(turns) > MOST_TURNS:
            raise UnreadError(statement, f"a loop of more than {MOST_TURNS} turns is not read")
        leaves = any(isinstance(one, ast.Break | ast.Continue) for one in ast.walk(statement))
        for turn in turns:
            self.assign(statement.target, turn, statement)
            for part in statement.body if leaves else ():
                self.execute(part)
            if not leaves:
                self.run_each(statement.body)

    def delete(self, target: ast.expr) -> None:
        """Read `del df["a"]`, or forget a name."""
        match target:
            case ast.Name(name):
                self.names.pop(name, None)
            case ast.Subscript(owner, index):
                frame = self.read_value(owner)
                if isinstance(frame, Frame):
                    label = to_python(self.read_value(index), target, "a column's name")
                    self.replace(owner, frame, drop_columns(target, frame, [label]))
                    return
                raise UnreadError(target, "'del' is read for columns of frames")

    def augment(
        self, node: ast.AugAssign, target: ast.expr, op: ast.operator, value: ast.expr
    ) -> None:
        """Read `x += 1`."""
        loaded = ast.copy_location(ast.parse(ast.unparse(target), mode="eval").body, target)
        ast.fix_missing_locations(loaded)
        made = operators.read_binary(node, op, self.read_value(loaded), self.read_value(value))
        self.forget_views_of(target)
        self.assign(target, made, node)

    def forget_views_of(self, target: ast.expr) -> None:
        """Forget the columns that are changed where the values of a frame's column are."""
        match target:
            case ast.Name(name):
                column = self.find(name)
                if isinstance(column, Series) and self.forget_shared(column, CHANGED):
                    raise UnreadError(target, SHARED)
            case ast.Subscript(ast.Name(name), ast.Constant(str() as label)) | ast.Attribute(
                ast.Name(name), label
            ):
                frame = self.find(name)
                if isinstance(frame, Frame):
                    self.forget_views(target, frame, label)

    def assign(self, target: ast.expr, value: Value, node: ast.AST) -> None:
        """Bind a target of an assignment."""
        match target:
            case ast.Name(name):
                self.bind(name, value, node)
            case ast.Tuple(targets) | ast.List(targets):
                self.unpack(targets, value, node)
            case ast.Attribute() | ast.Subscript() if self.is_setting(target):
                self.pass_over(target)
            case ast.Subscript(owner, index):
                self.assign_item(target, owner, index, value)
            case ast.Attribute(owner, attribute):
                frame = self.read_value(owner)
                if isinstance(frame, Frame) and attribute not in {"columns", "index"}:
                    if frame.complete and attribute not in frame.columns:
                        raise UnreadError(target, NO_COLUMN.format(attribute))
                    made = self.add_column(target, frame, attribute, value)
                    self.replace(owner, frame, made, attribute)
                elif isinstance(frame, Frame) and attribute == "columns":
                    labels = to_python(value, target, "the list of columns")
                    self.replace(owner, frame, rename_all(target, frame, labels))
                elif isinstance(frame, Frame):
                    value = value.owner if isinstance(value, Part) else value
                    self.replace(owner, frame, set_index(target, frame, value))
                elif isinstance(frame, Series) and attribute == "name":
                    name = to_python(value, target, "a name")
                    self.replace(owner, frame, replace(frame, name=name))
                else:
                    if isinstance(frame, Library):
                        self.forget_frames(f"{ast.unparse(target)!r} is changed")
                    raise UnreadError(target, f"an assignment to {attribute!r} is not read")
            case _:
                raise UnreadError(target, "this assignment is not read")

    def unpack(self, targets: list[ast.expr], value: Value, node: ast.AST) -> None:
        """Bind several names."""
        match value:
            case Items(values):
                parts = list(values)
            case Const(list() | tuple() as values):
                parts = [Const(one) for one in values]
            case Unknown(skipped=True):
                parts = [value] * len(targets)
            case _:
                raise UnreadError(node, "this value cannot be unpacked")
        if len(parts) != len(targets):
            raise UnreadError(node, f"{len(parts)} values are unpacked into {len(targets)} names")
        for target, part in zip(targets, parts, strict=True):
            self.assign(target, part, node)

    def assign_item(
        self, target: ast.Subscript, owner: ast.expr, index: ast.expr, value: Value
    ) -> None:
        """Read `df["c"] = …` and `df.loc[mask, "c"] = …`."""
        match self.read_value(owner):
            case Frame() as frame:
                label = self.read_value(index)
                if not isinstance(label, Const):
                    raise UnreadError(target, "an assignment is read with the names of its columns")
                if isinstance(owner, ast.Subscript):
                    raise UnreadError(target, CHAINED)
                if isinstance(value, Called):
                    self.assign_called(target, owner, frame, label.value, value)
                elif isinstance(label.value, list) and isinstance(value, Part):
                    made = assign_parts(target, frame, label.value, value)
                    self.replace(owner, frame, made)
                elif isinstance(label.value, list):
                    made = assign_columns(target, frame, label.value, value)
                    self.replace(owner, frame, made)
                else:
                    made = self.add_column(target, frame, label.value, value)
                    self.replace(owner, frame, made, label.value)
            case Part("loc", Frame() as frame) if isinstance(owner, ast.Attribute):
                self.replace(owner.value, frame, self.assign_where(target, frame, index, value))
            case Part("no columns") as empty if isinstance(owner, ast.Name):
                label = to_python(self.read_value(index), target, "a column's name")
                if not isinstance(value, Series):
                    raise UnreadError(
                        target, "the first column of an empty frame is read of another"
                    )
                self.replace(owner, empty, as_frame(target, value, label))
            case Const(dict()) | Mapping() as table if isinstance(owner, ast.Name):
                key = to_python(self.read_value(index), target, "a key")
                self.change(target, owner.id, table, _set_item(table, key, value))
            case Unknown(why=why):
                raise UnreadError(target, why)
            case Part("wide"):
                raise UnreadError(target, BESIDE_CELLS)
            case Series():
                raise UnreadError(target, CHAINED)
            case _:
                raise UnreadError(target, "this assignment is not read")

    def change(self, node: ast.AST, name: str, old: Value, new: Value) -> None:
        """Put a changed list or dict in the place of the old one, not within a function of rows."""
        outside = any(names.get(name) is old for names in self.scopes[:-1])
        if outside and (self.paths or not self.patient):
            raise UnreadError(node, f"a function that changes {name!r} outside of it is not read")
        self.swap(old, new)

    def add_column(self, target: ast.AST, frame: Frame, label: Label, value: Value) -> Frame:
        """Return a frame with an assigned column: with a note if it is behind apply."""
        match value:
            case Series(Rows(Sorted()), index={**index}) if index and not frame.index:
                self.note(target, KEYED)
                value = replace(value, index={})
        return assign_column(target, frame, label, value)

    def assign_called(
        self, target: ast.Subscript, owner: ast.expr, frame: Frame, label: str, value: Called
    ) -> None:
        """Assign a column that engines make by calling a function: an answer, and no more."""
        self.replace(owner, frame, frame.without(label, value.why))
        if len(self.scopes) == 1:
            self.add(Binding(label, value, target, code=ast.unparse(target)))

    def assign_where(
        self, target: ast.Subscript, frame: Frame, index: ast.expr, value: Value
    ) -> Frame:
        """Return a frame in which some rows of a column have another value."""
        match index:
            case ast.Tuple([mask, column]):
                labels = to_python(self.read_value(column), target, "the column")
                test = self.read_value(mask)
                if isinstance(test, Const) and test.value != slice(None):
                    raise UnreadError(target, BY_PLACE)
                if isinstance(labels, list) and not isinstance(value, Const):
                    raise UnreadError(target, SEVERAL)
                for label in labels if isinstance(labels, list) else [labels]:
                    self.forget_views(target, frame, label)
                    old: Value = Const(None)
                    if find_column(frame, label) is not None:
                        old = select(target, frame, Const(label))
                    made = keep_category(operators.choose(target, test, value, old), old)
                    frame = assign_column(target, frame, label, made)
                return frame
        raise UnreadError(target, "name the column: df.loc[mask, 'column'] = …")

    def replace(self, owner: ast.expr, old: Value, new: Value, column: Label | None = None) -> None:
        """Put a changed frame in the place of the old one, under all of its names.

        `column` is the one that is assigned.
        """
        self.swap(old, new)
        if isinstance(owner, ast.Name):
            self.use(old)
            lacks = isinstance(new, Frame) and new.lacks  # what it lacks has a remark
            if self.scopes[0].get(owner.id) is new and not lacks:
                self.add(Binding(owner.id, new, owner, column=column))
        elif not any(value is new for names in self.scopes for value in names.values()):
            raise UnreadError(owner, "what is changed here has no name")

    def read_expression(self, node: ast.expr) -> None:
        """Read an expression alone: a change in place, or a value that is shown."""
        match node:
            case ast.Constant():
                return
            case ast.Call(ast.Attribute(owner, name), _, keywords) if (
                is_in_place(keywords) or name == "insert"
            ):
                old = self.read_value(owner)
                if isinstance(old, Series) and isinstance(owner, ast.Subscript | ast.Attribute):
                    self.forget_views_of(owner)
                    self.assign(owner, self.read_value(node), node)
                elif isinstance(old, Series) and self.forget_shared(old, CHANGED):
                    raise UnreadError(node, SHARED)
                else:
                    self.replace(owner, old, self.read_value(node))
                return
            case ast.Call(ast.Attribute(ast.Name(name), "append"), [item], []) if _is_list(
                found := self.find(name)
            ):
                self.change(node, name, cast("Value", found), _append(found, self.read_value(item)))
                return
        if self.shows(node):
            return
        self.bind_shown(self.read_value(node), node)

    def shows(self, node: ast.expr) -> bool:
        """Note what is shown by a print, a plot or a look at a frame; return whether it is one."""
        match node:
            case ast.Call(ast.Name("print" | "display"), arguments):
                shown = arguments
            case ast.Call(_, arguments, keywords) if self.is_foreign(node):
                shown = [one for one in map(find_groups, [*arguments, *keywords]) if one]
            case ast.Call(ast.Attribute(owner, name)) if name in SHOWING:
                if self.are_groups(owner) and name not in DRAWING:
                    return False
                shown = [owner]
            case _ if drawn := find_drawn(node):
                shown = [drawn]
            case ast.Attribute(owner, "shape" | "columns" | "dtypes" | "index" | "size" | "T"):
                shown = [owner]
            case ast.Name():
                shown = [node]
            case _ if self.is_foreign(node):
                shown = []
            case _:
                return False
        if not self.only_looks(node):
            for part in shown:
                if not self.only_looks(part):
                    self.show(part)
        self.pass_over(node)
        return True

    def pass_over(self, node: ast.expr) -> None:
        """Note that no answer needs a statement, and what a setting changes."""
        self.add_remark(node, "skipped: no answer needs it", skipped=True)
        if "use_inf_as_na" in ast.unparse(node):
            self.note(node, INFINITE)

    def only_looks(self, node: ast.expr) -> bool:
        """Return whether an expression looks at some rows of a file, with the columns made so far.

        Such a look is no answer, and a frame that others use is none for it.
        """
        match node:
            case ast.Call(ast.Attribute(ast.Name(owner), name)) if name in LOOKING:
                value = self.find(owner)
                return isinstance(value, Frame) and isinstance(value.rows.origin, Loaded)
        return False

    def are_groups(self, node: ast.expr) -> bool:
        """Return whether an expression makes groups, whose `describe()` is an answer."""
        return find_groups(node) is not None and isinstance(self.read_value(node), Grouped)

    def is_setting(self, target: ast.expr) -> bool:
        """Return whether an assignment is to a library's setting, or a part of a plot."""
        root: ast.expr = target
        while isinstance(root, ast.Attribute | ast.Subscript):
            root = root.value
        match self.find(root.id) if isinstance(root, ast.Name) else None:
            case Library(name):
                return _is_unasked(name, target, root)
            case Unknown(skipped=skipped):
                return skipped
        return False

    def is_foreign(self, node: ast.expr) -> bool:
        """Return whether an expression calls a library that makes no frames: plots and the like."""
        root: ast.expr = node
        while isinstance(root, ast.Call | ast.Attribute | ast.Subscript):
            root = root.func if isinstance(root, ast.Call) else root.value
        if not isinstance(root, ast.Name):
            return False
        match self.find(root.id):
            case Library(name):
                return _is_unasked(name, node, root)
            case Unknown(skipped=skipped):
                return skipped
        return False


def _is_list(value: Value | None) -> bool:
    return isinstance(value, Items) or (isinstance(value, Const) and isinstance(value.value, list))


def _append(found: Value | None, item: Value) -> Value:
    """Return a list with one more item."""
    if isinstance(found, Const) and isinstance(item, Const):
        return Const([*found.value, item.value])
    items = found.values if isinstance(found, Items) else map(Const, cast("Const", found).value)
    return Items((*items, item))


def _set_item(table: Const | Mapping, key: object, value: Value) -> Value:
    """Return a dict with one more item, or another in its place."""
    if isinstance(table, Const) and isinstance(value, Const):
        return Const({**table.value, key: value.value})
    pairs = table.pairs if isinstance(table, Mapping) else table.value.items()
    known = {name: one if isinstance(table, Mapping) else Const(one) for name, one in pairs}
    return Mapping(tuple({**known, key: value}.items()))


def _is_unasked(name: str, node: ast.expr, root: ast.expr) -> bool:
    """Return whether a part of a library is a setting, or the library makes no frames."""
    dotted = f"{name}{ast.unparse(node)[len(ast.unparse(root)) :]}"
    return dotted.startswith(SETTINGS) or name.partition(".")[0] not in READ
