"""measures: how many values each measure has, and their mean, by store - datatable"""

import sys

import datatable as dt
import pyarrow.parquet as pq
from datatable import by, f

dt.options.nthreads = 2


def load(path):
    table = pq.read_table(
        path, columns=["store", "price", "quantity", "discount", "rating"]
    )
    data = dt.Frame(table.combine_chunks())
    # Columns from Arrow are views until they are materialized.
    data.materialize(to_memory=True)
    return data


def query(data):
    answer = dt.rbind(
        [
            data[:, {"store": f.store, "measure": name, "value": f[name]}]
            for name in ["price", "quantity", "discount", "rating"]
        ]
    )[
        :,
        {"values": dt.count(f.value), "mean": dt.mean(f.value)},
        by("store", "measure"),
    ]
    # Columns are lazy, and views of rows too, until they are materialized.
    answer.materialize()
    return answer


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
