"""Collect every sentence that a user can meet; `python -m tests.messages` rewrites the list.

From the package's source come the texts that are raised, logged as mistakes or printed as help, the
help of commands, and every other text that reads as prose; then the words of the reports' templates
and of `make help`. Texts of generated programs are left out: the golden programs show them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
SNAPSHOT = Path(__file__).parent / "snapshots" / "messages.txt"
NOT_SHIPPED = {".venv", "benchmarks", "build", "docs", "results", "tests"}
CASES = Path("testing/conformance/cases.py")  # queries as texts, which no user is shown

MESSAGE_CALLS = {
    "Argument",
    "Mistake",
    "Option",
    "Slip",
    "Typer",
    "Unsupported",
    "add_missing",
    "slip",
}
WORD = re.compile(r"(?<![\w{.])([a-z]{3,}|is|no|of|in|at)(?![\w}(=]|\.\w)")
PROSE = re.compile(r"(?<![\w.])[A-Za-z]?[a-z]*[a-zX](, |; |: | )([a-z]+|X)(?![\w(]|\.\w)")
PROGRAM = re.compile(
    r"""\n|^\#|^\ *(import|from|def|class|with|for|if|elif|else|assert|lambda|raise|@)\ .*[(:=.[]
    |^\ *(from|import|return|select)\ |\ =\ |^\w+(\.\w+)*\(|\b[A-Z][A-Z_]+\b.*[()]
    |\b(SELECT|FROM|WHERE|OVER|GROUP|NULL|ORDER)\b|^bold\b""",
    re.VERBOSE,
)
TEMPLATE_CODE = re.compile(r"<(style|script)\b.*?</\1>|{%.*?%}|{#.*?#}|<[^>]*>", re.DOTALL)


@cache
def messages() -> dict[str, tuple[str, ...]]:
    """Return the sentences of each file, by its path from the root, in the order of the file."""
    found = {str(path.relative_to(ROOT)): tuple(texts) for path, texts in _by_file()}
    return {path: tuple(dict.fromkeys(found[path])) for path in sorted(found) if found[path]}


def listing() -> str:
    """Return the list as its file has it: a path, then its sentences, one a line, indented."""
    lines = (
        line for path, texts in messages().items() for line in (path, *(f"    {t}" for t in texts))
    )
    return "\n".join(lines) + "\n"


def _by_file() -> Iterator[tuple[Path, Iterator[str]]]:
    for path in ROOT.rglob("*.py"):
        relative = path.relative_to(ROOT)
        if relative.parts[0] not in NOT_SHIPPED and relative != CASES:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            yield path, _commands(tree) if path.name == "cli.py" else texts(tree)
    for path in (ROOT / "report" / "templates").glob("*.jinja"):
        yield path, _template_texts(path.read_text(encoding="utf-8"))
    makefile = ROOT / "Makefile"
    yield makefile, iter(re.findall(r"^[a-z-]+:.*## (.*)", makefile.read_text(), re.MULTILINE))


def _commands(tree: ast.Module) -> Iterator[str]:
    """Yield the texts of a module of commands, whose docstrings are printed as help."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.decorator_list:
            yield _escaped(ast.get_docstring(node) or "")
        yield from texts(node)


def texts(node: ast.AST, *, message: bool = False) -> Iterator[str]:
    """Yield the texts below a node; within a message every text counts, elsewhere prose alone."""
    match node:
        case ast.Constant(value=str(text)):
            yield from _kept(text, message=message)
            return
        case ast.JoinedStr():
            yield from _kept(_spelled(node), message=message)
            nested = (part for part in node.values if isinstance(part, ast.FormattedValue))
            yield from (text for part in nested for text in texts(part.value))
            return
        case ast.Expr(value=ast.Constant(value=str())) | ast.Compare():
            return  # a docstring; what a text is compared with is not shown
        case ast.Raise():
            message = True
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            message = (message and name[0].isupper()) or name in MESSAGE_CALLS
    for child in ast.iter_child_nodes(node):
        yield from texts(child, message=message)


def _kept(text: str, *, message: bool) -> Iterator[str]:
    prose = WORD.search(text) and PROSE.search(re.sub(r"{[\w…]+}", "X", text))
    if (prose and not PROGRAM.search(text)) or (
        message and re.search(r"^[^-_]*[a-z]{2}( |$)", text)
    ):
        yield _escaped(text.strip())


def _spelled(node: ast.JoinedStr) -> str:
    """Return the text of an f-string with the name of each value in braces."""
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else f"{{{_name(part)}}}"
        for part in node.values
    )


def _name(node: ast.AST) -> str:
    """Return the last name in an expression: that of a variable, an attribute or a function."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.FormattedValue(value=inner) | ast.Subscript(value=inner) | ast.Call(func=inner):
            return _name(inner)
        case _:
            return "…"


def _template_texts(text: str) -> Iterator[str]:
    """Yield what a template shows: its words between tags, and those in labels."""
    yield from re.findall(r'(?:aria-label|title)="([^"]+)"', text)
    for line in TEMPLATE_CODE.sub("\n", text).split("\n"):
        if re.search(r"[A-Za-z]{2}", re.sub(r"{{.*?}}", "", line)):
            yield line.strip()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


if __name__ == "__main__":
    SNAPSHOT.write_text(listing(), encoding="utf-8")
