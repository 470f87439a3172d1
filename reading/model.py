"""What reading code returns: where it came from, what it loads, what it asks, and remarks."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from .categories import Category


@dataclass(frozen=True, slots=True)
class Source:
    """Code to read: a script, a function of one, a notebook, or standard input.

    `path` is what messages call it; `function` is empty where the whole text is read. `lines` has
    the place of each line of a notebook's joined cells, as (cell, line); it is empty elsewhere.
    """

    path: str
    text: str
    function: str = ""
    lines: tuple[tuple[int, int], ...] = ()

    def name_line(self, line: int) -> str:
        """Return a line for comments: `line LINE`, in a notebook `cell N, line LINE`."""
        if 0 < line <= len(self.lines):
            cell, inside = self.lines[line - 1]
            return f"cell {cell}, line {inside}"
        return f"line {line}"

    def place(self, line: int, column: int) -> str:
        """Return a place for messages: `FILE:LINE:COLUMN`, in a notebook `FILE:cell N:LINE:…`."""
        if 0 < line <= len(self.lines):
            cell, inside = self.lines[line - 1]
            return f"{self.path}:cell {cell}:{inside}:{column}"
        return f"{self.path}:{line}:{column}"


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file for a frame of the code; without `name`, for one that reads it, or the next one."""

    path: Path
    name: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about a part of the code; lines and columns count from 1.

    `unread` is code that the workload language cannot express, with the nearest thing that it can;
    `skipped` is code that no answer needs, such as plots, prints and imports. `note` is what pandas
    answers beside what is read.
    """

    line: int
    column: int
    text: str
    kind: Literal["unread", "skipped", "note"] = "unread"


@dataclass(frozen=True, slots=True)
class LoadedFrame:
    """A frame that the code reads from a file, or is given: a parameter, a name of a notebook.

    `file` is the path as the code has it, empty for a frame that is given; `reader` is pandas'
    function (`read_csv`), `options` its arguments as source text. `variable` is the name of a frame
    that code makes which is not read: what follows its line is read of the rows that it has then.
    `categories` are the columns that pandas reads as such. `parts` are the frames of files whose
    rows `pd.concat` puts below each other, `reader` and `options` then those of each of them.
    """

    name: str
    file: str
    reader: str
    options: tuple[tuple[str, str], ...]
    line: int
    end_line: int
    variable: str = ""
    categories: tuple[tuple[str, Category], ...] = field(default=(), compare=False)
    parts: tuple[LoadedFrame, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A query of the workload, and the variable or expression of the code that has its answer.

    The query's columns are those of pandas' `reset_index()`, in its order (a default index is
    left out); their names are pandas' where the language can have them. `filled` is what pandas
    has in the cells of a wide table that have no rows: the query leaves such cells out. `frame` is
    the frame that it is of.
    """

    query: str
    expression: str
    line: int
    filled: float | None = None
    frame: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of the code; `workload` is YAML text, empty where nothing was read."""

    source: Source
    frames: tuple[LoadedFrame, ...]
    workload: str
    answers: tuple[Answer, ...]
    remarks: tuple[Remark, ...]
