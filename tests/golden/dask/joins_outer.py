"""outer: number of rows, count v1, count v2 of the outer join with medium on id2 - dask"""

import sys

import dask
import dask.dataframe as dd
import pandas as pd
import pyarrow as pa


def load(path, medium_path):
    data = dd.from_pandas(
        dd.read_parquet(path, columns=["id2", "v1"]).compute(),
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
    data = data.merge(medium, on="id2", how="outer")
    return pd.DataFrame(
        [dask.compute(data.index.size, data["v1"].count(), data["v2"].count())],
        columns=["rows", "v1", "v2"],
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
