"""q1: small inner on int - datatable"""

import sys

import datatable as dt
import pyarrow.parquet as pq
from datatable import f, g, join

dt.options.nthreads = 2


def load(path, small_path):
    table = pq.read_table(
        path, columns=["id1", "id2", "id3", "id4", "id5", "id6", "v1"]
    )
    data = dt.Frame(table.combine_chunks())
    table = pq.read_table(small_path, columns=["id1", "id4", "v2"])
    small = dt.Frame(table.combine_chunks())
    # Columns from Arrow are views until they are materialized.
    data.materialize(to_memory=True)
    small.materialize(to_memory=True)
    return data, small


def query(data, small):
    # What is joined has a key; a key's values are unique, and come first.
    small = small[:, {"id1": f.id1, "id4_right": f.id4, "v2": f.v2}]
    small.key = "id1"
    answer = data[g.v2 != None, :, join(small)]
    # Columns are lazy, and views of rows too, until they are materialized.
    answer.materialize()
    return answer


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
