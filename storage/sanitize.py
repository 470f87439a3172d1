"""Text of others without what would steer a terminal: colours, moves, titles, bells, direction."""

from __future__ import annotations

import re
from typing import Any

# ECMA-48: commands to the system (a title), control sequences (a colour), single escapes.
SEQUENCES = re.compile(r"\x1b(?:\][^\x07\x1b]*(?:\x07|\x1b\\)?|\[[0-?]*[ -/]*[@-~]|[ -/]*[0-~])")
# Those of ECMA-48, and of Unicode those that reorder the text around them ("Trojan Source"), and
# halves of characters, which no file can hold.
CONTROLS = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)

NAMES = frozenset({"workload", "engine", "query", "baseline"})


def sanitize(text: str) -> str:
    r"""Return a text without escape sequences and control characters but tab and line ends.

    >>> sanitize("\x1b[31mred\x1b[0m, \x1b]0;title\x07a bell\x07\n")
    'red, a bell\n'
    """
    return CONTROLS.sub("", SEQUENCES.sub("", text)) if not text.isprintable() else text


def sanitize_json(record: Any) -> Any:  # noqa: ANN401 - JSON is what it is
    r"""Return JSON's values with every text plain, names of members included.

    A name is one line: another line would look like a sentence of a report's own.

    >>> sanitize_json({"engine": "x\n- All answers agree.", "log": "a\nb"})
    {'engine': 'x - All answers agree.', 'log': 'a\nb'}
    """
    match record:
        case str():
            return sanitize(record)
        case list():
            return [sanitize_json(value) for value in record]
        case dict():
            return {
                _join_lines(sanitize(name)): _join_lines(sanitize(value))
                if name in NAMES and isinstance(value, str)
                else sanitize_json(value)
                for name, value in record.items()
            }
        case _:
            return record


def _join_lines(name: str) -> str:
    return name if name.isprintable() else " ".join(name.splitlines())
