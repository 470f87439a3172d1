"""How pandas holds text."""

from __future__ import annotations

from enum import StrEnum

from ...spec.bins import read_bins
from ...spec.expression import Call, Case, Expr, walk
from ...spec.vocabulary import ROW_FUNCTIONS


class TextType(StrEnum):
    """How pandas holds text: the type that is asked for."""

    STRINGS = "str"
    SPREAD = "modin"
    DEVICE = "cudf"
    ARROW = "string[pyarrow]"
    OBJECTS = "object"
    CATEGORIES = "category"

    @property
    def made(self) -> str:
        """Return the type that makes texts of numbers."""
        return (self if self is TextType.ARROW else TextType.STRINGS).value

    @property
    def held(self) -> str:
        """Return the type that keeps texts texts, and the missing ones missing."""
        return self.value if self is TextType.OBJECTS else self.made


def is_choice_or_part(node: Expr | None) -> bool:
    """Return whether a text is a choice, or a part of a split text."""
    return isinstance(node, Case) or (isinstance(node, Call) and node.function == "split")


def counts_words(node: Expr) -> bool:
    """Return whether a number is one of words: of texts that are all missing, it is an object."""
    return isinstance(node, Call) and node.function == "count_words"


def is_text_made(node: Expr) -> bool:
    """Return whether a text is made of what is none."""
    return any(isinstance(part, Call) and part.function == "text" for part in walk(node))


def is_chosen_text(node: Expr) -> bool:
    """Return whether texts are chosen, or made of chosen ones: those have no type of their own."""
    match node:
        case Case():
            return read_bins(node) is None
        case Call("map"):
            return True
        case Call(function, (first, *_)) if ROW_FUNCTIONS[function].takes == "text":
            return is_chosen_text(first)
        case Call("coalesce", (first, *_)):
            return is_chosen_text(first)
        case _:
            return False
