"""q8: largest two v3 by id6 - ibis"""

import sys

import ibis
from ibis import _


def load(path):
    con = ibis.duckdb.connect(threads=2)
    return con.create_table("data", con.read_parquet(path).select("id6", "v3"))


def query(data):
    return (
        data.filter(ibis.row_number().over(group_by="id6", order_by=_.v3.desc()) < 2)
        .select("id6", largest2_v3=_.v3)
        .to_pyarrow()
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
