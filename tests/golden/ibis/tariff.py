"""tariff: a rate by the text of id1 - ibis"""

import sys

import ibis
from ibis import _


def load(path):
    con = ibis.duckdb.connect(threads=2)
    return con.create_table("data", con.read_parquet(path).select("id1", "id2", "v3"))


def query(data):
    return data.select(
        result=ibis.cases(
            ((_.id1 == "id001") | _.id2.isin(["id002", "id003"]), 1.5 * _.v3),
            else_=_.v3,
        )
    ).to_pyarrow()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
