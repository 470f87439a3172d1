"""Wide tables, read as the rows that they are made of: one for each cell that has a value."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from ..spec.expression import Agg, Arith, Col, IsMissing, Lit, chain
from ..spec.workload import SortKey
from . import operators
from .aggregation import aggregate_all, is_several, make_groups
from .calls import CodeCall, Method
from .columns import read_round
from .grouping import group_keys
from .meaning import can_miss, negate
from .operators import materialize
from .rows import Aggregated, Rows, Sorted, keep, sort
from .selection import need_column
from .values import Const, Frame, Grouped, Items, Label, Part, Series, Value

NO_TOTALS = "margins adds rows and columns of totals, which no workload has; leave it out"


def note_filled(call: CodeCall) -> None:
    """Note that cells without a value, which pandas fills, have no row in the answer."""
    text = "pandas fills cells without rows; the workload has only those with rows"
    call.reader.note(call.node, text)


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
        rows = keep(rows, negate(chain("and", *map(IsMissing, cells))))
    if not _has_categories(call, rows, index):
        rows = sort(rows, tuple(map(SortKey, index.values())))
    return Part("wide", replace(made, rows=rows, index=index))


def _has_categories(call: CodeCall, rows: Rows, index: dict[Label, str]) -> bool:
    """Return whether a table's rows or columns are in the order of categories, not of values."""
    inlined = {rows.inline(Col(name)) for name in index.values()}
    match rows.origin:
        case Aggregated(below) | Sorted(Rows(Aggregated(below))):
            inlined |= {below.inline(Col(name)) for name in index.values()}
    return not inlined.isdisjoint(call.reader.categories)


def read_unstack(call: CodeCall, owner: Value) -> Part:
    """Read `unstack(level)`."""
    if call.constant("fill_value") is not None:
        note_filled(call)
    levels = call.names("level")
    if len(levels) > 1:
        raise call.fail("unstack is read with one level")
    return widen(call, cast("Series | Frame", owner), levels[0] if levels else -1)


def read_pivot_table(call: CodeCall, frame: Frame) -> Value:
    """Read `pivot_table`: a group-by, whose last keys name columns if `columns` is given."""
    index, wide = call.names("index"), call.names("columns")
    if len(wide) > 1 or not index:
        raise call.fail("pivot_table is read with an index, and one column for columns")
    if call.constant("margins", False):
        raise call.fail(NO_TOTALS)
    keys = {label: need_column(call.node, frame, label) for label in (*index, *wide)}
    function = call.value("aggfunc") if call.has("aggfunc") else Const("mean")
    call.constant("observed")
    grouped = Grouped(frame, keys)
    if values := sorted(call.names("values")):
        chosen = ((label, Col(need_column(call.node, frame, label))) for label in values)
        grouped = replace(grouped, selected=tuple(chosen))
    if is_several(function) and len(values) != 1:
        raise call.fail("pivot_table with a list of functions is read of one column")
    made = aggregate_all(call, grouped, function)
    if not wide or not isinstance(made, Frame):
        return made
    if call.constant("fill_value") is not None:
        note_filled(call)
    return widen(call, made, wide[0])


def read_pivot(call: CodeCall, frame: Frame) -> Part:
    """Read `pivot`: rows with one value for each pair of keys, laid out as a table."""
    index, wide, values = (call.names(name) for name in ("index", "columns", "values"))
    if not index or len(wide) != 1 or not values:
        raise call.fail("pivot is read with index, one column for columns, and values")
    keys = {label: need_column(call.node, frame, label) for label in (*index, *wide)}
    cells = {label: need_column(call.node, frame, label) for label in values}
    return widen(call, replace(frame, columns=cells, index=keys, complete=True), wide[0])


def read_rounded(call: CodeCall, part: Part) -> Part:
    """Read `round(decimals)` of a wide table."""
    owner = part.owner if isinstance(part.owner, Series) else None
    frame = cast("Frame", part.owner)
    if owner is None and len(frame.columns) == 1:
        ((label, name),) = frame.columns.items()
        owner = Series(frame.rows, Col(name), label, index=frame.index)
    if owner is None:
        raise call.fail("round of a wide table is read of one value in each cell")
    return replace(part, owner=read_round(call, owner))


def read_crosstab(call: CodeCall) -> Value:
    """Read `pd.crosstab`: the number of rows, or an aggregation, of each pair of values."""
    if call.constant("margins", False):
        raise call.fail(NO_TOTALS)
    index, columns = (_keys_of(call, name) for name in ("index", "columns"))
    first = materialize(index[0])
    frame = Frame(first.rows, {}, complete=False, index=first.index)
    frame, keys = group_keys(call, frame, Items((*index, *columns)))
    grouped = Grouped(frame, keys)
    if call.has("values"):
        column = operators.align(call.node, Series(frame.rows, Lit(1)), call.value("values"))
        frame = replace(frame, rows=column.rows)
        grouped = Grouped(frame, keys, ((("value"), column.exprs[1]),), single=True)
        return widen(call, _one(aggregate_all(call, grouped, call.need("aggfunc"))), -1)
    note_filled(call)
    made = _one(make_groups(call.node, grouped, [("size", Agg("size", ()))], series=True))
    return widen(call, _share(call, made, len(index)), -1)


def _keys_of(call: CodeCall, name: str) -> list[Series]:
    value = call.need(name)
    found = list(value.values) if isinstance(value, Items) else [value]
    columns = [one for one in found if isinstance(one, Series)]
    if len(columns) < len(found):
        raise call.fail("pd.crosstab is read of columns of a frame")
    return columns


def _one(made: Value) -> Series:
    return cast("Series", made)


def _share(call: CodeCall, counts: Series, rows: int) -> Series:
    """Return counts, or their shares of the whole, of the row or of the column."""
    names = tuple(counts.index.values())
    wanted = call.constant("normalize", False)
    if wanted is False:
        return counts
    keys: tuple[str, ...] = ()
    if wanted is not True and wanted != "all":
        keys = names[:rows] if wanted in {"index", 0} else names[rows:]
    share = Arith("/", counts.expr, Agg("sum", (counts.expr,)))
    return materialize(replace(counts, expr=share, keys=keys))


def read_filled(call: CodeCall, part: Part) -> Part:
    """Read `fillna(0)` of a wide table."""
    if call.constant("inplace", False):
        raise call.fail("fillna of a wide table is read without inplace")
    call.need("value")
    note_filled(call)
    return part


def read_same(_call: CodeCall, part: Part) -> Part:
    """Read `reset_index()` of a wide table, and what only names its columns."""
    return replace(part)


WIDE_METHODS = {
    "fillna": Method(read_filled, "value inplace"),
    "reset_index": Method(read_same),
    "round": Method(read_rounded, "decimals"),
    "rename_axis": Method(read_same, "mapper"),
    "sort_index": Method(read_same),
    "copy": Method(read_same),
}
