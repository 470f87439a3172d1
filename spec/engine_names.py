"""The engines of a workload, by name or with an address, a version or an interpreter.

`dask: {scheduler: tcp://host:8786}` means the same as `dask@tcp://host:8786` on the command line.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from .document import Fields, ListNode, Log, Node, TextNode
from .fields import open_section
from .grammar import ENGINE
from .vocabulary import suggest


def read_engines(log: Log, node: Node, known: Collection[str] | None) -> tuple[str, ...]:
    """Read `engines`: a name, or a list of names; unknown and repeated ones are mistakes."""
    nodes = node.nodes if isinstance(node, ListNode) else (node,)
    if not nodes:
        log.add(node.place, "engines is empty; list at least one engine")
    found: list[TextNode] = []
    for one in nodes:
        name = _name(log, one)
        if name is None:
            continue
        if known is not None and not _is_known(name.text, known):
            base = name.text.partition("@")[0]
            log.add(name.place, f"unknown engine {base!r}{suggest(base, known)}")
        if name.text in {before.text for before in found}:
            log.add(name.place, f"{name.text!r} is listed twice in engines")
        found.append(name)
    return tuple(name.text for name in found)


def _name(log: Log, node: Node) -> TextNode | None:
    match node:
        case TextNode(empty=False):
            return node
        case Fields(pairs=((name, settings),)):
            return _with_settings(log, name, settings)
        case _:
            log.add(node.place, "engines must list names, or a name with its settings")
            return None


def _with_settings(log: Log, name: TextNode, node: Node) -> TextNode:
    """Return the name followed by its settings, in the order of the command line."""
    given = open_section(log, node, name.text, ENGINE)
    if "scheduler" in given and "address" in given:
        log.add(given.at("address"), "address and scheduler mean the same; give only one of them")
    versions = (
        value.text for key in ENGINE if (value := given.parse_scalar(key, ENGINE[key].about))
    )
    return replace(name, text="@".join([name.text, *versions]))


def _is_known(name: str, engines: Collection[str]) -> bool:
    """Return whether an engine is known; a version is free, a variant only where none is listed."""
    base = name.partition("@")[0].removesuffix("/scan")
    if base in engines:
        return True
    first, _, variant = base.partition("/")
    listed = any(engine.startswith(f"{first}/") for engine in engines)
    return bool(variant) and first in engines and not listed
