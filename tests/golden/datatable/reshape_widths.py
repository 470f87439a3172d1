"""widths: the distribution of prices in ten bins of equal width - datatable"""

import sys

import datatable as dt
import pyarrow.parquet as pq
from datatable import by, f, ifelse, sort

dt.options.nthreads = 2


def load(path):
    table = pq.read_table(path, columns=["price"])
    data = dt.Frame(table.combine_chunks())
    # Columns from Arrow are views until they are materialized.
    data.materialize(to_memory=True)
    return data


def query(data):
    data = data[
        :, f[:].extend({"min_price": dt.min(f.price), "max_price": dt.max(f.price)})
    ]
    answer = data[
        :,
        {
            "bin": ifelse(
                f.price <= f.min_price + (f.max_price - f.min_price) / 10,
                0,
                f.price <= f.min_price + (f.max_price - f.min_price) * 2 / 10,
                1,
                f.price <= f.min_price + (f.max_price - f.min_price) * 3 / 10,
                2,
                f.price <= f.min_price + (f.max_price - f.min_price) * 4 / 10,
                3,
                f.price <= f.min_price + (f.max_price - f.min_price) * 5 / 10,
                4,
                f.price <= f.min_price + (f.max_price - f.min_price) * 6 / 10,
                5,
                f.price <= f.min_price + (f.max_price - f.min_price) * 7 / 10,
                6,
                f.price <= f.min_price + (f.max_price - f.min_price) * 8 / 10,
                7,
                f.price <= f.min_price + (f.max_price - f.min_price) * 9 / 10,
                8,
                f.price != None,
                9,
                None,
            )
        },
    ][:, {"sales": dt.count()}, by("bin")][:, :, sort("bin", na_position="last")]
    # Columns are lazy, and views of rows too, until they are materialized.
    answer.materialize()
    return answer


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
