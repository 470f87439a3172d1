"""Wide tables, read as the rows that they are made of: one for each cell that has a value."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from ..spec.expression import Agg, Arith, Col, Compare, Expr, IsMissing, Lit, build_chain
from ..spec.workload import Output, SortKey
from . import alignment
from .aggregation import aggregate_all, is_several, make_groups
from .alignment import materialize
from .calls import CodeCall, Method
from .columns import read_round
from .grouping import group_keys, note_empty
from .meaning import can_miss, negate
from .quantiles import lay_out_quantiles
from .rows import Aggregated, Rows, Sorted, aggregate, keep, sort, unsort
from .selection import require_column
from .values import (
    CodeFunction,
    Const,
    Frame,
    Grouped,
    Items,
    Label,
    Library,
    Mapping,
    Part,
    Series,
    Value,
)

PLACES = "pandas 2 raises here, for this is of pandas 1: write pivot(index=…, columns=…, values=…)"
NO_TOTALS = "margins adds rows and columns of totals, which no workload has; leave it out"


def fill_cells(call: CodeCall, table: Part, value: object, *, counts: bool = False) -> Part:
    """Return a table whose cells without rows have a value, and note which cells are compared.

    Its details are the value, and whether no cell with rows has it: none has 0 of them.
    """
    cell = find_cell(table.owner)
    if value == 0 and cell and (counts or counts_rows(table.owner, cell, "size")):
        return replace(table, details=(value, True))
    if isinstance(value, int | float) and cell:
        text = f"cells of {value:g} are not compared: pandas also has them where there are no rows"
        call.reader.note(call.node, text)
        return replace(table, details=(value, False))
    text = "pandas fills cells without rows; the workload has only those with rows"
    call.reader.note(call.node, text)
    return table


def find_cell(made: Value) -> Expr | None:
    """Return what is in the cells of a table; None where that is several values."""
    match made:
        case Series(expr=expr):
            return expr
        case Frame(columns=columns) if len(columns) == 1:
            return Col(*columns.values())
    return None


def counts_rows(made: Value, cell: Expr, *functions: str) -> bool:
    """Return whether a cell is one of these aggregations of a group, `size` or `count`."""
    rows = cast("Series | Frame", made).rows
    while isinstance(rows.origin, Sorted):
        cell, rows = rows.inline(cell), rows.origin.rows
    match rows.origin, rows.inline(cell):
        case Aggregated(_, _, outputs), Col(name):
            found = [o.expression for o in outputs if o.name == name]
            return any(isinstance(one, Agg) and one.function in functions for one in found)
    return False


def leave_filled_out(table: Part) -> Series | Frame:
    """Return the rows of a table's cells, without those that have the value of no rows."""
    made = cast("Series | Frame", table.owner)
    cell = find_cell(made)
    value, absent = table.details or (None, True)
    if cell is None or absent:
        return made
    return replace(made, rows=keep(made.rows, Compare("!=", cell, Lit(value))))


def widen(call: CodeCall, owner: Series | Frame, level: Label) -> Part:
    """Return an answer of groups whose last key, or another, names the columns of a table."""
    index = dict(owner.index)
    levels = list(index)
    label = levels[level] if isinstance(level, int) and level not in index else level
    if len(levels) < 2 or label not in index:
        raise call.fail("unstack is read of groups of two keys or more")
    index = {**{one: name for one, name in index.items() if one != label}, label: index[label]}
    made = materialize(owner) if isinstance(owner, Series) else owner
    cells = [made.expr] if isinstance(made, Series) else [Col(one) for one in made.columns.values()]
    rows = made.rows
    if all(can_miss(cell, rows.schema) for cell in cells):
        rows = keep(rows, negate(build_chain("and", *map(IsMissing, cells))))
    rows = sort(rows, tuple(map(SortKey, index.values())), implied=True)
    return Part("wide", replace(made, rows=rows, index=index))


def read_unstack(call: CodeCall, owner: Value) -> Value:
    """Read `unstack(level)`."""
    levels = call.read_names("level")
    laid = lay_out_quantiles(owner) if isinstance(owner, Series) and not levels else None
    if laid is not None:
        return laid
    if len(levels) > 1:
        raise call.fail("unstack is read with one level")
    return _fill(call, widen(call, cast("Series | Frame", owner), levels[0] if levels else -1))


def _fill(call: CodeCall, table: Part) -> Part:
    value = call.read_constant("fill_value")
    return table if value is None else fill_cells(call, table, value)


def read_pivot_table(call: CodeCall, frame: Frame) -> Value:
    """Read `pivot_table`: a group-by, whose last keys name columns if `columns` is given."""
    index, wide = (_list_parts(call.read_value(name)) for name in ("index", "columns"))
    if len(wide) > 1 or not index:
        raise call.fail("pivot_table is read with an index, and one column for columns")
    if call.read_constant("margins", False):
        raise call.fail(NO_TOTALS)
    frame, keys = group_keys(call, frame, Items((*index, *wide)))
    function = call.read_value("aggfunc") if call.has("aggfunc") else Const("mean")
    note_empty(call, frame.rows, keys, "observed=True")
    grouped = Grouped(frame, keys)
    if values := sorted(call.read_names("values")):
        chosen = ((label, Col(require_column(call.node, frame, label))) for label in values)
        grouped = replace(grouped, selected=tuple(chosen))
    if is_several(function) and len(values) != 1:
        raise call.fail("pivot_table with a list of functions is read of one column")
    made = aggregate_all(call, grouped, _sort_pairs(function))
    if not wide or not isinstance(made, Frame):
        return made
    return _fill(call, widen(call, made, -1))


def _list_parts(value: Value) -> list[Value]:
    """Return one key or several, each a name or a column, as a list; none for None."""
    match value:
        case Const(None):
            return []
        case Const(list() | tuple() as labels):
            return [Const(one) for one in labels]
        case Items(values):
            return list(values)
    return [value]


def _sort_pairs(function: Value) -> Value:
    """Return the aggregations of columns in the order of these, as pandas sorts a table's."""
    match function:
        case Const(dict() as pairs):
            every = {
                label: sorted(one, key=str) if isinstance(one, list) else one
                for label, one in pairs.items()
            }
            return Const(dict(sorted(every.items(), key=str)))
        case Mapping(pairs):
            return Mapping(tuple(sorted(pairs, key=lambda pair: str(pair[0]))))
    return function


def read_pivot(call: CodeCall, frame: Frame) -> Part:
    """Read `pivot`: rows with one value for each pair of keys, laid out as a table."""
    if call.node.args:
        call.reader.note(call.node, PLACES)
    index, wide, values = (call.read_names(name) for name in ("index", "columns", "values"))
    if not index or len(wide) != 1 or not values:
        raise call.fail("pivot is read with index, one column for columns, and values")
    keys = {label: require_column(call.node, frame, label) for label in (*index, *wide)}
    cells = {label: require_column(call.node, frame, label) for label in values}
    return widen(call, replace(frame, columns=cells, index=keys, complete=True), wide[0])


def read_rounded(call: CodeCall, part: Part) -> Part:
    """Read `round(decimals)` of a wide table."""
    made, cell = cast("Series | Frame", part.owner), find_cell(part.owner)
    if cell is None:
        raise call.fail("round of a wide table is read of one value in each cell")
    label = made.name if isinstance(made, Series) else next(iter(made.columns))
    details = (part.details[0], False) if part.details else ()
    owner = read_round(call, Series(made.rows, cell, label, index=made.index))
    return replace(part, owner=owner, details=details)


def read_applied(call: CodeCall, part: Part) -> Part:
    """Read `apply(lambda r: r / r.sum(), axis=1)`: shares of the rows of a table, or the columns.

    A cell without rows may be there as 0: it counts in no sum, and has to stay 0.
    """
    made, cell, function = part.owner, find_cell(part.owner), call.require("func")
    if cell is None or not isinstance(function, CodeFunction):
        raise call.fail("apply of a wide table is read with a function of one value in each cell")
    index = cast("Series | Frame", made).index
    *rows, column = index.values()
    keys = tuple(rows) if call.read_constant("axis", 0) in {1, "columns"} else (column,)
    given = Series(cast("Series | Frame", made).rows, cell, "value", index=index, scope=keys)
    found = call.enter(function, given)
    if not isinstance(found, Series) or not _keeps_zero(found.expr, cell):
        raise call.fail("apply of a wide table is read as shares: lambda r: r / r.sum()")
    return _put_cells(part, replace(found, scope=(), index=index))


def _keeps_zero(expr: Expr, cell: Expr) -> bool:
    """Return whether an expression is a share of a sum, which is 0 for a cell of 0."""
    match expr:
        case Arith("/", above, Agg("sum", (inner,))):
            return inner == cell and _keeps_zero(above, cell)
        case Arith("*", Lit(), other) | Arith("*", other, Lit()) | Arith("/", other, Lit()):
            return _keeps_zero(other, cell)
    return expr == cell


def read_crosstab(call: CodeCall) -> Value:
    """Read `pd.crosstab`: the number of rows, or an aggregation, of each pair of values."""
    if call.read_constant("margins", False):
        raise call.fail(NO_TOTALS)
    index, columns = (_read_keys(call, name) for name in ("index", "columns"))
    first = materialize(index[0])
    frame = Frame(first.rows, {}, complete=False, index=first.index)
    frame, keys = group_keys(call, frame, Items((*index, *columns)))
    grouped = Grouped(frame, keys)
    if call.has("values"):
        column = alignment.align(call.node, Series(frame.rows, Lit(1)), call.read_value("values"))
        frame = replace(frame, rows=column.rows)
        grouped = Grouped(frame, keys, ((("value"), column.exprs[1]),), single=True)
        return widen(call, _cast_series(aggregate_all(call, grouped, call.require("aggfunc"))), -1)
    made = _cast_series(make_groups(call.node, grouped, [("size", Agg("size", ()))], series=True))
    return fill_cells(call, widen(call, _compute_share(call, made, len(index)), -1), 0, counts=True)


def _read_keys(call: CodeCall, name: str) -> list[Series]:
    found = _list_parts(call.require(name))
    columns = [one for one in found if isinstance(one, Series)]
    if len(columns) < len(found):
        raise call.fail("pd.crosstab is read of columns of a frame")
    return columns


def _cast_series(made: Value) -> Series:
    return cast("Series", made)


def _compute_share(call: CodeCall, counts: Series, rows: int) -> Series:
    """Return counts, or their shares of the whole, of the row or of the column."""
    names = tuple(counts.index.values())
    wanted = call.read_constant("normalize", False)
    if wanted is False:
        return counts
    keys: tuple[str, ...] = ()
    if wanted is not True and wanted != "all":
        keys = names[:rows] if wanted in {"index", 0} else names[rows:]
    share = Arith("/", counts.expr, Agg("sum", (counts.expr,)))
    return materialize(replace(counts, expr=share, keys=keys))


def read_filled(call: CodeCall, part: Part) -> Part:
    """Read `fillna(0)` of a wide table."""
    if call.read_constant("inplace", False):
        raise call.fail("fillna of a wide table is read without inplace")
    value = call.read_value("value")
    return fill_cells(call, part, value.value if isinstance(value, Const) else None)


def read_whole(call: CodeCall, part: Part) -> Part:
    """Read `astype(int)` of a table of numbers of rows, and `astype(float)` of any."""
    cell, kind = find_cell(part.owner), call.require("dtype")
    name = kind.name if isinstance(kind, Library) else str(call.read_constant("dtype"))
    counts = cell and counts_rows(part.owner, cell, "size", "count")
    if not ("float" in name or (counts and "int" in name)):
        raise call.fail("astype of a wide table is read of numbers of rows")
    return replace(part)


def sum_cells(call: CodeCall, part: Part) -> Series:
    """Read `sum()` of the columns of a wide table, and with `axis=1` of its rows."""
    made, cell = cast("Series | Frame", part.owner), find_cell(part.owner)
    if cell is None:
        raise call.fail("sum of a wide table is read of one value in each cell")
    rows = call.read_constant("axis", 0) in {1, "columns"}
    keys = [*made.index.items()]
    kept = dict(keys[:-1] if rows else keys[-1:])
    below, _ = unsort(made.rows)
    total = aggregate(below, tuple(kept.values()), (Output("total", Agg("sum", (cell,))),))
    by = tuple(map(SortKey, kept.values()))
    return Series(sort(total, by), Col("total"), index=kept)


def divide_cells(call: CodeCall, part: Part) -> Part:
    """Read `div(table.sum(axis=1), axis=0)`: shares of the rows of a table, or of its columns."""
    made, cell, other = (
        cast("Series | Frame", part.owner),
        find_cell(part.owner),
        call.require("other"),
    )
    by_rows = call.read_constant("axis", "columns") in {0, "index"}
    names = [*made.index.values()]
    keys = tuple(names[:-1] if by_rows else names[-1:])
    below, _ = unsort(made.rows)
    match other:
        case Series(Rows(Sorted(Rows(Aggregated(of, by, (total,))))), Col()) if cell is not None:
            if (of, by, total.expression) == (below, keys, Agg("sum", (cell,))):
                share = Series(made.rows, Arith("/", cell, total.expression), "value", keys)
                return _put_cells(part, replace(share, index=made.index))
    raise call.fail(
        "div of a wide table is read of the sums of its rows: t.div(t.sum(axis=1), axis=0)"
    )


def scale_cells(call: CodeCall, part: Part) -> Part:
    """Read `mul(100)` of a wide table."""
    made, cell = cast("Series | Frame", part.owner), find_cell(part.owner)
    factor = call.read_constant("other")
    if cell is None or not isinstance(factor, int | float):
        raise call.fail("mul of a wide table is read with a number")
    value = alignment.make_literal(factor, call.node)
    return _put_cells(part, Series(made.rows, Arith("*", cell, value), "value", index=made.index))


def _put_cells(part: Part, cells: Series) -> Part:
    """Return a table with other values in its cells."""
    owner, order = materialize(cells), cells.rows.origin
    if isinstance(order, Sorted):
        owner = replace(owner, rows=sort(owner.rows, order.by))
    return replace(part, owner=owner)


def read_index(call: CodeCall, part: Part) -> Part:
    """Read `set_index(key)` of a wide table whose index was laid out as columns."""
    if not {*call.read_names("keys")} <= {*cast("Frame", part.owner).index}:
        raise call.fail("set_index of a wide table is read with the keys of its rows")
    return replace(part)


def read_same(_call: CodeCall, part: Part) -> Part:
    """Read `reset_index()` of a wide table, and what only names its columns."""
    return replace(part)


WIDE_METHODS = {
    "fillna": Method(read_filled, "value inplace"),
    "reset_index": Method(read_same),
    "round": Method(read_rounded, "decimals"),
    "sum": Method(sum_cells, "axis"),
    **{name: Method(divide_cells, "other axis") for name in ("div", "divide", "truediv")},
    **{name: Method(scale_cells, "other axis") for name in ("mul", "multiply")},
    "apply": Method(read_applied, "func axis"),
    "rename_axis": Method(read_same, "mapper"),
    "sort_index": Method(read_same),
    "copy": Method(read_same),
    "set_index": Method(read_index, "keys"),
    "astype": Method(read_whole, "dtype"),
}
