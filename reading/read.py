"""From code to a workload: which values it makes, and how a query asks for each."""

from __future__ import annotations

import ast
import os
import re
import warnings
from dataclasses import dataclass
from pathlib import Path

from ..datasets.cache import default_folder
from ..datasets.dataset import make_dataset
from ..errors import CodeError, DfbenchError
from ..spec.expression import Col
from ..spec.reader import check_columns, read_text
from ..spec.schema import Schema
from ..spec.vocabulary import suggest
from ..spec.workload import CsvFormat, Files, Output
from .clauses import Step, write_steps
from .interpreter import Binding, Interpreter
from .model import Answer, LoadedFrame, Reading, Remark, Source
from .operators import label_name, materialize
from .rows import Loaded, aggregate
from .values import Column, Frame, Function, Scalar, UnreadError, Value
from .workload import WrittenDataset, WrittenQuery, write_workload


def read_code(source: Source, data: Path | None = None, answer: str | None = None) -> Reading:
    """Read code as a workload.

    `data` is the file of the frame that the code reads or is given. `answer` chooses the variable
    that is asked for; otherwise all are that no other value is made of. Nothing of the code is run.
    Raises CodeError where the code has no such variable or function.
    """
    return _CodeReader(source, data, answer).read()


@dataclass(slots=True)
class _CodeReader:
    source: Source
    data: Path | None
    answer: str | None

    def read(self) -> Reading:
        reader = Interpreter(self.schema_of)
        tree = self.parse(reader)
        if tree is None:
            return Reading(self.source, (), "", (), tuple(reader.remarks))
        wanted = self.run(reader, tree)
        return self.write(reader, wanted)

    def parse(self, reader: Interpreter) -> ast.Module | None:
        """Return the code's syntax; a remark says where there is none."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(self.source.text)
        except SyntaxError as error:
            words = (error.msg or "invalid syntax").split(" (")[0]
            text = f"not Python: {words[:1].lower()}{words[1:]}"
            reader.remarks.append(Remark(error.lineno or 1, error.offset or 1, text))
        except (ValueError, RecursionError, MemoryError) as error:
            reader.remarks.append(Remark(1, 1, f"not Python: {error}"))
        return None

    def run(self, reader: Interpreter, tree: ast.Module) -> list[Binding]:
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

    def run_function(self, reader: Interpreter) -> list[Binding]:
        """Read the function that is asked for, its parameters as frames that are given."""
        name = self.source.function
        function = reader.scopes[0].get(name)
        if not isinstance(function, Function) or not isinstance(function.node, ast.FunctionDef):
            known = [one for one, value in reader.scopes[0].items() if isinstance(value, Function)]
            message = f"{self.source.path}: no function {name!r}{suggest(name, known)}"
            raise CodeError(message)
        node = function.node
        required = len(node.args.args) - len(node.args.defaults)
        given: dict[str, Value] = {
            one.arg: reader.given(one.arg, one) for one in node.args.args[:required]
        }
        try:
            made = reader.enter(node, function, given)
        except UnreadError as error:
            reader.remark(error.node, str(error))
            return []
        return [Binding(name, made, node)] if _is_answer(made) else []

    def schema_of(self, frame: LoadedFrame) -> Schema | None:
        """Return the columns of a file, where it is there."""
        path = self.path_of(frame)
        if path is None or not path.exists():
            return None
        files = Files((str(path),), Path.cwd(), CsvFormat())
        try:
            return make_dataset(files, default_folder(os.environ)).schema
        except DfbenchError:
            return None

    def path_of(self, frame: LoadedFrame) -> Path | None:
        if self.data is not None:
            return self.data
        return Path(frame.file) if frame.file else None

    def write(self, reader: Interpreter, wanted: list[Binding]) -> Reading:
        """Return the reading with the queries of the values that are asked for."""
        queries: list[WrittenQuery] = []
        answers: list[Answer] = []
        for binding in wanted:
            line = getattr(binding.node, "lineno", 1)
            try:
                steps = _steps_of(binding)
            except UnreadError as error:
                reader.remark(error.node, str(error))
                continue
            name = _query_name(binding, [one.name for one in queries])
            comment = f"line {line}: {_first_line(binding.node)}"
            queries.append(WrittenQuery(name, steps, comment))
            answers.append(Answer(name, binding.name or ast.unparse(binding.node), line))
        frames = tuple(reader.frames)
        text = self.text(frames, tuple(queries)) if queries else ""
        if text:
            workload = read_text(text, f"{self.source.path} (workload)", Path.cwd())
            if (schema := self.schema_of(frames[0])) is not None:
                check_columns(workload, schema)
        return Reading(self.source, frames, text, tuple(answers), tuple(reader.remarks))

    def text(self, frames: tuple[LoadedFrame, ...], queries: tuple[WrittenQuery, ...]) -> str:
        frame = frames[0]
        path = self.path_of(frame)
        file = str(path) if path else f"{frame.name or 'data'}.parquet"
        stem = re.sub(r"[^A-Za-z0-9_-]", "-", Path(self.source.path).stem).strip("-") or "code"
        about = f"read from {Path(self.source.path).name}"
        return write_workload(stem, about, WrittenDataset(file), queries)


def _is_answer(value: Value) -> bool:
    """Return whether a value is made of a frame, and is not just one that was loaded."""
    match value:
        case Frame(rows=rows):
            plainly = isinstance(rows.origin, Loaded) and not (rows.where or rows.derived)
            return not plainly
        case Column(expr=expr):
            return not isinstance(expr, Col) or not isinstance(value.rows.origin, Loaded)
        case Scalar():
            return True
    return False


def _steps_of(binding: Binding) -> tuple[Step, ...]:
    value, node = binding.value, binding.node
    match value:
        case Scalar(rows, expr, keys):
            name = binding.name or "value"
            made = aggregate(rows, keys, (Output(name, expr),))
            return write_steps(made, (Output(name, Col(name)),))
        case Column():
            value = materialize(value, binding.name or None)
            name = label_name(value.name, binding.name or "value")
            index = (Output(one, Col(one)) for one in value.index.values())
            return write_steps(value.rows, (*index, Output(name, value.expr)))
        case Frame():
            return write_steps(value.rows, _frame_outputs(value, node))
    raise AssertionError(value)


def _frame_outputs(frame: Frame, node: ast.AST) -> tuple[Output, ...] | None:
    if not frame.complete:
        changed = [label for label, name in frame.outputs.items() if label != name]
        if changed or frame.dropped:
            raise UnreadError(node, "the answer's columns are not known: give --data")
        return None
    return tuple(
        Output(label if isinstance(label, str) else label_name(label, name), Col(name))
        for label, name in frame.outputs.items()
    )


def _query_name(binding: Binding, taken: list[str]) -> str:
    wanted = re.sub(r"[^A-Za-z0-9_-]", "_", binding.name) or "answer"
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}_{number}", number + 1
    return name


def _first_line(node: ast.AST) -> str:
    text = ast.unparse(node).split("\n")[0]
    return text if len(text) <= 80 else f"{text[:79]}…"
