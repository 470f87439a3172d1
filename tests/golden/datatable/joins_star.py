"""star: id1, id3, value of the inner join with small on id1, id4 and the left join with medium on id1, id2, then number of rows, sum value, count v2 of the left join with big on id1, id3 by id1 - datatable"""

import sys

import datatable as dt
import pyarrow.parquet as pq
from datatable import by, f, g, join

dt.options.nthreads = 2


def load(path, small_path, medium_path, big_path):
    table = pq.read_table(path, columns=["id1", "id2", "id3", "id4", "v1"])
    data = dt.Frame(table.combine_chunks())
    table = pq.read_table(small_path, columns=["id1", "id4", "v2"])
    small = dt.Frame(table.combine_chunks())
    table = pq.read_table(medium_path, columns=["id1", "id2"])
    medium = dt.Frame(table.combine_chunks())
    table = pq.read_table(big_path, columns=["id1", "id3", "v2"])
    big = dt.Frame(table.combine_chunks())
    # Columns from Arrow are views until they are materialized.
    data.materialize(to_memory=True)
    small.materialize(to_memory=True)
    medium.materialize(to_memory=True)
    big.materialize(to_memory=True)
    return data, small, medium, big


def query(data, small, medium, big):
    # What is joined has a key; a key's values are unique, and come first.
    small = small.copy()
    small.key = ["id1", "id4"]
    medium = medium.copy()
    medium.key = ["id1", "id2"]
    data = data[g.v2 != None, :, join(small)][:, :, join(medium)]
    big = big.copy()
    big.key = ["id1", "id3"]
    data = data[:, {"id1": f.id1, "id3": f.id3, "value": f.v1 * f.v2}][:, :, join(big)]
    answer = data[
        :,
        {"rows": dt.count(), "value": dt.sum(f.value), "matched": dt.count(f.v2)},
        by("id1"),
    ]
    # Columns are lazy, and views of rows too, until they are materialized.
    answer.materialize()
    return answer


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4])))
