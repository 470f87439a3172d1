"""Regular expressions that mean the same in every engine: what RE2, Rust and Python share."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

# RE2 and Rust differ on letters and digits beyond ASCII, so that these are written out.
CLASSES = {"d": "0-9", "w": "A-Za-z0-9_", "s": r" \t\n\r\f\v"}
PLAIN_ESCAPES = set("tnrfv")
# What Python's texts make of '\\b' and '\\1' that are no raw texts.
CONTROLS = {"\b": r"\b", "\a": r"\a", **{chr(number): f"\\{number}" for number in range(1, 7)}}
MOST_REPEATS = 1000  # of RE2
_REPEAT = re.compile(r"\{(\d+)(?:,(\d*))?\}")
_TOKEN = re.compile(
    r"\\x[0-9a-fA-F]{2}|\\.|\(\?P<\w+>|\(\?[a-zA-Z-]*[:)]|\(\?<?[=!>]|\(\?.|\{[^}]*\}|.", re.DOTALL
)


class PatternError(ValueError):
    """A regular expression that some engine does not have, or reads in another way."""


def read_pattern(text: str, *, capture: bool) -> str:
    """Return a pattern as all engines read it; raise PatternError for one that they do not share.

    Without `capture` the groups do not capture.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about brackets in brackets, which are refused below
            re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternError(f"not a regular expression: {error}") from None
    return "".join(_write_parts(text, capture=capture))


def count_groups(pattern: str) -> int:
    """Return how many groups a pattern captures."""
    return re.compile(pattern).groups


def may_skip_a_group(pattern: str) -> bool:
    """Return whether a pattern can match while a group takes no part."""
    tokens = _TOKEN.findall(pattern)
    after = zip(tokens, [*tokens[1:], ""], strict=True)
    return "|" in tokens or any(
        token == ")" and (following in {"?", "*"} or following.startswith("{0"))
        for token, following in after
    )


def for_python(pattern: str, end: str = r"\Z") -> str:
    r"""Return a pattern for Python's `re`, whose `$` also matches before a last line break.

    Java's does so, too, and calls the end `\z`.
    """
    tokens = _split_tokens(pattern)
    return "".join(end if token == "$" and not inside else token for token, inside in tokens)


def _split_tokens(pattern: str) -> Iterator[tuple[str, bool]]:
    """Yield each token of a pattern, and whether it is inside brackets."""
    inside, first = False, False
    for token in _TOKEN.findall(pattern):
        if inside:
            for part in token if not token.startswith("\\") else [token]:
                inside = inside and not (part == "]" and not first)
                yield part, True
                first = first and part == "^"
        else:
            yield token, False
            inside = first = token == "["


def _write_parts(text: str, *, capture: bool) -> Iterator[str]:
    before = ""
    for number, (token, inside) in enumerate(_split_tokens(text)):
        token = CONTROLS.get(token, token)  # noqa: PLW2901
        if token.startswith("\\"):
            yield _escape(token, inside=inside)
        elif inside:
            yield _parse_member(token, before)
        else:
            yield _check_token(token, before, number, capture=capture)
        before = token


def _escape(token: str, *, inside: bool) -> str:
    letter = token[1]
    if letter in CLASSES:
        return CLASSES[letter] if inside else f"[{CLASSES[letter]}]"
    if letter.lower() in CLASSES and not inside:
        return f"[^{CLASSES[letter.lower()]}]"
    if letter == "x" or letter in PLAIN_ESCAPES or not letter.isalnum():
        return token
    raise PatternError(
        f"{token!r} does not mean the same in every engine; write the characters that are meant in"
        " brackets, such as [ .,;]"
    )


def _parse_member(token: str, before: str) -> str:
    if token == "[" or (token == before and token in "&-~|"):
        raise PatternError(f"{token!r} inside brackets needs a backslash before it")
    return token


def _check_token(token: str, before: str, number: int, *, capture: bool) -> str:
    if token == "+" and (before in {"*", "+", "?"} or before.endswith("}")):
        raise PatternError("not every engine has possessive quantifiers; leave a '+' out")
    if token.startswith("{"):
        found = _REPEAT.fullmatch(token)
        if not found or max(int(found[1]), int(found[2] or 0)) > MOST_REPEATS:
            raise PatternError(
                f"not every engine has the repetition {token!r}; write '{{2}}' or '{{2,5}}',"
                f" of at most {MOST_REPEATS:,}"
            )
    if token.startswith("(?") and not (
        token == "(?:" or token.startswith("(?P<") or (token == "(?i)" and number == 0)
    ):
        raise PatternError(
            f"not every engine has {token!r}; instead of looking around, write two conditions:"
            " matches(x, 'a') and not matches(x, 'b')"
        )
    if not capture and (token == "(" or token.startswith("(?P<")):
        return "(?:"
    return token
