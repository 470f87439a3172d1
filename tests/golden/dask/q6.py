"""q6: median v3 and sd v3 by id4 and id5 - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def summarise(part):
    return (
        part.groupby(["id4", "id5"], sort=False)["v3"]
        .agg(median_v3="median", sd_v3="std")
        .reset_index()
    )


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["id4", "id5", "v3"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    # All is in memory, and by default a shuffle goes through the disk.
    data = data.shuffle(["id4", "id5"], shuffle_method="tasks")
    return data.map_partitions(summarise).compute()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
