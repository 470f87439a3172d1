"""Read the values of one mapping; a value of the wrong type is a mistake."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from .document import Fields, ListNode, Log, Node, Position, TextNode
from .grammar import Key
from .quantities import parse_duration, parse_number, parse_percent, parse_size
from .vocabulary import suggest

WORD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,79}")  # names become names of files
ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")  # https://, s3://
TABLE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")  # tables become variables of programs
LARGEST = 2**63 - 1
Number = TypeVar("Number", int, float)


@dataclass(frozen=True, slots=True)
class Section:
    """A mapping of a workload whose keys are known.

    `sound` is False where a key is unknown: what seems to be missing may be just that.
    """

    log: Log
    place: Position
    what: str
    values: Mapping[str, Node]
    sound: bool = True

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def add_missing(self, message: str) -> None:
        """Add a mistake for a missing key, unless an unknown key may be a misspelling of it."""
        if self.sound:
            self.log.add(self.place, message)

    def at(self, key: str) -> Position:
        """Return the place of a key's value, or of the whole where it has none."""
        node = self.values.get(key)
        return node.place if node else self.place

    def parse_scalar(self, key: str, wanted: str) -> TextNode | None:
        """Return a single value; a mistake where it is empty, a list or a mapping."""
        match self.values.get(key):
            case None:
                return None
            case TextNode(empty=True) as node:
                self.log.add(node.place, f"{key} is empty; write {wanted}, or leave it out")
            case TextNode() as node:
                return node
            case node:
                self.log.add(node.place, f"{key} needs {wanted}, not {_sort(node)}")
        return None

    def parse_text(self, key: str, default: str = "") -> str:
        """Return a text."""
        node = self.parse_scalar(key, "text")
        return node.text if node else default

    def parse_word(self, key: str, default: str) -> str:
        """Return a name that may also name a file."""
        node = self.parse_scalar(key, "a name")
        if not node:
            return default
        check_word(self.log, node)
        return node.text

    def parse_choice(self, key: str, known: Sequence[str]) -> str:
        """Return one of the known words; the first if the key is left out."""
        wanted = f"{', '.join(known[:-1])} or {known[-1]}"
        node = self.parse_scalar(key, wanted)
        if node and node.text in known:
            return node.text
        if node:
            self.log.add(node.place, f"{key} must be {wanted}, not {node.text!r}")
        return known[0]

    def parse_boolean(self, key: str) -> bool:
        """Return a boolean; false if the key is left out."""
        node = self.parse_scalar(key, "true or false")
        if node and not (node.plain and node.text.lower() in {"true", "false"}):
            self.log.add(node.place, f"{key} must be true or false, not {node.text!r}")
        return node is not None and node.text.lower() == "true"

    def parse_integer(self, key: str, default: int, least: int = 1, most: int = LARGEST) -> int:
        """Return a whole number within bounds."""
        node = self.parse_scalar(key, "a whole number")
        if not node:
            return default
        value = parse_number(node.text) if node.plain else None
        if not isinstance(value, int):
            self.log.add(node.place, f"{key} needs a whole number, not {node.text!r}")
        elif value < least:
            self.log.add(node.place, f"{key} must be at least {least}, not {node.text}")
        elif value > most:
            self.log.add(node.place, f"{key} must be at most {most}, not {node.text}")
        else:
            return value
        return default

    def parse_integer_or(self, key: str, word: str, default: int | None) -> int | None:
        """Return a whole number from 0, or None for the given word."""
        match self.values.get(key):
            case TextNode(text=text) if text == word:
                return None
        return self.parse_integer(key, 0, least=0) if key in self else default

    def read_optional_integer(self, key: str, default: int | None) -> int | None:
        """Return a whole number from 1, or None for YAML's null."""
        if self._parse_null(key):
            return None
        return self.parse_integer(key, 1) if key in self else default

    def parse_bytes(self, key: str) -> int | None:
        """Return bytes, or None for null or where the key is left out."""
        return self._parse_quantity(key, parse_size, None, "a size such as 8GiB")

    def time(self, key: str, default: float | None) -> float | None:
        """Return seconds, or None for null."""
        return self._parse_quantity(key, parse_duration, default, "a time such as 5min")

    def parse_percent(self, key: str) -> float:
        """Return a share, 1 being all; all if the key is left out."""
        return (
            self._parse_quantity(key, parse_percent, 100.0, "a share such as 25%") or 100.0
        ) / 100

    def is_word(self, key: str, word: str) -> bool:
        """Return whether a key's value is the given word."""
        match self.values.get(key):
            case TextNode(text=text) if text == word:
                return True
        return False

    def _parse_null(self, key: str) -> bool:
        match self.values.get(key):
            case TextNode(empty=True, text=text) if text:
                return True
        return False

    def _parse_quantity(
        self, key: str, read: Callable[[str], Number], default: Number | None, wanted: str
    ) -> Number | None:
        if self._parse_null(key):
            return None
        node = self.parse_scalar(key, wanted)
        if not node:
            return default
        try:
            return read(node.text)
        except ValueError as error:
            self.log.add(node.place, str(error))
            return default

    def parse_names(self, key: str) -> tuple[TextNode, ...]:
        """Return a list of texts; one alone needs no brackets."""
        node = self.values.get(key)
        if not isinstance(node, ListNode):
            alone = self.parse_scalar(key, "a name, or a list of names")
            return (alone,) if alone else ()
        if not node.nodes:
            self.log.add(node.place, f"{key} is empty; list at least one name")
        found = tuple(self._parse_names(key, node))
        for i, name in enumerate(found):
            if name.text in {before.text for before in found[:i]}:
                self.log.add(name.place, f"{name.text!r} is listed twice in {key}")
        return found

    def _parse_names(self, key: str, items: ListNode) -> Iterator[TextNode]:
        for item in items.nodes:
            if isinstance(item, TextNode) and not item.empty:
                yield item
            else:
                self.log.add(item.place, f"{key} must list names, not {_sort(item)}")

    def parse_items(self, key: str, wanted: str) -> tuple[Node, ...]:
        """Return the entries of a list."""
        match self.values.get(key):
            case ListNode(_, nodes) if nodes:
                return nodes
            case node:
                given = _sort(node) if node else "nothing"
                self.log.add(self.at(key), f"{key} needs {wanted}, not {given}")
        return ()

    def parse_one_or_more(self, key: str, wanted: str) -> tuple[Node, ...]:
        """Return the entries of a list, or the only value, which needs no list."""
        node = self.values.get(key)
        return (
            self.parse_items(key, wanted) if isinstance(node, ListNode) or node is None else (node,)
        )

    def parse_pairs(self, key: str, wanted: str) -> tuple[tuple[TextNode, Node], ...]:
        """Return the entries of a mapping whose keys are free."""
        match self.values.get(key):
            case None:
                return ()
            case Fields(_, pairs) as node:
                if not pairs:
                    self.log.add(node.place, f"{key} is empty; write {wanted}")
                return tuple(pair for pair in pairs if self._check_name(key, pair[0]))
            case node:
                self.log.add(node.place, f"{key} needs {wanted}, not {_sort(node)}")
        return ()

    def _check_name(self, key: str, name: TextNode) -> bool:
        if not name.text:
            self.log.add(name.place, f"a name is missing in {key}")
        return bool(name.text)


def open_section(log: Log, node: Node, what: str, keys: Mapping[str, Key]) -> Section:
    """Return the section of a mapping; unknown and missing keys are mistakes."""
    if not isinstance(node, Fields):
        log.add(node.place, f"{what} needs keys{_suggest_key(node, keys)}")
        return Section(log, node.place, what, {}, sound=False)
    unknown = [name for name, _ in node.pairs if name.text not in keys]
    for name in unknown:
        log.add(name.place, f"unknown key {name.text!r} in {what}{suggest(name.text, keys)}")
    values = {name.text: value for name, value in node.pairs if name.text in keys}
    found = Section(log, node.place, what, values, sound=not unknown)
    for key, about in keys.items():
        if about.required and key not in values:
            found.add_missing(f"{what} needs {key!r}")
    return found


def _suggest_key(node: Node, keys: Mapping[str, Key]) -> str:
    """Return what ends a message about a value that stands where keys are needed."""
    first = next(iter(keys))
    if not isinstance(node, TextNode) or node.empty or " " in node.text:
        return f" such as {first!r}, not {_sort(node)}"
    key = "files" if "files" in keys and not node.text.isidentifier() else first
    return f", not {_sort(node)} alone; write {{{key}: {node.text}}}"


def check_word(log: Log, node: TextNode) -> None:
    """Report a name that cannot be the name of a file."""
    if not WORD.fullmatch(node.text):
        message = "use letters, digits, _ and - only, because it becomes a file name"
        log.add(node.place, f"invalid name {node.text!r}: {message}")


def _sort(node: Node) -> str:
    match node:
        case ListNode():
            return "a list"
        case Fields():
            return "a mapping"
        case TextNode(empty=True):
            return "nothing"
        case TextNode(text=text):
            return repr(text if len(text) <= 40 else text[:37] + "...")
