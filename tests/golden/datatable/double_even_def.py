"""double_even_def: v2, doubled where v1 is even, as a def - datatable"""

import sys

import datatable as dt
import pyarrow.parquet as pq
from datatable import f, ifelse

dt.options.nthreads = 2


def load(path):
    table = pq.read_table(path, columns=["v2", "v1"])
    data = dt.Frame(table.combine_chunks())
    # Columns from Arrow are views until they are materialized.
    data.materialize(to_memory=True)
    return data


def query(data):
    answer = data[:, {"result": ifelse(f.v1 % 2 == 0, 2 * f.v2, f.v2)}]
    # Columns are lazy, and views of rows too, until they are materialized.
    answer.materialize()
    return answer


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
