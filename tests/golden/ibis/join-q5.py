"""q5: big inner on int - ibis"""

import sys

import ibis


def load(path, big_path):
    con = ibis.duckdb.connect(threads=2)
    data = con.create_table(
        "data",
        con.read_parquet(path).select("id1", "id2", "id3", "id4", "id5", "id6", "v1"),
    )
    big = con.create_table(
        "big",
        con.read_parquet(big_path).select(
            "id1", "id2", "id3", "id4", "id5", "id6", "v2"
        ),
    )
    return data, big


def query(data, big):
    return data.join(big, "id3").to_pyarrow()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
