"""Programs that a person wrote: `programs:` of a workload, each a file and what to call in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .document import Fields, Log, Node, Origin, TextNode
from .fields import Section, check_word, open_section
from .grammar import PROGRAM
from .vocabulary import suggest
from .workload import OwnProgram

# A module that has all three loads its data itself.
WHOLE = frozenset({"load", "query", "rows"})
# The engines whose frame a function gets, by the module that its file imports; the first counts.
LIBRARIES = ("modin", "polars", "duckdb", "dask", "datatable", "pandas")


@dataclass(frozen=True, slots=True)
class ProgramReader:
    """Reads `programs`; mistakes are logged at their place, those of a file in that file."""

    log: Log
    folder: Path

    def read(self, given: Section) -> Iterator[OwnProgram]:
        """Yield the programs under their names."""
        for name, node in given.parse_pairs("programs", "a mapping of names to files"):
            check_word(self.log, name)
            found = self._read_program(name.text, node)
            if found:
                yield found

    def _read_program(self, name: str, node: Node) -> OwnProgram | None:
        if isinstance(node, Fields):
            section = open_section(self.log, node, f"program {name}", PROGRAM)
            file = section.parse_scalar("file", "a Python file")
            asked, engine = section.parse_scalar("function", "a name"), section.parse_text("engine")
            function = asked.text if asked else ""
        else:
            file = self._parse_scalar(name, node)
            asked, engine, function = file, "", ""
        if file is None:
            return None
        path, colon, after = file.text.rpartition(":")
        if not isinstance(node, Fields) and colon and after.isidentifier():
            return self._read_file(name, file, path, after, engine)
        return self._read_file(name, file, file.text, function, engine)

    def _parse_scalar(self, name: str, node: Node) -> TextNode | None:
        if isinstance(node, TextNode) and not node.empty:
            return node
        self.log.add(node.place, f"program {name} needs a Python file, such as fast.py:query")
        return None

    def _read_file(
        self, name: str, node: TextNode, file: str, function: str, engine: str
    ) -> OwnProgram | None:
        if not self.log.python:
            message = "--no-python refuses programs, because they run on this machine"
            self.log.add(node.place, message)
            return None
        path = (self.folder if node.place.origin.placed else Path.cwd()) / file
        source = self._read_text(node, path)
        tree = None if source is None else self._parse(path, source)
        if source is None or tree is None:
            return None
        functions = tuple(one.name for one in tree.body if isinstance(one, ast.FunctionDef))
        if function and function not in functions:
            message = f"{file} has no function {function!r}{suggest(function, functions)}"
            self.log.add(node.place, message)
            return None
        whole = not function and set(functions) >= WHOLE
        found = engine or find_library(tree)
        if not whole and not found:
            names = ", ".join(sorted(LIBRARIES))
            message = f"{file} imports none of these engines; name one under 'engine'"
            self.log.add(node.place, f"{message}: {names}")
        elif not whole and found not in LIBRARIES:
            message = f"a function cannot get a frame of {found!r}{suggest(found, LIBRARIES)}"
            self.log.add(node.place, f"{message}; write load, query and rows for another engine")
        elif not functions:
            message = "defines no function; give one that takes a frame and returns the answer"
            self.log.add(node.place, f"{file} {message}")
        return OwnProgram(name, path, source, functions, function, found, whole)

    def _read_text(self, node: TextNode, path: Path) -> str | None:
        try:
            return path.read_text(encoding="utf-8-sig")
        except OSError as error:
            self.log.add(node.place, f"{path} cannot be read: {error.strerror}")
        except ValueError:
            self.log.add(node.place, f"{path} is not UTF-8 text; save it as UTF-8")
        return None

    def _parse(self, path: Path, source: str) -> ast.Module | None:
        try:
            return ast.parse(source)
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", 1) or 1
            start = sum(len(one) for one in source.splitlines(keepends=True)[: line - 1])
            offset = start + max(0, (getattr(error, "offset", 1) or 1) - 1)
            origin = Origin(str(path), source)
            self.log.found.append(
                origin.describe_mistake(
                    min(offset, len(source)), f"not Python: {getattr(error, 'msg', error)}"
                )
            )
        return None


def find_library(tree: ast.Module) -> str:
    """Return the engine whose library a module imports first; empty where it imports none."""
    imported = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                imported |= {one.name.partition(".")[0] for one in names}
            case ast.ImportFrom(module=str(module)):
                imported.add(module.partition(".")[0])
    return next((engine for engine in LIBRARIES if engine in imported), "")
