"""q2: sum v1 by id1 and id2 - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(path, columns=["id1", "id2", "v1"])


def query(data):
    return data.groupby(["id1", "id2"], as_index=False, sort=False)["v1"].sum()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
