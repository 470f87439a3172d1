"""by_month: revenue by month - datatable"""

import sys

import datatable as dt
import pyarrow.parquet as pq
from datatable import by, f

dt.options.nthreads = 2


def load(path):
    table = pq.read_table(path, columns=["sold_at", "quantity", "price"])
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
    ][:, {"revenue": dt.sum(f.quantity * f.price)}, by("month")]
    # Columns are lazy, and views of rows too, until they are materialized.
    answer.materialize()
    return answer


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
