"""Read a workload file into values, or report all of its mistakes at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from keyword import iskeyword
from pathlib import Path
from types import MappingProxyType
from typing import Literal, cast

from ..errors import DataError, Mistake, WorkloadError
from .csv_format import read_csv_format
from .document import Fields, ListNode, Log, Node, Origin, Position, TextNode, compose
from .engine_names import read_engines
from .expression import list_columns
from .fields import ADDRESS, LARGEST, TABLE, Section, open_section
from .function_source import holds_definition, read_source
from .generated_data import FEWEST, GENERATORS, TABLES, derive_schema
from .grammar import (
    BESIDE,
    CSV,
    DATASET,
    FIND,
    LIMITS,
    LOADS,
    MEASURE,
    TASKS,
    VERIFY,
    WORKLOAD,
    Key,
)
from .limits import Limits
from .own_programs import ProgramReader
from .pivot import report_unknown
from .python_syntax import ExpressionError
from .quantities import parse_number
from .queries import read_queries, read_query
from .row_functions import SEED, parse_task_function
from .schema import Schema
from .scope import Scope
from .sweep import Axis, read_axis
from .vocabulary import suggest
from .workload import (
    CsvFormat,
    Files,
    Generated,
    Measure,
    Query,
    QueryText,
    Tasks,
    Workload,
)

SHIPPED = Path(__file__).parent.parent / "workloads"
LONGEST = 2**20  # bytes of a workload file; a larger file is not a workload
MOST_ROUNDS = 10  # enough to detect 5 % on a quiet machine (docs/decisions/verdicts.md)
USUAL_BUDGET = 300.0  # seconds
# The values of a workload that have an option of their own on the command line.
OPTIONS = {
    "limits.memory": "--memory",
    "limits.time": "--timeout",
    "limits.threads": "--threads",
    "measure.runs": "--runs",
    "measure.warmups": "--warmup",
    "measure.rounds": "--rounds",
    "measure.budget": "--time-budget",
    "measure.load": "--load",
    "measure.beside": "--beside",
}
_NOTHING: Mapping[str, str] = MappingProxyType({})


def read(
    path: str | Path,
    overrides: Mapping[str, str] = _NOTHING,
    engines: Collection[str] | None = None,
    *,
    python: bool = True,
) -> Workload:
    """Read a workload file, or one that ships by its bare name; WorkloadError with all mistakes.

    `overrides` are `--set` pairs of a dotted key and its YAML value; `engines` are the known names.
    Without `python`, each `def` is a mistake: it is code that would run on this machine.
    """
    found = _find(Path(path))
    return read_text(_load(found), str(found), found.parent, overrides, engines, python=python)


def read_text(  # noqa: PLR0913 - a text has no name and folder of its own
    text: str,
    name: str,
    folder: Path,
    overrides: Mapping[str, str] = _NOTHING,
    engines: Collection[str] | None = None,
    *,
    python: bool = True,
) -> Workload:
    """Read a workload's text; `name` is what mistakes call it, `folder` where its files are."""
    log = Log(python=python)
    root = _root(log, text, name, overrides)
    workload = None
    if root is not None:
        given = open_section(log, root, "a workload", WORKLOAD)
        workload = _WorkloadReader(log, given, folder, engines).read(Path(name).stem or "workload")
    log.close()
    if workload is None:
        raise AssertionError(name)
    pairs = tuple(overrides.items())
    queries = _keep_texts(workload.queries, root, folder)
    read_from = replace(workload, source=text, file=name, overrides=pairs, document=root)
    return replace(read_from, queries=queries)


def _keep_texts(queries: tuple[Query, ...], root: Node | None, folder: Path) -> tuple[Query, ...]:
    """Return queries that can be read again over the columns of whatever frame they are run on."""
    node = root.get("queries") if isinstance(root, Fields) else None
    if not isinstance(node, Fields):
        return queries
    written = {name.text: (name, clauses) for name, clauses in node.pairs}
    return tuple(replace(q, text=QueryText(*written[q.name], folder, q)) for q in queries)


def check_columns(workload: Workload, schema: Schema) -> Workload:
    """Return a workload read again over its data's columns and kinds; WorkloadError with places."""
    log = Log()
    document = workload.document
    queries = workload.queries
    node = document.get("queries") if isinstance(document, Fields) else None
    if isinstance(node, Fields):
        found = read_queries(log, node, Scope.of(schema), Path(workload.file).parent)
        for query, (_, clauses) in zip(found, node.pairs, strict=True):
            report_unknown(log, query, clauses)
        named = {query.name: query for query in found}
        queries = tuple(named[query.name] for query in queries)
    elif document is None:
        log.found += _find_missing_columns(workload, schema)
    log.close()
    return replace(workload, queries=queries)


def check_query(query: Query, schema: Schema) -> Query:
    """Return a query read again over the columns and kinds of a frame; WorkloadError with places.

    A query that was read over its data already, or was changed since it was read, is returned as it
    is. Raises DataError for a value that is no query, or for one that is no schema.
    """
    if not isinstance(query, Query):
        kind = type(query).__name__
        raise DataError(f"this query is of type {kind}; use dfbench.read(FILE).query(NAME)")
    if not isinstance(schema, Schema):
        kind = type(schema).__name__
        raise DataError(
            f"this schema is of type {kind}; use read_schema(Path('FILE.parquet')) of "
            "dfbench.datasets.parquet_schema, or run the query on a frame"
        )
    text = query.text
    if text is None or query != text.query:
        return query
    log = Log()
    read_again = read_query(log, text.name, text.clauses, Scope.of(schema), text.folder)
    report_unknown(log, read_again, text.clauses)
    log.close()
    return read_again


def _find_missing_columns(workload: Workload, schema: Schema) -> list[Mistake]:
    """Return the missing columns of a workload that was not read from a text."""
    return [
        Mistake(f"query {query.name}", 0, 0, Scope.of(schema).explain_unknown(name))
        for query in workload.queries
        for name in query.steps[0].reads
        if name not in schema
    ]


def list_shipped() -> tuple[str, ...]:
    """Return the names of the workloads that ship with dfbench."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.yaml")))


def _find(path: Path) -> Path:
    try:
        if path.is_file():
            return path
        bare = path.parent in {Path(), Path("workloads")} and path.suffix in {"", ".yaml", ".yml"}
        if bare and path.stem in list_shipped():
            return SHIPPED / f"{path.stem}.yaml"
        folder, there = path.is_dir(), path.exists()
    except (OSError, ValueError) as error:
        raise _make_error(path, f"cannot be read: {error}") from None
    if folder:
        raise _make_error(path, "is a folder; name a workload file in it")
    if there:
        return path
    raise _make_error(path, f"no such file{_suggest_shipped(path)}")


def _suggest_shipped(path: Path) -> str:
    names = list_shipped()
    return suggest(path.stem, names) or f"; these ship with dfbench: {', '.join(names)}"


def _make_error(path: Path, message: str) -> WorkloadError:
    return WorkloadError((Mistake(str(path), 0, 0, message),))


def _load(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(LONGEST + 1)
    except OSError as error:
        raise _make_error(path, f"cannot be read: {error.strerror}") from None
    if len(raw) > LONGEST:
        raise _make_error(path, "is larger than 1 MiB; a workload is a small YAML file")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = raw[: error.start].decode("utf-8-sig", "ignore")
        place = Origin(str(path), good).describe_mistake(
            len(good), "not UTF-8 text; save the workload as UTF-8"
        )
        raise WorkloadError((place,)) from None


def _root(log: Log, text: str, name: str, overrides: Mapping[str, str]) -> Node | None:
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    root = compose(Origin(name, plain), log)
    for path, value in overrides.items():
        root = root and _override(log, root, path, value)
    return root


def _override(log: Log, root: Node, path: str, value: str) -> Node:
    option = f"{OPTIONS[path]} (--set {path})" if path in OPTIONS else f"--set {path}"
    origin = Origin(option, value, placed=False)
    node = compose(origin, log)
    if node is None:
        return root
    return _put(log, root, path.split("."), Position(origin, 0), node)


def _put(log: Log, node: Node, path: list[str], place: Position, value: Node) -> Node:
    """Return a copy of a mapping in which a path has another value."""
    if not path:
        return value
    if isinstance(node, ListNode):  # a path through a list goes through each of its entries
        return replace(node, nodes=tuple(_put(log, n, path, place, value) for n in node.nodes))
    if not isinstance(node, Fields):
        log.add(place, f"cannot set {path[0]!r} inside a single value")
        return node
    old = node.get(path[0])
    changed = _put(log, old or Fields(place, ()), path[1:], place, value)
    if old is None:
        key = TextNode(place, path[0], plain=True, places=[0])
        return replace(node, pairs=(*node.pairs, (key, changed)))
    pairs = ((key, changed if key.text == path[0] else below) for key, below in node.pairs)
    return replace(node, pairs=tuple(pairs))


@dataclass(frozen=True, slots=True)
class _WorkloadReader:
    """The sections of a workload."""

    log: Log
    given: Section
    folder: Path
    engines: Collection[str] | None

    def read(self, stem: str) -> Workload:
        dataset = self.parse_dataset()
        programs = tuple(ProgramReader(self.log, self.folder).read(self.given))
        queries, tasks = self.parse_queries(dataset), self.parse_tasks()
        return Workload(
            name=self.given.parse_word("workload", stem),
            about=self.given.parse_text("about"),
            dataset=_with_keys(dataset, queries),
            queries=queries,
            tasks=tasks,
            engines=self.parse_engine_names([one.name for one in programs]),
            limits=self.parse_limits(),
            measure=self.parse_measure(),
            programs=programs,
            sweep=tuple(self.parse_axes(tasks)),
        )

    def parse_axes(self, tasks: tuple[Tasks, ...]) -> Iterator[Axis]:
        """Read the numbers of a sweep, each with its values."""
        arguments = [name for one in tasks for name, _ in one.arguments]
        given = Section(self.log, self.given.at("sweep"), "sweep", self.given.values)
        for name, node in given.parse_pairs("sweep", "a mapping of numbers to ranges"):
            words = Section(self.log, node.place, "sweep", {name.text: node}).parse_names(name.text)
            try:
                if words:
                    yield read_axis(name.text, [word.text for word in words], arguments)
            except ValueError as error:
                self.log.add(node.place, str(error))

    def open_inner(self, key: str, keys: Mapping[str, Key]) -> Section:
        node = self.given.values.get(key) or Fields(self.given.place, ())
        return open_section(self.log, node, key, keys)

    def parse_queries(self, dataset: Generated | Files | None) -> tuple[Query, ...]:
        if "queries" not in self.given:
            if "tasks" not in self.given:
                self.given.add_missing("a workload needs 'queries' or 'tasks'")
            return ()
        if "tasks" in self.given:
            self.log.add(self.given.at("tasks"), "a workload has either queries or tasks, not both")
        if "dataset" not in self.given:
            self.given.add_missing("queries need a 'dataset' to read")
        match dataset:
            case Generated():
                scope = Scope.of(derive_schema(dataset))
            case Files(tables=tables):
                scope = Scope(tables=tuple(name for name, _ in tables))
            case None:
                scope = Scope()
        return read_queries(self.log, self.given.values["queries"], scope, self.folder)

    def parse_dataset(self) -> Generated | Files | None:
        if "dataset" not in self.given:
            return None
        if "queries" not in self.given and "tasks" in self.given:
            self.log.add(self.given.at("dataset"), "tasks read no dataset; leave it out")
        given = self.open_inner("dataset", DATASET)
        if ("generate" in given) == ("files" in given):
            given.add_missing("a dataset needs either 'generate' or 'files'")
            return None
        return self.parse_files(given) if "files" in given else self.read_generated(given)

    def parse_files(self, given: Section) -> Files:
        for key in given.values:
            if key not in {"files", "share", "tables", *CSV}:
                self.log.add(given.at(key), f"{key} applies to generated data only, not to files")
        csv_format = read_csv_format(given)
        tables = tuple(self.parse_tables(given, csv_format))
        patterns = self.parse_patterns(given.parse_names("files"))
        return Files(patterns, self.folder, csv_format, tables, given.parse_percent("share"))

    def parse_tables(self, given: Section, csv_format: CsvFormat) -> Iterator[tuple[str, Files]]:
        for name, node in given.parse_pairs("tables", "a mapping of names to files"):
            if not TABLE.fullmatch(name.text) or iskeyword(name.text):
                message = "use letters, digits and _, and begin with a letter"
                self.log.add(name.place, f"invalid table name {name.text!r}: {message}")
            found = Section(self.log, node.place, "tables", {name.text: node}).parse_names(
                name.text
            )
            yield name.text, Files(self.parse_patterns(found), self.folder, csv_format)

    def parse_patterns(self, nodes: tuple[TextNode, ...]) -> tuple[str, ...]:
        """Return paths; those from the command line are relative to the current folder."""
        for node in nodes:
            if ADDRESS.match(node.text):
                message = "is a URL, and engines read local files: download it, or mount"
                where = "its storage as a folder (on a cluster, one that all workers share)"
                self.log.add(node.place, f"{node.text!r} {message} {where}")
        placed = (n.text if n.place.origin.placed else str(Path(n.text).absolute()) for n in nodes)
        return tuple(placed)

    def read_generated(self, given: Section) -> Generated | None:
        for key in (*CSV, "share", "tables"):
            if key in given:
                whose = "CSV files" if key in CSV else "files"
                self.log.add(given.at(key), f"{key} applies to {whose} only, not to generated data")
        node = given.parse_scalar("generate", "the name of a generator")
        if "rows" not in given:
            given.add_missing("generated data needs 'rows', such as rows: 1e6")
        rows = given.parse_integer("rows", 10**6)
        groups = given.parse_integer("groups", min(100, rows))
        if groups > rows:
            self.log.add(given.at("groups"), f"groups must be at most the number of rows, {rows}")
        if not node:
            return None
        if node.text not in GENERATORS:
            message = f"unknown generator {node.text!r}{suggest(node.text, GENERATORS)}"
            self.log.add(node.place, message)
            return None
        if node.text in TABLES:
            self.has_tables(given, node.text, rows)
        return Generated(
            generator=node.text,
            rows=rows,
            groups=groups,
            nulls=given.parse_integer("nulls", 0, least=0, most=100),
            sorted=given.parse_boolean("sorted"),
            seed=given.parse_integer("seed", 108, least=0, most=2**32 - 1),
        )

    def has_tables(self, given: Section, generator: str, rows: int) -> None:
        if rows < FEWEST:
            self.log.add(given.at("rows"), f"{generator} needs at least {FEWEST} rows, not {rows}")
        if "groups" in given:
            message = f"{generator} takes no groups: the number of rows decides its keys"
            self.log.add(given.at("groups"), message)

    def parse_engine_names(self, programs: list[str]) -> tuple[str, ...]:
        if "engines" not in self.given:
            return ()
        known = None if self.engines is None else [*self.engines, *programs]
        return read_engines(self.log, self.given.values["engines"], known)

    def parse_limits(self) -> Limits:
        given = self.open_inner("limits", LIMITS)
        find = given.is_word("memory", FIND)
        return Limits(
            memory=None if find else given.parse_bytes("memory"),
            time=given.time("time", Limits().time),
            threads=given.read_optional_integer("threads", None),
            find=find,
            checking=given.parse_bytes("checking"),
        )

    def parse_measure(self) -> Measure:
        given, default = self.open_inner("measure", MEASURE), Measure()
        bounded = "rounds" in given
        budget = given.time("budget", None if bounded else USUAL_BUDGET)
        rounds = given.parse_integer("rounds", default.rounds if budget is None else MOST_ROUNDS)
        return Measure(
            rounds=rounds,
            # An explicit budget applies from the second round on.
            least=min(rounds, 1 if "budget" in given and budget else default.least),
            warmups=given.parse_integer_or("warmups", "auto", default.warmups),
            runs=given.parse_integer("runs", default.runs),
            budget=budget,
            seed=given.parse_integer("seed", default.seed, least=0),
            load=cast("Literal['memory', 'scan', 'both']", given.parse_choice("load", LOADS)),
            beside=cast("Literal['auto', 'all', 'none']", given.parse_choice("beside", BESIDE)),
        )

    def parse_tasks(self) -> tuple[Tasks, ...]:
        """Read the tasks of one function, or of each in a list."""
        node = self.given.values.get("tasks")
        nodes = node.nodes if isinstance(node, ListNode) else (node,) if node else ()
        if isinstance(node, ListNode) and not nodes:
            self.log.add(node.place, "tasks is empty; list at least one function")
        found: dict[str, Tasks] = {}
        for one in nodes:
            tasks = self.read_tasks_of(open_section(self.log, one, "tasks", TASKS))
            if tasks and tasks.name in found:
                self.log.add(one.place, f"{tasks.name!r} is listed twice in tasks")
            elif tasks:
                found[tasks.name] = tasks
        return tuple(found.values())

    def read_tasks_of(self, given: Section) -> Tasks | None:
        arguments = self.parse_arguments(given)
        count = given.parse_integer("count", 1)
        verify = given.parse_choice("verify", VERIFY)
        node = given.parse_scalar("function", "a def")
        if not node:
            return None
        if not holds_definition(node):
            self.log.add(node.place, "function needs a def, such as 'def walk(steps, seed):'")
            return None
        source = read_source(self.log, node, self.folder)
        if source is None:
            return None
        try:
            found = parse_task_function(source.text, arguments)
        except ExpressionError as error:
            for slip in error.slips:
                self.log.add(source.at(slip.offset), slip.message)
            return None
        self.check_arguments(given, found.name, found.parameters)
        return Tasks(
            name=found.name,
            source=source.text,
            count=count,
            arguments=tuple(arguments.items()),
            seeded=SEED in found.parameters,
            verify=cast("Literal['exact', 'statistical', 'none']", verify),
        )

    def check_arguments(self, given: Section, function: str, known: tuple[str, ...]) -> None:
        for name, _ in given.parse_pairs("arguments", "a mapping of names to values"):
            if name.text == SEED:
                self.log.add(name.place, "seed is always the task's number; leave it out")
            elif name.text not in known:
                message = f"{function} has no argument {name.text!r}{suggest(name.text, known)}"
                self.log.add(name.place, message)

    def parse_arguments(self, given: Section) -> dict[str, int | float | str | bool]:
        found = {}
        for name, node in given.parse_pairs("arguments", "a mapping of names to values"):
            if isinstance(node, TextNode) and not node.empty:
                found[name.text] = _read_constant(node)
            else:
                self.log.add(node.place, f"{name.text} needs a number, a string, true or false")
        return found


def _with_keys(
    dataset: Generated | Files | None, queries: tuple[Query, ...]
) -> Generated | Files | None:
    """Return repeated files with the columns that take other values in each copy.

    These are the keys of groups. Those of joins and conditions keep theirs: they would match
    nothing.
    """
    if not isinstance(dataset, Files) or dataset.share <= 1:
        return dataset
    joins = [join for query in queries for step in query.steps for join in step.joins]
    kept = {name for join in joins for name in join.left_columns}
    kept |= {name for query in queries if query.where for name in list_columns(query.where)}
    keys = dict.fromkeys(key for query in queries for key in query.group_by)
    return replace(dataset, keys=tuple(key for key in keys if key not in kept))


def _read_constant(node: TextNode) -> int | float | str | bool:
    if not node.plain:
        return node.text
    if node.text in {"true", "false"}:
        return node.text == "true"
    value = parse_number(node.text)
    return value if value is not None and abs(value) <= LARGEST else node.text
