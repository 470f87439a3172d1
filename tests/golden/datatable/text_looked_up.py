"""looked_up: v2 by a region of the last character of id1 - datatable"""

import sys

import datatable as dt
import pyarrow.parquet as pq
from datatable import by, f, ifelse

dt.options.nthreads = 2


def load(path):
    table = pq.read_table(path, columns=["id1", "v2"])
    data = dt.Frame(table.combine_chunks())
    # Columns from Arrow are views until they are materialized.
    data.materialize(to_memory=True)
    return data


def query(data):
    answer = data[
        :,
        f[:].extend(
            {
                "region": ifelse(
                    f.id1[-1:] == "1",
                    "north",
                    f.id1[-1:] == "2",
                    "north",
                    f.id1[-1:] == "3",
                    "south",
                    "elsewhere",
                )
            }
        ),
    ][:, {"v2": dt.mean(f.v2), "rows": dt.count()}, by("region")]
    # Columns are lazy, and views of rows too, until they are materialized.
    answer.materialize()
    return answer


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
