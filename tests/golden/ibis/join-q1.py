"""q1: small inner on int - ibis"""

import sys

import ibis


def load(path, small_path):
    con = ibis.duckdb.connect(threads=2)
    data = con.create_table(
        "data",
        con.read_parquet(path).select("id1", "id2", "id3", "id4", "id5", "id6", "v1"),
    )
    small = con.create_table(
        "small", con.read_parquet(small_path).select("id1", "id4", "v2")
    )
    return data, small


def query(data, small):
    return data.join(small, "id1").to_pyarrow()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
