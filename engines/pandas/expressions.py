"""The language of pandas' series, shared by the engines that speak it: pandas, Dask and Modin.

`conditions` writes what is true, false or missing; here is everything else.
"""

from __future__ import annotations

import ast
import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ...errors import Unsupported
from ...spec.bins import Bins, read_bins
from ...spec.expression import (
    Arith,
    Call,
    Case,
    Cast,
    Col,
    Demean,
    Expr,
    IsIn,
    IsMissing,
    Let,
    Lit,
    Value,
    list_children,
    list_choices,
    list_columns,
    substitute,
    walk,
)
from ...spec.intervals import DAYS
from ...spec.kinds import extend_schema, with_column
from ...spec.patterns import count_groups, for_python
from ...spec.schema import Kind, Schema
from ...spec.unparse import write_text
from ...spec.vocabulary import ROW_FUNCTIONS
from ...spec.workload import Output, Query
from ..writing.properties import Facts
from ..writing.quote import quote, write_literal
from ..writing.steps import choose_extreme, is_present
from .conditions import ConditionWriter, can_be_missing, decides
from .lookups import tell_type, write_table
from .text_types import TextType, counts_words, is_chosen_text, is_text_made
from .words import BEYOND, DIGITS, FAR, FUNCTIONS, INEXACT, VARIANTS

PERIODS = {"year": "Y", "quarter": "Q", "month": "M", "week": "W"}
FLOORS = {"day": "D", "hour": "h", "minute": "min", "second": "s"}
# The numbers of days and times.
PARTS = {
    name
    for name, row in ROW_FUNCTIONS.items()
    if row.gives == "int" and row.takes in {"date", "timestamp"}
}
# What gives a day or a time of its first argument.
# What makes a list of texts on its way.
PARTED = {"split", "count_words"}
NAMED = {
    "%B": "x.dt.month_name()",
    "%b": "x.dt.month_name().str[:3]",
    "%A": "x.dt.day_name()",
    "%a": "x.dt.day_name().str[:3]",
}
TIMES = {"date", "offset", "parse", "truncate"}
# What Dask chooses among by `where`.
CHOSEN: set[Kind] = {"int", "float", "string"}
# What means something else in a regular expression than itself.
PATTERN_SIGNS = frozenset(r".^$*+?{}[]\|()")


def _is_pattern(separator: str) -> bool:
    """Return whether `split` reads a separator as a pattern that means something else."""
    return len(separator) > 1 and not PATTERN_SIGNS.isdisjoint(separator)


@dataclass(frozen=True, slots=True)
class SeriesWriter(ConditionWriter):
    """Writes expressions over the columns of the frame called `frame`.

    `facts` are those of the rows, where whole functions are written and not single clauses.
    `nothing` tells that a missing value is None, as beside text, and not NaN. `trees` stand in
    place of columns, of which `scalars` are a single value. Columns in `untyped` are parts of
    texts.
    """

    bound: frozenset[str] = frozenset()
    facts: Facts | None = None
    nothing: bool = False
    trees: Mapping[str, ast.expr] = field(default_factory=dict)
    scalars: frozenset[str] = frozenset()
    untyped: frozenset[str] = frozenset()

    def write_binding(self, local: Output) -> SeriesWriter:
        """Return the writer that knows a named value as a local variable."""
        facts = self.facts
        if facts and all(name in facts.data for name in list_columns(local.expression)):
            facts = Facts(with_column(facts.data, local.name, local.expression), facts.empty)
        return replace(self, bound=self.bound | {local.name}, facts=facts)

    def write_value(self, node: Expr) -> ast.expr:
        """Write an expression for its value; missing where an input is."""
        return self.write_three_valued(node) if decides(node) else self.write_expression(node)

    def as_series(self, node: Expr) -> ast.expr:
        """Write an expression as a series of the frame's index, which an array has not."""
        if self.is_series(node):
            return self.write_value(node)
        return quote("pd.Series(v, index=f.index)", v=self.write_value(node), f=quote(self.frame))

    def as_truths(self, node: Expr) -> ast.expr:
        """Write a chosen truth value in pandas' own type; what is filled has it already."""
        tree = self.as_series(node)
        match node:
            case Call("coalesce") | Call("map", (_, Lit(bool()), *_)) if self._holds_truths(node):
                return tree
            case _:
                return quote("x.astype('boolean')", x=tree)

    def as_value(self, node: Expr) -> ast.expr:
        """Write a constant as it is, and anything else as a series."""
        return self.write_expression(node) if isinstance(node, Lit) else self.as_series(node)

    def write_column(self, name: str) -> ast.expr:
        """Write a column, a local variable, or the tree that stands in its place."""
        if name in self.trees:
            return self.trees[name]
        if name in self.bound:
            return quote(name)
        return quote("frame[name]", frame=quote(self.frame), name=name)

    def write_constant(self, value: Value) -> ast.expr:
        """Write a constant; a missing one is NaN."""
        match value:
            case None:
                return quote("np.nan")
            case dt.datetime() | dt.date():
                return _stamp(value)
            case _:
                return write_literal(value)

    def write_negative(self, operand: Expr) -> ast.expr:
        """Write a number with the other sign."""
        return quote("-x", x=self.write_expression(operand))

    def cast(self, node: Cast) -> ast.expr:
        """Write a value in another type."""
        return quote("x.astype(t)", x=self.as_series(node.operand), t=node.type)

    def call(self, node: Call) -> ast.expr:
        """Write a row function."""
        function, (first, *others) = node.function, node.arguments
        match node:
            case Call("min" | "max") if self._is_text(node) or (
                self._is_time(node) and not all(map(self.is_series, node.arguments))
            ):
                # NumPy compares no missing text, and no time of its own with one of pandas.
                return self.write_expression(choose_extreme(node, self.may_miss))
            case Call("truncate", (moment, Lit(unit))):
                zone = self.facts.find_zone(moment) if self.facts else ""
                return self._truncate(self.as_series(moment), str(unit), zone)
            case Call("map"):
                return self._map(node)
            case Call("zfill", (Call("text", (Call("year", (time,)),)) as year, Lit(4))) if (
                self.facts and not self.facts.is_distant(time)
            ):
                return self.write_expression(year)
            case Call("offset", (_, Lit(int(count)), Lit(str(unit)))):
                return quote(FUNCTIONS[function], x=self.as_series(first), o={unit: count})
            case _:
                template = self._keep_objects(self._write_template(node), node)
                alone = ").dt" in template and not any(map(self.is_series, node.arguments))
                asked = alone or "x." in template
                x = self.as_series(first) if asked else self.write_expression(first)
                if ".str" in template and self.may_be_untyped(first):
                    x = self._hold_as_text(x)
                elif node.function in PARTED and self._forgets_texts(first):
                    x = quote("x.astype(s)", x=x, s=self.text.held)
                elif template.startswith("np.") and counts_words(first) and self.may_miss(first):
                    x = quote("pd.to_numeric(x)", x=x)
                if ROW_FUNCTIONS[function].most is None:
                    write = self.write_typed
                    if function == "coalesce":
                        x, write = self._make_fillable(x, node), self.as_value
                    elif function == "concat":
                        x, write = self._write_text(first), self._write_text
                    for other in others:
                        x = quote(template, x=x, y=write(other))
                    return x
                y, z = (*self._write_settings(node), write_literal(None), write_literal(None))[:2]
                tree = quote(template, x=x, y=y, z=z, s=self.text.made)
                return self._write_without_na(node, tree)

    def _map(self, node: Call) -> ast.expr:
        """Write a look-up in a table; what it lacks is filled in."""
        value, default, *_ = node.arguments
        told = tell_type(node) if self.parted else {}
        table = write_table(node, self.write_expression)
        tree = quote(FUNCTIONS["map"], x=self.as_series(value), d=table, o=told)
        if default == Lit(None):
            return tree
        tree = self._make_fillable(tree, node)
        return quote(FUNCTIONS["coalesce"], x=tree, y=self.as_value(default))

    def _make_fillable(self, tree: ast.expr, node: Call) -> ast.expr:
        """Return booleans with gaps in a type of their own: filling objects is deprecated."""
        return quote("x.astype('boolean')", x=tree) if self._holds_truths(node) else tree

    def _holds_truths(self, node: Call) -> bool:
        return any(map(self._is_truth, list_choices(node)))

    def _is_truth(self, node: Expr) -> bool:
        """Return whether a value is known to be a truth value; what a step reduces is not known."""
        facts = self.facts
        known = facts and all(name in facts.data for name in list_columns(node))
        return bool(facts and known and facts.find_kind(node) == "bool")

    def _write_template(self, node: Call) -> str:
        """Return the word for a call: for its kind, or for the form of its settings."""
        function, first = node.function, node.arguments[0]
        match node:
            case Call("extract", (_, Lit(str(pattern)), Lit(group))):
                alone = count_groups(pattern) == (1 if group else 0)
                return VARIANTS["extract_only"] if alone else FUNCTIONS[function]
            case Call("split", (_, Lit(None), _)):
                return VARIANTS["split_words"]
            case Call("split", (_, Lit(str(separator)), _)) if (
                self.text is TextType.ARROW or not _is_pattern(separator)
            ):
                return VARIANTS["split_plain"]
            case Call("abs") if self.is_series(first):
                return "x.abs()"
            case Call("round", settings) if self.parted or self.is_series(first):
                return "x.round(y)" if len(settings) > 1 else "x.round()"
            case Call("round", (_, _)):
                return "np.round(x, y)"
            case Call("week") if self.may_miss(first):
                return VARIANTS["week_missing"]
            case Call("date") if self.facts and self.facts.find_zone(first):
                return VARIANTS["date_zone"]
            case Call(_, times) if function in FAR and self.facts and self.facts.is_far(*times):
                return FAR[function]
            case Call("text") if self._is_untold(first):
                return VARIANTS["text_objects"]
            case Call("integer", (Case(),)) if self.facts and self.facts.find_kind(first) == "bool":
                return VARIANTS["integer_chosen"]
            case Call("integer", (Call("extract", (_, Lit(pattern), _)),)) if pattern in DIGITS:
                return VARIANTS["integer_digits"]
            case Call("number") if self.facts and self.facts.may_be_odd(first, "infinite"):
                raise Unsupported(write_text(node), BEYOND)
            case Call("text" | "integer" | "number") if self.facts:
                found = self.facts.find_kind(first)
                # Dask's numbers of texts are floats.
                counted = self.text is TextType.ARROW and isinstance(first, Call)
                held = function == "text" and (counted or any(map(self.may_miss, walk(first))))
                missing = (held or self.may_miss(first)) and found in {"int", "bool"}
                gaps = "missing" if missing else found
                kinds = (f"{function}_{kind}" for kind in (gaps, found))
                return next((VARIANTS[k] for k in kinds if k in VARIANTS), FUNCTIONS[function])
        return FUNCTIONS[function]

    def _keep_objects(self, template: str, node: Call) -> str:
        """Return the word for parts of texts that may all be missing: pandas makes them floats."""
        first = node.arguments[0]
        arrow = self.text is TextType.ARROW and not self._has_text_of_day(first)
        if node.function not in PARTED or arrow:
            return template
        gaps = self.may_miss(first)
        return template.replace(").str", ").astype('object').str", 1) if gaps else template

    def _forgets_texts(self, node: Expr) -> bool:
        """Return whether Modin takes texts for objects, though they are texts: those of days."""
        return self.text is TextType.SPREAD and self.may_miss(node) and self._has_text_of_day(node)

    def _has_text_of_day(self, node: Expr) -> bool:
        """Return whether texts are made of days: pandas holds those as its own, or as objects."""
        return self.facts is not None and any(
            isinstance(part, Call)
            and part.function == "text"
            and self.facts.find_kind(part.arguments[0]) == "date"
            for part in walk(node)
        )

    def _is_untold(self, number: Expr) -> bool:
        """Return whether the text of a missing number would be text, too."""
        if self.text is not TextType.OBJECTS or self.facts is None:
            return False
        return self.facts.find_kind(number) == "int" and self.may_miss(number)

    def write_typed(self, node: Expr) -> ast.expr:
        """Write an expression whose parts of text are texts where all are missing, too."""
        x = self.write_value(node)
        return self._hold_as_text(x) if self.may_be_untyped(node) else x

    def _write_text(self, node: Expr) -> ast.expr:
        """Write a text to join to others: objects, of which chosen ones are, do not always join."""
        typed = self.text in {TextType.ARROW, TextType.SPREAD}
        if is_chosen_text(node) and (typed or isinstance(node, Case)):
            return self._hold_as_text(self.as_series(node))
        return self.write_typed(node)

    def _hold_as_text(self, x: ast.expr) -> ast.expr:
        # Modin takes parts of texts for texts, and so leaves out their cast to texts.
        part = quote("x.astype('object')", x=x) if self.text is TextType.SPREAD else x
        return quote("x.astype(s)", x=part, s=self.text.held)

    def may_be_untyped(self, node: Expr) -> bool:
        """Return whether pandas may give parts of text without a type: where all are missing."""
        match node:
            case Col(name):
                return name in self.untyped
            case Call("split", (text, Lit(str()), Lit(0 | -1))):
                # Dask tries each program on texts beside a missing one.
                return self.text is TextType.ARROW or self.may_miss(text)
            case Call("split"):
                return True
            case Call("map", (_, _, _, Lit(str()), *_)):
                return self.text in {TextType.ARROW, TextType.SPREAD}
            case Call("text", (day,)):  # of a part without a day, `strftime` makes objects
                return self.text is TextType.ARROW and self._is_missing_day(day)
        return False

    def _is_missing_day(self, node: Expr) -> bool:
        known = self.facts is not None and self.facts.find_kind(node) == "date"
        return known and self.may_miss(node)

    def _write_settings(self, node: Call) -> list[ast.expr]:
        """Write what stands behind the value of a call; a group as pandas numbers them."""
        match node:
            case Call("extract", (_, Lit(str(pattern)), Lit(int(group)))):
                python = for_python(pattern)
                whole = python if group else f"({python})"
                return [write_literal(whole), write_literal(max(group - 1, 0))]
            # Dask's `split` has no `regex=False`.
            case Call("split", (_, Lit(str(separator)), index)) if (
                self.text is TextType.ARROW and _is_pattern(separator)
            ):
                return [write_literal(re.escape(separator)), self.write_expression(index)]
            case _:
                return [
                    write_literal(None) if setting == Lit(None) else self.write_expression(setting)
                    for setting in node.arguments[1:]
                ]

    def _write_without_na(self, node: Call, tree: ast.expr) -> ast.expr:
        """Write a number that is made of text in Arrow's type as a float with NaN.

        Beside floats, pandas' own missing integers would mix NA and NaN.
        """
        made = ROW_FUNCTIONS[node.function]
        counted = self.text is TextType.ARROW and is_text_made(node.arguments[0])
        typed = counted or any(map(self.arrow, list_columns(node)))
        if made.gives not in {"int", "float"} or not typed:
            return tree
        if counts_words(node):  # of objects
            return quote("pd.to_numeric(x)", x=tree)
        return quote("x.astype('float64')", x=tree)

    def write_arithmetic(self, node: Arith) -> ast.expr:
        """Write arithmetic of two operands."""
        op, left, right = node.op, node.left, node.right
        if op == "+" and (self._is_text(left) or self._is_text(right)):
            return quote("x + y", x=self._write_text(left), y=self._write_text(right))
        x, y = self._write_wide(op, left, right), self._write_wide(op, right, left)
        plain = isinstance(right, Lit) and isinstance(right.value, float) and self.is_series(left)
        if op == "**" and self.facts and not (plain or _is_power(right)):
            # Of integers, pandas refuses negative powers.
            return quote("np.float_power(x, y)", x=x, y=y)
        if op == "**" and right == Lit(0) and self.facts:
            # NaN ** 0 is 1 to NumPy.
            return quote("(x ** 0).where(x.notna())", x=self.as_series(left))
        if op in {"//", "%"} and right == Lit(0):
            return quote("x * np.nan", x=x)
        scalar = not (self.is_series(left) or self.is_series(right))
        if op == "/" and scalar and self.scalars.intersection(list_columns(right)):
            # `nunique` gives an integer of Python's, which raises by zero.
            return quote("np.divide(x, y)", x=x, y=y)
        if op in {"//", "%"} and scalar:
            # NumPy's integers give 0 by zero; those of a series do not.
            x = self.as_series(left)
        if op == "//" and list_columns(right) and not self.is_series(right):
            y = self.as_series(right)
        result = quote(f"x {op} y", x=x, y=y)
        if op == "//" and not self._is_nonzero(right):
            # pandas gives an infinity by zero; the language says missing.
            return quote("r.where(y != 0)", r=result, y=y)
        return result

    def _is_nonzero(self, node: Expr) -> bool:
        """Return whether no value is zero; of local variables, nothing is known."""
        if self.facts is None or self.bound.intersection(list_columns(node)):
            return not list_columns(node)
        return self.facts.is_nonzero(node)

    def _write_wide(self, op: str, node: Expr, other: Expr) -> ast.expr:
        """Write an operand in 64 bits where fewer could overflow."""
        # With missing values, pandas holds integers as 64-bit floats.
        whole = (
            isinstance(node, Col) and node.name not in self.bound and not self.missing(node.name)
        )
        part = isinstance(node, Call) and node.function in PARTS and op in {"*", "**"}
        if part and not self.may_miss(node):
            # Of days and times, pandas gives years in 32 bits.
            return quote("x.astype('int64')", x=self.write_expression(node))
        if part and self.text is TextType.ARROW:
            # Of Dask's partitions, some miss no value, and have years in 32 bits.
            return quote("x.astype('float64')", x=self.write_expression(node))
        if self.facts and whole and self.facts.overflows(op, node, other):
            return quote("x.astype('int64')", x=self.write_expression(node))
        return self.write_expression(node)

    def is_series(self, node: Expr) -> bool:
        """Return whether an expression is a series; `np.where` and a constant are not."""
        match node:
            case Col(name):
                return name not in self.scalars
            case Lit():
                return False
            case Case(((_, Col()),), Lit(None)):
                return True
            case Case():
                bins = read_bins(node) is not None
                return bins or self._chooses_times(node) or self._chooses_in_dask(node)
            case Let(name, value, body):
                return self.is_series(substitute(body, {name: value}))
            case IsMissing() | IsIn():
                return True
            case _:
                return any(map(self.is_series, list_children(node)))

    def demean(self, node: Demean) -> ast.expr:
        """Write a column less the mean of its group."""
        assert isinstance(node.operand, Col)
        keys = [key.name for key in node.keys]
        options = {"dropna": False} if any(map(self.missing, keys)) else {}
        if self.text is TextType.CATEGORIES:
            options["observed"] = True
        by = keys[0] if len(keys) == 1 else keys
        groups = quote("f.groupby(k, **o)", f=quote(self.frame), k=by, o=options)
        mean = quote('g[c].transform("mean")', g=groups, c=node.operand.name)
        return quote("x - mean", x=self.write_expression(node.operand), mean=mean)

    def _truncate(self, moment: ast.expr, unit: str, zone: str) -> ast.expr:
        """Write a truncation; months and years have no fixed length, but periods know them."""
        if zone and unit not in DAYS:
            # Once a year, a clock shows an hour twice: its begin is told by what has passed of it.
            shown = quote("x.dt.tz_localize(None)", x=moment)
            return quote("x - (s - s.dt.floor(u))", x=moment, s=shown, u=FLOORS.get(unit, unit))
        if zone:
            # As a clock there shows it, and not as many hours since.
            moment = quote("x.dt.tz_localize(None)", x=moment)
        if unit in PERIODS:
            tree = quote("x.dt.to_period(p).dt.to_timestamp()", x=moment, p=PERIODS[unit])
        else:
            tree = quote(FUNCTIONS["truncate"], x=moment, y=FLOORS.get(unit, unit))
        return quote("t.dt.tz_localize(z)", t=tree, z=zone) if zone else tree

    def write_format(self, time: Expr, format_: str) -> ast.expr | None:
        """Write the name of a month or a weekday; all else is faster of its parts than strftime."""
        if format_ not in NAMED or not self.is_series(time):
            return None
        names = quote(NAMED[format_], x=self.write_expression(time))
        typed = self.text in {TextType.ARROW, TextType.SPREAD}
        return quote("x.astype(s)", x=names, s=self.text.made) if typed else names

    def write_case(self, node: Case) -> ast.expr:
        """Write the value of the first condition that is true."""
        if bins := read_bins(node):
            return self._cut(bins)
        if self._exceeds_floats(node):
            raise Unsupported("a choice of large integers, or of none", INEXACT)
        branches, otherwise = node.branches, node.otherwise
        if self._chooses_times(node) or self._chooses_in_dask(node):
            return self._write_chosen(branches, otherwise)
        if len(branches) == 1:
            ((condition, value),) = branches
            if otherwise == Lit(None) and isinstance(value, Col):
                return quote(
                    "v.where(c)", v=self.write_expression(value), c=self.write_condition(condition)
                )
            v, o = self._write_choice(value, otherwise)
            return quote("np.where(c, v, o)", c=self.decide(condition), v=v, o=o)
        *chosen, o = self._write_choice(*(value for _, value in branches), otherwise)
        conditions = [self.write_numpy(condition) for condition, _ in branches]
        return quote("np.select(c, v, default=o)", c=conditions, v=chosen, o=o)

    def _exceeds_floats(self, node: Expr) -> bool:
        """Return whether a value may be missing, and an integer that no float is equal to."""
        if self.facts is None or any(n not in self.facts.data for n in list_columns(node)):
            return False
        return with_column(self.facts.data, "value", node)["value"].exceeds_floats

    def _chooses_times(self, node: Case) -> bool:
        """Return whether a series of times is among the last two values."""
        last = (node.branches[-1][1], node.otherwise)
        return any(self._is_time(value) and self.is_series(value) for value in last)

    def _is_time(self, node: Expr) -> bool:
        match node:
            case Lit(dt.date()):
                return True
            case Call(function) if function in TIMES:
                return True
            case Col(name) if self.facts and name in self.facts.data:
                return self.facts.data[name].kind in {"date", "timestamp"}
            case _:
                return any(map(self._is_time, list_choices(node)))
        return False

    def _chooses_in_dask(self, node: Case) -> bool:
        """Return whether Dask, which has no `np.where`, chooses among values of one kind."""
        names = list_columns(node)
        if not self.parted or self.bound.intersection(names) or self.facts is None:
            return False
        if any(name not in self.facts.data for name in names):
            return False
        values = (*(value for _, value in node.branches), node.otherwise)
        kinds = {self.facts.find_kind(value) for value in values if value != Lit(None)}
        return len(kinds) == 1 and kinds <= CHOSEN and any(map(self.is_series, values[-2:]))

    def _write_chosen(self, branches: tuple[tuple[Expr, Expr], ...], otherwise: Expr) -> ast.expr:
        """Write a choice by `where`, which keeps the type of times: NumPy's has no NaN for them."""
        (condition, value), *rest = branches
        truth = self.decide(condition)
        if rest:
            other, missing = self._write_chosen(tuple(rest), otherwise), False
        else:
            other, missing = self.write_expression(otherwise), otherwise == Lit(None)
        if not self.is_series(value):
            values = [] if value == Lit(None) else [self.write_expression(value)]
            return quote("o.mask(c, *v)", o=other, c=truth, v=values)
        if self.parted:  # its `where` takes what is missing for False
            truth = self.write_condition(condition)
        return quote(
            "v.where(c, *o)", v=self.write_expression(value), c=truth, o=[] if missing else [other]
        )

    def _cut(self, bins: Bins) -> ast.expr:
        """Write the bins of a value as texts: categories would be groups without rows."""
        options = {"labels": list(bins.labels)} | ({} if bins.right else {"right": False})
        value = self.as_series(bins.value)
        word = "x.map_partitions(pd.cut, e, **o)" if self.parted else "pd.cut(x, e, **o)"
        cut = quote(word, x=value, e=list(bins.edges), o=options)
        return quote("c.astype(t)", c=cut, t=self.text.held)

    def _write_choice(self, *nodes: Expr) -> list[ast.expr]:
        """Write values that are chosen among: NaN beside text would become text, or raise."""
        nothing = self.nothing or any(map(self._is_text, nodes))
        return [
            write_literal(None) if nothing and n == Lit(None) else self.write_value(n)
            for n in nodes
        ]

    def _is_text(self, node: Expr) -> bool:
        match node:
            case Lit(str()):
                return True
            case Call(function) if ROW_FUNCTIONS[function].gives == "string":
                return True
            case Col(name) if self.facts and name in self.facts.data:
                return self.facts.data[name].kind == "string"
            case _:
                return any(map(self._is_text, list_choices(node)))
        return False


def make_series_writer(
    frame: str, query: Query, data: Schema, *, text: TextType = TextType.STRINGS
) -> SeriesWriter:
    """Return the writer for a query's frame; a derived column may be missing if its inputs are."""
    derived = {output.name: output.expression for output in query.derive}

    def may_be_missing(name: str) -> bool:
        if name in derived:
            return can_be_missing(derived[name], may_be_missing)
        return name not in data or not is_present(query, name, data)

    def is_text(name: str) -> bool:
        return name not in derived and name in data and data[name].kind == "string"

    facts = Facts(extend_schema(data, query))
    writer = SeriesWriter(frame, may_be_missing, facts=facts, text=text)
    if text is TextType.ARROW:
        writer = replace(writer, arrow=is_text)
    untyped = {name for name, made in derived.items() if writer.may_be_untyped(made)}
    return replace(writer, untyped=frozenset(untyped))


def _stamp(value: dt.date) -> ast.expr:
    """Write a day or a time: beside a column of times, pandas takes no date of Python's."""
    return quote("pd.Timestamp(t)", t=value.isoformat())


def _is_power(node: Expr) -> bool:
    """Return whether this is an exponent that integers can have."""
    return isinstance(node, Lit) and isinstance(node.value, int) and node.value >= 0
