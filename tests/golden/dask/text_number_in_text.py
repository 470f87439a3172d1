"""number_in_text: the mean number in id3 by id1 - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["id1", "id3"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    data = data.assign(
        number=dd.to_numeric(
            data["id3"].str.extract("([0-9]+)", expand=False), errors="coerce"
        )
        .where(lambda number: number.abs() < 2**63)
        .astype("float64")
    )
    return data.groupby("id1", sort=False)["number"].mean().reset_index().compute()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
