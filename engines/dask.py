"""Dask: the frame held in partitions, reduced as a tree, and what is small finished in pandas."""

from __future__ import annotations

import ast
import textwrap
from dataclasses import dataclass, replace
from functools import partial

from ..errors import Unsupported
from ..spec.expression import Agg, Col, aggregations
from ..spec.schema import Schema
from ..spec.workload import Extreme, GroupFunction, Output, Query, RowFunction, Tasks
from . import trying
from .base import Load, Program, Resources
from .writing import tasks as task_programs
from .writing.assembling import Parts, assemble, fill
from .writing.correlating import corr_as_sums
from .writing.facts import of_rows
from .writing.functions import NONE, group_loop, own, rows_applied
from .writing.grouping import native
from .writing.joins import Joining, joining, merged
from .writing.pandas_steps import AGGREGATIONS, PandasSteps, reading, with_columns
from .writing.quoting import literal, quote
from .writing.steps import Reduction, Steps, fresh, present, steps
from .writing.widening import widened

# What Dask reduces as a tree; all else needs a group's rows in one place.
TREE = {"sum", "mean", "min", "max", "count", "size", "first", "last"}
# Its tree of variances adds up squares: exact for integers, but floats far from zero cancel.
TREE_OF_INTEGERS = {"std", "var", "corr"}

WHOLE = {
    **{name: f"x.{method}()" for name, method in AGGREGATIONS.items()},
    "size": "data.shape[0]",
    "corr": "x.corr(y)",
    "first": "next(iter(x.dropna().head(1, npartitions=-1)), None)",
    "last": "next(iter(x.dropna().compute()[::-1]), None)",
    # Over several partitions, Dask's own are approximate.
    "median": "x.compute().median()",
    "quantile": "x.compute().quantile(q)",
}

PARTITIONS_PER_THREAD = 4  # enough to even out, few enough that scheduling costs little
ROW_GROUP = 1_000_000  # rows, in the files that dfbench stores
WORKERS_SHARE = 0.8  # of the memory; the rest is the scheduler's, the client's and the answer's

CHUNKS = """\
# Four parts for each worker: enough to even out, few enough that sending costs little.
CHUNKS = NUMBER
"""
# The types of what a function of rows or groups gives: Dask would call it on made-up rows.
META = {"int": "i8", "float": "f8", "bool": "bool"}
SENT = """\
client = Client(ADDRESS)
# The workers import the functions from this file.
client.upload_file(__file__)
return client
"""
FORGOTTEN = """\
# A cluster may still hold the answer it has just given, and give it again: let go of it first.
wait(data)
"""
IN_MEMORY = """\
# All is in memory, and by default a shuffle goes through the disk.
data = SHUFFLED
"""
NUMBERED = """\
# A shuffle changes the order of the rows.
data = ASSIGNED
"""
IN_ORDER = """\
# Only this shuffle keeps the order of a group's rows.
data = SHUFFLED
"""


@dataclass(frozen=True, slots=True)
class Dask:
    """Writes Dask data frames, on the threads of one process or on processes of one thread."""

    name: str = "dask"
    cluster: bool = False
    load: Load = Load.MEMORY
    address: str = ""
    native: bool = False

    @property
    def scheduler(self) -> str:
        """Give what is asked how the workers of a cluster elsewhere fare."""
        return "dask" if self.address else ""

    def on(self, address: str) -> Dask:
        """Give Dask on the cluster of a scheduler that is there already."""
        return replace(self, name=f"{self.name}@{address}", cluster=True, address=address)

    @property
    def distributions(self) -> tuple[str, ...]:
        """Give the distributions whose versions matter."""
        own = ("dask", "distributed") if self.cluster else ("dask",)
        return (*own, "pandas", "pyarrow")

    def environment(self, resources: Resources) -> dict[str, str]:
        """Give the number of threads; a cluster is told by the program."""
        if self.cluster or resources.threads is None:
            return {}
        return {"DASK_NUM_WORKERS": str(resources.threads)}

    def write(
        self,
        query: Query | Tasks,
        data: Schema,
        resources: Resources = Resources(),  # noqa: B008
    ) -> Program:
        """Write the reduction, and the functions of a partition that it needs."""
        if isinstance(query, Tasks):
            return self._tasks(query, resources)
        query, rows, met = joining(query, data)
        query = native(query, rows, "dask") if self.native else query
        query = widened(query, rows, gaps=False)
        mine = own(query.apply) if query.apply else NONE
        text = _Writer(query, rows).written()
        joined = f"data = {ast.unparse(merged(met))}\n" if met else ""
        statements = f"{FORGOTTEN if self.cluster else ''}{joined}{text.statements}"
        load = self._both_loaded(met, resources) if met else self._load(query, data, resources)
        start = self._start(resources, sends=bool(text.functions or mine.source))
        parts = Parts(
            imports="\n".join(
                [_imports(text.functions + statements + load + start), *mine.imports]
            ),
            own=mine.source,
            load=load,
            query=statements,
            rows="return pa.Table.from_pandas(answer, preserve_index=False)",
            start=start,
            before="" if query.apply else text.functions,
            after=text.functions if query.apply else "",
            path=met.paths if met else "path",
            data=met.frames if met else "data",
        )
        return assemble(self.name, query, parts)

    def _tasks(self, tasks: Tasks, resources: Resources) -> Program:
        """Write a bag of calls, whose partitions go to processes."""
        if self.cluster:
            why = "a cluster would give the last run's answers again; dask runs tasks on processes"
            raise Unsupported(tasks.name, why)
        mine, rows = own(tasks), task_programs.rows(tasks)
        options = {"num_workers": literal(resources.threads)} if resources.threads else {}
        chunks = quote("n * CPU_COUNT", n=PARTITIONS_PER_THREAD)
        if resources.threads:
            chunks = literal(PARTITIONS_PER_THREAD * resources.threads)
        bag = quote(
            "db.from_sequence(data, npartitions=CHUNKS).starmap(f).compute(**o)",
            f=quote(tasks.name),
            o=options,
        )
        imports = ["import dask.bag as db", "import pyarrow as pa", *mine.imports]
        if not resources.threads:
            imports.append("from dask.system import CPU_COUNT")
        if "np." in rows:
            imports.append("import numpy as np")
        parts = Parts(
            imports="\n".join(imports),
            before=fill(CHUNKS, NUMBER=chunks),
            own=mine.source,
            load=task_programs.Calls(tasks).load(),
            query=fill("return BAG", BAG=bag),
            rows=rows,
            path="",
        )
        return assemble(self.name, tasks, parts)

    def _start(self, resources: Resources, *, sends: bool) -> str:
        if self.address:
            return fill(SENT if sends else "return Client(ADDRESS)", ADDRESS=literal(self.address))
        if not self.cluster:
            return ""
        return fill("return Client(CLUSTER)", CLUSTER=_cluster(resources))

    def _load(self, query: Query, data: Schema, resources: Resources) -> str:
        frame = self._frame(query, data, resources)
        if self.load is Load.SCAN and not self.cluster:
            return fill("return FRAME", FRAME=frame)
        if self.cluster:
            # On a cluster, `persist` returns at once.
            return fill("data = FRAME.persist()\nwait(data)\nreturn data", FRAME=frame)
        return fill("return FRAME.persist()", FRAME=frame)

    def _frame(self, query: Query, data: Schema, resources: Resources) -> ast.expr:
        """Write how a file is read into partitions."""
        if self.load is Load.SCAN and not self.cluster:
            split = ", split_row_groups=True" if data.rows > ROW_GROUP else ""
            return reading(query, data, f"dd.read_parquet(path, columns=n{split})")
        names = list(query.reads)
        if self.address:
            return reading(query, data, ast.unparse(_spread(names, data.rows)))
        return reading(query, data, ast.unparse(_partitioned(names, data.rows, resources)))

    def _both_loaded(self, met: Joining, resources: Resources) -> str:
        """Load both tables; a small one is a single partition, which each of the other's meets."""

        def read(query: Query, data: Schema) -> ast.expr:
            if data is met.other and data.rows <= ROW_GROUP:
                frame = reading(query, data, "dd.read_parquet(path, columns=n)")
            else:
                frame = self._frame(query, data, resources)
            scans = self.load is Load.SCAN and not self.cluster
            return frame if scans else quote("f.persist()", f=frame)

        text = met.loads(read)
        waiting = f"wait([{met.frames}])\nreturn " if self.cluster else "return "
        return text.replace("return ", waiting)


def _spread(names: list[str], rows: int) -> ast.expr:
    """Read a file into partitions for all workers of a cluster, however many those are."""
    if rows > ROW_GROUP:
        return quote("dd.read_parquet(path, columns=n, split_row_groups=True)", n=names)
    workers = quote("sum(get_client().nthreads().values())")
    wanted = quote("n * w", n=PARTITIONS_PER_THREAD, w=workers)
    return quote("dd.read_parquet(path, columns=n).repartition(npartitions=w)", n=names, w=wanted)


def _partitioned(names: list[str], rows: int, resources: Resources) -> ast.expr:
    """Read a file into partitions; by default a file below 256 MiB is a single one."""
    if resources.threads is None:
        wanted = quote("n * CPU_COUNT", n=PARTITIONS_PER_THREAD)
    else:
        number = PARTITIONS_PER_THREAD * resources.threads
        if rows >= number * ROW_GROUP:
            return quote("dd.read_parquet(path, columns=n, split_row_groups=True)", n=names)
        wanted = literal(number)
    return quote("dd.read_parquet(path, columns=n).repartition(npartitions=w)", n=names, w=wanted)


def _cluster(resources: Resources) -> ast.expr:
    workers = literal(resources.threads) if resources.threads else quote("CPU_COUNT")
    options: dict[str, ast.expr] = {"n_workers": workers, "threads_per_worker": literal(1)}
    if resources.memory is not None:
        memory = int(resources.memory * WORKERS_SHARE)
        each = literal(memory // resources.threads) if resources.threads else None
        options["memory_limit"] = each or quote("m // CPU_COUNT", m=memory)
    options["dashboard_address"] = literal(":0")
    return quote("LocalCluster(**o)", o=options)


def _imports(text: str) -> str:
    wanted = {
        "dask.compute": "import dask",
        "np.": "import numpy as np",
        "pd.": "import pandas as pd",
        "CPU_COUNT": "from dask.system import CPU_COUNT",
    }
    lines = [line for word, line in wanted.items() if word in text]
    own = ("Client", "LocalCluster", "get_client", "wait")
    if taken := [name for name in own if f"{name}(" in text]:
        lines.append(f"from distributed import {', '.join(taken)}")
    return "\n".join(["import dask.dataframe as dd", "import pyarrow as pa", *lines])


@dataclass(frozen=True, slots=True)
class _Text:
    """The functions of a partition, and the statements of the query."""

    functions: str
    statements: str


@dataclass(frozen=True, slots=True)
class _Writer:
    query: Query
    data: Schema

    def written(self) -> _Text:
        if self.query.transform:
            return self._transformed()
        match self.query.apply:
            case RowFunction() as function:
                return self._rows(function)
            case GroupFunction() as function:
                return self._groups(function)
            case None:
                pass
        if self.query.select:
            prepare, lines = self._prepared(self.query.derive, self.query)
            return _Text(prepare, _lines(*lines, *self._ended(quote("data.compute()"))))
        if self.query.extreme:
            return self._extreme(self.query.extreme)
        if not self.query.group_by:
            return self._whole(steps(self.query))
        if self._beside or not self._is_tree():
            return self._shuffled()
        return self._tree(corr_as_sums(self.query, self.data))

    def _rows(self, function: RowFunction) -> _Text:
        """Let pandas call the function on the rows of each partition."""
        prepare, lines = self._prepared(self.query.derive, self.query)
        inner = replace(self.query, where=None, derive=())
        known = of_rows(self.query, self.data)
        calls, answer = rows_applied(inner, known.data, "part", empty=True)
        frame = quote("pd.DataFrame(c)", c={function.output: answer})
        apply = _function("apply", _lines(*calls, fill("return FRAME", FRAME=frame)))
        kind = known.kind(function.body) if function.body else "null"
        meta = {function.output: META.get(kind, "object")}
        parts = quote("data.map_partitions(apply, meta=m).compute()", m=meta)
        return _Text(_lines(prepare, apply), _lines(*lines, *self._ended(parts)))

    def _groups(self, function: GroupFunction) -> _Text:
        """Bring each group's rows into one partition, and call the function on them there."""
        prepare, lines = self._prepared(self.query.derive, self.query)
        options = PandasSteps(self.query, self.data).options
        apply = _function("apply", group_loop(self.query, options, "part"))
        known = of_rows(self.query, self.data)
        meta = {key: META.get(known.data[key].kind, "object") for key in self.query.group_by}
        meta |= dict.fromkeys(function.outputs, "f8")
        parts = quote("data.map_partitions(apply, meta=m).compute()", m=meta)
        shuffled = quote("data.shuffle(k, shuffle_method='tasks')", k=self._pandas().key)
        shuffle = fill(IN_ORDER, SHUFFLED=shuffled)
        return _Text(_lines(prepare, apply), _lines(*lines, shuffle, *self._ended(parts)))

    def _transformed(self) -> _Text:
        """Bring each group's rows into one partition, numbered, and sort what pandas gives there.

        A whole frame is a single group, and so a single partition.
        """
        query = self.query
        prepare, lines = self._prepared(query.derive, query)
        inner = replace(query, where=None, derive=(), having=None, sort=(), limit=None)
        answer = quote("data.map_partitions(transform).compute()")
        if not query.group_by:
            lines.append("data = data.repartition(npartitions=1)")
        else:
            row = fresh("row", {*query.reads, *query.outputs, *(o.name for o in query.derive)})
            inner = replace(inner, transform=(Output(row, Col(row)), *query.transform))
            lines += [fill(text, **self._numbering(row)) for text in (NUMBERED, IN_ORDER)]
            names = list(query.outputs)
            answer = quote("a.sort_values(r)[n]", a=answer, r=row, n=names)
        pandas = PandasSteps(inner, self._known(), "part", arrow=True)
        function = _function("transform", pandas.body())
        return _Text(_lines(prepare, function), _lines(*lines, *self._ended(answer)))

    def _numbering(self, row: str) -> dict[str, ast.expr]:
        ones = quote("data.assign(**o)[r].cumsum()", o={row: literal(1)}, r=row)
        shuffled = quote("data.shuffle(k, shuffle_method='tasks')", k=self._pandas().key)
        return {"ASSIGNED": quote("data.assign(**o)", o={row: ones}), "SHUFFLED": shuffled}

    @property
    def _beside(self) -> bool:
        """Tell whether a derived column is the value of the row's group."""
        return any(aggregations(output.expression) for output in self.query.derive)

    def _is_tree(self) -> bool:
        found = aggregations(*(output.expression for output in self.query.aggregate))
        return all(agg.function in TREE or self._is_tree_of_integers(agg) for agg in found)

    def _is_tree_of_integers(self, agg: Agg) -> bool:
        names = [a.name for a in agg.arguments if isinstance(a, Col) and a.name in self.data]
        integers = [name for name in names if self._squares_fit(name)]
        return agg.function in TREE_OF_INTEGERS and len(integers) == len(agg.arguments)

    def _squares_fit(self, name: str) -> bool:
        """Tell whether the sum of squares fits: Dask squares integers in their own width."""
        column = self.data[name]
        known = column.most is None or self.data.rows * column.most**2 < 2**62
        return column.arrow == "int64" and known

    def _tree(self, sums: Query) -> _Text:
        taken = steps(sums)
        prepare, lines = self._prepared(taken.derived, sums)
        answer = quote("g.reset_index().compute()", g=self._reduced(taken.reductions))
        return _Text(prepare, _lines(*lines, *self._ended(answer, taken)))

    def _reduced(self, reductions: tuple[Reduction, ...]) -> ast.expr:
        pandas = self._pandas()
        groups = quote("data.groupby(k, **o)", k=pandas.key, o=pandas.options)
        # Dask shuffles the groups of more than two keys into several partitions.
        one = {"split_out": literal(1)} if len(self.query.group_by) > 2 else {}
        named = with_columns(reductions, self.query.group_by[0])
        names = [r.name for r in named]
        if names != [r.column for r in named]:
            pairs = {r.name: literal((r.column, AGGREGATIONS[r.function])) for r in named}
            return quote("g.agg(**n)", g=groups, n={**pairs, **one})
        if len(names) == 1:
            method = AGGREGATIONS[named[0].function]
            return quote(f"g[c].{method}(**o)", g=groups, c=names[0], o=one)
        # A dictionary is 10 to 15 per cent faster than names or a method of several columns.
        methods = {r.name: AGGREGATIONS[r.function] for r in named}
        return quote("g.agg(m, **o)", g=groups, m=methods, o=one)

    def _shuffled(self) -> _Text:
        """Bring each group's rows into one partition, and let pandas aggregate there."""
        late = self.query.derive if self._beside else ()
        prepare, lines = self._prepared(() if late else self.query.derive, self.query)
        inner = replace(self.query, where=None, derive=late, having=None, sort=(), limit=None)
        summarise = _function(
            "summarise", PandasSteps(inner, self._known(), "part", arrow=True).body()
        )
        answer = quote("data.map_partitions(summarise).compute()")
        statements = [*lines, self._shuffle(inner), *self._ended(answer)]
        return _Text(_lines(prepare, summarise), _lines(*statements))

    def _shuffle(self, inner: Query) -> str:
        data = self._only(list(inner.reads))
        found = {agg.function for agg in aggregations(*(o.expression for o in inner.aggregate))}
        ordered = not found.isdisjoint({"first", "last"})
        shuffled = quote("d.shuffle(k, shuffle_method='tasks')", d=data, k=self._pandas().key)
        return fill(IN_ORDER if ordered else IN_MEMORY, SHUFFLED=shuffled)

    def _only(self, names: list[str]) -> ast.expr:
        """Choose columns where the frame has others too."""
        derived = () if self._beside else self.query.derive
        here = {*self.query.reads, *(output.name for output in derived)}
        return quote("data") if here == set(names) else quote("data[names]", names=names)

    def _known(self) -> Schema:
        """Give the schema of what `where` lets through, with the derived columns."""
        return of_rows(self.query, self.data).data

    def _extreme(self, extreme: Extreme) -> _Text:
        """Take the first rows of each partition, then the first of these."""
        query, name = self.query, "smallest" if extreme.smallest else "largest"
        prepare, lines = self._prepared(query.derive, query) if query.derive else ("", [])
        function = _function(name, _lines(*self._kept(extreme), f"return {self._first(extreme)}"))
        answer = quote("data.reduction(chunk=f, aggregate=f).compute()", f=quote(name))
        columns = [*query.group_by, extreme.column]
        read = {*query.reads, *(output.name for output in query.derive)}
        if query.join or read != set(columns):
            answer = quote("a[c]", a=answer, c=columns)
        if extreme.column != extreme.name:
            answer = quote("a.rename(columns=n)", a=answer, n={extreme.column: extreme.name})
        return _Text(_lines(prepare, function), _lines(*lines, *self._ended(answer)))

    def _kept(self, extreme: Extreme) -> list[str]:
        """Write which rows count: where nothing is derived first, `where` has its place here."""
        lines = []
        if not self.query.derive:
            lines = PandasSteps(self.query, self.data, "part", arrow=True).prepared(())
        if not present(self.query, extreme.column, self.data):
            lines.append(fill("part = part.dropna(subset=C)", C=literal([extreme.column])))
        return lines

    def _first(self, extreme: Extreme) -> str:
        rows = quote("part.sort_values(c, ascending=a)", c=extreme.column, a=extreme.smallest)
        if self.query.group_by:
            pandas = self._pandas()
            rows = quote("r.groupby(k, **o)", r=rows, k=pandas.key, o=pandas.options)
        return ast.unparse(quote("r.head(n)", r=rows, n=extreme.n))

    def _whole(self, taken: Steps) -> _Text:
        prepare, lines = self._prepared(taken.derived, self.query)
        values = []
        for r in taken.reductions:
            columns = [quote("data[c]", c=c) for c in r.columns]
            x, y = [*columns, literal(None), literal(None)][:2]
            if r.function in {"min", "max"} and not self._is_number(r.column):
                # Dask compares texts with the NaN of a partition that has none.
                x = quote("x.compute()", x=x)
            values.append(quote(WHOLE[r.function], x=x, y=y, q=r.parameter))
        names = [r.name for r in taken.reductions]
        answer = quote("pd.DataFrame([dask.compute(*v)], columns=n)", v=values, n=names)
        return _Text(prepare, _lines(*lines, *self._ended(answer, taken)))

    def _is_number(self, name: str) -> bool:
        return name not in self.data or self.data[name].kind in {"int", "float"}

    def _ended(self, answer: ast.expr, taken: Steps | None = None) -> list[str]:
        """Write what is left to pandas, once the groups are computed."""
        if taken is None or taken.direct:
            *lines, last = self._pandas().finished(answer)
        else:
            *lines, last = [f"answer = {ast.unparse(answer)}", *self._pandas().combined(taken)]
        return [*lines, f"return {last}"]

    def _prepared(self, derived: tuple[Output, ...], query: Query) -> tuple[str, list[str]]:
        """Write `where` and the derived columns as a function of a partition.

        One call for each partition, where Dask's own operators make a task of every step: three to
        nine times faster here, and what they cannot say needs no other form.
        """
        lines = PandasSteps(query, self.data, "part", arrow=True).prepared(derived)
        if not lines:
            return "", []
        *lines, last = _lines(*lines).split("\n")
        body = _lines(*lines, f"return {last.removeprefix('part = ')}")
        return _function("prepare", body), ["data = data.map_partitions(prepare)"]

    def _pandas(self) -> PandasSteps:
        return PandasSteps(self.query, self.data, arrow=True)


def _function(name: str, body: str) -> str:
    return f"def {name}(part):\n{textwrap.indent(body, '    ')}\n"


def _lines(*statements: str) -> str:
    return "\n".join(statement for statement in statements if statement)


ENGINE = Dask()
VARIANTS = (Dask("dask/distributed", cluster=True), Dask("dask/native", native=True))
write = ENGINE.write
run = partial(trying.run, ENGINE)
