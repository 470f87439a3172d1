"""A third party's engine: `dfbench engine new NAME` writes a package that works and is tested."""

from __future__ import annotations

import keyword
from pathlib import Path

from ...errors import EngineError
from .. import load_engines

HERE = Path(__file__).parent
# Each file's template, and where it goes.
FILES = {
    "adapter.txt": "dfbench_{module}.py",
    "project.txt": "pyproject.toml",
    "test.txt": "tests/test_{module}.py",
}


def create_package(name: str, folder: Path) -> tuple[Path, ...]:
    """Write a package for an engine of a name; give its files.

    Raises EngineError where the name cannot be one, is taken, or the folder has files already.
    """
    module = name.replace("-", "_")
    if not module.isidentifier() or keyword.iskeyword(module) or name != name.lower():
        message = f"{name!r}: an engine's name consists of lower-case letters, digits and hyphens"
        raise EngineError(message)
    if name in load_engines():
        message = f"{name!r} is already an engine of dfbench; choose another name"
        raise EngineError(message)
    if folder.exists() and any(folder.iterdir()):
        message = f"{folder} is not empty; choose another folder with --to"
        raise EngineError(message)
    title = "".join(word.title() for word in module.split("_"))
    return tuple(_write(folder, source, name, module, title) for source in FILES)


def _write(folder: Path, source: str, name: str, module: str, title: str) -> Path:
    path = folder / FILES[source].format(module=module)
    text = (HERE / source).read_text(encoding="utf-8")
    for hole, word in {"ENGINE_NAME": name, "ENGINE_MODULE": module, "ENGINE_TITLE": title}.items():
        text = text.replace(hole, word)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
