"""Read the queries of a workload: clauses in their order, each over the columns it can see."""

from __future__ import annotations

from dataclasses import dataclass, replace
from keyword import iskeyword
from pathlib import Path
from typing import Literal, cast

from .calls import Context
from .choices import CHOOSING_FREELY, find_misuse, list_choices
from .composed import compose, spread_quantiles
from .document import Fields, Log, Node, TextNode
from .expression import (
    Col,
    Expr,
    list_aggregations,
    list_columns,
    walk,
)
from .fields import Section, check_word, open_section
from .function_source import FunctionSource, holds_definition, read_source
from .gaps import read_gaps
from .grammar import ANSWERS, APPLY, EXTREME, KEEP, ON_MISSING, PIVOT, QUERY, ROWS, STEP, UNPIVOT
from .joins import JoinReader, join_schemas
from .kinds import KindError, find_kind, may_be_condition
from .order import Order, is_ordered, join_order, order_after
from .parser import parse
from .pivot import ColumnsReader, expand_pivot
from .python_syntax import ExpressionError, Parsed, Slip
from .row_functions import (
    TAKEN,
    ReadRow,
    describe_opaque,
    group_function,
    parse_definition,
    parse_row_function,
)
from .schema import Column, Schema
from .scope import Scope, make_column
from .steps import merge_steps
from .unparse import unparse_question, write_text
from .unpivot import read_unpivot, unpivot_schema
from .vocabulary import suggest_column
from .windows import is_timed
from .workload import (
    Extreme,
    Gaps,
    GroupFunction,
    Join,
    Output,
    Pivot,
    Query,
    RowFunction,
    SortKey,
    Unpivot,
)

AGGREGATES_NOTHING = "this expression aggregates nothing; write sum(…), count(…), …"


def read_queries(log: Log, node: Node, scope: Scope, folder: Path) -> tuple[Query, ...]:
    """Read all queries; mistakes are logged."""
    if not isinstance(node, Fields) or not node.pairs:
        log.add(node.place, "queries needs at least one query under a name, such as 'q1:'")
        return ()
    return tuple(read_query(log, name, value, scope, folder) for name, value in node.pairs)


def read_query(log: Log, name: TextNode, node: Node, scope: Scope, folder: Path) -> Query:
    """Read one query."""
    check_word(log, name)
    given = open_section(log, node, f"query {name.text}", QUERY)
    read = _read_steps if "steps" in given else _read_alone
    query = read(log, given, scope, folder)
    asked = given.parse_text("question") or unparse_question(query)
    named = tuple(replace(step, name=name.text) for step in query.earlier)
    return compose(replace(query, name=name.text, question=asked, earlier=named))


def _read_alone(log: Log, given: Section, scope: Scope, folder: Path) -> Query:
    query, _ = _Clauses(log, given, folder, Order()).read(scope)
    return query


def _read_steps(log: Log, given: Section, scope: Scope, folder: Path) -> Query:
    """Read the steps, each over the columns of the answer before it."""
    for clause in (name for name in given.values if name in STEP):
        log.add(given.at(clause), f"{clause} belongs in one of the steps")
    nodes = given.parse_items("steps", "a list of steps, each a mapping such as {where: v1 > 2}")
    found: list[Query] = []
    order = Order()
    for number, node in enumerate(nodes, 1):
        section = open_section(log, node, f"step {number}", STEP)
        clauses = _Clauses(log, section, folder, order, number)
        step, scope = clauses.read(scope)
        order = order_after(step, order)
        if number < len(nodes):
            clauses.check_cut(step, order)
            clauses.check_passed(step)
        if len(nodes) > 1:
            step = clauses.take_tree(step)
        found.append(step)
    return merge_steps(found) if found else Query("", "")


@dataclass(frozen=True, slots=True)
class _Clauses:
    """The clauses of one step; `order` is that of the rows that it works on, `number` its own."""

    log: Log
    given: Section
    folder: Path
    order: Order
    number: int = 0

    def read(self, data: Scope) -> tuple[Query, Scope]:
        """Read the step, and return it with the scope of its answer."""
        tables, schemas = data.tables, data.schema.tables if data.schema else ()
        joins, data = self.read_joins(data)
        later = tuple(name.text for name, _ in self.derive_pairs())
        where = self.parse_condition("where", replace(data, later=later))
        rows, derive = self.read_derived(data)
        keys = self.parse_keys(rows)
        pivot = self.pivot(rows)
        self.check_answers()
        query = Query(
            name="",
            question="",
            joins=joins,
            where=where,
            derive=derive,
            group_by=keys,
            order_by=self.order_keys(rows),
            aggregate=expand_pivot(pivot)
            if pivot
            else self.parse_outputs("aggregate", Context.AGGREGATE, rows, keys),
            extreme=self.parse_extreme("largest", rows, keys)
            or self.parse_extreme("smallest", rows, keys),
            apply=self.apply(rows, keys),
            transform=self.parse_outputs("transform", Context.TRANSFORM, rows, keys),
            pivot=pivot,
            unpivot=self.unpivot(rows),
            gaps=self.check_gaps(keys, derive, rows.schema),
            select=self.select(rows),
            limit=self.given.parse_integer("limit", 0) or None,
            whole=not any(clause in self.given for clause in ANSWERS),
        )
        self.check_order(query)
        self.check_times(query, rows)
        seen = query
        if query.extreme and query.extreme.rows:
            seen = replace(query, extreme=None, group_by=(), select=rows.names or (), whole=True)
            query = replace(query, select=seen.select) if rows.names else seen
        unknown = "pivot" in self.given and not query.aggregate
        answer = Scope() if unknown else self.answer(seen, rows)
        query = replace(query, having=self.parse_condition("having", answer), sort=self.sort(seen))
        self.check_choices(query)
        schema = answer.schema and replace(answer.schema, tables=schemas)
        return query, replace(answer, what="column", schema=schema, tables=tables)

    def read_joins(self, data: Scope) -> tuple[tuple[Join, ...], Scope]:
        """Read the joins, and see the joined rows; any column where one is mistaken."""
        if "join" not in self.given:
            return (), data
        if "apply" in self.given:
            message = "apply needs ordered rows, and joined rows have no order"
            self.log.add(self.given.at("apply"), message)
        found: list[Join] = []
        schema, tables = data.schema, data.tables
        for node in self.given.parse_one_or_more("join", "a join, or a list of joins"):
            join = JoinReader(self.log, node, schema, tables).read()
            schema = join_schemas(schema, join) if schema and join else None
            found += [join] if join else []
        return tuple(found), replace(Scope.of(schema), tables=tables)

    def select(self, rows: Scope) -> tuple[str, ...]:
        """Return the columns of the rows that are the answer, as far as they are known."""
        for name in (found := self.given.parse_names("select")):
            self.parse_column(name, rows)
        asks = any(clause in self.given for clause in ANSWERS)
        return tuple(name.text for name in found) if asks else rows.names or ()

    def check_answers(self) -> None:
        given = [clause for clause in ANSWERS if clause in self.given]
        of_rows = not given and any(clause in self.given for clause in ROWS)
        of_rows = of_rows or given[:1] in (["distinct"], ["select"])
        if of_rows and "group_by" in self.given:
            message = "group_by needs aggregate, largest, smallest, transform or apply"
            self.log.add(self.given.at("group_by"), message)
            return
        if given[:1] == ["pivot"] and "group_by" in self.given:
            self.log.add(
                self.given.at("group_by"), "a pivot groups by its index; leave group_by out"
            )
        if of_rows and not given:
            return
        if not given:
            words = f"{', '.join(ANSWERS[:-1])} or {ANSWERS[-1]}"
            self.given.add_missing(f"{self.given.what} has no result; add {words}")
        for clause in given[1:]:
            message = f"{clause} and {given[0]} cannot be combined in one query"
            self.log.add(self.given.at(clause), message)

    def parse_condition(self, clause: str, scope: Scope) -> Expr | None:
        if clause not in self.given:
            return None
        parsed = self.parse_expression(self.given.values[clause], Context.ROW, scope)
        if parsed is None:
            return None
        wrong = not may_be_condition(parsed.expression)
        if scope.schema and not wrong:
            column = make_column("", parsed.expression, scope.schema)
            wrong = column is not None and column.kind not in {"bool", "null"}
        if wrong:
            self.log.add(self.given.at(clause), f"{clause} needs a condition, such as v1 > 2")
        elif not (list_columns(parsed.expression) or list_aggregations(parsed.expression)):
            message = "no column is in this condition: it keeps all rows, or none; leave it out"
            self.log.add(self.given.at(clause), message)
        if clause == "having" and list_aggregations(parsed.expression):
            message = "the edges of these bins come from rows; write them in a step after this one"
            self.log.add(self.given.at(clause), message)
        return parsed.expression

    def parse_expression(self, node: Node, context: Context, scope: Scope) -> Parsed | None:
        if not isinstance(node, TextNode) or node.empty:
            self.log.add(node.place, "expected an expression, such as sum(v1)")
            return None
        try:
            parsed = parse(node.text, context)
        except ExpressionError as error:
            for slip in error.slips:
                self.log.add(node.at(slip.offset), slip.message)
            return None
        return parsed if self.sees(node, parsed, scope) else None

    def sees(self, node: TextNode, parsed: Parsed, scope: Scope) -> bool:
        """Return whether all columns are known and all kinds fit; others are mistakes."""
        unknown = [
            part
            for part in walk(parsed.expression)
            if isinstance(part, Col) and part.name not in scope
        ]
        for part in unknown:
            self.log.add(node.at(parsed.find_offset(part)), scope.explain_unknown(part.name))
        if unknown or scope.schema is None:
            return not unknown
        try:
            find_kind(parsed.expression, scope.schema)
        except KindError as error:
            self.log.add(node.at(parsed.find_offset(error.node)), str(error))
            return False
        return True

    def derive_pairs(self) -> tuple[tuple[TextNode, Node], ...]:
        return self.given.parse_pairs("derive", "a mapping of names to expressions")

    def read_derived(self, scope: Scope) -> tuple[Scope, tuple[Output, ...]]:
        found = []
        for name, node in self.derive_pairs():
            if scope.names is not None and name.text in scope.names:
                self.log.add(name.place, f"{name.text!r} is already a column; choose another name")
                continue
            parsed = self.parse_expression(node, Context.ROW, scope)
            if parsed:
                found.append(Output(name.text, parsed.expression))
            scope = scope.add_column(name.text, parsed.expression if parsed else None)
        return scope, tuple(found)

    def parse_keys(self, scope: Scope) -> tuple[str, ...]:
        found = [*self.given.parse_names("group_by"), *self.given.parse_names("distinct")]
        if pivot := self.open_pivot():
            found += pivot.parse_names("index")
        for key in found:
            self.parse_column(key, scope)
        return tuple(key.text for key in found)

    def unpivot(self, scope: Scope) -> Unpivot | None:
        """Return the unpivot; None after a mistake, or where there is none."""
        node = self.given.values.get("unpivot")
        if node is None:
            return None
        return read_unpivot(open_section(self.log, node, "unpivot", UNPIVOT), scope.schema)

    def check_gaps(
        self, keys: tuple[str, ...], derive: tuple[Output, ...], rows: Schema | None
    ) -> Gaps | None:
        """Return which key has gaps to fill; None after a mistake, or where none are asked for."""
        if not self.given.parse_boolean("fill_gaps"):
            return None
        place = self.given.at("fill_gaps")
        if "aggregate" not in self.given:
            self.log.add(place, "fill_gaps fills the gaps of an aggregate; add one")
            return None
        if any(key not in rows for key in keys if rows):
            return None
        return read_gaps(self.log, place, keys, derive, rows)

    def open_pivot(self) -> Section | None:
        node = self.given.values.get("pivot")
        return open_section(self.log, node, "pivot", PIVOT) if node else None

    def pivot(self, scope: Scope) -> Pivot | None:
        """Return the pivot, as far as its columns are known."""
        given = self.open_pivot()
        if given is None:
            return None
        index = tuple(name.text for name in given.parse_names("index"))
        columns = ColumnsReader(self.log, given, scope.schema, index).read()
        node = given.values.get("values")
        parsed = self.parse_expression(node, Context.AGGREGATE, scope) if node else None
        if columns:
            self.parse_column(columns[0], scope)
            columns = columns if columns[0].text in scope else None
        if parsed and not list_aggregations(parsed.expression):
            self.log.add(given.at("values"), AGGREGATES_NOTHING)
        if columns is None or parsed is None:
            return None
        return Pivot(columns[0].text, parsed.expression, columns[1])

    def parse_column(self, node: TextNode, scope: Scope) -> None:
        if node.text not in scope:
            self.log.add(node.place, scope.explain_unknown(node.text))

    def parse_outputs(
        self, clause: str, context: Context, scope: Scope, keys: tuple[str, ...]
    ) -> tuple[Output, ...]:
        found: list[Output] = []
        given = self.given.parse_pairs(clause, "a mapping of names to expressions")
        for name, node in (one for pair in given for one in spread_quantiles(*pair)):
            self.check_free(name, keys)
            if name.text in {output.name for output in found}:
                self.log.add(name.place, f"{name.text!r} is listed twice in {clause}")
            parsed = self.parse_expression(node, context, scope)
            if parsed and context is Context.AGGREGATE and not list_aggregations(parsed.expression):
                self.log.add(node.place, AGGREGATES_NOTHING)
            if parsed and (why := find_misuse(Output(name.text, parsed.expression))):
                self.log.add(node.place, why)
            if parsed and context is Context.TRANSFORM:
                for agg in list_aggregations(parsed.expression):
                    if agg.function == CHOOSING_FREELY:
                        message = f"{agg.function} is for aggregate only; use first, min or max"
                        self.log.add(node.place, message)
            if parsed:
                found.append(Output(name.text, parsed.expression))
        return tuple(found)

    def order_keys(self, rows: Scope) -> tuple[SortKey, ...]:
        """Return the columns that order the rows of a transform."""
        found = []
        for node in self.given.parse_names("order_by"):
            descending = node.text.startswith("-") and node.text not in (rows.names or ())
            name = node.text[1:] if descending else node.text
            if name not in rows:
                place = node.at(1 if descending and node.plain else 0)
                self.log.add(place, rows.explain_unknown(name))
            found.append(SortKey(name, descending))
        if found and "transform" not in self.given:
            message = "order_by orders the rows of transform; sort the answer with sort"
            self.log.add(self.given.at("order_by"), message)
        return tuple(found)

    def check_order(self, query: Query) -> None:
        """Check that rows have an order where a function needs one."""
        if join_order(query, self.order).defined or query.order_by:
            return
        why = f"the answer of step {self.number - 1} has no order; sort it by all of its keys"
        why = "joined rows have no order" if query.joins else why
        if query.extreme and query.extreme.rows:
            self.log.add(self.given.place, f"keep: row needs ordered rows, and {why}")
        for clause, outputs in (("aggregate", query.aggregate), ("transform", query.transform)):
            places = {name.text: node.place for name, node in self.given.parse_pairs(clause, "")}
            for output in outputs:
                for agg in list_aggregations(output.expression):
                    if is_ordered(agg):
                        message = f"{agg.function} needs ordered rows, and {why}"
                        self.log.add(places[output.name], message)

    def check_choices(self, query: Query) -> None:
        """Check that no clause depends on a value that is free."""
        free = {output.name for output in list_choices(query)}
        having = set(list_columns(query.having)) if query.having else set()
        sort = {key.name for key in query.sort}
        for clause, read in (("having", having), ("sort", sort)):
            if used := sorted(free & read):
                message = (
                    f"{used[0]} is any_value, which may be any of several; use first, min or max"
                )
                self.log.add(self.given.at(clause), message)

    def check_times(self, query: Query, rows: Scope) -> None:
        """Check that rows have a time where a window is one."""
        keys = query.order_by
        known = rows.schema.names if rows.schema else ()
        kinds = {rows.schema[key.name].kind for key in keys if rows.schema and key.name in known}
        single = len(keys) == 1 and not keys[0].descending and kinds <= {"date", "timestamp"}
        single = single and keys[0].name not in query.group_by
        places = {name.text: node.place for name, node in self.given.parse_pairs("transform", "")}
        for output in query.transform:
            for agg in list_aggregations(output.expression):
                if is_timed(agg) and not single:
                    needs = "needs order_by with one column of days or times, outside group_by"
                    message = f"{agg.function} over {write_text(agg.arguments[1])} {needs}"
                    self.log.add(places[output.name], message)

    def check_cut(self, step: Query, order: Order) -> None:
        """Check that it is settled which rows a limit keeps, where other steps work on them."""
        if step.limit is not None and not order.defined:
            needs = f"step {self.number + 1} needs to know which rows limit keeps"
            self.log.add(self.given.at("limit"), f"{needs}; sort by all keys of this step")

    def check_passed(self, step: Query) -> None:
        """Check that what other steps work on is settled."""
        if free := list_choices(step):
            read = f"and step {self.number + 1} works on it; use first, min or max"
            message = f"{free[0].name} is any_value, which may be any of several, {read}"
            self.log.add(self.given.at("aggregate"), message)

    def take_tree(self, step: Query) -> Query:
        """Return a step that applies its def's expression: between steps no engine calls Python."""
        if step.apply is None:
            return step
        if isinstance(step.apply, RowFunction) and step.apply.body is not None:
            return replace(step, apply=replace(step.apply, source=None))
        message = "among several steps, a def has to be an expression of a row, and this one is not"
        self.log.add(self.given.at("apply"), f"{message}; call it in a query of one step")
        return step

    def check_free(self, name: TextNode, keys: tuple[str, ...]) -> None:
        if name.text in keys:
            self.log.add(name.place, f"{name.text!r} is already a key; choose another name")

    def parse_extreme(self, clause: str, scope: Scope, keys: tuple[str, ...]) -> Extreme | None:
        if clause not in self.given:
            return None
        given = open_section(self.log, self.given.values[clause], clause, EXTREME)
        column = given.parse_scalar("column", "the name of a column")
        if column:
            self.parse_column(column, scope)
        name = given.parse_scalar("as", "a name") or column
        if not (column and name):
            return None
        if not given.is_word("keep", "row"):
            self.check_free(name, keys)
        rows = given.parse_choice("keep", KEEP) == "row"
        if rows and "as" in given:
            self.log.add(given.at("as"), "rows keep the names of their columns; leave 'as' out")
        return Extreme(
            column.text, given.parse_integer("n", 1), name.text, clause == "smallest", rows
        )

    def sort(self, query: Query) -> tuple[SortKey, ...]:
        if not (query.outputs or query.whole):
            return ()
        # A pivot's columns may be unknown until the data is read.
        known = query.outputs if query.pivot is None or query.aggregate else ()
        return tuple(self.sort_key(node, known) for node in self.given.parse_names("sort"))

    def sort_key(self, node: TextNode, outputs: tuple[str, ...]) -> SortKey:
        descending = node.text.startswith("-") and node.text not in outputs
        name = node.text[1:] if descending else node.text
        if outputs and name not in outputs:
            place = node.at(1 if descending and node.plain else 0)
            self.log.add(
                place, f"unknown column of the answer {name!r}{suggest_column(name, outputs)}"
            )
        return SortKey(name, descending)

    def answer(self, query: Query, rows: Scope) -> Scope:
        """Return the scope of the answer, with a schema if all kinds are known."""
        if query.asks_for_rows and query.whole:
            return rows
        if query.unpivot:
            schema = rows.schema and unpivot_schema(query.unpivot, rows.schema)
            return Scope(query.outputs, schema, "column of the answer")
        exprs = {output.name: output.expression for output in (*query.aggregate, *query.transform)}
        if query.extreme:
            exprs[query.extreme.name] = Col(query.extreme.column)
        if isinstance(query.apply, RowFunction) and query.apply.body is not None:
            exprs[query.apply.output] = query.apply.body
        known: list[Column | None] = [
            make_column(name, exprs.get(name, Col(name)), rows.schema) if rows.schema else None
            for name in query.outputs
        ]
        found = tuple(column for column in known if column)
        schema = Schema(found, 0) if len(found) == len(known) else None
        return Scope(query.outputs, schema, "column of the answer")

    def apply(self, scope: Scope, keys: tuple[str, ...]) -> RowFunction | GroupFunction | None:
        if "apply" not in self.given:
            return None
        given = open_section(self.log, self.given.values["apply"], "apply", APPLY)
        if ("rows" in given) == ("groups" in given):
            given.add_missing("apply needs either 'rows' or 'groups'")
            return None
        outputs = given.parse_names("as")
        for name in outputs:
            self.check_free(name, keys)
        if "groups" in given:
            return self.group_function(given, outputs, scope, keys)
        return self.parse_row_function(given, outputs, scope, keys)

    def parse_row_function(
        self, given: Section, outputs: tuple[TextNode, ...], scope: Scope, keys: tuple[str, ...]
    ) -> RowFunction | None:
        if keys:
            self.log.add(
                self.given.at("group_by"), "a row function cannot be combined with group_by"
            )
        if len(outputs) > 1:
            self.log.add(outputs[1].place, "a row function has one result; 'as' takes one name")
        node = given.parse_scalar("rows", "an expression or a def")
        if not node:
            return None
        output = outputs[0].text if outputs else "result"
        skips = cast("Literal['skip', 'call']", given.parse_choice("on_missing", ON_MISSING))
        if not holds_definition(node):
            parsed = self.parse_expression(node, Context.ROW, scope)
            if parsed and list_aggregations(parsed.expression):
                self.log.add(
                    node.place, "the edges of these bins come from rows; write them in derive"
                )
                return None
            function = _make_row_function(parsed.expression, output) if parsed else None
        else:
            source = read_source(self.log, node, self.folder)
            function = self.read_row_def(source, output, scope) if source else None
        if function and not function.columns:
            self.log.add(node.place, "this row function reads no column")
        return replace(function, on_missing=skips) if function else None

    def read_row_def(self, source: FunctionSource, output: str, scope: Scope) -> RowFunction | None:
        try:
            read = parse_row_function(source.text, output, source.at)
        except ExpressionError as error:
            self.list_slips(source, error)
            return None
        for name, offset in read.columns:
            if name not in scope:
                self.log.add(source.at(offset), scope.explain_unknown(name))
        return _check_body(read, scope.schema, source)

    def group_function(
        self, given: Section, outputs: tuple[TextNode, ...], scope: Scope, keys: tuple[str, ...]
    ) -> GroupFunction | None:
        if not keys:
            self.log.add(given.at("groups"), "a group function needs group_by")
        node = given.parse_scalar("groups", "a def")
        if not node:
            return None
        if not holds_definition(node):
            self.log.add(
                node.place, "a group function must be a def; write an expression under aggregate"
            )
            return None
        source = read_source(self.log, node, self.folder)
        if source is None:
            return None
        try:
            names = tuple(o.text for o in outputs) or ("result",)
            function = group_function(source.text, names, source.at)
        except ExpressionError as error:
            self.list_slips(source, error)
            return None
        for argument in parse_definition(source.text).node.args.args:
            if argument.arg not in scope:
                offset = parse_definition(source.text).find_offset(argument)
                self.log.add(source.at(offset), scope.explain_unknown(argument.arg))
        return function

    def list_slips(self, source: FunctionSource, error: ExpressionError) -> None:
        for slip in error.slips:
            self.log.add(source.at(slip.offset), slip.message)


def _make_row_function(body: Expr, output: str) -> RowFunction:
    usable = output.isidentifier() and not iskeyword(output) and output not in TAKEN
    name = output if usable else "row"
    return RowFunction(name, output, body, columns=list_columns(body))


def _check_body(read: ReadRow, schema: Schema | None, source: FunctionSource) -> RowFunction:
    """Keep a def's tree only where its kinds fit: Python's truth of a number has no tree."""
    function = read.function
    if function.body is None or schema is None:
        return function
    try:
        find_kind(function.body, schema)
    except KindError as error:
        slip = Slip(read.offset(error.node), f"{write_text(error.node)}: {error}")
        return replace(function, body=None, opaque=describe_opaque(slip, source.at))
    except KeyError:
        return function
    return function
