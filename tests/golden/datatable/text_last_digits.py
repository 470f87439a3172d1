"""last_digits: rows and v1 by the last two characters of id3 - datatable"""

import sys

import datatable as dt
import pyarrow.parquet as pq
from datatable import by, f

dt.options.nthreads = 2


def load(path):
    table = pq.read_table(path, columns=["id3", "v1"])
    data = dt.Frame(table.combine_chunks())
    # Columns from Arrow are views until they are materialized.
    data.materialize(to_memory=True)
    return data


def query(data):
    answer = data[:, f[:].extend({"ending": f.id3[-2:]})][
        :, {"rows": dt.count(), "v1": dt.sum(f.v1)}, by("ending")
    ]
    # Columns are lazy, and views of rows too, until they are materialized.
    answer.materialize()
    return answer


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
