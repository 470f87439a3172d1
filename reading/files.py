"""Files that the code reads, with their options."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import cast

from .calls import CodeCall, to_python
from .csv_options import TEXTS, find_csv_mistake, list_options
from .date_texts import guess_format
from .model import LoadedFrame
from .selection import slice_rows
from .values import (
    Const,
    Frame,
    Library,
    Mapping,
    Part,
    Value,
)

READERS = ("read_csv", "read_parquet", "read_table", "read_feather")


# Options of read_csv that change nothing in what a workload reads, or that its dataset has.
READ_SILENTLY = {
    *("low_memory", "engine", "memory_map", "dtype_backend", "infer_datetime_format"),
    *("cache_dates", "path", "filepath_or_buffer", "sep", "delimiter", "decimal", "thousands"),
    *("comment", "encoding", "quotechar", "na_values", "parse_dates", "date_format", "dtype"),
}


DATES = "of the texts of these dates pandas guesses no one format: give date_format"


# The path of each file that a pattern matches, and the rows of each: `pd.concat` takes them.
PATHS, PATH, EACH = "paths", "path", "rows of each file"


def list_paths(call: CodeCall) -> Part:
    """Read `glob.glob(pattern)`: the files that a pattern matches."""
    pattern = call.read_constant("pathname")
    if not isinstance(pattern, str):
        raise call.fail("glob is read with a constant pattern")
    return Part(PATHS, Const(pattern))


def list_paths_in(call: CodeCall, folder: Part) -> Part:
    """Read `Path(folder).glob(pattern)`."""
    pattern = f"{cast('Const', folder.owner).value}/{call.read_constant('pattern')}"
    return Part(PATHS, Const(pattern.removeprefix("./")))


def read_folder(call: CodeCall) -> Part:
    """Read `Path(folder)`."""
    return Part("folder", Const(call.read_constant("path", ".")))


def join_paths(call: CodeCall) -> Const:
    """Read `os.path.join(folder, name)` of constants."""
    parts = [to_python(one, call.node, "a part of a path") for one in call.read_items("*")]
    return Const("/".join(part.rstrip("/") for part in parts[:-1]) + f"/{parts[-1]}")


def read_file(call: CodeCall) -> Value:
    """Read `pd.read_csv(…)` and the like."""
    path = call.read_value("path" if call.has("path") else "filepath_or_buffer")
    match path:
        case Const(str() as name):
            return _read_file(call, name)
        case Part("path", Const(str() as pattern)):
            return Part(EACH, _read_file(call, pattern))
        case Part("folder", Const(str() as name)):
            return _read_file(call, name)
    raise call.fail("the file's path must be a constant text")


def _read_file(call: CodeCall, path: str) -> Frame:
    node = call.node
    given = [pair for pair in call.given.items() if not isinstance(pair[1], Part)]
    options = tuple((name, _find_text(call, name, value)) for name, value in given)
    reader = call.name.removeprefix("pd.")
    end = node.end_lineno or node.lineno
    found = LoadedFrame(_choose_table_name(path), path, reader, options, node.lineno, end)
    if mistake := find_csv_mistake(list_options(found)):
        raise call.fail(mistake)
    found, texts = _guess_dates(call, found)
    frame = _name_columns(call, call.reader.load(found))
    for label in texts:
        frame = frame.without(label, DATES)
    _check_types(call, frame)
    frame = _choose_columns(call, frame)
    call.used |= READ_SILENTLY
    if call.has("nrows"):
        frame = slice_rows(node, frame, slice(None, call.read_constant("nrows")))
    return _set_index(call, frame) if "index_col" in call.given else frame


def _guess_dates(call: CodeCall, found: LoadedFrame) -> tuple[LoadedFrame, list[str]]:
    """Return a file with the formats of dates that pandas guesses, and the columns without one."""
    schema = call.reader.schema_of(found)
    if schema is None or call.has("date_format"):
        return found, []
    names = [name for name in _list_dates(call, list(schema.names)) if name in schema]
    texts = [name for name in names if schema[name].kind == "string"]
    guessed = {name: guess_format(call.reader.find_texts(found, name)) for name in texts}
    forms = {name: form for name, form in guessed.items() if form}
    if forms:
        option = ("date_format", repr(forms))
        found = replace(found, options=(*found.options, option))
    return found, [name for name in texts if name not in forms]


def _list_dates(call: CodeCall, columns: list[str]) -> list[str]:
    """Return the columns that `parse_dates` names, or that of the index where it is True."""
    wanted = call.read_constant("parse_dates")
    if wanted is True:
        wanted = [call.read_constant("index_col")]
    if not isinstance(wanted, list | tuple):
        return []
    places = dict(enumerate(columns))
    return [places.get(one, str(one)) if isinstance(one, int) else str(one) for one in wanted]


def _set_index(call: CodeCall, frame: Frame) -> Frame:
    """Return a frame whose index is a column of its file, by name or by place."""
    wanted = call.read_constant("index_col")
    if wanted is None or wanted is False:
        return frame
    labels = list(frame.columns)
    if isinstance(wanted, int) and 0 <= wanted < len(labels) and frame.complete:
        wanted = labels[wanted]
    if not isinstance(wanted, str):
        return frame.without_index("to read index_col, the columns have to be known: give --data")
    name = call.reader.require_column(call.node, frame, wanted)
    columns = {one: known for one, known in frame.columns.items() if one != wanted}
    return replace(frame, columns=columns, index={wanted: name}, dropped=frozenset({wanted}))


def _find_text(call: CodeCall, name: str, value: Value) -> str:
    """Return an argument as text: the value of a constant, else the code's own."""
    match value:
        case Const(found):
            return repr(found)
        case Mapping(pairs):
            return repr({key: _find_word(one) for key, one in pairs})
    return next((ast.unparse(one.value) for one in call.node.keywords if one.arg == name), "")


def _find_word(value: Value) -> object:
    match value:
        case Const(found):
            return found
        case Library(name):
            return name.rpartition(".")[2]
    return None


def _name_columns(call: CodeCall, frame: Frame) -> Frame:
    """Return a frame with the names that the call has for columns, or numbers without a header."""
    named = call.has("names")
    header = call.read_constant("header", None if named else "infer")
    names = call.read_names("names")
    if header not in {None, 0, "infer"} or (header == "infer" and named):
        raise call.fail("header is read as None or 0; leave it out")
    if header is not None and not named:
        return frame
    own = list(frame.columns.values())
    if not own and (header == 0 or not named):
        raise call.fail("to name these columns, they have to be known: give --data")
    own = own or [f"column_{number}" for number in range(1, len(names) + 1)]
    labels = names or list(range(len(own)))
    if len(labels) != len(own):
        raise call.fail(f"the file has {len(own)} columns; name each")
    return replace(frame, columns=dict(zip(labels, own, strict=True)), complete=True)


def _check_types(call: CodeCall, frame: Frame) -> None:
    """Refuse a text column that the workload would read as numbers."""
    kinds = call.given.get("dtype")
    match kinds:
        case None:
            return
        case Const(dict() as given):
            texts = [label for label, name in given.items() if name in {*TEXTS, "category"}]
        case Mapping(pairs):
            texts = [label for label, kind in pairs if _find_word(kind) in TEXTS]
        case Library("builtins.str") | Const("str" | "string" | "object"):
            raise call.fail("dtype of text is read by column: dtype={'zip': 'str'}")
        case Const("category"):
            texts = list(frame.columns)
        case _:
            return
    for label in texts:
        name, schema = frame.columns.get(label), frame.rows.schema
        if schema is not None and name is not None and schema[name].kind != "string":
            raise call.fail(f"{label!r} is not text in the file that is given; leave dtype out")


def _choose_columns(call: CodeCall, frame: Frame) -> Frame:
    labels = call.read_names("usecols") or call.read_names("columns")
    if not labels:
        return frame
    if not all(isinstance(label, str) for label in labels):
        raise call.fail("usecols is read with the names of columns")
    if frame.complete:
        labels = [label for label in frame.columns if label in labels]
    for label in labels:
        call.reader.require_column(call.node, frame, label)
    return replace(frame, columns={label: label for label in labels}, complete=True)


def _choose_table_name(path: str) -> str:
    stem = path.replace("\\", "/").rpartition("/")[2].partition(".")[0]
    word = "".join(sign if sign.isalnum() and sign.isascii() else "_" for sign in stem).strip("_")
    return word if word and word[0].isalpha() else f"data_{word}".rstrip("_")
