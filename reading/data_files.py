"""The files that are given for the frames of code: by name, by the file's name, or in order."""

from __future__ import annotations

import ast
import fnmatch
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..datasets.source_files import is_pattern
from .model import DataFile, LoadedFrame

_NAMED = re.compile(r"([A-Za-z_]\w*)=(.+)")


def parse_data(words: Sequence[str]) -> tuple[DataFile, ...]:
    """Return the files of `--data FILE` and `--data NAME=FILE`."""
    return tuple(map(_parse_word, words))


def _parse_word(word: str) -> DataFile:
    found = None if Path(word).exists() else _NAMED.fullmatch(word)
    return DataFile(Path(found[2]), found[1]) if found else DataFile(Path(word))


@dataclass(slots=True)
class DataFiles:
    """Chooses the file of each frame, in the order in which the code loads them."""

    given: Sequence[DataFile]
    variables: dict[int, str] = field(default_factory=dict)
    reserved: frozenset[str] = frozenset()
    has_parameters: bool = False
    chosen: dict[LoadedFrame, DataFile | None] = field(default_factory=dict)
    matched: list[DataFile] = field(default_factory=list)

    def see(self, tree: ast.Module, function: str = "") -> None:
        """Note the variables that calls are assigned to, and the names of files in the code."""
        asked = [one for one in tree.body if isinstance(one, ast.FunctionDef)]
        parameters = {arg.arg for one in asked if one.name == function for arg in one.args.args}
        self.has_parameters = bool(parameters)
        nodes = [*ast.walk(tree)]
        self.variables = dict(_list_assigned_lines(nodes))
        texts = {one.value for one in nodes if isinstance(one, ast.Constant)}
        named = {_strip_suffix(text) for text in texts if isinstance(text, str)}
        self.reserved = frozenset(named | parameters)

    def find_path(self, frame: LoadedFrame) -> Path | None:
        """Return a frame's file: one that is given, or the one that the code reads."""
        if frame not in self.chosen:
            self.chosen[frame] = self.choose(frame)
        found = self.chosen[frame]
        if found is not None:
            return found.path
        return Path(frame.file) if frame.file else None

    def find_paths(self, frame: LoadedFrame) -> tuple[Path, ...]:
        """Return a frame's files; several where the code puts their rows below each other."""
        if not frame.parts:
            found = self.find_path(frame)
            return self.find_matching(frame) or ((found,) if found else ())
        if len(self.given) == 1 and not self.given[0].name:
            self.chosen.update(dict.fromkeys(frame.parts, self.given[0]))
        every = (path for part in frame.parts for path in self.find_paths(part))
        return tuple(dict.fromkeys(every))

    def find_matching(self, frame: LoadedFrame) -> tuple[Path, ...]:
        """Return the files that are given for a pattern, by their names."""
        pattern = Path(frame.file).name
        if not is_pattern(pattern):
            return ()
        found = [one for one in self.given if fnmatch.fnmatch(one.path.name, pattern)]
        self.matched += found
        return tuple(one.path for one in found)

    def choose(self, frame: LoadedFrame) -> DataFile | None:
        """Return the file for a frame; None where none is given for it."""
        if frame.variable:
            return next((one for one in self.given if one.name == frame.name), None)
        names = {frame.name, self.variables.get(frame.line, frame.name)}
        unnamed = [one for one in self.given if not one.name]
        fitting = [one for one in self.given if one.name in names]
        fitting += [one for one in unnamed if one.path.name == Path(frame.file).name]
        stem = _strip_suffix(frame.file) or (frame.name if self.has_parameters else "")
        fitting += [one for one in unnamed if _strip_suffix(str(one.path)) == stem]
        if not (self.has_parameters and frame.file):  # a function's frames are its parameters
            fitting += [one for one in unnamed if self.is_free(one)]
        if not frame.file and (self.has_parameters or len(unnamed) == 1):
            # a parameter may have the file that the script reads, too
            shared = self.has_parameters
            taken = [one for other, one in self.chosen.items() if not (shared and other.file)]
            fitting += [one for one in unnamed if one not in taken]
        return next(iter(fitting), None)

    def is_free(self, one: DataFile) -> bool:
        """Return whether a file is neither chosen yet, nor named in the code."""
        return one not in self.chosen.values() and _strip_suffix(str(one.path)) not in self.reserved

    def list_unused(self) -> list[DataFile]:
        """Return the files that no frame is read from."""
        taken = [*self.chosen.values(), *self.matched]
        return [one for one in self.given if one not in taken]


def _list_assigned_lines(nodes: list[ast.AST]) -> Iterator[tuple[int, str]]:
    for node in nodes:
        match node:
            case ast.Assign([ast.Name(name)], value):
                for part in ast.walk(value):
                    if isinstance(part, ast.Call):
                        yield part.lineno, name


def _strip_suffix(file: str) -> str:
    return file.replace("\\", "/").rpartition("/")[2].partition(".")[0]
