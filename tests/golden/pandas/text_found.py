"""found: rows whose id3 ends with 7 and a digit, by id1 - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(path, columns=["id1", "id3", "v3"])


def query(data):
    return (
        data[data["id3"].str.contains("7[0-9]$")]
        .groupby("id1", sort=False)["v3"]
        .agg(rows="size", v3="mean")
        .reset_index()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
