"""share_with_a_seven: share of id3 with a 7, by id2 - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(path, columns=["id2", "id3"])


def query(data):
    return (
        data.assign(
            share=data["id3"].str.contains("7", regex=False),
            sevens=data["id3"].str.endswith("7"),
        )
        .groupby("id2", sort=False)
        .agg({"share": "mean", "sevens": "sum"})
        .reset_index()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
