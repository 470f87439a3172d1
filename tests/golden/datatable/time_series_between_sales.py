"""between_sales: seconds(sold_at - lag(sold_at)) by store in order of sold_at - datatable"""

import sys

import datatable as dt
import pyarrow.parquet as pq
from datatable import by, f, sort

dt.options.nthreads = 2


def load(path):
    table = pq.read_table(path, columns=["store", "sold_at"])
    data = dt.Frame(table.combine_chunks())
    # Columns from Arrow are views until they are materialized.
    data.materialize(to_memory=True)
    return data


def query(data):
    data = data[:, f[:].extend({"row": dt.cumcount()})][:, :, sort("sold_at")]
    data[
        :,
        dt.update(
            waited=(
                dt.as_type(f.sold_at, dt.int64)
                - dt.as_type(dt.shift(f.sold_at), dt.int64)
            )
            // 1000000000
        ),
        by("store"),
    ]
    answer = data[:, :, sort("row")][:, ["store", "waited"]]
    # Columns are lazy, and views of rows too, until they are materialized.
    answer.materialize()
    return answer


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
