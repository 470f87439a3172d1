"""`dfbench docs`: print a page of the documentation, which the package carries.

The workflow for GitHub is a page too, printed as it is; a tutorial is printed as Markdown.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from ..errors import DfbenchError

FOLDER = Path(__file__).parent.parent / "docs"
CARRIED = ("*.md", "*.yml", "tutorials/*.ipynb", "decisions/*.md")
# Pages that the code writes, with their titles: writing them all would take a second.
GENERATED = {
    "engines": "Engines and variants",
    "options": "Every command and option",
    "reference": "Every key of a workload",
}


def print_page(name: str | None) -> None:
    """Print a page by its name, or the names of all pages with their titles.

    Raises DfbenchError for a page that there is none of.
    """
    files = [path for pattern in CARRIED for path in FOLDER.glob(pattern)]
    pages = {path.relative_to(FOLDER).with_suffix("").as_posix(): _read(path) for path in files}
    titles = {page: text.partition("\n")[0].lstrip("# ") for page, text in pages.items()}
    titles = dict(sorted((titles | GENERATED).items()))
    if name is None:
        width = max(map(len, titles))
        sys.stdout.writelines(f"{page:<{width}}  {title}\n" for page, title in titles.items())
    elif name in GENERATED:
        # docs/ is a folder of pages, and no layer of the code.
        pages_of_code = import_module("dfbench.docs.generated_pages").PAGES
        _print(pages_of_code[f"{name}.md"]())
    elif name in pages and (FOLDER / f"{name}.yml").is_file():
        sys.stdout.write(pages[name])
    elif name in pages:
        _print(pages[name])
    else:
        raise DfbenchError(f"no page {name!r}; expected one of: {', '.join(titles)}")


def _read(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    return "\n\n".join(_list_cells(text)) + "\n" if path.suffix == ".ipynb" else text


def _list_cells(notebook: str) -> Iterator[str]:
    """Yield the cells of a notebook as Markdown."""
    for cell in json.loads(notebook)["cells"]:
        source = "".join(cell["source"])
        yield source if cell["cell_type"] == "markdown" else f"```python\n{source}\n```"


def _print(text: str) -> None:
    """Print Markdown, laid out where a person reads it."""
    if not sys.stdout.isatty():
        sys.stdout.write(text)
        return
    from rich.console import Console  # only a terminal needs it  # noqa: PLC0415
    from rich.markdown import Markdown  # noqa: PLC0415

    Console().print(Markdown(text))
