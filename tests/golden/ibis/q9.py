"""q9: square of the correlation of v1 and v2 by id2 and id4 - ibis"""

import sys

import ibis
from ibis import _


def load(path):
    con = ibis.duckdb.connect(threads=2)
    return con.create_table(
        "data", con.read_parquet(path).select("id2", "id4", "v1", "v2")
    )


def query(data):
    return (
        data.group_by("id2", "id4")
        .aggregate(r2=_.v1.corr(_.v2, how="pop") ** 2)
        .to_pyarrow()
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
