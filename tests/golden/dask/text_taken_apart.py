"""taken_apart: v1 by the last part between separators - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["id1", "id2", "v1", "id3"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    data = data.assign(
        part=(data["id1"] + "." + data["id2"]).str.split(".").str[-1],
        characters=data["id3"].str.len().astype("float64"),
    )
    return (
        data.groupby("part", sort=False)[["v1", "characters"]]
        .sum()
        .reset_index()
        .compute()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
