"""Answer a query on a frame at hand, by the program that dfbench writes for Polars."""

from typing import Any

import dfbench
from dfbench.engines import polars

query = dfbench.read("groupby").query("q1")
answer: Any = polars.run(query, {"id1": ["a", "b", "a"], "v1": [1, 2, 3]})
print(answer)
