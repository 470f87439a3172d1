"""tariff: a rate by the text of id1 - datatable"""

import sys

import datatable as dt
import pyarrow.parquet as pq
from datatable import f, ifelse

dt.options.nthreads = 2


def load(path):
    table = pq.read_table(path, columns=["id1", "id2", "v3"])
    data = dt.Frame(table.combine_chunks())
    # Columns from Arrow are views until they are materialized.
    data.materialize(to_memory=True)
    return data


def query(data):
    answer = data[
        :,
        {
            "result": ifelse(
                (f.id1 == "id001") | (f.id2 == "id002") | (f.id2 == "id003"),
                1.5 * f.v3,
                f.v3,
            )
        },
    ]
    # Columns are lazy, and views of rows too, until they are materialized.
    answer.materialize()
    return answer


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
