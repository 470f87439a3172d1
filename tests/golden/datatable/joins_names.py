"""names: number of rows, mean v2 of the inner join with medium on id3 = id2 by id1 - datatable"""

import sys

import datatable as dt
import pyarrow.parquet as pq
from datatable import by, f, g, join

dt.options.nthreads = 2


def load(path, medium_path):
    table = pq.read_table(path, columns=["id1", "id2", "id3"])
    data = dt.Frame(table.combine_chunks())
    table = pq.read_table(medium_path, columns=["id2", "v2"])
    medium = dt.Frame(table.combine_chunks())
    # Columns from Arrow are views until they are materialized.
    data.materialize(to_memory=True)
    medium.materialize(to_memory=True)
    return data, medium


def query(data, medium):
    # What is joined has a key; a key's values are unique, and come first.
    medium = medium[:, {"id3": f.id2, "v2": f.v2}]
    medium.key = "id3"
    data = data[g.v2 != None, :, join(medium)]
    answer = data[:, {"rows": dt.count(), "v2": dt.mean(f.v2)}, by("id1")]
    # Columns are lazy, and views of rows too, until they are materialized.
    answer.materialize()
    return answer


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
