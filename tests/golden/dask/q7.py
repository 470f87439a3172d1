"""q7: max v1 - min v2 by id3 - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["id3", "v1", "v2"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    answer = (
        data.groupby("id3", sort=False)
        .agg(max_v1=("v1", "max"), min_v2=("v2", "min"))
        .reset_index()
        .compute()
    )
    answer["range_v1_v2"] = answer["max_v1"] - answer["min_v2"]
    return answer[["id3", "range_v1_v2"]]


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
