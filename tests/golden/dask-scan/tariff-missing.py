"""tariff: a rate by the text of id1 - dask/scan"""

import sys

import dask.dataframe as dd
import pandas as pd
import pyarrow as pa


def tariff(x):
    if x["id1"] == "id001" or x["id2"] in ("id002", "id003"):
        return 1.5 * x["v3"]
    return x["v3"]


def apply(part):
    complete = part.dropna(subset=["id1", "id2", "v3"])
    return pd.DataFrame(
        {
            "result": complete.apply(tariff, axis=1, result_type="reduce").reindex(
                part.index
            )
        }
    )


def load(path):
    return path


def query(path):
    data = dd.read_parquet(path, columns=["id1", "id2", "v3"])
    return data.map_partitions(apply, meta={"result": "f8"}).compute()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
