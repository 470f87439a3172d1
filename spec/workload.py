"""A workload as values: what is asked, of which data, under which limits."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from .document import Node, TextNode
from .expression import Expr, Value, list_columns
from .limits import Limits
from .sweep import Axis

# The name of the engine that runs the code which a person has (see `engines.your_code`).
YOURS = "yours"


@dataclass(frozen=True, slots=True)
class Generated:
    """Data that a generator of dfbench makes, named as db-benchmark does (`G1_1e7_1e2_0_0`)."""

    generator: str
    rows: int
    groups: int = 100
    nulls: int = 0
    sorted: bool = False
    seed: int = 108


@dataclass(frozen=True, slots=True)
class CsvFormat:
    """The format of CSV files; None is detected from the files, or the usual default.

    `quote` is empty where nothing is quoted; `missing` are the words for a missing value. `types`
    and `dates` have the types of columns, and the formats of their days or times, by name; each
    has to be there where the files are the `whole` dataset.
    """

    delimiter: str | None = None
    quote: str = '"'
    decimal: str = "."
    header: bool = True
    missing: tuple[str, ...] | None = None
    encoding: str | None = None
    thousands: str | None = None
    comment: str | None = None
    types: tuple[tuple[str, str], ...] = ()
    dates: tuple[tuple[str, str], ...] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Files:
    """The user's own files: paths or globs, resolved against the workload's folder.

    `tables` are the further ones that a query may join, each by its name. `share` is the part of
    the rows that is read: 0.5 is a random half, 2 is every row twice, where the second copies have
    other values in the columns `keys`.
    """

    patterns: tuple[str, ...]
    folder: Path
    csv_format: CsvFormat = CsvFormat()
    tables: tuple[tuple[str, Files], ...] = ()
    share: float = 1.0
    keys: tuple[str, ...] = ()


How = Literal["inner", "left", "right", "outer", "semi", "anti", "cross", "asof"]


@dataclass(frozen=True, slots=True)
class AsOf:
    """The times of an as-of join: names on both sides, and the most seconds between them."""

    left: str
    right: str
    within: float | None = None


@dataclass(frozen=True, slots=True)
class Join:
    """Another table of the dataset, joined on equal keys: `on` of the rows, `right_on` of it.

    A missing key matches nothing. `left` keeps the rows that match nothing, once each, `right` the
    table's, `outer` both. `semi` and `anti` keep the rows that match, or do not, and add no column.
    An as-of join has its times in `asof`, and may have no keys.
    """

    table: str
    on: tuple[str, ...] = ()
    how: How = "inner"
    right_on: tuple[str, ...] = ()
    asof: AsOf | None = None

    @property
    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return the names of each key: that of the rows, and that of the table."""
        return tuple(zip(self.on, self.right_on or self.on, strict=True))

    @property
    def left_columns(self) -> tuple[str, ...]:
        """Return the columns of the rows that the join compares."""
        return (*self.on, *([self.asof.left] if self.asof else []))

    @property
    def right_columns(self) -> tuple[str, ...]:
        """Return the columns of the table that the join compares."""
        return (*(self.right_on or self.on), *([self.asof.right] if self.asof else []))

    @property
    def shared(self) -> tuple[str, ...]:
        """Return what has one name on both sides, and is one column of the joined rows."""
        pairs = zip(self.left_columns, self.right_columns, strict=True)
        return tuple(left for left, right in pairs if left == right)

    @property
    def adds_columns(self) -> bool:
        """Return whether the table's columns are beside those of the rows."""
        return self.how not in {"semi", "anti"}


@dataclass(frozen=True, slots=True)
class Output:
    """A named expression: an aggregate's output, or a derived column."""

    name: str
    expression: Expr


@dataclass(frozen=True, slots=True)
class Extreme:
    """The `n` largest (or smallest) values of a column in each group, shown as `name`.

    `rows`: the answer is the rows that have them.
    """

    column: str
    n: int
    name: str
    smallest: bool = False
    rows: bool = False


@dataclass(frozen=True, slots=True)
class Pivot:
    """A column of the answer for each of the `values` of a column; `cell` is what is in them.

    Without `values`, they are those of the data, which are not known yet.
    """

    column: str
    cell: Expr
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Unpivot:
    """A row for each value of the columns `on`, beside those of `index`.

    The column `names` has the name of the value's column, `values` the value.
    """

    on: tuple[str, ...]
    index: tuple[str, ...]
    names: str
    values: str

    @property
    def outputs(self) -> tuple[str, ...]:
        """Return the names of the rows' columns, in order."""
        return (*self.index, self.names, self.values)


@dataclass(frozen=True, slots=True)
class Gaps:
    """The times that no row has, from the first to the last of each combination of other keys.

    `unit` is the step between times. A row that is added has the values `zeros`; the other
    `columns` but the `keys` are missing there. A group-by knows only the time and the unit.
    """

    time: str
    unit: str
    keys: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    zeros: tuple[tuple[str, Value], ...] = ()

    @property
    def others(self) -> tuple[str, ...]:
        """Return the keys beside the time."""
        return tuple(key for key in self.keys if key != self.time)


@dataclass(frozen=True, slots=True)
class SortKey:
    """One column to sort by: of the answer, or of the rows."""

    name: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class RowFunction:
    """A function of one row: as a tree where it can be read as one, and as the user wrote it.

    `source` is the user's `def`, untouched (None for a plain expression); `body` is its tree, or
    None if it cannot be translated; `opaque` has the reason and the place. `parameter` is the
    def's argument.
    """

    name: str
    output: str
    body: Expr | None
    source: str | None = None
    parameter: str = "x"
    columns: tuple[str, ...] = ()
    opaque: str = ""
    on_missing: Literal["skip", "call"] = "skip"


@dataclass(frozen=True, slots=True)
class GroupFunction:
    """A function of a group's columns as NumPy arrays; its parameters name the columns.

    `body` has a tree for each output, whose aggregations may hold aggregations, and `named` what
    the def names on the way; `opaque` has the reason if there are none.
    """

    name: str
    outputs: tuple[str, ...]
    source: str
    parameters: tuple[str, ...]
    body: tuple[Expr, ...] | None = None
    named: tuple[Output, ...] = ()
    opaque: str = ""


@dataclass(frozen=True, slots=True)
class Tasks:
    """Function-parallel work with no frame: `count` calls; `seed` is the task's number."""

    name: str
    source: str
    count: int
    arguments: tuple[tuple[str, int | float | str | bool], ...] = ()
    seeded: bool = True
    verify: Literal["exact", "statistical", "none"] = "exact"

    @property
    def question(self) -> str:
        """Describe what is asked."""
        return f"{self.count:,} tasks of {self.name}"


@dataclass(frozen=True, slots=True)
class QueryText:
    """Where a query is written: its name and its clauses, and the folder of its files.

    `query` is what was read there: a query that is no longer equal has been changed since.
    """

    name: TextNode
    clauses: Node
    folder: Path
    query: Query


@dataclass(frozen=True, slots=True)
class Query:
    """One thing asked. Clauses apply in the order of the fields.

    `select` are the columns of the rows that are the answer themselves; `whole` tells that they are
    all columns. A `group_by` without an answer asks for the distinct keys. `earlier` are the steps
    before this one, which works on the answer of the last of them. `order_by` is the order of rows
    for the windows of `transform`; without it, that of the frame. `stable`: `sort` keeps the order
    of equal rows, because a later step depends on it; `passed`: a later step sees the answer.
    `pivot`: `aggregate` has a column for each of its values. `gaps` are filled beside `aggregate`,
    and where they are composed in a step of their own.
    `text` is where the query is written, until it is read over the columns of its data.
    """

    name: str
    question: str
    joins: tuple[Join, ...] = ()
    where: Expr | None = None
    derive: tuple[Output, ...] = ()
    group_by: tuple[str, ...] = ()
    order_by: tuple[SortKey, ...] = ()
    aggregate: tuple[Output, ...] = ()
    extreme: Extreme | None = None
    apply: RowFunction | GroupFunction | None = None
    transform: tuple[Output, ...] = ()
    pivot: Pivot | None = None
    unpivot: Unpivot | None = None
    gaps: Gaps | None = None
    select: tuple[str, ...] = ()
    having: Expr | None = None
    sort: tuple[SortKey, ...] = ()
    limit: int | None = None
    whole: bool = False
    earlier: tuple[Query, ...] = ()
    stable: bool = False
    passed: bool = False
    text: QueryText | None = field(default=None, compare=False, repr=False)

    @property
    def steps(self) -> tuple[Query, ...]:
        """Return the steps, each as a query of its own; the last one's answer is the query's."""
        return (*self.earlier, replace(self, earlier=())) if self.earlier else (self,)

    @property
    def tables(self) -> tuple[str, ...]:
        """Return the tables that its program loads beside the dataset, once for each join."""
        return tuple(join.table for step in self.steps for join in step.joins)

    @property
    def asks_for_rows(self) -> bool:
        """Return whether the answer is the rows themselves, and not what is made of them."""
        made = self.aggregate or self.extreme or self.apply or self.transform or self.unpivot
        return not (made or self.group_by or self.gaps)

    @property
    def keeps_rows(self) -> bool:
        """Return whether the answer has a row for each row that is not filtered out."""
        by_row = isinstance(self.apply, RowFunction)
        return bool(self.transform) or by_row or self.asks_for_rows

    @property
    def is_distinct(self) -> bool:
        """Return whether the answer is the distinct keys alone."""
        made = self.aggregate or self.extreme or self.apply or self.transform
        return bool(self.group_by) and not made

    @property
    def reads(self) -> tuple[str, ...]:
        """Return the columns of the data that the query needs, in order of first appearance."""
        derived = {output.name for output in self.derive}
        roots = [self.where] if self.where else []
        roots += [output.expression for output in self.derive]
        outputs = [output.expression for output in (*self.aggregate, *self.transform)]
        extreme = (self.extreme.column,) if self.extreme else ()
        match self.apply:
            case RowFunction(columns=names):
                applied = names
            case GroupFunction(parameters=names):
                applied = names
            case None:
                applied = ()
        order = (key.name for key in self.order_by)
        keys = (*self.group_by, *order)
        long = (*self.unpivot.index, *self.unpivot.on) if self.unpivot else ()
        long += self.gaps.columns if self.gaps else ()
        names = (*keys, *list_columns(*roots, *outputs), *extreme, *applied, *self.select, *long)
        return tuple(dict.fromkeys(name for name in names if name not in derived))

    @property
    def expressions(self) -> tuple[Expr, ...]:
        """Return the trees of the clauses, in no order."""
        outputs = (*self.derive, *self.aggregate, *self.transform)
        body = self.apply.body if isinstance(self.apply, RowFunction) else None
        trees = (self.where, self.having, body, *(output.expression for output in outputs))
        return tuple(tree for tree in trees if tree is not None)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Return the names of the answer's columns, in order."""
        match self.apply:
            case RowFunction(output=name):
                return (name,)
            case GroupFunction(outputs=names):
                return (*self.group_by, *names)
            case None:
                pass
        if self.extreme:
            return (*self.group_by, self.extreme.name)
        if self.unpivot:
            return self.unpivot.outputs
        if self.gaps and self.gaps.columns:
            return self.gaps.columns
        if self.select:
            return self.select
        return (*self.group_by, *(o.name for o in (*self.aggregate, *self.transform)))


@dataclass(frozen=True, slots=True)
class Measure:
    """How to measure: per round a fresh process, a first (cold) execution, warm-ups, runs.

    `warmups` of None: until times are stable. After `least` rounds, new ones begin while the
    budget (seconds) lasts, up to `rounds`. `load` decides what is timed: the query on loaded
    data (`memory`), the time from file to answer (`scan`), or each separately.
    `beside` decides when break-even points and probes run: for functions, always or never.
    """

    rounds: int = 2
    least: int = 2
    warmups: int | None = None
    runs: int = 3
    budget: float | None = None
    seed: int = 0
    load: Literal["memory", "scan", "both"] = "memory"
    beside: Literal["auto", "all", "none"] = "auto"


@dataclass(frozen=True, slots=True)
class OwnProgram:
    """A program that a person wrote: a file, and what is called in it.

    `functions` are those that the file defines. `function` is empty where each query calls the one
    of its name, or `query`; `engine` loads the frame that it gets. A `whole` module has `load`,
    `query` and `rows` of its own.
    """

    name: str
    path: Path
    source: str
    functions: tuple[str, ...]
    function: str = ""
    engine: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Workload:
    """A whole workload file; `queries` is empty where `tasks` are given.

    No `engines` means every engine that is installed. `file`, `source` and `overrides` are what it
    was read from: the path as given, its text, and the `--set` pairs. `document` holds the same as
    nodes with their places, so that columns can be checked once the data is known. `sweep` has the
    numbers that `dfbench sweep` changes.
    """

    name: str
    about: str
    dataset: Generated | Files | None
    queries: tuple[Query, ...]
    tasks: tuple[Tasks, ...]
    engines: tuple[str, ...]
    limits: Limits = field(default_factory=Limits)
    measure: Measure = field(default_factory=Measure)
    programs: tuple[OwnProgram, ...] = ()
    source: str = ""
    file: str = ""
    overrides: tuple[tuple[str, str], ...] = ()
    document: Node | None = field(default=None, compare=False, repr=False)
    sweep: tuple[Axis, ...] = ()

    @property
    def questions(self) -> tuple[Query | Tasks, ...]:
        """Return everything that is asked: the queries, or each function with its tasks."""
        return self.queries or self.tasks

    def query(self, name: str) -> Query | Tasks:
        """Return the query, or the tasks, of a name; KeyError where there is none."""
        for query in self.questions:
            if query.name == name:
                return query
        raise KeyError(name)
