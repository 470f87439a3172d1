"""value_counts: the ten most frequent codes and their quantity - datatable"""

import sys

import datatable as dt
import pyarrow.parquet as pq
from datatable import by, f, sort

dt.options.nthreads = 2


def load(path):
    table = pq.read_table(path, columns=["code", "quantity"])
    data = dt.Frame(table.combine_chunks())
    # Columns from Arrow are views until they are materialized.
    data.materialize(to_memory=True)
    return data


def query(data):
    answer = data[:, {"rows": dt.count(), "quantity": dt.sum(f.quantity)}, by("code")][
        :, :, sort("rows", "code", reverse=[True, False])
    ][:10, :]
    # Columns are lazy, and views of rows too, until they are materialized.
    answer.materialize()
    return answer


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
