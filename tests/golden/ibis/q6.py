"""q6: median v3 and sd v3 by id4 and id5 - ibis"""

import sys

import ibis
from ibis import _


def load(path):
    con = ibis.duckdb.connect(threads=2)
    return con.create_table("data", con.read_parquet(path).select("id4", "id5", "v3"))


def query(data):
    return (
        data.group_by("id4", "id5")
        .aggregate(median_v3=_.v3.median(), sd_v3=_.v3.std())
        .to_pyarrow()
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
