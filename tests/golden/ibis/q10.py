"""q10: sum v3 and number of rows by id1 to id6 - ibis"""

import sys

import ibis
from ibis import _


def load(path):
    con = ibis.duckdb.connect(threads=2)
    return con.create_table(
        "data",
        con.read_parquet(path).select("id1", "id2", "id3", "id4", "id5", "id6", "v3"),
    )


def query(data):
    return (
        data.group_by("id1", "id2", "id3", "id4", "id5", "id6")
        .aggregate(v3=_.v3.sum(), count=_.count())
        .to_pyarrow()
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
