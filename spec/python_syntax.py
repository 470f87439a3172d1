"""Reads Python text into Python's own tree, and explains what is not Python."""

from __future__ import annotations

import ast
import keyword
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .expression import Expr
from .synonyms import SYNTAX

LONGEST = 20_000  # characters of one expression


# Words of Python that expressions have, too.
_SPOKEN = {"and", "or", "not", "if", "else", "in", "is", "for", "lambda", "None", "True", "False"}


_UNREAD = "not Python: invalid syntax"
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_LINES = re.compile(r"( on line \d+| \(detected at line \d+\))")


@dataclass(frozen=True, slots=True)
class Slip:
    """A mistake in an expression's text: the offset of a character, and what is wrong."""

    offset: int
    message: str


class ExpressionError(ValueError):
    """The mistakes of one expression."""

    def __init__(self, slips: tuple[Slip, ...]) -> None:
        self.slips = slips
        super().__init__("; ".join(slip.message for slip in slips))


@dataclass(frozen=True, slots=True)
class Parsed:
    """A tree, and the offset of each of its nodes in the text, by the node's `id`."""

    expression: Expr
    offsets: Mapping[int, int]

    def find_offset(self, node: Expr) -> int:
        """Return where a node of the tree begins."""
        return self.offsets.get(id(node), 0)


def index_offsets(text: str) -> Callable[[int, int], int]:
    """Return what turns `ast`'s line and UTF-8 column into an offset of the text."""
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)

    def find_offset(line: int, column: int) -> int:
        if not 0 < line <= len(lines):
            return 0 if line <= 0 else len(text)
        passed = lines[line - 1].encode("utf-8", "replace")[:column]
        return starts[line - 1] + len(passed.decode("utf-8", "ignore"))

    return find_offset


def parse_python(text: str) -> ast.Module:
    """Read Python's syntax; ExpressionError in place of whatever the parser raises."""
    if len(text) > LONGEST:
        raise ExpressionError((Slip(0, f"this is longer than {LONGEST} characters"),))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        where = index_offsets(text)(error.lineno or 1, 0) + max((error.offset or 1) - 1, 0)
        raise ExpressionError((Slip(min(where, len(text)), _describe_error(error)),)) from None
    except (RecursionError, MemoryError):
        raise ExpressionError((Slip(0, "nested too deeply"),)) from None
    except ValueError as error:  # a null byte, half a surrogate pair
        raise ExpressionError((Slip(0, f"not Python: {error}"),)) from None


def _describe_error(error: SyntaxError) -> str:
    words = (error.msg or "invalid syntax").split("\n")[0]
    words = _LINES.sub("", words)
    if "Maybe you meant '=='" in words:
        return "'=' assigns a value; compare with '=='"
    return f"not Python: {words[:1].lower()}{words[1:]}"


def _find_foreign(text: str) -> str:
    """Return what is written in the place of another language's syntax; empty if there is none."""
    plain = _QUOTED.sub("''", text)
    return next((mend for form, mend in SYNTAX if re.search(form, plain, re.IGNORECASE)), "")


def _explain(text: str, slip: Slip) -> str:
    """Return a slip's message, or what is written in the place of another language's word."""
    if slip.message.startswith(_UNREAD) and (mend := _find_foreign(text)):
        return f"{_UNREAD}; {mend}"
    word = _WORD.match(text, slip.offset)
    if word and keyword.iskeyword(word[0]) and word[0] not in _SPOKEN:
        return f"{word[0]!r} is a keyword of Python; write the column as col({word[0]!r})"
    return slip.message


def parse_syntax(text: str) -> tuple[ast.expr, Callable[[ast.AST], int]]:
    """Return the tree of an expression's text, and what finds the offset of a node in it."""
    if not text.strip():
        raise ExpressionError((Slip(0, "an expression is missing"),))
    lead = len(text) - len(text.lstrip())
    body = text.strip()
    several = "\n" in body
    whole = f"(\n{body}\n)" if several else body
    shift = lead - 2 * several
    offset = index_offsets(whole)
    try:
        module = parse_python(whole)
    except ExpressionError as error:
        slips = (Slip(max(s.offset + shift, lead), _explain(whole, s)) for s in error.slips)
        raise ExpressionError(tuple(slips)) from None

    def find_offset(node: ast.AST) -> int:
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        return max(offset(line, column) + shift, lead)

    return _take_only(module, lead, several=several), find_offset


def describe_syntax(node: ast.AST) -> str:
    """Return what Python calls a kind of syntax."""
    return f"Python's {type(node).__name__}"


# Python counts the lines of the expression, people those of the file
_WORD = re.compile(r"\w+")


def _take_only(module: ast.Module, lead: int, *, several: bool) -> ast.expr:
    match module.body:
        case [ast.Expr(value)]:
            bracketed = isinstance(value, ast.Tuple | ast.GeneratorExp)
            # text that closes the bracket put around it would reach the first line
            if several and value.lineno == 1 and not bracketed:
                raise ExpressionError((Slip(lead, "not Python: unmatched ')'"),))
            return value
        case [ast.Assign() | ast.AnnAssign() | ast.AugAssign(), *_]:
            raise ExpressionError(
                (Slip(lead, "'=' assigns a value; compare with '=='"),),
            )
    raise ExpressionError((Slip(lead, "expected an expression, not a statement"),))


MENDS: dict[type[ast.AST], str] = {
    ast.BitAnd: "'&' is not supported; write 'and'",
    ast.BitOr: "'|' is not supported; write 'or'",
    ast.BitXor: "'^' is not supported; write '**' for powers",
    ast.Invert: "'~' is not supported; write 'not'",
    ast.Attribute: "write a column by its name alone, without a dot",
    ast.Subscript: "write a column by its name alone, without brackets",
    ast.JoinedStr: "texts are joined with '+': text(x) + 'a'",
    ast.Lambda: "lambdas are not supported; write a def, or the expression alone",
    ast.Tuple: "an expression must have one value, not several",
    ast.List: "an expression must have one value, not several",
}
