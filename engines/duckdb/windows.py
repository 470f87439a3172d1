"""Names of windows that come again in one SELECT of DuckDB's."""

from __future__ import annotations

import re
from collections import Counter

# A text, a quoted name, or a window, which may hold texts and calls.
WINDOW = re.compile(r"""'[^']*'|"[^"]*"|OVER (\((?:[^()"']|'[^']*'|\([^()"']*\))+\))""")


SHORT_WINDOW = 24  # characters; a shorter one is written again


def name_windows(items: list[str]) -> tuple[list[str], list[str]]:
    """Return the items of a SELECT with long windows that come again by a name, and their names."""
    counts = Counter(WINDOW.findall("\n".join(items)))
    again = [w for w, count in counts.items() if count > 1 and len(w) > SHORT_WINDOW]
    named = {window: f"w{number}" if number > 1 else "w" for number, window in enumerate(again, 1)}

    def name(found: re.Match[str]) -> str:
        return f"OVER {named[found[1]]}" if found[1] in named else found[0]

    return [WINDOW.sub(name, item) for item in items], [f"{n} AS {w}" for w, n in named.items()]
