"""taken_apart: v1 by the last part between separators - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(path, columns=["id1", "id2", "v1", "id3"])


def query(data):
    return (
        data.assign(
            part=(data["id1"] + "." + data["id2"]).str.split(".").str[-1],
            characters=data["id3"].str.len(),
        )
        .groupby("part", as_index=False, sort=False)[["v1", "characters"]]
        .sum()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
