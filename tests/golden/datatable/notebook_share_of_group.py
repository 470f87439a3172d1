"""share_of_group: each sale's share of its store - datatable"""

import sys

import datatable as dt
import pyarrow.parquet as pq
from datatable import by, f

dt.options.nthreads = 2


def load(path):
    table = pq.read_table(path, columns=["store", "price"])
    data = dt.Frame(table.combine_chunks())
    # Columns from Arrow are views until they are materialized.
    data.materialize(to_memory=True)
    return data


def query(data):
    data = data.copy()
    data[
        :,
        dt.update(
            share=100 * f.price / dt.sum(f.price), above=f.price - dt.mean(f.price)
        ),
        by("store"),
    ]
    answer = data[:, ["store", "share", "above"]]
    # Columns are lazy, and views of rows too, until they are materialized.
    answer.materialize()
    return answer


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
