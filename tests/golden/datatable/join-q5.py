"""q5: big inner on int - datatable"""

import sys

import datatable as dt
import pyarrow.parquet as pq
from datatable import f, g, join

dt.options.nthreads = 2


def load(path, big_path):
    table = pq.read_table(
        path, columns=["id1", "id2", "id3", "id4", "id5", "id6", "v1"]
    )
    data = dt.Frame(table.combine_chunks())
    table = pq.read_table(
        big_path, columns=["id1", "id2", "id3", "id4", "id5", "id6", "v2"]
    )
    big = dt.Frame(table.combine_chunks())
    # Columns from Arrow are views until they are materialized.
    data.materialize(to_memory=True)
    big.materialize(to_memory=True)
    return data, big


def query(data, big):
    # What is joined has a key; a key's values are unique, and come first.
    big = big[
        :,
        {
            "id3": f.id3,
            "id1_right": f.id1,
            "id2_right": f.id2,
            "id4_right": f.id4,
            "id5_right": f.id5,
            "id6_right": f.id6,
            "v2": f.v2,
        },
    ]
    big.key = "id3"
    answer = data[g.id1_right != None, :, join(big)]
    # Columns are lazy, and views of rows too, until they are materialized.
    answer.materialize()
    return answer


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
