"""dfbench: which data-frame engine should run this, on this machine, within this memory?

    comparison = dfbench.compare("workloads/groupby.yaml", engines=["pandas", "polars"])

Names resolve when they are used, so that importing dfbench costs nothing.
"""

from __future__ import annotations

from importlib import import_module

__all__ = ["Comparison", "Sweep", "check", "compare", "read", "sweep"]

_HOMES = {
    "Comparison": ".report.comparison",
    "Sweep": ".report.sweeps.sweep",
    "check": ".api",
    "compare": ".api",
    "read": ".spec.reader",
    "sweep": ".api",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        message = f"module 'dfbench' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
