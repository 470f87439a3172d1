"""What is nearest to a method that is not read."""

from __future__ import annotations

import ast

from ..spec.vocabulary import suggest
from . import alignment
from .calls import Method
from .values import Grouped, Value

NEAREST = {
    "append": "pandas 2 removed it: write pd.concat of what is read from files",
    "sort": "pandas removed it: write sort_values",
    "mad": "pandas 2 removed it: write apply(lambda s: (s - s.mean()).abs().mean())",
    "iteritems": "pandas 2 removed it: write items, and a loop over constant names",
    "get_value": "pandas removed it: write loc with a condition",
    "lookup": "pandas 2 removed it: write merge on melted rows",
    "eval": "write df['a'] = df['b'] * df['c']",
    "sample": "a workload has no random sample; the nearest is head",
    "iterrows": "the nearest is apply(function, axis=1)",
    "itertuples": "the nearest is apply(function, axis=1)",
    "resample": "the nearest is groupby(df['day'].dt.to_period('M'))",
    "tail": "the nearest is sort_values in the other order, then head",
}
# What Python calls its expressions, for those that are not read.
SYNTAX: dict[type[ast.expr], str] = {
    ast.NamedExpr: "':='",
    ast.Yield: "'yield'",
    ast.YieldFrom: "'yield from'",
    ast.Await: "'await'",
    ast.DictComp: "comprehension of a dict",
    ast.SetComp: "comprehension of a set",
    ast.GeneratorExp: "generator",
    ast.ListComp: "nested comprehension",
    ast.Starred: "'*'",
}


ONE_CELL = (
    "an answer has one value in each cell, and this is a list; the nearest are nunique, and "
    "df[['key', 'column']].drop_duplicates()"
)
LISTS = {"unique", "list", "tuple", "set"}


def describe_unknown_method(owner: Value, name: str, table: dict[str, Method]) -> str:
    """Return that a method is not read, and what is."""
    if name in LISTS and isinstance(owner, Grouped):
        return ONE_CELL
    if name in NEAREST:
        return f"{name} of {alignment.describe(owner)} is not read: {NEAREST[name]}"
    near = suggest(name, [word for word in table if not word.startswith("[")])
    return f"{name} of {alignment.describe(owner)} is not read{near}"
