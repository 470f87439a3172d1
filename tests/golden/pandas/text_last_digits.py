"""last_digits: rows and v1 by the last two characters of id3 - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(path, columns=["id3", "v1"])


def query(data):
    return (
        data.assign(ending=data["id3"].str[-2:])
        .groupby("ending", sort=False)["v1"]
        .agg(rows="size", v1="sum")
        .reset_index()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
