"""Chains over numbered rows: for libraries whose rows have no order, and windows as in SQL."""

from __future__ import annotations

import ast
from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar

from ...errors import Unsupported
from ...spec.expression import Agg, Col, Lit, choose_fresh_name, list_aggregations
from ...spec.order import is_ordered
from ...spec.vocabulary import ROLLING, WINDOWS
from ...spec.windows import count_steps, is_descending, rank_method, read_rolling
from ...spec.workload import Query, SortKey
from .chain import Chain
from .named_windows import name_windows
from .passes.join import Inputs, WriteJoin
from .program import fill
from .quote import Hole, quote, write_literal

# Missing where their value is.
BESIDE_GAPS = frozenset({"rank", "dense_rank", "percent_rank", "cumsum", "cummin", "cummax"})
# The first and the last value of a group in an order of the query's own.
ENDS = frozenset({"first", "last"})
UP_TO, FROM, WHOLE = (None, 0), (0, None), (None, None)
Frame = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class WindowKey:
    """What puts the rows of a window in order; `name` is that of a plain column."""

    value: ast.expr
    name: str = ""
    descending: bool = False
    missing: bool = False
    nulls_first: bool = False

    def negate(self) -> WindowKey:
        """Return the key that puts rows in the opposite order."""
        return replace(self, descending=not self.descending, nulls_first=not self.nulls_first)


@dataclass(frozen=True, slots=True)
class NumberedChain(Chain):
    """Writes the chain of a step; `row` names the rows' number.

    `numbered`: the rows have their numbers; `passes`: the next step needs them.
    """

    row: str = ""
    numbered: bool = False
    passes: bool = False

    # Whether rows stay where they are while each is computed by itself.
    keeps_places: ClassVar[bool] = True
    sorted_by_row: ClassVar[str] = "t.sort(r)"
    without_column: ClassVar[str] = "t.drop(r)"
    numbers: ClassVar[str] = ""
    no_time_windows: ClassVar[str] = ""

    # How a library writes windows: these differ.

    @abstractmethod
    def write_span(
        self, keys: list[ast.expr], order: list[WindowKey], frame: Frame | None = None
    ) -> Hole:
        """Write the rows that a window sees: of a group, in an order, up to some rows away."""

    def write_time_span(self, keys: list[ast.expr], key: WindowKey, microseconds: int) -> Hole:
        """Write the rows of a time up to each row, both of its ends included."""
        del keys, key, microseconds
        raise Unsupported("a window over a time", self.no_time_windows)

    # What they share.

    @property
    def needs_numbers(self) -> bool:
        """Return whether the rows have to be numbered."""
        outputs = (*self.query.derive, *self.query.aggregate, *self.query.transform)
        found = list_aggregations(*(output.expression for output in outputs))
        ordered = any(map(is_ordered, found)) or self._is_positional or self._cuts_by_row
        return (self.data.ordered and ordered) or self._passes_numbers

    @property
    def _is_positional(self) -> bool:
        """Return whether the answer has to be put in the order of the frame."""
        query = self.query
        if not query.keeps_rows or query.asks_for_rows or query.sort or query.passed:
            return False
        found = list_aggregations(
            *(output.expression for output in (*query.derive, *query.transform))
        )
        return self.data.ordered and (bool(found) or not self.keeps_places)

    @property
    def _cuts_by_row(self) -> bool:
        """Return whether the rows' order decides which of them a limit keeps for the next step."""
        query = self.query
        free = query.stable or not query.sort
        return query.passed and query.limit is not None and query.keeps_rows and free

    @property
    def _passes_numbers(self) -> bool:
        """Return whether the answer takes its numbers from the rows."""
        free = self.query.stable or not self.query.sort
        return self.passes and self.query.keeps_rows and free

    @property
    def _shows_row(self) -> bool:
        shown = self._is_positional or self._passes_numbers or self._cuts_by_row
        return self.numbered and shown

    def select(self, tree: ast.expr, outputs: list[ast.expr]) -> ast.expr:
        """Keep nothing but these expressions, and the rows' number where the answer needs it."""
        return Chain.select(self, tree, [*outputs, *self.list_row()])

    def list_row(self) -> list[ast.expr]:
        """Return the rows' number, where it is kept beside the answer."""
        return [self.write_kept(self.row)] if self._shows_row else []

    def answer_transform(self, tree: ast.expr) -> ast.expr:
        """Write the columns of a transform: every aggregation is a window."""
        kept = [self.write_kept(key) for key in self.query.group_by]
        return self.select(tree, [*kept, *map(self.write_output, self.query.transform)])

    def finish(self, tree: ast.expr) -> ast.expr:
        """Filter, sort and cut the answer; sorted by their numbers, rows lose them."""
        if not (self._is_positional or self.passes or self._cuts_by_row):
            return Chain.finish(self, tree)
        query = self.query
        tree = Chain.finish(self, tree) if not self.numbered else self._sort_rows(tree)
        if self._is_positional:
            return quote(self.without_column, t=tree, r=self.row)
        if self.passes and (query.sort or not query.keeps_rows):
            return self.add_columns(tree, {self.row: self._number_sorted()})
        return tree

    def _sort_rows(self, tree: ast.expr) -> ast.expr:
        """Sort the answer by what the query asks for, or by the rows' numbers, and cut it."""
        query = replace(self.query, sort=(), limit=None)
        tree = Chain.finish(replace(self, query=query, passes=False, numbered=False), tree)
        if self.query.sort and self.query.limit is not None:
            keys = (*self.query.sort, SortKey(self.row))
            tree = self.sort(tree, [k.name for k in keys], [k.descending for k in keys])
        elif not self.query.sort and (self._is_positional or self.query.limit is not None):
            tree = quote(self.sorted_by_row, t=tree, r=self.row)
        return tree if self.query.limit is None else self.limit(tree, self.query.limit)

    def _number_sorted(self) -> ast.expr:
        """Write the rows' numbers in the order of the sort; a single row needs no more than one."""
        if not self.query.sort:
            return quote(self.dialect.constant, x=1)
        keys = (*self.query.sort, *([SortKey(self.row)] if self._passes_numbers else []))
        order = [
            WindowKey(self.write_column(k.name), k.name, k.descending, missing=True) for k in keys
        ]
        return quote(self.numbers, w=self.write_span([], order))

    def write_aggregation(self, agg: Agg) -> ast.expr:
        """Write an aggregation; the first and the last value by the numbers of rows."""
        shown = self.query.transform or self.beside
        if agg.function in WINDOWS:
            return self.write_window(agg)
        if shown and (template := self.dialect.variants.get(f"{agg.function}_beside")):
            return self.fill_nothing(quote(template, **self._list_holes(agg)), agg)
        if agg.function in ENDS:
            template = self._write_template(agg.function, self.dialect.aggregations)
            x, row = self._write_argument(agg.arguments[0]), self.write_column(self.row)
            present = quote(self.dialect.present, x=x)
            return quote(template, x=x, present=present, r=row, n=self.row)
        return Chain.write_aggregation(self, agg)

    def over(self, tree: ast.expr, agg: Agg) -> ast.expr:  # noqa: ARG002 - as all of a chain
        """Write an aggregation over the rows of a group."""
        return quote(self.dialect.over, x=tree, w=self.write_span(self.list_keys(), []))

    def list_keys(self) -> list[ast.expr]:
        """Return what parts rows into groups."""
        return [write_literal(key) for key in self.query.group_by]

    def _list_order(self) -> list[WindowKey]:
        """Return the order of the rows: the query's own, then that of the frame."""
        asked = [
            WindowKey(
                self.write_column(k.name), k.name, k.descending, self.facts.may_miss(Col(k.name))
            )
            for k in self.query.order_by
        ]
        row = [WindowKey(self.write_column(self.row), self.row)] if self.numbered else []
        return [*asked, *row]

    def write_window(self, agg: Agg) -> ast.expr:
        """Write a window, each with the rows that it sees."""
        template = self._write_template(self._choose_word(agg), self.dialect.windows)
        tree = quote(template, **self._list_holes(agg))
        if agg.function in ROLLING:
            return self._require_values(tree, agg)
        if agg.function in BESIDE_GAPS:
            x = self._write_argument(agg.arguments[0])
            return self.keep_missing(tree, [x], agg.arguments[:1])
        return tree

    def _choose_word(self, agg: Agg) -> str:
        """Return a window's word, or that for a part of what it means."""
        match agg.function:
            case "rank" if (method := rank_method(agg)) != "min":
                return "dense_rank" if method == "dense" else f"rank_{method}"
            case "cumsum" if self.facts.find_kind(agg.arguments[0]) == "bool":
                return "cumsum_truth" if "cumsum_truth" in self.dialect.variants else "cumsum"
            case "percent_rank" if not self.facts.may_miss(agg.arguments[0]):
                return "percent_rank_complete"
            case function:
                return function

    def _list_holes(self, agg: Agg) -> dict[str, Hole]:
        """Return what the templates of windows name: the value, steps, and rows of each kind."""
        keys, order = self.list_keys(), self._list_order()
        x = self._write_argument(agg.arguments[0]) if agg.arguments else write_literal(None)
        value = [
            WindowKey(
                x, a.name if isinstance(a, Col) else "", is_descending(agg), self.facts.may_miss(a)
            )
            for a in agg.arguments[:1]
        ]
        back, steps = [key.negate() for key in order], count_steps(agg)
        return {
            "x": x,
            "n": steps,
            "steps": [write_literal(steps)] if steps > 1 else [],
            "group": self.write_span(keys, []),
            "ordered": self.write_span(keys, order),
            "up_to": self.write_span(keys, order, UP_TO),
            "following": self.write_span(keys, order, FROM),
            "whole": self.write_span(keys, order, WHOLE),
            "back": self.write_span(keys, back, FROM),
            "back_up_to": self.write_span(keys, back, UP_TO),
            "whole_back": self.write_span(keys, back, WHOLE),
            "rolling": self._write_rows(agg, keys, order),
            "by_value": self.write_span(keys, value),
            "by_value_and_row": self.write_span(keys, [*value, *order]),
            "equals": self.write_span([*keys, x], []),
        }

    def _write_rows(self, agg: Agg, keys: list[ast.expr], order: list[WindowKey]) -> Hole:
        """Write the last rows, or those of a time: its ends count, so it is a bit shorter."""
        if agg.function not in ROLLING:
            return None
        rolling = read_rolling(agg)
        if rolling.span:
            return self.write_time_span(keys, order[0], rolling.seconds * 1_000_000 - 1)
        return self.write_span(keys, order, (1 - rolling.rows, 0))

    def _require_values(self, tree: ast.expr, agg: Agg) -> ast.expr:
        """Write a rolling aggregation, missing without enough values, or without a time."""
        rolling, tests = read_rolling(agg), []
        if rolling.span and self.facts.may_miss(Col(self.query.order_by[0].name)):
            time = self.write_column(self.query.order_by[0].name)
            tests.append(quote(self.dialect.present, x=time))
        if rolling.at_least > 1:
            count = quote(self.dialect.windows["rolling_count"], **self._list_holes(agg))
            tests.append(quote("x >= n", x=count, n=rolling.at_least))
        if not tests:
            return tree
        return self.choose([(self._join("and", tests), tree)], self._write_fallback(Lit(None)))


def plan_chains(chain: type[NumberedChain], inputs: Inputs) -> list[NumberedChain]:
    """Return the chain of each step, with numbered rows where it or a later one needs an order."""
    names = {name for step in inputs.steps for name in _list_names(step.query)}
    row = choose_fresh_name("row", {*inputs.data.names, *names})
    found: list[NumberedChain] = []
    for step in reversed(inputs.steps):
        passes = bool(found) and found[0].numbered
        one = chain(step.query, step.rows, row=row, passes=passes)
        found.insert(0, replace(one, numbered=one.needs_numbers))
    return found


def write_chains(
    chains: list[NumberedChain], inputs: Inputs, frame: ast.expr, join: WriteJoin, ending: str
) -> str:
    """Write the chain of all steps over a frame; `join` writes a join of rows and a table.

    `ending` is the call that finishes the answer.
    """
    names = {table.name for table in inputs.list_tables()}
    lines: list[str] = []
    for chain, step in zip(chains, inputs.steps, strict=True):
        for met in step.joinings:
            frame = join(frame, met)
        if chain.query.gaps:  # which reads the rows twice
            named, frame = name_windows(frame, names)
            name = choose_fresh_name("grouped", names)
            lines += [*named, fill(f"{name} = FRAME", FRAME=frame)]
            names |= {line.partition(" = ")[0] for line in lines}
            frame = quote(name)
        frame = chain.write_tree(frame)
    named, tree = name_windows(frame, names)
    return "\n".join([*lines, *named, fill(f"return CHAIN{ending}", CHAIN=tree)])


def _list_names(query: Query) -> tuple[str, ...]:
    return (*query.reads, *query.outputs, *(output.name for output in query.derive))
