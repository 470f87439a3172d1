"""q8: largest two v3 by id6 - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def largest(part):
    return part.sort_values("v3", ascending=False).groupby("id6", sort=False).head(2)


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["id6", "v3"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    return (
        data.reduction(chunk=largest, aggregate=largest)
        .compute()
        .rename(columns={"v3": "largest2_v3"})
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
