"""Memory limits over a process tree: the strongest means that the machine has, and its promise."""

from __future__ import annotations

from .base import Backend, Cause, Limit
from .cleanup import sweep
from .selection import NAMES, choose, here

__all__ = ["NAMES", "Backend", "Cause", "Limit", "choose", "here", "sweep"]
