"""Memory limits over a process tree: the strongest means that the machine has, and its promise."""

from __future__ import annotations

from .base import Backend, Cause, Limit
from .choosing import NAMES, choose, here
from .sweeping import sweep

__all__ = ["NAMES", "Backend", "Cause", "Limit", "choose", "here", "sweep"]
