"""q10: sum v3 and number of rows by id1 to id6 - pandas/scan"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return path


def query(path):
    data = pd.read_parquet(
        path, columns=["id1", "id2", "id3", "id4", "id5", "id6", "v3"]
    )
    return (
        data.groupby(
            ["id1", "id2", "id3", "id4", "id5", "id6"], sort=False, dropna=False
        )["v3"]
        .agg(v3="sum", count="size")
        .reset_index()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
