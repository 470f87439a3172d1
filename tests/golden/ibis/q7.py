"""q7: max v1 - min v2 by id3 - ibis"""

import sys

import ibis
from ibis import _


def load(path):
    con = ibis.duckdb.connect(threads=2)
    return con.create_table("data", con.read_parquet(path).select("id3", "v1", "v2"))


def query(data):
    return (
        data.group_by("id3").aggregate(range_v1_v2=_.v1.max() - _.v2.min()).to_pyarrow()
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
