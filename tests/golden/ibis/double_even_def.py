"""double_even_def: v2, doubled where v1 is even, as a def - ibis"""

import sys

import ibis
from ibis import _


def load(path):
    con = ibis.duckdb.connect(threads=2)
    return con.create_table("data", con.read_parquet(path).select("v2", "v1"))


def query(data):
    return data.select(
        result=ibis.cases((_.v1 % 2 == 0, 2 * _.v2), else_=_.v2)
    ).to_pyarrow()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
