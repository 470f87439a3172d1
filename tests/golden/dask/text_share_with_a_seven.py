"""share_with_a_seven: share of id3 with a 7, by id2 - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["id2", "id3"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    data = data.assign(
        share=data["id3"].str.contains("7", regex=False),
        sevens=data["id3"].str.endswith("7"),
    )
    return (
        data.groupby("id2", sort=False)
        .agg({"share": "mean", "sevens": "sum"})
        .reset_index()
        .compute()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
