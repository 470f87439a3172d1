"""`dfbench words`: print the words of expressions, and which engines have them."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from functools import cached_property

from ..engines import default_engines, find
from ..engines.info import Work
from ..engines.writing.program import skip_formatting
from ..errors import DfbenchError, Unsupported
from ..spec.composed import compose
from ..spec.grammar import QUERY
from ..spec.parser import parse_expression
from ..spec.schema import Column, Kind, Schema
from ..spec.settings import write_example
from ..spec.synonyms import EXPRESSIONS, LEFT_OUT, OPERATORS
from ..spec.vocabulary import (
    AGGREGATIONS,
    ALIASES,
    CONSTANTS,
    ROW_FUNCTIONS,
    WINDOWS,
    Function,
    Takes,
    suggest,
)
from ..spec.workload import Output, Query

ENGINES = (*default_engines(Work.QUERY), "narwhals")
SORTS = {"row function": ROW_FUNCTIONS, "aggregation": AGGREGATIONS, "window": WINDOWS}
# The columns that an example is asked of.
TYPES: dict[Takes, tuple[Kind, str]] = {
    "number": ("float", "double"),
    "text": ("string", "string"),
    "date": ("date", "date32[day]"),
    "timestamp": ("timestamp", "timestamp[us]"),
    "condition": ("bool", "bool"),
    "ordered": ("float", "double"),
    "anything": ("int", "int64"),
    "plain": ("int", "int64"),
    "castable": ("string", "string"),
}
# A query of an engine that compiles something needs a word that it compiles.
MEAN = Output("m", parse_expression("mean(v)"))
# How a page names what a function returns.
RETURNS = {
    "same": "as x",
    "common": "as its values",
    "int": "integer",
    "bool": "condition",
    "string": "text",
    "timestamp": "time",
}


@dataclass(frozen=True)
class Word:
    """A word of expressions: its name, whether it is a row function, and what the table says."""

    name: str
    sort: str
    function: Function

    @property
    def example(self) -> str:
        """Return a call, such as `round(x, 2)`."""
        return write_example(self.name, self.function)

    @property
    def returns(self) -> str:
        """Return the kind of its value in words."""
        return RETURNS.get(self.function.gives, self.function.gives)

    @cached_property
    def refusals(self) -> dict[str, str]:
        """Return the engines that lack the word, with the reason."""
        with skip_formatting():
            answers = {engine: self._describe_refusal(engine) for engine in ENGINES}
        return {engine: why for engine, why in answers.items() if why}

    @cached_property
    def beside(self) -> tuple[str, ...]:
        """Return the engines that lack the word alone, and have it in a query with a mean."""
        with skip_formatting():
            return tuple(
                engine for engine in self.refusals if not self._describe_refusal(engine, MEAN)
            )

    @property
    def data(self) -> Schema:
        """Return the columns that the example is asked of."""
        values = (Column(name, *TYPES[self.function.takes]) for name in ("x", "y"))
        return Schema((Column("k", "int", "int64"), Column("v", "float", "double"), *values), 9)

    def _describe_refusal(self, engine: str, *more: Output) -> str:
        try:
            find(engine).write(self.query(*more), self.data)
        except Unsupported as error:
            return error.why
        return ""

    def query(self, *more: Output) -> Query:
        """Return a query of the example over groups of k, beside more outputs."""
        output = Output("out", parse_expression(self.example))
        asked = Query("words", "", group_by=("k",))
        if self.sort == "aggregation":
            return compose(replace(asked, aggregate=(output, *more)))
        if self.sort == "row function" and more:
            return replace(asked, derive=(output,), aggregate=more)
        return replace(asked, transform=(output,))


def list_words() -> list[Word]:
    """Return all words, by sort."""
    return [Word(name, sort, row) for sort, table in SORTS.items() for name, row in table.items()]


def print_words(name: str | None) -> None:
    """Print one word with the engines that have it, or all words; DfbenchError for no word."""
    words = list_words()
    meant = ALIASES.get(name, name) if name else None
    found = [word for word in words if word.name == meant] if name else words
    if name and not found:
        raise DfbenchError(_explain_unknown(name, {word.name for word in words}))
    lines = [line for word in found for line in (_describe(word) if name else [_write_line(word)])]
    sys.stdout.write("\n".join([*lines, ""]))


def _explain_unknown(name: str, words: set[str]) -> str:
    """Return what to write instead of what is no word of expressions."""
    if name in LEFT_OUT:
        return f"no word {name!r}: {LEFT_OUT[name]}"
    if name in EXPRESSIONS:
        return f"no word {name!r}; write {EXPRESSIONS[name]}"
    if name in OPERATORS:
        return f"{name} is an operator: {OPERATORS[name]}"
    if name in CONSTANTS:
        return f"{name} is a constant: {CONSTANTS[name]}"
    if name in QUERY:
        return f"{name} is a clause of a query: {QUERY[name].about}"
    meant = suggest(name, sorted({*words, *QUERY})) or "; `dfbench words` lists them"
    return f"unknown word {name!r}{meant}"


def _write_line(word: Word) -> str:
    return f"{word.example:<32}{word.function.about}"


def _describe(word: Word) -> list[str]:
    have = [engine for engine in ENGINES if engine not in word.refusals]
    lack = {engine: why for engine, why in word.refusals.items() if engine not in word.beside}
    return [
        f"{word.example}: {word.function.about}",
        f"    {word.sort}; returns: {word.returns}",
        f"    in {', '.join(have)}",
        *(
            f"    in {engine} beside a word that it compiles, such as mean(x)"
            for engine in word.beside
        ),
        *(f"    not in {engine}: {why}" for engine, why in lack.items()),
    ]


def write_page() -> str:
    """Return the tables of words for the documentation."""
    lines = []
    for sort in SORTS:
        lines += [f"## {sort.capitalize()}s", "", "| word | returns | meaning | not in |"]
        lines.append("|---|---|---|---|")
        lines += [_write_row(word) for word in list_words() if word.sort == sort]
        lines.append("")
    return "\n".join(lines)


def _write_row(word: Word) -> str:
    lacking = ", ".join(engine for engine in word.refusals if engine not in word.beside)
    return f"| `{word.example}` | {word.returns} | {word.function.about} | {lacking} |"
