"""q7: max v1 - min v2 by id3 - pandas/scan"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return path


def query(path):
    data = pd.read_parquet(path, columns=["id3", "v1", "v2"])
    groups = data.groupby("id3", sort=False)
    return pd.DataFrame(
        {"range_v1_v2": groups["v1"].max() - groups["v2"].min()}
    ).reset_index()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
