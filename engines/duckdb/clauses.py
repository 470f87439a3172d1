"""What the clauses of DuckDB's statement are asked: which of them there are, and in what form."""

from __future__ import annotations

from ...spec.expression import Agg, Arith, Call, Case, Expr, Neg, list_children
from ...spec.workload import Unpivot
from ..writing.joins import Joining
from ..writing.properties import Facts
from ..writing.sql import quote_name, write_clause


def find_only(joinings: tuple[Joining, ...]) -> Joining | None:
    """Return the only join, if it keeps the names of the rows as they are."""
    match joinings:
        case (Joining(join=join) as met,) if join.how in {"inner", "left"} and not join.right_on:
            return met
        case _:
            return None


def write_lines(clauses: list[str]) -> str:
    """Write the clauses that there are, one a line."""
    return "\n".join(clause for clause in clauses if clause)


def sort_key(column: str, descending: bool) -> str:
    """Write what sorts."""
    return f"{quote_name(column)} DESC" if descending else quote_name(column)


def write_unpivot(unpivot: Unpivot, source: str) -> list[str]:
    """Write the clauses that give a row for each value of several columns."""
    names = ", ".join(map(quote_name, unpivot.on))
    value = f"{quote_name(unpivot.values)} FOR {quote_name(unpivot.names)} IN ({names})"
    return [
        write_clause("SELECT", [*map(quote_name, unpivot.outputs)], ","),
        f"FROM {source} UNPIVOT INCLUDE NULLS ({value})",
    ]


def is_huge(node: Expr, facts: Facts) -> bool:
    """Return whether a value has 128 bits, as DuckDB's sums of integers have."""
    if facts.find_kind(node) != "int":
        return False
    match node:
        case Agg("sum" | "cumsum" | "rolling_sum", (argument, *_)):
            return facts.find_kind(argument) in {"int", "bool"}
        case Arith() | Neg() | Case() | Call("min" | "max" | "abs" | "round"):
            return any(is_huge(child, facts) for child in list_children(node))
        case _:
            return False
