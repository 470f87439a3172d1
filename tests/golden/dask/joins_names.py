"""names: number of rows, mean v2 of the inner join with medium on id3 = id2 by id1 - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path, medium_path):
    data = dd.from_pandas(
        dd.read_parquet(path, columns=["id1", "id2", "id3"]).compute(),
        npartitions=8,
        sort=False,
    )
    medium = dd.from_pandas(
        dd.read_parquet(medium_path, columns=["id2", "v2"]).compute(),
        npartitions=1,
        sort=False,
    )
    return data, medium


def query(data, medium):
    data = data.merge(
        medium.rename(columns={"id2": "id2_right"}), left_on="id3", right_on="id2_right"
    )
    return (
        data.groupby("id1", sort=False)
        .agg(rows=("v2", "size"), v2=("v2", "mean"))
        .reset_index()
        .compute()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
