"""Shipped workloads with bytes and structure changed: each is still valid, or told with its place.

`python -m tests.mutated 10000` reads so many, as every command does; it tells what came of them,
and ends with 1 where one ended in a traceback, was told without its place, or took too long.
"""

from __future__ import annotations

import random
import re
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from dfbench.comparison.request import Request
from dfbench.errors import WorkloadError
from dfbench.spec.reader import list_shipped, read

SECONDS = 20  # for one file: none takes more than a few hundredths of a second
SIGNS = [*(sign.encode() for sign in "\n:{]'\"#-(&*\t|%é "), b"\xc3", b"*a", b"- "]
# What stands in another value's place: of every type, and what no value may be.
VALUES: list[Any] = [
    *(None, True, -1, 0, 1.5, 1e300, "", "x", "sum(v1)", "def f(x): return 1", [], {}, [[]]),
    *(["x", None], {"x": {}}, {"": ""}, "v1" * 3000, "é", "\x00", "\ud800"),
]
CHANGES = 0.06  # the share of values of a structure that change
PLACE = re.compile(r"^\S+:(\d+):(\d+): \S", re.MULTILINE)


def of_bytes(text: str, draw: random.Random) -> bytes:
    """Change some bytes: one, a few, a sign more, a piece twice, a line elsewhere."""
    raw = bytearray(text.encode())
    for _ in range(draw.choice((1, 1, 2, 5))):
        at = draw.randrange(len(raw))
        match draw.randrange(5):
            case 0:
                raw[at] = draw.randrange(256)
            case 1:
                del raw[at : at + draw.randrange(1, 20)]
            case 2:
                raw[at:at] = draw.choice(SIGNS)
            case 3:
                raw[at:at] = raw[: draw.randrange(len(raw))][-draw.randrange(1, 60) :]
            case _:
                lines = bytes(raw).split(b"\n")
                lines.insert(draw.randrange(len(lines)), lines.pop(draw.randrange(len(lines))))
                raw = bytearray(b"\n".join(lines))
        raw = raw or bytearray(b"\n")
    return bytes(raw)


def of_structure(text: str, draw: random.Random) -> bytes:
    """Change values for others of any type, leave keys out, and add some that nobody knows."""
    return yaml.safe_dump(_shuffled(yaml.safe_load(text), draw), sort_keys=False).encode()


def _shuffled(node: Any, draw: random.Random) -> Any:
    if draw.random() < CHANGES:
        return draw.choice(VALUES)
    if isinstance(node, dict):
        made = {key: _shuffled(value, draw) for key, value in node.items()}
        if draw.random() < CHANGES and made:
            made.pop(draw.choice(list(made)))
        if draw.random() < CHANGES:
            made[str(draw.choice(list(made) or ["x"]))[:-1] + "q"] = draw.choice(VALUES)
        return made
    if isinstance(node, list):
        return [_shuffled(value, draw) for value in node]
    return node


def mutations(name: str, seed: int) -> Iterator[bytes]:
    """Yield changed texts of a shipped workload without end: its bytes, then its structure."""
    text = Path(read(name).file).read_text(encoding="utf-8")
    draw = random.Random(f"{seed} {name}")
    while True:
        yield of_bytes(text, draw)
        yield of_structure(text, draw)


def ending(path: Path) -> str:
    """Read a file, and give how it ended: valid, told, or what is wrong with that."""
    signal.alarm(SECONDS)
    try:
        Request(str(path)).read()
    except WorkloadError as error:
        return "told" if PLACE.search(str(error)) else f"no place: {error}"
    except Exception as error:  # noqa: BLE001 - whatever it is, a user would see its traceback
        return f"{type(error).__name__}: {error}"
    finally:
        signal.alarm(0)
    return "valid"


def _too_long(*_: object) -> None:
    raise TimeoutError(f"longer than {SECONDS} s")


def main() -> int:
    """Ask so many files, as many of each shipped workload."""
    signal.signal(signal.SIGALRM, _too_long)
    count, found = int(sys.argv[1]) if len(sys.argv) > 1 else 1000, Counter[str]()
    changed = [mutations(name, 108) for name in list_shipped()]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "w.yaml"
        for number in range(count):
            text = next(changed[number % len(changed)])
            path.write_bytes(text)
            how = ending(path)
            found[how] += 1
            if how not in {"valid", "told"}:
                sys.stdout.write(f"{how}\n{text!r}\n\n")
    told = ", ".join(f"{times:,} {how}" for how, times in found.most_common(10))
    sys.stdout.write(f"{count:,} changed files: {told}\n")
    return 0 if set(found) <= {"valid", "told"} else 1


if __name__ == "__main__":
    raise SystemExit(main())
