"""The code that a person has, as an engine: it runs as it is written, on the file of all engines.

What reads a file becomes `load`, and the statements that an answer needs become `query`. They keep
their text; what only plots or prints is left out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ..errors import Unsupported
from ..reading.categories import Category
from ..reading.model import Answer, LoadedFrame, Reading, Source
from ..spec.expression import choose_fresh_name
from ..spec.schema import Schema
from ..spec.workload import YOURS, Query, Tasks
from .base import Program, Resources, Wrapper
from .own_program import DIVISION
from .writing.program import format_code, hash_meaning
from .writing.statements import (
    CodeLine,
    choose_copies,
    copy_lines,
    keep_needed,
    keep_used_imports,
    list_names,
)

ADDED = """
import sys
import pandas
import pyarrow as pa


def load(PATHS):
    return LOADED


OUTPUTS = NAMES


def rows(answer):
    if isinstance(answer, pandas.Series) and sorted(map(str, answer.index)) == sorted(OUTPUTS):
        answer = answer.rename(str)[OUTPUTS].to_frame().T.infer_objects()
    if not isinstance(answer, pandas.DataFrame) and pandas.api.types.is_list_like(answer):
        answer = pandas.Series(answer)
    if isinstance(answer, pandas.Series):
        answer = answer.to_frame(answer.name if answer.name is not None else OUTPUTS[-1])
    if not isinstance(answer, pandas.DataFrame):
        answer = pandas.DataFrame({OUTPUTS[-1]: [answer]})
    columns = list_columns(stack_keys(answer))
    names = [name for name, _ in columns]
    if set(names) != set(OUTPUTS) and len(names) == len(OUTPUTS):
        names = OUTPUTS
    return pa.table([to_arrow(values) for _, values in columns], names)


def stack_keys(frame):
    keys = [n for n, name in enumerate(frame.columns.names) if name is not None]
    if not keys:
        return frame
    laid = [name for name in frame.columns if write_name(name) in OUTPUTS]
    frame = frame.set_index(laid) if laid and frame.index.names == [None] else frame
    long = frame.stack(keys, future_stack=True).dropna(how="all")
    FILLED
    long = long.to_frame(OUTPUTS[-1]) if isinstance(long, pandas.Series) else long
    return long if long.index.nlevels + long.shape[1] == len(OUTPUTS) else frame


def list_columns(frame):
    index, count = frame.index, frame.shape[1]
    left = len(OUTPUTS) - count
    keys = [n for n, name in enumerate(index.names) if name is not None and left]
    keys = range(index.nlevels) if left == index.nlevels else keys
    levels = [index.get_level_values(n) for n in keys]
    levels = [one for n, one in enumerate(levels) if not any(map(one.identical, levels[:n]))]
    found = [(one.name, one.to_series()) for one in levels]
    found += [(frame.columns[n], frame.iloc[:, n]) for n in range(count)]
    return [(write_name(name), values) for name, values in found]


def write_name(name):
    return "_".join(map(str, name)).rstrip("_") if isinstance(name, tuple) else str(name)


def to_arrow(values):
    kind = getattr(values.dtype, "categories", values).dtype
    if isinstance(kind, pandas.IntervalDtype):
        values = values.astype(object).map(str, na_action="ignore")
    elif isinstance(kind, pandas.PeriodDtype):
        values = values.astype(kind).dt.to_timestamp()
    return pa.Array.from_pandas(values)


if __name__ == "__main__":
    print(query(LOADING))
"""


# Of a wide table whose cells without rows are filled.
LEFT_OUT = "    long = long[(long != VALUE).to_numpy().ravel()]\n"
# `read_csv` has NaN for a missing text, where Parquet files have None.
MARKING = """
def mark_missing(frame):
    for name in frame.columns[frame.dtypes == object]:
        frame[name] = frame[name].where(frame[name].notna())
    return frame


def load("""


@dataclass(frozen=True, slots=True)
class YourCode(Wrapper):
    """A person's code: `reading` says where it reads files and where its answers are."""

    reading: Reading

    @property
    def name(self) -> str:
        """Return the name of the engine in reports."""
        return YOURS

    def write(
        self,
        query: Query | Tasks,
        data: Schema,  # noqa: ARG002 - the code names its own columns
        resources: Resources = Resources(),  # noqa: ARG002, B008 - the code takes what it gets
    ) -> Program:
        """Return the code up to the answer; Unsupported where that needs more than is loaded."""
        source = self.reading.source
        if isinstance(query, Tasks):
            raise Unsupported(query.name, "code answers queries, not tasks")
        answer = _find_answer(self.reading, query.name)
        code = _find_code(self.reading, answer)
        _check_frames(query, code)
        lines = [*_write_query(code), CodeLine("", 0), CodeLine("", 0)]
        text = "\n".join(line.text for line in lines)
        whole = f"{text}\n{DIVISION}\n{_write_added(code, query, answer.filled)}"
        places = tuple(_find_place(source, line.number) for line in lines)
        return Program(
            self.name, whole, hash_meaning(whole), choose_copies(code.statements), places
        )


@dataclass(frozen=True, slots=True)
class _Code:
    """The parts of the code that one answer needs.

    `loads` are the frames by the names of the query's parameters; `replaced` are the calls that
    read them, each with such a name.
    """

    source: Source
    imports: Sequence[ast.stmt]
    statements: Sequence[ast.stmt]
    wanted: ast.expr
    loads: dict[str, LoadedFrame]
    replaced: dict[ast.expr, str]


def _find_answer(reading: Reading, query: str) -> Answer:
    """Return the answer to a query; Unsupported where its variable has another value by then."""
    answer = next((one for one in reading.answers if one.query == query), None)
    if answer is None:
        raise Unsupported(query, f"{reading.source.path} has no such answer")
    same = [one for one in reading.answers if one.line == answer.line]
    later = [one for one in same if one.expression == answer.expression]
    if answer is not later[-1]:
        why = f"{answer.expression} has another value when the loop at line {answer.line} has ended"
        raise Unsupported(query, why)
    return answer


def _find_code(reading: Reading, answer: Answer) -> _Code:
    tree = ast.parse(reading.source.text)
    whole = list(_flatten(tree.body))
    imports = [node for node in whole if isinstance(node, ast.Import | ast.ImportFrom)]
    function = reading.source.function or _find_enclosing(whole, answer.line)
    if function:
        body, wanted = _open_function(whole, function)
    else:
        body = [node for node in whole if _comes_before(node, answer.line)]
        body = [node for node in body if not _is_given(node, reading.frames, answer)]
        wanted = _find_expression(whole, answer)
    _leave_parts_out(reading.frames, [*body, wanted])
    kept = keep_needed([node for node in body if not _holds(node, wanted)], wanted, imports)
    loads, replaced = _find_loads(_list_read(reading.frames, answer), [*kept, wanted])
    kept = [node for node in kept if not _is_reading(node, replaced)]
    used = keep_used_imports(imports, [*kept, wanted], replaced)
    return _Code(reading.source, used, kept, wanted, loads, replaced)


def _leave_parts_out(frames: Iterable[LoadedFrame], nodes: Iterable[ast.AST]) -> None:
    """Leave out what `pd.concat` puts below each other, where that is loaded as one frame."""
    whole = [frame for frame in frames if frame.parts]
    for node in nodes:
        for part in ast.walk(node):
            for call in filter(None, (_as_reading(part, frame) for frame in whole)):
                call.args, call.keywords = [], []


def _list_read(frames: Iterable[LoadedFrame], answer: Answer) -> Iterator[LoadedFrame]:
    """Yield the frames that are loaded: of those that the code makes, only the answer's."""
    for frame in frames:
        if not frame.variable:
            yield frame
        elif frame.name == answer.frame:
            yield replace(frame, name=frame.variable)


def _is_given(node: ast.stmt, frames: Iterable[LoadedFrame], answer: Answer) -> bool:
    """Return whether a statement makes the frame that the answer is of, which is given."""
    start = next((one for one in frames if one.variable and one.name == answer.frame), None)
    if start is None or node.lineno > start.line or isinstance(node, ast.FunctionDef):
        return False
    return any(isinstance(one, ast.Name) and one.id == start.variable for one in ast.walk(node))


def _flatten(statements: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield statements, and instead of `if __name__ == "__main__":` what is in it."""
    for node in statements:
        match node:
            case ast.If(test=ast.Compare(left=ast.Name("__name__")), body=inner):
                yield from _flatten(inner)
            case _:
                yield node


def _find_enclosing(whole: Sequence[ast.stmt], line: int) -> str:
    """Return the name of the function in which a line is; empty outside of functions."""
    functions = (node for node in whole if isinstance(node, ast.FunctionDef))
    found = (one.name for one in functions if one.lineno < line <= (one.end_lineno or 0))
    return next(found, "")


def _open_function(whole: Sequence[ast.stmt], name: str) -> tuple[list[ast.stmt], ast.expr]:
    """Return the statements of a function, and the value that it returns at its end.

    Before them come the definitions and constants beside it, and the defaults of its arguments. A
    function that returns at several places is called instead.
    """
    node = next(one for one in whole if isinstance(one, ast.FunctionDef) and one.name == name)
    own = {one for part in [node.args, *node.body] for one in _list_bound(part)}
    beside = [one for one in whole if one is not node and _is_definition(one, own)]
    *body, last = node.body
    if isinstance(last, ast.Return) and last.value and not _returns(body):
        return [*beside, *_list_defaults(node), *body], last.value
    required = node.args.args[: len(node.args.args) - len(node.args.defaults)]
    return [*beside, node], _parse_expression(f"{name}({', '.join(one.arg for one in required)})")


def _parse_expression(text: str) -> ast.expr:
    """Return an expression that stands on no line of the code."""
    made = ast.parse(text, mode="eval").body
    for node in ast.walk(made):
        if isinstance(node, ast.expr):
            node.lineno = 0
    return made


def _returns(body: Iterable[ast.stmt]) -> bool:
    """Return whether statements hold a return that is not one of an inner function."""
    blocks = (one for one in body if not isinstance(one, ast.FunctionDef | ast.ClassDef))
    return any(isinstance(node, ast.Return) for one in blocks for node in ast.walk(one))


def _list_bound(node: ast.AST) -> set[str]:
    """Return the arguments of a function, or the names that a statement binds."""
    return {
        *(one.arg for one in ast.walk(node) if isinstance(one, ast.arg)),
        *(
            one.id
            for one in ast.walk(node)
            if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
        ),
    }


def _is_definition(node: ast.stmt, own: set[str]) -> bool:
    match node:
        case ast.FunctionDef() | ast.ClassDef():
            return True
        case ast.Assign() | ast.AnnAssign():
            return not _list_bound(node) & own
        case _:
            return False


def _list_defaults(function: ast.FunctionDef) -> Iterator[ast.stmt]:
    """Yield an assignment for each argument with a default."""
    given = function.args
    arguments = [*given.posonlyargs, *given.args]
    pairs = [
        *zip(arguments[len(arguments) - len(given.defaults) :], given.defaults, strict=True),
        *zip(given.kwonlyargs, given.kw_defaults, strict=True),
    ]
    for argument, default in pairs:
        if default is not None:
            made = ast.parse(f"{argument.arg} = {ast.unparse(default)}").body[0]
            made.lineno = 0
            yield made


def _comes_before(node: ast.stmt, line: int) -> bool:
    """Return whether a statement of a script has run when the value of a line is there."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return False
    return node.lineno <= line or isinstance(node, ast.FunctionDef | ast.ClassDef)


def _holds(node: ast.stmt, wanted: ast.expr) -> bool:
    """Return whether a statement is the expression that is wanted, or shows it."""
    return isinstance(node, ast.Expr) and any(one is wanted for one in ast.walk(node))


def _find_expression(body: Iterable[ast.stmt], answer: Answer) -> ast.expr:
    """Return the answer's expression where the code has it."""
    wanted = _parse_expression(answer.expression)
    if isinstance(wanted, ast.Name):
        return wanted
    nodes = (one for statement in body for one in ast.walk(statement))
    after = (n for n in nodes if isinstance(n, ast.expr) and n.lineno >= answer.line)
    written = ast.unparse(wanted)
    return next((node for node in after if ast.unparse(node) == written), wanted)


def _find_loads(
    frames: Iterable[LoadedFrame], nodes: Sequence[ast.AST]
) -> tuple[dict[str, LoadedFrame], dict[ast.expr, str]]:
    """Return the frames by the names of parameters, and the names for the calls that read them."""
    loads: dict[str, LoadedFrame] = {}
    replaced: dict[ast.expr, str] = {}
    used = set[str]().union(*map(list_names, nodes))
    for frame in frames:
        if not frame.reader and frame.name in used:
            loads[frame.name] = frame
        for node in nodes:
            for call in filter(None, (_as_reading(one, frame) for one in ast.walk(node))):
                if call not in replaced:
                    name = _choose_name(node, call, loads.keys(), used)
                    loads[name], replaced[call] = frame, name
    return loads, replaced


def _as_reading(node: ast.AST, frame: LoadedFrame) -> ast.Call | None:
    """Return a call if it is the one that reads a frame."""
    match node:
        case ast.Call(func=ast.Attribute(attr=reader) | ast.Name(reader)):
            here = frame.line <= node.lineno <= frame.end_line
            called = "concat" if frame.parts else frame.reader
            return node if here and reader == called else None
        case _:
            return None


def _choose_name(node: ast.AST, call: ast.Call, taken: Iterable[str], used: set[str]) -> str:
    """Return the variable that the frame is assigned to, or a name that the code does not use."""
    match node:
        case ast.Assign(targets=[ast.Name(name)], value=value):
            if value is call and name not in taken:
                return name
    numbered = ("data", *(f"data_{number}" for number in range(2, 100)))
    return next(name for name in numbered if name not in {*taken, *used})


def _is_reading(node: ast.stmt, replaced: dict[ast.expr, str]) -> bool:
    """Return whether a statement is only the assignment of a frame to the parameter's name."""
    match node:
        case ast.Assign(targets=[ast.Name(name)], value=value):
            return replaced.get(value) == name
        case _:
            return False


def _write_query(code: _Code) -> list[CodeLine]:
    """Return the imports, and the statements as the function `query`."""
    text, blank = code.source.text, CodeLine("", 0)
    imports = [line for node in code.imports for line in copy_lines(text, node, {})]
    head = CodeLine(f"def query({', '.join(code.loads)}):", 0)
    body = [line.indent() for node in code.statements for line in _write_statement(code, node)]
    title = CodeLine(f'"""The code of {code.source.path} as it is written - {YOURS}"""', 0)
    gap = [blank, blank] if imports else [blank]
    return [title, blank, *imports, *gap, head, *body, *_write_return(code)]


def _write_statement(code: _Code, node: ast.stmt) -> list[CodeLine]:
    """Return the lines of a statement, those of an argument's default written anew."""
    if not node.lineno:
        return [CodeLine(ast.unparse(node), 0)]
    return copy_lines(code.source.text, node, code.replaced)


def _write_return(code: _Code) -> list[CodeLine]:
    """Return the answer's expression as the value of the function, in its own lines."""
    wanted = code.wanted
    if not wanted.lineno:
        return [CodeLine(f"    return {ast.unparse(wanted)}", 0)]
    made = ast.Expr(wanted)
    ast.copy_location(made, wanted)
    lines = copy_lines(code.source.text, made, code.replaced)
    if len(lines) == 1:
        return [replace(lines[0], text=f"    return {lines[0].text}")]
    inner = (line.indent().indent() for line in lines)
    return [CodeLine("    return (", 0), *inner, CodeLine("    )", 0)]


def _write_added(code: _Code, query: Query, filled: float | None) -> str:
    tables = _list_tables(query)
    paths = ["path", *tables]
    read = code.loads.values()
    frames = [_write_reading(one, one.name if one.name in tables else "path") for one in read]
    given = ", ".join(f"sys.argv[{number}]" for number in range(1, len(paths) + 1))
    several = "*" if len(frames) > 1 else ""
    marked = any(one.reader == "read_csv" for one in read)
    return format_code(
        ADDED.replace("\ndef load(", MARKING if marked else "\ndef load(")
        .replace("PATHS", ", ".join(paths))
        .replace("LOADED", ", ".join(frames))
        .replace("NAMES", repr(list(query.outputs)))
        .replace("    FILLED\n", "" if filled is None else LEFT_OUT.replace("VALUE", repr(filled)))
        .replace("LOADING", f"{several}load({given})")
    )


def _list_tables(query: Query) -> tuple[str, ...]:
    """Return the parameters of the tables; one that is joined again has another name there."""
    names: list[str] = []
    for name in query.tables:
        names.append(choose_fresh_name(name, set(names)))
    return tuple(names)


def _write_reading(frame: LoadedFrame, path: str) -> str:
    """Return the call that reads a frame from the worker's file, as the person's call reads it."""
    options = dict(frame.options)
    columns = _list_texts(options.get("usecols") or options.get("columns"))
    names = _list_texts(options.get("names"))
    chosen = f", columns={columns!r}" if columns and not names else ""
    call = f"pandas.read_parquet({path}{chosen})"
    if frame.reader == "read_csv":
        call = f"mark_missing({call})"
    if names:
        call = f"{call}.set_axis({names!r}, axis=1)" + (f"[{columns!r}]" if columns else "")
    elif options.get("header") == "None":
        call = f"{call}.pipe(lambda frame: frame.set_axis(range(frame.shape[1]), axis=1))"
    if days := _list_texts(options.get("parse_dates")):
        call = f"{call}.astype({dict.fromkeys(days, 'datetime64[ns]')!r})"
    if frame.categories:
        call = f"{call}.astype({_write_types(frame, columns)})"
    if index := _list_texts(options.get("index_col")):
        call = f"{call}.set_index({index[0] if len(index) == 1 else index!r})"
    elif (place := options.get("index_col", "")).isdecimal():
        call = f"{call}.pipe(lambda frame: frame.set_index(frame.columns[{place}]))"
    if (count := options.get("nrows", "")).isdecimal():
        call = f"{call}.head({count})"
    return call


def _write_types(frame: LoadedFrame, columns: list[str]) -> str:
    """Return the types of the columns that pandas reads as categories, and no other engine."""
    kept = (pair for pair in frame.categories if not columns or pair[0] in columns)
    pairs = ((name, _write_type(category)) for name, category in kept)
    return "{" + ", ".join(f"{name!r}: {text}" for name, text in pairs) + "}"


def _write_type(category: Category) -> str:
    if category.labels is None:
        return "'category'"
    return f"pandas.CategoricalDtype({list(category.labels)!r}, ordered={category.ordered})"


def _list_texts(option: str | None) -> list[str]:
    """Return the names in an option's source text; none where it is no constant."""
    try:
        value = ast.literal_eval(option or "None")
    except ValueError:
        return []
    values = value if isinstance(value, list | tuple) else (value,)
    return [one for one in values if isinstance(one, str)]


def _check_frames(query: Query, code: _Code) -> None:
    needed, there = len(code.loads), 1 + len(_list_tables(query))
    if needed > there:
        names = ", ".join(code.loads)
        why = f"it needs {needed} files ({names}), and a program is given {there}"
        raise Unsupported(query.name, why)


def _find_place(source: Source, number: int) -> str:
    """Return the place of a line in messages, without a column."""
    return source.place(number, 1).rpartition(":")[0] if number else ""
