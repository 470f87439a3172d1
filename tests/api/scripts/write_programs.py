"""Write the programs of two engines for a Parquet file's columns, without running them."""

from pathlib import Path

import dfbench
from dfbench.datasets.parquet_schema import read_schema
from dfbench.engines import duckdb, pandas
from dfbench.engines.base import Program, Resources
from dfbench.errors import Unsupported

schema = read_schema(Path("sales.parquet"))
for query in dfbench.read("sales.yaml").questions:
    try:
        program: Program = pandas.write(query, schema, Resources(threads=2))
        print(program.text, duckdb.write(query, schema).sha)
    except Unsupported as reason:
        print(query.name, reason.what, reason.why)
