"""classes: sales by classes of the price - datatable"""

import sys

import datatable as dt
import pyarrow.parquet as pq
from datatable import by, f, ifelse

dt.options.nthreads = 2


def load(path):
    table = pq.read_table(path, columns=["price", "quantity"])
    data = dt.Frame(table.combine_chunks())
    # Columns from Arrow are views until they are materialized.
    data.materialize(to_memory=True)
    return data


def query(data):
    answer = data[
        :,
        f[:].extend(
            {
                "class": ifelse(
                    f.price <= 0,
                    None,
                    f.price <= 10,
                    "low",
                    f.price <= 50,
                    "middle",
                    f.price <= 90,
                    "high",
                    f.price <= 100,
                    "top",
                    None,
                )
            }
        ),
    ][:, {"sales": dt.count(), "revenue": dt.sum(f.price * f.quantity)}, by("class")]
    # Columns are lazy, and views of rows too, until they are materialized.
    answer.materialize()
    return answer


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
