"""ratings: the mean rating by year and month, a column for each payment - datatable"""

import sys

import datatable as dt
import pyarrow.parquet as pq
from datatable import by, f, ifelse

dt.options.nthreads = 2


def load(path):
    table = pq.read_table(path, columns=["sold_at", "payment", "rating"])
    data = dt.Frame(table.combine_chunks())
    # Columns from Arrow are views until they are materialized.
    data.materialize(to_memory=True)
    return data


def query(data):
    answer = data[
        :,
        f[:].extend(
            {"year": dt.time.year(f.sold_at), "month": dt.time.month(f.sold_at)}
        ),
    ][
        :,
        {
            "card": dt.mean(ifelse(f.payment == "card", f.rating, None)),
            "cash": dt.mean(ifelse(f.payment == "cash", f.rating, None)),
            "invoice": dt.mean(ifelse(f.payment == "invoice", f.rating, None)),
            "voucher": dt.mean(ifelse(f.payment == "voucher", f.rating, None)),
        },
        by("year", "month"),
    ]
    # Columns are lazy, and views of rows too, until they are materialized.
    answer.materialize()
    return answer


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
