"""`dfbench floor`: search for the smallest memory under which each engine still answers."""

from __future__ import annotations

from ..comparison.request import Request
from .memory_search import search


def floor(request: Request, *, resume: bool) -> int:
    """Search for memory floors, or resume the latest search; return the exit status."""
    return search(request, request.read(), resume=resume)
