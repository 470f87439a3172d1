"""q4: medium inner on factor - ibis"""

import sys

import ibis


def load(path, medium_path):
    con = ibis.duckdb.connect(threads=2)
    data = con.create_table(
        "data",
        con.read_parquet(path).select("id1", "id2", "id3", "id4", "id5", "id6", "v1"),
    )
    medium = con.create_table(
        "medium", con.read_parquet(medium_path).select("id1", "id2", "id4", "id5", "v2")
    )
    return data, medium


def query(data, medium):
    return data.join(medium, "id5").to_pyarrow()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
