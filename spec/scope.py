"""The columns that a clause of a query sees."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .expression import (
    Col,
    Expr,
)
from .kinds import KindError, choose_type, find_kind
from .schema import Column, Schema
from .vocabulary import suggest_column

OTHER_WORDS = {"null": "None", "NULL": "None", "nan": "None", "true": "True", "false": "False"}

STORE = "; store its values as numbers, texts or times"


@dataclass(frozen=True, slots=True)
class Scope:
    """The columns a clause sees: None where not known yet; `schema` where their kinds are too."""

    names: tuple[str, ...] | None = None
    schema: Schema | None = None
    what: str = "column"
    later: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()

    @classmethod
    def of(cls, schema: Schema | None) -> Scope:
        """Return the scope of a schema; without one, every column is accepted."""
        if schema is None:
            return cls()
        return cls(schema.names, schema, tables=tuple(name for name, _ in schema.tables))

    def __contains__(self, name: str) -> bool:
        return self.names is None or name in self.names

    def explain_unknown(self, name: str) -> str:
        """Return the message for an unknown column, with a suggestion."""
        if name in self.later:
            return f"{name!r} is not yet derived in where; write its expression here"
        if self.schema and (arrow := dict(self.schema.unread).get(name)):
            return f"{self.what} {name!r} has the type {arrow}, which dfbench does not read{STORE}"
        if other := OTHER_WORDS.get(name):
            return f"unknown {self.what} {name!r}; did you mean {other}?"
        return f"unknown {self.what} {name!r}{suggest_column(name, self.names or ())}"

    def add_column(self, name: str, expr: Expr | None) -> Scope:
        """Return the scope with one more column."""
        names = None if self.names is None else (*self.names, name)
        column = self.schema and expr is not None and make_column(name, expr, self.schema)
        schema = (
            Schema((*self.schema.columns, column), self.schema.rows)
            if (self.schema and column)
            else None
        )
        return replace(self, names=names, schema=schema)


def make_column(name: str, expr: Expr, schema: Schema) -> Column | None:
    """Return the column that an expression makes; None where its kind is not known."""
    try:
        found = find_kind(expr, schema)
    except (KindError, KeyError):
        return None
    values = schema[expr.name].values if isinstance(expr, Col) else None
    return Column(name, found, choose_type(found, expr, schema), values=values)
