"""q3: sum v1 and mean v3 by id3 - ibis"""

import sys

import ibis
from ibis import _


def load(path):
    con = ibis.duckdb.connect(threads=2)
    return con.create_table("data", con.read_parquet(path).select("id3", "v1", "v3"))


def query(data):
    return data.group_by("id3").aggregate(v1=_.v1.sum(), v3=_.v3.mean()).to_pyarrow()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
