"""labelled: a label of each row, as a def - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def labelled(x):
    number = x["id3"].split("d")[-1]
    if "id01" in x["id1"].lower():
        return f"{number}: {x['v1']}"
    return {"1": "one", "2": "two"}.get(x["id2"][-1], "many")


def apply(part):
    return part.apply(labelled, axis=1, result_type="reduce").to_frame("label")


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["id3", "id1", "v1", "id2"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    return data.map_partitions(apply, meta={"label": "object"}).compute()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
