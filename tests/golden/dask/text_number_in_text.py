"""number_in_text: the mean number in id3 by id1 - dask"""

import sys

import dask.dataframe as dd
import pandas as pd
import pyarrow as pa


def prepare(part):
    return part.assign(
        number=pd.to_numeric(
            part["id3"].str.extract("([0-9]+)", expand=False), errors="coerce"
        )
        .where(lambda number: number.abs() < 2**63)
        .astype("float64")
    )


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["id1", "id3"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    data = data.map_partitions(prepare, meta=prepare(data._meta))
    return data.groupby("id1", sort=False)["number"].mean().reset_index().compute()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
