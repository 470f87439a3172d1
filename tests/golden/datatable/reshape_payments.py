"""payments: revenue by store, a column for each payment - datatable"""

import sys

import datatable as dt
import pyarrow.parquet as pq
from datatable import by, f, ifelse

dt.options.nthreads = 2


def load(path):
    table = pq.read_table(path, columns=["store", "payment", "price", "quantity"])
    data = dt.Frame(table.combine_chunks())
    # Columns from Arrow are views until they are materialized.
    data.materialize(to_memory=True)
    return data


def query(data):
    answer = data[
        :,
        {
            "card": dt.sum(ifelse(f.payment == "card", f.price * f.quantity, None)),
            "cash": dt.sum(ifelse(f.payment == "cash", f.price * f.quantity, None)),
            "invoice": dt.sum(
                ifelse(f.payment == "invoice", f.price * f.quantity, None)
            ),
            "voucher": dt.sum(
                ifelse(f.payment == "voucher", f.price * f.quantity, None)
            ),
        },
        by("store"),
    ]
    # Columns are lazy, and views of rows too, until they are materialized.
    answer.materialize()
    return answer


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
