"""matched: number of rows, sum v1 of the semi join with big on id3 by id1 - datatable"""

import sys

import datatable as dt
import pyarrow.parquet as pq
from datatable import by, f, g, join

dt.options.nthreads = 2


def load(path, big_path):
    table = pq.read_table(path, columns=["id1", "id3", "v1"])
    data = dt.Frame(table.combine_chunks())
    table = pq.read_table(big_path, columns=["id3"])
    big = dt.Frame(table.combine_chunks())
    # Columns from Arrow are views until they are materialized.
    data.materialize(to_memory=True)
    big.materialize(to_memory=True)
    return data, big


def query(data, big):
    # What is joined has a key; a key's values are unique, and come first.
    big = big[:, {"id3": f.id3, "matched": True}][0, :, by("id3")]
    big.key = "id3"
    data = data[g.matched != None, f[:], join(big)]
    answer = data[:, {"rows": dt.count(), "v1": dt.sum(f.v1)}, by("id1")]
    # Columns are lazy, and views of rows too, until they are materialized.
    answer.materialize()
    return answer


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
