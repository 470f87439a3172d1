"""tariff: a rate by the text of id1 - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def tariff(x):
    if x["id1"] == "id001" or x["id2"] in ("id002", "id003"):
        return 1.5 * x["v3"]
    return x["v3"]


def apply(part):
    return part.apply(tariff, axis=1, result_type="reduce").to_frame("result")


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["id1", "id2", "v3"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    return data.map_partitions(apply, meta={"result": "f8"}).compute()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
