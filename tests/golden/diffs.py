"""Golden programs as differences: a variant's from its base's, a twin's from its plain program.

A diff is a unified diff whose hunks name the function they are in instead of line numbers, so that
a line added to the base moves none of them. A hunk has the least context that gives it one place.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from itertools import count

WIDTH = 88
SECTION = re.compile(
    r"((?:^# .*\n)+)^--- .*\n^\+\+\+ .*\n((?:^[@ +-].*\n)*)", re.MULTILINE
)


def diff_text(base: str, text: str) -> str:
    """Return the hunks that turn `base` into `text`: none where both are the same."""
    old, new = base.splitlines(), text.splitlines()
    hunks, start = [], 0
    for tag, low, high, new_low, new_high in SequenceMatcher(
        _is_blank, old, new
    ).get_opcodes():
        if tag != "equal":
            before, after = _least_context(old, start, low, high)
            hunks += [
                f"@@ {_function(old[: low + 1])} @@",
                *(f" {line}" for line in old[low - before : low]),
                *(f"-{line}" for line in old[low:high]),
                *(f"+{line}" for line in new[new_low:new_high]),
                *(f" {line}" for line in old[high : high + after]),
            ]
            start = high + after
    return _joined_lines(hunks)


def apply_diff(base: str, diff: str) -> str:
    """Return what a diff makes of `base`: each hunk is put where it fits first, after the last.

    Raises ValueError where a hunk fits nowhere.
    """
    rest, done = base.splitlines(), []
    for hunk in re.split(r"^@@.*\n", diff, flags=re.MULTILINE)[1:]:
        lines = hunk.splitlines()
        old = [line[1:] for line in lines if line[0] != "+"]
        place = _find_lines(rest, old)
        done += [*rest[:place], *(line[1:] for line in lines if line[0] != "-")]
        rest = rest[place + len(old) :]
    return _joined_lines([*done, *rest])


def join_diffs(old: str, new: str, diffs: Mapping[str, str]) -> str:
    """Return one text of the diffs of many programs: each diff once, below its programs' names."""
    names: dict[str, list[str]] = {}
    for name in sorted(diffs):
        names.setdefault(diffs[name], []).append(name)
    return "\n".join(
        f"{_comment(programs)}\n--- {old}\n+++ {new}\n{diff}"
        for diff, programs in names.items()
    )


def split_diffs(text: str) -> dict[str, str]:
    """Return the diff of each program from a text of `join_diffs`."""
    sections = SECTION.findall(text)
    return {
        name: diff
        for names, diff in sections
        for name in names.replace("# ", "").split()
    }


def _is_blank(line: str) -> bool:
    return not line.strip()


def _least_context(
    old: Sequence[str], start: int, low: int, high: int
) -> tuple[int, int]:
    """Return the fewest lines before and after old[low:high] that fit nowhere earlier."""
    sizes = (
        (before, total - before)
        for total in count()
        for before in reversed(range(min(total, low - start) + 1))
    )
    return next(
        (before, after)
        for before, after in sizes
        # With every line since the last hunk before it, the place is the first one.
        if start + _find_lines(old[start:], old[low - before : high + after])
        == low - before
    )


def _function(lines: Sequence[str]) -> str:
    """Return the function that the last of some lines is in, or `module`."""
    outer = [line for line in lines if re.match(r"[^\s)]", line)]
    found = re.match(r"def (\w+)", outer[-1]) if outer else None
    return found[1] if found else "module"


def _find_lines(lines: Sequence[str], wanted: Sequence[str]) -> int:
    """Return where lines first stand among others; ValueError where they do not."""
    for place in range(len(lines) - len(wanted) + 1):
        if lines[place : place + len(wanted)] == wanted:
            return place
    message = "the base has no lines " + "\n".join(wanted)
    raise ValueError(message)


def _joined_lines(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _comment(names: Sequence[str]) -> str:
    return textwrap.fill(
        " ".join(names),
        WIDTH,
        initial_indent="# ",
        subsequent_indent="# ",
        break_on_hyphens=False,
    )
