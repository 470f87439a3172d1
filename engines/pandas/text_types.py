"""How pandas holds text."""

from __future__ import annotations

from enum import StrEnum

from ...spec.expression import Call, Case, Expr


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
