"""q3: medium outer on int - datatable"""

import sys

import datatable as dt
import pyarrow.parquet as pq
from datatable import f, join

dt.options.nthreads = 2


def load(path, medium_path):
    table = pq.read_table(
        path, columns=["id1", "id2", "id3", "id4", "id5", "id6", "v1"]
    )
    data = dt.Frame(table.combine_chunks())
    table = pq.read_table(medium_path, columns=["id1", "id2", "id4", "id5", "v2"])
    medium = dt.Frame(table.combine_chunks())
    # Columns from Arrow are views until they are materialized.
    data.materialize(to_memory=True)
    medium.materialize(to_memory=True)
    return data, medium


def query(data, medium):
    # What is joined has a key; a key's values are unique, and come first.
    medium = medium[
        :,
        {
            "id2": f.id2,
            "id1_right": f.id1,
            "id4_right": f.id4,
            "id5_right": f.id5,
            "v2": f.v2,
        },
    ]
    medium.key = "id2"
    answer = data[:, :, join(medium)]
    # Columns are lazy, and views of rows too, until they are materialized.
    answer.materialize()
    return answer


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
