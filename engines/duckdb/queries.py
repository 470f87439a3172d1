"""DuckDB's statement: a query's clauses as one SELECT, with a subquery where SQL needs one."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar

from ...errors import Unsupported
from ...spec.expression import (
    Agg,
    Bool,
    Call,
    Case,
    Col,
    Expr,
    IsMissing,
    Lit,
    is_aggregated,
    list_aggregations,
    list_columns,
    substitute,
    walk,
)
from ...spec.group_functions import if_whole
from ...spec.order import is_ordered
from ...spec.schema import Schema
from ...spec.vocabulary import ROLLING
from ...spec.windows import (
    count_steps,
    expand_change,
    is_descending,
    rank_method,
    read_rolling,
)
from ...spec.workload import Extreme, GroupFunction, Output, Query, RowFunction, Unpivot
from ..writing.joins import Joining
from ..writing.properties import CHANGES, Facts, collect_output_facts, makes_double
from ..writing.sql import (
    AND,
    ATOM,
    NOT,
    OR,
    WIDTH,
    Sql,
    SqlWriter,
    quote_name,
    write_clause,
)
from ..writing.steps import split_batches
from .clauses import find_only, is_huge, sort_key, write_lines, write_unpivot
from .derived import is_nested, tests_derived
from .gaps import fill_gaps
from .joins import DUCKDB, FromClause, JoinWords, write_source, write_subquery
from .summaries import Summary, find_summaries
from .windows import name_windows
from .words import (
    AGGREGATIONS,
    BESIDE_GAPS,
    COMPLETE,
    LOOSE,
    MOMENTS,
    OF_NOTHING,
    ORDERED_ENDS,
    POPULATION,
    RANKS,
    UNSUPPORTED,
    WINDOWS,
)


@dataclass(frozen=True)
class Statement:
    """One step over a table of rows; `guards` are the columns a row function needs.

    `table` is the step before, if it is not the data's own table. `numbered` adds the rows' order
    as `rowid` to the answer, `inner` has sums in 64 bits: another step reads the answer. `named`
    has the names of earlier outputs. A step before has `sorted` the rows.
    """

    query: Query
    data: Schema
    facts: Facts
    guards: tuple[str, ...] = ()
    raises: bool = False
    joinings: tuple[Joining, ...] = ()
    beside: bool = False
    table: str = ""
    numbered: bool = False
    inner: bool = False
    sorted: bool = False
    named: Mapping[Expr, str] = field(default_factory=dict)
    names_windows: ClassVar[bool] = True
    hides_numbers: ClassVar[bool] = True  # by `*`
    join_words: ClassVar[JoinWords] = DUCKDB

    def write_text(self) -> str:
        """Write the statement, one clause a line."""
        if self._is_bare and not self.table and (met := find_only(self.joinings)):
            return write_subquery(FromClause("data", "data"), met)
        clauses = self._choose_clauses()
        ends = [
            write_clause("ORDER BY", self._order(), ","),
            f"LIMIT {self.query.limit}" if self.query.limit is not None else "",
        ]
        text = write_lines(clauses)
        text = write_lines([self._wrap_window(text) if self._filters_rows else text, *ends])
        return self._number_sorted(text) if self.numbered and self.query.sort else text

    def _choose_clauses(self) -> list[str]:
        if self.query.unpivot:
            return self._write_long_clauses(self.query.unpivot)
        if self.query.gaps:
            return [fill_gaps(self.table, self.query.gaps, self.data)]
        return self._list_clauses()

    def _write_long_clauses(self, unpivot: Unpivot) -> list[str]:
        """Write a row for each value of several columns, over the rows that are read."""
        having = self._list_conditions("WHERE", self.query.having) if self.query.having else ""
        return [*write_unpivot(unpivot, self._write_long_source(unpivot)), having]

    def _write_long_source(self, unpivot: Unpivot) -> str:
        """Return the table, or a subquery of the rows that are asked for."""
        query = self.query
        if not (query.where or query.derive or self.joinings):
            return quote_name(self.table or "data")
        read = (*unpivot.index, *unpivot.on)
        rows = replace(query, unpivot=None, select=read, having=None, sort=(), limit=None)
        text = replace(self, query=rows, numbered=False).write_text()
        return f"(\n{textwrap.indent(text, '    ')}\n)"

    def _list_clauses(self) -> list[str]:
        items, windows = (
            name_windows(self._list_items()) if self.names_windows else (self._list_items(), [])
        )
        return [
            write_clause("SELECT DISTINCT" if self._is_distinct else "SELECT", items, ","),
            f"FROM {self._write_source()}",
            "" if self._is_nested else self._write_where(),
            self._group_by(),
            # DuckDB names windows before QUALIFY.
            write_clause("WINDOW", windows, ","),
            self._write_having(),
        ]

    def _number_sorted(self, text: str) -> str:
        """Write the rows with their numbers in the order of the sort."""
        order = [*self._sort_keys(), *(["rowid"] if self.query.stable else [])]
        number = f"row_number() OVER (ORDER BY {', '.join(order)}) AS rowid"
        names = [number, *map(quote_name, self.query.outputs)]
        return f"{write_clause('SELECT', names, ',')}\nFROM (\n{textwrap.indent(text, '    ')}\n)"

    @property
    def needs_numbers(self) -> bool:
        """Return whether the rows that it sees have to be numbered."""
        return self.is_ordered or self._cuts_by_row or self._passes_numbers

    @property
    def _passes_numbers(self) -> bool:
        """Return whether the answer takes its numbers from the rows that it sees."""
        free = self.query.stable or not self.query.sort
        return self.numbered and self.query.keeps_rows and free

    def cast_hugeints(self) -> list[str]:
        """Return the outputs that are sums of integers, which DuckDB makes 128 bits wide."""
        outputs = (*self.query.aggregate, *self.query.transform)
        return [output.name for output in outputs if is_huge(output.expression, self.facts)]

    @property
    def _is_bare(self) -> bool:
        """Return whether all rows of a join are asked for, just as they are."""
        query = self.query
        more = (query.where, query.derive, query.having, query.sort, query.limit)
        return query.asks_for_rows and query.whole and not any(more)

    @property
    def _groups(self) -> bool:
        return bool(self.query.group_by) and not self.query.transform

    @property
    def _filters_rows(self) -> bool:
        """Return whether `having` speaks of rows, which SQL's HAVING cannot."""
        query = self.query
        return query.having is not None and not (
            query.aggregate or query.transform or query.unpivot
        )

    @property
    def _is_distinct(self) -> bool:
        """Return whether SELECT DISTINCT says it all."""
        return self.query.is_distinct and not (self.query.having or self.numbered)

    def _group_by(self) -> str:
        if not self._groups or self._is_distinct:
            return ""
        aggregated = all(is_aggregated(output.expression) for output in self.query.aggregate)
        plain = aggregated and not self.query.extreme and not tests_derived(self.query)
        if len(self.query.group_by) > 1 and plain:
            return "GROUP BY ALL"
        return write_clause("GROUP BY", self._list_keys(), ",")

    def _list_items(self) -> list[str]:
        if self._passes_numbers:
            return ["rowid", *self._answer_items()]
        # A single row needs no more than a number.
        alone = self.numbered and not (self.query.sort or self.query.keeps_rows)
        return [*self._answer_items(), *(["1 AS rowid"] if alone else [])]

    def _answer_items(self) -> list[str]:
        match self.query.apply:
            case RowFunction() as function:
                return [self._write_row_function(function)]
            case GroupFunction():
                raise AssertionError("a group function is lowered")
            case None:
                pass
        if self.query.asks_for_rows:
            return self._write_selected()
        outputs = (*self.query.aggregate, *self.query.transform)
        keys = map(self._write_kept, self.query.group_by)
        items = [*keys, *self._write_outputs(outputs)]
        return [*items, self._write_extreme(self.query.extreme)] if self.query.extreme else items

    def _write_outputs(self, outputs: tuple[Output, ...]) -> Iterator[str]:
        """Write outputs; SQL reads the name of an earlier one, if no column has it."""
        taken = {name.lower() for name in (*self.facts.data.names, *dict(self.data.unread))}
        named: dict[Expr, str] = {}
        for output in outputs:
            again = any(node in named for node in walk(output.expression))
            statement = replace(self, named=named) if again else self
            yield statement._write_output(output)  # noqa: SLF001 - its own kind
            if list_aggregations(output.expression) and output.name.lower() not in taken:
                named[output.expression] = output.name

    def _write_selected(self) -> list[str]:
        if self.table or self.numbered or self.data.unread or not self.query.whole:
            return [*map(self._write_kept, self.query.select)]
        derived = () if self._is_nested else self.query.derive
        return ["*", *map(self._write_output, derived)]

    def _write_kept(self, name: str) -> str:
        """Write a column that is kept by its name, which SELECT itself may derive."""
        derived = () if self._is_nested else self.query.derive
        output = next((output for output in derived if output.name == name), None)
        return self._write_output(output) if output else quote_name(name)

    @property
    def _is_nested(self) -> bool:
        return is_nested(self.query, self.data)

    def _list_keys(self) -> list[str]:
        return [quote_name(key) for key in self.query.group_by]

    def _write_row_function(self, function: RowFunction) -> str:
        if function.body is None:
            raise Unsupported(function.name, function.opaque)
        guarded = self._guard()
        case = Case(((guarded, Lit(None)),), function.body) if guarded else function.body
        match case:
            case Case(branches, Case(more, otherwise)):
                case = Case((*branches, *more), otherwise)
        return self._write_named(case, function.output)

    def _guard(self) -> Expr | None:
        """Return the condition under which the function is not called."""
        tests = tuple(IsMissing(Col(column)) for column in self.guards)
        return (Bool("or", tests) if len(tests) > 1 else tests[0]) if tests else None

    def _write_output(self, output: Output) -> str:
        return self._write_named(output.expression, output.name)

    def _write_case(self, expression: Expr) -> tuple[str, list[str]]:
        """Write the first words of a CASE and its lines; no lines for other expressions."""
        match expression:
            case Case(branches, otherwise):
                return "CASE", self._make_writer().write_branches(branches, otherwise)
            case Call("map", arguments):
                value, lines = self._make_writer().write_lookups(arguments)
                return f"CASE {value}", lines
        return "", []

    def _write_named(self, expression: Expr, alias: str) -> str:
        if expression == Col(alias):
            return quote_name(alias)
        opening, lines = self._write_case(expression)
        if lines and not self._shows_nan(expression, alias):
            text = f"{opening} {' '.join(lines)} END AS {quote_name(alias)}"
            if len(text) > WIDTH:
                body = textwrap.indent("\n".join(lines), "    ")
                return f"{opening}\n{body}\nEND AS {quote_name(alias)}"
        write = (
            self._make_writer().write_comparable
            if self._shows_nan(expression, alias)
            else self._make_writer().write
        )
        written = write(expression)
        if self.inner and is_huge(expression, self.facts):
            return f"{self._make_writer().write_int64(written).text} AS {quote_name(alias)}"
        derived = any(output.name == alias for output in self.query.derive)
        if derived and self.facts.find_kind(expression) == "int" and self._makes_double(expression):
            # Later clauses take it for the integer that it is.
            return f"{self._make_writer().write_int64(written).text} AS {quote_name(alias)}"
        return f"{written.text} AS {quote_name(alias)}"

    def _makes_double(self, expression: Expr) -> bool:
        """Return whether DuckDB gives a float where Python gives an integer."""
        return makes_double(expression)

    def _shows_nan(self, expression: Expr, alias: str) -> bool:
        """Return whether a later clause would see a NaN of this output."""
        read = {key.name for key in (*self.query.sort, *self.query.order_by)}
        later = list_columns(self.query.having) if self.query.having else ()
        derived = any(output.name == alias for output in self.query.derive)
        seen = self.query.passed or derived or alias in {*read, *later}
        return self.facts.makes_nan(expression) and seen

    def _write_extreme(self, extreme: Extreme) -> str:
        function = "min" if extreme.smallest else "max"
        column, alias = quote_name(extreme.column), quote_name(extreme.name)
        return f"unnest({function}({column}, {extreme.n})) AS {alias}"

    def _write_source(self) -> str:
        """Return the table, or a subquery that derives columns from the filtered table."""
        table = write_source(quote_name(self.table or "data"), self.joinings, self.join_words)
        if self._summaries:
            return f"{table}, (\n{textwrap.indent(self._write_summaries(table), '    ')}\n)"
        if not self._is_nested:
            return table
        text, where = table, self._write_where()
        row = ["rowid"] if self.needs_numbers and self.hides_numbers and not self.table else []
        # An aggregation in a derived column is the value of the row's group.
        beside = replace(self, beside=bool(self.query.group_by))
        for batch in split_batches(self.query.derive):
            items = [*row, "*", *map(beside._write_output, batch)]  # noqa: SLF001 - its own kind
            inner = f"{write_clause('SELECT', items, ',')}\nFROM {text}\n{where}".rstrip()
            text, where, row = f"(\n{textwrap.indent(inner, '    ')}\n)", "", []
        return text

    @cached_property
    def _summaries(self) -> list[Summary]:
        return find_summaries(self.query, self.data) if self.names_windows else []

    def _write_summaries(self, table: str) -> str:
        """Write the row beside all others."""
        query = self.query
        bare = replace(self, query=replace(query, transform=(), aggregate=query.transform))
        items = [f"{bare._write_summary(one)} AS {quote_name(one.name)}" for one in self._summaries]  # noqa: SLF001 - its own kind
        clauses = [write_clause("SELECT", items, ","), f"FROM {table}", self._write_where()]
        return write_lines(clauses)

    def _write_summary(self, one: Summary) -> str:
        agg = one.aggs[0]
        if not one.shares:
            return self._reduce(agg)
        return self._write_quantiles(self._write_argument(agg.arguments[0]), one.shares)

    def _order(self) -> list[str]:
        """Return what sorts: a value for each row keeps the frame's order, which windows lose."""
        if self._keeps_order:
            return ["rowid"]
        if self.inner and self.query.limit is None:
            return []
        return [*self._sort_keys(), *(["rowid"] if self._cuts_by_row else [])]

    def _sort_keys(self) -> list[str]:
        return [sort_key(key.name, key.descending) for key in self.query.sort]

    @property
    def _keeps_order(self) -> bool:
        """Return whether the answer is in the frame's order."""
        query = self.query
        if not (query.transform or (self.sorted and isinstance(query.apply, RowFunction))):
            return False
        return self.data.ordered and not (query.sort or self.inner)

    @property
    def _cuts_by_row(self) -> bool:
        """Return whether the rows' order decides which of them a limit keeps for the next step."""
        query = self.query
        free = query.stable or not query.sort
        return self.inner and query.limit is not None and self.query.keeps_rows and free

    @property
    def is_ordered(self) -> bool:
        """Return whether the answer depends on the rows' order."""
        if self._keeps_order:
            return True
        outputs = (*self.query.aggregate, *self.query.transform)
        found = list_aggregations(*(output.expression for output in outputs))
        return self.data.ordered and any(map(is_ordered, found))

    def _write_where(self) -> str:
        condition = self.query.where
        if self.query.having and not self.query.derive and self._is_of_rows:
            parts = (self.query.where, self._unshadow(self.query.having))
            condition = Bool("and", tuple(part for part in parts if part))
        return self._list_conditions("WHERE", condition) if condition else ""

    @property
    def _is_of_rows(self) -> bool:
        """Return whether a transform has no window at all, so that `having` is a second `where`."""
        outputs = tuple(output.expression for output in self.query.transform)
        return bool(outputs) and not list_aggregations(*outputs)

    def _write_having(self) -> str:
        """Write outputs by name, but those named like a column: there DuckDB reads the column."""
        if self.query.having is None or self._filters_rows:
            return ""
        condition = self._unshadow(self.query.having)
        if self.query.aggregate:
            return self._list_conditions("HAVING", condition)
        if not self._is_of_rows:
            return self._list_conditions("QUALIFY", condition)
        return self._list_conditions("WHERE", condition) if self.query.derive else ""

    def _unshadow(self, condition: Expr) -> Expr:
        frame = {*self.data.names, *(output.name for output in self.query.derive)}
        outputs = (*self.query.aggregate, *self.query.transform)
        shadowed = {
            output.name: output.expression
            for output in outputs
            if output.name in frame or self._is_of_rows
        }
        return substitute(condition, shadowed)

    def _list_conditions(self, word: str, condition: Expr) -> str:
        seen = (
            *self.facts.data.columns,
            *collect_output_facts(self.query, self.facts).data.columns,
        )
        writer = self._make_writer(Facts(Schema(seen, self.data.rows)))
        operands = condition.operands if isinstance(condition, Bool) else (condition,)
        separator = f" {condition.op.upper()}" if isinstance(condition, Bool) else ""
        level = OR if len(operands) == 1 else (NOT if separator == " AND" else AND)
        texts = [writer.write(operand).at(level) for operand in operands]
        line = f"{word} {f'{separator} '.join(texts)}"
        if len(line) <= WIDTH:
            return line
        joined = f"\n{separator.strip()} ".join(texts)
        return f"{word}\n{textwrap.indent(joined, '    ')}"

    def _wrap_window(self, text: str) -> str:
        assert self.query.having is not None
        inner = textwrap.indent(text, "    ")
        return f"FROM (\n{inner}\n)\n{self._list_conditions('WHERE', self.query.having)}"

    def _make_writer(self, facts: Facts | None = None) -> SqlWriter:
        return SqlWriter(facts or self.facts, self._write_aggregation, self.raises, self.named)

    def _write_aggregation(self, agg: Agg) -> Sql:
        if why := UNSUPPORTED.get(agg.function):
            raise Unsupported(f"{agg.function}()", why)
        own_order = self.query.order_by and agg.function in ORDERED_ENDS
        if agg.function in WINDOWS or own_order:
            return self._write_window(agg)
        beside = next((s.read(agg) for s in self._summaries if agg in s.aggs), "")
        written = Sql(beside) if beside else self._over(self._reduce(agg))
        if agg.function not in OF_NOTHING or agg in self._complete:
            return written
        if not self._may_be_nothing(agg.arguments[0]):
            return written
        return Sql(f"coalesce({written.text}, {OF_NOTHING[agg.function]})")

    @cached_property
    def _complete(self) -> set[Agg | None]:
        """Return the aggregations that are only asked for where a group misses no value."""
        outputs = (*self.query.derive, *self.query.aggregate)
        return {if_whole(node) for output in outputs for node in walk(output.expression)}

    def _reduce(self, agg: Agg) -> str:
        if agg.function == "size":
            return AGGREGATIONS["size"]
        arguments = [self._write_argument(argument) for argument in agg.arguments]
        if agg.function == "sum" and self.facts.find_kind(agg.arguments[0]) == "bool":
            return self._write_count(*arguments)
        return self._write_call(agg, arguments)

    def _write_count(self, condition: str) -> str:
        return f"count_if({condition})"

    def _write_call(self, agg: Agg, arguments: list[str]) -> str:
        shares = self._list_shares(agg)
        if len(shares) > 1:
            place = shares.index(agg.arguments[1]) + 1
            return f"{self._write_quantiles(arguments[0], shares)}[{place}]"
        written = (AGGREGATIONS | POPULATION | MOMENTS)[agg.function]
        return (
            written.format(*arguments) if "{" in written else f"{written}({', '.join(arguments)})"
        )

    def _write_quantiles(self, column: str, shares: list[Expr]) -> str:
        """Write quantiles at once: each by itself would look through the values again."""
        return f"quantile_cont({column}, [{', '.join(map(self._write_argument, shares))}])"

    def _list_shares(self, agg: Agg) -> list[Expr]:
        """Return the shares of all quantiles of a quantile's column; windows take one each."""
        if agg.function != "quantile" or self.query.transform or self.beside:
            return []
        found = list_aggregations(*(output.expression for output in self.query.aggregate))
        same = (a for a in found if a.function == "quantile" and a.arguments[0] == agg.arguments[0])
        return [a.arguments[1] for a in same]

    def _write_argument(self, node: Expr) -> str:
        if isinstance(node, Lit):
            return self._make_writer().write_constant(node.value).text
        return self._make_writer().write_comparable(node).text

    def _over(self, text: str) -> Sql:
        if not (self.query.transform or self.beside):
            return Sql(text, ATOM)
        return Sql(f"{text} OVER {self._partition()}", ATOM)

    def _partition(self, order: str = "", rows: str = "") -> str:
        """Write the rows that a window sees: those of a group, in an order."""
        keys = ", ".join(self._list_keys())
        parts = [f"PARTITION BY {keys}" if keys else "", f"ORDER BY {order}" if order else "", rows]
        return f"({' '.join(part for part in parts if part)})"

    def _write_window_order(self) -> str:
        """Write the order of the rows for windows: the query's own, or the frame's."""
        keys = [sort_key(key.name, key.descending) for key in self.query.order_by]
        return ", ".join([*keys, *(["rowid"] if self.data.ordered else [])])

    def _write_window(self, agg: Agg) -> Sql:
        if agg.function in CHANGES:
            return self._make_writer().write(expand_change(agg))
        if agg.function in ROLLING:
            return self._write_rolling(agg)
        x = self._write_argument(agg.arguments[0]) if agg.arguments else ""
        order, missing = self._write_window_order(), self._misses(agg)
        by_value = f"{x} DESC" if is_descending(agg) else x
        text = self._write_window_template(agg).format(
            x=self._or_null(x) if agg.function in {"lag", "lead"} else x,
            n=f", {steps}" if (steps := count_steps(agg)) > 1 else "",
            p=self._partition(),
            r=self._partition(by_value),
            f=self._partition(f"{by_value}, {order}"),
            w=self._partition(order),
            following=self._partition(order, "ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING"),
            whole=self._partition(
                order, "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"
            ),
        )
        if not (agg.function in BESIDE_GAPS and missing):
            return Sql(text, LOOSE.get(agg.function, ATOM))
        return Sql(f"CASE WHEN {x} IS NOT NULL THEN {text} END")

    def _write_rolling(self, agg: Agg) -> Sql:
        """Write an aggregation of the last rows, if enough of them have a value."""
        x, rolling = self._write_argument(agg.arguments[0]), read_rolling(agg)
        if rolling.span:
            return self._write_roll_time(x, agg)
        frame = f"ROWS BETWEEN {rolling.rows - 1} PRECEDING AND CURRENT ROW"
        rows = self._partition(self._write_window_order(), frame)
        text = self._write_window_template(agg).format(x=x, rows=rows)
        # Of no value, there is no aggregation but a count.
        if rolling.at_least <= 1:
            return Sql(text)
        return Sql(f"CASE WHEN count({x}) OVER {rows} >= {rolling.at_least} THEN {text} END")

    def _write_roll_time(self, x: str, agg: Agg) -> Sql:
        """Write an aggregation over the time up to each row, which has none where that is missing.

        A range has both of its ends, so it is a microsecond shorter than the time.
        """
        rolling, (key, *_) = read_rolling(agg), self.query.order_by
        hours, seconds = divmod(rolling.seconds - 1, 3600)
        span = f"{hours}:{seconds // 60:02}:{seconds % 60:02}.999999"
        time = self._write_argument(Col(key.name))
        frame = f"RANGE BETWEEN INTERVAL '{span}' PRECEDING AND CURRENT ROW"
        rows = self._partition(time, frame)
        text = self._write_window_template(agg).format(x=x, rows=rows)
        tests = [f"{time} IS NOT NULL"] if self.facts.may_miss(Col(key.name)) else []
        if rolling.at_least > 1:
            tests.append(f"count({x}) OVER {rows} >= {rolling.at_least}")
        return Sql(f"CASE WHEN {' AND '.join(tests)} THEN {text} END" if tests else text)

    def _write_window_template(self, agg: Agg) -> str:
        """Return the word for a window, or for a part of what it means."""
        if agg.function == "rank":
            return RANKS[rank_method(agg)]
        if agg.function in COMPLETE and not self._misses(agg):
            return COMPLETE[agg.function]
        if agg.function == "cumsum" and self.facts.find_kind(agg.arguments[0]) == "bool":
            return f"{self._write_count('{x}')} OVER {{w}}"
        return (WINDOWS | ORDERED_ENDS)[agg.function]

    def _misses(self, agg: Agg) -> bool:
        return bool(agg.arguments) and self.facts.may_miss(agg.arguments[0])

    def _or_null(self, text: str) -> str:
        """Return a value in a type that has NULL, which all types of DuckDB have."""
        return text

    def _may_be_nothing(self, argument: Expr) -> bool:
        """Return whether a group can have no values; a group has a row, a whole frame may not."""
        empty = not self.query.group_by and (self.query.where or not self.data.rows)
        return bool(empty) or self.facts.may_miss(argument)
