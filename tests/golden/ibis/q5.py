"""q5: sum v1, v2 and v3 by id6 - ibis"""

import sys

import ibis
from ibis import _


def load(path):
    con = ibis.duckdb.connect(threads=2)
    return con.create_table(
        "data", con.read_parquet(path).select("id6", "v1", "v2", "v3")
    )


def query(data):
    return (
        data.group_by("id6")
        .aggregate(v1=_.v1.sum(), v2=_.v2.sum(), v3=_.v3.sum())
        .to_pyarrow()
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
