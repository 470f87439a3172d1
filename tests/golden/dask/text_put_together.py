"""put_together: v3 by a key of three texts - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["id1", "id4", "id2", "v3"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    data = data.assign(
        key=data["id1"].str.upper()
        + "/"
        + data["id4"].astype("string[pyarrow]")
        + "-"
        + data["id2"].str.replace("id", "", regex=False)
    )
    return data.groupby("key", sort=False)["v3"].sum().reset_index().compute()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
