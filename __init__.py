"""dfbench: which data-frame engine should run this, on this machine, within this memory?

    comparison = dfbench.compare("groupby", engines=["pandas", "polars"], dataset__rows=1e5)
    comparison.program("polars", "q7")

`compare`, `check` and `sweep` run a workload; `read` reads one; `Comparison` and `Sweep` open a
stored folder. `dfbench.engines` has a module for each engine, with `write` and `run`. Names
resolve when they are used, so that importing dfbench costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .api import check, compare, sweep
    from .notebook import load_ipython_extension as load_ipython_extension
    from .report.comparison import Comparison
    from .report.sweeps.sweep import Sweep
    from .spec.reader import read

    __version__: str

__all__ = ["Comparison", "Sweep", "__version__", "check", "compare", "read", "sweep"]


def __getattr__(name: str) -> object:
    from importlib import import_module, metadata  # noqa: PLC0415 - neither is part of the API

    homes = {
        "Comparison": ".report.comparison",
        "Sweep": ".report.sweeps.sweep",
        "check": ".api",
        "compare": ".api",
        "load_ipython_extension": ".notebook",
        "read": ".spec.reader",
        "sweep": ".api",
    }
    if name == "__version__":
        return metadata.version("dataframe-bench")
    if name not in homes:
        message = f"module 'dfbench' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(homes[name], __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
