"""quantities: sales by product, a column for each quantity - datatable"""

import sys

import datatable as dt
import pyarrow.parquet as pq
from datatable import by, f

dt.options.nthreads = 2


def load(path):
    table = pq.read_table(path, columns=["product", "quantity"])
    data = dt.Frame(table.combine_chunks())
    # Columns from Arrow are views until they are materialized.
    data.materialize(to_memory=True)
    return data


def query(data):
    answer = data[
        :,
        {
            "1": dt.sum(f.quantity == 1),
            "2": dt.sum(f.quantity == 2),
            "3": dt.sum(f.quantity == 3),
            "4": dt.sum(f.quantity == 4),
            "5": dt.sum(f.quantity == 5),
            "6": dt.sum(f.quantity == 6),
            "7": dt.sum(f.quantity == 7),
            "8": dt.sum(f.quantity == 8),
            "9": dt.sum(f.quantity == 9),
            "10": dt.sum(f.quantity == 10),
        },
        by("product"),
    ]
    # Columns are lazy, and views of rows too, until they are materialized.
    answer.materialize()
    return answer


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
