"""Merges: two files joined, and a frame with the aggregations of its own groups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from ..spec.expression import (
    Agg,
    Col,
    IsMissing,
    Lit,
    build_case,
    build_chain,
    choose_fresh_name,
    list_aggregations,
    list_columns,
    substitute,
)
from ..spec.joins import SUFFIX
from ..spec.kinds import find_required_columns
from ..spec.order import is_ordered
from ..spec.schema import Schema
from ..spec.workload import How, Join, Output, SortKey
from .alignment import label_name, materialize
from .assignment import assign_column, rename_columns
from .calls import CodeCall
from .categories import find_category, rename_like
from .columns import look_up
from .meaning import as_value, can_miss, negate
from .operators import is_in
from .renaming import rename
from .rows import (
    Aggregated,
    Loaded,
    Rows,
    Sorted,
    aggregate,
    combine,
    derive,
    find_joins,
    find_order,
    join,
    keep,
    list_conditions,
    list_names,
    list_tables,
    root_of,
    sort,
    sort_fully,
    unsort,
)
from .selection import require_column
from .series import as_frame
from .spread import list_own_tests, list_present, restrict_total, spread_groups
from .values import Const, Frame, Label, Part, Scalar, Series, Value, make_column, take_column

if TYPE_CHECKING:
    from ..spec.expression import Expr


LISTED = "listed frame"
OF_LISTED = (
    "a merge with a listed frame is read on one key that it has once, with how='inner' or 'left', "
    "and other columns than the frame's; save it to a file"
)
UNMATCHED = "this key is missing in rows without a partner; use the key of the other frame"


@dataclass(frozen=True, slots=True)
class _Merge:
    """Two frames, the columns of their keys by label, and how rows without a match are kept."""

    call: CodeCall
    frame: Frame
    other: Frame
    left: dict[Label, str]
    right: dict[Label, str]
    how: str
    sort: bool = False

    @property
    def keeps_order(self) -> bool:
        """Return whether the rows stay in the order of the left frame."""
        return self.how in {"inner", "left"} and not self.sort


def read_merge(call: CodeCall, frame: Frame) -> Value:
    """Read `merge` with another file, or with an aggregation of the same rows."""
    other = call.require("right")
    if isinstance(other, Part) and other.kind == LISTED:
        return merge_listed(call, frame, cast("Const", other.owner).value)
    if isinstance(other, Series):
        raise call.fail("merge with a series is not read; call reset_index on it")
    if not isinstance(other, Frame):
        raise call.fail("merge is read with a frame that this code reads from a file")
    return merge_frames(call, frame, other)


def merge_listed(call: CodeCall, frame: Frame, table: dict[str, list[object]]) -> Frame:
    """Return a frame merged with one that the code lists: a look-up of each of its columns."""
    how, labels = call.read_constant("how", "inner"), call.read_names("on")
    call.read_constant("validate")
    known = frame.columns if frame.complete else {}
    (key, *more) = labels or [label for label in table if label in known] or [None]
    others = {label: values for label, values in table.items() if label != key}
    keys = table.get(cast("str", key), [])
    unique = len({*keys}) == len(keys) and None not in keys
    if more or not keys or not unique or how not in {"inner", "left"} or others.keys() & known:
        raise call.fail(OF_LISTED)
    column = take_column(frame, cast("str", key), require_column(call.node, frame, str(key)))
    for label, values in others.items():
        found = look_up(call.node, column, dict(zip(keys, values, strict=True)))
        frame = assign_column(call.node, frame, label, found)
    if how == "inner":
        test = is_in(call.node, column.expr, Const(keys), frame.rows)
        frame = replace(frame, rows=keep(frame.rows, test))
    return frame.number_rows()


def merge_frames(call: CodeCall, frame: Frame, other: Frame) -> Frame:
    """Return two frames joined on equal keys."""
    how = call.read_constant("how", "inner")
    call.read_constant("validate")
    if call.read_constant("indicator", False):
        raise call.fail("merge with 'indicator' is not read; leave 'indicator' out")
    suffixes = call.read_constant("suffixes", ("_x", "_y"))
    on = _list_key_labels(call, frame, "left")
    beside = _list_key_labels(call, other, "right")
    if not on and not beside and frame.complete and other.complete:
        on = beside = [label for label in frame.columns if label in other.columns]
    made = _merge(call, frame, other, (on, beside), how, suffixes)
    by_index = call.has("left_index") or call.has("right_index")
    return made if by_index else made.number_rows()


def _list_key_labels(call: CodeCall, frame: Frame, side: str) -> list[Label]:
    if call.read_constant(f"{side}_index", False):
        return list(frame.index)
    return call.read_names("on") or call.read_names(f"{side}_on")


def read_join(call: CodeCall, frame: Frame) -> Frame:
    """Read `join` on the index of the other frame, by its own index or a column."""
    given = call.require("other")
    other = as_frame(call.node, given) if isinstance(given, Series) else given
    if not isinstance(other, Frame):
        raise call.fail("join is read with a frame or a series with an index: use merge")
    how = call.read_constant("how", "left")
    suffixes = call.read_constant("lsuffix", ""), call.read_constant("rsuffix", "")
    on = call.read_names("on") or list(frame.index)
    made = _merge(call, frame, other, (on, list(other.index)), how, suffixes)
    if call.has("on"):
        return made
    index = {label: made.columns.pop(label) for label in on}
    return replace(made, index=index)


def _merge(  # noqa: PLR0913 - what a merge has
    call: CodeCall,
    frame: Frame,
    other: Frame,
    keys: tuple[list[Label], list[Label]],
    how: str,
    suffixes: tuple[str, str],
) -> Frame:
    on, beside = keys
    if not on or len(on) != len(beside) or how not in {"inner", "left", "right", "outer"}:
        message = "is read with keys of both sides, and how='inner', 'left', 'right' or 'outer'"
        raise call.fail(f"{call.name} {message}")
    left = {label: require_column(call.node, frame, label) for label in on}
    right = {label: require_column(call.node, other, label) for label in beside}
    found = (find_category(Col(name)) for name in (*left.values(), *right.values()))
    if not all(one is None or one.is_natural for one in found):
        raise call.fail("a merge by categories in their order is not read; write .astype(object)")
    merge = _Merge(call, frame, other, left, right, how, bool(call.read_constant("sort", False)))
    return (
        _merge_aggregation(merge, suffixes)
        or _merge_groups(merge, suffixes)
        or _merge_table(merge, suffixes)
    )


def _merge_aggregation(merge: _Merge, suffixes: tuple[str, str]) -> Frame | None:
    """Return a frame with values of its own groups; None where the other is of other rows."""
    frame, other = merge.frame, merge.other
    rows, _ = unsort(other.rows)
    if not isinstance(rows.origin, Aggregated):
        return None
    keys = rows.origin.keys
    if {*keys} != {*merge.left.values()} or {*keys} != {*merge.right.values()}:
        return None
    size = Scalar(rows.origin.rows, Agg("size", ()), keys)
    more = list_conditions(frame.rows) - list_conditions(size.rows) - list_present(size)
    if more and merge.how in {"right", "outer"}:
        return None
    made = _add_groups(merge, rows, suffixes)
    if made and not merge.keeps_order:
        made = replace(made, rows=_sort_by_keys(merge, made.rows))
    some = rows.where or list_own_tests(frame.rows, size)
    if made and merge.how in {"inner", "right"} and some:
        member = replace(size, expr=_keep_members(rows, size.expr))
        found = spread_groups(made.rows, member, "size")
        if found is None:
            return None
        column = materialize(Series(found[0], found[1], "size", keys=found[2]))
        return replace(made, rows=keep(column.rows, negate(IsMissing(column.expr))))
    return made


def _merge_groups(merge: _Merge, suffixes: tuple[str, str]) -> Frame | None:
    """Return two answers of the same groups as one; None where they are of other groups."""
    (own, order), (other, _) = unsort(merge.frame.rows), unsort(merge.other.rows)
    if not (isinstance(own.origin, Aggregated) and isinstance(other.origin, Aggregated)):
        return None
    keys = own.origin.keys
    named = tuple(merge.left.values()), tuple(merge.right.values())
    if not ({*keys} == {*other.origin.keys} == {*named[0]} and named[0] == named[1]):
        return None
    same = {*merge.left} == {*merge.right}
    if merge.how not in {"inner", "left"} or (merge.how == "left" and not same):
        return None
    one, two = _share_groups(own, other), _share_groups(other, own)
    below = one and two and (combine(one.rows, two.rows) or combine(two.rows, one.rows))
    if not (one and two and below) or list_conditions(below) != list_conditions(one.rows):
        return None
    if any(side.is_ordered and find_order(side.rows) != find_order(below) for side in (one, two)):
        return None
    sides = (one, two) if merge.how == "inner" else (one,)
    columns, made = _label_groups(merge, one, two, suffixes)
    taken = {*keys, *(output.name for output in made.values())}
    found = [(*side.present, *side.tests) for side in sides]
    tests = [
        Output(choose_fresh_name(f"in_{n}", taken), _join(every))
        for n, every in enumerate(found)
        if every
    ]
    rows = aggregate(below, keys, (*made.values(), *tests))
    for output in tests:
        rows = keep(rows, Col(output.name))
    names = {key: key for key in keys} | {old: output.name for old, output in made.items()}
    if not merge.keeps_order:
        order = tuple(map(SortKey, merge.left.values()))
    if not {key.name for key in order} <= names.keys():
        return None
    by = tuple(replace(key, name=names[key.name]) for key in order)
    return Frame(sort(rows, by) if by else rows, columns)


@dataclass(frozen=True, slots=True)
class _Side:
    """An answer of groups over rows that two have in common: its values, and which it has."""

    rows: Rows
    values: dict[str, Expr]
    present: tuple[Expr, ...]
    tests: tuple[Expr, ...]

    @property
    def is_ordered(self) -> bool:
        """Return whether the order of the rows changes a value."""
        return any(map(is_ordered, list_aggregations(*self.values.values())))


def _share_groups(own: Rows, other: Rows) -> _Side | None:
    """Return an answer of groups over the rows that another one is made of, too."""
    below, keys = cast("Aggregated", own.origin).rows, cast("Aggregated", own.origin).keys
    total = Scalar(below, Lit(1), keys)
    tests = list_own_tests(cast("Aggregated", other.origin).rows, total)
    rows = replace(below, where=tuple(one for one in below.where if one not in tests))
    values = _list_values(own)
    made = {name: restrict_total(replace(total, expr=one), tests) for name, one in values.items()}
    having = tuple(
        restrict_total(replace(total, expr=substitute(test, values)), tests) for test in own.where
    )
    if any(one is None for one in (*made.values(), *having)):
        return None
    present = (Agg("any", (below.inline(_join(tests)),)),) if tests else ()
    return _Side(rows, cast("dict[str, Expr]", made), present, cast("tuple[Expr, ...]", having))


def _join(tests: tuple[Expr, ...]) -> Expr:
    return build_chain("and", *tests) if tests[1:] else tests[0]


def _label_groups(
    merge: _Merge, one: _Side, two: _Side, suffixes: tuple[str, str]
) -> tuple[dict[Label, str], dict[str, Output]]:
    """Return the columns of two answers of groups, and the outputs of those that are no keys."""
    keys = {*merge.left.values()}
    shared = {*merge.frame.columns} & {*merge.other.columns} - {*merge.left}
    columns: dict[Label, str] = dict(merge.left)
    made: dict[str, Output] = {}
    taken = {*keys}
    for side, frame, suffix in ((one, merge.frame, suffixes[0]), (two, merge.other, suffixes[1])):
        tests = side.tests if side is two and merge.how == "left" else ()
        for label, name in frame.columns.items():
            if name in keys:
                columns.setdefault(label, name)
                continue
            shown = _add_suffix(label, shared, suffix)
            fresh = choose_fresh_name(label_name(shown), taken)
            taken.add(fresh)
            expr = side.values[name]
            expr = build_case(((_join(tests), expr),), Lit(None)) if tests else expr
            made[name if side is one else f"other {name}"] = Output(fresh, expr)
            columns[shown] = fresh
    return columns, made


def _sort_by_keys(merge: _Merge, rows: Rows) -> Rows:
    """Return rows as pandas orders them: by the keys of sorted groups, equal ones as they were."""
    order = tuple(map(SortKey, merge.left.values()))
    groups = merge.other.rows.origin
    if merge.how == "right" and not (isinstance(groups, Sorted) and groups.by == order):
        raise merge.call.fail("merge with how='right' is read of groups that are sorted by keys")
    return sort_fully(sort(rows, order))


def _add_groups(merge: _Merge, rows: Rows, suffixes: tuple[str, str]) -> Frame | None:
    """Return a frame with the outputs of an aggregation of its rows, in each row of a group."""
    origin, frame, call = cast("Aggregated", rows.origin), merge.frame, merge.call
    values = _list_values(rows)
    if merge.how in {"left", "outer"}:
        values = {name: _keep_members(rows, expr) for name, expr in values.items()}
    schema = frame.rows.schema
    missing = [IsMissing(Col(key)) for key in origin.keys if can_miss(Col(key), schema)]
    for label, name in merge.other.columns.items():
        if name in origin.keys:
            continue
        if _has_label(frame, label, values[name]):
            frame = rename_columns(frame, {label: f"{label}{suffixes[0]}"})
            shown: Label = f"{label}{suffixes[1]}"
        else:
            shown = label
        total = Scalar(origin.rows, values[name], origin.keys)
        found = spread_groups(frame.rows, total, label_name(shown))
        if found is None:
            return None
        frame = replace(frame, rows=found[0])
        branches = tuple((test, cast("Expr", Lit(None))) for test in missing)
        expr = build_case(branches, found[1]) if missing else found[1]
        column = replace(make_column(frame, expr, shown), keys=found[2])
        frame = assign_column(call.node, frame, shown, column)
    for test in missing if merge.how in {"inner", "right"} else ():
        frame = replace(frame, rows=keep(frame.rows, negate(test)))
    return frame


def _list_values(rows: Rows) -> dict[str, Expr]:
    """Return the outputs of an aggregation, and what is made of them, over its groups."""
    values = {one.name: one.expression for one in cast("Aggregated", rows.origin).outputs}
    return values | {one.name: substitute(one.expression, values) for one in rows.derived}


def _keep_members(rows: Rows, expr: Expr) -> Expr:
    """Return an aggregation that is missing in groups that conditions leave out."""
    tests = tuple(substitute(test, _list_values(rows)) for test in rows.where)
    if not tests:
        return expr
    return build_case(((build_chain("and", *tests) if tests[1:] else tests[0], expr),), Lit(None))


def _has_label(frame: Frame, label: Label, value: Expr) -> bool:
    """Return whether a frame has a column of the name of an aggregation of its rows.

    Where the file's columns are not known, those that the code has used are columns.
    """
    used = {*list_columns(value), *list_names(frame.rows)} - frame.dropped
    return label in frame.columns or (not frame.complete and label in used)


def _merge_table(merge: _Merge, suffixes: tuple[str, str]) -> Frame:
    """Return a frame joined with a file's."""
    call, frame, other, how = merge.call, merge.frame, merge.other, merge.how
    table = other.rows.origin
    if not isinstance(table, Loaded):
        near = "write it to a file, or merge with the groups' own rows"
        raise call.fail(f"the right frame of a merge is read as a file has it: {near}")
    filtered = bool(other.rows.where) and how != "inner"
    if filtered or (other.rows.derived and how not in {"inner", "left"}):
        raise call.fail("the right frame of a merge is read as its file has it; filter afterwards")
    if table.name == _name_of_file(frame.rows) or table.name in list_tables(frame.rows):
        raise call.fail("a merge with a file that is already in these rows is not read")
    if _may_match_missing(merge):
        raise call.fail("pandas joins missing keys with each other, a workload does not; drop them")
    merge = _rename_namesakes(merge)
    frame = merge.frame
    keys, others = tuple(merge.left.values()), tuple(merge.right.values())
    found = Join(table.name, keys, cast("How", how), () if keys == others else others)
    columns, dropped = _label_columns(merge, found, suffixes)
    made = Frame(
        _change_joined(merge, found, _join_rows(merge, found)),
        columns,
        frame.complete and other.complete,
        dropped=dropped,
        unread={**other.unread, **frame.unread},
    )
    for label in _list_missing_keys(merge, found):
        made = made.without(label, UNMATCHED) if label in columns else made
    return made


def _list_missing_keys(merge: _Merge, found: Join) -> Iterator[Label]:
    """Yield keys of another name on the other side, which are missing in rows without a partner."""
    left, right = merge.left, merge.right
    for side, beside, kept in ((left, right, "left"), (right, left, "right")):
        for label, name in side.items() if merge.how not in {"inner", kept} else ():
            if label not in beside and name in found.shared:
                yield label


def _rename_namesakes(merge: _Merge) -> _Merge:
    """Return a merge whose left frame has computed no column of a name of the other file."""
    frame, beside = merge.frame, merge.other.rows
    there = {*beside.schema.names} if beside.schema else list_names(beside)
    clash = {one.name for one in frame.rows.derived} & there - {*merge.left.values()}
    if not clash:
        return merge
    taken = list_names(frame.rows) | there
    names = {name: choose_fresh_name(name, taken) for name in clash}
    rows = rename(frame.rows, names)
    if rows is None:
        shown = ", ".join(sorted(clash))
        raise merge.call.fail(f"merge of two columns of one name is not read; rename one: {shown}")
    columns = {label: names.get(name, name) for label, name in frame.columns.items()}
    return replace(merge, frame=replace(frame, rows=rows, columns=columns))


def _change_joined(merge: _Merge, found: Join, rows: Rows) -> Rows:
    """Return joined rows with what the code has done with the other file's before."""
    beside = merge.other.rows
    if {*merge.right.values()} & {output.name for output in beside.derived}:
        raise merge.call.fail("a merge is read with keys as the file has them, not computed ones")
    own = merge.frame.rows.schema.names if merge.frame.rows.schema else list_names(merge.frame.rows)

    def name(column: str) -> str:
        return column if column not in own or column in found.shared else f"{column}{SUFFIX}"

    def over_joined(expr: Expr) -> Expr:
        return substitute(expr, {column: Col(name(column)) for column in list_columns(expr)})

    for test in beside.where:
        rows = keep(rows, over_joined(beside.inline(test)))
    for output in beside.derived:
        made = as_value(output.expression, None)
        if found.how == "left" and not find_required_columns(made):
            why = "of rows without a partner is missing in pandas; merge first, and compute it then"
            raise merge.call.fail(f"{output.name} {why}")
        rows = derive(rows, name(output.name), over_joined(output.expression))
    return rows


def _name_of_file(rows: Rows) -> str:
    return cast("Loaded", root_of(rows).origin).name


def _join_rows(merge: _Merge, found: Join) -> Rows:
    """Return joined rows: conditions and columns of a file's rows are those of the joined ones."""
    call, rows = merge.call, merge.frame.rows
    rows, order = unsort(rows)
    base = replace(rows, where=(), derived=(), schema=_select_own_schema(rows))
    plain = _is_of_files(rows) and {*found.on}.isdisjoint({one.name for one in rows.derived})
    if found.how in {"right", "outer"} and not (plain and base == rows):
        message = f"merge with how={found.how!r} is read of the file's rows; filter afterwards"
        raise call.fail(message)
    beside = merge.other.rows.schema
    if plain:
        made = join(base, found, beside, frozenset())
        for condition in rows.where:
            made = keep(made, condition)
        for output in rows.derived:
            made = derive(made, output.name, output.expression)
    elif merge.frame.complete:
        made = join(rows, found, beside, frozenset(merge.frame.outputs.values()))
    else:
        raise call.fail("to merge these rows, all of their columns have to be known: give --data")
    return sort(made, order) if order and merge.keeps_order else made


def _is_of_files(rows: Rows) -> bool:
    base, _ = find_joins(rows)
    return isinstance(base.origin, Loaded) and (base is rows or not (base.where or base.derived))


def _select_own_schema(rows: Rows) -> Schema | None:
    """Return the schema of rows without their derived columns."""
    if rows.schema is None:
        return None
    derived = {output.name for output in rows.derived}
    own = tuple(column for column in rows.schema.columns if column.name not in derived)
    return replace(rows.schema, columns=own)


def _label_columns(
    merge: _Merge, found: Join, suffixes: tuple[str, str]
) -> tuple[dict[Label, str], frozenset[str]]:
    """Return the visible columns of joined rows, and what is not visible of them."""
    frame, other = merge.frame, merge.other
    same = {label for label in merge.left if label in merge.right}
    hidden = {name for label, name in merge.right.items() if label in same or label in other.index}
    if found.how in {"right", "outer"} and hidden - {*found.shared}:
        raise merge.call.fail("merge with how='right' or 'outer' is read on keys of one name")
    shared = ({*frame.columns, *merge.left} - {*frame.index}) & {*other.columns} - same
    own = frame.rows.schema.names if frame.rows.schema else list_names(frame.rows)
    columns: dict[Label, str] = {}
    keys = {label: name for label, name in merge.left.items() if label not in frame.columns}
    for label, name in {**keys, **frame.columns}.items():
        if label in frame.outputs or not frame.complete:
            columns[_add_suffix(label, shared, suffixes[0])] = name
    for label, name in other.columns.items():
        if label not in same:
            beside = name if name not in own or name in found.shared else f"{name}{SUFFIX}"
            shown = _add_suffix(label, shared, suffixes[1])
            if shown in columns:
                raise merge.call.fail(f"two columns would be named {shown!r}; give other suffixes")
            columns[shown] = rename_like(beside, name)
    return columns, frame.dropped | other.dropped | hidden - {*columns.values()}


def _add_suffix(label: Label, shared: set[Label], suffix: str | None) -> Label:
    return f"{label}{suffix or ''}" if label in shared else label


def _may_match_missing(merge: _Merge) -> bool:
    one, two = merge.frame.rows.schema, merge.other.rows.schema
    if one is None or two is None:
        return False
    pairs = zip(merge.left.values(), merge.right.values(), strict=True)
    return any(can_miss(Col(key), one) and can_miss(Col(beside), two) for key, beside in pairs)
