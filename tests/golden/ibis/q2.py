"""q2: sum v1 by id1 and id2 - ibis"""

import sys

import ibis
from ibis import _


def load(path):
    con = ibis.duckdb.connect(threads=2)
    return con.create_table("data", con.read_parquet(path).select("id1", "id2", "v1"))


def query(data):
    return data.group_by("id1", "id2").aggregate(v1=_.v1.sum()).to_pyarrow()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
