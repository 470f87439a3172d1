"""value_counts: the ten most frequent codes and their quantity - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["code", "quantity"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    return (
        data.groupby("code", sort=False)
        .agg(rows=("quantity", "size"), quantity=("quantity", "sum"))
        .reset_index()
        .compute()
        .sort_values(["rows", "code"], ascending=[False, True])
        .head(10)
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
