"""ClickHouse's SQL, as far as it differs from DuckDB's: its expressions and its statement."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

from ...errors import Unsupported
from ...spec.expression import Agg, Arith, Call, Col, Compare, Expr, Lit, Value, list_columns, walk
from ...spec.formats import PIECES
from ...spec.intervals import find_step
from ...spec.schema import Column
from ...spec.vocabulary import ROLLING
from ...spec.windows import Rolling, read_rolling
from ...spec.workload import Extreme, Gaps, RowFunction, Unpivot
from ..duckdb.gaps import fill_gaps
from ..duckdb.joins import JoinWords
from ..duckdb.queries import Statement
from ..writing.properties import NARROW, Facts, makes_double
from ..writing.sql import (
    ADD,
    ATOM,
    CAST,
    COMPARE,
    MULTIPLY,
    NEGATIVE,
    Sql,
    SqlWriter,
    quote_name,
    write_clause,
)
from ..writing.steps import map_as_case
from .words import (
    AGGREGATIONS,
    FUNCTIONS,
    LEVELS,
    ORDERED_ENDS,
    POPULATION,
    UNDEFINED,
    UNSUPPORTED,
    VARIANTS,
    WINDOWS,
)

UNITS = {"year", "quarter", "month", "week", "day", "hour", "minute"}
TYPES = {
    "int8": "Int8",
    "int16": "Int16",
    "int32": "Int32",
    "int64": "Int64",
    "uint8": "UInt8",
    "uint16": "UInt16",
    "uint32": "UInt32",
    "uint64": "UInt64",
    "float": "Float32",
    "double": "Float64",
}
KINDS = {"string": "String", "bool": "Bool", "date": "Date32", "null": "Nothing"}
# What ClickHouse calls otherwise than strftime.
DIRECTIVES = {"%M": "%i", "%B": "%M", "%A": "%W"}
DIGITS = {"s": 0, "ms": 3, "us": 6, "ns": 9}


def find_type(column: Column) -> str:
    """Return ClickHouse's type for a column: only those that miss values are Nullable."""
    found = TYPES.get(column.arrow) or KINDS.get(column.kind)
    if column.kind == "timestamp":
        found = _time_type(column.arrow)
    if found is None:
        raise Unsupported(column.name, f"no ClickHouse type is known for {column.arrow}")
    return f"Nullable({found})" if column.missing or column.kind == "null" else found


def write_instant(text: str, node: Expr, facts: Facts) -> str:
    """Write a time in microseconds."""
    moment = f"toDateTime64({text}, 6, 'UTC')" if facts.find_kind(node) == "date" else text
    return f"toUnixTimestamp64Micro({moment})"


class ClickHouseWriter(SqlWriter):
    """Writes expressions as ClickHouse reads them: its integers grow wider by themselves."""

    __slots__ = ()

    def write_constant(self, value: Value, *, plain: bool = True) -> Sql:
        """Write a constant; a number with a point is a double."""
        match value:
            case float() if not math.isfinite(value):
                return Sql(str(value), NEGATIVE)
            case float():
                return Sql(repr(value), NEGATIVE if value < 0 else ATOM)
            case str():
                return Sql(quote_text(value))
            case dt.datetime():
                moment = value.astimezone(dt.UTC) if value.tzinfo else value
                text = moment.replace(tzinfo=None).isoformat(" ")
                return Sql(f"toDateTime64('{text}', 6, 'UTC')")
            case dt.date():
                return Sql(f"toDate32('{value.isoformat()}')")
            case _:
                return super().write_constant(value, plain=plain)

    def write_without_nan(self, text: str) -> Sql:
        """Write a value, or NULL in the place of NaN, which is not equal to itself."""
        return Sql(f"if(isNaN({text}), NULL, {text})")

    def write_int64(self, written: Sql) -> Sql:
        """Write a number as an integer of 64 bits; a cast by `::` would raise at NULL."""
        return Sql(f"toInt64({written.text})")

    def write_negative(self, operand: Expr) -> Sql:
        """Write a number with the other sign: only that keeps ClickHouse's integers narrow."""
        written = self.write(operand)
        if self.facts.find_kind(operand) == "int" and self._is_narrow(operand):
            written = self.write_int64(written)
        return Sql(f"-{written.at(CAST)}", NEGATIVE)

    def write_power(self, left: Sql, right: Sql) -> Sql:
        """Write a power."""
        return Sql(f"pow({left.text}, {right.text})")

    def write_alike(self, values: Sequence[Expr], *, plain: bool) -> list[str]:
        """Write values of one type: of Int64 and Float64, ClickHouse makes a Variant."""
        mixed = any(self.facts.find_kind(v) == "float" or makes_double(v) for v in values)
        several = sum(value != Lit(None) for value in values) > 1
        return [
            self._write_name(value, mixed=mixed, several=several, plain=plain) for value in values
        ]

    def _write_name(self, value: Expr, *, mixed: bool, several: bool, plain: bool) -> str:
        text = self.write(value, plain=plain).text
        if self.facts.find_kind(value) != "int" or (isinstance(value, Lit) and _is_short(value)):
            return text
        if mixed:
            return f"toFloat64({text})"
        return f"toInt64({text})" if several and self._is_unsigned(value) else text

    def _is_narrow(self, node: Expr) -> bool:
        return any(
            c in self.facts.data and self.facts.data[c].arrow in NARROW for c in list_columns(node)
        )

    def _is_unsigned(self, node: Expr) -> bool:
        names = (column for column in list_columns(node) if column in self.facts.data)
        if any(self.facts.data[column].arrow.startswith("uint") for column in names):
            return True
        return any(_is_count(part) for part in walk(node))

    def _write_wide(self, node: Expr, op: str, other: Expr, *, plain: bool) -> Sql:  # noqa: ARG002
        return self.write(node, plain=plain)

    def _write_divisor(self, node: Expr) -> str:
        divisor = self.write(node)
        return divisor.at(NEGATIVE) if self.facts.is_nonzero(node) else f"nullIf({divisor.text}, 0)"

    def _write_modulo(self, left: Expr, right: Expr) -> Sql:
        """ClickHouse's remainder has the sign of the dividend, Python's that of the divisor."""
        x, y = self.write(left), self.write(right)
        if self._write_integers(left, right) and self.facts.is_natural(left, right):
            return Sql(f"{x.at(MULTIPLY)} % {self._write_divisor(right)}", MULTIPLY)
        if _is_positive(right):
            return Sql(f"positiveModulo({x.text}, {y.text})")
        if not self._write_integers(left, right):
            remainder = f"{x.at(MULTIPLY)} % {self._write_divisor(right)}"
            signs = f"sign({remainder}) = -sign({y.text})"
            return Sql(f"{remainder} + {y.at(MULTIPLY)} * ({signs})", ADD)
        return Sql(f"moduloOrNull(moduloOrNull({x.text}, {y.text}) + {y.at(ADD)}, {y.text})")

    def _write_floor_division(self, left: Expr, right: Expr) -> Sql:
        """ClickHouse truncates a quotient: one less where a remainder is of other sign."""
        x, y = self.write(left), self.write(right)
        if not self._write_integers(left, right):
            return Sql(f"floor({x.at(MULTIPLY)} / {self._write_divisor(right)})")
        if self.facts.is_natural(left, right):
            return Sql(f"intDiv({x.text}, {self._write_divisor(right)})")
        if _is_positive(right):
            remainder = f"{x.at(MULTIPLY)} % {y.at(NEGATIVE)}"
            return Sql(f"intDiv({x.text}, {y.text}) - ({remainder} < 0)", ADD)
        signs = f"sign(moduloOrNull({x.text}, {y.text})) = -sign({y.text})"
        return Sql(f"intDivOrNull({x.text}, {y.text}) - ({signs})", ADD)

    def write_comparison(self, node: Compare) -> Sql:
        """Write a comparison."""
        x, y = (self.write_comparable(side).at(ADD) for side in (node.left, node.right))
        return Sql(f"{x} {'=' if node.op == '==' else node.op} {y}", COMPARE)

    def write_format(self, time: Expr, format_: str) -> Sql | None:
        """Write the text of a time; `%M` is the name of a month in ClickHouse."""
        if self.facts.is_distant(time):
            return None
        return Sql(
            f"formatDateTime({self.write(time).text}, {quote_text(_write_directives(format_))})"
        )

    def call(self, node: Call) -> Sql:
        """Write a row function."""
        function, arguments = node.function, node.arguments
        if function not in FUNCTIONS and function != "map":
            raise Unsupported(f"{function}()", "not implemented for ClickHouse yet")
        match function:
            case "map":
                return self.write(map_as_case(node))
            case "concat":
                return super().call(node)
            case "coalesce":
                texts = self._write_values(arguments)
                return Sql(FUNCTIONS[function].format(", ".join(texts)))
            case "abs" if self.facts.find_kind(arguments[0]) == "int":
                text = self.write_comparable(arguments[0]).text
                return Sql(f"toInt64({FUNCTIONS[function].format(text)})")
            case "min" | "max":
                return self._write_extreme(function, arguments)
            case "truncate":
                return self._truncate(arguments)
            case "slice":
                return Sql(self._slice(arguments))
            case "round":
                texts = [*map(self._write_text, arguments), "0"]
            case "floor" | "ceil" | "sqrt" | "log" | "log10" | "exp":
                texts = [self.write(arguments[0]).text]
            case "clip":
                texts = self._write_values(arguments)
            case "days" if all(self.facts.find_kind(a) == "date" for a in arguments):
                texts = [*map(self._write_text, arguments)]
            case "days" | "hours" | "minutes" | "seconds":
                texts = [write_instant(self.write(a).text, a, self.facts) for a in arguments]
            case _:
                texts = self._write_settings(node)
        template = VARIANTS.get(self._name_variant(node), FUNCTIONS[function])
        written = Sql(template.format(*texts), LEVELS.get(function, ATOM))
        if function == "split" and self.facts.may_miss(arguments[0]):
            # An array has no NULL in its place.
            text = self.write_comparable(arguments[0]).at(ADD)
            return Sql(f"CASE WHEN {text} IS NOT NULL THEN {written.text} END")
        return written

    def _write_text(self, node: Expr) -> str:
        return self.write(node).text

    def _name_variant(self, node: Call) -> str:
        """Name a word for a part of what a function means."""
        kind = self.facts.find_kind(node.arguments[0])
        match node:
            case Call("split", (_, Lit(None), *_)):
                return "split_words"
            case Call("parse"):
                return f"parse_{self.facts.find_kind(node)}"
            case Call("days", (_, other)) if self.facts.find_kind(other) != kind:
                return ""
            case Call(function):
                return f"{function}_{kind}"

    def _write_settings(self, node: Call) -> list[str]:
        """Write a function's arguments, with settings as ClickHouse counts and names them."""
        texts = [self.write_comparable(argument).text for argument in node.arguments]
        match node:
            case Call("split", (text, _, Lit(int(place)))):
                whole = f"assumeNotNull({texts[0]})" if self.facts.may_miss(text) else texts[0]
                return [whole, texts[1], str(place + 1 if place >= 0 else place)]
            case Call("offset", (moment, Lit(int(count)), Lit(str(unit)))):
                # A day of a zone may have 23 hours.
                whole_days = unit == "days" and self.facts.find_zone(moment)
                number, word = (24 * count, "hours") if whole_days else (count, unit)
                return [texts[0], str(number), word.capitalize()]
            case Call("parse", (_, Lit(str(format_)))):
                return [texts[0], quote_text(_write_directives(format_))]
            case _:
                return texts

    def _slice(self, arguments: tuple[Expr, ...]) -> str:
        """Write the characters from a place up to another, which both may count from the end."""
        text, start, end = self.write(arguments[0]).text, arguments[1], arguments[2]
        assert isinstance(start, Lit)
        assert isinstance(end, Lit)
        first = int(str(start.value or 0))
        if end.value is None:
            return f"substringUTF8({text}, {first + 1 if first >= 0 else first})"
        last = int(str(end.value))
        if first >= 0 and last >= 0:
            return f"substringUTF8({text}, {first + 1}, {max(last - first, 0)})"
        if first < 0 and last < 0:
            return f"rightUTF8(leftUTF8({text}, {last}), {max(last - first, 0)})"
        if first >= 0:
            return f"substringUTF8(leftUTF8({text}, {last}), {first + 1})"
        raise Unsupported(f"[{first}:{last}]", "a slice from the end to a place from the start")

    def _write_values(self, arguments: tuple[Expr, ...]) -> list[str]:
        """Write values of one type, without NaN."""
        seen = [self.write_comparable(argument).text for argument in arguments]
        texts = self.write_alike(arguments, plain=True)
        nans = map(self.facts.makes_nan, arguments)
        return [s if nan else t for s, t, nan in zip(seen, texts, nans, strict=True)]

    def _write_extreme(self, function: str, arguments: tuple[Expr, ...]) -> Sql:
        """Write the least or the greatest of a row's values; those of ClickHouse leave NULL out."""
        texts = self._write_values(arguments)
        written = FUNCTIONS[function].format(", ".join(texts))
        missing = [t for t, a in zip(texts, arguments, strict=True) if self.facts.may_miss(a)]
        present = " AND ".join(f"{text} IS NOT NULL" for text in missing)
        return Sql(f"CASE WHEN {present} THEN {written} END" if missing else written)

    def _truncate(self, arguments: tuple[Expr, ...]) -> Sql:
        """Write the start of a unit: of a year to a day, ClickHouse's is a date."""
        moment, unit = arguments
        assert isinstance(unit, Lit)
        unit_text, text = quote_text(str(unit.value)), self.write(moment).text
        written = FUNCTIONS["truncate"].format(unit_text, text)
        if unit.value not in UNITS:
            number, word = find_step(str(unit.value)) or (0, "")
            written = f"toStartOfInterval({text}, INTERVAL {number} {word.upper()})"
            if word == "hour" and self.facts.find_zone(moment):
                # On the day that has 25 hours, ClickHouse counts them from midnight.
                begun = f"date_trunc('hour', {text})"
                written = f"subtractHours({begun}, toHour({text}) % {number})"
        if self.facts.find_kind(moment) == "date":
            return Sql(f"toDate32({written})")
        return Sql(
            f"toDateTime64({written}, 6, {quote_text(self.facts.find_zone(moment) or 'UTC')})"
        )


class ClickHouseStatement(Statement):
    """One query as ClickHouse reads it."""

    names_windows = False
    hides_numbers = False
    join_words = JoinWords(
        "dateDiff('day', {1}, {0})", "toUnixTimestamp64Micro({0})", keeps_tables=True
    )

    @property
    def is_ordered(self) -> bool:
        """Return whether the answer depends on the rows' order, which threads do not keep."""
        return isinstance(self.query.apply, RowFunction) or super().is_ordered

    def write_settings(self) -> dict[str, int | str]:
        """Return the settings without which the statement would mean something else."""
        found: dict[str, int | str] = {}
        if self.shadowing_outputs:
            # Otherwise `sum(x) AS x` is what `x` means in every clause.
            found["prefer_column_name_to_alias"] = 1
        if (
            any(met.join.how in {"left", "right", "outer", "asof"} for met in self.joinings)
            or self.query.gaps
        ):
            # Otherwise what has no partner is 0 or an empty text.
            found["join_use_nulls"] = 1
        if any(met.join.asof and not met.join.on for met in self.joinings):
            # A hash has to have a key that is equal.
            found["join_algorithm"] = "'full_sorting_merge'"
        if self._truncates_to_steps:
            # Otherwise an interval begins at a time of 32 bits, none before 1970.
            found["enable_extended_results_for_datetime_functions"] = 1
        return found

    def _choose_clauses(self) -> list[str]:
        if self.query.gaps:
            series = self._write_series(self.query.gaps)
            return [fill_gaps(self.table, self.query.gaps, self.data, series)]
        return super()._choose_clauses()

    def _write_series(self, gaps: Gaps) -> str:
        """Write the times from the first to the last one of a group: none where there is none."""
        time, (number, word) = quote_name(gaps.time), find_step(gaps.unit) or (1, gaps.unit)
        # Of no rows, ClickHouse's first time is that of 1970.
        ends = ("min", "max") if gaps.others else ("minOrNull", "maxOrNull")
        first, last = (f"{end}({time})" for end in ends)
        count = f"dateDiff('{word}', {first}, {last}) + 1"
        if self.data[gaps.time].missing or not gaps.others:
            count = f"ifNull({count}, 0)"
        places = f"range(0, {count}, {number})" if number > 1 else f"range({count})"
        lines = f"i -> add{word.capitalize()}s({first}, i),\n    {places}"
        return f"arrayJoin(arrayMap(\n    {lines}\n))"

    def _write_long_clauses(self, unpivot: Unpivot) -> list[str]:
        """Write a row for each value of several columns, all of one type."""
        names = ", ".join(map(quote_text, unpivot.on))
        values = ", ".join(self._make_writer().write_alike([*map(Col, unpivot.on)], plain=False))
        made = [
            f"[{names}] AS {quote_name(unpivot.names)}",
            f"[{values}] AS {quote_name(unpivot.values)}",
        ]
        having = self.query.having
        return [
            write_clause("SELECT", [*map(quote_name, unpivot.outputs)], ","),
            f"FROM {self._write_long_source(unpivot)}",
            write_clause("ARRAY JOIN", made, ","),
            self._list_conditions("WHERE", having) if having else "",
        ]

    @property
    def _truncates_to_steps(self) -> bool:
        parts = (part for node in self.query.expressions for part in walk(node))
        return any(is_step(part) for part in parts)

    @property
    def shadowing_outputs(self) -> frozenset[str]:
        """Return the outputs that are named like a column which another expression reads."""
        query = self.query
        outputs = (*query.aggregate, *query.transform)
        found = {o.name for o in outputs if o.expression != Col(o.name) and o.name in self._frame}
        read = [(o.name, list_columns(o.expression)) for o in (*query.derive, *outputs)]
        read += [("", list_columns(query.where))] if query.where else []
        return frozenset(n for n in found if any(n in names for own, names in read if own != n))

    @property
    def _frame(self) -> set[str]:
        return {*self.data.names, *(output.name for output in self.query.derive)}

    def _order(self) -> list[str]:
        if self.is_ordered and not self.query.sort and self._answers_rows:
            return ["rowid"]
        return super()._order()

    @property
    def _answers_rows(self) -> bool:
        return bool(self.query.transform) or isinstance(self.query.apply, RowFunction)

    @property
    def _is_windowed(self) -> bool:
        return bool(self.query.transform) or self.beside

    def _write_named(self, expression: Expr, alias: str) -> str:
        """Write an output; of a key that is a float, -0.0 becomes 0.0, for they are two keys."""
        is_key = alias in self.query.group_by and expression != Col(alias)
        if is_key and self.facts.find_kind(expression) == "float":
            expression = Arith("+", expression, Lit(0))
        return super()._write_named(expression, alias)

    def _make_writer(self, facts: Facts | None = None) -> SqlWriter:
        return ClickHouseWriter(facts or self.facts, self._write_aggregation, named=self.named)

    def _write_count(self, condition: str) -> str:
        return f"countIf({condition})"

    def _write_call(self, agg: Agg, arguments: list[str]) -> str:
        x, *rest = arguments
        if agg.function not in AGGREGATIONS | POPULATION:
            raise Unsupported(f"{agg.function}()", "not implemented for ClickHouse yet")
        if agg.function == "n_unique" and self.facts.find_kind(agg.arguments[0]) == "float":
            return f"uniqExact({x} + 0)"
        if agg.function == "count" and self._is_windowed and self.facts.may_miss(agg.arguments[0]):
            # chDB 4.4 does not find the column of `count(x) OVER ()`.
            return f"countIf({x} IS NOT NULL)"
        orelse = "OrNull" if self.facts.empty and agg.function not in {"count", "n_unique"} else ""
        word = (AGGREGATIONS | POPULATION)[agg.function]
        if agg.function in {"first", "last"}:
            return f"{word}{orelse}({x}, rowid)"
        if agg.function in {"median", "quantile"}:
            share = rest[0] if rest else "0.5"
            return f"{word}{orelse}({share})({x})"
        return f"{word}{orelse}({', '.join(arguments)})"

    def _write_aggregation(self, agg: Agg) -> Sql:
        if agg.function in UNSUPPORTED:
            raise Unsupported(f"{agg.function}()", UNSUPPORTED[agg.function])
        if agg.function == "prod":
            return self._write_product(agg.arguments[0])
        written = super()._write_aggregation(agg)
        if agg.function not in UNDEFINED:
            return written
        return Sql(f"ifNotFinite({written.text}, NULL)")

    def _write_product(self, value: Expr) -> Sql:
        """Write the product of an array: of no values, ClickHouse's would be 0."""
        taken = self._over(f"groupArray({self._write_argument(value)})").text
        taken = f"arrayPushBack({taken}, 1)" if self._may_be_nothing(value) else taken
        return Sql(f"{AGGREGATIONS['prod']}({taken})")

    def _write_window_template(self, agg: Agg) -> str:
        if agg.function in ROLLING and ROLLING[agg.function] in UNDEFINED:
            return f"ifNotFinite({WINDOWS[agg.function]}, NULL)"
        if agg.function in ROLLING | ORDERED_ENDS or agg.function in {"ffill", "bfill"}:
            return (WINDOWS | ORDERED_ENDS)[agg.function]
        return super()._write_window_template(agg)

    def _write_rolling(self, agg: Agg) -> Sql:
        """Write an aggregation of the last rows, if enough of them have a value."""
        x, rolling = self._write_argument(agg.arguments[0]), read_rolling(agg)
        rows, tests = self._write_rows(rolling), []
        if rolling.span and self.facts.may_miss(Col(self.query.order_by[0].name)):
            tests.append(f"{quote_name(self.query.order_by[0].name)} IS NOT NULL")
        # chDB 4.4 does not find the column of `count(x) OVER ()`.
        count = f"countIf({x} IS NOT NULL) OVER {rows}"
        text = self._write_window_template(agg).format(x=x, rows=rows)
        text = count if agg.function == "rolling_count" else text
        if rolling.at_least > 1:
            tests.append(f"{count} >= {rolling.at_least}")
        return Sql(f"CASE WHEN {' AND '.join(tests)} THEN {text} END" if tests else text)

    def _write_rows(self, rolling: Rolling) -> str:
        """Write the last rows, or those of the last days: both ends of a range count."""
        if not rolling.span:
            frame = f"ROWS BETWEEN {rolling.rows - 1} PRECEDING AND CURRENT ROW"
            return self._partition(self._write_window_order(), frame)
        time = self.query.order_by[0].name
        if self.facts.find_kind(Col(time)) != "date":
            why = "ClickHouse's ranges are numbers of 32 bits, too few for microseconds"
            raise Unsupported("a window over a time", why)
        days = (rolling.seconds - 1) // 86_400
        return self._partition(quote_name(time), f"RANGE BETWEEN {days} PRECEDING AND CURRENT ROW")

    def _or_null(self, text: str) -> str:
        return f"toNullable({text})"

    def _write_extreme(self, extreme: Extreme) -> str:
        """Write the largest values: sorting negative ones keeps no more of them than are asked."""
        column, n = quote_name(extreme.column), extreme.n
        if extreme.smallest:
            text = f"arrayJoin(groupArraySorted({n})({column}))"
        elif self.data[extreme.column].kind in {"int", "float"}:
            text = f"-arrayJoin(groupArraySorted({n})(-{column}))"
        else:
            text = f"arrayJoin(arraySlice(arrayReverseSort(groupArray({column})), 1, {n}))"
        return f"{text} AS {quote_name(extreme.name)}"

    def _list_items(self) -> list[str]:
        return ["rowid", *super()._list_items()] if self._keeps_numbers else super()._list_items()

    def _wrap_window(self, text: str) -> str:
        shown = "* EXCEPT (rowid)" if self._keeps_numbers else "*"
        return f"SELECT {shown}\n{super()._wrap_window(text)}"

    @property
    def _keeps_numbers(self) -> bool:
        """Return whether rows are filtered by their answers, and then sorted by their numbers."""
        return self._filters_rows and self._order() == ["rowid"]


def is_step(node: Expr) -> bool:
    """Return whether a time is truncated to some hours, minutes or seconds."""
    match node:
        case Call("truncate", (_, Lit(unit))):
            return unit not in UNITS
        case _:
            return False


def _write_directives(format_: str) -> str:
    return "".join(DIRECTIVES.get(piece, piece) for piece in PIECES.findall(format_))


def quote_text(text: str) -> str:
    """Write a string constant, in which a backslash begins an escape."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def _time_type(arrow: str) -> str:
    """Return the type of times; those without a zone are taken as a clock in UTC shows them."""
    unit, _, zone = arrow.removeprefix("timestamp[").rstrip("]").partition(", tz=")
    return f"DateTime64({DIGITS[unit]}, {quote_text(zone or 'UTC')})"


def _is_positive(node: Expr) -> bool:
    return isinstance(node, Lit) and isinstance(node.value, int | float) and node.value > 0


def _is_short(node: Lit) -> bool:
    return isinstance(node.value, int) and abs(node.value) < 2**31


def _is_count(node: Expr) -> bool:
    """Return whether an expression is a number of rows, which has no sign."""
    match node:
        case Agg("count" | "size" | "n_unique") | Call("len"):
            return True
        case _:
            return False
