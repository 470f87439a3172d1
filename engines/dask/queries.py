"""Queries over Dask's partitions: the functions that each takes, and what reduces their answers."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Container
from dataclasses import dataclass, replace

from ...spec.expression import (
    Agg,
    Case,
    Col,
    Expr,
    choose_fresh_name,
    list_aggregations,
    list_columns,
)
from ...spec.kinds import extend_schema, find_kind
from ...spec.schema import Schema
from ...spec.workload import Extreme, GroupFunction, Output, Query, RowFunction
from ..pandas.defaults import leave_presence_out
from ..pandas.frames import with_columns, write_melt
from ..pandas.queries import PandasSteps
from ..pandas.text_types import TextType
from ..pandas.words import METHODS
from ..writing.passes.correlation import rewrite_corr
from ..writing.program import fill
from ..writing.properties import collect_row_facts
from ..writing.quote import quote, write_literal
from ..writing.steps import Reduction, Steps, decompose, is_present
from ..writing.user_functions import apply_to_rows, group_loop, skip_missing

# What Dask reduces as a tree; all else needs a group's rows in one place.
TREE = {"sum", "prod", "mean", "min", "max", "count", "size", "first", "last", "any_value"}
# Its tree of variances adds up squares: exact for integers, but floats far from zero cancel.
TREE_OF_INTEGERS = {"std", "var", "corr"}

WHOLE = {
    **{name: f"x.{method}()" for name, method in METHODS.items()},
    "size": "data.index.size",
    "corr": "x.corr(y)",
    "first": "next(iter(x.dropna().head(1, npartitions=-1)), None)",
    "last": "next(iter(x.dropna().compute()[::-1]), None)",
    "any_value": "next(iter(x.dropna().head(1, npartitions=-1)), None)",
    # Over several partitions, Dask's own are approximate.
    "median": "x.compute().median()",
    "quantile": "x.compute().quantile(q)",
}
# These methods keep the group of the missing key by default: see docs/engine-bugs.md.
KEEPING = {"mean", "std", "var"}
# The types of what a function of rows or groups gives: Dask would call it on made-up rows.
META = {"int": "i8", "float": "f8", "bool": "bool"}
# What Dask's rows of its own making have no text for.
DATED = ("pd.to_datetime(",)
RETURNED = "return ANSWER"
IN_MEMORY = """\
# All is in memory, and by default a shuffle goes through the disk.
data = SHUFFLED
"""
ON_DISK = "data = SHUFFLED"
NUMBERED = """\
# A shuffle changes the order of the rows.
data = ASSIGNED
"""
NO_WORD = "# Dask has no word for a part of this, and pandas has."
MOVED = "# Dask would filter before the join, where booleans with gaps are objects."
MOVED_KEY = "# Dask would filter before the join, where a key may be missing."
TAKEN_FOR = "# Dask would take such booleans for the column that is filtered."
IN_ORDER = """\
# Only this shuffle keeps the order of a group's rows.
data = SHUFFLED
"""


# These take no series of Dask's; nor has Dask the group-by that derives columns.
APART = ("np.where(", "np.select(", "pd.Series(", "groups")
# Behind a filter by truths of another type, Dask's optimizer takes these for the filtered column.
TAKEN = ".astype('boolean')"
# Dask's own words for pandas' that take a series. Of two names, it has only the older one.
OWN = {
    ".notna()": ".notnull()",
    "pd.to_numeric(": "dd.to_numeric(",
    "pd.to_datetime(": "dd.to_datetime(",
}


@dataclass(frozen=True, slots=True)
class Text:
    """The functions of a partition, and the statements of the query."""

    functions: str
    statements: str


@dataclass(frozen=True, slots=True)
class Partitions:
    """One query over a frame that is held in partitions.

    `parted`: rows are filtered and columns derived by one function, called on each partition.
    `scans`: the rows are read within the query, and may be more than the memory holds. `returned`
    is how the statements end, and `before` are the functions of the steps before. `drops`: groups
    without a key are left out, as Dask does by itself.
    """

    query: Query
    data: Schema
    parted: bool = False
    scans: bool = False
    returned: str = RETURNED
    before: str = ""
    drops: bool = False

    def write(self) -> Text:
        """Write what reduces the partitions, and ends in pandas."""
        if derived := self._derive_values():
            return derived.write()
        if self.query.transform:
            return self._transform()
        match self.query.apply:
            case RowFunction(output=name, body=body, source=None) if body is not None:
                value = Output(name, skip_missing(self.query, self.data, body))
                query = replace(self.query, apply=None, transform=(value,))
                return replace(self, query=query).write()
            case RowFunction() as function:
                return self._apply_to_rows(function)
            case GroupFunction() as function:
                return self._write_groups(function)
            case None:
                pass
        if self.query.asks_for_rows or self.query.is_distinct or self.query.unpivot:
            return self._write_rows()
        if self.query.extreme:
            return self._write_extreme(self.query.extreme)
        if not self.query.group_by:
            return self._write_whole(decompose(self.query))
        present = leave_presence_out(self.query, self.data)
        asked = replace(self, query=present, drops=present != self.query)
        return asked._aggregate()  # noqa: SLF001 - its own kind

    def _aggregate(self) -> Text:
        if self._beside or not self._is_tree():
            return self._aggregate_shuffled()
        return self._write_tree(rewrite_corr(self.query, self.data))

    @property
    def passes_rows(self) -> bool:
        """Return whether the answer has the rows, which a later step can go on with in Dask."""
        query = self.query
        cut = query.having or query.sort or query.limit is not None
        numbered = query.transform and query.group_by
        return bool(query.asks_for_rows or query.unpivot or query.transform) and not (
            cut or numbered
        )

    def write_passed(self) -> Text:
        """Write the rows as the frame that the next step sees, still Dask's."""
        if derived := self._derive_values():
            return derived.write_passed()
        if self.query.transform:
            return self._transform(passed=True)
        prepare, lines, frame = self._choose_rows()
        if self.query.unpivot or not self.query.whole:
            lines.append(f"data = {ast.unparse(frame)}")
        return Text(prepare, join_lines(*lines))

    def _write_rows(self) -> Text:
        """Write the rows that are the answer themselves or by an unpivot, or distinct keys."""
        prepare, lines, frame = self._choose_rows()
        if self.query.is_distinct:
            frame = quote("f.drop_duplicates()", f=frame)
        return Text(prepare, join_lines(*lines, *self._end(quote("f.compute()", f=frame))))

    def _choose_rows(self) -> tuple[str, list[str], ast.expr]:
        """Write what `_prepare` does, and the frame of the rows that are asked for."""
        prepare, lines = self._prepare(self.query.derive, self.query)
        frame = quote("data")
        if self.query.unpivot:
            frame = write_melt(frame, self.query.unpivot)
        elif (value := self._find_only_value(lines)) is not None:
            *lines, _ = lines
            frame = quote("v.to_frame(n)", v=value, n=self.query.select[0])
        elif not self.query.whole:
            frame = quote("data[n]", n=[*(self.query.select or self.query.group_by)])
        return prepare, lines, frame

    def _find_only_value(self, lines: list[str]) -> ast.expr | None:
        """Return the series of the only column asked for: to add it to the frame takes longer."""
        match self.query.derive, self.query.select:
            case (Output(derived, made),), (name,) if name == derived and list_columns(made):
                pass
            case _:
                return None
        match ast.parse(lines[-1]).body:
            case [ast.Assign(value=ast.Call(ast.Attribute(attr="assign"), [], [keyword]))]:
                return keyword.value if keyword.arg else None
        return None

    def _apply_to_rows(self, function: RowFunction) -> Text:
        """Write pandas' call of the function on the rows of each partition."""
        prepare, lines = self._prepare(self.query.derive, self.query)
        inner = replace(self.query, where=None, derive=())
        known = collect_row_facts(self.query, self.data)
        calls, answer = apply_to_rows(inner, known.data, "part", empty=True)
        frame = quote("a.to_frame(n)", a=answer, n=function.output)
        apply = self._write_function("apply", join_lines(*calls, fill("return FRAME", FRAME=frame)))
        kind = known.find_kind(function.body) if function.body else "null"
        meta = {function.output: META.get(kind, "object")}
        parts = self._call_apply(meta)
        return Text(join_lines(prepare, apply), join_lines(*lines, *self._end(parts)))

    def _write_groups(self, function: GroupFunction) -> Text:
        """Bring each group's rows into one partition, and call the function on them there."""
        prepare, lines = self._prepare(self.query.derive, self.query)
        options = PandasSteps(self.query, self.data).options
        apply = self._write_function("apply", group_loop(self.query, self.data, options, "part"))
        known = collect_row_facts(self.query, self.data)
        meta = {key: META.get(known.data[key].kind, "object") for key in self.query.group_by}
        meta |= dict.fromkeys(function.outputs, "f8")
        parts = self._call_apply(meta)
        shuffled = quote("data.shuffle(k, shuffle_method='tasks')", k=self._write_pandas().key)
        shuffle = fill(IN_ORDER, SHUFFLED=shuffled)
        return Text(join_lines(prepare, apply), join_lines(*lines, shuffle, *self._end(parts)))

    def _derive_values(self) -> Partitions | None:
        """Return the query with values of each row as derived columns, where Dask has the words."""
        query, taken = self.query, {*self.query.reads, *(o.name for o in self.query.derive)}
        new = tuple(o for o in query.transform if o.expression != Col(o.name))
        grouped = query.group_by or list_aggregations(*(o.expression for o in new))
        if self.parted or grouped or not new or any(o.name in taken for o in new):
            return None
        derive = (*query.derive, *new)
        asked = replace(query, transform=(), derive=derive, select=tuple(query.outputs))
        derived = replace(self, query=asked)
        prepare, _ = derived._prepare(derive, asked)  # noqa: SLF001 - its own kind
        return None if prepare else derived

    def _transform(self, *, passed: bool = False) -> Text:
        """Bring each group's rows into one partition, numbered, and sort what pandas gives there.

        Values of the whole frame come first; its windows need it in a single partition.
        """
        query, taken = self.query, decompose(self.query)
        values = tuple(r.name for r in taken.reductions) if self._are_values(taken) else ()
        prepare, lines = self._prepare(taken.derived if values else query.derive, query)
        inner = replace(query, where=None, derive=(), having=None, sort=(), limit=None)
        if values:
            inner = replace(inner, transform=taken.outputs)
            lines += self._name_values(taken)
        elif not query.group_by:
            if taken.reductions:
                lines.append("data = data.repartition(npartitions=1)")
        else:
            row = choose_fresh_name(
                "row", {*query.reads, *query.outputs, *(o.name for o in query.derive)}
            )
            inner = replace(inner, transform=(Output(row, Col(row)), *query.transform))
            lines += [fill(text, **self._number_rows(row)) for text in (NUMBERED, IN_ORDER)]
        # The rows of groups are numbered already.
        alone = not query.group_by
        chosen = frozenset(o.name for o in query.derive if isinstance(o.expression, Case))
        pandas = PandasSteps(
            inner,
            self._read_schema(),
            "part",
            text=TextType.ARROW,
            restores=alone,
            objects=chosen,
            values=values,
        )
        body = pandas.write_body()
        parts = self._map_partitions("transform", body, DATED, values)
        function = self._write_function("transform", body, values)
        if passed:
            lines.append(f"data = {ast.unparse(parts)}")
            return Text(join_lines(prepare, function), join_lines(*lines))
        answer = quote("p.compute()", p=parts)
        if query.group_by:
            answer = quote("a.sort_values(r)[n]", a=answer, r=row, n=list(query.outputs))
        return Text(join_lines(prepare, function), join_lines(*lines, *self._end(answer)))

    def _are_values(self, taken: Steps) -> bool:
        """Return whether a transform reads values of all rows, known before it is made."""
        found = {r.function for r in taken.reductions}
        if self.query.order_by and not found.isdisjoint({"first", "last"}):
            return False
        plain = all(r.window is None and r.name.isidentifier() for r in taken.reductions)
        return plain and bool(taken.reductions) and not self.query.group_by

    def _number_rows(self, row: str) -> dict[str, ast.expr]:
        ones = quote("data.assign(**o)[r].cumsum()", o={row: write_literal(1)}, r=row)
        shuffled = quote("data.shuffle(k, shuffle_method='tasks')", k=self._write_pandas().key)
        return {"ASSIGNED": quote("data.assign(**o)", o={row: ones}), "SHUFFLED": shuffled}

    @property
    def _beside(self) -> bool:
        """Return whether a derived column is the value of the row's group."""
        return any(list_aggregations(output.expression) for output in self.query.derive)

    def _is_tree(self) -> bool:
        found = list_aggregations(*(output.expression for output in self.query.aggregate))
        return all(agg.function in TREE or self._is_tree_of_integers(agg) for agg in found)

    def _is_tree_of_integers(self, agg: Agg) -> bool:
        names = [a.name for a in agg.arguments if isinstance(a, Col) and a.name in self.data]
        integers = [name for name in names if self._fits_squares(name)]
        return agg.function in TREE_OF_INTEGERS and len(integers) == len(agg.arguments)

    def _fits_squares(self, name: str) -> bool:
        """Return whether the sum of squares fits: Dask squares integers in their own width."""
        column = self.data[name]
        if column.arrow != "int64":
            return False
        return column.most is None or self.data.rows * column.most**2 < 2**62

    def _write_tree(self, sums: Query) -> Text:
        taken = decompose(sums)
        prepare, lines = self._prepare(taken.derived, sums, taken.list_counted(sums.derive))
        answer = quote("g.reset_index().compute()", g=self._reduce(taken.reductions))
        return Text(prepare, join_lines(*lines, *self._end(answer, taken)))

    def _reduce(self, reductions: tuple[Reduction, ...]) -> ast.expr:
        # Dask shuffles the groups of more than two keys into several partitions.
        one = {"split_out": write_literal(1)} if len(self.query.group_by) > 2 else {}
        named = with_columns(reductions, self.query.group_by[0])
        names = [r.name for r in named]
        methods = {r.name: METHODS[r.function] for r in named}
        alone = names == [r.column for r in named] and len({*methods.values()}) == 1
        pandas = self._write_pandas()
        options = pandas.options
        if self.drops and alone and methods[names[0]] in KEEPING:
            options["dropna"] = write_literal(True)
        groups = quote("data.groupby(k, **o)", k=pandas.key, o=options)
        if names != [r.column for r in named]:
            pairs = {r.name: write_literal((r.column, METHODS[r.function])) for r in named}
            return quote("g.agg(**n)", g=groups, n={**pairs, **one})
        if alone:
            chosen = write_literal(names[0] if len(names) == 1 else names)
            return quote(f"g[c].{methods[names[0]]}(**o)", g=groups, c=chosen, o=one)
        return quote("g.agg(m, **o)", g=groups, m=methods, o=one)

    def _aggregate_shuffled(self) -> Text:
        """Bring each group's rows into one partition, and let pandas aggregate there."""
        late = self.query.derive if self._beside else ()
        prepare, lines = self._prepare(() if late else self.query.derive, self.query)
        inner = replace(self.query, where=None, derive=late, having=None, sort=(), limit=None)
        rows = self._read_schema()
        body = PandasSteps(inner, rows, "part", text=TextType.ARROW, drops=self.drops).write_body()
        answer = quote("p.compute()", p=self._map_partitions("summarise", body, DATED))
        statements = [*lines, self._shuffle(inner), *self._end(answer)]
        return Text(
            join_lines(prepare, self._write_function("summarise", body)),
            join_lines(*statements),
        )

    def _shuffle(self, inner: Query) -> str:
        data = self._choose_columns(list(inner.reads))
        found = {
            agg.function for agg in list_aggregations(*(o.expression for o in inner.aggregate))
        }
        ordered = not found.isdisjoint({"first", "last"})
        if self.scans and not ordered:
            return fill(ON_DISK, SHUFFLED=quote("d.shuffle(k)", d=data, k=self._write_pandas().key))
        shuffled = quote("d.shuffle(k, shuffle_method='tasks')", d=data, k=self._write_pandas().key)
        return fill(IN_ORDER if ordered else IN_MEMORY, SHUFFLED=shuffled)

    def _choose_columns(self, names: list[str]) -> ast.expr:
        """Choose columns where the frame has others too."""
        derived = () if self._beside else self.query.derive
        here = {*self.query.reads, *(output.name for output in derived)}
        return quote("data") if here == set(names) else quote("data[names]", names=names)

    def _read_schema(self) -> Schema:
        """Return the schema of what `where` lets through, with the derived columns."""
        return collect_row_facts(self.query, self.data).data

    def _write_extreme(self, extreme: Extreme) -> Text:
        """Take the first rows of each partition, then the first of these."""
        query = self.query
        name = "smallest" if extreme.smallest else "largest"
        prepare, lines = self._prepare(query.derive, query) if query.derive else ("", [])
        function = self._write_function(
            name, join_lines(*self._keep_present(extreme), f"return {self._write_first(extreme)}")
        )
        answer = quote("data.reduction(chunk=f, aggregate=f).compute()", f=quote(self._name(name)))
        columns = [*query.group_by, extreme.column]
        read = {*query.reads, *(output.name for output in query.derive)}
        if query.joins or read != set(columns):
            answer = quote("a[c]", a=answer, c=columns)
        if extreme.column != extreme.name:
            answer = quote("a.rename(columns=n)", a=answer, n={extreme.column: extreme.name})
        return Text(join_lines(prepare, function), join_lines(*lines, *self._end(answer)))

    def _keep_present(self, extreme: Extreme) -> list[str]:
        """Write which rows count: where nothing is derived first, `where` has its place here."""
        lines = []
        if not self.query.derive:
            lines = PandasSteps(self.query, self.data, "part", text=TextType.ARROW).prepare(())
        if not is_present(self.query, extreme.column, self.data):
            lines.append(fill("part = part.dropna(subset=C)", C=write_literal([extreme.column])))
        return lines

    def _write_first(self, extreme: Extreme) -> str:
        order = {} if extreme.smallest else {"ascending": write_literal(False)}
        rows = quote("part.sort_values(c, **o)", c=extreme.column, o=order)
        if self.query.group_by:
            pandas = self._write_pandas()
            rows = quote("r.groupby(k, **o)", r=rows, k=pandas.key, o=pandas.options)
        return ast.unparse(quote("r.head(n)", r=rows, n=extreme.n))

    def _write_whole(self, taken: Steps) -> Text:
        prepare, lines = self._prepare(taken.derived, self.query)
        values = [self._write_value(r, taken) for r in taken.reductions]
        names = [r.name for r in taken.reductions]
        answer = quote("pd.DataFrame([dask.compute(*v)], columns=n)", v=values, n=names)
        return Text(prepare, join_lines(*lines, *self._end(answer, taken)))

    def _write_value(self, r: Reduction, taken: Steps) -> ast.expr:
        """Write one value of all rows."""
        columns = [quote("data[c]", c=c) for c in r.columns]
        x, y = [*columns, write_literal(None), write_literal(None)][:2]
        if r.function in {"min", "max"} and not self._is_number(r.column, taken):
            # Dask compares texts with the NaN of a partition that has none.
            x = quote("x.compute()", x=x)
        return quote(WHOLE[r.function], x=x, y=y, q=r.parameter)

    def _name_values(self, taken: Steps) -> list[str]:
        """Write the statements that compute values of all rows; several quantiles at once."""
        lines, alone = [], []
        for column in dict.fromkeys(r.columns for r in taken.reductions):
            found = [r for r in taken.reductions if r.columns == column]
            shares = [r for r in found if r.function == "quantile"]
            if len(shares) > 1:
                asked = [r.parameter for r in shares]
                tree = quote("data[c].compute().quantile(q)", c=column[0], q=asked)
                lines.append(f"{', '.join(r.name for r in shares)} = {ast.unparse(tree)}")
            alone += [r for r in found if r not in shares or len(shares) == 1]
        values = {r.name: self._write_value(r, taken) for r in alone}
        waiting = {n: tree for n, tree in values.items() if not _is_computed(tree)}
        lines += [f"{n} = {ast.unparse(tree)}" for n, tree in values.items() if n not in waiting]
        if len(waiting) > 1:
            whole = quote("dask.compute(*v)", v=[*waiting.values()])
            lines.append(f"{', '.join(waiting)} = {ast.unparse(whole)}")
        else:
            lines += [f"{n} = {ast.unparse(tree)}.compute()" for n, tree in waiting.items()]
        return lines

    def _is_number(self, name: str, taken: Steps) -> bool:
        made = {output.name: output.expression for output in taken.derived}
        found = find_kind(made.get(name, Col(name)), extend_schema(self.data, self.query))
        return found in {"int", "float"}

    def _end(self, answer: ast.expr, taken: Steps | None = None) -> list[str]:
        """Write what is left to pandas, once the groups are computed."""
        if taken is None or taken.direct:
            *lines, last = self._write_pandas().finish(answer)
        else:
            *lines, last = [f"answer = {ast.unparse(answer)}", *self._write_pandas().combine(taken)]
        return [*lines, fill(self.returned, ANSWER=last)]

    def _prepare(
        self, derived: tuple[Output, ...], query: Query, counted: Container[str] = ()
    ) -> tuple[str, list[str]]:
        """Write `where` and derived columns: by a function of a part where Dask has no word."""
        # Of the partitions, some may hold no part of a text, and rows are shuffled by their keys.
        typed = () if query.aggregate and self._is_tree() else query.group_by
        steps = PandasSteps(query, self.data, text=TextType.ARROW, typed=typed)
        own = steps.prepare(derived, counted)
        why = self._find_reason(query, own)
        if not why:
            return "", [_write_own_words(line) for line in own]
        lines = replace(steps, frame="part").prepare(derived, counted)
        if not lines:
            return "", []
        *lines, last = join_lines(*lines).split("\n")
        body = join_lines(*lines, f"return {last.removeprefix('part = ')}")
        call = self._map_partitions("prepare", body, (".str.", TAKEN, *DATED))
        comment = "" if self.parted else f"{why}\n"
        return self._write_function("prepare", body), [f"{comment}data = {ast.unparse(call)}"]

    def _find_reason(self, query: Query, own: list[str]) -> str:
        """Return why pandas' statements are not written for Dask itself, or nothing."""
        written = "\n".join(own)
        # Dask's `to_datetime` has an index that is no frame's.
        apart = (*APART, *DATED) if query.where else APART
        if self.parted or any(word in written for word in apart):
            return NO_WORD
        # Dask's optimizer moves a filter before a join.
        if query.joins and self._reads_truths(query.where):
            return MOVED
        if query.joins and query.where and ".astype('int64')" in own[0]:
            return MOVED_KEY
        return TAKEN_FOR if query.where and TAKEN in written else ""

    def _call_apply(self, meta: dict[str, str]) -> ast.expr:
        name = quote(self._name("apply"))
        return quote("data.map_partitions(f, meta=m).compute()", f=name, m=meta)

    def _name(self, function: str) -> str:
        """Return a function's name, another where an earlier step has one of that."""
        return choose_fresh_name(
            function, set(re.findall(r"^def (\w+)", self.before, re.MULTILINE))
        )

    def _map_partitions(
        self, name: str, body: str, unsure: tuple[str, ...], values: tuple[str, ...] = ()
    ) -> ast.expr:
        """Write the call of a function on each partition, with its meta if a word is in its body.

        Dask tries a function on rows of its own making, and there a text is missing, or "foo".
        """
        function = quote(self._name(name))
        given = any(word in body for word in unsure)
        more = [quote(value) for value in values]
        meta = {"meta": quote("f(data._meta, *v)", f=function, v=more)} if given else {}
        return quote("data.map_partitions(f, *v, **o)", f=function, v=more, o=meta)

    def _write_function(self, name: str, body: str, values: tuple[str, ...] = ()) -> str:
        taken = ", ".join(("part", *values))
        return f"def {self._name(name)}({taken}):\n{textwrap.indent(body, '    ')}\n"

    def _reads_truths(self, where: Expr | None) -> bool:
        """Return whether a filter reads truth values of the rows; derived ones come after it."""
        return where is not None and any(self.data[n].kind == "bool" for n in list_columns(where))

    def _write_pandas(self) -> PandasSteps:
        return PandasSteps(self.query, self.data, text=TextType.ARROW, drops=self.drops)


def _is_computed(value: ast.expr) -> bool:
    """Return whether a value is no longer Dask's."""
    return any(call in ast.unparse(value) for call in (".compute()", ".head("))


def _write_own_words(line: str) -> str:
    """Write Dask's words in place of pandas'."""
    for word, own in OWN.items():
        line = line.replace(word, own)
    return line if "np." not in line else ast.unparse(_ByPartition().visit(ast.parse(line)))


class _ByPartition(ast.NodeTransformer):
    """Calls NumPy's functions of two series on each partition.

    Of computed series, Dask would first shuffle the rows to align them: docs/engine-bugs.md.
    """

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Call(ast.Attribute(ast.Name("np")) as function, [x, y], []):
                if _reads_frame(x) and _reads_frame(y) and not (_is_column(x) and _is_column(y)):
                    return quote("x.map_partitions(f, y)", x=x, y=y, f=function)
        return node


def _reads_frame(tree: ast.expr) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "data" for node in ast.walk(tree))


def _is_column(tree: ast.expr) -> bool:
    """Return whether a tree is a column of the frame as it is."""
    return isinstance(tree, ast.Subscript) and isinstance(tree.value, ast.Name)


def join_lines(*statements: str) -> str:
    """Return statements that are there, one below the other."""
    return "\n".join(statement for statement in statements if statement)
