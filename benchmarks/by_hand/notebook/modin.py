"""Modin by hand: pandas' methods, and the wait for their answers."""

from __future__ import annotations

from by_hand.modin import finish
from by_hand.notebook.pandas import *  # noqa: F403 - the same questions

__all__ = ["finish"]
