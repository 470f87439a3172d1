"""crosstab: how many sales of each class of the price have which rating - datatable"""

import sys

import datatable as dt
import pyarrow.parquet as pq
from datatable import by, f, ifelse

dt.options.nthreads = 2


def load(path):
    table = pq.read_table(path, columns=["price", "rating"])
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
                    f.price <= 25,
                    "(0, 25]",
                    f.price <= 50,
                    "(25, 50]",
                    f.price <= 75,
                    "(50, 75]",
                    f.price <= 100,
                    "(75, 100]",
                    None,
                )
            }
        ),
    ][
        :,
        {
            "1": dt.sum(f.rating == 1),
            "2": dt.sum(f.rating == 2),
            "3": dt.sum(f.rating == 3),
            "4": dt.sum(f.rating == 4),
            "5": dt.sum(f.rating == 5),
        },
        by("class"),
    ]
    # Columns are lazy, and views of rows too, until they are materialized.
    answer.materialize()
    return answer


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
