"""fill_gaps: discount by product, none where it is missing - datatable"""

import sys

import datatable as dt
import pyarrow.parquet as pq
from datatable import by, f, ifelse

dt.options.nthreads = 2


def load(path):
    table = pq.read_table(path, columns=["product", "discount"])
    data = dt.Frame(table.combine_chunks())
    # Columns from Arrow are views until they are materialized.
    data.materialize(to_memory=True)
    return data


def query(data):
    answer = data[
        :,
        {"discount": dt.mean(ifelse(f.discount == None, 0, f.discount))},
        by("product"),
    ]
    # Columns are lazy, and views of rows too, until they are materialized.
    answer.materialize()
    return answer


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
