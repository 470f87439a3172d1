"""share_with_a_seven: share of id3 with a 7, by id2 - datatable"""

import sys

import datatable as dt
import pyarrow.parquet as pq
from datatable import by, f, ifelse

dt.options.nthreads = 2


def load(path):
    table = pq.read_table(path, columns=["id2", "id3"])
    data = dt.Frame(table.combine_chunks())
    # Columns from Arrow are views until they are materialized.
    data.materialize(to_memory=True)
    return data


def query(data):
    answer = data[
        :,
        {
            "share": dt.mean(dt.re.match(f.id3, ".*7.*")),
            "sevens": dt.sum(ifelse(dt.re.match(f.id3, ".*7"), 1, 0)),
        },
        by("id2"),
    ]
    # Columns are lazy, and views of rows too, until they are materialized.
    answer.materialize()
    return answer


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
