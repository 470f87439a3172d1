"""`dfbench schema`: print the JSON schema of workload files."""

from __future__ import annotations

import sys

from ..spec import json_schema


def schema() -> None:
    """Print the JSON schema of workload files."""
    sys.stdout.write(json_schema.write_schema())
