"""Read pandas code as a workload, by its syntax alone: nothing of it is run."""

from .read import read_code
from .sources import open_source

__all__ = ["open_source", "read_code"]
