"""taken_apart: v1 by the last part between separators - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(path, columns=["id1", "id2", "v1", "id3"])


def query(data):
    data = data.assign(
        part=(data["id1"] + "." + data["id2"]).str.split(".").str[-1],
        id3_len=data["id3"].str.len(),
    )
    return (
        data.groupby("part", sort=False)
        .agg(v1=("v1", "sum"), characters=("id3_len", "sum"))
        .reset_index()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
