"""after_groups: sum v1, number of rows by id2, then id2, rows, weighted of the left join with medium on id2 - datatable"""

import sys

import datatable as dt
import pyarrow.parquet as pq
from datatable import by, f, join, sort

dt.options.nthreads = 2


def load(path, medium_path):
    table = pq.read_table(path, columns=["id2", "v1"])
    data = dt.Frame(table.combine_chunks())
    table = pq.read_table(medium_path, columns=["id2", "v2"])
    medium = dt.Frame(table.combine_chunks())
    # Columns from Arrow are views until they are materialized.
    data.materialize(to_memory=True)
    medium.materialize(to_memory=True)
    return data, medium


def query(data, medium):
    # What is joined has a key; a key's values are unique, and come first.
    medium = medium.copy()
    medium.key = "id2"
    data = data[:, {"total": dt.sum(f.v1), "rows": dt.count()}, by("id2")][
        :, :, join(medium)
    ]
    answer = data[:, {"id2": f.id2, "rows": f.rows, "weighted": f.total * f.v2}][
        :, :, sort("rows", "id2", reverse=[True, False])
    ][:100, :]
    # Columns are lazy, and views of rows too, until they are materialized.
    answer.materialize()
    return answer


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
