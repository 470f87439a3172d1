"""months: sum quantity by store, month, then month, quantity, pct_change quantity by store in order of month - datatable"""

import sys

import datatable as dt
import pyarrow.parquet as pq
from datatable import by, f, sort

dt.options.nthreads = 2


def load(path):
    table = pq.read_table(path, columns=["store", "sold_at", "quantity"])
    data = dt.Frame(table.combine_chunks())
    # Columns from Arrow are views until they are materialized.
    data.materialize(to_memory=True)
    return data


def query(data):
    answer = data[
        :,
        f[:].extend(
            {
                "month": dt.as_type(
                    dt.time.ymd(dt.time.year(f.sold_at), dt.time.month(f.sold_at), 1),
                    dt.Type.time64,
                )
            }
        ),
    ][:, {"quantity": dt.sum(f.quantity)}, by("store", "month")][:, :, sort("month")][
        :,
        {
            "month": f.month,
            "quantity": f.quantity,
            "change": f.quantity / dt.shift(f.quantity) - 1,
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
