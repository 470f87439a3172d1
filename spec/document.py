"""A YAML text as nodes that know their places: each character of a value has one in its file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.nodes import Node as RawNode

from ..errors import Mistake, WorkloadError

DEEPEST = 20  # a workload needs seven levels; aliases may point at themselves
MOST = 20_000  # nodes; aliases of aliases multiply
ESCAPED = {"x": 2, "u": 4, "U": 8}


@dataclass(frozen=True, slots=True)
class Origin:
    """A text and what it is called; `placed` is False for `--set`, which has no lines."""

    name: str
    text: str
    placed: bool = True

    def describe_mistake(self, index: int, message: str) -> Mistake:
        """Describe what is wrong at a character."""
        if not self.placed:
            return Mistake(self.name, 0, 0, message)
        index = min(index, len(self.text))
        line = self.text.count("\n", 0, index)
        column = index - (self.text.rfind("\n", 0, index) + 1)
        lines = self.text.split("\n")
        return Mistake(self.name, line + 1, column + 1, message, lines[line])


@dataclass(frozen=True, slots=True)
class Position:
    """A character of a text."""

    origin: Origin
    index: int


@dataclass(slots=True)
class Log:
    """The mistakes found so far, to be raised together. Without `python`, each def is one."""

    python: bool = True
    found: list[Mistake] = field(default_factory=list)

    def add(self, place: Position, message: str) -> None:
        """Add a mistake, unless it is there already."""
        mistake = place.origin.describe_mistake(place.index, message)
        if mistake not in self.found:
            self.found.append(mistake)

    def close(self) -> None:
        """Raise what was found, in the order of the file."""
        if self.found:
            raise WorkloadError(tuple(sorted(self.found, key=lambda m: (m.line, m.column))))


@dataclass(frozen=True, slots=True)
class TextNode:
    """A text; `places` has the index of each of its characters in the origin, and of its end."""

    place: Position
    text: str
    plain: bool
    places: Sequence[int]

    def at(self, offset: int) -> Position:
        """Return the place of a character of the text."""
        return replace(self.place, index=self.places[max(0, min(offset, len(self.places) - 1))])

    @property
    def empty(self) -> bool:
        """Return whether it is YAML's null."""
        return self.plain and self.text in {"", "null", "~", "Null", "NULL"}


@dataclass(frozen=True, slots=True)
class ListNode:
    """A list."""

    place: Position
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping; its keys are distinct."""

    place: Position
    pairs: tuple[tuple[TextNode, Node], ...]

    def get(self, key: str) -> Node | None:
        """Return the value of a key, or None."""
        return next((value for name, value in self.pairs if name.text == key), None)


Node: TypeAlias = TextNode | ListNode | Fields


def compose(origin: Origin, log: Log) -> Node | None:
    """Read YAML 1.2 into nodes; None after a mistake that leaves nothing to read."""
    try:
        root = _compose(origin.text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        log.add(Position(origin, mark.index if mark else 0), _describe_error(error, origin.text))
        return None
    except YAMLError as error:
        position = getattr(error, "position", 0)
        index = position if isinstance(position, int) else 0
        log.add(Position(origin, index), f"not YAML: {str(error).splitlines()[0]}")
        return None
    except RecursionError:
        log.add(Position(origin, 0), "not a workload: nested too deeply")
        return None
    # ruamel raises these four for broken numbers, escapes and directives of no use to a workload
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, AssertionError) as error:
        log.add(Position(origin, 0), f"not YAML: {error}")
        return None
    if root is None:
        empty = "the file is empty; a workload starts with 'workload: NAME'"
        log.add(Position(origin, 0), empty if origin.placed else "the value is missing")
        return None
    return _Nodes(origin, log).compose_node(root)


# A sweep reads one text for each of its points. Nothing changes the nodes.
@lru_cache(maxsize=8)
def _compose(text: str) -> RawNode | None:
    return YAML(typ="safe", pure=True).compose(text)  # type: ignore[no-any-return]


def _describe_error(error: MarkedYAMLError, text: str) -> str:
    problem = (error.problem or error.context or "it cannot be read").split("\n")[0]
    index = error.problem_mark.index if error.problem_mark else 0
    line = text[text.rfind("\n", 0, index) + 1 :].split("\n", maxsplit=1)[0]
    if problem.startswith("but "):
        problem = f"{error.context}, {problem}"
    if problem.endswith("but found '<scalar>'"):
        return f"not YAML: {problem}; put the whole value in quotes"
    if "flow mapping" in str(error.context):
        return f"not YAML: {problem}; inside braces, put an expression in quotes"
    if "cannot start any token" in problem and "\t" in line[: len(line) - len(line.lstrip())]:
        return "not YAML: a tab indents this line; write spaces"
    return f"not YAML: {problem}"


@dataclass(slots=True)
class _Nodes:
    """Turns ruamel's nodes into ours."""

    origin: Origin
    log: Log
    left: int = MOST

    def compose_node(self, raw: RawNode, depth: int = 0) -> Node | None:
        place = Position(self.origin, raw.start_mark.index)
        self.left -= 1
        if depth > DEEPEST or self.left < 0:
            self.log.add(place, "not a workload: nested too deeply")
            return None
        if raw.tag and not str(raw.tag).startswith("tag:yaml.org,2002:"):
            self.log.add(place, f"YAML tags such as {raw.tag} are not supported")
            return None
        match raw:
            case ScalarNode():
                return self.compose_scalar(raw)
            case SequenceNode():
                nodes = (self.compose_node(item, depth + 1) for item in raw.value)
                return ListNode(place, tuple(node for node in nodes if node is not None))
            case MappingNode():
                return Fields(place, tuple(self.list_pairs(raw, depth + 1)))
        raise AssertionError(raw)

    def compose_scalar(self, raw: ScalarNode) -> TextNode:
        start, end = raw.start_mark.index, raw.end_mark.index
        places = _align(raw.value, self.origin.text, start, end, raw.style)
        place = Position(self.origin, places[0] if raw.style in {"|", ">"} else start)
        text = raw.value
        if not text.isprintable() and _is_broken(text):
            self.log.add(place, "contains a character that is not valid text")
            text = text.encode("utf-8", "replace").decode()
        return TextNode(place, text, raw.style in {None, ""}, places)

    def list_pairs(self, raw: MappingNode, depth: int) -> Iterator[tuple[TextNode, Node]]:
        seen: dict[str, TextNode] = {}
        for key, value in self.join_split_calls(raw):
            if not isinstance(key, ScalarNode):
                self.log.add(
                    Position(self.origin, key.start_mark.index), "a key must be a single word"
                )
                continue
            name = self.compose_scalar(key)
            node = value if isinstance(value, TextNode) else self.compose_node(value, depth)
            if isinstance(node, TextNode) and node.empty and not node.text:
                node = replace(node, place=name.place)  # YAML puts nothing on the next line
            if first := seen.get(name.text):
                line = first.place.origin.describe_mistake(first.place.index, "").line
                self.log.add(
                    name.place, f"{name.text!r} is repeated; it is first used in line {line}"
                )
            elif node is not None:
                seen[name.text] = name
                yield name, node

    def join_split_calls(self, raw: MappingNode) -> Iterator[tuple[RawNode, RawNode | TextNode]]:
        """Yield pairs with `{r: corr(v1, v2)}` as one value; YAML reads its comma as a new key."""
        pairs = iter(raw.value)
        for key, value in pairs:
            if not (raw.flow_style and isinstance(value, ScalarNode) and value.style is None):
                yield key, value
                continue
            start, end = value.start_mark.index, value.end_mark.index
            parts = 0
            while _open(self.origin.text[start:end]) and (pair := next(pairs, None)):
                end = max(part.end_mark.index for part in pair)
                parts += 1
            text = self.origin.text[start:end]
            whole = TextNode(Position(self.origin, start), text, True, range(start, end + 1))
            yield key, whole if parts else value


def _open(text: str) -> bool:
    return text.count("(") > text.count(")")


def _is_broken(text: str) -> bool:
    """Return whether a text has half a surrogate pair or a control character."""
    return any("\ud800" <= c <= "\udfff" or (c < " " and c not in "\n\t") for c in text)


def _align(value: str, text: str, start: int, end: int, style: str | None) -> list[int]:
    """Find each character of a scalar's value in the text it was written as."""
    index = start
    if style in {"|", ">"}:
        index = text.find("\n", start, end) + 1 or end
    elif style in {'"', "'"}:
        index += 1
    places = []
    for character in value:
        index = _skip(text, index, end, character)
        places.append(min(index, end))
        index += _measure_width(text, index, style)
    return [*places, min(index, end)]


def _skip(text: str, index: int, end: int, wanted: str) -> int:
    """Pass over indentation and folded line breaks, which are not part of the value."""
    if wanted == "\n":
        found = text.find("\n", index, end)
        return found if found >= 0 and not text[index:found].strip() else index
    if wanted in " \t":
        return index
    while index < end and text[index] in " \t\n":
        index += 1
    return index


def _measure_width(text: str, index: int, style: str | None) -> int:
    """Return how many characters of the text one character of the value took."""
    here = text[index : index + 2]
    if style == "'" and here == "''":
        return 2
    if style == '"' and here.startswith("\\"):
        return 2 + ESCAPED.get(here[1:], 0)
    return 1
