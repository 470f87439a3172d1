"""percent_of_total: each product's percent of all revenue - datatable"""

import sys

import datatable as dt
import pyarrow.parquet as pq
from datatable import by, f

dt.options.nthreads = 2


def load(path):
    table = pq.read_table(path, columns=["product", "quantity", "price"])
    data = dt.Frame(table.combine_chunks())
    # Columns from Arrow are views until they are materialized.
    data.materialize(to_memory=True)
    return data


def query(data):
    answer = data[:, {"revenue": dt.sum(f.quantity * f.price)}, by("product")][
        :, {"product": f.product, "percent": 100 * f.revenue / dt.sum(f.revenue)}
    ]
    # Columns are lazy, and views of rows too, until they are materialized.
    answer.materialize()
    return answer


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
