"""How an engine is asked: adapters that write the program an expert of each library would write.

An engine is one file (or folder) beside this one, and one line in `registry.py`.
"""

from .registry import (
    REGISTRY,
    default_engines,
    find,
    find_missing,
    find_versions,
    install_command,
    list_broken,
    list_own_infos,
    list_tested_elsewhere,
    load_engines,
    register_programs,
    select_installed,
)

__all__ = [
    "REGISTRY",
    "default_engines",
    "find",
    "find_missing",
    "find_versions",
    "install_command",
    "list_broken",
    "list_own_infos",
    "list_tested_elsewhere",
    "load_engines",
    "register_programs",
    "select_installed",
]
