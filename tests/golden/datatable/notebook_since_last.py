"""since_last: quantity since the customer's last purchase - datatable"""

import sys

import datatable as dt
import pyarrow.parquet as pq
from datatable import by, f

dt.options.nthreads = 2


def load(path):
    table = pq.read_table(path, columns=["customer", "quantity"])
    data = dt.Frame(table.combine_chunks())
    # Columns from Arrow are views until they are materialized.
    data.materialize(to_memory=True)
    return data


def query(data):
    data = data.copy()
    data[
        :,
        dt.update(before=dt.shift(f.quantity), so_far=dt.cumsum(f.quantity)),
        by("customer"),
    ]
    answer = data[:, ["customer", "before", "so_far"]]
    # Columns are lazy, and views of rows too, until they are materialized.
    answer.materialize()
    return answer


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
