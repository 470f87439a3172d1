"""Read how CSV files are written: their encoding, their signs, and the types of their columns."""

from __future__ import annotations

import codecs
import re

from .document import Fields, TextNode
from .fields import Section, open_section
from .grammar import CSV, CSV_FORMAT, TYPES
from .settings import RULES
from .workload import CsvFormat

CLOCK = re.compile("%[HMS]")


def has_clock(form: str) -> bool:
    """Return whether a format of times has more than days."""
    return CLOCK.search(form) is not None


def read_csv_format(dataset: Section) -> CsvFormat:
    """Return the format that a dataset's own keys and those of its `csv` describe."""
    node = dataset.values.get("csv") or Fields(dataset.place, ())
    inner = open_section(dataset.log, node, "csv", CSV_FORMAT)
    for key in inner.values:
        if key in dataset:
            dataset.log.add(inner.at(key), f"{key} is given twice: in the dataset, and in csv")
    own = {key: dataset.values[key] for key in CSV if key in dataset and key != "csv"}
    given = Section(dataset.log, dataset.place, "csv", {**own, **inner.values})
    delimiter, quote = _sign(given, "delimiter", "tab"), _sign(given, "quote", "none")
    decimal, thousands = _sign(given, "decimal") or CsvFormat().decimal, _sign(given, "thousands")
    if thousands == decimal:
        dataset.log.add(given.at("thousands"), "thousands and decimal need two different signs")
    return CsvFormat(
        delimiter="\t" if delimiter == "tab" else delimiter,
        quote="" if quote == "none" else quote or CsvFormat().quote,
        decimal=decimal,
        header="header" not in given or given.parse_boolean("header"),
        missing=tuple(w.text for w in given.parse_names("missing")) if "missing" in given else None,
        encoding=_read_encoding(given),
        thousands=thousands,
        comment=_sign(given, "comment"),
        types=_read_types(given),
        dates=_parse_dates(given),
        whole="tables" not in dataset,
    )


def _sign(given: Section, key: str, word: str = "") -> str | None:
    node = given.parse_scalar(key, "one character")
    if node is None or node.text == word or (len(node.text) == 1 and node.text.isascii()):
        return node.text if node else None
    other = f" or {word}" if word else ""
    given.log.add(node.place, f"{key} must be one character{other}, not {node.text!r}")
    return None


def _read_encoding(given: Section) -> str | None:
    node = given.parse_scalar("encoding", "the name of an encoding")
    if node is None:
        return None
    try:
        "".encode(node.text)
        codecs.getincrementaldecoder(node.text)
    except LookupError:
        message = f"unknown encoding {node.text!r}; use a name such as latin-1, cp1252 or utf-16"
        given.log.add(node.place, message)
        return None
    return None if codecs.lookup(node.text).name == "utf-8" else node.text


def _read_types(given: Section) -> tuple[tuple[str, str], ...]:
    found = []
    for name, node in given.parse_pairs("types", "a mapping of columns to types"):
        if isinstance(node, TextNode) and node.text in TYPES:
            found.append((name.text, node.text))
        else:
            message = f"the type of {name.text!r} must be one of: {', '.join(TYPES)}"
            given.log.add(node.place, message)
    return tuple(found)


def _parse_dates(given: Section) -> tuple[tuple[str, str], ...]:
    found, typed = [], dict(_read_types(given))
    rule = RULES["format"]
    for name, node in given.parse_pairs("dates", "a mapping of columns to formats"):
        if name.text in typed:
            given.log.add(name.place, f"{name.text!r} has a type, and a format of dates; keep one")
        elif isinstance(node, TextNode) and rule.allows(node.text):
            found.append((name.text, node.text))
        else:
            given.log.add(node.place, f"{name.text!r} needs {rule.needs}")
    return tuple(found)
