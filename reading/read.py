"""From code to a workload: which values it makes, and how a query asks for each."""

from __future__ import annotations

import ast
import os
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, cast

from ..datasets.cache import default_folder
from ..datasets.dataset import Dataset, make_dataset
from ..datasets.first_workload import is_csv
from ..datasets.source_files import is_pattern
from ..errors import CodeError, DfbenchError, WorkloadError
from ..spec.expression import Col, choose_fresh_name, list_columns
from ..spec.kinds import KindError
from ..spec.reader import check_columns, read_text
from ..spec.schema import Schema
from ..spec.vocabulary import suggest
from ..spec.workload import Files, Output
from .alignment import label_name, materialize
from .categories import Category
from .clauses import Step, UnknownColumnsError, write_call, write_steps
from .columns import ONE_MODE
from .csv_options import read_csv_format, read_csv_options, unite_csv_options
from .data_files import DataFiles
from .interpreter import TOO_DEEP, CodeInterpreter
from .magics import leave_cell_out
from .model import Answer, DataFile, LoadedFrame, Reading, Remark, Source
from .orders import TIES, UNSTABLE, complete_orders, has_ties
from .rows import Loaded, Rows, Sorted, aggregate, list_tables, root_of
from .scopes import Binding
from .stored_categories import find_categories
from .totals import write_totals
from .values import (
    Called,
    CodeFunction,
    Frame,
    Part,
    Scalar,
    Series,
    UnreadError,
    Value,
    take_column,
)
from .wide import leave_filled_out
from .workload import WrittenDataset, WrittenQuery, write_workload

TEXTS = 1000  # texts of a column whose format is guessed


def read_code(source: Source, data: Sequence[DataFile] = (), answer: str | None = None) -> Reading:
    """Read code as a workload.

    `data` are files of the frames that the code reads or is given. `answer` chooses the variable
    that is asked for; otherwise all are that no other value is made of. Nothing of the code is run.
    Raises CodeError where the code has no such variable or function, or reads no such file.
    """
    return _CodeReader(source, DataFiles(data), answer).read()


@dataclass(slots=True)
class _CodeReader:
    source: Source
    data: DataFiles
    answer: str | None
    datasets: dict[LoadedFrame, Dataset | None] = field(default_factory=dict)

    def read(self) -> Reading:
        reader = CodeInterpreter(self.find_schema, self.find_texts, self.find_categories)
        tree = self.parse(reader)
        if tree is None:
            return Reading(self.source, (), "", (), tuple(reader.remarks))
        self.data.see(tree, self.source.function)
        wanted = self.run(reader, tree)
        self.check_data(reader)
        return self.write(reader, wanted)

    def check_data(self, reader: CodeInterpreter) -> None:
        """Raise CodeError for a file that no frame is read from."""
        for one in self.data.list_unused() if reader.frames else ():
            known = ", ".join(frame.name for frame in reader.frames)
            given = f"{one.name}={one.path}" if one.name else str(one.path)
            message = f"--data {given}: the code reads no such frame; it reads {known}"
            first = next((one for one in reader.remarks if one.kind == "unread"), None)
            if first is not None:
                message += f"\n{self.source.place(first.line, first.column)}: {first.text}"
            raise CodeError(f"{self.source.path}: {message}")

    def parse(self, reader: CodeInterpreter) -> ast.Module | None:
        """Return the code's syntax; a remark says where a script, or a cell, has none."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(self.source.text)
        except SyntaxError as error:
            words = (error.msg or "invalid syntax").split(" (")[0]
            text = f"not Python: {words[:1].lower()}{words[1:]}"
            reader.remarks.append(Remark(error.lineno or 1, error.offset or 1, text))
            rest = leave_cell_out(self.source, error.lineno or 1)
            if rest is not None:
                self.source = rest
                return self.parse(reader)
        except ValueError as error:
            reader.remarks.append(Remark(1, 1, f"not Python: {error}"))
        except (RecursionError, MemoryError):
            reader.remarks.append(Remark(_find_longest_line(self.source.text), 1, TOO_DEEP))
        return None

    def run(self, reader: CodeInterpreter, tree: ast.Module) -> list[Binding]:
        """Read the statements, and return the values that are asked for."""
        reader.run(tree.body)
        if self.source.function:
            return self.run_function(reader)
        found = [one for one in reader.bindings if _is_answer(one.value)]
        if self.answer is not None:
            named = [one for one in found if one.name == self.answer]
            if not named:
                known = sorted({one.name for one in found if one.name})
                near = suggest(self.answer, known)
                raise CodeError(f"{self.source.path}: no value {self.answer!r} was read{near}")
            return named[-1:]
        leaves = [one for one in found if not one.used or one.shown]
        return leaves or found[-1:]

    def run_function(self, reader: CodeInterpreter) -> list[Binding]:
        """Read the function that is asked for, its parameters as frames that are given."""
        name = self.source.function
        function = reader.scopes[0].get(name)
        if not isinstance(function, CodeFunction) or not isinstance(function.node, ast.FunctionDef):
            known = [
                one for one, value in reader.scopes[0].items() if isinstance(value, CodeFunction)
            ]
            message = f"{self.source.path}: no function {name!r}{suggest(name, known)}"
            raise CodeError(message)
        node = function.node
        required = len(node.args.args) - len(node.args.defaults)
        given: dict[str, Value] = {
            one.arg: reader.declare_frame(one.arg, one) for one in node.args.args[:required]
        }
        try:
            made = reader.enter(node, function, given)
        except UnreadError as error:
            reader.add_remark(error.node, str(error))
            return []
        except (KeyError, KindError) as error:
            reader.add_remark(node, str(error))
            return []
        except RecursionError:
            reader.add_remark(node, TOO_DEEP)
            return []
        return [Binding(name, made, node)] if _is_answer(made) else []

    def find_schema(self, frame: LoadedFrame) -> Schema | None:
        """Return the columns of a file, where it is there."""
        dataset = self.find_dataset(frame)
        return dataset.schema if dataset else None

    def find_texts(self, frame: LoadedFrame, column: str) -> list[str]:
        """Return the first texts of a file's column."""
        dataset = self.find_dataset(frame)
        if dataset is None or column not in dataset.schema:
            return []
        from pyarrow import parquet  # noqa: PLC0415 - few codes need it

        for batch in parquet.ParquetFile(dataset.path).iter_batches(TEXTS, columns=[column]):
            if found := batch.column(0).drop_null().to_pylist():
                return [str(one) for one in found]
        return []

    def find_categories(self, frame: LoadedFrame) -> dict[str, Category]:
        """Return the columns of a file that pandas reads as categories."""
        path = None if frame.parts else self.data.find_path(frame)
        return find_categories(frame, path, self.find_schema(frame))

    def find_dataset(self, frame: LoadedFrame) -> Dataset | None:
        """Return a frame's file as a dataset, where it is there; the file is opened once."""
        if frame not in self.datasets:
            self.datasets[frame] = self.open_dataset(frame)
        return self.datasets[frame]

    def open_dataset(self, frame: LoadedFrame) -> Dataset | None:
        """Return a frame's file as a dataset, where it is there."""
        paths = self.data.find_paths(frame)
        if not paths or not all(path.exists() or is_pattern(path.name) for path in paths):
            return None
        patterns = tuple(map(str, paths))
        files = Files(patterns, Path.cwd(), read_csv_format(read_csv_options(frame)))
        try:
            return make_dataset(files, default_folder(os.environ))
        except DfbenchError:
            return None

    def write(self, reader: CodeInterpreter, wanted: list[Binding]) -> Reading:
        """Return the reading with the queries of the values that are asked for."""
        found = self.name_queries(reader, wanted)
        queries = tuple(one.query for one in found)
        roots = [one.root for one in found]
        # one text for all is read in less time than a text for each
        if found and self.find_mistake(reader, queries, roots):
            found = [one for one in found if self.is_valid(reader, one)]
            queries, roots = tuple(one.query for one in found), [one.root for one in found]
        text = self.write_text(reader, queries, roots) if found else ""
        answers = tuple(one.answer for one in found)
        return Reading(self.source, tuple(reader.frames), text, answers, tuple(reader.remarks))

    def name_queries(self, reader: CodeInterpreter, wanted: list[Binding]) -> list[_Named]:
        """Return the values with their queries, of the file that the last of them is made of.

        Frames that the code makes are such files only where they are given, or no file is there.
        """
        found = [one for one in map(partial(self.query, reader), wanted) if one is not None]
        named: list[_Named] = []
        taken: set[str] = set()
        of = [_find_frame(tuple(reader.frames), root) for _, _, root in found]
        there = any(self.find_dataset(frame) for frame in of)
        main = self.choose_frame(reader, [root for _, _, root in found], of, there=there)
        others: dict[str, list[Binding]] = {}
        for (binding, steps, root), frame in zip(found, of, strict=True):
            node = binding.node
            if frame != main or (there and not self.is_at_hand(reader, root)):
                others.setdefault(frame.name, []).append(binding)
                continue
            name = _query_name(binding, taken)
            taken.add(name)
            line = getattr(node, "lineno", 1)
            shown = binding.code or _take_first_line(node)
            comment = f"{self.source.name_line(line)}: {shown}"
            query = WrittenQuery(name, steps, comment)
            code = binding.code or binding.name or ast.unparse(node)
            filled = _find_filled(binding.value)
            named.append(_Named(query, Answer(name, code, line, filled, frame.name), root, node))
        for other, bindings in others.items():
            reader.note(bindings[0].node, _describe_others(other, bindings))
        return named

    def choose_frame(
        self, reader: CodeInterpreter, roots: list[Rows], of: list[LoadedFrame], *, there: bool
    ) -> LoadedFrame | None:
        """Return the frame whose answers are asked for: that of the last answer that can run.

        Where no file is there and the code makes frames, it is the one with the most answers.
        """
        if not (there or self.data.given) and any(frame.variable for frame in of):
            return max(reversed(of), key=lambda frame: (of.count(frame), not frame.variable))
        given = [
            frame for root, frame in zip(roots, of, strict=True) if self.is_at_hand(reader, root)
        ]
        return (given or of)[-1] if of else None

    def is_at_hand(self, reader: CodeInterpreter, root: Rows) -> bool:
        """Return whether rows are of files that the code reads, or that are given."""
        main = _find_frame(tuple(reader.frames), root)
        names = {main.name, *list_tables(root)}
        used = (one for one in reader.frames if one.name in names)
        return all(not one.variable or self.data.find_path(one) is not None for one in used)

    def query(
        self, reader: CodeInterpreter, binding: Binding
    ) -> tuple[Binding, tuple[Step, ...], Rows] | None:
        """Return a value with the steps that ask for it; None, and a remark, where none can."""
        try:
            binding, steps, root = _choose_steps(binding)
            if complete_orders(root) is not root:
                reader.note(binding.node, TIES)
            elif has_ties(root, demanded=_hides_order(binding.value)):
                reader.note(binding.node, UNSTABLE)
        except UnreadError as error:
            reader.add_remark(error.node, str(error))
        except UnknownColumnsError:
            message = "this needs to know the file's columns: give --data"
            reader.add_remark(binding.node, message)
        except KindError as error:
            reader.add_remark(binding.node, str(error))
        except RecursionError:
            reader.add_remark(binding.node, TOO_DEEP)
        else:
            return binding, steps, root
        return None

    def is_valid(self, reader: CodeInterpreter, named: _Named) -> bool:
        """Return whether the workload language accepts a query; a remark says why it does not."""
        mistake = self.find_mistake(reader, (named.query,), [named.root])
        if mistake:
            reader.add_remark(named.node, f"this has no query: {mistake}")
        return not mistake

    def find_mistake(
        self, reader: CodeInterpreter, queries: tuple[WrittenQuery, ...], roots: list[Rows]
    ) -> str:
        """Return what the workload language has against queries; empty if nothing."""
        try:
            self.read_csv_options(reader, roots)
        except ValueError:
            return "a workload reads all of its CSV files with the same options"
        text = self.write_text(reader, queries, roots)
        try:
            workload = read_text(text, f"{self.source.path} (workload)", Path.cwd())
            schema = self.join_schemas(reader, roots)
            if schema is not None:
                check_columns(workload, schema)
        except WorkloadError as error:
            return error.mistakes[0].message
        except RecursionError:
            return TOO_DEEP
        return ""

    def join_schemas(self, reader: CodeInterpreter, roots: list[Rows]) -> Schema | None:
        """Return the columns of a file and of those that are joined with it."""
        schema = self.find_schema(_find_frame(tuple(reader.frames), roots[-1]))
        tables = tuple(
            (one.name, self.find_schema(one))
            for one in reader.frames
            if one.name in self.list_tables(reader, roots)
        )
        known = tuple((name, one) for name, one in tables if one is not None)
        if schema is None or len(known) < len(tables):
            return None
        return replace(schema, tables=known)

    def list_tables(self, reader: CodeInterpreter, roots: list[Rows]) -> dict[str, list[str]]:
        """Return the files that queries join, by their names."""
        names = frozenset[str]().union(*map(list_tables, roots))
        return {one.name: self.list_files(one) for one in reader.frames if one.name in names}

    def list_files(self, frame: LoadedFrame) -> list[str]:
        """Return the paths of a frame's files, as the workload has them."""
        found = self.data.find_paths(frame)
        return [str(path) for path in found] or [f"{frame.name or 'data'}.parquet"]

    def write_text(
        self, reader: CodeInterpreter, queries: tuple[WrittenQuery, ...], roots: list[Rows]
    ) -> str:
        """Return the text of the workload."""
        frame = _find_frame(tuple(reader.frames), roots[-1])
        stem = re.sub(r"[^A-Za-z0-9_-]", "-", Path(self.source.path).stem).strip("-") or "code"
        about = f"read from {Path(self.source.path).name}"
        tables = tuple(self.list_tables(reader, roots).items())
        options = self.read_csv_options(reader, roots)
        dataset = WrittenDataset(self.list_files(frame), tables, tuple(options.items()))
        return write_workload(stem, about, dataset, queries)

    def read_csv_options(self, reader: CodeInterpreter, roots: list[Rows]) -> dict[str, Any]:
        """Return the options of the CSV files that queries read; ValueError if they differ."""
        main = _find_frame(tuple(reader.frames), roots[-1])
        tables = self.list_tables(reader, roots)
        frames = [main, *(one for one in reader.frames if one.name in tables)]
        paths = [(frame, self.data.find_paths(frame)) for frame in frames]
        of = [frame for frame, found in paths if found and is_csv(found[0])]
        return unite_csv_options([(read_csv_options(one), self.find_schema(one)) for one in of])


@dataclass(frozen=True, slots=True)
class _Named:
    """A query, the answer that it is of, the rows of its file, and where it stands."""

    query: WrittenQuery
    answer: Answer
    root: Rows
    node: ast.AST


def _find_longest_line(text: str) -> int:
    lines = text.splitlines()
    return 1 + max(range(len(lines)), key=lambda n: len(lines[n]))


def _find_frame(frames: tuple[LoadedFrame, ...], root: Rows) -> LoadedFrame:
    name = cast("Loaded", root_of(root).origin).name
    return next(one for one in frames if one.name == name)


def _describe_others(frame: str, bindings: Sequence[Binding]) -> str:
    """Describe the answers that are of another frame than the one whose answers are asked for."""
    lines = ", ".join(dict.fromkeys(str(getattr(one.node, "lineno", 1)) for one in bindings))
    count = len(bindings)
    what = "this value is" if count == 1 else f"{count} values (lines {lines}) are"
    return f"{what} of another file, {frame}; choose {'it' if count == 1 else 'one'} with --answer"


def _find_filled(value: Value) -> float | None:
    """Return what the cells of a wide table without rows have; None where they have nothing."""
    match value:
        case Part("wide", _, (filled, _)):
            return cast("float", filled)
    return None


def _is_answer(value: Value) -> bool:
    """Return whether a value is made of a frame, and is not just one that was loaded."""
    match value:
        case Frame(rows=rows):
            plainly = isinstance(rows.origin, Loaded) and not (rows.where or rows.derived)
            return not plainly or _chooses_columns(value)
        case Series(expr=expr):
            return not isinstance(expr, Col) or not isinstance(value.rows.origin, Loaded)
        case Scalar() | Called() | Part("wide" | "modes" | "places" | "totals"):
            return True
    return False


def _hides_order(value: Value) -> bool:
    """Return whether a value is sorted by a column that it does not have."""
    match value:
        case Frame(rows=rows):
            shown = {*value.outputs.values()}
        case Series(rows=rows):
            shown = {*value.index.values(), *list_columns(value.expr)}
        case _:
            return False
    by = rows.origin.by if isinstance(rows.origin, Sorted) else ()
    return any(key.name not in shown for key in by)


def _chooses_columns(frame: Frame) -> bool:
    """Return whether a frame has some of a file's columns, or other names for them."""
    schema = frame.rows.schema
    if not frame.complete:
        return False
    return schema is None or tuple(frame.outputs.items()) != tuple((n, n) for n in schema.names)


def _choose_steps(binding: Binding) -> tuple[Binding, tuple[Step, ...], Rows]:
    """Return the steps of a value; of a frame whose columns are not known, the assigned one's."""
    try:
        return binding, *_list_steps(binding)
    except (UnreadError, UnknownColumnsError):
        match binding:
            case Binding(name, Frame(complete=False) as frame, column=str(label)) if name:
                column = take_column(frame, label, frame.columns[label])
                code = f"{name}[{label!r}]"
                alone = replace(binding, name=label, value=column, code=code)
                return alone, *_list_steps(alone)
        raise


def _list_steps(binding: Binding) -> tuple[tuple[Step, ...], Rows]:
    value, node = binding.value, binding.node
    match value:
        case Scalar(rows, expr, keys):
            name = binding.name or "value"
            made = aggregate(rows, keys, (Output(name, expr),))
            return write_steps(made, (Output(name, Col(name)),)), made
        case Series():
            value = materialize(value, binding.name or None)
            name = label_name(value.name, binding.name or "value")
            index = tuple(Output(one, Col(one)) for one in value.index.values())
            name = choose_fresh_name(name, {*value.index.values()})
            return write_steps(value.rows, (*index, Output(name, value.expr))), value.rows
        case Part("wide"):
            return _list_steps(replace(binding, value=leave_filled_out(value)))
        case Part("totals"):
            rows, outputs = write_totals(value, node)
            chosen = tuple(Output(one.name, Col(one.name)) for one in outputs)
            return write_steps(rows, chosen), rows
        case Part("modes"):
            raise UnreadError(node, ONE_MODE)
        case Part("places"):
            message = "rows have no labels in a workload; take them: df.loc[groups.idxmax()]"
            raise UnreadError(node, message)
        case Frame():
            return write_steps(value.rows, _list_frame_outputs(value, node)), value.rows
        case Called():
            called = {"rows": value.source, "as": value.name or binding.name or "result"}
            return write_call(value.rows, value.columns, called), value.rows
    raise AssertionError(value)


def _list_frame_outputs(frame: Frame, node: ast.AST) -> tuple[Output, ...] | None:
    for name in frame.outputs.values():
        if name in frame.unread:
            raise UnreadError(node, frame.unread[name])
    if not frame.complete:
        changed = [label for label, name in frame.outputs.items() if label != name]
        if changed or frame.dropped:
            raise UnreadError(node, "the answer's columns are not known: give --data")
        return None
    found: dict[str, str] = {}
    for label, name in (*frame.index.items(), *frame.columns.items()):
        shown = label_name(label, name)
        found[shown if shown not in found else f"{shown}_2"] = name
    return tuple(Output(shown, Col(name)) for shown, name in found.items())


def _query_name(binding: Binding, taken: set[str]) -> str:
    wanted = re.sub(r"[^A-Za-z0-9_-]", "_", binding.name) or "answer"
    return choose_fresh_name(wanted, taken)


def _take_first_line(node: ast.AST) -> str:
    text = ast.unparse(node).split("\n")[0]
    return text if len(text) <= 80 else f"{text[:79]}…"
