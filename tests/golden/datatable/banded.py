"""banded: a banded ratio of v3 and v2 - datatable"""

import sys

import datatable as dt
import pyarrow.parquet as pq
from datatable import f, ifelse

dt.options.nthreads = 2


def load(path):
    table = pq.read_table(path, columns=["v3", "v2", "v1"])
    data = dt.Frame(table.combine_chunks())
    # Columns from Arrow are views until they are materialized.
    data.materialize(to_memory=True)
    return data


def query(data):
    answer = data[
        :,
        {
            "result": ifelse(
                f.v3 / (f.v2 + 1) > 20,
                dt.math.sqrt(f.v3 / (f.v2 + 1)),
                f.v1 == 1,
                0.0,
                -(f.v3 / (f.v2 + 1)),
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
