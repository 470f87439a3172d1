"""banded: a banded ratio of v3 and v2 - ibis"""

import sys

import ibis
from ibis import _


def load(path):
    con = ibis.duckdb.connect(threads=2)
    return con.create_table("data", con.read_parquet(path).select("v3", "v2", "v1"))


def query(data):
    return (
        data.mutate(ratio=_.v3 / (_.v2 + 1))
        .select(
            result=ibis.cases(
                (_.ratio > 20, _.ratio.sqrt()), (_.v1 == 1, 0.0), else_=-_.ratio
            )
        )
        .to_pyarrow()
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
