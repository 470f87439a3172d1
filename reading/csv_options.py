"""Options of `read_csv` as those of a workload's dataset."""

from __future__ import annotations

import ast
import codecs
from collections.abc import Iterator, Sequence
from typing import Any

from ..spec.schema import Schema
from ..spec.workload import CsvFormat
from .model import LoadedFrame

TEXTS = {"str", "string", "object"}


def list_options(frame: LoadedFrame) -> dict[str, Any]:
    """Return the constant arguments of the call that reads a file."""
    found = {}
    for name, text in frame.options:
        try:
            found[name] = ast.literal_eval(text)
        except ValueError:
            continue
    return found


def find_csv_mistake(options: dict[str, Any]) -> str:
    """Return which option no dataset has, as a sentence; empty if there is none."""
    for name in ("sep", "delimiter", "decimal", "thousands", "comment", "quotechar"):
        value = options.get(name)
        if value is not None and not (isinstance(value, str) and len(value) == 1):
            return f"read_csv with {name}={value!r} is not read: a workload has one character"
    if isinstance(options.get("na_values"), dict):
        return "na_values is read as words for all columns, not by column"
    encoding = options.get("encoding")
    if encoding is not None and not _is_encoding(encoding):
        return f"read_csv with encoding={encoding!r} is not read: no such encoding of text"
    return ""


def _is_encoding(name: object) -> bool:
    try:
        return isinstance(name, str) and codecs.lookup(name).name != "unicode_escape"
    except LookupError:
        return False


def read_csv_options(frame: LoadedFrame) -> dict[str, Any]:
    """Return the dataset's options for those of `read_csv`."""
    options = list_options(frame)
    if options.get("header", 0) is None or ("names" in options and "header" not in options):
        options["header"] = False
    else:
        options.pop("header", None)
    return dict(_read_dataset_options(options))


def unite_csv_options(files: Sequence[tuple[dict[str, Any], Schema | None]]) -> dict[str, Any]:
    """Return the options of all files: of what is stated by column, each file has its own.

    Raises ValueError where files have other options, or a column of one that is stated of another.
    """
    united: dict[Any, Any] = {}
    for options, _ in files:
        for name, value in _flatten(options):
            if united.setdefault(name, value) != value:
                raise ValueError(name)
    for options, schema in files:
        own = {name for name, _ in _flatten(options)}
        for name in united.keys() - own:
            if not isinstance(name, tuple) or schema is None or name[1] in schema:
                raise ValueError(name)
    made = {name: value for name, value in united.items() if isinstance(name, str)}
    inner = dict(made.pop("csv", ()))
    for name in (name for name in united if isinstance(name, tuple)):
        inner.setdefault(name[0], {})[name[1]] = united[name]
    return {**made, "csv": inner} if inner else made


def _flatten(options: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Yield the options; those that are stated by column under their kind and the column."""
    inner = options.get("csv", {})
    for kind in ("types", "dates"):
        yield from (((kind, column), value) for column, value in inner.get(kind, {}).items())
    yield "csv", {name: one for name, one in inner.items() if name not in {"types", "dates"}}
    yield from ((name, value) for name, value in options.items() if name != "csv")


def _read_dataset_options(options: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    given = {name: value for name, value in options.items() if value is not None}
    words = {"sep": "delimiter", "delimiter": "delimiter", "quotechar": "quote"}
    for name, value in given.items():
        if name in {*words, "decimal", "header"}:
            yield words.get(name, name), value
        elif name == "na_values":
            yield "missing", [value] if isinstance(value, str) else [str(one) for one in value]
    names = ("encoding", "thousands", "comment")
    inner: dict[str, Any] = {name: given[name] for name in names if name in given}
    types, days = _read_texts(given.get("dtype")), given.get("parse_dates")
    if types:
        inner["types"] = types
    form = given.get("date_format")
    if isinstance(form, dict):
        inner["dates"] = form
    elif form and isinstance(days, list | tuple):
        inner["dates"] = dict.fromkeys(days, form)
    if inner:
        yield "csv", inner


def _read_texts(kinds: object) -> dict[str, str]:
    if not isinstance(kinds, dict):
        return {}
    return {name: "string" for name, kind in kinds.items() if kind in TEXTS}


def read_csv_format(options: dict[str, Any]) -> CsvFormat:
    """Return a dataset's options as the format of its files."""
    inner = options.get("csv", {})
    missing = options.get("missing")
    return CsvFormat(
        delimiter=options.get("delimiter"),
        quote=options.get("quote", '"'),
        decimal=options.get("decimal", "."),
        header=options.get("header", True),
        missing=None if missing is None else tuple(missing),
        encoding=inner.get("encoding"),
        thousands=inner.get("thousands"),
        comment=inner.get("comment"),
        types=tuple(inner.get("types", {}).items()),
        dates=tuple(inner.get("dates", {}).items()),
        whole=False,
    )
