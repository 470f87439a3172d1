"""Random queries over the columns of `frames`: trees of the whole language, of the right kinds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Literal

from ...spec.choices import CHOOSING_FREELY
from ...spec.composed import compose
from ...spec.expression import (
    Agg,
    Arith,
    ArithOp,
    Bool,
    Call,
    Case,
    Col,
    Compare,
    CompareOp,
    Expr,
    IsIn,
    IsMissing,
    Lit,
    Neg,
    Not,
    list_columns,
    walk,
)
from ...spec.formats import write_format
from ...spec.joins import SUFFIX
from ...spec.pivot import expand_pivot
from ...spec.vocabulary import ROLLING
from ...spec.workload import (
    AsOf,
    Extreme,
    Gaps,
    How,
    Join,
    Output,
    Pivot,
    Query,
    RowFunction,
    SortKey,
    Unpivot,
)
from .frames import BESIDE, BY_NAME, DOMAINS, KEY, TABLE
from .words import grow_cast, grow_day, grow_named, grow_shape

COMPARISONS: tuple[CompareOp, ...] = ("==", "!=", "<", "<=", ">", ">=")
SIMPLE: tuple[ArithOp, ...] = ("+", "-", "*", "+", "-")
DIVISIONS: tuple[ArithOp, ...] = ("/", "//", "%")
NUMBERS = tuple(d.name for d in DOMAINS if d.kind in {"int", "float"} and not d.exact)
ORDERED = tuple(d.name for d in DOMAINS if d.kind != "bool")
MOVED = tuple(d.name for d in DOMAINS if d.name != "e")
MOVED_AND_ORDERED = tuple(name for name in MOVED if name in ORDERED)
KEYS = ("k", "g", "h", "b", "t", "d", "m", "z", "e", "n", "u", "y", "w")
TEXTS = ("k", "t")
OF_NUMBERS = ("sum", "mean", "std", "var", "median", "min", "max")
MOMENTS = ("d", "m", "z")
FORMATS = ("%Y-%m", "%a %d. %b", "%B %j%%")
OF_ANYTHING = ("count", "n_unique", "first", "last")
# From where on a draw asks for a pivot or an unpivot, and the columns that pivots may have.
WIDE_FROM, PIVOTED = 0.94, ("k", "g", "b")
NAMES_BESIDE = {domain.name for domain in BESIDE}
# What days and times are truncated to.
OF_GAPS = ("year", "quarter", "month")  # others make long answers
OF_DAYS, OF_TIMES = ("year", "quarter", "month", "week", "day"), ("hour", "15min", "second")
DAY, TIME = Lit(dt.date(2024, 1, 1)), Lit(dt.datetime(2000, 2, 29, 12, 40))
ZONED = Lit(dt.datetime(2024, 10, 27, 1, tzinfo=dt.UTC))


AS_OF, CROSSED = 0.8, 0.08  # the shares of joins
HOW: tuple[How, ...] = ("inner", "left", "right", "outer", "semi", "anti")


@dataclass(slots=True)
class Grower:
    """Grows trees; of derived and joined columns, `more` are numbers and `keys` are not.

    Rows that are `joined` have no order.
    """

    draw: Random
    more: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    joined: bool = False

    def toss(self, share: float) -> bool:
        """Return whether this time it is so."""
        return self.draw.random() < share

    def number(self, depth: int = 2) -> Expr:
        """Grow a number of a row."""
        if depth <= 0 or self.toss(0.25):
            if self.toss(0.2):
                return Lit(self.draw.choice((1, 2, 3, 10, 0.5, 2.5)))
            return Col(self.draw.choice((*NUMBERS, *self.more)))
        inner = self.number(depth - 1)
        match self.draw.randrange(16):
            case 12 | 13:
                return grow_shape(self.draw, inner, self.number(0))
            case 0 | 1 | 2:
                return Arith(self.draw.choice(SIMPLE), inner, self.number(depth - 1))
            case 3 | 4:
                return Arith("/", inner, self.grow_divisor(depth - 1))
            case 5:
                return Arith(self.draw.choice(DIVISIONS), inner, self.number(depth - 1))
            case 6:
                return Arith("**", inner, Lit(self.draw.choice((1, 2, 3))))
            case 7:
                return Neg(inner)
            case 8:
                return self.grow_call(inner)
            case 9:
                return Call(self.draw.choice(("min", "max")), (inner, self.number(depth - 1)))
            case 10 | 14:
                return self.grow_part()
            case _:
                return Case(
                    ((self.grow_condition(depth - 1), inner),), self.grow_fallback(depth - 1)
                )

    def grow_call(self, inner: Expr) -> Expr:
        """Grow a call of a function of one number."""
        if self.toss(0.15):
            return Call("round", (inner, Lit(1)))
        usual = ("abs", "sqrt", "floor", "ceil", "round")
        return Call(self.draw.choice((*usual, *usual, "log", "log10", "exp")), (inner,))

    def grow_divisor(self, depth: int) -> Expr:
        """Grow a divisor; quotients of quotients are rounded in too many ways."""
        return self.number(min(depth, 0))

    def grow_fallback(self, depth: int) -> Expr:
        """Grow what a choice falls back to: at times nothing."""
        return Lit(None) if self.toss(0.2) else self.number(depth)

    def grow_part(self) -> Expr:
        """Grow a number derived from a text or a date."""
        if self.toss(0.3):
            return grow_cast(self.draw, self.grow_text())
        if self.toss(0.5):
            name = self.draw.choice(("len", "len", "count_words", "integer"))
            return Call(name, (self.grow_text(),))
        match self.draw.randrange(6):
            case 0:
                unit = self.draw.choice(("days", "hours", "seconds"))
                later = Call("offset", (Col("m"), Lit(self.draw.choice((-3, 2))), Lit("hours")))
                return Call(unit, (later, self.draw.choice((TIME, Col("m")))))
            case 1:
                return Call("days", (Col("d"), DAY))
            case 2:
                return Call(self.draw.choice(("hour", "minute", "second")), (Col("m"),))
            case _:
                parts = ("year", "month", "day", "weekday", "day_of_year", "week", "quarter")
                return Call(self.draw.choice(parts), (Col(self.draw.choice(MOMENTS)),))

    def grow_text(self, depth: int = 1) -> Expr:
        """Grow a text."""
        if depth <= 0 or self.toss(0.4):
            return Col(self.draw.choice(TEXTS))
        inner = self.grow_text(depth - 1)
        if self.toss(0.25):
            return grow_named(self.draw, inner)
        match self.draw.randrange(8):
            case 0 | 1:
                return Call(self.draw.choice(("lower", "strip")), (inner,))
            case 2:
                return Call("replace", (inner, Lit("a"), Lit(self.draw.choice(("", "é'")))))
            case 3:
                parts = (
                    inner,
                    Lit(self.draw.choice(("a", " ", None))),
                    Lit(self.draw.choice((0, 1, -1))),
                )
                return Call("split", parts)
            case 4:
                start, end = self.draw.choice(
                    ((0, 1), (1, None), (-1, None), (0, -1), (1, -1), (-2, -1))
                )
                return Call("slice", (inner, Lit(start), Lit(end)))
            case 5:
                pattern, group = self.draw.choice((("[a-z]+", 0), ("(.)([b ])", 1), ("^(.).$", 1)))
                return Call("extract", (inner, Lit(pattern), Lit(group)))
            case 6:
                return Arith("+", inner, self.draw.choice((Lit("-"), Col(self.draw.choice(TEXTS)))))
            case _:
                name = self.draw.choice(("g", "i", "d", "s"))
                made = Call("text", (Col(name),))
                time = write_format(Col(self.draw.choice(MOMENTS)), self.draw.choice(FORMATS))
                return self.draw.choice((Call("zfill", (inner, Lit(3))), made, time))

    def grow_key(self) -> Expr:
        """Grow what groups are made by, and is no number: a day, a text or a choice of texts."""
        match self.draw.randrange(5):
            case 4:
                return grow_day(self.draw)
            case 0 | 1:
                name = self.draw.choice(MOMENTS)
                units = OF_DAYS if name == "d" else (*OF_DAYS, *OF_TIMES)
                return Call("truncate", (Col(name), Lit(self.draw.choice(units))))
            case 2:
                return self.grow_text(2)
            case _:
                low = Lit(None) if self.toss(0.2) else Lit("low")
                return Case(((self.grow_condition(1), Lit("high")),), low)

    def grow_condition(self, depth: int = 2) -> Expr:
        """Grow a condition on a row."""
        match self.draw.randrange(12):
            case 0 | 1 | 2:
                op = self.draw.choice(COMPARISONS)
                return Compare(op, self.number(depth - 1), self.number(depth - 1))
            case 3 | 4 if depth > 0:
                parts = tuple(self.grow_condition(depth - 1) for _ in range(2))
                return Bool(self.draw.choice(("and", "or")), parts)
            case 5 if depth > 0:
                return Not(self.grow_condition(depth - 1))
            case 6:
                tested = IsMissing(Col(self.draw.choice(DOMAINS).name))
                return Not(tested) if self.toss(0.5) else tested
            case 7:
                return self.grow_member()
            case 8:
                return Col("b")
            case 9 if self.toss(0.2):
                return Call("is_numeric", (self.grow_text(),))
            case 9:
                function = self.draw.choice(("contains", "starts_with", "ends_with", "matches"))
                return Call(
                    function, (self.grow_text(), Lit(self.draw.choice(("a", "é", "'", "b"))))
                )
            case 10:
                return self.grow_comparison()
            case _:
                low, high = self.number(0), self.number(0)
                middle = self.number(0)
                return Bool("and", (Compare("<", low, middle), Compare("<=", middle, high)))

    def grow_comparison(self) -> Expr:
        """Grow a comparison of what is no plain number."""
        op = self.draw.choice(COMPARISONS)
        value: Expr
        name, value = self.draw.choice(
            (
                ("d", DAY),
                ("m", TIME),
                ("t", Lit("a")),
                ("e", Lit(2**53 + 1)),
                ("z", ZONED),
                ("w", Lit(1)),
                ("k", Col("t")),
            )
        )
        return Compare(op, Col(name), value)

    def grow_member(self) -> Expr:
        """Grow a test whether a value is one of several."""
        name, values = self.draw.choice(
            (
                ("i", (1, 2, -3)),
                ("t", ("a", "é")),
                ("d", (DAY.value, dt.date(1970, 1, 1))),
                ("x", (0.5, 2.5)),
            )
        )
        tested = IsIn(Col(name), tuple(map(Lit, values)))
        return Not(tested) if self.toss(0.3) else tested

    def grow_aggregation(self) -> Expr:
        """Grow one aggregation."""
        match self.draw.randrange(12):
            case 0 | 1 | 2 | 3:
                return Agg(
                    self.draw.choice(OF_NUMBERS), (self.number(self.draw.choice((0, 0, 1, 2))),)
                )
            case 4 | 5:
                names = OF_ANYTHING[:2] if self.joined else OF_ANYTHING
                return Agg(self.draw.choice(names), (Col(self.draw.choice(DOMAINS).name),))
            case 6:
                return Agg(self.draw.choice(("min", "max")), (Col(self.draw.choice(ORDERED)),))
            case 7:
                return Agg("size", ())
            case 8 if self.toss(0.3):
                return Agg("prod", (Col(self.draw.choice("ijx")),))
            case 8:
                share = Lit(self.draw.choice((0, 0.1, 0.25, 0.5, 0.9, 1)))
                return Agg("quantile", (Col(self.draw.choice(NUMBERS)), share))
            case 9:
                return Agg("corr", (Col(self.draw.choice("ijx")), Col(self.draw.choice("jxy"))))
            case 10:
                words = ("any", "all", "sum", "count_if", "mean")
                return Agg(self.draw.choice(words), (self.grow_condition(1),))
            case _:
                return Agg("sum", (Col("e"),))

    def grow_window(self) -> Expr:
        """Grow one window function."""
        match self.draw.randrange(8):
            case 0:
                return self.rank()
            case 1:
                return Agg("cumsum", (self.number(self.draw.choice((0, 0, 1))),))
            case 2 if self.toss(0.2):
                span = Lit(self.draw.choice((1, 2, 5)))
                return Agg("ewm_mean", (Col(self.draw.choice(NUMBERS)), span))
            case 2:
                return self.grow_rolling()
            case 3:
                changed = self.draw.choice(("diff", "pct_change", "cummin", "cummax"))
                return Agg(changed, (Col(self.draw.choice(NUMBERS)),))
            case 4:
                filled = self.draw.choice(("ffill", "bfill"))
                return Agg(filled, (Col(self.draw.choice(MOVED)),))
            case 5:
                return Agg(self.draw.choice(("row_number", "cumcount")), ())
            case _:
                arguments: tuple[Expr, ...] = (Col(self.draw.choice(MOVED)),)
                if self.toss(0.4):
                    arguments = (*arguments, Lit(self.draw.choice((1, 2, 3))))
                return Agg(self.draw.choice(("lag", "lead")), arguments)

    def grow_composed(self) -> Expr:
        """Grow an aggregation that takes several steps."""
        match self.draw.randrange(4):
            case 0:
                return Agg("skew", (Col(self.draw.choice("ij")),))
            case 1:
                return Agg("mode", (Col(self.draw.choice(MOVED_AND_ORDERED)),))
            case _:
                pair = (Col(self.draw.choice(MOVED_AND_ORDERED)), Col(self.draw.choice(NUMBERS)))
                return Agg(self.draw.choice(("arg_max", "arg_min")), pair)

    def rank(self) -> Expr:
        """Grow a rank, by a method and in a direction."""
        column, descending = Col(self.draw.choice(ORDERED)), Lit(self.toss(0.5))
        match self.draw.randrange(4):
            case 0:
                name = self.draw.choice(("dense_rank", "percent_rank"))
                return Agg(name, (column, descending))
            case 1:
                method = self.draw.choice(("min", "max", "average", "dense", "first"))
                return Agg("rank", (column, Lit(method), descending))
        return Agg("rank", (column,))

    def grow_rolling(self, *times: str) -> Expr:
        """Grow an aggregation of the last rows, or of one of these times."""
        name = self.draw.choice(tuple(ROLLING))
        rows = self.draw.choice((1, 2, 3))
        window = Lit(self.draw.choice(times) if times else rows)
        arguments: tuple[Expr, ...] = (Col(self.draw.choice(NUMBERS)), window)
        if name != "rolling_count" and self.toss(0.5):
            arguments = (*arguments, Lit(self.draw.randint(1, rows)))
        return Agg(name, arguments)

    def grow_number(self) -> Expr:
        """Grow an aggregation that is a number."""
        name = self.draw.choice(
            ("sum", "mean", "min", "max", "count", "size", "median", "n_unique")
        )
        return Agg(name, () if name == "size" else (Col(self.draw.choice(NUMBERS)),))

    def grow_output(self, *, transform: bool) -> Expr:
        """Grow an output of an aggregate, or of a transform."""
        if self.toss(0.65):
            return self.grow_window() if transform and self.toss(0.5) else self.grow_aggregation()
        left: Expr = self.number(0) if transform else self.grow_number()
        right = Lit(2) if self.toss(0.2) else self.grow_number()
        if self.toss(0.2):
            return Compare(self.draw.choice(COMPARISONS), left, right)
        return Arith(self.draw.choice((*SIMPLE, "/", "//", "%")), left, right)


def query(draw: Random) -> Query:
    """Grow a query of one frame."""
    grower = Grower(draw)
    first = _grow_first(grower) if grower.toss(0.12) else ()
    grown = _answer(grower, _grow_start(grower, Query("asked", "")))
    ended = _grow_end(grower, grown, grown.outputs)
    last = _grow_step(grower, ended) if grower.toss(0.2) else _add_free(grower, ended)
    return replace(last, earlier=(*first, *last.earlier))


def _grow_first(grower: Grower) -> tuple[Query]:
    """Grow a step of rows before others: filtered, with a derived column, sorted and cut."""
    derive = (Output("made", grower.number()),) if grower.toss(0.6) else ()
    where = grower.grow_condition() if not derive or grower.toss(0.3) else None
    names = grower.draw.sample(ORDERED, grower.draw.choice((0, 1, 2)))
    sort = tuple(SortKey(name, grower.toss(0.4)) for name in names)
    limit = grower.draw.choice((None, None, 3, 10))
    grower.more += [output.name for output in derive]
    return (Query("asked", "", where=where, derive=derive, sort=sort, limit=limit),)


def grow_join(draw: Random, on: Sequence[str], other: Sequence[str]) -> Query:
    """Grow a query that joins a table of these columns on these keys, or asks for joined rows."""
    how: How = draw.choice(HOW)
    asof = None
    if on[0] in {"m", "z"} and draw.random() < AS_OF:
        how, time, on = "asof", on[0], on[1:]
        right = time if time in other else f"{time}{KEY}"
        asof = AsOf(time, right, draw.choice((None, 60.0, 86400.0)))
    elif draw.random() < CROSSED:
        how, on = "cross", ()
    keys = () if set(on) <= {*other} else tuple(f"{name}{KEY}" for name in on)
    join = Join(TABLE, tuple(on), how, keys, asof)
    others = [name for name in other if name not in join.shared] if join.adds_columns else []
    beside = [f"{name}{SUFFIX}" if name in BY_NAME else name for name in others]
    read = [name for name in beside if name.removesuffix(SUFFIX) in NAMES_BESIDE]
    numbers = [name for name in read if not name.startswith("t")]
    texts = [name for name in read if name.startswith("t")]
    grower = Grower(draw, numbers, texts, joined=True)
    grown = _grow_start(grower, Query("asked", "", (join,)))
    if grower.toss(0.4):
        return _grow_end(grower, grown, (*on, *beside, *(output.name for output in grown.derive)))
    grown = _answer(grower, grown)
    return _add_free(grower, _grow_end(grower, grown, grown.outputs))


def _add_free(grower: Grower, grown: Query) -> Query:
    """Add to some aggregations a value that the group leaves open, which nothing else may read."""
    if not grown.aggregate or grown.pivot or grown.gaps or grown.earlier or grower.toss(0.85):
        return grown
    free = Agg(CHOOSING_FREELY, (Col(grower.draw.choice(MOVED)),))
    return replace(grown, aggregate=(*grown.aggregate, Output("free", free)))


def _grow_start(grower: Grower, grown: Query) -> Query:
    # A derived column comes after where.
    where = Grower(grower.draw, list(grower.more)) if grower.toss(0.4) else None
    if grower.toss(0.3):
        grown = replace(grown, derive=_grow_derived(grower))
    return replace(grown, where=where.grow_condition() if where else None)


def _grow_derived(grower: Grower) -> tuple[Output, ...]:
    outputs = []
    for place in range(grower.draw.choice((1, 1, 2))):
        name = f"new_{place}"
        if grower.toss(0.3):
            outputs.append(Output(name, grower.grow_key()))
            grower.keys.append(name)
        else:
            outputs.append(Output(name, grower.number()))
            grower.more.append(name)
    return tuple(outputs)


def _answer(grower: Grower, grown: Query) -> Query:
    draw = grower.draw
    keys = tuple(draw.sample(KEYS, draw.choice((1, 1, 1, 2, 3))))
    if grower.keys and grower.toss(0.7):
        keys = (*grower.keys, *keys[1:])
    roll = draw.random()
    if roll < 0.12 and not grower.joined:
        body = grower.number(3)
        if list_columns(body):
            function = RowFunction("out", "out", body, columns=list_columns(body))
            # What Python's own functions say of a missing value is no matter of engines.
            calls = any(isinstance(part, Call) or part == Lit(None) for part in walk(body))
            missing: Literal["skip", "call"] = "call" if not calls and grower.toss(0.3) else "skip"
            return replace(grown, apply=replace(function, on_missing=missing))
    if roll > WIDE_FROM:
        return _reshape(grower, grown, keys)
    if grower.toss(0.15):
        keys = ()
    if roll < 0.25:
        column = draw.choice([name for name in ORDERED if name not in keys])
        extreme = Extreme(column, draw.choice((1, 2, 3)), "out", grower.toss(0.5))
        return replace(grown, group_by=keys, extreme=extreme)
    transform = roll < 0.5 and not grower.joined
    number = draw.choice((1, 1, 2, 3))
    outputs = tuple(
        Output(f"out_{n}", grower.grow_output(transform=transform)) for n in range(number)
    )
    if transform:
        order = tuple(
            SortKey(name, grower.toss(0.4))
            for name in draw.sample(ORDERED, draw.choice((0, 0, 1, 2)))
        )
        if times := [name for name in MOMENTS if name not in keys and grower.toss(0.1)]:
            order = (SortKey(times[0]),)
            outputs = (*outputs, Output("out_time", grower.grow_rolling("12h", "2d", "400d")))
        return replace(grown, group_by=keys, order_by=order, transform=outputs)
    return _compose(grower, replace(grown, group_by=keys, aggregate=outputs))


def _compose(grower: Grower, grown: Query) -> Query:
    """Return an aggregation; at times with words that take several steps, or with gaps filled."""
    if grower.joined:
        return grown
    if grower.toss(0.15):
        more = (Output("composed", grower.grow_composed()),)
        return compose(replace(grown, aggregate=(*grown.aggregate, *more)))
    derived = {output.name: output.expression for output in grown.derive}
    keys = {key: derived.get(key, Col(key)) for key in grown.group_by}
    times = [key for key, made in keys.items() if _is_time(made)]
    match [keys[key] for key in times]:
        case [Call("truncate", (Col("d" | "m"), Lit(str(unit))))] if unit in OF_GAPS:
            return compose(replace(grown, gaps=Gaps(times[0], unit)))
    return grown


def _is_time(key: Expr) -> bool:
    """Return whether a key may be the one whose gaps are filled: there has to be one."""
    match key:
        case Col(name):
            return name in MOMENTS
        case Call(function):
            return function in {"truncate", "date", "parse"}
    return False


def _reshape(grower: Grower, grown: Query, keys: tuple[str, ...]) -> Query:
    """Grow a pivot, or an unpivot of columns of one kind."""
    draw = grower.draw
    if grower.toss(0.4):
        on = draw.choice((("i", "j", "x"), ("k", "t"), ("s", "n"), ("y", "i")))
        index = tuple(key for key in keys if key not in on)
        return replace(grown, unpivot=Unpivot(on, index, "variable", "value"))
    column = draw.choice(PIVOTED)
    index = tuple(key for key in keys if key != column) or ("h",)
    # A column has the name of its value, which may be none of the index.
    values = [value for value in BY_NAME[column].values if value not in {"", *index}]
    listed = tuple(draw.sample(values, 2))
    cell = grower.grow_aggregation() if grower.toss(0.5) else grower.grow_number()
    if "e" in list_columns(cell):  # where pandas chooses among them, such integers become floats
        cell = Agg("size", ())
    pivot = Pivot(column, cell, listed)
    return replace(grown, group_by=index, pivot=pivot, aggregate=expand_pivot(pivot))


def _grow_end(grower: Grower, grown: Query, names: Sequence[str]) -> Query:
    draw = grower.draw
    if grower.toss(0.15):
        name = draw.choice(names)
        known: Expr = Not(IsMissing(Col(name)))
        numbers = {o.name for o in (*grown.aggregate, *grown.transform) if _is_number(o.expression)}
        if name in numbers:
            known = Compare(draw.choice(COMPARISONS), Col(name), Lit(draw.choice((0, 1, 2.5))))
        grown = replace(grown, having=known)
    if grower.toss(0.25):
        # A column named -1 and the column 1 descending would be written alike.
        plain = [name for name in names if not name.startswith("-") and f"-{name}" not in names]
        chosen = draw.sample(plain, min(len(plain), draw.choice((1, 2))))
        keys = tuple(SortKey(name, grower.toss(0.4)) for name in chosen)
        grown = replace(grown, sort=keys)
    if grower.toss(0.15):
        grown = replace(grown, limit=draw.choice((1, 2, 5)))
    return grown


def _grow_step(grower: Grower, grown: Query) -> Query:
    """Grow a step that works on the answer of a query, if its answer has a key and a number."""
    draw = grower.draw
    outputs = (*grown.aggregate, *grown.transform)
    numbers = [output.name for output in outputs if _is_number(output.expression)]
    if not (numbers and grown.group_by) or grown.limit is not None or grown.earlier:
        return grown
    key, number = draw.choice(grown.group_by), Col(draw.choice(numbers))
    earlier, next_ = (replace(grown, sort=()),), Query("asked", "")
    match draw.randrange(4):
        case 0:
            test = Compare(draw.choice(COMPARISONS), number, Lit(draw.choice((0, 1, 3))))
            next_ = replace(next_, where=test, group_by=(key,))
        case 1:
            share = Arith("/", number, Agg("sum", (number,)))
            kept = Agg(draw.choice(("count", "size")), (number,))
            kept = replace(kept, arguments=()) if kept.function == "size" else kept
            made = (Output("share", share), Output("kept", kept), Output("same", number))
            next_ = replace(next_, group_by=(key,), transform=made)
        case 2:
            double = Output("double", Arith("*", number, Lit(2)))
            next_ = replace(next_, derive=(double,), select=(key, "double"))
        case _:
            function = draw.choice(OF_NUMBERS)
            whole = (Output("made", Agg(function, (number,))), Output("rows", Agg("size", ())))
            next_ = replace(next_, group_by=draw.choice(((key,), ())), aggregate=whole)
    return replace(next_, earlier=earlier)


def _is_number(expr: Expr) -> bool:
    match expr:
        case Arith():
            return True
        case Agg("sum" | "mean" | "count" | "size" | "n_unique" | "median" | "std", _):
            return True
    return False
